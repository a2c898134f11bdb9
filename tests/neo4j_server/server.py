"""A real Neo4j community server from Maven's jars, on a free loopback port.

    python -m tests.neo4j_server.server [--newest] [--gds] [--data DIR]

starts one, prints its URL, and stops it on Ctrl-C. Without a folder for its data it leaves nothing behind.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.neo4j_server.releases import LTS, NEWEST, Release, UnavailableError, java, library

UP_SECONDS = 180.0
_OPENS = tuple(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch"))
# It reads a pipe whose other end this process holds: however this process ends, the pipe ends with it.
_KEEPER = 'read -r _; kill "$1" && while kill -0 "$1"; do sleep 0.2; done; [ -z "$2" ] || rm -rf -- "$2"'


class Server:
    """A server in `home`, started and stopped as often as wanted; what it holds stays.

    It ends with this process, even one that is killed; then a `passing` home is removed too.
    """

    def __init__(
        self, home: Path, release: Release = LTS, *, gds: bool = False, password: str = "", passing: bool = False
    ) -> None:
        self.home = home
        self._release = release
        self._gds = gds
        self._password = password
        self._passing = passing
        self._lines: list[str] = []
        self._java = java(release)
        self._library = library(release, gds=gds)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self._port = taken.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"bolt://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, *lines: str) -> None:
        """Start it, with more lines in its configuration this time, and wait until it answers."""
        new = not (self.home / "data").is_dir()
        self._configure(*lines)
        heap = "1g" if self._gds else "512m"
        with (self.home / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(str(self._java), f"-Xmx{heap}", "-cp", f"{self._library}/*", *_OPENS, self._release.main),
                    *(f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "sh", str(self._process.pid), str(self.home) if self._passing else ""],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait()
        if new and self._password:
            self._set_password()
        self._wait_for_database()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it by its process id."""
        if self._keeper is not None:
            self._keeper.kill()
            self._keeper.communicate()
            self._keeper = None
        if self._process is not None:
            os.kill(self._process.pid, how)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def set(self, *lines: str) -> None:
        """Add lines to its configuration, which it reads as it starts."""
        self._lines += lines

    def _configure(self, *more: str) -> None:
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
            plugins.mkdir(parents=True, exist_ok=True)
            for jar in {each.name for each in self._library.glob("*.jar")} - {
                each.name for each in library(self._release).glob("*.jar")
            }:
                (plugins / jar).unlink(missing_ok=True)
                (plugins / jar).symlink_to(self._library / jar)
            lines += [f"server.directories.plugins={plugins}", "dbms.security.procedures.unrestricted=gds.*"]
        (self.home / "conf").mkdir(parents=True, exist_ok=True)
        (self.home / "conf" / "neo4j.conf").write_text("\n".join([*lines, *self._lines, *more]) + "\n", "utf-8")

    def _set_password(self) -> None:
        """A new server knows the user neo4j with the password neo4j, which has to be changed first of all."""
        import neo4j

        with neo4j.GraphDatabase.driver(self.url, auth=("neo4j", "neo4j")) as driver:
            driver.execute_query(
                "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password", password=self._password, database_="system"
            )

    def _wait_for_database(self) -> None:
        """It answers before its database is there; after it was killed that takes a while."""
        import neo4j

        auth = ("neo4j", self._password) if self._password else None
        until = time.monotonic() + UP_SECONDS
        with neo4j.GraphDatabase.driver(self.url, auth=auth, max_transaction_retry_time=0) as driver:
            while time.monotonic() < until:
                try:
                    driver.execute_query("RETURN 1")
                except neo4j.exceptions.TransientError:
                    time.sleep(0.2)
                else:
                    return
        raise UnavailableError(f"no Neo4j {self._release.version}: its database does not start")

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
def running(
    release: Release = LTS, *, gds: bool = False, password: str = "", home: Path | None = None
) -> Iterator[Server]:
    """A server for as long as the context lasts; without a `home`, in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="memcli-neo4j-", ignore_cleanup_errors=True) as folder:
        server = Server(home or Path(folder), release, gds=gds, password=password, passing=home is None)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="Start a Neo4j for trying memcli with it; Ctrl-C stops it.")
    parser.add_argument("--newest", action="store_true", help="the newest release in place of the long-term one")
    parser.add_argument("--gds", action="store_true", help="with the Graph Data Science library")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the data here, for the next time")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        if given.data:
            given.data.mkdir(parents=True, exist_ok=True)
        home = given.data.resolve() if given.data else None
        with running(NEWEST if given.newest else LTS, gds=given.gds, home=home) as server:
            print(server.url, flush=True)
            print("Ctrl-C stops it" + ("." if home else ", and removes its data."), file=sys.stderr)
            signal.pause()
    except UnavailableError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
