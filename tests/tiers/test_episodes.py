"""Episodes: where they are cut, and that nothing depends on how the messages came."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from graph.model import Episode, Form, Interaction
from graph.ports import REACH, TAIL
from graph.tiers.episodes import SPAN, Cutter, episode

SUBJECTS = (
    "garden tomato seedling compost trowel watering greenhouse slug potato harvest",
    "guitar chord melody rehearsal concert drummer amplifier stage ballad microphone",
    "kitchen plumber leak invoice radiator boiler bathroom tile mortgage landlord",
)


def turn(place: int, text: str, minutes: float | None = None, session: str = "") -> Interaction:
    at = None if minutes is None else (datetime(2024, 3, 5) + timedelta(minutes=minutes)).isoformat()
    return Interaction(f"m_{place}", Form.MESSAGE, str(place), text, "c", session, place, "Ann", at)


def about(subject: int, place: int, chance: random.Random) -> Interaction:
    return turn(place, " ".join(chance.choices(SUBJECTS[subject].split(), k=12)))


def cut(turns: list[Interaction], cutter: Cutter | None = None) -> list[list[int]]:
    cutter = cutter or Cutter()
    ended = [part for each in turns for part in cutter.add(each)]
    return sorted([each.position for each in part] for part in (*ended, *cutter.left()))


def firsts(turns: list[Interaction]) -> list[int]:
    return [part[0] for part in cut(turns)]


def a_chat(seed: int) -> list[Interaction]:
    """A conversation with shifting subjects, pauses, missing times, sessions that interleave and places that miss."""
    chance = random.Random(seed)
    words = " ".join(SUBJECTS).split()
    turns, at, place, session, subject = [], 0.0, 0, "a", 0
    for _ in range(300):
        at += chance.expovariate(1) * (600 if chance.random() < 0.05 else 1)
        place += 1 if chance.random() < 0.98 else chance.randrange(2, 12)
        session = chance.choice("ab") if chance.random() < 0.1 else session
        subject = chance.randrange(3) if chance.random() < 0.07 else subject
        kept = chance.choices(SUBJECTS[subject].split() + words[:5], k=chance.randrange(0, 25))
        turns.append(turn(place, " ".join(kept), None if chance.random() < 0.05 else at, session))
    return turns


def test_a_new_subject_begins_a_new_episode() -> None:
    chance = random.Random(1)
    turns = [about(place // 20, place, chance) for place in range(60)]
    assert firsts(turns) == [0, 20, 40]


def test_one_subject_is_one_episode_up_to_its_span() -> None:
    assert firsts([turn(place, SUBJECTS[0]) for place in range(SPAN)]) == [0]
    assert len(firsts([turn(place, SUBJECTS[0]) for place in range(3 * SPAN)])) >= 3


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([0, 1, 2, 3, 4, 5, 600, 601], [0, 6]),
        ([0, 1440, 2880, 4320, 5760, 7200, 8640, 10080], [0]),
        ([0, 1440, 2880, 4320, 5760, 7200, 72000, 73440], [0, 6]),
        ([0, 1, 2, 3, 4, 5, 8, 9], [0]),
        ([0, 600, 601, 602], [0]),
        ([5, 4, 3, 2, 1, 0, 0, 0], [0]),
    ],
    ids=["a pause", "a letter a day", "a silent month", "a hitch", "too little is known", "a clock gone back"],
)
def test_a_pause_is_large_for_its_conversation(minutes: list[float], expected: list[int]) -> None:
    assert firsts([turn(place, "well then", at) for place, at in enumerate(minutes)]) == expected


@pytest.mark.parametrize("given", ["yesterday", "2024", "2024-03-05T10:00:00+25:00", ""])
def test_what_is_no_time_tells_no_pause(given: str) -> None:
    turns = [Interaction(f"m_{n}", Form.MESSAGE, "", "well", "c", "", n, "Ann", given) for n in range(9)]
    assert firsts(turns) == [0]


def test_sessions_have_episodes_of_their_own() -> None:
    assert cut([turn(0, "one", 0, "a"), turn(1, "two", 0, "b"), turn(2, "three", 0, "a")]) == [[0, 2], [1]]


def test_a_session_that_rests_while_others_go_on_begins_anew() -> None:
    between = [turn(place, "two", 0, "b") for place in range(1, REACH + 1)]
    assert [0] in cut([turn(0, "one", 0, "a"), *between, turn(REACH + 1, "three", 0, "a")])


@pytest.mark.parametrize("seed", range(8))
def test_each_message_has_one_place_and_no_episode_reaches_too_far(seed: int) -> None:
    turns = a_chat(seed)
    parts = cut(turns)
    assert sorted(place for part in parts for place in part) == [each.position for each in turns]
    assert all(part == sorted(part) and part[-1] - part[0] < SPAN for part in parts)
    assert 5 < len(parts) < 150


@pytest.mark.parametrize("size", [1, 7, 64])
@pytest.mark.parametrize("seed", range(3))
def test_it_makes_no_difference_in_how_many_batches_it_came(seed: int, size: int) -> None:
    turns = a_chat(seed)
    at: dict[int, int] = {}
    for start in range(0, len(turns), size):
        end = turns[start - 1].position if start else -1
        tail = [each for each in turns[:start] if each.position > end - TAIL]
        by_first: dict[int, list[Interaction]] = {}
        last = {each.session: at[each.position] for each in tail}
        near = {at[each.position] for each in tail if each.position > end - REACH}
        for each in tail:
            first = at[each.position]
            if first in near and last[each.session] == first:
                by_first.setdefault(first, []).append(each)
        for part in cut(turns[start : start + size], Cutter.behind(tail, by_first.values())):
            at |= dict.fromkeys(part, part[0])
    assert at == {place: part[0] for part in cut(turns) for place in part}


def test_an_episode_tells_when_it_was_and_what_most_of_it_was_about() -> None:
    said = [turn(3, "The boiler leaks, Ann!", 0, "s"), turn(4, "Call the plumber: boiler, 24h.", 5, "s")]
    assert episode(said) == Episode(
        "p_3", "boiler, plumber, leaks, call, 24h", "c", "s", 3, 2, "2024-03-05T00:00:00", "2024-03-05T00:05:00"
    )


@pytest.mark.parametrize("text", ["", "…", "\0", "é" * 100_000, "東京タワーに行きたい", "a b " * 50_000])
def test_any_text_can_be_cut(text: str) -> None:
    assert firsts([turn(place, text) for place in range(12)]) == [0]
