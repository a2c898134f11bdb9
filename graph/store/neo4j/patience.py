"""How long a reply that has begun may take to go on.

A server may think for long before it replies, and says now and then that it is there. A reply that has begun comes at
once, so that a pause in the midst of one means that the line is broken, or that what came was no reply: two bytes of
anything announce up to 65,535 more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neo4j import Driver

PAUSE_SECONDS = 3.0
"""How long the next byte of a reply may take."""
_SIZE = 2
"""Bytes that say how long the next part of a reply is; those of the first part are waited for by themselves."""


def bound(driver: Driver) -> None:
    """Let replies on the lines that `driver` opens from now on be broken off after a pause in their midst.

    The driver has no setting for it. One that is made otherwise inside waits as the server asks it to: two minutes.
    """
    pool: Any = getattr(driver, "_pool", None)
    opener = getattr(pool, "opener", None)
    if opener is None:
        return

    def opened(*given: Any, **named: Any) -> Any:
        connection = opener(*given, **named)
        line: Any = getattr(connection, "socket", None)
        if all(hasattr(line, name) for name in ("recv_into", "get_read_timeout", "set_read_timeout")):
            line.recv_into = _impatient(line)
        return connection

    pool.opener = opened


def _impatient(line: Any) -> Callable[[Any, int], int]:
    """What reads from `line`, with less patience where it reads more than a size."""
    receive: Callable[[Any, int], int] = line.recv_into

    def recv_into(buffer: Any, nbytes: int) -> int:
        if nbytes <= _SIZE:
            return receive(buffer, nbytes)
        patience = line.get_read_timeout()
        line.set_read_timeout(PAUSE_SECONDS)
        try:
            return receive(buffer, nbytes)
        finally:
            line.set_read_timeout(patience)

    return recv_into
