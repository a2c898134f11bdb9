"""A world for one command line: streams in memory, an environment, a folder, and a memory."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

from jsonschema import Draft202012Validator

from graph.model import Answer, Citation, Hit, IngestReport, InsightHit, Question, Quotation, Reading, Reject, Reply
from graph.ports import Progress
from graph.settings import Settings
from memcli.app import main
from memcli.schema import schema_of
from memcli.session import Session, Terminals

TEXT = "I flew to Lisbon \x1b[31mon\x07 Monday."


def reply_to(question: Question) -> Reply:
    """An answer to whatever has `Ann` in it, with text that a terminal would obey."""
    found = "Ann" in question.text
    source = Citation("m_1", "trip", "s1", "a-1", None, "Ann", "2024-03-05T10:22:00")
    document = Citation("m_9", document="d-1", timestamp=None)
    hits = (
        Hit(1, 0.9, "interaction", "n_1", "Lisbon", TEXT, source.timestamp, (source,), {"text": 0.8}, ("ann",)),
        Hit(2, 0.5, "interaction", None, "A guide", "Lisbon has hills.", None, (document,), {"ppr": 0.2}),
    )
    answer = Answer(TEXT, 0.8, True, "rule", (Quotation(TEXT, 1),)) if found and question.answer else Answer()
    insights = (InsightHit("i_1", "Ann travels", 2, ("n_1", "n_2")),) if found else ()
    return Reply(question, answer, hits[: question.limit], insights, Reading(("lisbon",), ("Ann",), None), 1.5)


class ScriptedMemory:
    """Takes in anything, reports what it is told to, and answers with `reply_to`."""

    def __init__(self) -> None:
        self.report = IngestReport(read=1, added=1, notes=1)
        self.asked: list[Question] = []

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
        return self.report

    def ask(self, question: Question) -> Reply:
        self.asked.append(question)
        return reply_to(question)


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
    """Runs command lines of memcli in this process, on a home of its own; without an opener, on `memory`."""

    home: Path
    memory: ScriptedMemory = field(default_factory=ScriptedMemory)
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

    def _open(self, settings: Settings, *, create: bool = False, progress: Progress | None = None) -> ScriptedMemory:
        return self.memory


REJECTED = IngestReport(
    read=30,
    added=5,
    rejected=25,
    elapsed_s=0.5,
    rejects=tuple(Reject("chat.jsonl", line, "not JSON") for line in range(1, 26)),
    warnings=("no spaCy model: memcli model pull spacy",),
)


def with_chat(empty: World, chat: str) -> World:
    """A world with a small memory of its own: of `chat`, in plain lines of JSON."""
    empty.env |= {"MEMCLI_STORE": str(empty.home / "mine.db"), "MEMCLI_EMBEDDING_MODEL": "none"}
    assert empty("ingest", "-", "--format", "plain", stdin=chat.encode()).code == 0
    return empty


def fitting(world: World, *words: str) -> Any:
    """The data of a command, which has to fit its schema."""
    ran = world(*words, "--json")
    assert ran.code == 0
    validator = Draft202012Validator(json.loads(schema_of(ran.envelope["command"])))
    validator.validate(ran.data)
    assert not validator.is_valid({})
    return ran.data
