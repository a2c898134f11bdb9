from __future__ import annotations

import sys

import pytest

from graph.errors import ModelMissingError
from graph.extract.models import SPACY_MODEL, installed_model
from memcli.installer import install, install_command

from .world import World


def test_the_model_is_listed(world: World) -> None:
    [model] = world("model", "list", "--json").data["models"]
    assert (model["name"], model["package"], model["installed"]) == ("spacy", SPACY_MODEL.package, installed_model())
    assert SPACY_MODEL.package in world("model", "list").out


def test_pip_or_uv_installs_into_this_environment() -> None:
    assert install_command("x==1", has_pip=True, uv="/bin/uv")[:4] == [sys.executable, "-m", "pip", "install"]
    uv = install_command("x==1", has_pip=False, uv="/bin/uv")
    assert uv == ["/bin/uv", "pip", "install", "--python", sys.executable, "x==1"]
    with pytest.raises(ModelMissingError, match="neither pip nor uv"):
        install_command("x==1", has_pip=False, uv=None)


def test_a_failed_installation_says_why() -> None:
    with pytest.raises(ModelMissingError, match=r"could not be installed: (?i:error)") as raised:
        install("not a requirement")
    assert "by hand" in raised.value.hint


def test_what_is_here_already_is_no_failure() -> None:
    install("typer")


def test_an_unknown_model(world: World) -> None:
    ran = world("model", "pull", "gpt")
    assert ran.code == 3
    assert "the models are spacy" in ran.err
