"""The vectors that an ingest makes: the same in however many batches, runs and processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.embedding.catalog import EMBEDDING_MODELS, installed
from graph.embedding.encoder import Encoder
from graph.errors import StoreError
from graph.ingest import Ingest
from graph.model import Changes, IngestReport, NodeKind, Vector
from graph.ports import Embedder, Progress
from graph.settings import Settings
from graph.store.registry import open_store
from tests.embedding.words import WordEmbedder
from tests.ingest.memories import long_talk, talk, written


def vectors(store: Path) -> dict[str, Vector]:
    opened = open_store(f"sqlite:///{store}", create=False)
    found = {each.node: each for each in opened.vectors()}
    opened.close()
    return found


def embedded(
    store: Path,
    *paths: Path,
    embedder: Embedder | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    **more: Any,
) -> IngestReport:
    """Ingest with vectors."""
    settings = Settings(store=f"sqlite:///{store}", ingest_extractor="rules", **more)
    opened = open_store(settings.store, create=True)
    try:
        return Ingest(settings, opened, progress, dry_run, embedder or WordEmbedder()).run(paths)
    finally:
        opened.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Vector]]:
    """A conversation in many sessions at once, and its vectors when it comes in one batch."""
    folder = tmp_path_factory.mktemp("whole")
    chat = written(folder / "chat.jsonl", long_talk(150))
    embedded(folder / "memory.db", chat, ingest_batch=5000)
    return chat, vectors(folder / "memory.db")


def test_everything_said_has_a_vector(whole: tuple[Path, dict[str, Vector]]) -> None:
    assert len(whole[1]) == 150
    assert {each.model for each in whole[1].values()} == {"words"}
    assert all(each.tokens for each in whole[1].values())


@pytest.mark.parametrize("size", [1, 3, 64])
def test_batches_make_no_difference(tmp_path: Path, whole: tuple[Path, dict[str, Vector]], size: int) -> None:
    embedded(tmp_path / "memory.db", whole[0], ingest_batch=size)
    assert vectors(tmp_path / "memory.db") == whole[1]


@pytest.mark.parametrize("size", [1, 3])
def test_batches_make_no_difference_to_the_real_model(tmp_path: Path, models: Path, size: int) -> None:
    folder = installed(models, EMBEDDING_MODELS["bge-small"])
    assert folder is not None
    encoder = Encoder(EMBEDDING_MODELS["bge-small"], folder, threads=1)
    chat = written(tmp_path / "chat.jsonl", long_talk(14))
    embedded(tmp_path / "whole.db", chat, embedder=encoder, ingest_batch=5000)
    embedded(tmp_path / "parts.db", chat, embedder=encoder, ingest_batch=size)
    assert vectors(tmp_path / "parts.db") == vectors(tmp_path / "whole.db")
    assert len(vectors(tmp_path / "whole.db")) == 14


def test_messages_and_sections_of_one_name(tmp_path: Path) -> None:
    messages: list[dict[str, Any]] = talk("Ann: one", "Bob: two", conversation="x")
    mixed = [*messages, {"id": "x", "title": "Page", "text": "three"}, *talk("Ann: four", conversation="x")]
    chat = written(tmp_path / "chat.jsonl", mixed)
    for size in (1, 2, 3, 64):
        embedded(tmp_path / f"{size}.db", chat, ingest_batch=size)
    assert len(vectors(tmp_path / "64.db")) == 4
    assert vectors(tmp_path / "1.db") == vectors(tmp_path / "2.db") == vectors(tmp_path / "64.db")


def test_a_later_turn_makes_those_before_it_anew(tmp_path: Path) -> None:
    store, messages = tmp_path / "memory.db", talk(*(f"Ann: word{at}" for at in range(9)))
    embedded(store, written(tmp_path / "chat.jsonl", messages[:8]))
    before = vectors(store)
    embedder = WordEmbedder()
    embedded(store, written(tmp_path / "chat.jsonl", messages), embedder=embedder)
    changed = [id for id, vector in before.items() if vectors(store)[id] != vector]
    assert len(changed) == 3
    # The batch is embedded once, not again while others wait for the lock.
    assert len(embedder.windows) == 4


def test_what_is_known_in_another_conversation_is_not_embedded_again(tmp_path: Path) -> None:
    store = tmp_path / "memory.db"
    known, new = talk("Ann: one", conversation="known"), talk("Ann: two", conversation="new")
    embedded(store, written(tmp_path / "chat.jsonl", known))
    embedder = WordEmbedder()
    embedded(store, written(tmp_path / "chat.jsonl", known + new), embedder=embedder)
    assert len(embedder.windows) == 1


class Stopping:
    """Progress that stops an ingest after so many records, like Ctrl-C."""

    def __init__(self, after: int) -> None:
        self.after = after

    def begin(self, path: str, size: int | None) -> None: ...

    def advance(self, offset: int, records: int) -> None:
        if records >= self.after:
            raise KeyboardInterrupt

    def end(self) -> None: ...


@pytest.mark.parametrize("after", [1, 40, 140])
def test_an_ingest_that_was_broken_off_ends_with_the_same(
    tmp_path: Path, whole: tuple[Path, dict[str, Vector]], after: int
) -> None:
    with pytest.raises(KeyboardInterrupt):
        embedded(tmp_path / "memory.db", whole[0], ingest_batch=7, progress=Stopping(after))
    assert 0 < len(vectors(tmp_path / "memory.db")) < 150
    embedded(tmp_path / "memory.db", whole[0], ingest_batch=7)
    assert vectors(tmp_path / "memory.db") == whole[1]


@pytest.mark.parametrize("at", [10, 40, 70])
def test_what_another_ingest_took_in_meanwhile(tmp_path: Path, whole: tuple[Path, dict[str, Vector]], at: int) -> None:
    class Meddling(Stopping):
        def advance(self, offset: int, records: int) -> None:
            if records == self.after:
                part = written(tmp_path / "part.jsonl", long_talk(at + 13))
                embedded(tmp_path / "memory.db", part, ingest_batch=4)

    embedded(tmp_path / "memory.db", whole[0], ingest_batch=10, progress=Meddling(at))
    assert vectors(tmp_path / "memory.db") == whole[1]


class Interrupted(WordEmbedder):
    """An embedder during whose work, outside the lock, another ingest takes in what comes before."""

    def __init__(self, store: Path, chat: Path) -> None:
        super().__init__()
        self._store, self._chat = store, chat

    def tokens(self, pieces: Any) -> Any:
        if not self.windows:
            embedded(self._store, self._chat)
        return super().tokens(pieces)


def test_what_was_made_behind_another_end_is_made_anew(tmp_path: Path) -> None:
    first = written(tmp_path / "first.jsonl", talk(*(f"Ann: word{at}" for at in range(5))))
    second = written(tmp_path / "second.jsonl", talk(*(f"Bob: other{at}" for at in range(5))))
    embedded(tmp_path / "memory.db", second, embedder=Interrupted(tmp_path / "memory.db", first))
    embedded(tmp_path / "apart.db", first)
    embedded(tmp_path / "apart.db", second)
    assert len(vectors(tmp_path / "apart.db")) == 10
    assert vectors(tmp_path / "memory.db") == vectors(tmp_path / "apart.db")


def test_a_dry_run_makes_none(tmp_path: Path, whole: tuple[Path, dict[str, Vector]]) -> None:
    embedder = WordEmbedder()
    assert embedded(tmp_path / "memory.db", whole[0], dry_run=True, embedder=embedder).added == 150
    assert vectors(tmp_path / "memory.db") == {}
    assert embedder.windows == []


def test_what_says_nothing_has_none(tmp_path: Path) -> None:
    messages = [{"conversation": "c", "id": "1", "text": "***"}, {"conversation": "c", "id": "2", "text": "word"}]
    assert embedded(tmp_path / "memory.db", written(tmp_path / "chat.jsonl", messages)).added == 2
    assert len(vectors(tmp_path / "memory.db")) == 1


def test_a_store_that_fails_keeps_neither_turns_nor_vectors(
    tmp_path: Path, whole: tuple[Path, dict[str, Vector]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from graph.store.sqlite.store import SqliteStore

    save = SqliteStore.save

    def failing(self: SqliteStore, changes: Changes) -> dict[NodeKind, int]:
        save(self, changes)
        raise StoreError("no", "hint")

    with monkeypatch.context() as patched:
        patched.setattr(SqliteStore, "save", failing)
        with pytest.raises(StoreError):
            embedded(tmp_path / "memory.db", whole[0])
    assert vectors(tmp_path / "memory.db") == {}
