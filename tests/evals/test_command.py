"""`memcli eval` from the command line to the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from graph.model import IngestReport
from memcli.schema import schema_of
from memcli.session import Terminals
from tests.app.world import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world with the sets `one` and `two`, whose memory hits `a-1` first, then `d-1`."""
    for name in ("one", "two"):
        folder = tmp_path / "sets" / name
        folder.mkdir(parents=True)
        lines = [
            {"id": "a-1", "conversation": "c", "speaker": "Ann", "text": "Off to Lisbon."},
            {"id": "d-1", "title": "Lisbon", "text": "A city of hills."},
        ]
        asked = [
            {"id": "q1", "question": "Where did Ann fly?", "answer": "Lisbon", "category": "place", "gold": ["a-1"]},
            {"id": "q2", "question": "Why?", "category": "none", "gold": []},
        ]
        for file, rows in (("data.jsonl", lines), ("questions.jsonl", asked)):
            (folder / file).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return World(tmp_path)


def test_a_table_with_the_floor_beside_memcli(world: World) -> None:
    ran = world("eval", "sets/one")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].split()[:4] == ["set", "n", "system", "R@5"]
    assert lines[1].split()[:4] == ["one", "1", "floor", "1.000"]
    assert lines[2].split()[:2] == ["text", "1.000"]
    assert lines[3].split()[:4] == ["text", "−", "floor", "+.000"]
    assert "place" not in ran.out
    assert "place" in world("eval", "sets/one", "--category").out


def test_the_envelope_keeps_to_its_schema(world: World) -> None:
    ran = world("eval", "sets", "--json")
    assert ran.code == 0
    assert (ran.envelope["command"], ran.envelope["status"]) == ("eval", "ok")
    jsonschema.validate(ran.data, json.loads(schema_of("eval")))
    assert [each["set"] for each in ran.data["sets"]] == ["one", "two"]
    assert ran.data["command"] == "memcli eval sets --limit 20"
    assert ran.data["sets"][0]["overall"]["abstention"]["balanced_accuracy"]["text"]["mean"] == 1.0


def test_sets_hits_and_a_sample_are_chosen(world: World) -> None:
    ran = world("eval", "sets", "--set", "two", "--limit", "30", "--sample", "1", "--json")
    assert [each["set"] for each in ran.data["sets"]] == ["two"]
    assert ran.data["command"] == "memcli eval sets --set two --limit 30 --sample 1"
    assert [each.limit for each in world.memory.asked] == [30]


def test_without_a_model_there_is_one_tier(world: World) -> None:
    ran = world("eval", "sets/one", "--json")
    assert (ran.data["model"], list(ran.data["tiers"]), ran.data["ablation"]) == (None, ["text"], None)
    chosen = world("eval", "sets/one", "--tier", "text", "--json")
    assert chosen.data["command"] == "memcli eval one --tier text --limit 20"
    refused = world("eval", "sets/one", "--tier", "tokens", "--tier", "text")
    assert refused.code == 4
    assert "the tier tokens needs an embedding model" in refused.err
    assert "memcli model pull" in refused.err


def test_what_each_piece_is_worth(world: World) -> None:
    ran = world("eval", "sets/one", "--ablate")
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["set", "without", "R@10", "worth", "95", "%", "interval"] in lines
    assert ["one", "nothing", "(text)", "1.000"] in lines
    assert ["replies", "1.000", "+.000", "+.000", "to", "+.000"] in lines
    data = world("eval", "sets", "--ablate", "--json").data
    jsonschema.validate(data, json.loads(schema_of("eval")))
    assert data["command"] == "memcli eval sets --ablate --limit 20"
    assert data["ablation"]["pieces"]["times"] == {"recall.when": 1.0}
    assert all(each["ablation"].keys() == data["ablation"]["pieces"].keys() for each in data["sets"])


def test_files_are_written(world: World, tmp_path: Path) -> None:
    ran = world("eval", "sets/one", "--output", "out/benchmarks", "--json")
    folder = tmp_path / "out" / "benchmarks"
    assert json.loads((folder / "eval.json").read_text("utf-8")) == ran.data
    page = (folder / "eval.md").read_text("utf-8")
    assert page.startswith("# Recall")
    shown = {line.partition("(")[2].rstrip(")") for line in page.splitlines() if line.startswith("![")}
    assert shown == {each.name for each in folder.glob("*.svg")} == {"eval-recall.svg", "eval-reliability.svg"}


def test_what_makes_figures_doubtful_is_said(world: World, tmp_path: Path) -> None:
    world.memory.report = IngestReport(read=3, added=2, rejected=1)
    (tmp_path / "sets" / "one" / "questions.jsonl").write_text('{"question": "Where?", "gold": ["gone"]}\n')
    ran = world("eval", "sets/one", "--json")
    assert (ran.code, ran.envelope["status"]) == (5, "partial")
    assert [warning.partition(";")[0] for warning in ran.envelope["warnings"]] == [
        "one: 1 records were rejected",
        "one: 1 gold ids are of no record that was read",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["gone"], 3, "not a folder"),
        (["sets", "--set", "three"], 3, "there are: one, two"),
        (["sets", "--limit", "5"], 2, "--limit"),
        (["sets", "--tier", "best"], 2, "there are text, vectors, tokens"),
        ([], 2, "DIR"),
    ],
)
def test_errors_say_what_to_do(world: World, arguments: list[str], code: int, said: str) -> None:
    ran = world("eval", *arguments)
    assert ran.code == code
    assert said in ran.err
    assert ran.out == ""


def test_a_broken_question_is_named_with_its_line(world: World, tmp_path: Path) -> None:
    (tmp_path / "sets" / "one" / "questions.jsonl").write_text("\n{}\n")
    ran = world("eval", "sets/one")
    assert ran.code == 1
    assert "questions.jsonl:2: not a question" in ran.err


def test_progress_is_for_terminals(world: World) -> None:
    world.terminals = Terminals(stderr=True)
    told = world("eval", "sets/one", "--ablate").err
    assert "one: ingesting" in told
    assert "one: text (1 of 16), 1 of 2 questions" in told
    assert "one: text without asking (" in told
    assert told.endswith("\r\x1b[K")
    assert world("eval", "sets/one", "--quiet").err == ""
