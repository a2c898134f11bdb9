"""What a question says of when and by whom, in exact numbers."""

from __future__ import annotations

import pytest

from graph.model import Form, Interaction
from graph.rank.favour import favoured
from graph.rank.fusion import Scored
from graph.rank.reading import Understood
from graph.rank.time_windows import Window
from graph.settings import Settings

MAY = (Window("2023-05-01", "2023-05-31"),)
SETTINGS = Settings(recall_when=3.0, recall_teller=1.5)


def scored(id: str, score: float, timestamp: str | None = None, speaker: str | None = None) -> Scored:
    said = Interaction(id, Form.MESSAGE, id, "A walnut.", speaker=speaker, timestamp=timestamp)
    return Scored(said, score, {"lexical": score})


def asked(teller: str | None = None, windows: tuple[Window, ...] = ()) -> Understood:
    return Understood(("walnut",), (), None, teller, windows, voices=(teller,) if teller else ())


def order(ranked: list[Scored]) -> list[tuple[str, float]]:
    return [(each.interaction.id, each.score) for each in ranked]


def test_what_is_of_the_time_is_worth_more_and_nothing_is_left_out() -> None:
    ranked = [scored("never", 0.9), scored("april", 0.5, "2019-04-01"), scored("may", 0.4, "2023-05-09T10:00:00")]
    found = order(favoured(ranked, asked(windows=MAY), SETTINGS))
    assert found == [("may", pytest.approx(1.2)), ("never", 0.9), ("april", pytest.approx(0.5))]


def test_the_tellers_words_are_worth_more() -> None:
    ranked = [scored("his", 0.5, speaker="Bob"), scored("hers", 0.4, speaker="ANN"), scored("page", 0.1)]
    found = order(favoured(ranked, asked("Ann"), SETTINGS))
    assert found == [("hers", pytest.approx(0.6)), ("his", 0.5), ("page", 0.1)]


def test_the_factors_are_told() -> None:
    [found] = favoured([scored("may", 0.5, "2023-05-09", "Ann")], asked("Ann", MAY), SETTINGS)
    assert found.signals == {"lexical": 0.5, "when": 3.0, "teller": 1.5}


def test_what_says_neither_changes_nothing() -> None:
    ranked = [scored("b", 0.5, "2023-05-09", "Ann"), scored("a", 0.5)]
    assert favoured(ranked, asked(), SETTINGS) == ranked


def test_both_may_count_for_nothing() -> None:
    ranked = [scored("a", 0.5, speaker="Bob"), scored("b", 0.4, "2023-05-09", "Ann")]
    even = Settings(recall_when=1.0, recall_teller=1.0)
    assert order(favoured(ranked, asked("Ann", MAY), even)) == [("a", 0.5), ("b", 0.4)]


def test_ids_decide_between_equals() -> None:
    ranked = [scored("b", 0.5, "2023-05-09"), scored("a", 0.5, "2023-05-02")]
    assert [id for id, _ in order(favoured(ranked, asked(windows=MAY), SETTINGS))] == ["a", "b"]
