from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InputError
from graph.model import Form
from graph.readers.document import DocumentReader
from graph.readers.sections import LONGEST, sections

from .samples import read, records

WORDS = st.sampled_from(
    ["word", "Ende. ", "\n", "\n\n", "# Head", "```\n", " ", "字" * 50, "x" * 3000, "¿que?", "\r\n"]
)


@given(st.lists(WORDS, max_size=300).map(" ".join))
def test_sections_are_the_text_word_for_word(text: str) -> None:
    found = list(sections(text))
    assert "".join(found) == text
    assert all(len(each.split()) <= LONGEST for each in found)
    assert all(len(each) <= 8 * LONGEST for each in found)


def test_sections_end_at_headings_and_paragraphs() -> None:
    paragraph = "word " * 99 + "end.\n\n"
    text = f"# One\n\n{paragraph}## Two\n\n{paragraph}{paragraph}{paragraph}"
    assert [len(each.split()) for each in sections(text)] == [102, 202, 100]
    assert [each[:5] for each in sections(text)] == ["# One", "## Tw", "word "]


def test_a_heading_stays_with_what_it_heads() -> None:
    text = "word " * 290 + "\n\n# Head\n\n" + "more " * 50
    assert [each.startswith("# Head") for each in sections(text)] == [False, True]


def test_long_paragraphs_end_at_sentences() -> None:
    first, second, *_ = sections("One two three four five. " * 200)
    assert first.endswith("five. ")
    assert second.startswith("One ")


def test_no_heading_inside_a_fence() -> None:
    text = "word " * 80 + "\n\n```\n" + "# comment\nx\n\n" * 10 + "```\n"
    assert len(list(sections(text))) == 1


def test_records_of_a_document() -> None:
    text = "Preface\n\n## The title ##\n\n" + "A sentence of words. " * 200
    found = records(read(DocumentReader(), text, "folder/rye.md"))
    assert "".join(each.text for each in found) == text
    assert {(each.key, each.title, each.form) for each in found} == {("folder/rye.md", "The title", Form.DOCUMENT)}
    assert [each.line for each in found] == [1, 3, *[5] * (len(found) - 2)]


def test_without_a_heading_the_file_names_it() -> None:
    (record,) = records(read(DocumentReader(), "Rye.", "folder/rye bread.txt"))
    assert record.title == "rye bread"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "Blåbärssoppa – é\r\n" * 6000
    found = records(read(DocumentReader(), text.encode(encoding)))
    assert "".join(each.text for each in found) == text


def test_pieces_of_a_long_line_do_not_split_characters() -> None:
    text = "x" + "å字🍞" * 60_000
    assert "".join(each.text for each in records(read(DocumentReader(), text))) == text


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n", b"%PDF-1.7\n", b"text\x00text", b"PK\x03\x04", b"\xff\xfea", b"a\x81b", b"\xff\xfe\x00\x00a\x00"],
)
def test_what_is_not_text(data: bytes) -> None:
    with pytest.raises(InputError, match="not text"):
        read(DocumentReader(), data)


def test_only_blanks_are_no_document() -> None:
    assert read(DocumentReader(), " \n" * 5000) == []
