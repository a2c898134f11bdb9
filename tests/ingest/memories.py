"""Memories to ingest into, conversations to ingest, and the graph as one text to compare."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graph.exporters.registry import exporter_named
from graph.memory import Memory
from graph.model import Edge, EdgeKind, IngestReport, Node, NodeKind, Selection
from graph.settings import Settings


@contextmanager
def memory(store: Path, *, create: bool = True, **settings: Any) -> Iterator[Memory]:
    """The memory at `store`; names are found by the rules unless `settings` say otherwise."""
    chosen = Settings(store=f"sqlite:///{store}", **{"ingest_extractor": "rules", **settings})
    with Memory.open(chosen, create=create) as opened:
        yield opened


def ingested(store: Path, *paths: Path, dry_run: bool = False, **settings: Any) -> IngestReport:
    """Ingest `paths` into the memory at `store`."""
    with memory(store, **settings) as opened:
        return opened.ingest(paths, dry_run=dry_run)


def exported(store: Path) -> str:
    """The whole graph as JSON Lines."""
    with memory(store, create=False) as opened, opened.snapshot() as snapshot:
        return "".join(exporter_named("jsonl").chunks(snapshot))


def nodes(store: Path, kind: NodeKind) -> list[Any]:
    with memory(store, create=False) as opened:
        found: list[Node] = list(opened.nodes(Selection(kinds=(kind,))))
    return found


def edges(store: Path, kind: EdgeKind) -> list[Edge]:
    with memory(store, create=False) as opened, opened.snapshot() as snapshot:
        return [edge for edge in snapshot.edges() if edge.kind is kind]


def written(path: Path, messages: Iterable[dict[str, Any] | str]) -> Path:
    """Write messages in plain form, one a line; a string is a line as it is."""
    lines = (each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in messages)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def talk(*turns: str, conversation: str = "talk", session: str | None = None) -> list[dict[str, Any]]:
    """Messages of turns written `Ann: text`, with ids from 1."""
    found = []
    for number, turn in enumerate(turns, 1):
        speaker, _, text = turn.partition(": ")
        found.append({"conversation": conversation, "id": str(number), "speaker": speaker, "text": text})
        if session:
            found[-1]["session"] = session
    return found


TOPICS = ("Lisbon", "the Berlin Marathon", "sourdough bread", "Kilimanjaro", "Aunt Rosa", "jazz", "Python", "Zürich")


def long_talk(count: int, conversation: str = "long") -> list[dict[str, Any]]:
    """A conversation with everything in it that batches could tear apart."""
    found: list[dict[str, Any]] = []
    for number in range(count):
        topic, other = TOPICS[number % 8], TOPICS[(number // 3) % 8]
        text = (
            f"Have you thought about {topic}? I heard {other} is wonderful.",
            f"I really love {topic}. We went there with Bob and Carla, remember {other}?",
            "Hello there!",
            f"I'm learning {topic}; the lessons about {other} are on Mondays.",
            f"carla says {topic} is overrated. What do you think of {other}?",
        )[number * 7 % 5]
        message = {
            "conversation": conversation,
            "session": f"s{number // 17 % 3}" if number % 11 else "aside",
            "id": str(number % 61),
            "speaker": ("Ann", "Bob", "Carla", "ann")[number * 5 // 3 % 4],
            "timestamp": f"2024-03-{number // 40 % 28 + 1:02}T10:{number % 60:02}:00",
            "text": f"{text} ({number})",
        }
        if number % 6 == 5:
            message["reply_to"] = str((number - 4) % 61)
        found.append(message)
    return found


def pairs(found: Sequence[Edge]) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in found}
