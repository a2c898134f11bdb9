"""The graph as it was on a day, on every store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.exporters.registry import exporter_named
from graph.memory import Memory
from graph.model import EdgeKind, Note, Relation, Selection
from tests.ingest.memories import talk, written
from tests.store.moving import exported, opened
from tests.store.test_transfer import KINDS, Place, place

__all__ = ["place"]

SPRING = talk(
    "Ann: I booked the Storchen hotel for Lisbon next spring.",
    "Bob: Great, will Carla and Dmitri join you at the Storchen hotel?",
    "Ann: I like Lisbon.",
    "Bob: I live in Porto.",
)
AUTUMN = talk(
    "Ann: Yes, Carla loves Lisbon and the Storchen hotel.",
    "Bob: Say hello to Carla in Lisbon, and to Eva.",
    "Ann: As I said, I like Lisbon.",
    "Bob: I moved to Leeds.",
)
CHAT = [{**each, "timestamp": "2024-03-05T10:00:00"} for each in SPRING]
LATER = [{**each, "id": f"9{each['id']}", "timestamp": "2024-09-05T10:00:00"} for each in AUTUMN]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, place: Place, tmp_path: Path) -> str:
    found: str = place(request.param)
    with opened(found) as memory:
        memory.ingest([written(tmp_path / "a.jsonl", CHAT)])
    return found


def then(memory: Memory, date: str) -> str:
    """The graph as it was, as JSON Lines."""
    with memory.as_of(date).snapshot() as snapshot:
        return "".join(exporter_named("jsonl").chunks(snapshot))


def test_what_is_said_later_left_no_trace(url: str, tmp_path: Path) -> None:
    before = exported(url)
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "b.jsonl", LATER)])
        now = exported(url)
        assert now != before
        assert then(memory, "2024-03") == then(memory, "2024-09-04") == before
        assert then(memory, "2024-09-05") == then(memory, "2099") == now
        assert then(memory, "2024-02") == ""


def test_what_is_decided_later_is_undone_in_the_view(url: str) -> None:
    before = exported(url)
    with opened(url) as memory:
        notes = [each.id for each in memory.nodes(Selection()) if isinstance(each, Note)]
        [edit] = memory.edit(notes[0], {"title": "Mine", "tags": ("a",)})
        memory.link(notes[0], notes[-1], Relation.CAUSES)
        memory.merge_entities("Carla", "Dmitri")
        memory.merge_entities("Dmitri", "Lisbon")
        [insight] = memory.insights(Selection(), ["candidate"], "Ann")
        memory.reword(insight.id, "Ann likes the city of Lisbon.")
        memory.undo(edit.id, agree=lambda _: None)
        now = exported(url)
        assert then(memory, "2024-12") == before
        assert then(memory, edit.at[:13]) == now
        assert then(memory, "2024-12") != now
    assert exported(url) == now


def test_looking_around_in_it_is_as_in_the_memory(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "b.jsonl", LATER)])
        past = memory.as_of("2099")
        assert past.stats() == memory.stats()
        assert past.node("ann") == memory.node("ann")
        assert past.neighbors("Lisbon", hops=2, limit=99) == memory.neighbors("Lisbon", hops=2, limit=99)
        for wanted in (
            Selection(conversation="talk", limit=7),
            Selection(since="2024-04", until="2024-09"),
            Selection(contains="lisbon", ranked=True),
            Selection(slots=("home: bob",)),
            Selection(ids=(past.node("ann").id,), slots=("home: bob", "home: ann")),
        ):
            assert list(past.nodes(wanted)) == list(memory.nodes(wanted))
        early = memory.as_of("2024-05")
        assert early.stats().nodes["interaction"] == 4
        assert not [each for each in early.neighbors("Carla", limit=99) if each.edge.kind is EdgeKind.LINKS_TO]


def test_what_has_no_time_was_always_there(place: Place, tmp_path: Path) -> None:
    url = place("sqlite")
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "a.jsonl", [*SPRING, json.dumps(LATER[0])])])
        assert memory.as_of("1999").stats().nodes["interaction"] == 4
