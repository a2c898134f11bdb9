"""The store on one SQLite file keeps what every store promises."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.model import Changes, Edge, EdgeKind, Entity, NodeKind, Note, Reach, Removal, Selection, TextQuery
from graph.ports import Store
from graph.store.registry import open_store
from graph.store.sqlite.store import SqliteStore
from tests.store.conformance import StoreConformance, fill, ids, save
from tests.store.graphs import EVERYTHING, NODES, said


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = SqliteStore(tmp_path / "memory.db", create=True)
    yield opened
    opened.close()


class TestSqliteStore(StoreConformance):
    pass


def test_the_port_is_narrow() -> None:
    methods = [name for name, _ in inspect.getmembers(Store, inspect.isfunction) if not name.startswith("_")]
    assert len(methods) <= 13
    missing = [name for name in methods if not callable(getattr(SqliteStore, name, None))]
    assert missing == []


def test_a_second_connection_sees_what_is_committed_and_no_more(store: Store, tmp_path: Path) -> None:
    other = open_store(f"sqlite:///{tmp_path}/memory.db", create=False)
    with store.transaction(write=True):
        store.save(EVERYTHING)
        assert ids(other) == []
    assert len(ids(other)) == len(NODES)
    with other.transaction(write=False):
        before = ids(other)
        save(store, said("m_9", "Later.", 9))
        assert ids(other) == before
    assert "m_9" in ids(other)
    other.close()


def test_scores_are_as_if_what_is_removed_had_never_been_there(store: Store) -> None:
    save(store, *(said(f"m_{number}", f"word {number} " * number, number) for number in range(20)))
    query = TextQuery(("word", "7", "11"), limit=100)
    before = store.search(query)
    save(store, *(said(f"m_x{number}", "word 7 once more", number, "other") for number in range(20)))
    assert store.search(query) != before
    with store.transaction(write=True):
        store.save(Changes(removed=Removal(tuple(f"m_x{number}" for number in range(20)))))
    assert store.search(query) == before


def test_nodes_are_read_as_they_are_consumed(store: Store) -> None:
    save(store, *(said(f"m_{number:04}", "x" * 1000, number) for number in range(2000)))
    reading = store.nodes(Selection(kinds=(NodeKind.INTERACTION,)))
    assert next(reading).id == "m_0000"
    reading.close()  # type: ignore[attr-defined]


def test_nodes_are_looked_for_only_among_their_kind(store: SqliteStore) -> None:
    fill(store)
    asked: list[str] = []
    store._connection.set_trace_callback(asked.append)
    assert ids(store, ids=("m_1", "n_2", "n_nobody")) == ["m_1", "n_2"]
    assert len(asked) == 2
    assert ids(store, kinds=(NodeKind.FACT,), ids=("m_1",)) == []
    assert len(asked) == 2


@pytest.mark.parametrize("breadth", [1, 2])
def test_edges_are_not_counted_beyond_those_of_nodes_that_are_narrow_enough(tmp_path: Path, breadth: int) -> None:
    def work(width: int) -> int:
        """What the database does to leave the narrowest of two entities and 50 notes with so many entities each."""
        store = SqliteStore(tmp_path / f"{width}.db", create=True)
        entities = [Entity(f"e_{number}", f"Thing {number}", "CONCEPT") for number in range(2 + width)]
        notes = [Note(f"n_{number:02}", "Things", "", (), (), None, "rules") for number in range(50)]
        edges = [Edge(note.id, entity.id, EdgeKind.MENTIONS) for note in notes for entity in entities[2:]]
        edges += [Edge(notes[0].id, entity.id, EdgeKind.MENTIONS) for entity in entities[:2]]
        save(store, *entities, *notes, edges=edges)
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1

        store._connection.set_progress_handler(step, 1)
        start = ["e_0", "e_1", *(note.id for note in notes)]
        found = store.neighborhood(start, (EdgeKind.MENTIONS,), Reach(1, 50, breadth))
        assert len(found.edges) == breadth
        store.close()
        return steps

    assert work(40) == work(10)


def test_the_same_graph_is_the_same_after_opening_again(tmp_path: Path) -> None:
    first = fill(SqliteStore(tmp_path / "a b%20ü?#.db", create=True))
    nodes, edges = list(first.nodes(Selection())), list(first.edges(None, ()))
    first.close()
    again = SqliteStore(tmp_path / "a b%20ü?#.db")
    assert (list(again.nodes(Selection())), list(again.edges(None, ()))) == (nodes, edges)
    again.close()


def test_the_url_opens_the_store_again(tmp_path: Path) -> None:
    store = fill(SqliteStore(tmp_path / "100%20.db", create=True))
    url = store.info().url
    store.close()
    again = open_store(url, create=False)
    assert len(ids(again)) == len(NODES)
    again.close()


def test_what_reads_a_part_goes_through_no_whole_table(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "memory.db", create=True)
    fill(store)
    asked: list[str] = []
    store._connection.set_trace_callback(asked.append)
    assert ids(store, conversation="trip", kinds=(NodeKind.NOTE,)) == ["n_1", "n_2", "n_3"]
    assert len(list(store.edges(["e_4"], (EdgeKind.SAID_BY,), 2))) == 2
    assert store.frontier([], ["trip"], [("trip", "1")]).located == {("trip", "1"): "m_1"}
    assert store.resolve(["bob"])
    assert store.neighborhood(["e_1"], (EdgeKind.MENTIONS,), Reach(1, 9)).edges
    store._connection.set_trace_callback(None)
    plans = [step for each in asked for *_, step in store._connection.execute(f"EXPLAIN QUERY PLAN {each}")]
    assert len(asked) > 7
    assert not [step for step in plans if re.match(r"SCAN (?:node|edge|interaction|note|entity|[adeinstx])\b", step)]
    # Edges of other kinds at the same nodes are passed over, and the same key in other conversations.
    assert not [step for step in plans if re.search(r"\((?:source|target|source_key)=\?\)$", step)]
    store.close()
