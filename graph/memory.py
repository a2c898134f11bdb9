"""The door of the engine: one memory, opened from settings."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from msgspec.structs import replace

from graph.answer import reply
from graph.errors import ModelMissingError, StoreBusyError, no_llm
from graph.lookup import company, find, neighbors, originals
from graph.model import (
    Entity,
    Event,
    Fact,
    GraphStats,
    IngestReport,
    Insight,
    Neighbor,
    Node,
    NodeKind,
    Note,
    Question,
    Relation,
    Reply,
    Selection,
    Snapshot,
    StoreInfo,
)
from graph.ports import Embedder, Progress, Store
from graph.recall import recall, seen_from
from graph.settings import Settings
from graph.shape import shape
from graph.snapshot import snapshot
from graph.store.registry import open_store
from graph.store.spaces import in_space
from graph.tiers.votes import answer_id, used_by

if TYPE_CHECKING:
    from datetime import datetime

    from graph.comparison import Holding
    from graph.conclusions import Conclusions
    from graph.doctor import Checkup, Kept
    from graph.episodes import RecutReport
    from graph.folding import Folded
    from graph.forgetting.choosing import Wanted
    from graph.forgetting.run import Forgotten, Preview
    from graph.helping import Helper
    from graph.history import Undoing
    from graph.llm.client import Client
    from graph.portrait import Portrait
    from graph.refining.run import Refining
    from graph.reindex import ReindexReport
    from graph.relating import RelateReport
    from graph.restating import RestateReport
    from graph.retention import EpisodePage, Remembered
    from graph.tiers.votes import Vote
    from graph.timeline import FactPage
    from graph.transfer import TransferReport
    from graph.voting import Feedback, InsightPage

EVERYTHING = Selection()


class Memory:
    """One memory. Methods are short and delegate down; use it as a context manager."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store

    @classmethod
    def open(cls, settings: Settings, *, create: bool = False, progress: Progress | None = None) -> Self:
        """Open the memory that `settings.store` and `settings.space` name; with `create`, make it where it is missing.
        `progress` is told where one of an older version is migrated, which may take long.

        Raises:
            StoreError: one of its kinds, with a hint.
        """
        url = in_space(settings.store, settings.space)
        return cls(settings, open_store(url, create=create, password=settings.neo4j_password, progress=progress))

    @cached_property
    def _embedder(self) -> Embedder | None:
        """Who makes vectors; None where nobody can."""
        from graph.embedding.registry import embedder_named

        return embedder_named(self._settings.embedding_model, Path(self._settings.models))

    @cached_property
    def _llm(self) -> Client | None:
        """Who asks the language model that is set; None where none is."""
        if not self._settings.llm_url:
            return None
        from graph.llm.registry import client_of

        return client_of(self._settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        stdin: BinaryIO | None = None,
        reader: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Take in files and folders; `Path("-")` is `stdin`. `reader` names a format, else it is sniffed.

        Raises:
            NotFoundError: a path does not exist.
            UsageError: no such format or extractor, or standard input is named and there is none.
            ModelMissingError: the extractor that is set has no model.
            StoreError: the store cannot be written. What was committed stays.
        """
        # What takes in has much to load, of which asking needs nothing.
        from graph.ingest import Ingest

        return Ingest(self._settings, self._store, progress, dry_run, self._embedder).run(paths, stdin, reader)

    @staticmethod
    def rehearse(
        settings: Settings,
        paths: Sequence[Path],
        *,
        stdin: BinaryIO | None = None,
        reader: str | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """What `ingest` would say of a memory that is not there yet. Nothing is made; raises what it raises."""
        from graph.ingest import Ingest

        return Ingest(settings, None, progress, dry_run=True).run(paths, stdin, reader)

    def ask(self, question: Question) -> Reply:
        """Recall and answer; with the help of the language model, where `llm.url` and `llm.ask` say so. Where
        `ask.remember` does, the question is entered as a query, which raises `StoreError` if the store cannot be
        written."""
        told = self.helped(question, self.found)
        if not self._settings.ask_remember:
            return told
        from graph.asked import remember

        redact = self._settings.ingest_redact
        query = remember(told, question.asked_at, self._store, redact=redact)
        return replace(told, id=answer_id([each.insight for each in told.insights], query))

    def found(self, question: Question) -> Reply:
        """Recall and answer by rule."""
        began = time.perf_counter()
        with self._store.transaction(write=False):
            question = seen_from(question)
            evidence = recall(question, self._store, self._settings, self._embedder)
            return reply(question, evidence, self._store, began)

    def embed_like(self, other: Memory) -> None:
        """Make vectors with what `other` makes them with: a model is loaded once."""
        self._embedder = other._embedder

    def helped(self, question: Question, find: Callable[[Question], Reply]) -> Reply:
        """What `find` finds, with the help of the language model that is set, if there is one."""
        began = time.perf_counter()
        if (helper := self._helper) is None:
            return find(question)
        return helper.worded(find(helper.read(question)), began)

    @cached_property
    def _helper(self) -> Helper | None:
        """Who helps with questions; None where nobody does."""
        settings = self._settings
        if not settings.llm_ask or self._llm is None:
            return None
        from graph.helping import Helper

        return Helper(self._llm, settings.llm_questions, settings.llm_answers)

    @property
    def embedding_model(self) -> str | None:
        """The model that vectors are made with here; None where there is none, or the one that is set is not here."""
        with suppress(ModelMissingError):
            return self._embedder.name if self._embedder else None
        return None

    def reindex(self, progress: Progress | None = None) -> ReindexReport:
        """Give the memory the vectors it lacks.

        Raises:
            ModelMissingError: there is no model to make them.
            StoreError: the store cannot be written; what was committed stays.
        """
        from graph.reindex import reindex

        if self._embedder is None:
            raise ModelMissingError(
                "there is no model to make vectors with", "get one with `memcli model pull bge-small`"
            )
        return reindex(self._store, self._embedder, progress)

    def check(self, *, repair: bool = False) -> Checkup:
        """Whether the memory keeps its own rules; with `repair`, put right what does not, as far as can be.

        Raises:
            StoreError: the store fails.
        """
        from graph.doctor import check

        return check(cast("Kept", self._store), repair=repair)

    def forgettable(self, wanted: Wanted) -> Preview:
        """What `forget` would remove; raises what that raises."""
        from graph.forgetting.run import preview

        return preview(wanted, self._store)

    def forget(self, wanted: Wanted, progress: Progress | None = None) -> Forgotten:
        """Forget what is wanted and all that nothing else supports, from every index and file, that of replies of a
        language model included; vectors that were made in the light of it are made anew.

        Raises:
            NotFoundError: a message or an entity that is named is not there.
            UsageError: nothing is named, or messages of several conversations.
            StoreError: the store cannot be written; what was committed stays, and the same call goes on from there.
        """
        from graph.forgetting.run import forget
        from graph.llm.cache import wipe

        wipe(self._settings.llm_cache)
        had = self.embedding_model in self._store.info().vectors
        report = forget(wanted, self._store, progress)
        if had:
            self.reindex(progress)
        return report

    @contextmanager
    def snapshot(self, selection: Selection = EVERYTHING) -> Iterator[Snapshot]:
        """The selected part of the graph in one consistent state, for as long as the context lasts."""
        with self._store.transaction(write=False):
            yield snapshot(self._store, selection)

    def as_of(self, date: str) -> Memory:
        """This memory as it was on a day, for looking around and exporting only; see `graph.bygone`."""
        from graph.bygone import Bygone

        return Memory(self._settings, cast("Store", Bygone.of(self._store, date)))

    def nodes(self, selection: Selection) -> Iterator[Node]:
        """The selected nodes."""
        return self._store.nodes(selection)

    def node(self, name: str, kind: NodeKind | None = None) -> Node:
        """The node with the id `name`, else the entity with that name or alias.

        Raises:
            NotFoundError: there is none; the hint names near ones.
        """
        return find(self._store, name, kind)

    def neighbors(self, name: str, *, hops: int = 1, limit: int = 50) -> list[Neighbor]:
        """The nodes around `node(name)`, nearest first, then by weight."""
        with self._store.transaction(write=False):
            return neighbors(self._store, find(self._store, name).id, hops, limit)

    def originals(self, notes: Sequence[str]) -> dict[str, str]:
        """Which notes those of `notes` repeat that are copies of another; see `graph.copies`."""
        return originals(self._store, notes)

    def company(self, name: str, *, limit: int = 20) -> list[tuple[Entity, int]]:
        """The entities that occur together with the entity `name`, each with the number of notes, most first."""
        with self._store.transaction(write=False):
            return company(self._store, find(self._store, name, NodeKind.ENTITY).id, limit)

    def link(self, source: str, target: str, relation: Relation, reason: str = "") -> list[Event]:
        """Link a note to another as a person decides; see `graph.history.link`."""
        from graph import history

        return history.link(self._store, source, target, relation, reason)

    def unlink(self, one: str, other: str, reason: str = "") -> list[Event]:
        """Take away the links between two notes; see `graph.history.unlink`."""
        from graph import history

        return history.unlink(self._store, one, other, reason)

    def relate(self, progress: Progress | None = None) -> RelateReport:
        """Link notes whose messages are near by their vectors; see `graph.relating.relate`.

        Raises:
            ModelMissingError: there is no embedding model, or nothing has vectors by it.
            StoreError: the store cannot be written; what was committed stays.
        """
        from graph.relating import relate

        model = self.embedding_model
        if model is None or model not in self._store.info().vectors:
            raise ModelMissingError(
                "nothing has vectors by a model that is here",
                "`memcli model pull bge-small` and `memcli store reindex` make them",
            )
        return relate(self._store, model, progress)

    def edit(self, name: str, fields: Mapping[str, str | tuple[str, ...]], reason: str = "") -> list[Event]:
        """Give a note another title, context, keywords or tags; see `graph.history.edit`."""
        from graph import history

        return history.edit(self._store, name, fields, reason)

    def retract(self, name: str, reason: str = "") -> list[Event]:
        """Take a fact back; see `graph.history.retract`."""
        from graph import history

        return history.retract(self._store, name, reason)

    def merge_entities(self, name: str, other: str, reason: str = "") -> list[Event]:
        """Merge an entity into another; see `graph.identity.merge`."""
        from graph import identity

        return identity.merge(self._store, name, other, reason)

    def split_entity(self, name: str, part: str, conversation: str | None = None, reason: str = "") -> list[Event]:
        """Part an entity from another; see `graph.identity.split`."""
        from graph import identity

        return identity.split(self._store, name, part, conversation, reason)

    def portrait(self, name: str, since: str | None = None, until: str | None = None) -> Portrait:
        """What is told of an entity in order of time; see `graph.portrait.portrait`."""
        from graph.portrait import portrait

        return portrait(self._store, name, since, until)

    def history(self, name: str) -> tuple[Note, list[Event]]:
        """A note, and what was decided about it, in order of time."""
        from graph import history

        return history.history(self._store, name)

    def undo(
        self,
        event: str | None = None,
        *,
        since: str | None = None,
        by: str | None = None,
        agree: Callable[[Undoing], None],
    ) -> Undoing:
        """Undo an event, all since a time, or all that somebody decided, once `agree` has seen it; see
        `graph.history.undo`."""
        from graph import history

        return history.undo(self._store, history.Meant(event, since, by), agree)

    def insights(
        self, wanted: Selection, states: Collection[str], about: str | None, *, past: bool = True
    ) -> list[Insight]:
        """The selected insights in one of `states`, those about the person `about`, by score; `wanted.limit` counts.
        See `graph.voting.listed`."""
        from graph import voting

        with self._store.transaction(write=False):
            return voting.listed(self._store, wanted, states, about, past=past)

    def insight(self, name: str) -> InsightPage:
        """All that bears on an insight; see `graph.voting.page`."""
        from graph import voting

        return voting.page(self._store, name)

    def facts(
        self,
        wanted: Selection,
        about: str | None = None,
        relation: str | None = None,
        as_of: str | None = None,
        *,
        past: bool = False,
    ) -> list[Fact]:
        """The selected facts in order of time; see `graph.timeline.listed`."""
        from graph import timeline

        return timeline.listed(self._store, wanted, about, relation, as_of, past=past)

    def facts_of(self, entity: str, relation: str | None = None, as_of: str | None = None) -> list[Fact]:
        """The facts that concern an entity, in order of time; see `graph.timeline.of_entity`."""
        from graph import timeline

        return timeline.of_entity(self._store, entity, relation, as_of)

    def restate(self) -> RestateReport:
        """Derive the facts that the memory lacks; see `graph.restating.restate`.

        Raises:
            ModelMissingError: the extractor that is set has no model.
            StoreError: the store cannot be written; what was committed stays.
        """
        from graph.extract.registry import extractor_named
        from graph.restating import restate

        return restate(self._store, extractor_named(self._settings.ingest_extractor)[0])

    def fact(self, name: str) -> FactPage:
        """All that bears on a fact; see `graph.timeline.page`."""
        from graph import timeline

        return timeline.page(self._store, name)

    def episodes(self, wanted: Selection, now: datetime, weaker: float | None = None) -> list[Remembered]:
        """The selected episodes in order of time, with how well they are kept; see `graph.retention.listed`."""
        from graph import retention

        return retention.listed(self._store, wanted, self._settings.retention_days, now, weaker)

    def episode(self, name: str, now: datetime) -> EpisodePage:
        """An episode with its messages; see `graph.retention.page`."""
        from graph import retention

        return retention.page(self._store, name, self._settings.retention_days, now)

    def fold(
        self, now: datetime, older: float | None = None, names: Sequence[str] = (), *, dry_run: bool = False
    ) -> Folded:
        """Fold the episodes that have faded below `retention.fold`, that ended more than `older` days ago, or that are
        meant by `names`; see `graph.folding.fold`."""
        from graph import folding

        faint = folding.Faint(self._settings.retention_days, now, self._settings.retention_fold, older)
        return folding.fold(self._store, faint, names, dry_run=dry_run)

    def unfold(self, name: str) -> list[Event]:
        """Unfold an episode; see `graph.folding.unfold`."""
        from graph import folding

        return folding.unfold(self._store, name)

    def recut(self) -> RecutReport:
        """Cut all conversations into episodes anew; see `graph.episodes.recut`.

        Raises:
            StoreError: the store cannot be written; what was committed stays.
        """
        from graph.episodes import recut

        return recut(self._store)

    def vote(self, name: str, vote: Vote, reason: str = "") -> list[Event]:
        """Vote for or against an insight; see `graph.voting.vote`."""
        from graph import voting

        return voting.vote(self._store, name, vote, reason)

    def reword(self, name: str, text: str, reason: str = "") -> list[Event]:
        """Give an insight other words; see `graph.voting.edit`."""
        from graph import voting

        return voting.edit(self._store, name, text, reason)

    def merge(self, name: str, other: str, reason: str = "") -> list[Event]:
        """Merge an insight into another; see `graph.voting.merge`."""
        from graph import voting

        return voting.merge(self._store, name, other, reason)

    def feedback(self, answer: str, reason: str = "", *, good: bool) -> Feedback:
        """Say whether an answer was good: vote on the insights that it used, and settle the question, if it was
        remembered.

        Raises:
            NotFoundError: it is no id of an answer, or its insights or its question are gone.
            UsageError: it used none, and its question was not remembered.
        """
        from graph.asked import judge
        from graph.voting import Feedback, feedback

        insights, query = used_by(answer)
        redact = self._settings.ingest_redact
        judged = bool(query) and judge(query, reason, self._store, good=good, redact=redact)
        events = feedback(self._store, answer, reason, good=good) if insights or not query else []
        return Feedback(tuple(events), query, judged)

    def conclude(self, most: int, *, dry_run: bool = False) -> Conclusions:
        """Draw insights from communities of notes; see `graph.conclusions.conclude`."""
        from graph.conclusions import conclude

        return conclude(self._store, most, dry_run=dry_run)

    def refining(self, kinds: Sequence[str] = ()) -> Refining:
        """What has a language model decide again what rules have decided, of `kinds` (`links`, `notes`,
        `insights`, `facts`), or of those that the settings allow.

        Raises:
            UsageError: no language model is set, or not as it could be meant.
        """
        from graph.refining.batch import Kind, Size
        from graph.refining.run import Refining

        if self._llm is None:
            raise no_llm()
        chosen = [each for each in Kind if (each in kinds if kinds else getattr(self._settings, f"llm_{each}"))]
        return Refining(self._store, self._llm, chosen, Size(self._settings.llm_batch, self._settings.llm_context))

    def stats(self) -> GraphStats:
        """Counts and shape of the graph."""
        with self._store.transaction(write=False):
            return shape(self._store)

    def copy(self, target: Memory, *, progress: Progress | None = None) -> TransferReport:
        """Copy all that is here into `target`; what it holds already of that stays as it is, so that a copy that
        was broken off goes on.

        Raises:
            StoreError: `target` holds another memory, or cannot be written. What was committed stays.
        """
        from graph.transfer import copy

        return copy(self._store, target._store, progress)

    @contextmanager
    def backup(self) -> Iterator[Iterator[bytes]]:
        """The bytes of a backup (`graph.backup`) of all that is here, for as long as the context lasts.

        The last step raises `StoreBusyError` where something was written meanwhile, in a store that gives no
        consistent state.
        """
        from graph.backup import chunks
        from graph.comparison import holding

        with self._store.transaction(write=False):
            before = holding(self._store)

            def checked() -> Iterator[bytes]:
                yield from chunks(before)
                if holding(self._store).size != before.size:
                    raise StoreBusyError("the memory was written to while it was backed up", "make the backup again")

            yield checked()

    def restore(self, backup: Holding, *, progress: Progress | None = None) -> TransferReport:
        """Write what a backup holds, `Backup.checked`, as `copy` does; raises what that raises."""
        from graph.transfer import Transfer

        return Transfer(backup, self._store, progress).run()

    def info(self) -> StoreInfo:
        """What the store says of itself."""
        return self._store.info()
