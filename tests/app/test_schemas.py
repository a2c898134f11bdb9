"""Every command has `--json`, a schema, and data that fits it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.main import get_command

from memcli.app import app
from memcli.schema import schema_names, schema_of

from .world import World

COMMAND_LINES = {
    "ask": ["ask", "Who became secretary?", "--explain"],
    "config get": ["config", "get", "store"],
    "config list": ["config", "list"],
    "config path": ["config", "path"],
    "config set": ["config", "set", "ingest.batch", "7"],
    "entity list": ["entity", "list"],
    "entity show": ["entity", "show", "Priya"],
    "episode derive": ["episode", "derive", "--store", "COPY"],
    "episode fold": ["episode", "fold", "--store", "COPY"],
    "episode list": ["episode", "list", "--weaker-than", "1"],
    "episode show": ["episode", "show", "NOTE"],
    "episode unfold": ["episode", "unfold", "NOTE"],
    "fact derive": ["fact", "derive", "--store", "COPY"],
    "fact history": ["fact", "history", "Priya"],
    "fact list": ["fact", "list", "--past"],
    "fact show": ["fact", "show", "FACT"],
    "insight derive": ["insight", "derive", "--dry-run"],
    "insight list": ["insight", "list"],
    "insight show": ["insight", "show", "INSIGHT"],
    "forget": ["forget", "--matching", "hi.", "--store", "COPY", "--yes"],
    "graph export": ["graph", "export", "--output", "graph.dot"],
    "graph neighbors": ["graph", "neighbors", "Priya", "--hops", "2", "--limit", "1000"],
    "graph stats": ["graph", "stats"],
    "ingest": ["ingest", "-", "--store", "new.db"],
    "model list": ["model", "list"],
    "model pull": ["model", "pull", "spacy"],
    "model remove": ["model", "remove", "spacy", "--yes"],
    "note derive": ["note", "derive", "--store", "COPY"],
    "note history": ["note", "history", "NOTE"],
    "note list": ["note", "list"],
    "note show": ["note", "show", "NOTE"],
    "space create": ["space", "create", "work", "--store", "COPY"],
    "space delete": ["space", "delete", "default", "--store", "COPY", "--yes"],
    "space list": ["space", "list", "--store", "COPY"],
    "space rename": ["space", "rename", "default", "work", "--store", "COPY"],
    "store backup": ["store", "backup", "memory.jsonl.gz"],
    "store copy": ["store", "copy", "STORE", "copy.db"],
    "store doctor": ["store", "doctor"],
    "store info": ["store", "info"],
    "store reindex": ["store", "reindex", "--store", "COPY"],
    "store restore": ["store", "restore", "BACKUP", "--store", "restored.db"],
}

ELSEWHERE = {
    "entity merge",
    "entity split",
    "eval",
    "fact retract",
    "feedback",
    "insight vote",
    "llm check",
    "llm login",
    "llm logout",
    "note edit",
    "note link",
    "note undo",
    "note unlink",
    "refine",
    "store login",
    "store logout",
}
"""Tested where it is at home."""


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    command = command or get_command(app)
    names = command.list_commands(None) if hasattr(command, "list_commands") else []
    for name in names:
        yield from commands(command.get_command(None, name), (*path, name))
    if not names:
        yield " ".join(path), command


def test_every_command_is_here() -> None:
    assert {name for name, _ in commands()} == COMMAND_LINES.keys() | ELSEWHERE
    assert set(schema_names()) == COMMAND_LINES.keys() | ELSEWHERE


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda each: each if isinstance(each, str) else "")
def test_every_command_has_the_shared_options_and_examples(name: str, command: Any) -> None:
    options = {option for param in command.params for option in param.opts}
    assert {"--json", "--store", "--space", "--quiet", "--verbose", "--no-input"} <= options
    examples = [line for line in command.epilog.splitlines() if f"memcli {name}" in line]
    assert examples
    assert command.help


@pytest.mark.parametrize("name", COMMAND_LINES)
def test_data_fits_its_schema(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, models: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    # A test must not change the environment it runs in.
    monkeypatch.setattr("memcli.commands.model.install", lambda *_: None)
    monkeypatch.setattr("memcli.commands.model.uninstall", lambda _: None)
    monkeypatch.setattr("memcli.commands.model.installed_model", lambda: "en_core_web_sm")
    schema = json.loads(schema_of(name))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    note = world("note", "list", "--limit", "1", "--json").data["notes"][0]["id"]
    insight = world("insight", "list", "--limit", "1", "--json").data["insights"][0]["id"]
    fact = world("fact", "list", "--limit", "1", "--json").data["facts"][0]["id"]
    backup = str(tmp_path / "backup.jsonl.gz")
    assert world("store", "backup", backup).code == 0
    if "COPY" in COMMAND_LINES[name]:
        # A small memory: the samples take the model some time.
        world.env["MEMCLI_MODELS"] = str(models)
        assert world("ingest", "-", "--store", "small.db", stdin=b'{"speaker": "Ann", "text": "Hi."}\n').code == 0
    given = {"COPY": "small.db", "NOTE": note, "INSIGHT": insight, "FACT": fact}
    given |= {"STORE": world.env["MEMCLI_STORE"], "BACKUP": backup}
    ran = world(*(given.get(each, each) for each in COMMAND_LINES[name]), "--json")
    assert ran.code == 0
    assert ran.envelope["command"] == name
    assert list(ran.envelope) == ["schema", "command", "status", "data", "warnings", "errors"]
    validator.validate(ran.data)
    assert not validator.is_valid({})
    assert not validator.is_valid(ran.data | {"more": 1})


@pytest.mark.parametrize("flags", [["--explain"], ["--no-answer"], []])
def test_every_line_of_a_batch_fits_too(world: World, flags: list[str]) -> None:
    validator = Draft202012Validator(json.loads(schema_of("ask")))
    for line in world("ask", "-", *flags, stdin=b"Whose bees?\nWho became secretary?\n").out.splitlines():
        validator.validate(json.loads(line))


def test_rejects_fit_too(empty: World) -> None:
    ran = empty("ingest", "-", "--format", "plain", "--json", stdin=b"{broken\n")
    assert ran.data["rejected"] == 1
    Draft202012Validator(json.loads(schema_of("ingest"))).validate(ran.data)


def test_insights_fit_too(scripted: World) -> None:
    data = scripted("ask", "Ann?", "--json").data
    assert data["insights"]
    Draft202012Validator(json.loads(schema_of("ask"))).validate(data)


def test_a_schema_is_printed(world: World) -> None:
    ran = world("--json-schema", "graph stats")
    assert ran.code == 0
    assert json.loads(ran.out) == json.loads(world("--json-schema", "graph-stats").out)
    assert world("--json-schema", "../../pyproject").code == 3
    assert world("--json-schema", "graph").code == 3
