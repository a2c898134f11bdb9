"""The protocols between the engine's rooms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, ClassVar, Protocol

from graph.model import (
    Changes,
    Checkpoint,
    Edge,
    EdgeKind,
    EntityMatch,
    Event,
    Extraction,
    Fault,
    Frontier,
    Match,
    Node,
    NodeKind,
    Reach,
    Record,
    Reject,
    Scale,
    Selection,
    Snapshot,
    Source,
    StoreInfo,
    Subgraph,
    TextQuery,
    Vector,
    Walk,
)

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

REACH = 8
"""Places of a conversation between two turns that have to do with each other."""
TAIL = 72
"""Places of a conversation's end of which a store gives what is left there before a batch: whatever a rule looks back
at is among them, so that it makes no difference in how many batches a conversation came."""


class Store(Protocol):
    """Where the graph lives. Every method takes and gives batches; none is called once a row.

    Every method raises `StoreError` or one of its kinds, and nothing else, when the store fails.
    Reads outside `transaction` each see the last committed state.
    """

    def info(self) -> StoreInfo:
        """Count what is there."""
        ...

    def transaction(self, *, write: bool, wipe: bool = False) -> AbstractContextManager[None]:
        """One consistent state for all calls inside, where the store can give it; with `write`, all of their changes or
        none.

        Writers exclude each other: what one reads inside stays true until it commits. With `wipe`, once it has, the
        store's files keep nothing of what was removed in this transaction and in earlier ones, as far as the store
        has a say in that. It raises `StoreBusyError` where somebody is in the way; what was committed stays.
        """
        ...

    def frontier(
        self,
        ids: Sequence[str],
        conversations: Sequence[str] = (),
        keys: Sequence[tuple[str, str]] = (),
    ) -> Frontier:
        """Those of `ids` that are nodes here, the interactions at the last `TAIL` places of each conversation with
        their episodes, and the ids of (conversation, key) pairs."""
        ...

    def checkpoints(self, digests: Sequence[str] | None = None) -> Iterator[Checkpoint]:
        """How far the sources with these bytes were taken in (None: all sources), sorted by digest."""
        ...

    def vectors(self, ids: Sequence[str] | None = None) -> Iterator[Vector]:
        """The vectors of the nodes with these ids (None: of all nodes), sorted by node."""
        ...

    def events(self, about: Sequence[str] | None = None, since: str | None = None) -> Iterator[Event]:
        """Events sorted by time, then id, decided at `since` (as in `Event.at`) or later: those whose subject, other
        node, cause or own id is in `about` (None: all)."""
        ...

    def save(self, changes: Changes) -> dict[NodeKind, int]:
        """Take out and write what `changes` says, indexes included; return how many nodes of each kind are new.

        Only inside a `transaction` that may write.
        """
        ...

    def nodes(self, selection: Selection) -> Iterator[Node]:
        """The selected nodes, sorted by id, or by degree where `selection.ranked`."""
        ...

    def edges(self, ids: Sequence[str] | None, kinds: Sequence[EdgeKind], widest: int | None = None) -> Iterator[Edge]:
        """Edges of `kinds` (empty: all) with an end in `ids` (None: all edges), sorted by source, kind, target.

        With `widest`, a node of `ids` that has more edges of `kinds` than that contributes none.
        """
        ...

    def search(self, query: TextQuery) -> list[Match]:
        """Search by full text, and by vectors where the query has one: best whole first, then best piece, then nearest,
        ties by id."""
        ...

    def resolve(self, names: Sequence[str], conversation: str | None = None) -> list[EntityMatch]:
        """Entities with one of the folded `names` as name or alias, sorted by id; and speakers (of
        `conversation`, where given) whose folded name begins with one of at least three letters."""
        ...

    def neighborhood(
        self, ids: Sequence[str], kinds: Sequence[EdgeKind], reach: Reach, walk: Walk | None = None
    ) -> Subgraph:
        """Everything within `reach` of `ids` by edges of `kinds`.

        `ids` come first in the result, in the order given, those that are nodes here. A store that can ranks the nodes
        by `walk`, with shares of any scale.
        """
        ...

    def close(self) -> None:
        """Let go of it. Closing twice is fine."""
        ...


class Upkeep(Protocol):
    """What a store does beside, for `graph.doctor`: it knows what no reader sees."""

    def faults(self) -> list[Fault]:
        """What is wrong inside: indexes, counts and files that do not agree with the nodes and edges."""
        ...

    def repair(self) -> None:
        """Put all of that right, as far as can be; may take long."""
        ...


class Extractor(Protocol):
    """Finds names and keywords in texts."""

    name: str
    """Recorded with what it decided: `spacy:MODEL-VERSION` or `rules`."""

    def extract(self, texts: Sequence[str]) -> list[Extraction]:
        """One extraction a text, in order; equal texts give equal extractions, whatever they come with."""
        ...


class Embedder(Protocol):
    """Makes vectors of texts. A word piece is a number; a vector has length 1 and always the same dimensions."""

    name: str
    """Recorded with every vector: those of two models are never compared."""

    @property
    def scale(self) -> Scale:
        """Where its token vectors lie."""
        ...

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The word pieces of each text."""
        ...

    def tokens(self, pieces: Sequence[int]) -> NDArray[float32]:
        """A vector for each of up to 510 word pieces, in the light of all of them: (pieces, dimensions)."""
        ...


class Reader(Protocol):
    """Reads one format. Instances hold no state between sources."""

    name: ClassVar[str]
    """What `--format` calls it."""
    about: ClassVar[str]
    """One line for the documentation."""

    def claims(self, name: str, head: bytes) -> bool:
        """Whether a source called `name` that begins with `head` (up to 64 KiB) is of this format."""
        ...

    def read(self, source: Source, longest: int) -> Iterator[Record | Reject]:
        """Yield what is there in order, streaming; a record of more than `longest` bytes is a Reject.

        Raises:
            InputError: the source as a whole cannot be read.
        """
        ...


class Exporter(Protocol):
    """Writes one format. Exporters never see a store."""

    name: ClassVar[str]
    suffix: ClassVar[str]
    about: ClassVar[str]

    def chunks(self, snapshot: Snapshot) -> Iterator[str]:
        """Yield the text of the file in order; the same snapshot always yields the same text."""
        ...


class Progress(Protocol):
    """Told how an ingest gets on; it decides what people see of it."""

    def begin(self, path: str, size: int | None) -> None:
        """A source of `size` bytes (None: not known) is begun."""
        ...

    def advance(self, offset: int, records: int) -> None:
        """`offset` bytes of the source are taken in; `records` in all, over every source so far."""
        ...

    def end(self) -> None:
        """The source is done."""
        ...
