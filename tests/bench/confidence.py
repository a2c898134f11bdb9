"""How well confidence is a chance, with curves that were fitted on other sets.

    python -m tests.bench.confidence --data SETS --keep DIR [--sample 400]

Every question is asked by full text alone, of memories that `memcli eval --keep` left. A question is answered rightly
where one of its gold ids is among the first five hits. For each set a logistic curve from the part of the question that
is covered is fitted on the conversations beside it; told are the mean differences between confidence and the share that
was right (expected calibration error, ten bins), of the part itself and of the curve, and the balanced accuracy on it
of the threshold that is best on the other set that has unanswerable questions.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy
from msgspec import Struct
from numpy.typing import NDArray

from graph.memory import Memory
from graph.model import Question
from graph.settings import Settings
from memcli.evals.asking import attempt
from memcli.evals.reliability import right
from memcli.evals.runner import spread
from memcli.evals.sets import EvalSet
from memcli.evals.tiers import TIERS

CHATS = ("locomo", "longmemeval", "realtalk")
DOCUMENTS = ("hotpotqa", "musique", "2wiki")


class Asked(Struct, frozen=True):
    """The questions of a set: the part `covered`, which were answered rightly, and which can be answered."""

    covered: NDArray[numpy.float64]
    right: NDArray[numpy.bool_]
    answerable: NDArray[numpy.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder of question sets")
    parser.add_argument("--keep", type=Path, required=True, help="where `memcli eval --keep` left their memories")
    parser.add_argument("--sample", type=int, default=400, help="questions a set at most, evenly spread")
    given = parser.parse_args()
    found = {name: asked(given.data / name, given.keep, given.sample) for name in (*CHATS, *DOCUMENTS)}
    print("| set | questions | the part itself | the curve, fitted on others | threshold of the other set |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, each in found.items():
        slope, start = curve([found[other] for other in CHATS if other != name])
        chance = 1 / (1 + numpy.exp(-start - slope * each.covered))
        others = [found[other] for other in CHATS if other != name and not found[other].answerable.all()]
        told = f"{balanced(each, threshold(others)):.3f}" if not each.answerable.all() else ""
        errors = f"{error(each.covered, each.right):.3f} | {error(chance, each.right):.3f}"
        print(f"| {name} | {len(each.right)} | {errors} | {told} |")
    print(
        "\nThe curve of all conversations: slope {:.2f}, start {:.2f}".format(*curve([found[name] for name in CHATS]))
    )


def asked(folder: Path, keep: Path, sample: int) -> Asked:
    (store,) = keep.glob(f"{folder.name}-*.db")
    questions = spread(EvalSet(folder.name, folder).questions(), sample)
    rows = []
    # The part itself, which nothing else tells.
    with (
        patch("graph.answer.confidence", lambda covered: covered),
        Memory.open(replace(Settings(store=f"sqlite:///{store.resolve()}"), **TIERS["text"])) as memory,
    ):
        for each in questions:
            if each.gold or not each.answerable:
                reply = memory.ask(Question(each.text, asked_at=each.asked_at, conversation=each.conversation))
                rows.append((reply.answer.confidence, right(each, attempt(reply)), each.answerable))
    covered, was_right, answerable = (numpy.array(column) for column in zip(*rows, strict=True))
    return Asked(covered, was_right, answerable)


def curve(sets: Sequence[Asked]) -> tuple[float, float]:
    """The slope and the start of the curve of greatest likelihood (by Newton's method); every set counts the same."""
    part = numpy.concatenate([each.covered for each in sets])
    was_right = numpy.concatenate([each.right for each in sets])
    weight = numpy.concatenate([numpy.full(len(each.right), 100 / len(each.right)) for each in sets])
    given, found = numpy.stack([part, numpy.ones(len(part))], axis=1), numpy.zeros(2)
    for _ in range(50):
        chance = 1 / (1 + numpy.exp(-given @ found))
        steepness = (given * (weight * chance * (1 - chance))[:, None]).T @ given + 0.1 * numpy.eye(2)
        found -= numpy.linalg.solve(steepness, given.T @ (weight * (chance - was_right)) + 0.1 * found)
    return float(found[0]), float(found[1])


def error(chance: NDArray[numpy.float64], was_right: NDArray[numpy.bool_]) -> float:
    place = numpy.minimum((chance * 10).astype(int), 9)
    bins = [place == each for each in set(place.tolist())]
    return math.fsum(each.mean() * abs(chance[each].mean() - was_right[each].mean()) for each in bins)


def balanced(each: Asked, threshold: float) -> float:
    held = each.covered >= threshold
    return float((held[each.answerable].mean() + (~held[~each.answerable]).mean()) / 2)


def threshold(others: Sequence[Asked]) -> float:
    """That of the hundredths which is best on the first of `others`; the least of equals."""
    return max((each / 100 for each in range(1, 100)), key=lambda each: balanced(others[0], each))


if __name__ == "__main__":
    main()
