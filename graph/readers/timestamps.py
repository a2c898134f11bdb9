"""Timestamps of every format, brought to ISO 8601."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal

FIRST_YEAR, LAST_YEAR = 1970, 2200
_MILLISECONDS_FROM = 1e11
"""As seconds, numbers from here on would lie beyond the year 5000."""


def iso_timestamp(value: object) -> str | None:
    """Return `value` as ISO 8601, or None where it is no time between 1970 and 2200.

    Takes ISO 8601 text (its offset is kept, `YYYY-MM-DD` stays a date) and epoch seconds or
    milliseconds (as numbers or digits; the result is in UTC).
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return _from_epoch(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) in (9, 10, 13):
        return _from_epoch(int(text))
    return _from_text(text)


def _from_epoch(value: float | Decimal) -> str | None:
    try:
        seconds = float(value)
    except (OverflowError, ValueError):
        return None
    if not math.isfinite(seconds):
        return None
    if abs(seconds) >= _MILLISECONDS_FROM:
        seconds /= 1000
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return moment.isoformat() if FIRST_YEAR <= moment.year <= LAST_YEAR and seconds >= 0 else None


def _from_text(text: str) -> str | None:
    if not 8 <= len(text) <= 40:
        return None
    moment: date
    try:
        moment = date.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
    return moment.isoformat() if FIRST_YEAR <= moment.year <= LAST_YEAR else None
