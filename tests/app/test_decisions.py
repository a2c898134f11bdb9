"""`memcli note link|unlink|edit|history|undo`: what is said, and what scripts get."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from memcli.options import instant
from memcli.schema import schema_of

from .world import World


@pytest.fixture
def mine(empty: World, sample_store: Path) -> World:
    """A world with a memory of its own."""
    shutil.copy(sample_store, empty.home / "mine.db")
    empty.env["MEMCLI_STORE"] = str(empty.home / "mine.db")
    return empty


@pytest.fixture
def notes(mine: World) -> list[str]:
    return [each["id"] for each in mine("note", "list", "--json").data["notes"]]


def decided(world: World, name: str, *words: str) -> Any:
    """The data of `note NAME`, which has to fit its schema."""
    ran = world("note", name, *words, "--json")
    assert (ran.code, ran.envelope["command"]) == (0, f"note {name}")
    validator = Draft202012Validator(json.loads(schema_of(f"note {name}")))
    validator.validate(ran.data)
    assert not validator.is_valid({})
    return ran.data


def test_a_note_s_way(mine: World, notes: list[str]) -> None:
    one, other = notes[:2]
    [link] = decided(mine, "link", one, other, "--relation", "supersedes", "--reason", "newer")["events"]
    [edit] = decided(mine, "edit", one, "--title", "Mine", "--tags", "a, b,a", "--keywords", "")["events"]
    assert edit["new"]["tags"] == ["a", "b"]
    shown = mine("note", "show", one, "--json").data
    assert (shown["node"]["title"], shown["node"]["keywords"]) == ("Mine", [])
    assert "supersedes" in [each["edge"]["relation"] for each in shown["edges"]["links_to"]]
    events = decided(mine, "history", one)["events"]
    assert events[-2:] == [link, edit]
    lines = mine("note", "history", one, "--jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == events
    out = mine("note", "history", one).out
    assert out.startswith(f"{one}: Mine\n")
    assert f"link supersedes {other}" in out
    seen = mine("note", "history", other).out
    assert f"link supersedes from {one}" in seen
    assert f"supersedes {other}" not in seen
    assert "edit title: " in out
    assert decided(mine, "undo", edit["id"])["undone"] == [edit]
    assert decided(mine, "unlink", other, one)["events"][0]["old"]["relation"] == "supersedes"
    assert mine("note", "unlink", other, one).code == 3


def test_what_is_so_already_is_said(mine: World, notes: list[str]) -> None:
    assert "link same_topic" in mine("note", "link", *notes[:2]).out
    assert mine("note", "link", *notes[:2]).out == "It is so already.\n"
    assert mine("note", "undo", "--since", "2999").out == "Nothing to undo.\n"


def test_several_are_undone_only_when_that_is_wanted(mine: World, notes: list[str]) -> None:
    mine("note", "edit", notes[0], "--title", "One")
    [first, _] = [mine("note", "edit", notes[0], "--title", title, "--json").data["events"][0] for title in "ab"]
    ran = mine("note", "undo", first["id"])
    assert ran.code == 2
    assert ran.err.count("edit title") == 2
    assert "--yes" in ran.err
    ran = mine("note", "undo", "--since", first["at"])
    assert (ran.code, ran.err.count("edit title")) == (2, 0)
    assert "nobody to ask: undo 2 decisions: edit 2?" in ran.err
    assert mine("note", "undo", "--since", first["at"], "--verbose").err.count("edit title") == 2
    assert mine("note", "show", notes[0], "--json").data["node"]["title"] == "b"
    assert mine("note", "undo", first["id"], "--yes").out.count("undone: ") == 2
    assert mine("note", "show", notes[0], "--json").data["node"]["title"] == "One"


def test_many_that_are_undone_are_counted(mine: World, notes: list[str]) -> None:
    [edit] = mine("note", "edit", notes[0], "--title", "One", "--json").data["events"]
    mine("note", "edit", notes[1], "--title", "Two")
    mine("note", "link", *notes[:2])
    ran = mine("note", "undo", "--since", edit["at"], "--yes")
    assert (ran.out, ran.err) == ("undone: edit 2, link 1\n", "")
    mine("note", "edit", notes[0], "--title", "One")
    told = mine("note", "undo", "--since", edit["at"], "--yes", "--verbose").out
    assert told.startswith("undone: v_")
    assert "edit title" in told


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["undo"], 2),
        (["undo", "v_x", "--since", "2024"], 2),
        (["undo", "v_x"], 3),
        (["edit", "NOTE"], 2),
        (["edit", "NOTE", "--title", " "], 2),
        (["link", "NOTE", "NOTE"], 2),
        (["link", "NOTE", "n_x"], 3),
        (["link", "NOTE", "n_x", "--relation", "cousin"], 2),
        (["history", "n_x"], 3),
    ],
)
def test_what_cannot_be(mine: World, notes: list[str], words: list[str], code: int) -> None:
    ran = mine("note", *(notes[0] if each == "NOTE" else each for each in words))
    assert (ran.code, ran.out) == (code, "")
    assert "hint: " in ran.err


def test_a_title_as_long_as_a_book_is_not_told_whole(mine: World, notes: list[str]) -> None:
    ran = mine("note", "edit", notes[0], "--title", "a\nb " * 10_000)
    assert ran.code == 0
    assert ran.out.count("\n") == 1
    assert len(ran.out) < 400


def test_entities_are_merged_and_split(mine: World) -> None:
    lines = b'{"speaker": "Ann", "text": "I saw Zoltan and Zoltan Kiss near Lake Balaton."}\n'
    assert mine("ingest", "-", stdin=lines).code == 0
    for name, words in (
        ("merge", ("Zoltan", "Zoltan Kiss", "--reason", "the same")),
        ("split", ("Zoltan Kiss", "zoltan")),
    ):
        ran = mine("entity", name, *words, "--json")
        assert (ran.code, ran.envelope["command"]) == (0, f"entity {name}")
        Draft202012Validator(json.loads(schema_of(f"entity {name}"))).validate(ran.data)
    [event] = ran.data["events"]
    assert mine("note", "undo", event["id"]).out == (
        f"undone: {event['id']}: {event['subject']} split off {event['other']}, Zoltan\n"
    )
    assert mine("entity", "show", "zoltan", "--json").data["node"]["name"] == "Zoltan Kiss"
    assert mine("entity", "merge", "Zoltan", "Zoltan Kiss").code == 2
    assert mine("entity", "split", "Zoltan", "Bela").code == 2


@pytest.mark.parametrize(
    ("given", "compared"),
    [
        ("2024-03-05T10:22+02:00", "2024-03-05T08:22:00.000000Z"),
        ("2024-03-05 23:30:00-01:00", "2024-03-06T00:30:00.000000Z"),
        ("2024-03-05T10:22:00Z", "2024-03-05T10:22:00.000000Z"),
        ("2024-03-05T10:22", "2024-03-05T10:22"),
        ("2024-03", "2024-03"),
        ("2024", "2024"),
        (None, None),
    ],
)
def test_a_time_with_an_offset_is_told_as_events_have_theirs(given: str | None, compared: str | None) -> None:
    assert instant(given) == compared
