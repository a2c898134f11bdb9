"""Episodes that are folded: a digest stands for them, nothing is lost, and it can be undone, on either store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from graph.backup import Backup, chunks
from graph.comparison import holding
from graph.episodes import recut
from graph.errors import NotFoundError
from graph.memory import Memory
from graph.model import Action, Changes, Event, Hit, NodeKind, Question, Removal, Selection
from graph.settings import Settings
from graph.store.registry import open_store
from graph.tiers.votes import Vote
from tests.forgetting.conftest import place
from tests.forgetting.memories import Place, exported, filled, forgotten, nodes, opened
from tests.ingest.memories import talk, written

from .test_episodes import episodes, message, saved

__all__ = ["place"]

LATER = datetime(2024, 9, 1, tzinfo=UTC)
BOATS = (
    "Ann: I love Zermatt. The best boat there is blue, better than anything.",
    "Bob: The boat to Zermatt leaks near the bow.",
    "Ann: Then the boat wants new planks and tar.",
    "Bob: Which boat has planks like that?",
    "Ann: The boat of my uncle has oak planks.",
    "Bob: A boat with oak planks sank last year.",
    "Ann: Planks of a boat have to be dry.",
    "Bob: My planks came by boat from the north.",
    "Ann: Who needs a boat when planks cost that much?",
    "Bob: Zanzibar boats have teak planks, they say.",
)
SAID = talk(*BOATS, *["Ann: Bread tonight."] * 4)
for number, each in enumerate(SAID):
    each["timestamp"] = f"2024-03-{5 if number < len(BOATS) else 7:02}T20:{number:02}:00"


def folded(url: str, older: float | None = None, now: datetime = LATER) -> list[Event]:
    with opened(url) as memory:
        return list(memory.fold(now, older).events)


def states(url: str) -> list[bool]:
    """Whether each episode is folded, in order of time."""
    with opened(url) as memory:
        return [each.folded for each in memory.episodes(Selection(), LATER)]


def asked(url: str, text: str = "Which boat has planks?", **more: object) -> tuple[Hit, ...]:
    with opened(url) as memory:
        return memory.ask(Question(text, **more)).hits  # type: ignore[arg-type]


@pytest.fixture
def boats(place: Place, tmp_path: Path) -> str:
    return filled(place("one"), tmp_path, SAID)


def test_what_has_faded_is_folded_once_and_unfolded_again(boats: str) -> None:
    before = exported(boats)
    said = [line for line in before.splitlines() if '"episode"' not in line]
    first, second = episodes(boats)
    with opened(boats) as memory:
        assert [each.episode for each in memory.fold(LATER, dry_run=True).episodes] == [first, second]
    assert exported(boats) == before
    events = folded(boats)
    assert [(each.subject, each.cause) for each in events] == [(first.id, ""), (second.id, events[0].id)]
    assert states(boats) == [True, True]
    assert folded(boats) == []
    # Nothing is deleted, and no message is otherwise.
    assert [line for line in exported(boats).splitlines() if '"episode"' not in line] == said
    with opened(boats) as memory:
        assert memory.check().found == ()
        (event,) = memory.unfold(message(boats, 0).id)
        assert memory.unfold(first.id) == []
        assert states(boats) == [False, True]
        memory.undo(event.id, agree=lambda _: None)
        assert states(boats) == [True, True]
        memory.undo(events[0].id, agree=lambda _: None)
        with pytest.raises(NotFoundError):
            memory.unfold("p_nowhere")
    assert exported(boats) == before


def test_what_is_young_or_strong_is_not_folded(boats: str) -> None:
    young = datetime(2024, 3, 8, tzinfo=UTC)
    assert folded(boats, now=young) == []
    assert [each.subject for each in folded(boats, older=2, now=young)] == [episodes(boats)[0].id]
    with Memory.open(Settings(store=boats, retention_fold=0.999)) as memory:
        assert len(memory.fold(young).events) == 1
    with Memory.open(Settings(store=boats, retention_fold=0)) as memory:
        assert memory.fold(LATER).events == ()


def test_several_weak_hits_of_a_folded_episode_are_one(boats: str) -> None:
    before = asked(boats)
    assert len(before) > 6
    folded(boats)
    after = asked(boats)
    (digest,) = (hit for hit in after if hit.episode)
    first = episodes(boats)[0]
    assert (digest.episode, digest.title, digest.tier) == (first.id, first.title, "episode")
    # The best hits stay as they are; the others are all cited.
    assert [hit.text for hit in after[:5]] == [hit.text for hit in before[:5]]
    cited = {source.interaction for hit in after for source in hit.sources}
    assert cited >= {source.interaction for hit in before for source in hit.sources}
    assert digest.text.startswith(before[digest.rank - 1].text)
    told = {each.text for each in nodes(boats, NodeKind.INTERACTION)}
    assert all(any(line.split(": ", 1)[-1] in text for text in told) for line in digest.text.splitlines())
    quoted = [line.split(": ", 1)[-1] for line in digest.text.splitlines()[1:]]
    places = [next(place for place, text in enumerate(BOATS) if each in text) for each in quoted]
    assert places == sorted(places)
    with opened(boats) as memory:
        memory.unfold(first.id)
    assert asked(boats) == before


@pytest.mark.parametrize("more", [{"as_of": "2024-08"}, {"limit": 5}])
def test_what_was_said_by_a_day_and_the_best_hits_stand_for_themselves(boats: str, more: dict[str, object]) -> None:
    before = asked(boats, **more)
    folded(boats)
    assert asked(boats, **more) == before


def test_a_budget_counts_the_words_of_a_digest(boats: str) -> None:
    folded(boats)
    for budget in range(1, 80, 3):
        hits = asked(boats, budget=budget)
        assert len(hits) == 1 or sum(len(hit.text.split()) for hit in hits) <= budget


def test_what_comes_back_unfolds(boats: str, tmp_path: Path) -> None:
    folded(boats)
    with opened(boats) as memory:
        (insight,) = nodes(boats, NodeKind.INSIGHT)
        (event,) = memory.vote(insight.id, Vote.AGREE)
        assert states(boats) == [False, True]
        assert not any(hit.episode for hit in asked(boats))
        memory.undo(event.id, agree=lambda _: None)
        assert states(boats) == [True, True]
        memory.vote(insight.id, Vote.AGREE)
        # Stronger, it fades too.
        far = datetime(2099, 9, 1, tzinfo=UTC)
        assert [each.subject for each in memory.fold(far).events] == [episodes(boats)[0].id]
        assert states(boats) == [True, True]


def test_what_goes_on_unfolds_and_what_does_not_stays(place: Place, tmp_path: Path) -> None:
    url = filled(place("one"), tmp_path, SAID[:12])
    events = folded(url)
    assert len(events) == 2
    with opened(url) as memory:
        memory.ingest([written(tmp_path / "talk0.jsonl", SAID)])
        assert [each.folded for each in memory.episodes(Selection(), LATER)] == [True, False]
        assert memory.check().found == ()
    store = open_store(url, create=False)
    recut(store)
    (event,) = (each for each in store.events() if each.action is Action.UNFOLD)
    store.close()
    assert states(url) == [True, False]
    assert (event.subject, event.old) == (events[1].subject, {"folded_strength": 1})
    assert (event.decided_by, event.cause) == ("rule", message(url, 12).id)
    with opened(url) as memory:
        then = [*memory.as_of("9999").nodes(Selection((NodeKind.EPISODE,)))]
        assert sorted(each.folded_strength is not None for each in then) == [False, True]
        memory.undo(events[0].id, agree=lambda _: None)
    assert states(url) == [False, False]


def test_a_digest_tells_what_was_said_and_what_rests_on_it(boats: str) -> None:
    folded(boats)
    with opened(boats) as memory:
        page = memory.episode(message(boats, 0).id, LATER)
        assert len(page.messages) == len(BOATS)
        assert page.digest
        assert page.digest.speakers == ("Ann", "Bob")
        assert all(quote.text in memory.node(quote.said).text for quote in page.digest.quotes)
        assert [each.text for each in page.digest.insights] == [each.text for each in nodes(boats, NodeKind.INSIGHT)]
        memory.unfold(page.kept.episode.id)
        assert memory.episode(page.kept.episode.id, LATER).digest is None


def test_a_digest_does_not_tell_what_was_taken_back(place: Place, tmp_path: Path) -> None:
    said = talk("Ann: The meeting is on Tuesday.", "Bob: Fine.", "Ann: No, I meant Wednesday.")
    for each in said:
        each["timestamp"] = "2024-03-05T20:00:00"
    url = filled(place("one"), tmp_path, said)
    assert len(nodes(url, NodeKind.FACT)) == 2
    folded(url)
    with opened(url) as memory:
        digest = memory.episode(message(url, 0).id, LATER).digest
    assert digest
    (fact,) = digest.facts
    assert fact.text == "Ann's meeting is on 6 March 2024."


@pytest.mark.parametrize("position", [0, 9])
def test_a_digest_has_no_word_of_what_is_forgotten(boats: str, position: int) -> None:
    folded(boats)
    gone = message(boats, position)
    forgotten(boats, messages=(gone.id,))
    # It stays folded, under another id where that was made of what was said first.
    assert states(boats) == [True, True]
    with opened(boats) as memory:
        digest = memory.episode(message(boats, 2).id, LATER).digest
        assert memory.check().found == ()
    word = ("anything", "teak")[position == 9]
    assert word in gone.text
    assert word not in f"{digest} {[hit.text for hit in asked(boats)]}"
    assert not any(gone.id in source.interaction for hit in asked(boats) for source in hit.sources)


@pytest.mark.parametrize("repaired", [False, True])
def test_what_was_decided_outlasts_the_first_message(boats: str, repaired: bool) -> None:
    events, gone = folded(boats), message(boats, 0).id
    if repaired:
        saved(boats, Changes(removed=Removal((gone,))))
        with opened(boats) as memory:
            memory.check(repair=True)
    else:
        forgotten(boats, messages=(gone,))
    store = open_store(boats, create=False)
    told = {each.id: each for each in store.events()}
    store.close()
    assert [told[each.id].subject for each in events] == [each.id for each in episodes(boats)]
    with opened(boats) as memory:
        then = [*memory.as_of("2024-08").nodes(Selection((NodeKind.EPISODE,)))]
        assert [each.folded_strength for each in then] == [None, None]
        memory.undo(events[0].id, agree=lambda _: None)
    assert states(boats) == [False, False]


def test_what_is_forgotten_takes_its_events(boats: str) -> None:
    folded(boats)
    forgotten(boats, everything=True)
    store = open_store(boats, create=False)
    assert list(store.events()) == []
    store.close()


def test_it_travels(boats: str, place: Place, tmp_path: Path) -> None:
    folded(boats)
    store, copied = open_store(boats, create=False), place("two")
    (tmp_path / "all.gz").write_bytes(b"".join(chunks(holding(store))))
    store.close()
    with opened(boats) as memory, opened(copied) as target:
        assert memory.copy(target).differing == 0
    with opened(f"sqlite:///{tmp_path}/restored.db") as target:
        assert target.restore(Backup(tmp_path / "all.gz", 16_000_000).checked()).differing == 0
    for url in (copied, f"sqlite:///{tmp_path}/restored.db"):
        assert exported(url) == exported(boats)
        assert states(url) == [True, True]


def test_a_day_before_it_was_folded_it_was_not(boats: str) -> None:
    folded(boats)
    for day, marked in (("2024-08-01", False), ("9999", True)):
        with opened(boats) as memory:
            then = [*memory.as_of(day).nodes(Selection((NodeKind.EPISODE,)))]
        assert [each.folded_strength is not None for each in then] == [marked, marked]


def test_a_mark_that_nobody_could_make_hides_nothing(boats: str) -> None:
    saved(boats, Changes(tuple(replace(each, folded_strength=-(2**40)) for each in episodes(boats))))
    assert states(boats) == [False, False]
    assert asked(boats)
