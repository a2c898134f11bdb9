"""What people read: coloured and wrapped on a terminal, plain everywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, TextIO

from memcli.render.text import clean, one_line


class Page(Protocol):
    """Takes text as it comes from the store; what a terminal would obey is taken out here."""

    def line(self, text: str = "", style: str = "") -> None:
        """Text of one or more lines; `style` is a style of rich, such as `bold` or `dim`."""
        ...

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Rows under headings, one line each."""
        ...


class PlainPage:
    """Lines for files, pipes and dumb terminals."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def line(self, text: str = "", style: str = "") -> None:  # noqa: ARG002 - plain text has no style
        self._stream.write(clean(text) + "\n")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        cells = [list(columns), *([one_line(cell) for cell in row] for row in rows)]
        widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
        for row in cells:
            self.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def colours(*, wanted: bool) -> Literal["auto"] | None:
    """The colours for rich's consoles. Without any, it sets nothing bold or dim either, as it does by `no_color`, and
    as GNU's libtextstyle understands NO_COLOR."""
    return "auto" if wanted else None


class TerminalPage:
    """The same through rich."""

    def __init__(self, stream: TextIO, *, colour: bool) -> None:
        from rich.console import Console

        self._console = Console(
            file=stream, force_terminal=True, color_system=colours(wanted=colour), highlight=False, markup=False
        )

    def line(self, text: str = "", style: str = "") -> None:
        from rich.text import Text

        self._console.print(Text(clean(text), style=style))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text(one_line(cell)) for cell in row))
        self._console.print(table)
