"""Every measure over some questions: the floor, the tiers beside it, and what pieces of recall are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from msgspec.structs import asdict

from graph.model import Json
from memcli.evals.asking import Attempt, Outcome
from memcli.evals.measures import MEASURES, Estimate, estimate, token_recall, words

ABLATED = "R@10"
"""The measure by which pieces are worth something."""


def figures(outcomes: Sequence[Outcome], tiers: Sequence[str]) -> Json:
    """Every measure over some questions, each for the floor, for each tier, and as the difference of the two."""
    measured = _measured(outcomes)
    gold = [each.question.gold for each in measured]
    sides = _sides(measured, tiers)
    return {
        "questions": len(outcomes),
        "measured": len(measured),
        "recall": {
            measure: compared({name: _values(measure, side, gold) for name, side in sides.items()})
            for measure in MEASURES
        },
        "abstention": abstention_figures(outcomes, tiers),
        "answer": answer_figures(outcomes, tiers),
    }


def abstention_figures(outcomes: Sequence[Outcome], tiers: Sequence[str]) -> Json:
    """Balanced accuracy of `found`; null where every question is answerable, or none is."""
    answerable = [each for each in outcomes if each.question.answerable]
    rest = [each for each in outcomes if not each.question.answerable]
    yes, no = _sides(answerable, tiers), _sides(rest, tiers)
    balanced = {
        name: estimate([float(each.found) for each in yes[name]], [float(not each.found) for each in no[name]])
        for name in yes
    }
    return {
        "answerable": len(answerable),
        "unanswerable": len(rest),
        "balanced_accuracy": {name: _json(each) for name, each in balanced.items()},
    }


def answer_figures(outcomes: Sequence[Outcome], tiers: Sequence[str]) -> Json:
    """Token recall of the answers to answerable questions with short gold answers, and the answers' length.

    The floor's answer is the text of its best hit. Longer answers recall more: read the two together.
    """
    short = [
        each for each in outcomes if each.question.answerable and token_recall("", each.question.answer) is not None
    ]
    gold = [each.question.answer for each in short]
    sides = _sides(short, tiers)
    recalled = {
        name: [token_recall(each.answer, answer) or 0.0 for each, answer in zip(side, gold, strict=True)]
        for name, side in sides.items()
    }
    lengths = {name: [len(words(each.answer)) for each in side] for name, side in sides.items()}
    return {
        "measured": len(short),
        "token_recall": compared(recalled),
        "words": {name: fmean(each) if each else None for name, each in lengths.items()},
    }


def worth(outcomes: Sequence[Outcome], tier: str) -> Json:
    """For each piece left out of a tier, what recall is `without` it, and what it is `worth`: with it minus without."""
    measured = _measured(outcomes)
    gold = [each.question.gold for each in measured]
    whole = _values(ABLATED, [each.tiers[tier] for each in measured], gold)
    found = {}
    for piece in outcomes[0].without if outcomes else ():
        without = _values(ABLATED, [each.without[piece] for each in measured], gold)
        found[piece] = {"without": _json(estimate(without)), "worth": _json(_difference(whole, without))}
    return found


def compared(values: Mapping[str, Sequence[float]]) -> Mapping[str, Json]:
    """The floor, each tier, and as `difference` each tier minus the floor."""
    differences = {name: _difference(each, values["floor"]) for name, each in values.items() if name != "floor"}
    means = {name: _json(estimate(each)) for name, each in values.items()}
    return {**means, "difference": {name: _json(each) for name, each in differences.items()}}


def _measured(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if each.question.answerable and each.question.gold]


def _sides(outcomes: Sequence[Outcome], tiers: Sequence[str]) -> dict[str, list[Attempt]]:
    sides = {name: [each.tiers[name] for each in outcomes] for name in tiers}
    return {"floor": [each.floor for each in outcomes], **sides}


def _values(measure: str, attempts: Sequence[Attempt], gold: Sequence[frozenset[str]]) -> list[float]:
    return [MEASURES[measure](each.hits, ids) for each, ids in zip(attempts, gold, strict=True)]


def _difference(one: Sequence[float], other: Sequence[float]) -> Estimate | None:
    """One minus the other, question by question: the interval is that of a paired bootstrap."""
    return estimate([mine - theirs for mine, theirs in zip(one, other, strict=True)])


def _json(value: Estimate | None) -> Json:
    return {name: round(number, 4) for name, number in asdict(value).items()} if value else None
