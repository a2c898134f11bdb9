"""The times that questions name, phrase by phrase, and how near a message is to them."""

from __future__ import annotations

import math

import pytest

from graph.rank.time_windows import Window, nearness, windows

THURSDAY = "2023-06-15T12:30:00+02:00"
YEARLESS = [
    ("What did I cook on 3 June?", "2023-06-03", "2023-06-03"),
    ("What did I cook on July 4th?", "2022-07-04", "2022-07-04"),
    ("Where was she in May?", "2023-05-01", "2023-05-31"),
    ("Where was she in June?", "2023-06-01", "2023-06-30"),
    ("Where was she in late August?", "2022-08-01", "2022-08-31"),
    ("What did we plant last spring?", "2023-03-01", "2023-05-31"),
    ("Where did they swim last summer?", "2022-06-01", "2022-08-31"),
    ("Where do they swim this summer?", "2023-06-01", "2023-08-31"),
    ("What broke last winter?", "2022-12-01", "2023-02-28"),
    ("Who called yesterday?", "2023-06-14", "2023-06-14"),
    ("Who called last night?", "2023-06-14", "2023-06-14"),
    ("Who called today?", "2023-06-15", "2023-06-15"),
    ("Who called on Friday?", "2023-06-09", "2023-06-09"),
    ("Who called last Thursday?", "2023-06-08", "2023-06-08"),
    ("Who called this week?", "2023-06-12", "2023-06-18"),
    ("Who called last week?", "2023-06-05", "2023-06-11"),
    ("Who called last weekend?", "2023-06-10", "2023-06-11"),
    ("Who called last month?", "2023-05-01", "2023-05-31"),
    ("Who called last year?", "2022-01-01", "2022-12-31"),
    ("Who called two days ago?", "2023-06-13", "2023-06-13"),
    ("Who called 3 weeks ago?", "2023-05-22", "2023-05-28"),
    ("Who called a month ago?", "2023-05-01", "2023-05-31"),
]
DATED = [
    ("What broke on 7 May 2023?", "2023-05-07", "2023-05-07"),
    ("What broke on the 7th of May, 2023?", "2023-05-07", "2023-05-07"),
    ("What broke on May 7, 2023?", "2023-05-07", "2023-05-07"),
    ("What broke on Sept. 1st 2023?", "2023-09-01", "2023-09-01"),
    ("What broke on 2023-05-07?", "2023-05-07", "2023-05-07"),
    ("What broke on 07.05.2023?", "2023-05-07", "2023-05-07"),
    ("What broke on  7\nMay 2023?", "2023-05-07", "2023-05-07"),
    ("What broke in FEBRUARY 2024?", "2024-02-01", "2024-02-29"),
    ("What broke in the summer of 2022?", "2022-06-01", "2022-08-31"),
    ("What broke in winter 2021?", "2021-12-01", "2022-02-28"),
    ("What broke in 2019?", "2019-01-01", "2019-12-31"),
    ("What broke last week, as told on 6 November 2023?", "2023-11-06", "2023-11-06"),
]


@pytest.mark.parametrize(("text", "first", "last"), YEARLESS + DATED)
def test_a_phrase_names_days(text: str, first: str, last: str) -> None:
    assert windows(text, THURSDAY) == (Window(first, last),)


@pytest.mark.parametrize("today", [None, "", "yesterday", "2023-13-01"])
def test_only_dates_with_a_year_need_no_today(today: str | None) -> None:
    assert [windows(text, today) for text, *_ in YEARLESS] == [()] * len(YEARLESS)
    assert [windows(text, today) for text, *_ in DATED] == [windows(text, THURSDAY) for text, *_ in DATED]


@pytest.mark.parametrize(
    "text",
    [
        "What may Ann eat?",
        "Did the band march?",
        "Will April spring a surprise in the fall?",
        "How many weeks ago was that?",
        "What happened on 30.02.2023?",
        "What is 2023-99-99?",
        "Which 1984 edition of the book does he own?",
        "Was hat sie im letzten Sommer gemacht?",
        "¿Qué hizo el verano pasado?",
        "去年夏天她去了哪里？",
        "كم كلفت الرحلة؟",
        "",
    ],
)
def test_what_names_no_time_names_none(text: str) -> None:
    assert windows(text, THURSDAY) == ()


def test_several_times_are_several_windows() -> None:
    found = windows("What changed between 1 May 2023 and 3 May 2023, and again on 1 May 2023?", None)
    assert found == (Window("2023-05-01", "2023-05-01"), Window("2023-05-03", "2023-05-03"))


def test_hostile_questions_name_few_times() -> None:
    assert len(windows(" ".join(f"{day} May 2023" for day in range(1, 31)) * 1_000, None)) == 8
    for text in ("9" * 100_000, "may " * 100_000, "in the " * 100_000, "last " * 100_000, "\x00\ud800" * 10_000):
        assert windows(text, THURSDAY) == ()
    assert windows("9999 years ago or last summer", "0001-01-01") == ()


MAY = (Window("2023-05-01", "2023-05-31"),)


def test_within_is_nearest_and_outside_falls_off() -> None:
    assert nearness("2023-05-01", MAY) == nearness("2023-05-31T23:59:59Z", MAY) == 1
    assert nearness("2023-06-07", MAY) == pytest.approx(math.exp(-1))
    assert nearness("2023-04-29", MAY) == pytest.approx(math.exp(-1))
    assert nearness("2023-04-27", MAY) < nearness("2023-06-04", MAY)


def test_the_nearest_window_counts() -> None:
    assert nearness("2024-01-01", (*MAY, Window("2024-01-01", "2024-01-01"))) == 1


@pytest.mark.parametrize("timestamp", [None, "", "soon"])
def test_without_a_time_nothing_is_near(timestamp: str | None) -> None:
    assert nearness(timestamp, MAY) == 0


def test_to_no_window_nothing_is_near() -> None:
    assert nearness("2023-05-01", ()) == 0
