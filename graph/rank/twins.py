"""Hits that are copies of one another are one hit, with all their sources."""

from __future__ import annotations

from collections.abc import Sequence

from graph.copies import copies, words_of
from graph.rank.fusion import Scored

Twins = dict[str, list[Scored]]
"""Those that say the same as an interaction, by its id."""


def gathered(ranked: Sequence[Scored], most: int) -> tuple[list[Scored], Twins]:
    """The ranked without those among the `most` best that are copies of a better one; and these by the better one."""
    kept: list[Scored] = []
    said: list[tuple[Scored, frozenset[str]]] = []
    twins: Twins = {}
    for each in ranked[:most]:
        own = words_of(each.interaction)
        same = next((other for other, its in said if copies(each.interaction, own, other.interaction, its)), None)
        if same:
            twins.setdefault(same.interaction.id, []).append(each)
            continue
        kept.append(each)
        said.append((each, own))
    return [*kept, *ranked[most:]], twins
