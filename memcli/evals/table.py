"""The figures of a report as a table: for each set the floor, memcli, and the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.model import Json
from memcli.evals.measures import MEASURES

COLUMNS = ("set", "n", "system", *MEASURES, "abstention", "answer")

READING = (
    "n counts the answerable questions with known evidence. R@k: share of it among the sources of the first k hits; "
    "all@k: all of it; MRR: 1 / rank of the first; R@1000t: the share within 1,000 words of hits. "
    "abstention: balanced accuracy of telling answerable questions from others; answer: share of the words of "
    "short gold answers in the answer (of the floor: in its best hit). "
    "* the 95 % interval of the difference is on one side of zero."
)


def rows(report: Json, *, categories: bool = False) -> Iterator[list[str]]:
    """The cells of each row under `COLUMNS`, three rows a set; with `categories`, three more for each."""
    for each in report["sets"]:
        yield from _rows(each["set"], each["overall"])
        for name, figures in each["categories"].items() if categories else ():
            yield from _rows(f"· {name or '(none)'}", figures)


def markdown(report: Json) -> Iterator[str]:
    """The report as a page of Markdown, in pieces."""
    yield "# Recall\n\n"
    yield f"`{report['command']}`, memcli {report['version']}, data {report['sha256'][:16]}.\n\n{READING}\n"
    for each in report["sets"]:
        yield f"\n## {each['set']}\n\n"
        yield _line(COLUMNS[1:]) + _line(["---"] * (len(COLUMNS) - 1))
        yield from (_line(row[1:]) for row in _rows("", each["overall"]))
        yield f"\n{_intervals(each['overall'])}\n\n"
        yield _line(("category", *COLUMNS[1:])) + _line(["---"] * len(COLUMNS))
        for name, figures in each["categories"].items():
            yield from (_line(row) for row in _rows(name, figures))
        yield _costs(each)


def _rows(name: str, figures: Json) -> Iterator[list[str]]:
    recall, abstention = figures["recall"], figures["abstention"]["balanced_accuracy"]
    answer = figures["answer"]["token_recall"]
    for system in ("floor", "memcli"):
        cells = [_share(each[system]) for each in (*recall.values(), abstention, answer)]
        head = [name, f"{figures['measured']:,}"] if system == "floor" else ["", ""]
        yield [*head, system, *cells]
    yield [
        "",
        "",
        "difference",
        *(_change(each["difference"]) for each in recall.values()),
        "",
        _change(answer["difference"]),
    ]


def _intervals(figures: Json) -> str:
    spans = ((name, each["difference"]) for name, each in figures["recall"].items())
    parts = [f"{name} {_signed(each['low'])} to {_signed(each['high'])}" for name, each in spans if each]
    return f"95 % intervals of the difference: {', '.join(parts)}." if parts else "Nothing to measure recall on."


def _costs(figures: Json) -> str:
    ingest, ask = figures["ingest"], figures["ask_ms"]
    kept = f", {ingest['skipped']:,} of them from an earlier run" if ingest["skipped"] else ""
    return (
        f"\n{ingest['read']:,} records read{kept}, {ingest['rejected']:,} rejected, "
        f"{ingest['elapsed_s']:.1f} s to ingest; "
        f"a question takes {ask['median']} ms in the median, {ask['p95']} ms at the 95th percentile.\n"
    )


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


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in cells)} |\n"
