"""Whether the file, its indexes and its counts agree, and putting them right."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from graph.model import Fault
from graph.store.indexing import MOST_PIECES
from graph.store.sqlite.rows import interactions
from graph.store.sqlite.texts import index
from graph.store.sqlite.wipe import unwiped

_MOST = 100
"""Faults of one rule that are told one by one."""
_RULES = {
    "edges join nodes": """
        SELECT s.id, 'an edge ' || e.kind || ' leads to or from a node that is not there' FROM edge e
        LEFT JOIN node s ON s.key = e.source LEFT JOIN node t ON t.key = e.target
        WHERE s.key IS NULL OR t.key IS NULL""",
    "what is said is indexed": """
        SELECT n.id, 'full text does not find it' FROM interaction i JOIN node n ON n.key = i.key
        LEFT JOIN whole_text_docsize d ON d.id = i.key WHERE d.id IS NULL AND i.form <> 'asked'""",
    "only what is said is indexed": """
        SELECT '', 'full text has ' || count(*) || ' rows of what is not there' FROM (
            SELECT d.id FROM whole_text_docsize d LEFT JOIN interaction i ON i.key = d.id WHERE i.key IS NULL
            UNION ALL SELECT d.id FROM piece_text_docsize d
            LEFT JOIN interaction i ON i.key = d.id / :pieces WHERE i.key IS NULL
        ) HAVING count(*)""",
    "mentions are counted": """
        SELECT n.id, 'it counts ' || x.mentions || ' mentions, and has ' || x.there FROM (
            SELECT key, mentions, (
                SELECT count(*) FROM edge WHERE target = entity.key AND kind IN ('mentions', 'about')
            ) AS there FROM entity
        ) x JOIN node n ON n.key = x.key WHERE x.mentions <> x.there""",
    "nodes are whole": """
        SELECT n.id, 'there is no ' || n.kind || ' of it' FROM node n WHERE NOT EXISTS (
            SELECT 1 FROM interaction WHERE key = n.key UNION ALL SELECT 1 FROM note WHERE key = n.key
            UNION ALL SELECT 1 FROM entity WHERE key = n.key UNION ALL SELECT 1 FROM query WHERE key = n.key
            UNION ALL SELECT 1 FROM insight WHERE key = n.key UNION ALL SELECT 1 FROM fact WHERE key = n.key
            UNION ALL SELECT 1 FROM episode WHERE key = n.key
        )""",
    "vectors belong to what is said": """
        SELECT '', 'a vector belongs to what is not there' FROM vector v
        LEFT JOIN interaction i ON i.key = v.key WHERE i.key IS NULL""",
    "who speaks has said something": """
        SELECT n.id, 'it is a speaker of a conversation in which it says nothing' FROM speaker s
        JOIN node n ON n.key = s.entity WHERE NOT EXISTS (
            SELECT 1 FROM edge e JOIN interaction i ON i.key = e.source
            WHERE e.target = s.entity AND e.kind = 'said_by' AND i.conversation = s.conversation
        )""",
}
_REPAIRS = (
    "DELETE FROM edge WHERE source NOT IN (SELECT key FROM node) OR target NOT IN (SELECT key FROM node)",
    "DELETE FROM vector WHERE key NOT IN (SELECT key FROM interaction)",
    """UPDATE entity SET mentions = (
        SELECT count(*) FROM edge WHERE target = entity.key AND kind IN ('mentions', 'about')
    )""",
    """DELETE FROM speaker WHERE NOT EXISTS (
        SELECT 1 FROM edge e JOIN interaction i ON i.key = e.source
        WHERE e.target = speaker.entity AND e.kind = 'said_by' AND i.conversation = speaker.conversation
    )""",
    """DELETE FROM node WHERE NOT EXISTS (
        SELECT 1 FROM interaction WHERE key = node.key UNION ALL SELECT 1 FROM note WHERE key = node.key
        UNION ALL SELECT 1 FROM entity WHERE key = node.key UNION ALL SELECT 1 FROM query WHERE key = node.key
        UNION ALL SELECT 1 FROM insight WHERE key = node.key UNION ALL SELECT 1 FROM fact WHERE key = node.key
        UNION ALL SELECT 1 FROM episode WHERE key = node.key
    )""",
    "INSERT INTO whole_text (whole_text) VALUES ('delete-all')",
    "INSERT INTO piece_text (piece_text) VALUES ('delete-all')",
)
_CHUNK = 500


def faults(connection: sqlite3.Connection) -> list[Fault]:
    """What is wrong, as `Upkeep.faults` has it."""
    return list(_faults(connection))


def _faults(connection: sqlite3.Connection) -> Iterator[Fault]:
    for (told,) in connection.execute("PRAGMA quick_check").fetchall():
        if told != "ok":
            yield Fault("the file is whole", "", str(told))
    for rule, statement in _RULES.items():
        for id, what in connection.execute(statement, {"pieces": MOST_PIECES}).fetchmany(_MOST):
            yield Fault(rule, id or "", what)
    if unwiped(connection):
        yield Fault("what is forgotten is wiped", "", "the file still has bytes of what was forgotten")


def repair(connection: sqlite3.Connection) -> None:
    """Put it right, inside a transaction: what hangs loose goes, counts and full text are made anew."""
    for statement in _REPAIRS:
        connection.execute(statement)
    last = -1
    while keys := [
        key
        for (key,) in connection.execute(
            "SELECT key FROM interaction WHERE key > ? ORDER BY key LIMIT ?", (last, _CHUNK)
        )
    ]:
        last = keys[-1]
        said = interactions(connection, keys)
        index(connection, said, dict(zip([each.id for each in said], keys, strict=True)))
