"""`memcli feedback`: whether an answer was good, as votes on the insights that it used and the question's outcome."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from memcli.command import command, new_group
from memcli.options import Reason
from memcli.render.history import show_feedback
from memcli.results import plain
from memcli.session import Session

app = new_group("Say whether an answer was good.")


class Verdict(StrEnum):
    GOOD = "good"
    BAD = "bad"


@command(
    app,
    examples="""
    memcli feedback a_4tq2v6s7.7xk3m2p5 good
    memcli feedback "$(memcli ask "What does Ann like?" --remember --json | jq -r .data.answer.id)" bad
    """,
)
def feedback(
    session: Session,
    answer: Annotated[
        str, typer.Argument(metavar="ANSWER", help="An answer's id; `ask --remember`, --json and --explain tell it.")
    ],
    verdict: Annotated[Verdict, typer.Argument(metavar="VERDICT", help="good or bad.")],
    reason: Reason = "",
) -> None:
    """Say whether an answer was good (+1 for each insight that it used) or bad (-2).

    A question that is remembered, by `ask --remember`, is corrected by bad feedback: what was quoted did not
    settle it. An answer has one vote: said again it changes nothing, said otherwise it takes the place of the first.
    """
    with session.memory() as memory:
        given = memory.feedback(answer, reason, good=verdict is Verdict.GOOD)
    session.emit(plain(given), lambda page: show_feedback(page, given, verdict))
