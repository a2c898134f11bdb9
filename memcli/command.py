"""How a function becomes a command: it is given the session, and the options all commands share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import typer
from typer.core import TyperGroup

from graph.errors import UsageError
from memcli.exits import Exit
from memcli.options import SHARED
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


def command(app: typer.Typer, *, examples: str, name: str | None = None) -> Callable[[Body], Body]:
    """Register a function as a command of `app`.

    Its first parameter is the session, the others are its arguments and options; its docstring is
    the help, with `examples` (one command line a line) below it. It returns the exit code, None
    for done.
    """

    def register(body: Body) -> Body:
        @wraps(body)
        def run(
            ctx: typer.Context,
            store: str | None,
            space: str | None,
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
            if space is not None:
                # A variable that is not set must not mean another memory.
                if not space:
                    raise UsageError("an empty --space names nothing", "name a space, or default for the store itself")
                session.flags["space"] = space
            return body(session, **own) or Exit.DONE

        signature = inspect.signature(body, eval_str=True)
        own = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in list(signature.parameters.values())[1:]]
        context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
        run.__signature__ = signature.replace(parameters=[context, *own, *SHARED])  # type: ignore[attr-defined]
        app.command(name, epilog=_epilog(examples))(run)
        return body

    return register


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
