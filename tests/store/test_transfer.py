"""Copies between stores of any kind: the same graph, the same answers, whatever happens on the way."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count, pairwise
from pathlib import Path

import neo4j
import pytest
from msgspec.structs import replace

from graph.comparison import Difference, Part
from graph.errors import StoreError
from graph.model import Changes, Edge, EdgeKind, Entity
from graph.store.registry import open_store, same_store
from graph.transfer import TransferReport, copy
from tests.ingest.memories import long_talk, written
from tests.store import graphs
from tests.store.graphs import EVERYTHING, said
from tests.store.moving import SAMPLES, checkpoints, exported, filled, hits, opened, resolved, vectors

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("sqlite", "neo4j")
_OWN = "MATCH (n) WHERE any(label IN labels(n) WHERE label STARTS WITH '_Memcli' AND label <> '_MemcliMigration') "

Place = Callable[[str], str]


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Gives URLs of empty stores: any number of kind sqlite, one of kind neo4j."""
    emptied: list[str] = []
    number = count()

    def given(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path}/{next(number)}.db"
        url: str = request.getfixturevalue("neo4j_url")
        empty(url)
        emptied.append(url)
        return url

    yield given
    for url in emptied:
        empty(url)


def empty(url: str) -> None:
    with neo4j.GraphDatabase.driver(url) as driver:
        driver.execute_query(_OWN + "DETACH DELETE n")


def copied(source: str, target: str) -> TransferReport:
    with opened(source) as one, opened(target) as other:
        return one.copy(other)


def save(url: str, changes: Changes) -> None:
    store = open_store(url, create=True)
    with store.transaction(write=True):
        store.save(changes)
    store.close()


def test_there_and_back_again_is_the_same(place: Place) -> None:
    first = filled(place("sqlite"), SAMPLES / "friends.jsonl", SAMPLES / "meetings.md")
    graph = exported(first)
    before = first
    for kind in ("neo4j", "sqlite", "sqlite"):
        after = place(kind)
        report = copied(before, after)
        assert (report.vectors, report.sources) == (10, 2)
        assert report.nodes + report.edges == len(graph.splitlines())
        assert report.written == report.nodes + report.edges + report.events + 12
        assert (report.differing, report.differences) == (0, ())
        assert exported(after) == graph
        assert checkpoints(after) == checkpoints(first) != []
        assert vectors(after) == vectors(first) != []
        assert resolved(after) == resolved(first)
        with opened(after) as memory:
            again = memory.ingest([SAMPLES / "friends.jsonl", SAMPLES / "meetings.md"])
        assert (again.added, again.skipped) == (0, again.read)
        assert exported(after) == graph
        before = after
    assert hits(before) == hits(first)


def test_a_copy_answers_as_a_store_of_its_kind_that_took_in_the_same(place: Place) -> None:
    source = filled(place("sqlite"), SAMPLES / "friends.jsonl")
    target = place("neo4j")
    filled(target, SAMPLES / "friends.jsonl")
    wanted = hits(target, 12)
    empty(target)
    copied(source, target)
    assert hits(target, 12) == wanted
    assert sum(map(len, wanted)) > 100


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_copy_writes_nothing(place: Place, kind: str) -> None:
    source, target = place("sqlite"), place(kind)
    save(source, EVERYTHING)
    assert copied(source, target).written == len(graphs.NODES) + len(graphs.EDGES)
    assert copied(source, target).written == 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_came_since_is_brought_up_to_date(place: Place, kind: str, tmp_path: Path) -> None:
    talk = long_talk(120)
    source, target = place("sqlite"), place(kind)
    filled(source, written(tmp_path / "chat.jsonl", talk[:60]))
    copied(source, target)
    filled(source, written(tmp_path / "chat.jsonl", talk), written(tmp_path / "more.jsonl", long_talk(40, "more")))
    report = copied(source, target)
    assert 0 < report.written < report.nodes + report.edges
    assert report.differing == 0
    assert exported(target) == exported(source)
    assert resolved(target) == resolved(source)


@pytest.mark.parametrize(
    "other",
    [
        Changes((said("m_9", "Somebody else.", 0),)),
        Changes((replace(graphs.HELLO, text="Something else"),)),
        Changes((replace(graphs.ZURICH, label="ORG"),)),
        Changes((replace(graphs.ZURICH, aliases=("Turicum",)),)),
        Changes((graphs.HELLO, graphs.REPLY), (Edge("m_2", "m_1", EdgeKind.NEXT),)),
    ],
    ids=["more", "otherwise", "another label", "another alias", "another edge"],
)
@pytest.mark.parametrize("kind", KINDS)
def test_another_memory_is_left_as_it_is(place: Place, kind: str, other: Changes) -> None:
    source, target = place("sqlite"), place(kind)
    save(source, EVERYTHING)
    save(target, other)
    before = exported(target)
    with pytest.raises(StoreError, match="another memory") as raised:
        copied(source, target)
    assert "empty" in raised.value.hint
    assert exported(target) == before


