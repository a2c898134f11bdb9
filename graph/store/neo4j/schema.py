"""The constraints and indexes of a store, and whether somebody else has something in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from graph.store.neo4j.migrations import MIGRATIONS

SHOW: Final = "SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, owningConstraint, options"
"""What `clash` is given. A constraint is there as the index that it owns, under its name."""

_ANALYZER = "whitespace"
_MAKES = re.compile(
    r"CREATE (CONSTRAINT|INDEX|FULLTEXT INDEX|VECTOR INDEX) (\w+) IF NOT EXISTS\s+FOR \(n:(\w+)\)\s+"
    r"(?:REQUIRE|ON EACH|ON) [(\[]?([n\w., ]+)"
)
_TYPES: Mapping[str, str] = {"FULLTEXT INDEX": "FULLTEXT", "VECTOR INDEX": "VECTOR"}


class Made(Struct, frozen=True):
    """A constraint or an index: of which type, whether it constrains, on which label and properties."""

    type: str
    constrains: bool
    label: str
    properties: tuple[str, ...]


def planned() -> dict[str, Made]:
    """What the migrations make, by name."""
    plan: dict[str, Made] = {}
    for statement in (each for statements in MIGRATIONS.values() for each in statements):
        if made := _MAKES.match(statement):
            kind, name, label, properties = made.groups()
            on = tuple(each.strip().removeprefix("n.") for each in properties.partition(" IS ")[0].split(","))
            plan[name] = Made(_TYPES.get(kind, "RANGE"), kind == "CONSTRAINT", label, on)
    return plan


def clash(found: Iterable[Mapping[str, Any]]) -> str | None:
    """The name of an index in `found` (rows of `SHOW`) that keeps one of ours from being made or used; None if none.

    The server makes nothing where a name is taken, or where an index on the same properties is there under another.
    The latter does no harm to constraints and range indexes; full text is asked by name.
    """
    plan = planned()
    return next((row["name"] for row in found if _in_the_way(row, plan)), None)


def _in_the_way(row: Mapping[str, Any], plan: Mapping[str, Made]) -> bool:
    labels, properties = row["labelsOrTypes"] or [], row["properties"] or []
    label = labels[0] if len(labels) == 1 and row["entityType"] == "NODE" else ""
    there = Made(row["type"], row["owningConstraint"] is not None, label, tuple(properties))
    if (ours := plan.get(row["name"])) is not None:
        analyzer = row["options"]["indexConfig"].get("fulltext.analyzer", _ANALYZER)
        return there != ours or analyzer != _ANALYZER
    if there.type in ("FULLTEXT", "VECTOR"):
        return there in plan.values()
    return not there.constrains and replace(there, constrains=True) in plan.values()
