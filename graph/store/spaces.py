"""Spaces: several memories in one store, each with a name. In Neo4j they share a database; of SQLite each is a file
beside the one that the store's URL names."""

from __future__ import annotations

import re

from graph.errors import UsageError

DEFAULT = "default"
"""The memory that a store's URL means by itself."""
_LONGEST = 63
_NAME = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{_LONGEST - 1}}}")
_IN_URL = re.compile(r"\?space=[^&#]*$")


def is_name(name: str) -> bool:
    """Whether `name` is one that a space may have."""
    return bool(_NAME.fullmatch(name))


def checked(name: str) -> str:
    """`name`, where it is one of a space.

    Raises:
        UsageError: it is none.
    """
    if not is_name(name):
        shown = repr(name[:_LONGEST]) + "…" * (len(name) > _LONGEST)
        raise UsageError(
            f"{shown} is no name of a space",
            f"it is made of up to {_LONGEST} small letters and digits, with hyphens after the first",
        )
    return name


def in_space(url: str, space: str) -> str:
    """The URL of a space of the store at `url`; of `url` as it is where none is named.

    `sqlite:///memory.db` has its space `work` in `memory.work.db`.

    Raises:
        UsageError: `space` is no name of one.
    """
    if not space:
        return url
    checked(space)
    if not url.startswith("sqlite:"):
        return _IN_URL.sub("", url) + (f"?space={space}" if space != DEFAULT else "")
    if space == DEFAULT:
        return url
    folder, slash, file = url.rpartition("/")
    stem, dot, suffix = file.rpartition(".")
    return f"{folder}{slash}{stem}.{space}{dot}{suffix}" if stem else f"{folder}{slash}{file}.{space}"
