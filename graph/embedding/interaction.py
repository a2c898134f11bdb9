"""Token vectors: how they are kept in little room, and late interaction, by which they are compared.

ColBERT (Khattab and Zaharia, arXiv 2004.12832, section 3.3): each token of the question looks for the token of a text
that is nearest to it, and what they find is added up. Here a token counts by how few of the texts it is in, and vectors
are compared by what sets them apart from the mean of them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from graph.model import Scale

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

FORM = "2"
"""The form in which token vectors are kept, in the name of a model's vectors: those of another are not compared."""
_BORDER = 0.98
_LEVELS = (-1.51, -0.4528, 0.4528, 1.51)
"""The four values of least error for what is spread normally (Lloyd and Max), and the border between the inner two and
the outer two."""
_POOL = 2.5
"""Tokens for each vector that is kept."""
_COUNT = 4
"""Bytes that say how many different pieces a text has."""
_PASSAGE = 100
"""Vectors in which tokens are looked for at once: those of about 250 tokens."""
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


def condensed(vectors: NDArray[float32], scale: Scale) -> bytes:
    """Token vectors (tokens, dimensions) in little room: in the fewer dimensions of the scale's basis, those of tokens
    that are alike as one, with two bits a number."""
    import numpy

    kept = pooled((vectors - scale.mean) @ scale.basis)
    codes = numpy.digitize(kept / scale.spread, (-_BORDER, 0.0, _BORDER)).astype(numpy.uint8).reshape(len(kept), -1, 4)
    bits = codes[..., 0] | codes[..., 1] << 2 | codes[..., 2] << 4 | codes[..., 3] << 6
    return bytes(bits.tobytes())


def pooled(vectors: NDArray[float32]) -> NDArray[float32]:
    """Of `vectors` (tokens, dimensions), groups that are alike: (groups, dimensions), a group for each `_POOL` tokens.

    Clavié, Chaffin and Adams, arXiv 2409.14683, section 2: what is nearest by cosine becomes one, until so many are
    left. Here two groups are as near as their members are in the mean, and as long.
    """
    import numpy

    count = len(vectors)
    lengths = numpy.linalg.norm(vectors, axis=1)
    likeness = units(vectors) @ units(vectors).T
    numpy.fill_diagonal(likeness, -numpy.inf)
    group, size = numpy.arange(count), numpy.ones(count, numpy.float32)
    for _ in range(count - math.ceil(count / _POOL)):
        kept, gone = sorted(divmod(int(likeness.argmax()), count))
        likeness[kept] = (size[kept] * likeness[kept] + size[gone] * likeness[gone]) / (size[kept] + size[gone])
        likeness[:, kept] = likeness[kept]
        likeness[gone] = likeness[:, gone] = likeness[kept, kept] = -numpy.inf
        group[group == gone] = kept
        size[kept] += size[gone]
    members = group == numpy.unique(group)[:, None]
    share = members / members.sum(axis=1, keepdims=True)
    mean: NDArray[float32] = units(share @ vectors) * (share @ lengths)[:, None]
    return mean.astype(numpy.float32)


def packed(pieces: Set[int], parts: Sequence[bytes]) -> bytes:
    """`Vector.tokens`: the number of different word pieces of a text in four bytes, these in two bytes each, and its
    parts, `condensed`."""
    import numpy

    return b"".join([len(pieces).to_bytes(_COUNT, "little"), numpy.array(sorted(pieces), "<u2").tobytes(), *parts])


def is_framed(tokens: bytes) -> bool:
    """Whether `tokens` hold what they say they do, and vectors behind it, of whatever model."""
    return len(tokens) > _codes_at(tokens)


def is_packed(tokens: bytes, scale: Scale) -> bool:
    """Whether `tokens` can be those of a text by a model of that scale."""
    return is_framed(tokens) and (len(tokens) - _codes_at(tokens)) % _room(scale) == 0


def _codes_at(tokens: bytes) -> int:
    return _COUNT + 2 * int.from_bytes(tokens[:_COUNT], "little")


def _room(scale: Scale) -> int:
    """Bytes of a vector."""
    return int(scale.basis.shape[1]) // 4


def similarities(question: Tokens, texts: Sequence[bytes], scale: Scale) -> list[float]:
    """How near each of `texts` (`is_packed`) is to a question, in the light of all of them: about -1 to 1.

    The mean over the question's tokens, each weighted by its inverse document frequency among the texts, of the
    greatest cosine with a token of a passage, of the text's best passage (Dai and Callan, arXiv 1905.09217, section 3:
    else a long text, which has something for each token, is near to everything).
    """
    import numpy

    starts = [_codes_at(text) for text in texts]
    pieces = [numpy.frombuffer(text[_COUNT:start], "<u2") for text, start in zip(texts, starts, strict=True)]
    bits = [numpy.frombuffer(text, numpy.uint8, offset=start) for text, start in zip(texts, starts, strict=True)]
    codes = numpy.concatenate(bits).reshape(-1, _room(scale))
    mean = _unpacked(codes[:: -(-len(codes) // _SAMPLE)], scale).mean(axis=0)
    kept = numpy.array([len(each) // _room(scale) for each in bits])
    passages = -(-kept // _PASSAGE)
    opening = numpy.cumsum(passages) - passages
    within = numpy.arange(len(codes)) - numpy.repeat(numpy.cumsum(kept) - kept, kept)
    owners = numpy.repeat(opening, kept) + within // _PASSAGE
    rarity = _rarity(question.pieces, numpy.concatenate(pieces), len(texts))
    wanted = units((question.vectors - scale.mean) @ scale.basis - mean) * rarity[:, None]
    best = numpy.full((passages.sum(), len(wanted)), -numpy.inf, numpy.float32)
    for start in range(0, len(codes), _AT_ONCE):
        cosines = units(_unpacked(codes[start : start + _AT_ONCE], scale) - mean) @ wanted.T
        here = owners[start : start + _AT_ONCE]
        first = numpy.flatnonzero(numpy.diff(here, prepend=-1))
        whose = here[first]
        best[whose] = numpy.maximum(best[whose], numpy.maximum.reduceat(cosines, first, axis=0))
    found: list[float] = numpy.maximum.reduceat(best.sum(axis=1), opening).tolist()
    return found


def _rarity(asked: Sequence[int], pieces: NDArray[Any], texts: int) -> NDArray[float32]:
    """The share of each piece asked for in the whole, by its inverse document frequency: (tokens,).

    `pieces` are the different ones of each of so many texts.
    """
    import numpy

    having = numpy.bincount(pieces, minlength=1 << 16)[numpy.array(asked)]
    rarity = numpy.maximum(numpy.log((texts + 1) / (having + 0.5)), 0.05)
    share: NDArray[float32] = (rarity / rarity.sum()).astype(numpy.float32)
    return share


def _unpacked(codes: NDArray[Any], scale: Scale) -> NDArray[float32]:
    """The vectors (groups, kept) of `codes` (groups, kept / 4)."""
    import numpy

    levels = numpy.array(_LEVELS, numpy.float32) * scale.spread
    table = levels[numpy.arange(256)[:, None] >> numpy.array((0, 2, 4, 6)) & 3]
    # Not `table[codes]`, which copies four numbers a step in sixty times the time.
    vectors: NDArray[float32] = numpy.take(table, codes, axis=0).reshape(len(codes), -1)
    return vectors


def units(vectors: NDArray[float32]) -> NDArray[float32]:
    """Vectors (…, dimensions) brought to length 1."""
    import numpy

    units: NDArray[float32] = vectors / numpy.maximum(numpy.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return units
