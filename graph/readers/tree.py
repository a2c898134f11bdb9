"""The order of a tree of messages, whatever its pointers are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from graph.model import Json
from graph.readers.values import mapping, sequence


class TreeNode(Struct, frozen=True):
    """A node of the tree. `main` tells whether it is on the branch that was shown last."""

    id: str
    parent: str | None
    value: Mapping[str, Json]
    main: bool


def depth_first(nodes: Mapping[str, Json], current: Json) -> Iterator[TreeNode]:
    """Yield each node once, ancestors before descendants: the branch that ends at `current`,
    then every other branch in the order of the children.

    `nodes` maps ids to `{"parent": id, "children": [id]}`. Where `current` is none of them the
    branch of last children counts as the one shown. Nodes that no root leads to come last.
    """
    shown = _ancestry(nodes, current) if _known(nodes, current) else _last_children(nodes)
    main = frozenset(shown)
    seen: set[str] = set()
    roots = [node for node in nodes if not _known(nodes, _parent(nodes, node))]
    pending = [*reversed(list(nodes)), *reversed(roots), *reversed(shown)]
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        yield TreeNode(node, _parent(nodes, node), mapping(nodes[node]), node in main)
        if node not in main:
            pending.extend(reversed(_children(nodes, node)))
        elif node == shown[-1]:
            pending.extend(child for each in shown for child in reversed(_children(nodes, each)))


def _known(nodes: Mapping[str, Json], node: Json) -> bool:
    return isinstance(node, str) and node in nodes


def _parent(nodes: Mapping[str, Json], node: str) -> str | None:
    parent = mapping(nodes[node]).get("parent")
    return parent if isinstance(parent, str) else None


def _children(nodes: Mapping[str, Json], node: str) -> list[str]:
    return [child for child in sequence(mapping(nodes[node]).get("children")) if _known(nodes, child)]


def _ancestry(nodes: Mapping[str, Json], node: str | None) -> list[str]:
    """Return the path from the root to `node`; a cycle ends it."""
    path: dict[str, None] = {}
    while node is not None and node in nodes and node not in path:
        path[node] = None
        node = _parent(nodes, node)
    return list(reversed(path))


def _last_children(nodes: Mapping[str, Json]) -> list[str]:
    node = next((node for node in nodes if not _known(nodes, _parent(nodes, node))), None)
    path: dict[str, None] = {}
    while node is not None and node not in path:
        path[node] = None
        children = _children(nodes, node)
        node = children[-1] if children else None
    return list(path)
