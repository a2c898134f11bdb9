"""The rules of each tier on their own: notes, questions, insights, and links between notes."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from graph.evolution import linking
from graph.extract.rules import RuleExtractor
from graph.model import (
    Edge,
    EdgeKind,
    Entity,
    Extraction,
    Form,
    Frontier,
    Insight,
    Interaction,
    Mention,
    Record,
    Relation,
)
from graph.ports import REACH
from graph.tiers import insights, interactions, notes, queries

NOTHING = Extraction((), ())


def turn(speaker: str | None, text: str, position: int = 0, **more) -> Interaction:
    return Interaction(f"m_{position}", Form.MESSAGE, str(position), text, "c", "s", position, speaker, **more)


def read(text: str) -> Extraction:
    return RuleExtractor().extract([text])[0]


# --- Interactions --------------------------------------------------------------------------------

RECORD = Record(Form.MESSAGE, "1", "Hi", "c", "s", "Ann", "2024-03-05T10:22:00")


@pytest.mark.parametrize(
    "other",
    [
        {"key": "2"},
        {"text": "Hi!"},
        {"conversation": "d"},
        {"session": "t"},
        {"speaker": "Bob"},
        {"speaker": None},
        {"timestamp": None},
        {"form": Form.DOCUMENT},
    ],
)
def test_whatever_is_said_otherwise_is_another_interaction(other: dict) -> None:
    assert interactions.interaction(RECORD).id != interactions.interaction(replace(RECORD, **other)).id


@pytest.mark.parametrize(
    "other", [{"line": 9}, {"offset": 9}, {"metadata": {"a": 1}}, {"title": "x"}, {"reply_to": "7"}]
)
def test_where_it_was_read_and_what_goes_with_it_do_not_matter(other: dict) -> None:
    assert interactions.interaction(RECORD).id == interactions.interaction(replace(RECORD, **other)).id


def test_sections_of_a_document_stand_in_its_order() -> None:
    page = interactions.interaction(Record(Form.DOCUMENT, "d-1", "text", title="T"))
    assert (page.conversation, page.key, page.title) == ("d-1", "d-1", "T")


def test_windows_are_sessions_behind_what_is_there() -> None:
    before = turn("Ann", "before", 3)
    elsewhere = replace(turn("Ann", "elsewhere", 4), session="t")
    new = [turn("Bob", "x", 5), replace(turn("Bob", "y", 6), session="t"), turn("Bob", "z", 7)]
    tail = (turn("Ann", "long before", 4 - REACH), before, elsewhere)
    found = list(interactions.windows(new, Frontier(set(), {"c": tail}, {}, {})))
    assert [[each.position for each in window] for window in found] == [[3, 5, 7], [4, 6]]


def test_order_holds_within_reach() -> None:
    window = [turn(None, "x", place) for place in (0, 1, 9, 18)]
    assert [(edge.source, edge.target) for edge in interactions.order(window)] == [("m_0", "m_1"), ("m_1", "m_9")]


@pytest.mark.parametrize(("name", "expected"), [("  Ann   Lee ", "Ann Lee"), ("", None), (None, None), ("!!", None)])
def test_speakers(name: str | None, expected: str | None) -> None:
    found = interactions.speaker_entity(name)
    assert (found.name if found else None) == expected


# --- Notes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("Hi!", False),
        ("Thanks so much, take care!", False),
        ("Haha yes, good night 😊", False),
        ("👍", False),
        ("Lol okay, sounds good", False),
        ("Pottery.", False),
        ("Pottery classes", True),
        ("I went with Lisa", True),
        ("我去了东京", True),
    ],
)
def test_what_is_worth_a_note(text: str, worth: bool) -> None:
    assert notes.worth_noting(turn("Ann", text), read(text)) is worth


def test_every_section_of_a_document_is() -> None:
    assert notes.worth_noting(replace(turn(None, "Hi."), form=Form.DOCUMENT), NOTHING)


def test_a_note_is_made_of_its_interaction() -> None:
    text = "We love Lisbon!   Are you going to move there? See https://example.org"
    said = turn("Ann", text, timestamp="2024-03-05T10:22:00")
    made = notes.note(said, Extraction((Mention("Lisbon", "GPE", 8, 14),), ("lisbon", "move")))
    assert made.title == "We love Lisbon! Are you going to move there? See https://example.org"
    assert made.context == "Ann, 5 March 2024, about Lisbon, lisbon, move."
    assert made.keywords == ("lisbon", "move")
    assert made.tags == ("message", "question", "plan", "preference", "link", "place")
    assert made.timestamp == said.timestamp
    assert made.id == notes.note(replace(said, position=99), NOTHING).id


def test_documents_are_about_their_titles() -> None:
    page = Interaction("m_1", Form.DOCUMENT, "d", "Mercury is small.", "d", title="Mercury (planet)")
    made = notes.note(page, read(page.text))
    entities, edges = notes.note_edges(made, page, Extraction((Mention("Mercury", "LOC", 0, 7),), ()))
    assert [(each.name, each.label) for each in entities] == [("Mercury (planet)", "TITLE"), ("Mercury", "TITLE")]
    assert [edge.kind for edge in edges] == [EdgeKind.DERIVED_FROM, EdgeKind.ABOUT, EdgeKind.ABOUT]
    assert made.title == "Mercury (planet)"


# --- Questions -----------------------------------------------------------------------------------


def outcomes(*turns: Interaction, new: int | None = None) -> dict[str, tuple[str, ...]]:
    fresh = frozenset(each.id for each in turns[-new if new else 0 :])
    asked, edges = queries.queries(turns, fresh)
    found = {}
    for query in asked:
        answers = [each for each in edges if each.source == query.id and each.kind is EdgeKind.ANSWERED_BY]
        assert query.outcome == ("answered" if answers else "open")
        found[query.text] = tuple(each.target for each in answers)
    return found


def test_the_next_turns_of_another_answer() -> None:
    found = outcomes(
        turn("Ann", "Where is Bob?", 0),
        turn("Ann", "Anyone?", 1),
        turn("Carla", "At home.", 2),
        turn("Carla", "Ill.", 3),
        turn("Carla", "Poor him.", 4),
    )
    assert found["Where is Bob?"] == ("m_2", "m_3")


def test_a_third_speaker_ends_an_answer() -> None:
    found = outcomes(
        turn("Ann", "Where is Bob?", 0), turn("Carla", "Home.", 1), turn("Dan", "No.", 2), turn("Carla", "Yes.", 3)
    )
    assert found == {"Where is Bob?": ("m_1",)}


def test_an_answer_comes_soon_or_not_at_all() -> None:
    talk = [turn("Ann", "Where is Bob?", 0), *(turn("Ann", "Hm.", place) for place in range(1, 8))]
    assert outcomes(*talk, turn("Bob", "Here.", 8)) == {"Where is Bob?": ("m_8",)}
    assert outcomes(*talk, turn("Ann", "Hm.", 8), turn("Bob", "Here.", 9)) == {"Where is Bob?": ()}


def test_only_what_touches_the_new_is_told() -> None:
    talk = [
        turn("Ann", "Where is Bob?", 0),
        turn("Bob", "Here.", 1),
        turn("Ann", "Where exactly?", 2),
        turn("Dan", "Who?", 3),
    ]
    assert set(outcomes(*talk, new=1)) == {"Where exactly?"}


@pytest.mark.parametrize("text", ["How are you?", "What?", "Really?!", "No question.", "See http://x.org/?a=b", "???"])
def test_what_is_no_question(text: str) -> None:
    assert outcomes(turn("Ann", text)) == {}


@pytest.mark.parametrize("text", ['She asked "Where is the museum?"', "Museum where？", "أين المتحف الكبير؟"])
def test_what_is_one(text: str) -> None:
    assert len(outcomes(turn("Ann", text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Tell me about the museum in Porto",
        "I wonder whether Bob sold the boat.",
        "Hey, can you send me the recipe",
        "Let me know when the train leaves!",
        "Please send the report by Friday.",
    ],
)
def test_a_request_needs_no_mark(text: str) -> None:
    assert outcomes(turn("Ann", text)) == {text: ()}


@pytest.mark.parametrize(
    "text",
    ["Tell me about it.", "Let me know!", "Can you believe the weather", "He can tell you.", "Please take care."],
)
def test_what_is_no_request(text: str) -> None:
    assert outcomes(turn("Ann", text)) == {}


def test_an_answer_that_is_taken_back_or_denied() -> None:
    talk = [turn("Ann", "Where is the boat?", 0), turn("Bob", "In Porto.", 1), turn("Ann", "That's not right.", 2)]
    corrected = [(talk[2], talk[1])]
    [query], edges = queries.queries(talk, frozenset({"m_2"}), corrected)
    assert query.outcome == "corrected"
    assert [(each.target, each.relation) for each in edges if each.kind is EdgeKind.ANSWERED_BY] == [
        ("m_1", ""),
        ("m_2", "corrects"),
    ]
    # Without the turn that corrects, it is as it was.
    assert queries.settled(query, edges[:-1]).outcome == "answered"
    assert queries.settled(query, edges[:1]).outcome == "open"
    far = [*talk[:2], replace(talk[2], position=9)]
    assert queries.queries(far, frozenset({"m_0"}), [(far[2], far[1])])[0][0].outcome == "answered"


def test_a_question_put_otherwise_after_its_answer_was_corrected() -> None:
    talk = [turn("Ann", "Where is Bob?", 0), turn("Carla", "Home.", 1), turn("Ann", "No, I meant Ben.", 2)]
    assert queries.queries(talk, frozenset({"m_0"}), [(talk[2], talk[0])])[0][0].outcome == "corrected"
    early = [talk[0], replace(talk[2], position=1, id="m_9"), replace(talk[1], position=2)]
    assert queries.queries(early, frozenset({"m_0"}), [(early[1], early[0])])[0][0].outcome == "answered"


def test_a_flood_of_questions_is_cut() -> None:
    assert len(outcomes(turn("Ann", " ".join(f"Where is number {place}?" for place in range(1000))))) == 4


# --- Insights ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I love Lisbon.", "Ann likes Lisbon."),
        ("Well, i really like Lisbon", "Ann likes Lisbon."),
        ("I’m into pottery now", "Ann likes pottery."),
        ("I'm a big fan of Lisbon", "Ann likes Lisbon."),
        ("I don't like Lisbon", "Ann dislikes Lisbon."),
        ("I can’t stand Lisbon", "Ann dislikes Lisbon."),
        ("I'm allergic to peanuts", "Ann is allergic to peanuts."),
        ("I've just moved to Lisbon", "Ann moved to Lisbon."),
        ("I work for Acme", "Ann works for Acme."),
        ("I am from Lisbon", "Ann is from Lisbon."),
    ],
)
def test_statements(text: str, expected: str) -> None:
    (found,) = insights.statements(turn("Ann", text), read(text))
    assert (found.text, found.subject) == (expected, "Ann")


@pytest.mark.parametrize(
    "text",
    ["Wii love Lisbon", "You love Lisbon", "I love you, and Lisbon", "I love it when we are all in Lisbon", "I love."],
)
def test_what_is_no_statement(text: str) -> None:
    assert list(insights.statements(turn("Ann", text), read(text))) == []


def test_nobody_says_nothing_of_themselves() -> None:
    assert list(insights.statements(turn(None, "I love Lisbon"), read("I love Lisbon"))) == []


def test_a_statement_counts_once_a_note() -> None:
    text = "I love Lisbon. I really love Lisbon!"
    (said,) = insights.statements(turn("Ann", text), read(text))
    (found,), edges = insights.insights([(said, "n_1"), (said, "n_1")], [])
    assert (found.state, found.support) == ("candidate", 1)
    assert {(edge.source, edge.target) for edge in edges} == {(said.insight, "n_1")}


def test_the_first_words_stay() -> None:
    (said,) = insights.statements(turn("ANN", "I love LISBON"), read("I love LISBON"))
    before = Insight(said.insight, "Ann likes Lisbon.", "Ann", "candidate", 1)
    (found,), _ = insights.insights([(said, "n_2")], [before])
    assert found == replace(before, state="active", support=2)


# --- Links ---------------------------------------------------------------------------------------

LISBON, PORTO, JAZZ = (Entity(f"e_{name}", name, "GPE") for name in ("Lisbon", "Porto", "jazz"))


def linked(
    new: Sequence[tuple[str, Sequence[Entity]]], before: Sequence[tuple[str, str]], *likeness: linking.Likeness
) -> list[Edge]:
    return list(linking.links(linking.sharing(new, before), *likeness))


def test_a_link_leads_back_to_what_shares_a_rare_name() -> None:
    found = linked([("n_2", (LISBON,)), ("n_3", (JAZZ, LISBON))], [("n_1", "e_jazz")])
    assert found == [
        Edge("n_3", "n_1", EdgeKind.LINKS_TO, 0.5, "same_topic", "both mention jazz"),
        Edge("n_3", "n_2", EdgeKind.LINKS_TO, 0.5, "same_topic", "both mention Lisbon"),
    ]


def test_more_shared_names_weigh_more() -> None:
    before = [("n_1", "e_Lisbon"), ("n_2", "e_Lisbon"), ("n_2", "e_Porto")]
    found = linked([("n_3", (LISBON, PORTO))], before)
    # Beside it, to share one of the names is no more than others do.
    assert [(edge.target, edge.weight, edge.reason) for edge in found] == [
        ("n_2", 0.8333, "both mention Lisbon, Porto"),
    ]


def test_shared_words_tell_among_those_that_share_a_name() -> None:
    before = [("n_1", "e_Lisbon"), ("n_2", "e_Lisbon")]
    likeness = {"n_1": 0.0, "n_2": 0.8}
    (edge,) = linked([("n_3", (LISBON,))], before, lambda _, other: likeness[other])
    assert (edge.target, edge.weight) == ("n_2", 0.3333)
    assert [each.target for each in linked([("n_3", (LISBON,))], before, lambda *_: 0.8)] == ["n_1", "n_2"]


def test_a_common_name_joins_nothing() -> None:
    before = [(f"n_{number:02}", "e_Lisbon") for number in range(linking.WIDEST)]
    assert linked([("n_x", (LISBON,))], before) == []
    assert linked([("n_x", (LISBON,))], before[:3]) != []


def test_links_are_few() -> None:
    things = [Entity(f"e_{number}", f"thing {number}", "CONCEPT") for number in range(20)]
    before = [(f"n_{number}", each.id) for number, each in enumerate(things)]
    assert len(linked([("n_x", things)], before)) == linking.LINKS == 8


def test_the_texts_of_few_notes_are_compared() -> None:
    things = [Entity(f"e_{number}", f"thing {number}", "CONCEPT") for number in range(100)]
    before = [(f"n_{number:02}", each.id) for number, each in enumerate(things)] + [("n_99", "e_0"), ("n_98", "e_1")]
    (shared,) = linking.sharing([("n_x", things)], before)
    assert [*shared.weights][:2] == ["n_98", "n_99"]
    assert len(shared.weights) == len(shared.names) == linking.CLOSEST == 32


def test_links_do_not_depend_on_how_many_come_at_once() -> None:
    chance = random.Random(11)
    things = [Entity(f"e_{number}", f"thing {number}", "CONCEPT") for number in range(30)]
    new = [(f"n_{number:03}", chance.sample(things, 3)) for number in range(200)]
    whole = linked(new, [])
    apart: list[Edge] = []
    before: list[tuple[str, str]] = []
    for each in new:
        apart += linked([each], sorted(before))
        before += [(each[0], entity.id) for entity in each[1]]
    assert apart == whole
    assert whole


def test_answers_are_linked_to_their_questions() -> None:
    (link,) = linking.told_links([("n_2", "n_1", Relation.ANSWERS, "Where?")])
    assert link == Edge("n_2", "n_1", EdgeKind.LINKS_TO, 0.9, "answers", "answers: Where?")
