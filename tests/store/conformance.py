"""What every store promises. A backend joins by a class of its own with a fixture `store`: an empty store."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from graph.errors import StoreError
from graph.model import (
    Changes,
    Checkpoint,
    Edge,
    EdgeKind,
    Entity,
    Fact,
    Form,
    Interaction,
    Match,
    NodeKind,
    Reach,
    Removal,
    Selection,
    TextQuery,
    Walk,
)
from graph.ports import TAIL, Store
from graph.rank.ppr import personalized_pagerank
from graph.relations import order
from tests.store import graphs
from tests.store.graphs import EDGES, EVENTS, EVERYTHING, NODES, said, vector


def save(store: Store, *nodes, edges=(), checkpoint=None, vectors=(), events=()) -> dict[NodeKind, int]:
    with store.transaction(write=True):
        return store.save(Changes(tuple(nodes), tuple(edges), checkpoint, tuple(vectors), events=tuple(events)))


def fill(store: Store) -> Store:
    with store.transaction(write=True):
        store.save(EVERYTHING)
    return store


def ids(store: Store, **fields) -> list[str]:
    return [node.id for node in store.nodes(Selection(**fields))]


def in_order(edges) -> list[Edge]:
    return sorted(edges, key=lambda edge: (edge.source, edge.kind, edge.target))


class Writing:
    """`transaction`, `save`, `frontier`, `checkpoints`, `vectors`, `info`, `close`."""

    def test_what_is_saved_comes_back_whole(self, store: Store) -> None:
        assert {node.id: node for node in fill(store).nodes(Selection())} == {node.id: node for node in NODES}
        assert list(store.edges(None, ())) == in_order(EDGES)

    def test_save_counts_what_is_new_by_kind(self, store: Store) -> None:
        with store.transaction(write=True):
            assert store.save(EVERYTHING) == {
                NodeKind.INTERACTION: 6,
                NodeKind.EPISODE: 2,
                NodeKind.NOTE: 4,
                NodeKind.ENTITY: 5,
                NodeKind.QUERY: 1,
                NodeKind.INSIGHT: 1,
                NodeKind.FACT: 3,
            }
            assert store.save(EVERYTHING) == {}
        assert save(store, graphs.HELLO, said("m_9", "New.", 9), said("m_9", "New.", 9)) == {NodeKind.INTERACTION: 1}

    def test_an_interaction_stays_as_it_is(self, store: Store) -> None:
        fill(store)
        save(store, replace(graphs.HELLO, text="Something else", position=99))
        assert list(store.nodes(Selection(ids=("m_1",)))) == [graphs.HELLO]
        assert store.search(TextQuery(("something",))) == []

    def test_an_entity_keeps_its_name_and_label_and_gains_aliases(self, store: Store) -> None:
        fill(store)
        save(store, Entity("e_1", "ZÜRICH", "ORG", ("Zurigo",)), Entity("e_1", "Zürich", "GPE", ("Zurich",)))
        assert list(store.nodes(Selection(ids=("e_1",)))) == [
            Entity("e_1", "Zürich", "GPE", ("Zurich", "Zurigo", "ZÜRICH"))
        ]

    @pytest.mark.parametrize(
        "changed",
        [
            replace(graphs.NOTES[0], title="New", tags=(), keywords=("a",)),
            replace(graphs.QUERY, outcome="open"),
            replace(graphs.INSIGHT, support=3),
            replace(graphs.ZUG, valid_to=None, retracted_at="2024-05-01"),
            replace(graphs.BERN, valid_from=None, recorded_at=None),
            replace(graphs.EPISODE, folded_strength=1),
            replace(graphs.BARE, folded_strength=None),
        ],
    )
    def test_any_other_node_is_replaced_and_keeps_its_edges(self, store: Store, changed) -> None:
        fill(store)
        assert save(store, changed) == {}
        assert list(store.nodes(Selection(ids=(changed.id,)))) == [changed]
        assert list(store.edges(None, ())) == in_order(EDGES)

    def test_an_edge_with_the_same_ends_and_kind_is_replaced(self, store: Store) -> None:
        fill(store)
        changed = Edge("n_2", "n_1", EdgeKind.LINKS_TO, 0.25, "same_topic", "both mention x", "a-model")
        save(store, edges=[changed])
        assert list(store.edges(["n_2"], (EdgeKind.LINKS_TO,))) == [changed]

    def test_replacing_a_mention_does_not_count_it_twice(self, store: Store) -> None:
        fill(store)
        save(store, edges=[Edge("n_1", "e_1", EdgeKind.MENTIONS, 2.0)])
        assert [match.mentions for match in store.resolve(["zurich"])] == [1]

    def test_an_edge_to_nowhere_is_refused_with_all_that_came_with_it(self, store: Store) -> None:
        with pytest.raises(StoreError, match="m_8"):
            save(store, said("m_7", "x", 0), edges=[Edge("m_7", "m_8", EdgeKind.NEXT)])
        assert ids(store) == []

    def test_save_wants_a_transaction_that_may_write(self, store: Store) -> None:
        with pytest.raises(StoreError):
            store.save(EVERYTHING)
        with store.transaction(write=False), pytest.raises(StoreError):
            store.save(EVERYTHING)
        assert ids(store) == []

    def test_a_failed_transaction_changes_nothing(self, store: Store) -> None:
        save(store, graphs.HELLO)
        before = store.info().nodes
        with pytest.raises(ZeroDivisionError), store.transaction(write=True):  # noqa: PT012
            store.save(Changes(NODES, EDGES, Checkpoint("d", "x", 3)))
            assert store.frontier(["m_2"]).known == {"m_2"}
            raise ZeroDivisionError
        assert store.info().nodes == before
        assert list(store.checkpoints(["d"])) == []
        assert store.search(TextQuery(("storchen",))) == []
        assert store.resolve(["bob"]) == []

    @pytest.mark.parametrize("error", [OSError(32, "Broken pipe"), ValueError("x"), KeyError("x"), KeyboardInterrupt()])
    def test_what_a_caller_raises_inside_stays_what_it_is(self, store: Store, error: BaseException) -> None:
        with pytest.raises(type(error)) as raised, store.transaction(write=False):
            raise error
        assert raised.value is error

    def test_several_saves_of_one_transaction_see_each_other(self, store: Store) -> None:
        with store.transaction(write=True):
            store.save(Changes(NODES))
            store.save(Changes(edges=EDGES))
            assert len(list(store.edges(None, ()))) == len(EDGES)

    def test_reading_nests_in_both_kinds_of_transaction(self, store: Store) -> None:
        with store.transaction(write=True):
            store.save(EVERYTHING)
            with store.transaction(write=False):
                assert store.frontier(["m_1"]).known == {"m_1"}
            store.save(Changes((said("m_9", "Still writing.", 9),)))
        with store.transaction(write=False), store.transaction(write=False):
            assert store.frontier(["m_9"]).known == {"m_9"}
            assert store.info().nodes["interaction"] == 7

    def test_known(self, store: Store) -> None:
        fill(store)
        assert store.frontier(["m_1", "m_1", "nothing", "", "e_2", "'; DROP TABLE node; --", "\ud800"]).known == {
            "m_1",
            "e_2",
        }
        assert store.frontier([]).known == set()
        assert len(store.frontier([f"m_{number}" for number in range(5000)]).known) == 6

    def test_checkpoint(self, store: Store) -> None:
        assert list(store.checkpoints(["d"])) == []
        save(store, checkpoint=Checkpoint("d", "chat.jsonl", 64))
        assert list(store.checkpoints(["d"])) == [Checkpoint("d", "chat.jsonl", 64)]
        assert store.info().sources == 0
        save(store, checkpoint=Checkpoint("d", "chat.jsonl", 100, True))
        assert list(store.checkpoints(["d"])) == [Checkpoint("d", "chat.jsonl", 100, True)]
        assert store.info().sources == 1

    def test_all_checkpoints_come_by_digest(self, store: Store) -> None:
        assert list(store.checkpoints()) == []
        wanted = [Checkpoint("a", "x", 1), Checkpoint("c", "z/y", 3, True), Checkpoint("d", "é", 64)]
        for each in reversed(wanted):
            save(store, checkpoint=each)
        assert list(store.checkpoints()) == wanted

    def test_who_said_it_may_be_saved_later(self, store: Store) -> None:
        save(store, *NODES)
        save(store, edges=EDGES)
        (found,) = store.resolve(["annabe"])
        assert (found.entity.id, found.speaks) == ("e_5", True)
        assert store.resolve(["annabe"], "trip") == []

    def test_a_checkpoint_never_goes_back(self, store: Store) -> None:
        save(store, checkpoint=Checkpoint("d", "x", 100, True))
        save(store, checkpoint=Checkpoint("d", "x", 10))
        assert list(store.checkpoints(["d"])) == [Checkpoint("d", "x", 100, True)]

    def test_frontier_gives_the_end_oldest_first(self, store: Store) -> None:
        long = [said(f"m_l{number:02}", "x", number, "long") for number in range(TAIL + 4)]
        save(store, *NODES, *reversed(long))
        found = store.frontier([], ["long", "plans", "nowhere"])
        assert found.tails["long"] == tuple(long[4:])
        assert found.tails["plans"] == (graphs.OTHER, graphs.UNDATED)
        assert found.tails.get("nowhere", ()) == ()
        assert dict(store.frontier([]).tails) == {}

    def test_frontier_reaches_no_further_where_some_are_gone(self, store: Store) -> None:
        save(store, *(said(f"m_l{number:02}", "x", number, "long") for number in (0, 1, 2, TAIL - 1, TAIL + 1)))
        assert [each.position for each in store.frontier([], ["long"]).tails["long"]] == [2, TAIL - 1, TAIL + 1]

    def test_frontier_tells_the_episodes_of_the_end_alone(self, store: Store) -> None:
        fill(store)
        of_trip = {edge.source: edge.target for edge in EDGES if edge.kind is EdgeKind.PART_OF}
        trip = store.frontier(["m_1"], ["trip"], [("plans", "4")])
        assert trip.episodes == {each.id: of_trip[each.id] for each in trip.tails["trip"] if each.id in of_trip} != {}
        assert store.frontier(["m_1"], [], [("trip", "1")]).episodes == {}

    def test_frontier_locates_the_last_with_a_key_in_its_conversation(self, store: Store) -> None:
        fill(store)
        save(store, Interaction("m_b", Form.MESSAGE, "1", "edited", "trip", "s1", 8))
        save(store, Interaction("m_a", Form.MESSAGE, "1", "edited before", "trip", "s1", 7))
        keys = [("trip", "1"), ("plans", "4"), ("plans", "1"), ("trip", "nothing")]
        assert dict(store.frontier([], [], keys).located) == {("trip", "1"): "m_b", ("plans", "4"): "m_4"}

    def test_info(self, store: Store) -> None:
        assert dict(store.info().nodes) == {}
        info = fill(store).info()
        assert dict(info.nodes) == {
            "interaction": 6,
            "note": 4,
            "entity": 5,
            "query": 1,
            "insight": 1,
            "fact": 3,
            "episode": 2,
        }
        assert sum(info.edges.values()) == len(EDGES)
        assert info.extractors == ("rule", "rules", "spacy:x-1")
        assert info.url
        assert info.kind
        assert info.schema
        assert info.bytes is None or info.bytes > 0

    def test_closing_twice_is_fine(self, store: Store) -> None:
        store.close()
        store.close()
        with pytest.raises(StoreError):
            store.frontier(["m_1"])


class Deciding:
    """`events`."""

    def test_events_come_by_time_then_id_whole(self, store: Store) -> None:
        assert list(fill(store).events()) == list(store.events([])) == []
        save(store, events=reversed(EVENTS))
        assert list(store.events()) == list(EVENTS)
        assert store.info().events == len(EVENTS)

    @pytest.mark.parametrize(
        ("about", "expected"),
        [
            (["n_1"], [0, 1, 3]),
            (["i_1"], [2]),
            (["n_2"], [0, 1, 3]),
            (["v_1"], [1, 3]),
            (["i_1", "v_4", "i_1"], [2, 3]),
            (["nothing", "", "\ud800"], []),
            ([], []),
        ],
    )
    def test_events_about_something_or_because_of_it(self, store: Store, about, expected) -> None:
        save(fill(store), events=EVENTS)
        assert list(store.events(about)) == [EVENTS[each] for each in expected]

    def test_events_since_a_time(self, store: Store) -> None:
        save(fill(store), events=EVENTS)
        assert list(store.events(since="2024-03-06")) == list(EVENTS[1:])
        assert list(store.events(["n_1"], "2024-03-06T00:00:01")) == [EVENTS[3]]
        assert list(store.events(since="2025")) == []

    def test_an_event_stays_as_it_is(self, store: Store) -> None:
        save(fill(store), events=EVENTS)
        save(store, events=[replace(EVENTS[0], reason="another")])
        assert list(store.events()) == list(EVENTS)

    @pytest.mark.parametrize("changed", [replace(EVENTS[1], subject="n_9"), replace(EVENTS[1], other="n_9")])
    def test_an_event_about_nothing_is_refused_with_all_that_came_with_it(self, store: Store, changed) -> None:
        with pytest.raises(StoreError, match="n_9"):
            save(store, *NODES, events=[*EVENTS, changed])
        assert list(store.events()) == ids(store) == []

    def test_any_state_comes_back(self, store: Store) -> None:
        state = {"b": [1, None, "é", 0.1], "a": {"x": True}, "": ""}
        save(fill(store), events=[replace(EVENTS[0], old=state, new="text", reason="a\nb")])
        assert [(each.old, each.new, each.reason) for each in store.events()] == [(state, "text", "a\nb")]


class Reading:
    """`nodes`, `edges`, `neighborhood`."""

    def test_nodes_come_by_id(self, store: Store) -> None:
        assert ids(fill(store)) == sorted(node.id for node in NODES)

    def test_of_kinds(self, store: Store) -> None:
        fill(store)
        assert ids(store, kinds=(NodeKind.QUERY, NodeKind.ENTITY)) == ["e_1", "e_2", "e_3", "e_4", "e_5", "q_1"]

    def test_of_a_conversation(self, store: Store) -> None:
        fill(store)
        assert ids(store, conversation="trip") == [
            *("e_1", "e_2", "e_3", "e_4", "f_1", "f_2", "i_1", "m_1", "m_2", "m_3", "n_1", "n_2", "n_3", "p_1", "q_1"),
        ]
        assert ids(store, conversation="plans") == ["e_5", "f_3", "m_4", "m_5", "n_4", "p_4"]
        assert ids(store, conversation="plans", kinds=(NodeKind.NOTE,)) == ["n_4"]
        assert ids(store, conversation="") == []

    @pytest.mark.parametrize(
        ("since", "until", "expected"),
        [
            ("2024-03-06", None, ["m_2", "m_3", "m_4"]),
            (None, "2024-03-05", ["m_1"]),
            ("2024-03", "2024-03", ["m_1", "m_2"]),
            (None, "2024-03-05T10", ["m_1"]),
            ("2024-03-05T10:22:01", "2024-04", ["m_2", "m_3"]),
            ("2025", None, []),
            (None, "2024", ["m_1", "m_2", "m_3", "m_4"]),
        ],
    )
    def test_of_a_time(self, store: Store, since: str | None, until: str | None, expected: list[str]) -> None:
        fill(store)
        assert ids(store, kinds=(NodeKind.INTERACTION,), since=since, until=until) == expected
        episodes = ["p_1"] if "m_1" in expected else []
        assert ids(store, kinds=(NodeKind.EPISODE,), since=since, until=until) == episodes
        assert ids(store, kinds=(NodeKind.ENTITY, NodeKind.INSIGHT), since=since, until=until) == []

    def test_of_ids(self, store: Store) -> None:
        fill(store)
        assert ids(store, ids=("q_1", "m_2", "nothing", "m_2")) == ["m_2", "q_1"]
        assert ids(store, ids=("q_1", "m_2"), kinds=(NodeKind.QUERY,)) == ["q_1"]

    def test_of_slots_beside_ids(self, store: Store) -> None:
        fill(store)
        assert ids(store, slots=("home: bob", "home: ann", "plays: annabel", "")) == ["f_1", "f_2"]
        assert ids(store, slots=("home: bob",), ids=("m_1", "f_3")) == ["f_1", "f_2", "f_3", "m_1"]
        assert ids(store, slots=("home: bob",), ids=("m_1",), kinds=(NodeKind.FACT,)) == ["f_1", "f_2"]
        assert ids(store, slots=("home: bob",), conversation="plans") == []
        assert ids(store, slots=("home: bob",), since="2024-03-07") == ["f_2"]
        assert ids(store, slots=("home: bob",), ranked=True, ids=("f_3",)) == ["f_1", "f_2", "f_3"]

    def test_of_the_newest_of_slots(self, store: Store) -> None:
        fill(store)
        told = [
            Fact("f_5", "Ann lives in A.", "Ann", "home", "A", valid_from="2024-03"),
            Fact("f_6", "Ann lives in B.", "Ann", "home", "B", valid_from="2024-03-09", recorded_at="2025-01-01"),
            Fact("f_7", "Ann lives in C.", "Ann", "home", "C", recorded_at="2024-05-01T10:00:00", position=2),
            Fact("f_8", "Ann lives in D.", "Ann", "home", "D", recorded_at="2024-05-01T10:00:00", position=10),
            Fact("f_9", "Ann lives in D.", "Ann", "home", "D", recorded_at="2024-05-01T10:00:00", position=10),
        ]
        save(store, *told)
        every = sorted(store.nodes(Selection(slots=("home: ann",))), key=order)
        assert {each.id for each in told} <= {each.id for each in every}
        for count in range(len(every) + 2):
            newest = sorted(each.id for each in every[max(len(every) - count, 0) :])
            assert ids(store, slots=("home: ann", "home: ann"), newest=count) == newest
        assert ids(store, slots=("home: ann", "home: bob"), newest=1) == ["f_2", "f_5"]
        assert ids(store, slots=("home: ann",), newest=1, ids=("m_1", "f_1")) == ["f_1", "f_5", "m_1"]
        assert ids(store, slots=("home: ann",), newest=1, ids=("m_1",), ranked=True) == ["m_1", "f_5"]

    @pytest.mark.parametrize(
        ("contains", "expected"),
        [
            ("zurich", ["e_1", "m_1", "n_1", "p_1", "q_1"]),
            ("ZÜRICH", ["e_1", "m_1", "n_1", "p_1", "q_1"]),
            ("bob", ["e_4", "f_1", "f_2", "i_1", "m_2", "m_3"]),
            ("storchen", ["e_2", "m_2", "m_6"]),
            ("%", None),
            ("タワー", ["m_4"]),
            ("no such thing", []),
        ],
    )
    def test_of_a_caption(self, store: Store, contains: str, expected: list[str] | None) -> None:
        # What folds to nothing, as punctuation does, restricts nothing.
        assert ids(fill(store), contains=contains) == (ids(store) if expected is None else expected)

    def test_limit(self, store: Store) -> None:
        fill(store)
        assert ids(store, limit=0) == []
        assert ids(store, limit=7) == ids(store)[:7]
        assert ids(store, limit=1000) == ids(store)
        assert ids(store, contains="zurich", limit=2) == ["e_1", "m_1"]

    def test_ranked_is_by_degree_then_id_across_kinds(self, store: Store) -> None:
        fill(store)
        degree = {node.id: sum(node.id in (edge.source, edge.target) for edge in EDGES) for node in NODES}
        expected = sorted(degree, key=lambda id: (-degree[id], id))
        assert ids(store, ranked=True) == expected
        assert ids(store, ranked=True, limit=3) == expected[:3]
        assert ids(store, ranked=True, kinds=(NodeKind.ENTITY,)) == ["e_4", "e_5", "e_1", "e_2", "e_3"]
        assert ids(store, ranked=True, contains="bob", limit=2) == ["m_2", "e_4"]
        assert ids(store, ranked=True, since="2024-04", kinds=(NodeKind.NOTE,)) == ["n_3", "n_4"]
        assert ids(store, ranked=True, conversation="plans") == ["f_3", "e_5", "m_4", "n_4", "m_5", "p_4"]
        assert ids(store, ranked=True, ids=("m_5", "m_1")) == ["m_1", "m_5"]

    def test_ranking_more_than_a_few(self, store: Store) -> None:
        save(store, *(said(f"m_{number:04}", "x", number) for number in range(1000)))
        save(store, edges=[Edge("m_0000", "m_0900", EdgeKind.NEXT)])
        rest = [f"m_{number:04}" for number in range(1000) if number not in (0, 900)]
        assert ids(store, ranked=True) == ["m_0000", "m_0900", *rest]

    def test_edges_of_ids(self, store: Store) -> None:
        fill(store)
        assert list(store.edges(["e_4", "n_2"], ())) == in_order(
            edge for edge in EDGES if {"e_4", "n_2"} & {edge.source, edge.target}
        )
        assert list(store.edges(["n_2"], (EdgeKind.ABOUT, EdgeKind.LINKS_TO))) == [EDGES[12], EDGES[13]]
        assert list(store.edges([], ())) == []
        assert list(store.edges(["nothing"], ())) == []

    def test_edges_of_kinds(self, store: Store) -> None:
        fill(store)
        assert list(store.edges(None, (EdgeKind.NEXT, EdgeKind.ASKED_IN))) == [EDGES[0], EDGES[1], EDGES[14]]

    def test_a_node_with_more_edges_than_widest_contributes_none(self, store: Store) -> None:
        fill(store)
        assert list(store.edges(["e_4"], (EdgeKind.SAID_BY,), 2)) == [EDGES[4], EDGES[5]]
        assert list(store.edges(["e_4"], (EdgeKind.SAID_BY,), 1)) == []
        assert list(store.edges(["e_4", "m_2"], (EdgeKind.SAID_BY,), 1)) == [EDGES[4]]
        # Only edges of the kinds asked for count.
        assert list(store.edges(["n_2"], (EdgeKind.LINKS_TO,), 1)) == [EDGES[13]]
        assert list(store.edges(["n_2"], (), 3)) == []

    def test_neighborhood_puts_what_was_given_first(self, store: Store) -> None:
        fill(store)
        found = store.neighborhood(["n_2", "nothing", "e_1", "n_2"], (EdgeKind.MENTIONS, EdgeKind.ABOUT), Reach(1, 100))
        assert found.ids[:2] == ("n_2", "e_1")
        assert set(found.ids) == {"n_2", "e_1", "e_2", "n_1"}
        assert triples(found) == {("n_1", "e_1", EdgeKind.MENTIONS, 1.0), ("n_2", "e_2", EdgeKind.ABOUT, 5.0)}

    def test_neighborhood_grows_by_hops(self, store: Store) -> None:
        fill(store)
        walked = (EdgeKind.NEXT, EdgeKind.DERIVED_FROM)
        reach = [set(store.neighborhood(["m_1"], walked, Reach(hops, 100)).ids) for hops in range(4)]
        assert reach == [
            {"m_1"},
            {"m_1", "m_2", "n_1"},
            {"m_1", "m_2", "n_1", "m_3", "n_2"},
            {"m_1", "m_2", "n_1", "m_3", "n_2", "n_3"},
        ]
        assert store.neighborhood(["m_1"], walked, Reach(0, 100)).edges == ()
        assert len(store.neighborhood(["m_1"], walked, Reach(9, 100)).edges) == 5

    def test_a_wide_node_is_reached_but_not_left(self, store: Store) -> None:
        fill(store)
        found = store.neighborhood(["m_1"], (EdgeKind.NEXT, EdgeKind.SAID_BY), Reach(5, 2))
        # m_2 has three such edges: two NEXT and one SAID_BY.
        assert set(found.ids) == {"m_1", "m_2", "e_3"}
        assert set(store.neighborhood(["m_2"], (EdgeKind.NEXT,), Reach(5, 1)).ids) == {"m_2"}

    def test_the_narrowest_nodes_are_left_first(self, store: Store) -> None:
        fill(store)
        kinds = (EdgeKind.NEXT, EdgeKind.SAID_BY, EdgeKind.DERIVED_FROM)
        everything = {"m_1", "m_2", "m_3", "e_3", "e_4", "n_1", "n_2", "n_3"}
        assert set(store.neighborhood(["m_1", "m_3"], kinds, Reach(2, 100)).ids) == everything
        # Of m_1 and m_3, which have three such edges each, m_1; then m_2, since e_3 and n_1 lead nowhere else.
        assert set(store.neighborhood(["m_1", "m_3"], kinds, Reach(2, 100, 1)).ids) == everything - {"n_3"}

    def test_neighborhood_of_nothing(self, store: Store) -> None:
        found = store.neighborhood(["nothing"], (EdgeKind.NEXT,), Reach(3, 10))
        assert (found.ids, found.edges) == ((), ())

    def test_a_store_that_walks_walks_as_we_do(self, store: Store) -> None:
        fill(store)
        kinds = (EdgeKind.MENTIONS, EdgeKind.ABOUT, EdgeKind.LINKS_TO, EdgeKind.SUPPORTED_BY, EdgeKind.DERIVED_FROM)
        walk = Walk({"e_1": 1.0, "i_1": 0.25, "n_4": 0.5, "nothing": 3.0}, 0.85)
        found = store.neighborhood(list(walk.seeds), kinds, Reach(3, 100), walk)
        assert found.ids[:3] == ("e_1", "i_1", "n_4")
        wanted = personalized_pagerank(found, walk)
        assert len(wanted) > 5
        if found.shares is not None:
            assert {id: share / sum(found.shares.values()) for id, share in found.shares.items()} == pytest.approx(
                wanted, abs=1e-6
            )
        assert not store.neighborhood(["nothing"], kinds, Reach(3, 100), Walk({"nothing": 1.0}, 0.85)).ids

    def test_answers_are_the_same_every_time(self, store: Store) -> None:
        fill(store)
        every = tuple(EdgeKind)
        assert store.neighborhood(["m_1"], every, Reach(3, 100)) == store.neighborhood(["m_1"], every, Reach(3, 100))
        assert list(store.nodes(Selection(ranked=True))) == list(store.nodes(Selection(ranked=True)))

    def test_what_is_being_read_survives_that_nobody_reads_on(self, store: Store) -> None:
        fill(store)
        next(iter(store.nodes(Selection())))
        next(iter(store.edges(None, ())))
        assert save(store, said("m_9", "x", 9)) == {NodeKind.INTERACTION: 1}


def triples(found) -> set[tuple[str, str, EdgeKind, float]]:
    return {(found.ids[source], found.ids[target], kind, weight) for source, target, kind, weight in found.edges}


class Finding:
    """`search` and `resolve`."""

    def found(self, store: Store, *terms: str, **scope) -> list[str]:
        return [match.id for match in store.search(TextQuery(terms, **scope))]

    def test_any_of_the_terms_best_first(self, store: Store) -> None:
        fill(store)
        assert self.found(store, "hotel", "limmat") == ["m_6", "m_1"]
        assert self.found(store) == []
        assert self.found(store, "absent") == []
        assert all(match.whole > 0 and match.piece > 0 for match in store.search(TextQuery(("hotel",))))

    def test_ties_come_by_id(self, store: Store) -> None:
        save(store, *(said(f"m_{letter}", "the same words", number) for number, letter in enumerate("dbca")))
        assert self.found(store, "same") == ["m_a", "m_b", "m_c", "m_d"]

    @pytest.mark.parametrize("term", ["train", "trains", "TRAINS", "running", "run"])
    def test_words_are_found_by_their_stem(self, store: Store, term: str) -> None:
        assert self.found(fill(store), term) == ["m_3"]

    @pytest.mark.parametrize("term", ["zurich", "Zürich", "zu\u0308rich"])
    def test_accents_do_not_matter(self, store: Store, term: str) -> None:
        assert self.found(fill(store), term) == ["m_1"]

    @pytest.mark.parametrize("terms", [("東", "京"), ("タ",), ("京 タ ワ",)])
    def test_scripts_without_spaces(self, store: Store, terms: tuple[str, ...]) -> None:
        assert self.found(fill(store), *terms) == ["m_4"]

    def test_speakers_and_titles_are_searched_too(self, store: Store) -> None:
        fill(store)
        assert self.found(store, "annabel") == ["m_4"]
        assert self.found(store, "storchen") == ["m_6", "m_2"]

    @pytest.mark.parametrize(
        "term",
        [
            "AND",
            "OR",
            "NOT",
            '"',
            '""',
            "*",
            "hot*",
            "^hotel",
            "text : hotel",
            "{text} : x",
            "NEAR(x y)",
            "'",
            "(",
            ")",
        ],
    )
    def test_operators_are_only_text(self, store: Store, term: str) -> None:
        fill(store)
        hotels = ["m_6", "m_1"] if term == "^hotel" else []
        assert self.found(store, term) == hotels
        assert set(self.found(store, term, "limmat")) >= {"m_6"}

    def test_a_word_that_operators_are_made_of_is_found(self, store: Store) -> None:
        save(store, said("m_a", "near and not far", 0))
        assert self.found(store, "NEAR") == self.found(store, "AND") == self.found(store, "NOT") == ["m_a"]

    def test_scopes_are_not_searched(self, store: Store) -> None:
        fill(store)
        assert self.found(store, "trip") == self.found(store, "plans") == []

    def test_of_a_conversation(self, store: Store) -> None:
        save(store, said("m_a", "same words", 0, "one"), said("m_b", "same words", 0, "two"))
        assert self.found(store, "same", conversation="two") == ["m_b"]
        assert self.found(store, "same", conversation='two" OR "one') == []
        assert self.found(store, "same", conversation="") == []

    def test_by_a_speaker(self, store: Store) -> None:
        fill(store)
        assert set(self.found(store, "book", "trains", speaker="Bob")) == {"m_2", "m_3"}
        assert self.found(store, "booked", speaker="bob") == []

    def test_of_a_time(self, store: Store) -> None:
        fill(store)
        assert self.found(store, "book", since="2024-03-06") == ["m_2"]
        assert self.found(store, "book", until="2024-03-05") == ["m_1"]
        assert self.found(store, "date", since="2000") == []

    def nearest(self, store: Store, *numbers: float, terms=(), model="small", **bounds) -> list[str]:
        wanted = vector("", *numbers, model=model)
        query = TextQuery(terms, vector=wanted.numbers, model=wanted.model, **bounds)
        return [match.id for match in store.search(query)]

    def test_by_vectors(self, store: Store) -> None:
        fill(store)
        save(store, vectors=(vector("m_1", 1, 0, 0), vector("m_2", 1, 1, 0), vector("m_4", 0, -1, 0)))
        assert self.nearest(store, 1, 0, 0) == ["m_1", "m_2", "m_4"]
        assert self.nearest(store, 1, 0, 0, limit=2) == ["m_1", "m_2"]
        assert self.nearest(store, 1, 0, 0, speaker="Bob") == ["m_2"]
        assert self.nearest(store, 1, 0, 0, conversation="plans") == ["m_4"]
        assert self.nearest(store, 1, 0, 0, since="2024-03-06", until="2024-04") == ["m_2"]
        (first, second, _) = store.search(TextQuery((), vector("", 1, 0, 0).numbers, "small"))
        assert (first.cosine, second.cosine) == (pytest.approx(1, abs=1e-6), pytest.approx(0.5**0.5, abs=1e-6))
        assert (first.whole, first.piece) == (0, 0)

    def test_by_vectors_and_full_text_at_once(self, store: Store) -> None:
        fill(store)
        save(store, vectors=(vector("m_1", 1, 0), vector("m_3", 0, 1)))
        assert self.nearest(store, 0, 1, terms=("storchen",)) == ["m_6", "m_2", "m_3", "m_1"]

    def test_what_is_found_comes_with_its_vectors(self, store: Store) -> None:
        fill(store)
        one, other = (replace(vector("m_1", 1, 0), tokens=b"\0\1\xff"), vector("m_3", 0.6, 0.8))
        save(store, vectors=(one, other))
        query = TextQuery(("storchen", "hotel"), vector("", 0, 1).numbers, "small", limit=3)
        found = {match.id: (match.cosine, match.tokens) for match in store.search(query)}
        assert found["m_1"] == (pytest.approx(0, abs=1e-6), b"\0\1\xff")
        assert found["m_3"] == (pytest.approx(0.8, abs=1e-6), b"")
        assert found["m_6"] == (None, b"")
        assert {(match.cosine, match.tokens) for match in store.search(TextQuery(("hotel",)))} == {(None, b"")}
        assert list(store.vectors(["m_1"])) == [one]
        assert store.info().vectors == {"small": 2}

    def test_vectors_of_two_models_do_not_mix(self, store: Store) -> None:
        fill(store)
        save(
            store, vectors=(vector("m_1", 1, 0), vector("m_2", 1, 0, 0, model="large"), vector("m_3", 1, 0, model="b"))
        )
        assert self.nearest(store, 1, 0) == ["m_1"]
        assert self.nearest(store, 1, 0, 0, model="large") == ["m_2"]
        assert self.nearest(store, 1, 0, 0, model="large", conversation="trip") == ["m_2"]
        assert self.nearest(store, 1, 0, model="none") == []
        assert self.nearest(store, 1, 0, 0, 0) == []

    def test_a_vector_is_replaced(self, store: Store) -> None:
        fill(store)
        save(store, vectors=(vector("m_1", 1, 0), vector("m_2", 0, 1)))
        save(store, vectors=(vector("m_1", 0, 1), vector("m_2", 1, 0)))
        assert self.nearest(store, 1, 0) == ["m_2", "m_1"]
        assert list(store.vectors()) == [vector("m_1", 0, 1), vector("m_2", 1, 0)]
        assert list(store.vectors(["m_2", "m_3", "nothing", "\ud800"])) == [vector("m_2", 1, 0)]
        assert list(store.vectors([])) == []

    def test_a_vector_needs_its_node(self, store: Store) -> None:
        fill(store)
        for node in ("m_nowhere", "e_1"):
            with pytest.raises(StoreError, match=node):
                save(store, vectors=(vector("m_1", 1, 0), vector(node, 1, 0)))
        assert list(store.vectors()) == []

    def test_vectors_that_are_left_out_make_room_for_others(self, store: Store) -> None:
        many = [said(f"m_{number:03}", "word", number, speaker="Ann") for number in range(100)]
        save(store, *many, said("m_x", "word", 100, speaker="Zoe"))
        near = [vector(each.id, 1, number / 1000) for number, each in enumerate(many)]
        save(store, vectors=(*near, vector("m_x", 0, 1)))
        assert self.nearest(store, 1, 0, speaker="Zoe", limit=2) == ["m_x"]
        assert self.nearest(store, 1, 0, limit=2) == ["m_000", "m_001"]

    def test_a_narrow_scope_finds_what_is_far_from_the_best(self, store: Store) -> None:
        save(store, *(said(f"m_{number:03}", "word word", number) for number in range(100)))
        save(store, said("m_x", "one word among so many others that it counts for little", 100, speaker="Zoe"))
        assert self.found(store, "word", speaker="Zoe", limit=5) == ["m_x"]

    def test_limit(self, store: Store) -> None:
        save(store, *(said(f"m_{number:03}", "word", number) for number in range(100)))
        assert self.found(store, "word", limit=5) == [f"m_{number:03}" for number in range(5)]
        assert self.found(store, "word", limit=0) == []

    def test_a_piece_can_be_better_than_its_whole(self, store: Store) -> None:
        filler = " ".join(f"filler{number}" for number in range(400))
        save(store, said("m_a", f"{filler} rare thing", 0), *(said(f"m_{n}", f"{filler}", n) for n in range(1, 9)))
        (match,) = store.search(TextQuery(("rare",)))
        assert isinstance(match, Match)
        assert match.piece > match.whole > 0

    def test_the_end_of_a_very_long_text_is_found(self, store: Store) -> None:
        save(store, said("m_a", "a b " * 150_000 + "needle", 0), said("m_b", "needles", 1))
        assert set(self.found(store, "needle")) == {"m_a", "m_b"}
        assert all(match.piece > 0 for match in store.search(TextQuery(("needle",))))

    def test_half_a_surrogate_pair_is_an_error_of_the_store(self, store: Store) -> None:
        with pytest.raises(StoreError):
            store.search(TextQuery(("a",), speaker="\ud800"))

    def test_resolve_by_name_and_alias(self, store: Store) -> None:
        fill(store)
        save(store, Entity("e_1", "Zürich", "GPE", ("Turicum",)), Entity("e_0", "TURICUM", "ORG"))
        assert [(m.entity.id, m.name) for m in store.resolve(["turicum"])] == [("e_0", "turicum"), ("e_1", "turicum")]
        assert [m.entity.name for m in store.resolve(["zurich"])] == ["Zürich"]
        assert store.resolve(["Zürich", "", "nothing"]) == []
        assert store.resolve([]) == []

    def test_resolve_counts_mentions_and_tells_speakers(self, store: Store) -> None:
        fill(store)
        found = {m.entity.id: (m.mentions, m.speaks) for m in store.resolve(["zurich", "storchen", "bob"])}
        assert found == {"e_1": (1, False), "e_2": (1, False), "e_4": (0, True)}

    def test_resolve_speakers_by_what_their_name_begins_with(self, store: Store) -> None:
        fill(store)
        assert [(m.entity.id, m.name, m.speaks) for m in store.resolve(["ann"])] == [
            ("e_3", "ann", True),
            ("e_5", "ann", True),
        ]
        assert store.resolve(["an"]) == []
        # Only speakers are found so, not whatever else has a name.
        assert store.resolve(["zur"]) == []

    def test_resolve_within_a_conversation(self, store: Store) -> None:
        fill(store)
        assert [m.entity.id for m in store.resolve(["ann"], "trip")] == ["e_3"]
        assert [m.entity.id for m in store.resolve(["ann"], "plans")] == ["e_5"]
        # A name in full is known in every conversation; whether it speaks is asked of this one.
        assert [(m.entity.id, m.speaks) for m in store.resolve(["bob"], "plans")] == [("e_4", False)]
        assert [(m.entity.id, m.speaks) for m in store.resolve(["bob"], "trip")] == [("e_4", True)]

    def test_no_wildcard_hides_in_a_name(self, store: Store) -> None:
        fill(store)
        assert store.resolve(["%%%", "___", "*", "ann%", "a.*"]) == []


def seen(store: Store) -> dict[str, object]:
    """All that can be seen of a store but the scores of searches, which may remember for a while."""
    terms = ("hotel", "storchen", "booked", "trains", "limmat", "ann", "bob", "annabel", "京", "late")
    names = ["zurich", "storchen", "ann", "bob", "annabel", "hut"]
    info = store.info()
    return {
        "nodes": list(store.nodes(Selection())),
        "ranked": list(store.nodes(Selection(ranked=True))),
        "edges": list(store.edges(None, ())),
        "vectors": list(store.vectors()),
        "checkpoints": list(store.checkpoints()),
        "events": list(store.events()),
        "found": {term: [match.id for match in store.search(TextQuery((term,)))] for term in terms},
        "near": [each.id for each in store.search(TextQuery((), vector("", 1, 0).numbers, "small"))],
        "resolved": [store.resolve(names, scope) for scope in (None, "trip", "plans", "")],
        "around": store.neighborhood([node.id for node in NODES], tuple(EdgeKind), Reach(3, 100)),
        "frontier": store.frontier([node.id for node in NODES], ["trip", "plans"], [("trip", "3"), ("plans", "4")]),
        "info": (dict(info.nodes), dict(info.edges), info.sources, info.extractors, dict(info.vectors)),
    }


class Removing:
    """`save` of what is `removed`."""

    GOING = ("m_3", "m_4", "m_5", "m_6", "n_3", "n_4", "e_5", "i_1")

    def remove(self, store: Store, **what) -> None:
        with store.transaction(write=True):
            store.save(Changes(removed=Removal(**what)))

    def before(self, store: Store) -> dict[str, object]:
        """What is seen of all but `GOING`, which is saved then."""
        staying = [node for node in NODES if node.id not in self.GOING]
        edges = [edge for edge in EDGES if not {edge.source, edge.target} & {*self.GOING}]
        save(store, *staying, edges=edges, checkpoint=Checkpoint("a", "x", 1, True), vectors=[vector("m_1", 1, 0)])
        seen_before = seen(store)
        save(store, *NODES, edges=EDGES, checkpoint=Checkpoint("b", "y", 1), vectors=[vector("m_4", 1, 0)])
        save(store, checkpoint=Checkpoint("c", "z", 1, True), vectors=[vector("m_6", 0, 1)])
        return seen_before

    def test_what_is_removed_leaves_all_as_if_it_had_never_been_there(self, store: Store) -> None:
        before = self.before(store)
        assert seen(store) != before
        self.remove(store, nodes=self.GOING, checkpoints=("b", "c"))
        assert seen(store) == before

    def test_events_go_with_what_they_are_about_and_because_of(self, store: Store) -> None:
        save(fill(store), events=EVENTS)
        self.remove(store, nodes=("n_2", "m_1"))
        assert list(store.events()) == [EVENTS[2]]
        self.remove(store, events=("v_3", "v_9", "a/b"))
        assert list(store.events()) == []

    def test_it_can_come_back(self, store: Store) -> None:
        self.before(store)
        with_all = seen(store)
        self.remove(store, nodes=self.GOING, checkpoints=("b", "c"))
        save(store, *NODES, edges=EDGES, checkpoint=Checkpoint("b", "y", 1), vectors=[vector("m_4", 1, 0)])
        save(store, checkpoint=Checkpoint("c", "z", 1, True), vectors=[vector("m_6", 0, 1)])
        assert seen(store) == with_all

    def test_everything_can_be_removed(self, store: Store) -> None:
        nothing = seen(store)
        fill(store)
        save(store, vectors=[vector("m_1", 1, 0)])
        self.remove(store, nodes=tuple(node.id for node in NODES))
        assert seen(store) == nothing

    def test_what_is_not_there_is_passed_over(self, store: Store) -> None:
        fill(store)
        before = seen(store)
        edges = (("m_1", EdgeKind.NEXT, "m_9"), ("m_1", EdgeKind.NEXT, "m_3"), ("m_8", EdgeKind.NEXT, "m_1"))
        self.remove(store, nodes=("nothing", "", "m_9", "a/b"), edges=edges, checkpoints=("none",))
        assert seen(store) == before

    def test_edges_are_removed_alone(self, store: Store) -> None:
        fill(store)
        gone = EDGES[11], EDGES[13]
        self.remove(store, edges=tuple((edge.source, edge.kind, edge.target) for edge in gone))
        assert list(store.edges(None, ())) == in_order(set(EDGES) - set(gone))
        assert ids(store) == sorted(node.id for node in NODES)
        assert [match.mentions for match in store.resolve(["zurich"])] == [0]

    def test_vectors_are_removed_alone(self, store: Store) -> None:
        fill(store)
        before = seen(store)
        save(store, vectors=[replace(vector("m_1", 1, 0), tokens=b"x"), vector("m_2", 0, 1)])
        self.remove(store, vectors=("m_1", "m_2", "m_3", "e_1", "nothing"))
        assert seen(store) == before

    def test_wiping_changes_nothing_that_is_seen(self, store: Store) -> None:
        before = self.before(store)
        with store.transaction(write=True, wipe=True):
            store.save(Changes(removed=Removal(self.GOING, checkpoints=("b", "c"))))
        assert seen(store) == before
        save(store, said("m_9", "Later.", 9))
        assert "m_9" in ids(store)

    def test_whoever_says_no_more_speaks_no_more(self, store: Store) -> None:
        fill(store)
        save(store, said("m_7", "x", 3, speaker="BOB"), edges=[Edge("m_7", "e_4", EdgeKind.SAID_BY)])
        self.remove(store, nodes=("m_2", "m_3"))
        assert [match.speaks for match in store.resolve(["bob"], "trip")] == [True]
        self.remove(store, edges=(("m_7", EdgeKind.SAID_BY, "e_4"),))
        assert [match.speaks for match in store.resolve(["bob"], "trip")] == [False]

    def test_removing_comes_before_writing(self, store: Store) -> None:
        fill(store)
        changed = replace(graphs.HELLO, text="Something else", position=99)
        renamed = Entity("e_1", "Turicum", "ORG")
        edge = Edge("n_1", "e_1", EdgeKind.MENTIONS, 0.5)
        with store.transaction(write=True):
            new = store.save(Changes((changed, renamed), (edge,), removed=Removal(("m_1", "e_1"))))
        assert new == {NodeKind.INTERACTION: 1, NodeKind.ENTITY: 1}
        assert list(store.nodes(Selection(ids=("m_1", "e_1")))) == [renamed, changed]
        assert list(store.edges(["m_1", "e_1"], ())) == [edge]
        assert [match.id for match in store.search(TextQuery(("something", "hotel")))] == ["m_1", "m_6"]
        assert store.resolve(["zurich"]) == []

    def test_an_entity_goes_with_its_aliases(self, store: Store) -> None:
        fill(store)
        save(store, Entity("e_1", "Zürich", "GPE", ("Turicum",)))
        self.remove(store, nodes=("e_1",))
        assert store.resolve(["turicum", "zurich"]) == []
        save(store, graphs.ZURICH)
        assert list(store.nodes(Selection(ids=("e_1",)))) == [graphs.ZURICH]
        assert store.resolve(["turicum"]) == []

    def test_a_name_goes_in_all_its_spellings_and_its_own_stays(self, store: Store) -> None:
        fill(store)
        save(store, Entity("e_1", "Zürich", "GPE", ("ZURICH", "Turicum", "TURICUM", "Züri")))
        self.remove(store, names=(("e_1", "turicum"), ("e_1", "zurich"), ("e_9", "x"), ("a/b", "x")))
        assert list(store.nodes(Selection(ids=("e_1",)))) == [Entity("e_1", "Zürich", "GPE", ("ZURICH", "Züri"))]
        assert store.resolve(["turicum"]) == []
        assert [match.entity.aliases for match in store.resolve(["zuri", "zurich"])] == [("ZURICH", "Züri")] * 2

    def test_what_fails_removes_nothing(self, store: Store) -> None:
        fill(store)
        before = seen(store)
        with pytest.raises(StoreError, match="m_1"), store.transaction(write=True):
            store.save(Changes(edges=(Edge("m_2", "m_1", EdgeKind.NEXT),), removed=Removal(("m_1",))))
        assert seen(store) == before

    def test_more_than_a_few(self, store: Store) -> None:
        many = [said(f"m_{number:04}", f"word w{number}", number, speaker="Zoe") for number in range(1500)]
        ties = [Edge(one.id, other.id, EdgeKind.NEXT) for one, other in pairwise(many)]
        save(store, *many, Entity("e_9", "Zoe", "PERSON"), edges=ties)
        save(store, edges=[Edge(each.id, "e_9", EdgeKind.SAID_BY) for each in many])
        self.remove(store, nodes=tuple(each.id for each in many[:-1]))
        assert ids(store) == ["e_9", "m_1499"]
        assert [match.id for match in store.search(TextQuery(("word", "w5"), limit=9))] == ["m_1499"]
        assert [match.speaks for match in store.resolve(["zoe"], "trip")] == [True]


class StoreConformance(Writing, Deciding, Reading, Finding, Removing):
    """All of it."""
