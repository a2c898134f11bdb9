"""What is not as it should be, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memcli.render.page import Page

if TYPE_CHECKING:
    from graph.doctor import Checkup

_SHOWN = 50


def show_checkup(page: Page, found: Checkup) -> None:
    """A line for each fault that is left, then what was repaired."""
    if found.left:
        page.table(["rule", "id", "what"], [[each.rule, each.id, each.what] for each in found.left[:_SHOWN]])
    if (more := len(found.left) - _SHOWN) > 0:
        page.line(f"… and {more} more")
    if repaired := len(found.found) - len(found.left):
        page.line(f"repaired {repaired}")
    page.line(f"{len(found.left)} faults" if found.left else "all is well")
