"""The Cypher script on a real server: the graph that it loads is the one that a memory kept there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from graph.exporters.registry import exporter_named
from graph.labels import LABELS
from graph.model import Snapshot
from tests.exporters.samples import EDGES, NODES, SAMPLE
from tests.store.moving import SAMPLES, exported, filled
from tests.store.test_transfer import Place, empty, place

__all__ = ["place"]
_LOADED = f"MATCH (n) WHERE {' OR '.join(f'n:{label}' for label in LABELS.values())} "


@pytest.fixture
def driver(neo4j_url: str) -> Iterator[neo4j.Driver]:
    """The server, without what scripts and memories leave there."""
    with neo4j.GraphDatabase.driver(neo4j_url) as opened:
        unload(opened)
        yield opened
        unload(opened)


def unload(driver: neo4j.Driver) -> None:
    driver.execute_query(_LOADED + "DETACH DELETE n")
    for row in driver.execute_query("SHOW CONSTRAINTS YIELD name, labelsOrTypes").records:
        if not row["labelsOrTypes"][0].startswith("_"):
            driver.execute_query(f"DROP CONSTRAINT {row['name']}")


def load(driver: neo4j.Driver, script: str) -> None:
    """Run a script as cypher-shell does: what ends in a semicolon and a newline is a statement."""
    with driver.session() as session:
        for statement in script.removesuffix(";\n").split(";\n"):
            session.run(statement).consume()


def graph_of(driver: neo4j.Driver) -> tuple[dict[str, Any], dict[Any, Any]]:
    """What people see: labels and properties of nodes by id, properties of relationships by ends and type."""
    nodes = {}
    for row in driver.execute_query(_LOADED + "RETURN labels(n) AS labels, properties(n) AS properties").records:
        labels = [label for label in row["labels"] if not label.startswith("_")]
        properties = row["properties"] | (
            {"aliases": sorted(row["properties"]["aliases"])} if "Entity" in labels else {}
        )
        assert properties["id"] not in nodes
        nodes[properties["id"]] = (labels, properties)
    rows = driver.execute_query(
        _LOADED
        + "MATCH (n)-[r]->(m) RETURN n.id AS source, type(r) AS type, m.id AS target, properties(r) AS properties"
    ).records
    edges = {(row["source"], row["type"], row["target"]): row["properties"] for row in rows}
    assert len(edges) == len(rows)
    return nodes, edges


def test_the_script_loads_the_graph_that_a_memory_in_neo4j_is(place: Place, driver: neo4j.Driver) -> None:
    url = filled(place("neo4j"), SAMPLES / "meetings.md", SAMPLES / "documents.jsonl")
    wanted, script = graph_of(driver), exported(url, "cypher")
    empty(url)
    assert graph_of(driver) == ({}, {})
    load(driver, script)
    assert graph_of(driver) == wanted
    labels = {label for labels, _ in wanted[0].values() for label in labels}
    assert labels == set(LABELS.values())
    assert len(wanted[1]) > 300
    load(driver, script)
    assert graph_of(driver) == wanted


def test_a_script_loaded_into_the_memory_it_is_of_changes_nothing(place: Place, driver: neo4j.Driver) -> None:
    url = filled(place("neo4j"), SAMPLES / "meetings.md")
    before = exported(url)
    load(driver, exported(url, "cypher"))
    assert exported(url) == before


def test_text_that_breaks_careless_writers_arrives(driver: neo4j.Driver) -> None:
    # The server knows neither half a surrogate pair nor NUL.
    load(driver, "".join(exporter_named("cypher").chunks(SAMPLE)))
    nodes, edges = graph_of(driver)
    assert nodes.keys() == {node.id for node in NODES}
    assert len(edges) == len(EDGES)
    assert nodes["m_a"][1]["text"] == next(node.text for node in NODES if node.id == "m_a")
    assert nodes["e_a"][1]["aliases"] == sorted(next(node.aliases for node in NODES if node.id == "e_a"))


def test_an_empty_graph_is_a_script_as_well(driver: neo4j.Driver) -> None:
    load(driver, "".join(exporter_named("cypher").chunks(Snapshot(lambda: iter(()), lambda: iter(())))))
    assert graph_of(driver) == ({}, {})
