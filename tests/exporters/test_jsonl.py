"""JSON Lines are complete: the model can be built from them again."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from graph.exporters.registry import exporter_named
from graph.model import Edge, EdgeKind, Entity, Episode, Fact, Form, Insight, Interaction, Note, Query

from .samples import EDGES, INTERACTION, NODES, SAMPLE, snapshot_of

MODELS = {"interaction": Interaction, "note": Note, "entity": Entity, "query": Query, "insight": Insight}
MODELS |= {"fact": Fact, "episode": Episode}


def lines(text: str) -> list[str]:
    assert text.endswith("\n")
    return text[:-1].split("\n")


def rebuilt(record: dict[str, Any]) -> Any:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}
    if values.pop("type") == "edge":
        return Edge(**values | {"kind": EdgeKind(values["kind"])})
    if "form" in values:
        values["form"] = Form(values["form"])
    return MODELS[values.pop("kind")](**values)


def test_every_node_and_edge_can_be_built_again() -> None:
    records = [json.loads(line) for line in lines("".join(exporter_named("jsonl").chunks(SAMPLE)))]
    finite = replace(INTERACTION, metadata={**INTERACTION.metadata, "number": None})
    assert [rebuilt(record) for record in records] == [
        *(finite if node is INTERACTION else node for node in NODES),
        *EDGES,
    ]


def test_keys_come_in_the_model_s_order() -> None:
    first = json.loads(lines("".join(exporter_named("jsonl").chunks(snapshot_of((INTERACTION,)))))[0])
    names = [name for name in Interaction.__struct_fields__ if getattr(INTERACTION, name) is not None]
    assert list(first) == ["type", "kind", *names]
    assert list(first["metadata"]) == ["a", "number", "z"]


def test_equal_graphs_give_equal_text_however_their_maps_were_filled() -> None:
    one = replace(INTERACTION, metadata={"a": {"x": 1, "y": 2}, "b": 3})
    other = replace(INTERACTION, metadata={"b": 3, "a": {"y": 2, "x": 1}})
    whole, real = Edge("m_a", "m_a", EdgeKind.NEXT, 1), Edge("m_a", "m_a", EdgeKind.NEXT, 1.0)
    chunks = exporter_named("jsonl").chunks
    assert "".join(chunks(snapshot_of((one,), (whole,)))) == "".join(chunks(snapshot_of((other,), (real,))))


def test_text_is_written_as_itself_but_for_lone_surrogates() -> None:
    text = "".join(exporter_named("jsonl").chunks(snapshot_of((Query("q_a", "安 \N{GRINNING FACE} \ud800"),))))
    assert '"安 \N{GRINNING FACE} \\ud800"' in text
