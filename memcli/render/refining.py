"""What a language model would be asked, and what it decided, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from memcli.render.page import Page

if TYPE_CHECKING:
    from graph.refining.run import Estimate, Refined


def show_estimate(page: Page, estimate: Mapping[str, Estimate], budget: int) -> None:
    """A row for each kind of decision, and the sum."""
    rows = [
        [kind, str(each.decisions), str(each.calls), str(each.known), str(each.tokens)]
        for kind, each in estimate.items()
    ]
    page.table(["kind", "decisions", "calls", "known already", "tokens at most"], rows)
    page.line(f"would ask {described(estimate, budget)}")


def described(estimate: Mapping[str, Estimate], budget: int) -> str:
    """What a run would take, in a line."""
    decisions = sum(each.decisions for each in estimate.values())
    calls = sum(each.calls - each.known for each in estimate.values())
    tokens = sum(each.tokens for each in estimate.values())
    least = f", and stop at {budget}" if tokens > budget else ""
    return f"for {decisions} decisions in {calls} calls, about {tokens} tokens at most{least}"


def show_refined(page: Page, report: Refined, model: str, since: str) -> None:
    """What a run did."""
    from graph.llm.schema import Why

    for kind, decided in report.decided.items():
        page.line(f"{kind}: {decided} decided by {model}, {report.changed[kind]} of them otherwise than the rule")
    if not report.decided:
        page.line("Nothing was decided.")
    for why, count in report.fallbacks.items():
        page.line(f"{count} stayed with the rule: {Why(why).told}")
    if report.overtaken:
        page.line(f"{report.overtaken} were left, since somebody had decided more")
    if report.left:
        page.line(f"{report.left} were beyond the budget; run it again to go on")
    page.line(f"{report.calls} calls, {report.cached} from the cache, {report.tokens} tokens, {report.elapsed_s:.1f} s")
    if any(report.decided.values()):
        page.line(f"undo with: memcli note undo --by {model} --since {since}", "dim")
