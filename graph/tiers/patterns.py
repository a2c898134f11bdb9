"""The patterns by which statements about oneself and one's kin are found, at the beginning of a clause.

They are few and strict: a statement that is missed may come again, one that is wrong stays.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from graph.relations import KIN
from graph.text import MONTHS

ADVERB = (
    r"(?:(?:really|just|absolutely|still|also|always|actually|totally|usually|do|so|truly|definitely|especially"
    r"|personally|currently|now|recently|finally|simply|particularly|even|genuinely) )*"
)
NAME = re.compile(r"(?:the )?[A-Z][\w'’&.-]*\w(?: (?:(?:of|the|de|la|del|da|do) )*[A-Z][\w'’&-]*\w)*")
START = re.compile(
    r"(?:^|[.!?…;:,\n(—–]|[\u2600-\u27bf\ufe0f\U0001f000-\U0010ffff]|\b(?:and|but|because|so|since)\b|:\))\s{0,9}"
    r"(?:(?:well|yes|yeah|yep|oh|and|but|so|also|honestly|actually|personally|now|ok|okay|hey|haha|lol|btw|plus"
    r"|because|since|no|nope|sure|true|same|absolutely|definitely|of course|to be honest|anyway|currently|recently"
    r"|lately|wow)[,!]?\s{1,9}){0,9}(?=(?:i|my|we|every|the|our|maybe|perhaps|probably)\b)",
    re.IGNORECASE,
)
"""What a clause about the speaker begins behind. It is looked for at each word, so that it reaches only so far."""
DOUBT = re.compile(
    r"(?:(?:maybe|perhaps|probably|i (?:think|guess|believe|suppose)|i(?:['’]m| am) not (?:so )?sure,? but)[, ]+"
    r"(?:that )?)+"
    r"(?=(?:i|my|we|the|our)\b)",
    re.IGNORECASE,
)
"""How a statement begins that its speaker doubts."""
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
_KIN = rf"(?:{'|'.join(KIN)})"
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
    r"(?:vegetarian|vegan|pescatarian|pregnant|retired|diabetic|lactose intolerant"
    r"|gluten[- ]free|left-handed|colou?r ?blind|dyslexic|bilingual|adopted|unemployed|self-employed)"
)
_MARITAL = r"(?:single|married|engaged|divorced|widowed)"
_COUNT = r"(?:\d{1,3}(?:,\d{3})+|\d{1,6}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MEASURE = (
    r"\d[\d:.,]*(?<=\d)(?: ?(?:hours?|minutes?|mins?|seconds?|secs?|km|miles?|kg|kilos|pounds|lbs|points))?"
    r"(?: and \d{1,2} seconds)?"
)
_SUMS = r"(?:rent|salary|wage|pay|budget|mortgage|savings|allowance|deposit|income|pension|loan|debt)"
_MONEY = (
    r"(?:[$€£] ?\d[\d.,]*(?<=\d)k?|\d[\d.,]*(?<=\d)k?(?: ?[$€£]| (?:dollars|euros|pounds|francs|bucks)))"
    r"(?: (?:a|per) (?:month|week|year|hour|day))?"
)
_EVENTS = (
    r"(?:meeting|appointment|deadline|exam|interview|wedding|party|presentation|concert|race|call|conference|recital"
    r"|surgery|ceremony|match|flight|launch|sprint|trip|move)"
)
DAY = re.compile(
    rf"(?:next |this )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|(?:{'|'.join(MONTHS)}) \d{{1,2}}"
    rf"(?:st|nd|rd|th)?(?:,? (?:19|20)\d\d)?|(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{'|'.join(MONTHS)})"
    r"(?: (?:19|20)\d\d)?)\b",
    re.IGNORECASE,
)
"""A day, as appointments are made."""


class Rule(Struct, frozen=True):
    """A pattern at the beginning of a clause, and how it is told: `relation` may take up its groups. `takes`
    says what has to follow: `thing`, `liked` (a thing or doing something), `name`, `day`, `nothing`, or a clause of at
    most so many words. `kept` is the relation of `graph.relations` that it states, which may take up groups too,
    `lasting` says whether it may become an insight, and `over` whether it tells what holds no longer."""

    pattern: re.Pattern[str]
    relation: str
    takes: str | int
    kept: str = ""
    lasting: bool = True
    over: bool = False


def _rule(pattern: str, relation: str, takes: str | int, kept: str = "") -> Rule:
    return Rule(re.compile(pattern.replace("'", "['’]"), re.IGNORECASE), relation, takes, kept)


_I = r"I(?:'ve| have)? "
_AM = rf"I(?:'m| am) {ADVERB}"
RULES: tuple[Rule, ...] = (
    _rule(rf"I {ADVERB}(?:love|like|enjoy|adore)\s+", "likes", "liked"),
    _rule(rf"{_AM}(?:into|a (?:big |huge )?fan of|fond of|obsessed with|passionate about)\s+", "likes", "liked"),
    _rule(rf"I {ADVERB}prefer\s+", "prefers", "liked"),
    _rule(rf"I {ADVERB}(?:hate|dislike|detest|can(?:'t|not) stand|don't like)\s+", "dislikes", "liked"),
    _rule(rf"{_AM}(?:afraid|scared|terrified) of\s+", "is afraid of", "thing"),
    _rule(rf"{_AM}allergic to\s+", "is allergic to", "thing"),
    _rule(rf"{_AM}(?P<state>{_MARITAL})\b", "is {state}", "nothing", "marital status"),
    _rule(rf"{_AM}(?P<state>{_STATES})\b", "is {state}", "nothing"),
    _rule(rf"I {ADVERB}(?:live|am living|'m living) in\s+", "lives in", "name", "home"),
    _rule(rf"{_I}{ADVERB}moved (?:(?:here )?from (?-i:[A-Z])[\w -]{{1,40}}? )?to\s+", "moved to", "name", "home"),
    _rule(rf"{_I}{ADVERB}moved (?:here )?from\s+", "moved from", "name"),
    _rule(rf"I {ADVERB}grew up in\s+", "grew up in", "name"),
    _rule(r"I was born in\s+", "was born in", "name"),
    _rule(rf"{_AM}(?:originally )?from\s+", "is from", "name"),
    _rule(rf"I {ADVERB}work (?:at|for)\s+", "works for", "name", "employer"),
    _rule(rf"I {ADVERB}work as\s+(?=an? )", "works as", 6, "job"),
    _rule(rf"{_AM}(?P<job>an? (?:[a-z]+ )?{_JOBS})\b", "is {job}", "nothing", "job"),
    _rule(rf"(?:{_AM}studying|I {ADVERB}study)\s+", "studies", "thing"),
    _rule(rf"{_AM}learning(?: about)?\s+", "is learning", "liked"),
    _rule(rf"I {ADVERB}play (?P<game>{_MUSIC})\b", "plays {game}", "nothing"),
    _rule(rf"I {ADVERB}speak (?:fluent )?(?P<tongue>{_TONGUES})\b", "speaks {tongue}", "nothing"),
    _rule(rf"I {ADVERB}volunteer (?P<at>at|for|with)\s+", "volunteers {at}", 6),
    _rule(rf"{_I}{ADVERB}(?P<did>adopted|bought) (?P<what>an? (?:[a-z]+ )?{_OWNED})\b", "{did} {what}", "nothing"),
    _rule(
        rf"I(?:'ve| have) (?:got )?(?P<what>(?:an?|one|two|three|four|five|six|\d) (?:[a-z]+ )?(?:{_PETS}s?|puppies"
        r"|kids|children|sons?|daughters?|(?:older|younger|little|big) (?:brother|sister)s?|brothers?|sisters?))\b",
        "has {what}",
        "nothing",
    ),
    _rule(rf"{_I}{ADVERB}decided (?P<no>not )?to\s+", "decided {no}to", 9),
    _rule(rf"we(?:'ve| have)? {ADVERB}(?P<did>decided|agreed) (?P<no>not )?to\s+", "and others {did} {no}to", 9),
    _rule(rf"(?:I|we)(?:'ve| have)? {ADVERB}(?P<did>settled on|opted for)\s+(?=an? |the [A-Z])", "{did}", 6),
    _rule(rf"(?:{_AM}planning|I {ADVERB}plan) to\s+(?!be\b)", "plans to", 8),
    _rule(rf"{_I}{ADVERB}(?P<did>signed up for|enrolled in|joined)\s+(?=an? |the [A-Z])", "{did}", 7),
    _rule(rf"{_I}{ADVERB}started\s+(?=[a-z]+ing\b)", "started", 7),
    _rule(rf"{_I}{ADVERB}(?P<did>gave up|quit)\s+(?=[a-z]+ing\b|my job\b)", "{did}", 4),
    _rule(r"my (?P<kind>dream|goal|ambition) is to\s+", "'s {kind} is to", 9),
    _rule(
        rf"my (?P<what>favou?rite (?:[a-z]+ )?[a-z]+) (?:is|are|has always been)\s+{ADVERB}(?!when\b)",
        "'s {what} is",
        6,
        "{what}",
    ),
    _rule(
        rf"my (?P<who>{_KIN}|{_PETS})(?:'s name is| is called| is named|, named|, called| named)\s+",
        "'s {who} is called",
        "name",
    ),
    _rule(rf"my (?P<who>{_KIN})(?: is|'s) allergic to\s+", "'s {who} is allergic to", "thing"),
    _rule(rf"my (?P<who>{_KIN})(?: is|'s) (?P<job>an? (?:[a-z]+ )?{_JOBS})\b", "'s {who} is {job}", "nothing", "job"),
)  # fmt: skip
_SO_FAR = (
    r"(?:read|finished|completed|visited|attended|watched|seen|tried|collected|run|climbed|written|met|lost|saved|raised"
    r"|taken|sold|added|secured|solved)"
)
_FRIEND = r"my (?:(?:good|old|close|best) )?(?:friend|colleague|neighbou?r|co-?worker) (?P<name>(?-i:[A-Z])[a-z]+)"
_LASTS = r"(?=[^.!?,;]{0,80} (?:since|for) )"
RULES += tuple(
    replace(each, lasting=False)
    for each in (
        _rule(rf"{_I}{ADVERB}(?:lived|been living) in\s+{_LASTS}", "lives in", "name", "home"),
        _rule(rf"{_I}{ADVERB}(?:worked|been working) (?:at|for)\s+{_LASTS}", "works for", "name", "employer"),
        _rule(
            rf"(?:I|we)(?:'ve| have)? {ADVERB}(?:got|gotten) (?P<state>married|engaged|divorced)\b",
            "got {state}", "nothing", "marital status",
        ),
        _rule(rf"{_AM}(?P<value>[1-9]\d?)(?: years old)?\b(?![.,:]\d)", "is {value} years old", "nothing", "age"),
        _rule(rf"I {ADVERB}(?:just )?turned (?P<value>[1-9]\d?)\b", "turned {value}", "nothing", "age"),
        _rule(
            rf"I {ADVERB}weigh (?P<value>\d[\d.]* ?(?:kg|kilos|pounds|lbs))\b", "weighs {value}", "nothing", "weight",
        ),
        _rule(
            rf"my (?P<who>{_KIN})(?: is|'s) {ADVERB}(?P<value>[1-9]\d?)(?: years old)?\b",
            "'s {who} is {value} years old", "nothing", "age",
        ),
        _rule(rf"my (?P<who>{_KIN}) {ADVERB}(?:lives|is living) in\s+", "'s {who} lives in", "name", "home"),
        _rule(rf"my (?P<who>{_KIN})(?: has)? {ADVERB}(?:just )?moved to\s+", "'s {who} moved to", "name", "home"),
        _rule(rf"my (?P<who>{_KIN}) {ADVERB}works (?:at|for)\s+", "'s {who} works for", "name", "employer"),
        _rule(rf"{_FRIEND}(?: has)? {ADVERB}(?:just )?moved to\s+", "{name} moved to", "name", "home"),
        _rule(rf"{_FRIEND} {ADVERB}lives in\s+", "{name} lives in", "name", "home"),
        _rule(
            r"my (?:(?:new|current|latest) )?(?P<what>personal best(?: time)?"
            rf"(?: (?:for|in|on) (?:[\w-]+ ){{0,3}}?[\w-]+)?) is (?:now |still )?(?P<value>{_MEASURE})",
            "'s {what} is {value}", "nothing", "{what}",
        ),
        _rule(
            rf"(?:my|our) (?:(?:new|current|monthly|yearly) )?(?P<what>(?:[a-z]+ )?{_SUMS}) "
            rf"(?:is|was raised to|went up to|has gone up to) {ADVERB}(?:about |around |only )?(?P<value>{_MONEY})",
            "'s {what} is {value}", "nothing", "amount of {what}",
        ),
        _rule(
            rf"I(?:'ve| have) {ADVERB}(?:already )?(?P<did>{_SO_FAR}) (?P<value>{_COUNT}) (?:of )?"
            r"(?P<what>(?:[\w-]+ ){0,3}?(?!ones|things|times|hours|days|weeks|months)[a-z-]+s)\b",
            "has {did} {value} {what}", "nothing", "number of {what} {did}",
        ),
        _rule(
            rf"I(?:'ve got| have| now have| currently have) {ADVERB}(?P<value>{_COUNT}) "
            r"(?P<what>(?:[a-z]+ )?(?:followers|subscribers|employees|students|plants|clients|members|connections))\b",
            "has {value} {what}", "nothing", "number of {what}",
        ),
        _rule(
            rf"(?:my|our|the) (?P<what>(?:[\w-]+ ){{0,2}}{_EVENTS})(?: (?:is|was|got|has been|will be))?(?: now)?"
            r"(?: (?:(?:re)?scheduled|set|moved|due|planned|booked|pushed(?: back)?|postponed)"
            r"(?: (?:for|to|until))?| on| for)"
            r"+(?: on)? ",
            "'s {what} is on", "day", "date of {what}",
        ),
    )
)  # fmt: skip
"""What is kept as facts alone: it changes."""
_ANY_MORE = r"(?=[^.!?,;]{0,80} (?:any ?more|any longer)\b)"
_HERE_NO_MORE = r"(?![^.!?,;]{0,80} (?:alone|by myself|with)\b)" + _ANY_MORE
"""Whoever does not live alone there any more lives there."""
# A job application may be lost, and the job go on.
_LEFT_JOB = (
    r"(?:quit|left|lost|resigned from) (?:my|the|their|his|her) (?:old )?job"
    r"(?! (?:ad|application|description|hunt|interview|list|listing|offer|posting|search|site|title)s?\b)"
)
ENDINGS: tuple[Rule, ...] = tuple(
    replace(each, lasting=False, over=True)
    for each in (
        _rule(rf"I {ADVERB}no longer live in\s+", "no longer lives in", "name", "home"),
        _rule(rf"I {ADVERB}don't {ADVERB}live in\s+{_HERE_NO_MORE}", "no longer lives in", "name", "home"),
        _rule(r"I used to live in\s+", "used to live in", "name", "home"),
        _rule(rf"{_I}{ADVERB}moved (?P<from>away from|out of)\s+", "moved {from}", "name", "home"),
        _rule(rf"{_I}{ADVERB}left\s+(?=[^.!?,;]{{1,40}} for good\b)", "left", "name", "home"),
        _rule(rf"I {ADVERB}no longer work (?:at|for)\s+", "no longer works for", "name", "employer"),
        _rule(rf"I {ADVERB}don't {ADVERB}work (?:at|for)\s+{_ANY_MORE}", "no longer works for", "name", "employer"),
        _rule(r"I used to work (?:at|for)\s+", "used to work for", "name", "employer"),
        _rule(rf"{_I}{ADVERB}{_LEFT_JOB} (?:at|with)\s+", "left", "name", "employer"),
        _rule(rf"{_I}{ADVERB}(?P<did>quit|resigned from)\s+", "{did}", "name", "employer"),
        _rule(
            # Who leaves early, or at six, comes back.
            rf"{_I}{ADVERB}left\s+(?![^.!?,;]{{1,60}} (?:at|on|in the|under|with|by|behind|early|late|around|before|a"
            r"|an|my|tonight|this (?:morning|afternoon|evening))\b)",
            "left", "name", "employer",
        ),
        _rule(
            rf"(?:I (?:was|got|have been)|{_AM}) (?:laid off|fired|made redundant) (?:from|by|at)\s+",
            "was dismissed by", "name", "employer",
        ),
        _rule(rf"{_I}{ADVERB}{_LEFT_JOB}\b", "left their job", "nothing", "employer"),
        _rule(
            rf"(?:I (?:was|got|have been)|{_AM}){ADVERB} ?(?:laid off|fired|made redundant)\b",
            "was dismissed", "nothing", "employer",
        ),
        _rule(
            rf"{_I}{ADVERB}(?:resigned|retired)\b(?! (?:early|myself|ourselves|to)\b)",
            "left their job", "nothing", "employer",
        ),
        _rule(rf"{_AM}no longer (?P<value>an? (?:[a-z]+ )?{_JOBS})\b", "is no longer {value}", "nothing", "job"),
        _rule(
            rf"{_AM}not (?P<value>an? (?:[a-z]+ )?{_JOBS}) (?:any ?more|any longer)\b",
            "is no longer {value}", "nothing", "job",
        ),
        _rule(rf"I used to be (?P<value>an? (?:[a-z]+ )?{_JOBS})\b", "used to be {value}", "nothing", "job"),
        _rule(rf"I {ADVERB}no longer work as\s+(?=an? )", "no longer works as", 6, "job"),
        _rule(r"I used to work as\s+(?=an? )", "used to work as", 6, "job"),
        _rule(
            rf"{_AM}no longer (?P<value>{_MARITAL})\b", "is no longer {value}", "nothing", "marital status",
        ),
        _rule(
            rf"my (?P<who>{_KIN}) {ADVERB}(?:no longer lives in|doesn't {ADVERB}live in\s+{_ANY_MORE})\s*",
            "'s {who} no longer lives in", "name", "home",
        ),
        _rule(
            rf"my (?P<who>{_KIN})(?: has)? {ADVERB}moved (?P<from>away from|out of)\s+",
            "'s {who} moved {from}", "name", "home",
        ),
        _rule(
            rf"my (?P<who>{_KIN}) {ADVERB}"
            rf"(?:no longer works (?:at|for)|doesn't {ADVERB}work (?:at|for)\s+{_ANY_MORE})\s*",
            "'s {who} no longer works for", "name", "employer",
        ),
        _rule(rf"my (?P<who>{_KIN})(?: has)? {ADVERB}{_LEFT_JOB}\b", "'s {who} left their job", "nothing", "employer"),
        _rule(
            r"my (?P<what>favou?rite (?:[a-z]+ )?[a-z]+) (?:is|are) no longer\s+",
            "'s {what} is no longer", 6, "{what}",
        ),
    )
)  # fmt: skip
"""What tells that something holds no longer, besides what the same words say otherwise: "I quit my job at Acme"."""
HABITS = (
    _rule(rf"(?P<often>{_TIMES}),? I {ADVERB}(?P<verb>[a-z]+)\b\s*", "", 7),
    _rule(r"I (?P<adverb>usually|always|often|normally|never) (?P<verb>[a-z]+)\b\s*", "", 7),
    _rule(rf"I {ADVERB}(?P<verb>[a-z]+)\b(?P<tail>[^.!?…;:,()\n—–]*?)\s+(?P<often>{_TIMES})\b", "", 7),
)  # fmt: skip
