"""Names of sources: the same on every machine, and safe to store."""

from __future__ import annotations


def safe_name(name: str) -> str:
    """Return `name` with `/` between its parts and without bytes that are not UTF-8."""
    data = name.replace("\\", "/").encode("utf-8", "surrogateescape")
    return data.decode("utf-8", "replace").replace("\x00", "")


def suffix(name: str) -> str:
    """Return the suffix of the last part of `name`, in lower case with its dot; empty if none."""
    last = name.rpartition("/")[2]
    start = last.rfind(".")
    return last[start:].lower() if start > 0 else ""


def stem(name: str) -> str:
    """Return `name` without its suffix: what a conversation is called that has no other name."""
    ending = suffix(name)
    return name[: -len(ending)] if ending else name
