"""Transcripts and meeting notes in plain text or Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from graph.model import Form, Json, Record, Reject, Source
from graph.readers.dates import find_date
from graph.readers.decode import head_text, text_lines
from graph.readers.drafts import Draft
from graph.readers.keys import Keys
from graph.readers.naming import stem, suffix
from graph.readers.turns import Mark, Speakers, Turn, find_mark, find_turn
from graph.readers.values import admit

_SUFFIXES = ("", ".txt", ".text", ".md", ".markdown", ".transcript")
_SHARE = 0.4
"""Part of the paragraphs that are turns, in a transcript."""
_TALK = re.compile(
    r"[?!]|\b(?:I|I['’]m|you|we|me|hi|hey|hello|thanks|thank|please|yes|no|ok|okay|sure|bye)\b(?![:/])", re.IGNORECASE
)
"""What people say to each other, and forms hardly ever."""


class TranscriptReader:
    """`Name: text`, `**Name:** text`, `Name (10:22): text` or `[10:22] Name: text`.

    Headings and lines that are a date begin a session and may set the date. Every other line
    goes on with the turn before it; before the first turn of a session it has no speaker.
    """

    name: ClassVar[str] = "transcript"
    about: ClassVar[str] = "transcripts and meeting notes, `Name: text`"

    def claims(self, name: str, head: bytes) -> bool:
        text = head_text(head)
        if text is None or suffix(name) not in _SUFFIXES:
            return False
        turns, others, after_blank, following = [], 0, True, False
        for line in text.split("\n"):
            if turn := find_turn(line):
                turns.append(turn)
            elif line.strip() and not find_mark(line):
                others += after_blank
                following = True
            after_blank = not line.strip()
        counts = Speakers(turns).counts
        recurring = sum(count for count in counts.values() if count > 1)
        # Of a talk that has only begun, nobody has spoken twice yet; fields of a form look the same.
        begun = not following and any(_TALK.search(each.text) for each in turns)
        return len(counts) > 1 and (begun or 0 < _SHARE * (len(turns) + others) <= recurring)

    def read(self, source: Source, longest: int) -> Iterator[Record | Reject]:
        found = (find_turn(line.text) for line in text_lines(source) if line.begins)
        speakers = Speakers(turn for turn in found if turn)
        scene = _Scene(source, longest)
        draft, turn = Draft(1), None
        for line in text_lines(source):
            mark = find_mark(line.text) if line.begins else None
            begun = find_turn(line.text) if line.begins and not mark else None
            begun = begun if begun and speakers.speaks(begun) else None
            if mark or begun:
                yield from scene.records(draft, turn)
                draft, turn = Draft(line.number), begun
            if mark:
                scene.enter(mark)
            else:
                draft.add(begun.text if begun else line.text, line.offset, longest)
        yield from scene.records(draft, turn)


class _Scene:
    """Where and when a turn is said: what the headings and dates before it tell."""

    def __init__(self, source: Source, longest: int) -> None:
        self._path = source.path
        self._longest = longest
        self._conversation = stem(source.name)
        self._date = find_date(self._conversation.rpartition("/")[2])
        self._session = ""
        self._title: str | None = None
        self._keys = Keys()

    def enter(self, mark: Mark) -> None:
        """Begin a session."""
        self._session = mark.text
        self._title = self._title or mark.text
        self._date = mark.date or self._date

    def records(self, draft: Draft, turn: Turn | None) -> Iterator[Record | Reject]:
        """Yield the record of a draft that is complete, if there is anything in it."""
        if draft.too_long:
            yield Reject(self._path, draft.line, f"longer than {self._longest:,} bytes")
        elif text := draft.text().strip():
            yield admit(self._record(draft, turn, text), self._path, self._longest)

    def _record(self, draft: Draft, turn: Turn | None, text: str) -> Record:
        date = (turn.date if turn else None) or self._date
        time = turn.time if turn else None
        timestamp = f"{date}T{time}" if date and time else date
        metadata: dict[str, Json] = {"time": time} if time and not date else {}
        return Record(
            form=Form.MESSAGE,
            key=self._keys.key(self._conversation, timestamp),
            text=text,
            conversation=self._conversation,
            session=self._session,
            speaker=turn.name if turn else None,
            timestamp=timestamp,
            title=self._title,
            metadata=metadata,
            line=draft.line,
            offset=draft.offset,
        )
