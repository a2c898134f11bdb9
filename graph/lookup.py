"""Finding a node by what people call it, and what lies around it."""

from __future__ import annotations

from itertools import islice

from graph.errors import NotFoundError
from graph.model import Edge, Neighbor, Node, NodeKind, Selection, caption
from graph.ports import Store
from graph.text import fold

_NEAR = 3


def find(store: Store, name: str, kind: NodeKind | None = None) -> Node:
    """The node with the id `name`, else the entity that has it as a name or alias.

    Raises:
        NotFoundError: there is none; the hint names near ones.
    """
    kinds = (kind,) if kind else ()
    for node in store.nodes(Selection(kinds=kinds, ids=(name,))):
        return node
    if kind in (None, NodeKind.ENTITY):
        matches = [match for match in store.resolve([fold(name)]) if fold(match.entity.name) == fold(name)]
        matches = matches or store.resolve([fold(name)])
        for node in store.nodes(Selection(ids=tuple(match.entity.id for match in matches[:1]) or ("",))):
            return node
    near = [
        caption(node)
        for node in islice(store.nodes(Selection(kinds=kinds, contains=name, limit=_NEAR, ranked=True)), _NEAR)
    ]
    hint = f"did you mean {', '.join(repr(each) for each in near)}?" if near else "see `memcli entity list`"
    raise NotFoundError(f"no {kind or 'node'} called {name!r}", hint)


def neighbors(store: Store, id: str, hops: int, limit: int) -> list[Neighbor]:
    """Breadth first from `id`: for each node reached the edge that leads to it, nearest and heaviest first."""
    reached: dict[str, tuple[Edge, int]] = {}
    rim = [id]
    for hop in range(1, hops + 1):
        found = sorted(store.edges(rim, ()), key=lambda edge: (-edge.weight, edge.kind, edge.source, edge.target))
        rim = []
        for edge in found:
            for end in (edge.target, edge.source):
                if end != id and end not in reached:
                    reached[end] = (edge, hop)
                    rim.append(end)
        if len(reached) >= limit or not rim:
            break
    kept = dict(islice(reached.items(), limit))
    nodes = {node.id: node for node in store.nodes(Selection(ids=tuple(kept) or ("",)))}
    return [Neighbor(nodes[end], edge, hop) for end, (edge, hop) in kept.items()]
