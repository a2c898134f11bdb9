"""What is forgotten is gone, with all that rested on it; what stays is as if it had been alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import NotFoundError, UsageError
from graph.forgetting.choosing import Wanted
from graph.model import EdgeKind, Entity, Insight, Interaction, NodeKind, Note, Query, Question, Relation, Selection
from graph.store.registry import open_store
from tests.embedding.words import WordEmbedder
from tests.ingest.memories import long_talk, talk, written

from .memories import Place, edges, exported, filled, forgotten, nodes, opened

TRIP = talk(
    "Ann: I love Zermatt. We met Quirin there, do you remember?",
    "Bob: You mean Quirin Meyer from Basel? Of course, Quirin had a red bicycle.",
    "Ann: He wrote again. I live in Basel now.",
    "Bob: I love Zermatt too, but Lausanne is warmer.",
    "Ann: Bob, when is the concert?",
    "Bob: The concert in Lausanne is on Friday.",
    conversation="trip",
)
WORK = talk(
    "Cleo: The Meridian project starts in ZERMATT, says BOB.",
    "Dan: I love zermatt. Who leads the Meridian project?",
    "Cleo: Ingrid Halvorsen leads it.",
    conversation="work",
)


def ids(url: str, *keys: str, conversation: str = "trip") -> list[str]:
    found = {each.key: each.id for each in nodes(url, NodeKind.INTERACTION) if each.conversation == conversation}  # type: ignore[union-attr]
    return [found[key] for key in keys]


def test_a_conversation_leaves_what_came_before_as_it_was(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, TRIP)
    alone = exported(url)
    filled(url, tmp_path, [], WORK)
    assert exported(url) != alone
    done = forgotten(url, conversation="work")
    assert done.removed["interaction"] == 3
    assert exported(url) == alone


def test_much_leaves_no_more_than_a_little(place: Place, tmp_path: Path) -> None:
    stays, goes = long_talk(60, "stays"), long_talk(520, "goes")
    url = filled(place("one"), tmp_path, stays)
    alone = exported(url)
    filled(url, tmp_path, [], goes)
    assert forgotten(url, conversation="goes").removed["interaction"] == 520
    assert exported(url) == alone


def test_a_reason_stays_that_tells_only_of_what_stays(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, TRIP, WORK)
    with opened(url) as memory:
        one, other, third = [each.id for each in nodes(url, NodeKind.NOTE) if "Basel" not in str(each)][:3]
        memory.link(one, other, Relation.SAME_TOPIC, "Quirin, of Zermatt")
        memory.link(one, third, Relation.SAME_TOPIC, "Zermatt, says Ann")
        memory.forget(Wanted(messages=("1", "2"), conversation="trip"))
        with memory.snapshot() as snapshot:
            reasons = {edge.reason for edge in snapshot.edges() if edge.decided_by == "person"}
        assert reasons == {each.reason for each in memory._store.events([one]) if each.decided_by == "person"}
        assert reasons == {"", "Zermatt, says Ann"}


def test_what_comes_later_stays_and_tells_nothing_of_it(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, WORK, TRIP)
    forgotten(url, conversation="work")
    text = exported(url)
    assert {each.name for each in nodes(url, NodeKind.ENTITY)} >= {"Zermatt", "Ann", "Bob"}  # type: ignore[union-attr]
    assert not [word for word in ("ZERMATT", "BOB", "Meridian", "Cleo", "Halvorsen") if word in text]


def test_a_message_goes_with_its_note_its_questions_and_its_links(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, TRIP)
    (first,) = ids(url, "1")
    before = {kind: len(nodes(url, kind)) for kind in NodeKind}
    done = forgotten(url, messages=("1",), conversation="trip")
    assert done.removed["interaction"] == done.removed["note"] == 1
    assert done.removed["query"] == 1
    assert {kind: len(nodes(url, kind)) for kind in NodeKind} == {
        kind: number - done.removed.get(kind, 0) for kind, number in before.items()
    }
    assert first not in exported(url)
    assert forgotten(url, messages=(ids(url, "2")[0],)).removed["interaction"] == 1


def test_the_order_is_closed_over_the_gap_and_positions_stay(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, TRIP)
    one, two, three, four, five, six = ids(url, "1", "2", "3", "4", "5", "6")
    forgotten(url, messages=(two, three, five), conversation="trip")
    assert edges(url, EdgeKind.NEXT) == {(one, four), (four, six)}
    assert sorted(each.position for each in nodes(url, NodeKind.INTERACTION)) == [0, 3, 5]  # type: ignore[union-attr]
    forgotten(url, messages=(one, six))
    assert edges(url, EdgeKind.NEXT) == set()


def test_an_insight_loses_a_supporter_and_then_goes(place: Place, tmp_path: Path) -> None:
    again = talk("Ann: I love Zermatt.", "Bob: Me too.", "Ann: I really love zermatt!", conversation="again")
    url = filled(place("one"), tmp_path, again)

    def insights() -> list[tuple[str, int, str]]:
        found = [each for each in nodes(url, NodeKind.INSIGHT) if isinstance(each, Insight)]
        return [(each.text, each.support, each.state) for each in found]

    assert insights() == [("Ann likes Zermatt.", 2, "active")]
    assert forgotten(url, messages=("1",), conversation="again").changed == {"entity": 1, "insight": 1, "episode": 1}
    assert insights() == [("Ann likes zermatt.", 1, "candidate")]
    forgotten(url, messages=("3",), conversation="again")
    assert insights() == []


@pytest.mark.parametrize("reworded", [False, True])
def test_an_insight_goes_with_its_words_whatever_was_merged_into_it(
    place: Place, tmp_path: Path, *, reworded: bool
) -> None:
    url = filled(place("one"), tmp_path, talk("Ann: I love Zermatt.", "Ann: I love Basel.", "Ann: I love Genoa."))
    with opened(url) as memory:
        by_text = {each.text: each.id for each in nodes(url, NodeKind.INSIGHT) if isinstance(each, Insight)}
        zermatt, basel, genoa = (by_text[f"Ann likes {place}."] for place in ("Zermatt", "Basel", "Genoa"))
        memory.merge(zermatt, basel)
        memory.merge(basel, genoa)
        if reworded:
            memory.reword(basel, "Ann likes what she sees.")
    forgotten(url, messages=("2",), conversation="talk")
    assert "Basel" not in exported(url)
    with opened(url) as memory:
        left = {each.id: (each.state, each.merged_into) for each in memory.nodes(Selection((NodeKind.INSIGHT,)))}  # type: ignore[union-attr]
        assert left == {zermatt: ("candidate", ""), genoa: ("active", "")}
        assert memory.check().found == ()


def test_what_was_merged_into_what_is_told_of_somebody_forgotten_is_by_itself_again(
    place: Place, tmp_path: Path
) -> None:
    url = filled(place("one"), tmp_path, talk("Ann: I love Zermatt.", "Bob: I love Basel."))
    with opened(url) as memory:
        by_text = {each.text: each.id for each in nodes(url, NodeKind.INSIGHT) if isinstance(each, Insight)}
        memory.merge(by_text["Ann likes Zermatt."], by_text["Bob likes Basel."])
        memory.forget(Wanted(entity="Bob"))
        assert memory.insight(by_text["Ann likes Zermatt."]).insight.merged_into == ""
        assert memory.check().found == ()


def test_a_question_nobody_answers_any_more_is_open(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, TRIP)
    forgotten(url, messages=("6",), conversation="trip")
    asked = {each.text: each.outcome for each in nodes(url, NodeKind.QUERY) if isinstance(each, Query)}
    assert asked["Bob, when is the concert?"] == "open"
    assert "answered" in asked.values()


def test_an_entity_stays_as_long_as_anybody_tells_of_it(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, TRIP)
    forgotten(url, messages=("1",), conversation="trip")
    assert "Quirin" in {each.name for each in nodes(url, NodeKind.ENTITY) if isinstance(each, Entity)}
    forgotten(url, messages=("2",), conversation="trip")
    assert "Quirin" not in exported(url)
    with opened(url) as memory:
        assert memory._store.resolve(["quirin"]) == []


def test_by_time_and_by_text(place: Place, tmp_path: Path) -> None:
    dated = [each | {"timestamp": f"2024-0{number}-05T10:00:00"} for number, each in enumerate(TRIP, 1)]
    url = filled(place("one"), tmp_path, dated)
    assert forgotten(url, since="2024-05").removed["interaction"] == 2
    assert forgotten(url, until="2024-01-05").removed["interaction"] == 1
    assert forgotten(url, matching="RED bicycle").removed["interaction"] == 1
    assert forgotten(url, matching="lausanne", since="2024-04", conversation="trip").removed["interaction"] == 1
    assert [each.key for each in nodes(url, NodeKind.INTERACTION) if isinstance(each, Interaction)] == ["3"]


def test_everything(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, TRIP, WORK)
    done = forgotten(url, everything=True)
    assert (done.removed["interaction"], done.sources) == (9, 2)
    assert exported(url) == ""
    # Nothing stands in the way of taking it in again.
    filled(url, tmp_path, TRIP)


def test_an_entity_goes_and_what_was_said_stays(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, TRIP, WORK)
    said = nodes(url, NodeKind.INTERACTION)
    done = forgotten(url, entity="zermatt")
    assert done.removed == {"entity": 1, "insight": 3, "fact": 3}
    assert nodes(url, NodeKind.INTERACTION) == said
    derived = [
        each for kind in (NodeKind.NOTE, NodeKind.ENTITY, NodeKind.INSIGHT, NodeKind.FACT) for each in nodes(url, kind)
    ]
    titles = {each.title for each in derived if isinstance(each, Note)}
    told = [str(each) for each in derived if not isinstance(each, Note)]
    told += [str((each.context, each.keywords)) for each in derived if isinstance(each, Note)]
    assert any("zermatt" in title.casefold() for title in titles)
    assert not [each for each in told if "zermatt" in each.casefold()]
    store = open_store(url, create=False)
    decided = [str((each.old, each.new, each.reason)) for each in store.events()]
    store.close()
    assert not [each for each in decided if "zermatt" in each.casefold()]
    assert decided
    with opened(url) as memory, memory.snapshot() as snapshot:
        assert not [edge for edge in snapshot.edges() if edge.reason.casefold().startswith("both mention zermatt")]


def test_an_entity_with_all_that_tells_of_it(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, TRIP, WORK)
    forgotten(url, entity="Quirin", with_messages=True)
    assert "quirin" not in exported(url).casefold()
    forgotten(url, entity="Bob", with_messages=True)
    assert "bob" not in exported(url).casefold()


def test_what_is_forgotten_is_not_found(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, TRIP, WORK)
    forgotten(url, matching="Halvorsen")
    with opened(url) as memory:
        reply = memory.ask(Question("Who is Ingrid Halvorsen?"))
    assert not any("Halvorsen" in hit.text for hit in reply.hits)


def test_names_that_lead_nowhere(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, TRIP, WORK)
    before = exported(url)
    with opened(url) as memory:
        for wanted in (Wanted(messages=("99",)), Wanted(("1", "x"), "trip"), Wanted(entity="Nobody")):
            with pytest.raises(NotFoundError):
                memory.forget(wanted)
        with pytest.raises(UsageError, match="2 conversations"):
            memory.forget(Wanted(messages=("1",)))
        with pytest.raises(UsageError):
            memory.forget(Wanted())
        assert memory.forgettable(Wanted(conversation="none")).nodes == {}
    assert exported(url) == before


def test_vectors_that_heard_it_are_made_anew(place: Place, tmp_path: Path) -> None:
    def vectors(url: str, talk: list[dict[str, object]], *gone: str) -> dict[str, bytes]:
        with opened(url) as memory:
            memory.__dict__["_embedder"] = WordEmbedder()
            memory.ingest([written(tmp_path / "heard.jsonl", talk)])
            if gone:
                memory.forget(Wanted(gone, "trip"))
            return {each.node: each.numbers for each in memory._store.vectors()}

    never = vectors(place("never"), TRIP[:-1])
    assert len(never) == 5
    assert vectors(place("all"), TRIP) | never != vectors(place("all"), TRIP)
    assert vectors(place("gone"), TRIP, "6") == never
