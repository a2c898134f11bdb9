"""Every Cypher query of the documentation gives what its page shows, writes nothing, and draws no remark."""

from __future__ import annotations

import re
from collections.abc import Iterator

import neo4j
import pytest

from tests.transcripts.cypher import ROOT, Example, answer, examples, pages, sampled, table

EXAMPLES = [
    pytest.param(each, id=f"{page.stem}-{number}")
    for page in pages()
    for number, each in enumerate(examples(page), start=1)
]


@pytest.fixture(scope="module")
def driver(neo4j_url: str) -> Iterator[neo4j.Driver]:
    with sampled(neo4j_url) as opened:
        yield opened


def test_there_are_queries() -> None:
    assert len(examples(ROOT / "docs/how-to/query-with-cypher.md")) >= 12
    assert len(EXAMPLES) > 12


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_query_gives_what_its_page_shows(driver: neo4j.Driver, example: Example) -> None:
    found = answer(driver, example.query)
    assert found.records
    assert table(found) == example.table, "python -m tests.transcripts.cypher writes the tables anew"
    assert found.summary.query_type == "r"
    assert [status.status_description for status in found.summary.gql_status_objects if status.is_notification] == []


@pytest.mark.parametrize("query", ["MATCH (n:Nothing) RETURN n", "MATCH (n:Note) RETURN n.nothing"])
def test_what_is_not_there_draws_a_remark(driver: neo4j.Driver, query: str) -> None:
    assert any(status.is_notification for status in answer(driver, query).summary.gql_status_objects)


def test_a_query_that_writes_is_refused(driver: neo4j.Driver) -> None:
    with pytest.raises(neo4j.exceptions.ClientError):
        answer(driver, "CREATE (n:Note) RETURN n")


def test_what_removes_a_memory_leaves_nothing_of_it(driver: neo4j.Driver) -> None:
    page = (ROOT / "docs/how-to/use-neo4j.md").read_text("utf-8")
    remove, *show = [
        statement
        for block in re.findall(r"```cypher\n(.*?);\n```", page, re.DOTALL)
        for statement in block.split(";\n")
    ]
    driver.execute_query("CREATE (:Note {title: 'theirs'})")
    with driver.session() as session:
        session.run(remove).consume()
        drops = [row["statement"] for statement in show for row in session.run(statement)]
        assert len(drops) > 10
        for drop in drops:
            session.run(drop.rstrip(";")).consume()
        left = [
            label for row in session.run("MATCH (n) RETURN DISTINCT labels(n) AS labels") for label in row["labels"]
        ]
        assert "Note" in left
        assert not [label for label in left if label.startswith("_Memcli")]
        assert not [row for row in session.run("SHOW INDEXES YIELD name") if row["name"].startswith("memcli")]
        session.run("MATCH (n:Note {title: 'theirs'}) DELETE n").consume()
