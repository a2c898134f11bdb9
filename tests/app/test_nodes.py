from __future__ import annotations

import json

from .world import World


def test_a_note_is_a_page(world: World) -> None:
    out = world("note", "show", "n_1").out
    for line in (
        "Lisbon on Monday",
        "Ann: I flew to Lisbon on Monday.",
        "keywords: lisbon, monday",
        "tags: travel",
        "mentions: Ann",
        "n_2  0.75    same_topic  Porto by train  both tell of a trip",
    ):
        assert line in out.splitlines()


def test_an_entity_is_a_page_in_order_of_time(world: World) -> None:
    out = world("entity", "show", "Ann").out
    assert out.splitlines()[:3] == ["Ann", "e_1 · PERSON", "also called: Annie"]
    assert out.index("said by Ann (1):") < out.index("m_1") < out.index("spoken of in (1):") < out.index("n_1")


def test_edges_are_grouped_by_kind_in_the_data(world: World) -> None:
    data = world("note", "show", "n_1", "--json").data
    assert list(data["edges"]) == ["about", "derived_from", "links_to"]
    assert data["edges"]["links_to"][0]["node"]["id"] == "n_2"


def test_what_is_not_there_has_a_hint(world: World) -> None:
    for kind in ("note", "entity"):
        ran = world(kind, "show", "Bob")
        assert ran.code == 3
        assert "hint: near names: Ann" in ran.err


def test_lists(world: World) -> None:
    assert [line.split()[0] for line in world("note", "list").out.splitlines()] == ["note", "n_1", "n_2"]
    assert world("note", "list", "--limit", "1", "--json").data["notes"][0]["id"] == "n_1"
    assert [json.loads(line)["name"] for line in world("entity", "list", "--jsonl").out.splitlines()] == ["Ann"]
    assert "Annie" in world("entity", "list").out
