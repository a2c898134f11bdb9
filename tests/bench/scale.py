"""Where a model's token vectors lie: writes the file that `graph.embedding` keeps beside the model's name.

    python -m tests.bench.scale --data SETS --models DIR [--texts 150] [--kept 192]

So many texts of each question set are encoded. Written are, as float16: the mean of their token vectors, the basis of
the space that keeps most of what sets them apart (principal components), turned by chance so that each of its
dimensions carries the same, and how far numbers spread in it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy

import graph.embedding
from graph.embedding.catalog import EMBEDDING_MODELS, installed
from graph.embedding.encoder import Encoder

_LONGEST = 256
"""Word pieces of a text that are encoded."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder of question sets")
    parser.add_argument("--models", type=Path, required=True, help="where the model's files lie")
    parser.add_argument("--texts", type=int, default=150, help="texts of each set")
    parser.add_argument("--kept", type=int, default=192, help="dimensions that are kept")
    given = parser.parse_args()
    (model,) = EMBEDDING_MODELS.values()
    folder = installed(given.models, model)
    if folder is None:
        raise SystemExit(f"no {model.name} in {given.models}")
    encoder = Encoder(model, folder)
    pieces = (each[:_LONGEST] for each in encoder.pieces(list(texts(given.data, given.texts))) if each)
    vectors = numpy.concatenate([encoder.tokens(each) for each in pieces])
    mean = vectors.mean(axis=0)
    offsets = vectors - mean
    shares, directions = numpy.linalg.eigh(offsets.T @ offsets)
    turned, _ = numpy.linalg.qr(numpy.random.default_rng(1).normal(size=(given.kept, given.kept)))
    basis = directions[:, ::-1][:, : given.kept] @ turned
    print(f"{len(vectors)} tokens; {shares[::-1][: given.kept].sum() / shares.sum():.3f} of their variance is kept")
    numbers = numpy.concatenate([mean, basis.ravel(), [(offsets @ basis).std()]])
    path = Path(graph.embedding.__path__[0]) / f"{model.name}.scale"
    path.write_bytes(numbers.astype("<f2").tobytes())


def texts(data: Path, count: int) -> Iterator[str]:
    """Yield so many texts of each set, evenly spread."""
    for path in sorted([*data.glob("*/messages.jsonl"), *data.glob("*/documents.jsonl")]):
        lines = path.read_text("utf-8").splitlines()
        yield from (json.loads(line)["text"] for line in lines[:: max(1, len(lines) // count)][:count])


if __name__ == "__main__":
    main()
