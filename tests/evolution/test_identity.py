"""Entities that people merge and split, and whom names mean since, on every store."""

from __future__ import annotations

import json
from itertools import pairwise, permutations
from pathlib import Path

import pytest

from graph.errors import NotFoundError, UsageError
from graph.evolution.undo import Past
from graph.forgetting.choosing import Wanted
from graph.memory import Memory
from graph.model import Action, Changes, EdgeKind, Entity, NodeKind, Question, Selection
from tests.ingest.memories import talk, written
from tests.store.moving import exported, opened
from tests.store.test_transfer import KINDS, Place, place

__all__ = ["place"]

THIRD = talk("Bob: I saw Annabel at the harbour.", conversation="third")
OFFICE = talk(
    "Ann: I met Annabel Lee in Lisbon, at the Storchen hotel.",
    "Bob: I hear that Annabel is fond of Lisbon.",
    "Lizzy: I moved to Porto last year.",
    "Ann: I know that Lizzy and Annabel both work at the Limmat bakery.",
    conversation="office",
)
CHOIR = talk("Bob: I heard Annabel sing in the Limmat choir.", "Annabel: I learn Portuguese.", conversation="choir")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, place: Place, tmp_path: Path) -> str:
    found: str = place(request.param)
    with opened(found) as memory:
        memory.ingest([written(tmp_path / "office.jsonl", OFFICE)])
    return found


def told(memory: Memory, name: str) -> set[str]:
    """What tells of the entity called `name`, or was said by it: the keys of messages by conversation."""
    node = memory.node(name, NodeKind.ENTITY)
    found = set()
    for each in memory.neighbors(node.id):
        said = each.node
        if each.edge.kind is EdgeKind.CONCERNS:
            continue
        if each.edge.kind is not EdgeKind.SAID_BY:
            [said] = [n.node for n in memory.neighbors(said.id) if n.edge.kind is EdgeKind.DERIVED_FROM]
        found.add(f"{said.conversation} {said.key}")  # type: ignore[union-attr]
    return found


def entity(memory: Memory, name: str) -> Entity:
    found = memory.node(name, NodeKind.ENTITY)
    assert isinstance(found, Entity)
    return found


def undo(memory: Memory, event: str) -> None:
    memory.undo(event, agree=lambda _: None)
    assert memory.check().found == ()


def test_merged_they_are_one_and_undone_they_are_as_before(url: str) -> None:
    before = exported(url)
    with opened(url) as memory:
        [event] = memory.merge_entities("Annabel", "Annabel Lee", "who else")
        assert (event.action, event.decided_by, event.reason) == (Action.MERGE, "person", "who else")
        assert told(memory, "Annabel") == told(memory, "Annabel Lee") == {"office 1", "office 2", "office 4"}
        assert entity(memory, "annabel").aliases == ("Annabel",)
        assert memory.check().found == ()
        undo(memory, event.id)
    assert exported(url) == before


def test_the_undoing_of_a_merge_is_undone(url: str) -> None:
    with opened(url) as memory:
        [event] = memory.merge_entities("Annabel", "Annabel Lee")
        merged = told(memory, "Annabel Lee"), entity(memory, "Annabel Lee")
        undo(memory, event.id)
        last = next(each for each in memory._store.events([event.subject]) if each.action is Action.UNDO)
        undo(memory, last.id)
        assert (told(memory, "Annabel Lee"), entity(memory, "Annabel Lee")) == merged


def test_what_is_taken_in_later_goes_to_whom_it_means(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        memory.merge_entities("Annabel", "Annabel Lee")
        memory.ingest([written(tmp_path / "choir.jsonl", CHOIR)])
        assert told(memory, "Annabel Lee") == {"office 1", "office 2", "office 4", "choir 1", "choir 2"}
        assert memory.check().found == ()
        reply = memory.ask(Question("What does Annabel Lee learn?"))
        assert (reply.answer.found, reply.hits[0].text) == (True, "I learn Portuguese.")


def test_facts_concern_whom_their_speaker_is(url: str, tmp_path: Path) -> None:
    before = talk("Annabel: I live in Porto.", conversation="before")
    after = talk("Annabel: I moved to Leeds.", "Annabel: Sorry, I meant to Lyon.", conversation="after")
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "before.jsonl", before)])
        [event] = memory.merge_entities("Annabel", "Annabel Lee")
        assert [each.text for each in memory.facts_of("Annabel Lee")] == ["Annabel lives in Porto."]
        memory.ingest([written(tmp_path / "after.jsonl", after)])
        assert {each.object for each in memory.facts_of("Annabel Lee")} >= {"Porto", "Leeds"}
        assert memory.restate().facts == 0
        assert memory.check().found == ()
        undo(memory, event.id)
        assert [each.text for each in memory.facts_of("Annabel")] == ["Annabel lives in Porto."]


