"""Facts and insights follow whom names mean: merged people have theirs together, parted ones each their own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import permutations
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import UsageError
from graph.forgetting.choosing import Wanted
from graph.memory import Memory
from graph.model import Action, Changes, Event, Insight, NodeKind, Selection
from graph.ports import Store
from graph.tiers.statements import insight_id, key_of, retold
from graph.tiers.votes import Vote
from tests.evolution.test_identity import undo
from tests.facts.test_facts import told
from tests.ingest.memories import written
from tests.store.moving import SAMPLES, exported, opened
from tests.store.test_transfer import KINDS, Place, place

__all__ = ["place"]

BOB = told(
    "2022-01-10",
    "Bob: I live in Lisbon.",
    "Bob: I love running.",
    "Bob: My sister moved to Oslo.",
    "Bob: I hate cooking at night.",
    conversation="one",
)
ROBERT = told(
    "2023-05-20",
    "Robert: I moved to Porto.",
    "Robert: I love running.",
    "Robert: My sister lives in Bergen.",
    "Robert: I love cooking at night.",
    conversation="two",
)
LATER = told("2024-02-01", "Bob: I moved to Braga.", "Bob: I love running.", conversation="three")
TALKS = (BOB, ROBERT, LATER)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, place: Place, tmp_path: Path) -> str:
    found: str = place(request.param)
    with opened(found) as memory:
        take_in(memory, tmp_path, BOB, ROBERT)
    return found


def take_in(memory: Memory, folder: Path, *talks: list[dict[str, Any]]) -> None:
    for each in talks:
        memory.ingest([written(folder / f"{each[0]['conversation']}.jsonl", each)])


def homes(memory: Memory, name: str = "Robert") -> list[tuple[str, str | None]]:
    return [(each.object, each.valid_to) for each in memory.facts(Selection(), name, "home", past=True)]


def thought(memory: Memory) -> dict[str, tuple[str, int, str]]:
    found = [each for each in memory.nodes(Selection((NodeKind.INSIGHT,))) if isinstance(each, Insight)]
    return {each.text: (each.subject, each.support, each.state) for each in found}


def test_merged_they_share_a_slot_and_count_together(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        [event] = memory.merge_entities("Bob", "Robert")
        assert homes(memory, "bob") == [
            ("Lisbon", "2023-05-20"),
            ("Oslo", "2023-05-20"),
            ("Porto", None),
            ("Bergen", None),
        ]
        assert thought(memory)["Robert likes running."] == ("Robert", 2, "active")
        assert not [text for text in thought(memory) if text.startswith("Bob")]
        assert memory.check().found == ()
        take_in(memory, tmp_path, LATER)
        assert homes(memory)[2:] == [("Porto", "2024-02-01"), ("Bergen", None), ("Braga", None)]
        assert thought(memory)["Robert likes running."] == ("Robert", 3, "active")
        assert [each.text for each in memory.insights(Selection(), ("active",), "Bob")] == ["Robert likes running."]
        # What came in meanwhile stays with whom it went to.
        undo(memory, event.id)
        assert homes(memory, "Bob")[0] == ("Lisbon", None)
        assert homes(memory)[-1] == ("Braga", None)


def test_undone_they_part_as_they_were(url: str) -> None:
    before = exported(url)
    with opened(url) as memory:
        [event] = memory.merge_entities("Bob", "Robert")
        undo(memory, event.id)
    assert exported(url) == before


def test_split_again_they_part_as_they_were(url: str, tmp_path: Path) -> None:
    before = exported(url)
    with opened(url) as memory:
        memory.merge_entities("Bob", "Robert")
        memory.split_entity("Robert", "Bob")
        assert memory.check().found == ()
    assert exported(url) == before
    with opened(url) as memory:
        take_in(memory, tmp_path, LATER)
        assert homes(memory, "Bob")[-1] == ("Braga", None)
        assert homes(memory)[-1] == ("Bergen", None)


def test_two_of_one_name_have_their_own(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        take_in(memory, tmp_path, LATER)
        both = exported(url)
        assert homes(memory, "Bob")[0] == ("Lisbon", "2024-02-01")
        [event] = memory.split_entity("Bob", "Bob of Braga", "three")
        assert homes(memory, "Bob of Braga") == [("Braga", None)]
        assert homes(memory, "Bob")[0] == ("Lisbon", None)
        assert thought(memory)["Bob of Braga likes running."] == ("Bob of Braga", 1, "candidate")
        undo(memory, event.id)
    assert exported(url) == both


def test_who_is_asked_for_by_a_name_of_several_is_each_of_them(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        take_in(memory, tmp_path, LATER)
        memory.merge_entities("Bob", "Robert")
        memory.split_entity("Robert", "Bob Three", "three")
        assert {each.subject for each in memory.facts(Selection(), "Bob", "home", past=True)} >= {"Robert", "Bob Three"}
        found = {each.subject for each in memory.insights(Selection(), ("active", "candidate"), "Bob")}
        assert found == {"Robert", "Bob Three"}


def test_a_name_parted_twice_in_a_conversation_was_decided_on(place: Place, tmp_path: Path) -> None:
    with opened(place("sqlite")) as memory:
        take_in(memory, tmp_path, BOB, ROBERT, told("2023-08-08", "Bobby: I live in Faro.", conversation="four"))
        memory.merge_entities("Bob", "Bobby")
        memory.split_entity("Bobby", "Bobby of one", "one")
        memory.merge_entities("Robert", "Bobby of one")
        memory.split_entity("Bobby of one", "Bob of one", "one")
        assert memory.check().found == ()


def test_what_is_left_of_a_forgotten_name_is_of_who_is_left(url: str, tmp_path: Path) -> None:
    with opened(url) as memory:
        memory.merge_entities("Bob", "Robert")
        memory.forget(Wanted(conversation="two"))
        assert not [line for line in exported(url).splitlines() if "Robert" in line]
        assert {each.subject for each in memory.facts(Selection(), past=True)} == {"Bob", "Bob's sister"}
        assert thought(memory)["Bob likes running."] == ("Bob", 1, "candidate")
        assert memory.check().found == ()
        take_in(memory, tmp_path, LATER)
        assert homes(memory, "Bob")[0] == ("Lisbon", "2024-02-01")
        assert thought(memory)["Bob likes running."] == ("Bob", 2, "active")


def test_what_is_said_elsewhere_takes_no_decision_along(place: Place, tmp_path: Path) -> None:
    url = place("sqlite")
    choir = told("2024-02-01", "Zoe: I met Robert.", "Ann: I hear that Robert sings.", conversation="choir")
    with opened(url) as memory:
        take_in(memory, tmp_path, ROBERT, choir, told("2024-02-02", "Zoe: I met Ann.", conversation="later"))
        memory.merge_entities("Robert", "Zoe")
        [split] = memory.split_entity("Zoe", "Zoe of the choir", "choir")
        memory.forget(Wanted(matching="I met Robert"))
        assert memory.check().found == ()
        assert split.id in {each.id for each in memory._store.events()}


def test_merges_of_insights_that_were_undone_follow_whoever_is_merged(url: str) -> None:
    with opened(url) as memory:
        by_text = {each.text: each.id for each in memory.nodes(Selection((NodeKind.INSIGHT,)))}  # type: ignore[union-attr]
        one, other = by_text["Bob likes running."], by_text["Bob dislikes cooking at night."]
        [merged] = memory.merge(one, other)
        undo(memory, merged.id)
        before = exported(url)
        [event] = memory.merge_entities("Bob", "Robert")
        assert memory.check().found == ()
        undo(memory, event.id)
        kept = next(each for each in memory._store.events() if each.id == merged.id)
    assert (kept.subject, kept.other) == (one, other)
    assert exported(url) == before


def test_a_preview_counts_no_insight_that_goes_on_under_another_name(url: str) -> None:
    with opened(url) as memory:
        memory.merge_entities("Bob", "Robert")
        wanted = Wanted(conversation="two")
        assert memory.forgettable(wanted).nodes == memory.forget(wanted).removed


def test_in_which_order_they_are_merged_and_taken_in_does_not_matter(place: Place, tmp_path: Path) -> None:
    found = set()
    for order in permutations((*TALKS, None)):
        at = order.index(None)
        # A name is merged once somebody has it.
        if not {"one", "three"} & names(order[:at]) or "two" not in names(order[:at]):
            continue
        url = place("sqlite")
        with opened(url) as memory:
            take_in(memory, tmp_path, *filter(None, order[:at]))
            memory.merge_entities("Bob", "Robert")
            take_in(memory, tmp_path, *filter(None, order[at + 1 :]))
            assert memory.check().found == ()
        found.add("".join(sorted(line for line in exported(url).splitlines(True) if belongs(line))))
    assert len(found) == 1


def names(talks: Any) -> set[str]:
    return {each[0]["conversation"] for each in talks if each}


def belongs(line: str) -> bool:
    """Whether a line of an export tells of facts or insights, and of no order between these."""
    return ('"f_' in line or '"i_' in line) and '"opposes"' not in line


def of_contacts(memory: Memory, folder: Path) -> None:
    first = told("2022-01-10", "Ann: I live in Lisbon.", "Ann: My sister lives in Oslo.", conversation="one")
    take_in(memory, folder, first, told("2023-05-20", "Ann's iPhone: I moved to Porto.", conversation="two"))


@pytest.mark.parametrize(
    ("gone", "into", "subjects"),
    [
        ("Ann", "Ann's iPhone", {"Ann's iPhone", "Ann's iPhone's sister"}),
        ("Ann's iPhone", "Ann", {"Ann", "Ann's sister"}),
    ],
)
def test_who_is_called_like_kin_is_told_from_kin(
    place: Place, tmp_path: Path, gone: str, into: str, subjects: set[str]
) -> None:
    with opened(place("sqlite")) as memory:
        of_contacts(memory, tmp_path)
        before = memory.facts(Selection(), past=True)
        memory.merge_entities(gone, into)
        assert {each.subject for each in memory.facts(Selection(), past=True)} == subjects
        assert homes(memory, into)[0] == ("Lisbon", "2023-05-20")
        assert memory.check().found == ()
        memory.split_entity(into, gone)
        assert memory.facts(Selection(), past=True) == before


def test_votes_follow_and_come_back(url: str) -> None:
    with opened(url) as memory:
        [mine] = [each for each in insights(memory) if each.text == "Bob likes running."]
        memory.vote(mine.id, Vote.AGREE)
        before = exported(url)
        [event] = memory.merge_entities("Bob", "Robert")
        [both] = [each for each in insights(memory) if each.text == "Robert likes running."]
        assert (both.votes, both.support) == (1, 2)
        [vote] = [each for each in memory.insight(both.id).events if each.action is Action.VOTE]
        undo(memory, event.id)
        assert exported(url) == before
        [again] = [each for each in memory._store.events([event.subject]) if each.action is Action.UNDO]
        undo(memory, again.id)
        memory.undo(since=vote.at, agree=lambda _: None)
        assert memory.check().found == ()
        assert {each.text: each.votes for each in insights(memory)}["Bob likes running."] == 0


def test_made_again_it_is_undone_by_what_was_there_then(place: Place, tmp_path: Path) -> None:
    url = place("sqlite")
    with opened(url) as memory:
        take_in(memory, tmp_path, BOB, ROBERT, told("2023-08-08", "Bobby: I live in Faro.", conversation="four"))
        before = exported(url)
        [first] = memory.merge_entities("Robert", "Bobby")
        [second] = memory.merge_entities("Bobby", "Bob")
        undo(memory, first.id)
        undo(memory, undoing(memory, second))
        undo(memory, second.id)
        assert exported(url) == before


def test_a_vote_that_a_merge_made_again_moves_comes_back(place: Place, tmp_path: Path) -> None:
    url = place("sqlite")
    with opened(url) as memory:
        take_in(memory, tmp_path, BOB, ROBERT)
        [event] = memory.merge_entities("Bob", "Robert")
        undo(memory, event.id)
        [mine] = [each for each in insights(memory) if each.text == "Bob likes running."]
        memory.vote(mine.id, Vote.AGREE)
        before = exported(url)
        undo(memory, undoing(memory, event))
        undo(memory, event.id)
        assert exported(url) == before


def undoing(memory: Memory, event: Event) -> str:
    """The event that undid another."""
    [found] = [each.id for each in memory._store.events([event.subject]) if each.cause == event.id]
    return found


def test_what_somebody_worded_is_merged_once_that_is_undone(place: Place, tmp_path: Path) -> None:
    url = place("sqlite")
    with opened(url) as memory:
        take_in(memory, tmp_path, BOB, ROBERT)
        [mine] = [each for each in insights(memory) if each.text == "Bob likes running."]
        [worded] = memory.reword(mine.id, "Bob runs a lot.")
        undo(memory, worded.id)
        memory.merge_entities("Bob", "Robert")
        assert thought(memory)["Robert likes running."] == ("Robert", 2, "active")


def test_merged_insights_of_merged_people_part_with_them(place: Place, tmp_path: Path) -> None:
    url = place("sqlite")
    with opened(url) as memory:
        take_in(memory, tmp_path, BOB, ROBERT)
        before = exported(url)
        [first] = memory.merge_entities("Bob", "Robert")
        named = {each.text: each.id for each in insights(memory)}
        both = named.pop("Robert likes running.")
        memory.merge(min(named.values()), both)
        memory.undo(since=first.at, by="person", agree=lambda _: None)
        assert exported(url) == before


def insights(memory: Memory) -> list[Insight]:
    return [each for each in memory.nodes(Selection((NodeKind.INSIGHT,))) if isinstance(each, Insight)]


def test_what_somebody_worded_stays_one_of_whom_it_is_about(url: str) -> None:
    with opened(url) as memory:
        [mine] = [each for each in insights(memory) if each.text == "Bob likes running."]
        memory.reword(mine.id, "Bob runs a lot.")
        before = exported(url)
        [event] = memory.merge_entities("Bob", "Robert")
        assert thought(memory)["Bob runs a lot."] == ("Robert", 1, "active")
        undo(memory, event.id)
    assert exported(url) == before


def test_the_view_of_earlier_days_has_them_apart(url: str) -> None:
    with opened(url) as memory:
        wanted = {each.id: each for each in memory.facts(Selection(), past=True)}, thought(memory)
        memory.merge_entities("Bob", "Robert")
        past = memory.as_of("2024")
        assert ({each.id: each for each in past.facts(Selection(), past=True)}, thought(past)) == wanted


def test_the_key_of_a_statement_is_read_from_what_it_says(place: Place) -> None:
    url = place("sqlite")
    with opened(url) as memory:
        memory.ingest([SAMPLES])
        found = insights(memory)
    assert found
    for each in found:
        key = key_of(each)
        assert key is not None, each.text
        assert insight_id(each.subject, *key) == each.id
        there = retold(each.text, each.subject, "Zoe")
        assert retold(there, "Zoe", each.subject) == each.text


class _Failing:
    """A store of which the process fails once it has written, before that is committed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def save(self, changes: Changes) -> None:
        self._store.save(changes)
        raise OSError


