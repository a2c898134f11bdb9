"""What a full-text index is given of an interaction: the same in every store, so that all find the same."""

from __future__ import annotations

from graph.ids import content_id
from graph.model import Form, Interaction
from graph.text import pieces, segmented

MOST_PIECES = 4096
"""Pieces of one text; those of a text that would have more are longer."""
_PIECE = 50
"""Words of a piece."""


def is_searched(said: Interaction) -> bool:
    """Whether searches find it: what was asked of memcli tells nothing, and would take the room of what does and change
    how rare words are."""
    return said.form is not Form.ASKED


def passages(said: Interaction) -> tuple[str, str, list[str]]:
    """The heading, under which all of a text is found, the whole text, and its pieces."""
    text = segmented(said.text)
    longest = max(_PIECE, -(-len(text.split()) // MOST_PIECES))
    return segmented(said.speaker or said.title or ""), text, list(pieces(text, longest))


def scope_token(*names: str) -> str:
    """A conversation's name as one word of an index, whatever its length, so that the index itself can narrow to it."""
    return "c" + content_id("interaction", *names)[2:]
