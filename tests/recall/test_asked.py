"""Questions to memcli that are remembered: queries that lead recall to what settled them, on either store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from graph.backup import Backup
from graph.errors import NotFoundError, UsageError
from graph.forgetting.choosing import Wanted
from graph.memory import Memory
from graph.model import EdgeKind, Form, Interaction, NodeKind, Query, Question, Reply, Selection, TextQuery
from graph.retention import listed
from graph.settings import Settings
from graph.store.registry import open_store
from tests.forgetting.conftest import place
from tests.forgetting.memories import Place, edges, exported, filled, nodes
from tests.ingest.memories import talk

__all__ = ["place"]

CHAT = talk(
    "Ann: My sister keeps bees in Toledo.",
    "Bob: How lovely, honey for everybody!",
    "Ann: The old boat leaks again.",
    "Bob: We could mend the boat on Sunday.",
)
QUESTION = "Where does Ann's sister keep bees?"
NOON = "2024-06-01T12:00:00"


def opened(url: str, *, remember: bool = True) -> Memory:
    return Memory.open(
        Settings(store=url, ingest_extractor="rules", embedding_model="none", ask_remember=remember), create=True
    )


def asked(url: str, question: str = QUESTION, *, remember: bool = True, at: str = NOON, **more: object) -> Reply:
    with opened(url, remember=remember) as memory:
        return memory.ask(Question(question, asked_at=at, explain=True, **more))  # type: ignore[arg-type]


def judged(url: str, answer: str, *, good: bool, reason: str = "") -> bool:
    with opened(url) as memory:
        return memory.feedback(answer, reason, good=good).judged


def of_memcli(url: str) -> list[Interaction]:
    found = (cast("Interaction", each) for each in nodes(url, NodeKind.INTERACTION))
    return sorted((each for each in found if each.form is Form.ASKED), key=lambda each: each.position)


def queries(url: str) -> list[tuple[str, str]]:
    """What was asked of memcli, in order, each with its outcome."""
    ids = {source for source, target in edges(url, EdgeKind.ASKED_IN) if target.startswith("k_")}
    found = [cast("Query", each) for each in nodes(url, NodeKind.QUERY) if each.id in ids]
    return [(each.text, each.outcome) for each in sorted(found, key=lambda each: each.timestamp or "")]


def well(url: str) -> bool:
    with opened(url) as memory:
        found = memory.check().found
    assert not found
    return True


@pytest.fixture
def url(place: Place, tmp_path: Path) -> str:
    return filled(place("asked"), tmp_path, CHAT)


def test_asking_leaves_no_trace_unless_somebody_wants_it(url: str) -> None:
    before = exported(url)
    asked(url, remember=False)
    assert exported(url) == before


def test_a_question_is_a_query_that_what_the_answer_quotes_settled(url: str) -> None:
    told = asked(url)
    asked(url, "Who won the cup in Bergen?", at="2024-06-01T12:01:00")
    quoted = {told.hits[each.hit - 1].sources[0].interaction for each in told.answer.quotations}
    assert quoted
    said = of_memcli(url)
    assert [(each.text, each.session, each.position) for each in said] == [
        (QUESTION, "2024-06-01", 0),
        ("Who won the cup in Bergen?", "2024-06-01", 1),
    ]
    assert queries(url) == [(QUESTION, "answered"), ("Who won the cup in Bergen?", "open")]
    query = told.id.rpartition(".")[2].removeprefix("a_")
    assert {target for source, target in edges(url, EdgeKind.ANSWERED_BY) if source == query} == quoted
    assert (said[0].id, said[1].id) in edges(url, EdgeKind.NEXT)
    assert well(url)


def test_what_is_asked_again_is_tied_to_what_was_asked_before(url: str) -> None:
    asked(url)
    asked(url, "Where does the sister of Ann keep her bees?", at="2024-06-02T12:00:00")
    asked(url, "When will the boat be mended?", at="2024-06-03T12:00:00")
    text = {each.id: cast("Query", each).text for each in nodes(url, NodeKind.QUERY)}
    tied = {(text[source], text[target]) for source, target in edges(url, EdgeKind.RESEMBLES)}
    assert tied == {("Where does the sister of Ann keep her bees?", QUESTION)}
    assert well(url)


def test_what_is_said_of_an_answer_is_no_hit(place: Place, tmp_path: Path) -> None:
    more = talk("Bob: Where do your sister's bees live?", "Ann: In Toledo, by the river.", conversation="more")
    url = filled(place("bad"), tmp_path, CHAT, more)
    told = asked(url, "Where do the bees of Ann's sister live?")
    assert judged(url, told.id, good=False, reason="No, she moved her bees to Xanadu.")
    assert edges(url, EdgeKind.RESEMBLES)
    hits = asked(url, "Where do your sister's bees live by now?", remember=False).hits
    assert not [each.text for each in hits if "Xanadu" in each.text]


def test_what_was_asked_is_no_hit_and_leads_to_what_settled_it(url: str) -> None:
    first = asked(url, remember=False)
    assert "settled" not in first.hits[0].signals
    for minute in range(3):
        asked(url, at=f"2024-06-01T12:0{minute}:00")
    again = asked(url, remember=False)
    assert [each.text for each in again.hits] == [each.text for each in first.hits]
    assert again.answer == first.answer
    assert again.hits[0].signals["settled"] > 0
    # Within a conversation, and before it was asked, it is not found.
    assert "settled" not in asked(url, remember=False, conversation="talk").hits[0].signals


def test_what_was_asked_crowds_nothing_out(url: str) -> None:
    """However often much the same is asked, what was said keeps its room, and its words are as rare as they were."""
    others = ("Who leaks?", "When could we mend the boat?")
    before = [asked(url, each, remember=False) for each in others]
    for second in range(20):
        with opened(url) as memory:
            memory.ask(Question(f"{others[0]} {second}", asked_at=f"2024-05-01T12:00:{second:02}"))
    after = [asked(url, each, remember=False) for each in others]
    assert [each.hits for each in after[1:]] == [each.hits for each in before[1:]]
    assert [each.text for each in after[0].hits] == [each.text for each in before[0].hits]
    store = open_store(url, create=False)
    assert not [each for each in store.search(TextQuery(("leaks", "boat"))) if each.id.startswith("k_")]
    store.close()


def test_what_was_asked_lacks_nothing(url: str) -> None:
    asked(url)
    with opened(url) as memory:
        info = memory.info()
        assert (info.said, info.asked) == (len(CHAT), 1)
        memory.forget(Wanted(conversation="talk"))
        info = memory.info()
        assert (info.said, info.asked, info.lacks(NodeKind.EPISODE)) == (0, 1, False)


@pytest.mark.parametrize("at", ["no date", "", "\n2024-06-01", "2024/06/01 (Sat)"])
def test_what_is_no_time_is_none_at_which_it_was_asked(url: str, at: str) -> None:
    asked(url, at=at)
    (said,) = of_memcli(url)
    assert said.timestamp == said.key
    assert datetime.fromisoformat(said.timestamp or "").date().isoformat() == said.session


def test_the_same_at_the_same_time_is_entered_once(url: str) -> None:
    assert asked(url).id == asked(url).id
    assert len(of_memcli(url)) == 1


def test_bad_feedback_corrects_a_query_and_good_takes_it_back(url: str) -> None:
    answer = asked(url).id
    assert not judged(url, answer, good=True)
    assert judged(url, answer, good=False, reason="That was her aunt in Xanadu.")
    assert not judged(url, answer, good=False)
    assert queries(url) == [(QUESTION, "corrected")]
    assert [each.text for each in of_memcli(url)] == [QUESTION, "That was her aunt in Xanadu."]
    assert "settled" not in asked(url, remember=False).hits[0].signals
    assert all("Xanadu" not in hit.text for hit in asked(url, "Who is in Xanadu?", remember=False).hits)
    assert well(url)
    assert judged(url, answer, good=True)
    assert queries(url) == [(QUESTION, "answered")]
    assert len(of_memcli(url)) == 1
    assert well(url)


def test_feedback_names_a_question_that_is_remembered(url: str) -> None:
    with opened(url) as memory:
        with pytest.raises(UsageError, match="used no insight"):
            memory.feedback("a_", good=True)
        with pytest.raises(NotFoundError, match="remembered no more"):
            memory.feedback("a_.q_aaaaaaaaaaaaaaaa", good=False)


def test_feedback_judges_no_question_of_a_conversation(url: str, tmp_path: Path) -> None:
    filled(url, tmp_path, talk("Ann: Who mends the boat?", "Bob: I do, on Sunday.", conversation="pier"))
    before = exported(url)
    (query,) = nodes(url, NodeKind.QUERY)
    with opened(url) as memory, pytest.raises(NotFoundError, match="not asked of memcli"):
        memory.feedback(f"a_.{query.id}", "That was Kim.", good=False)
    assert exported(url) == before


def test_what_answers_quote_fades_later(url: str) -> None:
    def recalls() -> tuple[int, str | None]:
        store = open_store(url, create=False)
        (kept,) = listed(store, Selection(), 30.0, datetime(2024, 7, 1, tzinfo=UTC))
        store.close()
        return kept.recalls, kept.recalled

    assert recalls() == (0, None)
    asked(url)
    answer = asked(url, at="2024-06-02T12:00:00").id
    assert recalls() == (2, "2024-06-02T12:00:00")
    judged(url, answer, good=False)
    assert recalls() == (1, NOON)


def test_it_is_forgotten_as_anything_that_was_said(url: str) -> None:
    before = exported(url)
    asked(url)
    asked(url, "What about Bergen and the walrus?", at="2024-06-01T12:01:00")
    with opened(url) as memory:
        memory.forget(Wanted(matching="walrus"))
    assert queries(url) == [(QUESTION, "answered")]
    assert "walrus" not in exported(url)
    assert well(url)
    with opened(url) as memory:
        memory.forget(Wanted(conversation="memcli ask"))
    assert exported(url) == before


def test_a_query_is_open_again_once_what_settled_it_is_forgotten(url: str) -> None:
    asked(url)
    with opened(url) as memory:
        memory.forget(Wanted(matching="Toledo"))
    assert queries(url) == [(QUESTION, "open")]
    assert well(url)


def test_secrets_are_masked(url: str) -> None:
    asked(url, "Who has the password: hunter2secret! of Ann's bees?")
    assert "hunter2" not in exported(url)


def test_it_travels(url: str, place: Place, tmp_path: Path) -> None:
    asked(url)
    file = tmp_path / "all.memcli"
    with opened(url) as memory, memory.backup() as chunks:
        file.write_bytes(b"".join(chunks))
    with opened(place("other")) as memory:
        memory.restore(Backup(file, 1_000_000).checked())
    assert exported(place("other")) == exported(url)


def test_as_of_an_earlier_day_it_was_not_asked(url: str) -> None:
    asked(url)
    with opened(url) as memory:
        bygone = memory.as_of("2024-05-31")
        assert not [each for each in bygone.nodes(Selection()) if each.id.startswith("k_")]
