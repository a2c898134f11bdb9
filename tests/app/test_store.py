"""`memcli store copy`, `backup`, `restore`: what people and scripts see of them."""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from graph.model import Changes, Entity
from graph.store.registry import open_store
from memcli.render.progress import TerminalProgress
from memcli.schema import schema_of
from memcli.session import Terminals

from .world import World


@pytest.fixture
def home(world: World) -> Path:
    return world.home


def exported(world: World, store: str) -> str:
    ran = world("graph", "export", "--store", store)
    assert ran.code == 0
    return ran.out


def test_a_copy_holds_the_same(world: World, sample_store: Path) -> None:
    ran = world("store", "copy", str(sample_store), "copy.db")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("both hold the same\n")
    assert exported(world, "copy.db") == exported(world, str(sample_store))
    data = world("store", "copy", str(sample_store), "copy.db", "--json").data
    assert (data["written"], data["differing"], data["differences"]) == (0, 0, [])
    assert data["from"] == f"sqlite:///{sample_store}"
    assert data["to"] == f"sqlite:///{world.home}/copy.db"


def test_a_backup_is_restored(world: World, home: Path) -> None:
    ran = world("store", "backup", str(home / "a.gz"))
    assert ran.out == f"wrote {home}/a.gz: {(home / 'a.gz').stat().st_size} bytes\n"
    assert world("store", "restore", str(home / "a.gz"), "--store", "new.db").code == 0
    assert exported(world, "new.db") == exported(world, world.env["MEMCLI_STORE"])
    again = world("store", "backup", str(home / "a.gz"), "--store", "new.db", "--json").data
    assert again == {
        "store": f"sqlite:///{home}/new.db",
        "file": str(home / "a.gz"),
        "bytes": (home / "a.gz").stat().st_size,
    }


