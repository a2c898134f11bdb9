"""Subtitles and transcripts of recordings: WebVTT (W3C, sections 4 and 6) and SubRip."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from graph.model import Form, Json, Record, Reject, Source
from graph.readers.dates import find_date
from graph.readers.decode import Line, head_text, text_lines
from graph.readers.drafts import Draft
from graph.readers.keys import Keys
from graph.readers.naming import stem
from graph.readers.turns import Speakers, find_turn
from graph.readers.values import admit

_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING = re.compile(rf"\s{{0,9}}(?P<start>{_CLOCK})[ \t]{{1,9}}-->[ \t]{{1,9}}{_CLOCK}", re.ASCII)
_HEADER = re.compile(r"WEBVTT(?:[ \t\r\n]|\Z)")
_ASIDE = re.compile(r"(?:WEBVTT|NOTE|STYLE|REGION)(?:\s|\Z)")
"""What a block begins with that no cue does."""
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,200})?[ \t]([^<>]{1,1000})>")
_MARKUP = re.compile(r"</?(?:[cibuv]|ruby|rt|lang|font)(?:[\s.][^<>]{0,500})?>|<\d[\d:.]{4,20}>|\{\\[^{}]{0,50}\}")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)]{0,3}\Z")
_ENOUGH, _MOST = 400, 1_200
"""Letters of a turn after which it ends with a sentence, and after which it ends wherever a cue does."""


class _Cue(Struct, frozen=True):
    """What is shown at a time, or a part of it, without markup: by the `voice` that is named, and from when on, as
    HH:MM:SS since the recording began."""

    text: str
    voice: str | None
    start: str
    line: int
    offset: int


class SubtitlesReader:
    """Who speaks is told by voices, `<v Name>`, or by `Name: text`; what names nobody goes on with the turn before it.

    What somebody says in a row is one message, up to a few sentences. Notes, styles, regions and markup are left out. A
    time is that of the recording (`start` in the metadata); a date in the file's name is the day.
    """

    name: ClassVar[str] = "subtitles"
    about: ClassVar[str] = "subtitles and transcripts of recordings, WebVTT (.vtt) and SubRip (.srt)"

    def claims(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - the content tells
        text = (head_text(head) or "").lstrip()
        first = text[:1_000].splitlines()[:2]
        return bool(_HEADER.match(text)) or any(map(_TIMING.match, first))

    def read(self, source: Source, longest: int) -> Iterator[Record | Reject]:
        speakers = Speakers(turn for cue in _cues(source) if not cue.voice and (turn := find_turn(cue.text)))
        recording = _Recording(source, longest)
        for cue in _cues(source):
            turn = None if cue.voice else find_turn(cue.text)
            if turn and speakers.speaks(turn):
                yield from recording.say(cue, turn.name, turn.text)
            else:
                yield from recording.say(cue, cue.voice, cue.text)
        yield from recording.end()


class _Recording:
    """What is said in a recording, turn by turn."""

    def __init__(self, source: Source, longest: int) -> None:
        self._path = source.path
        self._longest = longest
        self._conversation = stem(source.name)
        self._date = find_date(self._conversation.rpartition("/")[2])
        self._keys = Keys()
        self._speaker: str | None = None
        self._draft, self._start, self._letters, self._last = Draft(1), "", 0, ""

    def say(self, cue: _Cue, name: str | None, text: str) -> Iterator[Record | Reject]:
        """Go on with what is said, by `name` where that is known; yield the turn that is over by that."""
        if name and name != self._speaker:
            yield from self.end()
            self._speaker = name
        text = " ".join(text.split())
        # Captions that roll show each line twice.
        if not text or text == self._last:
            return
        if self._letters > _MOST or (self._letters > _ENOUGH and _SENTENCE_END.search(self._last)):
            yield from self.end()
        if not self._letters:
            self._draft, self._start = Draft(cue.line), cue.start
        self._draft.add(f" {text}" if self._letters else text, cue.offset, self._longest)
        self._letters += len(text)
        self._last = text

    def end(self) -> Iterator[Record | Reject]:
        """Yield the turn, if anything was said in it."""
        draft, said, self._letters, self._last = self._draft, self._letters, 0, ""
        if draft.too_long and said:
            yield Reject(self._path, draft.line, f"longer than {self._longest:,} bytes")
        elif said:
            yield admit(self._record(draft), self._path, self._longest)

    def _record(self, draft: Draft) -> Record:
        metadata: dict[str, Json] = {"start": self._start}
        return Record(
            form=Form.MESSAGE,
            key=self._keys.key(self._conversation, self._date),
            text=draft.text(),
            conversation=self._conversation,
            speaker=self._speaker,
            timestamp=self._date,
            metadata=metadata,
            line=draft.line,
            offset=draft.offset,
        )


def _cues(source: Source) -> Iterator[_Cue]:
    """Yield what is shown, line by line and voice by voice."""
    start, voice, aside, after_blank = "", None, True, True
    for line, timed in _shown(source):
        if timed:
            start, voice, aside = timed, None, False
        elif not line.text.strip():
            after_blank = True
            continue
        elif line.begins and after_blank:
            # A blank line within a cue is none of its ends, unless something else begins.
            aside = not start or bool(_ASIDE.match(line.text))
        after_blank = False
        if timed or aside:
            continue
        first, *spoken = _VOICE.split(line.text)
        named = (
            (html.unescape(name).strip() or None, text) for name, text in zip(spoken[::2], spoken[1::2], strict=True)
        )
        for voice, text in ((voice, first), *named):  # noqa: B020 - whoever speaks goes on in the next line
            if plain := html.unescape(_MARKUP.sub("", text)).strip():
                yield _Cue(plain, voice, start, line.number, line.offset)


def _shown(source: Source) -> Iterator[tuple[Line, str]]:
    """Yield the lines, each with the time that it gives to what follows (empty: none), but for the names of cues: the
    lines before a time that are alone or a number."""
    held: Line | None = None
    alone = True
    for line in text_lines(source):
        timing = _TIMING.match(line.text) if line.begins else None
        if held and not (timing and (alone or held.text.strip().isdigit())):
            yield held, ""
        if timing:
            *hours, minutes, seconds = re.split("[:.,]", timing["start"])[:-1]
            yield line, ":".join(each.zfill(2) for each in (*(hours or ["00"]), minutes, seconds))
            held, alone = None, False
        else:
            alone = not held.text.strip() if held else line.number == 1
            held = line
    if held:
        yield held, ""
