"""Several processes on one database at once."""

from __future__ import annotations

import json
import subprocess
from contextlib import ExitStack
from pathlib import Path

import neo4j

from graph.store.neo4j.migrations import NAMES
from tests.store.friends import FRIENDS, PATIENCE, Graph, begun, graph_of, until

QUESTIONS = FRIENDS.parent / "questions.jsonl"
ASKED = 12
MIGRATED = "MATCH (m:_MemcliMigration) RETURN m"


def test_two_take_in_and_four_ask(bare: str, driver: neo4j.Driver, tmp_path: Path, whole: Graph) -> None:
    """Both make the schema, and then take in the same source; the others ask as soon as there is a memory."""
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(QUESTIONS.read_text("utf-8").splitlines(keepends=True)[:ASKED]), "utf-8")
    with ExitStack() as stack:

        def begin(number: int, *arguments: str, **environment: str) -> list[subprocess.Popen[str]]:
            line = (*arguments, "--store", bare, "--json")
            return [stack.enter_context(begun(tmp_path, *line, **environment)) for _ in range(number)]

        writers = begin(2, "ingest", str(FRIENDS), MEMCLI_INGEST_BATCH="16")
        until(lambda: len(driver.execute_query(MIGRATED).records) == len(NAMES), writers[0])
        askers = begin(4, "ask", "--batch", str(questions))
        told = [each.communicate(timeout=PATIENCE) for each in (*writers, *askers)]
        assert [each.returncode for each in (*writers, *askers)] == [0] * 6, told
    reports = [json.loads(out)["data"] for out, _ in told[:2]]
    assert sum(each["added"] for each in reports) == 211
    assert sum(each["skipped"] for each in reports) == 211
    assert graph_of(bare) == whole
    assert [len(out.splitlines()) for out, _ in told[2:]] == [ASKED] * 4
