"""How well episodes are kept: what nothing comes back to fades.

MemoryBank (arXiv 2305.10250, section 2.3) takes Ebbinghaus's curve of forgetting: retention is exp(-t / S), where t is
the time since a memory was last recalled, and its strength S begins at 1 and grows by 1 with each recall. A recall is
here what is recorded anyway: an occasion on which a later message was linked to one of the episode, as linking looks up
what is remembered; and a vote of a person for an insight that rests on it, feedback on an answer included. Questions
leave no trace, so that asking changes no memory, and needs none that may be written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import exp

from msgspec import Struct
from msgspec.structs import replace

from graph.evolution.undo import Past
from graph.ids import PREFIXES, interaction_id, note_id
from graph.lookup import find
from graph.model import PERSON, Action, EdgeKind, Episode, Event, Interaction, NodeKind, Note, Selection
from graph.ports import Store
from graph.store.batches import batches

_DAY = 86_400


class Remembered(Struct, frozen=True):
    """An episode, on how many occasions something came back to it, when last, and its retention in [0, 1] (None: no
    time is known)."""

    episode: Episode
    recalls: int = 0
    recalled: str | None = None
    retention: float | None = None


class EpisodePage(Struct, frozen=True):
    """An episode with its messages in order."""

    kept: Remembered
    messages: tuple[Interaction, ...]


def listed(
    store: Store, wanted: Selection, days: float, now: datetime, weaker: float | None = None
) -> list[Remembered]:
    """The selected episodes in order of time, of which `wanted.limit` counts the last: those with a retention below
    `weaker`, where that is given. A strength of 1 lasts `days`; `now` has an offset."""
    with store.transaction(write=False):
        nodes = store.nodes(replace(wanted, kinds=(NodeKind.EPISODE,), limit=None))
        found = sorted((each for each in nodes if isinstance(each, Episode)), key=_order)
        if weaker is None and wanted.limit:
            found = found[-wanted.limit :]
        kept = [each for some in batches(found) for each in _kept(some, store, days, now)]
    weak = [each for each in kept if weaker is None or (each.retention is not None and each.retention < weaker)]
    return weak[-wanted.limit :] if wanted.limit else weak


def page(store: Store, name: str, days: float, now: datetime) -> EpisodePage:
    """The episode with the id `name`, or of the message or note with that id, as `listed` has it.

    Raises:
        NotFoundError: there is none.
    """
    with store.transaction(write=False):
        said = interaction_id(name) if name.startswith(PREFIXES["note"]) else name
        edges = store.edges([said], (EdgeKind.PART_OF,))
        id = next((edge.target for edge in edges if edge.source == said), name)
        found = find(store, id, NodeKind.EPISODE)
        assert isinstance(found, Episode)
        (kept,) = _kept([found], store, days, now)
        return EpisodePage(kept, tuple(_messages(store, found.id)))


def _messages(store: Store, episode: str) -> list[Interaction]:
    """The messages of the episode with that id, in order. Reads the store, within the caller's transaction."""
    ids = tuple(edge.source for edge in store.edges([episode], (EdgeKind.PART_OF,)))
    found = store.nodes(Selection((NodeKind.INTERACTION,), ids=ids)) if ids else ()
    return sorted((each for each in found if isinstance(each, Interaction)), key=lambda each: each.position)


def _kept(episodes: Sequence[Episode], store: Store, days: float, now: datetime) -> list[Remembered]:
    recalls = _recalls([each.id for each in episodes], store)
    return [_faded(each, recalls.get(each.id, {}), days, now) for each in episodes]


def _faded(episode: Episode, recalls: Mapping[str, str | None], days: float, now: datetime) -> Remembered:
    """An episode with what `recalls` tell: when each occasion was, by its name."""
    times = [each for each in recalls.values() if each]
    last = max(times, default=None)
    since = _instant(last or episode.ended or episode.timestamp)
    if since is None:
        return Remembered(episode, len(recalls), last)
    age = max(0.0, (now - since).total_seconds() / _DAY)
    return Remembered(episode, len(recalls), last, round(exp(-age / (days * (1 + len(recalls)))), 4))


def _recalls(ids: Sequence[str], store: Store) -> Mapping[str, Mapping[str, str | None]]:
    """For each episode the occasions on which something came back to it, by name, with the time of the last message
    or vote of each: another episode is one, as is a document; and so is an answer, or a vote."""
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    place = {note_id(edge.source): edge.target for edge in store.edges(ids, (EdgeKind.PART_OF,))}
    links = [edge for some in batches(sorted(place)) for edge in store.edges(some, (EdgeKind.LINKS_TO,))]
    later = _notes(sorted({edge.source for edge in links if edge.target in place}), store)
    home = place | _homes([id for id in later if id not in place], store)
    for edge in links:
        here, there = place.get(edge.target), home.get(edge.source, edge.source)
        if here and here != there and edge.source in later:
            _enter(found[here], there, later[edge.source].timestamp)
    for note, (occasion, at) in _votes(sorted(place), store):
        _enter(found[place[note]], occasion, at)
    return found


def _votes(notes: Sequence[str], store: Store) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield, for each time a person was for an insight that rests on one of `notes`, the note, and what and when that
    was: a vote, or feedback on an answer, of which the last word counts."""
    edges = [edge for some in batches(notes) for edge in store.edges(some, (EdgeKind.SUPPORTED_BY,))]
    insights = sorted({edge.source for edge in edges})
    past = Past.of(event for some in batches(insights) for event in store.events(some))
    cast: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in past.events.values():
        if event.action is Action.VOTE and event.decided_by == PERSON and past.holds(event):
            cast[event.subject, event.cause or event.id].append(event)
    given: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for (insight, occasion), events in cast.items():
        if sum(event.value for event in events) > 0:
            given[insight].append((occasion, max(event.at for event in events)))
    yield from ((edge.target, vote) for edge in edges for vote in given[edge.source])


def _notes(ids: Sequence[str], store: Store) -> dict[str, Note]:
    found = (node for some in batches(ids) for node in store.nodes(Selection((NodeKind.NOTE,), ids=some)))
    return {each.id: each for each in found if isinstance(each, Note)}


def _homes(notes: Sequence[str], store: Store) -> dict[str, str]:
    """The episode of each of the `notes` that is of one."""
    said = [interaction_id(id) for id in notes]
    found = (edge for some in batches(said) for edge in store.edges(some, (EdgeKind.PART_OF,)))
    return {note_id(edge.source): edge.target for edge in found}


def _enter(recalls: dict[str, str | None], occasion: str, at: str | None) -> None:
    recalls[occasion] = max(filter(None, (recalls.get(occasion), at)), default=None)


def _instant(timestamp: str | None) -> datetime | None:
    """A time that can be reckoned with; what has no offset is taken for UTC."""
    try:
        at = datetime.fromisoformat(timestamp) if timestamp else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def _order(episode: Episode) -> tuple[str, str, int, str]:
    return episode.timestamp or "", episode.conversation, episode.position, episode.id
