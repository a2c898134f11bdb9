"""From the first person to the third: how what somebody says of themselves is told of them.

Nothing is told that means something else away from its place: a piece of text with "it", "there" or "yesterday" in it
is given up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from graph.model import Mention
from graph.text import MONTHS, verb_forms, word_list

_TELLING = {
    "my": "their",
    "our": "their",
    "mine": "theirs",
    "me": "them",
    "us": "them",
    "myself": "themselves",
    "ourselves": "themselves",
}
_END = re.compile(
    r"[.!?…;,()\[\]\n—–/\"“”*]|:(?!\w)|\s-\s|[\u2600-\u27bf\ufe0f\U0001f000-\U0010ffff]"
    r"|\b(?:and|but|so|because|cause|cuz|when|whenever|while|since|which|who|whom|where|if|unless|though|although|as"
    r"|until|till|after|before|or|than|lol|haha|hahaha|plus|even)\b|:\)|$",
    re.IGNORECASE,
)
"""Where a clause ends, at the latest."""
_SHARED = re.compile(
    r"(?<=\w) (?:and|or) (?!(?:i|you|he|she|it|we|they|my|our|the) )(?P<which>(?-i:[a-z-]+ ){1,2})"
    r"(?:art|books|cuisine|films|flavou?rs|food|games|movies|music|novels|series|shows|songs|sports|stories)\b",
    re.IGNORECASE,
)
"""How words go on that share their noun with those before: "action and sci-fi movies"."""
_OF_TASTE = """
adore avoid buy collect detest dislike enjoy follow hate like love miss need order play prefer stream use want
"""
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_LEFT_OUT = re.compile(
    r"(?:^|\s+)(?:(?:now|too|also|though|again|lately|recently|always|right now|so much|very much|a lot|lots|a bunch"
    r"|a ton|a little|a bit|as well|these days|at the moment|for sure|actually|honestly|personally|myself|especially"
    r"|yesterday|today|tonight|tomorrow|this (?:morning|afternoon|evening|week|weekend|month|year|summer|winter)"
    r"|(?:last|next) (?:night|week|weekend|month|year|summer|winter|spring|fall|autumn)|finally|just|only"
    rf"|any ?more|any longer|already|more|most|anyway|(?:last|next|this) {WEEKDAY}"
    r"|(?:an?|one|two|three|four|five|six|a few|a couple of|\d{1,2}) (?:day|week|month|year)s? ago)$)",
    re.IGNORECASE,
)
"""What may stand at the end of a clause, and says nothing that lasts."""
_MOST = 9
"""How much of that is taken away."""
_COMPARED = re.compile(r"(?:more|less|fewer|higher|lower|cheaper|faster|slower|older|younger|extra)\b")
"""What makes of a value before it how far it is from another: "$200 more than yours"."""
_DATED = re.compile(
    rf"(?:on (?:the \d|\d|(?:{WEEKDAY}|{'|'.join(MONTHS)})\b)"
    rf"|in (?:(?:19|20)\d\d|{'|'.join(MONTHS)})\b)",
    re.IGNORECASE,
)
"""When something was."""
_FILLERS = re.compile(r"\b(?:also|actually|really|just|probably|definitely|basically|literally) ", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@cache
def _verbs() -> frozenset[str]:
    """Verbs as people say them of themselves, now and of the past. No participles: "frozen food"."""
    irregular = {form for forms in verb_forms().values() for form in forms[:2]}
    return word_list("habits") | word_list("past") | irregular | frozenset(_OF_TASTE.split())


def clause(text: str, start: int, longest: int, mentions: Sequence[Mention] = ()) -> str | None:
    """What `text` goes on with at `start` up to the end of the clause, in the third person; None where it has more
    than `longest` words, or cannot be told to others. No clause ends within one of the `mentions`: "a safe and loving
    home"."""
    end = _END.search(text, start)
    place = end.start() if end else len(text)
    place = max((each.end for each in mentions if start <= each.start < place < each.end), default=place)
    shared = _SHARED.match(text, place - 1)
    if shared and " " not in text[start : place - 1] and _verbs().isdisjoint(shared["which"].casefold().split()):
        place = shared.end()
    said = " ".join(text[start:place].split()).strip("-~ ")
    said = _FILLERS.sub("", shorn(said))
    words = said.split()
    if not words or len(words) > longest or words[-1].casefold() in word_list("dangling") or not tellable(said):
        return None
    return third_person(said)


def shorn(said: str) -> str:
    """`said` without what stands at its end and says nothing that lasts."""
    for _ in range(_MOST):
        if not (shorter := _LEFT_OUT.search(said)):
            break
        said = said[: shorter.start()].rstrip()
    return said


