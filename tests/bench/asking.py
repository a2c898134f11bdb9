"""What a question costs in a memory of so many messages, beside what it is made of.

    python -m tests.bench.asking --data SETS --messages 10000 [--models DIR] [--output DIR]

Each tier has a bound: full text five times a plain FTS5 query of the same words on the same index; vectors that, one
embedding of the question and one exact scan of as many vectors by numpy; tokens three times that of vectors; a new
process one and a half times one that imports the same libraries, opens the file and embeds the question. Vectors and
tokens are random, of the form and the number that texts of the same length would have: what they cost does not depend
on what they say.
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
from tests.bench.speed import MEMCLI, imported, interleaved, python
from tests.bench.speed import timed as process
from tests.bench.store_speed import MODELLESS, folder_of, written

ASKED = 20
TOKENS_A_WORD = 1.3
TURNS = 5
FULL_TEXT, TOKENS, COLD = 5.0, 3.0, 1.5
"""How many times what stands beside it a question may take."""
_PLAIN = """SELECT rowid, bm25(whole_text, 0, 1, 1) AS score FROM whole_text WHERE whole_text MATCH ?
ORDER BY score LIMIT 10"""
_FROM_NOTHING = """
import importlib, json, sqlite3, sys
from pathlib import Path
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
from graph.embedding.registry import embedder_named
sqlite3.connect(sys.argv[2]).execute("SELECT count(*) FROM sqlite_master").fetchall()
embedder = embedder_named("auto", Path(sys.argv[3]))
(pieces,) = embedder.pieces([sys.argv[4]])
embedder.tokens(pieces)
"""


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
    """Yield a row for each tier: milliseconds of a question, its bound, and the median of the ratios."""
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
        found = [partial(_found, plain, match) for match in matched]
        idle = [_nothing] * len(questions)
        yield row(count, "text", asking(url, models, "text", questions), found, idle, bare / count)
        vectors = embed(url, encoder)
        grown = Path(name, "memory.db").stat().st_size
        scan = numpy.random.default_rng(1).normal(size=(vectors, model.dimensions)).astype(numpy.float32)

        def by_hand(question: Question) -> None:
            (pieces,) = encoder.pieces([question.text])
            numpy.argsort(scan @ encoder.tokens(pieces).mean(axis=0))

        nearest = [partial(by_hand, question) for question in questions]
        for tier in ("vectors", "tokens"):
            yield row(count, tier, asking(url, models, tier, questions), found, nearest, grown / count)
        yield cold(count, url, models, questions[0].text, grown / count)


def _nothing() -> None:
    """Full text has no vectors."""


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
    count: int,
    tier: str,
    ask: Sequence[Callable[[], object]],
    found: Sequence[Callable[[], object]],
    nearest: Sequence[Callable[[], object]],
    size: float,
) -> dict[str, Any]:
    """A row of a tier: its questions beside full text alone, and beside an embedding with a scan.

    They are run in turns, and the least of three times counts after one that warms up.
    """
    each = list(zip(ask, found, nearest, strict=True))
    turns = [[[timed(work) for work in works] for works in each] for _ in range(4)][1:]
    times = [tuple(map(min, zip(*some, strict=True))) for some in zip(*turns, strict=True)]
    parts = TOKENS if tier == "tokens" else 1.0
    bounds = [parts * (FULL_TEXT * plain + near) for _, plain, near in times]
    own, plain, near = (median(side) * 1000 for side in zip(*times, strict=True))
    ratios = [one / bound for (one, *_), bound in zip(times, bounds, strict=True)]
    beside = {"full_text_ms": round(plain, 1), "nearest_ms": round(near, 1)}
    return _row(count, tier, own, median(bounds) * 1000, median(ratios), size) | beside


def cold(count: int, url: str, models: Path, question: str, size: float) -> dict[str, Any]:
    """The row of a new process that asks with vectors and tokens."""
    given = ["ask", question, "--store", url, "--json"]
    env = {"MEMCLI_MODELS": str(models.resolve()), "OMP_NUM_THREADS": "1"}
    modules = json.dumps(imported(given, env))
    other = [*python(_FROM_NOTHING), modules, url.removeprefix("sqlite:///"), env["MEMCLI_MODELS"], question]
    ours, theirs = partial(process, [*MEMCLI, *given], env), partial(process, other, env)
    pair = interleaved("memcli ask", ours, "importing, opening and embedding", theirs, TURNS)
    bound = COLD * pair.beside_ms
    return _row(count, "new process", pair.memcli_ms, bound, pair.ratio / COLD, size)


def _row(count: int, tier: str, own: float, bound: float, ratio: float, size: float) -> dict[str, Any]:
    return {
        "messages": count,
        "tier": tier,
        "ask_ms": round(own, 1),
        "bound_ms": round(bound, 1),
        "ratio": round(ratio, 2),
        "bytes_a_message": round(size),
    }


def timed(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def markdown(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "# What a question costs\n\n`python -m tests.bench.asking`, "
    yield f"memcli {__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} processors. "
    yield f"Medians of {ASKED} questions of longmemeval on so many of its messages, warm, in one process; of a new "
    yield f"process, of {TURNS} turns. The bound of `text` is {FULL_TEXT:g} times a plain FTS5 query of the same words "
    yield "for ten rows; that of `vectors` the same, one embedding of the question and one exact scan by numpy; "
    yield f"that of `tokens` {TOKENS:g} times as much; that of a new process {COLD:g} times one that imports the same "
    yield "libraries, opens the file and embeds the question. Ratios are medians of the questions' ratios; where "
    yield "one is above 1, the bound is missed. Vectors and tokens are random numbers of the size that the texts would "
    yield "have; bytes are those of the whole file.\n\n"
    yield "| messages | tier | ask | plain FTS5 | embedding and scan | bound | ask / bound | bytes a message |\n"
    yield "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    for each in rows:
        beside = [f"{each[part]} ms" if each.get(part) else "" for part in ("full_text_ms", "nearest_ms")]
        yield f"| {each['messages']:,} | {each['tier']} | {each['ask_ms']} ms | {' | '.join(beside)} "
        yield f"| {each['bound_ms']} ms | {each['ratio']} | {each['bytes_a_message']:,} |\n"


if __name__ == "__main__":
    main()
