"""The figures of a report as rows: for each set the floor, each tier, and the difference of each to the floor."""

from __future__ import annotations

from collections.abc import Iterator

from graph.model import Json
from memcli.evals.measures import MEASURES

COLUMNS = ("set", "n", "system", *MEASURES, "abstention", "answer")
ABLATION_COLUMNS = ("set", "without", "R@10", "worth", "95 % interval")

READING = (
    "n counts the answerable questions with known evidence. R@k: share of it among the sources of the first k hits; "
    "all@k: all of it; MRR: 1 / rank of the first; R@1000t: the share within 1,000 words of hits. "
    "abstention: balanced accuracy of telling answerable questions from others; answer: share of the words of "
    "short gold answers in the answer (of the floor: in its best hit). "
    "* the 95 % interval of the difference is on one side of zero."
)
ABLATION_READING = "worth: R@10 of the whole minus that without the piece, question by question; below zero, it harms."


def rows(report: Json, *, categories: bool = False) -> Iterator[list[str]]:
    """The cells of each row under `COLUMNS`: for each set, and with `categories` for each of its categories."""
    for each in report["sets"]:
        yield from group(each["set"], each["overall"])
        for name, figures in each["categories"].items() if categories else ():
            yield from group(f"· {name or '(none)'}", figures)


def group(name: str, figures: Json) -> Iterator[list[str]]:
    """The rows of one group of questions: the floor, each tier, each difference."""
    recall, abstention = figures["recall"], figures["abstention"]["balanced_accuracy"]
    answer = figures["answer"]["token_recall"]
    for system in abstention:
        cells = [_share(each[system]) for each in (*recall.values(), abstention, answer)]
        head = [name, f"{figures['measured']:,}"] if system == "floor" else ["", ""]
        yield [*head, system, *cells]
    for tier in answer["difference"]:
        changes = [_change(each["difference"][tier]) for each in recall.values()]
        yield ["", "", f"{tier} − floor", *changes, "", _change(answer["difference"][tier])]


def ablation_rows(report: Json) -> Iterator[list[str]]:
    """The cells of each row under `ABLATION_COLUMNS`: for each set the whole tier, and the tier without each piece."""
    for each in report["sets"]:
        yield from ablation_group(each, report["ablation"])


def ablation_group(each: Json, ablation: Json) -> Iterator[list[str]]:
    """The rows of one set."""
    whole = each["overall"]["recall"][ablation["measure"]][ablation["tier"]]
    yield [each["set"], f"nothing ({ablation['tier']})", _share(whole), "", ""]
    for piece, found in each["ablation"].items():
        yield ["", piece, _share(found["without"]), _change(found["worth"]), span(found["worth"])]


def span(value: Json) -> str:
    """The interval of a difference."""
    return f"{_signed(value['low'])} to {_signed(value['high'])}" if value else "–"


def _share(value: Json) -> str:
    return _short(f"{value['mean']:.3f}") if value else "–"


def _change(value: Json) -> str:
    if not value:
        return "–"
    return _signed(value["mean"]) + ("*" if value["low"] > 0 or value["high"] < 0 else "")


def _signed(number: float) -> str:
    return _short(f"{number:+.3f}").replace("-", "−")


def _short(number: str) -> str:
    """`0.544` as `.544`."""
    return number.replace("0.", ".", 1) if number.lstrip("+-").startswith("0.") else number
