"""Facts that a model reads out of messages, as triples (Graphiti, arXiv 2501.13956, section 2.2.2).

A model chooses what is a fact; its value is in the words of the message, and since when it holds is told by rule, so
that nothing becomes one that was not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from graph.llm.client import Task
from graph.llm.material import line, shown
from graph.model import Interaction
from graph.relations import KIN, ONE_VALUED, asking
from graph.text import fold, words

MOST = 20
"""Messages in one call, at most."""
REPLY_TOKENS = 120
"""Tokens of the facts of one message."""
_LONGEST = 1500
_TOLD = """\
You take down what messages tell about people's lives and will still be true next week: what they have, like, do, where
they live, what they work. For each item of "messages" give one entry with its number "n" and its "facts", at most 3.
Most messages tell nothing of that kind: then "facts" is empty. A fact has
- "subject": whom it is about: "I" for the speaker, "my sister" for kin of the speaker, else a name in the message;
- "relation": one to three words in the third person: has, owns, likes, plays, studies, is allergic to; only of where
  somebody lives "home", for whom they work "employer", as what "job", how old they are "age";
- "object": the value, in the very words of the message, at most 8 of them.
"My brother moved to Oslo and keeps two dogs there, so I can't come on Sunday." tells: my brother, home, Oslo; my
brother, has, two dogs; nothing else. What is asked, wished, denied, or true only today is no fact."""
_WORDED = {
    "home": "lives in",
    "employer": "works for",
    "job": "works as",
    "age": "is",
    "marital status": "is",
    "weight": "weighs",
}
"""How relations that have one value at a time are told in a sentence."""
_RELATION = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,2}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_CLAUSE = re.compile(r"[;,()]|\b(?:and|but|because|so)\b", re.IGNORECASE)
_UNREAL = re.compile(
    r"\?|n[’']t\b|\b(?:not|never|no longer|used to|if|wish|hope|would|could|might|want|dream)\b", re.IGNORECASE
)
"""What a sentence has that asks, denies or wishes."""
_DOUBT = re.compile(r"\b(?:maybe|perhaps|probably|i (?:think|guess|believe|suppose))\b", re.IGNORECASE)
_ASKING = 4
"""Letters by which a word of a message is one that asks for a relation: "moved" for "move"."""
_WORDS = 8


class Triple(Struct, frozen=True, forbid_unknown_fields=True):
    subject: Annotated[str, Meta(min_length=1, max_length=60)]
    relation: Annotated[str, Meta(min_length=1, max_length=30)]
    object: Annotated[str, Meta(min_length=1, max_length=80)]


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    n: int
    facts: Annotated[tuple[Triple, ...], Meta(max_length=3)]


class Told(Struct, frozen=True):
    """A fact that a message states, in a sentence of it that says so for certain or not; its clause begins at letter
    `start`."""

    text: str
    subject: str
    relation: str
    object: str
    start: int
    certain: bool


class Entries(Struct, frozen=True, forbid_unknown_fields=True):
    entries: Annotated[tuple[Entry, ...], Meta(max_length=MOST)]


def task(said: Sequence[Interaction]) -> Task[Entries]:
    """What is asked about these messages."""
    messages = [{"n": n, **shown(each, _LONGEST)} for n, each in enumerate(said, 1)]
    return Task(_TOLD, {"messages": messages}, Entries, REPLY_TOKENS * len(said))


def checked(reply: Entries, said: Sequence[Interaction]) -> Iterator[tuple[Told, ...] | None]:
    """Yield what each message states; None where it is missing or given twice, or where nothing of what is given is in
    its words."""
    for n, each in enumerate(said, 1):
        own = [entry for entry in reply.entries if entry.n == n]
        stated = tuple(filter(None, (_told(triple, each) for triple in own[0].facts))) if len(own) == 1 else ()
        yield stated if len(own) == 1 and (stated or not own[0].facts) else None


def _told(told: Triple, said: Interaction) -> Told | None:
    """A triple as the message states it; None where its words are not the message's, or do not state it."""
    relation, value = line(told.relation).lower(), line(told.object).strip(" .,;:!")
    subject = _subject(line(told.subject), said)
    found = _in(value, said.text)
    if not subject or found is None or not _RELATION.fullmatch(relation):
        return None
    start, sentence = found
    if _UNREAL.search(sentence) or not _told_of(relation, sentence):
        return None
    text = f"{'The user' if subject == 'user' else subject} {_WORDED.get(relation, relation)} {value}."
    return Told(text, subject, relation, value, start, not _DOUBT.search(sentence))


def _subject(told: str, said: Interaction) -> str:
    """Whom a fact is about, as facts name them: who speaks, kin of theirs, or a name in the message; empty: nobody."""
    speaker = said.speaker or ""
    if fold(told) in {"i", "me", "speaker", fold(speaker)}:
        return speaker
    owner, _, kin = told.replace("’", "'").lower().rpartition(" ")
    if owner in {"my", f"{speaker.lower()}'s"}:
        return f"{speaker}'s {kin}" if kin in KIN and kin in words(fold(said.text)) else ""
    named = re.search(rf"\b{re.escape(told)}\b", said.text)
    return told if named and told[0].isupper() else ""


def _in(value: str, text: str) -> tuple[int, str] | None:
    """The sentence that has `value` in its very words, and where the clause with it begins; None where none has."""
    wanted = words(fold(value))
    start = 0
    for sentence in _SENTENCE.split(text) if 0 < len(wanted) <= _WORDS else ():
        start = text.index(sentence, start)
        there = words(fold(sentence))
        if any(there[at : at + len(wanted)] == wanted for at in range(len(there) - len(wanted) + 1)):
            before = sentence[: max(0, sentence.lower().find(value.lower()))]
            clauses = [found.end() for found in _CLAUSE.finditer(before)]
            return start + (clauses[-1] if clauses else 0), sentence
    return None


def _told_of(relation: str, sentence: str) -> bool:
    """Whether a sentence has a word that asks for `relation`, where a value of it ends the earlier ones."""
    if relation not in ONE_VALUED:
        return True
    there = words(fold(sentence))
    return any(word.startswith(asked[:_ASKING]) for asked in asking(relation) for word in there)
