"""`memcli ask`: answer from memory, with citations."""

from __future__ import annotations

from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from graph.errors import UsageError, no_llm
from graph.model import Question
from memcli.command import command, new_group
from memcli.exits import Exit
from memcli.options import AsLines, AsOf, Conversation, Since, Until
from memcli.render.answer import show_reply
from memcli.results import dumps, error_data, reply_data
from memcli.session import Session

if TYPE_CHECKING:
    from graph.memory import Memory
    from graph.several import Several
    from memcli.questions import BadLine

app = new_group("Answer from memory, with citations.")

STDIN = Path("-")


class Order(StrEnum):
    SCORE = "score"
    TIME = "time"


@command(
    app,
    examples="""
    memcli ask "Where did Ann go in March?"
    memcli ask "What does Bob cook?" --speaker Bob --explain
    memcli ask "Where does Ann live?" --as-of 2023-06-01
    memcli ask --batch questions.jsonl --limit 20 > answers.jsonl
    memcli ask "Who has moved, and why?" --llm
    memcli ask "Where did Ann go in March?" --remember
    memcli ask "Who has moved?" --space work --space family
    """,
    several=True,
)
def ask(
    session: Session,
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="What to ask; - reads questions from standard input.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="At most this many hits.")] = 10,
    budget: Annotated[int | None, typer.Option("--budget", min=1, help="At most this many words of hits.")] = None,
    conversation: Conversation = None,
    speaker: Annotated[str | None, typer.Option("--speaker", metavar="NAME", help="Only what this one said.")] = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    order: Annotated[Order, typer.Option("--order", help="How hits are ordered.")] = Order.SCORE,
    explain: Annotated[bool, typer.Option("--explain", help="Show how each hit was found.")] = False,
    no_answer: Annotated[bool, typer.Option("--no-answer", help="Evidence only.")] = False,
    batch: Annotated[
        Path | None, typer.Option("--batch", metavar="FILE", help="One question a line, as JSON or text; - is stdin.")
    ] = None,
    llm: Annotated[
        bool | None,
        typer.Option("--llm/--no-llm", help="Let the language model of llm.url help, or not; llm.ask by default."),
    ] = None,
    remember: Annotated[
        bool | None,
        typer.Option(
            "--remember/--no-remember", help="Enter the question into the memory, or not; ask.remember by default."
        ),
    ] = None,
    jsonl: AsLines = False,
    exit_status: Annotated[bool, typer.Option("--exit-status", "-e", help="Exit with 3 if nothing is found.")] = False,
) -> Exit:
    """Answer from memory, with citations.

    With --batch or -, every line is a question, plain or as JSON with "id", "question", "asked_at"
    and "conversation", and every line of the output is the JSON result of one question.

    With --remember the question is entered as a query, tied to what its answer quotes: what is asked for
    fades later, the same question finds it more easily, and feedback tells whether the answer was good.

    With --space more than once, each space is asked by itself, and what is found comes by score, each
    with the name of its space; the answer is that of the space that is surest of its own.
    """
    like = Question(
        question or "",
        conversation=conversation,
        speaker=speaker,
        since=since,
        until=until,
        limit=limit,
        budget=budget,
        order=order,
        answer=not no_answer,
        explain=explain,
        as_of=as_of,
    )
    if remember is not None:
        _set_remember(session, remember)
    many = _batch_of(question, batch)
    with session.asked(llm=_helped(session, llm)) as memory:
        if many is not None:
            return _ask_many(session, memory, like, many, explain=explain, exit_status=exit_status)
        reply = memory.ask(replace(like, asked_at=session.clock().isoformat(timespec="seconds")))
    if jsonl:
        for each in reply.fallbacks:
            session.say(f"warning: {each}")
        session.print(dumps(reply_data(reply, explain=explain)))
    else:
        session.emit(
            reply_data(reply, explain=explain),
            lambda page: show_reply(page, reply, explain=explain),
            warnings=reply.fallbacks,
        )
    found = reply.answer.found if reply.question.answer else bool(reply.hits)
    return Exit.NOT_FOUND if exit_status and not found else Exit.DONE


def _set_remember(session: Session, remember: bool) -> None:
    """Have the settings say whether questions are remembered.

    Raises:
        UsageError: they are to be, by several spaces.
    """
    if remember and session.spaces:
        raise UsageError("--remember enters a question into one memory", "name one --space")
    session.flags["ask.remember"] = str(remember).lower()


def _helped(session: Session, wanted: bool | None) -> bool:
    """Whether a language model helps; the settings are told what is `wanted`.

    Raises:
        UsageError: it is wanted, and none is set.
    """
    if wanted is not None:
        session.flags["llm.ask"] = str(wanted).lower()
    settings = session.config.settings()
    if wanted and not settings.llm_url:
        raise no_llm()
    return settings.llm_ask


def _batch_of(question: str | None, batch: Path | None) -> Path | None:
    """The file of questions that is meant; None if there is one question."""
    if batch is not None and question not in (None, "-"):
        raise UsageError("a question and --batch were both given", "leave one of them out")
    if batch is None and question == "-":
        return STDIN
    if batch is None and not (question or "").strip():
        raise UsageError("no question was given", 'ask one: memcli ask "Where did Ann go in March?"')
    return batch


def _ask_many(
    session: Session, memory: Memory | Several, like: Question, batch: Path, *, explain: bool, exit_status: bool
) -> Exit:
    """Answer question by question, each on a line of its own as soon as it is there."""
    from memcli.questions import BadLine, read_questions

    bad = found = unhelped = 0
    with ExitStack() as stack:
        stream = session.stdin if batch == STDIN else stack.enter_context(batch.open("rb"))
        for each in read_questions(stream, like):
            if isinstance(each, BadLine):
                bad += 1
                session.print(dumps({"id": each.id, "line": each.line, **_failure(each)}))
                continue
            reply = memory.ask(each)
            found += reply.answer.found if each.answer else bool(reply.hits)
            unhelped += bool(reply.fallbacks)
            session.print(dumps(reply_data(reply, explain=explain)))
    if unhelped:
        session.say(f"warning: the language model did not help with {unhelped} questions")
    if bad:
        return Exit.PARTIAL
    return Exit.NOT_FOUND if exit_status and not found else Exit.DONE


def _failure(bad: BadLine) -> dict[str, object]:
    return {"status": "error", "errors": [error_data(bad.error)]}
