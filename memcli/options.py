"""The options that mean the same wherever they occur."""

from __future__ import annotations

import inspect
import re
from datetime import datetime
from typing import Annotated

import typer

from graph.evolution.events import moment as utc_moment

Store = Annotated[
    str | None, typer.Option("--store", metavar="URL", help="The memory: sqlite:///PATH, a path, or neo4j://HOST.")
]
Space = Annotated[
    list[str] | None, typer.Option("--space", metavar="NAME", help="The space of the store: a memory of its own.")
]
Spaces = Annotated[
    list[str] | None,
    typer.Option("--space", metavar="NAME", help="The space of the store; again for another that is asked too."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON envelope on standard output.")]
AsLines = Annotated[bool, typer.Option("--jsonl", help="Print one JSON record a line.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but results and errors.")]
NoInput = Annotated[bool, typer.Option("--no-input", help="Ask for nothing; fail instead.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more about what is done.")]

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept with the decision.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000, help="At most this many.")]
Conversation = Annotated[str | None, typer.Option("--conversation", "-c", metavar="ID", help="Only this conversation.")]
Contains = Annotated[str | None, typer.Option("--contains", metavar="TEXT", help="Only what has this in its title.")]


_MOMENT = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:[T ]\d\d:\d\d\S*)?)?)?", re.ASCII)


def moment(value: str | None) -> str | None:
    """Check an ISO 8601 date or time, or the beginning of one: `2024`, `2024-03`, `2024-03-05T10:22`.

    It is compared with timestamps as text, so that ISO 8601's other forms (`20240305`, `2024-W10`) are refused.

    Raises:
        typer.BadParameter: it is none.
    """
    if value is not None:
        try:
            if not _MOMENT.fullmatch(value):
                raise ValueError(value)
            # What is left out of a date is completed, so that only what is there is judged.
            datetime.fromisoformat(value + "2000-01-01"[len(value) :] if len(value) in (4, 7) else value)
        except ValueError:
            raise typer.BadParameter(f"{value!r} is no date such as 2024, 2024-03 or 2024-03-05T10:22") from None
    return value and value.replace(" ", "T")


def instant(value: str | None) -> str | None:
    """Check a `moment`, and tell one that has an offset in UTC, as events have their times: they compare as text.

    Raises:
        typer.BadParameter: it is none.
    """
    checked = moment(value)
    at = datetime.fromisoformat(checked) if checked and len(checked) > len("2024-03") else None
    return utc_moment(at) if at and at.tzinfo else checked


Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", callback=moment, help="Only from this date or time on.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", callback=moment, help="As it was known then: nothing said later counts."),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DATE", callback=moment, help="Only up to this date or time.")
]


def shared(*, several: bool) -> list[inspect.Parameter]:
    """The options of every command; `memcli.command` adds them. `several` commands may be told more than one space."""
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, default, annotation in (
            ("store", None, Store),
            ("space", None, Spaces if several else Space),
            ("json", False, AsJson),
            ("quiet", False, Quiet),
            ("no_input", False, NoInput),
            ("verbose", False, Verbose),
        )
    ]
