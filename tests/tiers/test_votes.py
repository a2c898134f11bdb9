"""Votes on insights, and insights drawn from communities, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import NotFoundError, UsageError
from graph.memory import Memory
from graph.model import Action, EdgeKind, Insight, NodeKind, Question, Selection
from graph.tiers.votes import Vote, answer_id, score
from tests.forgetting.conftest import place
from tests.forgetting.memories import Place, edges, exported, filled, forgotten, nodes, opened
from tests.ingest.memories import talk

__all__ = ["place"]

CHAT = talk(
    "Ann: I love Lisbon so much.",
    "Bob: I moved to Porto last year.",
    "Ann: I really like Lisbon, still.",
    "Ann: I enjoy pottery.",
    "Bob: I hate Mondays.",
)
ALL = ("active", "candidate", "archived")


@pytest.fixture
def url(place: Place, tmp_path: Path) -> str:
    return filled(place("votes"), tmp_path, CHAT)


@pytest.fixture
def memory(url: str) -> Iterator[Memory]:
    with opened(url) as found:
        yield found


def told(memory: Memory) -> dict[str, Insight]:
    return {each.text: each for each in memory.insights(Selection(), ALL, None)}


def test_notes_vote_by_saying_so(memory: Memory) -> None:
    found = told(memory)
    assert {text: (score(each), each.state) for text, each in found.items()} == {
        "Ann likes Lisbon.": (3, "active"),
        "Ann likes pottery.": (2, "candidate"),
        "Bob moved to Porto.": (2, "candidate"),
        "Bob dislikes Mondays.": (2, "candidate"),
    }
    assert next(iter(found)) == "Ann likes Lisbon."
    assert [each.text for each in memory.insights(Selection(), ["candidate"], "bob")] != []
    assert {each.subject for each in memory.insights(Selection(limit=9), ALL, "bob")} == {"Bob"}
    assert len(memory.insights(Selection(limit=1), ALL, None)) == 1


def test_a_vote_is_an_event_and_can_be_undone(memory: Memory) -> None:
    pottery = told(memory)["Ann likes pottery."].id
    [agreed] = memory.vote(pottery, Vote.AGREE, "so she does")
    assert (agreed.action, agreed.value, agreed.reason, agreed.decided_by) == (Action.VOTE, 1, "so she does", "person")
    assert told(memory)["Ann likes pottery."].state == "active"
    memory.undo(agreed.id, agree=lambda _: None)
    assert (score(told(memory)["Ann likes pottery."]), told(memory)["Ann likes pottery."].state) == (2, "candidate")
    page = memory.insight(pottery)
    assert [each.action for each in page.events] == [Action.VOTE, Action.UNDO]
    assert [said.text for _, said in page.support] == ["I enjoy pottery."]


def test_what_has_no_score_left_is_archived_and_recalled_no_more(memory: Memory) -> None:
    lisbon = told(memory)["Ann likes Lisbon."].id
    assert [hit.insight for hit in memory.ask(Question("What does Ann like about Lisbon?")).insights] == [lisbon]
    for _ in range(2):
        memory.vote(lisbon, Vote.REMOVE)
    assert told(memory)["Ann likes Lisbon."].state == "active"
    memory.vote(lisbon, Vote.REMOVE)
    assert told(memory)["Ann likes Lisbon."].state == "archived"
    assert memory.ask(Question("What does Ann like about Lisbon?")).insights == ()
    assert lisbon not in [each.id for each in memory.insights(Selection(), ["active", "candidate"], None)]


def test_where_there_are_many_removing_weighs_more(place: Place, tmp_path: Path) -> None:
    things = ("Lisbon", "Porto", "Berlin", "Vienna", "Zurich", "Prague", "Warsaw", "Oslo", "Athens", "Rome")
    with opened(filled(place("many"), tmp_path, talk(*(f"Ann: I love {each}." for each in things)))) as memory:
        [event] = memory.vote(told(memory)["Ann likes Oslo."].id, Vote.REMOVE)
        assert event.value == -3
        assert told(memory)["Ann likes Oslo."].state == "archived"


def test_other_words_are_a_vote_and_stay(memory: Memory, url: str, tmp_path: Path) -> None:
    lisbon = told(memory)["Ann likes Lisbon."]
    [event] = memory.reword(lisbon.id, "Ann loves  Lisbon dearly.")
    assert memory.reword(lisbon.id, "Ann loves Lisbon dearly.") == []
    assert score(told(memory)["Ann loves Lisbon dearly."]) == score(lisbon) + 1
    memory.ingest([_chat(tmp_path, "Ann: I love Lisbon.")])
    assert told(memory)["Ann loves Lisbon dearly."].support == 3
    memory.undo(event.id, agree=lambda _: None)
    assert score(told(memory)["Ann likes Lisbon."]) == 4
    with pytest.raises(UsageError):
        memory.reword(lisbon.id, "  ")


def test_a_merge_loses_no_vote(memory: Memory, url: str, tmp_path: Path) -> None:
    before = exported(url)
    one, other = told(memory)["Ann likes pottery."].id, told(memory)["Ann likes Lisbon."].id
    memory.vote(one, Vote.AGREE)
    memory.vote(other, Vote.REMOVE)
    total = sum(score(each) for each in told(memory).values() if each.id in (one, other))
    voted = exported(url)
    [event] = memory.merge(one, other)
    kept = told(memory)["Ann likes Lisbon."]
    assert (score(kept), kept.support) == (total, 3)
    gone = told(memory)["Ann likes pottery."]
    assert (gone.state, gone.merged_into) == ("archived", other)
    assert [each.action for each in memory.insight(other).events] == [Action.VOTE, Action.VOTE, Action.MERGE]
    # What is said again of the one speaks for the other.
    memory.ingest([_chat(tmp_path, "Ann: I enjoy pottery.")])
    assert told(memory)["Ann likes Lisbon."].support == 4
    assert told(memory)["Ann likes pottery."].state == "archived"
    forgotten(url, conversation="more")
    memory.undo(event.id, agree=lambda _: None)
    assert exported(url) == voted != before
    with pytest.raises(UsageError):
        memory.merge(one, one)
    memory.merge(one, other)
    with pytest.raises(UsageError):
        memory.merge(one, other)


def test_an_undone_merge_can_be_made_again(memory: Memory, url: str) -> None:
    one, other = told(memory)["Ann likes pottery."].id, told(memory)["Ann likes Lisbon."].id
    [event] = memory.merge(one, other)
    merged = exported(url)
    memory.undo(event.id, agree=lambda _: None)
    undoing = memory.insight(one).events[-1]
    memory.undo(undoing.id, agree=lambda _: None)
    assert exported(url) == merged


def test_feedback_votes_on_what_an_answer_used_once(memory: Memory) -> None:
    asked = memory.ask(Question("What does Ann like about Lisbon?"))
    lisbon = told(memory)["Ann likes Lisbon."].id
    assert asked.id == answer_id([lisbon])
    [good] = memory.feedback(asked.id, good=True).events
    assert (good.value, good.cause) == (1, asked.id)
    assert memory.feedback(asked.id, good=True).events == ()
    [bad] = memory.feedback(asked.id, good=False).events
    assert bad.value == -3
    assert score(told(memory)["Ann likes Lisbon."]) == 3 - 2
    memory.undo(bad.id, agree=lambda _: None)
    assert score(told(memory)["Ann likes Lisbon."]) == 3 + 1
    assert memory.feedback(asked.id, good=True).events == ()
    with pytest.raises(UsageError):
        memory.feedback(answer_id([]), good=True)
    for strange in ("i_1", "null", answer_id(["i_none"])):
        with pytest.raises(NotFoundError):
            memory.feedback(strange, good=True)


def test_the_opposite_is_counter_evidence(memory: Memory, tmp_path: Path, url: str) -> None:
    memory.ingest([_chat(tmp_path, "Ann: I can't stand Lisbon.")])
    found = told(memory)
    likes, dislikes = found["Ann likes Lisbon."], found["Ann dislikes Lisbon."]
    assert edges(url, EdgeKind.OPPOSES) == {(dislikes.id, likes.id)}
    assert memory.insight(likes.id).opposed == [dislikes]
    assert memory.insight(dislikes.id).opposed == [likes]


def test_a_supporter_that_is_forgotten_votes_no_more(url: str) -> None:
    forgotten(url, conversation="talk", messages=("3",))
    [lisbon] = [each for each in nodes(url, NodeKind.INSIGHT) if getattr(each, "text", "") == "Ann likes Lisbon."]
    assert isinstance(lisbon, Insight)
    assert (score(lisbon), lisbon.support, lisbon.state) == (2, 1, "candidate")


CLUBS = {"Rex": "the Old Harbour Kennel", "Mona": "the Riverside Choir", "Otto": "the Northern Chess Club"}


@pytest.fixture
def clubs(place: Place, tmp_path: Path) -> str:
    turns = [
        f"Bob: I {verb} {name} at {club}." for name, club in CLUBS.items() for verb in ("met", "lost", "found", "led")
    ]
    return filled(place("clubs"), tmp_path, talk(*turns))


def test_communities_have_a_central_statement(clubs: str) -> None:
    before = exported(clubs)
    with opened(clubs) as memory:
        assert len(memory.conclude(20, dry_run=True).insights) == 3
        assert exported(clubs) == before
        drawn = memory.conclude(20)
        assert {next(club for club in CLUBS.values() if club in each.text) for each in drawn.insights} == set(
            CLUBS.values()
        )
        for each in drawn.insights:
            assert (each.subject, each.scope, each.support, each.state) == ("Bob", "person", 4, "active")
            assert each.text.startswith("Bob ")
            assert each.cues
        after = exported(clubs)
        again = memory.conclude(20)
        assert (again.insights, again.known, again.events) == ((), 3, ())
        assert exported(clubs) == after
        # One batch: the others go with the first.
        undone = memory.undo(drawn.events[0].id, agree=lambda _: None)
        assert len(undone.events) == 3
        assert {each.state for each in memory.insights(Selection(), ALL, None)} == {"archived"}
        assert memory.conclude(20).insights == ()


def test_words_of_a_note_go_with_it(clubs: str) -> None:
    with opened(clubs) as memory:
        drawn = {each.text: each.id for each in memory.conclude(20).insights}
        [text] = [each for each in drawn if "Kennel" in each]
        [(_, central)] = [
            pair for pair in memory.insight(drawn[text]).support if text.removeprefix("Bob ")[:-1] in pair[1].text
        ]
        [(_, other), *_] = [pair for pair in memory.insight(drawn[text]).support if pair[1] != central]
    forgotten(clubs, conversation="talk", messages=(other.key,))
    left = {each.id: each for each in nodes(clubs, NodeKind.INSIGHT) if isinstance(each, Insight)}
    assert left[drawn[text]].support == 3
    forgotten(clubs, conversation="talk", messages=(central.key,))
    assert drawn[text] not in {each.id for each in nodes(clubs, NodeKind.INSIGHT)}


def _chat(folder: Path, *turns: str) -> Path:
    from tests.ingest.memories import written

    return written(folder / "more.jsonl", talk(*turns, conversation="more"))


def test_what_is_so_no_longer_stands_above_no_answer(place: Place, tmp_path: Path) -> None:
    said = talk(
        "Ann: I live in Porto, by the river.",
        "Ann: I live in Porto, where the river floods.",
        "Bob: I love the river.",
        "Bob: I love the river so much.",
        "Ann: I moved to Lisbon.",
    )
    for number, each in enumerate(said, 1):
        each["timestamp"] = f"2023-0{number}-05T10:00:00"
    url = filled(place("moved"), tmp_path, said)
    question = "Where does Ann live by the river?"
    with opened(url) as memory:
        porto = told(memory)["Ann lives in Porto."]
        assert porto.state == "active"
        assert memory.insight(porto.id).until == "2023-05-05"
        left = [each.text for each in memory.insights(Selection(), ALL, None, past=False)]
        assert "Ann lives in Porto." not in left
        assert "Ann moved to Lisbon." in left
        assert "Ann lives in Porto." not in [each.text for each in memory.ask(Question(question)).insights]
        before = memory.ask(Question(question, asked_at="2023-03-01"))
        assert "Ann lives in Porto." in [each.text for each in before.insights]
    forgotten(url, conversation="talk", messages=("5",))
    with opened(url) as memory:
        assert memory.insight(porto.id).until is None
        assert "Ann lives in Porto." in [each.text for each in memory.ask(Question(question)).insights]
