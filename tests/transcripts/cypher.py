"""Pages with ```cypher blocks, each followed by the table of what it gives on `sample_data`.

    python -m tests.transcripts.cypher

starts a Neo4j, takes in `sample_data`, and writes the tables anew. A block that ends in a semicolon is not run.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import neo4j

from graph.memory import Memory
from graph.settings import Settings
from tests.neo4j_server.server import running

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(
    r"^```cypher\n(?P<query>(?:(?!```)[^\n]*\n)*?[^\n]*[^;\n])\n```\n(?P<table>(?:\n(?:\|[^\n]*\n)+)?)", re.MULTILINE
)
_WIDEST = 90
"""Letters of a cell; more are cut."""


@dataclass(frozen=True, slots=True)
class Example:
    """A query with the table below it, empty where there is none."""

    query: str
    table: str


def pages() -> list[Path]:
    """Every page with a query that can be run."""
    return sorted(page for page in (ROOT / "docs").rglob("*.md") if _BLOCK.search(page.read_text("utf-8")))


def examples(page: Path) -> list[Example]:
    """The queries of a page in order."""
    found = _BLOCK.finditer(page.read_text("utf-8"))
    return [Example(each["query"], each["table"].strip("\n")) for each in found]


@contextmanager
def sampled(url: str) -> Iterator[neo4j.Driver]:
    """A database with `sample_data` in it and nothing else of memcli's, by the rules, which are the same everywhere."""
    with neo4j.GraphDatabase.driver(url) as driver:
        clear(driver)
        with Memory.open(Settings(store=url, ingest_extractor="rules"), create=True) as memory:
            memory.ingest([ROOT / "sample_data"])
        yield driver
        clear(driver)


def clear(driver: neo4j.Driver) -> None:
    """Remove all that memcli keeps, but for the record of its schema."""
    driver.execute_query(
        "MATCH (n) WHERE any(l IN labels(n) WHERE l STARTS WITH '_Memcli' AND l <> '_MemcliMigration') DETACH DELETE n"
    )


def answer(driver: neo4j.Driver, query: str) -> neo4j.EagerResult:
    """What a query gives; one that would write is refused by the server."""
    return driver.execute_query(query, routing_=neo4j.RoutingControl.READ)  # type: ignore[arg-type]


def table(result: neo4j.EagerResult) -> str:
    """The rows of a result as a table of a page."""
    lines = [result.keys, ["---"] * len(result.keys), *([_cell(each) for each in row] for row in result.records)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    if isinstance(value, float):
        return f"{value:.2f}"
    text = " ".join(("" if value is None else str(value)).split()).replace("|", "\\|")
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1].rstrip() + "…"


def updated(text: str, driver: neo4j.Driver) -> str:
    """The page with every table as it comes out now."""
    return _BLOCK.sub(
        lambda found: f"```cypher\n{found['query']}\n```\n\n{table(answer(driver, found['query']))}\n", text
    )


def main(arguments: Sequence[str]) -> None:
    """Write the pages anew that are named, else all."""
    named = os.environ.get("MEMCLI_TEST_NEO4J_URL")
    with running() if not named else nullcontext() as server, sampled(named or server.url) as driver:
        for page in [Path(each).resolve() for each in arguments] or pages():
            page.write_text(updated(page.read_text("utf-8"), driver), "utf-8")
            print(page.relative_to(ROOT), file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
