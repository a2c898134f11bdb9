"""Reading nodes, edges and neighbourhoods."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec.structs import replace

from graph.ids import prefixes
from graph.model import (
    Checkpoint,
    Entity,
    EntityMatch,
    Event,
    Frontier,
    Interaction,
    Node,
    NodeKind,
    Selection,
    Vector,
    caption,
)
from graph.ports import TAIL
from graph.store.sqlite.rows import SELECT, keys_of, to_checkpoint, to_event, to_node
from graph.text import fold

_OF_IDS = " AND n.id IN (SELECT value FROM json_each(:ids))"
# As `graph.relations.order` has them.
_OF_IDS_OR_SLOTS = """ AND n.key IN (
    SELECT m.key FROM json_each(:ids) j JOIN node m ON m.id = j.value
    UNION SELECT key FROM (
        SELECT f.key, row_number() OVER (
            PARTITION BY f.slot
            ORDER BY coalesce(f.valid_from || '~', '') DESC, coalesce(f.recorded_at, '') DESC, f.position DESC,
                m.id DESC
        ) AS place
        FROM json_each(:slots) j JOIN fact f ON f.slot = j.value AND f.slot <> '' JOIN node m ON m.key = f.key
    ) WHERE :newest IS NULL OR place <= :newest
)"""
_OF_CONVERSATION = """ AND n.key IN (
    WITH said (key) AS (SELECT key FROM interaction WHERE conversation = :conversation), noted (key) AS (
        SELECT e.source FROM said JOIN edge e ON e.target = said.key WHERE e.kind = 'derived_from'
    )
    SELECT key FROM said UNION SELECT key FROM noted
    UNION SELECT e.source FROM said JOIN edge e ON e.target = said.key WHERE e.kind IN ('asked_in', 'answered_by')
    UNION SELECT e.target FROM said JOIN edge e ON e.source = said.key WHERE e.kind IN ('said_by', 'part_of')
    UNION SELECT e.target FROM noted JOIN edge e ON e.source = noted.key WHERE e.kind IN ('mentions', 'about')
    UNION SELECT e.source FROM noted JOIN edge e ON e.target = noted.key WHERE e.kind IN ('supported_by', 'stated_in')
)"""
_OF_TAILS = """ AND x.key IN (
    SELECT i.key FROM json_each(:conversations) j JOIN interaction i ON i.conversation = j.value
    WHERE i.position > (SELECT max(position) FROM interaction WHERE conversation = j.value) - :tail
) ORDER BY x.conversation, x.position"""
_BY_ID = " ORDER BY n.id"
_BY_DEGREE = """ ORDER BY (SELECT count(*) FROM edge WHERE source = n.key)
    + (SELECT count(*) FROM edge WHERE target = n.key) DESC, n.id"""
_CHUNK = 256
"""Nodes read at once where others decide their order."""


def nodes(connection: sqlite3.Connection, selection: Selection) -> Iterator[Node]:
    """The selected nodes, as `Store.nodes` has it."""
    found = _ranked(connection, selection) if selection.ranked else _sorted(connection, selection)
    if selection.contains is not None:
        wanted = fold(selection.contains)
        found = (node for node in found if wanted in fold(caption(node)))
    return islice(found, selection.limit)


def _sorted(connection: sqlite3.Connection, selection: Selection) -> Iterator[Node]:
    # Ids begin with a letter for their kind, so that kinds in this order give ids in order.
    for kind in SELECT:
        if selection.kinds and kind not in selection.kinds:
            continue
        own = _of_kind(selection, kind)
        if (selection.ids or selection.slots) and not (own.ids or own.slots):
            continue
        statement = SELECT[kind] + _named(own)
        if selection.conversation is not None:
            statement += _OF_CONVERSATION
        given = {**_given(own), "since": selection.since, "until": selection.until}
        for row in connection.execute(statement + _BY_ID, given):
            yield to_node(kind, row)


def _of_kind(selection: Selection, kind: NodeKind) -> Selection:
    """A selection without the ids of other kinds, and without slots, which facts have, for any other."""
    ids = tuple([id for id in selection.ids if id.startswith(prefixes(kind))])
    return replace(selection, ids=ids, slots=selection.slots if kind is NodeKind.FACT else ())


def _ranked(connection: sqlite3.Connection, selection: Selection) -> Iterator[Node]:
    """The selected nodes by degree: their order is found first, and they are read as they are wanted."""
    statement = "SELECT n.id FROM node n WHERE (:all OR n.kind IN (SELECT value FROM json_each(:kinds)))"
    statement += _named(selection)
    if selection.conversation is not None:
        statement += _OF_CONVERSATION
    given = {
        "all": not selection.kinds,
        "kinds": json.dumps(selection.kinds),
        **_given(selection),
    }
    order = connection.execute(statement + _BY_DEGREE, given)
    while ids := tuple(id for (id,) in order.fetchmany(_CHUNK)):
        chunk = Selection(selection.kinds, since=selection.since, until=selection.until, ids=ids)
        node_of = {node.id: node for node in _sorted(connection, chunk)}
        yield from (node_of[id] for id in ids if id in node_of)


def _given(selection: Selection) -> dict[str, object]:
    """What the parts of a statement take that narrow it."""
    return {
        "conversation": selection.conversation,
        "ids": json.dumps(selection.ids),
        "slots": json.dumps(tuple(dict.fromkeys(selection.slots))),
        "newest": selection.newest,
    }


def _named(selection: Selection) -> str:
    """What narrows a statement to the nodes that are named, where some are."""
    if selection.slots:
        return _OF_IDS_OR_SLOTS
    return _OF_IDS if selection.ids else ""


def resolve(connection: sqlite3.Connection, names: Sequence[str], conversation: str | None) -> list[EntityMatch]:
    """Entities and speakers that `names` may mean, as `Store.resolve` has it."""
    rows = connection.execute(
        """WITH asked (name) AS (SELECT value FROM json_each(:names)), found (entity, name) AS (
            SELECT a.entity, q.name FROM asked q JOIN alias a ON a.folded = q.name
            UNION SELECT s.entity, q.name FROM asked q JOIN speaker s
                ON s.folded >= q.name AND s.folded < q.name || char(1114111)
                WHERE length(q.name) > 2 AND (:conversation IS NULL OR s.conversation = :conversation)
        )
        SELECT n.id, e.name, e.label, (
            SELECT json_group_array(name) FROM (
                SELECT name FROM alias WHERE entity = e.key AND name <> e.name ORDER BY name
            )
        ), f.name, e.mentions, EXISTS (
            SELECT 1 FROM speaker s WHERE s.entity = e.key AND (:conversation IS NULL OR s.conversation = :conversation)
        ) FROM found f JOIN entity e ON e.key = f.entity JOIN node n ON n.key = f.entity ORDER BY n.id, f.name""",
        {"names": json.dumps(names), "conversation": conversation},
    )
    return [
        EntityMatch(Entity(id, name, label, tuple(json.loads(aliases))), found_by, mentions, bool(speaks))
        for id, name, label, aliases, found_by, mentions, speaks in rows
    ]


def frontier(
    connection: sqlite3.Connection,
    ids: Sequence[str],
    conversations: Sequence[str],
    keys: Sequence[tuple[str, str]],
) -> Frontier:
    """What is known, tails and replied-to interactions, as `Store.frontier` has it."""
    given = {"since": None, "until": None, "conversations": json.dumps(conversations), "tail": TAIL}
    tails: dict[str, tuple[Interaction, ...]] = {}
    for row in connection.execute(SELECT[NodeKind.INTERACTION] + _OF_TAILS, given):
        each = to_node(NodeKind.INTERACTION, row)
        assert isinstance(each, Interaction)
        tails[each.conversation] = (*tails.get(each.conversation, ()), each)
    located = connection.execute(
        """SELECT i.conversation, i.source_key, n.id FROM json_each(?) j
        JOIN interaction i ON i.source_key = j.value ->> 1 AND i.conversation = j.value ->> 0
        JOIN node n ON n.key = i.key ORDER BY i.position""",
        (json.dumps(keys),),
    )
    episodes = connection.execute(
        """SELECT n.id, o.id FROM json_each(?) j JOIN node n ON n.id = j.value
        JOIN edge e ON e.source = n.key AND e.kind = 'part_of' JOIN node o ON o.key = e.target""",
        (json.dumps([each.id for tail in tails.values() for each in tail]),),
    )
    known = keys_of(connection, ids).keys()
    return Frontier(known, tails, {(conversation, key): id for conversation, key, id in located}, dict(episodes))


def checkpoints(connection: sqlite3.Connection, digests: Sequence[str] | None) -> Iterator[Checkpoint]:
    """How far sources were taken in, as `Store.checkpoints` has it."""
    rows = connection.execute(
        """SELECT digest, name, records, finished FROM checkpoint
        WHERE :all OR digest IN (SELECT value FROM json_each(:digests)) ORDER BY digest""",
        {"all": digests is None, "digests": json.dumps(digests)},
    )
    return map(to_checkpoint, rows)


_VECTORS = """
    SELECT n.id, v.model, v.numbers, coalesce(t.tokens, x'')
    FROM node n CROSS JOIN vector v ON v.key = n.key LEFT JOIN token_vectors t ON t.key = v.key"""
_BY_IDS = " WHERE n.id IN (SELECT value FROM json_each(:ids))"


def vectors(connection: sqlite3.Connection, ids: Sequence[str] | None) -> Iterator[Vector]:
    """The vectors of nodes, as `Store.vectors` has it."""
    # Of some, the other vectors are not looked at.
    statement = _VECTORS if ids is None else _VECTORS + _BY_IDS
    given = {} if ids is None else {"ids": json.dumps(ids)}
    return (Vector(*row) for row in connection.execute(statement + _BY_ID, given))


_EVENT = """
    SELECT v.id, v.at, v.action, s.id, o.id, v.old, v.new, v.reason, v.decided_by, v.cause, v.value
    FROM event v JOIN node s ON s.key = v.subject LEFT JOIN node o ON o.key = v.other
    WHERE (:since IS NULL OR v.at >= :since)"""
_ABOUT = """ AND v.id IN (
    WITH about (id) AS (SELECT value FROM json_each(:about)), mine (key) AS (SELECT value FROM json_each(:keys))
    SELECT id FROM event WHERE subject IN mine UNION SELECT id FROM event WHERE other IN mine
    UNION SELECT id FROM event WHERE cause IN about UNION SELECT id FROM event WHERE id IN about
)"""
_BY_TIME = " ORDER BY v.at, v.id"


def events(connection: sqlite3.Connection, about: Sequence[str] | None, since: str | None) -> Iterator[Event]:
    """What was decided, as `Store.events` has it."""
    given = {"since": since}
    if about is None:
        return map(to_event, connection.execute(_EVENT + _BY_TIME, given))
    keys = list(keys_of(connection, about).values())
    # An empty cause is none.
    given |= {"about": json.dumps([id for id in about if id]), "keys": json.dumps(keys)}
    return map(to_event, connection.execute(_EVENT + _ABOUT + _BY_TIME, given))
