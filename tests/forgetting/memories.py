"""Memories to forget from, on either store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from graph.exporters.registry import exporter_named
from graph.forgetting.choosing import Wanted
from graph.forgetting.run import Forgotten
from graph.memory import Memory
from graph.model import EdgeKind, Node, NodeKind, Selection
from graph.settings import Settings
from tests.ingest.memories import written

Place = Callable[[str], str]
"""The URL of an empty store by that name."""


def opened(url: str) -> Memory:
    return Memory.open(Settings(store=url, ingest_extractor="rules", embedding_model="none"), create=True)


def filled(url: str, folder: Path, *talks: Sequence[dict[str, object]]) -> str:
    """A memory with conversations, each from a file of its own; its URL."""
    with opened(url) as memory:
        for number, talk in enumerate(talks):
            report = memory.ingest([written(folder / f"talk{number}.jsonl", talk)])
            assert report.added == len(talk)
    return url


def forgotten(url: str, **wanted: object) -> Forgotten:
    with opened(url) as memory:
        before = memory.forgettable(Wanted(**wanted))  # type: ignore[arg-type]
        done = memory.forget(Wanted(**wanted))  # type: ignore[arg-type]
    # The preview promised what was done.
    assert before.nodes == done.removed
    assert before.sources == done.sources
    return done


def exported(url: str) -> str:
    with opened(url) as memory, memory.snapshot() as snapshot:
        return "".join(exporter_named("jsonl").chunks(snapshot))


def nodes(url: str, kind: NodeKind) -> list[Node]:
    with opened(url) as memory:
        return list(memory.nodes(Selection((kind,))))


def edges(url: str, kind: EdgeKind) -> set[tuple[str, str]]:
    with opened(url) as memory, memory.snapshot() as snapshot:
        return {(edge.source, edge.target) for edge in snapshot.edges() if edge.kind is kind}
