"""Names without a model: runs of capitalised words, and words too long to be common."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from graph.extract.spans import mention, settled
from graph.model import Extraction, Mention
from graph.text import stop_words

_TOKEN = re.compile(r"[^\W_](?:[\w’'.&-]*\w)?")
_WITHIN = frozenset({"of", "the", "de", "la", "von", "van", "da", "do", "del", "der"})
"""Words that may stand inside a name."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:\n]['\"”’)\]]*)\s*$")
_LONG = 7


class RuleExtractor:
    """Extraction by spelling alone: coarse, instant, the same in every language that has capitals."""

    name = "rules"

    def extract(self, texts: Sequence[str]) -> list[Extraction]:
        """One extraction a text."""
        return [settled(_names(text), list(_keywords(text))) for text in texts]


def _names(text: str) -> Iterator[Mention | None]:
    for start, end in _runs(text):
        first, _, rest = text[start:end].partition(" ")
        opens = _SENTENCE_START.search(text, max(0, start - 8), start) is not None
        if opens and (not rest or first.casefold() in stop_words()):
            # A capital proves nothing at the start of a sentence.
            start += len(first) + 1
        if start < end:
            yield mention(text, "NAME", start, end)
    for word in _WORD.finditer(text):
        if len(word[0]) >= _LONG:
            yield mention(text, "CONCEPT", *word.span())


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of words with capitals that stand side by side, with what may stand within a name."""
    start = end = after = -1
    for token in _TOKEN.finditer(text):
        word = token[0]
        inside = start >= 0 and text[after : token.start()] in (" ", "-")
        after = token.end()
        if word[0].isupper() or (inside and word[0].isdigit()):
            if start >= 0 and not inside:
                yield start, end
            start, end = (start if inside else token.start()), after
        elif not (inside and word in _WITHIN):
            if start >= 0:
                yield start, end
            start = -1
    if start >= 0:
        yield start, end


def _keywords(text: str) -> Iterator[str]:
    for word in _WORD.finditer(text):
        if word[0].casefold() not in stop_words():
            yield word[0].casefold()
