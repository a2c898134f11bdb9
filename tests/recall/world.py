"""A small memory to ask, made by ingest, and a store that counts its calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from graph.model import Question
from graph.recall import Evidence, recall
from graph.settings import Settings
from graph.store.sqlite.store import SqliteStore
from tests.ingest.memories import ingested, written

TALK: Sequence[tuple[str, str, str, str]] = (
    ("trip", "2024-03-05T10:00:00", "Bob", "What food are you allergic to, Ann?"),
    ("trip", "2024-03-05T10:01:00", "Ann", "Walnuts, and nothing else. One bite and my throat closes."),
    ("trip", "2024-03-05T10:02:00", "Bob", "My cat eats any food, even walnuts from the floor."),
    ("trip", "2024-03-06T09:00:00", "Melanie", "I painted the lighthouse at Nida on Sunday."),
    ("trip", "2024-03-06T09:01:00", "Ann", "I painted my kitchen yellow."),
    ("work", "2024-04-01T08:00:00", "Ann", "The lighthouse report is due on Friday."),
    ("work", "2024-04-02T08:00:00", "Dan", "I filed the lighthouse report yesterday."),
    ("work", "2024-04-03T08:00:00", "user", "I bought a second-hand kayak."),
)
PAGES = (
    ("Halldóra Bríem", "The architect Halldóra Bríem designed the Kestrel Pavilion in her last years."),
    ("Kestrel Pavilion", "The Kestrel Pavilion stands beside the harbour of Vorsk. It opened in 1961."),
    ("Vorsk", "Vorsk is a town of potters. Its mayor is Oddny Falk."),
    ("Marsh Pavilion", "The Marsh Pavilion was designed by a committee; nobody liked it."),
    ("Cave diving", "Cave diving is diving in caves, and asks for good lamps."),
)


def filled(folder: Path) -> Path:
    """A store with `TALK` and `PAGES`."""
    messages: list[dict[str, Any]] = [
        {"conversation": place, "id": f"{place}-{number}", "speaker": who, "timestamp": when, "text": text}
        for number, (place, when, who, text) in enumerate(TALK)
    ]
    pages: list[dict[str, Any]] = [{"id": title, "title": title, "text": text} for title, text in PAGES]
    store = folder / "memory.db"
    ingested(store, written(folder / "talk.jsonl", messages), written(folder / "pages.jsonl", pages))
    return store


class CountingStore:
    """A store that counts the calls of each method."""

    def __init__(self, path: Path) -> None:
        self._store = SqliteStore(path)
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self.calls[name] += 1
        return getattr(self._store, name)


def recalled(store: Path, text: str, settings: Settings | None = None, **more: Any) -> Evidence:
    """What recall finds for a question."""
    opened = SqliteStore(store)
    try:
        return recall(Question(text, **more), opened, settings or Settings())
    finally:
        opened.close()
