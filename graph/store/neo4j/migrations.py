"""The schema, as named migrations that are recorded in the database. Each can be run again after it was broken off:
the server keeps no schema change and no data in one transaction."""

from __future__ import annotations

from collections.abc import Mapping

MIGRATIONS: Mapping[str, tuple[str, ...]] = {
    "first_graph": (
        # The labels of kinds first: programs that draw colour and caption a node by the first of its labels.
        """UNWIND ['Interaction', 'Note', 'Entity', 'Query', 'Insight', 'Fact', 'Episode'] AS label
            CALL db.createLabel(label)""",
        "CREATE CONSTRAINT memcli_id IF NOT EXISTS FOR (n:_Memcli) REQUIRE n.id IS UNIQUE",
        "CREATE CONSTRAINT memcli_lock IF NOT EXISTS FOR (n:_MemcliLock) REQUIRE n.name IS UNIQUE",
        "CREATE CONSTRAINT memcli_index IF NOT EXISTS FOR (n:_MemcliIndex) REQUIRE n.name IS UNIQUE",
        "CREATE CONSTRAINT memcli_migration IF NOT EXISTS FOR (n:_MemcliMigration) REQUIRE n.name IS UNIQUE",
        "CREATE CONSTRAINT memcli_checkpoint IF NOT EXISTS FOR (n:_MemcliCheckpoint) REQUIRE n.digest IS UNIQUE",
        "CREATE CONSTRAINT memcli_word IF NOT EXISTS FOR (n:_MemcliWord) REQUIRE n.word IS UNIQUE",
        """CREATE CONSTRAINT memcli_speaker IF NOT EXISTS
            FOR (n:_MemcliSpeaker) REQUIRE (n.scope, n.folded) IS UNIQUE""",
        "CREATE INDEX memcli_speaker_name IF NOT EXISTS FOR (n:_MemcliSpeaker) ON (n.folded)",
        "CREATE INDEX memcli_speaker_entity IF NOT EXISTS FOR (n:_MemcliSpeaker) ON (n.entity)",
        "CREATE INDEX memcli_alias IF NOT EXISTS FOR (n:_MemcliAlias) ON (n.folded)",
        "CREATE INDEX memcli_name IF NOT EXISTS FOR (n:_Memcli) ON (n.folded)",
        "CREATE INDEX memcli_place IF NOT EXISTS FOR (n:_MemcliText) ON (n.place)",
        "CREATE INDEX memcli_position IF NOT EXISTS FOR (n:_MemcliText) ON (n.scope, n.position)",
        """CREATE FULLTEXT INDEX memcli_whole IF NOT EXISTS FOR (n:_MemcliText) ON EACH [n.words, n.scope, n.space]
            OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}""",
        """CREATE FULLTEXT INDEX memcli_piece IF NOT EXISTS FOR (n:_MemcliPiece) ON EACH [n.words, n.scope, n.space]
            OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}""",
        "CALL db.awaitIndexes(60)",
    ),
    "vectors": (
        "CREATE INDEX memcli_of IF NOT EXISTS FOR (n:_MemcliText) ON (n.of)",
        """CREATE VECTOR INDEX memcli_vector IF NOT EXISTS FOR (n:_MemcliText) ON (n.vector)
            OPTIONS {indexConfig: {`vector.similarity_function`: 'cosine'}}""",
        "CALL db.awaitIndexes(60)",
    ),
    "removal": (
        "CREATE INDEX memcli_piece_of IF NOT EXISTS FOR (n:_MemcliPiece) ON (n.of)",
        "CREATE INDEX memcli_alias_entity IF NOT EXISTS FOR (n:_MemcliAlias) ON (n.entity)",
        "CALL db.awaitIndexes(60)",
    ),
    "events": (
        "CREATE CONSTRAINT memcli_event IF NOT EXISTS FOR (n:_MemcliEvent) REQUIRE n.id IS UNIQUE",
        "CREATE INDEX memcli_event_subject IF NOT EXISTS FOR (n:_MemcliEvent) ON (n.subject)",
        "CREATE INDEX memcli_event_other IF NOT EXISTS FOR (n:_MemcliEvent) ON (n.other)",
        "CREATE INDEX memcli_event_cause IF NOT EXISTS FOR (n:_MemcliEvent) ON (n.cause)",
        "CALL db.awaitIndexes(60)",
    ),
    "insight_votes": (
        """MATCH (i:_Memcli:Insight) WHERE i.votes IS NULL
            SET i += {scope: 'person', cues: [], votes: 0, merged_into: ''}""",
    ),
    "facts": (
        "CALL db.createLabel('Fact')",
        "CREATE INDEX memcli_slot IF NOT EXISTS FOR (n:_Memcli) ON (n.slot)",
        "CALL db.awaitIndexes(60)",
    ),
    # A memory that was made before gets them by `memcli episode derive`.
    "episodes": ("CALL db.createLabel('Episode')",),
    "folded_episodes": ("CALL db.createProperty('folded_strength')",),
    # `graph.store.neo4j.words.FILLER`. Behind the lock, for a process that does the same.
    "equal_lengths": (
        """MATCH (t:_MemcliText|_MemcliPiece) WHERE NOT ' ' + t.words ENDS WITH ' .'
            WITH collect(t) AS texts
            UNWIND range(0, size(texts) - 1, 2000) AS begun
            CALL (texts, begun) {
                MERGE (l:_MemcliLock {name: 'writer'}) SET l.taken = timestamp()
                WITH texts[begun..begun + 2000] AS some
                UNWIND some AS t
                WITH t WHERE NOT ' ' + t.words ENDS WITH ' .'
                SET t.words = ltrim(t.words + ' .')
            } IN TRANSACTIONS OF 1 ROW
            RETURN CASE WHEN begun + 2000 < size(texts) THEN begun + 2000 ELSE size(texts) END AS done""",
        """MATCH (i:_MemcliIndex {name: 'words'}) WHERE i.wholes > 0
            MERGE (w:_MemcliWord {word: '.'}) SET w.wholes = i.wholes, w.pieces = i.pieces""",
    ),
}
"""Every migration in order: what a store of this version has applied."""

NAMES = tuple(MIGRATIONS)

APPLIED = "MATCH (m:_MemcliMigration) RETURN m.name AS name ORDER BY m.number"
RECORD = "MERGE (m:_MemcliMigration {name: $name}) SET m.number = $number"
