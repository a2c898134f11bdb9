"""Text, vectors and tokens in one scale, and what their mean is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from graph.model import EdgeKind, Form, Interaction, Match, Subgraph
from graph.rank.nearness import combined, in_context, nearness, pivoted, scaled
from graph.settings import Settings

ONLY_WHOLE = Settings(recall_piece=0)
MATCHES = (
    Match("m_1", 8.0, 0.0, 0.5, b"1"),
    Match("m_2", 4.0, 0.0, 0.7, b"2"),
    Match("m_3", 0.0, 0.0, 0.9, b"3"),
    Match("m_4", 2.0, 0.0),
)


def similar(matches: Sequence[Match]) -> Mapping[str, float]:
    return {each.id: {b"1": -0.2, b"2": 0.2, b"3": 0.6}[each.tokens] for each in matches if each.tokens}


def test_signals_go_from_the_worst_to_the_best() -> None:
    found = nearness(MATCHES, similar, ONLY_WHOLE)
    assert found["text"] == pytest.approx({"m_1": 1.0, "m_2": 0.5, "m_3": 0.0, "m_4": 0.25})
    assert found["vectors"] == pytest.approx({"m_1": 0.0, "m_2": 0.5, "m_3": 1.0})
    assert found["tokens"] == pytest.approx({"m_1": 0.0, "m_2": 0.5, "m_3": 1.0})


def test_they_are_weighed() -> None:
    settings = Settings(recall_piece=0, recall_text=1, recall_vectors=4, recall_vectors_left=0.5, recall_tokens=5)
    found = combined(nearness(MATCHES, similar, settings), settings)
    assert found == pytest.approx({"m_1": 1 / 8, "m_2": 0.5, "m_3": 7 / 8, "m_4": 0.25 / 8})


@pytest.mark.parametrize(
    ("weights", "there", "first"),
    [
        ({"recall_vectors": 0.0}, {"text", "tokens"}, 1 / 5),
        ({"recall_tokens": 0.0}, {"text", "vectors"}, 1 / 2),
        ({"recall_vectors": 0.0, "recall_tokens": 0.0}, {"text"}, 1.0),
    ],
)
def test_what_weighs_nothing_is_not_there(weights: dict[str, float], there: set[str], first: float) -> None:
    settings = Settings(recall_piece=0, recall_text=1, **{"recall_vectors": 1.0, "recall_tokens": 4.0, **weights})
    found = nearness(MATCHES, similar, settings)
    assert found.keys() == there
    assert combined(found, settings)["m_1"] == pytest.approx(first)


def test_vectors_keep_their_weight_where_there_are_no_tokens() -> None:
    bare = [Match(each.id, each.whole, each.piece, each.cosine) for each in MATCHES]
    settings = Settings(recall_piece=0, recall_text=1, recall_vectors=3, recall_vectors_left=0)
    found = nearness(bare, lambda _: {}, settings)
    assert combined(found, settings) == pytest.approx({"m_1": 0.25, "m_2": 0.5, "m_3": 0.75, "m_4": 0.0625})


def said(id: str, letters: int, form: Form = Form.MESSAGE) -> Interaction:
    return Interaction(id, form, id, "x" * letters, "c", "", 0)


def test_what_rises_with_the_length_of_messages_is_taken_off() -> None:
    messages = [said(f"m_{number}", 110 * 10**number) for number in range(5)]
    messages += [said(f"n_{number}", 110 * 10**number) for number in range(5)]
    tokens = {each.id: 0.1 * int(each.id[2:]) + (0.2 if each.id == "m_4" else 0.0) for each in messages}
    found = pivoted({"text": tokens, "tokens": tokens | {"m_9": 1.0}}, messages)
    assert found["text"] == tokens
    # Two messages at each of 0 to 4: what one of the last has beside adds .2 * 2 / 20 to the slope of .1.
    assert found["tokens"] == pytest.approx(
        {each.id: max(0, tokens[each.id] - 0.12 * int(each.id[2:])) for each in messages} | {"m_9": 1.0}
    )


def test_a_long_message_among_short_ones_keeps_what_it_has() -> None:
    messages = [said(f"m_{number}", 60) for number in range(100)] + [said("m_long", 400)]
    signals = {"tokens": {each.id: 0.1 for each in messages} | {"m_long": 1.0}}
    assert pivoted(signals, messages) == signals


@pytest.mark.parametrize(
    "candidates",
    [
        [],
        [said("m_1", 5_000)],
        [said("m_1", 10), said("m_2", 20), said("m_3", 110)],
        # The longer the less, as it is where the long ones are about something else.
        [said("m_1", 5_000), said("m_2", 400), said("m_3", 10), *(said(f"n_{n}", 9_000 + n) for n in range(8))],
        [said(f"m_{number}", 5_000) for number in range(20)],
        [said(id, length, Form.DOCUMENT) for id, length in (("m_1", 10), ("m_2", 400), ("m_3", 5_000))],
    ],
)
def test_nothing_else_is_changed(candidates: list[Interaction]) -> None:
    signals = {"vectors": {"m_1": 0.1, "m_2": 0.5, "m_3": 0.9, **{f"n_{number}": 0.0 for number in range(8)}}}
    assert pivoted(signals, candidates) == signals


def test_a_question_without_vectors_has_text_alone() -> None:
    assert nearness(MATCHES, None, ONLY_WHOLE).keys() == {"text"}


def test_a_memory_without_vectors_gives_what_text_gives() -> None:
    bare = [Match(each.id, each.whole, each.piece) for each in MATCHES]
    found = nearness(bare, similar, ONLY_WHOLE)
    assert found.keys() == {"text"}
    assert combined(found, ONLY_WHOLE) == found["text"]


def test_nothing_found_is_nothing() -> None:
    assert nearness([], similar, ONLY_WHOLE) == {}
    assert combined({}, ONLY_WHOLE) == {}
    assert in_context({}, Subgraph((), ()), ONLY_WHOLE) == {}


def test_weights_of_nothing_give_nothing() -> None:
    settings = Settings(recall_text=0, recall_vectors=0, recall_tokens=0)
    assert set(combined(nearness(MATCHES, similar, settings), settings).values()) == {0.0}


def test_scores_that_are_all_the_same_are_all_the_best() -> None:
    assert scaled({"m_1": -0.3, "m_2": -0.3}) == {"m_1": 1.0, "m_2": 1.0}
    assert scaled({"m_1": -3, "m_2": 1, "m_3": 0}) == {"m_1": 0.0, "m_2": 1.0, "m_3": 0.75}
    assert scaled({}) == {}


def test_neighbours_are_lent_less_of_vectors() -> None:
    order = Subgraph(("m_1", "m_2"), ((0, 1, EdgeKind.NEXT, 1.0),))
    settings = Settings(recall_previous=0.5, recall_next=0.25, recall_lent=0.5)
    signals = {name: {"m_1": 1.0, "m_2": 0.4} for name in ("text", "vectors", "tokens")}
    found = in_context(signals, order, settings)
    # 1 + .25 * .4 and .4 + .5 * 1, each divided by the best; half of what is lent for the others.
    assert found["text"] == pytest.approx({"m_1": 1.0, "m_2": 0.9 / 1.1})
    assert found["vectors"] == found["tokens"] == pytest.approx({"m_1": 1.0, "m_2": 0.65 / 1.05})
