"""The graph's shape and the store's state, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph.model import GraphStats, Neighbor, Node, NodeKind, StoreInfo, caption, kind_of
from memcli.render.page import Page


def show_stats(page: Page, stats: GraphStats) -> None:
    """Counts, components and hubs."""
    _show_counts(page, "nodes", stats.nodes)
    _show_counts(page, "edges", stats.edges)
    page.line(f"components: {stats.components}, the largest of {stats.largest_component} nodes")
    if stats.hubs:
        page.line()
        page.table(["hub", "edges", "what"], [[id, str(degree), text] for id, text, degree in stats.hubs])


def show_neighbors(page: Page, node: Node, around: Sequence[Neighbor]) -> None:
    """A line a neighbour, with the edge it was reached over."""
    page.line(f"{kind_of(node)} {node.id}: {caption(node)}", "bold")
    page.table(["hops", "edge", "weight", "id", "what"], [_row(each) for each in around])


def show_info(page: Page, info: StoreInfo, model: str | None, embedding: str | None) -> None:
    """Where the store is and what is in it."""
    page.line(info.url, "bold")
    size = () if info.bytes is None else (f"{info.bytes} bytes",)
    page.line(", ".join((info.kind, f"schema {info.schema}", *size, f"{info.sources} sources taken in")))
    _show_counts(page, "nodes", info.nodes)
    _show_counts(page, "edges", info.edges)
    page.line(f"entities found by: {', '.join(info.extractors) or 'nobody yet'}")
    page.line(f"spaCy model here: {model or 'none; `memcli model pull spacy` gets one'}")
    page.line(f"embedding model here: {embedding or 'none; `memcli model pull bge-small` gets one'}")
    for name, count in info.vectors.items():
        page.line(f"vectors: {count} of {info.said} by {name}")
    for kind in (NodeKind.FACT, NodeKind.EPISODE):
        if info.lacks(kind):
            page.line(f"{kind}s: none; {how_derived(kind)}")
    if embedding and (lacking := info.said - info.vectors.get(embedding, 0)):
        page.line(f"vectors missing: {lacking}; `memcli store reindex` makes them")


def how_derived(kind: NodeKind) -> str:
    """What to do with a memory that has no facts, or no episodes."""
    return f"if it was made before there were any, `memcli {kind} derive` makes them"


def _row(neighbor: Neighbor) -> list[str]:
    node, edge = neighbor.node, neighbor.edge
    arrow = f"{edge.kind} →" if edge.target == node.id else f"← {edge.kind}"
    return [str(neighbor.hops), arrow, f"{edge.weight:.2f}", node.id, caption(node)]


def _show_counts(page: Page, what: str, counts: Mapping[str, int]) -> None:
    each = ", ".join(f"{kind} {count}" for kind, count in counts.items() if count)
    page.line(f"{what}: {sum(counts.values())}" + (f" ({each})" if each else ""))
