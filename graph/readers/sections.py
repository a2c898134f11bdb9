"""Long text cut into sections that can be found and cited one by one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

LONGEST = 300
"""Words of a section."""
FEWEST = 60
"""Words that a section has before a heading ends it."""
_LETTERS = 8
"""Characters that count as one word where words are longer, or not set apart by blanks."""

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S[^\n]{0,500})")
_CLOSING = re.compile(r"[ \t]+#+$")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]|\n")
_BLANK = re.compile(r"\s+")


def find_heading(line: str) -> tuple[int, str] | None:
    """Return the level and the words of a Markdown heading; None where `line` is none."""
    match = _HEADING.match(line)
    return (len(match[1]), _CLOSING.sub("", match[2].rstrip())) if match else None


def sections(text: str) -> Iterator[str]:
    """Yield `text` in sections of at most about 300 words; joined, they are `text`.

    Sections end at headings and at the ends of paragraphs, of sentences or of words, whichever is
    the best to be had. One is blank only where so many blanks stand together.
    """
    lines = io.StringIO(text, newline="\n")
    return sections_of(iter(lambda: lines.readline(_LETTERS * LONGEST), ""))


def sections_of(lines: Iterable[str]) -> Iterator[str]:
    """Do what `sections` does for text that comes in lines, or in pieces of long lines."""
    section, words = "", 0
    for block in _blocks(lines):
        size = _size(block)
        full = words + size > LONGEST or (words >= FEWEST and _HEADING.match(block))
        if full and section:
            yield section
            section, words = "", 0
        section += block
        words += size
    if section:
        yield section


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    """Yield paragraphs with the blank lines after them and the headings before them."""
    block, words, begun, ended, fenced = "", 0, False, False, False
    for line in _chopped(lines):
        blank = not line.strip()
        heading = not fenced and _HEADING.match(line) is not None
        if (ended and not blank) or (begun and heading):
            yield block
            block, words, begun, ended = "", 0, False, False
        fenced ^= _FENCE.match(line) is not None
        block += line
        words += len(line.split())
        begun = begun or not (blank or heading)
        ended = ended or (begun and blank and not fenced)
        while max(words, len(block) / _LETTERS) > LONGEST:
            cut = _cut(block)
            yield block[:cut]
            block = block[cut:]
            words = len(block.split())
    if block:
        yield block


def _chopped(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines, those that would fill more than a section in parts."""
    most = _LETTERS * LONGEST
    for line in lines:
        yield from (line[start : start + most] for start in range(0, len(line), most))


def _size(text: str) -> int:
    """Return how many words a text counts for."""
    return max(len(text.split()), -(-len(text) // _LETTERS))


def _cut(text: str) -> int:
    """Return where to end the first section of a paragraph that is too long for one."""
    limit = min(len(text) - 1, _LETTERS * LONGEST)
    words = list(_BLANK.finditer(text, 0, limit))[:LONGEST]
    if len(words) == LONGEST:
        limit = words[-1].end()
    ends = [match.end() for match in _SENTENCE_END.finditer(text, limit // 2, limit)]
    if ends:
        return ends[-1]
    return words[-1].end() if words and words[-1].end() > limit // 2 else max(limit, 1)
