"""A graph of somebody else in the same database, with labels, types and even ids of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import neo4j
import pytest

from tests.app.world import World
from tests.store.friends import QUESTION
from tests.store.moving import resolved

THEIRS = "MATCH (n) WHERE none(label IN labels(n) WHERE label STARTS WITH '_Memcli') "
# A twin of every node of ours, with its label and its properties, and of every edge; a person of their own.
_BESIDE = """
CREATE (zoe:Person {id: 'e_zoe', name: 'Zoe', folded: 'zoe', owner: 'them'})
WITH zoe
UNWIND $nodes AS node
CREATE (n:$(node.label)) SET n = node.properties, n.owner = 'them', n.text = 'Inês is allergic to chalk, says Zoe.'
CREATE (zoe)-[:MENTIONS {weight: 'heavy'}]->(n), (n)-[:SAID_BY]->(zoe), (n)-[:NEXT]->(n)"""
_EDGES = """
UNWIND $edges AS edge
MATCH (a {id: edge.source, owner: 'them'}), (b {id: edge.target, owner: 'them'}) CREATE (a)-[:$(edge.type)]->(b)"""
# What somebody ties to ours is theirs as well.
_ACROSS = """
MATCH (ours:_Memcli), (zoe:Person {name: 'Zoe'})
CREATE (zoe)-[:MENTIONS]->(ours), (zoe)<-[:SAID_BY]-(ours), (zoe)-[:KNOWS]->(ours)
WITH ours WHERE ours:Entity SET ours:Person, ours.age = 30"""


@pytest.fixture
def beside(url: str, driver: neo4j.Driver, command: World, few: Path) -> Iterator[str]:
    """A database with their graph, beside which a memory of few messages is to be kept; the sample is in the default
    store too."""
    assert command("ingest", str(few)).code == 0
    records = [json.loads(line) for line in command("graph", "export", "--format", "jsonl").out.splitlines()]
    nodes = [
        {
            "label": each["kind"].capitalize(),
            "properties": {"id": each["id"], "name": each.get("name", ""), "folded": each.get("name", "").lower()},
        }
        for each in records
        if each["type"] == "node"
    ]
    edges = [
        {"source": each["source"], "target": each["target"], "type": each["kind"].upper()}
        for each in records
        if each["type"] == "edge"
    ]
    driver.execute_query(_BESIDE, nodes=nodes)
    driver.execute_query(_EDGES, edges=edges)
    yield url
    driver.execute_query(THEIRS + "DETACH DELETE n")


def state(driver: neo4j.Driver) -> list[Any]:
    """All that is theirs, and what they tied to ours."""
    return driver.execute_query(
        THEIRS
        + """OPTIONAL MATCH (n)-[r]-(m)
        RETURN elementId(n), labels(n), n {.*}, type(r), r {.*}, elementId(m), elementId(r)
        ORDER BY elementId(n), elementId(r)"""
    ).records


def test_theirs_is_neither_touched_nor_seen(
    beside: str, driver: neo4j.Driver, command: World, few: Path, tmp_path: Path
) -> None:
    before = state(driver)
    assert len(before) > 100
    assert command("ingest", str(few), "--store", beside, "--json").data["added"] == 24
    assert state(driver) == before
    driver.execute_query(_ACROSS)
    before = state(driver)

    def told(*arguments: str) -> list[str]:
        """What a command says of the memory beside theirs, and of the one on its own."""
        ran = [command(*arguments, *store) for store in (["--store", beside], [])]
        assert [(each.code, each.err) for each in ran] == [(0, ""), (0, "")]
        return [each.out for each in ran]

    for arguments in ("graph export", "graph stats --json", "note list --json", "entity list --json --limit 500"):
        here, alone = told(*arguments.split())
        assert here == alone
        assert "Zoe" not in here
    here, alone = told("graph", "neighbors", "Priya", "--json")
    assert here == alone
    for question in (QUESTION, "What does Zoe say about chalk?", "What did Priya say?"):
        one, other = (json.loads(each)["data"] for each in told("ask", question, "--json"))
        assert "chalk" not in json.dumps(one["hits"])
        assert {hit["text"] for hit in one["hits"]} == {hit["text"] for hit in other["hits"]}
    assert resolved(beside) == resolved(f"sqlite:///{command.home}/memory.db")
    here, alone = (json.loads(each)["data"] for each in told("store", "info", "--json"))
    assert [here[name] for name in ("nodes", "edges", "sources")] == [
        alone[name] for name in ("nodes", "edges", "sources")
    ]

    copied = command("store", "copy", beside, f"{tmp_path}/copy.db", "--json")
    assert (copied.code, copied.data["differing"]) == (0, 0)
    assert command("store", "backup", f"{tmp_path}/backup.gz", "--store", beside).code == 0
    assert command("store", "restore", f"{tmp_path}/backup.gz", "--store", f"{tmp_path}/restored.db").code == 0
    alone = command("graph", "export").out
    for name in ("copy", "restored"):
        assert command("graph", "export", "--store", f"{tmp_path}/{name}.db").out == alone
    assert command("store", "copy", f"{tmp_path}/copy.db", beside, "--json").data["written"] == 0
    assert command("ingest", str(few), "--store", beside, "--json").data["added"] == 0
    assert state(driver) == before
