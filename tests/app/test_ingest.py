from __future__ import annotations

import io
from pathlib import Path

import pytest

from graph.readers.registry import READERS
from memcli.render.progress import TerminalProgress
from memcli.session import Terminals

from .world import REJECTED, World


def test_the_report(world: World, tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    path.touch()
    ran = world("ingest", str(path), "--format", "plain", "--dry-run")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "read 1: would add 1, skipped 0, rejected 0"
    assert world.memory.ingested == {"paths": [path], "stdin": b"", "reader": "plain", "dry_run": True}


def test_the_data_is_that_of_the_contract(world: World) -> None:
    ran = world("ingest", "-", "--json", stdin=b"text")
    assert (ran.code, ran.err, ran.envelope["status"]) == (0, "", "ok")
    names = "read added skipped rejected notes entities links evolved elapsed_s rejects"
    assert list(ran.data) == names.split()
    assert world.memory.ingested["stdin"] == b"text"


def test_rejects_are_named_and_change_the_exit_code(world: World) -> None:
    world.memory.report = REJECTED
    ran = world("ingest", "-")
    said = ran.err.splitlines()
    assert ran.code == 5
    assert said[0] == "warning: no spaCy model: memcli model pull spacy"
    assert said[1] == "chat.jsonl:1: not JSON"
    assert said[20:] == ["chat.jsonl:20: not JSON", "… and 5 more"]
    quiet = world("ingest", "-", "--quiet")
    assert (quiet.code, quiet.err) == (5, "")
    told = world("ingest", "-", "--json")
    assert (told.code, told.err, told.envelope["status"]) == (5, "", "partial")
    assert len(told.data["rejects"]) == 25
    assert told.envelope["warnings"] == ["no spaCy model: memcli model pull spacy"]


def test_standard_input_is_taken_if_nothing_is_named(world: World) -> None:
    assert world("ingest", stdin=b"piped").code == 0
    assert world.memory.ingested["stdin"] == b"piped"
    world.terminals = Terminals(stdin=True)
    ran = world("ingest")
    assert ran.code == 2
    assert "nothing to take in" in ran.err


def test_patterns_are_filled_in(world: World, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.md", "a.md", "deep/c.md", "x[1].txt"):
        (tmp_path / name).touch()
    world("ingest", f"{tmp_path}/**/*.md", f"{tmp_path}/x[1].txt")
    found = [path.relative_to(tmp_path).as_posix() for path in world.memory.ingested["paths"]]
    assert found == ["a.md", "b.md", "deep/c.md", "x[1].txt"]
    ran = world("ingest", f"{tmp_path}/*.pdf")
    assert ran.code == 3
    assert "nothing matches" in ran.err


def test_a_path_that_is_not_there(world: World) -> None:
    assert world("ingest", "/nowhere/chat.jsonl").code == 3


def test_the_help_names_every_format(world: World) -> None:
    text = "".join(world("ingest", "--help").out.split()).replace("-", "")
    assert all(reader.name.replace("-", "") in text for reader in READERS)


def test_progress_is_for_terminals(world: World, tmp_path: Path) -> None:
    assert world("ingest", str(tmp_path)).err == ""
    assert world("ingest", str(tmp_path), "--verbose").err == f"reading {tmp_path} (100 bytes)\n"
    world.terminals = Terminals(stderr=True)
    assert world("ingest", str(tmp_path), "--quiet").err == ""


@pytest.mark.parametrize("size", [100, None])
def test_a_bar_shows_rate_and_name(size: int | None) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    with TerminalProgress(stream, colour=False) as progress:
        progress.begin("chats/\x1b[31mann[red].jsonl", size)
        progress.advance(50, 7)
        progress.refresh()
        progress.end()
        progress.advance(60, 8)
    assert "ann[red].jsonl" in stream.getvalue()
    assert "\x1b[31mann" not in stream.getvalue()
    assert "7 records" in stream.getvalue()
