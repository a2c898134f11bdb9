"""Taking out one batch: nodes with all that hangs on them, edges, full text, speakers, vectors, checkpoints."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from graph.model import EdgeKind, Removal
from graph.store.sqlite.rows import interactions, keys_of
from graph.store.sqlite.texts import unindex
from graph.store.sqlite.wipe import mark_unwiped
from graph.text import fold

_Spoken = tuple[str, str, int]
"""A conversation, the folded name of who speaks in it, and the key of their entity."""


def remove(connection: sqlite3.Connection, removed: Removal) -> None:
    """Take out what is `removed`, as `Changes` has it."""
    keys = keys_of(connection, removed.nodes)
    ends = keys | keys_of(connection, {end for source, _, target in removed.edges for end in (source, target)})
    edges = [(ends[s], kind.value, ends[t]) for s, kind, t in removed.edges if s in ends and t in ends]
    spoken = _spoken(connection, [*keys.values(), *(s for s, kind, _ in edges if kind == EdgeKind.SAID_BY)])
    gone = list(keys.values())
    said = interactions(connection, gone)
    if said:
        mark_unwiped(connection)
        unindex(connection, said, keys)
    connection.executemany("DELETE FROM edge WHERE source = ? AND kind = ? AND target = ?", edges)
    connection.execute("DELETE FROM event WHERE cause IN (SELECT value FROM json_each(?))", (json.dumps(list(keys)),))
    connection.execute("DELETE FROM event WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(removed.events),))
    # All else that belongs to a node goes with it: foreign keys see to that, and a trigger counts mentions.
    connection.execute("DELETE FROM node WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(gone),))
    _remove_speakers(connection, spoken)
    _remove_names(connection, removed.names)
    connection.execute(
        "DELETE FROM vector WHERE key IN (SELECT n.key FROM json_each(?) j JOIN node n ON n.id = j.value)",
        (json.dumps(removed.vectors),),
    )
    connection.execute(
        "DELETE FROM checkpoint WHERE digest IN (SELECT value FROM json_each(?))", (json.dumps(removed.checkpoints),)
    )


def _remove_names(connection: sqlite3.Connection, names: Sequence[tuple[str, str]]) -> None:
    keys = keys_of(connection, {id for id, _ in names})
    connection.executemany(
        """DELETE FROM alias WHERE entity = :entity AND folded = :folded AND folded NOT IN (
            SELECT a.folded FROM entity e JOIN alias a ON a.entity = e.key AND a.name = e.name WHERE e.key = :entity
        )""",
        [{"entity": keys[id], "folded": folded} for id, folded in names if id in keys],
    )


def _spoken(connection: sqlite3.Connection, keys: Sequence[int]) -> set[_Spoken]:
    """Who said the interactions with these keys, as `speaker` has it."""
    rows = connection.execute(
        """SELECT DISTINCT i.conversation, i.speaker, e.target FROM json_each(?) j JOIN interaction i ON i.key = j.value
        JOIN edge e ON e.source = i.key AND e.kind = 'said_by' WHERE i.speaker IS NOT NULL""",
        (json.dumps(keys),),
    )
    return {(conversation, fold(speaker), entity) for conversation, speaker, entity in rows}


def _remove_speakers(connection: sqlite3.Connection, spoken: Collection[_Spoken]) -> None:
    """Remove those of `spoken` who say nothing in their conversation any more."""
    by_conversation: Mapping[str, set[_Spoken]] = defaultdict(set)
    for each in spoken:
        by_conversation[each[0]].add(each)
    for conversation, gone in by_conversation.items():
        rows = connection.execute(
            """SELECT i.speaker, e.target FROM interaction i JOIN edge e ON e.source = i.key AND e.kind = 'said_by'
            WHERE i.conversation = ? AND i.speaker IS NOT NULL""",
            (conversation,),
        )
        for speaker, entity in rows:
            gone.discard((conversation, fold(speaker), entity))
            if not gone:
                break
    connection.executemany(
        "DELETE FROM speaker WHERE conversation = ? AND folded = ? AND entity = ?",
        sorted(each for gone in by_conversation.values() for each in gone),
    )
