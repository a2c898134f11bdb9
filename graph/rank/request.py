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
_WHOLE = rf"""
    \b(?:an?|the)\s+(?:\w+\s+){{0,2}}(?:summary|overview|recap|rundown)\s+of\b
    | (?:^|[.?!]\s+|\b(?:please|you)\s+)(?:summari[sz]e|recap)\b
    | \b(?:the\s+)?order\s+in\s+which\s+(?:I|we)\s+(?:first\s+)?{_TALKED}\b
"""
_SURVEYS = re.compile(_WHOLE, re.IGNORECASE | re.VERBOSE)
_MADE = re.compile(
    rf"""
    \b(?:can|could|would|will)\s+you\s+(?:please\s+)?
        (?:give|list|tell|show|walk|remind|provide|describe|explain|summari[sz]e|recap)\b
        (?:\s+(?:me|us))?(?:\s+(?:through|about))?
    | {_WHOLE}
    | \bdifferent\s+(?:aspects|parts|sides)\s+of\b
    | \b(?:throughout|across)\s+(?:all\s+)?(?:of\s+)?(?:our|my|these|the)\s+(?:\w+\s+)?{_TALKS}\b
    | ,?\s*\bin\s+order\b\s*(?=[.?!,]|$)
    | \bover\s+time\b
    | \bmention\s+only\b[^.?!]*
    """,
    re.IGNORECASE | re.VERBOSE,
)


def topic(question: str) -> str:
    """`question` without the words of the request; all of it where nothing is left that carries a topic."""
    rest = _MADE.sub(" ", question[:_READ]) + question[_READ:]
    return rest if set(words(rest)) - stop_words() else question


def surveys(question: str) -> bool:
    """Whether a whole is asked for, which no one message tells: a summary, or in which order things came up."""
    return bool(_SURVEYS.search(question, 0, _READ))
