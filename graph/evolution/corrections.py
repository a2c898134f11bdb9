"""Corrections by rule: what somebody takes back, and what somebody else denies. Few, and only where it is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from graph.model import Form, Interaction, Relation
from graph.ports import REACH

_OWN = re.compile(
    r"^(?:(?:oh|oops|sorry|wait|no|ah|hmm)[,.!… -]+)*(?:"
    r"(?:sorry, )?I meant\b(?! to\b)|correction:|scratch that|make that\b|let me correct (?:that|myself)"
    r"|I (?:misspoke|was wrong|got (?:that|it) wrong)\b|\*\w+)",
    re.IGNORECASE,
)
"""How people begin when they put right what they said."""
_OTHERS = re.compile(
    r"^(?:(?:oh|sorry|wait|no|well|actually|hmm)[,.!… -]+)*(?:"
    r"that(?:['’]s| is) (?:not (?:true|right|correct)|wrong|incorrect)\b|that isn['’]t (?:true|right|correct)\b"
    r"|you(?:['’]re| are) (?:wrong|mistaken)\b|I disagree\b)",
    re.IGNORECASE,
)
"""How they begin when they deny what another said."""


def corrections(
    window: Sequence[Interaction], new: frozenset[str]
) -> Iterator[tuple[Interaction, Interaction, Relation]]:
    """Yield (turn, what it corrects, how) for turns in `new` of one session's window, within `REACH` places.

    A correction is of the last thing the speaker said before; a denial of what another said just before.
    """
    for place, turn in enumerate(window):
        if turn.id not in new or turn.form is not Form.MESSAGE or not turn.speaker:
            continue
        before = [each for each in window[:place] if turn.position - each.position <= REACH]
        if _OWN.match(turn.text):
            own = [each for each in before if each.speaker == turn.speaker]
            if own:
                yield turn, own[-1], Relation.SUPERSEDES
        elif _OTHERS.match(turn.text) and before and before[-1].speaker not in (None, turn.speaker):
            yield turn, before[-1], Relation.CONTRADICTS
