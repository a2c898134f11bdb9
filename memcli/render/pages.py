"""A node with all that is next to it: what `note show` and `entity show` tell of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from graph.model import EdgeKind, Neighbor, Node
from memcli.results import neighbor_data, node_data

MOST_NEIGHBORS = 1000


class NodePage(Struct, frozen=True):
    """A node and its neighbours by the kind of edge, each kind in order of time."""

    node: Node
    edges: Mapping[EdgeKind, Sequence[Neighbor]]

    @property
    def cut(self) -> bool:
        """Whether there may be more neighbours than were looked up."""
        return sum(map(len, self.edges.values())) >= MOST_NEIGHBORS

    @classmethod
    def of(cls, node: Node, around: Sequence[Neighbor], since: str | None = None, until: str | None = None) -> NodePage:
        """Group the neighbours of a node, those of a time as `Selection` has it."""
        within = [each for each in around if _within(timestamp_of(each.node) or "", since, until)]
        ordered = sorted(within, key=lambda each: timestamp_of(each.node) or "")
        kinds = sorted({each.edge.kind for each in within})
        return cls(node, {kind: [each for each in ordered if each.edge.kind == kind] for kind in kinds})

    def nodes(self, *kinds: EdgeKind) -> list[Node]:
        """The nodes at the other end of edges of these kinds."""
        return [each.node for kind in kinds for each in self.edges.get(kind, ())]

    def data(self) -> dict[str, Any]:
        """As JSON."""
        edges = {str(kind): [neighbor_data(each) for each in group] for kind, group in self.edges.items()}
        return {"node": node_data(self.node), "edges": edges}


def timestamp_of(node: Node) -> str | None:
    """When; None for what has no time."""
    return getattr(node, "timestamp", None)


def _within(timestamp: str, since: str | None, until: str | None) -> bool:
    return (since is None or timestamp >= since) and (until is None or "" < timestamp[: len(until)] <= until)