def test_what_differs_all_the_same_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = place("sqlite"), place("sqlite")
    save(source, EVERYTHING)
    with opened(source) as one, opened(target) as other:
        real = other._store.save

        def losing(changes: Changes) -> object:
            kept = tuple(edge for edge in changes.edges if edge.kind is not EdgeKind.ASKED_IN)
            nodes = tuple(Entity(n.id, "X", n.label) if n.id == "e_1" else n for n in changes.nodes)
            return real(replace(changes, nodes=nodes, edges=kept))

        monkeypatch.setattr(other._store, "save", losing)
        report = one.copy(other)
    assert report.differing == 2
    (edge,) = (edge for edge in graphs.EDGES if edge.kind is EdgeKind.ASKED_IN)
    assert report.differences == (
        Difference(Part.NODE, ("e_1",), graphs.ZURICH, Entity("e_1", "X", "GPE")),
        Difference(Part.EDGE, (edge.source, edge.kind, edge.target), edge, None),
    )


@pytest.mark.parametrize(("kind", "writes"), [("sqlite", (1, 1, 7, 9, 5, 8)), ("neo4j", (1, 8, 12, 9))])
def test_a_copy_that_is_killed_again_and_again_ends_as_any_other(
    place: Place, kind: str, writes: tuple[int, ...], tmp_path: Path
) -> None:
    source, target = place("sqlite"), place(kind)
    filled(source, written(tmp_path / "chat.jsonl", long_talk(200)))
    graph = exported(source)
    parts = len(graph.splitlines()) + len(vectors(source)) + decided(source) + 1
    left = 0
    for number, each in enumerate(writes):
        inside = number % 2 == 0
        assert process(source, target, each, "inside" if inside else "after").returncode == -signal.SIGKILL
        before, left = left, len(exported(target).splitlines())
        # The batch it died in is not there; all before it are, of which the last one of all nodes is smaller.
        assert 40 * (each - inside - 1) < left - before <= 40 * (each - inside)
        assert checkpoints(target) == []
    last = process(source, target, -1, "after")
    assert json.loads(last.stdout) == {"written": parts - left, "differing": 0}
    assert 0 < left < parts
    assert exported(target) == graph
    assert checkpoints(target) == checkpoints(source)
    assert vectors(target) == vectors(source)
    assert resolved(target) == resolved(source)


def decided(url: str) -> int:
    """How many events there are."""
    with opened(url) as memory:
        return memory.info().events


def process(source: str, target: str, writes: int, where: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.store.moving", source, target, str(writes), where]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_what_is_taken_in_meanwhile_is_left_for_the_next_copy(place: Place, tmp_path: Path) -> None:
    source, target = place("sqlite"), place("sqlite")
    filled(source, written(tmp_path / "chat.jsonl", long_talk(60)))
    graph = exported(source)

    class Ingesting:
        """Progress that takes in something else at the first batch."""

        done = False

        def begin(self, path: str, size: int | None) -> None: ...

        def advance(self, offset: int, records: int) -> None:
            if not self.done:
                self.done = True
                filled(source, written(tmp_path / "more.jsonl", long_talk(60, "more")))

        def end(self) -> None: ...

    with opened(source) as one, opened(target) as other:
        assert one.copy(other, progress=Ingesting()).differing == 0
    assert exported(target) == graph != exported(source)
    assert copied(source, target).differing == 0
    assert exported(target) == exported(source)


def test_memory_does_not_grow_with_the_store(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import tracemalloc

    monkeypatch.setattr("graph.transfer.BATCH", 50)

    def peak(size: int) -> int:
        source, target = place("sqlite"), place("sqlite")
        nodes = tuple(said(f"m_{number:06}", "word " * 20, number) for number in range(size))
        edges = tuple(Edge(one.id, other.id, EdgeKind.NEXT) for one, other in pairwise(nodes))
        save(source, Changes(nodes, edges))
        del nodes, edges
        one, other = open_store(source, create=False), open_store(target, create=True)
        tracemalloc.start()
        copy(one, other)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        one.close()
        other.close()
        return found

    peak(100)
    assert peak(4000) < 1.5 * peak(400)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("sqlite:////a/b/../c.db", "sqlite:////a/c.db", True),
        ("sqlite:////a/c.db", "sqlite:////a/d.db", False),
        ("bolt://h", "neo4j://ann@H:7687/", True),
        ("bolt://h/work", "bolt://h", False),
        ("bolt://h:1", "bolt://h:2", False),
        ("sqlite:////h:7687/", "bolt://h", False),
    ],
)
def test_which_urls_mean_the_same_store(one: str, other: str, same: bool) -> None:
    assert same_store(one, other) is same
