"""What is asked of memcli, where somebody wants that remembered: queries of the middle tier as those of conversations.

G-Memory enters every task and how it went into its query graph (arXiv 2506.07398, 3.1), and MemoryBank strengthens what
is recalled (arXiv 2305.10250, section 2.3). A question is an interaction of a form of its own, so that it is moved and
forgotten as anything that was said; but no search finds it, since it tells nothing. What its answer quotes
settled it, until somebody says that the answer was bad, which is an interaction as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeGuard

from graph.derive import frontier_of
from graph.errors import NotFoundError
from graph.forgetting.choosing import Wanted
from graph.forgetting.run import forget
from graph.ids import content_id, is_asked
from graph.model import (
    PERSON,
    Changes,
    Edge,
    EdgeKind,
    Form,
    Interaction,
    NodeKind,
    Query,
    Record,
    Reply,
    Selection,
)
from graph.ports import Store
from graph.secrets import masked
from graph.store.retrying import persistently
from graph.tiers import queries
from graph.tiers.interactions import interaction, order, placed, windows

CONVERSATION = "memcli ask"
"""The conversation of all that is asked of memcli; each day is a session."""
_MOST = 100
"""Queries that one message settled among which similar ones are looked for."""
_DAY = len("2024-03-05")
_BAD = "bad"


def remember(reply: Reply, asked_at: str | None, store: Store, *, redact: bool) -> str:
    """Enter the question of `reply`, asked at that time (now, where that is none), as a query that is settled by the
    messages which the answer quotes; open, where it quotes none. Return its id. Secrets in it are masked, where they
    are to `redact`.

    Raises:
        StoreError: the store cannot be written.
    """
    said = _said(reply.question.text, asked_at, redact=redact)
    query = Query(content_id("query", said.id, said.text), queries.wording(said.text), timestamp=said.timestamp)
    sources = {hit.rank: hit.sources[0].interaction for hit in reply.hits}
    quoted = dict.fromkeys(sources[each.hit] for each in reply.answer.quotations if each.hit in sources)

    def enter() -> None:
        with store.transaction(write=True):
            there = store.frontier([said.id, *quoted]).known
            if said.id in there:
                return
            # Somebody may have forgotten meanwhile what was found.
            left = [id for id in quoted if id in there]
            answers = [Edge(query.id, id, EdgeKind.ANSWERED_BY, reason=queries.QUOTED) for id in left]
            alike = queries.resembling(query, _settled_by(left, store))
            tied = (Edge(query.id, said.id, EdgeKind.ASKED_IN), *answers, *alike)
            store.save(_entered(said, queries.settled(query, answers), tied, store))

    persistently(enter)
    return query.id


def _settled_by(said: Sequence[str], store: Store) -> list[Query]:
    """The queries that interactions settled, but for those that very many did. Reads the store, within the caller's
    transaction."""
    edges = store.edges(said, (EdgeKind.ANSWERED_BY,), _MOST) if said else ()
    ids = tuple(sorted({edge.source for edge in edges}))
    found = store.nodes(Selection((NodeKind.QUERY,), ids=ids)) if ids else ()
    return [each for each in found if isinstance(each, Query)]


def judge(name: str, reason: str, store: Store, *, good: bool, redact: bool) -> bool:
    """Let the query `name`, an id, be corrected, since its answer was bad, for a `reason`; or, where it is `good` after
    all, take that back. Return whether anything changes by it.

    Raises:
        NotFoundError: there is no such query, or nobody asked it of memcli.
        StoreError: the store cannot be written.
    """
    said = _said(reason.strip() or _BAD, None, redact=redact)

    def enter() -> Sequence[str]:
        """Say that it was bad, unless that is said; return what says so now."""
        with store.transaction(write=True):
            query = next(iter(store.nodes(Selection((NodeKind.QUERY,), ids=(name,)))), None)
            if not isinstance(query, Query):
                raise NotFoundError("the question of this answer is remembered no more", "ask it again with --remember")
            edges = list(store.edges([query.id], (EdgeKind.ASKED_IN, EdgeKind.ANSWERED_BY)))
            if not any(each.kind is EdgeKind.ASKED_IN and is_asked(each.target) for each in edges):
                # What follows in a conversation tells how its questions went.
                raise NotFoundError(f"{name} was not asked of memcli", "name an answer of `memcli ask --remember`")
            told = [each.target for each in edges if each.relation == queries.CORRECTS]
            if not (told or good):
                verdict = Edge(query.id, said.id, EdgeKind.ANSWERED_BY, 1.0, queries.CORRECTS, "feedback", PERSON)
                store.save(_entered(said, queries.settled(query, [*edges, verdict]), [verdict], store))
            return told

    told = persistently(enter)
    if told and good:
        forget(Wanted(messages=tuple(told)), store)
    return bool(told) is good


def _said(text: str, at: str | None, *, redact: bool) -> Interaction:
    at = at if _is_time(at) else datetime.now().isoformat(timespec="milliseconds")
    record = Record(Form.ASKED, at, text, CONVERSATION, session=at[:_DAY], timestamp=at)
    return interaction(masked(record)[0] if redact else record)


def _is_time(at: str | None) -> TypeGuard[str]:
    try:
        return bool(at and datetime.fromisoformat(at))
    except ValueError:
        return False


def _entered(said: Interaction, query: Query, edges: Sequence[Edge], store: Store) -> Changes:
    """What enters `said`, behind what its conversation holds, with the `query` that it bears on."""
    frontier = frontier_of([said], store)
    if said.id in frontier.known:
        return Changes((query,), tuple(edges))
    (window,) = windows(placed([said], frontier), frontier)
    return Changes((window[-1], query), (*order(window[-2:]), *edges))
