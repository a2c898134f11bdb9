"""Recall both ways: from the nearest queries down to what settled them, and up to insights; on every store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from graph.memory import Memory
from graph.model import EdgeKind, NodeKind, Question, Reply, Selection, caption
from graph.settings import Settings
from tests.forgetting.conftest import place
from tests.forgetting.memories import Place, filled
from tests.ingest.memories import talk

__all__ = ["place"]

CHAT = talk(
    "Ann: Which bakery has the best rye bread in town?",
    "Ann: Anybody there?",
    "Dan: Go to the corner by the old bridge.",
    "Dan: They open at seven.",
    "Bob: My bicycle was stolen.",
    "Ann: I love Lisbon.",
    "Bob: Tell me which museum to see in Lisbon",
    "Ann: I love Lisbon, so all of them.",
)
ASKED = "Where is the bakery with the best rye bread?"


@pytest.fixture
def url(place: Place, tmp_path: Path) -> str:
    return filled(place("tiers"), tmp_path, CHAT)


def asked(url: str, text: str, **settings: float) -> Reply:
    settings = {"recall_settled": 0.2} | settings
    chosen = replace(Settings(store=url, ingest_extractor="rules", embedding_model="none"), **settings)  # type: ignore[arg-type]
    with Memory.open(chosen) as memory:
        return memory.ask(Question(text, explain=True))


def test_what_settled_a_query_like_the_question_is_found(url: str) -> None:
    found = {hit.text: hit for hit in asked(url, ASKED).hits}
    hit = found["They open at seven."]
    assert hit.signals["settled"] > 0
    assert hit.path == ("question resembles query “Which bakery has the best rye bread in town?”", "answered_by")
    assert hit.rank > found["Which bakery has the best rye bread in town?"].rank
    assert "They open at seven." not in {each.text for each in asked(url, ASKED, recall_settled=0.0).hits}
    assert "My bicycle was stolen." not in found


def test_the_share_is_what_the_setting_says(url: str) -> None:
    some, more = (
        next(hit for hit in asked(url, ASKED, recall_settled=share).hits if hit.text == "They open at seven.")
        for share in (0.1, 0.4)
    )
    assert more.score > some.score
    assert more.signals["settled"] == pytest.approx(4 * some.signals["settled"], abs=1e-5)


def test_up_go_insights_that_hits_and_settled_queries_support(url: str) -> None:
    [lisbon] = asked(url, "Which museum should one see in Lisbon?").insights
    assert (lisbon.text, lisbon.score, len(lisbon.support)) == ("Ann likes Lisbon.", 2, 2)
    assert asked(url, ASKED).insights == ()


SIMILAR = [
    talk(
        "Ann: What cuts the old Bramley apple tree?",
        "Dan: Ask Eve for her saw.",
        "Ann: Who has seen my gloves?",
        conversation="yard",
    ),
    talk("Ann: Do they sell the Bramley apple?", "Dan: On Saturdays.", conversation="shop"),
    talk("Ann: Which secateurs cut the old Bramley apple tree?", "Dan: The red ones.", conversation="garden"),
]


@pytest.fixture
def alike(place: Place, tmp_path: Path) -> str:
    return filled(place("alike"), tmp_path, *SIMILAR)


def test_a_question_is_tied_to_what_asks_for_much_the_same(alike: str) -> None:
    with Memory.open(Settings(store=alike, ingest_extractor="rules", embedding_model="none")) as memory:
        text = {each.id: caption(each) for each in memory.nodes(Selection((NodeKind.QUERY,)))}
        with memory.snapshot() as snapshot:
            tied = [each for each in snapshot.edges() if each.kind is EdgeKind.RESEMBLES]
        assert not memory.check().found
    [edge] = tied
    assert text[edge.source] == "Which secateurs cut the old Bramley apple tree?"
    assert text[edge.target] == "What cuts the old Bramley apple tree?"
    assert edge.weight == pytest.approx(5 / 6, abs=1e-4)


def test_recall_goes_a_hop_from_the_nearest_queries(alike: str) -> None:
    found = {hit.text: hit for hit in asked(alike, "Where are the secateurs?").hits}
    assert (
        found["The red ones."].path[0] == "question resembles query “Which secateurs cut the old Bramley apple tree?”"
    )
    assert found["Ask Eve for her saw."].signals["settled"] > 0
    assert found["Ask Eve for her saw."].path == (
        "question resembles query “Which secateurs cut the old Bramley apple tree?” "
        "resembles query “What cuts the old Bramley apple tree?”",
        "answered_by",
    )
    assert "On Saturdays." not in found
