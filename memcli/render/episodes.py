"""Episodes for people, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from memcli.render.page import Page
from memcli.render.text import minute, one_line
from memcli.results import node_data

if TYPE_CHECKING:
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
            each.episode.title,
        ]
        for each in episodes
    ]
    page.table(["episode", "time", "conversation", "messages", "retention", "what"], rows)


def show_episode(page: Page, found: EpisodePage) -> None:
    """An episode: when it was, how well it is kept, and its messages."""
    episode = found.kept.episode
    page.line(episode.title, "bold")
    where = filter(None, (episode.conversation, episode.session))
    page.line(" · ".join((episode.id, *where, f"{episode.messages} messages")), "dim")
    if episode.timestamp or episode.ended:
        page.line(f"from {minute(episode.timestamp) or '?'} to {minute(episode.ended) or '?'}")
    last = f", last on {minute(found.kept.recalled)}" if found.kept.recalled else ""
    page.line(f"retention {_retention(found.kept) or 'not known'}, {found.kept.recalls} recalls{last}")
    page.line()
    for each in found.messages:
        page.line(f"{each.id} · {each.speaker or each.title or each.key}: {one_line(each.text, _WIDTH)}")


def episode_data(found: Remembered) -> dict[str, Any]:
    """An episode with its retention."""
    kept = {name: getattr(found, name) for name in ("recalls", "recalled", "retention")}
    return {**node_data(found.episode), **kept}


def episode_page_data(found: EpisodePage) -> dict[str, Any]:
    """An episode with its messages."""
    said = ("id", "text", "speaker", "timestamp")
    messages = [{name: getattr(each, name) for name in said} for each in found.messages]
    return {"episode": episode_data(found.kept), "messages": messages}


def _retention(found: Remembered) -> str:
    return "" if found.retention is None else f"{found.retention:.2f}"
