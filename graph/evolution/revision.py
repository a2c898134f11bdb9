"""What changes of a note in the light of one that is linked to it (A-MEM's memory evolution, arXiv 2502.12110, 3.3).

Its content never does, nor does anything of a note that a person has edited.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence

from msgspec.structs import replace

from graph.evolution.events import Ledger, link_state, note_states
from graph.model import PERSON, Action, Edge, Event, Interaction, Note, Relation
from graph.text import spoken_date, words

_KEYWORDS = 12
"""Keywords up to which a note gains some."""
_TOLD = {
    Relation.ANSWERS: "Answered by",
    Relation.SUPERSEDES: "Corrected by",
    Relation.CONTRADICTS: "Contradicted by",
}


def revised(note: Note, text: str, edge: Edge, later: Note, said: Interaction) -> Note:
    """`note`, whose text is `text`, in the light of `later`, the note of `said`, which `edge` links to it.

    It gains the keywords of the later note that it says itself; of one that elaborates it, its tags too; and its
    context tells who answered, corrected or contradicted it.
    """
    if note.decided_by == PERSON:
        return note
    spoken = set(words(text))
    overlooked = [each for each in later.keywords if each not in note.keywords and spoken.issuperset(words(each))]
    keywords = (*note.keywords, *overlooked)[: max(_KEYWORDS, len(note.keywords))]
    tags = note.tags
    if edge.relation == Relation.ELABORATES:
        tags = (*tags, *(each for each in later.tags if each not in tags))
    return replace(note, keywords=keywords, tags=tags, context=_context(note.context, edge, said))


def evolve(
    links: Sequence[Edge], notes: MutableMapping[str, Note], said: Mapping[str, Interaction]
) -> tuple[set[str], list[Event]]:
    """Change `notes` in the light of `links`, one after the other, where it is known what was `said` in the earlier one
    of a link; return which ones changed, and the events. Both are by the id of the note."""
    ledger = Ledger.of_now()
    changed: set[str] = set()
    events: list[Event] = []
    for edge in links:
        later, earlier = edge.source, edge.target
        by = {"reason": edge.reason, "decided_by": edge.decided_by}
        linked = ledger.event(Action.LINK, later, other=earlier, new=link_state(edge), cause=later, **by)
        events.append(linked)
        note = notes.get(earlier)
        if note is None or earlier not in said:
            continue
        after = revised(note, said[earlier].text, edge, notes[later], said[later])
        if after != note:
            notes[earlier] = after
            changed.add(earlier)
            old, new = note_states(note, after)
            events.append(ledger.event(Action.EVOLVE, earlier, other=later, old=old, new=new, cause=linked.id, **by))
    return changed, events


def told_in(context: str) -> str:
    """What a context tells of who answered, corrected or contradicted the note, from its first word on; or nothing."""
    places = [place for words in _TOLD.values() if (place := context.find(f" {words} ")) >= 0]
    return context[min(places) :].strip() if places else ""


def _context(context: str, edge: Edge, said: Interaction) -> str:
    told = next((words for relation, words in _TOLD.items() if relation.value == edge.relation), None)
    if not told or not said.speaker:
        return context
    sentence = f"{told} {said.speaker}"
    if f"{sentence}." in context or f"{sentence}, " in context:
        return context
    when = f", {spoken_date(said.timestamp)}" if said.timestamp else ""
    return f"{context} {sentence}{when}."
