"""A document gives one hit: its best section."""

from __future__ import annotations

import json
from pathlib import Path

from graph.memory import Memory
from graph.model import Question
from graph.settings import Settings


def test_sections_of_a_document_take_no_other_place(tmp_path: Path) -> None:
    long = "\n\n".join(f"Otters of river {number}. " + "The otter swims and dives. " * 40 for number in range(6))
    rows = [{"id": "long", "title": "Otters", "text": long}, {"id": "short", "title": "Zoo", "text": "An otter."}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with Memory.open(Settings(store=f"sqlite:///{tmp_path}/m.db", ingest_extractor="rules"), create=True) as memory:
        memory.ingest([tmp_path / "a.jsonl"])
        hits = memory.ask(Question("Where do otters swim?", limit=2)).hits
    assert [hit.sources[0].document for hit in hits] == ["long", "short"]
