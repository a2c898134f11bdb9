"""What people say of themselves, as others would put it: preferences, habits, decisions, and facts about them.

Patterns on the words at the beginning of a clause (`graph.tiers.patterns`), so that "you know she said I love it" says
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from graph.ids import content_id
from graph.model import Extraction, Form, Insight, Interaction
from graph.text import fold, stop_words, word_list, words
from graph.tiers import wording
from graph.tiers.endings import ENDINGS, is_done
from graph.tiers.homes import may_be_home
from graph.tiers.patterns import BESIDE, DAY, DOUBT, HABITS, NAME, RULES, START, Rule
from graph.tiers.wording import clause

_BEFORE_A_THING = re.compile(r"(?:(?:a|an|the|some|all|both|very|really|good|any) )*", re.IGNORECASE)
"""What may stand between the verb and the name it is about."""
_POINTING = re.compile(r"\b(?:the|all|both|some)\b", re.IGNORECASE)
_DOING = re.compile(r"(?:to |how to )?(?:be |being )?[a-z]{2,}ing\b|(?:how )?to [a-z]+", re.IGNORECASE)
_NO_DOING = re.compile(r"(?:(?:some|any|every|no)?thing|morning|evening|king|ring|spring|string)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_WHOSE = re.compile(r"['’] \w")
_READ = 400
"""Letters of a clause in which a statement is looked for."""
_ARTICLES = re.compile(r"^(?:(?:a|an|the) )+", re.IGNORECASE)
_OPPOSITES: Mapping[str, str] = {"likes": "dislikes", "dislikes": "likes"}


class Statement(Struct, frozen=True):
    """Somebody's statement about themselves or their kin, at letter `start` of what they say.

    `insight` is the id of the insight that it may become (empty: it changes, or is doubted), `opposite` the one that
    the opposite would have (empty: there is none); `key` are the verb and the thing of which, with who says so, both
    are made. As a fact it says that `about` has the `relation` to `object`, or
    has it no longer, where that is `over`.
    """

    insight: str
    text: str
    subject: str
    cues: tuple[str, ...] = ()
    opposite: str = ""
    about: str = ""
    relation: str = ""
    object: str = ""
    start: int = 0
    certain: bool = True
    key: tuple[str, str] = ("", "")
    over: bool = False


class _Said(Struct, frozen=True):
    """What a rule found: how it is told, as shown and as compared, and the parts of the fact."""

    relation: str
    shown: str
    thing: str
    owner: str = ""
    kept: str = ""
    object: str = ""
    lasting: bool = True
    over: bool = False


def statements(interaction: Interaction, extraction: Extraction) -> Iterator[Statement]:
    """Yield what the speaker says of themselves and their kin, each statement once."""
    speaker = interaction.speaker
    if not speaker or not may_state(interaction):
        return
    text = interaction.text
    seen = set()
    for start in START.finditer(text):
        doubt = DOUBT.match(text, start.end(), start.end() + _READ)
        place = doubt.end() if doubt else start.end()
        own = _habit(text, place, extraction) or _said(text, place, extraction, RULES)
        found = [own, _said(text, place, extraction, BESIDE)]
        # Whoever doubts that something is over says that it may not be.
        found += [] if doubt or not is_done(text, place) else [_said(text, place, extraction, ENDINGS)]
        for said in filter(None, found if text.count('"', 0, place) % 2 == 0 else ()):
            id = insight_id(speaker, said.relation, said.thing)
            if id not in seen:
                seen.add(id)
                yield _statement(speaker, said, id if said.lasting and not doubt else "", place, certain=not doubt)


def may_state(interaction: Interaction) -> bool:
    """Whether somebody says it who may tell of themselves: a program has no life to tell of."""
    speaker = fold(interaction.speaker or "")
    return interaction.form is Form.MESSAGE and speaker not in ("", "assistant")


def insight_id(speaker: str, verb: str, thing: str) -> str:
    """The id of the insight that a speaker's statement may become."""
    return content_id("insight", fold(speaker), verb, fold(thing))


def opposite_id(speaker: str, verb: str, thing: str) -> str:
    """The id of the insight that the opposite would become; empty where it has none."""
    return insight_id(speaker, other, thing) if (other := _OPPOSITES.get(verb)) else ""


def said_by(told: Statement, name: str) -> Statement:
    """A statement as one of who is called `name`: another insight of the same words."""
    if name == told.subject:
        return told
    text = retold(told.text, told.subject, name)
    insight = insight_id(name, *told.key) if told.insight else ""
    return replace(told, insight=insight, text=text, subject=name, opposite=opposite_id(name, *told.key))


def retold(text: str, subject: str, name: str) -> str:
    """A sentence about `subject` as one about `name`; as it is, where it does not begin with the subject."""
    who = _shown(subject)
    rest = text.removeprefix(who)
    return text if rest == text or rest[:1].isalnum() else _shown(name) + rest


