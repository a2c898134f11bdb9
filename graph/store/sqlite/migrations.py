"""The schema, as named migrations that each run in a transaction of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils.db import Database
    from sqlite_utils.migrations import Migrations

SET = "memcli"
NAMES = (
    "first_graph",
    "vectors",
    "token_vectors",
    "events",
    "insight_votes",
    "facts",
    "edges_by_target",
    "vector_changes",
    "episodes",
    "folded_episodes",
)
"""Every migration in order: what a store of this version has applied."""


def migrations() -> Migrations:
    """Return the migrations, ready to be applied."""
    from sqlite_utils.migrations import Migrations

    known = Migrations(SET)
    known(name="first_graph")(first_graph)
    known(name="vectors")(vectors)
    known(name="token_vectors")(token_vectors)
    known(name="events")(events)
    known(name="insight_votes")(insight_votes)
    known(name="facts")(facts)
    known(name="edges_by_target")(edges_by_target)
    known(name="vector_changes")(vector_changes)
    known(name="episodes")(episodes)
    known(name="folded_episodes")(folded_episodes)
    return known


def first_graph(db: Database) -> None:
    """Interactions, notes, entities, queries and insights; typed edges; full text; checkpoints."""
    for statement in _FIRST_GRAPH.split(";;"):
        db.execute(statement)


def vectors(db: Database) -> None:
    """The vector of an interaction, by a model."""
    db.execute("""
        CREATE TABLE vector (
            key INTEGER PRIMARY KEY REFERENCES interaction (key) ON DELETE CASCADE,
            model TEXT NOT NULL,
            numbers BLOB NOT NULL
        )""")


def token_vectors(db: Database) -> None:
    """The vectors of an interaction's word pieces: apart, since a search by vectors reads all of `vector`."""
    db.execute("""
        CREATE TABLE token_vectors (
            key INTEGER PRIMARY KEY REFERENCES vector (key) ON DELETE CASCADE,
            tokens BLOB NOT NULL
        )""")


def events(db: Database) -> None:
    """What was decided about nodes, and when. It goes with what it is about."""
    db.execute("""
        CREATE TABLE event (
            id TEXT PRIMARY KEY,
            at TEXT NOT NULL,
            action TEXT NOT NULL,
            subject INTEGER NOT NULL REFERENCES node (key) ON DELETE CASCADE,
            other INTEGER REFERENCES node (key) ON DELETE CASCADE,
            old TEXT NOT NULL,
            new TEXT NOT NULL,
            reason TEXT NOT NULL,
            decided_by TEXT NOT NULL,
            cause TEXT NOT NULL,
            value INTEGER NOT NULL
        )""")
    for column in ("at", "subject", "other", "cause"):
        db.execute(f"CREATE INDEX event_{column} ON event ({column})")


def insight_votes(db: Database) -> None:
    """What insights hold for, when they apply, and the votes on them."""
    for column in ("scope TEXT NOT NULL DEFAULT 'person'", "cues TEXT NOT NULL DEFAULT '[]'"):
        db.execute(f"ALTER TABLE insight ADD COLUMN {column}")
    for column in ("votes INTEGER NOT NULL DEFAULT 0", "merged_into TEXT NOT NULL DEFAULT ''"):
        db.execute(f"ALTER TABLE insight ADD COLUMN {column}")


def facts(db: Database) -> None:
    """Statements with the times at which they held and were said. `slot` finds those that end each other."""
    db.execute("""
        CREATE TABLE fact (
            key INTEGER PRIMARY KEY REFERENCES node (key) ON DELETE CASCADE,
            text TEXT NOT NULL,
            subject TEXT NOT NULL,
            relation TEXT NOT NULL,
            object TEXT NOT NULL,
            valid_from TEXT,
            valid_to TEXT,
            recorded_at TEXT,
            retracted_at TEXT,
            position INTEGER NOT NULL,
            state TEXT NOT NULL,
            note TEXT NOT NULL,
            decided_by TEXT NOT NULL,
            slot TEXT NOT NULL
        )""")
    db.execute("CREATE INDEX fact_slot ON fact (slot) WHERE slot <> ''")


def edges_by_target(db: Database) -> None:
    """All that a walk reads of an edge stands in the index by target: the rows hold reasons, and lie far apart."""
    db.execute("DROP INDEX edge_target")
    db.execute("CREATE INDEX edge_target ON edge (target, kind, weight)")


