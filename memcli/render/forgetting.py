"""What was forgotten, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from memcli.render.page import Page

if TYPE_CHECKING:
    from graph.forgetting.run import Forgotten


def show_forgotten(page: Page, report: Forgotten) -> None:
    """The counts in a line or two."""
    page.line(f"forgot {counts_of(report.removed)} in {report.elapsed_s:.1f} s")
    if report.changed:
        page.line(f"with fewer supporters, or another spelling: {counts_of(report.changed)}")


def counts_of(nodes: Mapping[str, int]) -> str:
    """Counts by kind: `3 interactions, 1 query`."""
    return (
        ", ".join(f"{number} {_plural(kind) if number != 1 else kind}" for kind, number in nodes.items()) or "nothing"
    )


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