@contextmanager
def failing(memory: Memory, *, fails: bool) -> Iterator[None]:
    store = memory._store
    memory._store = cast("Store", _Failing(store)) if fails else store
    try:
        yield
    finally:
        memory._store = store


def decide(memory: Memory, kind: str, one: Any, other: str) -> None:
    if kind == "merge":
        memory.merge_entities(one, other)
    elif kind == "split":
        memory.split_entity(one, other)
    elif kind == "part":
        memory.split_entity(one, f"{one} of {other}", other)
    else:
        events = [each for each in memory._store.events() if each.decided_by == "person"]
        if one < len(events):
            memory.undo(events[one].id, agree=lambda _: None)


NAMES = ("Bob", "Robert", "Bobby")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("merge"), st.sampled_from(NAMES), st.sampled_from(NAMES), st.booleans()),
            st.tuples(st.just("split"), st.sampled_from(NAMES), st.sampled_from(NAMES), st.booleans()),
            st.tuples(st.just("part"), st.sampled_from(NAMES), st.sampled_from(("one", "two", "three")), st.booleans()),
            st.tuples(st.just("undo"), st.integers(0, 5), st.just(""), st.booleans()),
        ),
        max_size=6,
    )
)
def test_whatever_is_decided_keeps_the_rules_and_is_undone(steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/a.db"
        with opened(url) as memory:
            take_in(memory, Path(folder), *TALKS, told("2023-08-08", "Bobby: I live in Faro.", conversation="four"))
            before = exported(url)
            for kind, one, other, breaks in steps:
                was = exported(url)
                try:
                    with failing(memory, fails=breaks), suppress(UsageError):
                        decide(memory, kind, one, other)
                except OSError:
                    assert exported(url) == was
                assert memory.check().found == ()
            decided = [each for each in memory._store.events() if each.decided_by == "person"]
            if decided:
                memory.undo(since=min(each.at for each in decided), by="person", agree=lambda _: None)
        assert exported(url) == before
