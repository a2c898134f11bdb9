"""The patterns by which statements about oneself and one's kin are found, at the beginning of a clause.

They are few and strict: a statement that is missed may come again, one that is wrong stays.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from graph.relations import KIN
from graph.text import MONTHS
from graph.tiers.wording import WEEKDAY

ADVERB = (
    r"(?:(?:really|just|absolutely|still|also|always|actually|totally|usually|do|so|truly|definitely|especially"
    r"|personally|currently|now|recently|finally|simply|particularly|even|genuinely) )*"
)
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
"""A letter that a name may begin with: of Latin ones no small one, of those that everybody writes."""
NAME = re.compile(
    rf"(?:the )?(?:St\. )?{_CAPITAL}[\w'’&.-]*\w(?: (?:(?:of|the|de|la|del|da|do) )*{_CAPITAL}[\w'’&-]*\w)*"
)
START = re.compile(
    r"(?:^|[.!?…;:,\n(—–]|[\u2600-\u27bf\ufe0f\U0001f000-\U0010ffff]|\b(?:and|but|because|so|since)\b|:\))\s{0,9}"
    r"(?:(?:well|yes|yeah|yep|oh|and|but|so|also|honestly|actually|personally|now|ok|okay|hey|haha|lol|btw|plus"
    r"|because|since|no|nope|sure|true|same|absolutely|definitely|of course|to be honest|anyway|currently|recently"
    r"|lately|wow|(?:as )?you know|i mean|fyi)[,!]?\s{1,9}){0,9}(?=(?:i|my|we|every|the|our|maybe|perhaps|probably)\b)",
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
JOBS = (
    r"(?:accountant|actor|actress|architect|artist|baker|barista|carpenter|chef|coach|consultant|cook|counselor|dancer"
    r"|data scientist|dentist|designer|developer|doctor|driver|economist|editor|electrician|engineer|farmer|firefighter"
    r"|freelancer|gardener|journalist|lawyer|librarian|mechanic|midwife|musician|nurse|painter|pharmacist|photographer"
    r"|physicist|pilot|plumber|professor|programmer|psychologist|researcher|scientist|singer|social worker|student"
    r"|surgeon|teacher|therapist|translator|tutor|veterinarian|vet|waiter|waitress|writer)"
)
KINDRED = rf"(?:{'|'.join(KIN)})"
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
MARITAL = r"(?:single|married|engaged|divorced|widowed)"
_NO_TALK = r"(?:(?<!engaged)|(?! (?:in|with|by) (?!(?-i:[A-Z])|\d)))"
"""Whoever is engaged in a discussion marries nobody."""
_COUNT = r"(?:\d{1,3}(?:,\d{3})+|\d{1,6}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MEASURE = (
    r"\d[\d:.,]*(?<=\d)(?: ?(?:hours?|minutes?|mins?|seconds?|secs?|km|miles?|kg|kilos|pounds|lbs|points))?"
    r"(?: and \d{1,2} seconds)?"
)
_SUMS = r"(?:rent|salary|wage|pay|budget|mortgage|savings|allowance|deposit|income|pension|loan|debt)"
_MONEY = (
    r"(?:[$€£] ?\d[\d.,]*(?<=\d)k?|\d[\d.,]*(?<=\d)k?(?: ?[$€£]| (?:dollars|euros|pounds|francs|bucks)))"
    r"(?:(?: (?:an?|per|every|each) | ?/ ?)(?:month|week|year|hour|day))?"
)
_EVENTS = (
    r"(?:meeting|appointment|deadline|exam|interview|wedding|party|presentation|concert|race|call|conference|recital"
    r"|surgery|ceremony|match|flight|launch|sprint|trip|move|review|check-?up|lesson|class|session|dinner|lunch|delivery"
    r"|inspection|trial|demo|viewing)"
)
DAY = re.compile(
    rf"(?:next |this )?(?:{WEEKDAY}|tomorrow|(?:{'|'.join(MONTHS)}) \d{{1,2}}"
    rf"(?:st|nd|rd|th)?(?:,? (?:19|20)\d\d)?|(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{'|'.join(MONTHS)})"
    r"(?: (?:19|20)\d\d)?)\b",
    re.IGNORECASE,
)
"""A day, as appointments are made."""


class Rule(Struct, frozen=True):
    """A pattern at the beginning of a clause, and how it is told: `relation` may take up its groups. `takes`
    says what has to follow: `thing`, `liked` (a thing or doing something), `name`, `place` (a name of where somebody
    may live), `day`, `nothing`, or a clause of at most so many words; and `then` what has to stand behind that (None:
    anything). `kept` is the relation of `graph.relations` that it states, which may take up groups too, `lasting` says
    whether it may become an insight, and `over` whether it tells what holds no longer."""

    pattern: re.Pattern[str]
    relation: str
    takes: str | int
    kept: str = ""
    lasting: bool = True
    over: bool = False
    then: re.Pattern[str] | None = None


def rule(pattern: str, relation: str, takes: str | int, kept: str = "") -> Rule:
    """A rule whose pattern knows no case, and both apostrophes."""
    return Rule(re.compile(pattern.replace("'", "['’]"), re.IGNORECASE), relation, takes, kept)


_PHONE = r"(?:phone|telephone|mobile|cell(?: ?phone)?)"
HAVE = r"I(?:'ve| have)? "
AM = rf"I(?:'m| am) {ADVERB}"
RULES: tuple[Rule, ...] = (
    rule(rf"I {ADVERB}(?:love|like|enjoy|adore)\s+", "likes", "liked"),
    rule(rf"{AM}(?:into|a (?:big |huge )?fan of|fond of|obsessed with|passionate about)\s+", "likes", "liked"),
    rule(rf"I {ADVERB}prefer\s+", "prefers", "liked"),
    rule(rf"I {ADVERB}(?:hate|dislike|detest|can(?:'t|not) stand|don't like)\s+", "dislikes", "liked"),
    rule(rf"{AM}(?:afraid|scared|terrified) of\s+", "is afraid of", "thing"),
    rule(rf"{AM}allergic to\s+", "is allergic to", "thing"),
    rule(rf"{AM}(?P<state>{MARITAL})\b{_NO_TALK}", "is {state}", "nothing", "marital status"),
    rule(rf"(?:{AM}|I(?:'ve| have) {ADVERB}been (?:an? )?)(?P<state>{_STATES})\b", "is {state}", "nothing"),
    rule(rf"I {ADVERB}(?:don't|do not) (?P<verb>eat|drink)\s+", "does not {verb}", 3),
    rule(rf"I {ADVERB}(?:can't|cannot|can not) (?P<verb>eat|drink)\s+", "cannot {verb}", 3),
    rule(rf"(?:I {ADVERB}live|{AM}(?:living|based)) in\s+", "lives in", "place", "home"),
    rule(
        rf"(?:I|we)(?:'ve| have)? {ADVERB}moved "
        r"(?:(?:here )?from (?P<whence>(?:the )?(?-i:[A-Z])[\w -]{1,40}?) )?to\s+",
        "moved to", "place", "home",
    ),
    rule(
        rf"{HAVE}{ADVERB}moved (?:here )?from\s+(?![^.!?,;]{{1,60}} to (?:the )?(?-i:[A-Z]))", "moved from", "place"
    ),
    rule(rf"I {ADVERB}grew up in\s+", "grew up in", "name"),
    rule(r"I was born in\s+", "was born in", "name"),
    rule(rf"{AM}(?:originally )?from\s+", "is from", "name"),
    rule(rf"I {ADVERB}work (?:at|for)\s+", "works for", "name", "employer"),
    rule(
        rf"{HAVE}{ADVERB}(?:got|found|landed|accepted|started|took) (?:an? |my )?(?:new )?job (?:at|with)\s+",
        "works for", "name", "employer",
    ),
    rule(rf"{HAVE}{ADVERB}started (?:working (?:at|for)|at)\s+", "works for", "name", "employer"),
    rule(rf"I {ADVERB}work as\s+(?=an? )", "works as", 6, "job"),
    rule(rf"{AM}(?P<job>an? (?:[a-z]+ )?{JOBS})\b", "is {job}", "nothing", "job"),
    rule(rf"(?:{AM}studying|I {ADVERB}study)\s+", "studies", "thing"),
    rule(rf"{AM}learning(?: about)?\s+", "is learning", "liked"),
    rule(rf"I {ADVERB}play (?P<game>{_MUSIC})\b", "plays {game}", "nothing"),
    rule(rf"I {ADVERB}speak (?:fluent )?(?P<tongue>{_TONGUES})\b", "speaks {tongue}", "nothing"),
    rule(rf"I {ADVERB}volunteer (?P<at>at|for|with)\s+", "volunteers {at}", 6),
    rule(rf"{HAVE}{ADVERB}(?P<did>adopted|bought) (?P<what>an? (?:[a-z]+ )?{_OWNED})\b", "{did} {what}", "nothing"),
    rule(
        r"(?:I|we)(?:'ve| have) (?:got )?(?P<what>(?:an?|one|two|three|four|five|six|\d) (?:[a-z]+ )?"
        rf"(?:{_PETS}s?|puppies|kids|children|sons?|daughters?|(?:older|younger|little|big) (?:brother|sister)s?"
        r"|brothers?|sisters?))\b",
        "has {what}",
        "nothing",
    ),
    rule(rf"{HAVE}{ADVERB}decided (?P<no>not )?to\s+", "decided {no}to", 9),
    rule(rf"we(?:'ve| have)? {ADVERB}(?P<did>decided|agreed) (?P<no>not )?to\s+", "and others {did} {no}to", 9),
    rule(rf"(?:I|we)(?:'ve| have)? {ADVERB}(?P<did>settled on|opted for)\s+(?=an? |the [A-Z])", "{did}", 6),
    rule(rf"(?:{AM}planning|I {ADVERB}plan) to\s+(?!be\b)", "plans to", 8),
    rule(rf"{HAVE}{ADVERB}(?P<did>signed up for|enrolled in|joined)\s+(?=an? |the [A-Z])", "{did}", 7),
    rule(rf"{HAVE}{ADVERB}started\s+(?=[a-z]+ing\b)", "started", 7),
    rule(rf"{HAVE}{ADVERB}(?P<did>gave up|quit)\s+(?=[a-z]+ing\b|my job\b)", "{did}", 4),
    rule(r"my (?P<kind>dream|goal|ambition) is to\s+", "'s {kind} is to", 9),
    rule(
        rf"my (?P<what>favou?rite (?:[a-z]+ )?[a-z]+) (?:is|are|has always been)\s+"
        rf"(?!{ADVERB}(?:when|no longer|not|never)\b){ADVERB}",
        "'s {what} is",
        6,
        "{what}",
    ),
    rule(
        rf"my (?P<who>{KINDRED}|{_PETS})(?:'s name is| is called| is named|, named|, called| named)\s+",
        "'s {who} is called",
        "name",
    ),
    rule(
        rf"my birthday(?: is|'s)(?: on)?\s+(?=(?:the )?\d|{'|'.join(MONTHS)})",
        "'s birthday is on", "day", "birthday",
    ),
    rule(
        rf"(?:my (?:new )?(?:{_PHONE} number|number(?= is \+?\d)) is {ADVERB}"
        rf"|I(?:'ve| have)? (?:got )?a new (?:{_PHONE} )?number(?:[:,]| is)?(?: it(?:'s| is))? )"
        r"(?P<value>\+?\d[\d ()-]{5,18}\d)\b",
        "'s phone number is {value}", "nothing", "phone number",
    ),
    rule(rf"I {ADVERB}drive\s+(?=an? (?-i:[A-Z]))", "drives", "thing"),
    rule(rf"my (?P<who>{KINDRED})(?: is|'s) allergic to\s+", "'s {who} is allergic to", "thing"),
    rule(rf"my (?P<who>{KINDRED})(?: is|'s) (?P<job>an? (?:[a-z]+ )?{JOBS})\b", "'s {who} is {job}", "nothing", "job"),
)  # fmt: skip
_SO_FAR = (
    r"(?:read|finished|completed|visited|attended|watched|seen|tried|collected|run|climbed|written|met|lost|saved|raised"
    r"|taken|sold|added|secured|solved)"
)
_FRIEND = r"my (?:(?:good|old|close|best) )?(?:friend|colleague|neighbou?r|co-?worker) (?P<name>(?-i:[A-Z])[a-z]+)"
OF_KIN = rf"my (?P<who>{KINDRED})(?:,? (?-i:[A-Z])[\w-]+,?)?"
"""One of one's kin, by name or not: "my sister Anna"."""
_LASTS = r"(?=[^.!?,;]{0,80} (?:since|for) )"
RULES += tuple(
    replace(each, lasting=False)
    for each in (
        rule(rf"{HAVE}{ADVERB}(?:lived|been living) in\s+{_LASTS}", "lives in", "place", "home"),
        rule(rf"{HAVE}{ADVERB}(?:worked|been working) (?:at|for)\s+{_LASTS}", "works for", "name", "employer"),
        rule(
            rf"(?:I|we)(?:'ve| have)? {ADVERB}(?:got|gotten) (?P<state>married|engaged|divorced)\b{_NO_TALK}",
            "got {state}", "nothing", "marital status",
        ),
        rule(rf"{AM}(?P<value>[1-9]\d?)(?: years old)?\b(?![.,:]\d)", "is {value} years old", "nothing", "age"),
        rule(rf"I {ADVERB}(?:just )?turned (?P<value>[1-9]\d?)\b", "turned {value}", "nothing", "age"),
        rule(
            rf"I {ADVERB}weigh (?P<value>\d[\d.]* ?(?:kg|kilos|pounds|lbs))\b", "weighs {value}", "nothing", "weight",
        ),
        rule(
            rf"{OF_KIN}(?: is|'s) {ADVERB}(?P<value>[1-9]\d?)(?: years old)?\b",
            "'s {who} is {value} years old", "nothing", "age",
        ),
        rule(
            rf"{OF_KIN}(?: has)? {ADVERB}turned (?P<value>[1-9]\d?)\b", "'s {who} turned {value}", "nothing", "age",
        ),
        rule(rf"{OF_KIN} {ADVERB}(?:lives|is living) in\s+", "'s {who} lives in", "place", "home"),
        rule(rf"{OF_KIN}(?: has)? {ADVERB}(?:just )?moved to\s+", "'s {who} moved to", "place", "home"),
        rule(rf"{OF_KIN} {ADVERB}works (?:at|for)\s+", "'s {who} works for", "name", "employer"),
        rule(rf"{_FRIEND}(?: has)? {ADVERB}(?:just )?moved to\s+", "{name} moved to", "place", "home"),
        rule(rf"{_FRIEND} {ADVERB}lives in\s+", "{name} lives in", "place", "home"),
        rule(
            r"my (?:(?:new|current|latest) )?(?P<what>personal best(?: time)?"
            rf"(?: (?:for|in|on) (?:[\w-]+ ){{0,3}}?[\w-]+)?) is (?:now |still )?(?P<value>{_MEASURE})",
            "'s {what} is {value}", "nothing", "{what}",
        ),
        rule(
            rf"(?:my|our) (?:(?:new|current|monthly|yearly) )?(?P<what>(?:[a-z]+ )?{_SUMS}) "
            rf"(?:is|was raised to|went up to|has gone up to) {ADVERB}(?:about |around |only )?(?P<value>{_MONEY})",
            "'s {what} is {value}", "nothing", "amount of {what}",
        ),
        rule(
            rf"I(?:'ve| have) {ADVERB}(?:already )?(?P<did>{_SO_FAR}) (?P<value>{_COUNT}) (?:of )?"
            r"(?P<what>(?:[\w-]+ ){0,3}?(?!ones|things|times|hours|days|weeks|months)[a-z-]+s)\b",
            "has {did} {value} {what}", "nothing", "number of {what} {did}",
        ),
        rule(
            rf"I(?:'ve got| have| now have| currently have) {ADVERB}(?P<value>{_COUNT}) "
            r"(?P<what>(?:[a-z]+ )?(?:followers|subscribers|employees|students|plants|clients|members|connections))\b",
            "has {value} {what}", "nothing", "number of {what}",
        ),
        rule(
            rf"(?:my|our|the) (?P<what>(?:[\w\x27\u2019-]+ ){{0,2}}{_EVENTS})"
            r"(?: (?:with|at) (?:[\w-]+ ){0,2}?[\w-]+)?"
            r"(?: (?:is|was|got|has been|will be))?(?: now)?"
            r"(?: (?:(?:re)?scheduled|set|moved|due|planned|booked|pushed(?: back)?|postponed)"
            r"(?: (?:for|to|until))?| on| for)"
            r"+(?: on)? ",
            "'s {what} is on", "day", "date of {what}",
        ),
    )
)  # fmt: skip
"""What is kept as facts alone: it changes."""
BESIDE = (
    replace(
        rule(
            rf"(?:I {ADVERB}work as an? (?:[\w-]+ ){{1,4}}?|{AM}an? (?:[a-z]+ )?{JOBS} )(?:at|for)\s+",
            "works for", "name", "employer",
        ),
        lasting=False,
    ),
)  # fmt: skip
"""What is told by the way: who says as what they work may say where."""
HABITS = (
    rule(rf"(?P<often>{_TIMES}),? I {ADVERB}(?P<verb>[a-z]+)\b\s*", "", 7),
    rule(r"I (?P<adverb>usually|always|often|normally|never) (?P<verb>[a-z]+)\b\s*", "", 7),
    rule(rf"I {ADVERB}(?P<verb>[a-z]+)\b(?P<tail>[^.!?…;:,()\n—–]*?)\s+(?P<often>{_TIMES})\b", "", 7),
)  # fmt: skip
