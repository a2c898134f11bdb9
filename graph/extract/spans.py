"""Rules that both extractors share: what may be a name, and how mentions of one text are settled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from graph.model import Extraction, Mention
from graph.text import fold, stop_words, word_list

MENTIONS = 48
"""Names kept of one text; those of longer texts are repetition and detail."""
KEYWORDS = 6
_LONGEST_NAME = 80
_LETTER = re.compile(r"[^\W\d_]")
_POSSESSIVE = re.compile(r"['’]s?$")
_TRIMMED = re.compile(r"\w(?:.*\w[+#]*)?", re.DOTALL)


def mention(text: str, label: str, start: int, end: int) -> Mention | None:
    """The mention of text[start:end], trimmed; None where that is no name."""
    trimmed = _TRIMMED.search(text, start, end)
    if trimmed is None:
        return None
    start, end = trimmed.span()
    if possessive := _POSSESSIVE.search(text, start, end):
        end = possessive.start()
    name = " ".join(text[start:end].split())
    if len(name) > _LONGEST_NAME or not _LETTER.search(name):
        return None
    folded = fold(name)
    if len(folded) < 2 or folded in stop_words() or folded in word_list("courtesy"):
        return None
    return Mention(name, label, start, end)


def settled(mentions: Iterable[Mention | None], keywords: Sequence[str]) -> Extraction:
    """One extraction: each folded name once, under the label and place of its first mention given."""
    kept: dict[str, Mention] = {}
    for each in mentions:
        if each is not None:
            kept.setdefault(fold(each.name), each)
    counted = Counter(word for word in keywords if len(word) <= _LONGEST_NAME)
    first = {word: place for place, word in reversed(list(enumerate(keywords)))}
    ranked = sorted(counted, key=lambda word: (-counted[word], first[word]))
    found = sorted(list(kept.values())[:MENTIONS], key=lambda each: (each.start, each.end))
    return Extraction(tuple(found), tuple(ranked[:KEYWORDS]))
