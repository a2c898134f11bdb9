"""`memcli episode`."""

from __future__ import annotations

import json

from graph.memory import Memory
from graph.model import Changes, NodeKind, Removal, Selection
from graph.settings import Settings

from .world import World, fitting, with_chat


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


def test_a_memory_without_episodes_tells_how_it_gets_them(empty: World) -> None:
    world = with_chat(empty, '{"speaker": "Ann", "text": "I live in Lisbon."}\n')
    with Memory.open(Settings(store=f"sqlite:///{world.env['MEMCLI_STORE']}")) as memory:
        (episode,) = memory.nodes(Selection((NodeKind.EPISODE,)))
        with memory._store.transaction(write=True):
            memory._store.save(Changes(removed=Removal((episode.id,))))
    hint = "`memcli episode derive` makes them"
    assert hint in world("episode", "list").err
    assert hint in world("store", "info").out
    assert world("episode", "derive").out == "1 episodes of 1 messages, 1 of them new\n"
    assert hint not in world("store", "info").out + world("episode", "list").err


def test_no_episode_of_that_name(world: World) -> None:
    done = world("episode", "show", "p_nowhere")
    assert done.code == 3
    assert "see `memcli episode list`" in done.err
