"""What facts that have one value at a time give to a question: the value that it asks for and nothing else, now, at
first, before, or in a time that it names; those that it may ask for; and those that it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from graph.model import Fact, FactHit
from graph.rank.answer_type import AnswerType, Expected
from graph.rank.current import asks_for_the_past, kin_named, subjects
from graph.rank.days import NUMBERS
from graph.rank.reading import Understood
from graph.rank.time_windows import Window
from graph.relations import (
    AMOUNT,
    BEST,
    BIRTHDAY,
    CERTAIN,
    DATE,
    DOUBTFUL,
    FAVOURITE,
    NUMBER,
    ONE_VALUED,
    OVER,
    asking,
    holds,
    order,
    slot,
    telling,
    value_of,
)
from graph.stems import stem, stems
from graph.text import MONTHS, fold, stop_words

_READ = 600
"""Letters of a question that are looked at."""
_FIRST = re.compile(r"\b(?:first|original(?:ly)?|initial(?:ly)?)\b", re.IGNORECASE)
_EARLIER = re.compile(r"\b(?:used? to|previous(?:ly)?|earlier|former(?:ly)?|before|ago)\b", re.IGNORECASE)
_BEFORE = re.compile(r"\bbefore\b(?P<what>[^,?]*)[,?]?", re.IGNORECASE)
_TYPES: Mapping[str, frozenset[AnswerType]] = {
    "home": frozenset({AnswerType.PLACE, AnswerType.NONE}),
    "employer": frozenset({AnswerType.PLACE, AnswerType.PERSON, AnswerType.NONE}),
    "job": frozenset({AnswerType.NONE}),
    "age": frozenset({AnswerType.NUMBER, AnswerType.NONE}),
    "marital status": frozenset({AnswerType.NONE}),
    "weight": frozenset({AnswerType.AMOUNT, AnswerType.NONE}),
    BIRTHDAY: frozenset({AnswerType.DATE, AnswerType.NONE}),
    "phone number": frozenset({AnswerType.NONE}),
    FAVOURITE: frozenset({AnswerType.PLACE, AnswerType.PERSON, AnswerType.TITLE, AnswerType.NONE}),
    BEST: frozenset({AnswerType.TIME, AnswerType.NONE}),
    AMOUNT: frozenset({AnswerType.AMOUNT, AnswerType.NONE}),
    NUMBER: frozenset({AnswerType.NUMBER}),
    DATE: frozenset({AnswerType.DATE}),
}
"""Types of answers that values of a relation may be."""
_ASKS_MORE = re.compile(r"\b(?:why|else|would|should|could|might|with|without|like)\b", re.IGNORECASE)
"""Words of a question that asks for something beside a value, or for another one."""
_WHAT = re.compile(r"\W{0,9}(?:(?:in|at|for|from|to|so|and) )?(?:what|which)\b|^(?!.{0,60}\bhow\b)", re.IGNORECASE)
_ABOUT_A_VALUE = frozenset(
    {AnswerType.DATE, AnswerType.TIME, AnswerType.DURATION, AnswerType.FREQUENCY, AnswerType.YES_NO}
)
"""Types of answers that are not values of facts, but tell something of them."""
_HOME = re.compile(r"\b(?:home|where|reside|based)\b", re.IGNORECASE)
_FOR = re.compile(r"\bfor\b", re.IGNORECASE)
_SAYS_NOW = "now current currently presently nowadays today still these days new"
_SAYS_PAST = "first originally original initially initial use used previously previous earlier formerly former"
_UNSAID = frozenset(map(stem, f"much many name {_SAYS_NOW} {_SAYS_PAST}".split()))
"""Words of a question that ask for nothing by themselves."""
_CHANGES = frozenset({"moved", "moving", "changed", "started", "joined", "switched", "that", "then"})
"""Words for how one value follows another."""
_CALENDAR = f"""
{" ".join((*MONTHS, *NUMBERS))} few
jan feb mar apr jun jul aug sept sep oct nov dec monday tuesday wednesday thursday friday saturday
sunday year month week day summer winter spring autumn fall last back early late mid beginning end time ago
"""
_DATED = frozenset(map(stem, _CALENDAR.casefold().split()))


def sought(facts: Iterable[Fact], question: str, read: Understood, expects: Expected) -> str:
    """The slot of `facts` whose value `question` asks for, and nothing else but when that was; empty where it asks for
    more, or for several: what is left of it would have to be told by somebody."""
    text = question[:_READ]
    fitting = {slot(each.subject, each.relation): each for each in facts if fits(expects, each.relation, text)}
    if len(fitting) != 1 or "" in fitting:
        return ""
    (key, fact), *_ = fitting.items()
    # What is counted has too many words to be told by.
    return key if not fact.relation.startswith(NUMBER) and _asks_only(_BEFORE.sub(" ", text), fact, read) else ""


def valued(facts: Iterable[Fact], question: str, read: Understood, expects: Expected, today: str | None) -> list[Fact]:
    """Those of `facts`, as they stand, that state the value which `question` asks for, as `sought` has it: what holds,
    or what held at first, before, or in a time that it names and that is over on the day `today`."""
    text = question[:_READ]
    facts = list(facts)
    key = sought(facts, question, read, expects)
    known = [each for each in facts if slot(each.subject, each.relation) == key and each.state != DOUBTFUL]
    known = sorted((each for each in known if each.retracted_at is None), key=_order) if key else []
    if not known:
        return []
    if read.windows:
        day = (today or "")[:10]
        past = all(not day or window.last < day for window in read.windows) and not _BEFORE.search(text)
        return _during(known, read.windows[0]) if past and len(read.windows) == 1 else []
    runs = list(_runs(known))
    if _FIRST.search(text):
        return _stating(runs[0])
    if _EARLIER.search(text):
        return _before(runs, text, read)
    last = _stating(runs[-1])
    return last if all(map(holds, last)) else []


def answering(
    facts: Sequence[FactHit], question: str, read: Understood, expects: Expected, today: str | None
) -> list[FactHit]:
    """Those of `facts` whose values a question asks for, as they hold, and that hits state.

    It asks for none of the past, for no time of it ("when did Ann move"), and names none of the values itself; for a
    number only where it counts the same.
    """
    if asks_for_the_past(question, read, today) or expects.kind in _ABOUT_A_VALUE:
        return []
    words = stems(question)
    return [
        each
        for each in facts
        if each.hit
        and each.valid_to is None
        and words.isdisjoint(stems(each.value, *each.before))
        and (not each.relation.startswith(NUMBER) or _counts(each.relation, expects.counted, words))
    ]


def _counts(relation: str, counted: str, words: Set[str]) -> bool:
    """Whether a fact counts what a question of these `words` does ("model kits bought", "how many kits did I buy")."""
    said = stems(relation.removeprefix(NUMBER))
    return stem(counted) in said and said <= words


def beside(facts: Iterable[Fact], question: str, read: Understood, expects: Expected) -> frozenset[str]:
    """The folded values of what `facts` tell of whom `question` is about, and that it does not ask for: where somebody
    lives is not where they work, though one sentence says both. None where it asks for no relation known by name."""
    words, names = stems(question), {fold(each) for each in subjects(question, read)}
    # Whose dad is meant by "Dad" may be known to who asks alone.
    kin = () if names else tuple(f" {fold(each)}" for each in kin_named(question))
    asked = {each for each in ONE_VALUED if words & {stem(word) for word in asking(each)}}
    other = ONE_VALUED.keys() - {each for each in asked if fits(expects, each, question)} if asked else set[str]()
    told = ((fold(each.subject), each) for each in facts if each.relation in other)
    return frozenset(fold(each.object) for whom, each in told if whom in names or whom.endswith(kin))


def fits(expects: Expected, relation: str, question: str) -> bool:
    """Whether values of `relation` are such as answer a question: of the type that it expects, and of nothing else."""
    text = question[:_READ]
    kinds = next((kinds for name, kinds in _TYPES.items() if relation.startswith(name)), frozenset[AnswerType]())
    if expects.kind not in kinds or _ASKS_MORE.search(text):
        return False
    if expects.ahead and not relation.startswith(DATE):
        return False
    # Whom somebody works with is no employer.
    if expects.kind is AnswerType.PERSON and relation == "employer":
        return bool(_FOR.search(text))
    if expects.kind is AnswerType.NONE and relation == "home":
        # "What does she do for a living?"
        return bool(_HOME.search(text))
    return expects.kind is not AnswerType.NONE or bool(_WHAT.search(text))


def _asks_only(text: str, fact: Fact, read: Understood) -> bool:
    """Whether `text` has a word that asks for the relation of `fact`, and beside it none but whom that is about, and
    when."""
    relation = {stem(word) for word in asking(fact.relation)}
    said = {stem(word) for word in re.findall(r"[^\W_]+", fold(text)) if word not in stop_words()}
    left = said - stems(fact.subject, *read.voices) - _UNSAID
    if read.windows:
        left = {word for word in left - _DATED if not word[0].isdigit()}
    return not left.isdisjoint(relation) and left <= relation | stems(fact.relation)


def _runs(facts: Sequence[Fact]) -> Iterator[list[Fact]]:
    """Yield the facts of a relation, in order of time, by the value that held; a run that it was over among them."""
    run: list[Fact] = []
    for each in telling(facts):
        if run and value_of(each) != value_of(run[-1]):
            yield run
            run = []
        run.append(each)
    yield run


def _before(runs: Sequence[Sequence[Fact]], text: str, read: Understood) -> list[Fact]:
    """The facts of the run before the last, or before that of the value which `text` names behind "before"; none where
    it names something else: "before breakfast"."""
    before = _BEFORE.search(text)
    named = stems(before["what"]) if before else set[str]()
    values = (place for place, run in enumerate(runs) if _stating(run) and stems(run[0].object) <= named)
    later = next(values, None)
    if later is None:
        said = asking(runs[0][0].relation) | _CHANGES
        if named - stems(" ".join(said), runs[0][0].subject, *read.voices, *stop_words()) - _UNSAID:
            return []
        # What is over was before.
        later = len(runs) - (value_of(runs[-1][0]) is not None)
    return next(filter(None, map(_held, reversed(runs[:later]))), [])


def _order(fact: Fact) -> tuple[tuple[str, str, int], bool, str]:
    """As `order`; of what one message says, what is over comes before what holds."""
    start, recorded, position, id = order(fact)
    return (start, recorded, position), fact.state != OVER, id


def _held(run: Sequence[Fact]) -> list[Fact]:
    """The facts of a run that name the value that it had, be it by saying that it is over."""
    return _stating(run) or [each for each in run if each.object]


def _stating(run: Sequence[Fact]) -> list[Fact]:
    return [each for each in run if each.state == CERTAIN]


def _during(facts: Sequence[Fact], window: Window) -> list[Fact]:
    """Those that held in the window, where they have one value."""
    held = [
        each
        for each in _stating(facts)
        if each.valid_from
        and each.valid_from <= window.last
        and (each.valid_to is None or each.valid_to > window.first)
    ]
    return held if len({fold(each.object) for each in held}) == 1 else []
