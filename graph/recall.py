"""The read path: a question to ranked evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from graph.evolution.validity import as_spoken, known_at
from graph.evolution.validity import settled as settled_facts
from graph.ids import interaction_id, note_id
from graph.model import (
    EdgeKind,
    Episode,
    Fact,
    Insight,
    Interaction,
    NodeKind,
    Note,
    Query,
    Question,
    Reach,
    Selection,
    Subgraph,
    TextQuery,
    Walk,
)
from graph.ports import Embedder, Store
from graph.rank.answer_type import expected
from graph.rank.current import (
    answer_first,
    asked_about,
    asks_for_the_past,
    current_first,
    latest_count,
    slots_asked,
)
from graph.rank.favour import favoured
from graph.rank.fusion import Scored, fuse
from graph.rank.lexical import blended
from graph.rank.nearness import combined, in_context, nearness, pivoted
from graph.rank.ppr import personalized_pagerank
from graph.rank.reading import Understood, names, searched, understood
from graph.rank.replies import asked_before, lent_down, replied
from graph.rank.request import topic
from graph.rank.valid_times import last_day
from graph.rank.valued import beside, sought, valued
from graph.relations import order, slot
from graph.settings import Settings
from graph.store.indexing import is_searched
from graph.text import fold
from graph.tiers.insights import ended
from graph.tiers.queries import QUOTED

if TYPE_CHECKING:
    from graph.embedding.asking import Asked

_WALKED = (EdgeKind.MENTIONS, EdgeKind.ABOUT)
"""The edges from notes to entities that PageRank walks; where insights have a part in it, those to notes as well."""
_SURROUNDING = (EdgeKind.NEXT, EdgeKind.DERIVED_FROM, EdgeKind.ASKED_IN)
_QUERIES = 10
"""The nearest queries from which recall goes down to what settled them."""
_SEEDS = 10
"""The best matches of full text from whose notes walks start."""


_STATING = 100
"""Messages that state what is asked for, beside those that are found."""
_NEWEST = 1000
"""Facts among which these are looked for, of each thing that is asked for."""


class Evidence(Struct, frozen=True):
    """What recall found.

    `ranked` are candidates, best first; `read` says how the question was understood; `notes` gives the note of an
    interaction, by id; `insights` are the active ones that hold and that notes in the graph support; `walked` is the
    graph that was ranked; `settled` gives, for what settled one of the nearest queries, that query, and `beyond`, for
    those that are only a hop from these, which one they resemble; `facts` are those
    that candidates state and the question may ask for, by the interaction, as they stand; `folded` the episodes that
    were folded and of which several of the nearest are, by the interaction; `answering` are those facts whose value the
    question asks for and nothing else, `beside` the folded values of what is known of the same people and not asked
    for.
    """

    ranked: tuple[Scored, ...]
    read: Understood
    notes: Mapping[str, str]
    insights: tuple[Insight, ...]
    walked: Subgraph
    settled: Mapping[str, str] = {}
    beyond: Mapping[str, str] = {}
    facts: Mapping[str, tuple[Fact, ...]] = {}
    folded: Mapping[str, Episode] = {}
    answering: tuple[Fact, ...] = ()
    beside: frozenset[str] = frozenset()


class _Candidates(Struct, frozen=True):
    """What the store has of what recall looks at: interactions within what the question asks for, the ids of notes,
    active insights, facts, episodes that were folded, by id, and queries that were asked of memcli within that, and of
    which nobody said that the answer was bad."""

    said: list[Interaction]
    notes: list[str]
    insights: tuple[Insight, ...]
    facts: list[Fact]
    folded: dict[str, Episode]
    asked: list[Query]


class _Beneath(Struct, frozen=True):
    """The note of each interaction, by id; what settled queries, each with the first query that it settled; facts that
    are stated; the episode of each interaction; and queries that were asked of memcli, with those interactions that the
    answer quoted."""

    notes: dict[str, str]
    settled: dict[str, str]
    stated: list[str]
    homes: dict[str, str]
    quoted: dict[str, list[str]]


def seen_from(question: Question) -> Question:
    """A question as of a day, put on that day, of what had been said by then; any other as it is."""
    if not question.as_of:
        return question
    # "2024-03" ends after "2024-03-05".
    until = min((each for each in (question.until, question.as_of) if each), key=lambda each: f"{each}~")
    return replace(question, until=until, asked_at=last_day(question.as_of))


def recall(question: Question, store: Store, settings: Settings, embedder: Embedder | None = None) -> Evidence:
    """Rank what the store holds by its bearing on the question; by vectors too, where there is an embedder.

    Six reads of the store, however big it is: names, text and vectors, what surrounds the matches, the graph around
    their notes and the question's entities, what the notes it leads to are derived from and what settled the queries
    among the matches, and the candidates themselves; one more for messages that state what is asked for and were not
    found, and one for terms that a language model added.
    """
    read = understood(question, store.resolve(names(question), question.conversation))
    embedded = _embedded(question, embedder, settings)
    query = _text_query(question, read, embedded, settings)
    matches = store.search(query)
    if question.added:
        matches = blended(matches, store.search(replace(query, terms=question.added)), settings.recall_added)
    signals = nearness(matches, embedded.similarities if embedded else None, settings)
    found = combined(signals, settings)
    around = store.neighborhood(list(found), _SURROUNDING, Reach(1, settings.recall_widest))
    queries = _nearest_queries(found, around) if settings.recall_settled else {}
    context = in_context(signals, around, settings)
    near = combined(context, settings)
    seeds = _seeds(read, found, _notes(around), settings)
    walk = Walk(seeds, settings.recall_damping)
    asked = walk if settings.recall_store_walks else None
    reach = Reach(settings.recall_hops, settings.recall_widest, settings.recall_breadth)
    kinds = (*_WALKED, *_also_walked(settings))
    # What asks for much the same as the nearest queries is a hop away, and read with the graph.
    walked = store.neighborhood([*seeds, *queries], kinds, reach, asked)
    beyond = _beyond(queries, walked)
    queries |= {other: queries[query] for other, query in beyond.items()}
    shares = personalized_pagerank(walked, walk) if walked.shares is None else walked.shares
    led_to = _best(_mentioning(walked), shares, settings.recall_candidates)
    nearest = _best(near, near, settings.recall_candidates)
    said = [note_id(id) for id in nearest] if settings.recall_facts else []
    beneath = _beneath([*nearest, *led_to], said, queries, store, settings)
    notes, settled = beneath.notes, beneath.settled
    graph = {interaction: shares.get(note, 0.0) for interaction, note in notes.items()}
    unnoted = [note_id(id) for id in settled if id not in notes]
    slots = slots_asked(question.text, read) if settings.recall_facts else ()
    several = [id for id, count in Counter(beneath.homes.values()).items() if count > 1]
    wanted = [*nearest, *notes, *settled, *unnoted, *beneath.stated, *several, *beneath.quoted]
    there = _candidates(wanted, slots, walked, question, store)
    candidates = there.said
    notes |= {interaction_id(note): note for note in there.notes}
    near = combined(pivoted(context, candidates), settings)
    near = replied(near, found, candidates, around, settings.recall_reply)
    again = asked_before(question.text, there.asked, beneath.quoted)
    if lent := lent_down(found, queries, settled, again, settings.recall_settled):
        near = near | {id: near.get(id, 0.0) + part for id, part in lent.items()}
        signals = {**signals, "settled": lent}
        settled = {said: query for said, (query, _) in again.items()} | settled
    asked_of = read.voices if read.speaker else ()
    ranked = favoured(fuse(candidates, near, graph, asked_of, settings, signals), read, settings)
    ranked = [each for each in ranked if each.score > 0]
    about = asked_about(there.facts, question.text, read)
    expects = expected(question.text)
    unranked = _stating(about, candidates, sought(about, question.text, read, expects), question, store)
    told = _told(about, [*candidates, *unranked], question)
    answering = valued(chain(*told.values()), question.text, read, expects, question.asked_at)
    if settings.recall_facts:
        if not asks_for_the_past(question.text, read, question.asked_at):
            ranked = current_first(latest_count(ranked, question.text, read.speaker), told, unranked)
        ranked = answer_first(ranked, [interaction_id(each.note) for each in answering], question.limit, unranked)
        notes |= {id: note_id(id) for id in told}
    folded = {id: there.folded[home] for id, home in beneath.homes.items() if home in there.folded}
    # What somebody said of themselves, and what is so no longer, stands above no answer.
    lasting = tuple(each for each in there.insights if ended(each, there.facts, question.asked_at) is None)
    other = beside(there.facts, question.text, read, expects)
    return Evidence(tuple(ranked), read, notes, lasting, walked, settled, beyond, told, folded, tuple(answering), other)


def _stating(
    facts: Sequence[Fact], candidates: Sequence[Interaction], only: str, question: Question, store: Store
) -> list[Interaction]:
    """The messages that state `facts`, within what the question asks for, that are no candidates, where a candidate
    states another value of the same, or they are of the slot `only`, whose value is asked for and nothing else: a read
    of the store where there are any. The latest ones, where they are many."""
    there = {each.id for each in candidates}
    slots: dict[str, list[Fact]] = {}
    for each in sorted(facts, key=order):
        if key := slot(each.subject, each.relation):
            slots.setdefault(key, []).append(each)
    lacking: list[str] = []
    for key, some in slots.items():
        stated = {fold(each.object) for each in some if interaction_id(each.note) in there}
        # What is said of one value elsewhere adds nothing.
        others = [interaction_id(each.note) for each in some if fold(each.object) not in stated]
        lacking += others[-_STATING:] if stated or key == only else []
    ids = tuple(dict.fromkeys(lacking))
    found = store.nodes(Selection((NodeKind.INTERACTION,), ids=ids)) if ids else ()
    return [each for each in found if isinstance(each, Interaction) and _within(each, question)]


def _told(facts: Sequence[Fact], messages: Sequence[Interaction], question: Question) -> dict[str, tuple[Fact, ...]]:
    """Those of `facts` that `messages` state, by the interaction, as they stood when the question is asked.

    What is said elsewhere bears on them only where it is asked of the whole memory.
    """
    there = {each.id for each in messages}
    asked = [each for each in facts if interaction_id(each.note) in there]
    if question.as_of:
        asked = known_at(asked, question.as_of)
    elif question.conversation or question.until:
        asked = list(settled_facts(asked).facts.values())
    told: dict[str, tuple[Fact, ...]] = {}
    for each in as_spoken(asked, {note_id(said.id): said.conversation for said in messages}):
        place = interaction_id(each.note)
        told[place] = (*told.get(place, ()), each)
    return told


def _nearest_queries(found: Mapping[str, float], around: Subgraph) -> dict[str, str]:
    """The queries that the best matches ask, each with its match, the best first."""
    asked = [
        (around.ids[source], around.ids[target])
        for source, target, kind, _ in around.edges
        if kind is EdgeKind.ASKED_IN and around.ids[target] in found
    ]
    return dict(sorted(asked, key=lambda pair: (-found[pair[1]], pair[0]))[:_QUERIES])


def _also_walked(settings: Settings) -> Iterator[EdgeKind]:
    if settings.recall_insights:
        yield EdgeKind.SUPPORTED_BY
    if settings.recall_settled:
        yield EdgeKind.RESEMBLES


def _beyond(queries: Mapping[str, str], walked: Subgraph) -> dict[str, str]:
    """The queries a hop from the nearest ones, each with the best of these that it resembles."""
    near: dict[str, list[str]] = {query: [] for query in queries}
    for source, target, kind, _ in walked.edges:
        if kind is EdgeKind.RESEMBLES:
            for one, other in ((walked.ids[source], walked.ids[target]), (walked.ids[target], walked.ids[source])):
                near.get(one, []).append(other)
    found: dict[str, str] = {}
    for query, others in near.items():
        for other in sorted(others):
            if other not in queries:
                found.setdefault(other, query)
    return found


def _beneath(
    ids: Sequence[str], stating: Sequence[str], queries: Mapping[str, str], store: Store, settings: Settings
) -> _Beneath:
    """What lies beneath interactions and notes, `ids`, notes that may be `stating` something (none: no fact is looked
    for) and `queries`, in one read."""
    kinds = [EdgeKind.DERIVED_FROM, EdgeKind.PART_OF]
    kinds += [EdgeKind.ANSWERED_BY] if settings.recall_settled else []
    kinds += [EdgeKind.STATED_IN] if stating else []
    answers: dict[str, list[str]] = {query: [] for query in queries}
    found = _Beneath({}, {}, [], {}, {})
    for edge in store.edges([*ids, *stating, *queries], kinds):
        match edge.kind:
            case EdgeKind.DERIVED_FROM:
                found.notes[edge.target] = edge.source
            case EdgeKind.PART_OF:
                found.homes[edge.source] = edge.target
            case EdgeKind.STATED_IN:
                found.stated.append(edge.source)
            case EdgeKind.ANSWERED_BY if edge.reason == QUOTED:
                found.quoted.setdefault(edge.source, []).append(edge.target)
            case EdgeKind.ANSWERED_BY if edge.source in answers:
                answers[edge.source].append(edge.target)
    for query, some in answers.items():
        for answer in some:
            found.settled.setdefault(answer, query)
    return found


def _embedded(question: Question, embedder: Embedder | None, settings: Settings) -> Asked | None:
    if embedder is None or not (settings.recall_vectors or settings.recall_tokens):
        return None
    from graph.embedding.asking import asked

    return asked(topic(question.text), embedder)


def _text_query(question: Question, read: Understood, embedded: Asked | None, settings: Settings) -> TextQuery:
    return TextQuery(
        terms=searched(read),
        vector=embedded.vector if embedded else b"",
        model=embedded.model if embedded else "",
        conversation=question.conversation,
        speaker=question.speaker,
        since=question.since,
        until=question.until,
        limit=settings.recall_candidates,
    )


def _notes(around: Subgraph) -> dict[str, str]:
    """The note of each interaction in a neighbourhood that holds DERIVED_FROM edges."""
    return {
        around.ids[target]: around.ids[source]
        for source, target, kind, _ in around.edges
        if kind is EdgeKind.DERIVED_FROM
    }


def _mentioning(walked: Subgraph) -> list[str]:
    """The notes of a graph that was walked."""
    notes = {source for source, _, kind, _ in walked.edges if kind in _WALKED}
    return [walked.ids[note] for note in notes]


def _seeds(
    read: Understood, scores: Mapping[str, float], notes: Mapping[str, str], settings: Settings
) -> dict[str, float]:
    """Where walks start: at the question's entities by specificity (1 / mentions), and a little at full text's best."""
    seeds = {
        match.entity.id: (settings.recall_common if match.entity.id in read.common else 1) / match.mentions
        for match in read.entities
        if match.mentions
    }
    prior = settings.recall_prior if seeds else 1.0
    best = _best((id for id in scores if id in notes), scores, _SEEDS)
    return seeds | {notes[id]: prior * scores[id] for id in best}


def _best(ids: Iterable[str], scores: Mapping[str, float], count: int) -> list[str]:
    # Of equals, what is sorted in reverse keeps the order.
    return sorted(sorted(set(ids)), key=lambda id: scores.get(id, 0.0), reverse=True)[:count]


def _candidates(
    ids: Iterable[str], slots: Sequence[str], walked: Subgraph, question: Question, store: Store
) -> _Candidates:
    """Those of the interactions, notes, facts and episodes `ids` that there are, and the newest facts of `slots`; and
    the active insights in the graph. As of a day there are none: when they became active is not known."""
    insights = {walked.ids[source] for source, _, kind, _ in walked.edges if kind is EdgeKind.SUPPORTED_BY}
    kinds = (NodeKind.INTERACTION, NodeKind.NOTE, NodeKind.INSIGHT, NodeKind.FACT, NodeKind.EPISODE, NodeKind.QUERY)
    named = tuple(dict.fromkeys([*ids, *sorted(insights)]))
    selection = Selection(kinds=kinds, ids=named, slots=tuple(slots), newest=_NEWEST)
    said, notes, active, facts, folded, asked = [], [], [], [], {}, []
    for node in store.nodes(selection) if selection.ids or slots else ():
        if isinstance(node, Interaction):
            # What was asked of memcli, and said of its answers, tells nothing.
            if is_searched(node) and _within(node, question):
                said.append(node)
        elif isinstance(node, Note):
            notes.append(node.id)
        elif isinstance(node, Insight) and node.state == "active":
            active.append(node)
        elif isinstance(node, Fact):
            facts.append(node)
        elif isinstance(node, Episode) and node.folded_strength is not None:
            folded[node.id] = node
        elif isinstance(node, Query) and node.outcome == "answered" and _asked_within(node, question):
            asked.append(node)
    return _Candidates(said, notes, () if question.as_of else tuple(active), facts, folded, asked)


def _within(node: Interaction, question: Question) -> bool:
    return (
        question.conversation in (None, node.conversation)
        and question.speaker in (None, node.speaker)
        and _in_time(node.timestamp or "", question)
    )


def _asked_within(query: Query, question: Question) -> bool:
    """Whether what was asked of memcli, in no conversation and by nobody that is named, is within `question`."""
    return not (question.conversation or question.speaker) and _in_time(query.timestamp or "", question)


def _in_time(when: str, question: Question) -> bool:
    return (question.since is None or when >= question.since) and (
        question.until is None or ("" < when[: len(question.until)] <= question.until)
    )
