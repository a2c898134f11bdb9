"""Notes that a model writes: keywords, tags and context; the content never changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from graph.evolution.events import Ledger, note_states
from graph.evolution.revision import told_in
from graph.llm.notes import Card, Cards, checked, task
from graph.model import Action, Changes, Event, Interaction, NodeKind, Note, Selection, by_rule
from graph.ports import Store
from graph.refining.batch import Batch, Refused, Settled, Size, portions, talks

_REASON = "by what it says"


def batches(store: Store, model: str, size: Size, refusals: Refused) -> Iterator[Batch]:
    """Yield what `model` may decide about notes that rules have written, and nobody since."""
    ids = [
        note.id
        for note in store.nodes(Selection((NodeKind.NOTE,)))
        if isinstance(note, Note) and by_rule(note.decided_by) and note.id not in refusals.nodes
    ]
    for pairs in talks(store, ids):
        for some, asked in portions(pairs, lambda pairs: task([said for _, said in pairs]), size):
            yield Batch(asked, len(some), partial(_settle, store, model, some))


def _settle(store: Store, model: str, about: Sequence[tuple[Note, Interaction]], reply: Cards) -> Settled:
    cards = list(checked(reply, [said for _, said in about]))
    ledger = Ledger.of_now()
    notes: list[Note] = []
    events: list[Event] = []
    with store.transaction(write=True):
        now = {node.id: node for node in store.nodes(Selection((NodeKind.NOTE,), ids=tuple(n.id for n, _ in about)))}
        for (note, _), card in zip(about, cards, strict=True):
            if card is None or now.get(note.id) != note:
                continue
            after = _written(note, card, model)
            old, new = note_states(note, after)
            notes.append(after)
            events.append(ledger.event(Action.EDIT, note.id, old=old, new=new, reason=_REASON, decided_by=model))
        store.save(Changes(tuple(notes), events=tuple(events)))
    ungrounded = cards.count(None)
    return Settled(len(notes), len(notes), ungrounded, len(about) - ungrounded - len(notes))


def _written(note: Note, card: Card, model: str) -> Note:
    """`note` as the card has it; it stays a message's or a document's, and goes on telling who answered it."""
    context = f"{card.context} {told_in(note.context)}".strip()
    tags = tuple(dict.fromkeys((*note.tags[:1], *card.tags)))
    return replace(note, keywords=card.keywords, tags=tags, context=context, decided_by=model)
