from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.readers.timestamps import iso_timestamp


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        ("2025-03-04T10:22:00", "2025-03-04T10:22:00"),
        ("2025-03-04 10:22", "2025-03-04T10:22:00"),
        ("2025-03-04T10:22:00.5Z", "2025-03-04T10:22:00.500000+00:00"),
        ("2025-03-04T10:22:00+05:30", "2025-03-04T10:22:00+05:30"),
        ("2025-03-04", "2025-03-04"),
        ("20250304", "2025-03-04"),
        (1700000000, "2023-11-14T22:13:20+00:00"),
        (1700000000000, "2023-11-14T22:13:20+00:00"),
        (Decimal("1700000000.5"), "2023-11-14T22:13:20.500000+00:00"),
        ("1700000000", "2023-11-14T22:13:20+00:00"),
        (0, "1970-01-01T00:00:00+00:00"),
        (-1, None),
        (10**400, None),
        (float("nan"), None),
        (Decimal("1e999999"), None),
        (True, None),
        (None, None),
        ("", None),
        ("yesterday", None),
        ("1066-10-14", None),
        ("9999-01-01T00:00:00", None),
        ("2025-13-01", None),
        ("\ud800" * 10, None),
        (["2025-03-04"], None),
    ],
)
def test_timestamps(given_value: object, expected: str | None) -> None:
    assert iso_timestamp(given_value) == expected


@given(st.one_of(st.text(), st.integers(), st.floats(), st.decimals(), st.datetimes().map(str)))
def test_what_comes_out_stays_as_it_is(value: object) -> None:
    once = iso_timestamp(value)
    assert once is None or iso_timestamp(once) == once
