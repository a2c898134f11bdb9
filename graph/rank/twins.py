"""Hits that are copies of one another are one hit, with all their sources."""

from __future__ import annotations

from collections.abc import Sequence

from graph.copies import Wording, copies
from graph.rank.fusion import Scored

Twins = dict[str, list[Scored]]
"""Those that say the same as an interaction, by its id."""


def gathered(ranked: Sequence[Scored], most: int) -> tuple[list[Scored], Twins]:
    """The ranked without those among the `most` best that are copies of a better one; and these by the better one."""
    kept: list[Scored] = []
    said: list[Wording] = []
    twins: Twins = {}
    for each in ranked[:most]:
        own = Wording.of(each.interaction)
        if same := next((other for other in said if copies(own, other)), None):
            twins.setdefault(same.said.id, []).append(each)
            continue
        kept.append(each)
        said.append(own)
    return [*kept, *ranked[most:]], twins
