"""How a download gets on, on a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from memcli.render.page import colours
from memcli.render.text import one_line

if TYPE_CHECKING:
    from rich.progress import TaskID


class DownloadBars:
    """One bar a download, with its bytes and the time left; none without a stream. Use it as a context manager."""

    def __init__(self, stream: TextIO | None, *, colour: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=Console(file=stream, force_terminal=True, color_system=colours(wanted=colour)),
            transient=True,
            disable=stream is None,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def tell(self, name: str, done: int, size: int | None) -> None:
        """So many bytes of a download are here."""
        self._bars.start()
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(one_line(name, 40), total=size)
        self._bars.update(self._tasks[name], completed=done, total=size)

    def clear(self) -> None:
        """Leave the screen, to whatever is said next."""
        self._bars.stop()
        for task in self._tasks.values():
            self._bars.remove_task(task)
        self._tasks.clear()
