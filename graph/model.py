"""The values that cross a floor of the engine: frozen, typed, without behaviour of their own.

Timestamps are ISO 8601 strings as the source gave them (`2024-03-05T10:22:00`, with an offset
where one was given); `None` means that the source did not say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from enum import StrEnum
from typing import Any, BinaryIO

from msgspec import Struct, field

Json = Any
"""A JSON value: what `json.loads` returns."""


# --- What readers take and give -------------------------------------------------------------


class Form(StrEnum):
    """What an interaction is: a turn of a conversation, a piece of a document, or what somebody asked of memcli, and
    said of its answer."""

    MESSAGE = "message"
    DOCUMENT = "document"
    ASKED = "asked"


class Source(Struct, frozen=True):
    """One readable input: a file, a member of an archive, or standard input.

    `name` is the path relative to what the user named, with `/` and with its suffix: the same on
    every machine, so that ids may depend on it. `path` is for messages to people. `open` gives
    the bytes from the start, as often as it is called.
    """

    name: str
    path: str
    open: Callable[[], BinaryIO]
    size: int | None = None


class Record(Struct, frozen=True):
    """One message or one section of a document, as a reader found it.

    `key` is the id that the source gives the unit; where it gives none, the reader makes one that
    a later, longer export of the same conversation would make again. `line` is where the record
    begins (1-based; for formats without lines, the ordinal of the record). `offset` counts the
    bytes of the source read so far, for progress.
    """

    form: Form
    key: str
    text: str
    conversation: str = ""
    session: str = ""
    speaker: str | None = None
    timestamp: str | None = None
    title: str | None = None
    reply_to: str | None = None
    metadata: Mapping[str, Json] = field(default_factory=dict)
    line: int = 0
    offset: int = 0


class Reject(Struct, frozen=True):
    """A piece of input that could not be taken in, and why."""

    path: str
    line: int
    reason: str


# --- The graph --------------------------------------------------------------------------------


class NodeKind(StrEnum):
    INTERACTION = "interaction"
    EPISODE = "episode"
    NOTE = "note"
    ENTITY = "entity"
    FACT = "fact"
    QUERY = "query"
    INSIGHT = "insight"


class EdgeKind(StrEnum):
    """Directed, source to target. What each joins is told by `EDGE_ENDS`."""

    NEXT = "next"
    REPLIES_TO = "replies_to"
    SAID_BY = "said_by"
    PART_OF = "part_of"
    DERIVED_FROM = "derived_from"
    MENTIONS = "mentions"
    ABOUT = "about"
    LINKS_TO = "links_to"
    ASKED_IN = "asked_in"
    ANSWERED_BY = "answered_by"
    RESEMBLES = "resembles"
    SUPPORTED_BY = "supported_by"
    OPPOSES = "opposes"
    STATED_IN = "stated_in"
    CONCERNS = "concerns"
    ENDED_BY = "ended_by"
    CONFLICTS_WITH = "conflicts_with"


EDGE_ENDS: Mapping[EdgeKind, tuple[NodeKind, NodeKind]] = {
    EdgeKind.NEXT: (NodeKind.INTERACTION, NodeKind.INTERACTION),
    EdgeKind.REPLIES_TO: (NodeKind.INTERACTION, NodeKind.INTERACTION),
    EdgeKind.SAID_BY: (NodeKind.INTERACTION, NodeKind.ENTITY),
    EdgeKind.PART_OF: (NodeKind.INTERACTION, NodeKind.EPISODE),
    EdgeKind.DERIVED_FROM: (NodeKind.NOTE, NodeKind.INTERACTION),
    EdgeKind.MENTIONS: (NodeKind.NOTE, NodeKind.ENTITY),
    EdgeKind.ABOUT: (NodeKind.NOTE, NodeKind.ENTITY),
    EdgeKind.LINKS_TO: (NodeKind.NOTE, NodeKind.NOTE),
    EdgeKind.ASKED_IN: (NodeKind.QUERY, NodeKind.INTERACTION),
    EdgeKind.ANSWERED_BY: (NodeKind.QUERY, NodeKind.INTERACTION),
    EdgeKind.RESEMBLES: (NodeKind.QUERY, NodeKind.QUERY),
    EdgeKind.SUPPORTED_BY: (NodeKind.INSIGHT, NodeKind.NOTE),
    EdgeKind.OPPOSES: (NodeKind.INSIGHT, NodeKind.INSIGHT),
    EdgeKind.STATED_IN: (NodeKind.FACT, NodeKind.NOTE),
    EdgeKind.CONCERNS: (NodeKind.FACT, NodeKind.ENTITY),
    EdgeKind.ENDED_BY: (NodeKind.FACT, NodeKind.FACT),
    EdgeKind.CONFLICTS_WITH: (NodeKind.FACT, NodeKind.FACT),
}


class Relation(StrEnum):
    """How a note is related to the one that it is linked to."""

    SAME_TOPIC = "same_topic"
    ELABORATES = "elaborates"
    REPEATS = "repeats"
    ANSWERS = "answers"
    CONTRADICTS = "contradicts"
    SUPERSEDES = "supersedes"
    DEPENDS_ON = "depends_on"
    CAUSES = "causes"


PERSON = "person"
"""Who decided what no rule and no model changes."""
RULE = "rule"


def by_rule(decider: str) -> bool:
    """Whether a `decided_by` means a rule, or an extractor, rather than a person or a model: what a language model, or
    the vectors of an embedding model, decided, no other one decides anew."""
    return decider in (RULE, "rules") or decider.startswith("spacy:")


class Interaction(Struct, frozen=True):
    """A message or a section of a document, word for word.

    `position` orders the interactions of one conversation (or the sections of one document)
    from 0. `key` is the id given at ingest; for a document, the document's id; for what was asked of memcli, the time.
    """

    id: str
    form: Form
    key: str
    text: str
    conversation: str = ""
    session: str = ""
    position: int = 0
    speaker: str | None = None
    timestamp: str | None = None
    title: str | None = None
    reply_to: str | None = None
    metadata: Mapping[str, Json] = field(default_factory=dict)


class Episode(Struct, frozen=True):
    """A run of messages of a session that belong together (`graph.tiers.episodes`), begun at `timestamp` and `ended`.

    `title` are the words that most of them have; `position` is the place of the first one, and `messages` counts them.
    `folded_strength` is the strength (`graph.retention`) at which it was folded, 1 or more (None: it was not): it stays
    folded until it is stronger than that.
    """

    id: str
    title: str
    conversation: str = ""
    session: str = ""
    position: int = 0
    messages: int = 0
    timestamp: str | None = None
    ended: str | None = None
    folded_strength: int | None = None


class Note(Struct, frozen=True):
    """What one interaction contributes: A-MEM's note (arXiv 2502.12110, section 3.1).

    The content is the text of the interactions it is derived from and is not repeated here. `decided_by` is who found
    its keywords, or `person` once somebody edited it.
    """

    id: str
    title: str
    context: str
    keywords: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    timestamp: str | None = None
    decided_by: str = "rule"


class Entity(Struct, frozen=True):
    """A person, place, thing or concept. `label` is spaCy's (PERSON, GPE, …), NAME,
    CONCEPT or TITLE."""

    id: str
    name: str
    label: str
    aliases: tuple[str, ...] = ()


class Query(Struct, frozen=True):
    """A question or a request, in a conversation or to memcli; `outcome` is `answered`, `corrected` or `open`."""

    id: str
    text: str
    outcome: str = "open"
    asker: str | None = None
    timestamp: str | None = None


class Insight(Struct, frozen=True):
    """A statement that evidence supports.

    It holds for `subject`, which `scope` tells the kind of: a `person`, a `conversation`, or `everyone`; `cues` are
    words and names that say when it applies. `support` counts the notes that it rests on, `votes` what people and
    models gave it for and against. `state` follows from both (`graph.tiers.votes`): `candidate` while one note is all
    there is, `active`, or `archived`; one that was merged into another is archived too.
    """

    id: str
    text: str
    subject: str
    state: str = "candidate"
    support: int = 1
    decided_by: str = "rule"
    scope: str = "person"
    cues: tuple[str, ...] = ()
    votes: int = 0
    merged_into: str = ""


class Fact(Struct, frozen=True):
    """A statement with two times: when it held, and when memory learned of it (Graphiti, arXiv 2501.13956, 2.2).

    `subject`, `relation` and `object` are what `text` says as a sentence, but that the subject is called as the entity
    that it means by what people decided; a relation of `graph.relations` has one value at a time. `valid_from` and
    `valid_to` are days, months or years as ISO 8601 prefixes (None: not known, or open); they compare as text. It is
    stated in `note`; `recorded_at` is the time of the message, `retracted_at` that of the one that takes it back,
    `position` the message's place in its conversation. `state` is `certain`, `doubtful` where who said it doubted, or
    `over` where it says that `object` is the value no longer (empty: whatever the value was).
    """

    id: str
    text: str
    subject: str
    relation: str
    object: str
    valid_from: str | None = None
    valid_to: str | None = None
    recorded_at: str | None = None
    retracted_at: str | None = None
    position: int = 0
    state: str = "certain"
    note: str = ""
    decided_by: str = "rule"


Node = Interaction | Episode | Note | Entity | Fact | Query | Insight


class Edge(Struct, frozen=True):
    """A typed, weighted edge. `reason` says why it is there; `decided_by` is `rule`, a model's name or `person`.

    `relation` refines a link between notes, as `Relation` has it, and tells a correction from an answer (`corrects`)
    and the note that an insight has its words from (`central`).
    """

    source: str
    target: str
    kind: EdgeKind
    weight: float = 1.0
    relation: str = ""
    reason: str = ""
    decided_by: str = "rule"


class Selection(Struct, frozen=True):
    """Which nodes are meant; an empty field does not restrict.

    `conversation` restricts interactions to one conversation and other nodes to those that touch it; `since` and
    `until` are ISO 8601 prefixes compared as text against timestamped nodes; `ids` names nodes, and `slots` facts
    beside them, by `graph.relations.slot`: of each slot at most the `newest`, the last by `graph.relations.order`,
    in the whole memory (not with a `conversation`). `contains` is matched, case-folded, against the caption. With
    `ranked` the nodes come by the number of their edges, most first, else by id.
    """

    kinds: tuple[NodeKind, ...] = ()
    conversation: str | None = None
    since: str | None = None
    until: str | None = None
    ids: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    newest: int | None = None
    contains: str | None = None
    limit: int | None = None
    ranked: bool = False


class Snapshot(Struct, frozen=True):
    """Nodes and edges of one consistent state, each sorted (nodes by id, edges by source,
    kind, target) and read as they are consumed. Every edge joins two of the nodes."""

    nodes: Callable[[], Iterator[Node]]
    edges: Callable[[], Iterator[Edge]]


def kind_of(node: Node) -> NodeKind:
    """The kind of a node."""
    return _KINDS[type(node)]


_KINDS: Mapping[type, NodeKind] = {
    Interaction: NodeKind.INTERACTION,
    Episode: NodeKind.EPISODE,
    Note: NodeKind.NOTE,
    Entity: NodeKind.ENTITY,
    Fact: NodeKind.FACT,
    Query: NodeKind.QUERY,
    Insight: NodeKind.INSIGHT,
}


def caption(node: Node) -> str:
    """The one line by which a person recognises a node."""
    match node:
        case Interaction():
            text = f"{node.speaker}: {node.text}" if node.speaker else node.title or node.text
        case Episode() | Note():
            text = node.title
        case Entity():
            text = node.name
        case Fact() | Query() | Insight():
            text = node.text
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:79].rstrip() + "…"


# --- Ingest -----------------------------------------------------------------------------------


class Mention(Struct, frozen=True):
    """A name in a text, at letters `start` to `end`; `label` as in `Entity`."""

    name: str
    label: str
    start: int
    end: int


class Extraction(Struct, frozen=True):
    """What an extractor found in one text: names in order, and the words that say what it is about,
    most salient first."""

    mentions: tuple[Mention, ...]
    keywords: tuple[str, ...]


class Checkpoint(Struct, frozen=True):
    """How far a source was taken in. `digest` names its bytes; `records` counts those taken in."""

    digest: str
    name: str
    records: int
    finished: bool = False


class Vector(Struct, frozen=True):
    """What an embedding model makes of an interaction. `numbers` are float32, little-endian; as a vector their length
    is 1. `tokens` are its word pieces and vectors, as `graph.embedding.interaction` packs them (empty: not kept)."""

    node: str
    model: str
    numbers: bytes
    tokens: bytes = b""


class Scale(Struct, frozen=True):
    """Where the token vectors of a model lie, in arrays of float32: their `mean` (dimensions,), the `basis`
    (dimensions, kept) of the space in which they are kept, and how far numbers spread there."""

    mean: Any
    basis: Any
    spread: float


class Frontier(Struct, frozen=True):
    """Where a store stands before a batch.

    `known` are those of the ids asked for that are nodes; `tails` gives the last interactions of each conversation
    asked for, oldest first; `located` the id of the interaction with a given (conversation, key), the last one where
    there are several; `episodes` the id of the episode that each of the tails' interactions is part of, by their ids.
    """

    known: Set[str]
    tails: Mapping[str, tuple[Interaction, ...]]
    located: Mapping[tuple[str, str], str]
    episodes: Mapping[str, str]


class IngestReport(Struct, frozen=True):
    """What one ingest did. `read` counts records; `skipped` those that were known already; `masked` secrets."""

    read: int = 0
    added: int = 0
    skipped: int = 0
    rejected: int = 0
    notes: int = 0
    entities: int = 0
    links: int = 0
    evolved: int = 0
    masked: int = 0
    elapsed_s: float = 0.0
    rejects: tuple[Reject, ...] = ()
    warnings: tuple[str, ...] = ()


# --- Decisions and changes --------------------------------------------------------------------


Ends = tuple[str, EdgeKind, str]
"""Source, kind and target: what tells an edge from others."""


def ends(edge: Edge) -> Ends:
    """What tells an edge from others."""
    return edge.source, edge.kind, edge.target


class Removal(Struct, frozen=True):
    """What is taken out, as if it had never been there: `nodes` by id, with all their edges, all that is indexed of
    them and the events about them or because of them, `edges` by source, kind and target, the `vectors` of nodes by
    id, `events` by id, `checkpoints` by digest, and of entities the aliases that fold as one of their `names`, by id
    and folded name: their own name, and spellings of it, stay. What is not there is passed over."""

    nodes: tuple[str, ...] = ()
    edges: tuple[Ends, ...] = ()
    vectors: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    checkpoints: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()


class Action(StrEnum):
    """What was decided about a node: a link added or taken away, a note edited by a person, changed in the light of
    another or merged with one, an entity merged with another or split in two, an insight drawn from a community of
    notes, a vote for or against one, a fact ended by a newer one or opened again, a fact taken back, an episode folded
    or unfolded, an earlier decision undone."""

    LINK = "link"
    UNLINK = "unlink"
    EDIT = "edit"
    EVOLVE = "evolve"
    MERGE = "merge"
    SPLIT = "split"
    DERIVE = "derive"
    VOTE = "vote"
    CLOSE = "close"
    RETRACT = "retract"
    FOLD = "fold"
    UNFOLD = "unfold"
    UNDO = "undo"


class Event(Struct, frozen=True):
    """A decision that changed the graph, so that it can be shown, undone and left out of a view of earlier days.

    `at` is when it was decided: ISO 8601 in UTC, `2024-03-05T10:22:00.123456Z`. `subject` is the node it is about,
    `other` a second one, the target of a link, the note that another evolved by, or empty. `old` and `new` are what was
    so before and is since: maps of what the action changes, None for what was not or is no longer there. `decided_by`
    is `rule`, a model's name or `person`; `cause` the id of the node or event that brought it about, or empty; `value`
    the weight of a vote.
    """

    id: str
    at: str
    action: Action
    subject: str
    other: str = ""
    old: Json = None
    new: Json = None
    reason: str = ""
    decided_by: str = "rule"
    cause: str = ""
    value: int = 0


def when_decided(event: Event) -> tuple[str, str]:
    """What orders events in time."""
    return event.at, event.id


class Changes(Struct, frozen=True):
    """What one transaction writes, after it has taken out what is `removed`. Nodes come before the edges that join
    them, and before the events about them.

    A node whose id is known: an interaction stays as it is, an entity keeps its name and label and
    gains aliases, any other is replaced. An edge with the same ends and kind is replaced, as is the vector of a node.
    An event stays as it is.
    """

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    checkpoint: Checkpoint | None = None
    vectors: tuple[Vector, ...] = ()
    removed: Removal = Removal()
    events: tuple[Event, ...] = ()


Item = Node | Edge | Vector | Event | Checkpoint
"""What a memory is made of, and a copy or a backup takes along."""


class Fault(Struct, frozen=True):
    """What is not as it should be: the rule that is broken, by name, the id of what breaks it (or empty), and how."""

    rule: str
    id: str
    what: str


# --- Asking -----------------------------------------------------------------------------------


class TextQuery(Struct, frozen=True):
    """A search for any of `terms`, and for what is nearest to `vector` (numbers as in `Vector`; empty: none) among the
    vectors of `model`; within one conversation, by one speaker, in a time window, as in `Selection`. The `limit` best
    of each kind are wanted."""

    terms: tuple[str, ...]
    vector: bytes = b""
    model: str = ""
    conversation: str | None = None
    speaker: str | None = None
    since: str | None = None
    until: str | None = None
    limit: int = 300


class Match(Struct, frozen=True):
    """An interaction that a search found, with its scores, higher is better: BM25 for `whole`, its text, and `piece`,
    its best run of 50 words, 0 where it was not among the best of that kind; the `cosine` of its vector to that of the
    query, and the `tokens` of its vector, where both have one of the same model."""

    id: str
    whole: float
    piece: float
    cosine: float | None = None
    tokens: bytes = b""


class EntityMatch(Struct, frozen=True):
    """An entity that a question names. `name` is the folded name it was found by, one of its own or the beginning of
    one that it speaks under; `mentions` counts the notes that mention it; `speaks` says whether it is a speaker of an
    interaction."""

    entity: Entity
    name: str
    mentions: int
    speaks: bool


class Walk(Struct, frozen=True):
    """Random walks to be ranked by: where they start, with weights of any scale by id, and the chance that one goes
    on."""

    seeds: Mapping[str, float]
    damping: float


class Reach(Struct, frozen=True):
    """How far a neighbourhood goes: so many `hops`, where nodes with more than `widest` edges are reached and not left,
    and of the others at each hop the `breadth` that have the fewest (None: all)."""

    hops: int
    widest: int
    breadth: int | None = None


class Subgraph(Struct, frozen=True):
    """A neighbourhood in the form that ranking wants: edges as (source, target, kind, weight), with
    source and target as positions in `ids`. `shares` are those of each node in a `Walk`, by id, where the store walks
    itself; else None."""

    ids: tuple[str, ...]
    edges: tuple[tuple[int, int, EdgeKind, float], ...]
    shares: Mapping[str, float] | None = None


class Question(Struct, frozen=True):
    """What is asked. `limit` counts hits; `budget` bounds their text in whitespace-separated
    words (None: unbounded); `conversation` and `speaker` restrict the hits; `explain` asks for paths.

    With `as_of`, an ISO 8601 prefix, the answer is what memory would have said then: nothing said later counts, and
    the question is asked on that day. `added` are further words to search for, which a language model thought of.
    """

    text: str
    id: str | None = None
    asked_at: str | None = None
    conversation: str | None = None
    speaker: str | None = None
    since: str | None = None
    until: str | None = None
    limit: int = 10
    budget: int | None = None
    order: str = "score"
    answer: bool = True
    explain: bool = False
    as_of: str | None = None
    added: tuple[str, ...] = ()


class Citation(Struct, frozen=True):
    """Where a piece of text was said. `message` or `document` is the id given at ingest."""

    interaction: str
    conversation: str | None = None
    session: str | None = None
    message: str | None = None
    document: str | None = None
    speaker: str | None = None
    timestamp: str | None = None


class Hit(Struct, frozen=True):
    """One piece of evidence. `signals` are the parts of `score`: full text and graph, each in [0, 1]
    before weighting, and the factors their mean is multiplied with; `path` names the edges that lead
    from the question to the hit, first step first. `space` is where it lies, where several were asked. `episode` is the
    folded one for which it stands: its text is that of the first of its sources and central sentences of the others."""

    rank: int
    score: float
    tier: str
    note: str | None
    title: str
    text: str
    timestamp: str | None
    sources: tuple[Citation, ...]
    signals: Mapping[str, float]
    path: tuple[str, ...] = ()
    space: str = ""
    episode: str = ""


class InsightHit(Struct, frozen=True):
    """An insight that the evidence of an answer supports; `score` counts the hits that do, and what settled the queries
    nearest to the question."""

    insight: str
    text: str
    score: int
    support: tuple[str, ...]
    space: str = ""


class FactHit(Struct, frozen=True):
    """What holds of something that is asked for and has one value at a time, or held at the time that is asked about.

    `before` are the earlier values that the evidence states, the last one first, and `open` those that are doubted;
    `hit` is the rank of the first hit that states the value (0: none does), `replaced` those of hits that state only
    others.
    """

    fact: str
    text: str
    subject: str
    relation: str
    value: str
    valid_from: str | None
    valid_to: str | None
    hit: int
    replaced: tuple[int, ...] = ()
    before: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    space: str = ""


class Quotation(Struct, frozen=True):
    """A sentence of the answer; `hit` is the rank of the hit it is quoted from, `said` tells by whom and when."""

    text: str
    hit: int
    said: str = ""


class Answer(Struct, frozen=True):
    """`confidence` in [0, 1]; `found` says whether memory holds an answer at all.

    `value` is what is asked for, a date, a name or a number, taken from the first quotation (empty: none is told);
    `kind` is the type of answer that the question expects (`graph.rank.answer_type.AnswerType`; empty: any). `wording`
    is what a language model says above the quotations, with the hits it cites; `text` begins with it (empty: nothing).
    `space` is the one that it is from, where several were asked; a reply's `id` is for that one.
    """

    text: str = ""
    confidence: float = 0.0
    found: bool = False
    decided_by: str = "rule"
    quotations: tuple[Quotation, ...] = ()
    value: str = ""
    kind: str = ""
    wording: str = ""
    space: str = ""


class Reading(Struct, frozen=True):
    """How a question was understood: what `--explain` shows before the hits. `times` are days, or intervals of them as
    in ISO 8601: "2023-05-01/2023-05-31"; `added` are search terms that a language model thought of."""

    terms: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    speaker: str | None = None
    times: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


class Reply(Struct, frozen=True):
    """All that `ask` returns for one question. `id` names the insights that the answer used, for feedback on it;
    `facts` are what holds of what is asked for; `fallbacks` tell what a language model was asked in vain."""

    question: Question
    answer: Answer
    hits: tuple[Hit, ...]
    insights: tuple[InsightHit, ...]
    reading: Reading
    elapsed_ms: float
    id: str = ""
    facts: tuple[FactHit, ...] = ()
    fallbacks: tuple[str, ...] = ()


# --- Looking at the graph ---------------------------------------------------------------------


class Neighbor(Struct, frozen=True):
    """A node reached from another: `hops` away, over `edge`."""

    node: Node
    edge: Edge
    hops: int


class GraphStats(Struct, frozen=True):
    """Counts by kind, and the shape of the whole. `hubs` are (id, caption, degree)."""

    nodes: Mapping[str, int]
    edges: Mapping[str, int]
    components: int
    largest_component: int
    hubs: tuple[tuple[str, str, int], ...]


class StoreInfo(Struct, frozen=True):
    """What a store says of itself. `bytes` are those of its files (None: it cannot tell); `sources` counts inputs taken
    in to their end, `vectors` the interactions that have some, by model, `asked` those that were said to memcli, which
    have none and of which nothing is made."""

    url: str
    kind: str
    schema: str
    bytes: int | None
    nodes: Mapping[str, int]
    edges: Mapping[str, int]
    sources: int
    extractors: tuple[str, ...]
    vectors: Mapping[str, int] = field(default_factory=dict)
    events: int = 0
    asked: int = 0

    @property
    def said(self) -> int:
        """The interactions that are not `asked`."""
        return self.nodes.get(NodeKind.INTERACTION, 0) - self.asked

    def lacks(self, kind: NodeKind) -> bool:
        """Whether something was said and no node of `kind` made of it, as in a memory from before there were any."""
        return bool(self.said and not self.nodes.get(kind))
