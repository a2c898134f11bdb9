"""A copy or a restore for people: what was written, and what differs all the same."""

from __future__ import annotations

from graph.comparison import Difference
from graph.transfer import TransferReport
from memcli.render.page import Page


def show_transfer(page: Page, report: TransferReport) -> None:
    """The counts in a line, then a line for each difference that is named."""
    parts = ("nodes", "edges", "vectors", "events", "sources")
    holds = ", ".join(f"{part} {getattr(report, part)}" for part in parts)
    found = "they differ" if report.differing else "both hold the same"
    page.line(f"{holds}: wrote {report.written} in {report.elapsed_s:.1f} s; {found}")
    for each in report.differences:
        page.line(f"{each.part} {' '.join(each.key)}: {finding(each)}")
    if (more := report.differing - len(report.differences)) > 0:
        page.line(f"… and {more} more")


def finding(difference: Difference) -> str:
    """How a part differs."""
    if difference.there is None:
        return "missing in the target"
    return "only in the target" if difference.here is None else "not the same in the target"
