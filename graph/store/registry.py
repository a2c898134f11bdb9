"""Which store a URL means; loaded on first use."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import cast
from urllib.parse import unquote

from graph.errors import UsageError
from graph.ports import Store

STORES: Mapping[str, str] = {"sqlite": "graph.store.sqlite.store:SqliteStore"}
"""Dotted paths by URL scheme."""


def open_store(url: str, *, create: bool) -> Store:
    """Open the store at `url`: `sqlite:///PATH`, where a fourth slash begins an absolute path.

    Raises:
        UsageError: the URL names no store that memcli knows.
        StoreError: one of its kinds, where the store cannot be used.
    """
    scheme, separator, rest = url.partition(":///")
    if not separator or scheme not in STORES or not rest:
        raise UsageError(f"{url!r} names no store", "a store is sqlite:///PATH, or a path alone")
    path = unquote(rest)
    if "\0" in path:
        raise UsageError(f"{url!r} names no store", "no path has a NUL character in it")
    module, _, name = STORES[scheme].partition(":")
    return cast("Store", getattr(import_module(module), name)(Path(path), create=create))
