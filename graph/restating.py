"""Giving a memory the facts it lacks: all of them where it was made before there were any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby

from msgspec import Struct

from graph.derive import decided_meanings
from graph.evolution.corrections import corrections
from graph.facts import Stating, Turned
from graph.ids import note_id
from graph.model import EdgeKind, Form, Interaction, NodeKind, Selection
from graph.ports import REACH, Extractor, Store
from graph.store.retrying import persistently
from graph.text import fold
from graph.tiers.statements import may_state, statements

_BATCH = 500
"""Interactions in one transaction."""


class RestateReport(Struct, frozen=True):
    """What one run did: `interactions` that were looked at, and the `facts` that are new."""

    interactions: int
    facts: int


def restate(store: Store, extractor: Extractor) -> RestateReport:
    """Derive the facts of all that was said, a transaction a batch; those that are there stay as they are.

    They concern who says so, whoever they name: whether that one is known, the messages do not tell.

    Raises:
        StoreError: the store fails. What was committed stays.
    """
    places = sorted(
        (each.conversation, each.session, each.position, each.id)
        for each in store.nodes(Selection((NodeKind.INTERACTION,)))
        if isinstance(each, Interaction) and each.form is Form.MESSAGE
    )
    new = 0
    for start in range(0, len(places), _BATCH):
        # The turns before tell what those of the batch correct.
        ids = [id for *_, id in places[max(0, start - REACH) : start + _BATCH]]
        fresh = frozenset(id for *_, id in places[start : start + _BATCH])
        new += persistently(partial(_restated, store, ids, fresh, extractor))
    return RestateReport(len(places), new)


def _restated(store: Store, ids: Sequence[str], fresh: frozenset[str], extractor: Extractor) -> int:
    with store.transaction(write=True):
        wanted = tuple(sorted({*ids, *map(note_id, ids)}))
        found = list(store.nodes(Selection((NodeKind.INTERACTION, NodeKind.NOTE), ids=wanted)))
        said = {each.id: each for each in found if isinstance(each, Interaction)}
        notes = {each.id for each in found} - said.keys()
        turns = [said[id] for id in ids if id in fresh and id in said and note_id(id) in notes and may_state(said[id])]
        extracted = extractor.extract([each.text for each in turns])
        told = [
            (turn, [(each, note_id(turn.id)) for each in statements(turn, extraction)], ())
            for turn, extraction in zip(turns, extracted, strict=True)
        ]
        window = [said[id] for id in ids if id in said]
        back = [each for each in _turned(window, fresh) if note_id(each.turn.id) in notes]
        known = store.resolve(sorted({fold(turn.speaker) for turn in turns if turn.speaker}))
        stating = Stating.of(told, back, decided_meanings(known, store))
        held = stating.held(store)
        there = {each.id for each in held}
        concerned = {edge.source: edge.target for edge in stating.ties if edge.kind is EdgeKind.CONCERNS}
        # Who was forgotten is told of no more, though what they said is still there.
        here = store.frontier(sorted({*concerned.values()})).known if concerned else ()
        new = {id: each for id, each in stating.new.items() if id not in there and concerned[id] in here}
        stating = Stating(new, [edge for edge in stating.ties if edge.source in new], stating.back)
        return store.save(stating.settled(held).changes()).get(NodeKind.FACT, 0)


def _turned(turns: Sequence[Interaction], fresh: frozenset[str]) -> Iterator[Turned]:
    for _, session in groupby(turns, key=lambda each: (each.conversation, each.session)):
        yield from (Turned(*each) for each in corrections(list(session), fresh))
