"""Which embedder a setting means, and whether it can work here."""

from __future__ import annotations

from pathlib import Path

from graph.embedding.catalog import EMBEDDING_MODELS, installed, missing_packages
from graph.embedding.encoder import Encoder
from graph.errors import ModelMissingError, UsageError
from graph.ports import Embedder

NONE, AUTO = "none", "auto"


def embedder_named(name: str, models: Path, threads: int = 0) -> Embedder | None:
    """The embedder of the model `name`, whose files lie in the folder `models`; None for `none`.

    `auto` is the first model that is here, or none.

    Raises:
        ModelMissingError: the model is asked for by its name, and is not here.
        UsageError: there is no such model.
    """
    if name == NONE:
        return None
    if name != AUTO and name not in EMBEDDING_MODELS:
        raise UsageError(
            f"no embedding model is called {name!r}", f"there are {', '.join((AUTO, NONE, *EMBEDDING_MODELS))}"
        )
    able = not missing_packages()
    for model in EMBEDDING_MODELS.values() if name == AUTO else (EMBEDDING_MODELS[name],):
        if able and (folder := installed(models, model)):
            return Encoder(model, folder, threads)
    if name == AUTO:
        return None
    raise ModelMissingError(f"the model {name} is not here", f"get it with `memcli model pull {name}`")
