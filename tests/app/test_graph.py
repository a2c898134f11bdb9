from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.exporters.registry import EXPORTERS

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


def test_stats_and_neighbors(world: World) -> None:
    assert "nodes: 3 (note 2, entity 1)" in world("graph", "stats").out
    out = world("graph", "neighbors", "n_1").out
    assert out.splitlines()[0] == "note n_1: Lisbon on Monday"
    assert "links_to →" in out
    assert "← said_by" in world("graph", "neighbors", "Ann").out
    records = world("graph", "neighbors", "n_1", "--jsonl").out.splitlines()
    data = world("graph", "neighbors", "n_1", "--json").data
    assert [json.loads(each) for each in records] == data["neighbors"]
    assert data["node"]["kind"] == "note"


def test_the_store_says_what_it_is(world: World) -> None:
    assert "entities found by: rules" in world("store", "info").out
