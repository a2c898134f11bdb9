"""Late chunking: a turn is encoded among the turns around it, and keeps the vectors of its own word pieces.

Günther et al., arXiv 2409.04701. Of "yes, in May" alone no model knows what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from typing import TYPE_CHECKING

from graph.embedding.interaction import Tokens, mean_vector, packed
from graph.model import Form, Interaction, Vector
from graph.ports import Embedder

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

BEFORE, AFTER = 96, 48
"""Word pieces of the turns before and after that a turn is encoded with, at most."""
EARLIER, LATER = 5, 3
"""Turns that these come from, at most: no more than a store gives of the end of a conversation."""
_SHORT = 120
"""Word pieces up to which a turn is encoded with those around it; a longer one says enough by itself."""
_LONGEST = 256
"""Word pieces of a part of a longer text."""
_SENTENCE = re.compile(r"[^.!?…。！？\n]*+[.!?…。！？\n]*+\s*+")

Pieces = list[int]


def unsettled(session: Sequence[Interaction], new: Set[str]) -> list[int]:
    """Places in `session` (turns in order) whose vectors depend on the turns `new`: theirs, and those just before."""
    first = next((place for place, each in enumerate(session) if each.id in new), len(session))
    if first < len(session) and session[first].form is Form.DOCUMENT:
        return list(range(first, len(session)))
    return list(range(max(0, first - LATER), len(session)))


def vectors(session: Sequence[Interaction], places: Sequence[int], embedder: Embedder) -> Iterator[Vector]:
    """Yield the vectors of the turns at `places` of a session, or of the sections of a document; those without a word
    piece have none."""
    spoken = [_spoken(each) for each in session]
    pieces = embedder.pieces(spoken)
    for place in places:
        if not pieces[place]:
            continue
        if session[place].form is Form.DOCUMENT or len(pieces[place]) > _SHORT:
            parts = [Tokens(each, embedder.tokens(each)) for each in _parts(spoken[place], pieces[place], embedder)]
        else:
            parts = [Tokens(pieces[place], _in_context(pieces, place, embedder))]
        numbers = mean_vector([part.vectors for part in parts])
        yield Vector(session[place].id, embedder.name, numbers, packed(parts, embedder.scale))


def _spoken(said: Interaction) -> str:
    label = said.speaker or said.title
    return f"{label}: {said.text}" if label else said.text


def _in_context(pieces: Sequence[Pieces], place: int, embedder: Embedder) -> NDArray[float32]:
    before = [piece for turn in pieces[max(0, place - EARLIER) : place] for piece in turn][-BEFORE:]
    after = [piece for turn in pieces[place + 1 : place + 1 + LATER] for piece in turn][:AFTER]
    made = embedder.tokens([*before, *pieces[place], *after])
    return made[len(before) : len(before) + len(pieces[place])]


def _parts(text: str, pieces: Pieces, embedder: Embedder) -> Iterator[Pieces]:
    """Yield the word pieces of a text in parts that end where sentences do, as far as these are not too long."""
    if len(pieces) <= _LONGEST:
        yield pieces
        return
    part: Pieces = []
    for sentence in embedder.pieces([each for each in _SENTENCE.findall(text) if each.strip()]):
        for start in range(0, len(sentence), _LONGEST):
            piece = sentence[start : start + _LONGEST]
            if len(part) + len(piece) > _LONGEST:
                yield part
                part = []
            part = part + piece
    yield part
