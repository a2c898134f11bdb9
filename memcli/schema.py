"""The JSON Schemas of what commands answer with: `schemas/COMMAND.json`, one a command's data."""

from __future__ import annotations

from importlib.resources import files

from graph.errors import NotFoundError


def schema_names() -> list[str]:
    """The commands that have a schema, such as `graph stats`."""
    found = (each.name for each in files("memcli").joinpath("schemas").iterdir())
    return sorted(name.removesuffix(".json").replace("-", " ") for name in found if name.endswith(".json"))


def schema_of(command: str) -> str:
    """The text of a command's schema.

    Raises:
        NotFoundError: there is no such command.
    """
    name = " ".join(command.replace("-", " ").split())
    if name not in schema_names():
        raise NotFoundError(f"no command is called {command!r}", f"the commands are {', '.join(schema_names())}")
    return files("memcli").joinpath("schemas", name.replace(" ", "-") + ".json").read_text("utf-8").rstrip("\n")
