"""What a question costs in a memory of so many messages, beside what it is made of.

    python -m tests.bench.asking --data SETS --messages 10000 [--models DIR] [--output DIR]

Full text alone stands beside a plain FTS5 query of the same words on the same index; vectors and tokens beside the one
embedding of the question and one exact scan of as many vectors by numpy. Vectors and tokens are random, of the form and
the number that texts of the same length would have: what they cost does not depend on what they say.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy

from graph.embedding.catalog import EMBEDDING_MODELS, installed
from graph.embedding.encoder import Encoder
from graph.embedding.interaction import packed
from graph.memory import Memory
from graph.model import Changes, Interaction, NodeKind, Question, Selection, Vector
from graph.settings import Settings
from graph.store.registry import open_store
from graph.text import terms
from memcli import __version__
from memcli.evals.sets import EvalSet
from memcli.evals.tiers import TIERS
from tests.bench.store_speed import MODELLESS, folder_of, written

ASKED = 20
TOKENS_A_WORD = 1.3
_PLAIN = """SELECT rowid, bm25(whole_text, 0, 1, 1) AS score FROM whole_text WHERE whole_text MATCH ?
ORDER BY score LIMIT 10"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a question set or a folder of sets")
    parser.add_argument("--messages", type=int, action="append", help="messages in the memory; repeatable")
    parser.add_argument("--models", type=Path, default=Path(".cache/models"), help="where the model lies")
    parser.add_argument("--output", type=Path, help="write asking.json and asking.md here")
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    rows = [row for count in given.messages or [10_000] for row in measured(given.data, count, given.models)]
    page = "".join(markdown(rows))
    sys.stdout.write(page)
    if given.output:
        (given.output / "asking.json").write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
        (given.output / "asking.md").write_text(page, "utf-8")


def measured(data: Path, count: int, models: Path) -> Iterator[dict[str, Any]]:
    """Yield a row for each tier: milliseconds of a question, of what stands beside it, and the median of the ratios."""
    folder = folder_of(data, "longmemeval")
    questions = [Question(each.text) for each in EvalSet(folder.name, folder).questions()[:ASKED]]
    (model,) = EMBEDDING_MODELS.values()
    place = installed(models, model)
    if place is None:
        raise SystemExit(f"no {model.name} in {models}: `make models` fetches it")
    encoder = Encoder(model, place, threads=1)
    with tempfile.TemporaryDirectory(prefix="memcli-bench-") as name:
        url = f"sqlite:///{name}/memory.db"
        with Memory.open(Settings(store=url, **MODELLESS), create=True) as memory:
            memory.ingest(list(written(folder, count, Path(name))))
        bare = Path(name, "memory.db").stat().st_size
        plain = sqlite3.connect(f"{name}/memory.db")
        matched = [" OR ".join(f'"{each}"' for each in terms(question.text)) for question in questions]
        beside = [partial(_found, plain, match) for match in matched]
        yield row(count, "text", asking(url, models, "text", questions), beside, bare / count)
        vectors = embed(url, encoder)
        grown = Path(name, "memory.db").stat().st_size
        scan = numpy.random.default_rng(1).normal(size=(vectors, model.dimensions)).astype(numpy.float32)

        def by_hand(question: Question, match: str) -> None:
            _found(plain, match)
            (pieces,) = encoder.pieces([question.text])
            numpy.argsort(scan @ encoder.tokens(pieces).mean(axis=0))

        for tier in ("vectors", "tokens"):
            both = [partial(by_hand, question, match) for question, match in zip(questions, matched, strict=True)]
            yield row(count, tier, asking(url, models, tier, questions), both, grown / count)


def _found(plain: sqlite3.Connection, match: str) -> list[Any]:
    return plain.execute(_PLAIN, [match]).fetchall()


def asking(url: str, models: Path, tier: str, questions: Sequence[Question]) -> list[Callable[[], object]]:
    settings = replace(Settings(store=url, models=str(models.resolve())), **TIERS[tier])
    memory = Memory.open(settings)
    return [partial(memory.ask, question) for question in questions]


def embed(url: str, encoder: Encoder) -> int:
    """Give every message a vector and tokens, by chance; how many there are."""
    chance = numpy.random.default_rng(7)
    dimensions, kept = encoder.scale.basis.shape
    store = open_store(url, create=False)
    said = [each for each in store.nodes(Selection((NodeKind.INTERACTION,))) if isinstance(each, Interaction)]
    for start in range(0, len(said), 500):
        made = []
        for each in said[start : start + 500]:
            tokens = max(1, int(TOKENS_A_WORD * len(each.text.split())))
            vector = chance.normal(size=dimensions).astype(numpy.float32)
            codes = chance.bytes(-(-tokens * 2 // 5) * int(kept) // 4)
            pieces = packed(set(chance.integers(1000, 30_000, tokens).tolist()), [codes])
            made.append(Vector(each.id, encoder.name, (vector / numpy.linalg.norm(vector)).tobytes(), pieces))
        with store.transaction(write=True):
            store.save(Changes(vectors=tuple(made)))
    store.close()
    return len(said)


def row(
    count: int, tier: str, ask: Sequence[Callable[[], object]], beside: Sequence[Callable[[], object]], size: float
) -> dict[str, Any]:
    """The pairs are run twice in turns; the first time warms up."""
    times: list[tuple[float, float]] = []
    for _ in range(2):
        times = [(timed(one), timed(other)) for one, other in zip(ask, beside, strict=True)]
    own, other = (median(side) * 1000 for side in zip(*times, strict=True))
    return {
        "messages": count,
        "tier": tier,
        "ask_ms": round(own, 1),
        "beside_ms": round(other, 1),
        "ratio": round(median(one / two for one, two in times), 1),
        "bytes_a_message": round(size),
    }


def timed(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def markdown(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "# What a question costs\n\n`python -m tests.bench.asking`, "
    yield f"memcli {__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} processors. "
    yield f"Medians of {ASKED} questions of longmemeval on so many of its messages, warm, in one process. "
    yield "Beside `text` stands a plain FTS5 query of the same words for ten rows; beside `vectors` and `tokens` that, "
    yield "one embedding of the question and one exact scan of all vectors by numpy. Vectors and tokens are random "
    yield "numbers of the size that the texts would have; bytes are those of the whole file.\n\n"
    yield "| messages | tier | ask | beside | ratio | bytes a message |\n| ---: | --- | ---: | ---: | ---: | ---: |\n"
    for each in rows:
        yield f"| {each['messages']:,} | {each['tier']} | {each['ask_ms']} ms | {each['beside_ms']} ms | "
        yield f"{each['ratio']} | {each['bytes_a_message']:,} |\n"


if __name__ == "__main__":
    main()
