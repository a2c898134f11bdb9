"""`memcli insight` and `memcli feedback`: what is said, and what scripts get."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .world import World, fitting, with_chat

CHAT = """{"speaker": "Ann", "timestamp": "2024-03-05T10:22:00", "text": "I love Lisbon so much."}
{"speaker": "Bob", "timestamp": "2024-03-05T10:23:00", "text": "I moved to Porto."}
{"speaker": "Ann", "timestamp": "2024-03-06T10:22:00", "text": "I really like Lisbon, still."}
{"speaker": "Ann", "timestamp": "2024-03-07T10:22:00", "text": "I enjoy pottery."}
"""


@pytest.fixture
def mine(empty: World) -> World:
    return with_chat(empty, CHAT)


def ids(world: World) -> dict[str, str]:
    return {each["text"]: each["id"] for each in fitting(world, "insight", "list")["insights"]}


def test_a_list_has_the_best_first(mine: World) -> None:
    lines = mine("insight", "list").out.splitlines()
    assert lines[0].split() == ["insight", "score", "support", "state", "scope", "text", "cues"]
    assert lines[1].split()[1:6] == ["3", "2", "active", "person", "Ann"]
    assert [each["text"] for each in fitting(mine, "insight", "list", "--about", "bob")["insights"]] == [
        "Bob moved to Porto."
    ]
    assert len(mine("insight", "list", "--limit", "2", "--jsonl").out.splitlines()) == 2
    assert mine("insight", "list", "--state", "archived", "--jsonl").out == ""


def test_a_page_shows_what_speaks_for_it(mine: World) -> None:
    lisbon = ids(mine)["Ann likes Lisbon."]
    fitting(mine, "insight", "vote", lisbon, "agree", "--reason", "she does")
    out = mine("insight", "show", lisbon).out
    lines = out.splitlines()
    assert lines[:2] == ["Ann likes Lisbon.", f"{lisbon} · active · score 4 · by rule"]
    assert "holds for: Ann (person)" in lines
    assert "supported by (2):" in lines
    assert out.index("I love Lisbon so much.") < out.index("I really like Lisbon, still.")
    assert "votes: 2 notes say so: +3" in lines
    [voted] = [line for line in lines if "agree +1" in line]
    assert voted.endswith("she does")
    data = fitting(mine, "insight", "show", lisbon)
    assert data["insight"]["score"] == 4
    assert [each["timestamp"][:10] for each in data["support"]] == ["2024-03-05", "2024-03-06"]


def test_votes(mine: World) -> None:
    known = ids(mine)
    lisbon, pottery = known["Ann likes Lisbon."], known["Ann likes pottery."]
    fitting(mine, "insight", "vote", lisbon, "edit", "Ann loves Lisbon.")
    fitting(mine, "insight", "vote", pottery, "merge", lisbon)
    assert pottery not in ids(mine).values()
    assert [each["id"] for each in fitting(mine, "insight", "list", "--state", "archived")["insights"]] == [pottery]
    assert f"merged into {lisbon}" in mine("insight", "show", pottery).out
    [event] = fitting(mine, "insight", "vote", lisbon, "remove")["events"]
    assert mine("note", "undo", event["id"]).code == 0


@pytest.mark.parametrize("words", [("edit",), ("merge",), ("agree", "what"), ("remove", "what")])
def test_votes_that_lack_something(mine: World, words: tuple[str, ...]) -> None:
    assert mine("insight", "vote", ids(mine)["Ann likes Lisbon."], *words).code == 2


def test_what_is_not_there_has_a_hint(mine: World) -> None:
    ran = mine("insight", "show", "i_none")
    assert (ran.code, ran.err) == (3, "error: no insight called 'i_none'\nhint: see `memcli insight list`\n")


def test_feedback_takes_the_id_that_ask_tells(mine: World) -> None:
    answer = fitting(mine, "ask", "What does Ann like about Lisbon?")["answer"]["id"]
    [event] = fitting(mine, "feedback", answer, "good")["events"]
    assert (event["value"], event["cause"]) == (1, answer)
    assert mine("feedback", answer, "good").out == "It is so already.\n"
    assert f"memcli feedback {answer}" in mine("ask", "What does Ann like about Lisbon?", "--explain").out
    assert mine("feedback", "a_", "good").code == 2
    assert mine("feedback", "null", "bad").code == 3


def test_feedback_judges_a_question_that_is_remembered(mine: World) -> None:
    ran = mine("ask", "Where did Bob move to?", "--remember")
    assert ran.code == 0
    last = ran.out.rstrip("\n").splitlines()[-1]
    answer = last.removeprefix("feedback: memcli feedback ").removesuffix(" good|bad")
    assert answer.startswith("a_")
    query = "q_" + answer.rpartition("q_")[2]
    assert fitting(mine, "feedback", answer, "bad", "--reason", "No.")["query"] == query
    assert mine("feedback", answer, "bad").out == "It is so already.\n"
    assert mine("feedback", answer, "good").out == f"{query}: judged good\n"
    assert mine("forget", "--conversation", "memcli ask", "--yes").code == 0
    assert mine("feedback", answer, "bad").code == 3


def test_insights_are_drawn_once(mine: World, sample_store: Path) -> None:
    shutil.copy(sample_store, mine.home / "samples.db")
    mine.env["MEMCLI_STORE"] = str(mine.home / "samples.db")
    shown = fitting(mine, "insight", "derive", "--limit", "3", "--dry-run")
    drawn = fitting(mine, "insight", "derive", "--limit", "3")
    assert shown["insights"] == drawn["insights"] != []
    assert shown["events"] == []
    assert len(drawn["events"]) == len(drawn["insights"]) <= 3
    again = fitting(mine, "insight", "derive", "--limit", "3")
    assert (again["insights"], again["known"]) == ([], len(drawn["insights"]))
    assert mine("note", "undo", drawn["events"][0]["id"], "--yes").code == 0
