"""What a request is about, without the words in which it is made: "Can you give me a summary of" says nothing of it.

English only; other languages' requests are left whole.
"""

from __future__ import annotations

import re

from graph.text import stop_words, words

_READ = 2_000
"""Letters of a request that are looked at; the rest of a longer one is its topic."""
_TALKED = r"(?:brought\s+up|mentioned|raised|discussed|talked\s+about)"
_TALKS = r"(?:conversations|chats|discussions|sessions)"
_GIVE = r"(?:give|list|tell|show|walk|remind|provide|write|make|describe|explain|summari[sz]e|recap)"
_CAN_YOU = rf"\b(?:can|could|would|will)\s+you\s+(?:please\s+)?{_GIVE}\b(?:\s+(?:me|us)\b)?(?:\s+(?:through|about)\b)?"
_YOU = rf"""(?:
    {_CAN_YOU}
    | (?:^|[.?!]\s+)(?:please\s+)?{_GIVE}\b(?:\s+(?:me|us)\b)?
)"""
"""How a request begins that is put to whoever answers."""
_WHOLE = rf"""
    (?:
        {_YOU} | (?:^|[.?!]\s+)(?:please|what(?:['’]s|\s+is|\s+was))? | \bI\s+(?:want|need|would\s+like)
        | \bI['’]d\s+like
    )\s*\b(?:an?|the)\s+(?:\w+\s+){{0,2}}(?:summary|overview|recap|rundown)\s+of\b
    | (?:^|[.?!]\s+|\b(?:please|you)\s+)(?:summari[sz]e|recap)\b
    | \b(?:the\s+)?order\s+in\s+which\s+(?:I|we)\s+(?:first\s+)?{_TALKED}\b
"""
_SURVEYS = re.compile(_WHOLE, re.IGNORECASE | re.VERBOSE)
_MADE = re.compile(
    rf"""
    {_WHOLE}
    | {_CAN_YOU}
    | \bdifferent\s+(?:aspects|parts|sides)\s+of\b
    | \b(?:throughout|across)\s+(?:all\s+)?(?:of\s+)?(?:our|my|these|the)\s+(?:\w+\s+)?{_TALKS}\b
    | (?:^|(?<=[.?!])\s+)(?:please\s+)?mention\s+only\b[^.?!]*
    | ^what(?:\s+has)?\s+happened\s+(?:to|with)\b
    | (?<=\w)\s+(?:called|named)(?=\W*$)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REQUEST = re.compile(
    rf"{_YOU} | {_WHOLE} | (?:^|[.?!]\s+)how\s+(?:has|have|did|do|does)\b", re.IGNORECASE | re.VERBOSE
)
_MANNER = re.compile(r",?\s*\bin\s+order\b\s*(?=[.?!,]|$)|\bover\s+time\b", re.IGNORECASE)
"""In which manner it is to be told, beside a request: elsewhere papers are in order, and a talk runs over time."""
_QUOTES = frozenset('"“”')


def topic(question: str) -> str:
    """`question` without the words of the request; all of it where nothing is left that carries a topic."""
    read = question[:_READ]
    rest = _without(_MADE, read)
    if _REQUEST.search(read):
        rest = _without(_MANNER, rest)
    rest += question[_READ:]
    return rest if set(words(rest)) - stop_words() else question


def surveys(question: str) -> bool:
    """Whether a whole is asked for, which no one message tells: a summary, or in which order things came up."""
    read = question[:_READ]
    return any(not _quoted(found) for found in _SURVEYS.finditer(read))


def _without(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: found[0] if _quoted(found) else " ", text)


def _quoted(found: re.Match[str]) -> bool:
    """Whether what is found is said by somebody who is quoted."""
    return sum(letter in _QUOTES for letter in found.string[: found.start()]) % 2 == 1
