"""A page of an entity: its states, roles, places and dealings in order of time, with sources (after GSW, Generative
Semantic Workspaces, arXiv 2511.07587, whose entities keep roles and states through time and space).

Where GSW has a model write them, here facts, and insights that tell more, are sorted by their verbs: they are sentences
about the entity that messages support.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from graph.lookup import find
from graph.model import EdgeKind, Entity, Event, Fact, Insight, Interaction, NodeKind, Selection
from graph.ports import Store
from graph.text import fold, tells_of
from graph.timeline import concerning, spoken, worth_listing


class Aspect(StrEnum):
    """What a sentence tells of: how somebody or something is, what they are to others, where, and what they do."""

    STATE = "state"
    ROLE = "role"
    PLACE = "place"
    DEALING = "dealing"


_VERBS: Sequence[tuple[Aspect, str]] = (
    (Aspect.PLACE, r"lives|moved|grew up|was born|is (?:from|based)|comes from|stays|visited|went"),
    (Aspect.ROLE, r"works?|is an?|studie[sd]|teaches|coaches|volunteers|plays|runs|leads|speaks|graduated"),
    (Aspect.DEALING, r"and others|decided|agreed|plans|started|stopped|quit|joined|bought|sold|got|adopted|met|made"),
)
"""By which verb behind its subject a sentence is of an aspect; all else is a state."""
_RELATIONS: Mapping[str, Aspect] = {"home": Aspect.PLACE, "employer": Aspect.ROLE, "job": Aspect.ROLE}
"""Of which aspect facts are whatever their verb: "left Acme" ends a role."""


class Told(Struct, frozen=True):
    """A sentence that tells of an entity: a fact or an insight, with the messages that support it, in order of time."""

    aspect: Aspect
    node: Fact | Insight
    sources: tuple[Interaction, ...]

    @property
    def timestamp(self) -> str | None:
        """Since when a fact holds, else when it was first said; None where that is not known."""
        said = next((each.timestamp for each in self.sources if each.timestamp), None)
        return self.node.valid_from or said if isinstance(self.node, Fact) else said

    @property
    def ended(self) -> str | None:
        """To when a fact holds; None for what holds on."""
        return self.node.valid_to if isinstance(self.node, Fact) else None


class Portrait(Struct, frozen=True):
    """An entity, what is told of it in order of time, and what people decided about who it is."""

    entity: Entity
    told: tuple[Told, ...]
    events: tuple[Event, ...]


def portrait(store: Store, name: str, since: str | None = None, until: str | None = None) -> Portrait:
    """The page of the entity `name`, of what was said `since` and `until`, as in `Selection`.

    Raises:
        NotFoundError: there is no such entity.
    """
    with store.transaction(write=False):
        entity = find(store, name, NodeKind.ENTITY)
        assert isinstance(entity, Entity)
        spelt = sorted((entity.name, *entity.aliases), key=len, reverse=True)
        names = {fold(each) for each in spelt}
        known = [each for each in concerning(store, entity.id) if each.retracted_at is None]
        facts = list(worth_listing(spoken(known, store), known))
        stated = {_told(each.text, spelt) for each in facts}
        # An insight in the words of a fact says no more than that.
        insights = (
            each for each in _insights(store) if _concerns(each, names) and _told(each.text, spelt) not in stated
        )
        about: list[Fact | Insight] = [*facts, *insights]
        sources = _sources([each.id for each in about], since, until, store)
        told = [Told(_aspect(each, spelt), each, sources[each.id]) for each in about if each.id in sources]
        ordered = sorted(told, key=lambda each: (each.timestamp or "", each.node.id))
        return Portrait(entity, tuple(ordered), tuple(store.events([entity.id])))


def _insights(store: Store) -> Iterator[Insight]:
    for node in store.nodes(Selection((NodeKind.INSIGHT,))):
        if isinstance(node, Insight) and node.state != "archived":
            yield node


def _concerns(insight: Insight, names: set[str]) -> bool:
    return fold(insight.subject) in names or tells_of(insight.text, names)


def _told(text: str, names: Sequence[str]) -> str:
    """What a sentence tells of whoever has `names`: all of it, where it begins with none of them."""
    return _behind_name(text, names) or text


def _behind_name(text: str, names: Sequence[str]) -> str | None:
    """What a sentence goes on with behind the first of `names` that it begins with; None where it begins with none."""
    name = next((each for each in names if text.startswith(each) and not text[len(each) :][:1].isalnum()), None)
    return None if name is None else text[len(name) :].replace("’", "'").strip()


def _aspect(node: Fact | Insight, names: Sequence[str]) -> Aspect:
    """The aspect by the verb, of a sentence about the entity; one about somebody else that names it is a dealing."""
    verb = _behind_name(node.text, names)
    if verb is not None and isinstance(node, Fact) and node.relation in _RELATIONS:
        return _RELATIONS[node.relation]
    if verb is None:
        return Aspect.STATE if isinstance(node, Fact) else Aspect.DEALING
    return next((aspect for aspect, verbs in _VERBS if re.match(rf"(?:{verbs})\b", verb)), Aspect.STATE)


def _sources(
    ids: Sequence[str], since: str | None, until: str | None, store: Store
) -> Mapping[str, tuple[Interaction, ...]]:
    """The messages of the time that support facts and insights, by the latter's ids, in order of time."""
    supports = list(store.edges(ids, (EdgeKind.STATED_IN, EdgeKind.SUPPORTED_BY))) if ids else []
    notes = sorted({edge.target for edge in supports})
    origins: dict[str, list[str]] = defaultdict(list)
    for edge in store.edges(notes, (EdgeKind.DERIVED_FROM,)) if notes else ():
        origins[edge.source].append(edge.target)
    wanted = tuple(sorted({id for some in origins.values() for id in some}))
    within = Selection((NodeKind.INTERACTION,), since=since, until=until, ids=wanted)
    said = {node.id: node for node in store.nodes(within) if isinstance(node, Interaction)} if wanted else {}
    found: dict[str, dict[str, Interaction]] = defaultdict(dict)
    for edge in supports:
        found[edge.source] |= {id: said[id] for id in origins[edge.target] if id in said}
    return {
        id: tuple(sorted(some.values(), key=lambda each: (each.timestamp or "", each.conversation, each.position)))
        for id, some in found.items()
        if some
    }
