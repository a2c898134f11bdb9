"""Notes and entities for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from graph.model import EdgeKind, Entity, Neighbor, Node, Note, caption
from graph.portrait import Aspect, Portrait, Told
from memcli.render.history import described
from memcli.render.page import Page
from memcli.render.pages import MOST_NEIGHBORS, NodePage, timestamp_of
from memcli.render.text import day, minute

MENTIONS_SHOWN = 50


def show_note(page: Page, found: NodePage) -> None:
    """A note: its words, what was made of them, and what it is linked to."""
    note = found.node
    assert isinstance(note, Note)
    page.line(note.title, "bold")
    page.line(" · ".join(filter(None, (note.id, minute(note.timestamp), note.context))), "dim")
    page.line()
    for source in found.nodes(EdgeKind.DERIVED_FROM):
        page.line(_said(source))
    page.line()
    _field(page, "keywords", note.keywords)
    _field(page, "tags", note.tags)
    _field(page, "mentions", [caption(each) for each in found.nodes(EdgeKind.MENTIONS, EdgeKind.ABOUT)])
    _show_links(page, "linked to", found.edges.get(EdgeKind.LINKS_TO, ()))
    _show_links(page, "supports", found.edges.get(EdgeKind.SUPPORTED_BY, ()))


_ASPECTS = {
    Aspect.STATE: "states",
    Aspect.ROLE: "roles",
    Aspect.PLACE: "places",
    Aspect.DEALING: "dealings",
}


def show_entity(page: Page, found: NodePage, company: Sequence[tuple[Entity, int]], told: Portrait) -> None:
    """An entity: its names, what it occurs with, what is told of it, and where it occurs, in order of time."""
    entity = told.entity
    page.line(entity.name, "bold")
    page.line(f"{entity.id} · {entity.label}", "dim")
    _field(page, "also called", entity.aliases)
    _field(page, "together with", [f"{each.name} ({notes})" for each, notes in company])
    for aspect, heading in _ASPECTS.items():
        _show_told(page, heading, [each for each in told.told if each.aspect is aspect])
    said = found.nodes(EdgeKind.SAID_BY)
    _show_timeline(page, f"said by {entity.name}", said)
    _show_timeline(page, "spoken of in", found.nodes(EdgeKind.ABOUT, EdgeKind.MENTIONS))
    if found.cut:
        page.line(f"Only {MOST_NEIGHBORS:,} places were looked up.", "dim")
    for event in told.events:
        page.line(f"{minute(event.at)} {event.decided_by}: {described(event)}", "dim")


def show_notes(page: Page, notes: Iterable[Node], repeats: Mapping[str, str]) -> None:
    """A line a note, and which note it repeats, where one does."""
    columns = ["note", "date", *(["repeats"] if repeats else []), "title"]
    told = {id: [other] for id, other in repeats.items()}
    none = [""] if repeats else []
    rows = [[each.id, day(timestamp_of(each)), *told.get(each.id, none), caption(each)] for each in notes]
    page.table(columns, rows)


def show_entities(page: Page, entities: Iterable[Node]) -> None:
    """A line an entity."""
    rows = [[each.id, each.label, each.name, ", ".join(each.aliases)] for each in entities if isinstance(each, Entity)]
    page.table(["entity", "label", "name", "also called"], rows)


def _field(page: Page, name: str, values: Sequence[str]) -> None:
    if values:
        page.line(f"{name}: {', '.join(dict.fromkeys(values))}")


def _show_links(page: Page, heading: str, links: Sequence[Neighbor]) -> None:
    if links:
        page.line()
        page.line(f"{heading}:")
        rows = [
            [each.node.id, f"{each.edge.weight:.2f}", each.edge.relation, caption(each.node), each.edge.reason]
            for each in links
        ]
        page.table(["id", "weight", "relation", "title", "reason"], rows)


def _while(told: Told) -> str:
    if told.ended is None:
        return minute(told.timestamp)
    return f"{minute(told.timestamp) or '?'} to {minute(told.ended) or '?'}"


def _show_told(page: Page, heading: str, told: Sequence[Told]) -> None:
    if not told:
        return
    page.line()
    page.line(f"{heading}:")
    for each in told:
        first, more = each.sources[0], len(each.sources) - 1
        source = f"{first.speaker or first.title or first.key}, {first.id}" + (f" and {more} more" if more else "")
        page.line("  " + "  ".join(filter(None, (_while(each), each.node.text, f"({source})"))))


def _show_timeline(page: Page, heading: str, nodes: Sequence[Node]) -> None:
    if not nodes:
        return
    unique = {each.id: each for each in sorted(nodes, key=lambda each: timestamp_of(each) or "")}
    page.line()
    page.line(f"{heading} ({len(unique)}):")
    for each in list(unique.values())[:MENTIONS_SHOWN]:
        page.line("  " + "  ".join(filter(None, (minute(timestamp_of(each)), each.id, caption(each)))))
    if (more := len(unique) - MENTIONS_SHOWN) > 0:
        page.line(f"  … and {more} more, all of them with --json", "dim")


def _said(node: Node) -> str:
    text = getattr(node, "text", "")
    speaker = getattr(node, "speaker", None)
    return f"{speaker}: {text}" if speaker else text
