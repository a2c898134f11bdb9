"""The Cypher script, read back by a small parser of its literals."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from graph.exporters.cypher import literal
from graph.exporters.registry import exporter_named
from graph.model import EDGE_ENDS, EdgeKind, Form, Interaction, NodeKind, Snapshot

from .samples import EDGES, INTERACTION, NASTY, NODES, SAMPLE, Watched, snapshot_of

TOKEN = re.compile(
    r"\s*(?:localdatetime\((?P<time>'[^']*')\)|(?P<truth>(?:true|false)\b)|(?P<string>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>\w+)|(?P<mark>[\[\]{}:,]))"
)
ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|(.))")
PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "'": "'", "\\": "\\"}
STATEMENT = re.compile(r"UNWIND (?P<rows>\[.*\]) AS row (?P<action>(?:MATCH|MERGE) .*;)\n")

properties = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
    | st.integers(0)
    | st.floats(0, 1e6, allow_nan=False)
    | st.booleans()
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), inner),
    max_leaves=8,
)


class Literals:
    """Reads one literal; anything that is none fails."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def token(self) -> re.Match[str]:
        match = TOKEN.match(self.text, self.at)
        assert match, self.text[self.at : self.at + 40]
        self.at = match.end()
        return match

    def value(self) -> Any:
        token = self.token()
        if token["string"]:
            return ESCAPE.sub(
                lambda found: chr(int(found[1], 16)) if found[1] else PLAIN[found[2]], token["string"][1:-1]
            )
        if token["time"]:
            return datetime.fromisoformat(token["time"][1:-1])
        if token["truth"]:
            return token["truth"] == "true"
        if token["number"]:
            return float(token["number"]) if "." in token["number"] else int(token["number"])
        if token["mark"] == "[":
            return self.items("]", self.value)
        assert token["mark"] == "{"
        return dict(self.items("}", self.pair))

    def pair(self) -> tuple[str, Any]:
        token = self.token()
        name = token["name"] or token["truth"]
        assert name
        assert self.token()["mark"] == ":"
        return name, self.value()

    def items(self, end: str, one: Any) -> list[Any]:
        found: list[Any] = []
        if self.text.startswith(end, self.at):
            self.at += 1
            return found
        while True:
            found.append(one())
            mark = self.token()["mark"]
            if mark == end:
                return found
            assert mark == ","


def parsed(text: str) -> Any:
    literals = Literals(text)
    value = literals.value()
    assert literals.at == len(text)
    return value


def preprocessed(text: str) -> str:
    """What a lexer sees that resolves every `\\uXXXX`, whatever stands before it."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def batches(snapshot: Snapshot) -> list[tuple[list[dict[str, Any]], str]]:
    chunks = list(exporter_named("cypher").chunks(snapshot))
    assert all(chunk.count("\n") == 1 and chunk.endswith(";\n") for chunk in chunks)
    statements = [STATEMENT.fullmatch(chunk) for chunk in chunks if chunk.startswith("UNWIND")]
    assert all(statements)
    return [(parsed(each["rows"]), each["action"]) for each in statements if each]


def test_every_label_has_its_constraint() -> None:
    text = "".join(exporter_named("cypher").chunks(SAMPLE))
    for kind in NodeKind:
        assert f"FOR (n:{kind.value.capitalize()}) REQUIRE n.id IS UNIQUE;\n" in text


def test_nodes_come_with_their_label_and_properties() -> None:
    found = {row["id"]: (action, row) for rows, action in batches(SAMPLE) if "MERGE (n:" in action for row in rows}
    assert set(found) == {node.id for node in NODES}
    action, row = found["m_a"]
    assert action == "MERGE (n:Interaction {id: row.id}) SET n += row;"
    assert row["text"] == NASTY
    assert row["position"] == INTERACTION.position
    assert json.loads(row["metadata"])["z"] == [1, 2.5, {"y": NASTY}]
    assert found["e_a"][1]["aliases"] == ["Ann", 'A, "n" \\ n', "安"]
    assert found["n_a"][1]["tags"] == []
    assert "title" not in row


def test_edges_join_the_right_labels() -> None:
    found = set()
    for rows, action in batches(SAMPLE):
        if "MERGE (a)" in action:
            pattern = (
                r"MATCH \(a:(\w+) .*\) MATCH \(b:(\w+) .*\) MERGE \(a\)-\[r:(\w+)\]->\(b\) SET r = row.properties;"
            )
            match = re.fullmatch(pattern, action)
            assert match
            kind = EdgeKind(match[3].lower())
            assert tuple(NodeKind(label.lower()) for label in match.groups()[:2]) == EDGE_ENDS[kind]
            found |= {(row["source"], row["target"], kind, row["properties"]["weight"]) for row in rows}
    assert found == {(edge.source, edge.target, edge.kind, edge.weight) for edge in EDGES}


def test_batches_are_bounded_in_rows_and_in_characters() -> None:
    sizes = [len(rows) for rows, _ in batches(Watched(1001).snapshot)]
    assert max(sizes) == 200
    assert sum(sizes) == 1001 + 1000
    long = tuple(Interaction(f"m_{number}", Form.MESSAGE, "", "x" * 600_000) for number in range(5))
    assert [len(rows) for rows, _ in batches(snapshot_of(long))] == [2, 2, 1]


@given(properties)
def test_any_literal_comes_back(value: Any) -> None:
    assert parsed(literal(value)) == value


@given(st.text(st.sampled_from("\\u0027'n\n\"x")))
@example("\\u0027")
@example("\\\\u005c' DETACH DELETE")
@example(NASTY)
def test_escapes_resolved_early_change_nothing(text: str) -> None:
    assert parsed(literal(text)) == text
    assert parsed(preprocessed(literal(text))) == text


def test_what_a_database_cannot_hold_is_replaced() -> None:
    assert parsed(literal("a\x00b\ud800c")) == "a\ufffdb\ufffdc"
    assert literal(1e-7) == "0.0000001"
    assert literal(1e22) == "10000000000000000000000.0"
