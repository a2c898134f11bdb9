"""A world for one command line: streams in memory, an environment, a folder, and a small memory."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

from graph.errors import NotFoundError, StoreMissingError
from graph.model import (
    Answer,
    Citation,
    Edge,
    EdgeKind,
    Entity,
    Form,
    GraphStats,
    Hit,
    IngestReport,
    InsightHit,
    Interaction,
    Neighbor,
    Node,
    NodeKind,
    Note,
    Question,
    Quotation,
    Reading,
    Reject,
    Reply,
    Selection,
    Snapshot,
    StoreInfo,
    kind_of,
)
from graph.ports import Progress
from graph.settings import Settings
from memcli.app import main
from memcli.session import Session, Terminals

TEXT = "I flew to Lisbon \x1b[31mon\x07 Monday."

SAID = Interaction("m_1", Form.MESSAGE, "a-1", TEXT, "trip", "s1", 0, "Ann", "2024-03-05T10:22:00")
NOTE = Note("n_1", "Lisbon on Monday", "trip, Ann", ("lisbon", "monday"), ("travel",), "2024-03-05T10:22:00")
OTHER = Note("n_2", "Porto by train", "trip, Bob", ("porto",), (), "2024-03-06T09:00:00")
ANN = Entity("e_1", "Ann", "PERSON", ("Annie",))
NODES: tuple[Node, ...] = (ANN, SAID, NOTE, OTHER)
EDGES = (
    Edge("m_1", "e_1", EdgeKind.SAID_BY),
    Edge("n_1", "e_1", EdgeKind.ABOUT),
    Edge("n_1", "m_1", EdgeKind.DERIVED_FROM),
    Edge("n_1", "n_2", EdgeKind.LINKS_TO, 0.75, "same_topic", "both tell of a trip"),
)


class SmallMemory:
    """Four nodes, and an answer to whatever has `Ann` in it."""

    def __init__(self) -> None:
        self.report = IngestReport(read=1, added=1, notes=1)
        self.asked: list[Question] = []
        self.ingested: dict[str, Any] = {}
        self.settings = Settings()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        stdin: BinaryIO | None = None,
        reader: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> IngestReport:
        taken = stdin.read() if stdin else b""
        self.ingested = {"paths": list(paths), "stdin": taken, "reader": reader, "dry_run": dry_run}
        for path in paths:
            if str(path) != "-" and not path.exists():
                raise NotFoundError(f"{path}: no such file or folder")
            if progress:
                progress.begin(str(path), 100)
                progress.advance(50, 1)
                progress.end()
        return self.report

    def ask(self, question: Question) -> Reply:
        self.asked.append(question)
        found = "Ann" in question.text
        source = Citation("m_1", "trip", "s1", "a-1", None, "Ann", "2024-03-05T10:22:00")
        document = Citation("m_9", document="d-1", timestamp=None)
        hits = (
            Hit(1, 0.9, "interaction", "n_1", "Lisbon", TEXT, source.timestamp, (source,), {"lexical": 0.8}, ("ann",)),
            Hit(2, 0.5, "interaction", None, "A guide", "Lisbon has hills.", None, (document,), {"ppr": 0.2}),
        )
        answer = Answer(TEXT, 0.8, True, "rule", (Quotation(TEXT, 1),)) if found and question.answer else Answer()
        insights = (InsightHit("i_1", "Ann travels", 2, ("n_1", "n_2")),) if found else ()
        reading = Reading(("lisbon",), ("Ann",), None)
        return Reply(question, answer, hits[: question.limit], insights, reading, 1.5)

    @contextmanager
    def snapshot(self, selection: Selection) -> Iterator[Snapshot]:
        nodes = [each for each in NODES if not selection.kinds or kind_of(each) in selection.kinds]
        ids = {each.id for each in nodes}
        yield Snapshot(
            lambda: iter(sorted(nodes, key=lambda each: each.id)),
            lambda: (each for each in EDGES if {each.source, each.target} <= ids),
        )

    def nodes(self, selection: Selection) -> Iterator[Node]:
        chosen = [each for each in NODES if kind_of(each) in selection.kinds]
        return iter(chosen[: selection.limit])

    def node(self, name: str, kind: NodeKind | None = None) -> Node:
        for each in NODES:
            if kind in (None, kind_of(each)) and name in (each.id, getattr(each, "name", None)):
                return each
        raise NotFoundError(f"nothing is called {name!r}", "near names: Ann")

    def neighbors(self, name: str, *, hops: int = 1, limit: int = 50) -> list[Neighbor]:
        by_id = {each.id: each for each in NODES}
        pairs = [(edge, edge.target if edge.source == name else edge.source) for edge in EDGES]
        around = [Neighbor(by_id[other], edge, 1) for edge, other in pairs if name in (edge.source, edge.target)]
        return around[:limit]

    def stats(self) -> GraphStats:
        return GraphStats({"note": 2, "entity": 1}, {"about": 1}, 1, 3, (("e_1", "Ann", 2),))

    def info(self) -> StoreInfo:
        return StoreInfo("sqlite:///m.db", "sqlite", "1", 4096, {"note": 2}, {"about": 1}, 1, ("rules",))


@dataclass(frozen=True)
class Ran:
    """What one command line did."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> Any:
        """The one JSON object on standard output."""
        return json.loads(self.out)

    @property
    def data(self) -> Any:
        """The data in the envelope."""
        return self.envelope["data"]


@dataclass
class World:
    """Runs command lines of memcli in this process, on a home of its own."""

    home: Path
    memory: SmallMemory = field(default_factory=SmallMemory)
    env: dict[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    terminals: Terminals = field(default_factory=Terminals)
    opener: Callable[..., Any] | None = None

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Ran:
        out, err = io.StringIO(), io.StringIO()
        session = Session(
            io.BytesIO(stdin),
            out,
            err,
            {"MEMCLI_HOME": str(self.home), **self.env},
            self.cwd or self.home,
            lambda: datetime(2024, 5, 1, 12, 0, 0),
            self.terminals,
            self.opener or self._open,
        )
        with redirect_stdout(out), redirect_stderr(err):
            code = main(arguments, session)
        return Ran(code, out.getvalue(), err.getvalue())

    def _open(self, settings: Settings, *, create: bool = False) -> SmallMemory:
        self.memory.settings = settings
        if "missing" in settings.store and not create:
            raise StoreMissingError("there is no memory yet", "make one: memcli ingest FILE")
        return self.memory


REJECTED = IngestReport(
    read=30,
    added=5,
    rejected=25,
    elapsed_s=0.5,
    rejects=tuple(Reject("chat.jsonl", line, "not JSON") for line in range(1, 26)),
    warnings=("no spaCy model: memcli model pull spacy",),
)
