"""What the driver and the server say of a failure, as one of memcli's errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from graph.errors import StoreBusyError, StoreCorruptError, StoreError, StoreForeignError
from graph.store.neo4j.codes import CODES

_UNREACHABLE = "see whether the server runs, and whether scheme, host and port of the URL are its own"
_PLAIN = "without TLS the scheme is neo4j:// or bolt://"
_RULE = re.compile("label `([^`]+)` .*?propert(?:y|ies) `([^`]+)`")
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
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        # Bytes that changed on their way end in any of these, in the driver or in reading its rows.
        raise StoreCorruptError(
            f"{shown} is damaged: a node cannot be read", "restore a backup, or ingest the sources into a new store"
        ) from error


def _of_server(error: Exception, shown: str) -> StoreError:
    from neo4j.exceptions import Neo4jError

    assert isinstance(error, Neo4jError)
    code = error.code or ""
    for known, kind, message, hint in CODES:
        if code.removeprefix("Neo.") in known:
            return kind(f"{shown}: {message}", hint)
    if code == "Neo.ClientError.Schema.ConstraintValidationFailed":
        return _ruled_out(error.message or "", shown)
    if error.is_retryable():
        busy = StoreBusyError(f"{shown} is busy: {code.rpartition('.')[2]}", "try again; what was committed stays")
        busy.passing = True
        return busy
    return StoreError(f"{shown} failed: {code or type(error).__name__}", "see the server's log, and try again")


def _ruled_out(told: str, shown: str) -> StoreError:
    """A node of ours breaks a rule that somebody else made; which one, the server says in words alone."""
    rule = _RULE.search(told)
    on = f" on {rule[1]}.{rule[2]}" if rule else ""
    return StoreForeignError(
        f"{shown}: somebody else's constraint{on} keeps the memory from being written",
        "drop it (see `SHOW CONSTRAINTS`), or use another database; a Cypher export that was loaded has such",
    )


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
