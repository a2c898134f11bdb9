from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from graph.errors import InputError
from graph.model import Reject, Source
from graph.readers.archive import expand
from graph.readers.discovery import discover
from graph.readers.registry import sniff

from .samples import CONVERSATION, SAMPLES, records, source_of


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def members(data: bytes) -> list[Source | Reject]:
    return list(expand(source_of(data, "x.zip")))


def test_a_chat_export_is_read_as_downloaded(tmp_path: Path) -> None:
    export = {"user.json": b"{}", "chat.html": b"<p>", "conversations.json": json.dumps([CONVERSATION]).encode()}
    (tmp_path / "export.zip").write_bytes(packed(export))
    (source,) = discover([tmp_path / "export.zip"], None)
    assert isinstance(source, Source)
    assert source.name == "export.zip/conversations.json"
    reader = sniff(source)
    assert reader.name == "chatgpt"
    assert len(records(list(reader.read(source, 1000)))) == 3


@pytest.mark.parametrize("name", SAMPLES)
def test_every_format_is_read_from_an_archive(name: str) -> None:
    file, data = SAMPLES[name]
    (source,) = members(packed({file: data}))
    assert isinstance(source, Source)
    reader = sniff(source)
    plain = source_of(data, source.name)
    assert reader.name == name
    assert [each.text for each in records(list(reader.read(source, 1000)))] == [
        each.text for each in records(list(reader.read(plain, 1000)))
    ]


def test_sixteen_bit_text_in_an_archive() -> None:
    (source,) = members(packed({"a.txt": "Rye – å".encode("utf-16")}))
    assert isinstance(source, Source)
    assert [each.text for each in records(list(sniff(source).read(source, 1000)))] == ["Rye – å"]


def test_an_archive_on_standard_input() -> None:
    (source,) = discover([Path("-")], io.BytesIO(packed({"a.txt": b"Rye"})))
    assert isinstance(source, Source)
    assert source.name == "stdin/a.txt"


def test_hidden_members_folders_and_wild_names() -> None:
    found = members(packed({"__MACOSX/._a": b"x", ".DS_Store": b"x", "d/": b"", "../../etc/a\\b.txt": b"y"}))
    assert [each.name for each in found if isinstance(each, Source)] == ["x.zip/../../etc/a/b.txt"]


def test_an_office_document_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(packed({"word/document.xml": b"<x/>"}))
    (source,) = discover([tmp_path / "a.docx"], None)
    assert isinstance(source, Source)
    with pytest.raises(InputError, match="not text"):
        sniff(source)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packed({"zeros.txt": bytes(30 * 1024**2)}), "times its size"),
        (packed({"inner.zip": packed({"a.txt": b"x"})}), "archive in an archive"),
        (packed({"a.txt": b"x"}, zipfile.ZIP_BZIP2), "not supported"),
    ],
)
def test_members_that_are_not_opened(data: bytes, reason: str) -> None:
    (reject,) = members(data)
    assert isinstance(reject, Reject)
    assert reason in reject.reason
    assert reject.path.startswith("/somewhere/x.zip/")


def test_an_encrypted_member() -> None:
    data = bytearray(packed({"a.txt": b"x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert [each.reason for each in members(bytes(data)) if isinstance(each, Reject)] == ["encrypted"]


def test_the_whole_is_limited(monkeypatch) -> None:
    monkeypatch.setattr("graph.readers.archive.LARGEST", 10)
    found = members(packed({"a": b"123456", "b": b"123456", "c": b"1234"}))
    assert [type(each) for each in found] == [Source, Reject, Source]


def test_too_many_members(monkeypatch) -> None:
    monkeypatch.setattr("graph.readers.archive.MOST_MEMBERS", 2)
    found = members(packed({str(n): b"x" for n in range(9)}))
    assert [type(each) for each in found] == [Source, Source, Reject]


@pytest.mark.parametrize("data", [b"", b"not a zip", packed({"a.txt": b"x"})[:-10]])
def test_damaged_archives(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="zip"):
        members(data)
    (tmp_path / "x.zip").write_bytes(data)
    (reject,) = discover([tmp_path], None)
    assert isinstance(reject, Reject)


def test_any_damaged_byte_is_an_input_error_at_most() -> None:
    sample = packed({"rye.md": b"# Rye\n\nRye rises slowly.\n" * 20, "b.txt": b"short"})
    for place in range(len(sample)):
        damaged = sample[:place] + bytes([sample[place] ^ 0xFF]) + sample[place + 1 :]
        with suppress(InputError):
            for source in members(damaged):
                if isinstance(source, Source):
                    list(sniff(source).read(source, 1000))
