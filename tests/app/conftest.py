from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.memory import Memory
from graph.settings import Settings
from memcli.session import open_memory
from tests.llm.server import LlmServer

from .world import World

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample data in a store, for looking at."""
    path = tmp_path_factory.mktemp("samples") / "memory.db"
    with Memory.open(Settings(store=f"sqlite:///{path}", ingest_extractor="rules"), create=True) as memory:
        report = memory.ingest([SAMPLES])
    assert report.rejected == 0
    return path


@pytest.fixture
def empty(tmp_path: Path) -> World:
    """A world in an empty folder, without a memory."""
    return World(tmp_path, opener=open_memory, env={"MEMCLI_INGEST_EXTRACTOR": "rules"})


@pytest.fixture
def world(empty: World, sample_store: Path) -> World:
    """A world in an empty folder, whose memory holds the sample data."""
    empty.env["MEMCLI_STORE"] = str(sample_store)
    return empty


@pytest.fixture
def scripted(tmp_path: Path) -> World:
    """A world whose memory answers what it is told to: for what the real one does not do on demand."""
    return World(tmp_path)


@pytest.fixture
def llm(empty: World) -> Iterator[LlmServer]:
    """A language model that the empty world, and what is built on it, is set to."""
    server = LlmServer()
    empty.env |= {"MEMCLI_LLM_URL": server.url, "MEMCLI_LLM_MODEL": "tiny"}
    yield server
    server.stop()
