"""What tests have from outside: a Neo4j, and the models that are files.

The Neo4j is the one that MEMCLI_TEST_NEO4J_URL names, else one for the whole run. Tests that ask for it run one
after another: they share a database. The server is started by the process that others are started from, and ends
with it. The models lie in MEMCLI_MODELS, else in `.cache/models`, where `make models` puts them.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from graph.embedding.catalog import EMBEDDING_MODELS, installed
from tests.neo4j_server.server import LTS, NEWEST, UnavailableError, running

WANTED = "MEMCLI_TEST_NEO4J"
URL = "MEMCLI_TEST_NEO4J_URL"
MODELS = "MEMCLI_MODELS"
MODELS_WANTED = "MEMCLI_TEST_MODELS"


def pytest_configure(config: pytest.Config) -> None:
    here = config.rootpath / ".cache" / "models"
    if here.is_dir():
        os.environ.setdefault(MODELS, str(here))
    if getattr(config.option, "numprocesses", None):
        _provide(config)


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
def neo4j_url(request: pytest.FixtureRequest) -> str:
    if os.environ.get(WANTED) == "skip":
        pytest.skip("told to go without Neo4j")
    _provide(request.config)
    return os.environ[URL]


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder with the models, every one of them; without them the test fails, unless told to go without."""
    if os.environ.get(MODELS_WANTED) == "skip":
        pytest.skip("told to go without models")
    folder = Path(os.environ.get(MODELS, ""))
    missing = [
        name for name, model in EMBEDDING_MODELS.items() if MODELS not in os.environ or not installed(folder, model)
    ]
    assert not missing, f"{', '.join(missing)} not here: `make models` gets it, {MODELS_WANTED}=skip goes without"
    return folder


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
