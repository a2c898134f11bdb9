"""Ids: the same for the same content, on every machine."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.ids import PREFIXES, content_id

PARTS = st.lists(st.text(st.characters(), max_size=20), max_size=4)


def test_ids_never_change() -> None:
    # These are in people's stores.
    assert content_id("entity", "lisbon") == "e_5hq4gpek4kzpnjt3"
    assert content_id("interaction", "message", "talk", "", "1", "Ann", "", "Zürich") == "m_bmxay3jxr3saakrf"


@given(st.sampled_from(sorted(PREFIXES)), PARTS)
def test_ids_are_words(kind: str, parts: list[str]) -> None:
    assert re.fullmatch(r"[efikmnpqv]_[a-z2-7]{16}", content_id(kind, *parts))


@given(PARTS, PARTS)
def test_other_parts_have_another_id(left: list[str], right: list[str]) -> None:
    assert (content_id("note", *left) == content_id("note", *right)) == (left == right)


def test_parts_do_not_run_together() -> None:
    assert len({content_id("note", *each) for each in (("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""))}) == 4


def test_kinds_have_ids_of_their_own_in_the_order_of_their_names() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)
    with pytest.raises(KeyError):
        content_id("rumour", "x")
