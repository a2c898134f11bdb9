"""Reasons that people and models gave for decisions: they may tell what is forgotten, of whatever they decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from graph.forgetting.spelling import spoken, texts_with
from graph.model import Changes, EdgeKind, Event, Interaction, Json, NodeKind, Removal, by_rule
from graph.ports import Store
from graph.store.batches import nodes_of
from graph.text import fold, tells_of


class Traces(Struct, frozen=True):
    """What would be left of what is forgotten: folded `names` and `words`, and a casefolded `phrase`; empty: none."""

    names: Set[str]
    words: Set[str]
    phrase: str

    def stand_in(self, reason: str) -> bool:
        """Whether any of them stands in `reason`."""
        return (
            bool(self.phrase and self.phrase in reason.casefold())
            or tells_of(reason, self.names)
            or not self.words.isdisjoint(_words(reason))
        )


def unreasoned(ids: Sequence[str], names: Set[str], phrase: str, store: Store) -> Changes:
    """What empties the reasons that tell what goes with the interactions `ids`: a word that is said in them alone, one
    of the folded `names`, or `phrase`, whatever its case. The decisions stay, and so do their ids."""
    given = [(each, reasons) for each in store.events() if not by_rule(each.decided_by) and (reasons := _given(each))]
    words = {word for _, reasons in given for reason in reasons for word in _words(reason)}
    traces = Traces(names, _only_said_in(ids, words, store), phrase.casefold())
    told = [each for each, reasons in given if any(map(traces.stand_in, reasons))]
    ends = sorted({id for each in told for id in (each.subject, each.other) if id})
    links = store.edges(ends, (EdgeKind.LINKS_TO,)) if ends else ()
    return Changes(
        edges=tuple(
            replace(edge, reason="") for edge in links if not by_rule(edge.decided_by) and traces.stand_in(edge.reason)
        ),
        events=tuple(_without(each, traces.stand_in) for each in told),
        removed=Removal(events=tuple(each.id for each in told)),
    )


def _only_said_in(ids: Sequence[str], words: Set[str], store: Store) -> set[str]:
    """Those of `words` that stand in the interactions `ids`, and in none that stays."""
    gone = set(ids)
    going: set[str] = set()
    for node in nodes_of(ids if words else (), (NodeKind.INTERACTION,), store):
        if isinstance(node, Interaction):
            going |= words & _words(spoken(node))
    return {word for word in going if not any(word in _words(text) for text in texts_with({word}, gone, store))}


def _words(text: str) -> set[str]:
    return set(fold(text).split())


def _given(event: Event) -> list[str]:
    """The reasons that an event keeps: its own, and those of what was so before it and since."""
    return [each for each in (event.reason, *_reasons(event.old), *_reasons(event.new)) if each]


def _reasons(state: Json) -> Iterator[str]:
    """Yield the reasons in a state, those of the events that a merge keeps included."""
    if isinstance(state, list):
        for each in state:
            yield from _reasons(each)
    elif isinstance(state, dict):
        for name, value in state.items():
            if name == "reason" and isinstance(value, str):
                yield value
            else:
                yield from _reasons(value)


def _without(event: Event, told: Callable[[str], bool]) -> Event:
    old, new = _emptied(event.old, told), _emptied(event.new, told)
    return replace(event, reason="" if told(event.reason) else event.reason, old=old, new=new)


def _emptied(state: Any, told: Callable[[str], bool]) -> Any:
    if isinstance(state, list):
        return [_emptied(each, told) for each in state]
    if not isinstance(state, dict):
        return state
    return {
        name: ("" if told(value) else value) if name == "reason" and isinstance(value, str) else _emptied(value, told)
        for name, value in state.items()
    }