def ends(text: str, place: int) -> bool:
    """Whether a clause may end at `place` of `text`, or only goes on to say where, with whom or since when."""
    rest = _END.search(text, place)
    between = " ".join(text[place : rest.start() if rest else None].split()).casefold()
    if _COMPARED.match(between):
        return False
    if _DATED.match(between):
        return True
    return between == "" or _LEFT_OUT.sub("", between) == "" or between.split()[0] in word_list("locating")


def tellable(said: str) -> bool:
    """Whether it says the same to somebody who was not there."""
    words = [word.casefold().replace("’", "'").partition("'")[0] for word in _WORD.findall(said)]
    return not any(word in word_list("deictic") for word in words)


def third_person(said: str) -> str:
    """`said` with the speaker's "my" and "me" as others put it."""
    # The US are no speaker.
    return _WORD.sub(lambda found: found[0] if found[0] == "US" else _TELLING.get(found[0].casefold(), found[0]), said)


def with_s(verb: str) -> str:
    """A verb of the first person in the third: "goes"."""
    if verb == "have":
        return "has"
    if re.search(r"(?:s|x|z|ch|sh|o)$", verb):
        return verb + "es"
    return verb[:-1] + "ies" if re.search(r"[^aeiou]y$", verb) else verb + "s"


def reported(sentence: str, speaker: str | None, names: Iterable[str]) -> str | None:
    """A sentence as others may tell it: what the speaker did or was, or what is told of one of the `names` it begins
    with. None where it is no full statement, or means nothing away from its place."""
    said = " ".join(sentence.split())
    opening = _OPENING.match(said)
    said = shorn(said[opening.end() if opening else 0 :].rstrip(".!…:;,- "))
    if not _SHORTEST <= len(said.split()) <= _LONGEST or _UNTOLD.search(said):
        return None
    if speaker and (own := _OWN.match(said)):
        rest = _FILLERS.sub("", said[own.end() :])
        verb = own["verb"].casefold().lstrip("'’")
        known = verb in word_list("past") or (verb.endswith("ed") and verb != "need")
        lasting = verb in _AUXILIARIES
        if verb in ("am", "m", "was") or rest.startswith("been "):
            lasting &= bool(_LASTING.match(rest))
        if not (known or lasting) or not tellable(rest) or rest.split()[-1].casefold() in word_list("dangling"):
            return None
        return capital(f"{speaker} {_AUXILIARIES.get(verb, verb)} {third_person(rest)}.")
    told = next((name for name in names if said.startswith(f"{name} ")), None)
    predicate = _PREDICATE if speaker is None else _OF_ONE
    if told is None or not told[:1].isupper() or not predicate.match(said, len(told)) or _FIRST.search(said):
        return None
    return f"{said}." if tellable(said) and said.split()[-1].casefold() not in word_list("dangling") else None


_SHORTEST, _LONGEST = 6, 24
"""Words of a statement that is told whole."""
_OPENING = re.compile(
    r"(?:(?:well|yes|yeah|oh|and|but|so|also|honestly|actually|personally|ok|okay|hey|haha|lol|btw|plus|because|no|wow"
    r"|hi|thanks|anyway)[,!]? )+",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"I(?: (?:just|recently|finally|also|even|actually|really|already|once))*(?: (?=[a-z])|(?=['’]))"
    r"(?P<verb>['’]?[a-z]+)(?: (?:just|recently|finally|also|even))? (?=\S)"
)
_AUXILIARIES = {"am": "is", "m": "is", "have": "has", "ve": "has", "had": "had", "was": "was"}
_LASTING = re.compile(
    r"(?:(?:been )?(?:an?|the|from|in|part of|one of|born|able to|chosen|[a-z]+ed)|been (?:to|[a-z]+ing)) ",
    re.IGNORECASE,
)
"""What somebody is for longer than a moment."""
_PREDICATE = re.compile(r" (?:is|was|are|were|has|had|will|[a-z]{2,}(?:s|ed))\b")
_OF_ONE = re.compile(r" (?:is|was|has|had) (?:an?|the|from|in|part of|one of|born) ")
"""A message is less careful with names than a document."""
_FIRST = re.compile(r"\b(?:my|me|our|us|myself)\b", re.IGNORECASE)
_UNTOLD = re.compile(r"[\[\]{}<>|*=@#\"“”?]|https?:| [-–—] |\bhowever\b", re.IGNORECASE)
"""Signs of what is no plain sentence: markup, addresses, code, asides."""


def capital(text: str) -> str:
    """`text` with a capital at its beginning."""
    return text[:1].upper() + text[1:]
