"""How well episodes are kept: what nothing comes back to fades.

MemoryBank (arXiv 2305.10250, section 2.3) takes Ebbinghaus's curve of forgetting: retention is exp(-t / S), where t is
the time since a memory was last recalled, and its strength S begins at 1 and grows by 1 with each recall. A recall is
here what is recorded: an occasion on which a later message was linked to one of the episode, as linking looks up what
is remembered; a vote of a person for an insight that rests on it, feedback on an answer included; and a question to
memcli that is entered (`graph.asked`) and of which the answer quotes it, unless somebody says that this was bad.

An episode that was folded (`graph.folding`) stays so until it is stronger than it was then: what is recalled unfolds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import exp

from msgspec import Struct
from msgspec.structs import replace

from graph.digests import Digest, digested
from graph.evolution.undo import Past
from graph.ids import PREFIXES, interaction_id, note_id
from graph.lookup import find
from graph.model import PERSON, Action, EdgeKind, Episode, Event, Interaction, NodeKind, Note, Query, Selection
from graph.ports import Store
from graph.store.batches import batches, edges_of, nodes_of
from graph.tiers.queries import QUOTED

_DAY = 86_400
_NEVER = datetime.min.replace(tzinfo=UTC)
"""Before any time that is known."""


class Remembered(Struct, frozen=True):
    """An episode, on how many occasions something came back to it, when last, and its retention in [0, 1] (None: no
    time is known)."""

    episode: Episode
    recalls: int = 0
    recalled: str | None = None
    retention: float | None = None

    @property
    def strength(self) -> int:
        """S of the curve: 1, and 1 more for each recall."""
        return _strength(self.recalls)

    @property
    def folded(self) -> bool:
        """Whether its digest stands for it: it was folded, and nothing came back to it since."""
        return still_folded(self.episode, self.recalls)


class EpisodePage(Struct, frozen=True):
    """An episode with its messages in order, and the digest that stands for them where it is folded."""

    kept: Remembered
    messages: tuple[Interaction, ...]
    digest: Digest | None = None


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
        found = episode_of(store, name)
        (kept,) = _kept([found], store, days, now)
        said = _messages(store, found.id)
        return EpisodePage(kept, tuple(said), digested(said, store) if kept.folded else None)


def _messages(store: Store, episode: str) -> list[Interaction]:
    """The messages of the episode with that id, in order. Reads the store, within the caller's transaction."""
    ids = tuple(edge.source for edge in store.edges([episode], (EdgeKind.PART_OF,)))
    found = store.nodes(Selection((NodeKind.INTERACTION,), ids=ids)) if ids else ()
    return sorted((each for each in found if isinstance(each, Interaction)), key=lambda each: each.position)


def episode_of(store: Store, name: str) -> Episode:
    """The episode with the id `name`, or of the message or note with that id. Reads the store, within the caller's
    transaction; raises what `page` does."""
    said = interaction_id(name) if name.startswith(PREFIXES["note"]) else name
    edges = store.edges([said], (EdgeKind.PART_OF,))
    id = next((edge.target for edge in edges if edge.source == said), name)
    found = find(store, id, NodeKind.EPISODE)
    assert isinstance(found, Episode)
    return found


def folded_among(episodes: Iterable[Episode], store: Store) -> list[Episode]:
    """Those of `episodes` that are folded. Reads the store, within the caller's transaction, where any was folded."""
    marked = [each for each in episodes if each.folded_strength is not None]
    recalls = _recalls([each.id for each in marked], store) if marked else {}
    return [each for each in marked if still_folded(each, len(recalls.get(each.id, ())))]


def still_folded(episode: Episode, recalls: int) -> bool:
    """Whether an episode to which something came back so often is folded."""
    return episode.folded_strength is not None and _strength(recalls) <= episode.folded_strength


def _strength(recalls: int) -> int:
    return 1 + recalls


def _kept(episodes: Sequence[Episode], store: Store, days: float, now: datetime) -> list[Remembered]:
    recalls = _recalls([each.id for each in episodes], store)
    return [_faded(each, recalls.get(each.id, {}), days, now) for each in episodes]


