from __future__ import annotations

import io
from pathlib import Path

import pytest

from graph.readers.registry import READERS
from memcli.render.progress import TerminalProgress
from memcli.session import Terminals

from .conftest import SAMPLES
from .world import REJECTED, World

CHAT = b"""{"conversation": "trip", "id": "1", "speaker": "Ann", "text": "I flew to Lisbon on Monday."}
{"conversation": "trip", "id": "2", "speaker": "Bob", "text": "Lisbon has hills, Ann."}
"""


def test_the_report(empty: World, tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_bytes(CHAT)
    ran = empty("ingest", str(path), "--format", "plain", "--dry-run")
    assert (ran.code, ran.out) == (0, "read 2: would add 2, skipped 0, rejected 0\n")
    ran = empty("ingest", str(path))
    assert ran.out.splitlines()[0] == "read 2: added 2, skipped 0, rejected 0"
    assert ran.out.splitlines()[1].startswith("notes 2, entities ")
    path.write_bytes(CHAT + CHAT.replace(b'"id": "', b'"id": "1'))
    assert empty("ingest", str(path)).out.splitlines()[0] == "read 4: added 2, skipped 2, rejected 0"


def test_the_data_is_that_of_the_contract(empty: World) -> None:
    ran = empty("ingest", "-", "--json", stdin=CHAT)
    assert (ran.code, ran.err, ran.envelope["status"]) == (0, "", "ok")
    names = "read added skipped rejected notes entities links evolved masked elapsed_s rejects"
    assert list(ran.data) == names.split()
    assert ran.data["added"] == 2


def test_rejects_are_named_and_change_the_exit_code(empty: World, tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_bytes(CHAT + b"{broken\n" * 25)
    ran = empty("ingest", str(path))
    said = ran.err.splitlines()
    assert ran.code == 5
    assert said[0].startswith(f"{path}:3: not JSON")
    assert len(said) == 21
    assert said[-1] == "… and 5 more"
    told = empty("ingest", str(path), "--json")
    assert (told.code, told.err, told.envelope["status"]) == (5, "", "partial")
    assert [each["line"] for each in told.data["rejects"]] == list(range(3, 28))
    quiet = empty("ingest", str(path), "--quiet")
    assert (quiet.code, quiet.err) == (5, "")


def test_what_is_wrong_with_a_whole_file_has_no_line_and_tells_what_to_do(empty: World, tmp_path: Path) -> None:
    folder = tmp_path / "chats"
    folder.mkdir()
    (folder / "a.json").write_text('[{"who": "Ann", "what": "Hi"}]')
    ran = empty("ingest", str(folder))
    told = "JSON of no known format; see docs/reference/formats.md, or name one with --format"
    assert (ran.code, ran.err) == (5, f"{folder / 'a.json'}: {told}\n")


def test_warnings_are_told(scripted: World) -> None:
    scripted.memory.report = REJECTED
    assert scripted("ingest", "-").err.splitlines()[0] == "warning: no spaCy model: memcli model pull spacy"
    assert scripted("ingest", "-", "--json").envelope["warnings"] == ["no spaCy model: memcli model pull spacy"]


def test_questions_beside_the_data_are_left_out(empty: World) -> None:
    ran = empty("ingest", str(SAMPLES), "--verbose")
    assert ran.code == 0
    assert f"left out {SAMPLES / 'questions.jsonl'}: no messages or documents in it" in ran.err.splitlines()
    ran = empty("ingest", str(SAMPLES / "questions.jsonl"))
    assert (ran.code, ran.out.splitlines()[0]) == (0, "read 0: added 0, skipped 0, rejected 0")
    assert ran.err == "nothing to take in was found; --verbose names what was looked at\n"


def test_standard_input_is_taken_if_nothing_is_named(empty: World) -> None:
    assert empty("ingest", "--json", stdin=CHAT).data["added"] == 2
    empty.terminals = Terminals(stdin=True)
    ran = empty("ingest")
    assert ran.code == 2
    assert "nothing to take in" in ran.err


def test_patterns_are_filled_in(empty: World, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.md", "a.md", "deep/c.md", "x[1].txt", "y.rst"):
        (tmp_path / name).write_text(f"This is {name}.")
    assert empty("ingest", f"{tmp_path}/**/*.md", f"{tmp_path}/x[1].txt", "--json").data["added"] == 4
    ran = empty("ingest", f"{tmp_path}/*.pdf")
    assert ran.code == 3
    assert "nothing matches" in ran.err


def test_an_empty_path_is_not_the_current_folder(empty: World, tmp_path: Path) -> None:
    (tmp_path / "here.txt").write_text("Ann lives in London.")
    ran = empty("ingest", "")
    assert (ran.code, ran.out) == (2, "")
    assert "an empty path names nothing" in ran.err


def test_a_path_that_is_not_there(empty: World) -> None:
    assert empty("ingest", "/nowhere/chat.jsonl").code == 3


def test_the_help_names_every_format(world: World) -> None:
    text = "".join(world("ingest", "--help").out.split()).replace("-", "")
    assert all(reader.name.replace("-", "") in text for reader in READERS)


def test_progress_is_for_terminals(empty: World, tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_bytes(CHAT)
    assert empty("ingest", str(path), "--store", "a.db").err == ""
    assert empty("ingest", str(path), "--store", "b.db", "-v").err == f"reading {path} ({len(CHAT)} bytes)\n"
    empty.terminals = Terminals(stderr=True)
    assert empty("ingest", str(path), "--store", "d.db", "--quiet").err == ""


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


@pytest.mark.parametrize("words", [("nowhere.jsonl",), ("-", "--format", "cheese")])
def test_what_cannot_be_done_makes_no_memory(empty: World, words: tuple[str, ...]) -> None:
    assert empty("ingest", *words, "--store", "new.db", stdin=b"{}").code in (2, 3)
    assert list(empty.home.iterdir()) == []
