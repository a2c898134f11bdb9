"""Real exports, where a folder of them is named by MEMCLI_CHAT_EXPORTS."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from graph.errors import InputError
from graph.model import Form, Source
from graph.readers.discovery import discover
from graph.readers.registry import sniff

from .samples import records, rejects

EXPORTS = os.environ.get("MEMCLI_CHAT_EXPORTS", "")
pytestmark = pytest.mark.skipif(not EXPORTS, reason="MEMCLI_CHAT_EXPORTS names no folder of exports")


@pytest.mark.parametrize(("folder", "name"), [("whatsapp", "whatsapp"), ("chatgpt", "chatgpt")])
def test_every_file_of_a_known_format(folder: str, name: str) -> None:
    for source in discover([Path(EXPORTS) / folder], None):
        assert isinstance(source, Source)
        reader = sniff(source)
        found = list(reader.read(source, 1_000_000))
        assert reader.name == name
        assert records(found)
        assert not rejects(found)
        assert all(each.form is Form.MESSAGE and each.speaker and each.timestamp for each in records(found))
        assert max(Counter((each.conversation, each.key) for each in records(found)).values()) == 1


def test_claude_code() -> None:
    for path in sorted((Path(EXPORTS) / "claude_code").glob("*.jsonl")):
        (source,) = discover([path], None)
        assert isinstance(source, Source)
        assert sniff(source).name == "claude-code"
        assert {each.speaker for each in records(list(sniff(source).read(source, 1_000_000)))} == {"user", "assistant"}


def test_whatever_is_there_is_read_or_refused() -> None:
    for source in discover([Path(EXPORTS)], None):
        with suppress(InputError):
            assert isinstance(source, Source)
            assert list(sniff(source).read(source, 1_000_000)) or not source.size
