from __future__ import annotations

import pytest

from graph.model import Record
from graph.readers.registry import sniff
from graph.readers.transcript import TranscriptReader

from .samples import read, records, source_of


def turns(text: str, name: str = "talk.txt") -> list[Record]:
    return records(read(TranscriptReader(), text, name))


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("Ana Ek: Hi", None),
        ("**Ana Ek:** Hi", None),
        ("**Ana Ek**: Hi", None),
        ("- **Ana Ek:** Hi", None),
        ("Ana Ek (10:22): Hi", "10:22:00"),
        ("**Ana Ek (10:22 PM):** Hi", "22:22:00"),
        ("**Ana Ek** [10:22]: Hi", "10:22:00"),
        ("[10:22:05] Ana Ek: Hi", "10:22:05"),
        ("10:22 Ana Ek: Hi", "10:22:00"),
        ("10:22 - Ana Ek: Hi", "10:22:00"),
    ],
)
def test_ways_to_begin_a_turn(line: str, time: str | None) -> None:
    (record,) = turns(line)
    assert (record.speaker, record.text, record.metadata.get("time")) == ("Ana Ek", "Hi", time)
    (dated,) = turns(f"# Standup, 4 March 2025\n{line}")
    assert dated.timestamp == (f"2025-03-04T{time}" if time else "2025-03-04")


def test_a_time_with_a_date() -> None:
    for between in (" ", "T"):
        (record,) = turns(f"[2025-03-04{between}10:22:05] Ana: Hi")
        assert record.timestamp == "2025-03-04T10:22:05"


@pytest.mark.parametrize(
    "heading",
    ["# Standup 2025-03-04", "## 4 March 2025", "2025-03-04", "**Tuesday, March 4th, 2025**", "--- 04.03.2025 ---"],
)
def test_headings_and_dates_begin_sessions(heading: str) -> None:
    (record,) = turns(f"{heading}\n\nAna: Hi\n")
    assert record.timestamp == "2025-03-04"
    assert record.session == heading.strip("#*- ")
    assert record.title == record.session


def test_lines_go_on_and_prose_has_no_speaker() -> None:
    found = turns("# Bread\n\nWe met.\n\nAna: One\ntwo\n\nthree\nBo: Four\nnote: five\nAna: six\n## Then\nAll left.\n")
    assert [(each.speaker, each.session, each.text) for each in found] == [
        (None, "Bread", "We met."),
        ("Ana", "Bread", "One\ntwo\n\nthree"),
        ("Bo", "Bread", "Four\nnote: five"),
        ("Ana", "Bread", "six"),
        (None, "Then", "All left."),
    ]


def test_where_turns_are_bold_other_names_are_text() -> None:
    found = turns("**User:** Which?\n\n**Assistant:** Two:\n\nPython: slow\n### More\nRust: fast\n\n**User:** Thanks\n")
    assert [each.speaker for each in found] == ["User", "Assistant", "User"]
    assert found[1].text == "Two:\n\nPython: slow\n### More\nRust: fast"


def test_the_date_of_the_file_name_is_where_it_begins() -> None:
    (record,) = turns("Ana: Hi", "notes/standup-2025-03-04.md")
    assert record.conversation == "notes/standup-2025-03-04"
    assert record.timestamp == "2025-03-04"


@pytest.mark.parametrize(
    ("text", "reader"),
    [
        ("Ana: a\nBo: b\nAna: c\n", "transcript"),
        ("# Notes\n\nWe met.\n\nAna: a\n\nBo: b\n\nAna: c\n\nBo: d\n", "transcript"),
        ("Rye rises slowly.\n\nNote: keep it warm.\n", "document"),
        ("Note: one\nTodo: two\nNote: three\n", "document"),
        ("Title: Rye\nServes: 4\nHours: 12\n", "document"),
        ("One.\n\nTwo.\n\nThree.\n\nAna: a\n\nFour.\n\nBo: b\n\nAna: c\n\nFive.\n\nSix.\n\nSeven\n", "document"),
        ("See https://example.org\nand http://example.org\n", "document"),
        ("Ana says hello.\n", "document"),
        ("Ana: hi there\nBo: hello", "transcript"),
        ("# Standup\n\nAna: the oven is fixed\n\nBo: thanks\n", "transcript"),
        ("Ana: the oven\nBo: the flour\n", "document"),
        ("Ana: hi there\n", "document"),
        ("Ana: hi there\nBo: hello\nand so on.\n", "document"),
        ("City: Basel\nCountry: Switzerland\n", "document"),
    ],
)
def test_what_is_a_transcript(text: str, reader: str) -> None:
    assert sniff(source_of(text)).name == reader


def test_only_text_files_are_looked_at() -> None:
    assert sniff(source_of("Ana: a\nBo: b\nAna: c\n", "x.yaml")).name == "document"


def test_who_has_a_marked_turn_has_bare_ones_too() -> None:
    found = turns("[10:22] Ana: I asked:\nnote: one\nCleo: two\nBo: three\n[10:24] Bo: four\n")
    assert [(each.speaker, each.text) for each in found] == [
        ("Ana", "I asked:\nnote: one\nCleo: two"),
        ("Bo", "three"),
        ("Bo", "four"),
    ]
