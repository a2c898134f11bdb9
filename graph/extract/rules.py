"""Names without a model: runs of capitalised words, and words too long to be common."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from graph.extract.spans import mention, settled
from graph.model import Extraction, Mention
from graph.text import stop_words

_CAPITAL = r"[^\W\d_a-zß-öø-ÿ][\w’'.&-]*\w|[A-Z]"
_RUN = re.compile(rf"\b(?:{_CAPITAL})(?:[ -](?:of |the |and |de |la |von |van |da |do )?(?:{_CAPITAL}|\d+))*")
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
    for run in _RUN.finditer(text):
        first, _, rest = run[0].partition(" ")
        start = run.start()
        opens = _SENTENCE_START.search(text, max(0, start - 8), start) is not None
        if opens and (not rest or first.casefold() in stop_words()):
            # A capital proves nothing at the start of a sentence.
            start += len(first) + 1
        if start < run.end():
            yield mention(text, "NAME", start, run.end())
    for word in _WORD.finditer(text):
        if len(word[0]) >= _LONG:
            yield mention(text, "CONCEPT", *word.span())


def _keywords(text: str) -> Iterator[str]:
    for word in _WORD.finditer(text):
        if word[0].casefold() not in stop_words():
            yield word[0].casefold()
