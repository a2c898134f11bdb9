"""Memories to move, and what two of them have to agree in."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from graph.exporters.registry import exporter_named
from graph.memory import Memory
from graph.model import Changes, Checkpoint, Entity, EntityMatch, NodeKind, Question, Selection, Vector
from graph.ports import Store
from graph.settings import Settings
from graph.store.registry import open_store
from graph.text import fold
from tests.store.graphs import vector

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"


def opened(url: str, **settings: Any) -> Memory:
    """The memory at `url`, made where it is missing."""
    return Memory.open(Settings(store=url, ingest_extractor="rules", **settings), create=True)


def filled(url: str, *paths: Path, **settings: Any) -> str:
    """Ingest `paths` into the memory at `url`; return `url`."""
    with opened(url, **settings) as memory:
        assert memory.ingest(paths).rejected == 0
        said = [each.id for each in memory.nodes(Selection(kinds=(NodeKind.INTERACTION,), limit=10))]
    store = open_store(url, create=False)
    with store.transaction(write=True):
        store.save(Changes(vectors=tuple(held(id, number) for number, id in enumerate(said))))
    store.close()
    return url


def held(id: str, number: int) -> Vector:
    """A vector with tokens, of which some are none."""
    return replace(vector(id, 1, number, -1, 0), tokens=bytes((number, 0, 255)) * number)


def exported(url: str, kind: str = "jsonl") -> str:
    """The whole graph in a format."""
    with opened(url) as memory, memory.snapshot() as snapshot:
        return "".join(exporter_named(kind).chunks(snapshot))


def checkpoints(url: str) -> list[Checkpoint]:
    store = open_store(url, create=False)
    found = list(store.checkpoints())
    store.close()
    return found


def vectors(url: str) -> list[Vector]:
    store = open_store(url, create=False)
    found = list(store.vectors())
    store.close()
    return found


def resolved(url: str) -> list[EntityMatch]:
    """What every entity's name and aliases mean, with the counts that come with it."""
    store = open_store(url, create=False)
    entities = [each for each in store.nodes(Selection(kinds=(NodeKind.ENTITY,))) if isinstance(each, Entity)]
    names = [fold(name) for each in entities for name in (each.name, *each.aliases)]
    found = store.resolve(names)
    store.close()
    return found


def hits(url: str, most: int | None = None) -> list[list[tuple[float, str]]]:
    """What answers each of the sample questions, or the first so many: scores and interactions, best first.

    Which of equals is the last hit, and which is the one after it that is left out, nobody promises.
    """
    found = []
    with opened(url) as memory:
        for line in (SAMPLES / "questions.jsonl").read_text("utf-8").splitlines()[:most]:
            all_hits = memory.ask(Question(json.loads(line)["question"])).hits
            better = [hit for hit in all_hits if hit.score > all_hits[-1].score]
            found.append(sorted((-hit.score, hit.sources[0].interaction) for hit in better))
    return found


class Dying:
    """A store whose process is killed by the kernel at its last write: after it is saved and before it is committed,
    or, being progress as well, after that."""

    def __init__(self, store: Store, writes: int, *, committed: bool) -> None:
        self._store = store
        self._writes = writes
        self._committed = committed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def save(self, changes: Changes) -> dict[NodeKind, int]:
        saved = self._store.save(changes)
        self._writes -= 1
        if not self._writes and not self._committed:
            os.kill(os.getpid(), signal.SIGKILL)
        return saved

    def begin(self, path: str, size: int | None) -> None: ...

    def advance(self, offset: int, records: int) -> None:
        if not self._writes:
            os.kill(os.getpid(), signal.SIGKILL)

    def end(self) -> None: ...


def main() -> None:
    """`python -m tests.store.moving FROM TO WRITES inside|after`: copy, and die at that write; -1 is none."""
    from graph import transfer

    transfer.BATCH = 40
    source, target, writes, where = sys.argv[1:]
    one, other = open_store(source, create=False), open_store(target, create=True)
    dying = Dying(other, int(writes), committed=where == "after")
    report = transfer.copy(one, dying, progress=dying)
    print(json.dumps({"written": report.written, "differing": report.differing}))


if __name__ == "__main__":
    main()
