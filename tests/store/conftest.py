"""An empty store on the shared Neo4j, the graph of a sample, and command lines of memcli."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

from graph.store.neo4j.store import Neo4jStore
from memcli.session import open_memory
from tests.app.world import World
from tests.neo4j_server.guarded import guarding
from tests.neo4j_server.server import Server, UnavailableError
from tests.store.friends import FRIENDS, Graph, graph_of, taken_in

OWN = "MATCH (n) WHERE any(label IN labels(n) WHERE label STARTS WITH '_Memcli' AND label <> '_MemcliMigration')"


@pytest.fixture(scope="session")
def driver(neo4j_url: str) -> Iterator[neo4j.Driver]:
    with neo4j.GraphDatabase.driver(neo4j_url) as opened:
        yield opened


@pytest.fixture
def url(neo4j_url: str, driver: neo4j.Driver) -> Iterator[str]:
    driver.execute_query(OWN + " DETACH DELETE n")
    yield neo4j_url
    driver.execute_query(OWN + " DETACH DELETE n")


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if os.environ.get("MEMCLI_TEST_NEO4J") == "skip":
        pytest.skip("told to go without Neo4j")
    try:
        with guarding(tmp_path_factory.mktemp("guarded")) as server:
            yield server
    except UnavailableError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The graph of friends.jsonl."""
    url = f"sqlite:///{tmp_path_factory.mktemp('whole')}/memory.db"
    taken_in(url)
    return graph_of(url)


@pytest.fixture
def command(tmp_path: Path) -> World:
    """Runs command lines of memcli in this process."""
    return World(tmp_path, opener=open_memory, env={"MEMCLI_INGEST_EXTRACTOR": "rules"})


@pytest.fixture
def few(command: World) -> Path:
    """A file with few messages."""
    path = command.home / "few.jsonl"
    path.write_text("".join(FRIENDS.read_text("utf-8").splitlines(keepends=True)[:24]), "utf-8")
    return path


@pytest.fixture
def graph(command: World, few: Path) -> Graph:
    """The graph of these."""
    assert command("ingest", str(few)).code == 0
    return graph_of(f"sqlite:///{command.home}/memory.db")


def drop_schema(driver: neo4j.Driver) -> None:
    """Remove every constraint and index but those by which Neo4j finds labels, and the record of ours."""
    for row in driver.execute_query("SHOW CONSTRAINTS YIELD name").records:
        driver.execute_query(f"DROP CONSTRAINT `{row['name']}`")
    for row in driver.execute_query("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'").records:
        driver.execute_query(f"DROP INDEX `{row['name']}`")
    driver.execute_query("MATCH (m:_MemcliMigration) DELETE m")


@pytest.fixture
def bare(url: str, driver: neo4j.Driver) -> Iterator[str]:
    """A database without our schema."""
    drop_schema(driver)
    yield url
    drop_schema(driver)
    driver.execute_query("MATCH (n:_Memcli) DETACH DELETE n")
    Neo4jStore(url, create=True).close()
