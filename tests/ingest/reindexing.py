"""Reindex a store, and be killed at a write: `python -m tests.ingest.reindexing STORE WRITES inside|after`."""

from __future__ import annotations

import sys

from graph.reindex import reindex
from graph.store.registry import open_store
from tests.embedding.words import WordEmbedder
from tests.store.moving import Dying


def main() -> None:
    """Die at that write, before it is committed or after; -1 is none."""
    url, writes, where = sys.argv[1:]
    dying = Dying(open_store(url, create=False), int(writes), committed=where == "after")
    sys.stdout.write(f"{reindex(dying, WordEmbedder(), dying).embedded}\n")  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
