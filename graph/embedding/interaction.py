"""Token vectors: how they are kept in little room, and late interaction, by which they are compared.

ColBERT (Khattab and Zaharia, arXiv 2004.12832, section 3.3): each token of the question looks for the token of a text
that is nearest to it, and what they find is added up. Here a token counts by how few of the texts it is in, and vectors
are compared by what sets them apart from the mean of them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

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


class Scale(Struct, frozen=True):
    """Where the token vectors of a model lie: their `mean` (dimensions,), and how far numbers spread around it."""

    mean: Any
    spread: float


class Tokens(Struct, frozen=True):
    """Word pieces with their vectors: `pieces` (tokens,) and `vectors` (tokens, dimensions)."""

    pieces: Any
    vectors: Any


def mean_vector(parts: Sequence[NDArray[float32]]) -> bytes:
    """The mean direction of the token vectors (tokens, dimensions) of a text's parts, in the form of `Vector.numbers`.

    Each part counts the same, however long it is.
    """
    import numpy

    total = numpy.sum([units(part.mean(axis=0)) for part in parts], axis=0)
    return bytes(units(total).astype("<f4").tobytes())


def packed(parts: Sequence[Tokens], scale: Scale) -> bytes:
    """The tokens of a text's parts: each piece in two bytes, then each vector with two bits a number."""
    import numpy

    pieces = numpy.concatenate([part.pieces for part in parts]).astype("<u2")
    offsets = (numpy.concatenate([part.vectors for part in parts]) - scale.mean) / scale.spread
    codes = numpy.digitize(offsets, (-_BORDER, 0.0, _BORDER)).astype(numpy.uint8).reshape(len(pieces), -1, 4)
    bits = codes[..., 0] | codes[..., 1] << 2 | codes[..., 2] << 4 | codes[..., 3] << 6
    return bytes(pieces.tobytes() + bits.tobytes())


def similarities(question: Tokens, texts: Sequence[bytes], scale: Scale) -> list[float]:
    """How near each of `texts` (`packed`, none empty) is to a question, in the light of all of them: about -1 to 1.

    The mean over the question's tokens, each weighted by its inverse document frequency among the texts, of the
    greatest cosine with a token of the text.
    """
    import numpy

    room = 2 + len(scale.mean) // 4
    counts = numpy.array([len(text) // room for text in texts])
    pieces = [numpy.frombuffer(text, "<u2", count) for text, count in zip(texts, counts, strict=True)]
    bits = [numpy.frombuffer(text, numpy.uint8, offset=2 * count) for text, count in zip(texts, counts, strict=True)]
    codes = numpy.concatenate(bits).reshape(counts.sum(), -1)
    mean = _unpacked(codes[:: -(-len(codes) // _SAMPLE)], scale).mean(axis=0)
    wanted = units(question.vectors - scale.mean - mean) * _rarity(question.pieces, pieces)[:, None]
    ends = counts.cumsum()
    starts = ends - counts
    cosines = numpy.empty((len(codes), len(wanted)), numpy.float32)
    for start in range(0, len(codes), _AT_ONCE):
        cosines[start : start + _AT_ONCE] = units(_unpacked(codes[start : start + _AT_ONCE], scale) - mean) @ wanted.T
    found: list[float] = numpy.maximum.reduceat(cosines, starts, axis=0).sum(axis=1).tolist()
    return found


def _rarity(asked: NDArray[Any], texts: Sequence[NDArray[Any]]) -> NDArray[float32]:
    """The share of each piece asked for in the whole, by its inverse document frequency: (tokens,)."""
    import numpy

    having = numpy.zeros(len(asked))
    for text in texts:
        having += numpy.isin(asked, text)
    rarity = numpy.maximum(numpy.log((len(texts) + 1) / (having + 0.5)), 0.05)
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
