"""Which store a URL means; loaded on first use."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import cast
from urllib.parse import unquote

from graph.errors import UsageError
from graph.ports import Progress, Store

STORES: Mapping[str, str] = {
    "sqlite": "graph.store.sqlite.store:SqliteStore",
    **dict.fromkeys(
        ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"), "graph.store.neo4j.store:Neo4jStore"
    ),
}
"""Dotted paths by URL scheme."""


def open_store(url: str, *, create: bool, password: str = "", progress: Progress | None = None) -> Store:
    """Open the store at `url`: `sqlite:///PATH`, where a fourth slash begins an absolute path, or
    `neo4j://USER@HOST:PORT/DATABASE` (`bolt://`, with `+s` for TLS), where `password` signs in. `progress` is told
    how its migration from an older version gets on.

    Raises:
        UsageError: the URL names no store that memcli knows.
        StoreError: one of its kinds, where the store cannot be used.
    """
    scheme, separator, rest = url.partition("://")
    path = path_of(url)
    if not separator or scheme not in STORES or (scheme == "sqlite" and (not path or not rest.startswith("/"))):
        raise UsageError(f"{url!r} names no store", "a store is sqlite:///PATH, or a path alone, or neo4j://HOST:PORT")
    if "\0" in path:
        raise UsageError(f"{url!r} names no store", "no path has a NUL character in it")
    module, _, name = STORES[scheme].partition(":")
    kind = getattr(import_module(module), name)
    if scheme == "sqlite":
        return cast("Store", kind(Path(path), create=create, progress=progress))
    return cast("Store", kind(url, create=create, password=password, progress=progress))


def path_of(url: str) -> str:
    """The path of the file that `sqlite:///PATH` names."""
    return unquote(url.partition("://")[2].removeprefix("/"))


def same_store(one: str, other: str) -> bool:
    """Whether two URLs, as `open_store` takes them, lead to one store, as far as URLs can tell."""
    return _place(one) == _place(other)


def _place(url: str) -> str:
    """The file, or host, port, database and space: who signs in there, and how, makes no other store."""
    if url.startswith("sqlite:"):
        return os.path.realpath(path_of(url))
    from graph.store.neo4j.address import address

    found = address(url)
    return f"{found.account.rpartition('@')[2]}/{found.database or ''}?{found.space}"
