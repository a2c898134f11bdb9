"""A message whose lines are still being read."""

from __future__ import annotations

import io


class Draft:
    """Collects the text of one message, and no more of it than is taken in."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.offset = 0
        self._size = 0
        self._text = io.StringIO(newline="\n")
        self.too_long = False

    def add(self, text: str, offset: int, longest: int) -> None:
        """Add a line, or a piece of one, that ends `offset` bytes into the source."""
        self.offset = offset
        self._size += len(text)
        self.too_long = self.too_long or self._size > longest
        if self.too_long:
            self._text = io.StringIO(newline="\n")
        else:
            self._text.write(text)

    def text(self) -> str:
        """Return what was added."""
        return self._text.getvalue()
