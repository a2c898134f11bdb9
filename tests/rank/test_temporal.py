"""Dates in sentences, by what they name and by the day on which they were said."""

from __future__ import annotations

from datetime import date

import pytest

from graph.rank.temporal import dates, durations

SAID = date(2024, 3, 6)
"""A Wednesday."""


def found(text: str, said: date | None = SAID, *, ahead: bool = False) -> list[str]:
    return [each.text for each in dates(text, said, ahead)]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("It opened on 2019-05-04.", "4 May 2019"),
        ("It opened on 04.05.2019.", "4 May 2019"),
        ("It opened on the 4th of May 2019.", "4 May 2019"),
        ("It opened on May 4, 2019.", "4 May 2019"),
        ("It opened in Sept. 2019.", "September 2019"),
        ("It opened in May of 2019.", "May 2019"),
        ("It opened in 1961.", "1961"),
        ("Since 1961, it has stood.", "1961"),
    ],
)
def test_what_is_named_in_full_needs_no_day(text: str, meaning: str) -> None:
    assert found(text, None) == [meaning]
    assert found(text) == [meaning]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("I went yesterday.", "5 March 2024"),
        ("Last night was fun.", "5 March 2024"),
        ("The day before yesterday I went.", "4 March 2024"),
        ("I went this morning.", "6 March 2024"),
        ("I go tomorrow.", "7 March 2024"),
        ("I go the day after tomorrow.", "8 March 2024"),
        ("I went last Friday.", "1 March 2024"),
        ("I went last Wednesday.", "28 February 2024"),
        ("I went on Sunday.", "3 March 2024"),
        ("I go this Friday.", "8 March 2024"),
        ("I go next Friday.", "15 March 2024"),
        ("I go next Monday.", "11 March 2024"),
        ("I went 3 days ago.", "3 March 2024"),
        ("I went a week ago.", "about 28 February 2024"),
        ("I went two weeks ago.", "about 21 February 2024"),
        ("I went a couple of days ago.", "4 March 2024"),
        ("I went a few weeks ago.", "a few weeks before 6 March 2024"),
        ("I went two weekends ago.", "2 weekends before 6 March 2024"),
        ("I went three months ago.", "December 2023"),
        ("I went ten years ago.", "2014"),
        ("I go in two weeks.", "about 20 March 2024"),
        ("I went last week.", "the week before 6 March 2024"),
        ("I go this weekend.", "the weekend of 6 March 2024"),
        ("I go next month.", "April 2024"),
        ("I went last year.", "2023"),
        ("I went last summer.", "summer 2023"),
        ("I went last winter.", "winter 2023–24"),
        ("I go next winter.", "winter 2024–25"),
        ("I go next spring.", "spring 2025"),
        ("I went in December.", "December 2023"),
        ("I went on February 2nd.", "2 February 2024"),
        ("I went on 1 December.", "1 December 2023"),
        ("My exam is on 7 March.", "7 March 2024"),
        ("My exam is on Thursday 7 March.", "7 March 2024"),
        ("We met on Sunday, the 3rd of March.", "3 March 2024"),
        ("It is on 6 March.", "6 March 2024"),
        ("We are leaving on 29 February.", "29 February 2024"),
        ("I went last March.", "March 2023"),
        ("I go next March.", "March 2025"),
        ("It is in September next year.", "September 2025"),
        ("It was on 3 May last year.", "3 May 2023"),
    ],
)
def test_what_follows_from_the_day_it_was_said(text: str, meaning: str) -> None:
    assert found(text) == [meaning]
    assert found(text, None) == []


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("It is on Sunday.", "10 March 2024"), ("It is on 2 February.", "2 February 2025"), ("in March", "March 2024")],
)
def test_what_lies_ahead_is_looked_for_ahead(text: str, meaning: str) -> None:
    assert found(text, ahead=True) == [meaning]


@pytest.mark.parametrize(
    ("text", "said", "meaning"),
    [
        ("yesterday", date(2024, 3, 1), "29 February 2024"),
        ("tomorrow", date(2023, 12, 31), "1 January 2024"),
        ("a month ago", date(2024, 3, 31), "February 2024"),
        ("last month", date(2024, 1, 31), "December 2023"),
        ("in two months", date(2023, 12, 31), "February 2024"),
        ("last winter", date(2024, 1, 5), "winter 2022–23"),
        ("this winter", date(2023, 12, 5), "winter 2023–24"),
        ("last summer", date(2023, 8, 11), "summer 2022"),
        ("last summer", date(2023, 12, 26), "summer 2023"),
        ("29 February", date(2024, 3, 1), "29 February 2024"),
    ],
)
def test_months_and_years_end(text: str, said: date, meaning: str) -> None:
    assert found(text, said) == [meaning]


@pytest.mark.parametrize(
    "text",
    [
        "I may go.",
        "Call 2023-555.",
        "It cost $2000.",
        "2024-13-01",
        "99.99.2024",
        "0000-01-01",
        "in bed on time",
        "1,999 steps",
        "29.02.2023",
    ],
)
def test_what_is_no_date_has_no_meaning(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "It is my first holiday in six years.",
        "That was the hottest day in ten years.",
        "I learned it in two months.",
        "I haven't seen her in six years.",
        "I have not been home in two years.",
        "We moved twice in three years.",
    ],
)
def test_how_long_it_took_or_had_not_been_is_no_date(text: str) -> None:
    assert found(text) == found(text, ahead=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "I have my exam in two months.",
        "My first exam is in two months.",
        "We are getting married in two months.",
        "I was ill, but I fly in two months.",
        "I'm going to be trained in two months.",
        "My test is over in two months.",
        "It is only in two months.",
    ],
)
def test_what_goes_on_from_now_is_a_date(text: str) -> None:
    assert found(text) == ["May 2024"]


def test_of_a_day_that_never_was_the_month_is_left() -> None:
    assert found("30 February 2024") == ["February 2024"]


def test_several_come_in_order_and_none_within_another() -> None:
    assert found("Born 4 May 1961, died in 2019, missed since yesterday.") == ["4 May 1961", "2019", "5 March 2024"]


def test_spans_of_time() -> None:
    spans = [text for text, *_ in durations("For about three weeks, 2 hours and a few days; 3 years ago, 4 years old.")]
    assert spans == ["about three weeks", "2 hours", "a few days"]


@pytest.mark.parametrize("said", [date(1970, 1, 1), date(2200, 12, 31)])
def test_no_day_is_too_far(said: date) -> None:
    for text in ("999 days ago", "999 weeks ago", "999 months ago", "999 years ago", "in 999 years", "in 999 weeks"):
        assert len(found(text, said)) == 1


@pytest.mark.parametrize("text", ["1" * 50_000, "last " * 10_000, "in a " * 10_000, "١٢٣ " * 10_000, "May " * 10_000])
def test_endless_texts_are_read(text: str) -> None:
    assert len(dates(text, SAID)) < 20_000
    assert not durations(text)
