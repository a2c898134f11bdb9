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
from graph.text import fold, sentences, words

MOST = 20
"""Messages in one call, at most."""
REPLY_TOKENS = 150
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
_CLAUSE = re.compile(r"[;,()]|\b(?:and|but|because|so)\b", re.IGNORECASE)
_SUPPOSED = re.compile(r"\?|\b(?:if|unless|whether|wish|hope|dream|imagine)\b", re.IGNORECASE)
"""What a sentence has that asks or wishes."""
_DENIED = re.compile(r"n[’']t\b|\b(?:not|never|no longer|used to|would|could|might|want)\b", re.IGNORECASE)
"""What a clause has that denies, or tells what only might be."""
_DOUBT = re.compile(r"\b(?:maybe|perhaps|probably|i (?:think|guess|believe|suppose))\b", re.IGNORECASE)
_OWN = re.compile(rf"\b(?:my (?P<kin>{'|'.join(KIN)})|I|me|my|mine|we|us|our)\b", re.IGNORECASE)
"""How somebody names themselves, and kin of theirs."""
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


class _Found(Struct, frozen=True):
    """A `sentence` with a value at letter `place`, and its `clause` with that, at letter `start` of the message."""

    sentence: str
    clause: str
    start: int
    place: int


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
    subject = _subject(line(told.subject), said.speaker or "")
    found = _found(value, said.text)
    if not subject or found is None or not _RELATION.fullmatch(relation):
        return None
    if _SUPPOSED.search(found.sentence) or _DENIED.search(found.clause) or not _told_of(relation, found.sentence):
        return None
    if _whom(found, subject, said.speaker or "") != subject:
        return None
    # Who talks to an assistant has no name.
    who = f"The {subject}" if subject.startswith("user") and said.speaker == "user" else subject
    text = f"{who} {_WORDED.get(relation, relation)} {value}."
    return Told(text, subject, relation, value, found.start, not _DOUBT.search(found.sentence))


def _subject(told: str, speaker: str) -> str:
    """Whom a fact is about, as facts name them: who speaks, kin of theirs, or a name; empty: nobody."""
    if fold(told) in {"i", "me", "speaker", fold(speaker)}:
        return speaker
    owner, _, kin = told.replace("’", "'").lower().rpartition(" ")
    if owner in {"my", f"{speaker.lower()}'s"}:
        return f"{speaker}'s {kin}" if kin in KIN else ""
    return told if told[:1].isupper() else ""


def _found(value: str, text: str) -> _Found | None:
    """Where a message has `value` in its very words; None where it has not."""
    wanted = re.findall(r"\w+", value)
    if not 0 < len(wanted) <= _WORDS:
        return None
    told = re.compile(r"\b" + r"\W{1,3}".join(map(re.escape, wanted)) + r"\b", re.IGNORECASE)
    start = 0
    for sentence in sentences(text):
        start = text.index(sentence, start)
        if match := told.search(sentence):
            ends = [0, *(each.end() for each in _CLAUSE.finditer(sentence)), len(sentence)]
            begun = max(end for end in ends if end <= match.start())
            ended = min(end for end in ends if end >= match.end())
            return _Found(sentence, sentence[begun:ended], start + begun, match.start())
    return None


def _whom(found: _Found, subject: str, speaker: str) -> str:
    """Whom a sentence speaks of where it has a value: of the speaker, kin of theirs and the `subject` the one who is
    named last before it, else first behind it; empty where nobody is."""
    named = {
        each.start(): f"{speaker}'s {each['kin'].lower()}" if each["kin"] else speaker
        for each in _OWN.finditer(found.sentence)
    }
    if subject not in named.values():
        named |= {each.start(): subject for each in re.finditer(rf"\b{re.escape(subject)}\b", found.sentence)}
    before = [place for place in named if place < found.place]
    place = max(before) if before else min(named, default=None)
    return "" if place is None else named[place]


def _told_of(relation: str, sentence: str) -> bool:
    """Whether a sentence has a word that asks for `relation`, where a value of it ends the earlier ones."""
    if relation not in ONE_VALUED:
        return True
    there = words(fold(sentence))
    return any(word.startswith(asked[:_ASKING]) for asked in asking(relation) for word in there)
