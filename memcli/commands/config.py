"""`memcli config`: settings, each with where it comes from."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from memcli.command import command, new_group
from memcli.config import PROJECT_FILE, Value, field_named, parsed, refuse_shared, store_url
from memcli.render.page import Page
from memcli.results import plain
from memcli.session import Session
from memcli.settings_file import write_setting

app = new_group("Settings, each with where it comes from.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="A setting, as `memcli config list` names it.")]


@command(
    app,
    name="list",
    examples="""
    memcli config list
    memcli config list --json | jq '.data.settings[] | select(.origin != "default")'
    """,
)
def list_settings(session: Session) -> None:
    """List all settings."""
    values = session.config.values()
    session.emit({"settings": plain(values)}, lambda page: _show_values(page, values))


@command(
    app,
    examples="""
    memcli config get store
    memcli config get ingest.batch --json
    """,
)
def get(session: Session, name: Name) -> None:
    """Print the value of a setting."""
    field_named(name)
    value = next(each for each in session.config.values() if each.name == name)
    session.emit(plain(value), lambda page: page.line(_text(value.value)))


@command(
    app,
    name="set",
    examples="""
    memcli config set ingest.batch 128
    memcli config set store sqlite:///work.db --project
    """,
)
def set_value(
    session: Session,
    name: Name,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Its new value.")],
    project: Annotated[
        bool, typer.Option("--project", help=f"Set it for this folder and those below, in {PROJECT_FILE}.")
    ] = False,
) -> None:
    """Set a setting in your settings file."""
    config = session.config
    path = (config.project_file or session.cwd / PROJECT_FILE) if project else config.user_file
    chosen = parsed(field_named(name), value)
    if project:
        refuse_shared(name)
    if name == "store" and not project:
        # In the user's file, which is read from every folder, a relative path would be misread.
        chosen = store_url(str(chosen), session.cwd)
    write_setting(path, name, chosen)
    data = {"name": name, "value": chosen, "file": str(path)}
    session.emit(data, lambda page: page.line(f"{name} = {_text(chosen)} in {path}"))


@command(
    app,
    examples="""
    memcli config path
    memcli config path --json
    """,
)
def path(session: Session) -> None:
    """Print which files settings are read from; the project's comes first, and need not be there."""
    config = session.config
    project, user = config.project_file, config.user_file
    data = {"project": str(project) if project else None, "user": str(user)}
    session.emit(data, lambda page: _show_paths(page, data))


def _show_paths(page: Page, paths: dict[str, Any]) -> None:
    for each in filter(None, paths.values()):
        page.line(each)


def _show_values(page: Page, values: list[Value]) -> None:
    rows = [[each.name, _text(each.value), f"{each.origin} {each.where}".strip(), _about(each)] for each in values]
    page.table(["setting", "value", "from", "what it is"], rows)


def _about(each: Value) -> str:
    return each.about if each.low is None else f"{each.about} ({each.low:,} to {each.high:,})"


def _text(value: object) -> str:
    """As it is written in a settings file, but for quotes."""
    return str(value).lower() if isinstance(value, bool) else str(value)
