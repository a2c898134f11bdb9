"""Confidence against what was right, and the plots."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from memcli.evals.asking import Attempt
from memcli.evals.measures import Evidence
from memcli.evals.plots import recall_plot, reliability_plot
from memcli.evals.reliability import bins, pooled, right
from memcli.evals.sets import EvalQuestion

SVG = "{http://www.w3.org/2000/svg}"


def asked(gold: str, *, answerable: bool = True) -> EvalQuestion:
    return EvalQuestion("q", "?", "", "", frozenset(gold), answerable)


def tried(ids: str, confidence: float = 0.5) -> Attempt:
    return Attempt(tuple(Evidence(frozenset(each), 1) for each in ids), True, "", 1.0, confidence)


@pytest.mark.parametrize(
    ("question", "hits", "was_right"),
    [
        (asked("ab"), "xxxxa", True),
        (asked("a"), "xxxxxa", False),
        (asked("a"), "", False),
        (asked("a", answerable=False), "a", False),
        (asked("", answerable=False), "x", False),
    ],
)
def test_right_is_an_answerable_question_with_gold_among_the_first_five(
    question: EvalQuestion, hits: str, *, was_right: bool
) -> None:
    assert right(question, tried(hits)) is was_right


def test_bins_have_the_mean_confidence_and_the_share_that_is_right() -> None:
    pairs = [
        (asked("a"), tried("a", 0.42)),
        (asked("a"), tried("x", 0.48)),
        (asked("", answerable=False), tried("x", 0.0)),
        (asked("a"), tried("a", 1.0)),
        (asked(""), tried("a", 0.7)),
    ]
    assert bins(pairs) == [
        {"low": 0.0, "high": 0.1, "questions": 1, "confidence": 0.0, "right": 0.0},
        {"low": 0.4, "high": 0.5, "questions": 2, "confidence": 0.45, "right": 0.5},
        {"low": 0.9, "high": 1.0, "questions": 1, "confidence": 1.0, "right": 1.0},
    ]
    assert bins([]) == []


def test_pooled_bins_are_those_of_all_questions() -> None:
    one = [(asked("a"), tried("a", 0.41)), (asked("a"), tried("a", 0.45))]
    other = [(asked("a"), tried("x", 0.49)), (asked("a"), tried("a", 0.95))]
    assert pooled([bins(one), bins(other)]) == bins([*one, *other])


def plotted(name: str = "chat") -> Any:
    values = {"floor": (0.1, 0.2, 0.3), "text": (0.5, 0.6, 0.7), "tokens": None}
    compared = {
        system: value and dict(zip(("low", "mean", "high"), value, strict=True)) for system, value in values.items()
    }
    each = {
        "set": name,
        "overall": {"recall": {"R@5": compared, "R@10": compared}},
        "reliability": {"text": bins([(asked("a"), tried("a", 0.5))]), "tokens": []},
    }
    return {"tiers": {"text": {}, "tokens": {}}, "sets": [each, each]}


def test_a_lane_for_each_set_and_system_with_its_interval() -> None:
    root = ET.fromstring("".join(recall_plot(plotted())))
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == "R@5 and R@10 by set: floor, text, tokens, with 95 % intervals"
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", title.get("id"))
    # Two systems with figures, two sets, two panels.
    told = [each.findtext(f"{SVG}title") or "" for each in root.iter(f"{SVG}circle")]
    assert told.count("text: 0.600 (0.500 to 0.700)") == 4
    assert told.count("floor: 0.200 (0.100 to 0.300)") == 4
    dot = next(each for each in root.iter(f"{SVG}circle") if "0.600" in "".join(each.itertext()))
    line = next(each for each in root.iter(f"{SVG}line") if each.get("stroke") == dot.get("fill"))
    assert float(line.get("x1", "")) < float(dot.get("cx", "")) < float(line.get("x2", ""))


def test_a_dot_for_each_tier_and_bin_of_confidence() -> None:
    root = ET.fromstring("".join(reliability_plot(plotted())))
    told = [each.findtext(f"{SVG}title") for each in root.iter(f"{SVG}circle")]
    assert told == ["text", "tokens", "text: 1.00 right at 0.50, 2 questions"]


def test_a_name_of_a_set_cannot_break_a_plot() -> None:
    root = ET.fromstring("".join(recall_plot(plotted("<script>&\x1b[31m\x00" + "x" * 999))))
    (shown, _) = (each.text or "" for each in root.iter(f"{SVG}text") if "script" in (each.text or ""))
    assert shown.startswith("<script>&x")
    assert len(shown) == 18


def test_plots_of_nothing_are_plots() -> None:
    for plot in (recall_plot, reliability_plot):
        assert ET.fromstring("".join(plot({"tiers": {"text": {}}, "sets": []}))).tag == f"{SVG}svg"