def vector_changes(db: Database) -> None:
    """When each vector was made, in microseconds since 1970: what lies beside the database follows it by that."""
    db.execute("ALTER TABLE vector ADD COLUMN changed INTEGER NOT NULL DEFAULT 0")
    db.execute("UPDATE vector SET changed = CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)")
    db.execute("CREATE INDEX vector_changed ON vector (model, changed)")


def episodes(db: Database) -> None:
    """Runs of messages that belong together. A memory that was made before gets them by `memcli episode derive`."""
    db.execute("""
        CREATE TABLE episode (
            key INTEGER PRIMARY KEY REFERENCES node (key) ON DELETE CASCADE,
            title TEXT NOT NULL,
            conversation TEXT NOT NULL,
            session TEXT NOT NULL,
            position INTEGER NOT NULL,
            messages INTEGER NOT NULL,
            timestamp TEXT,
            ended TEXT
        )""")


def folded_episodes(db: Database) -> None:
    """The strength at which an episode was folded."""
    db.execute("ALTER TABLE episode ADD COLUMN folded_strength INTEGER")


_FIRST_GRAPH = """
CREATE TABLE node (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL
);;
CREATE TABLE interaction (
    key INTEGER PRIMARY KEY REFERENCES node (key) ON DELETE CASCADE,
    form TEXT NOT NULL,
    source_key TEXT NOT NULL,
    text TEXT NOT NULL,
    conversation TEXT NOT NULL,
    session TEXT NOT NULL,
    position INTEGER NOT NULL,
    speaker TEXT,
    timestamp TEXT,
    title TEXT,
    reply_to TEXT,
    metadata TEXT NOT NULL
);;
CREATE INDEX interaction_conversation ON interaction (conversation, position);;
CREATE INDEX interaction_source_key ON interaction (conversation, source_key);;
CREATE TABLE note (
    key INTEGER PRIMARY KEY REFERENCES node (key) ON DELETE CASCADE,
    title TEXT NOT NULL,
    context TEXT NOT NULL,
    keywords TEXT NOT NULL,
    tags TEXT NOT NULL,
    timestamp TEXT,
    decided_by TEXT NOT NULL
);;
CREATE TABLE entity (
    key INTEGER PRIMARY KEY REFERENCES node (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    mentions INTEGER NOT NULL DEFAULT 0
);;
CREATE TABLE alias (
    entity INTEGER NOT NULL REFERENCES entity (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    PRIMARY KEY (entity, name)
) WITHOUT ROWID;;
CREATE INDEX alias_folded ON alias (folded);;
CREATE TABLE speaker (
    conversation TEXT NOT NULL,
    folded TEXT NOT NULL,
    entity INTEGER NOT NULL REFERENCES entity (key) ON DELETE CASCADE,
    PRIMARY KEY (conversation, folded)
) WITHOUT ROWID;;
CREATE INDEX speaker_folded ON speaker (folded);;
CREATE INDEX speaker_entity ON speaker (entity, conversation);;
CREATE TABLE query (
    key INTEGER PRIMARY KEY REFERENCES node (key) ON DELETE CASCADE,
    text TEXT NOT NULL,
    outcome TEXT NOT NULL,
    asker TEXT,
    timestamp TEXT
);;
CREATE TABLE insight (
    key INTEGER PRIMARY KEY REFERENCES node (key) ON DELETE CASCADE,
    text TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    support INTEGER NOT NULL,
    decided_by TEXT NOT NULL
);;
CREATE TABLE edge (
    source INTEGER NOT NULL REFERENCES node (key) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    target INTEGER NOT NULL REFERENCES node (key) ON DELETE CASCADE,
    weight REAL NOT NULL,
    relation TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    PRIMARY KEY (source, kind, target)
) WITHOUT ROWID;;
CREATE INDEX edge_target ON edge (target, kind);;
CREATE TRIGGER mention_added AFTER INSERT ON edge WHEN new.kind IN ('mentions', 'about') BEGIN
    UPDATE entity SET mentions = mentions + 1 WHERE key = new.target;
END;;
CREATE TRIGGER mention_removed AFTER DELETE ON edge WHEN old.kind IN ('mentions', 'about') BEGIN
    UPDATE entity SET mentions = mentions - 1 WHERE key = old.target;
END;;
CREATE VIRTUAL TABLE whole_text USING fts5 (
    scope, heading, text, content = '', tokenize = 'porter unicode61 remove_diacritics 2'
);;
CREATE VIRTUAL TABLE piece_text USING fts5 (
    scope, heading, text, content = '', tokenize = 'porter unicode61 remove_diacritics 2'
);;
CREATE TABLE checkpoint (
    digest TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    records INTEGER NOT NULL,
    finished INTEGER NOT NULL
) WITHOUT ROWID
"""
