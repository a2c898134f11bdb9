"""Token vectors: how they are kept in little room, and late interaction, by which they are compared.

ColBERT (Khattab and Zaharia, arXiv 2004.12832, section 3.3): each token of the question looks for the token of a text
that is nearest to it, and what they find is added up. Here a token counts by how few of the texts it is in, and vectors
are compared by what sets them apart from the mean of them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from graph.model import Scale

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

_BORDER = 0.98
_LEVELS = (-1.51, -0.4528, 0.4528, 1.51)
"""The four values of least error for what is spread normally (Lloyd and Max), and the border between the inner two and
the outer two."""
_AT_ONCE = 1 << 13
"""Token vectors that are unpacked at once."""
_SAMPLE = 1 << 12
"""Token vectors that their mean is taken of, at most."""


class Tokens(Struct, frozen=True):
    """Word pieces with their vectors: `pieces` (tokens,) and `vectors` (tokens, dimensions)."""

    pieces: Any
    vectors: Any


def direction(vectors: NDArray[float32]) -> NDArray[float32]:
    """The mean direction of token vectors (tokens, dimensions): (dimensions,), of length 1."""
    return units(vectors.mean(axis=0))


def mean_vector(directions: Sequence[NDArray[float32]]) -> bytes:
    """The mean of the `direction` of a text's parts, in the form of `Vector.numbers`.

    Each part counts the same, however long it is.
    """
    import numpy

    return bytes(units(numpy.sum(directions, axis=0)).astype("<f4").tobytes())


def packed(part: Tokens, scale: Scale) -> tuple[bytes, bytes]:
    """The pieces, in two bytes each, and the vectors, with two bits a number.

    `Vector.tokens` are the pieces of all parts of a text, then the vectors of all.
    """
    import numpy

    offsets = (part.vectors - scale.mean) / scale.spread
    codes = numpy.digitize(offsets, (-_BORDER, 0.0, _BORDER)).astype(numpy.uint8).reshape(len(offsets), -1, 4)
    bits = codes[..., 0] | codes[..., 1] << 2 | codes[..., 2] << 4 | codes[..., 3] << 6
    return numpy.array(part.pieces, "<u2").tobytes(), bits.tobytes()


def is_packed(tokens: bytes, scale: Scale) -> bool:
    """Whether `tokens` can be those of a text by a model of that scale."""
    return bool(tokens) and len(tokens) % _room(scale) == 0


def _room(scale: Scale) -> int:
    """Bytes of a token."""
    return 2 + len(scale.mean) // 4


def similarities(question: Tokens, texts: Sequence[bytes], scale: Scale) -> list[float]:
    """How near each of `texts` (`is_packed`) is to a question, in the light of all of them: about -1 to 1.

    The mean over the question's tokens, each weighted by its inverse document frequency among the texts, of the
    greatest cosine with a token of the text.
    """
    import numpy

    counts = numpy.array([len(text) // _room(scale) for text in texts])
    pieces = [numpy.frombuffer(text, "<u2", count) for text, count in zip(texts, counts, strict=True)]
    bits = [numpy.frombuffer(text, numpy.uint8, offset=2 * count) for text, count in zip(texts, counts, strict=True)]
    codes = numpy.concatenate(bits).reshape(counts.sum(), -1)
    mean = _unpacked(codes[:: -(-len(codes) // _SAMPLE)], scale).mean(axis=0)
    owners = numpy.repeat(numpy.arange(len(texts)), counts)
    rarity = _rarity(question.pieces, numpy.concatenate(pieces), owners)
    wanted = units(question.vectors - scale.mean - mean) * rarity[:, None]
    best = numpy.full((len(texts), len(wanted)), -numpy.inf, numpy.float32)
    for start in range(0, len(codes), _AT_ONCE):
        cosines = units(_unpacked(codes[start : start + _AT_ONCE], scale) - mean) @ wanted.T
        whose, first = numpy.unique(owners[start : start + _AT_ONCE], return_index=True)
        best[whose] = numpy.maximum(best[whose], numpy.maximum.reduceat(cosines, first, axis=0))
    found: list[float] = best.sum(axis=1).tolist()
    return found


def _rarity(asked: Sequence[int], pieces: NDArray[Any], owners: NDArray[Any]) -> NDArray[float32]:
    """The share of each piece asked for in the whole, by its inverse document frequency: (tokens,).

    `pieces` are those of all texts, `owners` (ascending) the number of the text of each.
    """
    import numpy

    having = numpy.array([numpy.unique(owners[pieces == piece]).size for piece in asked])
    rarity = numpy.maximum(numpy.log((owners[-1] + 2) / (having + 0.5)), 0.05)
    share: NDArray[float32] = (rarity / rarity.sum()).astype(numpy.float32)
    return share


def _unpacked(codes: NDArray[Any], scale: Scale) -> NDArray[float32]:
    """The vectors of `codes` (tokens, dimensions / 4) beside the model's mean."""
    import numpy

    levels = numpy.array(_LEVELS, numpy.float32) * scale.spread
    table = levels[numpy.arange(256)[:, None] >> numpy.array((0, 2, 4, 6)) & 3]
    vectors: NDArray[float32] = table[codes].reshape(len(codes), -1)
    return vectors


def units(vectors: NDArray[float32]) -> NDArray[float32]:
    """Vectors (…, dimensions) brought to length 1."""
    import numpy

    units: NDArray[float32] = vectors / numpy.maximum(numpy.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return units
