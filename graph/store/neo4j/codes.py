"""The codes of the server's errors, as memcli's errors."""

from __future__ import annotations

from graph.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreForeignError,
    StoreMissingError,
    StoreReadOnlyError,
    StoreSignInError,
)

CODES: tuple[tuple[tuple[str, ...], type[StoreError], str, str], ...] = (
    (
        ("ClientError.Security.AuthenticationRateLimit",),
        StoreError,
        "too many wrong passwords were given",
        "wait a few seconds, then set MEMCLI_NEO4J_PASSWORD to the right one",
    ),
    (
        ("ClientError.Security.Unauthorized",),
        StoreSignInError,
        "the user or the password is wrong",
        "set MEMCLI_NEO4J_PASSWORD, or see `memcli store login`; the user is the one in the URL, else neo4j",
    ),
    (
        ("ClientError.Security.CredentialsExpired",),
        StoreError,
        "the password has to be changed first",
        "sign in with Neo4j Browser or cypher-shell once and choose a new one",
    ),
    (
        ("ClientError.Database.DatabaseNotFound",),
        StoreMissingError,
        "there is no such database",
        "see which there are with `SHOW DATABASES`; without a name the default one is used",
    ),
    (
        ("ClientError.Security.Forbidden",),
        StoreReadOnlyError,
        "this user may not do that",
        "sign in as another user",
    ),
    (
        (
            "ClientError.General.ForbiddenOnReadOnlyDatabase",
            "ClientError.General.WriteOnReadOnlyAccessDatabase",
            "ClientError.Statement.AccessMode",
        ),
        StoreReadOnlyError,
        "the database cannot be written",
        "ask whoever keeps it, or name another store with --store",
    ),
    (
        (
            "TransientError.General.MemoryPoolOutOfMemoryError",
            "TransientError.General.TransactionMemoryLimit",
            "TransientError.General.OutOfMemoryError",
            "TransientError.General.StackOverFlowError",
            "ClientError.General.TransactionOutOfMemoryError",
        ),
        StoreError,
        "the transaction is too large for the server",
        "make it smaller with `memcli config set ingest.batch 16`, or give the server more memory",
    ),
    (
        ("DatabaseError.Schema.ConstraintCreationFailed",),
        StoreForeignError,
        "somebody else's nodes have memcli's labels",
        "use another database; memcli's labels are _Memcli and those that begin with it",
    ),
    (
        ("ClientError.Procedure.ProcedureCallFailed",),
        StoreCorruptError,
        "the server could not do a part of it: perhaps an index is missing or still being built",
        "wait and try again; else copy the memory into another store, or ingest its sources there",
    ),
    (
        (
            "ClientError.Transaction.TransactionTimedOut",
            "ClientError.Transaction.TransactionTimedOutClientConfiguration",
        ),
        StoreBusyError,
        "the server ended a transaction that took too long",
        "try again; what was committed stays",
    ),
    (
        ("ClientError.Transaction.Terminated", "ClientError.Transaction.LockClientStopped"),
        StoreBusyError,
        "somebody ended the transaction, or the server is stopping",
        "try again; what was committed stays",
    ),
)
"""What the server's codes mean, but for those that pass: these are the ones of which the driver says so, unless they
are here. To be out of memory is passing for the driver; the same batch would be too large the next time as well."""
