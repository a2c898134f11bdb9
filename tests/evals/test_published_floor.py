"""The floor gives the published figures of plain BM25 on the sets that MEMCLI_EVAL_DATA names."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import fmean

import pytest

from memcli.evals.baseline import Floor
from memcli.evals.measures import MEASURES
from memcli.evals.runner import records
from memcli.evals.sets import discover

DATA = os.environ.get("MEMCLI_EVAL_DATA", "")
NAMES = ("R@5", "R@10", "all@5", "MRR", "R@1000t")

PUBLISHED = {
    "locomo": (760, 0.544, 0.633, 0.492, 0.486, 0.704),
    "realtalk": (214, 0.477, 0.572, 0.374, 0.468, 0.628),
    "hotpotqa": (100, 0.810, 0.890, 0.620, 0.910, 0.895),
}


@pytest.mark.skipif(not DATA, reason="MEMCLI_EVAL_DATA names no folder")
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_floor(name: str) -> None:
    if not (Path(DATA) / name).is_dir():
        pytest.skip(f"no {name} there")
    (each,) = discover(Path(DATA), [name])
    questions = [question for question in each.questions() if question.answerable and question.gold]
    with Floor(records(each.inputs, 1_000_000)) as floor:
        hits = [floor.search(question.text, question.conversation, 20)[0] for question in questions]
    count, *figures = PUBLISHED[name]
    pairs = list(zip(hits, (question.gold for question in questions), strict=True))
    assert len(pairs) == count
    assert [fmean(MEASURES[measure](*pair) for pair in pairs) for measure in NAMES] == pytest.approx(
        figures, abs=0.0051
    )
