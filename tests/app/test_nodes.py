from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from memcli.schema import schema_of

from .world import World


@pytest.fixture
def linked(world: World) -> dict[str, Any]:
    """What JSON says of a note that has links."""
    records = map(json.loads, world("graph", "export", "--kind", "note").out.splitlines())
    link = next(each for each in records if each.get("kind") == "links_to")
    data: dict[str, Any] = world("note", "show", link["source"], "--json").data
    return data


def test_a_note_is_a_page(world: World, linked: dict[str, Any]) -> None:
    note, edges = linked["node"], linked["edges"]
    out = world("note", "show", note["id"]).out
    lines = out.splitlines()
    assert lines[0] == note["title"]
    assert lines[1].startswith(note["id"])
    assert f"keywords: {', '.join(note['keywords'])}" in lines
    assert f"tags: {', '.join(note['tags'])}" in lines
    assert edges["derived_from"][0]["node"]["text"] in out
    for each in edges["links_to"]:
        [line] = [line for line in lines if line.startswith(each["node"]["id"])]
        assert f"{each['edge']['weight']:.2f}" in line
        assert each["edge"]["relation"] in line


def test_an_entity_is_a_page_in_order_of_time(world: World) -> None:
    data = world("entity", "show", "Priya", "--json").data
    lines = world("entity", "show", "Priya").out.splitlines()
    said = [each["node"] for each in data["edges"]["said_by"]]
    assert lines[:2] == ["Priya", f"{data['node']['id']} · {data['node']['label']}"]
    assert f"said by Priya ({len(said)}):" in lines
    assert [each["timestamp"] for each in said] == sorted(each["timestamp"] for each in said)
    below = lines[lines.index(f"said by Priya ({len(said)}):") :]
    times = [line.split("  ")[1] for line in below if line.startswith("  2025-")]
    assert times[:50] == [each["timestamp"][:16].replace("T", " ") for each in said[:50]]
    assert f"  … and {len(said) - 50} more, all of them with --json" in lines


def test_what_an_entity_occurs_with_is_counted(world: World) -> None:
    together = world("entity", "show", "Priya", "--json").data["together_with"]
    assert "Leith" in [each["name"] for each in together]
    assert [each["notes"] for each in together] == sorted((each["notes"] for each in together), reverse=True)
    assert f"together with: {together[0]['name']} ({together[0]['notes']}), " in world("entity", "show", "Priya").out


def test_names_are_found_whatever_their_accents_and_case(world: World) -> None:
    known = world("entity", "show", "Łukasz", "--json").data["node"]
    assert world("entity", "show", "łUKASZ", "--json").data["node"] == known
    assert world("entity", "show", known["id"], "--json").data["node"] == known


def test_what_is_not_there_has_a_hint(world: World) -> None:
    ran = world("entity", "show", "Pryia")
    assert ran.code == 3
    assert ran.err.startswith("error: no entity called 'Pryia'\nhint: did you mean 'Priya'")
    ran = world("note", "show", "n_none")
    assert (ran.code, ran.err) == (3, "error: no note called 'n_none'\nhint: see `memcli note list`\n")
    assert world("entity", "show", "Qqqqqqqqq").err.endswith("hint: see `memcli entity list`\n")


def test_lists(world: World) -> None:
    notes = world("note", "list", "--limit", "3", "--json").data["notes"]
    assert [line.split()[0] for line in world("note", "list", "--limit", "3").out.splitlines()] == [
        "note",
        *(each["id"] for each in notes),
    ]
    march = world("note", "list", "--since", "2025-03", "--until", "2025-03", "--json").data["notes"]
    assert {each["timestamp"][:7] for each in march} == {"2025-03"}
    found = [
        json.loads(line)["name"] for line in world("entity", "list", "--contains", "priy", "--jsonl").out.splitlines()
    ]
    assert "Priya" in found
    assert all("priy" in each.casefold() for each in found)


def test_an_entity_has_its_states_roles_places_and_dealings_in_order_of_time(empty: World) -> None:
    said = (
        ("2024-01-05", "I work as a nurse."),
        ("2024-02-05", "I live in Porto."),
        ("2024-03-05", "I moved to Lisbon."),
        ("2024-04-05", "I'm allergic to walnuts."),
        ("2024-05-05", "I decided to sell the car."),
    )
    lines = [
        json.dumps({"id": str(number), "speaker": "Ann", "timestamp": f"{day}T10:00:00", "text": text})
        for number, (day, text) in enumerate(said)
    ]
    assert empty("ingest", "-", stdin="\n".join(lines).encode()).code == 0
    ran = empty("entity", "show", "ann", "--json")
    Draft202012Validator(json.loads(schema_of("entity show"))).validate(ran.data)
    assert [(each["aspect"], each["text"], each["timestamp"][:10]) for each in ran.data["told"]] == [
        ("role", "Ann works as a nurse.", "2024-01-05"),
        ("place", "Ann lives in Porto.", "2024-02-05"),
        ("place", "Ann moved to Lisbon.", "2024-03-05"),
        ("state", "Ann is allergic to walnuts.", "2024-04-05"),
        ("dealing", "Ann decided to sell the car.", "2024-05-05"),
    ]
    assert ran.data["told"][0]["sources"][0]["text"] == "I work as a nurse."
    out = empty("entity", "show", "Ann", "--since", "2024-02", "--until", "2024-03").out
    assert "places:\n  2024-02-05 to 2024-03-05  Ann lives in Porto.  (Ann, m_" in out
    assert ("roles:" in out, "states:" in out, "said by Ann (2)" in out) == (False, False, True)
    assert "Lisbon.  (Ann, m_" in empty("entity", "show", "Lisbon").out
