"""One run of refining: what it would take, and doing it, call by call, as long as the budget lasts."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct, field

from graph.errors import LlmError
from graph.llm.client import Client
from graph.llm.schema import NoReplyError, Why
from graph.ports import Progress, Store
from graph.refining import facts, insights, links, notes
from graph.refining.batch import Batch, Kind, Settled, Size, refused
from graph.store.retrying import persistently

_FAILURES = 3
"""Calls in a row without a reply after which nobody waits for more."""


class Estimate(Struct, frozen=True):
    """What a run would take: so many `decisions` in so many `calls`, of which `known` are answered already; about so
    many `tokens` at most."""

    decisions: int = 0
    calls: int = 0
    known: int = 0
    tokens: int = 0


class Refined(Struct, frozen=True):
    """What a run did. By kind, `decided` counts decisions that are the model's now, `changed` those of them that differ
    from the rule's, `overtaken` those that somebody else had made meanwhile. `fallbacks` counts decisions that stayed
    the rule's, by reason; `left` those that the budget did not reach."""

    decided: Mapping[str, int]
    changed: Mapping[str, int]
    fallbacks: Mapping[str, int]
    overtaken: int = 0
    left: int = 0
    calls: int = 0
    cached: int = 0
    tokens: int = 0
    elapsed_s: float = 0.0


class Refining(Struct):
    """A run over decisions of `kinds` with a `client`, whose calls may be of a `size`."""

    store: Store
    client: Client
    kinds: Sequence[Kind]
    size: Size
    _expected: dict[str, int] = field(default_factory=dict)
    _decided: dict[str, int] = field(default_factory=dict)
    _changed: dict[str, int] = field(default_factory=dict)
    _fallbacks: dict[str, int] = field(default_factory=dict)
    _overtaken: int = 0
    _left: int = 0
    _failures: int = 0

    def estimate(self) -> dict[str, Estimate]:
        """What the run would take, by kind. Links that are decided may join communities otherwise, so that insights are
        a guess."""
        found: dict[str, Estimate] = {}
        for kind in self.kinds:
            total = Estimate()
            for batch in self._batches(kind):
                known = self.client.knows(batch.task)
                total = Estimate(
                    total.decisions + batch.decisions,
                    total.calls + 1,
                    total.known + known,
                    total.tokens + (0 if known else batch.task.tokens),
                )
            found[kind.value] = total
        self._expected = {name: each.calls for name, each in found.items()}
        return found

    def run(self, budget: int, progress: Progress | None = None) -> Refined:
        """Decide, call by call, within `budget` tokens. What is decided stays, however the run ends, and the next one
        goes on behind it.

        Raises:
            LlmError: the model cannot be used, or gives no reply several times in a row.
            StoreError: the store cannot be written.
        """
        began = time.monotonic()
        client = self.client
        client.calls = client.cached = client.spent = 0
        for kind in self.kinds:
            if progress:
                progress.begin(f"refining {kind.value}", self._expected.get(kind.value))
            for number, batch in enumerate(self._batches(kind), 1):
                self._ask(kind, batch, budget)
                if progress:
                    progress.advance(number, sum(self._decided.values()))
            if progress:
                progress.end()
        return Refined(
            self._decided,
            self._changed,
            self._fallbacks,
            self._overtaken,
            self._left,
            client.calls,
            client.cached,
            client.spent,
            round(time.monotonic() - began, 3),
        )

    def _batches(self, kind: Kind) -> Iterator[Batch]:
        name = self.client.name
        if kind is Kind.INSIGHTS:
            return insights.batches(self.store, name, self.size)
        if kind is Kind.FACTS:
            return facts.batches(self.store, name, self.size)
        refusals = refused(self.store, name)
        if kind is Kind.LINKS:
            return links.batches(self.store, name, self.size, refusals)
        return notes.batches(self.store, name, self.size, refusals)

    def _ask(self, kind: Kind, batch: Batch, budget: int) -> None:
        """Have one batch decided, or leave it to the rule."""
        if not self.client.knows(batch.task) and self.client.spent + batch.task.tokens > budget:
            self._left += batch.decisions
            return
        try:
            reply = self.client.ask(batch.task)
        except NoReplyError as error:
            self._fall_back(error.why, batch.decisions)
            self._failures = self._failures + 1 if error.why is Why.NO_REPLY else 0
            if self._failures == _FAILURES:
                raise LlmError(
                    f"{_FAILURES} times without a reply: {error}", "what was decided stays; run it again to go on"
                ) from None
            return
        self._failures = 0
        done: Settled = persistently(partial(batch.settle, reply))
        self._decided[kind.value] = self._decided.get(kind.value, 0) + done.decided
        self._changed[kind.value] = self._changed.get(kind.value, 0) + done.changed
        self._overtaken += done.overtaken
        self._fall_back(Why.UNGROUNDED, done.ungrounded)

    def _fall_back(self, why: Why, decisions: int) -> None:
        if decisions:
            self._fallbacks[why.value] = self._fallbacks.get(why.value, 0) + decisions
