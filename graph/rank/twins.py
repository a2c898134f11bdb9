"""Messages that say the same in the same words, as two exports of one chat have them: one hit, with all their sources.

A tenth of LongMemEval's messages are such copies. On REALTALK and LoCoMo, texts as near as this are greetings and
thanks that are said again on another day. So their notes stay apart: merged, one of them would be of a day on which it
was not said.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph.model import Form
from graph.rank.fusion import Scored
from graph.text import segmented, words

_SHARED = 0.9
"""The part of the longer text's words that the shorter has, which has no others."""
_FEWEST = 6
"""Words of a text that says enough to be told from others."""
_DENYING = frozenset(["not", "no", "never", "none", "nobody", "nothing", "without", "cannot", "cant", "dont", "wont"])

Twins = dict[str, list[Scored]]
"""Those that say the same as an interaction, by its id."""


def gathered(ranked: Sequence[Scored], most: int) -> tuple[list[Scored], Twins]:
    """The ranked without those among the `most` best that say the same as a better one; and these by the better one."""
    kept: list[Scored] = []
    said: list[tuple[Scored, frozenset[str]]] = []
    twins: Twins = {}
    for each in ranked[:most]:
        own = (
            frozenset(words(segmented(each.interaction.text))) if each.interaction.form is Form.MESSAGE else frozenset()
        )
        same = next((other for other, its in said if _alike(own, its) and _together(each, other)), None)
        if same:
            twins.setdefault(same.interaction.id, []).append(each)
            continue
        kept.append(each)
        said.append((each, own))
    return [*kept, *ranked[most:]], twins


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one text has all words of the other and hardly more, of these no number and no denial: "on Monday" and
    "on Tuesday" are no copies."""
    shorter, longer = sorted((one, other), key=len)
    # Many pairs are compared: that all words of one are in the other fails at the first that is not.
    if len(shorter) < max(_FEWEST, _SHARED * len(longer)) or not shorter <= longer:
        return False
    return not any(word in _DENYING or word.endswith(("n't", "n’t")) or not word.isalpha() for word in longer - shorter)


def _together(one: Scored, other: Scored) -> bool:
    """Whether both are of one conversation, or by one speaker."""
    first, second = one.interaction, other.interaction
    return first.conversation == second.conversation or (first.speaker is not None and first.speaker == second.speaker)
