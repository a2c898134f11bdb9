"""Processes that die in the middle, and processes that run at the same time: the graph comes out the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graph.model import EdgeKind, NodeKind
from tests.ingest.memories import edges, exported, ingested, long_talk, nodes, written

ROOT = Path(__file__).resolve().parents[2]
KILLS = 60


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
def test_an_ingest_that_is_killed_again_and_again_ends_as_any_other(tmp_path: Path) -> None:
    chat = written(tmp_path / "chat.jsonl", long_talk(400))
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    command = [sys.executable, "-m", "tests.ingest.crashes", str(crashed), str(chat), str(KILLS), "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["kills"] >= KILLS
    # Many different states were left behind, or the kills came at the wrong time.
    assert told["states"] >= 10
    ingested(tmp_path / "whole.db", chat)
    undisturbed = exported(tmp_path / "whole.db")
    for store in crashed.glob("*.db"):
        assert exported(store) == undisturbed


CODE = """
import sys
from pathlib import Path
from tests.ingest.memories import ingested
store, *paths = map(Path, sys.argv[1:])
sys.stdin.readline()
report = ingested(store, *paths, ingest_batch=5)
print(report.read, report.added, report.skipped, report.rejected)
"""


def at_once(store: Path, *inputs: Path) -> list[tuple[int, ...]]:
    """Ingest each of `inputs` in a process of its own, all begun together; return what each reports."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", CODE, str(store), str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for path in inputs
    ]
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    told = [each.communicate()[0] for each in running]
    assert [each.returncode for each in running] == [0] * len(inputs)
    return [tuple(map(int, each.split())) for each in told]


def test_two_ingests_of_the_same_at_once_make_the_graph_of_one(tmp_path: Path) -> None:
    folder = tmp_path / "chats"
    folder.mkdir()
    for name in "abc":
        written(folder / f"{name}.jsonl", long_talk(100, name))
    told = at_once(tmp_path / "memory.db", folder, folder, folder)
    assert [read for read, *_ in told] == [300] * 3
    assert sum(added for _, added, *_ in told) == 300
    assert all(added + skipped == 300 for _, added, skipped, _ in told)
    ingested(tmp_path / "whole.db", folder)
    assert exported(tmp_path / "memory.db") == exported(tmp_path / "whole.db")


def test_ingests_of_different_files_at_once_all_come_to_their_end(tmp_path: Path) -> None:
    chats = [written(tmp_path / f"{name}.jsonl", long_talk(150, name)) for name in "abcd"]
    told = at_once(tmp_path / "memory.db", *chats)
    assert told == [(150, 150, 0, 0)] * 4
    ingested(tmp_path / "whole.db", *chats)
    # Which chat was first decides what links to what; what was said and in which order is the same.
    assert nodes(tmp_path / "memory.db", NodeKind.INTERACTION) == nodes(tmp_path / "whole.db", NodeKind.INTERACTION)
    for kind in (EdgeKind.NEXT, EdgeKind.REPLIES_TO, EdgeKind.SAID_BY, EdgeKind.ANSWERED_BY, EdgeKind.MENTIONS):
        assert edges(tmp_path / "memory.db", kind) == edges(tmp_path / "whole.db", kind)
