"""The Neo4j that tests run against: the one that MEMCLI_TEST_NEO4J_URL names, else one fetched and started here."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.neo4j_server.server import LTS, NEWEST, UnavailableError, running


@pytest.fixture(scope="session")
def neo4j_url() -> Iterator[str]:
    if os.environ.get("MEMCLI_TEST_NEO4J") == "skip":
        pytest.skip("told to go without Neo4j")
    if named := os.environ.get("MEMCLI_TEST_NEO4J_URL"):
        yield named
        return
    try:
        with running(NEWEST if os.environ.get("MEMCLI_TEST_NEO4J") == "newest" else LTS) as server:
            yield server.url
    except UnavailableError as error:
        pytest.fail(str(error), pytrace=False)
