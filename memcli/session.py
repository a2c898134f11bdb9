"""One run of memcli: its streams, environment, clock and folder, and the memory it opens.

Everything a command knows of the world it knows from here; tests give it another world.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO, TypeVar

from msgspec import Struct, field

from graph.errors import MemcliError, UsageError
from graph.store.spaces import DEFAULT
from memcli.config import Config
from memcli.passwords import ask_on_terminal, signed_in, with_llm_key
from memcli.render.page import Page, PlainPage, TerminalPage
from memcli.render.progress import TerminalProgress
from memcli.render.text import clean
from memcli.results import dumps, envelope, fitted

if TYPE_CHECKING:
    from graph.memory import Memory
    from graph.ports import Progress
    from graph.settings import Settings
    from graph.several import Several

_ARRAYS = ("numpy", "pandas", "pyarrow")
_LONGEST_ANSWER = 100
_LONGEST_SECRET = 10_000
"""Bytes of a password read from standard input."""

T = TypeVar("T")


class Terminals(Struct, frozen=True):
    """Which of the streams are terminals."""

    stdin: bool = False
    stdout: bool = False
    stderr: bool = False


def open_memory(settings: Settings, *, create: bool = False, progress: Progress | None = None) -> Memory:
    """Open the memory that the settings name."""
    from graph.memory import Memory

    if not _is_file(settings):
        _load_driver()
    return Memory.open(settings, create=create, progress=progress)


def _load_driver() -> None:
    """Load the Neo4j driver, if it is there, without the libraries of arrays and tables.

    It takes values of theirs where they are installed, and loads them to know these; memcli gives it none. That is a
    third of the time it takes, and much more where pandas is there. For the rest of the process it takes none.

    It makes some hundred thousand values that stay, which Python would look through for garbage again and again.
    """
    if "neo4j" in sys.modules:
        return
    collecting = gc.isenabled()
    gc.disable()
    hidden = [name for name in _ARRAYS if name not in sys.modules]
    # Python's way to say that there is no such module: "If the associated value is None" (importlib, The module cache).
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        import neo4j  # noqa: F401
    except ImportError:
        # Whoever opens the store says so.
        pass
    finally:
        for name in hidden:
            del sys.modules[name]
        gc.freeze()
        if collecting:
            gc.enable()


def _load_ranking(settings: Settings) -> None:
    """Load what ranking needs while a server is waited for. What is in a file leaves no time to wait."""
    if not _is_file(settings):
        # First, for what it hides meanwhile.
        _load_driver()
        Thread(target=import_module, args=("igraph",)).start()


def _is_file(settings: Settings) -> bool:
    return settings.store.startswith("sqlite:")


class Session(Struct):
    """The world of one run. The fields after `opener` are set from the command line."""

    stdin: BinaryIO
    stdout: TextIO
    stderr: TextIO
    env: Mapping[str, str]
    cwd: Path
    clock: Callable[[], datetime] = datetime.now
    terminals: Terminals = Terminals()
    opener: Callable[..., Memory] = open_memory
    command: str = ""
    flags: dict[str, str] = field(default_factory=dict)
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    no_input: bool = False
    spaces: tuple[str, ...] = ()
    """The spaces that are asked at once; empty for the one of the settings."""

    @classmethod
    def of_process(cls) -> Session:
        """The session of this process. What cannot be encoded is escaped and stops nothing."""
        stdin, stdout, stderr = _standard_streams()
        for stream in (stdout, stderr):
            if isinstance(stream, io.TextIOWrapper):
                # Data in a pipe or a file is UTF-8 whatever the locale; a terminal knows its own encoding.
                encoding = stream.encoding if stream.isatty() else "utf-8"
                stream.reconfigure(encoding=encoding, errors="backslashreplace")
        # The graphs that are ranked are small: threads would take longer to start than to do the work.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        terminals = Terminals(*(stream.isatty() for stream in (stdin, stdout, stderr)))
        return cls(stdin.buffer, stdout, stderr, os.environ, _current_folder(), terminals=terminals)

    @property
    def config(self) -> Config:
        """The settings, each with where it comes from."""
        return Config(self.env, self.cwd, self.flags)

    def memory(self, *, create: bool = False, llm: bool = False) -> Memory:
        """Open the memory; with `create`, make it where it is missing. Ask for a password if it takes one. With `llm`,
        the language model that is set will be asked, and is given its key.

        Raises:
            StoreError: one of its kinds.
        """
        return self._opened(partial(self.opener, create=create), llm=llm)

    def asked(self, *, llm: bool = False) -> Memory | Several:
        """Open what is asked: the memory, or those of all spaces that are named; see `memory`.

        Raises:
            StoreError: one of its kinds, of any of them; then none stays open.
        """

        def opened(settings: Settings, progress: Progress | None) -> Memory | Several:
            _load_ranking(settings)
            if not self.spaces:
                return self.opener(settings, progress=progress)
            from graph.several import Several

            return Several.open(
                self.spaces, lambda space: self.opener(replace(settings, space=space), progress=progress)
            )

        return self._opened(opened, llm=llm)

    def _opened(self, work: Callable[..., T], *, llm: bool) -> T:
        with self.progress() as progress:
            return self.signed_in(lambda settings: work(with_llm_key(settings) if llm else settings, progress=progress))

    def choose(self, spaces: Sequence[str]) -> None:
        """Have the command work in the space that is named, or ask several; none: in that of the settings."""
        if len(spaces) > 1:
            self.spaces = tuple(spaces)
        if spaces:
            # Several are those of the store itself, whichever of its spaces the settings name.
            self.flags["space"] = spaces[0] if len(spaces) == 1 else DEFAULT

    def signed_in(self, work: Callable[[Settings], T]) -> T:
        """Do `work` with the settings; ask for a password if the store takes one.

        Raises:
            StoreSignInError: nobody has the right one.
        """
        return signed_in(self.config.settings(), work, ask_on_terminal if self.may_ask else None)

    def progress(self) -> AbstractContextManager[Progress | None]:
        """What shows on a terminal how work gets on, for as long as the context lasts; None where nobody looks."""
        if self.quiet or not self.terminals.stderr:
            return nullcontext()
        return TerminalProgress(self.stderr, colour=self.colour)

    @property
    def may_ask(self) -> bool:
        """Whether there is somebody to ask, who did not want to be left in peace."""
        return self.terminals.stdin and self.terminals.stderr and not (self.quiet or self.no_input)

    def secret(self, account: str) -> str:
        """A password or a key for `account`: typed on a terminal, or a line of standard input.

        Raises:
            UsageError: there is none.
        """
        if self.may_ask:
            given = ask_on_terminal(account)
        else:
            line = b"" if self.terminals.stdin else self.stdin.readline(_LONGEST_SECRET)
            given = line.decode("utf-8", "replace").rstrip("\r\n")
        if not given:
            raise UsageError("nothing was given to keep", "type it on a terminal, or send it to standard input")
        return given

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask whether to go on, unless the answer was given beforehand.

        Raises:
            UsageError: there is nobody to ask.
            MemcliError: the answer is no.
        """
        if yes:
            return
        if not self.may_ask:
            raise UsageError(f"there is nobody to ask: {question}", "say it beforehand with --yes")
        self.stderr.write(clean(question) + " [y/N] ")
        self.stderr.flush()
        if self.stdin.readline(_LONGEST_ANSWER).strip().lower() not in (b"y", b"yes"):
            raise MemcliError("left as it is: the answer was not yes")

    def emit(
        self, data: Any, show: Callable[[Page], None], *, status: str = "ok", warnings: Sequence[str] = ()
    ) -> None:
        """Answer: `data` in the envelope with `--json`, else what `show` puts on the page."""
        if self.json:
            self.print(dumps(envelope(self.command, data, status=status, warnings=warnings)))
            return
        for warning in warnings:
            self.say(f"warning: {warning}")
        show(self.page())

    def emit_list(
        self, name: str, records: Sequence[Any], show: Callable[[Page], None], *, jsonl: bool, **beside: Any
    ) -> None:
        """Answer with a list: a record a line with `jsonl`, else as `emit` does, the list called `name`."""
        if not jsonl:
            self.emit({**beside, name: records}, show)
            return
        for record in records:
            self.print(dumps(record))

    @property
    def colour(self) -> bool:
        """Whether terminals may be given colours, and what is bold or dim (https://no-color.org)."""
        return not self.env.get("NO_COLOR")

    def page(self) -> Page:
        """Standard output for people."""
        if self.terminals.stdout and self.env.get("TERM") != "dumb":
            return TerminalPage(self.stdout, colour=self.colour)
        return PlainPage(self.stdout)

    def print(self, line: str) -> None:
        """Put a line of JSON on standard output, now."""
        self.stdout.write(fitted(line, self.stdout.encoding) + "\n")
        self.stdout.flush()

    def stream(self, chunks: Iterable[str]) -> None:
        """Put data on standard output as it is; a terminal gets it without what it would obey."""
        self.stdout.writelines(map(clean, chunks) if self.terminals.stdout else chunks)
        self.stdout.flush()

    def say(self, text: str) -> None:
        """Talk to people on standard error, unless they asked for quiet."""
        if not self.quiet:
            self.complain(text)

    def complain(self, text: str) -> None:
        """Say on standard error what is wrong, quiet or not. That nobody can hear it stops no work."""
        with suppress(OSError):
            self.stderr.write(clean(text) + "\n")
            self.stderr.flush()


def _current_folder() -> Path:
    """The current folder, or where it was before somebody removed it: absolute paths need none."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path(os.environ.get("PWD", "/"))


def _standard_streams() -> tuple[TextIO, TextIO, TextIO]:
    """The streams of this process; one that was closed before it began is an empty one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # It is open for as long as the process lives.
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    return sys.stdin, sys.stdout, sys.stderr
