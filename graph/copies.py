"""Messages that say the same in the same words, as two exports of one chat have them.

A tenth of LongMemEval's messages are such copies. On REALTALK and LoCoMo, texts as near as this are greetings and
thanks that are said again on another day. So each keeps its note, which is of the day on which it was said: the later
one is linked to the earlier as what repeats it, listed with it, and one hit of an answer.
"""

from __future__ import annotations

from graph.model import Form, Interaction
from graph.text import segmented, words

_SHARED = 0.9
"""The part of the longer text's words that the shorter has, which has no others."""
_FEWEST = 6
"""Words of a text that says enough to be told from others."""
_DENYING = frozenset(["not", "no", "never", "none", "nobody", "nothing", "without", "cannot", "cant", "dont", "wont"])


def words_of(said: Interaction) -> frozenset[str]:
    """The words by which an interaction is compared: none of what is no message."""
    return frozenset(words(segmented(said.text))) if said.form is Form.MESSAGE else frozenset()


def copies(one: Interaction, its: frozenset[str], other: Interaction, others: frozenset[str]) -> bool:
    """Whether two interactions, given with their `words_of`, are of one conversation or by one speaker, and one has all
    words of the other and hardly more, of these no number and no denial: "on Monday" and "on Tuesday" are no copies."""
    shorter, longer = sorted((its, others), key=len)
    # Many pairs are compared: that all words of one are in the other fails at the first that is not.
    if len(shorter) < max(_FEWEST, _SHARED * len(longer)) or not shorter <= longer:
        return False
    if any(word in _DENYING or word.endswith(("n't", "n’t")) or not word.isalpha() for word in longer - shorter):
        return False
    return one.conversation == other.conversation or (one.speaker is not None and one.speaker == other.speaker)
