"""Parts of a memory as lines of JSON, and back: the way back takes only what the way there would write."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from itertools import chain
from struct import unpack
from typing import Any, TypeVar

import msgspec

from graph.embedding.interaction import FORM, is_framed
from graph.exporters.jsonl import edge_line, node_line
from graph.ids import PREFIXES, prefixes
from graph.model import (
    EDGE_ENDS,
    Checkpoint,
    Edge,
    Entity,
    Episode,
    Event,
    Fact,
    Insight,
    Interaction,
    Item,
    Json,
    Node,
    NodeKind,
    Note,
    Query,
    Vector,
)

_MADE: Mapping[NodeKind, type[Node]] = {
    NodeKind.INTERACTION: Interaction,
    NodeKind.EPISODE: Episode,
    NodeKind.NOTE: Note,
    NodeKind.ENTITY: Entity,
    NodeKind.FACT: Fact,
    NodeKind.QUERY: Query,
    NodeKind.INSIGHT: Insight,
}
T = TypeVar("T")

_ID = re.compile(r"[!-.0-~]{1,100}")
"""What an id and a digest are made of: no slash, which stands between the name of a space and an id."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_LATER = ("scope", "cues", "votes", "merged_into")
"""Fields of insights that version 1 of backups does not have."""
_DEEPEST = 100
"""Levels of nesting in metadata."""
_LARGEST = 2**63


def line_of(item: Item) -> str:
    """The line of a part of a memory."""
    match item:
        case Edge():
            return edge_line(item)
        case Vector() | Event() | Checkpoint():
            record = {"type": type(item).__name__.lower()} | msgspec.to_builtins(item)
            return json.dumps(record, ensure_ascii=False) + "\n"
    return node_line(item)


def record_of(line: bytes) -> Item:
    """What `line_of` wrote as `line`.

    Raises:
        ValueError: it never wrote that, or what no store can hold.
    """
    try:
        record = json.loads(line)
        item = _item(record)
        written = line_of(item)
        if isinstance(item, Insight) and not any(name in record for name in _LATER):
            left = {name: value for name, value in json.loads(written).items() if name not in _LATER}
            written = json.dumps(left, ensure_ascii=False) + "\n"
    except (TypeError, LookupError, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from error
    if written.encode("utf-8") != line:
        raise ValueError("not as it was written")
    return item


def _item(record: Any) -> Item:
    values = dict(record)
    match values.pop("type"):
        case "node":
            kind = NodeKind(values.pop("kind"))
            node = _made(_MADE[kind], values)
            _check_id(node.id, kind)
            return node
        case "edge":
            edge = _made(Edge, values)
            for id, kind in zip((edge.source, edge.target), EDGE_ENDS[edge.kind], strict=True):
                _check_id(id, kind)
            return edge
        case "vector":
            vector = _made(Vector, values)
            _check_id(vector.node, NodeKind.INTERACTION)
            _check_numbers(vector.numbers)
            _check_tokens(vector)
            return vector
        case "event":
            event = _made(Event, values)
            _check_event(event)
            return event
        case "checkpoint":
            checkpoint = _made(Checkpoint, values)
            if not _ID.fullmatch(checkpoint.digest):
                raise ValueError(f"{checkpoint.digest!r} is no digest")
            return checkpoint
    raise ValueError("neither node nor edge nor vector nor event nor checkpoint")


def _check_id(id: str, kind: NodeKind) -> None:
    if not (id.startswith(prefixes(kind)) and _ID.fullmatch(id)):
        raise ValueError(f"{id!r} is no id of kind {kind}")


def _check_event(event: Event) -> None:
    ids = [id for id in (event.id, event.subject, event.other, event.cause) if id]
    if not event.subject or not event.id.startswith(PREFIXES["event"]) or not all(map(_ID.fullmatch, ids)):
        raise ValueError(f"{event.id!r} is no event about a node")
    if not _MOMENT.fullmatch(event.at):
        raise ValueError(f"{event.at!r} is no time in UTC")


def _check_numbers(numbers: bytes) -> None:
    count, rest = divmod(len(numbers), 4)
    length = math.hypot(*unpack(f"<{count}f", numbers)) if count and not rest else math.nan
    if not math.isclose(length, 1, abs_tol=1e-3):
        raise ValueError("the numbers of no vector of length 1")


def _check_tokens(vector: Vector) -> None:
    """Those of another form say so in the name of their model, and are looked at by nobody."""
    if vector.tokens and vector.model.endswith(f".{FORM}") and not is_framed(vector.tokens):
        raise ValueError("the tokens of no text")


def _made(kind: type[T], values: Mapping[str, Json]) -> T:
    """`values` as the fields of a `kind`.

    Raises:
        ValueError: one is of another type, or no store can hold it.
    """
    item = msgspec.convert(values, kind)
    _check(values, 1 + _DEEPEST)
    # Those in metadata are kept as text, of any size.
    if any(type(each) is int and not -_LARGEST <= each < _LARGEST for each in values.values()):
        raise ValueError("a number out of range")
    return item


def _check(value: Json, depth: int) -> None:
    """See that every store can hold `value`, and that it is nested no deeper than `depth`."""
    match value:
        case str():
            # A lone surrogate cannot be encoded.
            if b"\0" in value.encode("utf-8"):
                raise ValueError("a NUL character")
        case float():
            if not math.isfinite(value):
                raise ValueError("a number out of range")
        case list() | dict():
            if not depth:
                raise ValueError("nested too deeply")
            for each in chain(value, value.values() if isinstance(value, dict) else ()):
                _check(each, depth - 1)
