"""A small graph with every kind of node and edge, for stores to hold."""

from __future__ import annotations

from struct import pack

from graph.model import (
    Action,
    Changes,
    Edge,
    EdgeKind,
    Entity,
    Episode,
    Event,
    Fact,
    Form,
    Insight,
    Interaction,
    Note,
    Query,
    Vector,
)


def said(id: str, text: str, position: int, conversation: str = "trip", **more) -> Interaction:
    """An interaction; its key is its id without the letter for its kind."""
    return Interaction(id, Form.MESSAGE, id[2:], text, conversation, "s1", position, **more)


def vector(node: str, *numbers: float, model: str = "small") -> Vector:
    """A vector of length 1 in the direction of `numbers`."""
    length = sum(number * number for number in numbers) ** 0.5
    return Vector(node, model, pack(f"<{len(numbers)}f", *(number / length for number in numbers)))


HELLO = said("m_1", "Did you book the hotel in Zürich?", 0, speaker="Ann Lee", timestamp="2024-03-05T10:22:00")
REPLY = said(
    "m_2", "Booked it: rooms at the Storchen.", 1, speaker="Bob", timestamp="2024-03-06T09:00:00", reply_to="1"
)
LATER = said("m_3", "The trains were running late.", 2, speaker="Bob", timestamp="2024-04-01T08:00:00+02:00")
OTHER = said("m_4", "東京タワーに行きたい", 0, "plans", speaker="Annabel", timestamp="2024-05-02T00:00:00")
UNDATED = said("m_5", "No date here, nobody said it.", 1, "plans", metadata={"b": [1, None, "é"], "a": {"x": 1.5}})
PAGE = Interaction("m_6", Form.DOCUMENT, "d-1", "Storchen is a hotel on the Limmat.", "d-1", title="Storchen")
INTERACTIONS = (HELLO, REPLY, LATER, OTHER, UNDATED, PAGE)

NOTES = (
    Note("n_1", "Hotel in Zürich", "Ann asks", ("hotel", "zürich"), ("message", "question"), HELLO.timestamp, "rules"),
    Note("n_2", "Rooms booked", "Bob answers", ("rooms",), ("message",), REPLY.timestamp, "rules"),
    Note("n_3", "Late trains", "Bob tells", (), (), LATER.timestamp, "spacy:x-1"),
    Note("n_4", "Tokyo Tower", "Annabel plans", timestamp=OTHER.timestamp),
)
ZURICH = Entity("e_1", "Zürich", "GPE")
STORCHEN = Entity("e_2", "Storchen", "ORG")
ANN = Entity("e_3", "Ann Lee", "PERSON")
BOB = Entity("e_4", "Bob", "PERSON")
ANNABEL = Entity("e_5", "Annabel", "PERSON")
ENTITIES = (ZURICH, STORCHEN, ANN, BOB, ANNABEL)
QUERY = Query("q_1", "Did you book the hotel in Zürich?", "answered", "Ann Lee", HELLO.timestamp)
INSIGHT = Insight("i_1", "Bob likes trains.", "Bob", "active", 2)
ZUG = Fact(
    "f_1", "Bob lives in Zug.", "Bob", "home", "Zug", "2024-03-06", "2024-04", REPLY.timestamp, None, 1, "certain"
)
BERN = Fact("f_2", "Bob moved to Bern.", "Bob", "home", "Bern", "2024-04", recorded_at=LATER.timestamp, position=2)
DOUBT = Fact("f_3", "Annabel plays chess.", "Annabel", "plays", "chess", state="doubtful", decided_by="a-model")
FACTS = (ZUG, BERN, DOUBT)
EPISODE = Episode("p_1", "hotel, zürich", "trip", "s1", 0, 2, HELLO.timestamp, REPLY.timestamp)
BARE = Episode("p_4", "", "plans", position=1, messages=1, folded_strength=2)
NODES = (*INTERACTIONS, EPISODE, BARE, *NOTES, *ENTITIES, *FACTS, QUERY, INSIGHT)

EDGES = (
    Edge("m_1", "m_2", EdgeKind.NEXT),
    Edge("m_2", "m_3", EdgeKind.NEXT),
    Edge("m_2", "m_1", EdgeKind.REPLIES_TO),
    Edge("m_1", "e_3", EdgeKind.SAID_BY),
    Edge("m_2", "e_4", EdgeKind.SAID_BY),
    Edge("m_3", "e_4", EdgeKind.SAID_BY),
    Edge("m_4", "e_5", EdgeKind.SAID_BY),
    Edge("n_1", "m_1", EdgeKind.DERIVED_FROM),
    Edge("n_2", "m_2", EdgeKind.DERIVED_FROM),
    Edge("n_3", "m_3", EdgeKind.DERIVED_FROM),
    Edge("n_4", "m_4", EdgeKind.DERIVED_FROM),
    Edge("n_1", "e_1", EdgeKind.MENTIONS),
    Edge("n_2", "e_2", EdgeKind.ABOUT, 5.0, reason="title"),
    Edge("n_2", "n_1", EdgeKind.LINKS_TO, 0.9, "answers", "answers: Did you?", "rule"),
    Edge("q_1", "m_1", EdgeKind.ASKED_IN),
    Edge("q_1", "m_2", EdgeKind.ANSWERED_BY, reason="next turn by Bob"),
    Edge("i_1", "n_2", EdgeKind.SUPPORTED_BY),
    Edge("i_1", "n_3", EdgeKind.SUPPORTED_BY),
    Edge("f_1", "n_2", EdgeKind.STATED_IN),
    Edge("f_2", "n_3", EdgeKind.STATED_IN),
    Edge("f_3", "n_4", EdgeKind.STATED_IN),
    Edge("f_1", "e_4", EdgeKind.CONCERNS),
    Edge("f_2", "e_4", EdgeKind.CONCERNS),
    Edge("f_3", "e_5", EdgeKind.CONCERNS),
    Edge("f_1", "f_2", EdgeKind.ENDED_BY, reason="a newer value"),
    Edge("f_3", "f_1", EdgeKind.CONFLICTS_WITH, reason="doubted"),
    Edge("m_1", "p_1", EdgeKind.PART_OF),
    Edge("m_2", "p_1", EdgeKind.PART_OF),
    Edge("m_5", "p_4", EdgeKind.PART_OF),
)
EVERYTHING = Changes(NODES, EDGES)

EVENTS = (
    Event(
        "v_2",
        "2024-03-05T10:22:00.000000Z",
        Action.EVOLVE,
        "n_1",
        "",
        {"tags": []},
        {"tags": ["é"]},
        "a",
        "rule",
        "n_2",
    ),
    Event("v_1", "2024-03-06T00:00:00.000000Z", Action.LINK, "n_2", "n_1", None, {"weight": 0.5}, "by hand", "person"),
    Event("v_3", "2024-03-06T00:00:00.000000Z", Action.VOTE, "i_1", decided_by="a-model", value=-2),
    Event("v_4", "2024-05-01T12:00:00.000001Z", Action.UNDO, "n_2", "n_1", {"weight": 0.5}, cause="v_1"),
)
"""What was decided about these, in order of time."""
