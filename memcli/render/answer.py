"""An answer for people: what was said, by whom and when, and where to read it."""

from __future__ import annotations

from graph.model import Answer, Citation, Hit, InsightHit, Reading, Reply
from memcli.render.page import Page
from memcli.render.text import day, minute, one_line

NEAREST = 3


def show_reply(page: Page, reply: Reply, *, explain: bool = False) -> None:
    """The answer with its citations, or the evidence alone where no answer was asked for."""
    if explain:
        _show_reading(page, reply.reading)
    if not reply.question.answer:
        _show_hits(page, reply.hits)
    elif reply.answer.found:
        _show_answer(page, reply.answer, reply.hits)
    else:
        _show_nothing(page, reply.hits)
    _show_insights(page, reply.insights)
    if explain:
        _show_signals(page, reply.hits)


def _show_answer(page: Page, answer: Answer, hits: tuple[Hit, ...]) -> None:
    by_rank = {hit.rank: hit for hit in hits}
    for quotation in answer.quotations:
        said = _said(by_rank[quotation.hit]) if quotation.hit in by_rank else ""
        page.line(f"“{quotation.text}”" + (f" — {said}" if said else "") + f" [{quotation.hit}]", "bold")
    if not answer.quotations:
        page.line(answer.text, "bold")
    page.line()
    for rank in sorted({quotation.hit for quotation in answer.quotations} & by_rank.keys()):
        page.line(f"[{rank}] {_where(by_rank[rank])}", "dim")


def _show_hits(page: Page, hits: tuple[Hit, ...]) -> None:
    if not hits:
        page.line("Nothing in memory.")
    for number, hit in enumerate(hits):
        if number:
            page.line()
        page.line(f"[{hit.rank}] {_said(hit)}", "bold")
        page.line(hit.text)
        page.line(_where(hit), "dim")


def _show_nothing(page: Page, hits: tuple[Hit, ...]) -> None:
    page.line("Not in memory.")
    if hits:
        page.line("Nearest, and not enough to answer:", "dim")
    for hit in hits[:NEAREST]:
        page.line(f"[{hit.rank}] {_said(hit)}: {one_line(hit.text, 100)}", "dim")


def _show_insights(page: Page, insights: tuple[InsightHit, ...]) -> None:
    if insights:
        page.line()
        page.line("What this adds up to:")
    for each in insights:
        page.line(f"  {each.text} ({each.insight}, supported by {len(each.support)})")


def _show_reading(page: Page, reading: Reading) -> None:
    page.line(f"terms: {', '.join(reading.terms) or 'none'}", "dim")
    page.line(f"entities: {', '.join(reading.entities) or 'none'}", "dim")
    page.line(f"speaker: {reading.speaker or 'any'}", "dim")
    page.line()


def _show_signals(page: Page, hits: tuple[Hit, ...]) -> None:
    names = list(dict.fromkeys(name for hit in hits for name in hit.signals))
    if not names:
        return
    page.line()
    rows = []
    for hit in hits:
        signals = [f"{hit.signals[name]:.3f}" if name in hit.signals else "" for name in names]
        rows.append([str(hit.rank), f"{hit.score:.3f}", hit.tier, *signals, hit.title])
    page.table(["hit", "score", "tier", *names, "title"], rows)
    for hit in hits:
        if hit.path:
            page.line(f"[{hit.rank}] {' → '.join(hit.path)}", "dim")


def _said(hit: Hit) -> str:
    """Who said it and when; the title, for a document."""
    first = hit.sources[0] if hit.sources else None
    who = (first.speaker if first else None) or hit.title
    return ", ".join(filter(None, (who, day(hit.timestamp))))


def _where(hit: Hit) -> str:
    return "; ".join(_place(each) for each in hit.sources)


def _place(source: Citation) -> str:
    if source.document is not None:
        parts = [f"document {source.document}"]
    else:
        parts = [source.conversation or "", source.session or "", f"message {source.message}"]
    return ", ".join(filter(None, (*parts, minute(source.timestamp))))
