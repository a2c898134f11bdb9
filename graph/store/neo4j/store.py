"""The store port on a Neo4j database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

from graph.errors import StoreError
from graph.labels import LABELS
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
from graph.store.neo4j import read, search, upkeep, write
from graph.store.neo4j.address import address
from graph.store.neo4j.connection import Connection, connect, mine
from graph.store.neo4j.failures import translated
from graph.store.neo4j.migrations import NAMES
from graph.store.neo4j.neighborhood import neighborhood

T = TypeVar("T")

_INFO: Final = (
    """
CALL () {
    MATCH (n:_Memcli) WHERE n.id"""
    + mine("n.id")
    + """UNWIND labels(n) AS name
    WITH n, name WHERE name IN $given.labels
    RETURN 'node' AS what, toLower(name) AS name, count(*) AS number
    UNION ALL
    MATCH (n:_Memcli)-[r]->(:_Memcli) WHERE n.id"""
    + mine("n.id")
    + """
    RETURN 'edge' AS what, toLower(type(r)) AS name, count(*) AS number
    UNION ALL
    MATCH (c:_MemcliCheckpoint) WHERE c.finished AND c.digest"""
    + mine("c.digest")
    + """
    RETURN 'source' AS what, '' AS name, count(*) AS number
    UNION ALL
    MATCH (n:_Memcli:Note) WHERE n.id"""
    + mine("n.id")
    + """
    RETURN DISTINCT 'extractor' AS what, n.decided_by AS name, 1 AS number
    UNION ALL
    MATCH (t:_MemcliText) WHERE t.model IS NOT NULL AND t.of"""
    + mine("t.of")
    + """
    RETURN 'vector' AS what, t.model AS name, count(*) AS number
    UNION ALL
    MATCH (v:_MemcliEvent) WHERE v.id"""
    + mine("v.id")
    + """
    RETURN 'event' AS what, '' AS name, count(*) AS number
    UNION ALL
    MATCH (n:_Memcli) WHERE n.id"""
    + mine("n.id")
    + """AND n.id STARTS WITH $given.within + 'k_'
    RETURN 'asked' AS what, '' AS name, count(*) AS number
}
RETURN what, name, number ORDER BY name"""
)


class Neo4jStore:
    """A memory in a Neo4j database; see `graph.ports.Store` for what each method promises.

    Neo4j reads what is committed at the moment: inside a transaction that only reads, a later call may see what
    somebody committed since an earlier one. Transactions that write exclude each other.
    """

    def __init__(self, url: str, *, create: bool = False, password: str = "", progress: Progress | None = None) -> None:
        self._address = address(url)
        with translated(self._address.shown):
            self._connection = connect(self._address, password, create=create, progress=progress)

    def info(self) -> StoreInfo:
        labels = list(LABELS.values())
        rows = self._with(lambda connection: connection.rows(_INFO, labels=labels))
        counts = {
            what: {row["name"]: row["number"] for row in rows if row["what"] == what}
            for what in ("node", "edge", "vector")
        }
        return StoreInfo(
            url=self._address.shown,
            kind="neo4j",
            schema=NAMES[-1],
            # A database does not say how much of its files is whose.
            bytes=None,
            nodes=counts["node"],
            edges={kind: number for kind, number in counts["edge"].items() if kind in set(EdgeKind)},
            sources=sum(row["number"] for row in rows if row["what"] == "source"),
            extractors=tuple(row["name"] for row in rows if row["what"] == "extractor"),
            vectors=counts["vector"],
            events=sum(row["number"] for row in rows if row["what"] == "event"),
            asked=sum(row["number"] for row in rows if row["what"] == "asked"),
        )

    @contextmanager
    def transaction(self, *, write: bool, wipe: bool = False) -> Iterator[None]:  # noqa: ARG002 - its files are the server's
        connection = self._connection
        if connection.in_transaction:
            if write:
                raise StoreError("a transaction that writes cannot begin inside another", "end that one first")
            # What is read inside a transaction sees its state already.
            yield
            return
        self._with(lambda connection: connection.begin(write=write))
        try:
            with connection.broken_off():
                yield
                self._with(Connection.commit)
        finally:
            self._with(Connection.end)

    def frontier(
        self,
        ids: Sequence[str],
        conversations: Sequence[str] = (),
        keys: Sequence[tuple[str, str]] = (),
    ) -> Frontier:
        return self._with(lambda connection: read.frontier(connection, ids, conversations, keys))

    def checkpoints(self, digests: Sequence[str] | None = None) -> Iterator[Checkpoint]:
        with translated(self._address.shown):
            yield from read.checkpoints(self._connection, digests)

    def vectors(self, ids: Sequence[str] | None = None) -> Iterator[Vector]:
        with translated(self._address.shown):
            yield from read.vectors(self._connection, ids)

    def events(self, about: Sequence[str] | None = None, since: str | None = None) -> Iterator[Event]:
        with translated(self._address.shown):
            yield from read.events(self._connection, about, since)

    def save(self, changes: Changes) -> dict[NodeKind, int]:
        if not self._connection.writing:
            raise StoreError("changes are saved in a transaction that may write", "begin one")
        return self._with(lambda connection: write.save(connection, changes))

    def faults(self) -> list[Fault]:
        return self._with(upkeep.faults)

    def repair(self) -> None:
        with self.transaction(write=True):
            self._with(upkeep.repair)

    def nodes(self, selection: Selection) -> Iterator[Node]:
        with translated(self._address.shown):
            yield from read.nodes(self._connection, selection)

    def edges(self, ids: Sequence[str] | None, kinds: Sequence[EdgeKind], widest: int | None = None) -> Iterator[Edge]:
        with translated(self._address.shown):
            yield from read.edges(self._connection, ids, kinds, widest)

    def search(self, query: TextQuery) -> list[Match]:
        return self._with(lambda connection: search.search(connection, query))

    def resolve(self, names: Sequence[str], conversation: str | None = None) -> list[EntityMatch]:
        return self._with(lambda connection: read.resolve(connection, names, conversation))

    def neighborhood(
        self, ids: Sequence[str], kinds: Sequence[EdgeKind], reach: Reach, walk: Walk | None = None
    ) -> Subgraph:
        return self._with(lambda connection: neighborhood(connection, ids, kinds, reach, walk))

    def close(self) -> None:
        self._with(Connection.close)

    def _with(self, work: Callable[[Connection], T]) -> T:
        with translated(self._address.shown):
            return work(self._connection)
