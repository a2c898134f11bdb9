from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

from .memories import Place

OWN = "MATCH (n) WHERE any(label IN labels(n) WHERE label STARTS WITH '_Memcli' AND label <> '_MemcliMigration')"


@pytest.fixture(params=["sqlite", "neo4j"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Empty stores, by name: files, or spaces of one database."""
    if request.param == "sqlite":
        (tmp_path / "stores").mkdir()
        yield lambda name: f"sqlite:///{tmp_path}/stores/{name}.db"
        return
    url = request.getfixturevalue("neo4j_url")
    with neo4j.GraphDatabase.driver(url) as driver:
        driver.execute_query(OWN + " DETACH DELETE n")
        yield lambda name: f"{url}?space={name}"
        driver.execute_query(OWN + " DETACH DELETE n")
