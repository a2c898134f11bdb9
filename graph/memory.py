"""The door of the engine: one memory, opened from settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Self

from graph.model import (
    GraphStats,
    IngestReport,
    Neighbor,
    Node,
    NodeKind,
    Question,
    Reply,
    Selection,
    Snapshot,
    StoreInfo,
)
from graph.ports import Progress
from graph.settings import Settings


class Memory:
    """One memory. Methods are short and delegate down; use it as a context manager."""

    @classmethod
    def open(cls, settings: Settings, *, create: bool = False) -> Self:
        """Open the memory that `settings.store` names; with `create`, make it where it is missing.

        Raises:
            StoreError: one of its kinds, with a hint.
        """
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store."""

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        stdin: BinaryIO | None = None,
        reader: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Take in files and folders; `Path("-")` is `stdin`. `reader` names a format, else it is sniffed.

        Raises:
            NotFoundError: a path does not exist.
            StoreError: the store cannot be written. What was committed stays.
        """
        raise NotImplementedError

    def ask(self, question: Question) -> Reply:
        """Recall and answer."""
        raise NotImplementedError

    def snapshot(self, selection: Selection = Selection()) -> AbstractContextManager[Snapshot]:
        """The selected part of the graph in one consistent state, for as long as the context lasts."""
        raise NotImplementedError

    def nodes(self, selection: Selection) -> Iterator[Node]:
        """The selected nodes."""
        raise NotImplementedError

    def node(self, name: str, kind: NodeKind | None = None) -> Node:
        """The node with the id `name`, else the entity with that name or alias, else the interaction with that key.

        Raises:
            NotFoundError: there is none; the hint names near ones.
        """
        raise NotImplementedError

    def neighbors(self, name: str, *, hops: int = 1, limit: int = 50) -> list[Neighbor]:
        """The nodes around `node(name)`, nearest first, then by weight."""
        raise NotImplementedError

    def stats(self) -> GraphStats:
        """Counts and shape of the graph."""
        raise NotImplementedError

    def info(self) -> StoreInfo:
        """What the store says of itself."""
        raise NotImplementedError
