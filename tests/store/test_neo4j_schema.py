"""Constraints and indexes of somebody else where memcli wants its own, and what a Cypher export leaves there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

from graph.store.neo4j.migrations import MIGRATIONS
from graph.store.neo4j.schema import planned
from graph.store.neo4j.store import Neo4jStore
from memcli.render.progress import TerminalProgress
from memcli.session import Terminals
from tests.app.world import World
from tests.store.friends import FRIENDS, QUESTION, Graph, graph_of
from tests.store.test_cypher_script import load, unload

HARMFUL = {
    "INDEX memcli_id FOR (n:Other) ON (n.id)": "memcli_id",
    "INDEX memcli_id FOR ()-[r:OTHER]-() ON (r.id)": "memcli_id",
    "CONSTRAINT memcli_name FOR (n:Other) REQUIRE n.folded IS UNIQUE": "memcli_name",
    "FULLTEXT INDEX memcli_piece FOR (n:Other) ON EACH [n.text]": "memcli_piece",
    "FULLTEXT INDEX memcli_whole FOR (n:_MemcliText) ON EACH [n.words, n.scope, n.space]": "memcli_whole",
    "FULLTEXT INDEX theirs FOR (n:_MemcliText) ON EACH [n.words, n.scope, n.space]": "theirs",
    "INDEX theirs FOR (n:_Memcli) ON (n.id)": "theirs",
    "INDEX `the irs` FOR (n:_MemcliSpeaker) ON (n.scope, n.folded)": "the irs",
}


def test_what_is_in_the_way_is_named(bare: str, driver: neo4j.Driver, command: World) -> None:
    for theirs, name in HARMFUL.items():
        driver.execute_query(f"CREATE {theirs}")
        told = command("ingest", str(FRIENDS), "--store", bare)
        assert told.code == 4, theirs
        assert f"in the place of one of memcli's: {name}\nhint: drop it with `DROP" in told.err
        made = driver.execute_query("SHOW INDEXES YIELD name WHERE name STARTS WITH 'memcli'").records
        assert {row["name"] for row in made} <= {name}
        assert driver.execute_query("MATCH (n) RETURN n").records == []
        driver.execute_query(f"DROP {theirs.partition(' ')[0].replace('FULLTEXT', 'INDEX')} `{name}`")


HARMLESS = (
    "CONSTRAINT t1 FOR (n:_Memcli) REQUIRE n.id IS UNIQUE",
    "INDEX t2 FOR (n:_Memcli) ON (n.folded)",
    "TEXT INDEX t3 FOR (n:_MemcliSpeaker) ON (n.folded)",
    "FULLTEXT INDEX t4 FOR (n:Note|Entity) ON EACH [n.title, n.name]",
    "FULLTEXT INDEX t5 FOR (n:_MemcliText|_MemcliPiece) ON EACH [n.words, n.scope, n.space]",
    "CONSTRAINT t6 FOR (n:Person) REQUIRE n.id IS UNIQUE",
    "INDEX t7 FOR ()-[r:MENTIONS]-() ON (r.weight)",
)


def test_what_does_no_harm_stays(bare: str, driver: neo4j.Driver, command: World, few: Path, graph: Graph) -> None:
    for theirs in HARMLESS:
        driver.execute_query(f"CREATE {theirs}")
    assert command("ingest", str(few), "--store", bare).code == 0
    assert graph_of(bare) == graph
    assert command("ask", "What did Priya say?", "--store", bare, "--json").data["hits"]
    assert len(driver.execute_query("SHOW INDEXES YIELD name WHERE name STARTS WITH 't'").records) == len(HARMLESS)


def test_the_plan_is_what_is_made(bare: str, driver: neo4j.Driver) -> None:
    Neo4jStore(bare, create=True).close()
    made = driver.execute_query("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'").records
    assert {row["name"]: row["type"] for row in made} == {name: each.type for name, each in planned().items()}
    constraints = driver.execute_query("SHOW CONSTRAINTS YIELD name").records
    assert {row["name"] for row in constraints} == {name for name, each in planned().items() if each.constrains}


def test_a_schema_of_a_newer_memcli(url: str, driver: neo4j.Driver, command: World) -> None:
    Neo4jStore(url, create=True).close()
    driver.execute_query("CREATE (:_MemcliMigration {name: 'in_years', number: 99})")
    try:
        for arguments in (["ingest", str(FRIENDS)], ["ask", QUESTION], ["store", "info"]):
            told = command(*arguments, "--store", url)
            assert told.code == 4
            assert "was written by a newer memcli (it has in_years)\nhint: upgrade memcli" in told.err
    finally:
        driver.execute_query("MATCH (m:_MemcliMigration {name: 'in_years'}) DELETE m")


def test_texts_of_an_older_memcli_become_as_long_as_in_sqlite(
    url: str, driver: neo4j.Driver, command: World, few: Path
) -> None:
    indexed = """MATCH (t:_MemcliText|_MemcliPiece) RETURN t.words AS words ORDER BY words
        UNION ALL MATCH (w:_MemcliWord) RETURN w.word + ' ' + w.wholes + ' ' + w.pieces AS words ORDER BY words"""
    assert command("ingest", str(few), "--store", url).code == 0
    before = driver.execute_query(indexed).records
    driver.execute_query("MATCH (t:_MemcliText|_MemcliPiece) SET t.words = replace(t.words, ' .', '')")
    driver.execute_query("MATCH (w:_MemcliWord {word: '.'}) DELETE w")
    for done in (1, 2):
        # Broken off before it was recorded, the second time.
        driver.execute_query("MATCH (m:_MemcliMigration {name: 'equal_lengths'}) DELETE m")
        assert command("store", "info", "--store", url).code == 0, done
        assert driver.execute_query(indexed).records == before


def test_a_terminal_sees_how_that_gets_on(
    url: str, driver: neo4j.Driver, command: World, few: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = "MATCH (t:_MemcliText|_MemcliPiece) "
    told: list[object] = []

    def advanced(self: TerminalProgress, *given: int) -> None:
        done = driver.execute_query(texts + "WHERE t.words ENDS WITH ' .' RETURN count(t) AS number").records
        told.append((*given, done[0]["number"]))

    monkeypatch.setattr(TerminalProgress, "begin", lambda self, *given: told.append(given))
    monkeypatch.setattr(TerminalProgress, "end", lambda self: told.append("end"))
    monkeypatch.setattr(TerminalProgress, "advance", advanced)
    fewer = tuple(each.replace("2000", "4") for each in MIGRATIONS["equal_lengths"])
    monkeypatch.setitem(MIGRATIONS, "equal_lengths", fewer)  # type: ignore[arg-type]
    assert command("ingest", str(few), "--store", url).code == 0
    number = driver.execute_query(texts + "RETURN count(t) AS number").records[0]["number"]
    command.terminals = Terminals(stderr=True)
    before = command("store", "info", "--store", url)
    for flags in (["--quiet"], []):
        assert told == []
        driver.execute_query(texts + "SET t.words = replace(t.words, ' .', '')")
        driver.execute_query("MATCH (m:_MemcliMigration {name: 'equal_lengths'}) DELETE m")
        assert command("store", "info", "--store", url, *flags) == before
    begun, *steps, end = told
    assert (begun, end) == (("migrating", None), "end")
    assert [done for done, _, _ in steps] == [*range(4, number, 4), number]
    # It is told while more is to be done.
    assert steps[0][2] < number


def test_nodes_of_others_with_our_labels(bare: str, driver: neo4j.Driver, command: World) -> None:
    driver.execute_query("CREATE (:_Memcli {id: 1}), (:_Memcli {id: 1})")
    told = command("ingest", str(FRIENDS), "--store", bare)
    assert told.code == 4
    assert "somebody else's nodes have memcli's labels\nhint: use another database" in told.err


@pytest.fixture
def script(url: str, driver: neo4j.Driver, command: World, graph: Graph) -> Iterator[str]:
    """A Cypher export of that graph."""
    unload(driver)
    yield command("graph", "export", "--format", "cypher").out
    unload(driver)


def test_a_cypher_export_in_the_way(
    url: str, driver: neo4j.Driver, command: World, few: Path, graph: Graph, script: str
) -> None:
    load(driver, script)
    loaded = "MATCH (n) WHERE NOT n:_Memcli AND NOT n:_MemcliEvent AND n.id IS NOT NULL RETURN count(n) AS number"
    assert driver.execute_query(loaded).records[0]["number"] == len(graph[0])
    told = command("ingest", str(few), "--store", url)
    assert told.code == 4
    assert "somebody else's constraint on Interaction.id keeps the memory from being written\nhint: drop it" in told.err
    for row in driver.execute_query("SHOW CONSTRAINTS YIELD name, labelsOrTypes AS on WHERE on[0] <= 'Z'").records:
        driver.execute_query(f"DROP CONSTRAINT {row['name']}")
    assert command("ingest", str(few), "--store", url).code == 0
    assert graph_of(url) == graph
    assert driver.execute_query(loaded).records[0]["number"] == len(graph[0])


def test_a_cypher_export_loaded_into_its_own_memory(
    url: str, driver: neo4j.Driver, command: World, few: Path, graph: Graph, script: str
) -> None:
    assert command("ingest", str(few), "--store", url).code == 0
    load(driver, script)
    assert graph_of(url) == graph
    assert command("ingest", str(FRIENDS.parent / "meetings.md"), "--store", url).code == 0
