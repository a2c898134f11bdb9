"""Listing, making, renaming and deleting the spaces of a store."""

from __future__ import annotations

from contextlib import AbstractContextManager, closing
from pathlib import Path

from msgspec import Struct

from graph.comparison import differences, holding
from graph.errors import NotFoundError, StoreBusyError, StoreMissingError, UsageError
from graph.forgetting.run import empty
from graph.llm.cache import wipe
from graph.ports import Store
from graph.settings import Settings
from graph.store.registry import open_store, path_of
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


def described(settings: Settings, name: str) -> Space:
    """One of the spaces, by its name.

    Raises:
        NotFoundError: there is no such space.
    """
    _check_there(settings, name)
    return _described(settings, name)


def create(settings: Settings, name: str) -> Space:
    """Make an empty space.

    Raises:
        UsageError: it is there, or has no such name.
    """
    _check_free(settings, name)
    with _opened(settings, name, create=True):
        pass
    return _described(settings, name)


def rename(settings: Settings, name: str, new: str) -> Space:
    """Give a space another name. What was broken off in Neo4j goes on when it is done again.

    Raises:
        NotFoundError: there is no such space.
        UsageError: there is one of the new name.
        StoreBusyError: somebody wrote to it meanwhile; then both are there.
    """
    _check_there(settings, name)
    if checked(new) == name:
        raise _taken(new)
    one, other = in_space(settings.store, name), in_space(settings.store, new)
    if one.startswith("sqlite:"):
        _check_free(settings, new)
        from graph.store.sqlite.spaces import move

        move(_file(one), _file(other))
        return _described(settings, new)
    from graph.store.neo4j.spaces import begin_move, moves_to

    if moves_to(one, settings.neo4j_password) != new:
        _check_free(settings, new)
        begin_move(one, settings.neo4j_password, new)
    with _opened(settings, name) as source, _opened(settings, new, create=True) as target:
        _carry(source, target)
    # Nothing is forgotten, so that replies of a language model stay.
    _remove(settings, name)
    return _described(settings, new)


def delete(settings: Settings, name: str) -> None:
    """Delete a space with all that is in it.

    Raises:
        NotFoundError: there is no such space.
        StoreBusyError: somebody uses it.
    """
    _check_there(settings, name)
    wipe(settings.llm_cache)
    _remove(settings, name)


def _carry(source: Store, target: Store) -> None:
    """Copy all of a space to where it is to be, unless all that is left of it is there: then it was being removed."""
    if all(each.here is None for each in differences(holding(source), holding(target))):
        return
    if copy(source, target).differing:
        raise StoreBusyError("the space was written to while it was copied", "do it again when nobody writes to it")


def _remove(settings: Settings, name: str) -> None:
    url = in_space(settings.store, name)
    if url.startswith("sqlite:"):
        from graph.store.sqlite.spaces import remove

        remove(_file(url))
        return
    with _opened(settings, name) as store:
        empty(store)
    from graph.store.neo4j.spaces import unmark

    unmark(url, settings.neo4j_password)


def _names(settings: Settings) -> list[str]:
    """The names of all spaces; `DEFAULT` for the one that has none."""
    if settings.store.startswith("sqlite:"):
        from graph.store.sqlite.spaces import names as files

        found = files(_file(settings.store))
    else:
        from graph.store.neo4j.spaces import names

        found = names(in_space(settings.store, DEFAULT), settings.neo4j_password)
    return [name or DEFAULT for name in found]


def _described(settings: Settings, name: str) -> Space:
    with _opened(settings, name) as store:
        info = store.info()
    return Space(name, info.url, info.nodes.get("interaction", 0))


def _opened(settings: Settings, name: str, *, create: bool = False) -> AbstractContextManager[Store]:
    return closing(open_store(in_space(settings.store, name), create=create, password=settings.neo4j_password))


def _file(url: str) -> Path:
    return Path(path_of(url))


def _check_there(settings: Settings, name: str) -> None:
    if checked(name) not in (there := _names(settings)):
        raise NotFoundError(f"there is no space {name!r}", f"there are: {', '.join(there) or 'none'}")


def _check_free(settings: Settings, name: str) -> None:
    try:
        there = _names(settings)
    except StoreMissingError:
        there = []
    if checked(name) in there:
        raise _taken(name)


def _taken(name: str) -> UsageError:
    return UsageError(f"there is a space {name!r} already", "choose another name")
