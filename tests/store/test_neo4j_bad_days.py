"""A Neo4j that asks for a password, and one that is killed while it is written to."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import StoreError
from graph.memory import Memory
from graph.settings import Settings
from graph.store.neo4j.store import Neo4jStore
from tests.neo4j_server.server import Server, UnavailableError, running

FRIENDS = Path(__file__).resolve().parents[2] / "sample_data" / "friends.jsonl"
PASSWORD = "a good password"


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    if os.environ.get("MEMCLI_TEST_NEO4J") == "skip":
        pytest.skip("told to go without Neo4j")
    try:
        with running(password=PASSWORD) as server:
            yield server
    except UnavailableError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.mark.parametrize("password", ["", "a wrong password"])
def test_a_wrong_password(guarded: Server, password: str) -> None:
    with pytest.raises(StoreError) as raised:
        Neo4jStore(guarded.url, create=True, password=password)
    assert "MEMCLI_NEO4J_PASSWORD" in raised.value.hint
    assert not password or password not in raised.value.message + raised.value.hint


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
        Memory.open(settings) as memory,
        Memory.open(Settings(store=f"sqlite:///{tmp_path}/memory.db", ingest_extractor="rules"), create=True) as other,
    ):
        assert memory.info().nodes["interaction"] == 20
        report, whole = memory.ingest([FRIENDS]), other.ingest([FRIENDS])
        assert (report.added, report.skipped) == (whole.added - 20, 20)
        with memory.snapshot() as here, other.snapshot() as there:
            assert list(here.nodes()) == list(there.nodes())
            assert list(here.edges()) == list(there.edges())
