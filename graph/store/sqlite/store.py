"""The store port on one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from graph.errors import StoreError, StoreMissingError
from graph.model import (
    Changes,
    Checkpoint,
    Edge,
    EdgeKind,
    EntityMatch,
    Event,
    Fault,
    Frontier,
    Match,
    Node,
    NodeKind,
    Reach,
    Selection,
    StoreInfo,
    Subgraph,
    TextQuery,
    Vector,
    Walk,
)
from graph.ports import Progress
from graph.store.sqlite import edges, read, search, upkeep, write
from graph.store.sqlite.connection import connect
from graph.store.sqlite.failures import translated
from graph.store.sqlite.migrations import NAMES
from graph.store.sqlite.nearest import beside
from graph.store.sqlite.rows import Row
from graph.store.sqlite.wipe import wiped

T = TypeVar("T")


class SqliteStore:
    """A memory in one file; see `graph.ports.Store` for what each method promises."""

    def __init__(self, path: Path, *, create: bool = False, progress: Progress | None = None) -> None:
        self._path = path
        self._connection = connect(path, create=create, progress=progress)
        self._identity = _identity(path)
        self._writing = False

    def info(self) -> StoreInfo:
        with self.transaction(write=False), translated(self._path):
            nodes = self._all("SELECT kind, count(*) FROM node GROUP BY kind ORDER BY kind")
            edges = self._all("SELECT kind, count(*) FROM edge GROUP BY kind ORDER BY kind")
            ((sources,),) = self._all("SELECT count(*) FROM checkpoint WHERE finished")
            deciders = self._all("SELECT DISTINCT decided_by FROM note ORDER BY decided_by")
            vectors = self._all("SELECT model, count(*) FROM vector GROUP BY model ORDER BY model")
            ((events,),) = self._all("SELECT count(*) FROM event")
            ((asked,),) = self._all("SELECT count(*) FROM node WHERE id GLOB 'k_*'")
            size = sum(file.stat().st_size for file in self._files())
        return StoreInfo(
            # In a URL a percent sign begins an escape.
            url=f"sqlite:///{self._path.as_posix().replace('%', '%25')}",
            kind="sqlite",
            schema=NAMES[-1],
            bytes=size,
            nodes=dict(nodes),
            edges=dict(edges),
            sources=sources,
            extractors=tuple(name for (name,) in deciders),
            vectors=dict(vectors),
            events=events,
            asked=asked,
        )

    @contextmanager
    def transaction(self, *, write: bool, wipe: bool = False) -> Iterator[None]:
        if self._connection.in_transaction and not write:
            # What is read inside a transaction sees its state already.
            yield
            return
        self._run("BEGIN IMMEDIATE" if write else "BEGIN")
        self._writing = write
        try:
            yield
            if write:
                self._check_is_there()
            self._run("COMMIT")
        finally:
            self._writing = False
            # Still open: something failed, and the disk was not so full that SQLite rolled back already.
            if self._connection.in_transaction:
                self._run("ROLLBACK")
        if wipe:
            self._with(lambda connection: wiped(connection, self._path))

    def frontier(
        self,
        ids: Sequence[str],
        conversations: Sequence[str] = (),
        keys: Sequence[tuple[str, str]] = (),
    ) -> Frontier:
        return self._with(lambda connection: read.frontier(connection, ids, conversations, keys))

    def checkpoints(self, digests: Sequence[str] | None = None) -> Iterator[Checkpoint]:
        with translated(self._path):
            yield from read.checkpoints(self._connection, digests)

    def vectors(self, ids: Sequence[str] | None = None) -> Iterator[Vector]:
        with translated(self._path):
            yield from read.vectors(self._connection, ids)

    def events(self, about: Sequence[str] | None = None, since: str | None = None) -> Iterator[Event]:
        with translated(self._path):
            yield from read.events(self._connection, about, since)

    def save(self, changes: Changes) -> dict[NodeKind, int]:
        if not self._writing:
            raise StoreError("changes are saved in a transaction that may write", "begin one")
        return self._with(lambda connection: write.save(connection, changes))

    def faults(self) -> list[Fault]:
        return self._with(upkeep.faults)

    def repair(self) -> None:
        with self.transaction(write=True, wipe=True):
            self._with(upkeep.repair)

    def nodes(self, selection: Selection) -> Iterator[Node]:
        with translated(self._path):
            yield from read.nodes(self._connection, selection)

    def edges(self, ids: Sequence[str] | None, kinds: Sequence[EdgeKind], widest: int | None = None) -> Iterator[Edge]:
        with translated(self._path):
            yield from edges.edges(self._connection, ids, kinds, widest)

    def search(self, query: TextQuery) -> list[Match]:
        return self._with(lambda connection: search.search(connection, self._path, query))

    def resolve(self, names: Sequence[str], conversation: str | None = None) -> list[EntityMatch]:
        return self._with(lambda connection: read.resolve(connection, names, conversation))

    def neighborhood(
        self,
        ids: Sequence[str],
        kinds: Sequence[EdgeKind],
        reach: Reach,
        walk: Walk | None = None,  # noqa: ARG002 - who asks walks
    ) -> Subgraph:
        return self._with(lambda connection: edges.neighborhood(connection, ids, kinds, reach))

    def close(self) -> None:
        with translated(self._path):
            self._connection.close()

    def _check_is_there(self) -> None:
        """Refuse to write where nobody will ever read: SQLite itself goes on in a file that was removed."""
        if _identity(self._path) != self._identity:
            raise StoreMissingError(
                f"{self._path} was removed or replaced while it was written to", "run the same command again"
            )

    def _run(self, statement: str) -> None:
        with translated(self._path):
            self._connection.execute(statement)

    def _with(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with translated(self._path):
            return work(self._connection)

    def _all(self, statement: str) -> list[Row]:
        return self._connection.execute(statement).fetchall()

    def _files(self) -> Iterator[Path]:
        yield self._path
        yield from (file for file in (Path(f"{self._path}-wal"), beside(self._path)) if file.exists())


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another that takes its place; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
