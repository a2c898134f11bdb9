"""The lowest tier: what was said, word for word, in order (G-Memory's interaction graph, arXiv 2506.07398, 3.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec.structs import replace

from graph.ids import content_id
from graph.model import Edge, EdgeKind, Entity, Form, Frontier, Interaction, Record
from graph.ports import REACH
from graph.text import fold


def interaction(record: Record) -> Interaction:
    """The interaction of a record, its position still open.

    The id depends on all that was given, so that nothing said is ever taken for something else: the same key with
    another text is another interaction.
    """
    # A document's sections stand in order as the turns of a conversation do.
    conversation = record.key if record.form is Form.DOCUMENT else record.conversation
    identity = (
        record.form.value,
        conversation,
        record.session,
        record.key,
        record.speaker or "",
        record.timestamp or "",
    )
    return Interaction(
        id=content_id("asked" if record.form is Form.ASKED else "interaction", *identity, record.text),
        form=record.form,
        key=record.key,
        text=record.text,
        conversation=conversation,
        session=record.session,
        speaker=record.speaker,
        timestamp=record.timestamp,
        title=record.title,
        reply_to=record.reply_to,
        metadata=record.metadata,
    )


def placed(new: Sequence[Interaction], frontier: Frontier) -> list[Interaction]:
    """Give each interaction its place behind what its conversation holds."""
    ends = {conversation: tail[-1].position + 1 for conversation, tail in frontier.tails.items() if tail}
    found = []
    for each in new:
        position = ends.get(each.conversation, 0)
        ends[each.conversation] = position + 1
        found.append(replace(each, position=position))
    return found


def windows(new: Sequence[Interaction], frontier: Frontier) -> Iterator[list[Interaction]]:
    """Yield, for each session of `new`, its interactions in order behind what the store already holds of its end,
    within reach."""
    sessions: dict[tuple[str, str], list[Interaction]] = {}
    for each in new:
        place = (each.conversation, each.session)
        if place not in sessions:
            tail = frontier.tails.get(each.conversation, ())
            near = (before for before in tail if before.position > tail[-1].position - REACH)
            sessions[place] = [before for before in near if before.session == each.session]
        sessions[place].append(each)
    yield from sessions.values()


def order(window: Sequence[Interaction]) -> Iterator[Edge]:
    """Yield the NEXT edges of one session's window; a session that rests while others go on for long begins anew."""
    for before, after in pairwise(window):
        if after.position - before.position <= REACH:
            yield Edge(before.id, after.id, EdgeKind.NEXT)


def replies(new: Sequence[Interaction], located: Mapping[tuple[str, str], str]) -> Iterator[Edge]:
    """Yield a REPLIES_TO edge for each interaction whose target came before it, in `located` or in `new`.

    Where several have the key that is replied to, as edited messages do, the last of them is meant.
    """
    latest = dict(located)
    for each in new:
        target = latest.get((each.conversation, each.reply_to)) if each.reply_to else None
        if target:
            yield Edge(each.id, target, EdgeKind.REPLIES_TO)
        latest[each.conversation, each.key] = each.id


def speaker_entity(name: str | None) -> Entity | None:
    """The entity of a speaker; None where nobody is named."""
    folded = fold(name or "")
    return Entity(content_id("entity", folded), " ".join((name or "").split()), "PERSON") if folded else None
