"""Doing a transaction again that the store undid for a passing reason: somebody else writes, or a server is away."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from graph.errors import StoreError

_PATIENCE = 4.0
"""Seconds for which it is tried again."""
_PAUSE = 0.2
_LONGEST_PAUSE = 0.8

T = TypeVar("T")


def persistently(work: Callable[[], T]) -> T:
    """Do `work`, a transaction, and do it again where the store undid it for a passing reason.

    Raises:
        StoreError: it fails for another reason, or does not pass.
    """
    until = time.monotonic() + _PATIENCE
    pause = _PAUSE
    while True:
        try:
            return work()
        except StoreError as error:
            if not error.passing or time.monotonic() + pause > until:
                raise
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
