"""Links between notes, measured: precision and recall on labelled pairs, and what the n-th note costs.

Two messages that are evidence for the same question are related; random pairs of the same conversation are not.
Precision is told as if there were as many of the latter as of the former: a coin has .5. Beside memcli's links stands a
plain threshold on the cosine of each pair's vectors, and one on the names alone that two notes share.

    python tests/bench/links.py --data SETS [--set NAME …] [--keep DIR] [--notes 1000 10000] [--output DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from struct import unpack
from typing import Any

from msgspec import Struct

from graph.ids import note_id
from graph.memory import Memory
from graph.model import EdgeKind, Interaction, NodeKind, Selection, by_rule
from graph.ports import Store
from graph.settings import Settings
from graph.store.registry import open_store

RANDOM_PAIRS = 5
"""Random pairs for each related one."""
THRESHOLDS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85)
TURNS = 200
"""Notes over which the cost of one is measured."""

Pair = tuple[str, str]


class Labelled(Struct, frozen=True):
    """Pairs of interactions by id, each in order: related ones, and random ones of the same conversation."""

    related: frozenset[Pair]
    random: frozenset[Pair]


def labelled(folder: Path, said: Sequence[Interaction], noted: frozenset[str]) -> Labelled:
    """The pairs of a set of questions, of interactions that have notes."""
    place = {(each.conversation, each.key): each.id for each in said}
    by_key = {each.key: each.id for each in said}
    related: set[Pair] = set()
    for line in (folder / "questions.jsonl").read_text("utf-8").splitlines():
        question = json.loads(line)
        found = (place.get((question.get("conversation"), key)) or by_key.get(key) for key in question["gold"])
        related.update(combinations(sorted({id for id in found if id in noted}), 2))
    conversation = {each.id: each.conversation for each in said}
    members: dict[str, list[str]] = {}
    for each in said:
        if each.id in noted:
            members.setdefault(each.conversation, []).append(each.id)
    chance = random.Random(1)
    others: set[Pair] = set()
    for one, _ in sorted(related) * RANDOM_PAIRS:
        if len(members[conversation[one]]) > 1:
            first, second = sorted(chance.sample(members[conversation[one]], 2))
            others.add((first, second))
    return Labelled(frozenset(related), frozenset(others - related))


def measured(pairs: Labelled, linked: Callable[[Pair], bool]) -> tuple[float, float]:
    """Precision, were there as many random pairs as related ones, and recall."""
    right = sum(map(linked, pairs.related)) / len(pairs.related)
    wrong = sum(map(linked, pairs.random)) / len(pairs.random)
    return (right / (right + wrong) if right else 0.0), right


def rows(folder: Path, url: str) -> Iterator[tuple[str, float, float]]:
    """Yield (who decides, precision, recall) for a set that the store at `url` holds."""
    store = open_store(url, create=False)
    said = [each for each in store.nodes(Selection((NodeKind.INTERACTION,))) if isinstance(each, Interaction)]
    noted = frozenset(edge.target for edge in store.edges(None, (EdgeKind.DERIVED_FROM,)))
    pairs = labelled(folder, said, noted)
    edges = list(store.edges(None, (EdgeKind.LINKS_TO,)))
    links = {(edge.source, edge.target): edge.relation for edge in edges if by_rule(edge.decided_by)}
    near_by = frozenset((edge.source, edge.target) for edge in edges) - links.keys()
    vectors = {each.node: unpack(f"<{len(each.numbers) // 4}f", each.numbers) for each in store.vectors()}
    constant = by_names(store, said)
    store.close()

    def linked(kinds: frozenset[str], pair: Pair) -> bool:
        one, other = map(note_id, pair)
        return links.get((one, other)) in kinds or links.get((other, one)) in kinds

    def near(least: float, pair: Pair) -> bool:
        one, other = (vectors[each] for each in pair)
        return bool(sum(a * b for a, b in zip(one, other, strict=True)) >= least)

    kinds = frozenset(links.values())
    yield f"memcli, all {len(links)} links", *measured(pairs, partial(linked, kinds))
    if near_by:
        known = frozenset({*links, *near_by})
        yield f"and {len(near_by)} by `note derive`", *measured(pairs, partial(_either_way, known))
        yield "`note derive` alone", *measured(pairs, partial(_either_way, near_by))
    mixed = frozenset({"same_topic", "elaborates"})
    yield "memcli, by the mixture", *measured(pairs, partial(linked, mixed))
    for kind in sorted(kinds):
        yield f"memcli, {kind}", *measured(pairs, partial(linked, frozenset({kind})))
    yield f"names, a sum of .25, {len(constant)} links", *measured(pairs, lambda pair: pair in constant)
    if vectors:
        for least in THRESHOLDS:
            yield f"cosine ≥ {least}", *measured(pairs, partial(near, least))
    yield f"({len(pairs.related)} related pairs, {len(pairs.random)} random ones)", 0.5, 1.0


def _either_way(links: frozenset[Pair], pair: Pair) -> bool:
    one, other = map(note_id, pair)
    return (one, other) in links or (other, one) in links


def by_names(store: Store, said: Sequence[Interaction]) -> set[Pair]:
    """The pairs that a constant would link: the sum of 1 / document frequency over names that at most 24 notes share is
    .25 at least, and they are of the best five of the later note."""
    speakers = {edge.target for edge in store.edges(None, (EdgeKind.SAID_BY,))}
    names: dict[str, list[str]] = {}
    for edge in store.edges(None, (EdgeKind.MENTIONS, EdgeKind.ABOUT)):
        if edge.target not in speakers:
            names.setdefault(edge.source, []).append(edge.target)
    holders: dict[str, list[str]] = {}
    found: set[Pair] = set()
    for each in sorted(said, key=lambda each: (each.conversation, each.position)):
        weight: dict[str, float] = {}
        for name in names.get(note_id(each.id), ()):
            others = holders.setdefault(name, [])
            if len(others) < 24:
                weight |= {other: weight.get(other, 0.0) + 1 / (len(others) + 1) for other in others}
            others.append(each.id)
        best = sorted((other for other in weight if weight[other] >= 0.25), key=lambda other: (-weight[other], other))
        found |= {(min(each.id, other), max(each.id, other)) for other in best[:5]}
    return found


def turns(count: int) -> Iterable[Mapping[str, Any]]:
    """Messages of made-up conversations in which names come back, a few of them often."""
    chance = random.Random(2)
    for number in range(count):
        names = [f"Name{min(int(chance.paretovariate(0.6)), count // 4)}x" for _ in range(2)]
        words = " ".join(f"word{chance.randrange(3000)}" for _ in range(10))
        yield {
            "conversation": f"c{number // 500}",
            "id": str(number),
            "speaker": ("Ann", "Bob")[number % 2],
            "text": f"We saw {names[0]} near {names[1]}, {words}.",
        }


def cost(count: int, folder: Path) -> float:
    """Seconds that each of the `TURNS` notes after the first `count` takes, from text to what is committed."""
    first, more = folder / "first.jsonl", folder / "more.jsonl"
    lines = [json.dumps(each) + "\n" for each in turns(count + TURNS)]
    first.write_text("".join(lines[:count]), "utf-8")
    more.write_text("".join(lines[count:]), "utf-8")
    settings = Settings(store=f"sqlite:///{folder}/{count}.db", ingest_extractor="rules", embedding_model="none")
    with Memory.open(settings, create=True) as memory:
        memory.ingest([first])
        began = time.perf_counter()
        memory.ingest([more])
        return (time.perf_counter() - began) / TURNS


def report(data: Path, sets: Sequence[str], keep: Path, notes: Sequence[int]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# Links between notes\n"
    yield "`tests/bench/links.py` makes this page. " + " ".join((__doc__ or "").split("\n\n")[1].split()) + "\n"
    for name in sets:
        url = f"sqlite:///{keep}/{name}.db"
        with Memory.open(Settings(store=url, models=os.environ.get("MEMCLI_MODELS", "")), create=True) as memory:
            memory.ingest([data / name / "messages.jsonl"])
            memory.relate()
        yield f"## {name}\n"
        yield "| decided by | precision | recall |\n|---|---|---|"
        for who, precision, recall in rows(data / name, url):
            yield f"| {who} | {precision:.3f} | {recall:.3f} |"
        yield ""
    if notes:
        yield "## The cost of a note\n"
        yield f"The mean of {TURNS} notes behind so many, names by the rules, without vectors, against the first row.\n"
        yield "| notes before | ms a note | ratio |\n|---|---|---|"
        base = 0.0
        for count in notes:
            with tempfile.TemporaryDirectory() as folder:
                found = cost(count, Path(folder))
            base = base or found
            yield f"| {count:,} | {1000 * found:.2f} | {found / base:.2f} |"


def main() -> None:
    """Print the page, and write it where that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", action="append", dest="sets")
    parser.add_argument("--keep", type=Path, default=Path(".cache/links"))
    parser.add_argument("--notes", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
    sets = given.sets or sorted(each.parent.name for each in given.data.glob("*/questions.jsonl"))
    lines = []
    for line in report(given.data, sets, given.keep.resolve(), given.notes):
        print(line, file=sys.stderr)
        lines.append(line)
    if given.output:
        (given.output / "links.md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
