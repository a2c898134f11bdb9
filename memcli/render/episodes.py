"""Episodes for people, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from memcli.render.page import Page
from memcli.render.text import counted, minute, one_line
from memcli.results import node_data, plain

if TYPE_CHECKING:
    from graph.digests import Digest
    from graph.episodes import RecutReport
    from graph.folding import Folded
    from graph.retention import EpisodePage, Remembered

_WIDTH = 100


def show_episodes(page: Page, episodes: Sequence[Remembered]) -> None:
    """A line an episode."""
    rows = [
        [
            each.episode.id,
            minute(each.episode.timestamp),
            each.episode.conversation,
            str(each.episode.messages),
            _retention(each),
            f"folded: {each.episode.title}" if each.folded else each.episode.title,
        ]
        for each in episodes
    ]
    page.table(["episode", "time", "conversation", "messages", "retention", "what"], rows)


def show_episode(page: Page, found: EpisodePage, *, whole: bool) -> None:
    """An episode: when it was, how well it is kept, and its messages; where its digest stands for these, only if it is
    shown as a `whole`."""
    episode = found.kept.episode
    page.line(episode.title, "bold")
    where = filter(None, (episode.conversation, episode.session))
    page.line(" · ".join((episode.id, *where, counted(episode.messages, "message"))), "dim")
    if episode.timestamp or episode.ended:
        page.line(f"from {minute(episode.timestamp) or '?'} to {minute(episode.ended) or '?'}")
    last = f", last on {minute(found.kept.recalled)}" if found.kept.recalled else ""
    page.line(f"retention {_retention(found.kept) or 'not known'}, {counted(found.kept.recalls, 'recall')}{last}")
    if found.digest:
        _show_digest(page, found.digest)
        page.line(f"folded; unfold with: memcli episode unfold {episode.id}", "dim")
    if found.digest and not whole:
        return
    page.line()
    for each in found.messages:
        page.line(f"{each.id} · {each.speaker or each.title or each.key}: {one_line(each.text, _WIDTH)}")


def _show_digest(page: Page, digest: Digest) -> None:
    page.line()
    for name, told in (("speakers", digest.speakers), ("entities", digest.entities)):
        if told:
            page.line(f"{name}: {', '.join(told)}")
    for quote in digest.quotes:
        page.line(f"“{quote.text}”" + (f" — {quote.speaker}" if quote.speaker else ""))
    for text in (*(each.text for each in digest.facts), *(each.text for each in digest.insights)):
        page.line(f"· {text}")


def show_folded(page: Page, found: Folded, *, dry_run: bool) -> None:
    """What was folded, or would be."""
    if found.episodes:
        show_episodes(page, found.episodes)
    episodes, messages = len(found.episodes), sum(each.episode.messages for each in found.episodes)
    done = "would be folded" if dry_run else "folded"
    page.line(f"{done}: {counted(episodes, 'episode')} of {counted(messages, 'message')}")
    if found.events:
        page.line(f"undo with: memcli note undo {found.events[0].id}", "dim")


def show_recut(page: Page, found: RecutReport) -> None:
    """How many episodes there are."""
    episodes, messages = counted(found.episodes, "episode"), counted(found.messages, "message")
    page.line(f"{episodes} of {messages}, {found.new} new")


def folded_data(found: Folded) -> dict[str, Any]:
    """What was folded, or would be, and the events that tell of it."""
    return {"episodes": [episode_data(each) for each in found.episodes], "events": plain(found.events)}


def episode_data(found: Remembered) -> dict[str, Any]:
    """An episode with its retention."""
    kept = {name: getattr(found, name) for name in ("recalls", "recalled", "retention", "folded")}
    return {**node_data(found.episode), **kept}


def episode_page_data(found: EpisodePage) -> dict[str, Any]:
    """An episode with its messages, and its digest, null where it is not folded."""
    said = ("id", "text", "speaker", "timestamp")
    messages = [{name: getattr(each, name) for name in said} for each in found.messages]
    digest = found.digest and {
        **{name: plain(getattr(found.digest, name)) for name in ("speakers", "quotes", "entities")},
        **{
            name: [{"id": each.id, "text": each.text} for each in some]
            for name, some in (("facts", found.digest.facts), ("insights", found.digest.insights))
        },
    }
    return {"episode": episode_data(found.kept), "messages": messages, "digest": digest}


def _retention(found: Remembered) -> str:
    return "" if found.retention is None else f"{found.retention:.2f}"
