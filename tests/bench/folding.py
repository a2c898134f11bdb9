"""Folding, measured: what it costs in recall to fold the older half of a memory's episodes, however strong they are.

A folded hit cites several messages, which counts for recall; beside that stands the recall of what is shown in words.

    python tests/bench/folding.py --data SETS [--set NAME …] [--keep DIR] [--models DIR]

`--keep` is a folder of SQLite memories, each named after its set; what is not there is taken in first. Each is copied.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from graph.memory import Memory
from graph.model import Form, Hit, Interaction, NodeKind, Question, Reply, Selection
from graph.retention import age
from graph.settings import Settings
from memcli.evals.sets import EvalQuestion, EvalSet, discover

DEPTH = 10
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def replies(settings: Settings, questions: Sequence[EvalQuestion]) -> list[Reply]:
    """What is replied to each question."""
    with Memory.open(settings) as memory:
        return [
            memory.ask(Question(each.text, asked_at=each.asked_at, conversation=each.conversation, limit=DEPTH))
            for each in questions
        ]


def folded(settings: Settings) -> str:
    """Fold the older half; say how much that is."""
    with Memory.open(settings) as memory:
        kept = memory.episodes(Selection(), NOW)
        ages = sorted(old for each in kept if (old := age(each.episode, NOW)) is not None)
        done = memory.fold(NOW, ages[len(ages) // 2]).episodes
        return f"{len(done)} of {len(kept)} episodes"


def row(chosen: EvalSet, store: Path, models: str) -> list[str]:
    """The questions of a set, what is folded, and R@10 without folding, with it, and with it of what is shown."""
    settings = Settings(store=f"sqlite:///{store}", models=models)
    questions = [each for each in chosen.questions() if each.gold]
    before = replies(settings, questions)
    much = folded(settings)
    after = replies(settings, questions)
    with Memory.open(settings) as memory:
        said = {each.id: each for each in memory.nodes(Selection((NodeKind.INTERACTION,)))}
    figures = []
    for some, shown in ((before, False), (after, False), (after, True)):
        found = [{id for hit in each.hits for id in _cited(hit, said, shown=shown)} for each in some]  # type: ignore[arg-type]
        figures.append(fmean(len(each.gold & one) / len(each.gold) for each, one in zip(questions, found, strict=True)))
    values = sum(one.answer.value != other.answer.value for one, other in zip(before, after, strict=True))
    words = [fmean(sum(len(hit.text.split()) for hit in each.hits) for each in some) for some in (before, after)]
    return [
        chosen.name,
        str(len(questions)),
        much,
        *(f"{each:.4f}" for each in figures),
        *(f"{each:.0f}" for each in words),
        str(values),
    ]


def _cited(hit: Hit, said: dict[str, Interaction], *, shown: bool) -> set[str]:
    """The ids of the messages, or the document, that a hit cites; with `shown`, of those whose whole text is in it."""
    cited = (said[each.interaction] for each in hit.sources)
    return {
        each.key
        for each in cited
        if not shown or not hit.episode or each.form is Form.DOCUMENT or each.text in hit.text
    }


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="Measure folding.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--models", default="")
    given = parser.parse_args(arguments)
    print(
        "| set | questions | folded | R@10 | R@10 folded | of what is shown | words | words folded | values changed |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for chosen in discover(given.data, given.set):
            kept, store = (given.keep or Path(folder)) / f"{chosen.name}.db", Path(folder) / "copy.db"
            if not kept.exists():
                with Memory.open(Settings(store=f"sqlite:///{kept}", models=given.models), create=True) as memory:
                    memory.ingest(chosen.inputs)
            shutil.copy(kept, store)
            print("| " + " | ".join(row(chosen, store, given.models)) + " |", flush=True)
            for each in Path(folder).glob("copy.db*"):
                each.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
