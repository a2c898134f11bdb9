"""How an ingest gets on, on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from memcli.render.page import colours
from memcli.render.text import one_line

if TYPE_CHECKING:
    from rich.progress import TaskID


class TerminalProgress:
    """One bar a source, with records a second and the time left. Use it as a context manager."""

    def __init__(self, stream: TextIO, *, colour: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[records]} records, {task.fields[rate]:.0f}/s"),
            TimeRemainingColumn(),
            console=Console(file=stream, color_system=colours(wanted=colour)),
            transient=True,
        )
        self._source: TaskID | None = None
        self._began = 0.0

    def __enter__(self) -> Self:
        self._began = self._bars.get_time()
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def begin(self, path: str, size: int | None) -> None:
        """A source is begun; what is done with goes from the screen."""
        self.end()
        self._source = self._bars.add_task(one_line(path, 40), total=size, records=0, rate=0.0)

    def advance(self, offset: int, records: int) -> None:
        """So much is taken in."""
        if self._source is not None:
            seconds = max(self._bars.get_time() - self._began, 0.001)
            self._bars.update(self._source, completed=offset, records=records, rate=records / seconds)

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
