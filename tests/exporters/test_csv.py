"""The table, read back by the csv module and by sqlite-utils."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils.utils import rows_from_file

from graph.exporters.registry import exporter_named
from graph.model import Form, Interaction, Query, Snapshot, caption, kind_of

from .samples import EDGES, NASTY, NODES, SAMPLE, snapshot_of


def rows_of(snapshot: Snapshot) -> list[dict[str, Any]]:
    text = "".join(exporter_named("csv").chunks(snapshot))
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_nodes_come_first_with_kind_and_caption() -> None:
    rows = rows_of(SAMPLE)
    assert [row["type"] for row in rows] == ["node"] * len(NODES) + ["edge"] * len(EDGES)
    found = [(row["id"], row["kind"], row["label"].removeprefix("'")) for row in rows[: len(NODES)]]
    assert found == [
        (node.id, kind_of(node).value, caption(node).replace("\ud800", "\ufffd").replace("\x00", "\ufffd"))
        for node in NODES
    ]


def test_edges_keep_ends_kind_and_weight() -> None:
    rows = rows_of(SAMPLE)[len(NODES) :]
    assert [(row["source"], row["target"], row["kind"], float(row["weight"])) for row in rows] == [
        (edge.source, edge.target, edge.kind.value, edge.weight) for edge in EDGES
    ]


def test_the_first_columns_are_the_ones_people_look_for() -> None:
    header = next(iter(exporter_named("csv").chunks(SAMPLE)))
    assert header.startswith("type,id,kind,label,text,timestamp,source,target,weight,reason,")
    assert len(set(header.strip().split(","))) == header.count(",") + 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r\n=1", "\ufeff=1", "＝1"])
def test_text_that_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    (row,) = rows_of(snapshot_of((Query("q_a", text),)))
    assert row["text"] == "'" + text


@pytest.mark.parametrize("text", ["", "1+1", "a=b", "'=1", NASTY])
def test_other_text_is_left_alone(text: str) -> None:
    (row,) = rows_of(snapshot_of((Query("q_a", text),)))
    assert row["text"] == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_any_text_comes_back(text: str) -> None:
    (row,) = rows_of(snapshot_of((Interaction("m_a", Form.MESSAGE, "1", text),)))
    assert row["text"] in (text, "'" + text)


def test_sqlite_utils_takes_it_in() -> None:
    data = "".join(exporter_named("csv").chunks(SAMPLE)).encode("utf-8")
    rows, _ = rows_from_file(io.BytesIO(data))
    database = sqlite_utils.Database(memory=True)
    try:
        table = database.table("graph").insert_all(rows)
        assert table.count == len(NODES) + len(EDGES)
        (message,) = table.rows_where("id = ?", ["m_a"])
        # It opens files with universal newlines.
        assert message["text"] == NASTY.replace("\r\n", "\n").replace("\r", "\n")
    finally:
        database.close()
