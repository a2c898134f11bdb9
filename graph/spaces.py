"""Listing, making, renaming and deleting the spaces of a store."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct

from graph.errors import NotFoundError, StoreMissingError, UsageError
from graph.forgetting.run import empty
from graph.settings import Settings
from graph.store.registry import open_store
from graph.store.spaces import DEFAULT, checked, in_space
from graph.transfer import copy


class Space(Struct, frozen=True):
    """A memory of a store: its name, its URL, and how many interactions it holds."""

    name: str
    store: str
    interactions: int


def listed(settings: Settings) -> list[Space]:
    """The spaces of the store, by name.

    Raises:
        StoreError: one of its kinds.
    """
    return [_described(settings, name) for name in _names(settings)]


def create(settings: Settings, name: str) -> Space:
    """Make an empty space.

    Raises:
        UsageError: it is there, or has no such name.
    """
    _check_free(settings, name)
    open_store(in_space(settings.store, name), create=True, password=settings.neo4j_password).close()
    return _described(settings, name)


def rename(settings: Settings, name: str, new: str) -> Space:
    """Give a space another name. What was broken off in Neo4j goes on when it is done again.

    Raises:
        NotFoundError: there is no such space.
        UsageError: there is one of the new name.
    """
    _check_there(settings, name)
    one, other = in_space(settings.store, name), in_space(settings.store, new)
    if one.startswith("sqlite:"):
        _check_free(settings, new)
        from graph.store.sqlite.spaces import move

        move(_path(one), _path(other))
        return _described(settings, new)
    checked(new)
    source = open_store(one, create=False, password=settings.neo4j_password)
    target = open_store(other, create=True, password=settings.neo4j_password)
    try:
        copy(source, target)
    finally:
        source.close()
        target.close()
    delete(settings, name)
    return _described(settings, new)


def delete(settings: Settings, name: str) -> None:
    """Delete a space with all that is in it.

    Raises:
        NotFoundError: there is no such space.
        StoreBusyError: somebody uses it.
    """
    _check_there(settings, name)
    url = in_space(settings.store, name)
    if url.startswith("sqlite:"):
        from graph.store.sqlite.spaces import remove

        remove(_path(url))
        return
    store = open_store(url, create=False, password=settings.neo4j_password)
    try:
        empty(store)
    finally:
        store.close()
    from graph.store.neo4j.spaces import unmark

    unmark(url, settings.neo4j_password)


def _names(settings: Settings) -> list[str]:
    """The names of all spaces; `DEFAULT` for the one that has none."""
    if settings.store.startswith("sqlite:"):
        from graph.store.sqlite.spaces import names as files

        found = files(_path(settings.store))
    else:
        from graph.store.neo4j.spaces import names

        found = names(in_space(settings.store, DEFAULT), settings.neo4j_password)
    return [name or DEFAULT for name in found]


def _described(settings: Settings, name: str) -> Space:
    url = in_space(settings.store, name)
    store = open_store(url, create=False, password=settings.neo4j_password)
    try:
        info = store.info()
    finally:
        store.close()
    return Space(name, info.url, info.nodes.get("interaction", 0))


def _check_there(settings: Settings, name: str) -> None:
    if checked(name) not in (there := _names(settings)):
        raise NotFoundError(f"there is no space {name!r}", f"there are: {', '.join(there) or 'none'}")


def _check_free(settings: Settings, name: str) -> None:
    try:
        there = _names(settings)
    except StoreMissingError:
        there = []
    if checked(name) in there:
        raise UsageError(f"there is a space {name!r} already", "choose another name")


def _path(url: str) -> Path:
    return Path(unquote(url.partition("://")[2].removeprefix("/")))
