"""The Neo4j that tests run against: the one that MEMCLI_TEST_NEO4J_URL names, else one for the whole run.

Tests that ask for it run one after another: they share a database. The server is started by the process that
others are started from, and ends with it.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest

from tests.neo4j_server.server import LTS, NEWEST, UnavailableError, running

WANTED = "MEMCLI_TEST_NEO4J"
URL = "MEMCLI_TEST_NEO4J_URL"


def pytest_configure(config: pytest.Config) -> None:
    if getattr(config.option, "numprocesses", None):
        _provide(config)


def pytest_collection_finish(session: pytest.Session) -> None:
    if any("neo4j_url" in getattr(item, "fixturenames", ()) for item in session.items):
        _provide(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Every test goes to whichever process is free, but the files that share a server all go to one."""
    from xdist.scheduler import LoadScopeScheduling

    @cache
    def server(path: str) -> str:
        text = (config.rootpath / path).read_text("utf-8")
        if "guarded: Server" in text:
            return "guarded"
        # Those of the store have it from fixtures that build on it.
        return "neo4j" if "neo4j_url" in text or "place: Place" in text or "/test_neo4j" in path else ""

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return server(nodeid.partition("::")[0]) or nodeid

    return Scheduling(config, log)


@pytest.fixture(scope="session")
def neo4j_url() -> str:
    if os.environ.get(WANTED) == "skip":
        pytest.skip("told to go without Neo4j")
    return os.environ[URL]


def _provide(config: pytest.Config) -> None:
    """Start a server where one is wanted and none is named; without it there is no use in going on."""
    if os.environ.get(WANTED) == "skip" or os.environ.get(URL):
        return
    stack = ExitStack()
    try:
        wanted = os.environ.get(WANTED, "").split("-")
        server = stack.enter_context(running(NEWEST if "newest" in wanted else LTS, gds="gds" in wanted))
    except UnavailableError as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.TESTS_FAILED)
    stack.callback(os.environ.pop, URL)
    os.environ[URL] = server.url
    config.add_cleanup(stack.close)
