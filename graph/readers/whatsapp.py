"""WhatsApp's text exports, of Android and of iOS, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from graph.model import Form, Record, Reject, Source
from graph.readers.dates import day_of, time_of
from graph.readers.decode import head_text, text_lines
from graph.readers.drafts import Draft
from graph.readers.keys import Keys
from graph.readers.naming import stem
from graph.readers.values import admit

_MARKS = "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"
_START = re.compile(
    rf"^[{_MARKS}]*\[?(\d{{1,4}})[./-]\s?(\d{{1,2}})[./-]\s?(\d{{1,4}})\.?,?\s(?:\w{{1,3}}\s)?"
    r"(上午|下午|午前|午後|오전|오후)?\s?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"(?:\s?([ap])\.?\s?m\.?)?(?:\]\s?|\s[-–]\s)",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"([^:\n\"“”«»]{1,100}):(?!//)[^\S\n]?")
_EARLY, _LATE = ("上午", "午前", "오전"), ("下午", "午後", "오후")
_MEDIA = re.compile(
    r"\A\u200e(?!<)[^\n]*|\u200e<[^<>\n]{4,80}>|^<(?=[^\n]*[ :\u0080-\U0010ffff])[^<>\n=/]{4,80}>$"
    r"|^(?:image|video|video note|audio|sticker|GIF|document|Contact card) omitted$|\s?<This message was edited>$"
    r"|^(?:(?:IMG|VID|PTT|AUD|DOC|STK)-\d+-WA\d+\.\w+ \([^()\n]+\)|\S[^\n]* \(file attached\))$"
    r"|\A(?:This message was deleted|You deleted this message)\.?$",
    re.MULTILINE,
)
_NAME = re.compile(
    r"(?:WhatsApp[ -]Chat|Chat de WhatsApp|Chat WhatsApp|Discussion WhatsApp|Conversa do WhatsApp)"
    r"\s*(?:-|\b\w{1,5}\b)\s+(.+)",
    re.IGNORECASE,
)
_ORDERS = ((2, 1, 0), (2, 0, 1), (0, 1, 2))
"""Where year, month and day are: day first, month first, year first."""


class _Stamp(Struct, frozen=True):
    """The beginning of a message: the numbers of its date in the order given, its time of day,
    both as they were written, and what follows them."""

    numbers: tuple[int, int, int]
    clock: str | None
    written: str
    rest: str

    def moment(self, order: tuple[int, int, int]) -> str | None:
        """Return the time in ISO 8601, the date read in `order`; None where there is no such time."""
        year, month, day = (self.numbers[place] for place in order)
        date = day_of(year + 2000 if year < 100 else year, month, day)
        return f"{date}T{self.clock}" if date and self.clock else None


class WhatsAppReader:
    """Dates may be written in three orders; the whole file is looked through for the one that fits.

    Lines without a sender (notices of the program) and placeholders for media are left out; a
    caption stays.
    """

    name: ClassVar[str] = "whatsapp"
    about: ClassVar[str] = "WhatsApp's chat exports (.txt, or the zip as exported)"

    def claims(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - the content tells
        lines = [line for line in (head_text(head) or "").split("\n") if line.strip()][:50]
        stamps = [_stamp(line) for line in lines]
        said = [stamp for stamp in stamps if stamp and _SPEAKER.match(stamp.rest)]
        return bool(said) and stamps[0] is not None and len(stamps) - stamps.count(None) >= min(2, len(lines))

    def read(self, source: Source, longest: int) -> Iterator[Record | Reject]:
        order, keys, conversation = _order(source), Keys(), _conversation(source.name)
        for draft, stamp in _drafts(source, longest):
            spoken = _SPEAKER.match(stamp.rest)
            if draft.too_long:
                yield Reject(source.path, draft.line, f"longer than {longest:,} bytes")
            elif spoken and (text := _words(draft.text()[spoken.end() :])):
                timestamp = stamp.moment(order)
                record = Record(
                    form=Form.MESSAGE,
                    key=keys.key(conversation, timestamp),
                    text=text,
                    conversation=conversation,
                    speaker=spoken[1].strip(_MARKS + "~ \u00a0\u202f") or None,
                    timestamp=timestamp,
                    metadata={} if timestamp else {"timestamp": stamp.written},
                    line=draft.line,
                    offset=draft.offset,
                )
                yield admit(record, source.path, longest)


def _stamp(line: str) -> _Stamp | None:
    match = _START.match(line)
    if not match:
        return None
    first, second, third, early_or_late, hour, minute, second_of, half = match.groups()
    half = "a" if early_or_late in _EARLY else "p" if early_or_late in _LATE else (half or "").lower()
    clock = time_of(int(hour), int(minute), int(second_of or 0), half)
    written = match[0].strip(_MARKS + "[]-– ")
    return _Stamp((int(first), int(second), int(third)), clock, written, line[match.end() :].lstrip("\u202a\u202c"))


def _order(source: Source) -> tuple[int, int, int]:
    """Return the order of dates in which most are possible and time runs backwards least."""
    impossible, backwards = dict.fromkeys(_ORDERS, 0), dict.fromkeys(_ORDERS, 0)
    latest = dict.fromkeys(_ORDERS, "")
    stamps = (_stamp(line.text) for line in text_lines(source) if line.begins)
    for stamp in (stamp for stamp in stamps if stamp and stamp.clock):
        for order in _ORDERS:
            if moment := stamp.moment(order):
                backwards[order] += moment < latest[order]
                latest[order] = moment
            else:
                impossible[order] += 1
    return min(_ORDERS, key=lambda order: (impossible[order], backwards[order]))


def _drafts(source: Source, longest: int) -> Iterator[tuple[Draft, _Stamp]]:
    """Yield what stands from one time to the next."""
    draft, stamp = Draft(0), None
    for line in text_lines(source):
        if line.begins and (begun := _stamp(line.text)):
            if stamp:
                yield draft, stamp
            draft, stamp = Draft(line.number), begun
            draft.add(begun.rest, line.offset, longest)
        else:
            draft.add(line.text, line.offset, longest)
    if stamp:
        yield draft, stamp


def _words(text: str) -> str:
    return _MEDIA.sub("", text.replace("\r\n", "\n")).strip().strip("\u200e").strip()


def _conversation(name: str) -> str:
    """Return whom the chat was with: the file's name says it, or the folder's of a `_chat.txt`."""
    folder, _, last = stem(name).rpartition("/")
    if last == "_chat" and folder:
        folder = folder.removesuffix(".zip")
        last = folder.rpartition("/")[2]
        return match[1] if (match := _NAME.fullmatch(last)) else folder
    return match[1] if (match := _NAME.fullmatch(last)) else stem(name)
