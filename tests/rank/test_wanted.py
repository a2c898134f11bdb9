"""What a question wants said, weighed by how few of the candidates say it."""

from __future__ import annotations

import pytest

from graph.model import Form, Interaction
from graph.rank.fusion import Scored
from graph.rank.reading import Understood
from graph.rank.wanted import wanted


def said(*texts: str) -> list[Scored]:
    return [Scored(Interaction(f"m_{at}", Form.MESSAGE, str(at), text), 1.0, {}) for at, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("terms", "texts", "rarer"),
    [
        (("plans", "boat"), ("We planned it.", "planning", "Her boat's plan"), "boat"),
        (("猫", "犬"), ("黒い犬がいる", "犬の餌", "犬と猫"), "猫"),
        (("write", "buy"), ("I wrote it", "she writes", "I have written and bought"), "buy"),
        (("land", "friend"), ("It lands", "we landed", "Friends of the land"), "friend"),
        (("straße", "garten"), ("STRASSE 1", "die Straße", "Straße und Garten"), "garten"),
    ],
)
def test_what_few_say_weighs_more(terms: tuple[str, ...], texts: tuple[str, ...], rarer: str) -> None:
    weight = wanted(Understood(tuple(term.casefold() for term in terms), (), None), said(*texts)).weight
    assert sum(weight.values()) == pytest.approx(1)
    assert max(weight, key=lambda term: weight[term]) == rarer
    assert len(set(weight.values())) == 2