def test_a_difference_is_a_failure(world: World, sample_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from graph.transfer import Transfer

    monkeypatch.setattr(Transfer, "_fresh_checkpoints", lambda self, batch: [])
    ran = world("store", "copy", str(sample_store), "copy.db", "--json")
    assert ran.code == 1
    assert ran.envelope["status"] == "error"
    assert ran.envelope["warnings"] == ["the two differ in 8 places"]
    Draft202012Validator(json.loads(schema_of("store copy"))).validate(ran.data)
    assert ran.data["differences"][0] | {"key": []} == {"part": "checkpoint", "key": [], "here": True, "there": False}
    ran = world("store", "copy", str(sample_store), "copy.db")
    assert (ran.code, ran.err) == (1, "warning: the two differ in 8 places\n")
    assert ran.out.count("missing in the target") == 8


def test_a_store_cannot_be_copied_to_itself(world: World, sample_store: Path) -> None:
    link = world.home / "link.db"
    link.symlink_to(sample_store)
    for other in (
        str(sample_store),
        f"sqlite:///{sample_store.parent}/../{sample_store.parent.name}/memory.db",
        str(link),
    ):
        ran = world("store", "copy", str(sample_store), other)
        assert (ran.code, ran.out) == (2, "")
        assert "the same store" in ran.err


@pytest.mark.parametrize(
    "command", [["copy", "a.db"], ["copy", "a.db", "b.db", "--store", "c.db"], ["backup"], ["restore"]]
)
def test_wrong_usage(world: World, command: list[str]) -> None:
    ran = world("store", *command)
    assert (ran.code, ran.out) == (2, "")
    assert not (world.home / "b.db").exists()


def test_what_is_not_there_makes_no_store(world: World, home: Path) -> None:
    ran = world("store", "copy", "none.db", "new.db")
    assert ran.code == 4
    assert "no memory at" in ran.err
    ran = world("store", "restore", str(home / "none.gz"), "--store", "new.db")
    assert ran.code == 3
    (home / "x.gz").write_bytes(gzip.compress(b"hello"))
    ran = world("store", "restore", str(home / "x.gz"), "--store", "new.db", "--json")
    assert (ran.code, ran.envelope["errors"][0]["code"]) == (4, "store-foreign")
    assert not (home / "new.db").exists()


def test_files_of_others(world: World, home: Path, sample_store: Path) -> None:
    theirs = home / "theirs.txt"
    theirs.write_text("theirs")
    for arguments in (("copy", str(theirs), "new.db"), ("copy", str(sample_store), str(theirs))):
        ran = world("store", *arguments, "--json")
        assert (ran.code, ran.envelope["errors"][0]["code"]) == (4, "store-foreign")
    ran = world("store", "backup", str(theirs))
    assert ran.code == 2
    assert "is no backup" in ran.err
    # Least of all the store itself.
    assert world("store", "backup", str(sample_store)).code == 2
    assert theirs.read_text() == "theirs"
    assert sorted(each.name for each in home.iterdir()) == ["theirs.txt"]


def test_a_server_that_does_not_answer(world: World, sample_store: Path) -> None:
    for arguments in ((str(sample_store), "bolt://127.0.0.1:9"), ("bolt://127.0.0.1:9", "new.db")):
        ran = world("store", "copy", *arguments)
        assert ran.code == 4
        assert "bolt://127.0.0.1:9 cannot be reached" in ran.err
        assert "hint: " in ran.err
    assert not (world.home / "new.db").exists()


def test_another_memory_is_refused(world: World, sample_store: Path) -> None:
    store = open_store(f"sqlite:///{world.home}/other.db", create=True)
    with store.transaction(write=True):
        store.save(Changes((Entity("e_x", "Elsewhere", "GPE"),)))
    store.close()
    ran = world("store", "copy", str(sample_store), "other.db")
    assert ran.code == 4
    assert "another memory: node e_x" in ran.err
    assert exported(world, "other.db").count("\n") == 1


def test_a_disk_that_is_full_and_a_folder_that_is_not_there(world: World, home: Path) -> None:
    assert world("store", "backup", "/dev/full").code == 1
    assert world("store", "backup", str(home / "none" / "a.gz")).code == 3
    assert world("store", "backup", str(home)).code == 1
    assert list(home.iterdir()) == []


def test_a_terminal_sees_how_it_gets_on(world: World, sample_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr(TerminalProgress, "begin", lambda self, *given: told.append(given))
    monkeypatch.setattr(TerminalProgress, "advance", lambda self, *given: told.append(given))
    world.terminals = Terminals(stderr=True)
    assert world("store", "copy", str(sample_store), "copy.db").code == 0
    info = world("store", "info", "--json").data
    size = sum(info["nodes"].values()) + sum(info["edges"].values()) + info["events"] + info["sources"]
    assert told[0] == ("copying", size)
    assert told[-1] == (size, size)
    assert len(told) > 10
    told.clear()
    assert world("store", "copy", str(sample_store), "copy.db", "--quiet").code == 0
    assert told == []


def test_a_doctor_finds_and_mends(empty: World) -> None:
    assert empty("ingest", "-", stdin=b'{"speaker": "Ann", "text": "I love Zermatt."}\n').code == 0
    ran = empty("store", "doctor")
    assert (ran.code, ran.out) == (0, "all is well\n")
    connection = sqlite3.connect(empty.home / "memory.db")
    connection.execute("UPDATE entity SET mentions = 9")
    connection.commit()
    connection.close()
    ran = empty("store", "doctor", "--json")
    assert (ran.code, ran.envelope["status"], ran.data["repaired"]) == (1, "error", 0)
    assert {each["rule"] for each in ran.data["faults"]} == {"mentions are counted"}
    Draft202012Validator(json.loads(schema_of("store doctor"))).validate(ran.data)
    ran = empty("store", "doctor", "--repair")
    assert (ran.code, ran.out) == (0, "repaired 2\nall is well\n")


@pytest.mark.parametrize(
    ("terminals", "flags", "seen"),
    [(Terminals(stderr=True), [], True), (Terminals(stderr=True), ["--quiet"], False), (Terminals(), [], False)],
)
def test_a_terminal_sees_that_a_memory_of_an_older_version_is_migrated(
    empty: World, monkeypatch: pytest.MonkeyPatch, terminals: Terminals, flags: list[str], seen: bool
) -> None:
    told: list[object] = []
    monkeypatch.setattr(TerminalProgress, "begin", lambda self, *given: told.append(given))
    monkeypatch.setattr(TerminalProgress, "end", lambda self: told.append("end"))
    empty.terminals = terminals
    assert empty("ingest", "-", "--quiet", stdin=b'{"speaker": "Ann", "text": "I love Zermatt."}\n').code == 0
    before = empty("graph", "stats", *flags)
    assert told == []
    connection = sqlite3.connect(empty.home / "memory.db")
    connection.execute("ALTER TABLE episode DROP COLUMN folded_strength")
    connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'folded_episodes'")
    connection.commit()
    connection.close()
    assert empty("graph", "stats", *flags) == before
    assert told == ([("migrating", None), "end"] if seen else [])
