"""Settings as TOML: reading a file of them, and changing one without touching the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from graph.errors import InputError, UsageError
from memcli.writer import write_file

LARGEST_FILE = 100_000
"""Bytes of a settings file."""
_MOST_DOTS = 100
"""Dots in a line: names of ever so many parts take `tomllib` time with the square of their number."""

Scalar = str | int | float | bool


def read_settings(path: Path) -> dict[str, Any]:
    """The settings in a file by name: `{"ingest.batch": 64}`; none where there is no file.

    Raises:
        InputError: it cannot be read as TOML.
    """
    text = _text_of(path)
    if any(line.count(".") > _MOST_DOTS and not line.lstrip().startswith("#") for line in text.split("\n")):
        raise InputError(f"{path} has names of too many parts", "mend or move the file")
    try:
        return _parsed(text)
    except (ValueError, RecursionError) as error:
        # Not a TOMLDecodeError alone: a number may be too long for any integer.
        raise InputError(f"{path} is not TOML: {error}", "mend or move the file") from None


def write_setting(path: Path, name: str, value: Scalar) -> None:
    """Set `name` in a file, made where it is missing; comments and other settings stay.

    Raises:
        InputError: the file cannot be read as TOML.
        UsageError: the file is laid out so that the setting has to be changed by hand.
        OSError: it cannot be written.
    """
    before = read_settings(path)
    literal = value if isinstance(value, str) else str(value).lower()
    text = edited(_text_of(path), name, json.dumps(literal, ensure_ascii=False) if isinstance(value, str) else literal)
    try:
        after = _parsed(text)
    except ValueError:
        after = {}
    if after != before | {name: value}:
        raise UsageError(f"{name} cannot be set in {path} without changing its layout", "change it by hand")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, [text])


def edited(text: str, name: str, literal: str) -> str:
    """The TOML `text` with `name = literal`, on the line where it stood or at the end of its table."""
    table, _, key = name.rpartition(".")
    lines = text.splitlines()
    start, end = _span(lines, table)
    line = f"{key} = {literal}"
    for at in range(start, end):
        if re.match(rf"\s*{re.escape(key)}\s*=", lines[at]):
            lines[at] = line
            break
    else:
        if start == len(lines) and table:
            lines += [f"[{table}]"]
            end = len(lines)
        while end > start and not lines[end - 1].strip():
            end -= 1
        lines.insert(end, line)
    return "\n".join(lines) + "\n"


def _span(lines: list[str], table: str) -> tuple[int, int]:
    """The lines (first, one past the last) inside `[table]`; the top of the file for no table."""
    headings = [at for at, line in enumerate(lines) if line.lstrip().startswith("[")] + [len(lines)]
    if not table:
        return 0, headings[0]
    for heading, following in pairwise(headings):
        if re.match(rf"\s*\[\s*{re.escape(table)}\s*\]", lines[heading]):
            return heading + 1, following
    return len(lines), len(lines)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise InputError(f"{path} is larger than a settings file can be", "mend or move the file")
        return data.decode()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8: {error.reason}", "mend or move the file") from None


def _parsed(text: str) -> dict[str, Any]:
    if not text:
        return {}
    # Most runs read no settings file.
    import tomllib

    return _flattened(tomllib.loads(text))


def _flattened(table: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat.update({f"{key}.{name}": each for name, each in _flattened(value).items()})
        else:
            flat[key] = value
    return flat
