from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graph.readers import keys
from graph.readers.keys import Keys, Recent

TIMES = st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.integers(0, 9).map(lambda day: f"2025-03-0{day}")))


@given(TIMES, st.integers(1, 4))
def test_no_key_comes_twice_however_little_is_remembered(times, window) -> None:
    before, keys.WINDOW = keys.WINDOW, window
    try:
        maker = Keys()
        made = [(conversation, maker.key(conversation, time)) for conversation, time in times]
        assert len(maker._counts) <= window
    finally:
        keys.WINDOW = before
    assert len(set(made)) == len(made)


@given(TIMES)
def test_keys_count_per_time_in_any_order(times) -> None:
    maker = Keys()
    for place, (conversation, time) in enumerate(times):
        nth = times[: place + 1].count((conversation, time))
        assert maker.key(conversation, time) == f"{time or ''}#{nth}"


def test_recent_forgets_the_oldest(monkeypatch) -> None:
    monkeypatch.setattr(keys, "WINDOW", 2)
    recent = Recent()
    for each in "abc":
        recent[each] = each
    assert dict(recent) == {"b": "b", "c": "c"}
