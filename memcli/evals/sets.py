"""Question sets: folders with `questions.jsonl` and, beside it, anything that `memcli ingest` reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from graph.errors import InputError, NotFoundError
from graph.model import Json
from graph.readers.decode import raw_lines
from memcli.render.text import is_text

QUESTIONS = "questions.jsonl"
LONGEST_LINE = 1_000_000

UNANSWERABLE = frozenset({"5", "adversarial", "abstention", "unanswerable"})
"""Categories whose questions have no answer: LoCoMo's fifth and what others call it."""


class EvalQuestion(Struct, frozen=True):
    """A question with known evidence.

    `gold` are ids of messages or documents as given at ingest. `answerable` is what the line says;
    where it says nothing, a question is answerable that has gold, is of none of the categories
    `UNANSWERABLE`, and whose id does not end in `_abs`. Recall is measured on answerable
    questions with gold, abstention on all.
    """

    id: str
    text: str
    answer: str
    category: str
    gold: frozenset[str]
    answerable: bool
    asked_at: str | None = None
    conversation: str | None = None


class EvalSet(Struct, frozen=True):
    """A folder of questions and what they are asked of."""

    name: str
    folder: Path

    @property
    def inputs(self) -> list[Path]:
        """What is ingested: everything in the folder but the questions and hidden files."""
        entries = (each for each in self.folder.iterdir() if each.name != QUESTIONS)
        return sorted(each for each in entries if not each.name.startswith("."))

    def questions(self) -> list[EvalQuestion]:
        """Every question, in the file's order.

        Raises:
            InputError: a line is not a question; the message names file and line.
        """
        return list(_questions(self.folder / QUESTIONS))

    def digest(self) -> str:
        """SHA-256, in hexadecimal, over the relative names and the bytes of the set's files, sorted."""
        total = hashlib.sha256()
        roots = [self.folder / QUESTIONS, *self.inputs]
        files = [each for root in roots for each in (root.rglob("*") if root.is_dir() else [root]) if each.is_file()]
        for path in sorted(files):
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            total.update(f"{path.relative_to(self.folder).as_posix()}\0{content}\n".encode())
        return total.hexdigest()


def discover(folder: Path, names: Sequence[str] = ()) -> list[EvalSet]:
    """The set in `folder`, else the sets in its subfolders, by name; `names` selects some of them.

    Raises:
        NotFoundError: there is no such folder, no set in it, or none of a given name.
    """
    if not folder.is_dir():
        raise NotFoundError(
            f"{folder} is not a folder", "name a folder with questions.jsonl, or a folder of such folders"
        )
    folders = (
        [folder] if (folder / QUESTIONS).is_file() else sorted(each.parent for each in folder.glob(f"*/{QUESTIONS}"))
    )
    sets = [EvalSet(each.resolve().name, each) for each in folders]
    if not sets:
        raise NotFoundError(f"no {QUESTIONS} in {folder} or in a folder of it", "see `memcli eval --help` for its form")
    missing = set(names) - {each.name for each in sets}
    if missing:
        known = ", ".join(each.name for each in sets)
        raise NotFoundError(f"no set {', '.join(sorted(missing))} in {folder}", f"there are: {known}")
    return [each for each in sets if not names or each.name in names]


def _questions(path: Path) -> Iterator[EvalQuestion]:
    with path.open("rb") as file:
        for line in raw_lines(file, LONGEST_LINE):
            try:
                if line.data is None:
                    raise ValueError(f"longer than {LONGEST_LINE:,} bytes")
                if line.data.strip():
                    yield _question(json.loads(line.data), line.number)
            except (ValueError, RecursionError) as error:
                raise InputError(f"{path}:{line.number}: not a question: {error}", "one JSON object a line") from error


def _question(row: Json, number: int) -> EvalQuestion:
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    text, gold = row.get("question"), row.get("gold", [])
    if not isinstance(text, str) or not text.strip():
        raise ValueError("`question` is missing")
    conversation = _text(row.get("conversation"))
    if not (is_text(text) and is_text(conversation or "")):
        raise ValueError("half a surrogate pair")
    if not isinstance(gold, list) or not all(isinstance(each, str | int) for each in gold):
        raise ValueError("`gold` is not a list of ids")
    key, category = str(row.get("id", number)), str(row.get("category", ""))
    answerable = row.get("answerable")
    if not isinstance(answerable, bool):
        answerable = bool(gold) and category not in UNANSWERABLE and not key.endswith("_abs")
    return EvalQuestion(
        id=key,
        text=text,
        answer=_text(row.get("answer")) or "",
        category=category,
        gold=frozenset(map(str, gold)),
        answerable=answerable,
        asked_at=_text(row.get("asked_at")),
        conversation=conversation,
    )


def _text(value: Json) -> str | None:
    return None if value is None else str(value)
