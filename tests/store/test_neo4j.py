"""The store on a Neo4j database keeps what every store promises, on a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import neo4j
import pytest
from msgspec.structs import replace

from graph.errors import StoreBusyError, StoreError, StoreMissingError, StoreNewerError, UsageError
from graph.ingest import Ingest
from graph.memory import Memory
from graph.model import (
    Changes,
    Checkpoint,
    Edge,
    EdgeKind,
    Insight,
    Interaction,
    Query,
    Question,
    Reach,
    Selection,
    TextQuery,
    Walk,
)
from graph.recall import recall
from graph.settings import Settings
from graph.store.neo4j.address import address
from graph.store.neo4j.connection import Connection
from graph.store.neo4j.read import LOCK_AND_FRONTIER
from graph.store.neo4j.rows import LABELS, TYPES
from graph.store.neo4j.store import Neo4jStore
from graph.store.registry import open_store
from tests.embedding.words import WordEmbedder
from tests.store.conformance import StoreConformance, fill, ids
from tests.store.graphs import EVENTS, EVERYTHING, said, vector

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_data"


@pytest.fixture
def store(url: str) -> Iterator[Neo4jStore]:
    opened = Neo4jStore(url, create=True)
    yield opened
    opened.close()


class TestNeo4jStore(StoreConformance):
    pass


@pytest.mark.parametrize("space", ["", "?space=work"], scope="class")
class TestSpacesOfNeo4j(StoreConformance):
    """A space of a database that holds the same in others."""

    @pytest.fixture
    def store(self, url: str, space: str) -> Iterator[Neo4jStore]:
        spaces = ("", "?space=w", "?space=work", "?space=work-2")
        others = [Neo4jStore(url + each, create=True) for each in spaces if each != space]
        for each in others:
            with each.transaction(write=True):
                each.save(replace(EVERYTHING, events=EVENTS))
                each.save(Changes(checkpoint=Checkpoint("d", "theirs", 7), vectors=(vector("m_1", 1, 0, 0),)))
        opened = Neo4jStore(url + space, create=True)
        yield opened
        opened.close()
        for each in others:
            assert {node.id: node for node in each.nodes(Selection())} == {node.id: node for node in EVERYTHING.nodes}
            assert len(list(each.edges(None, ()))) == len(EVERYTHING.edges)
            assert list(each.checkpoints()) == [Checkpoint("d", "theirs", 7)]
            assert list(each.vectors()) == [vector("m_1", 1, 0, 0)]
            assert list(each.events()) == list(EVENTS)
            each.close()


def test_no_id_leads_into_another_space(url: str) -> None:
    here, there = Neo4jStore(url, create=True), Neo4jStore(f"{url}?space=work", create=True)
    fill(there)
    fill(here)
    assert list(here.nodes(Selection(ids=("work/m_1",)))) == []
    assert here.frontier(["work/m_1", "m_1"]).known == {"m_1"}
    assert list(here.edges(["work/m_1"], ())) == list(here.vectors(["work/m_1"])) == []
    assert here.neighborhood(["work/m_1"], (EdgeKind.NEXT,), Reach(3, 9)).ids == ()
    changes = (
        Changes(nodes=(said("work/m_1", "x", 0),)),
        Changes(edges=(Edge("m_1", "work/m_2", EdgeKind.NEXT),)),
        Changes(checkpoint=Checkpoint("work/d", "x", 1, True)),
        Changes(vectors=(vector("work/m_1", 1, 0),)),
        *(Changes(events=(replace(EVENTS[1], **{field: "work/m_1"}),)) for field in ("subject", "other", "cause")),
    )
    for each in changes:
        with pytest.raises(StoreError, match="work/"), here.transaction(write=True):
            here.save(each)
    assert len(list(there.edges(None, ()))) == len(EVERYTHING.edges)
    here.close()
    there.close()


def test_a_space_that_nobody_made(url: str) -> None:
    Neo4jStore(url, create=True).close()
    with pytest.raises(StoreMissingError, match="space=typo"):
        Neo4jStore(f"{url}?space=typo")


def test_a_server_that_can_walk_walks(url: str) -> None:
    store = fill(Neo4jStore(url, create=True))
    kinds, walk = (EdgeKind.MENTIONS, EdgeKind.ABOUT), Walk({"e_1": 1.0}, 0.85)
    assert (store.neighborhood(["e_1"], kinds, Reach(3, 9), walk).shares is not None) is store._connection.walks
    assert store.neighborhood(["e_1"], kinds, Reach(4, 9), walk).shares is None
    assert store.neighborhood(["e_1"], kinds, Reach(3, 9), Walk({"e_1": 0.0}, 0.85)).ids[0] == "e_1"
    assert store.neighborhood(["e_1"], (EdgeKind.NEXT,), Reach(3, 9), walk).ids == ("e_1",)
    store.close()


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that are sent for as long as the context lasts."""
    sent: list[str] = []
    real = Connection._sent

    def counting(transaction: Any, statement: Any, given: Any) -> Any:
        sent.append(statement)
        return real(transaction, statement, given)

    with monkeypatch.context() as patched:
        patched.setattr(Connection, "_sent", staticmethod(counting))
        yield sent


