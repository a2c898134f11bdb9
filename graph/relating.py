"""Links that only the whole memory shows: between notes whose messages are near by their vectors
(`memcli note derive`).

A-MEM (arXiv 2502.12110, section 3.2) compares a new note with the nearest by their vectors. As messages come in, these
are still to change with the turns that follow, and links by them would depend on how many came at once. So this is
done when somebody asks for it, on what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from graph.copies import Wording, copies
from graph.evolution.linking import CLOSEST, LINKS, originals, repeats, telling
from graph.evolution.mixture import higher
from graph.evolution.revision import evolve
from graph.ids import interaction_id, note_id
from graph.model import Action, Changes, Edge, EdgeKind, Form, Interaction, NodeKind, Note, Relation, Selection
from graph.ports import REACH, Progress, Store
from graph.store.batches import batches, nodes_of
from graph.store.retrying import persistently

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

SHARED = 2
"""Telling words that two notes have in common which are linked."""
_ROWS = 256
"""Notes that are compared with all earlier ones at once."""

Pair = tuple[str, str]


class RelateReport(Struct, frozen=True):
    """What one run did: the `notes` that have vectors by `model`, the links between them that were made, and the
    changes of notes in the light of these."""

    model: str
    notes: int
    links: int
    evolved: int


class _Place(Struct, frozen=True, order=True):
    """When and where an interaction was said."""

    timestamp: str
    conversation: str
    session: str
    position: int
    id: str
    message: bool


def relate(store: Store, model: str, progress: Progress | None = None) -> RelateReport:
    """Link each note to the nearest earlier ones by the vectors of `model`, a transaction a batch. What was linked, or
    was so once, stays as it is, so that what was broken off, or has grown since, is made whole by another run.

    Of the `CLOSEST` nearest those are linked whose cosines are of the higher kind (`graph.evolution.mixture`), `LINKS`
    at most, and that say `SHARED` of the same telling words: what is near in tone is far more. None was said within
    `REACH` of the same session: that it is near is no news.

    Raises:
        StoreError: the store fails. What was committed stays.
    """
    with store.transaction(write=False):
        held = list(store.edges(None, (EdgeKind.LINKS_TO,)))
        places, numbers = _embedded(store, model, held)
        decided = _decided(store, held)
    if progress:
        progress.begin("comparing", len(places))
    links = evolved = 0
    for start in range(1, len(places), _ROWS):
        end = min(start + _ROWS, len(places))
        found = [each for at, row in _rows(numbers, start, end) for each in _links(places, at, row, decided, model)]
        for some in batches(found):
            made, changed = persistently(partial(_save, store, some))
            links, evolved = links + made, evolved + changed
        if progress:
            progress.advance(end, links)
    if progress:
        progress.end()
    return RelateReport(model, len(places), links, evolved)


def _embedded(store: Store, model: str, links: Sequence[Edge]) -> tuple[list[_Place], NDArray[float32]]:
    """Where the interactions of notes stand that have vectors by `model`, in order of time, and the vectors (notes,
    dimensions). One that repeats another, by `links`, is left out."""
    import numpy

    repeating = set(map(interaction_id, originals(links)))
    noted = {edge.target for edge in store.edges(None, (EdgeKind.DERIVED_FROM,))} - repeating
    read = {
        each.node: numpy.frombuffer(each.numbers, dtype="<f4")
        for each in store.vectors()
        if each.model == model and each.node in noted
    }
    places = sorted(
        _Place(each.timestamp or "", each.conversation, each.session, each.position, each.id, each.form is Form.MESSAGE)
        for each in store.nodes(Selection((NodeKind.INTERACTION,)))
        if isinstance(each, Interaction) and each.id in read
    )
    return places, numpy.stack([read[each.id] for each in places]) if places else numpy.empty((0, 0), "<f4")


def _decided(store: Store, links: Sequence[Edge]) -> Set[Pair]:
    """The pairs of notes, in both orders, that are linked, or about whose link anything was ever decided."""
    found = {(edge.source, edge.target) for edge in links}
    found |= {(each.subject, each.other) for each in store.events() if each.action in (Action.LINK, Action.UNLINK)}
    return found | {pair[::-1] for pair in found}


def _rows(numbers: NDArray[float32], start: int, end: int) -> Iterator[tuple[int, NDArray[float32]]]:
    """Yield the place of each note from `start` to `end`, and its cosines to all before it."""
    block = numbers[start:end] @ numbers[:end].T
    return ((at, block[at - start, :at]) for at in range(start, end))


def _links(
    places: Sequence[_Place], at: int, cosines: NDArray[float32], decided: Set[Pair], model: str
) -> Iterator[Edge]:
    """Yield the links of the note at a place to those before it, the nearest first."""
    import numpy

    # Some of the nearest may lie around it: so many more are looked at.
    most = min(len(cosines), CLOSEST + REACH)
    nearest = numpy.argpartition(-cosines, most - 1)[:most]
    near = {int(each): round(float(cosines[each]), 4) for each in nearest if not _around(places[at], places[each])}
    closest = sorted(near, key=lambda each: (-near[each], each))[:CLOSEST]
    least = higher([near[each] for each in closest])
    for each in closest[:LINKS]:
        pair = note_id(places[at].id), note_id(places[each].id)
        if near[each] >= least and pair not in decided:
            yield Edge(*pair, EdgeKind.LINKS_TO, near[each], Relation.SAME_TOPIC.value, decided_by=model)


def _around(one: _Place, other: _Place) -> bool:
    same = (one.conversation, one.session) == (other.conversation, other.session)
    return same and one.message and other.message and abs(one.position - other.position) <= REACH


def _told(links: Iterable[Edge], said: Mapping[str, Interaction]) -> Iterator[Edge]:
    """Yield those of `links` of which the words of both notes tell as well; from a copy to what has its words there is
    one, to the first of these."""
    first: dict[str, str] = {}
    for each in links:
        later, earlier = said[each.source], said[each.target]
        if not copies(Wording.of(later), Wording.of(earlier)):
            both = sorted(telling(later.text) & telling(earlier.text))
            if len(both) >= SHARED:
                told = f"near by their vectors, {each.weight:.2f}; both say {', '.join(both[:4])}"
                yield replace(each, reason=told)
        elif each.source not in first:
            first[each.source] = each.target
            yield repeats(each.source, first.get(each.target, each.target))


def _save(store: Store, links: Sequence[Edge]) -> tuple[int, int]:
    """Write those of `links` whose notes are still there, and that nobody has made meanwhile, what turns out to be a
    copy as such; return their number, and that of the changes of notes."""
    ids = {id for edge in links for id in (edge.source, edge.target)}
    with store.transaction(write=True):
        held: Mapping[str, Note | Interaction] = {
            each.id: each
            for each in nodes_of(sorted({*ids, *map(interaction_id, ids)}), (), store)
            if isinstance(each, Note | Interaction)
        }
        linked = {(edge.source, edge.target) for edge in store.edges(sorted(ids), (EdgeKind.LINKS_TO,))}
        notes = {id: each for id, each in held.items() if isinstance(each, Note)}
        said = {note_id(id): each for id, each in held.items() if isinstance(each, Interaction)}
        linked |= {pair[::-1] for pair in linked}
        there = notes.keys() & said.keys()
        free = (each for each in links if there.issuperset(pair := (each.source, each.target)) and pair not in linked)
        new = list(_told(free, said))
        changed, events = evolve(new, notes, said)
        store.save(Changes(tuple(notes[id] for id in sorted(changed)), tuple(new), events=tuple(events)))
    return len(new), len(events) - len(new)
