"""Several processes on one database at once."""

from __future__ import annotations

import json
import time
from pathlib import Path

import neo4j

from graph.store.neo4j.migrations import NAMES
from tests.store.friends import FRIENDS, Graph, begun, graph_of

QUESTIONS = FRIENDS.parent / "questions.jsonl"
ASKED = 12


def test_two_take_in_and_four_ask(bare: str, driver: neo4j.Driver, tmp_path: Path, whole: Graph) -> None:
    """Both make the schema, and then take in the same source; the others ask as soon as there is a memory."""
    writers = [
        begun(tmp_path, "ingest", str(FRIENDS), "--store", bare, "--json", MEMCLI_INGEST_BATCH="16") for _ in range(2)
    ]
    until = time.monotonic() + 60
    while len(driver.execute_query("MATCH (m:_MemcliMigration) RETURN m").records) < len(NAMES):
        assert time.monotonic() < until
        time.sleep(0.1)
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(QUESTIONS.read_text("utf-8").splitlines(keepends=True)[:ASKED]), "utf-8")
    askers = [begun(tmp_path, "ask", "--batch", str(questions), "--store", bare, "--json") for _ in range(4)]
    told = [each.communicate(timeout=120) for each in (*writers, *askers)]
    assert [each.returncode for each in (*writers, *askers)] == [0] * 6, told
    reports = [json.loads(out)["data"] for out, _ in told[:2]]
    assert sum(each["added"] for each in reports) == 211
    assert sum(each["skipped"] for each in reports) == 211
    assert graph_of(bare) == whole
    assert [len(out.splitlines()) for out, _ in told[2:]] == [ASKED] * 4