def _faded(episode: Episode, recalls: Mapping[str, str | None], days: float, now: datetime) -> Remembered:
    """An episode with what `recalls` tell: when each occasion was, by its name."""
    last = _latest(recalls.values())
    since = _days_since(last, now) if last else age(episode, now)
    if since is None:
        return Remembered(episode, len(recalls), last)
    return Remembered(episode, len(recalls), last, round(exp(-since / (days * _strength(len(recalls)))), 4))


def age(episode: Episode, now: datetime) -> float | None:
    """The days since an episode ended, at least 0; None where no time is known."""
    return _days_since(episode.ended or episode.timestamp, now)


def _days_since(timestamp: str | None, now: datetime) -> float | None:
    since = _instant(timestamp)
    return None if since is None else max(0.0, (now - since).total_seconds() / _DAY)


def _recalls(ids: Sequence[str], store: Store) -> Mapping[str, Mapping[str, str | None]]:
    """For each episode the occasions on which something came back to it, by name, with the time of the last message
    or vote of each: another episode is one, as is a document; and so is an answer, or a vote."""
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    place = {note_id(edge.source): edge.target for edge in store.edges(ids, (EdgeKind.PART_OF,))}
    links = list(edges_of(sorted(place), (EdgeKind.LINKS_TO,), store))
    later = _notes(sorted({edge.source for edge in links if edge.target in place}), store)
    home = place | _homes([id for id in later if id not in place], store)
    for edge in links:
        here, there = place.get(edge.target), home.get(edge.source, edge.source)
        if here and here != there and edge.source in later:
            _enter(found[here], there, later[edge.source].timestamp)
    for note, (occasion, at) in (*_votes(sorted(place), store), *_asked(sorted(place), store)):
        _enter(found[place[note]], occasion, at)
    return found


def _votes(notes: Sequence[str], store: Store) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield, for each time a person was for an insight that rests on one of `notes`, the note, and what and when that
    was: a vote, or feedback on an answer, of which the last word counts."""
    edges = list(edges_of(notes, (EdgeKind.SUPPORTED_BY,), store))
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


def _asked(notes: Sequence[str], store: Store) -> Iterator[tuple[str, tuple[str, str | None]]]:
    """Yield, for each time that an answer of memcli quoted what one of `notes` is of, and nobody said that it was bad,
    the note, and the query that was remembered, and when that was asked."""
    answered = edges_of([interaction_id(each) for each in notes], (EdgeKind.ANSWERED_BY,), store)
    quoted = [edge for edge in answered if edge.reason == QUOTED]
    found = nodes_of(sorted({edge.source for edge in quoted}), (NodeKind.QUERY,), store)
    when = {each.id: each.timestamp for each in found if isinstance(each, Query) and each.outcome == "answered"}
    yield from ((note_id(edge.target), (edge.source, when[edge.source])) for edge in quoted if edge.source in when)


def _notes(ids: Sequence[str], store: Store) -> dict[str, Note]:
    return {each.id: each for each in nodes_of(ids, (NodeKind.NOTE,), store) if isinstance(each, Note)}


def _homes(notes: Sequence[str], store: Store) -> dict[str, str]:
    """The episode of each of the `notes` that is of one."""
    said = [interaction_id(id) for id in notes]
    return {note_id(edge.source): edge.target for edge in edges_of(said, (EdgeKind.PART_OF,), store)}


def _enter(recalls: dict[str, str | None], occasion: str, at: str | None) -> None:
    recalls[occasion] = _latest((recalls.get(occasion), at))


def _latest(timestamps: Iterable[str | None]) -> str | None:
    """The latest of those that there are, whatever their offsets."""
    return max(filter(None, timestamps), key=lambda each: _instant(each) or _NEVER, default=None)


def _instant(timestamp: str | None) -> datetime | None:
    """A time that can be reckoned with; what has no offset is taken for UTC."""
    try:
        at = datetime.fromisoformat(timestamp) if timestamp else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def _order(episode: Episode) -> tuple[datetime, str, int, str]:
    return _instant(episode.timestamp) or _NEVER, episode.conversation, episode.position, episode.id
