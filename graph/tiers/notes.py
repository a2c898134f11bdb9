"""Notes by rule: what one interaction is about (A-MEM, arXiv 2502.12110, section 3.1, without its model)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph.ids import content_id, note_id
from graph.model import Edge, EdgeKind, Entity, Extraction, Form, Interaction, Note
from graph.text import fold, segmented, shortened, spoken_date, stop_words, word_list, words

ABOUT_WEIGHT = 10.0
"""An entity that a text is about, by its title, against one that it mentions: measured on 2Wiki and HotpotQA, R@5 .914
and .915 with 5, .925 and .925 with 10; .87 on 2Wiki with 1, before other changes."""
CONCEPT_WEIGHT = 0.2
"""A noun phrase against a name: measured on 2Wiki, R@5 .89 with 1, .905 with .1 to .3."""
_NAMES = frozenset(
    {"EVENT", "FAC", "GPE", "LANGUAGE", "LAW", "LOC", "NAME", "NORP", "ORG", "PERSON", "PRODUCT", "WORK_OF_ART"}
)
_TAG_OF_LABEL = {
    "EVENT": "event",
    "FAC": "place",
    "GPE": "place",
    "LOC": "place",
    "ORG": "organisation",
    "PERSON": "person",
    "PRODUCT": "product",
    "WORK_OF_ART": "work",
}
_TAG_PATTERNS = {
    "question": re.compile(r"[?？؟]"),
    "plan": re.compile(
        r"\b(?:going to|will|plan(?:ning)? to|let's|next (?:week|month|year)|tomorrow)\b|'ll\b", re.IGNORECASE
    ),
    "preference": re.compile(r"\b(?:love|like|enjoy|prefer|favou?rite|hate|can't stand)\b", re.IGNORECASE),
    "decision": re.compile(r"\b(?:decided|decision|agreed|we'll go with|settled on)\b", re.IGNORECASE),
    "code": re.compile(r"```|\b(?:def|class|import|SELECT) "),
    "link": re.compile(r"https?://"),
}
_TITLE = 80
_QUALIFIER = re.compile(r"\s*\([^)]*\)\s*$")


def worth_noting(interaction: Interaction, extraction: Extraction) -> bool:
    """Whether there is more in it than greetings, thanks and agreement."""
    if interaction.form is Form.DOCUMENT or any(each.label in _NAMES for each in extraction.mentions):
        return bool(interaction.text.strip())
    empty = stop_words() | word_list("courtesy")
    return sum(word not in empty for word in words(segmented(interaction.text))) > 1


def note(interaction: Interaction, extraction: Extraction) -> Note:
    """The note of one interaction. Its id follows from the interaction's."""
    named = interaction.form is Form.DOCUMENT and interaction.title
    return Note(
        id=note_id(interaction.id),
        title=shortened(named or interaction.text, _TITLE),
        context=_context(interaction, extraction),
        keywords=extraction.keywords,
        tags=tuple(_tags(interaction, extraction)),
        timestamp=interaction.timestamp,
    )


def note_edges(note: Note, interaction: Interaction, extraction: Extraction) -> tuple[list[Entity], list[Edge]]:
    """What a note mentions and is about, and where it is from."""
    entities: dict[str, Entity] = {}
    edges = [Edge(note.id, interaction.id, EdgeKind.DERIVED_FROM)]
    for title in _titles(interaction):
        each = Entity(content_id("entity", fold(title)), title, "TITLE")
        if each.id not in entities:
            entities[each.id] = each
            edges.append(Edge(note.id, each.id, EdgeKind.ABOUT, ABOUT_WEIGHT, reason="title"))
    for mention in extraction.mentions:
        each = Entity(content_id("entity", fold(mention.name)), mention.name, mention.label)
        if each.id not in entities:
            entities[each.id] = each
            weight = CONCEPT_WEIGHT if mention.label == "CONCEPT" else 1.0
            edges.append(Edge(note.id, each.id, EdgeKind.MENTIONS, weight))
    return list(entities.values()), edges


def _titles(interaction: Interaction) -> Iterator[str]:
    """Yield a document's title, and without what tells it from its namesakes: "Mercury (planet)", "Paris, Texas"."""
    if interaction.form is not Form.DOCUMENT or not interaction.title:
        return
    title = " ".join(interaction.title.split())
    bare = _QUALIFIER.sub("", title)
    for name in (title, bare, bare.partition(",")[0]):
        if fold(name):
            yield name


def _context(interaction: Interaction, extraction: Extraction) -> str:
    who = interaction.speaker or interaction.title or "somebody"
    when = f", {spoken_date(interaction.timestamp)}" if interaction.timestamp else ""
    topics = list(dict.fromkeys([each.name for each in extraction.mentions] + list(extraction.keywords)))[:4]
    about = f", about {', '.join(topics)}" if topics else ""
    return f"{who}{when}{about}."


def _tags(interaction: Interaction, extraction: Extraction) -> list[str]:
    shown = [tag for tag, pattern in _TAG_PATTERNS.items() if pattern.search(interaction.text)]
    named = {_TAG_OF_LABEL[each.label] for each in extraction.mentions if each.label in _TAG_OF_LABEL}
    return [interaction.form.value, *shown, *sorted(named)]
