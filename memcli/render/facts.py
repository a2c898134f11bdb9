"""Facts for people, and one with all that bears on it as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graph.model import Fact
from graph.relations import CERTAIN
from memcli.render.history import decision_rows
from memcli.render.page import Page
from memcli.render.text import day, one_line
from memcli.results import node_data, plain

if TYPE_CHECKING:
    from graph.timeline import FactPage

_WIDTH = 100


def show_facts(page: Page, facts: Sequence[Fact]) -> None:
    """A line a fact."""
    rows = [
        [each.id, each.valid_from or "?", _until(each), each.subject, each.relation, each.object, _standing(each)]
        for each in facts
    ]
    page.table(["fact", "from", "to", "subject", "relation", "value", ""], rows)


def show_fact(page: Page, found: FactPage) -> None:
    """A fact: its words, when it holds, where it was said, and what it is one of several with."""
    fact = found.fact
    page.line(fact.text, "bold")
    told = (fact.id, f"{fact.subject}: {fact.relation}", _standing(fact), f"by {fact.decided_by}")
    page.line(" · ".join(filter(None, told)), "dim")
    if fact.retracted_at:
        page.line(f"taken back: {fact.retracted_at}")
    else:
        page.line(f"holds: from {fact.valid_from or 'an unknown time'} to {_until(fact) or 'now'}")
    if said := found.said:
        who = " · ".join(filter(None, (fact.note, day(said.timestamp), said.speaker)))
        page.line(f"said: {who}: {one_line(said.text, _WIDTH)}")
    for heading, facts in (("in order of time", found.history), ("conflicts with", found.conflicts)):
        if len(facts) > (heading != "conflicts with"):
            page.line()
            page.line(f"{heading}:")
            show_facts(page, facts)
    if found.events:
        page.line()
        page.table(["event", "time (UTC)", "fact", "what", "by", "reason"], decision_rows(found.events))


def fact_page_data(found: FactPage) -> dict[str, Any]:
    """A fact with all that bears on it, as JSON."""
    said = found.said
    return {
        "fact": node_data(found.fact),
        "said": {name: getattr(said, name) for name in ("text", "conversation", "speaker", "timestamp")}
        if said
        else None,
        "history": [node_data(each) for each in found.history],
        "conflicts": [node_data(each) for each in found.conflicts],
        "events": [plain(each) for each in found.events],
    }


def _until(fact: Fact) -> str:
    """When a fact ended; a value that was replaced in a conversation without times ended nobody knows when."""
    return "?" if fact.valid_to == "" else fact.valid_to or ""


def _standing(fact: Fact) -> str:
    if fact.retracted_at is not None:
        return "taken back"
    return "" if fact.state == CERTAIN else fact.state
