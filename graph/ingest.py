"""The write path: sources to records to batches, one transaction a batch."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct, field
from msgspec.structs import replace

from graph.derive import derive, frontier_of
from graph.embedding import late
from graph.errors import InputError
from graph.extract.registry import extractor_named
from graph.model import (
    Changes,
    Checkpoint,
    Extraction,
    Frontier,
    IngestReport,
    Interaction,
    NodeKind,
    Record,
    Reject,
    Source,
    Vector,
)
from graph.ports import Embedder, Extractor, Progress, Reader, Store
from graph.readers.decode import reading
from graph.readers.discovery import discover
from graph.readers.registry import reader_named, sniff
from graph.secrets import masked, masked_name
from graph.settings import Settings
from graph.store.retrying import persistently
from graph.tiers.interactions import interaction, placed, windows

_BATCH_LETTERS = 1_000_000
"""Letters after which a batch is closed, so that long records do not pile up in memory."""
_BLOCK = 1 << 20
_REJECTS = 1000
"""Rejects that are reported one by one; more are only counted."""

_NOTHING = Frontier(frozenset(), {}, {}, {})


class _Embedded(Struct, frozen=True):
    """The vectors of a batch, and the ends of conversations behind which they were made."""

    tails: Mapping[str, tuple[Interaction, ...]]
    vectors: tuple[Vector, ...]


class Ingest(Struct):
    """One run of ingest over any number of sources. `store` is None for a dry run on a memory that is not there."""

    settings: Settings
    store: Store | None
    progress: Progress | None = None
    dry_run: bool = False
    embedder: Embedder | None = None
    report: IngestReport = field(default_factory=IngestReport)
    _extractor: Extractor | None = None

    def run(self, paths: Sequence[Path], stdin: BinaryIO | None = None, reader: str | None = None) -> IngestReport:
        """Take in all that `paths` name and say what came of it.

        Raises:
            NotFoundError: a path leads nowhere.
            UsageError: no such format or extractor, or standard input is named and there is none.
            ModelMissingError: the extractor that is set has no model.
            StoreError: the store fails. What was committed stays, and the same call goes on from there.
        """
        began = time.monotonic()
        chosen = reader_named(reader) if reader else None
        for source in discover(paths, stdin):
            if isinstance(source, Reject):
                self._reject(source)
            else:
                self._source(source, chosen)
        if self.report.masked:
            what = "1 secret was" if self.report.masked == 1 else f"{self.report.masked} secrets were"
            told = f"{what} masked; --no-redact keeps {'it' if self.report.masked == 1 else 'them'}"
            self.report = replace(self.report, warnings=(*self.report.warnings, told))
        return replace(self.report, elapsed_s=round(time.monotonic() - began, 3))

    def _source(self, source: Source, chosen: Reader | None) -> None:
        try:
            reader = chosen or sniff(source)
            digest = _digest(source, reader, self.settings)
            done = next(self.store.checkpoints([digest]), None) if self.store else None
            if done and done.finished:
                self._count(read=done.records, skipped=done.records)
                return
            name = masked_name(source.name)[0] if self.settings.ingest_redact else source.name
            self._read(source, reader, done or Checkpoint(digest, name, 0))
        except InputError as error:
            told = error.message.removeprefix(f"{source.path}: ")
            self._reject(Reject(source.path, 0, f"{told}; {error.hint}" if error.hint else told))

    def _read(self, source: Source, reader: Reader, done: Checkpoint) -> None:
        if self.progress:
            self.progress.begin(source.path, source.size)
        records = 0
        clean = True
        for batch in self._batches(source, reader):
            fresh = [each for each in batch if isinstance(each, Record)]
            for each in batch:
                if isinstance(each, Reject):
                    clean = False
                    self._reject(each)
            self._count(read=len(fresh))
            records += len(fresh)
            if records <= done.records:
                self._count(skipped=len(fresh))
            else:
                self._write(fresh, replace(done, records=records))
            if self.progress and fresh:
                self.progress.advance(fresh[-1].offset, self.report.read)
        # A source with rejects is read again next time, so that they are named again.
        if clean:
            self._save(Changes(checkpoint=replace(done, records=records, finished=True)))
        if self.progress:
            self.progress.end()

    def _batches(self, source: Source, reader: Reader) -> Iterator[list[Record | Reject]]:
        """Yield what a source holds in batches whose borders depend on the source alone."""
        batch: list[Record | Reject] = []
        letters = 0
        for each in map(self._masked, reader.read(source, self.settings.ingest_longest)):
            batch.append(each)
            letters += len(each.text) if isinstance(each, Record) else 0
            if len(batch) >= self.settings.ingest_batch or letters >= _BATCH_LETTERS:
                yield batch
                batch, letters = [], 0
        if batch:
            yield batch

    def _masked(self, read: Record | Reject) -> Record | Reject:
        """What was read without its secrets, of which nothing goes further."""
        if isinstance(read, Reject) or not self.settings.ingest_redact:
            return read
        found, secrets = masked(read)
        if secrets:
            self._count(masked=secrets)
        return found

    def _write(self, records: Sequence[Record], checkpoint: Checkpoint) -> None:
        """Derive and store one batch. Extraction, which takes the time, holds no lock."""
        found = {each.id: each for each in map(interaction, records)}
        ahead = self._ahead(list(found.values()))
        fresh = [each for id, each in found.items() if id not in ahead.known]
        if self.dry_run or self.store is None:
            self._count(added=len(fresh), skipped=len(records) - len(fresh))
            return
        extracted = list(zip(fresh, self._extract([each.text for each in fresh]), strict=True)) if fresh else []
        ready = _Embedded(ahead.tails, self._vectors(fresh, ahead))
        added = persistently(lambda: self._commit(extracted, ready, checkpoint))
        self._count(**added, skipped=len(records) - added["added"])

    def _commit(
        self, extracted: Sequence[tuple[Interaction, Extraction]], ready: _Embedded, checkpoint: Checkpoint
    ) -> dict[str, int]:
        """Store one batch; say what it added. Run again after it went wrong it takes up what is there by then."""
        assert self.store is not None
        with self.store.transaction(write=True):
            frontier = frontier_of([each for each, _ in extracted], self.store)
            # Another ingest may have stored some of them meanwhile.
            batch = [pair for pair in extracted if pair[0].id not in frontier.known]
            derived = derive(batch, frontier, self.store, self._extractor.name) if batch and self._extractor else None
            # Of conversations that brought nothing new, nobody asks here.
            same = len(batch) == len(extracted) and frontier.tails.items() <= ready.tails.items()
            vectors = ready.vectors if same else self._vectors([each for each, _ in batch], frontier)
            changes = Changes(checkpoint=checkpoint, vectors=vectors)
            if derived:
                told = {"nodes": derived.nodes, "edges": derived.edges, "events": derived.events}
                changes = replace(changes, **told, removed=derived.removed)
            new = self.store.save(changes)
        return {
            "added": len(batch),
            "notes": new.get(NodeKind.NOTE, 0),
            "entities": new.get(NodeKind.ENTITY, 0),
            "links": derived.links if derived else 0,
            "evolved": derived.evolved if derived else 0,
        }

    def _ahead(self, said: Sequence[Interaction]) -> Frontier:
        """Where the store stands, looked at without a lock; ends of conversations only where vectors need them."""
        if self.store is None:
            return _NOTHING
        return frontier_of(said, self.store) if self.embedder else self.store.frontier([each.id for each in said])

    def _vectors(self, said: Sequence[Interaction], frontier: Frontier) -> tuple[Vector, ...]:
        """The vectors of `said`, and anew those of the turns before that are understood better now."""
        if self.embedder is None:
            return ()
        new = frozenset(each.id for each in said)
        return tuple(
            vector
            for session in windows(placed(said, frontier), frontier)
            for vector in late.vectors(session, late.unsettled(session, new), self.embedder)
        )

    def _extract(self, texts: Sequence[str]) -> list[Extraction]:
        if self._extractor is None:
            self._extractor, told = extractor_named(self.settings.ingest_extractor)
            if told:
                self.report = replace(self.report, warnings=(*self.report.warnings, told))
        return self._extractor.extract(texts)

    def _save(self, changes: Changes) -> None:
        store = self.store
        if store is None or self.dry_run:
            return

        def save() -> None:
            with store.transaction(write=True):
                store.save(changes)

        persistently(save)

    def _reject(self, reject: Reject) -> None:
        self._count(rejected=1)
        if len(self.report.rejects) < _REJECTS:
            self.report = replace(self.report, rejects=(*self.report.rejects, reject))

    def _count(self, **more: int) -> None:
        self.report = replace(self.report, **{name: getattr(self.report, name) + count for name, count in more.items()})


def _digest(source: Source, reader: Reader, settings: Settings) -> str:
    """What tells this source from others: its bytes, its name, who reads it, and whether its secrets are kept."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(b"" if settings.ingest_redact else b"unmasked\0")
    digest.update(f"{reader.name}\0{source.name}\0".encode("utf-8", "surrogatepass"))
    with reading(source) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
