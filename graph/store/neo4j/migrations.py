"""The schema, as named migrations that are recorded in the database. Each can be run again after it was broken off:
the server keeps no schema change and no data in one transaction."""

from __future__ import annotations

from collections.abc import Mapping

MIGRATIONS: Mapping[str, tuple[str, ...]] = {
    "first_graph": (
        "CREATE CONSTRAINT memcli_id IF NOT EXISTS FOR (n:Memcli) REQUIRE n.id IS UNIQUE",
        "CREATE CONSTRAINT memcli_lock IF NOT EXISTS FOR (n:MemcliLock) REQUIRE n.name IS UNIQUE",
        "CREATE CONSTRAINT memcli_index IF NOT EXISTS FOR (n:MemcliIndex) REQUIRE n.name IS UNIQUE",
        "CREATE CONSTRAINT memcli_migration IF NOT EXISTS FOR (n:MemcliMigration) REQUIRE n.name IS UNIQUE",
        "CREATE CONSTRAINT memcli_checkpoint IF NOT EXISTS FOR (n:MemcliCheckpoint) REQUIRE n.digest IS UNIQUE",
        "CREATE CONSTRAINT memcli_word IF NOT EXISTS FOR (n:MemcliWord) REQUIRE n.word IS UNIQUE",
        """CREATE CONSTRAINT memcli_speaker IF NOT EXISTS
            FOR (n:MemcliSpeaker) REQUIRE (n.scope, n.folded) IS UNIQUE""",
        "CREATE INDEX memcli_speaker_name IF NOT EXISTS FOR (n:MemcliSpeaker) ON (n.folded)",
        "CREATE INDEX memcli_alias IF NOT EXISTS FOR (n:MemcliAlias) ON (n.folded)",
        "CREATE INDEX memcli_name IF NOT EXISTS FOR (n:Memcli) ON (n.folded)",
        "CREATE INDEX memcli_place IF NOT EXISTS FOR (n:Memcli) ON (n.place)",
        "CREATE INDEX memcli_position IF NOT EXISTS FOR (n:Memcli) ON (n.scope, n.position)",
        """CREATE FULLTEXT INDEX memcli_whole IF NOT EXISTS FOR (n:Memcli) ON EACH [n.words, n.scope]
            OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}""",
        """CREATE FULLTEXT INDEX memcli_piece IF NOT EXISTS FOR (n:MemcliPiece) ON EACH [n.words, n.scope]
            OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}""",
        "CALL db.awaitIndexes(60)",
    ),
}
"""Every migration in order: what a store of this version has applied."""

NAMES = tuple(MIGRATIONS)

APPLIED = "MATCH (m:MemcliMigration) RETURN m.name AS name ORDER BY m.number"
RECORD = "MERGE (m:MemcliMigration {name: $name}) SET m.number = $number"
