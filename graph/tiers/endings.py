"""The patterns by which is found that something holds no longer, at the beginning of a clause."""

from __future__ import annotations

import re

from msgspec.structs import replace

from graph.text import MONTHS
from graph.tiers.patterns import ADVERB, AM, HAVE, JOBS, MARITAL, OF_KIN, Rule, rule
from graph.tiers.wording import WEEKDAY

_MONTH = rf"(?:{'|'.join(MONTHS)})"
_SEASON = r"(?:spring|summer|autumn|fall|winter)"
_NUMBER = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}|a few|a couple of|some|several|many)"
_SINCE_THEN = (
    rf"(?:(?:just )?(?:yesterday|recently|today)|last (?:week|weekend|month|year|{_SEASON}|{_MONTH}|{WEEKDAY})"
    rf"|(?:earlier )?this (?:week|month|year|{_SEASON})|(?:{_NUMBER} )?(?:day|week|month|year|age)s? (?:ago|back)"
    r"|long ago"
    rf"|(?:back |early |late |since |around |at the (?:end|beginning|start) of |in ){{1,3}}"
    rf"(?:the )?(?:(?:{_SEASON} (?:of )?)?(?:19|20)\d\d|{_MONTH}|{_SEASON})"
    rf"|on (?:{WEEKDAY}|{_MONTH} \d{{1,2}}|the \d{{1,2}}(?:st|nd|rd|th))|for good|any ?more|any longer)\b(?! than\b)"
)
_CLAUSE_ENDS = r"\s{0,9}(?:$|[^\w\s'’&-]|-\s|(?:and|but|because|so|since)\b)"
_OVER = re.compile(rf"\s{{1,9}}{_SINCE_THEN}|{_CLAUSE_ENDS}", re.IGNORECASE)
"""What stands behind what is over: the end of the clause, or since when. Whoever left Acme for lunch, at five or to buy
bread comes back, and who no longer lives in Porto alone lives there."""
_NO_MORE = re.compile(r",?\s{1,9}(?:any ?more|any longer)\b(?! (?:than|alone|with|by|on)\b)", re.IGNORECASE)
"""What has to stand behind what is denied."""
_TIMED = (
    rf"(?![^.!?…;,()\n]{{0,80}}\b(?:(?:19|20)\d\d|ago|back|when|while|until|till|before|during|as an?|{_MONTH}"
    rf"|{_SEASON}s?|(?:last|that|those) (?:year|month|week|day)s?)\b)"
)
_UNTIMED = re.compile(_TIMED, re.IGNORECASE)
"""Who used to live in Porto in 2010 says nothing of any other year."""
_UNTIMED_THERE = re.compile(rf"{_TIMED}(?! (?:alone|by myself|on my own|with)\b)", re.IGNORECASE)
"""Nor who used to live there alone of that place."""
# A job application may be lost, and the job go on; a job that is lost may be one that was not got.
_JOB = (
    r"(?:old |current )?job"
    r"(?! (?:ad|application|description|hunt|interview|list|listing|offer|posting|search|site|title)s?\b)"
)
_LEFT_JOB = rf"left (?:my|the|their|his|her) {_JOB}"
_QUIT_JOB = rf"(?:(?:quit|resigned from) (?:my|the|their|his|her)|lost (?:my|their|his|her)) {_JOB}"
_LEFT = re.compile(
    rf"{_OVER.pattern}|\s{{1,9}}(?:at|with) (?:an?|the|my|our|(?-i:[A-Z])[\w]+) (?!end\b|same\b|usual\b)", re.IGNORECASE
)
"""The same where it may be told whose job it is."""
_DISMISSED = rf"(?:I (?:was|got)|I(?:'ve| have) been|{AM}) ?(?:laid off|fired|made redundant)"
ENDINGS: tuple[Rule, ...] = tuple(
    replace(each, lasting=False, over=True, then=then)
    for each, then in (
        (rule(rf"I {ADVERB}no longer live in\s+", "no longer lives in", "place", "home"), _OVER),
        (rule(rf"I {ADVERB}don't {ADVERB}live in\s+", "no longer lives in", "place", "home"), _NO_MORE),
        (rule(r"I used to live in\s+", "used to live in", "place", "home"), _UNTIMED_THERE),
        (rule(rf"{HAVE}{ADVERB}moved (?P<from>away from|out of)\s+", "moved {from}", "place", "home"), None),
        (rule(rf"{HAVE}{ADVERB}moved (?:here )?from\s+(?=(?-i:[A-Z]))", "moved from", "place", "home"), None),
        (rule(rf"{HAVE}{ADVERB}left\s+(?=[^.!?,;]{{1,40}} for good\b)", "left", "place", "home"), _OVER),
        (rule(rf"I {ADVERB}no longer work (?:at|for)\s+", "no longer works for", "name", "employer"), _OVER),
        (rule(rf"I {ADVERB}don't {ADVERB}work (?:at|for)\s+", "no longer works for", "name", "employer"), _NO_MORE),
        (rule(r"I used to work (?:at|for)\s+", "used to work for", "name", "employer"), _UNTIMED),
        (rule(rf"{HAVE}{ADVERB}(?:{_LEFT_JOB}|{_QUIT_JOB}) (?:at|with)\s+", "left", "name", "employer"), _OVER),
        (rule(rf"{HAVE}{ADVERB}(?P<did>quit|resigned from)\s+", "{did}", "name", "employer"), None),
        (rule(rf"{HAVE}{ADVERB}left\s+", "left", "name", "employer"), _OVER),
        (rule(rf"{_DISMISSED} (?:from|by|at)\s+", "was dismissed by", "name", "employer"), None),
        (rule(rf"{HAVE}{ADVERB}{_LEFT_JOB}\b", "left their job", "nothing", "employer"), _LEFT),
        (rule(rf"{HAVE}{ADVERB}{_QUIT_JOB}\b", "left their job", "nothing", "employer"), None),
        (rule(rf"{_DISMISSED}\b", "was dismissed", "nothing", "employer"), None),
        (rule(rf"{HAVE}{ADVERB}(?:resigned|retired)\b", "left their job", "nothing", "employer"), _OVER),
        (
            rule(rf"{AM}no longer (?P<value>an? (?:[a-z]+ )?{JOBS})\b", "is no longer {value}", "nothing", "job"),
            None,
        ),
        (
            rule(rf"{AM}not (?P<value>an? (?:[a-z]+ )?{JOBS})\b", "is no longer {value}", "nothing", "job"),
            _NO_MORE,
        ),
        (rule(rf"I used to be (?P<value>an? (?:[a-z]+ )?{JOBS})\b", "used to be {value}", "nothing", "job"), _UNTIMED),
        (rule(rf"I {ADVERB}no longer work as\s+(?=an? )", "no longer works as", 6, "job"), None),
        (rule(r"I used to work as\s+(?=an? )", "used to work as", 6, "job"), None),
        (
            rule(rf"{AM}no longer (?P<value>{MARITAL})\b", "is no longer {value}", "nothing", "marital status"),
            None,
        ),
        (
            rule(
                rf"{OF_KIN} {ADVERB}no longer lives in\s+", "'s {who} no longer lives in", "place", "home"
            ),
            _OVER,
        ),
        (
            rule(
                rf"{OF_KIN} {ADVERB}doesn't {ADVERB}live in\s+",
                "'s {who} no longer lives in", "place", "home",
            ),
            _NO_MORE,
        ),
        (
            rule(
                rf"{OF_KIN}(?: has)? {ADVERB}moved (?P<from>away from|out of)\s+",
                "'s {who} moved {from}", "place", "home",
            ),
            None,
        ),
        (
            rule(
                rf"{OF_KIN} {ADVERB}no longer works (?:at|for)\s+",
                "'s {who} no longer works for", "name", "employer",
            ),
            _OVER,
        ),
        (
            rule(
                rf"{OF_KIN} {ADVERB}doesn't {ADVERB}work (?:at|for)\s+",
                "'s {who} no longer works for", "name", "employer",
            ),
            _NO_MORE,
        ),
        (
            rule(
                rf"{OF_KIN}(?: has)? {ADVERB}{_LEFT_JOB}\b",
                "'s {who} left their job", "nothing", "employer",
            ),
            _LEFT,
        ),
        (
            rule(
                rf"{OF_KIN}(?: has)? {ADVERB}{_QUIT_JOB}\b",
                "'s {who} left their job", "nothing", "employer",
            ),
            None,
        ),
        (
            rule(
                r"my (?P<what>favou?rite (?:[a-z]+ )?[a-z]+) (?:is|are) no longer\s+",
                "'s {what} is no longer", 6, "{what}",
            ),
            None,
        ),
    )
)  # fmt: skip
"""What tells that something holds no longer, besides what the same words say otherwise: "I quit my job at Acme"."""
_UNDONE = re.compile(rf"\b(?:tomorrow|soon|next (?:week|weekend|month|year|{_SEASON}|{WEEKDAY})|if)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[^.!?…;:,()\n]{0,200}")


def is_done(text: str, place: int) -> bool:
    """Whether the clause at `place` tells what has ended: it asks nothing, and speaks of no day to come."""
    clause = _CLAUSE.match(text, place)
    assert clause is not None
    asks = text.startswith("?", clause.end())
    return not asks and not _UNDONE.search(clause[0])
