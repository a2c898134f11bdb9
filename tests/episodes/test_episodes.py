"""Episodes as they are kept: taken in, cut anew, forgotten, mended, and faded, on either store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from graph.errors import NotFoundError
from graph.forgetting.choosing import Wanted
from graph.memory import Memory
from graph.model import Changes, Edge, EdgeKind, Episode, Interaction, NodeKind, Removal, Selection
from graph.retention import _latest, listed
from graph.settings import Settings
from graph.store.registry import open_store
from graph.tiers.votes import Vote, answer_id
from tests.forgetting.conftest import place
from tests.forgetting.memories import Place, edges, exported, filled, forgotten, nodes, opened
from tests.ingest.memories import long_talk, talk, written

__all__ = ["place"]

DAYS = 30.0
NOW = datetime(2024, 3, 9, tzinfo=UTC)


def two_evenings(*first: str) -> list[dict[str, object]]:
    """Six turns on one evening, six on another."""
    turns = [*(first or [f"Bob: The boat to Zermatt leaks, {n}." for n in range(6)]), *["Ann: Bread tonight."] * 6]
    messages = talk(*turns)
    for number, each in enumerate(messages):
        each["timestamp"] = f"2024-03-{5 if number < 6 else 7:02}T20:{number:02}:00"
    return messages


def episodes(url: str) -> list[Episode]:
    found = [each for each in nodes(url, NodeKind.EPISODE) if isinstance(each, Episode)]
    return sorted(found, key=lambda each: (each.conversation, each.position))


def saved(url: str, changes: Changes) -> None:
    store = open_store(url, create=False)
    with store.transaction(write=True):
        store.save(changes)
    store.close()


def message(url: str, position: int) -> Interaction:
    said = (cast("Interaction", each) for each in nodes(url, NodeKind.INTERACTION))
    return next(each for each in said if each.position == position)


def test_what_is_taken_in_has_episodes(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, two_evenings())
    found = [(each.position, each.messages, each.timestamp, each.ended) for each in episodes(url)]
    assert found == [
        (0, 6, "2024-03-05T20:00:00", "2024-03-05T20:05:00"),
        (6, 6, "2024-03-07T20:06:00", "2024-03-07T20:11:00"),
    ]
    assert "leaks" in episodes(url)[0].title
    assert len(edges(url, EdgeKind.PART_OF)) == 12


def test_documents_have_none(place: Place, tmp_path: Path) -> None:
    page = tmp_path / "boats.md"
    page.write_text("# Boats\n\nThey leak.\n\n# Trains\n\nThey do not.\n")
    with opened(place("one")) as memory:
        assert memory.ingest([page]).added
        assert memory.episodes(Selection(), NOW) == []


@pytest.mark.parametrize("batch", [1, 5, 1000])
def test_batches_and_later_parts_give_the_same(place: Place, tmp_path: Path, batch: int) -> None:
    messages = long_talk(150)
    whole = filled(place("whole"), tmp_path, messages)
    url = place("parts")
    settings = Settings(store=url, ingest_extractor="rules", embedding_model="none", ingest_batch=batch)
    for end in (40, 41, 97, 150):
        with Memory.open(settings, create=True) as memory:
            memory.ingest([written(tmp_path / "grows.jsonl", messages[:end])])
    assert episodes(url) == episodes(whole)
    assert edges(url, EdgeKind.PART_OF) == edges(whole, EdgeKind.PART_OF)


def test_a_memory_without_them_gets_the_same(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, long_talk(150), two_evenings())
    before = exported(url)
    found = episodes(url)
    saved(url, Changes(removed=Removal(tuple(each.id for each in found))))
    with opened(url) as memory:
        report = memory.recut()
        assert (report.messages, report.episodes, report.new) == (162, len(found), len(found))
        assert memory.recut().new == 0
    assert exported(url) == before


def test_what_went_wrong_is_cut_anew(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, two_evenings())
    before = exported(url)
    _, second = episodes(url)
    last = message(url, 5).id
    odd = Episode("p_odd", "odd", "talk", "", 5, 1)
    gone = tuple((last, EdgeKind.PART_OF, each.id) for each in episodes(url))
    saved(url, Changes((odd,), (Edge(last, odd.id, EdgeKind.PART_OF),), removed=Removal((second.id,), gone)))
    with opened(url) as memory:
        memory.recut()
    assert exported(url) == before


def test_what_comes_in_meanwhile_is_cut_too(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = filled(place("one"), tmp_path, two_evenings()[:3])

    def late(work: Callable[[], object]) -> object:
        with opened(url) as memory:
            memory.ingest([written(tmp_path / "talk0.jsonl", two_evenings())])
        return work()

    monkeypatch.setattr("graph.episodes.persistently", late)
    with opened(url) as memory:
        assert memory.recut().messages == 12
        assert memory.check().found == ()


def test_what_was_cut_in_part_is_cut_to_the_end(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = filled(place("one"), tmp_path, long_talk(300))
    before = exported(url)
    saved(url, Changes(removed=Removal(tuple(each.id for each in episodes(url)))))
    monkeypatch.setattr("graph.store.batches._BATCH", 3)
    done = []

    def dying(work: Callable[[], object]) -> object:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(work())
        return done[-1]

    with monkeypatch.context() as patched, opened(url) as memory:
        patched.setattr("graph.episodes.persistently", dying)
        with pytest.raises(KeyboardInterrupt):
            memory.recut()
    assert len(episodes(url)) == 6
    with opened(url) as memory:
        assert {each.rule for each in memory.check().found} == {"a message is part of one episode"}
        assert memory.recut().new == len(episodes(url)) - 6 > 0
        assert memory.check().found == ()
    assert exported(url) == before


def test_an_episode_goes_on_without_what_is_forgotten(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, two_evenings("Bob: Zanzibar, then.", *["Bob: Well, boats."] * 5))
    first, second = episodes(url)
    done = forgotten(url, messages=(message(url, 0).id, message(url, 3).id))
    assert done.changed["episode"] == 1
    left, after = episodes(url)
    assert (left.position, left.messages, left.title) == (1, 4, "boats, well")
    assert after == second
    # The id of the first one was made of what was said.
    assert first.id not in exported(url)
    assert "anzibar" not in exported(url)
    with opened(url) as memory:
        assert memory.check().found == ()
        assert memory.episode(left.id, NOW).messages[0].position == 1


def test_an_episode_goes_with_its_last_message(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, two_evenings())
    assert forgotten(url, since="2024-03-07").removed["episode"] == 1
    assert [each.position for each in episodes(url)] == [0]
    assert forgotten(url, everything=True).removed["episode"] == 1
    assert episodes(url) == []


def test_the_doctor_puts_episodes_right(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, two_evenings())
    before = exported(url)
    _, second = episodes(url)
    stray = Edge(message(url, 0).id, second.id, EdgeKind.PART_OF)
    loose = Episode("p_loose", "nothing")
    wrong = Episode(second.id, second.title, "talk", "", 2, 99, second.timestamp, second.ended)
    saved(url, Changes((loose, wrong), (stray,)))
    with opened(url) as memory:
        assert {each.rule for each in memory.check().found} == {
            "a message is part of one episode",
            "an episode is what its messages make it",
            "what is derived rests on something",
        }
        assert memory.check(repair=True).left == ()
    # Of two that claim a message, the one that begins last before it has it.
    assert exported(url) == before


def test_the_doctor_parts_sessions(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, two_evenings(), talk("Ann: Elsewhere.", conversation="other"))
    before = exported(url)
    (other,) = [each for each in episodes(url) if each.conversation == "other"]
    saved(url, Changes(edges=(Edge(message(url, 2).id, other.id, EdgeKind.PART_OF),)))
    saved(url, Changes((Episode(other.id, other.title, "other", "", 0, 2),)))
    with opened(url) as memory:
        assert {each.id for each in memory.check().found} >= {message(url, 2).id, other.id}
        assert memory.check(repair=True).left == ()
    assert exported(url) == before


def test_as_of_a_day_an_episode_has_what_was_said_by_then(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, two_evenings())
    with opened(url) as memory:
        found = list(memory.as_of("2024-03-05T20:02").nodes(Selection((NodeKind.EPISODE,))))
    assert [(each.messages, each.ended) for each in found if isinstance(each, Episode)] == [(3, "2024-03-05T20:02:00")]


def kept(url: str, days_later: float, weaker: float | None = None) -> list[tuple[int, int, float | None]]:
    """Position, recalls and retention of each episode, so many days after the evening of the first."""
    store = open_store(url, create=False)
    now = datetime(2024, 3, 5, 20, 5, tzinfo=UTC) + timedelta(days=days_later)
    found = listed(store, Selection(), DAYS, now, weaker)
    store.close()
    return [(each.episode.position, each.recalls, each.retention) for each in found]


def test_what_nothing_comes_back_to_fades(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, two_evenings())
    assert kept(url, 0)[0] == (0, 0, 1.0)
    assert kept(url, DAYS)[0] == (0, 0, 0.3679)
    assert [position for position, *_ in kept(url, DAYS, weaker=0.37)] == [0]
    assert kept(url, DAYS, weaker=0.1) == []
    assert kept(url, -5)[0] == (0, 0, 1.0)


def test_times_are_compared_whatever_their_offsets(place: Place, tmp_path: Path) -> None:
    east, west = two_evenings()[:1], talk("Ann: Elsewhere.", conversation="other")
    east[0]["timestamp"], west[0]["timestamp"] = "2024-03-05T23:00:00+09:00", "2024-03-05T20:00:00-05:00"
    url = filled(place("one"), tmp_path, west, east)
    with opened(url) as memory:
        found = [each.episode.conversation for each in memory.episodes(Selection(), NOW)]
    assert found == ["talk", "other"]
    assert _latest(["2024-03-05T23:00:00+09:00", None, "2024-03-05T20:00:00-05:00", "soon"]) == west[0]["timestamp"]


def test_what_later_messages_come_back_to_fades_slower(place: Place, tmp_path: Path) -> None:
    later = two_evenings()
    later[8]["text"] = "Did anybody mend the boat to Zermatt that leaks?"
    url = filled(place("one"), tmp_path, later)
    # On one occasion, two days later: exp(-28 / (2 * 30)).
    assert kept(url, DAYS)[0] == (0, 1, 0.6271)


def test_what_helped_an_answer_fades_slower(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, two_evenings("Ann: I love Zermatt.", *["Bob: Well."] * 5))
    with opened(url) as memory:
        (insight,) = nodes(url, NodeKind.INSIGHT)
        (event,) = memory.vote(insight.id, Vote.AGREE)
        assert kept(url, 0)[0][1] == 1
        memory.undo(event.id, agree=lambda _: None)
        assert kept(url, 0)[0][1] == 0
        for good, recalls in ((True, 1), (False, 0), (True, 1)):
            memory.feedback(answer_id([insight.id]), good=good)
            assert kept(url, 0)[0][1] == recalls


def test_an_episode_is_found_by_what_is_in_it(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, two_evenings())
    first, second = episodes(url)
    said = message(url, 8).id
    with opened(url) as memory:
        assert memory.episode(said, NOW).kept.episode == second
        assert memory.episode(said.replace("m_", "n_", 1), NOW).kept.episode == second
        assert [each.position for each in memory.episode(first.id, NOW).messages] == [*range(6)]
        with pytest.raises(NotFoundError, match="no episode called"):
            memory.episode("p_nowhere", NOW)
        memory.forget(Wanted(messages=(said,)))
        with pytest.raises(NotFoundError):
            memory.episode(said, NOW)
