"""`memcli refine`: what is shown beforehand and after, and what scripts get."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from graph.refining.batch import Kind
from memcli.commands.refine import Part
from memcli.schema import schema_of
from memcli.session import Terminals
from tests.ingest.memories import written
from tests.llm.server import Fault, LlmServer
from tests.refining.model import TALK, thinks

from .world import World

VALIDATOR = Draft202012Validator(json.loads(schema_of("refine")))


@pytest.fixture
def mine(empty: World, llm: LlmServer, tmp_path: Path) -> World:
    """A world with a small memory and a model that does as it is told."""
    llm.thinks = thinks
    assert empty("ingest", str(written(tmp_path / "talk.jsonl", TALK))).code == 0
    return empty


def test_there_is_an_option_for_each_kind() -> None:
    assert {each.value for each in Part} == {each.value for each in Kind}


def test_what_it_would_take_is_shown_and_nothing_asked(mine: World, llm: LlmServer) -> None:
    ran = mine("refine", "--dry-run", "--json")
    assert ran.code == 0
    VALIDATOR.validate(ran.data)
    assert (ran.data["done"], ran.data["report"], llm.asked) == (False, None, [])
    assert ran.data["estimate"]["notes"]["decisions"] == 7
    out = mine("refine", "--dry-run", "--budget", "10", "--kind", "notes").out
    assert "would ask for 7 decisions in 2 calls" in out
    assert "stop at 10" in out


def test_it_is_done_when_that_is_wanted(mine: World, llm: LlmServer) -> None:
    ran = mine("refine")
    assert (ran.code, llm.asked) == (2, [])
    assert "--yes" in ran.err
    ran = mine("refine", "--yes", "--json")
    assert ran.code == 0
    VALIDATOR.validate(ran.data)
    assert ran.data["report"]["decided"]["notes"] == 7
    assert "Nothing was decided" in mine("refine").out
    undone = mine("note", "undo", "--by", "tiny", "--since", ran.data["since"], "--yes", "--json").data["undone"]
    assert {each["decided_by"] for each in undone} == {"tiny"}
    assert mine("refine", "--dry-run", "--json").data["estimate"]["notes"]["decisions"] == 0


def test_somebody_is_asked(mine: World, llm: LlmServer) -> None:
    mine.terminals = Terminals(stdin=True, stderr=True)
    ran = mine("refine", "--quiet", "--kind", "notes", stdin=b"y\n")
    assert ran.code == 2
    ran = mine("refine", "--kind", "notes", stdin=b"n\n")
    assert (ran.code, llm.asked) == (1, [])
    assert "ask tiny for 7 decisions in 2 calls" in ran.err
    assert "notes: 7 decided by tiny" in mine("refine", "--kind", "notes", stdin=b"y\n").out


def test_fallbacks_are_told(mine: World, llm: LlmServer) -> None:
    llm.faults = [Fault(body=b"<html>")]
    out = mine("refine", "--yes", "--kind", "notes").out
    assert "5 stayed with the rule: the reply was not JSON" in out
    assert "note undo --by tiny --since 20" in out


@pytest.mark.parametrize(("fault", "code"), [(Fault(401), "llm-sign-in"), (Fault(404), "llm")])
def test_a_model_that_cannot_be_used(mine: World, llm: LlmServer, fault: Fault, code: str) -> None:
    llm.faults = [fault]
    ran = mine("refine", "--yes", "--json")
    assert ran.code == 4
    [error] = ran.envelope["errors"]
    assert (error["code"], bool(error["hint"])) == (code, True)


def test_without_a_model(empty: World, tmp_path: Path) -> None:
    assert empty("ingest", str(written(tmp_path / "talk.jsonl", TALK))).code == 0
    ran = empty("refine", "--dry-run")
    assert ran.code == 2
    assert "llm.url" in ran.err


def test_what_is_forgotten_is_in_no_cache(mine: World, tmp_path: Path) -> None:
    mine("refine", "--yes")
    assert list(tmp_path.glob("llm-replies.db"))
    assert mine("forget", "--matching", "Kilimanjaro", "--yes").code == 0
    assert not list(tmp_path.glob("llm-replies.db"))
