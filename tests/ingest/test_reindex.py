"""A memory gets the vectors it lacks, and ends as if it had been made with them."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graph.model import Changes, Vector
from graph.reindex import ReindexReport, reindex
from graph.store.registry import open_store
from tests.embedding.words import WordEmbedder
from tests.ingest.memories import exported, ingested, long_talk, talk, written
from tests.ingest.test_vectors import embedded, vectors

ROOT = Path(__file__).resolve().parents[2]


def reindexed(store: Path, embedder: WordEmbedder | None = None) -> ReindexReport:
    opened = open_store(f"sqlite:///{store}", create=False)
    try:
        return reindex(opened, embedder or WordEmbedder())
    finally:
        opened.close()


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages: list[Any] = [
        {"id": f"p{at}", "title": f"Page {at}", "text": f"About number {at}. " * 150} for at in range(3)
    ]
    folder = tmp_path_factory.mktemp("chat")
    written(folder / "talk.jsonl", long_talk(150))
    written(folder / "pages.jsonl", pages)
    return folder


@pytest.fixture(scope="module")
def fresh(chat: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Vector]:
    """The vectors of a memory that was made with the model."""
    store = tmp_path_factory.mktemp("fresh") / "memory.db"
    embedded(store, chat)
    return vectors(store)


@pytest.fixture
def bare(chat: Path, tmp_path: Path) -> Path:
    """A memory without vectors."""
    ingested(tmp_path / "memory.db", chat)
    return tmp_path / "memory.db"


def test_it_ends_as_a_fresh_ingest(bare: Path, fresh: dict[str, Vector]) -> None:
    before = exported(bare)
    report = reindexed(bare)
    assert (report.model, report.interactions, report.embedded) == ("words", len(fresh), len(fresh))
    assert vectors(bare) == fresh
    assert exported(bare) == before


def test_sessions_whose_names_are_in_another_order_than_they_were(tmp_path: Path) -> None:
    messages = [
        {"conversation": "c", "session": f"session_{number}", "id": f"{number}-{turn}", "text": f"word{turn} said"}
        for number in range(8, 13)
        for turn in range(8)
    ]
    ingested(tmp_path / "memory.db", written(tmp_path / "chat.jsonl", messages))
    assert reindexed(tmp_path / "memory.db").embedded == len(messages)
    assert len(vectors(tmp_path / "memory.db")) == len(messages)


def test_again_there_is_nothing_to_do(bare: Path, fresh: dict[str, Vector]) -> None:
    reindexed(bare)
    embedder = WordEmbedder()
    assert reindexed(bare, embedder).embedded == 0
    assert embedder.windows == []
    assert vectors(bare) == fresh


def test_vectors_of_another_model_are_replaced(chat: Path, tmp_path: Path, fresh: dict[str, Vector]) -> None:
    embedded(tmp_path / "memory.db", chat, embedder=WordEmbedder("another"))
    assert {each.model for each in vectors(tmp_path / "memory.db").values()} == {"another"}
    assert reindexed(tmp_path / "memory.db").embedded == len(fresh)
    assert vectors(tmp_path / "memory.db") == fresh


@pytest.mark.parametrize("before", [1, 50, 100, 149])
def test_a_memory_of_which_a_part_has_vectors(tmp_path: Path, before: int) -> None:
    store, messages = tmp_path / "memory.db", long_talk(150)
    embedded(store, written(tmp_path / "chat.jsonl", messages[:before]))
    ingested(store, written(tmp_path / "chat.jsonl", messages))
    assert len(vectors(store)) == before
    # The last that had vectors did not know what came after them.
    assert 150 - before <= reindexed(store).embedded <= 150 - before + 9
    embedded(tmp_path / "whole.db", written(tmp_path / "chat.jsonl", messages))
    assert vectors(store) == vectors(tmp_path / "whole.db")


def test_with_without_and_with_a_model_again(tmp_path: Path) -> None:
    store, messages = tmp_path / "memory.db", long_talk(90)
    embedded(store, written(tmp_path / "chat.jsonl", messages[:30]))
    ingested(store, written(tmp_path / "chat.jsonl", messages[:60]))
    embedded(store, written(tmp_path / "chat.jsonl", messages))
    reindexed(store)
    embedded(tmp_path / "whole.db", written(tmp_path / "chat.jsonl", messages))
    assert vectors(store) == vectors(tmp_path / "whole.db")


@pytest.mark.parametrize("where", ["inside", "after"])
def test_killed_at_every_write_it_goes_on(bare: Path, fresh: dict[str, Vector], where: str) -> None:
    command = [sys.executable, "-m", "tests.ingest.reindexing", f"sqlite:///{bare}"]
    killed = 0
    while True:
        done = subprocess.run(
            [*command, "1" if where == "after" else "2", where], cwd=ROOT, capture_output=True, text=True
        )
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        killed += 1
    assert killed >= 2
    assert vectors(bare) == fresh


class Meddling(WordEmbedder):
    """An embedder during whose work somebody else does something, once."""

    def __init__(self, other: Any) -> None:
        super().__init__()
        self._other = other

    def tokens(self, pieces: Any) -> Any:
        if not self.windows:
            self.windows.append([])
            self._other()
        return super().tokens(pieces)


@pytest.mark.parametrize("vectored", [True, False])
def test_a_conversation_that_goes_on_meanwhile(tmp_path: Path, vectored: bool) -> None:
    store, messages = tmp_path / "memory.db", talk(*(f"Ann: word{at}" for at in range(20)))
    ingested(store, written(tmp_path / "part.jsonl", messages[:15]))
    chat = written(tmp_path / "chat.jsonl", messages)
    reindexed(store, Meddling(lambda: embedded(store, chat) if vectored else ingested(store, chat)))
    if not vectored:
        # What came without vectors is left to the next time.
        assert len(vectors(store)) == 12
        reindexed(store)
    embedded(tmp_path / "whole.db", chat)
    assert vectors(store) == vectors(tmp_path / "whole.db")


def test_two_at_once(bare: Path, fresh: dict[str, Vector]) -> None:
    reindexed(bare, Meddling(lambda: reindexed(bare)))
    assert vectors(bare) == fresh


def test_what_has_no_piece_stays_without(tmp_path: Path) -> None:
    store = tmp_path / "memory.db"
    messages = [{"conversation": "c", "id": "1", "text": "word"}, {"conversation": "c", "id": "2", "text": "***"}]
    ingested(store, written(tmp_path / "chat.jsonl", messages))
    assert (reindexed(store).interactions, len(vectors(store))) == (2, 1)


def test_an_empty_memory(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/memory.db", create=True).close()
    report = reindexed(tmp_path / "memory.db")
    assert (report.interactions, report.embedded) == (0, 0)


def test_a_vector_without_tokens_is_left(bare: Path, fresh: dict[str, Vector]) -> None:
    reindexed(bare)
    some = next(iter(fresh.values()))
    store = open_store(f"sqlite:///{bare}", create=False)
    with store.transaction(write=True):
        store.save(Changes(vectors=(Vector(some.node, some.model, some.numbers),)))
    store.close()
    assert reindexed(bare).embedded == 0
