"""Every setting of the engine with its default, its bounds and what it does.

The engine is given a `Settings`; where its values come from (flags, environment, files) is the
app's business.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from graph.errors import UsageError


def setting(default: Any, about: str, low: float | None = None, high: float | None = None) -> Any:
    """A field of `Settings`: its default, what it does, and its inclusive bounds."""
    return field(default=default, metadata={"about": about, "low": low, "high": high})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. A name `a_b` here is `a.b` in files and on the command line."""

    store: str = setting("", "where the memory lives, as a URL: sqlite:///PATH")
    ingest_batch: int = setting(64, "records in one transaction", 1, 10_000)
    ingest_extractor: str = setting("auto", "who finds entities: auto, spacy or rules")
    ingest_longest: int = setting(16_000_000, "bytes of the longest record taken in", 1_000, 1_000_000_000)

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            low, high = each.metadata["low"], each.metadata["high"]
            if (low is not None and value < low) or (high is not None and value > high):
                raise UsageError(
                    f"{each.name.replace('_', '.', 1)} is {value}, outside {low} to {high}",
                    "see `memcli config list` for every setting and its bounds",
                )
