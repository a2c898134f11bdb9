"""What a Neo4j URL says: where the server is, as whom to sign in, and which database is meant."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

from graph.errors import UsageError
from graph.store.spaces import DEFAULT, checked

_FORM = "a Neo4j store is neo4j://USER@HOST:PORT/DATABASE?space=NAME; all but the host may be left out"
_PORT = 7687


class Address(Struct, frozen=True):
    """`uri` is what the driver is given; `shown` is what people are told; `space` is the name of the memory where the
    database holds several, else empty."""

    uri: str
    user: str
    database: str | None
    space: str
    shown: str

    @property
    def account(self) -> str:
        """Whom a password is for: the user and the server, whatever the scheme and the database."""
        parts = urlsplit(self.uri)
        return f"{self.user}@{parts.hostname}:{parts.port or _PORT}"


def address(url: str) -> Address:
    """Read `SCHEME://USER@HOST:PORT/DATABASE?space=NAME`.

    Raises:
        UsageError: it is no such URL, or holds a password, which others could read off a list of processes.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UsageError("the host or the port in the URL of the Neo4j store cannot be read", _FORM) from None
    if parts.password is not None:
        raise UsageError(
            "the URL of a Neo4j store holds a password",
            "leave it out, and give it in the environment variable MEMCLI_NEO4J_PASSWORD",
        )
    database = unquote(parts.path.strip("/"))
    if not host or parts.fragment or "/" in database:
        raise UsageError(f"{url!r} names no store", _FORM)
    if database.casefold() == "system":
        raise UsageError(f"{url!r}: the database system is the server's own", "name another one, or none")
    where = f"[{host}]" if ":" in host else host
    place = f"{where}:{port}" if port else where
    told = parse_qsl(parts.query, keep_blank_values=True)
    if strange := [name for name, _ in told if name != "space"]:
        raise UsageError(f"the URL of a Neo4j store has no parameter {strange[0]!r}", _FORM)
    if len(told) > 1:
        raise UsageError("the URL of the Neo4j store names more than one space", _FORM)
    space = checked(told[0][1]) if told else ""
    # The memory that has no name in the database is called so.
    space = "" if space == DEFAULT else space
    user = f"{parts.username}@" if parts.username else ""
    return Address(
        uri=f"{parts.scheme}://{place}",
        user=unquote(parts.username or "") or "neo4j",
        database=database or None,
        space=space,
        shown=f"{parts.scheme}://{user}{place}{parts.path.rstrip('/')}{'?space=' if space else ''}{space}",
    )
