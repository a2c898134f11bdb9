"""What every format writes of a node and of an edge, and the table of names and types it declares.

Three shapes, each a dict in a fixed order, without `None` and without empty metadata:

- `node_properties`, `edge_properties`: the model's own field names; lists for tuples, metadata as
  JSON objects with sorted keys. Nothing is lost.
- `captioned`: the same for programs that draw; `label` is the caption, and what the model calls an
  entity's label is `entity_type`.
- `flat`: strings and numbers only, for formats that know nothing else; lists and maps are JSON text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from graph.model import Edge, Json, Node, caption, kind_of

Scalar = str | int | float

_RENAMED = {"label": "entity_type"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def node_properties(node: Node) -> dict[str, Json]:
    """Return `kind`, `id` and every other field of `node` in the model's order."""
    return {"kind": kind_of(node).value} | _properties(node)


def edge_properties(edge: Edge) -> dict[str, Json]:
    """Return `source`, `target`, `kind` and every other field of `edge` in the model's order."""
    # A store may hand 1 for 1.0; two stores that hold the same graph must give the same text.
    return _properties(edge) | {"weight": float(edge.weight)}


def captioned(node: Node) -> dict[str, Json]:
    """Return `id`, `kind`, `label` (the caption) and the other fields of `node`."""
    named = {_RENAMED.get(name, name): value for name, value in node_properties(node).items()}
    return {"id": node.id, "kind": named["kind"], "label": caption(node)} | named


def flat(properties: Mapping[str, Json]) -> dict[str, Scalar]:
    """Return `properties` with every list and map as JSON text."""
    return {name: json_text(value) if isinstance(value, list | dict) else value for name, value in properties.items()}


def json_text(value: Json) -> str:
    """Return `value` as one line of JSON; a lone surrogate, which UTF-8 cannot hold, stays an escape."""
    text = json.dumps(value, ensure_ascii=False)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def node_columns() -> dict[str, type]:
    """Return the names that `captioned` may give, each with `str`, `int`, `float` or `list`."""
    columns: dict[str, type] = {"id": str, "kind": str, "label": str}
    for kind in get_args(Node):
        columns |= {_RENAMED.get(name, name): shape for name, shape in _columns(kind).items()}
    return columns


def edge_columns() -> dict[str, type]:
    """Return the names that `edge_properties` gives, each with `str`, `int`, `float` or `list`."""
    return _columns(Edge)


def _properties(item: Node | Edge) -> dict[str, Json]:
    values = {name: _plain(getattr(item, name)) for name in item.__struct_fields__}
    return {name: value for name, value in values.items() if value is not None and value != {}}


def _plain(value: Any) -> Json:
    if value is None or type(value) in (str, int, float):  # nearly all, and telling a Mapping is slow
        return value
    match value:
        case Enum():
            return value.value
        case tuple():
            return list(value)
        case Mapping():
            # JSON has no NaN and no infinity, though lenient parsers let them in.
            return json.loads(json.dumps(dict(value), sort_keys=True), parse_constant=lambda _: None)
        case _:
            return value


def _columns(kind: type) -> dict[str, type]:
    return {name: _shape(hint) for name, hint in get_type_hints(kind).items()}


def _shape(hint: Any) -> type:
    if get_origin(hint) is tuple:
        return list
    # What there may not be has the shape that it has where it is.
    first = (get_args(hint) or (hint,))[0]
    return first if first in (int, float) else str
