"""Whatever has a name is documented, and what the documentation says leads somewhere."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import memcli
from graph.errors import MemcliError
from graph.exporters.registry import EXPORTERS
from graph.model import EDGE_ENDS, EdgeKind, NodeKind
from graph.readers.registry import READERS
from graph.settings import named
from memcli.app import app
from memcli.config import name_of, variable_of
from memcli.exits import MEANINGS, Exit
from memcli.schema import schema_names

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "sample_data" / "README.md"])
_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def reference(name: str) -> str:
    return (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")


def commands(command: Any, path: tuple[str, ...] = ("memcli",)) -> Iterator[tuple[str, Any]]:
    """Every command and group with its full name."""
    yield " ".join(path), command
    if hasattr(command, "list_commands"):
        context = command.make_context("memcli", [], resilient_parsing=True)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), (*path, name))


COMMANDS = list(commands(get_command(app)))


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_and_option_is_documented(name: str, command: Any) -> None:
    sections = re.split(r"^## ", reference("cli"), flags=re.MULTILINE)
    section = next((each for each in sections if each.startswith(f"{name}\n")), "")
    options = [option for each in command.params for option in each.opts if option.startswith("-")]
    assert section, f"{name} has no section"
    assert [each for each in options if not re.search(rf"(?<![\w-]){each}(?![\w-])", section)] == []


def test_every_command_is_a_command_that_does_something() -> None:
    assert len(COMMANDS) > 15


def test_every_setting_is_documented() -> None:
    page = reference("settings")
    names = [name_of(each) for each in named()]
    assert [each for each in names if f"| `{each}` |" not in page or f"`{variable_of(each)}`" not in page] == []


def _errors(kind: type[MemcliError]) -> Iterator[type[MemcliError]]:
    yield kind
    for each in kind.__subclasses__():
        # Those of tests are their own affair.
        if each.__module__.partition(".")[0] in ("graph", "memcli"):
            yield from _errors(each)


def test_every_error_code_is_documented() -> None:
    page = reference("errors")
    assert [each for each in _errors(MemcliError) if f"| `{each.code}` | `{each.__name__}` |" not in page] == []


def test_every_exit_code_is_documented() -> None:
    page = reference("errors")
    assert [code for code in Exit if f"| {int(code)} | {MEANINGS[code]} |" not in page] == []


def test_every_format_is_documented() -> None:
    page = reference("formats")
    inward, outward = page.split("## Output")
    assert [each.name for each in READERS if f"### `{each.name}`" not in inward] == []
    assert [name for name in EXPORTERS if f"### `{name}`" not in outward] == []


def test_every_kind_of_node_and_edge_is_documented() -> None:
    page = reference("data-model")
    assert [kind for kind in NodeKind if f"### `{kind}`" not in page] == []
    ends = {kind: " | ".join(f"`{each}`" for each in (kind, *EDGE_ENDS[kind])) for kind in EdgeKind}
    assert [kind for kind in EdgeKind if f"| {ends[kind]} |" not in page] == []


def test_every_schema_is_documented() -> None:
    assert [name for name in schema_names() if f"| `{name}` |" not in reference("json")] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    found = [page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")]
    assert [
        each for each in found if not each.startswith("benchmarks/") and each != "README.md" and each not in index
    ] == []


def test_the_generated_parts_are_up_to_date() -> None:
    from cogapp import Cog

    pages = [str(page) for page in PAGES if "[[[cog" in page.read_text("utf-8")]
    before = list(sys.path)
    try:
        assert Cog().main(["cog", "--check", *pages]) == 0, "run `make docs`"
    finally:
        sys.path[:] = before
    assert pages


def test_the_newest_change_is_of_this_version() -> None:
    versions = re.findall(
        r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert versions[0] == project["version"] == memcli.__version__
