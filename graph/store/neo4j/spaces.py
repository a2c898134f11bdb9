"""Spaces of a Neo4j database: their names begin the ids of nodes; a mark tells of one that is empty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from graph.store.neo4j.address import address
from graph.store.neo4j.connection import Connection, connect
from graph.store.neo4j.failures import translated

_NAMES: Final = """
CALL () {
    MATCH (n:_Memcli) RETURN DISTINCT CASE WHEN n.id CONTAINS '/' THEN split(n.id, '/')[0] ELSE '' END AS name
    UNION
    MATCH (s:_MemcliSpace) RETURN DISTINCT s.name AS name
}
RETURN name ORDER BY name"""
_BEGIN_MOVE: Final = "MERGE (s:_MemcliSpace {name: $given.space}) SET s.moves_to = $given.new RETURN s.name AS name"
_MOVES_TO: Final = "MATCH (s:_MemcliSpace {name: $given.space}) RETURN s.moves_to AS name"
_UNMARK: Final = "MATCH (s:_MemcliSpace {name: $given.space}) DELETE s RETURN count(*) AS marks"


def names(url: str, password: str) -> list[str]:
    """The names of the spaces of the database at `url`, sorted; empty for the one without a name.

    Raises:
        StoreError: one of its kinds.
    """
    with _connected(url, password) as connection:
        return [row["name"] for row in connection.rows(_NAMES)]


def begin_move(url: str, password: str, new: str) -> None:
    """Note that the space of `url` is to be in the space `new`, until its mark is taken away."""
    with _connected(url, password) as connection:
        connection.begin(write=True)
        connection.rows(_BEGIN_MOVE, space=connection.space, new=new)
        connection.commit()


def moves_to(url: str, password: str) -> str | None:
    """Where the space of `url` is to be, if that was begun and not ended."""
    with _connected(url, password) as connection:
        return next((row["name"] for row in connection.rows(_MOVES_TO, space=connection.space)), None)


def unmark(url: str, password: str) -> None:
    """Take the mark away that the space of `url` is there."""
    with _connected(url, password) as connection:
        connection.begin(write=True)
        connection.rows(_UNMARK, space=connection.space)
        connection.commit()


@contextmanager
def _connected(url: str, password: str) -> Iterator[Connection]:
    where = address(url)
    with translated(where.shown), closing(connect(where, password, create=False)) as connection:
        yield connection
