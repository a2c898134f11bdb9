"""The protocols between the engine's rooms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, Protocol

from graph.model import Record, Reject, Snapshot, Source


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