def test_a_chain_of_merges_is_undone_from_its_end(url: str) -> None:
    before = exported(url)
    with opened(url) as memory:
        [first] = memory.merge_entities("Annabel", "Annabel Lee")
        [second] = memory.merge_entities("Annabel Lee", "Lizzy")
        assert told(memory, "Annabel") == {"office 1", "office 2", "office 3", "office 4"}
        undo(memory, second.id)
        undo(memory, first.id)
    assert exported(url) == before


def test_one_name_of_two_is_split_off(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        before = told(memory, "Annabel"), told(memory, "Annabel Lee")
        memory.merge_entities("Annabel", "Annabel Lee")
        memory.split_entity("Annabel Lee", "annabel")
        assert (told(memory, "Annabel"), told(memory, "Annabel Lee")) == before
        memory.ingest([written(tmp_path / "choir.jsonl", CHOIR)])
        assert told(memory, "Annabel Lee") == before[1]
        assert told(memory, "Annabel") == before[0] | {"choir 1", "choir 2"}
        assert memory.check().found == ()


def test_a_name_means_another_in_one_conversation(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "choir.jsonl", CHOIR[:1])])
        both = exported(url)
        office = told(memory, "Annabel") - {"choir 1"}
        [event] = memory.split_entity("Annabel", "Annabel of the choir", "choir", "another")
        assert (event.action, event.other) == (Action.SPLIT, entity(memory, "Annabel of the choir").id)
        memory.ingest([written(tmp_path / "more.jsonl", CHOIR)])
        memory.ingest([written(tmp_path / "again.jsonl", THIRD)])
        assert told(memory, "Annabel of the choir") == {"choir 1", "choir 2"}
        assert told(memory, "Annabel") == office | {"third 1"}
        assert memory.check().found == ()
        memory.forget(Wanted(conversation="third"))
        memory.forget(Wanted(messages=("2",), conversation="choir"))
        undo(memory, event.id)
    assert exported(url) == both


def test_who_was_parted_may_be_merged_with_another(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "choir.jsonl", CHOIR[:1])])
        memory.split_entity("Annabel", "Annabel of the choir", "choir")
        memory.merge_entities("Annabel of the choir", "Lizzy")
        memory.ingest([written(tmp_path / "more.jsonl", CHOIR)])
        memory.ingest([written(tmp_path / "again.jsonl", THIRD)])
        assert told(memory, "Lizzy") == {"office 3", "office 4", "choir 1", "choir 2"}
        assert told(memory, "Annabel") >= {"office 2", "third 1"}
        assert memory.check().found == ()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_split_outlives_merges_of_both_whatever_is_undone_first(
    url: str, tmp_path: Path, order: tuple[int, ...]
) -> None:
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "choir.jsonl", CHOIR[:1])])
        before = exported(url)
        [split] = memory.split_entity("Annabel", "Annabel of the choir", "choir")
        [one] = memory.merge_entities("Annabel", "Lizzy")
        [other] = memory.merge_entities("Annabel of the choir", "Bob")
        held = {each.id for each in memory._store.events() if each.decided_by == "person"}
        assert held == {split.id, one.id, other.id}
        for place in order:
            done = memory._store.events()
            if Past.of(done).holds(event := (split, one, other)[place]):
                undo(memory, event.id)
    assert exported(url) == before


def test_a_split_holds_for_what_comes_after_a_merge(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "choir.jsonl", CHOIR[:1])])
        memory.split_entity("Annabel", "Annabel of the choir", "choir")
        memory.merge_entities("Annabel", "Lizzy")
        memory.ingest([written(tmp_path / "more.jsonl", CHOIR)])
        assert told(memory, "Annabel of the choir") == {"choir 1", "choir 2"}
        assert memory.check().found == ()


def test_merges_keep_no_merges_in_them(url: str) -> None:
    before = exported(url)
    names = ["Annabel", "Annabel Lee", "Bob", "Lizzy", "Ann"]
    with opened(url) as memory:
        events = [event for one, other in pairwise(names) for event in memory.merge_entities(one, other)]
        decided = [each for each in memory._store.events() if each.decided_by == "person"]
        assert [json.dumps(each.new).count("claims") for each in decided] == [1] * len(events)
        undo(memory, events[0].id)
    assert exported(url) == before


