"""How an ingest gets on, on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from memcli.render.page import colours
from memcli.render.text import one_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class TerminalProgress:
    """One bar a source, with records a second and the time left. Use it as a context manager.

    Nothing is loaded or drawn before the first source is begun: most memories are opened at once.
    """

    def __init__(self, stream: TextIO, *, colour: bool) -> None:
        self._stream = stream
        self._colour = colour
        self._drawn = ExitStack()
        self._source: TaskID | None = None
        self._began = 0.0

    @cached_property
    def _bars(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[told]}"),
            TimeRemainingColumn(),
            console=Console(file=self._stream, color_system=colours(wanted=self._colour)),
            transient=True,
        )
        self._began = bars.get_time()
        return self._drawn.enter_context(bars)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drawn.close()

    def begin(self, path: str, size: int | None) -> None:
        """A source is begun; what is done with goes from the screen."""
        self.end()
        self._source = self._bars.add_task(one_line(path, 40), total=size, told="")

    def advance(self, offset: int, records: int) -> None:
        """So much is taken in."""
        if self._source is not None:
            seconds = max(self._bars.get_time() - self._began, 0.001)
            self._bars.update(self._source, completed=offset, told=f"{records} records, {records / seconds:.0f}/s")

    def refresh(self) -> None:
        """Draw now what else is drawn in a moment."""
        self._bars.refresh()

    def end(self) -> None:
        """The source is done."""
        if self._source is not None:
            self._bars.remove_task(self._source)
            self._source = None


class SpokenProgress:
    """What becomes of each source, for `--verbose` where nothing can move."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._path = ""
        self._empty = True

    def begin(self, path: str, size: int | None) -> None:
        """A source is begun."""
        self._path, self._empty = path, True
        self._say(f"reading {path}" if size is None else f"reading {path} ({size} bytes)")

    def advance(self, offset: int, records: int) -> None:  # noqa: ARG002 - that there is something is enough
        """Something is taken in."""
        self._empty = False

    def end(self) -> None:
        """The source is done; what had nothing to take in is named."""
        if self._empty:
            self._say(f"left out {self._path}: no messages or documents in it")
