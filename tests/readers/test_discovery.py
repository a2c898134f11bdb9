from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from graph.errors import InputError, NotFoundError, UsageError
from graph.model import Reject, Source
from graph.readers.discovery import discover
from graph.readers.registry import QUESTION_SET, READERS, reader_named, sniff

from .samples import source_of


def found(*paths: Path, stdin: bytes | None = None) -> list[Source | Reject]:
    return list(discover(paths, None if stdin is None else io.BytesIO(stdin)))


def names(*paths: Path) -> list[str]:
    return [each.name if isinstance(each, Source) else each.reason for each in found(*paths)]


def contents(source: Source | Reject) -> bytes:
    assert isinstance(source, Source)
    with source.open() as file:
        return file.read()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b/two.txt", "b/a/deep.txt", "a.txt", "c.txt", ".hidden/x.txt", ".hidden.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def test_folders_are_read_in_order_without_hidden_files(folder: Path) -> None:
    assert names(folder) == ["a.txt", "b/a/deep.txt", "b/two.txt", "c.txt"]


def test_files_are_named_by_their_own_name(folder: Path) -> None:
    assert names(folder / "b/two.txt", folder / "b") == ["two.txt", "a/deep.txt", "two.txt"]
    (source,) = found(folder / "b/two.txt")
    assert isinstance(source, Source)
    assert (source.path, source.size) == (str(folder / "b/two.txt"), 9)
    assert contents(source) == contents(source) == b"b/two.txt"


def test_a_path_is_no_pattern(folder: Path) -> None:
    (folder / "x[1].txt").write_text("x")
    assert names(folder / "x[1].txt") == ["x[1].txt"]
    with pytest.raises(NotFoundError):
        found(folder / "*.txt")


def test_what_is_not_there_is_said_before_anything_is_read(folder: Path) -> None:
    sources = discover([folder / "a.txt", folder / "no.txt"], None)
    with pytest.raises(NotFoundError, match=r"no\.txt"):
        next(sources)


def test_loops_of_links_end(folder: Path) -> None:
    (folder / "b/loop").symlink_to(folder)
    (folder / "z").symlink_to(folder / "b")
    (folder / "broken").symlink_to(folder / "nowhere")
    assert names(folder) == ["a.txt", "b/a/deep.txt", "b/two.txt", "No such file or directory", "c.txt"]


def test_special_files_are_rejected_and_not_opened(folder: Path) -> None:
    os.mkfifo(folder / "b/pipe")
    assert names(folder / "b") == ["a/deep.txt", "not a regular file", "two.txt"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files_are_rejected(folder: Path) -> None:
    (folder / "a.txt").chmod(0)
    assert names(folder)[0] == "Permission denied"


def test_a_file_that_goes_away_is_an_input_error(folder: Path) -> None:
    (source,) = found(folder / "a.txt")
    assert isinstance(source, Source)
    (folder / "a.txt").unlink()
    with pytest.raises(InputError, match="No such file"):
        list(READERS[-1].read(source, 1000))


def test_names_that_are_not_utf8_can_be_stored(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")).write_text("x")
    (source,) = found(tmp_path)
    assert isinstance(source, Source)
    assert source.name == "\ufffd.txt"
    source.path.encode("utf-8")


def test_standard_input_can_be_opened_again() -> None:
    data = b"Rye. " * 3_000_000
    (source,) = found(Path("-"), stdin=data)
    assert isinstance(source, Source)
    assert (source.name, source.size) == ("stdin", len(data))
    with source.open() as first, source.open() as second:
        assert first.read(3) == second.read(3) == b"Rye"
        assert second.read(1) == first.read(1) == b"."
    assert contents(source) == data
    assert sniff(source).name == "document"


def test_no_standard_input() -> None:
    with pytest.raises(UsageError):
        found(Path("-"))


@pytest.mark.parametrize("name", ["answers.jsonl", "x.json", "stdin"])
def test_unknown_json_is_no_document(name: str) -> None:
    with pytest.raises(InputError, match="JSON of no known format"):
        sniff(source_of('{"id": "1", "question": "Who?"}\n{"id": "1", "answer": "Ann"}\n', name))


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.txt", "stdin"])
@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_file_holds_nothing_and_is_nothing_wrong(name: str, text: str) -> None:
    assert list(sniff(source_of(text, name)).read(source_of(text, name), 1000)) == []


@pytest.mark.parametrize("name", ["questions.jsonl", "x.json", "stdin"])
def test_questions_are_known_and_hold_nothing_to_take_in(name: str) -> None:
    source = source_of('\n{"id": "1", "question": "Who?", "gold": ["a"]}\n{"question": "Why?"}\n', name)
    assert sniff(source) is QUESTION_SET
    assert list(sniff(source).read(source, 1000)) == []


def test_a_question_with_a_text_is_a_document() -> None:
    assert sniff(source_of('{"question": "Who?", "text": "Ann."}\n{"question": "Why?"}\n', "x.jsonl")).name == "plain"


def test_brackets_do_not_make_json() -> None:
    assert sniff(source_of("[[links]] and {braces}\n", "stdin")).name == "document"


def test_images_are_not_text() -> None:
    with pytest.raises(InputError, match="not text but an image"):
        sniff(source_of(b"\x89PNG\r\n\x1a\n", "x.png"))


def test_readers_by_name() -> None:
    assert [reader_named(each.name) for each in READERS] == list(READERS)
    with pytest.raises(UsageError) as error:
        reader_named("word")
    assert "whatsapp" in error.value.hint
