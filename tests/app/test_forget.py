"""`memcli forget`: what people and scripts see of it."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager

import pytest
from jsonschema import Draft202012Validator

from graph.store.sqlite.store import SqliteStore
from memcli.schema import schema_of
from memcli.session import Terminals

from .world import World

TALK = (
    b'{"conversation": "trip", "id": "1", "speaker": "Ann", "text": "I love Zermatt. Do you?"}\n'
    b'{"conversation": "trip", "id": "2", "speaker": "Bob", "text": "My PIN is on the blue card."}\n'
    b'{"conversation": "trip", "id": "3", "speaker": "Ann", "text": "Zermatt is calling, and Lausanne."}\n'
)


@pytest.fixture
def talk(empty: World) -> World:
    empty.env["MEMCLI_EMBEDDING_MODEL"] = "none"
    assert empty("ingest", "-", stdin=TALK).code == 0
    return empty


def interactions(world: World) -> int:
    return int(world("store", "info", "--json").data["nodes"].get("interaction", 0))


def test_a_preview_changes_nothing(talk: World) -> None:
    ran = talk("forget", "--matching", "pin", "--dry-run")
    assert (ran.code, ran.out) == (0, "would forget 1 interaction, 1 note, 2 entities\n")
    assert ran.err == "  Bob: My PIN is on the blue card.\n"
    assert interactions(talk) == 3
    data = talk("forget", "--matching", "pin", "--dry-run", "--json").data
    assert (data["done"], data["nodes"]["interaction"], data["captions"]) == (
        False,
        1,
        ["Bob: My PIN is on the blue card."],
    )
    Draft202012Validator(json.loads(schema_of("forget"))).validate(data)


def test_what_is_broken_off_at_the_end_can_be_taken_in_again(talk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    transaction = SqliteStore.transaction

    def last(self: SqliteStore, *, write: bool, wipe: bool = False) -> AbstractContextManager[None]:
        if wipe:
            raise KeyboardInterrupt
        return transaction(self, write=write)

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "transaction", last)
        assert talk("forget", "--all", "--yes").code == 130
    assert interactions(talk) == 0
    assert "added 3, skipped 0" in talk("ingest", "-", stdin=TALK).out


def test_it_asks_before_it_does(talk: World) -> None:
    ran = talk("forget", "2")
    assert ran.code == 2
    assert "nobody to ask: forget 1 interaction" in ran.err
    talk.terminals = Terminals(stdin=True, stderr=True)
    assert talk("forget", "2", stdin=b"no\n").code == 1
    assert interactions(talk) == 3
    assert talk("forget", "2", stdin=b"y\n").code == 0
    assert interactions(talk) == 2


def test_a_message_and_an_entity(talk: World) -> None:
    ran = talk("forget", "2", "--conversation", "trip", "--yes")
    assert ran.code == 0
    assert ran.out.startswith("forgot 1 interaction, 1 note, 2 entities in ")
    assert "blue card" not in talk("ask", "Which card?", "--no-answer").out
    data = talk("forget", "--entity", "zermatt", "--yes", "--json").data
    assert (data["done"], data["nodes"]) == (True, {"entity": 1, "insight": 1, "fact": 1})
    assert talk("entity", "show", "Zermatt").code == 3
    assert interactions(talk) == 2
    assert talk("forget", "--entity", "Lausanne", "--with-messages", "--yes").code == 0
    assert interactions(talk) == 1


def test_what_somebody_said(talk: World) -> None:
    captions = talk("forget", "--speaker", "ANN", "--dry-run", "--json").data["captions"]
    assert captions == ["Ann: I love Zermatt. Do you?", "Ann: Zermatt is calling, and Lausanne."]
    assert talk("forget", "--speaker", "Ann", "--matching", "calling", "--yes").code == 0
    assert talk("forget", "3", "--speaker", "Bob", "--yes").code == 3
    assert interactions(talk) == 2
    assert talk("forget", "--speaker", "Ann", "--yes").code == 0
    assert interactions(talk) == 1


def test_all_of_it(talk: World) -> None:
    assert talk("forget", "--all", "--yes", "--quiet").out.startswith("forgot 3 interactions")
    assert talk("graph", "export").out == ""
    # It may be taken in again.
    assert talk("ingest", "-", "--json", stdin=TALK).data["added"] == 3


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--with-messages"],
        ["--all", "--matching", "x"],
        ["--entity", "Ann", "--since", "2024"],
        ["1", "--entity", "Ann"],
        ["--since", "soon"],
        ["--conversation", "trip", "--matching", ""],
        ["--all", "--space", ""],
        ["--speaker", " "],
        ["--all", "--speaker", "Ann"],
        ["--entity", "Ann", "--speaker", "Ann"],
    ],
)
def test_wrong_usage(talk: World, arguments: list[str]) -> None:
    assert talk("forget", *arguments, "--yes").code == 2
    assert interactions(talk) == 3


@pytest.mark.parametrize(
    "arguments",
    [["99"], ["--entity", "Nobody"], ["--matching", "absent"], ["--conversation", "none"], ["--speaker", "An"]],
)
def test_what_is_not_there(talk: World, arguments: list[str]) -> None:
    ran = talk("forget", *arguments, "--yes", "--json")
    assert (ran.code, ran.envelope["errors"][0]["code"]) == (3, "not-found")
    assert interactions(talk) == 3
