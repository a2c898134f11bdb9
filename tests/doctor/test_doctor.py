"""Memories that are broken on purpose, what is said of them, and what is repaired."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import neo4j
import pytest
from msgspec.structs import replace

from graph.doctor import Checkup
from graph.forgetting.choosing import Wanted
from graph.model import (
    Changes,
    Edge,
    EdgeKind,
    Entity,
    Episode,
    Fact,
    Insight,
    Interaction,
    Node,
    NodeKind,
    Note,
    Query,
    Removal,
    Selection,
    TextQuery,
    ends,
)
from graph.store.registry import open_store
from tests.forgetting.conftest import OWN, place  # noqa: F401 - a fixture
from tests.forgetting.memories import Place, exported, filled, opened
from tests.ingest.memories import long_talk, talk

TALK = talk(
    "Ann: I love Zermatt. Do you know Basel?",
    "Bob: I love Zermatt, and Basel.",
    "Ann: I really love Zermatt!",
    "Bob: So Basel it is.",
)


def checked(url: str, *, repair: bool = False) -> Checkup:
    with opened(url) as memory:
        return memory.check(repair=repair)


def changed(url: str, *steps: Changes) -> None:
    store = open_store(url, create=False)
    for each in steps:
        with store.transaction(write=True):
            store.save(each)
    store.close()


def of_kind(url: str, kind: NodeKind) -> list[Node]:
    with opened(url) as memory:
        return list(memory.nodes(Selection((kind,))))


def said(url: str) -> list[str]:
    found = [each for each in of_kind(url, NodeKind.INTERACTION) if isinstance(each, Interaction)]
    return [each.id for each in sorted(found, key=lambda each: each.position)]


def test_all_is_well_after_taking_in_and_after_forgetting(place: Place, tmp_path: Path) -> None:  # noqa: F811
    url = filled(place("one"), tmp_path, TALK, long_talk(150))
    assert checked(url) == Checkup((), ())
    with opened(url) as memory:
        memory.forget(Wanted(matching="Lisbon"))
        memory.forget(Wanted(entity="Kilimanjaro"))
        memory.forget(Wanted(messages=tuple(said(url)[20:60:3])))
    assert checked(url) == Checkup((), ())


def test_what_is_derived_is_mended(place: Place, tmp_path: Path) -> None:  # noqa: F811
    url = filled(place("one"), tmp_path, TALK)
    whole = exported(url)
    (insight,) = [each for each in of_kind(url, NodeKind.INSIGHT) if isinstance(each, Insight) and each.support == 2]
    (query,) = [each for each in of_kind(url, NodeKind.QUERY) if isinstance(each, Query)]
    first, _, third, fourth = said(url)
    changed(
        url,
        Changes(
            nodes=(
                replace(insight, support=7, state="candidate"),
                replace(query, outcome="open"),
                Note("n_loose", "Nothing", "Nobody."),
                Entity("e_loose", "Nobody", "PERSON"),
            ),
            edges=(
                Edge(first, third, EdgeKind.NEXT),
                Edge(fourth, first, EdgeKind.NEXT),
                Edge(first, query.id, EdgeKind.MENTIONS),
                Edge("n_loose", "e_loose", EdgeKind.MENTIONS),
            ),
        ),
    )
    found = checked(url)
    assert {(each.rule, each.id) for each in found.found} == {
        ("counts are right", insight.id),
        ("counts are right", query.id),
        ("what is derived rests on something", "n_loose"),
        ("turns follow one another", first),
        ("turns follow one another", fourth),
        ("edges join what they may", first),
    }
    assert found.left == found.found
    assert checked(url, repair=True).left == ()
    # What rested on nothing but what was removed went too.
    assert exported(url) == whole


def test_two_in_one_place_are_told_and_left(place: Place, tmp_path: Path) -> None:  # noqa: F811
    url = filled(place("one"), tmp_path, TALK)
    with opened(url) as memory:
        first = memory.node(said(url)[0])
    assert isinstance(first, Interaction)
    changed(url, Changes(nodes=(replace(first, id="m_again"),)))
    assert [each.rule for each in checked(url, repair=True).left] == ["each has a place of its own"]


def test_a_message_without_an_episode_is_told_and_given_one(place: Place, tmp_path: Path) -> None:  # noqa: F811
    url = filled(place("one"), tmp_path, TALK, long_talk(150))
    whole = exported(url)
    with opened(url) as memory:
        within = list(memory._store.edges(None, (EdgeKind.PART_OF,)))
    lost = [within[0], within[-1]]
    changed(url, Changes(removed=Removal(edges=tuple(map(ends, lost)))))
    found = checked(url)
    told = [each.what for each in found.found if each.rule == "a message is part of one episode"]
    assert told
    assert all("part of none; `memcli episode derive` cuts them" in each for each in told)
    assert checked(url, repair=True).left == ()
    assert exported(url) == whole


def test_a_conversation_from_before_there_were_episodes_is_one_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = filled(f"sqlite:///{tmp_path}/memory.db", tmp_path, long_talk(150), talk("Ann: Hello.", conversation="new"))
    whole = exported(url)
    old = [
        each.id for each in of_kind(url, NodeKind.EPISODE) if isinstance(each, Episode) and each.conversation != "new"
    ]
    changed(url, Changes(removed=Removal(nodes=tuple(old))))
    with monkeypatch.context() as patched:
        patched.setattr("graph.episodes.Cutter", None)
        [fault] = checked(url).found
    assert fault.what.startswith("150 of ")
    assert checked(url, repair=True).left == ()
    assert exported(url) == whole


def test_a_memory_from_before_there_were_episodes_lacks_none(place: Place, tmp_path: Path) -> None:  # noqa: F811
    url = filled(place("one"), tmp_path, TALK)
    changed(url, Changes(removed=Removal(nodes=tuple(each.id for each in of_kind(url, NodeKind.EPISODE)))))
    assert checked(url) == Checkup((), ())


def test_a_fact_under_another_name_of_whom_it_concerns_is_put_right(
    place: Place,  # noqa: F811
    tmp_path: Path,
) -> None:
    url = filled(place("one"), tmp_path, talk("Zoe: I live in Basel.", "Zoe Maria: I live in Zermatt."))
    with opened(url) as memory:
        memory.merge_entities("Zoe", "Zoe Maria")
    whole = exported(url)
    (fact,) = [each for each in of_kind(url, NodeKind.FACT) if isinstance(each, Fact) and each.object == "Basel"]
    changed(url, Changes((replace(fact, subject="Zoe"),)))
    assert "facts are of whom they concern" in {each.rule for each in checked(url).found}
    assert checked(url, repair=True).left == ()
    assert exported(url) == whole


def test_a_fact_is_of_whom_it_concerns_however_their_name_is_spelt(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/memory.db"
    filled(url, tmp_path, talk("User: I live in Lisbon.", "user: I work at Google.", "USER: I love running."))
    assert checked(url) == Checkup((), ())


SQL = {
    "edges join nodes": "DELETE FROM node WHERE id LIKE 'q_%'",
    "what is said is indexed": """INSERT INTO whole_text (whole_text) VALUES ('delete-all')""",
    "only what is said is indexed": "INSERT INTO whole_text (rowid, text) VALUES (9999, 'zermatt')",
    "mentions are counted": "UPDATE entity SET mentions = mentions + 3",
    "nodes are whole": "INSERT INTO node (id, kind) VALUES ('n_half', 'note')",
    "vectors belong to what is said": "INSERT INTO vector (key, model, numbers) VALUES (9999, 'x', x'00')",
    "who speaks has said something": "INSERT INTO speaker SELECT 'nowhere', 'x', key FROM entity LIMIT 1",
    "what is forgotten is wiped": "PRAGMA user_version = 1",
}


@pytest.mark.parametrize("rule", SQL)
def test_what_is_wrong_in_a_file(tmp_path: Path, rule: str) -> None:
    url = filled(f"sqlite:///{tmp_path}/memory.db", tmp_path, TALK)
    connection = sqlite3.connect(tmp_path / "memory.db", isolation_level=None)
    connection.execute(SQL[rule])
    connection.close()
    assert rule in {each.rule for each in checked(url).found}
    assert checked(url, repair=True).left == ()
    assert checked(url) == Checkup((), ())
    store = open_store(url, create=False)
    assert len(store.search(TextQuery(("zermatt",)))) == 3
    store.close()


CYPHER = {
    "what is said is indexed": "MATCH (t:_MemcliText) WITH t LIMIT 2 DELETE t",
    "only what is said is indexed": "CREATE (:_MemcliText {of: 'm_none', words: 'zermatt', scope: 'c', space: 's'})",
    "names lead to entities": "CREATE (:_MemcliSpeaker {scope: 'c', folded: 'x', entity: 'e_none'})",
    "words are counted": "MATCH (i:_MemcliIndex) SET i.wholes = i.wholes + 5",
}


@pytest.mark.parametrize("rule", CYPHER)
def test_what_is_wrong_in_a_database(neo4j_url: str, tmp_path: Path, rule: str) -> None:
    with neo4j.GraphDatabase.driver(neo4j_url) as driver:
        driver.execute_query(OWN + " DETACH DELETE n")
        url = filled(neo4j_url, tmp_path, TALK)
        words = "MATCH (w:_MemcliWord) RETURN w.word AS word, w.wholes AS wholes, w.pieces AS pieces ORDER BY word"
        before = driver.execute_query(words).records
        driver.execute_query(CYPHER[rule])
        assert rule in {each.rule for each in checked(url).found}
        assert checked(url, repair=True).left == ()
        assert driver.execute_query(words).records == before
        store = open_store(url, create=False)
        assert len(store.search(TextQuery(("zermatt",)))) == 3
        store.close()
        driver.execute_query(OWN + " DETACH DELETE n")
