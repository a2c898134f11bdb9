"""Keys for messages that have no id of their own."""

from __future__ import annotations

WINDOW = 50_000
"""Timestamps remembered; with their counters about 10 MB."""


class Recent(dict[str, str]):
    """A mapping that forgets its oldest entries beyond `WINDOW`."""

    def __setitem__(self, key: str, value: str) -> None:
        super().__setitem__(key, value)
        if len(self) > WINDOW:
            del self[next(iter(self))]


class Keys:
    """Makes keys that a later, longer export of a conversation makes again.

    The n-th message of a conversation at a time is `TIME#n`, the n-th without a time `#n`. Only
    the last `WINDOW` times are remembered. In a file so out of order that one comes back after
    that, its key is `TIME#@m` for the m-th message of the conversation: never one given before.
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}
        self._messages: dict[str, int] = {}
        self._undated: dict[str, int] = {}
        self._forgotten: dict[str, str] = {}

    def key(self, conversation: str, timestamp: str | None) -> str:
        """Return the key of the next message of `conversation`, said at `timestamp`."""
        message = self._messages[conversation] = self._messages.get(conversation, 0) + 1
        if timestamp is None:
            count = self._undated[conversation] = self._undated.get(conversation, 0) + 1
            return f"#{count}"
        place = (conversation, timestamp)
        if place not in self._counts:
            # What compares above all that was forgotten cannot itself have been forgotten.
            if timestamp <= self._forgotten.get(conversation, ""):
                return f"{timestamp}#@{message}"
            self._make_room()
        count = self._counts[place] = self._counts.get(place, 0) + 1
        return f"{timestamp}#{count}"

    def _make_room(self) -> None:
        if len(self._counts) < WINDOW:
            return
        conversation, timestamp = oldest = next(iter(self._counts))
        del self._counts[oldest]
        self._forgotten[conversation] = max(timestamp, self._forgotten.get(conversation, ""))
