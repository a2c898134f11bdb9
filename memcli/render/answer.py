"""An answer for people: what was said, by whom and when, and where to read it."""

from __future__ import annotations

from graph.model import Answer, Citation, FactHit, Hit, InsightHit, Reading, Reply
from graph.rank.confidence import LIKELY
from graph.tiers.votes import used_by
from memcli.render.page import Page
from memcli.render.text import counted, day, minute, one_line

HIT_WIDTH = 100
_NEAREST = 3
"""Hits that are shown where memory may hold an answer."""


def show_reply(page: Page, reply: Reply, *, explain: bool = False) -> None:
    """The answer with its citations; hits beside those where no answer was asked for, or with `explain`."""
    if explain:
        _show_reading(page, reply.reading)
    if not reply.question.answer:
        _show_hits(page, reply.hits)
    elif reply.answer.found:
        _show_answer(page, reply.answer, reply.hits)
    else:
        _show_nothing(page, reply.answer, reply.hits, explain=explain)
    _show_facts(page, reply)
    _show_insights(page, reply.insights)
    used, remembered = used_by(reply.id)
    if remembered or (explain and used):
        space = f" --space {reply.answer.space}" if reply.answer.space else ""
        page.line(f"feedback: memcli feedback {reply.id} good|bad{space}", "dim")
    if explain:
        _show_explained(page, reply)


def _show_answer(page: Page, answer: Answer, hits: tuple[Hit, ...]) -> None:
    by_rank = {hit.rank: hit for hit in hits}
    if answer.wording:
        page.line(answer.wording, "bold")
        page.line(f"worded by {answer.decided_by}, from what was said:", "dim")
    for place, quotation in enumerate(answer.quotations):
        said = _said(by_rank[quotation.hit]) if quotation.hit in by_rank else ""
        value = f"{answer.value} — " if answer.value and place == 0 else ""
        page.line(f"{value}“{quotation.text}”" + (f" — {said}" if said else "") + f" [{quotation.hit}]", "bold")
    if not answer.quotations:
        page.line(answer.text, "bold")
    page.line()
    for rank in dict.fromkeys(quotation.hit for quotation in answer.quotations if quotation.hit in by_rank):
        page.line(f"[{rank}] {_where(by_rank[rank])}", "dim")


def _show_hits(page: Page, hits: tuple[Hit, ...]) -> None:
    if not hits:
        page.line("Nothing in memory.")
    for hit in hits:
        space = f"{hit.space} · " if hit.space else ""
        page.line(f"[{hit.rank}] {space}{_said(hit)}: {one_line(hit.text, HIT_WIDTH)}")
        if hit.episode:
            page.line(f"    {_folded(hit)}", "dim")


def _show_nothing(page: Page, answer: Answer, hits: tuple[Hit, ...], *, explain: bool) -> None:
    near = () if explain else hits
    if near and answer.confidence >= LIKELY:
        page.line("Not in memory, as far as its words tell. What comes nearest:")
        _show_hits(page, near[:_NEAREST])
        return
    page.line("Not in memory.")
    if near:
        page.line("--no-answer lists what comes nearest.", "dim")


def _show_facts(page: Page, reply: Reply) -> None:
    """A line for what holds of each thing asked for of which more than one value, or a time, is known."""
    when = f"on {reply.question.as_of}" if reply.question.as_of else "now"
    for each in reply.facts:
        until = when if each.valid_to is None else f"until {each.valid_to}" if each.valid_to else "no longer"
        page.line(f"{until}: {each.text.rstrip('.')}{_told(each)}")


def _told(fact: FactHit) -> str:
    parts = [f"since {fact.valid_from}"] if fact.valid_from else []
    parts += [f"before: {', '.join(fact.before)}"] if fact.before else []
    parts += [f"doubted: {', '.join(fact.open)}"] if fact.open else []
    parts += [f"space {fact.space}"] if fact.space else []
    return f" ({'; '.join(parts)})" if parts else ""


def _show_insights(page: Page, insights: tuple[InsightHit, ...]) -> None:
    if insights:
        page.line()
    for each in insights:
        space = f", space {each.space}" if each.space else ""
        page.line(f"· {each.text} ({counted(len(each.support), 'note')}{space})")


def _show_reading(page: Page, reading: Reading) -> None:
    page.line(f"terms: {', '.join(reading.terms) or 'none'}", "dim")
    if reading.added:
        page.line(f"added: {', '.join(reading.added)}", "dim")
    page.line(f"entities: {', '.join(reading.entities) or 'none'}", "dim")
    page.line(f"speaker: {reading.speaker or 'any'}", "dim")
    page.line(f"times: {', '.join(reading.times) or 'any'}", "dim")
    page.line()


def _show_explained(page: Page, reply: Reply) -> None:
    if reply.question.answer and reply.hits:
        page.line()
        _show_hits(page, reply.hits)
    _show_signals(page, reply.hits)
    for each in reply.facts:
        for rank in each.replaced:
            page.line(f"[{rank}] states a value of {each.relation} that {each.value} has replaced", "dim")


def _show_signals(page: Page, hits: tuple[Hit, ...]) -> None:
    names = list(dict.fromkeys(name for hit in hits for name in hit.signals))
    if not names:
        return
    page.line()
    rows = []
    for hit in hits:
        signals = [f"{hit.signals[name]:.3f}" if name in hit.signals else "" for name in names]
        rows.append([f"[{hit.rank}]", f"{hit.score:.3f}", hit.tier, *signals])
    page.table(["hit", "score", "tier", *names], rows)
    for hit in hits:
        if hit.path:
            page.line(f"[{hit.rank}] {' → '.join(hit.path)}", "dim")


def _said(hit: Hit) -> str:
    """Who said it and when; the title, for a document."""
    first = hit.sources[0] if hit.sources else None
    who = (first.speaker if first else None) or hit.title
    return ", ".join(filter(None, (who, day(hit.timestamp))))


def _folded(hit: Hit) -> str:
    """What a hit stands for that is one for several messages of a folded episode, and how these are had."""
    where = f" --space {hit.space}" if hit.space else ""
    several = counted(len(hit.sources), "message")
    return f"{several} of a folded episode, {hit.title}; memcli episode unfold {hit.episode}{where}"


def _where(hit: Hit) -> str:
    places = f"{_place(hit.sources[0])}; {_folded(hit)}" if hit.episode else "; ".join(map(_place, hit.sources))
    return f"{hit.space} · {places}" if hit.space else places


def _place(source: Citation) -> str:
    if source.document is not None:
        return f"document {source.document}"
    # A message without an id is called by its time, which need not be said twice.
    timed = source.timestamp and (source.message or "").startswith(source.timestamp)
    parts = (source.conversation, source.session, source.message, None if timed else minute(source.timestamp))
    return " · ".join(filter(None, parts))
