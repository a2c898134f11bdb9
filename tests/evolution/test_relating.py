"""Links by vectors, made on what is there, on every store."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from struct import pack

import pytest
from msgspec.structs import replace

from graph.errors import ModelMissingError
from graph.evolution.linking import LINKS
from graph.history import unlink
from graph.ids import note_id
from graph.model import Action, Changes, Edge, EdgeKind, Interaction, NodeKind, Note, Removal, Selection, Vector
from graph.ports import Store
from graph.relating import relate
from graph.store.registry import open_store
from tests.forgetting.conftest import place
from tests.forgetting.memories import Place, filled, opened
from tests.ingest.memories import talk

__all__ = ["place"]

MODEL = "words.1"
BOATS, BREAD = (1.0, 0.0), (0.0, 1.0)
CHATS = (
    ("Ann: The hull of our dinghy leaks.", BOATS),
    ("Ann: My sourdough loaf did not rise today.", BREAD),
    ("Ann: Somebody stole the oars and scratched the hull of our dinghy.", BOATS),
    ("Ann: Rye sourdough makes a heavy loaf.", BREAD),
    ("Ann: Burnt, that sourdough loaf came out of the oven.", BREAD),
    ("Ann: Butter is what I like on it.", BREAD),
)


def embedded(url: str) -> None:
    """Give the messages their vectors, and take away how names had linked them."""
    by_text = {text.partition(": ")[2]: numbers for text, numbers in CHATS}
    store = open_store(url, create=False)
    said = [each for each in store.nodes(Selection((NodeKind.INTERACTION,))) if isinstance(each, Interaction)]
    vectors = tuple(Vector(each.id, MODEL, pack("<2f", *by_text[each.text]), b"") for each in said)
    with store.transaction(write=True):
        gone = tuple((each.source, each.kind, each.target) for each in links(store))
        events = tuple(each.id for each in store.events())
        store.save(Changes(vectors=vectors, removed=Removal(edges=gone, events=events)))
    store.close()


@pytest.fixture
def url(place: Place, tmp_path: Path) -> str:
    url = filled(place("near"), tmp_path, *(talk(text, conversation=f"c{n}") for n, (text, _) in enumerate(CHATS)))
    embedded(url)
    return url


def links(store: Store) -> list[Edge]:
    return list(store.edges(None, (EdgeKind.LINKS_TO,)))


def texts(store: Store) -> dict[str, str]:
    """The first word of a note's message, by the note."""
    said = (each for each in store.nodes(Selection((NodeKind.INTERACTION,))) if isinstance(each, Interaction))
    return {note_id(each.id): each.text.split()[0] for each in said}


def test_what_is_near_is_linked_to_what_came_before(url: str) -> None:
    store = open_store(url, create=False)
    assert links(store) == []
    report = relate(store, MODEL)
    word = texts(store)
    assert {(word[each.source], word[each.target]) for each in links(store)} == {
        ("Somebody", "The"),
        ("Rye", "My"),
        ("Burnt,", "My"),
        ("Burnt,", "Rye"),
    }
    assert (report.notes, report.links) == (6, 4)
    assert {(each.relation, each.decided_by, each.weight, each.reason) for each in links(store)} == {
        ("same_topic", MODEL, 1.0, "near by their vectors, 1.00; both say dinghy, hull"),
        ("same_topic", MODEL, 1.0, "near by their vectors, 1.00; both say loaf, sourdough"),
    }
    store.close()


def test_every_link_is_an_event_that_can_be_undone_and_is_not_made_again(url: str) -> None:
    store = open_store(url, create=False)
    relate(store, MODEL)
    made = links(store)
    found = [each for each in store.events() if each.action is Action.LINK]
    assert {(each.subject, each.other, each.decided_by) for each in found} == {
        (each.source, each.target, MODEL) for each in made
    }
    unlink(store, made[0].target, made[0].source, "no")
    assert relate(store, MODEL).links == 0
    assert links(store) == made[1:]
    store.close()
    with opened(url) as memory:
        memory.undo(by=MODEL, agree=lambda _: None)
    store = open_store(url, create=False)
    assert links(store) == []
    assert relate(store, MODEL).links == 0
    store.close()


def test_what_stands_around_a_message_is_no_news(place: Place, tmp_path: Path) -> None:
    url = filled(place("around"), tmp_path, talk(*(text for text, _ in CHATS)))
    embedded(url)
    store = open_store(url, create=False)
    assert relate(store, MODEL).links == 0
    store.close()


def test_no_note_gets_many_links(place: Place, tmp_path: Path) -> None:
    many = [talk(f"Zoe{n}: {CHATS[n % 2][0].partition(': ')[2]}", conversation=f"c{n}") for n in range(3 * LINKS)]
    url = filled(place("many"), tmp_path, *many)
    embedded(url)
    store = open_store(url, create=False)
    relate(store, MODEL)
    counted = Counter(each.source for each in links(store) if each.decided_by == MODEL)
    assert max(counted.values()) <= LINKS < len(counted)
    store.close()


def test_copies_that_share_no_name_repeat_the_first(place: Place, tmp_path: Path) -> None:
    url = filled(place("copies"), tmp_path, *(talk(CHATS[2 if n else 1][0], conversation=f"c{n}") for n in range(4)))
    embedded(url)
    store = open_store(url, create=False)
    relate(store, MODEL)
    assert [(each.relation, each.decided_by) for each in links(store)] == [("repeats", "rule")] * 2
    assert len({each.target for each in links(store)}) == 1
    store.close()


def test_blocks_make_no_difference(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.relating._ROWS", 2)
    store = open_store(url, create=False)
    assert relate(store, MODEL).links == len(links(store)) == 4
    store.close()


def test_nothing_is_linked_where_nothing_has_vectors(url: str) -> None:
    store = open_store(url, create=False)
    assert relate(store, "other.1").links == 0
    store.close()


def test_a_neighbour_evolves(url: str) -> None:
    store = open_store(url, create=False)
    held = [each for each in store.nodes(Selection((NodeKind.NOTE,))) if isinstance(each, Note)]
    with store.transaction(write=True):
        store.save(Changes(tuple(replace(each, keywords=("loaf",)) for each in held if "loaf" in each.title)))
        store.save(Changes(tuple(replace(each, keywords=()) for each in held if "Rye" in each.title)))
    report = relate(store, MODEL)
    evolved = [each for each in store.events() if each.action is Action.EVOLVE]
    assert [(each.new, each.decided_by) for each in evolved] == [({"keywords": ["loaf"]}, MODEL)]
    assert report.evolved == 1
    store.close()


def test_a_memory_without_a_model_says_what_it_lacks(url: str) -> None:
    with opened(url) as memory, pytest.raises(ModelMissingError, match="nothing has vectors"):
        memory.relate()
