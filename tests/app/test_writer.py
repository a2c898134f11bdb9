from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memcli.writer import write_file


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    assert write_file(target, ["é", "\n"]) == 3
    assert target.read_bytes() == "é\n".encode()


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    def broken() -> Iterator[str]:
        yield "half"
        raise RuntimeError("no more")

    target = tmp_path / "out.txt"
    target.write_text("before")
    with pytest.raises(RuntimeError, match="no more"):
        write_file(target, broken())
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out.txt", "before")]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("before")
    link.symlink_to(real)
    write_file(link, ["after"])
    assert link.is_symlink()
    assert real.read_text() == "after"


def test_half_a_character_is_escaped(tmp_path: Path) -> None:
    write_file(tmp_path / "out.txt", ["\ud83d"])
    assert (tmp_path / "out.txt").read_bytes() == b"\\ud83d"


def test_a_device_is_written_to_as_it_stands() -> None:
    assert write_file(Path("/dev/null"), ["text"]) == 4
    assert Path("/dev/null").is_char_device()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match=str(tmp_path)):
        write_file(tmp_path, ["text"])
    assert list(tmp_path.iterdir()) == []


def test_an_error_names_the_target(tmp_path: Path) -> None:
    target = tmp_path / "none" / "out.txt"
    with pytest.raises(FileNotFoundError) as raised:
        write_file(target, ["text"])
    assert raised.value.filename == str(target)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("what was there")
    target = tmp_path / "file" / "out.txt"
    with pytest.raises(NotADirectoryError) as raised:
        write_file(target, ["text"])
    assert raised.value.filename == str(target)
    assert (tmp_path / "file").read_text() == "what was there"
