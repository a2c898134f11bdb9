"""The way from what a question names to a piece of evidence."""

from __future__ import annotations

from pathlib import Path

from graph.model import EdgeKind, EntityMatch, Reach
from graph.paths import paths
from graph.rank.reading import Understood
from graph.recall import Evidence
from graph.store.sqlite.store import SqliteStore
from tests.store.conformance import fill
from tests.store.graphs import STORCHEN

WALKED = (EdgeKind.MENTIONS, EdgeKind.ABOUT, EdgeKind.SUPPORTED_BY)


def test_every_step_on_the_way_is_named_for_people(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "memory.db", create=True)
    fill(store)
    read = Understood(("storchen",), (EntityMatch(STORCHEN, "storchen", 1, False),), None)
    evidence = Evidence((), read, {}, (), store.neighborhood(["e_2"], WALKED, Reach(3, 50)))
    assert paths(evidence, ["n_2", "n_3", "n_4"], store) == {
        # Also a step on the way to n_3, which itself is known by its hit.
        "n_2": ("question names “Storchen”", "about note “Rooms booked”"),
        "n_3": (
            "question names “Storchen”",
            "about note “Rooms booked”",
            "supported_by insight “Bob likes trains.”",
            "supported_by n_3",
        ),
    }
    store.close()
