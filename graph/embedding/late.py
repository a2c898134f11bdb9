"""Late chunking: a turn is encoded among the turns around it, and keeps the vectors of its own word pieces.

Günther et al., arXiv 2409.04701. Of "yes, in May" alone no model knows what was meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence, Set
from typing import TYPE_CHECKING

from graph.embedding.interaction import condensed, direction, mean_vector, packed
from graph.model import Form, Interaction, Vector
from graph.ports import Embedder

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

BEFORE, AFTER = 96, 48
"""Word pieces of the turns before and after that a turn is encoded with, at most."""
EARLIER, LATER = 5, 3
"""Places of the conversation, before and after, that these come from. A turn that is made anew since a later one has
come needs both, within `graph.ports.REACH`."""
_SHORT = 120
"""Word pieces up to which a turn is encoded with those around it; a longer one says enough by itself."""
_LONGEST = 256
"""Word pieces of a part of a longer text."""
_HEARD = 64_000
"""Letters of a text that have vectors; by what comes after, it is found by full text alone."""
_SENTENCE = re.compile(r"[^.!?…。！？\n]*+[.!?…。！？\n]*+\s*+")

Pieces = list[int]


def unsettled(session: Sequence[Interaction], new: Set[str]) -> list[int]:
    """Where in `session` (turns in order) the vectors depend on the turns `new`: those, and turns just before."""
    first = next((each.position for each in session if each.id in new and each.form is Form.MESSAGE), math.inf)
    return [
        at
        for at, each in enumerate(session)
        if each.id in new or (each.form is Form.MESSAGE and each.position >= first - LATER)
    ]


def vectors(session: Sequence[Interaction], places: Sequence[int], embedder: Embedder) -> Iterator[Vector]:
    """Yield the vectors of the turns at `places` of a session, or of the sections of a document; those without a word
    piece have none."""
    spoken = [_spoken(each) for each in session]
    pieces = embedder.pieces(spoken)
    for place in places:
        if not pieces[place]:
            continue
        if session[place].form is Form.DOCUMENT or len(pieces[place]) > _SHORT:
            # One part after the other: the vectors of a long text would fill the memory.
            encoded = (embedder.tokens(part) for part in _parts(spoken[place], pieces[place], embedder))
        else:
            encoded = (each for each in [_in_context(session, pieces, place, embedder)])
        made = [(direction(part), condensed(part, embedder.scale)) for part in encoded]
        tokens = packed(frozenset(pieces[place]), [codes for _, codes in made])
        yield Vector(session[place].id, embedder.name, mean_vector([each for each, _ in made]), tokens)


def _spoken(said: Interaction) -> str:
    label = said.speaker or said.title
    return (f"{label}: {said.text}" if label else said.text)[:_HEARD]


def _in_context(
    session: Sequence[Interaction], pieces: Sequence[Pieces], place: int, embedder: Embedder
) -> NDArray[float32]:
    near = slice(max(0, place - EARLIER), place + 1 + LATER)
    around = [
        (each.position - session[place].position, turn)
        for each, turn in zip(session[near], pieces[near], strict=True)
        if each.form is Form.MESSAGE
    ]
    before = [piece for far, turn in around if -EARLIER <= far < 0 for piece in turn][-BEFORE:]
    after = [piece for far, turn in around if 0 < far <= LATER for piece in turn][:AFTER]
    made = embedder.tokens([*before, *pieces[place], *after])
    return made[len(before) : len(before) + len(pieces[place])]


def _parts(text: str, pieces: Pieces, embedder: Embedder) -> Iterator[Pieces]:
    """Yield the word pieces of a text in parts that end where sentences do, as far as these are not too long."""
    if len(pieces) <= _LONGEST:
        yield pieces
        return
    part: Pieces = []
    for sentence in (embedder.pieces([each])[0] for each in _sentences(text)):
        for start in range(0, len(sentence), _LONGEST):
            piece = sentence[start : start + _LONGEST]
            if len(part) + len(piece) > _LONGEST:
                yield part
                part = []
            part = part + piece
    yield part


def _sentences(text: str) -> Iterator[str]:
    return (found[0] for found in _SENTENCE.finditer(text) if found[0].strip())
