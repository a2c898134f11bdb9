"""`memcli forget`: remove what was said, and all that rests on it."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.errors import NotFoundError, UsageError
from memcli.command import command, new_group
from memcli.options import Conversation, Since, Until, Yes
from memcli.render.forgetting import counts_of, show_forgotten
from memcli.results import plain
from memcli.session import Session

app = new_group("Forget what was said, and all that rests on it.")


@command(
    app,
    examples="""
    memcli forget --matching "my new address" --dry-run
    memcli forget 17 18 --conversation trip
    memcli forget --speaker "Jane Roe" --conversation trip --dry-run
    memcli forget --entity "Jane Roe" --with-messages --yes
    memcli forget --until 2019 --yes --json
    """,
)
def forget(
    session: Session,
    messages: Annotated[
        list[str] | None,
        typer.Argument(metavar="MESSAGE", help="Messages: ids given at ingest, or of interactions (m_…)."),
    ] = None,
    conversation: Conversation = None,
    since: Since = None,
    until: Until = None,
    speaker: Annotated[
        str | None, typer.Option("--speaker", metavar="NAME", help="Only what this one said, as named there.")
    ] = None,
    matching: Annotated[
        str | None,
        typer.Option("--matching", metavar="TEXT", help="Only what has this in its text or title, in any case."),
    ] = None,
    entity: Annotated[
        str | None, typer.Option("--entity", metavar="NAME", help="A person, place or thing: its name or id.")
    ] = None,
    with_messages: Annotated[
        bool, typer.Option("--with-messages", help="With --entity: also all that it said or that names it.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="All of the memory.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False,
    yes: Yes = False,
) -> None:
    """Forget messages, and every note, question, insight, entity and link that nothing else supports.

    Messages go that fit all that is given. What else rests on them stays with fewer supporters. With --entity the
    node goes, with its names, its edges and the insights about it, and notes no longer name it; what was said
    stays word for word, and is found, unless --with-messages. Nothing of it stays in the memory's indexes
    and files; backups, and the files that were taken in, are yours to remove.
    """
    from graph.forgetting.choosing import Wanted

    if entity is not None and (messages or conversation or since or until or speaker or matching or everything):
        raise UsageError("--entity goes with --with-messages alone", "name messages or an entity")
    # A variable that is not set must not mean all of a conversation.
    if matching is not None and not matching.strip():
        raise UsageError("an empty text is in everything", "give --matching some words, or leave it out")
    if speaker is not None and not speaker.strip():
        raise UsageError("nobody is called nothing", "give --speaker a name, or leave it out")
    if with_messages and entity is None:
        raise UsageError("--with-messages says nothing without --entity", "name an entity with --entity")
    chosen = (tuple(messages or ()), conversation, since, until, speaker, matching, entity)
    if everything == any(chosen):
        raise UsageError(
            "--all goes alone" if everything else "nothing is named that could be forgotten",
            "name messages, --conversation, --since, --until, --speaker, --matching, --entity, or --all",
        )
    wanted = Wanted(*chosen, with_messages=with_messages, everything=everything)
    with session.memory() as memory:
        preview = memory.forgettable(wanted)
        if not preview.nodes:
            hint = "see `memcli graph stats`, and `memcli store doctor` for what a run left that was broken off"
            raise NotFoundError("there is nothing that fits", hint)
        if not (session.json or session.quiet):
            for each in preview.captions:
                session.say(f"  {each}")
        data = plain(preview) | {"done": not dry_run, "changed": {}, "elapsed_s": 0.0}
        if dry_run:
            session.emit(data, lambda page: page.line(f"would forget {counts_of(preview.nodes)}"))
            return
        session.confirm(f"forget {counts_of(preview.nodes)}?", yes=yes)
        with session.progress() as progress:
            report = memory.forget(wanted, progress)
    data |= plain(report)
    data["nodes"] = data.pop("removed")
    session.emit(data, lambda page: show_forgotten(page, report))
