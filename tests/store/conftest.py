"""An empty store on the shared Neo4j, the graph of a sample, and command lines of memcli."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

from memcli.session import open_memory
from tests.app.world import World
from tests.store.friends import Graph, graph_of, taken_in

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
def whole(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The graph of friends.jsonl."""
    url = f"sqlite:///{tmp_path_factory.mktemp('whole')}/memory.db"
    taken_in(url)
    return graph_of(url)


@pytest.fixture
def command(tmp_path: Path) -> World:
    """Runs command lines of memcli in this process."""
    return World(tmp_path, opener=open_memory, env={"MEMCLI_INGEST_EXTRACTOR": "rules"})
