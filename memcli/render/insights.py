"""Insights for people, and one with all that bears on it as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graph.model import Insight
from graph.tiers.votes import score
from memcli.render.history import decision_rows
from memcli.render.page import Page
from memcli.render.text import day, one_line
from memcli.results import insight_data, plain

if TYPE_CHECKING:
    from graph.conclusions import Conclusions
    from graph.voting import InsightPage

_WIDTH = 100
_SHOWN = 20


def show_insights(page: Page, insights: Sequence[Insight]) -> None:
    """A line an insight."""
    rows = [
        [each.id, str(score(each)), str(each.support), each.state, each.scope, each.text, ", ".join(each.cues)]
        for each in insights
    ]
    page.table(["insight", "score", "support", "state", "scope", "text", "cues"], rows)


def show_insight(page: Page, found: InsightPage) -> None:
    """An insight: its words, what supports and opposes it, and the votes on it."""
    insight = found.insight
    page.line(insight.text, "bold")
    told = (insight.id, insight.state, f"score {score(insight)}", f"by {insight.decided_by}")
    page.line(" · ".join(told), "dim")
    if found.until is not None:
        page.line(f"no longer so: until {found.until}" if found.until else "no longer so")
    if insight.merged_into:
        page.line(f"merged into {insight.merged_into}")
    page.line(f"holds for: {insight.subject}" + ("" if insight.scope == "everyone" else f" ({insight.scope})"))
    if insight.cues:
        page.line(f"applies to: {', '.join(insight.cues)}")
    page.line()
    page.line(f"supported by ({len(found.support)}):")
    for note, said in found.support[:_SHOWN]:
        who = " · ".join(filter(None, (note.id, day(said.timestamp), said.speaker or said.title)))
        page.line(f"  {who}: {one_line(said.text, _WIDTH)}")
    if (more := len(found.support) - _SHOWN) > 0:
        page.line(f"  … and {more} more, all of them with --json", "dim")
    _show_others(page, "opposed by", found.opposed)
    _show_others(page, "near", found.near)
    page.line()
    page.line(f"votes: {insight.support} notes say so: {score(insight) - insight.votes:+d}")
    if found.events:
        page.table(["event", "time (UTC)", "insight", "what", "by", "reason"], decision_rows(found.events))


def show_conclusions(page: Page, found: Conclusions, *, dry_run: bool) -> None:
    """What was drawn from the whole memory."""
    show_insights(page, found.insights)
    new = "would be new" if dry_run else "new"
    page.line(f"{len(found.insights)} {new}, {found.known} known already; {found.communities} communities of notes")
    if found.events:
        page.line(f"undo with: memcli note undo {found.events[0].id}", "dim")


def page_data(found: InsightPage) -> dict[str, Any]:
    """An insight with all that bears on it, as JSON."""
    return {
        "insight": insight_data(found.insight),
        "support": [
            {
                "note": note.id,
                "text": said.text,
                **{name: getattr(said, name) for name in ("conversation", "speaker", "timestamp")},
            }
            for note, said in found.support
        ],
        "opposed": [insight_data(each) for each in found.opposed],
        "near": [insight_data(each) for each in found.near],
        "events": [plain(each) for each in found.events],
        "until": found.until,
    }


def _show_others(page: Page, heading: str, insights: Sequence[Insight]) -> None:
    if insights:
        page.line()
        page.line(f"{heading}:")
        page.table(["insight", "score", "text"], [[each.id, str(score(each)), each.text] for each in insights])
