"""A real Neo4j community server from Maven's jars, on a free loopback port with a folder of its own.

    python -m tests.neo4j_server.server [--newest] [--gds]

starts one, prints its URL, and stops it on Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POM = Path(__file__).with_name("pom.xml")
UP_SECONDS = 180.0
_OPENS = tuple(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch"))


class UnavailableError(Exception):
    """What is missing here for a server, in one line."""


@dataclass(frozen=True)
class Release:
    """One version of the server: what it is fetched as, and what runs it."""

    version: str
    gds: str
    main: str
    java: int


LTS = Release("5.26.30", "2.13.9", "org.neo4j.server.CommunityEntryPoint", 17)
NEWEST = Release("2026.08.1", "2.26.0", "org.neo4j.server.Neo4jCommunity", 21)


def java_version() -> int:
    """The major version of the Java on the path.

    Raises:
        UnavailableError: there is none.
    """
    if shutil.which("java") is None:
        raise UnavailableError(
            "no Neo4j: there is no Java here; install one, or name a server in MEMCLI_TEST_NEO4J_URL"
        )
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found.group(1)) if found else 0


def library(release: Release, *, gds: bool = False) -> Path:
    """The folder with the jars, fetched where it is missing.

    Raises:
        UnavailableError: Java is too old, or Maven is missing or cannot fetch them.
    """
    if (java := java_version()) < release.java:
        raise UnavailableError(f"no Neo4j {release.version}: it needs Java {release.java}, and this is {java}")
    folder = ROOT / ".cache" / "neo4j" / (release.version + ("-gds" if gds else "")) / "lib"
    if (folder / ".complete").is_file():
        return folder
    if shutil.which("mvn") is None:
        raise UnavailableError(
            "no Neo4j: there is no Maven here; install it, or name a server in MEMCLI_TEST_NEO4J_URL"
        )
    command = [
        *("mvn", "-B", "-q", "-f", str(POM), f"-Dneo4j.version={release.version}", f"-Dgds.version={release.gds}"),
        *(["-P", "gds"] if gds else []),
        *("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = next((line for line in done.stdout.splitlines() if "ERROR" in line), "it does not say why")
        raise UnavailableError(f"no Neo4j {release.version}: Maven cannot fetch it: {said}")
    (folder / ".complete").touch()
    return folder


class Server:
    """A server in `home`, started and stopped as often as wanted; what it holds stays."""

    def __init__(self, home: Path, release: Release = LTS, *, gds: bool = False, password: str = "") -> None:
        self.home = home
        self._release = release
        self._gds = gds
        self._password = password
        self._library = library(release, gds=gds)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self._port = taken.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"bolt://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        new = not (self.home / "conf" / "neo4j.conf").is_file()
        if new:
            self._configure()
        heap = "1g" if self._gds else "512m"
        log = (self.home / "log.txt").open("ab")
        self._process = subprocess.Popen(
            [
                *("java", f"-Xmx{heap}", "-cp", f"{self._library}/*", *_OPENS, self._release.main),
                *(f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        self._wait()
        if new and self._password:
            self._set_password()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it by its process id."""
        if self._process is not None:
            os.kill(self._process.pid, how)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _configure(self) -> None:
        lines = [
            f"server.bolt.listen_address=127.0.0.1:{self._port}",
            "server.http.enabled=false",
            "server.https.enabled=false",
            "dbms.usage_report.enabled=false",
            "server.memory.heap.max_size=" + ("1g" if self._gds else "512m"),
            "server.memory.pagecache.size=128m",
            f"dbms.security.auth_enabled={'true' if self._password else 'false'}",
        ]
        if self._gds:
            plugins = self.home / "plugins"
            plugins.mkdir(parents=True)
            for jar in {each.name for each in self._library.glob("*.jar")} - {
                each.name for each in library(self._release).glob("*.jar")
            }:
                (plugins / jar).symlink_to(self._library / jar)
            lines += [f"server.directories.plugins={plugins}", "dbms.security.procedures.unrestricted=gds.*"]
        (self.home / "conf").mkdir(parents=True, exist_ok=True)
        (self.home / "conf" / "neo4j.conf").write_text("\n".join(lines) + "\n", "utf-8")

    def _set_password(self) -> None:
        """A new server knows the user neo4j with the password neo4j, which has to be changed first of all."""
        import neo4j

        with neo4j.GraphDatabase.driver(self.url, auth=("neo4j", "neo4j")) as driver:
            driver.execute_query(
                "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password", password=self._password, database_="system"
            )

    def _wait(self) -> None:
        import neo4j

        assert self._process is not None
        until = time.monotonic() + UP_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with neo4j.GraphDatabase.driver(self.url, connection_timeout=2) as driver:
                    driver.verify_connectivity()
            except (neo4j.exceptions.ServiceUnavailable, neo4j.exceptions.TransientError):
                time.sleep(0.25)
            except neo4j.exceptions.AuthError:
                # It asks for a password: it is up.
                return
            else:
                return
        tail = (self.home / "log.txt").read_text("utf-8", "replace").strip().splitlines()[-3:]
        raise UnavailableError(f"no Neo4j {self._release.version}: it does not start: {' / '.join(tail)}")


@contextmanager
def running(release: Release = LTS, *, gds: bool = False, password: str = "") -> Iterator[Server]:
    """A server for as long as the context lasts, its folder removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="memcli-neo4j-") as folder:
        server = Server(Path(folder), release, gds=gds, password=password)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="Start a Neo4j for trying memcli with it; Ctrl-C stops it.")
    parser.add_argument("--newest", action="store_true", help="the newest release in place of the long-term one")
    parser.add_argument("--gds", action="store_true", help="with the Graph Data Science library")
    given = parser.parse_args()
    try:
        with running(NEWEST if given.newest else LTS, gds=given.gds) as server:
            print(server.url, flush=True)
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            signal.pause()
    except UnavailableError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
