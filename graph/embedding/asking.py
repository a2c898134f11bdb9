"""A question as the embedder sees it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from graph.embedding.interaction import Tokens, direction, is_packed, mean_vector, similarities
from graph.model import Match, Scale
from graph.ports import Embedder

_LONGEST = 256
"""Word pieces of a question; what comes after them is not looked for by vectors."""
_LETTERS = 20 * _LONGEST


class Asked(Struct, frozen=True):
    """The vectors of a question by a model: `vector` as in `Vector.numbers`, and those of its tokens."""

    model: str
    vector: bytes
    tokens: Tokens
    scale: Scale

    def similarities(self, matches: Sequence[Match]) -> dict[str, float]:
        """How near the tokens of each match come to the question's, by id, for those that have some.

        What is no tokens of this model, however it got into the store, counts as none.
        """
        held = [match for match in matches if is_packed(match.tokens, self.scale)]
        if not held:
            return {}
        found = similarities(self.tokens, [match.tokens for match in held], self.scale)
        return dict(zip((match.id for match in held), found, strict=True))


def asked(question: str, embedder: Embedder) -> Asked | None:
    """The vectors of a question; None where there is nothing in it."""
    (pieces,) = embedder.pieces([question[:_LETTERS]])
    if not pieces:
        return None
    vectors = embedder.tokens(pieces[:_LONGEST])
    return Asked(embedder.name, mean_vector([direction(vectors)]), Tokens(pieces[:_LONGEST], vectors), embedder.scale)
