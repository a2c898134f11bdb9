"""What the reference takes from the program itself; the pages call it in their cog blocks."""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from typer.main import get_command
from typer.testing import CliRunner

from graph import errors, model
from graph.errors import MemcliError
from graph.exporters.registry import EXPORTERS, exporter_named
from graph.model import EDGE_ENDS, EdgeKind, NodeKind
from graph.readers.registry import READERS
from graph.settings import named
from memcli.app import InterruptError, app
from memcli.config import name_of, variable_of
from memcli.exits import MEANINGS, Exit, exit_of
from memcli.schema import schema_names, schema_of

EDGE_MEANINGS: Mapping[EdgeKind, str] = {
    EdgeKind.NEXT: "the turn, or the section, that follows in the same session",
    EdgeKind.REPLIES_TO: "an answer to a message that the source names",
    EdgeKind.SAID_BY: "who said it",
    EdgeKind.PART_OF: "the episode that a message is part of",
    EdgeKind.DERIVED_FROM: "where a note comes from, word for word",
    EdgeKind.MENTIONS: "a name or a concept that occurs in the text",
    EdgeKind.ABOUT: "what a document is about, by its title; weighs 10",
    EdgeKind.LINKS_TO: "two notes that belong together; `relation` and `reason` say why",
    EdgeKind.ASKED_IN: "where a question was asked",
    EdgeKind.ANSWERED_BY: "a turn that answers it",
    EdgeKind.RESEMBLES: "a question asked before that asks for much the same",
    EdgeKind.SUPPORTED_BY: "a note that says so",
    EdgeKind.OPPOSES: "an insight that says the opposite of an earlier one",
    EdgeKind.STATED_IN: "the note of the message that says so",
    EdgeKind.CONCERNS: "whom the fact is about, or whose kin",
    EdgeKind.ENDED_BY: "the newer fact that ends an older one",
    EdgeKind.CONFLICTS_WITH: "a fact that says otherwise, where it is open which holds",
}
_TREE = re.compile(r"^[\s│├└─]*(\w+Error) {2,}(\S+) {2,}(.+)$", re.MULTILINE)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def command_names() -> list[tuple[str, ...]]:
    """Every command and group, in the order of the help; () is memcli itself."""
    return list(_walk(get_command(app), ()))


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    if hasattr(command, "list_commands"):
        # A group is asked for its commands in a context of its own.
        context = command.make_context("memcli", [], resilient_parsing=True)
        for name in command.list_commands(context):
            yield from _walk(command.get_command(context, name), (*path, name))


def commands() -> str:
    """A section for each command, with what `--help` says."""
    return "\n".join(f"## {_title(path)}\n\n```text\n{_help(path)}\n```\n" for path in command_names())


def _title(path: Sequence[str]) -> str:
    return " ".join(["memcli", *path])


def _help(path: Sequence[str]) -> str:
    environment = {"COLUMNS": "100", "NO_COLOR": "1"}
    return CliRunner().invoke(app, [*path, "--help"], prog_name="memcli", env=environment).stdout.strip()


def settings() -> str:
    """Every setting."""
    rows = [
        [f"`{name_of(each)}`", _default(each.name, each.default), _bounds(each.metadata),
         f"`{variable_of(name_of(each))}`", each.metadata["about"]]
        for each in named()
    ]  # fmt: skip
    return table(["setting", "default", "bounds", "environment", "what it is"], rows)


def _default(name: str, value: object) -> str:
    own = {"store": "`memory.db` in your data folder", "models": "`models` in your data folder"}
    return f"`{value}`" if value != "" else own.get(name, "")


def _bounds(metadata: Mapping[str, Any]) -> str:
    low, high = metadata["low"], metadata["high"]
    return "" if low is None and high is None else f"{low:,} to {high:,}"


def error_codes() -> str:
    """Every error, with the exit code it leads to."""
    rows = [["`failed`", "`MemcliError`", "1", "anything else that went wrong"]]
    for name, code, meaning in _TREE.findall(errors.__doc__ or ""):
        kind: type[MemcliError] = getattr(errors, name)
        rows.append([f"`{code}`", f"`{name}`", str(int(exit_of(kind("")))), meaning])
    rows.append([f"`{InterruptError.code}`", "`InterruptError`", str(int(Exit.INTERRUPTED)), "somebody pressed Ctrl-C"])
    return table(["code", "class", "exit", "meaning"], rows)


def exit_codes() -> str:
    """Every exit code."""
    return table(["exit", "meaning"], [[str(int(code)), meaning] for code, meaning in MEANINGS.items()])


def readers() -> str:
    """Every input format, in the order in which they are tried."""
    return "\n".join(_format(each.name, each.about, each) for each in READERS)


def exporters() -> str:
    """Every output format."""
    found = [exporter_named(name) for name in EXPORTERS]
    return "\n".join(_format(each.name, f"{each.about} (`{each.suffix}`)", each) for each in found)


def _format(name: str, about: str, made: object) -> str:
    return f"### `{name}`\n\n{about[0].upper()}{about[1:]}. {_prose(type(made))}\n"


def _prose(documented: type) -> str:
    return " ".join((inspect.getdoc(documented) or "").split())


def schemas() -> str:
    """Every JSON Schema, with the fields at its top."""
    rows = [[f"`{name}`", ", ".join(f"`{each}`" for each in _properties(name))] for name in schema_names()]
    return table(["command", "fields of `data`"], rows)


def _properties(command: str) -> list[str]:
    return list(json.loads(schema_of(command)).get("properties", {}))


def node_kinds() -> str:
    """Every kind of node with its fields."""
    return "\n".join(
        f"### `{kind}`\n\n{_prose(made)}\n\n{_fields(made)}"
        for kind, made in ((kind, getattr(model, kind.name.title())) for kind in NodeKind)
    )


def _fields(made: type) -> str:
    return table(["field", "type"], [[f"`{name}`", f"`{of}`"] for name, of in made.__annotations__.items()])


def edge_kinds() -> str:
    """Every kind of edge with its ends."""
    rows = [[f"`{kind}`", *(f"`{end}`" for end in EDGE_ENDS[kind]), EDGE_MEANINGS[kind]] for kind in EdgeKind]
    return table(["edge", "from", "to", "means"], rows)


def edge_fields() -> str:
    """What every edge carries."""
    return textwrap.fill(_prose(model.Edge), 120) + "\n"


def relations() -> str:
    """How a note may be related to the one that it is linked to."""
    return f"Relations: {', '.join(f'`{each}`' for each in model.Relation)}.\n"


def events() -> str:
    """What is decided about nodes: the kinds of decisions, and what is kept of each."""
    actions = ", ".join(f"`{each}`" for each in model.Action)
    prose = (textwrap.fill(text, 120) for text in (_prose(model.Event), f"Actions: {actions}. {_prose(model.Action)}"))
    return "\n\n".join((*prose, _fields(model.Event)))
