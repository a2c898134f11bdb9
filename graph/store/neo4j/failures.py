"""What the driver and the server say of a failure, as one of memcli's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from graph.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreForeignError,
    StoreMissingError,
    StoreReadOnlyError,
    StoreSignInError,
)

_BY_CODE: tuple[tuple[str, type[StoreError], str, str], ...] = (
    (
        "Neo.ClientError.Security.AuthenticationRateLimit",
        StoreError,
        "too many wrong passwords were given",
        "wait a few seconds, then set MEMCLI_NEO4J_PASSWORD to the right one",
    ),
    (
        "Neo.ClientError.Security.Unauthorized",
        StoreSignInError,
        "the user or the password is wrong",
        "set MEMCLI_NEO4J_PASSWORD, or see `memcli store login`; the user is the one in the URL, else neo4j",
    ),
    (
        "Neo.ClientError.Security.CredentialsExpired",
        StoreError,
        "the password has to be changed first",
        "sign in with Neo4j Browser or cypher-shell once and choose a new one",
    ),
    (
        "Neo.ClientError.Database.DatabaseNotFound",
        StoreMissingError,
        "there is no such database",
        "see which there are with `SHOW DATABASES`; without a name the default one is used",
    ),
    ("Neo.ClientError.Security.Forbidden", StoreReadOnlyError, "this user may not do that", "sign in as another user"),
    (
        "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase",
        StoreReadOnlyError,
        "the database cannot be written",
        "ask whoever keeps it, or name another store with --store",
    ),
    (
        "Neo.TransientError.General.MemoryPoolOutOfMemoryError",
        StoreError,
        "the transaction is too large for the server",
        "make it smaller with `memcli config set ingest.batch 16`, or give the server more memory",
    ),
    (
        "Neo.DatabaseError.Schema.ConstraintCreationFailed",
        StoreForeignError,
        "somebody else's nodes have memcli's labels",
        "use another database; memcli's labels are _Memcli and those that begin with it",
    ),
    (
        "Neo.ClientError.Procedure.ProcedureCallFailed",
        StoreCorruptError,
        "the full-text index is missing or is still being built",
        "wait and try again; else copy the memory into another store, or ingest its sources there",
    ),
    (
        "Neo.ClientError.Transaction.TransactionTimedOut",
        StoreBusyError,
        "the server ended a transaction that took too long",
        "try again; what was committed stays",
    ),
)
_UNREACHABLE = "see whether the server runs, and whether scheme, host and port of the URL are its own"
_PLAIN = "without TLS the scheme is neo4j:// or bolt://"
_UNTRUSTED = "with a scheme that ends in +ssc any certificate will do; else have it signed by one who is trusted here"


@contextmanager
def translated(shown: str) -> Iterator[None]:
    """Turn what the driver, the server and damaged nodes raise inside into `StoreError`s about the store at `shown`.

    Never put around anybody else's code, whose errors are none of the store's.
    """
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        yield
    except Neo4jError as error:
        raise _of_server(error, shown) from error
    except DriverError as error:
        raise _of_driver(error, shown) from error
    except OSError as error:
        raise StoreError(f"{shown} cannot be reached: {error.strerror or error}", _UNREACHABLE) from error
    except UnicodeEncodeError as error:
        raise StoreError(f"{shown} holds Unicode only, not {error.object[error.start]!a}", "give other text") from error
    except (ValueError, TypeError, LookupError) as error:
        raise StoreCorruptError(
            f"{shown} is damaged: a node cannot be read", "restore a backup, or ingest the sources into a new store"
        ) from error


def _of_server(error: Exception, shown: str) -> StoreError:
    from neo4j.exceptions import Neo4jError

    assert isinstance(error, Neo4jError)
    code = error.code or ""
    for known, kind, message, hint in _BY_CODE:
        if code == known:
            return kind(f"{shown}: {message}", hint)
    if error.is_retryable():
        busy = StoreBusyError(f"{shown} is busy: {code.rpartition('.')[2]}", "try again; what was committed stays")
        busy.passing = True
        return busy
    return StoreError(f"{shown} failed: {code or type(error).__name__}", "see the server's log, and try again")


def _of_driver(error: Exception, shown: str) -> StoreError:
    from neo4j.exceptions import ConfigurationError, ServiceUnavailable, SessionExpired

    if isinstance(error, (ServiceUnavailable, SessionExpired)):
        if (untrusted := _of_tls(error, shown)) is not None:
            return untrusted
        gone = StoreError(f"{shown} cannot be reached", _UNREACHABLE)
        gone.passing = True
        return gone
    if isinstance(error, ConfigurationError):
        return StoreError(f"{shown} cannot be used: {error}", _UNREACHABLE)
    return StoreError(f"{shown} cannot be used any more: {type(error).__name__}", "run the command again")


def _at_the_bottom(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that led to it."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _at_the_bottom(each)
        error = error.__cause__ or error.__context__


def _of_tls(error: BaseException, shown: str) -> StoreError | None:
    """What is wrong with the encryption of a line, where that is what kept it from being opened."""
    from ssl import SSLCertVerificationError, SSLError

    for each in _at_the_bottom(error):
        if isinstance(each, SSLCertVerificationError):
            return StoreError(f"{shown}: the certificate is not trusted: {each.verify_message}", _UNTRUSTED)
        if isinstance(each, SSLError):
            return StoreError(f"{shown}: the server does not speak TLS there", _PLAIN)
    return None
