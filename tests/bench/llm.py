"""What a language model changes in recall: the questions of sample_data, asked without one and with its search terms.

    MEMCLI_LLM_URL=… MEMCLI_LLM_MODEL=… python -m tests.bench.llm --questions 40

Notes and links are not searched, so that refining these changes no recall; insights are walked over, and a question's
added terms are searched for. What was answered before is in the cache, so that a run that was broken off goes on.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from graph.memory import Memory
from graph.model import Question, Reply
from graph.settings import Settings

SAMPLES = Path(__file__).parents[2] / "sample_data"
DEPTHS = (1, 5, 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--keep", type=Path, default=Path(".cache/llm-bench"))
    parser.add_argument("--added", type=float, nargs="*", default=[0.3])
    chosen = parser.parse_args()
    chosen.keep.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        store=f"sqlite:///{chosen.keep.resolve()}/memory.db",
        ingest_extractor="rules",
        embedding_model="none",
        llm_url=os.environ["MEMCLI_LLM_URL"],
        llm_model=os.environ["MEMCLI_LLM_MODEL"],
        llm_key=os.environ.get("MEMCLI_LLM_KEY", ""),
        llm_timeout=600,
        llm_answers=False,
        llm_cache=str(chosen.keep / "replies.db"),
    )
    with Memory.open(settings, create=True) as memory:
        memory.ingest([SAMPLES])
    lines = (SAMPLES / "questions.jsonl").read_text("utf-8").splitlines()
    asked = [each for each in map(json.loads, lines) if each["gold"]][: chosen.questions]
    show("without a model", recalled(settings, asked))
    for weight in chosen.added:
        helped = replace(settings, llm_ask=True, recall_added=weight)
        show(f"with its terms, weight {weight:g}", recalled(helped, asked))


def recalled(settings: Settings, asked: Sequence[Any]) -> list[float]:
    """Mean recall of the evidence at each of `DEPTHS`, and the questions that the model helped with."""
    found = [0.0] * len(DEPTHS)
    helped = 0
    with Memory.open(settings) as memory:
        for each in asked:
            reply = memory.ask(Question(each["question"], limit=max(DEPTHS)))
            helped += bool(reply.reading.added)
            for place, depth in enumerate(DEPTHS):
                found[place] += part(reply, each["gold"], depth) / len(asked)
    return [*found, helped]


def part(reply: Reply, gold: Sequence[str], depth: int) -> float:
    ids = {source.message or source.document for hit in reply.hits[:depth] for source in hit.sources}
    return sum(each in ids for each in gold) / len(gold)


def show(name: str, measured: Sequence[float]) -> None:
    *found, helped = measured
    told = "  ".join(f"R@{depth} {value:.3f}" for depth, value in zip(DEPTHS, found, strict=True))
    print(f"{name:30} {told}  helped {helped:.0f}", flush=True)


if __name__ == "__main__":
    main()
