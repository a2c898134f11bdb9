"""What people decide about notes, and undoing it, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from graph.errors import NotFoundError, UsageError
from graph.evolution.events import Ledger, note_states
from graph.history import Undoing
from graph.memory import Memory
from graph.model import (
    Action,
    Changes,
    Edge,
    EdgeKind,
    Event,
    Form,
    Interaction,
    Note,
    Relation,
    Selection,
)
from graph.ports import Store
from graph.store.registry import open_store
from tests.ingest.memories import talk, written
from tests.store.graphs import EVENTS, EVERYTHING, NOTES
from tests.store.moving import exported, opened
from tests.store.test_transfer import KINDS, Place, place

__all__ = ["place"]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, place: Place) -> str:
    found: str = place(request.param)
    store = open_store(found, create=True)
    with store.transaction(write=True):
        store.save(EVERYTHING)
    store.close()
    return found


@pytest.fixture
def memory(url: str) -> Iterator[Memory]:
    with opened(url) as found:
        yield found


def links(memory: Memory) -> dict[tuple[str, str], Edge]:
    with memory.snapshot() as snapshot:
        return {(e.source, e.target): e for e in snapshot.edges() if e.kind is EdgeKind.LINKS_TO}


def note(memory: Memory, id: str) -> Note:
    found = memory.node(id)
    assert isinstance(found, Note)
    return found


def decided(url: str, *events: Event, notes: tuple[Note, ...] = (), edges: tuple[Edge, ...] = ()) -> None:
    """Write what a rule decided."""
    store: Store = open_store(url, create=False)
    with store.transaction(write=True):
        store.save(Changes(notes, edges, events=events))
    store.close()


def undo(memory: Memory, event: str | None = None, **more: Any) -> list[Event]:
    return list(memory.undo(event, agree=lambda _: None, **more).events)


def test_a_link_by_hand_is_there_and_tells_why(memory: Memory) -> None:
    [event] = memory.link("n_3", "n_1", Relation.CONTRADICTS, "the trains were on time")
    edge = Edge("n_3", "n_1", EdgeKind.LINKS_TO, 1.0, "contradicts", "the trains were on time", "person")
    assert links(memory)["n_3", "n_1"] == edge
    assert (event.action, event.subject, event.other, event.old) == (Action.LINK, "n_3", "n_1", None)
    assert memory.history("n_3")[1] == memory.history("n_1")[1] == [event]
    assert memory.link("n_3", "n_1", Relation.CONTRADICTS, "the trains were on time") == []


def test_what_a_rule_linked_is_linked_otherwise_and_as_before(memory: Memory) -> None:
    before = links(memory)
    [event] = memory.link("n_2", "n_1", Relation.DEPENDS_ON)
    assert links(memory)["n_2", "n_1"].relation == "depends_on"
    undo(memory, event.id)
    assert links(memory) == before


def test_a_link_is_taken_away_from_either_end_and_comes_back(memory: Memory) -> None:
    before = links(memory)
    [event] = memory.unlink("n_1", "n_2", "not this hotel")
    assert links(memory) == {}
    assert (event.subject, event.other, event.reason) == ("n_2", "n_1", "not this hotel")
    with pytest.raises(NotFoundError, match="no link"):
        memory.unlink("n_1", "n_2")
    undo(memory, event.id)
    assert links(memory) == before


def test_an_edit_changes_what_was_made_of_a_note_and_nothing_else(memory: Memory, url: str) -> None:
    before = exported(url)
    [event] = memory.edit("n_1", {"title": "The hotel", "tags": ("trip",)}, "shorter")
    assert note(memory, "n_1") == replace(NOTES[0], title="The hotel", tags=("trip",), decided_by="person")
    assert event.new == {"title": "The hotel", "tags": ["trip"], "decided_by": "person"}
    assert memory.edit("n_1", {"title": "The hotel"}) == []
    undo(memory, event.id)
    assert exported(url) == before


def test_the_undoing_is_an_event_that_can_be_undone(memory: Memory) -> None:
    [event] = memory.edit("n_1", {"title": "The hotel"})
    [undoing] = undo(memory, event.id)
    assert undoing == event
    *_, last = memory.history("n_1")[1]
    assert (last.action, last.cause, last.decided_by, last.new) == (Action.UNDO, event.id, "person", event.old)
    with pytest.raises(UsageError, match="already"):
        undo(memory, event.id)
    undo(memory, last.id)
    assert note(memory, "n_1").title == "The hotel"
    undo(memory, event.id)
    assert note(memory, "n_1") == NOTES[0]


def test_what_an_event_brought_about_goes_with_it(memory: Memory, url: str) -> None:
    before = exported(url)
    ledger = Ledger.of_now()
    edge = Edge("n_3", "n_1", EdgeKind.LINKS_TO, 0.5, "same_topic", "both mention x")
    state = {"relation": "same_topic", "weight": 0.5, "reason": "both mention x", "decided_by": "rule"}
    linked = ledger.event(Action.LINK, "n_3", other="n_1", new=state, cause="n_3")
    evolved = replace(NOTES[0], tags=(*NOTES[0].tags, "train"))
    old, new = note_states(NOTES[0], evolved)
    evolving = ledger.event(Action.EVOLVE, "n_1", old=old, new=new, cause=linked.id)
    decided(url, linked, evolving, notes=(evolved,), edges=(edge,))
    shown: list[Undoing] = []
    memory.undo(linked.id, agree=shown.append)
    assert [(each.events, each.meant) for each in shown] == [((evolving, linked), 1)]
    assert exported(url) == before


def test_what_was_added_to_a_list_since_stays(memory: Memory, url: str) -> None:
    ledger = Ledger.of_now()
    first = replace(NOTES[0], keywords=("hotel", "zürich", "lake"))
    second = replace(first, keywords=("hotel", "zürich", "lake", "boat"))
    old, new = note_states(NOTES[0], first)
    event = ledger.event(Action.EVOLVE, "n_1", old=old, new=new)
    old, new = note_states(first, second)
    decided(url, event, ledger.event(Action.EVOLVE, "n_1", old=old, new=new), notes=(second,))
    assert undo(memory, event.id) == [event]
    assert note(memory, "n_1").keywords == ("hotel", "zürich", "boat")


def test_what_covers_it_up_since_is_undone_first(memory: Memory) -> None:
    [first] = memory.edit("n_1", {"title": "One"})
    [second] = memory.edit("n_1", {"title": "Two"})
    assert undo(memory, first.id) == [second, first]
    assert note(memory, "n_1") == NOTES[0]


def test_a_note_stays_a_persons_while_another_edit_holds(memory: Memory) -> None:
    [first] = memory.edit("n_1", {"title": "One"})
    [second] = memory.edit("n_1", {"keywords": ("boat",)})
    undo(memory, first.id)
    assert note(memory, "n_1") == replace(NOTES[0], keywords=("boat",), decided_by="person")
    undo(memory, second.id)
    assert note(memory, "n_1").keywords == NOTES[0].keywords


def test_all_since_a_time_is_undone(memory: Memory, url: str) -> None:
    before = exported(url)
    decided(url, *EVENTS[:1])
    [first] = memory.edit("n_2", {"title": "One"})
    memory.link("n_4", "n_1", Relation.CAUSES)
    memory.unlink("n_2", "n_1")
    [last] = memory.edit("n_2", {"title": "Two", "tags": ()})
    assert [each.id for each in undo(memory, since=last.at)] == [last.id]
    assert len(undo(memory, since=first.at)) == 3
    assert exported(url) == before
    assert undo(memory, since=first.at) == []


def test_who_does_not_agree_undoes_nothing(memory: Memory, url: str) -> None:
    [event] = memory.edit("n_1", {"title": "One"})
    before = exported(url)

    def refuse(undoing: Undoing) -> None:
        raise UsageError("no")

    with pytest.raises(UsageError):
        memory.undo(event.id, agree=refuse)
    assert (exported(url), memory.history("n_1")[1]) == (before, [event])


def test_undoing_a_vote_takes_its_weight_back(memory: Memory, url: str) -> None:
    decided(url, EVENTS[2])
    undo(memory, "v_3")
    with opened(url) as other:
        found = [each.value for each in other._store.events(["i_1"])]
    assert sum(found) == 0


@pytest.mark.parametrize("wrong", ["n_9", "m_1", "e_1"])
def test_only_notes_are_decided_about(memory: Memory, wrong: str) -> None:
    for decide in (
        lambda: memory.link("n_1", wrong, Relation.CAUSES),
        lambda: memory.unlink(wrong, "n_1"),
        lambda: memory.edit(wrong, {"title": "x"}),
        lambda: memory.history(wrong),
        lambda: undo(memory, wrong),
    ):
        with pytest.raises(NotFoundError):
            decide()
    with pytest.raises(UsageError, match="same note"):
        memory.link("n_1", "n_1", Relation.CAUSES)


TALK = talk(
    "Ann: I booked the Storchen hotel for Lisbon next spring.",
    "Bob: Great, will Carla and Dmitri join you at the Storchen hotel?",
    "Ann: Yes, Carla loves Lisbon and the Storchen hotel.",
    "Bob: Say hello to Carla in Lisbon.",
)


@pytest.mark.parametrize("kind", KINDS)
def test_no_later_ingest_changes_what_a_person_decided(place: Place, kind: str, tmp_path: Path) -> None:
    url = place(kind)
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "a.jsonl", TALK[:3])])
        held = links(memory)
        (one, other), *_ = held
        memory.unlink(one, other)
        memory.edit(other, {"title": "Mine", "keywords": ("mine",), "tags": ("mine",), "context": "Mine."})
        first, last = sorted({end for pair in held for end in pair})[::2][:2] if len(held) > 1 else (other, one)
        memory.link(first, last, Relation.DEPENDS_ON, "so I say")
        edited, linked = note(memory, other), links(memory)[first, last]
        memory.ingest([written(tmp_path / "a.jsonl", TALK)])
        memory.ingest([written(tmp_path / "b.jsonl", TALK)])
        assert note(memory, other) == edited
        assert links(memory)[first, last] == linked
        assert (one, other) not in links(memory) or (one, other) == (first, last)
        assert len(list(memory.nodes(Selection()))) > 4


def test_what_was_said_is_never_changed(memory: Memory) -> None:
    memory.edit("n_1", {"title": "Another"})
    said = memory.node("m_1")
    assert isinstance(said, Interaction)
    assert (said.form, said.text) == (Form.MESSAGE, "Did you book the hotel in Zürich?")


def test_what_was_added_to_a_context_since_stays(memory: Memory, url: str) -> None:
    ledger = Ledger.of_now()
    first = replace(NOTES[0], context=f"{NOTES[0].context} Answered by Bob.")
    second = replace(first, context=f"{first.context} Corrected by Ann.")
    old, new = note_states(NOTES[0], first)
    event = ledger.event(Action.EVOLVE, "n_1", old=old, new=new)
    old, new = note_states(first, second)
    decided(url, event, ledger.event(Action.EVOLVE, "n_1", old=old, new=new), notes=(second,))
    assert undo(memory, event.id) == [event]
    assert note(memory, "n_1").context == f"{NOTES[0].context} Corrected by Ann."