def memory(url: str, **settings: Any) -> Memory:
    return Memory.open(Settings(store=url, ingest_extractor="rules", **settings), create=True)


def test_round_trips_do_not_depend_on_how_much_is_there(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with memory(url) as opened:
        with counted(monkeypatch) as sent:
            assert opened.ingest([SAMPLES / "friends.jsonl"]).added
        batches = sent.count(LOCK_AND_FRONTIER)
        # Beside its batches, a source has a checkpoint to ask for and, with the lock, to save.
        assert batches > 3
        assert len(sent) <= 8 * batches + 4
        for text in ("What food is Inês allergic to?", "Who left Bristol, and when did Priya move?"):
            with counted(monkeypatch) as sent:
                assert opened.ask(Question(text, answer=True)).hits
            assert len(sent) <= 6


def test_copies_take_no_more_round_trips(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = (SAMPLES / "friends.jsonl").read_text("utf-8").splitlines()
    again = [{**each, "conversation": f"again {each['conversation']}"} for each in map(json.loads, lines)]
    (tmp_path / "again.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in again), "utf-8")
    with memory(url) as opened:
        opened.ingest([SAMPLES / "friends.jsonl"])
        with counted(monkeypatch) as sent:
            assert opened.ingest([tmp_path / "again.jsonl"]).added == len(lines)
        assert len(sent) <= 8 * sent.count(LOCK_AND_FRONTIER) + 4
        with opened.snapshot() as snapshot:
            assert sum(edge.relation == "repeats" for edge in snapshot.edges()) > 100


def test_vectors_take_no_more_round_trips(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder, settings = WordEmbedder(), Settings(store=url, ingest_extractor="rules")
    store = Neo4jStore(url, create=True)
    with counted(monkeypatch) as sent:
        assert Ingest(settings, store, embedder=embedder).run([SAMPLES / "friends.jsonl"]).added
    batches = sent.count(LOCK_AND_FRONTIER)
    assert batches > 3
    assert len(sent) <= 8 * batches + 4
    assert store.info().vectors == {"words": store.info().nodes["interaction"]}
    for text in ("What food is Inês allergic to?", "Xyzzy"):
        with counted(monkeypatch) as sent:
            assert "tokens" in recall(Question(text), store, settings, embedder).ranked[0].signals
        assert len(sent) <= 6
    store.close()


def test_scores_are_those_of_sqlite(bare: str, tmp_path: Path) -> None:
    """But for a factor, and for texts of over forty words, whose length Lucene keeps with four bits. Its indexes are
    new: they count what was deleted for a while."""
    query = TextQuery(("priya", "bristol", "we", "train"), limit=200)
    with memory(bare) as one, memory(f"sqlite:///{tmp_path}/memory.db") as other:
        for each in (one, other):
            each.ingest([SAMPLES / "friends.jsonl"])
        here, there = ({match.id: match for match in each._store.search(query)} for each in (one, other))
        assert here.keys() == there.keys()
        said = [node for node in other.nodes(Selection(ids=tuple(there))) if isinstance(node, Interaction)]
        short = [node.id for node in said if len(node.text.split()) < 30]
        assert len(short) > 20
        for id in short:
            assert here[id].whole * 2.2 == pytest.approx(there[id].whole, rel=1e-4)
            assert here[id].piece * 2.2 == pytest.approx(there[id].piece, rel=1e-4)


def test_the_graph_and_its_answers_are_those_of_sqlite(url: str, tmp_path: Path) -> None:
    with memory(url) as one, memory(f"sqlite:///{tmp_path}/memory.db") as other:
        for each in (one, other):
            each.ingest([SAMPLES / "friends.jsonl"])
        with one.snapshot() as here, other.snapshot() as there:
            assert list(here.nodes()) == list(there.nodes())
            assert list(here.edges()) == list(there.edges())
        shares = []
        for line in (SAMPLES / "questions.jsonl").read_text("utf-8").splitlines():
            asked = Question(json.loads(line)["question"])
            found, wanted = ({hit.sources[0].interaction for hit in each.ask(asked).hits} for each in (one, other))
            if wanted:
                shares.append(len(found & wanted) / len(wanted))
        assert len(shares) > 30
        assert sum(shares) / len(shares) >= 0.9


FOREIGN = """
CREATE (a:Note {id: 'n_1', title: 'theirs'})-[:LINKS_TO {weight: 'heavy'}]->(b:Entity {id: 'e_1', name: 'Zürich'}),
    (c:Interaction {id: 'm_1', text: 'hotel', words: 'hotel'})-[:NEXT]->(:Interaction), (a)-[:MENTIONS]->(c)"""
THEIRS = "MATCH (n) WHERE NOT n:_Memcli AND none(l IN labels(n) WHERE l STARTS WITH '_Memcli') "


def test_a_foreign_graph_beside_is_neither_touched_nor_seen(url: str, driver: neo4j.Driver) -> None:
    def state() -> list[Any]:
        return driver.execute_query(
            THEIRS
            + """OPTIONAL MATCH (n)-[r]->(m) WITH n, r, m ORDER BY elementId(n), elementId(r)
            RETURN labels(n), n {.*}, type(r), r {.*}, m.id"""
        ).records

    store = Neo4jStore(url, create=True)
    try:
        driver.execute_query(FOREIGN)
        assert ids(store) == []
        assert len(ids(fill(store))) == len(EVERYTHING.nodes)
        driver.execute_query("MATCH (a:Note {title: 'theirs'}), (b:_Memcli {id: 'e_1'}) CREATE (a)-[:MENTIONS]->(b)")
        before = state()
        assert len(before) > 4
        assert len(list(fill(store).edges(None, ()))) == len(EVERYTHING.edges)
        assert len(list(store.edges(["e_1"], ()))) == 1
        # Theirs does not make ours wide.
        assert "n_1" in store.neighborhood(["e_1"], (EdgeKind.MENTIONS,), Reach(1, 1)).ids
        assert [match.id for match in store.search(TextQuery(("hotel",)))] == ["m_6", "m_1"]
        assert dict(store.info().nodes)["note"] == 4
        assert state() == before
    finally:
        store.close()
        driver.execute_query(THEIRS + "DETACH DELETE n")


def test_writers_take_turns(url: str) -> None:
    first, second = Neo4jStore(url, create=True), Neo4jStore(url)
    order: list[str] = []

    def write() -> None:
        with second.transaction(write=True):
            assert second.frontier(["m_1"]).known == {"m_1"}
            order.append("second")

    with ThreadPoolExecutor(1) as pool:
        with first.transaction(write=True):
            assert first.frontier(["m_1"]).known == set()
            waiting = pool.submit(write)
            assert wait([waiting], 0.5).done == set()
            first.save(EVERYTHING)
            order.append("first")
        waiting.result(30)
    assert order == ["first", "second"]
    first.close()
    second.close()


def test_a_writer_that_stops_in_mid_transaction_holds_up_others_for_a_while(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Neo4jStore(url, create=True), Neo4jStore(url)
    monkeypatch.setattr("graph.store.neo4j.connection.TURN_SECONDS", 1.0)
    stopped = first.transaction(write=True)
    stopped.__enter__()
    first.save(Changes(checkpoint=Checkpoint("stopped", "a.txt", 1)))
    monkeypatch.undo()
    with second.transaction(write=True):
        second.save(EVERYTHING)
    with pytest.raises(StoreBusyError):
        stopped.__exit__(None, None, None)
    assert first.frontier(["m_1"]).known == {"m_1"}
    assert list(first.checkpoints(["stopped"])) == []
    first.close()
    second.close()


@pytest.mark.parametrize(
    "url",
    [
        *("bolt://u:secret@h", "bolt://:secret@h:1", "neo4j://h/a/b", "neo4j://", "bolt://h:x"),
        *("neo4j://h?spaces=a", "bolt://h?space=A", "neo4j://h/d?space=a&space=b", "neo4j://h?space="),
    ],
)
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        open_store(url, create=False)
    assert "secret" not in raised.value.message + raised.value.hint


def test_what_a_url_says() -> None:
    found = address("neo4j+s://me%40x@example.org:7688/work")
    assert (found.uri, found.user, found.database) == ("neo4j+s://example.org:7688", "me@x", "work")
    assert address(found.shown) == found
    assert address("bolt://[::1]").uri == "bolt://[::1]"
    assert address("bolt://localhost").user == "neo4j"
    assert address("neo4j://h?space=default") == address("neo4j://h")


def test_there_is_no_memory_yet(url: str, driver: neo4j.Driver) -> None:
    driver.execute_query("MATCH (m:_MemcliMigration) DELETE m")
    with pytest.raises(StoreMissingError):
        Neo4jStore(url)


def test_a_newer_schema(url: str, driver: neo4j.Driver) -> None:
    Neo4jStore(url, create=True).close()
    driver.execute_query("CREATE (:_MemcliMigration {name: 'second_graph', number: 99})")
    try:
        with pytest.raises(StoreNewerError, match="second_graph"):
            Neo4jStore(url)
    finally:
        driver.execute_query("MATCH (m:_MemcliMigration {name: 'second_graph'}) DELETE m")


def test_a_database_that_is_not_there(url: str) -> None:
    with pytest.raises(StoreMissingError) as raised:
        Neo4jStore(url + "/nowhere", create=True)
    assert raised.value.hint


@pytest.mark.parametrize("wrong", ["bolt://127.0.0.1:9", "neo4j://127.0.0.1:9", "bolt://nowhere.invalid"])
def test_a_server_that_is_not_there(wrong: str) -> None:
    with pytest.raises(StoreError) as raised:
        Neo4jStore(wrong)
    assert raised.value.hint


def test_a_wrong_scheme(url: str) -> None:
    with pytest.raises(StoreError) as raised:
        Neo4jStore(url.replace("bolt://", "bolt+s://"))
    assert raised.value.hint


def test_metadata_comes_back_and_what_readers_tell_is_a_property(store: Neo4jStore, driver: neo4j.Driver) -> None:
    told = {"model": "gpt-4o", "sidechain": True, "time": 7, "branch": "", "other": {"a": [1, None]}}
    node = said("m_7", "x", 0, metadata=told)
    with store.transaction(write=True):
        store.save(Changes((node,)))
    assert list(store.nodes(Selection())) == [node]
    (found,) = driver.execute_query("MATCH (n:Interaction) RETURN n.model, n.sidechain, n.branch, n.metadata").records
    assert found.values() == ["gpt-4o", True, "", '{"other": {"a": [1, null]}, "time": 7}']


def test_times_compare_whether_they_have_an_offset_or_not(store: Neo4jStore, driver: neo4j.Driver) -> None:
    fill(store)
    (found,) = driver.execute_query(
        "MATCH (n:Interaction) WHERE n.at >= localdatetime('2024-03-06') RETURN collect(n.id) AS ids"
    ).records
    assert sorted(found["ids"]) == ["m_2", "m_3", "m_4"]


def test_only_the_graph_has_relationships_and_its_labels_come_first(store: Neo4jStore, driver: neo4j.Driver) -> None:
    fill(store)
    liked, disliked = Insight("i_2", "Ann likes tea.", "Ann"), Insight("i_3", "Ann dislikes tea.", "Ann")
    with store.transaction(write=True):
        store.save(Changes((liked, disliked), (Edge("i_2", "i_3", EdgeKind.OPPOSES),)))
        asked = (Query("q_2", "Who likes tea?"), Query("q_3", "Who likes tea most?"))
        store.save(Changes(asked, (Edge("q_3", "q_2", EdgeKind.RESEMBLES),)))
    records = driver.execute_query("MATCH ()-[r]->() RETURN DISTINCT type(r) AS type").records
    assert {record["type"] for record in records} == set(TYPES.values())
    records = driver.execute_query("MATCH (n:_Memcli) RETURN DISTINCT labels(n) AS labels").records
    assert {tuple(record["labels"]) for record in records} == {(label, "_Memcli") for label in LABELS.values()}
    # Neo4j Browser takes the first by the alphabet.
    assert max(*LABELS.values(), "_Memcli") == "_Memcli"
