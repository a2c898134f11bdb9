"""An ingest for people: what was taken in, and what was not."""

from __future__ import annotations

from collections.abc import Callable

from graph.model import IngestReport
from memcli.render.page import Page

REJECTS_SHOWN = 20


def show_report(page: Page, report: IngestReport, *, dry_run: bool) -> None:
    """The counts in two lines; in one where nothing was made."""
    verb = "would add" if dry_run else "added"
    page.line(f"read {report.read}: {verb} {report.added}, skipped {report.skipped}, rejected {report.rejected}")
    if dry_run:
        return
    made = f"notes {report.notes}, entities {report.entities}, links {report.links}, evolved {report.evolved}"
    page.line(f"{made}, in {report.elapsed_s:.1f} s", "dim")


def tell_rejects(say: Callable[[str], None], report: IngestReport) -> None:
    """Name the first rejects, each as path:line: reason; as path: reason, where it is the whole."""
    for reject in report.rejects[:REJECTS_SHOWN]:
        place = f"{reject.path}:{reject.line}" if reject.line else reject.path
        say(f"{place}: {reject.reason}")
    # The report may hold fewer than were counted.
    if (more := report.rejected - min(len(report.rejects), REJECTS_SHOWN)) > 0:
        say(f"… and {more} more")
