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
    assert world("episode", "derive").out == "1 episode of 1 message, 1 new\n"
    assert hint not in world("store", "info").out + world("episode", "list").err


def test_no_episode_of_that_name(world: World) -> None:
    done = world("episode", "show", "p_nowhere")
    assert done.code == 3
    assert "see `memcli episode list`" in done.err


FADED = "".join(
    json.dumps(each) + "\n"
    for each in (
        {"speaker": "Ann", "timestamp": "2020-03-05T20:00:00", "text": f"The boat number {number} has oak planks."}
        for number in ("one", "two", "three", "four", "five", "six", "seven", "eight")
    )
)


def test_what_has_faded_is_folded_and_shown_as_a_digest(empty: World) -> None:
    world = with_chat(empty, FADED)
    (episode,) = fitting(world, "episode", "list")["episodes"]
    shown = world("episode", "fold", "--dry-run").out
    assert "would be folded: 1 episode of 8 messages" in shown
    assert world("episode", "fold", "--older-than", "36500").out == "folded: 0 episodes of 0 messages\n"
    done = fitting(world, "episode", "fold")
    assert [each["id"] for each in done["episodes"]] == [episode["id"]]
    assert fitting(world, "episode", "fold") == {"episodes": [], "events": []}
    assert "folded: " in world("episode", "list").out
    page = fitting(world, "episode", "show", episode["id"])
    assert (page["episode"]["folded"], len(page["messages"]), page["digest"]["speakers"]) == (True, 8, ["Ann"])
    shown = world("episode", "show", episode["id"]).out
    assert f"“{page['digest']['quotes'][0]['text']}” — Ann" in shown
    assert f"memcli episode unfold {episode['id']}" in shown
    assert "m_" not in shown
    assert world("episode", "show", episode["id"], "--messages").out.count("m_") == 8
    hits = fitting(world, "ask", "Which boat has oak planks?")["hits"]
    assert [("episode" in hit, len(hit["sources"])) for hit in hits] == [(False, 1)] * 5 + [(True, 3)]
    told = world("ask", "Which boat has oak planks?", "--no-answer").out
    assert f"3 messages of a folded episode, {episode['title']}; memcli episode unfold {episode['id']}" in told
    assert f"{episode['id']} unfold" in world("episode", "unfold", episode["id"]).out
    assert world("episode", "unfold", episode["id"]).out == "It is so already.\n"
    assert world("note", "undo", done["events"][0]["id"], "--yes").code == 0
    assert fitting(world, "episode", "show", episode["id"])["digest"] is None
    (again,) = fitting(world, "episode", "fold")["episodes"]
    (event,) = fitting(world, "episode", "unfold", again["id"])["events"]
    assert (event["action"], event["subject"]) == ("unfold", episode["id"])


def test_an_episode_is_folded_by_name_whatever_its_age(empty: World) -> None:
    world = with_chat(empty, FADED.replace("2020", "2999"))
    (episode,) = fitting(world, "episode", "list")["episodes"]
    (message, *_) = fitting(world, "episode", "show", episode["id"])["messages"]
    assert fitting(world, "episode", "fold")["episodes"] == []
    assert world("episode", "fold", message["id"], "--dry-run").out.endswith(
        "would be folded: 1 episode of 8 messages\n"
    )
    done = fitting(world, "episode", "fold", message["id"], episode["id"])
    assert [(each["action"], each["subject"]) for each in done["events"]] == [("fold", episode["id"])]
    assert fitting(world, "episode", "fold", episode["id"]) == {"episodes": [], "events": []}
    assert world("episode", "fold", "p_nowhere").code == 3
    assert world("episode", "fold", episode["id"], "--older-than", "3").code == 2
