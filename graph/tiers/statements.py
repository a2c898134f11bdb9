"""What people say of themselves, as others would put it: preferences, habits, decisions, and facts about them.

Patterns on the words at the beginning of a clause, so that "you know she said I love it" says nothing. They are few and
strict: a statement that is missed may come again, one that is wrong stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from graph.ids import content_id
from graph.model import Extraction, Form, Interaction
from graph.text import fold, stop_words, word_list, words
from graph.tiers import wording
from graph.tiers.wording import clause

_ADVERB = (
    r"(?:(?:really|just|absolutely|still|also|always|actually|totally|usually|do|so|truly|definitely|especially"
    r"|personally|currently|now|recently|finally|simply|particularly|even|genuinely) )*"
)
_NAME = re.compile(r"(?:the )?[A-Z][\w'’&.-]*\w(?: (?:(?:of|the|de|la|del|da|do) )*[A-Z][\w'’&-]*\w)*")
_BEFORE_A_THING = re.compile(r"(?:(?:a|an|the|some|all|both|very|really|good|any) )*", re.IGNORECASE)
"""What may stand between the verb and the name it is about."""
_POINTING = re.compile(r"\b(?:the|all|both|some)\b", re.IGNORECASE)
_DOING = re.compile(r"(?:to |how to )?(?:be |being )?[a-z]{2,}ing\b|(?:how )?to [a-z]+", re.IGNORECASE)
_NO_DOING = re.compile(r"(?:(?:some|any|every|no)?thing|morning|evening|king|ring|spring|string)\b", re.IGNORECASE)
_START = re.compile(
    r"(?:^|[.!?…;:,\n(—–]|[\u2600-\u27bf\ufe0f\U0001f000-\U0010ffff]|\b(?:and|but|because|so|since)\b|:\))\s*"
    r"(?:(?:well|yes|yeah|yep|oh|and|but|so|also|honestly|actually|personally|now|ok|okay|hey|haha|lol|btw|plus"
    r"|because|since|no|nope|sure|true|same|absolutely|definitely|of course|to be honest|anyway|currently|recently"
    r"|lately|wow)[,!]?\s+)*(?=(?:i|my|we|every)\b)",
    re.IGNORECASE,
)
"""What a clause about the speaker begins behind."""
_TIMES = (
    r"(?:every (?:single )?(?:other )?(?:day|morning|evening|night|week|weekend|month|summer|winter|year|monday|tuesday"
    r"|wednesday|thursday|friday|saturday|sunday)|(?:once|twice|three times|four times|a few times) a (?:day|week|month"
    r"|year)|on (?:mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays|weekends|weekdays))"
)
_JOBS = (
    r"(?:accountant|actor|actress|architect|artist|baker|barista|carpenter|chef|coach|consultant|cook|counselor|dancer"
    r"|data scientist|dentist|designer|developer|doctor|driver|economist|editor|electrician|engineer|farmer|firefighter"
    r"|freelancer|gardener|journalist|lawyer|librarian|mechanic|midwife|musician|nurse|painter|pharmacist|photographer"
    r"|physicist|pilot|plumber|professor|programmer|psychologist|researcher|scientist|singer|social worker|student"
    r"|surgeon|teacher|therapist|translator|tutor|veterinarian|vet|waiter|waitress|writer)"
)
_KIN = (
    r"(?:wife|husband|partner|girlfriend|boyfriend|fiancée?|son|daughter|brother|sister|mother|mom|mum|father|dad|cousin"
    r"|aunt|uncle|nephew|niece|grandmother|grandma|grandfather|grandpa|grandson|granddaughter|roommate|best friend)"
)
_PETS = r"(?:dog|cat|puppy|kitten|rabbit|hamster|parrot|turtle|horse|pup|guinea pig|bird|fish|snake|lizard)"
_OWNED = rf"(?:{_PETS}|car|house|flat|apartment|condo|bike|motorcycle|boat|piano|guitar|camper van|cabin)"
_MUSIC = (
    r"(?:the )?(?:guitar|piano|violin|cello|drums|flute|clarinet|saxophone|trumpet|bass|ukulele|harp|banjo|keyboard"
    r"|tennis|football|soccer|basketball|volleyball|chess|golf|hockey|badminton|squash|rugby|cricket|baseball)"
)
_TONGUES = (
    r"(?:English|Spanish|French|German|Italian|Portuguese|Dutch|Polish|Russian|Ukrainian|Chinese|Mandarin|Cantonese"
    r"|Japanese|Korean|Arabic|Hindi|Bengali|Urdu|Tamil|Turkish|Greek|Hebrew|Swedish|Danish|Norwegian|Finnish|Czech)"
)
_STATES = (
    r"(?:vegetarian|vegan|pescatarian|pregnant|married|engaged|divorced|widowed|retired|diabetic|lactose intolerant"
    r"|gluten[- ]free|left-handed|colou?r ?blind|dyslexic|bilingual|adopted|unemployed|self-employed)"
)
_OPPOSITES: Mapping[str, str] = {"likes": "dislikes", "dislikes": "likes"}


class Statement(Struct, frozen=True):
    """Somebody's statement about themselves, as an insight it may become; `opposite` is the id that the opposite
    would have (empty: there is none)."""

    insight: str
    text: str
    subject: str
    cues: tuple[str, ...] = ()
    opposite: str = ""


class _Rule(Struct, frozen=True):
    """A pattern at the beginning of a clause, and how it is told: `relation` may take up its groups. `takes`
    says what has to follow: `thing`, `liked` (a thing or doing something), `name`, `nothing`, or a clause of at most so
    many words."""

    pattern: re.Pattern[str]
    relation: str
    takes: str | int


def _rule(pattern: str, relation: str, takes: str | int) -> _Rule:
    return _Rule(re.compile(pattern.replace("'", "['’]"), re.IGNORECASE), relation, takes)


_I = r"I(?:'ve| have)? "
_AM = rf"I(?:'m| am) {_ADVERB}"
_RULES: tuple[_Rule, ...] = (
    _rule(rf"I {_ADVERB}(?:love|like|enjoy|adore)\s+", "likes", "liked"),
    _rule(rf"{_AM}(?:into|a (?:big |huge )?fan of|fond of|obsessed with|passionate about)\s+", "likes", "liked"),
    _rule(rf"I {_ADVERB}prefer\s+", "prefers", "liked"),
    _rule(rf"I {_ADVERB}(?:hate|dislike|detest|can(?:'t|not) stand|don't like)\s+", "dislikes", "liked"),
    _rule(rf"{_AM}(?:afraid|scared|terrified) of\s+", "is afraid of", "thing"),
    _rule(rf"{_AM}allergic to\s+", "is allergic to", "thing"),
    _rule(rf"{_AM}(?P<state>{_STATES})\b", "is {state}", "nothing"),
    _rule(rf"I {_ADVERB}(?:live|am living|'m living) in\s+", "lives in", "name"),
    _rule(rf"{_I}{_ADVERB}moved to\s+", "moved to", "name"),
    _rule(rf"{_I}{_ADVERB}moved (?:here )?from\s+", "moved from", "name"),
    _rule(rf"I {_ADVERB}grew up in\s+", "grew up in", "name"),
    _rule(r"I was born in\s+", "was born in", "name"),
    _rule(rf"{_AM}(?:originally )?from\s+", "is from", "name"),
    _rule(rf"I {_ADVERB}work (?:at|for)\s+", "works for", "name"),
    _rule(rf"I {_ADVERB}work as\s+(?=an? )", "works as", 6),
    _rule(rf"{_AM}(?P<job>an? (?:[a-z]+ )?{_JOBS})\b", "is {job}", "nothing"),
    _rule(rf"(?:{_AM}studying|I {_ADVERB}study)\s+", "studies", "thing"),
    _rule(rf"{_AM}learning(?: about)?\s+", "is learning", "liked"),
    _rule(rf"I {_ADVERB}play (?P<game>{_MUSIC})\b", "plays {game}", "nothing"),
    _rule(rf"I {_ADVERB}speak (?:fluent )?(?P<tongue>{_TONGUES})\b", "speaks {tongue}", "nothing"),
    _rule(rf"I {_ADVERB}volunteer (?P<at>at|for|with)\s+", "volunteers {at}", 6),
    _rule(rf"{_I}{_ADVERB}(?P<did>adopted|bought) (?P<what>an? (?:[a-z]+ )?{_OWNED})\b", "{did} {what}", "nothing"),
    _rule(
        rf"I(?:'ve| have) (?:got )?(?P<what>(?:an?|one|two|three|four|five|six|\d) (?:[a-z]+ )?(?:{_PETS}s?|puppies"
        r"|kids|children|sons?|daughters?|(?:older|younger|little|big) (?:brother|sister)s?|brothers?|sisters?))\b",
        "has {what}",
        "nothing",
    ),
    _rule(rf"{_I}{_ADVERB}decided (?P<no>not )?to\s+", "decided {no}to", 9),
    _rule(rf"we(?:'ve| have)? {_ADVERB}(?P<did>decided|agreed) (?P<no>not )?to\s+", "and others {did} {no}to", 9),
    _rule(rf"(?:I|we)(?:'ve| have)? {_ADVERB}(?P<did>settled on|opted for)\s+(?=an? |the [A-Z])", "{did}", 6),
    _rule(rf"(?:{_AM}planning|I {_ADVERB}plan) to\s+(?!be\b)", "plans to", 8),
    _rule(rf"{_I}{_ADVERB}(?P<did>signed up for|enrolled in|joined)\s+(?=an? |the [A-Z])", "{did}", 7),
    _rule(rf"{_I}{_ADVERB}started\s+(?=[a-z]+ing\b)", "started", 7),
    _rule(rf"{_I}{_ADVERB}(?P<did>gave up|quit)\s+(?=[a-z]+ing\b|my job\b)", "{did}", 4),
    _rule(r"my (?P<kind>dream|goal|ambition) is to\s+", "'s {kind} is to", 9),
    _rule(
        rf"my (?P<what>favou?rite (?:[a-z]+ )?[a-z]+) (?:is|are|has always been)\s+{_ADVERB}(?!when\b)",
        "'s {what} is",
        6,
    ),
    _rule(
        rf"my (?P<who>{_KIN}|{_PETS})(?:'s name is| is called| is named|, named|, called| named)\s+",
        "'s {who} is called",
        "name",
    ),
    _rule(rf"my (?P<who>{_KIN})(?: is|'s) allergic to\s+", "'s {who} is allergic to", "thing"),
    _rule(rf"my (?P<who>{_KIN})(?: is|'s) (?P<job>an? (?:[a-z]+ )?{_JOBS})\b", "'s {who} is {job}", "nothing"),
)  # fmt: skip
_HABITS = (
    _rule(rf"(?P<often>{_TIMES}),? I {_ADVERB}(?P<verb>[a-z]+)\b\s*", "", 7),
    _rule(r"I (?P<adverb>usually|always|often|normally|never) (?P<verb>[a-z]+)\b\s*", "", 7),
    _rule(rf"I {_ADVERB}(?P<verb>[a-z]+)\b(?P<tail>[^.!?…;:,()\n—–]*?)\s+(?P<often>{_TIMES})\b", "", 7),
)  # fmt: skip


def statements(interaction: Interaction, extraction: Extraction) -> Iterator[Statement]:
    """Yield what the speaker says of themselves, each statement once."""
    speaker = interaction.speaker
    # A program has no life to tell of.
    if interaction.form is not Form.MESSAGE or not speaker or fold(speaker) == "assistant":
        return
    who = "The user" if speaker == "user" else speaker
    seen = set()
    for start in _START.finditer(interaction.text):
        said = _habit(interaction.text, start.end(), extraction) or _said(interaction.text, start.end(), extraction)
        if said is None or interaction.text.count('"', 0, start.end()) % 2:
            continue
        relation, shown, thing = said
        id = content_id("insight", fold(speaker), relation, fold(thing))
        if id in seen:
            continue
        seen.add(id)
        other = _OPPOSITES.get(relation)
        yield Statement(
            id,
            _sentence(who, relation, shown),
            speaker,
            _cues(f"{relation} {thing}"),
            content_id("insight", fold(speaker), other, fold(thing)) if other else "",
        )


def _said(text: str, start: int, extraction: Extraction) -> tuple[str, str, str] | None:
    """The relation that the first rule finds at `start`, and what it is to, as shown and as compared."""
    for rule in _RULES:
        if found := rule.pattern.match(text, start):
            told = _told(text, found, rule, extraction)
            if told:
                groups = {name: wording.third_person(group or "") for name, group in found.groupdict().items()}
                return rule.relation.format(**groups), *told
    return None


def _told(text: str, found: re.Match[str], rule: _Rule, extraction: Extraction) -> tuple[str, str] | None:
    end = found.end()
    match rule.takes:
        case "nothing":
            return ("", "") if wording.ends(text, end) else None
        case "name":
            name = _NAME.match(text, end)
            return (name[0], name[0].removeprefix("the ")) if name and _is_name(name[0]) else None
        case "thing":
            return _thing(text, end, extraction)
        case "liked":
            return _doing(text, end, extraction) or _thing(text, end, extraction)
        case int(longest):
            told = clause(text, end, longest, extraction.mentions)
            return (told, told) if told else None
    return None


def _thing(text: str, start: int, extraction: Extraction) -> tuple[str, str] | None:
    """The name that follows at `start`, with its article and without: what comes later, somebody else may like."""
    lead = _BEFORE_A_THING.match(text, start)
    assert lead is not None
    for mention in extraction.mentions:
        if mention.start == lead.end():
            told = clause(text, mention.start, 5, extraction.mentions)
            if told is None or (mention.label == "CONCEPT" and _POINTING.search(lead[0])):
                return None
            article = "".join(f"{word} " for word in lead[0].split() if word.casefold() in ("a", "an", "the"))
            return article + told, told
    return None


def _doing(text: str, start: int, extraction: Extraction) -> tuple[str, str] | None:
    first = _DOING.match(text, start)
    if first is None or _NO_DOING.match(text, start):
        return None
    told = clause(text, start, 7, extraction.mentions)
    return (told, told) if told else None


def _habit(text: str, start: int, extraction: Extraction) -> tuple[str, str, str] | None:
    for rule in _HABITS:
        found = rule.pattern.match(text, start)
        if found is None or found["verb"].casefold() not in word_list("habits"):
            continue
        groups = found.groupdict()
        tail = groups.get("tail")
        if tail is None:
            what = clause(text, found.end(), 7, extraction.mentions)
            if what is None and wording.ends(text, found.end()):
                what = ""
        else:
            what = clause(tail, 0, 7) if tail.strip() else ""
        if what is None:
            continue
        verb = wording.with_s(found["verb"].casefold())
        often = " ".join(groups.get("often", "").split())
        adverb = groups.get("adverb", "")
        doing = " ".join(each for each in (verb, what, often[:1].lower() + often[1:]) if each)
        if len(doing.split()) > 1:
            return adverb.casefold(), doing, doing
    return None


def _sentence(who: str, relation: str, what: str) -> str:
    told = " ".join(each for each in (relation, what) if each)
    return f"{who}{told}." if told.startswith("'s ") else f"{who} {told}."


def _is_name(name: str) -> bool:
    return fold(name) not in stop_words() and len(fold(name)) > 1


def _cues(text: str) -> tuple[str, ...]:
    """The words by which a statement is found to apply, each once."""
    return tuple(dict.fromkeys(word for word in words(text) if word not in stop_words() and len(word) > 2))[:8]
