"""What a file of text may hold: characters that XML 1.0 and C strings can carry."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

REPLACEMENT = "\ufffd"

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def allowed(text: str) -> str:
    """Return `text` with U+FFFD for what XML 1.0 forbids: controls, lone surrogates, U+FFFE and U+FFFF."""
    return _FORBIDDEN.sub(REPLACEMENT, text)


def xml_text(value: object) -> str:
    """Return `value` as the content of an element."""
    # A bare carriage return would be read back as a newline.
    return escape(allowed(str(value)), {"\r": "&#13;"})


def xml_attribute(value: object) -> str:
    """Return `value` as the value of an attribute, with its quotes."""
    return quoteattr(allowed(str(value)))
