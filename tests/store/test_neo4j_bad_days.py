"""A Neo4j that has little memory and little patience, is killed, or may not be written."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import neo4j
import pytest

from graph.errors import StoreError
from graph.memory import Memory
from graph.settings import Settings
from tests.app.world import World
from tests.neo4j_server.guarded import PASSWORD
from tests.neo4j_server.proxy import FULL_TEXT, LINKING, LOCKING, SAVING, Fate, Line, proxied
from tests.neo4j_server.server import Server
from tests.store.friends import FRIENDS, Graph, graph_of

IDLE = "SHOW TRANSACTIONS YIELD transactionId AS id, currentQuery WHERE currentQuery = ''"
FILLER = "lorem ipsum " * 60


@pytest.fixture
def theirs(guarded: Server) -> Iterator[neo4j.Driver]:
    with neo4j.GraphDatabase.driver(guarded.url, auth=("neo4j", PASSWORD)) as driver:
        yield driver


@pytest.fixture(autouse=True)
def emptied(guarded: Server) -> None:
    """Other files take something in on this server too."""
    with neo4j.GraphDatabase.driver(guarded.url, auth=("neo4j", PASSWORD)) as driver, driver.session() as session:
        # In parts: the server has little memory for a transaction.
        session.run(
            "MATCH (n) WHERE NOT n:_MemcliMigration CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 200 ROWS"
        ).consume()


def test_a_server_that_is_killed_in_mid_ingest(guarded: Server, tmp_path: Path) -> None:
    settings = Settings(store=guarded.url, ingest_extractor="rules", ingest_batch=2, neo4j_password=PASSWORD)

    class Kill:
        """Progress that ends the server after so many records."""

        def begin(self, path: str, size: int | None) -> None: ...

        def advance(self, offset: int, records: int) -> None:
            if records == 20:
                guarded.stop(signal.SIGKILL)

        def end(self) -> None: ...

    with Memory.open(settings, create=True) as memory:
        with pytest.raises(StoreError) as raised:
            memory.ingest([FRIENDS], progress=Kill())
        assert raised.value.hint
    guarded.start()
    with (
        Memory.open(replace(settings, ingest_batch=64)) as memory,
        Memory.open(Settings(store=f"sqlite:///{tmp_path}/memory.db", ingest_extractor="rules"), create=True) as other,
    ):
        assert memory.info().nodes["interaction"] == 20
        report, whole = memory.ingest([FRIENDS]), other.ingest([FRIENDS])
        assert (report.added, report.skipped) == (whole.added - 20, 20)
        with memory.snapshot() as here, other.snapshot() as there:
            assert list(here.nodes()) == list(there.nodes())
            assert list(here.edges()) == list(there.edges())


def test_a_batch_that_is_too_large(guarded: Server, command: World) -> None:
    big = command.home / "big.jsonl"
    lines = (f'{{"conversation": "big", "speaker": "Ann", "text": "Word{n} {FILLER}"}}' for n in range(2000))
    big.write_text("\n".join(lines), "utf-8")
    command.env |= {"MEMCLI_NEO4J_PASSWORD": PASSWORD, "MEMCLI_STORE": guarded.url, "MEMCLI_INGEST_BATCH": "2000"}
    told = command("ingest", str(big))
    assert told.code == 4
    assert "too large" in told.err
    assert "ingest.batch" in told.err
    assert command("note", "list", "--conversation", "big", "--json").data["notes"] == []


HELD = pytest.mark.parametrize(
    ("held", "marker"),
    [
        ("MATCH (l:_MemcliLock) SET l.theirs = 1", LOCKING),
        ("MATCH (e:_Memcli {name: 'Priya'}) SET e.theirs = 1", SAVING),
    ],
)


@HELD
def test_a_batch_that_the_server_undid_is_done_again(
    guarded: Server, theirs: neo4j.Driver, command: World, whole: Graph, held: str, marker: bytes
) -> None:
    command.env |= {"MEMCLI_NEO4J_PASSWORD": PASSWORD, "MEMCLI_INGEST_BATCH": "64"}
    lines = FRIENDS.read_text("utf-8").splitlines(keepends=True)
    friends = command.home / "friends.jsonl"
    friends.write_text("".join(lines[:100]), "utf-8")
    assert command("ingest", str(friends), "--store", guarded.url).code == 0
    friends.write_text("".join(lines), "utf-8")
    with theirs.session() as session:
        transaction = session.begin_transaction()
        transaction.run(held).consume()
        line = Line(marker, Fate.PASS, good=2)

        def decide(data: bytes) -> Fate:
            if line(data) is Fate.PASS and line.reached.is_set() and not transaction.closed():
                # Twice ours was undone for want of the lock, and is about to be done for the third time.
                transaction.rollback()
            return Fate.PASS

        with proxied(guarded.url, decide) as between:
            told = command("ingest", str(friends), "--store", between, "--json")
    assert line.reached.is_set()
    assert told.code == 0
    assert (told.data["added"], told.data["skipped"]) == (111, 100)
    assert graph_of(guarded.url, PASSWORD) == whole


@HELD
def test_a_lock_that_is_never_let_go(
    guarded: Server, theirs: neo4j.Driver, command: World, held: str, marker: bytes
) -> None:
    command.env |= {"MEMCLI_NEO4J_PASSWORD": PASSWORD, "MEMCLI_STORE": guarded.url}
    assert command("ingest", str(FRIENDS)).code == 0
    before = graph_of(guarded.url, PASSWORD)
    more = command.home / "more.jsonl"
    more.write_text('{"conversation": "c", "speaker": "Priya", "text": "I moved to Leeds."}', "utf-8")
    with theirs.session() as session, session.begin_transaction() as transaction:
        transaction.run(held).consume()
        told = command("ingest", str(more))
        assert told.code == 4
        assert told.err.endswith("is busy: LockAcquisitionTimeout\nhint: try again; what was committed stays\n")
        # Nothing of ours is left hanging in the server.
        assert len(theirs.execute_query(IDLE).records) == 1
        transaction.rollback()
    assert graph_of(guarded.url, PASSWORD) == before


def test_a_transaction_that_somebody_ends(guarded: Server, theirs: neo4j.Driver, command: World) -> None:
    command.env["MEMCLI_NEO4J_PASSWORD"] = PASSWORD
    line = Line(LINKING, Fate.PASS, good=1)

    def decide(data: bytes) -> Fate:
        if line(data) is Fate.PASS and line.reached.is_set():
            for row in theirs.execute_query(IDLE).records:
                theirs.execute_query("TERMINATE TRANSACTIONS $id", id=row["id"])
        return Fate.PASS

    with proxied(guarded.url, decide) as between:
        told = command("ingest", str(FRIENDS), "--store", between)
    assert told.code == 4
    assert "somebody ended the transaction" in told.err
    again = command("ingest", str(FRIENDS), "--store", guarded.url, "--json")
    assert (again.code, again.data["skipped"]) == (0, 64), again


def test_a_server_that_is_killed_between_two_reads(guarded: Server, command: World, few: Path) -> None:
    command.env |= {"MEMCLI_NEO4J_PASSWORD": PASSWORD, "MEMCLI_STORE": guarded.url}
    assert command("ingest", str(few)).code == 0

    killed = threading.Event()

    def decide(data: bytes) -> Fate:
        if FULL_TEXT in data:
            guarded.stop(signal.SIGKILL)
            killed.set()
        return Fate.PASS

    with proxied(guarded.url, decide) as between:
        told = command("ask", "What did Priya say?", "--store", between)
    assert (told.code, told.out) == (4, "")
    assert "cannot be reached\nhint: " in told.err
    assert "Traceback" not in told.err
    assert killed.wait(30)
    guarded.start()
    assert command("ask", "What did Priya say?", "--json").data["hits"]
    assert command("ingest", str(few), "--json").data["added"] == 0


def test_a_database_that_is_read_only(guarded: Server, command: World, few: Path, tmp_path: Path) -> None:
    command.env |= {"MEMCLI_NEO4J_PASSWORD": PASSWORD, "MEMCLI_STORE": guarded.url}
    assert command("ingest", str(few)).code == 0
    # Not after it was killed: what is read only cannot be recovered.
    guarded.stop()
    guarded.start("server.databases.default_to_read_only=true")
    try:
        assert command("ask", "What did Priya say?", "--json").data["hits"]
        new = tmp_path / "new.jsonl"
        new.write_text('{"conversation": "new", "text": "Nobody has said this before."}\n', "utf-8")
        told = command("ingest", str(new))
        assert told.code == 4
        assert "the database cannot be written\nhint: " in told.err
    finally:
        guarded.stop()
        guarded.start()
