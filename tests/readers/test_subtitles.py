from __future__ import annotations

import pytest

from graph.model import Record
from graph.readers.registry import sniff
from graph.readers.subtitles import SubtitlesReader

from .samples import SAMPLES, read, records, rejects, source_of

FIRST = "00:00:01,000 --> 00:00:04,000"
THEN = "00:00:05,000 --> 00:00:08,000"


def turns(text: str, name: str = "talk.vtt") -> list[Record]:
    return records(read(SubtitlesReader(), text, name))


def said(text: str) -> list[tuple[str | None, str]]:
    return [(each.speaker, each.text) for each in turns(text)]


def test_voices_are_speakers_and_what_one_says_in_a_row_is_a_message() -> None:
    name, data = SAMPLES["subtitles"]
    found = records(read(SubtitlesReader(), data, name))
    assert [(each.speaker, each.text, each.metadata, each.line) for each in found] == [
        ("Ana", "The oven is fixed. It is warm.", {"start": "00:00:01"}, 7),
        ("Bo Ek", "Så & good.", {"start": "01:00:07"}, 14),
    ]


def test_several_voices_in_a_cue() -> None:
    assert said(f"WEBVTT\n\n{FIRST}\n<v Ana>Salt?</v> <v Bo>No,\nsugar.") == [("Ana", "Salt?"), ("Bo", "No, sugar.")]


def test_names_before_what_is_said() -> None:
    text = f"1\n{FIRST}\nAna Ek: Salt?\n\n2\n{THEN}\nBo: No,\n\n3\n{THEN}\nsugar. Note: none is left.\n"
    assert said(text) == [("Ana Ek", "Salt?"), ("Bo", "No, sugar. Note: none is left.")]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("<i>One</i> <b>two</b>", "One two"),
        ("{\\an8}<font color=red>One</font> two", "One two"),
        ("<c.yellow>One</c> <00:00:02.000>two", "One two"),
        ("One &lt;b&gt; &amp; two &lrm;", "One <b> & two \u200e"),
        ("I <3 bread, 2 > 1", "I <3 bread, 2 > 1"),
        ("One\n\ntwo", "One two"),
        ("One\n\nNOTE left out\nand this\n\ntwo", "One two"),
        ("One\n7\n" + THEN + "\ntwo", "One two"),
        ("One\n\nthe second\n" + THEN + "\ntwo", "One two"),
        ("One\n\n" + THEN + "\nOne\ntwo", "One two"),
        ("One 1\n" + THEN + "\ntwo", "One 1 two"),
        ("&lt;v Bo&gt; One two", "<v Bo> One two"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_only_what_is_shown_is_read(shown: str, text: str, end: str) -> None:
    given = f"WEBVTT\nKind: captions\n\nSTYLE\n::cue {{}}\n\n{FIRST}\n{shown}\n"
    assert said(given.replace("\n", end)) == [(None, text)]


def test_a_long_talk_is_cut_where_sentences_end() -> None:
    cues = "".join(f"{FIRST}\n<v Ana>{'word ' * 20}{number}{'.' * (number % 3 == 0)}\n\n" for number in range(12))
    found = turns("WEBVTT\n\n" + cues)
    assert {each.speaker for each in found} == {"Ana"}
    assert len(found) > 1
    assert all(each.text.endswith(".") for each in found[:-1])
    endless = turns("WEBVTT\n\n" + cues.replace(".\n", "\n"))
    assert max(len(each.text) for each in endless) < 1_400


def test_the_day_is_that_of_the_file_name() -> None:
    (one,) = turns(f"WEBVTT\n\n{FIRST}\nHi", "calls/standup-2025-03-04.vtt")
    assert (one.timestamp, one.conversation) == ("2025-03-04", "calls/standup-2025-03-04")


@pytest.mark.parametrize(
    ("text", "reader"),
    [
        (f"1\n{FIRST}\nHi\n", "subtitles"),
        (f"\ufeffWEBVTT\n\n{FIRST}\nHi\n", "subtitles"),
        ("WEBVTT\n", "subtitles"),
        ("WEBVTTED\n", "document"),
        (f"On subtitles\n\nA time is written so:\n{FIRST}\n", "document"),
    ],
)
@pytest.mark.parametrize("name", ["a.vtt", "a.srt", "a.txt"])
def test_what_are_subtitles(text: str, reader: str, name: str) -> None:
    assert sniff(source_of(text, name)).name == reader


@pytest.mark.parametrize(
    "piece",
    [
        "<v ",
        "<v.",
        "<v Ana>",
        "<c.",
        "&amp;",
        "{\\",
        f"{FIRST}\n",
        f"1\n{FIRST}\n",
        "NOTE\n\n",
        "\n",
        "A: ",
        "<v  \t",
        "--> ",
    ],
)
def test_endless_input_ends(piece: str) -> None:
    for given in (piece * 30_000, f"WEBVTT\n\n{FIRST}\n" + piece * 30_000):
        assert sum(len(each.text) for each in turns(given)) <= len(given)


def test_a_voice_of_any_length_is_rejected_and_the_rest_is_read() -> None:
    found = read(SubtitlesReader(), f"WEBVTT\n\n{FIRST}\n<v {'&amp;' * 150}{'n' * 900}>Hi\n\n{THEN}\n<v Bo>Hello\n")
    assert [each.text for each in records(found)][-1] == "Hello"
    assert len(rejects(found)) <= 1
