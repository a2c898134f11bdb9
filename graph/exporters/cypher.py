"""A Cypher script that loads the graph into a Neo4j database (5 or newer)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from graph.exporters.characters import REPLACEMENT
from graph.labels import LABELS, TYPES, edge_properties, node_properties
from graph.model import EDGE_ENDS, Edge, EdgeKind, NodeKind, Snapshot, kind_of

_ROWS = 200
_CHARACTERS = 1_000_000
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
# NUL and lone surrogates have no place in a database; line separators would end the line.
_LOST = re.compile("[\x00\ud800-\udfff]")
_SPECIAL = re.compile("(?<=\\\\)u|[\\\\'\x01-\x1f\x7f-\x9f\u2028\u2029]")

Kind = TypeVar("Kind", NodeKind, EdgeKind)


class CypherExporter:
    """Writes one statement a line, for `cypher-shell --file`: a constraint a label, then batches.

    It gives the labels, types and properties that a memory kept in Neo4j has, without what memcli itself needs to find
    things: a graph to ask questions in Cypher, and no store to open with memcli. Loading it twice changes nothing.
    """

    name: ClassVar[str] = "cypher"
    suffix: ClassVar[str] = ".cypher"
    about: ClassVar[str] = "a Cypher script for Neo4j"

    def chunks(self, snapshot: Snapshot) -> Iterator[str]:
        for kind in NodeKind:
            yield (
                f"CREATE CONSTRAINT memcli_{kind.value}_id IF NOT EXISTS "
                f"FOR (n:{LABELS[kind]}) REQUIRE n.id IS UNIQUE;\n"
            )
        for kind, rows in _batches((kind_of(node), literal(node_properties(node))) for node in snapshot.nodes()):
            yield f"UNWIND [{rows}] AS row MERGE (n:{LABELS[kind]} {{id: row.id}}) SET n += row;\n"
        for relation, rows in _batches((edge.kind, _edge(edge)) for edge in snapshot.edges()):
            yield f"UNWIND [{rows}] AS row {_joined(relation)} SET r = row.properties;\n"


def literal(value: Any) -> str:
    """Return `value` (text, a number, a boolean, a time, a list or a map with plain names) as a Cypher literal."""
    match value:
        case str():
            return f"'{_SPECIAL.sub(_escape, _LOST.sub(REPLACEMENT, value))}'"
        case bool():
            return str(value).lower()
        case datetime():
            return f"localdatetime('{value.isoformat()}')"
        case float():
            digits = format(Decimal(repr(value)), "f")
            return digits if "." in digits else f"{digits}.0"
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case dict():
            return f"{{{', '.join(f'{name}: {literal(each)}' for name, each in value.items())}}}"
        case _:
            return str(value)


def _escape(match: re.Match[str]) -> str:
    # Some versions resolve `\uXXXX` before they read strings, even behind an escaped backslash:
    # a `u` that follows a backslash is therefore an escape of its own.
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"


def _joined(kind: EdgeKind) -> str:
    source, target = EDGE_ENDS[kind]
    return (
        f"MATCH (a:{LABELS[source]} {{id: row.source}}) MATCH (b:{LABELS[target]} {{id: row.target}}) "
        f"MERGE (a)-[r:{TYPES[kind]}]->(b)"
    )


def _edge(edge: Edge) -> str:
    return literal({"source": edge.source, "target": edge.target, "properties": edge_properties(edge)})


def _batches(rows: Iterable[tuple[Kind, str]]) -> Iterator[tuple[Kind, str]]:
    """Gather rows by kind until there are enough for a statement; what waits is bounded."""
    waiting: dict[Kind, list[str]] = {}
    sizes: Counter[Kind] = Counter()
    for kind, row in rows:
        batch = waiting.setdefault(kind, [])
        batch.append(row)
        sizes[kind] += len(row)
        if len(batch) >= _ROWS or sizes[kind] >= _CHARACTERS:
            yield kind, ", ".join(waiting.pop(kind))
            del sizes[kind]
    for kind, batch in waiting.items():
        yield kind, ", ".join(batch)
