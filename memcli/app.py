"""The app: its commands, and the one place where an error becomes words and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from graph.errors import MemcliError, NotFoundError, UsageError
from memcli import __version__
from memcli.exits import MEANINGS, Exit, exit_of

if TYPE_CHECKING:
    from memcli.session import Session

COMMANDS: Mapping[str, str] = {
    "ingest": "memcli.commands.ingest",
    "ask": "memcli.commands.ask",
    "graph": "memcli.commands.graph",
    "note": "memcli.commands.note",
    "entity": "memcli.commands.entity",
    "insight": "memcli.commands.insight",
    "fact": "memcli.commands.fact",
    "episode": "memcli.commands.episode",
    "feedback": "memcli.commands.feedback",
    "refine": "memcli.commands.refine",
    "forget": "memcli.commands.forget",
    "space": "memcli.commands.space",
    "store": "memcli.commands.store",
    "eval": "memcli.commands.eval",
    "config": "memcli.commands.config",
    "model": "memcli.commands.model",
    "llm": "memcli.commands.llm",
}
"""The module of each command, loaded when the command is run or listed; its `app` is the command."""

CODES = "\n".join(["\b", "Exit codes:", *(f"  {code:>3}  {meaning}" for code, meaning in MEANINGS.items())])


class LazyCommands(TyperGroup):
    """A group whose commands are imported one by one, when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the same in every context
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            # A wrong name is answered with the nearest right ones, for which all have to be known.
            for each in COMMANDS:
                self.get_command(ctx, each)
            return None
        if cmd_name not in self.commands:
            self.commands[cmd_name] = get_command(import_module(COMMANDS[cmd_name]).app)
        return self.commands[cmd_name]


app = typer.Typer(cls=LazyCommands, rich_markup_mode=None, pretty_exceptions_enable=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"memcli {__version__}")
        raise typer.Exit


def _print_schema(command: str | None) -> None:
    if command is not None:
        from memcli.schema import schema_of

        typer.echo(schema_of(command))
        raise typer.Exit


@app.callback(epilog=CODES, invoke_without_command=True)
def root(
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001 - acted on as it is parsed
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    json_schema: Annotated[  # noqa: ARG001 - acted on as it is parsed
        str | None,
        typer.Option(
            "--json-schema",
            metavar="COMMAND",
            callback=_print_schema,
            is_eager=True,
            help="Print the JSON Schema of a command's data.",
        ),
    ] = None,
) -> None:
    """A memory for conversations: take them in, ask, and get answers that cite who said what when.

    Everything stays on this machine, unless you name a store or a language model elsewhere. Settings
    and the memory live in your user folders, or under MEMCLI_HOME where that is set.
    """
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
        raise typer.Exit(Exit.USAGE)
    ctx.obj = ctx.obj or _process_session()


def main(arguments: Sequence[str] | None = None, session: Session | None = None) -> int:
    """Run one command line and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = get_command(app).main(given, prog_name="memcli", standalone_mode=False, obj=session) or Exit.DONE
        if sys.stdout is not None:
            sys.stdout.flush()
        if code == Exit.INTERRUPTED:
            # Typer makes this code of Ctrl-C, without a word.
            raise KeyboardInterrupt
        return int(code)
    except SystemExit as ended:
        # Typer ends the program itself after installing completion, and where a pipe is closed.
        return Exit.DONE if isinstance(ended.__context__, BrokenPipeError) else int(ended.code or Exit.DONE)
    except BrokenPipeError:
        # Whoever read the output has had enough.
        return Exit.DONE
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the one boundary
        return _report(error, session or _process_session(), given)
    finally:
        _drop_unwritable()


def _drop_unwritable() -> None:
    """What a stream does not take goes nowhere, in silence: Python would try again at its end, and exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _report(error: BaseException, session: Session, given: Sequence[str]) -> Exit:
    """Say what went wrong: in the envelope with `--json`, else on standard error."""
    if session.env.get("MEMCLI_DEBUG"):
        raise error
    raised = _as_raised(error)
    words = given[: given.index("--")] if "--" in given else given
    if "--json" in words or "--jsonl" in words:
        from memcli.results import dumps, envelope, error_data

        context = getattr(error, "ctx", None)
        command = context.command_path.partition(" ")[2] if context else session.command
        try:
            session.print(dumps(envelope(command, None, status="error", errors=[error_data(raised)])))
        except OSError:
            # Standard output may be what is wrong.
            _complain(raised, session)
    else:
        _complain(raised, session)
    return Exit.INTERRUPTED if isinstance(raised, InterruptError) else exit_of(raised)


def _complain(raised: MemcliError, session: Session) -> None:
    session.complain(f"error: {raised.message}")
    if raised.hint:
        session.complain(f"hint: {raised.hint}")


class InterruptError(MemcliError):
    """Somebody pressed Ctrl-C."""

    code = "interrupted"


def _as_raised(error: BaseException) -> MemcliError:
    """Any error as one that has a code and a hint."""
    match error:
        case MemcliError():
            return error
        case KeyboardInterrupt() | typer.Abort():
            return InterruptError("interrupted", "what was committed stays")
        case typer.TyperException():
            context: Any = getattr(error, "ctx", None)
            return UsageError(error.format_message(), f"see `{context.command_path} --help`" if context else "")
        case FileNotFoundError(filename=str(name)):
            return NotFoundError(f"{name}: no such file or folder", "check the path")
        case OSError(filename=str(name), strerror=str(reason)):
            return MemcliError(f"{name}: {reason}")
        case OSError(strerror=str(reason)):
            return MemcliError(reason)
        case _:
            return MemcliError(
                f"internal error: {type(error).__name__}: {error}",
                "please report it; MEMCLI_DEBUG=1 shows where it happened",
            )


@cache
def _process_session() -> Session:
    # Imported late: `memcli --version` needs nothing of it.
    from memcli.session import Session

    return Session.of_process()
