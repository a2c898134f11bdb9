"""`memcli fact` and `memcli ask --as-of`: what is said, and what scripts get."""

from __future__ import annotations

from typing import Any

import pytest

from graph.memory import Memory
from graph.model import Changes, NodeKind, Removal, Selection
from graph.settings import Settings

from .world import World, fitting, with_chat

CHAT = """{"speaker": "Ann", "timestamp": "2022-01-10T10:00:00", "text": "I live in Lisbon."}
{"speaker": "Ann", "timestamp": "2023-05-20T10:00:00", "text": "I moved to Porto two weeks ago."}
{"speaker": "Ann", "timestamp": "2023-06-01T10:00:00", "text": "I think I live in Braga, in a way."}
{"speaker": "Ann", "timestamp": "2024-03-05T10:00:00", "text": "The meeting is on Friday."}
{"speaker": "Ann", "timestamp": "2024-03-05T10:01:00", "text": "No, I meant Monday."}
"""


@pytest.fixture
def mine(empty: World) -> World:
    return with_chat(empty, CHAT)


def values(found: Any) -> list[str]:
    return [each["object"] for each in found["facts"]]


def test_what_holds_is_listed(mine: World) -> None:
    assert values(fitting(mine, "fact", "list")) == ["Porto", "Braga", "11 March 2024"]
    assert values(fitting(mine, "fact", "list", "--past", "--relation", "home")) == ["Lisbon", "Porto", "Braga"]
    assert values(fitting(mine, "fact", "list", "--as-of", "2023-01")) == ["Lisbon"]
    assert values(fitting(mine, "fact", "list", "--limit", "1")) == ["11 March 2024"]
    assert values(fitting(mine, "fact", "list", "--about", "Bob")) == []
    assert "2023-05-06" in mine("fact", "list").out


def test_a_wrong_fact_is_taken_back_and_that_is_undone(mine: World) -> None:
    porto = fitting(mine, "fact", "list", "--relation", "home")["facts"][0]["id"]
    [event] = fitting(mine, "fact", "retract", porto, "--reason", "a joke")["events"]
    assert (event["action"], event["decided_by"], event["reason"]) == ("retract", "person", "a joke")
    assert values(fitting(mine, "fact", "list", "--relation", "home")) == ["Lisbon", "Braga"]
    assert "a joke" in mine("fact", "show", porto).out
    assert fitting(mine, "fact", "retract", porto) == {"events": []}
    assert mine("note", "undo", event["id"], "--yes").code == 0
    assert values(fitting(mine, "fact", "list", "--relation", "home")) == ["Porto", "Braga"]
    assert mine("fact", "retract", "f_none").code == 3


def test_a_memory_without_facts_tells_how_it_gets_them(mine: World) -> None:
    hint = "`memcli fact derive` makes them"
    assert (hint in mine("store", "info").out, mine("fact", "list", "--about", "Bob").err) == (False, "")
    with (
        Memory.open(Settings(store=f"sqlite:///{mine.env['MEMCLI_STORE']}")) as memory,
        memory._store.transaction(write=True),
    ):
        # As one that was made before there were facts.
        facts = [each.id for each in memory._store.nodes(Selection((NodeKind.FACT,)))]
        memory._store.save(Changes(removed=Removal(tuple(facts))))
    assert hint in mine("store", "info").out
    ran = mine("fact", "list", "--json")
    assert (ran.data["facts"], hint in ran.err) == ([], True)
    assert mine("fact", "list", "--quiet").err == ""
    assert mine("fact", "derive").code == 0
    assert hint not in mine("store", "info").out + mine("fact", "list").err


def test_a_history_is_in_order_of_time(mine: World) -> None:
    assert values(fitting(mine, "fact", "history", "ann", "home")) == ["Lisbon", "Porto", "Braga"]
    assert values(fitting(mine, "fact", "history", "Ann", "--as-of", "2022")) == ["Lisbon"]
    told = mine("fact", "history", "Ann").out
    assert "taken back" in told
    assert "doubtful" in told
    assert len(mine("fact", "history", "Ann", "--jsonl").out.splitlines()) == 5
    assert mine("fact", "history", "Bob").code == 3


def test_a_fact_is_shown_with_all_that_bears_on_it(mine: World) -> None:
    lisbon = fitting(mine, "fact", "history", "Ann", "home")["facts"][0]["id"]
    data = fitting(mine, "fact", "show", lisbon)
    assert data["said"]["text"] == "I live in Lisbon."
    assert [each["object"] for each in data["history"]] == ["Lisbon", "Porto", "Braga"]
    (event,) = data["events"]
    assert (event["action"], event["new"]["valid_to"]) == ("close", "2023-05-06")
    told = mine("fact", "show", lisbon).out
    assert "holds: from 2022-01-10 to 2023-05-06" in told
    assert "close at 2023-05-06" in told
    assert mine("fact", "show", "f_nothing").code == 3
    assert mine("note", "undo", event["id"], "--yes").code == 0
    assert fitting(mine, "fact", "show", lisbon)["fact"]["valid_to"] is None


def test_an_answer_tells_what_holds_and_what_was_before(mine: World) -> None:
    (fact,) = fitting(mine, "ask", "Where does Ann live?")["facts"]
    assert (fact["value"], fact["before"], fact["open"]) == ("Porto", ["Lisbon"], ["Braga"])
    told = mine("ask", "Where does Ann live?").out
    assert "now: Ann moved to Porto (since 2023-05-06; before: Lisbon; doubted: Braga)" in told
    assert "has replaced" in mine("ask", "Where does Ann live?", "--explain").out


def test_an_answer_as_of_a_day(mine: World) -> None:
    told = mine("ask", "Where does Ann live?", "--as-of", "2022-06").out
    assert "on 2022-06: Ann lives in Lisbon (since 2022-01-10)" in told
    assert "Porto" not in told
    assert mine("ask", "Where does Ann live?", "--as-of", "yesterday").code == 2


def test_a_store_keeps_its_facts_wherever_it_goes(mine: World) -> None:
    wanted = mine("graph", "export", "--format", "jsonl").out
    file = str(mine.home / "b.gz")
    assert mine("store", "backup", file).code == 0
    assert mine("store", "restore", file, "--store", "other.db").code == 0
    assert mine("graph", "export", "--format", "jsonl", "--store", "other.db").out == wanted
    assert '"kind": "ended_by"' in wanted
    assert mine("store", "doctor", "--store", "other.db").code == 0
