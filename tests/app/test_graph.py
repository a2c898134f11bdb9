from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.exporters.registry import EXPORTERS
from memcli.session import Terminals

from .world import World


@pytest.mark.parametrize("name", EXPORTERS)
def test_a_file_holds_what_standard_output_would(world: World, tmp_path: Path, name: str) -> None:
    target = tmp_path / "memory.out"
    streamed = world("graph", "export", "--format", name)
    written = world("graph", "export", "--format", name, "--output", str(target))
    assert (streamed.code, written.code) == (0, 0)
    assert streamed.out
    assert target.read_bytes() == streamed.out.encode()
    assert written.out == f"wrote {target}: {name}, {target.stat().st_size} bytes\n"
    assert [path.name for path in tmp_path.iterdir()] == ["memory.out"]


def test_kinds_restrict_the_export(world: World) -> None:
    def kinds(*options: str) -> set[str]:
        out = world("graph", "export", *options).out
        return {record.get("kind") for record in map(json.loads, out.splitlines()) if "source" not in record}

    assert {"note", "entity"} <= kinds()
    assert "entity" not in kinds("--kind", "note")
    assert {"note", "entity"} <= kinds("--tier", "note", "--tier", "entity")
    assert world("graph", "export", "--kind", "cheese").code == 2


def test_a_conversation_is_exported_with_what_touches_it(world: World) -> None:
    records = list(map(json.loads, world("graph", "export", "--conversation", "meetings").out.splitlines()))
    nodes = {each["id"]: each for each in records if each["type"] == "node"}
    edges = [each for each in records if each["type"] == "edge"]
    said = [each for each in nodes.values() if each["kind"] == "interaction"]
    assert {each["conversation"] for each in said} == {"meetings"}
    assert "Dot" in [each.get("name") for each in nodes.values()]
    assert edges
    assert all({each["source"], each["target"]} <= nodes.keys() for each in edges)


def test_an_export_with_json_needs_a_file(world: World, tmp_path: Path) -> None:
    ran = world("graph", "export", "--json")
    assert ran.code == 2
    assert ran.envelope["errors"][0]["hint"] == "add --output FILE"
    target = tmp_path / "g.dot"
    data = world("graph", "export", "--json", "--format", "dot", "--output", str(target)).data
    assert data == {"format": "dot", "output": str(target), "bytes": target.stat().st_size}


def test_an_unknown_format_names_the_known_ones(world: World) -> None:
    ran = world("graph", "export", "--format", "pdf")
    assert ran.code == 2
    assert all(name in ran.err for name in EXPORTERS)
    assert all(name in world("graph", "export", "--help").out for name in EXPORTERS)


def test_a_target_in_no_folder_is_said(world: World, tmp_path: Path) -> None:
    ran = world("graph", "export", "--output", str(tmp_path / "none" / "g.dot"))
    assert ran.code == 3
    assert "none" in ran.err


def test_a_terminal_is_given_nothing_to_obey(empty: World) -> None:
    line = json.dumps(
        {"conversation": "c", "speaker": "Ann", "text": "Red \x1b[31m and \x9b31m and \u202egone in Lisbon."}
    )
    assert empty("ingest", "-", stdin=line.encode()).code == 0
    assert "\x1b[31m" in empty("graph", "export", "--format", "csv").out
    empty.terminals = Terminals(stdout=True)
    for name in EXPORTERS:
        out = empty("graph", "export", "--format", name).out
        assert "Lisbon" in out
        assert not set("\x1b\x9b\u202e") & set(out)
    out = empty("ask", "Lisbon?", "--json").out
    assert not set("\x1b\x9b\u202e") & set(out)
    assert "\x9b31m and \u202egone" in json.loads(out)["data"]["hits"][0]["text"]


def test_stats(world: World) -> None:
    data = world("graph", "stats", "--json").data
    out = world("graph", "stats").out
    assert f"nodes: {sum(data['nodes'].values())} (entity {data['nodes']['entity']}" in out
    assert data["largest_component"] <= sum(data["nodes"].values())
    assert data["hubs"][0]["caption"] in out
    assert [hub["degree"] for hub in data["hubs"]] == sorted((hub["degree"] for hub in data["hubs"]), reverse=True)


def test_neighbors(world: World) -> None:
    out = world("graph", "neighbors", "Priya", "--limit", "200").out
    assert out.splitlines()[0].startswith("entity e_")
    assert "← said_by" in out
    records = world("graph", "neighbors", "Priya", "--hops", "2", "--jsonl").out.splitlines()
    data = world("graph", "neighbors", "Priya", "--hops", "2", "--json").data
    assert [json.loads(each) for each in records] == data["neighbors"]
    assert data["node"]["name"] == "Priya"
    assert len(data["neighbors"]) == 50
    far = world("graph", "neighbors", "Priya", "--hops", "2", "--limit", "1000", "--json").data["neighbors"]
    assert [each["hops"] for each in far] == sorted(each["hops"] for each in far)
    assert {each["hops"] for each in far} == {1, 2}


def test_the_store_says_what_it_is(world: World) -> None:
    assert "entities found by: rules" in world("store", "info").out


def test_the_graph_as_it_was(world: World) -> None:
    now = world("graph", "stats", "--json").data
    assert world("graph", "stats", "--as-of", "2099", "--json").data == now
    then = world("graph", "stats", "--as-of", "2025-01", "--json").data
    assert 0 < then["nodes"]["interaction"] < now["nodes"]["interaction"]
    out = world("graph", "export", "--kind", "interaction", "--as-of", "2025-01").out
    assert len(out.splitlines()) > 1
    assert not [line for line in out.splitlines() if (json.loads(line).get("timestamp") or "") > "2025-02"]
    around = world("graph", "neighbors", "Priya", "--as-of", "2025-01", "--limit", "1000", "--json").data["neighbors"]
    assert 0 < len(around) < len(world("graph", "neighbors", "Priya", "--limit", "1000", "--json").data["neighbors"])
    assert world("graph", "stats", "--as-of", "yesterday").code == 2
