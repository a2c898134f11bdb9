"""Getting a model into the folder of models, from the first source that has it, and removing it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from graph.embedding.catalog import EmbeddingModel, ModelFile, installed
from graph.errors import ModelMissingError
from memcli.models.download import Tell, sha256_of
from memcli.models.lock import locked
from memcli.models.sources import Source
from memcli.models.web import SourceError

_LOCK = ".lock"


def pull(
    model: EmbeddingModel, folder: Path, sources: Sequence[Source], *, tell: Tell, say: Callable[[str], None]
) -> Path:
    """Put a model into `folder`, where it is not there yet, and return its place.

    It is made beside its place, where what was got stays for the next time, and appears there as a whole.

    Raises:
        ModelMissingError: no source has it; it says why.
        OSError: it cannot be written.
    """
    if (here := verified(folder, model)) is not None:
        return here
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / _LOCK, lambda: say(f"another memcli gets {model.name}: waiting for it")):
            return verified(folder, model) or _made(model, folder, sources, tell, say)
    except OSError as error:
        if error.filename is not None:
            raise
        # A full disk does not say of itself where it is.
        raise OSError(error.errno, error.strerror, str(folder)) from error


def verified(folder: Path, model: EmbeddingModel) -> Path | None:
    """Where in `folder` the model is, if all its bytes are right."""
    place = installed(folder, model)
    return place if place is not None and not _missing(model, place) else None


def remains(folder: Path, model: EmbeddingModel) -> list[Path]:
    """What there is of a model in `folder`: its place, and what was got of it so far."""
    return [each for each in (folder / model.id, _workshop(folder, model)) if each.is_dir()]


def remove(folder: Path, model: EmbeddingModel, *, say: Callable[[str], None]) -> None:
    """Remove what there is of a model.

    Raises:
        OSError: it cannot be removed.
    """
    with locked(folder / _LOCK, lambda: say(f"another memcli gets {model.name}: waiting for it")):
        for each in remains(folder, model):
            shutil.rmtree(each)


def _made(
    model: EmbeddingModel, folder: Path, sources: Sequence[Source], tell: Tell, say: Callable[[str], None]
) -> Path:
    workshop = _workshop(folder, model)
    workshop.mkdir(exist_ok=True)
    reasons: list[str] = []
    try:
        for source in sources:
            if reasons:
                say(f"{reasons[-1]}; trying {source.title}")
            try:
                source.give(model, _missing(model, workshop), workshop, tell)
                return _moved(model, workshop, folder / model.id)
            except SourceError as error:
                reasons.append(f"{source.title}: {error}")
    finally:
        # What was got stays: only an empty folder can be removed so.
        with suppress(OSError):
            workshop.rmdir()
    raise ModelMissingError(
        f"{model.name} is not to be had: {'; '.join(reasons)}",
        f"run it again later, or with --from a folder that has {' and '.join(each.name for each in model.files)}",
    )


def _workshop(folder: Path, model: EmbeddingModel) -> Path:
    return folder / f"{model.id}.part"


def _missing(model: EmbeddingModel, place: Path) -> list[ModelFile]:
    """The files of the model that are not in `place`, or not what they should be."""
    return [each for each in model.files if not _is_right(place / each.name, each)]


def _is_right(path: Path, wanted: ModelFile) -> bool:
    return path.is_file() and path.stat().st_size == wanted.bytes and sha256_of(path) == wanted.sha256


def _moved(model: EmbeddingModel, workshop: Path, place: Path) -> Path:
    """Put what was made into its place."""
    kept = {each.name for each in model.files}
    for path in workshop.iterdir():
        if path.name in kept:
            with path.open("rb+") as file:
                # A name that outlives a crash must not be without its bytes.
                os.fsync(file.fileno())
        else:
            path.unlink()
    if place.is_dir():
        shutil.rmtree(place)
    workshop.replace(place)
    return place