def key_of(insight: Insight) -> tuple[str, str] | None:
    """The verb and the thing of the statement that an insight is, told by its id; None where it is none, or somebody
    gave it other words."""
    told = insight.text.removesuffix(".").removeprefix(_shown(insight.subject)).removeprefix(" ")
    words = told.split(" ")
    for count in range(len(words) + 1):
        verb, shown = " ".join(words[:count]), " ".join(words[count:])
        bare = _ARTICLES.sub("", shown)
        for thing in {shown, bare}:
            if insight_id(insight.subject, verb, thing) == insight.id:
                return verb, thing
    return None


def _shown(speaker: str) -> str:
    return "The user" if speaker == "user" else speaker


def _statement(speaker: str, said: _Said, insight: str, start: int, *, certain: bool) -> Statement:
    return Statement(
        insight,
        _sentence(_shown(speaker), said.relation, said.shown),
        speaker,
        _cues(f"{said.relation} {said.thing}"),
        opposite_id(speaker, said.relation, said.thing),
        said.owner or speaker,
        said.kept or said.relation,
        said.object if said.over else said.object or said.shown,
        start,
        certain,
        (said.relation, said.thing),
        said.over,
    )


def _said(text: str, start: int, extraction: Extraction, rules: Sequence[Rule]) -> _Said | None:
    """What the first of `rules` finds at `start`."""
    for rule in rules:
        if found := rule.pattern.match(text, start, start + _READ):
            told = _told(text, found, rule, extraction)
            if told:
                groups = {name: wording.third_person(group or "") for name, group in found.groupdict().items()}
                return _parted(rule, groups, *told)
    return None


def _parted(rule: Rule, groups: Mapping[str, str], shown: str, thing: str) -> _Said:
    """What a rule found, with the parts of the fact: "'s sister is a nurse" is the job of somebody's sister."""
    relation = rule.relation.format(**groups)
    head, _, last = rule.relation.rpartition(" ")
    verb = head.format(**groups) if rule.takes == "nothing" and not rule.kept else relation
    whole = "" if rule.over else last.format(**groups)
    value = groups.get("value") or (whole if rule.takes == "nothing" else shown)
    kin = f"'s {groups['who']}" if groups.get("who") else ""
    kept = " ".join(rule.kept.format(**groups).casefold().replace("favorite", "favourite").split())
    if plural := kept.startswith("favourite ") and kept.endswith("s") and not kept.endswith("ss"):
        kept = ""
    verb = verb.removeprefix(kin if kin and not plural else "'s ").removesuffix(" is to").strip()
    owner = groups.get("name") or kin
    return _Said(relation, shown, thing, owner, kept or verb, value, rule.lasting, rule.over)


def _told(text: str, found: re.Match[str], rule: Rule, extraction: Extraction) -> tuple[str, str] | None:
    end = found.end()
    match rule.takes:
        case "nothing":
            ended = _goes_on(text, end, rule) if rule.then else wording.ends(text, end)
            return ("", "") if ended else None
        case "name" | "place":
            name = NAME.match(text, end)
            left = found.span("whence") if "whence" in rule.pattern.groupindex else (-1, -1)
            if name is None or not _is_name(text, name) or not _goes_on(text, name.end(), rule):
                return None
            if rule.takes == "place" and not may_be_home(text, name, left, extraction.mentions):
                return None
            return name[0], name[0].removeprefix("the ")
        case "day":
            day = DAY.match(text, end)
            return (day[0], day[0]) if day else None
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


def _habit(text: str, start: int, extraction: Extraction) -> _Said | None:
    for rule in HABITS:
        found = rule.pattern.match(text, start, start + _READ)
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
            return _Said(adverb.casefold(), doing, doing, object=doing, kept=adverb.casefold() or verb)
    return None


def _sentence(who: str, relation: str, what: str) -> str:
    told = " ".join(each for each in (relation, what) if each)
    if told[:1].isupper():
        return f"{told}."
    return f"{who}{told}." if told.startswith("'s ") else f"{who} {told}."


def _is_name(text: str, name: re.Match[str]) -> bool:
    """Whether what looks like a name in `text` is one, and not merely whose something is: "Acme's marketing team"."""
    folded = fold(name[0])
    if folded in stop_words() or len(folded) < 2 or _WHOSE.match(text, name.end()):
        return False
    return not _POSSESSIVE.search(name[0]) or wording.ends(text, name.end())


def _goes_on(text: str, place: int, rule: Rule) -> bool:
    """Whether `text` goes on at `place` as a rule has it."""
    return rule.then is None or bool(rule.then.match(text, place))


def _cues(text: str) -> tuple[str, ...]:
    """The words by which a statement is found to apply, each once."""
    return tuple(dict.fromkeys(word for word in words(text) if word not in stop_words() and len(word) > 2))[:8]
