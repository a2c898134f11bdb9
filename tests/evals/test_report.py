"""Figures and tables made of outcomes."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from graph.model import IngestReport
from graph.settings import Settings
from memcli.evals.asking import Attempt, Outcome
from memcli.evals.figures import figures, worth
from memcli.evals.markdown import markdown
from memcli.evals.measures import Evidence
from memcli.evals.report import full_report, spans
from memcli.evals.runner import Plan, SetRun
from memcli.evals.sets import EvalQuestion
from memcli.evals.table import ABLATION_COLUMNS, COLUMNS, ablation_rows, rows
from memcli.session import open_memory

TIERS = ("text", "vectors")


def outcome(gold: str, floor: str, text: str, *, category: str = "1", found: bool = True) -> Outcome:
    """A question with its gold ids, and what each system hit, one letter an id, best first; vectors hit gold alone,
    and without replies nothing."""
    question = EvalQuestion("q", "?", "red tea", category, frozenset(gold), bool(gold))
    theirs, ours, best = (tuple(Evidence(frozenset(each), 1) for each in ids) for ids in (floor, text, gold))
    tiers = {
        "text": Attempt(ours, found, "Red tea.", 5.0, 0.25),
        "vectors": Attempt(best, found, "Red tea.", 9.0, 0.75),
    }
    without = {"replies": Attempt((), False, ""), "times": tiers["vectors"]}
    return Outcome(question, Attempt(theirs, True, "tea or water"), tiers, without)


OUTCOMES = (
    outcome("ab", "xa", "ab"),
    outcome("c", "xc", "xc", category="2", found=False),
    outcome("", "x", "x", category="5", found=False),
    outcome("", "x", "x", category="5"),
)


def report() -> Any:
    run = SetRun("chat", "0" * 64, IngestReport(read=9, added=9, elapsed_s=1.5), OUTCOMES, 0)
    plan = Plan(Settings(embedding_model="none"), open_memory, TIERS, ablate=True)
    return full_report([run], plan, "memcli eval sets")


def means(compared: dict[str, Any]) -> tuple[float, ...]:
    """The floor, the tier `text`, and the difference of the two."""
    return compared["floor"]["mean"], compared["text"]["mean"], compared["difference"]["text"]["mean"]


def test_recall_is_over_answerable_questions_and_the_difference_over_pairs() -> None:
    found = figures(OUTCOMES, TIERS)
    assert (found["questions"], found["measured"]) == (4, 2)
    assert means(found["recall"]["R@5"]) == (0.75, 1.0, 0.25)
    assert means(found["recall"]["all@5"]) == (0.5, 1.0, 0.5)
    assert means(found["recall"]["MRR"]) == (0.5, 0.75, 0.25)
    assert found["recall"]["MRR"]["vectors"]["mean"] == 1.0
    assert found["recall"]["R@5"]["difference"]["text"] == {"mean": 0.25, "low": 0.0, "high": 0.5}


def test_abstention_is_over_all_questions() -> None:
    abstention = figures(OUTCOMES, TIERS)["abstention"]
    assert (abstention["answerable"], abstention["unanswerable"]) == (2, 2)
    # memcli finds one of two answerable and declines one of two others; the floor always has hits.
    assert abstention["balanced_accuracy"]["text"]["mean"] == 0.5
    assert abstention["balanced_accuracy"]["floor"] == {"mean": 0.5, "low": 0.5, "high": 0.5}
    assert figures(OUTCOMES[:3], TIERS)["abstention"]["balanced_accuracy"]["text"]["mean"] == 0.75
    assert figures(OUTCOMES[:2], TIERS)["abstention"]["balanced_accuracy"]["text"] is None


def test_answers_are_measured_with_their_length() -> None:
    answer = figures(OUTCOMES, TIERS)["answer"]
    assert answer["measured"] == 2
    assert means(answer["token_recall"]) == (0.5, 1.0, 0.5)
    assert answer["words"] == {"floor": 3, "text": 2, "vectors": 2}


def test_nothing_to_measure_is_null() -> None:
    found = figures(OUTCOMES[2:], TIERS)
    assert found["measured"] == 0
    assert found["recall"]["R@5"] == {
        "floor": None,
        "text": None,
        "vectors": None,
        "difference": {"text": None, "vectors": None},
    }
    assert found["answer"]["words"] == {"floor": None, "text": None, "vectors": None}


@pytest.mark.parametrize(
    ("times", "median", "p95"), [([], None, None), ([3.0], 3.0, 3.0), ([float(n) for n in range(101)], 50.0, 95.0)]
)
def test_times(times: list[float], median: float | None, p95: float | None) -> None:
    assert spans(times) == {"median": median, "p95": p95}


def test_the_report_keeps_to_its_schema_and_says_how_to_get_it_again() -> None:
    found = json.loads(json.dumps(report(), allow_nan=False))
    jsonschema.validate(found, json.loads(files("memcli").joinpath("schemas", "eval.json").read_text("utf-8")))
    assert found["command"] == "memcli eval sets"
    assert len(found["sha256"]) == 64
    assert list(found["sets"][0]["categories"]) == ["1", "2", "5"]


def test_a_piece_is_worth_what_recall_loses_without_it() -> None:
    found = worth(OUTCOMES, "vectors")
    assert list(found) == ["replies", "times"]
    assert found["replies"]["without"]["mean"] == 0.0
    assert found["replies"]["worth"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert found["times"]["worth"]["mean"] == 0.0
    assert worth(OUTCOMES[2:], "vectors")["times"] == {"without": None, "worth": None}
    assert worth((), "vectors") == {}


def test_rows_hold_the_floor_the_tiers_and_the_differences() -> None:
    found = list(rows(report()))
    assert [len(row) for row in found] == [len(COLUMNS)] * 5
    assert found[0] == ["chat", "2", "floor", ".750", ".750", ".500", ".500", ".500", ".750", ".500", ".500"]
    assert found[1] == ["", "", "text", "1.000", "1.000", "1.000", "1.000", ".750", "1.000", ".500", "1.000"]
    assert found[2][2:6] == ["vectors", "1.000", "1.000", "1.000"]
    assert found[3][2:4] == ["text − floor", "+.250"]
    assert found[4][2:4] == ["vectors − floor", "+.250"]
    # Both questions' answers are better, so the whole interval is above zero.
    assert found[3][-1] == "+.500*"


def test_rows_of_pieces_begin_with_the_whole() -> None:
    assert list(ablation_rows(report())) == [
        ["chat", "nothing (vectors)", "1.000", "", ""],
        ["", "replies", ".000", "+1.000*", "+1.000 to +1.000"],
        ["", "times", "1.000", "+.000", "+.000 to +.000"],
    ]


def test_categories_have_rows_of_their_own_when_asked_for() -> None:
    found = list(rows(report(), categories=True))
    assert [row[0] for row in found if row[0]] == ["chat", "· 1", "· 2", "· 5"]
    assert found[-1][3:] == ["–"] * 6 + ["", "–"]


def test_the_page_names_command_version_and_data() -> None:
    page = "".join(markdown(report()))
    assert page.startswith("# Recall\n\n`memcli eval sets`, memcli ")
    assert report()["sha256"][:16] in page
    assert "## chat" in page
    assert "text: R@5 +.000 to +.500" in page
    assert "no embedding model" in page
    assert "vectors: `recall.tokens 0`" in page
    assert "5.0 and 5.0 ms (text), 9.0 and 9.0 ms (vectors)" in page
    tables = [line for line in page.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in tables} == {len(COLUMNS), len(COLUMNS) + 1, len(ABLATION_COLUMNS)}
