"""Standing instructions: what somebody asks to be done from then on, whenever something comes up.

"Always include version numbers when I ask about libraries" bears on every question about libraries, though it answers
none of them. Following such instructions is one of the abilities that BEAM asks a memory for (arXiv 2510.27246).
"""

from __future__ import annotations

import re

from graph.text import asks, sentences

_LONGEST = 600
"""Letters of the longest message that is looked at: who gives a standing instruction keeps it short."""
_SOMEBODY_ASKS = (
    r"(?:when|whenever|if|(?:every|each|any) ?time) (?:I|we) (?:ever )?"
    r"(?:ask|mention|talk|say|request|write|discuss|bring up|tell|send|share|give|am (?:asking|talking|writing))\b"
)
_LASTING = re.compile(
    rf"\b(?:{_SOMEBODY_ASKS}|(?:from (?:now|here) on|going forward|in (?:the )?future)\b)", re.IGNORECASE
)
"""What makes an instruction last."""
_MARKS = (
    *(f"{word} {who} " for word in ("when", "whenever", "if", "time") for who in ("i", "we")),
    *("from now on", "from here on", "going forward", "future"),
)
"""Of these, what lasts has one in small letters: most messages have none, which is sooner seen."""
_INSTRUCTING = re.compile(
    r"(?:(?:and|so|also|okay|ok|oh|hey|hi|well|now|just|by the way|one more thing)[,:.! ]+)*"
    rf"(?:(?:{_SOMEBODY_ASKS}[^,]*|from (?:now|here) on|going forward|in (?:the )?future),? )?"
    r"(?:always|never|please|make sure|remember to|do(?:n['’]t| not) (?!hesitate|worry|be )|use|avoid|include|provide"
    r"|give|format|answer|respond|reply|call me|address me|write|explain|show|add|keep|start|end|stop|you should"
    r"|I(?:['’]d| would) (?:like|prefer) (?:you|it|to (?:see|get|have))|I (?:want|need|prefer|expect) you)\b",
    re.IGNORECASE,
)
"""How a sentence begins that tells another what to do."""


def standing(text: str) -> bool:
    """Whether a message has a sentence that tells what to do from then on."""
    if len(text) > _LONGEST or not _lasts(text):
        return False
    return any(_LASTING.search(each) and _INSTRUCTING.match(each) and not asks(each) for each in sentences(text))


def _lasts(text: str) -> bool:
    small = text.casefold()
    return any(mark in small for mark in _MARKS) and bool(_LASTING.search(text))
