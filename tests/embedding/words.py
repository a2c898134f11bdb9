"""An embedder that is small, quick and the same everywhere: a piece is a hashed word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy

from graph.embedding.interaction import units
from graph.model import Scale

DIMENSIONS = 16
_WORD = re.compile(r"[^\s*]+")


class WordEmbedder:
    """Word pieces are hashed words. A vector depends on its piece, its place and its window, as a model's does.

    `windows` are those that it was given.
    """

    def __init__(self, name: str = "words") -> None:
        self.name = name
        self.scale = Scale(numpy.zeros(DIMENSIONS, numpy.float32), numpy.eye(DIMENSIONS, dtype=numpy.float32), 0.25)
        self.windows: list[list[int]] = []

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        return [numbers(text) for text in texts]

    def tokens(self, pieces: Sequence[int]) -> Any:
        assert 0 < len(pieces) <= 510
        self.windows.append(list(pieces))
        own = numpy.array([direction(piece) for piece in pieces])
        weights = numpy.arange(1, len(pieces) + 1, dtype=numpy.float32)[:, None]
        return units(own + 0.3 * units((own * weights).sum(axis=0)))


def numbers(text: str) -> list[int]:
    """The pieces of a text; stars say nothing."""
    return [number(word) for word in _WORD.findall(text.lower())]


def number(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=2).digest(), "little")


def direction(piece: int) -> Any:
    """A vector that looks like chance."""
    data = blake2b(piece.to_bytes(2, "little"), digest_size=2 * DIMENSIONS).digest()
    return units(numpy.frombuffer(data, "<i2").astype(numpy.float32))
