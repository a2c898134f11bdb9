"""A small graph with every kind of node and edge, and strings that break careless writers."""

from __future__ import annotations

from collections.abc import Iterator

from graph.model import Edge, EdgeKind, Entity, Episode, Fact, Form, Insight, Interaction, Node, Note, Query, Snapshot

NASTY = (
    "plain \"double\" 'single' `back` \\ back\\slash \\n \\u0027 \\N &amp; <b>&lt;</b> ]]> "
    "tab\there\nnew line\r\nand\rreturn \N{GRINNING FACE} \u202eright to left\u202c שלום e\u0301 \u2028 \x85 "
    "{brace} [bracket] ; // comment /* */ -- , end\\"
)
UNFIT = "bell \x07 escape \x1b[31m null \x00 surrogate \ud800 noncharacter \uffff \x9b"

INTERACTION = Interaction(
    id="m_a",
    form=Form.MESSAGE,
    key="1",
    text=NASTY,
    conversation="c",
    session="s",
    position=3,
    speaker="Ann \\",
    timestamp="2024-03-05T10:22:00+01:00",
    metadata={"z": [1, 2.5, {"y": NASTY}], "a": None, "number": float("nan")},
)
NODES: tuple[Node, ...] = (
    Entity("e_a", '=cmd|"/c calc"!A1', "PERSON", ("Ann", 'A, "n" \\ n', "安")),
    Fact("f_a", "*" + NASTY, "Ann \\", "home", "Łódź", "2023-05", None, "2023-05-03T10:22:00", "2023-06"),
    Insight("i_a", "+" + NASTY, "Ann", "active", 2),
    INTERACTION,
    Interaction("m_b", Form.DOCUMENT, "d", UNFIT, title="A title & more"),
    Note("n_a", "- " + NASTY, NASTY, ("k1", "k]]>2"), (), "2024"),
    Note("n_b", "", "", decided_by="model"),
    Episode("p_a", NASTY, "c", "s", 3, 1, "2024-03-05T10:22:00+01:00"),
    Episode("p_b", "folded", folded_strength=2),
    Query("q_a", "@who?\r\n", asker="Ann"),
    Query("q_b", "who@?", asker="Bo"),
)
EDGES = (
    Edge("f_a", "e_a", EdgeKind.CONCERNS),
    Edge("f_a", "f_a", EdgeKind.CONFLICTS_WITH, reason="doubted"),
    Edge("f_a", "f_a", EdgeKind.ENDED_BY, reason="a newer value"),
    Edge("f_a", "n_a", EdgeKind.STATED_IN),
    Edge("i_a", "i_a", EdgeKind.OPPOSES),
    Edge("i_a", "n_a", EdgeKind.SUPPORTED_BY, 0.5),
    Edge("m_a", "m_b", EdgeKind.NEXT),
    Edge("m_a", "m_b", EdgeKind.REPLIES_TO, 1e-7, "same_topic", NASTY),
    Edge("m_a", "e_a", EdgeKind.SAID_BY),
    Edge("m_a", "p_a", EdgeKind.PART_OF),
    Edge("n_a", "e_a", EdgeKind.ABOUT, 0.1),
    Edge("n_a", "m_a", EdgeKind.DERIVED_FROM),
    Edge("n_a", "n_a", EdgeKind.LINKS_TO, 1 / 3, UNFIT, "model"),
    Edge("n_a", "e_a", EdgeKind.MENTIONS, 2.0),
    Edge("q_a", "m_b", EdgeKind.ANSWERED_BY),
    Edge("q_a", "q_b", EdgeKind.RESEMBLES, 0.5, reason="=much the same"),
    Edge("q_a", "m_a", EdgeKind.ASKED_IN, 1),
)


def snapshot_of(nodes: tuple[Node, ...], edges: tuple[Edge, ...] = ()) -> Snapshot:
    """Return a snapshot of `nodes` and `edges`, which are sorted by whoever gives them."""
    return Snapshot(lambda: iter(nodes), lambda: iter(edges))


SAMPLE = snapshot_of(NODES, EDGES)


class Watched:
    """A snapshot of `count` interactions in a row, which counts what has been read of it."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.nodes_read = 0
        self.edges_read = 0
        self.snapshot = Snapshot(self._nodes, self._edges)

    def _nodes(self) -> Iterator[Node]:
        for number in range(self.count):
            self.nodes_read += 1
            yield Interaction(f"m_{number:05}", Form.MESSAGE, str(number), "text", position=number)

    def _edges(self) -> Iterator[Edge]:
        for number in range(self.count - 1):
            self.edges_read += 1
            yield Edge(f"m_{number:05}", f"m_{number + 1:05}", EdgeKind.NEXT)
