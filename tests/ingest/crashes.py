"""Ingest again and again in processes that are killed, until it is done: `python -m tests.ingest.crashes …`.

A program of its own, because only one without threads may fork at will.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path

from tests.ingest.memories import ingested, memory


def main() -> None:
    """Kill `wanted` ingests of `chat`, beginning a new store in `folder` whenever one is done all the same."""
    folder, chat, wanted, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    chance = random.Random(seed)
    ingested(folder / "warm.db", chat)
    kills, stores, seen = 0, 0, set()
    while kills < wanted:
        store = folder / f"{stores}.db"
        stores += 1
        while killed(store, chat, chance.uniform(0, 0.08)):
            kills += 1
            seen.add(looked_at(store))
    print(json.dumps({"kills": kills, "stores": stores, "states": len(seen)}))


def killed(store: Path, chat: Path, after: float) -> bool:
    """Ingest in a process that is killed after some seconds; return whether it was, or else came to its end."""
    child = os.fork()
    if not child:
        ingested(store, chat, ingest_batch=4)
        os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL), status
    return status != 0


def looked_at(store: Path) -> int:
    """Open what is left as memcli does and as SQLite does; return the number of interactions."""
    with memory(store) as opened:
        info = opened.info()
    checked = sqlite3.connect(store)
    assert checked.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert checked.execute("PRAGMA foreign_key_check").fetchall() == []
    for table in ("whole_text", "piece_text"):
        checked.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    (indexed,) = checked.execute("SELECT count(*) FROM whole_text").fetchone()
    (taken,) = checked.execute("SELECT coalesce(sum(records), 0) FROM checkpoint").fetchone()
    checked.close()
    there = info.nodes.get("interaction", 0)
    assert indexed == taken == there, (indexed, taken, there)
    return there


if __name__ == "__main__":
    main()
