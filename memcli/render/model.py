"""Models for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from memcli.render.page import Page


def show_models(page: Page, models: Sequence[Mapping[str, Any]]) -> None:
    """A line a model: what it is for, how large, and where it is or how to get it."""
    rows = [
        [
            each["name"],
            each["kind"],
            f"{each['bytes'] / 1e6:.0f} MB",
            each["licence"],
            (each["sha256"] or "")[:12],
            each["installed"] or f"not here: {each['get']}",
        ]
        for each in models
    ]
    page.table(("name", "kind", "size", "licence", "sha256", "where"), rows)
