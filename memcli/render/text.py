"""Text from the store, made safe and short for people."""

from __future__ import annotations

import re

_SEQUENCE = re.compile(r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,16}[@-~]?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """`text` without what would move the cursor, colour, retitle or reorder a terminal's lines."""
    return _CONTROL.sub("", _SEQUENCE.sub("", text))


def is_text(text: str) -> bool:
    """Whether it can be stored and sent: half a surrogate pair, from JSON or undecodable bytes, cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def one_line(text: str, width: int = 80) -> str:
    """`text` on one line of at most `width` characters."""
    # Only the beginning can be shown, and a message may be megabytes long.
    line = " ".join(clean(text[: 20 * width]).split())
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"


def counted(number: int, noun: str) -> str:
    """A number of things that a noun means, with an "s" where they are not one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def day(timestamp: str | None) -> str:
    """The date of a timestamp, or nothing."""
    return (timestamp or "")[:10]


def minute(timestamp: str | None) -> str:
    """Date and time of a timestamp to the minute, or nothing."""
    return (timestamp or "")[:16].replace("T", " ")
