"""Messages that say the same in the same words, as two exports of one chat have them.

A tenth of LongMemEval's messages are such copies. On REALTALK and LoCoMo, texts as near as this are greetings and
thanks that are said again on another day. So each keeps its note, which is of the day on which it was said: the later
one is linked to the earlier as what repeats it, listed with it, and one hit of an answer.
"""

from __future__ import annotations

from collections.abc import Set

from msgspec import Struct

from graph.model import Form, Interaction
from graph.text import asks, segmented, words

_SHARED = 0.9
"""The part of the longer text's words that the shorter has, which has no others."""
_FEWEST = 6
"""Words of a text that says enough to be told from others."""
_DENYING = frozenset(["not", "no", "never", "none", "nobody", "nothing", "without", "cannot", "cant", "dont", "wont"])


class Wording(Struct, frozen=True):
    """An interaction by which others are compared: its words in order, and each once; none of what is no message."""

    said: Interaction
    order: tuple[str, ...]
    words: Set[str]

    @classmethod
    def of(cls, said: Interaction) -> Wording:
        """The wording of an interaction."""
        order = tuple(words(segmented(said.text))) if said.form is Form.MESSAGE else ()
        return cls(said, order, frozenset(order))


def copies(one: Wording, other: Wording) -> bool:
    """Whether two interactions are of one conversation or by one speaker, and one has all words of the other, in the
    same order, and hardly more, of these no number and no denial: "on Monday" and "on Tuesday" are no copies."""
    shorter, longer = sorted((one, other), key=lambda each: (len(each.words), len(each.order)))
    # Many pairs are compared: that all words of one are in the other fails at the first that is not.
    if len(shorter.words) < max(_FEWEST, _SHARED * len(longer.words)) or not shorter.words <= longer.words:
        return False
    more = longer.words - shorter.words
    if any(word in _DENYING or word.endswith(("n't", "n’t")) or not word.isalpha() for word in more):
        return False
    if asks(one.said.text) != asks(other.said.text) or not _in_order(shorter.order, longer.order):
        return False
    first, second = one.said, other.said
    return first.conversation == second.conversation or (first.speaker is not None and first.speaker == second.speaker)


def _in_order(some: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    rest = iter(whole)
    return all(word in rest for word in some)