def test_what_is_refused(url: str) -> None:
    before = exported(url)
    with opened(url) as memory:
        for wrong, decide in (
            (NotFoundError, lambda: memory.merge_entities("Annabel", "nobody at all")),
            (UsageError, lambda: memory.merge_entities("Annabel", "annabel")),
            (UsageError, lambda: memory.split_entity("Annabel", "Annabel")),
            (UsageError, lambda: memory.split_entity("Annabel", "Zoe")),
            (UsageError, lambda: memory.split_entity("Annabel", "ANNABEL", "office")),
            (UsageError, lambda: memory.split_entity("Annabel", "Zoe", "choir")),
            (UsageError, lambda: memory.split_entity("Annabel", "Zoe", "office")),
        ):
            with pytest.raises(wrong):
                decide()
    assert exported(url) == before


def test_a_part_becomes_no_entity_that_there_is(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "choir.jsonl", CHOIR[:1])])
        memory.merge_entities("Lizzy", "Bob")
        before = exported(url)
        for name in ("annabel lee", "Lizzy"):
            other = entity(memory, name)
            with pytest.raises(UsageError, match=f"{other.name} .{other.id}.") as refused:
                memory.split_entity("Annabel", name, "choir")
            assert f"`memcli entity merge` that into {other.id}" in refused.value.hint
        assert exported(url) == before


def test_what_is_forgotten_takes_the_name_and_the_decision_along(url: str) -> None:
    with opened(url) as memory:
        memory.merge_entities("Annabel", "Annabel Lee")
        memory.forget(Wanted(matching="Annabel is fond"))
        memory.forget(Wanted(matching="know that Lizzy"))
        assert entity(memory, "Annabel Lee").aliases == ("Annabel",)
        memory.forget(Wanted(entity="Annabel Lee"))
        assert list(memory._store.events()) == [e for e in memory._store.events() if "Annabel" not in str(e)]
        names = [each.name for each in memory.nodes(Selection((NodeKind.ENTITY,))) if isinstance(each, Entity)]
        assert "Annabel Lee" not in names
        assert memory.check().found == ()


def test_who_lost_their_own_name_has_it_again_once_parted(url: str, tmp_path: Path) -> None:
    talks = (
        talk("Ada: I swim, Tom.", "Tom: I run, and I run, Ada.", conversation="x"),
        talk("Ada: I bake bread.", conversation="y"),
        talk("Tom: I bake cakes too.", conversation="z"),
    )
    with opened(url) as memory:
        for number, each in enumerate(talks):
            memory.ingest([written(tmp_path / f"{number}.jsonl", each)])
        [merged] = memory.merge_entities("Ada", "Tom")
        memory.split_entity("Tom", "Tom of x", "x")
        memory.forget(Wanted(conversation="z"))
        assert memory.check().found == ()
        undo(memory, merged.id)
        assert told(memory, "Ada") == {"x 1", "x 2", "y 1"}
        assert told(memory, "Tom") == {"x 1", "x 2"}
        assert (entity(memory, "Ada").name, entity(memory, "Tom").name) == ("Ada", "Tom")


def test_a_name_that_was_forgotten_is_in_no_event(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "x.jsonl", talk("Bob: I saw Quirina here.", conversation="x"))])
        memory.merge_entities("Quirina", "Lizzy")
        memory.forget(Wanted(conversation="x"))
        assert entity(memory, "Lizzy").aliases == ()
        assert not [each for each in memory._store.events() if "uirina" in str(each)]
        assert memory.check().found == ()


@pytest.mark.parametrize("wanted", [Wanted(conversation="x"), Wanted(entity="Quirina", with_messages=True)])
def test_a_merge_that_was_undone_keeps_no_name_that_was_forgotten(url: str, tmp_path: Path, wanted: Wanted) -> None:
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "x.jsonl", talk("Bob: I saw Quirina here.", conversation="x"))])
        [event] = memory.merge_entities("Quirina", "Lizzy")
        undo(memory, event.id)
        memory.forget(wanted)
        assert not [each for each in memory._store.events() if "uirina" in str(each)]
        assert memory.check().found == ()


def test_a_name_that_means_two_is_a_fault(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        [event] = memory.merge_entities("Annabel", "Annabel Lee")
        memory.ingest([written(tmp_path / "choir.jsonl", CHOIR)])
        memory.undo(event.id, agree=lambda _: None)
        assert memory.check().found == ()
        # As another program might write it.
        odd = Entity(entity(memory, "Lizzy").id, "Lizzy", "PERSON", ("Annabel",))
        with memory._store.transaction(write=True):
            memory._store.save(Changes((odd,)))
        assert [each.rule for each in memory.check().found] == ["a name tells whom it means"]
