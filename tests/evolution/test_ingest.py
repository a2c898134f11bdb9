"""What an ingest decides by its rules: links, what evolves, and the events that tell of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.ids import note_id
from graph.model import Action, Edge, EdgeKind, Event, NodeKind, Note
from graph.store.registry import open_store
from tests.ingest.memories import edges, ingested, memory, nodes, talk, written
from tests.store.moving import SAMPLES

TALK = talk(
    "Ann: Where is the Storchen hotel, Bob?",
    "Bob: The Storchen hotel is in Basel, near the Rhine.",
    "Bob: No, I meant the Storchen hotel in Zürich, near the Limmat.",
    "Ann: That's wrong, the Storchen hotel closed.",
    "Bob: A friend of mine slept at the Storchen hotel last week, so the Storchen hotel has not closed.",
)


def events(store: Path) -> list[Event]:
    opened = open_store(f"sqlite:///{store}", create=False)
    found = list(opened.events())
    opened.close()
    return found


def told(event: Event) -> tuple[Any, ...]:
    """An event without its time and what follows from that."""
    return (event.action, event.subject, event.other, event.old, event.new, event.reason, event.decided_by)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    ingested(tmp_path / "a.db", written(tmp_path / "talk.jsonl", TALK))
    return tmp_path / "a.db"


def relations(store: Path) -> set[str]:
    return {edge.relation for edge in edges(store, EdgeKind.LINKS_TO)}


def test_people_say_how_things_are_related(store: Path) -> None:
    assert {"answers", "supersedes", "contradicts"} <= relations(store)


def test_every_link_is_an_event_with_its_reason(store: Path) -> None:
    links = [each for each in events(store) if each.action is Action.LINK]
    made = [Edge(each.subject, each.other, EdgeKind.LINKS_TO, **each.new) for each in links]
    assert sorted(made, key=str) == sorted(edges(store, EdgeKind.LINKS_TO), key=str)
    assert all(
        (each.cause, each.reason, each.decided_by) == (each.subject, each.new["reason"], "rule") for each in links
    )


def test_what_evolves_tells_of_what_came_of_it(store: Path, tmp_path: Path) -> None:
    by_id = {each.id: each for each in events(store)}
    evolved = [each for each in by_id.values() if each.action is Action.EVOLVE]
    assert evolved
    for each in evolved:
        link = by_id[each.cause]
        assert (link.action, link.other) == (Action.LINK, each.subject)
        assert each.old.keys() == each.new.keys() <= {"context", "keywords", "tags"}
    contexts = " ".join(note.context for note in nodes(store, NodeKind.NOTE))
    assert "Answered by Bob." in contexts
    assert "Corrected by Bob." in contexts
    assert "Contradicted by Ann." in contexts


def test_a_report_counts_what_evolved(tmp_path: Path) -> None:
    report = ingested(tmp_path / "a.db", SAMPLES)
    found = [each.action for each in events(tmp_path / "a.db")]
    assert report.links == found.count(Action.LINK) > 0
    assert report.evolved == found.count(Action.EVOLVE) > 0


def test_events_do_not_depend_on_batches(tmp_path: Path) -> None:
    whole = [told(each) for batch in (500,) for each in taken(tmp_path, batch)]
    for batch in (1, 7):
        assert [told(each) for each in taken(tmp_path, batch)] == whole
    assert len(whole) > 100


def taken(tmp_path: Path, batch: int) -> list[Event]:
    ingested(tmp_path / f"{batch}.db", SAMPLES / "friends.jsonl", ingest_batch=batch)
    return events(tmp_path / f"{batch}.db")


def test_undoing_all_leaves_what_was_said_of_notes_at_first(tmp_path: Path) -> None:
    ingested(tmp_path / "a.db", SAMPLES / "friends.jsonl")
    first = {each.id: each for each in nodes(tmp_path / "a.db", NodeKind.NOTE)}
    found = events(tmp_path / "a.db")
    with memory(tmp_path / "a.db", create=False) as opened:
        undone = opened.undo(since=found[0].at, agree=lambda _: None).events
    assert [each.id for each in undone] == [each.id for each in reversed(found)]
    assert edges(tmp_path / "a.db", EdgeKind.LINKS_TO) == []
    changed = {each.subject for each in found if each.action is Action.EVOLVE}
    for each in nodes(tmp_path / "a.db", NodeKind.NOTE):
        assert isinstance(each, Note)
        assert (each == first[each.id]) is (each.id not in changed)
        assert " by " not in each.context or " by " in first[each.id].context


COPIES = [
    *talk(
        "Ann: The Storchen hotel in Basel has the best breakfast by the Rhine.",
        "Bob: So the Storchen hotel it is, with a view of the Rhine for both of us.",
        "Ann: The Storchen hotel in Basel has the best breakfast by the Rhine!",
        "Ann: The Storchen hotel in Basel has the best breakfast by the Rhine, 2019.",
        "Bob: Not the best breakfast, the Storchen hotel in Basel has by the Rhine.",
        "Ann: By the Rhine the Storchen hotel in Basel has the best breakfast.",
        "Bob: The Storchen hotel in Basel has the best breakfast by the Rhine?",
    ),
    *talk("Ann: The Storchen hotel in Basel has the best breakfast by the Rhine", conversation="export"),
]


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_a_copy_is_linked_to_its_original(tmp_path: Path, batch: int) -> None:
    ingested(tmp_path / "a.db", written(tmp_path / "talk.jsonl", COPIES), ingest_batch=batch)
    key = {note_id(each.id): (each.conversation, each.key) for each in nodes(tmp_path / "a.db", NodeKind.INTERACTION)}
    links = edges(tmp_path / "a.db", EdgeKind.LINKS_TO)
    repeats = {(key[each.source], key[each.target]) for each in links if each.relation == "repeats"}
    assert repeats == {(("talk", "3"), ("talk", "1")), (("export", "1"), ("talk", "1"))}
    # Each is linked to what else is related as well: the original may be forgotten.
    assert {key[each.target] for each in links if key[each.source] == ("export", "1")} > {("talk", "1")}


def test_what_repeats_a_copy_repeats_its_original(tmp_path: Path) -> None:
    said = "Ann: The Storchen hotel in Basel has the best breakfast by the Rhine."
    for year in (2022, 2021, 2020):
        turns = [{**each, "timestamp": f"{year}-05-01T10:00:00"} for each in talk(said, conversation=str(year))]
        ingested(tmp_path / "a.db", written(tmp_path / f"{year}.jsonl", turns))
    conversation = {note_id(each.id): each.conversation for each in nodes(tmp_path / "a.db", NodeKind.INTERACTION)}
    links = [each for each in edges(tmp_path / "a.db", EdgeKind.LINKS_TO) if each.relation == "repeats"]
    assert {(conversation[each.source], conversation[each.target]) for each in links} == {
        ("2021", "2022"),
        ("2020", "2022"),
    }


def test_a_copy_that_somebody_parts_stays_parted(tmp_path: Path) -> None:
    ingested(tmp_path / "a.db", written(tmp_path / "talk.jsonl", COPIES))
    (first, *_) = (each for each in edges(tmp_path / "a.db", EdgeKind.LINKS_TO) if each.relation == "repeats")
    with memory(tmp_path / "a.db") as opened:
        opened.unlink(first.source, first.target)
        opened.ingest([written(tmp_path / "again.jsonl", COPIES)])
    assert first not in edges(tmp_path / "a.db", EdgeKind.LINKS_TO)
