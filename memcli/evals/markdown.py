"""The report as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.model import Json
from memcli.evals.table import ABLATION_COLUMNS, ABLATION_READING, COLUMNS, READING, ablation_group, group, span


def markdown(report: Json, plots: Sequence[tuple[str, str]] = ()) -> Iterator[str]:
    """The report in pieces of text; `plots` are captions and names of files beside the page."""
    yield "# Recall\n\n"
    model = f"embedding model {report['model']}" if report["model"] else "no embedding model"
    yield f"`{report['command']}`, memcli {report['version']}, {model}, data {report['sha256'][:16]}.\n\n{READING}\n"
    yield f"\nTiers: {_changes(report['tiers'])}.\n"
    for caption, file in plots:
        yield f"\n![{caption}]({file})\n"
    for each in report["sets"]:
        yield f"\n## {each['set']}\n\n"
        yield from _table(COLUMNS[1:], (row[1:] for row in group("", each["overall"])))
        yield f"\n{_intervals(each['overall'])}\n\n"
        categories = (row for name, figures in each["categories"].items() for row in group(name, figures))
        yield from _table(("category", *COLUMNS[1:]), categories)
        if report["ablation"]:
            yield "\n"
            yield from _table(ABLATION_COLUMNS[1:], (row[1:] for row in ablation_group(each, report["ablation"])))
        yield _costs(each)
    if report["ablation"]:
        yield f"\n## What is left out\n\n{ABLATION_READING}\n\n{_changes(report['ablation']['pieces'])}.\n"


def _changes(named: Json) -> str:
    """Each name with the settings that make it."""
    parts = []
    for name, changes in named.items():
        told = ", ".join(f"`{key} {_value(value)}`" for key, value in changes.items())
        parts.append(f"{name}: {told or 'all of it'}")
    return "; ".join(parts)


def _value(value: Json) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _intervals(figures: Json) -> str:
    parts = []
    for tier in figures["answer"]["token_recall"]["difference"]:
        spans = ((name, each["difference"][tier]) for name, each in figures["recall"].items())
        if told := ", ".join(f"{name} {span(each)}" for name, each in spans if each):
            parts.append(f"{tier}: {told}")
    return f"95 % intervals of the difference: {'; '.join(parts)}." if parts else "Nothing to measure recall on."


def _costs(figures: Json) -> str:
    ingest = figures["ingest"]
    kept = f", {ingest['skipped']:,} of them from an earlier run" if ingest["skipped"] else ""
    asked = ", ".join(f"{each['median']} and {each['p95']} ms ({tier})" for tier, each in figures["ask_ms"].items())
    return (
        f"\n{ingest['read']:,} records read{kept}, {ingest['rejected']:,} rejected, {ingest['elapsed_s']:.1f} s to "
        f"ingest; a question takes, in the median and at the 95th percentile, {asked}.\n"
    )


def _table(columns: Sequence[str], rows: Iterator[list[str]]) -> Iterator[str]:
    yield _line(columns) + _line(["---"] * len(columns))
    yield from map(_line, rows)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in cells)} |\n"
