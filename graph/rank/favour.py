"""What a question says of when and by whom, as factors: it favours messages, and excludes none."""

from __future__ import annotations

from collections.abc import Sequence

from graph.rank.fusion import Scored
from graph.rank.reading import Understood
from graph.rank.time_windows import nearness
from graph.settings import Settings
from graph.text import spelled


def favoured(ranked: Sequence[Scored], read: Understood, settings: Settings) -> list[Scored]:
    """The candidates with higher scores where they are of a time that the question names, or by its teller.

    Time narrows softly, as CAIM's filter with a fallback (arXiv 2505.13044) does hard: people date badly.
    """
    if not read.windows and not read.teller:
        return list(ranked)
    tellers = spelled((each.interaction.speaker for each in ranked), read.voices if read.teller else ())
    found = []
    for each in ranked:
        when = 1 + (settings.recall_when - 1) * nearness(each.interaction.timestamp, read.windows)
        told_by = settings.recall_teller if each.interaction.speaker in tellers else 1.0
        signals = {**each.signals, "when": round(when, 6), "teller": told_by}
        found.append(Scored(each.interaction, each.score * when * told_by, signals))
    return sorted(found, key=lambda each: (-each.score, each.interaction.id))
