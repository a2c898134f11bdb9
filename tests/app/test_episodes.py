"""`memcli episode`."""

from __future__ import annotations

import json

from .world import World, fitting


def test_episodes_are_listed_in_order_of_time(world: World) -> None:
    found = fitting(world, "episode", "list")["episodes"]
    assert [each["timestamp"] for each in found] == sorted(each["timestamp"] for each in found)
    shown = world("episode", "list", "--limit", "1").out.splitlines()
    assert shown[0].split() == ["episode", "time", "conversation", "messages", "retention", "what"]
    assert found[-1]["id"] in shown[1]


def test_an_episode_is_shown_with_its_messages(world: World) -> None:
    first = json.loads(world("episode", "list", "--jsonl").out.splitlines()[0])
    shown = world("episode", "show", first["id"]).out
    assert first["title"] in shown
    assert f"{first['messages']} messages" in shown
    assert "recalls" in shown
    assert shown.count("m_") == first["messages"]


def test_what_is_stronger_is_left_out(world: World) -> None:
    assert fitting(world, "episode", "list", "--weaker-than", "0")["episodes"] == []


def test_no_episode_of_that_name(world: World) -> None:
    done = world("episode", "show", "p_nowhere")
    assert done.code == 3
    assert "see `memcli episode list`" in done.err
