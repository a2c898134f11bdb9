"""A sample taken in, its graph, and memcli as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.memory import Memory
from graph.model import Edge, IngestReport, Node
from graph.ports import Progress
from graph.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FRIENDS = ROOT / "sample_data" / "friends.jsonl"
QUESTION = "What food is Inês allergic to?"
PATIENCE = 600.0
"""Seconds after which what does not happen never will, on a machine however busy."""
Graph = tuple[list[Node], list[Edge]]


def settings_of(url: str, password: str = "", batch: int = 64) -> Settings:
    return Settings(store=url, ingest_extractor="rules", ingest_batch=batch, neo4j_password=password)


def taken_in(url: str, password: str = "", batch: int = 64, progress: Progress | None = None) -> IngestReport:
    with Memory.open(settings_of(url, password, batch), create=True) as memory:
        return memory.ingest([FRIENDS], progress=progress)


def graph_of(url: str, password: str = "") -> Graph:
    with Memory.open(settings_of(url, password)) as memory, memory.snapshot() as snapshot:
        return list(snapshot.nodes()), list(snapshot.edges())


@contextmanager
def begun(home: Path, *arguments: str, stdin: bool = False, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A command line of memcli that has begun, as a process of its own; it does not outlive the block."""
    env = {**os.environ, "MEMCLI_HOME": str(home), "MEMCLI_INGEST_EXTRACTOR": "rules", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "memcli", *arguments],
        env=env,
        cwd=ROOT,
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def until(true: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
    """Return when it is `true`, which it will not become once `process` has ended."""
    last = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < last
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.05)
