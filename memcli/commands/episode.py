"""`memcli episode`: runs of messages that belong together, and how well they are kept."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.errors import UsageError
from graph.model import NodeKind, Selection
from memcli.command import command, new_group
from memcli.options import AsLines, Contains, Conversation, Limit, Since, Until
from memcli.render.episodes import (
    episode_data,
    episode_page_data,
    folded_data,
    show_episode,
    show_episodes,
    show_folded,
    show_recut,
)
from memcli.render.graph import how_derived
from memcli.render.history import show_events
from memcli.results import plain
from memcli.session import Session

app = new_group("Runs of messages that belong together, and how well they are kept.")

One = Annotated[str, typer.Argument(metavar="EPISODE", help="Its id, or that of one of its messages or notes.")]
Weaker = Annotated[
    float | None,
    typer.Option("--weaker-than", metavar="X", min=0, max=1, help="Only those whose retention is below this, of 1."),
]


@command(
    app,
    name="list",
    examples="""
    memcli episode list --conversation chat-1
    memcli episode list --until 2023 --weaker-than 0.1
    memcli episode list --jsonl | jq .retention
    """,
)
def list_episodes(
    session: Session,
    conversation: Conversation = None,
    since: Since = None,
    until: Until = None,
    contains: Contains = None,
    weaker_than: Weaker = None,
    limit: Limit = 50,
    jsonl: AsLines = False,
) -> None:
    """List episodes in order of time, the last of them, with their retention.

    It fades with the time since something came back to an episode, the slower the more often something did.
    """
    wanted = Selection(conversation=conversation, since=since, until=until, contains=contains, limit=limit)
    with session.memory() as memory:
        found = memory.episodes(wanted, session.clock().astimezone(), weaker_than)
        lacking = not found and memory.info().lacks(NodeKind.EPISODE)
    if lacking:
        session.say(f"hint: the memory holds no episode; {how_derived(NodeKind.EPISODE)}")
    data = [episode_data(each) for each in found]
    session.emit_list("episodes", data, lambda page: show_episodes(page, found), jsonl=jsonl)


@command(
    app,
    examples="""
    memcli episode show p_4tq2v6s7
    memcli episode show m_4tq2v6s7 --json | jq .data.messages
    """,
)
def show(
    session: Session,
    episode: One,
    messages: Annotated[bool, typer.Option("--messages", help="Show the messages of one that is folded, too.")] = False,
) -> None:
    """Show an episode: when it was, how well it is kept, and its messages.

    For those of one that is folded stands its digest, of sentences that were said in it and what rests on them.
    """
    with session.memory() as memory:
        found = memory.episode(episode, session.clock().astimezone())
    session.emit(episode_page_data(found), lambda page: show_episode(page, found, whole=messages))


@command(
    app,
    examples="""
    memcli episode fold --dry-run
    memcli episode fold --older-than 365
    memcli episode fold p_4tq2v6s7
    """,
)
def fold(
    session: Session,
    episodes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="EPISODE", help="These alone, faded or not: ids, or those of a message or note in each."
        ),
    ] = None,
    older_than: Annotated[
        float | None,
        typer.Option(
            "--older-than", metavar="DAYS", min=0, help="All that ended so long ago, however well they are kept."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be folded, and fold nothing.")] = False,
) -> None:
    """Fold the episodes that have faded, those whose retention is below `retention.fold`: a digest stands for each.

    Nothing is deleted, and all that was said is found as before; but where several messages of a folded episode are
    found beside better hits, one hit stands for them. What comes back to it unfolds it, and so does
    `memcli episode unfold`. `memcli note undo EVENT` with the first event takes all of it back.
    """
    if episodes and older_than is not None:
        raise UsageError("--older-than is for all episodes", "name episodes, or how old they are")
    with session.memory() as memory:
        found = memory.fold(session.clock().astimezone(), older_than, episodes or (), dry_run=dry_run)
    session.emit(folded_data(found), lambda page: show_folded(page, found, dry_run=dry_run))


@command(
    app,
    examples="""
    memcli episode unfold p_4tq2v6s7
    memcli episode unfold m_4tq2v6s7
    """,
)
def unfold(session: Session, episode: One) -> None:
    """Unfold an episode, so that its messages stand for themselves again."""
    with session.memory() as memory:
        events = memory.unfold(episode)
    session.emit({"events": plain(events)}, lambda page: show_events(page, events))


@command(
    app,
    examples="""
    memcli episode derive
    memcli episode derive --json
    """,
)
def derive(session: Session) -> None:
    """Cut all conversations into episodes: those that were taken in before there were any, too."""
    with session.memory() as memory:
        found = memory.recut()
    session.emit(plain(found), lambda page: show_recut(page, found))
