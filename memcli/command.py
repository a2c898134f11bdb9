"""How a function becomes a command: it is given the session, and the options all commands share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import typer
from typer.core import TyperGroup

from graph.errors import UsageError
from memcli.exits import Exit
from memcli.options import shared
from memcli.render.text import is_text
from memcli.session import Session

Body = Callable[..., Exit | None]


class Group(TyperGroup):
    """Commands that go together. Where none is named, its help says which there are."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            typer.echo(ctx.get_help())
            raise typer.Exit(Exit.USAGE)
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed


def new_group(about: str) -> typer.Typer:
    """An app for the commands of one module."""
    return typer.Typer(cls=Group, help=about, add_completion=False, rich_markup_mode=None)


def command(
    app: typer.Typer, *, examples: str, name: str | None = None, several: bool = False
) -> Callable[[Body], Body]:
    """Register a function as a command of `app`.

    Its first parameter is the session, the others are its arguments and options; its docstring is
    the help, with `examples` (one command line a line) below it. It returns the exit code, None
    for done. With `several`, it opens what `Session.asked` gives, and may be told more than one space.
    """

    def register(body: Body) -> Body:
        @wraps(body)
        def run(
            ctx: typer.Context,
            store: str | None,
            space: list[str] | None,
            json: bool,
            quiet: bool,
            no_input: bool,
            verbose: bool,
            **own: object,
        ) -> Exit:
            session: Session = ctx.obj
            session.command = ctx.command_path.partition(" ")[2]
            session.json, session.quiet, session.verbose, session.no_input = json, quiet, verbose, no_input
            _check(own)
            if store is not None:
                session.flags["store"] = store
            session.choose(_spaces(space or [], session.command, several=several))
            return body(session, **own) or Exit.DONE

        signature = inspect.signature(body, eval_str=True)
        own = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in list(signature.parameters.values())[1:]]
        context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
        run.__signature__ = signature.replace(parameters=[context, *own, *shared(several=several)])  # type: ignore[attr-defined]
        app.command(name, epilog=_epilog(examples))(run)
        return body

    return register


def _spaces(named: Sequence[str], command: str, *, several: bool) -> list[str]:
    """The spaces that are named, each once.

    Raises:
        UsageError: one has no name, or there are several and the command is not for `several`.
    """
    # A variable that is not set must not mean another memory.
    if "" in named:
        raise UsageError("an empty --space names nothing", "name a space, or default for the store itself")
    spaces = list(dict.fromkeys(named))
    if len(spaces) > 1 and not several:
        raise UsageError(
            f"`memcli {command}` works in one space, and {len(spaces)} are named: {', '.join(spaces)}",
            "name one; `memcli ask` takes several",
        )
    return spaces


def _check(given: Mapping[str, object]) -> None:
    """Refuse text that is none: bytes of the command line that could not be decoded. Paths may have them."""
    for name, value in given.items():
        if isinstance(value, str) and not is_text(value):
            raise UsageError(
                f"{name.replace('_', '-')}: {value!r} is not text in this locale's encoding", "give it in that encoding"
            )


def _epilog(examples: str) -> str:
    # \b keeps the lines of a paragraph as they are.
    return "\n".join(["\b", "Examples:", *(f"  {line.strip()}" for line in examples.strip().splitlines())])
