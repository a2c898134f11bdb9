"""Not a byte of what is forgotten stays in the files beside an SQLite store, nor a property or a word in Neo4j."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from struct import pack

import neo4j
import pytest

from graph.errors import StoreBusyError
from graph.forgetting.choosing import Wanted
from graph.model import Changes, NodeKind, Relation, Selection, Vector
from graph.store.sqlite.store import SqliteStore
from tests.ingest.memories import long_talk, talk

from .conftest import OWN
from .memories import exported, filled, forgotten, nodes, opened

SECRET = "xylofonika"
NAMED = "Vrbovsko"
TALK = talk(
    "Ann: Good morning, how was the Kilimanjaro?",
    f"Bob: I love {NAMED}. The {SECRET} there is called {SECRET.upper()}, what is a {SECRET}?",
    "Ann: We should go there together.",
    conversation="secret",
)
NUMBERS = pack("<4f", 0.1234567, 0.7654321, 0.5, 0.37)


def bytes_of(url: str) -> bytes:
    """All files of an SQLite store, and whatever lies beside it."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in sorted(path.parent.iterdir()))


def traces(url: str) -> list[str]:
    """What of the secret is found in the files, in any case and encoding, and as a stem of the index."""
    found = bytes_of(url)
    words = {word for text in (SECRET, NAMED) for word in (text, text.lower(), text.upper())} | {SECRET[:8]}
    return sorted(w for w in words if any(w.encode(code) in found for code in ("utf-8", "utf-16-le", "utf-16-be")))


@pytest.fixture
def url(tmp_path: Path) -> str:
    (tmp_path / "store").mkdir()
    url = filled(f"sqlite:///{tmp_path}/store/memory.db", tmp_path, long_talk(80), TALK, long_talk(80, "later"))
    store = SqliteStore(Path(url.removeprefix("sqlite:///")))
    said = next(each for each in nodes(url, NodeKind.INTERACTION) if SECRET in each.text)  # type: ignore[union-attr]
    with store.transaction(write=True):
        store.save(Changes(vectors=(Vector(said.id, "small", NUMBERS, NUMBERS * 3),)))
    store.close()
    return url


def test_no_byte_stays(url: str) -> None:
    assert len(traces(url)) > 3
    assert NUMBERS in bytes_of(url)
    forgotten(url, messages=("2",), conversation="secret")
    assert traces(url) == []
    assert NUMBERS not in bytes_of(url)
    assert len(nodes(url, NodeKind.INTERACTION)) == 162


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(messages=("2",), conversation="secret"),
        Wanted(matching=SECRET),
        Wanted(entity=NAMED, with_messages=True),
        Wanted(conversation="secret"),
    ],
)
def test_no_byte_stays_in_the_reasons_of_decisions(url: str, wanted: Wanted) -> None:
    why = f"{NAMED.upper()}: said of the {SECRET}"
    with opened(url) as memory:
        one, other, third = [each.id for each in memory.nodes(Selection((NodeKind.NOTE,), conversation="later"))][:3]
        memory.link(one, other, Relation.SAME_TOPIC, why)
        memory.link(one, third, Relation.SAME_TOPIC, "said on Mondays")
        memory.unlink(one, third, why)
        [edited] = memory.edit(other, {"title": "Another"}, why)
        memory.undo(edited.id, agree=lambda _: None)
        memory.merge_entities("Bob", "Carla", why)
        memory.forget(wanted)
        assert traces(url) == []
        # The decisions hold, can be undone, and keep the reasons that tell nothing of it.
        events = [each for each in memory._store.events() if each.decided_by == "person"]
        assert len(events) == 6
        assert [each.reason for each in events if each.reason] == ["said on Mondays"]
        linked = next(each for each in events if each.other == other)
        memory.undo(linked.id, agree=lambda _: None)
        assert memory.check().found == ()


def test_no_byte_stays_while_others_have_the_memory_open(url: str) -> None:
    with opened(url) as other:
        assert other.info().nodes
        forgotten(url, matching=SECRET)
        assert traces(url) == []


def test_whoever_reads_an_earlier_state_keeps_its_bytes_and_it_is_said(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.store.sqlite.connection.BUSY_SECONDS", 0.1)
    with opened(url) as other, other.snapshot() as snapshot:
        next(iter(snapshot.nodes()))
        with opened(url) as memory, pytest.raises(StoreBusyError, match="bytes are still"):
            memory.forget(Wanted(matching=SECRET))
    assert SECRET not in exported(url)
    with opened(url) as memory, memory._store.transaction(write=True, wipe=True):
        pass
    assert traces(url) == []


DYING = """
import os, signal, sys
from graph.forgetting.choosing import Wanted
from tests.forgetting.memories import opened
import graph.store.sqlite.wipe as wipe
import graph.store.sqlite.store as store
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
url, where = sys.argv[1:]
if where == "before":
    store.wiped = die
elif where == "removing":
    store.write.save, save = (lambda *given: (save(*given), die())), store.write.save
else:
    wipe._empty_log = die
with opened(url) as memory:
    memory.forget(Wanted(matching="xylofonika"))
"""


@pytest.mark.parametrize("where", ["removing", "before", "amid"])
def test_a_crash_leaves_a_store_that_opens_and_can_be_wiped(url: str, where: str) -> None:
    root = Path(__file__).resolve().parents[2]
    died = subprocess.run([sys.executable, "-c", DYING, url, where], cwd=root, env={**os.environ, "PYTHONPATH": "."})
    assert died.returncode == -signal.SIGKILL
    assert (SECRET in exported(url)) == (where == "removing")
    with opened(url) as memory:
        if where == "removing":
            memory.forget(Wanted(matching=SECRET))
        with memory._store.transaction(write=True, wipe=True):
            pass
    assert traces(url) == []
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_no_property_no_word_and_no_index_of_neo4j_knows_it(neo4j_url: str, tmp_path: Path) -> None:
    with neo4j.GraphDatabase.driver(neo4j_url) as driver:
        driver.execute_query(OWN + " DETACH DELETE n")
        url = filled(neo4j_url, tmp_path, long_talk(40), TALK)

        def known() -> list[object]:
            rows = driver.execute_query("MATCH (n) RETURN labels(n) AS labels, properties(n) AS told").records
            rows += driver.execute_query("MATCH ()-[r]->() RETURN type(r) AS labels, properties(r) AS told").records
            folded = [(row["labels"], str(row["told"]).casefold()) for row in rows]
            return [each for each in folded if any(word in each[1] for word in (SECRET[:8], NAMED.casefold()))]

        def hits(index: str) -> int:
            asked = "CALL db.index.fulltext.queryNodes($name, $words) YIELD node RETURN count(node) AS hits"
            words = f"words:{SECRET[:8]}* words:{NAMED.casefold()[:6]}*"
            return int(driver.execute_query(asked, name=index, words=words).records[0]["hits"])

        assert known()
        assert hits("memcli_whole") == hits("memcli_piece") == 1
        forgotten(url, messages=("2",), conversation="secret")
        assert known() == []
        assert hits("memcli_whole") == hits("memcli_piece") == 0
        (index,) = driver.execute_query("MATCH (i:_MemcliIndex) RETURN i.wholes AS wholes, i.pieces AS pieces").records
        texts = driver.execute_query("MATCH (t:_MemcliText) RETURN count(t) AS wholes").records[0]["wholes"]
        assert index["wholes"] == texts == 42
        driver.execute_query(OWN + " DETACH DELETE n")
