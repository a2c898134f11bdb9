"""Files that are no store, and days on which a store cannot be written: always a plain error, and the file is kept."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from textwrap import dedent

import pytest

from graph.errors import (
    MemcliError,
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreForeignError,
    StoreMissingError,
    StoreNewerError,
)
from graph.model import EdgeKind, Reach, Selection, TextQuery
from graph.store.sqlite import connection
from graph.store.sqlite.migrations import NAMES
from graph.store.sqlite.store import SqliteStore
from tests.store.conformance import fill, ids, save
from tests.store.friends import PATIENCE
from tests.store.graphs import NODES, said

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store that holds the small graph."""
    store = fill(SqliteStore(tmp_path / "memory.db", create=True))
    store.close()
    return tmp_path / "memory.db"


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def refused(path: Path, kind: type[StoreError], *, create: bool = True) -> None:
    """Opening fails with `kind`, which says which file and what to do."""
    with pytest.raises(kind) as raised:
        SqliteStore(path, create=create)
    assert type(raised.value) is kind
    assert str(path) in raised.value.message
    assert raised.value.hint


# --- What is no store ----------------------------------------------------------------------------


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_another_programs_database_is_left_as_it_is(tmp_path: Path, create: bool, mode: str) -> None:
    other = tmp_path / "other.db"
    made = sqlite3.connect(other)
    made.execute(f"PRAGMA journal_mode = {mode}")
    made.execute("CREATE TABLE contact (name TEXT)")
    made.execute("INSERT INTO contact VALUES ('Ann')")
    made.commit()
    made.close()
    before = digest(other)
    refused(other, StoreForeignError, create=create)
    assert digest(other) == before


def test_a_database_of_views_alone_is_another_programs_too(tmp_path: Path) -> None:
    made = sqlite3.connect(tmp_path / "other.db")
    made.execute("CREATE VIEW one AS SELECT 1")
    made.close()
    refused(tmp_path / "other.db", StoreForeignError)


def test_migrations_of_another_set_do_not_make_a_store(tmp_path: Path) -> None:
    made = sqlite3.connect(tmp_path / "other.db")
    made.execute("CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT)")
    made.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('diary', 'first')")
    made.commit()
    made.close()
    refused(tmp_path / "other.db", StoreForeignError)


@pytest.mark.parametrize("data", [b"x", b"SQLite format 3", b"SQLite format 2\x00" + bytes(100), b"PK\x03\x04" * 99])
def test_what_is_not_sqlite_is_left_as_it_is(tmp_path: Path, data: bytes) -> None:
    other = tmp_path / "notes.txt"
    other.write_bytes(data)
    refused(other, StoreForeignError)
    assert other.read_bytes() == data
    assert list(tmp_path.iterdir()) == [other]


def test_a_header_alone_is_no_store(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"SQLite format 3\x00" + b"nonsense" * 500)
    before = digest(other)
    with pytest.raises(StoreError) as raised:
        SqliteStore(other, create=True)
    assert raised.value.hint
    assert digest(other) == before


def test_a_folder(tmp_path: Path) -> None:
    refused(tmp_path, StoreForeignError)


def test_a_pipe_and_a_device_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", StoreForeignError)
    refused(Path("/dev/zero"), StoreForeignError)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    refused(tmp_path / "file" / "memory.db", StoreError)


def test_nothing_is_made_where_nothing_is_wanted(tmp_path: Path) -> None:
    refused(tmp_path / "deep" / "memory.db", StoreMissingError, create=False)
    (tmp_path / "empty.db").touch()
    refused(tmp_path / "empty.db", StoreMissingError, create=False)
    assert [each.name for each in tmp_path.iterdir()] == ["empty.db"]


def test_a_store_of_a_newer_version_is_left_as_it_is(path: Path) -> None:
    made = sqlite3.connect(path)
    made.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('memcli', 'from_the_future')")
    made.commit()
    made.close()
    before = digest(path)
    refused(path, StoreNewerError)
    assert digest(path) == before


# --- Damage --------------------------------------------------------------------------------------


def read_everything(store: SqliteStore) -> None:
    store.info()
    list(store.nodes(Selection()))
    list(store.nodes(Selection(ranked=True, conversation="trip")))
    list(store.edges(None, ()))
    store.neighborhood(["m_1"], tuple(EdgeKind), Reach(4, 100))
    store.search(TextQuery(("hotel", "booked")))
    store.resolve(["ann", "bob"])
    store.frontier([], ["trip", "plans"], [("trip", "1")])
    list(store.checkpoints(["d"]))
    save(store, said("m_9", "Written after the damage.", 9))


def test_any_damage_is_named_or_does_no_harm(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    chance = random.Random(20240305)
    damaged = tmp_path / "damaged.db"
    raised = []
    for _ in range(150):
        data = bytearray(whole)
        start = chance.randrange(100, len(data))
        for place in range(start, min(len(data), start + chance.choice([1, 8, 200, 5000]))):
            data[place] = chance.randrange(256)
        damaged.write_bytes(data)
        for log in ("-wal", "-shm"):
            Path(f"{damaged}{log}").unlink(missing_ok=True)
        try:
            store = SqliteStore(damaged)
            try:
                read_everything(store)
            finally:
                store.close()
        except StoreError as error:
            raised.append(error)
    assert all(error.message and error.hint for error in raised)
    assert StoreCorruptError in map(type, raised)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_store(path: Path, share: float) -> None:
    os.truncate(path, int(path.stat().st_size * share))
    before = digest(path)
    with pytest.raises(StoreCorruptError) as raised:
        read_everything(SqliteStore(path))
    assert raised.value.hint
    assert digest(path) == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE interaction SET metadata = '{'",
        "UPDATE interaction SET form = 'letter'",
        "UPDATE interaction SET text = CAST(x'ff' AS TEXT)",
        "UPDATE note SET keywords = '3'",
        "UPDATE edge SET kind = 'hates' WHERE kind = 'next'",
    ],
)
def test_rows_that_make_no_sense(path: Path, damage: str) -> None:
    made = sqlite3.connect(path)
    made.execute(damage)
    made.commit()
    made.close()
    store = SqliteStore(path)
    with pytest.raises(StoreCorruptError):
        read_everything(store)
    store.close()


# --- Permissions ---------------------------------------------------------------------------------

MORTAL = """
import ctypes, os, sys
if os.geteuid() == 0:
    # Root passes over permissions by two capabilities; a program begun without them does not.
    for capability in (1, 2):
        assert ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) == 0
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
TRIES = """
import sys
from pathlib import Path
from graph.errors import StoreError
from graph.store.sqlite.store import SqliteStore
from tests.store.conformance import Finding, ids, save
from tests.store.graphs import NODES, said
try:
    store = SqliteStore(Path(sys.argv[1]), create=sys.argv[2] == "create")
    print(len(ids(store)), Finding().found(store, "limmat"))
    save(store, said("m_9", "x", 9))
    print("written")
except StoreError as error:
    print(type(error).__name__, "hint" if error.hint else "no hint")
"""
READ = f"{len(NODES)} ['m_6']"
needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="capabilities are Linux's")


def as_mortal(path: Path, how: str = "open") -> list[str]:
    """What a program that is bound by permissions says of the store at `path`."""
    command = [sys.executable, "-c", MORTAL, "-c", TRIES, str(path), how]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@contextmanager
def modes(path: Path, mode: int, folder: int) -> Iterator[None]:
    """The modes of a file and its folder, for as long as the context lasts."""
    path.chmod(mode)
    path.parent.chmod(folder)
    try:
        yield
    finally:
        path.parent.chmod(0o755)


@needs_linux
def test_permissions_are_felt_here(path: Path) -> None:
    assert as_mortal(path) == [READ, "written"]


@needs_linux
@pytest.mark.parametrize("how", ["open", "create"])
@pytest.mark.parametrize(("mode", "folder"), [(0o444, 0o755), (0o444, 0o555), (0o644, 0o555)])
def test_what_cannot_be_written_is_read(path: Path, mode: int, folder: int, how: str) -> None:
    before = digest(path)
    with modes(path, mode, folder):
        assert as_mortal(path, how) == [READ, "StoreReadOnlyError hint"]
    assert digest(path) == before


@needs_linux
@pytest.mark.parametrize("folder", [0o755, 0o555])
def test_what_cannot_be_written_is_read_while_another_writes(path: Path, folder: int) -> None:
    writer = SqliteStore(path)
    save(writer, said("m_8", "In the log, not yet in the file.", 8))
    with modes(path, 0o444, folder):
        first, second = as_mortal(path)
    assert first == f"{len(NODES) + 1} ['m_6']"
    assert second == "StoreReadOnlyError hint"
    writer.close()


@needs_linux
def test_what_cannot_be_read(path: Path) -> None:
    with modes(path, 0, 0o755):
        assert as_mortal(path) == ["StoreReadOnlyError hint"]


@needs_linux
def test_a_folder_in_which_nothing_can_be_made(path: Path) -> None:
    with modes(path, 0o644, 0o555):
        assert as_mortal(path.parent / "new.db", "create") == ["StoreReadOnlyError hint"]
        assert as_mortal(path.parent / "deep" / "new.db", "create") == ["StoreReadOnlyError hint"]
    assert not (path.parent / "new.db").exists()


# --- A full disk ---------------------------------------------------------------------------------

UNTIL_FULL = """
import resource, sys
from pathlib import Path
from graph.errors import StoreError
from graph.store.sqlite.store import SqliteStore
from tests.store.conformance import ids, save
from tests.store.graphs import NODES, said
path, limit = Path(sys.argv[1]), int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
written = 0
try:
    store = SqliteStore(path, create=True)
    for number in range(10_000):
        save(store, said(f"m_{number:05}", "many words in a row " * 100, number))
        written += 1
except StoreError as error:
    print(type(error).__name__, bool(error.hint), written)
print(len(ids(store)) if "store" in dir() else 0)
"""


def until_full(path: Path, limit: int = 0) -> tuple[str, int]:
    """Write until no more goes in; return the error's name and the number of interactions that are there."""
    command = [sys.executable, "-c", UNTIL_FULL, str(path), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    told, there = done.stdout.splitlines()
    name, hint, written = told.split()
    assert hint == "True"
    assert written == there
    return name, int(written)


@pytest.mark.parametrize("limit", [10_000, 40_000, 200_000, 1_000_000])
def test_a_limit_on_files_loses_nothing_that_was_committed(tmp_path: Path, limit: int) -> None:
    name, written = until_full(tmp_path / "memory.db", limit)
    assert name == "StoreFullError"
    if written:
        store = SqliteStore(tmp_path / "memory.db")
        assert len(ids(store)) == written
        store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(small_disk: Path) -> None:
    path = small_disk / "memory.db"
    name, written = until_full(path)
    assert (name, written > 0) == ("StoreFullError", True)
    # There is no room for a log or a lock, and what is there is read nevertheless.
    filler = small_disk / "filler"
    with pytest.raises(OSError), filler.open("wb", buffering=0) as file:  # noqa: PT011, PT012
        while file.write(b"x" * 512):
            pass
    store = SqliteStore(path)
    assert len(ids(store)) == written
    store.close()
    assert until_full(path)[0] == "StoreFullError"
    filler.unlink()
    store = SqliteStore(path)
    assert len(ids(store)) == written
    store.close()


def test_a_disk_that_was_full_before(small_disk: Path) -> None:
    with pytest.raises(OSError), (small_disk / "filler").open("wb", buffering=0) as file:  # noqa: PT011, PT012
        while file.write(b"x" * 512):
            pass
    assert until_full(small_disk / "memory.db") == ("StoreFullError", 0)


@pytest.mark.parametrize("successor", [False, True])
def test_a_store_that_is_removed_takes_nothing_more(path: Path, successor: bool) -> None:
    store = SqliteStore(path)
    save(store, said("m_a", "Ann", 100))
    path.rename(path.with_suffix(".gone"))
    if successor:
        fill(SqliteStore(path, create=True)).close()
    with pytest.raises(StoreMissingError, match=r"memory\.db was removed or replaced"):
        save(store, said("m_b", "Bob", 101))
    store.close()


# --- Others at the same store --------------------------------------------------------------------


def test_a_store_that_another_process_keeps_locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)
    locking = subprocess.Popen(
        [sys.executable, "-c", LOCK, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert locking.stdout is not None
        assert locking.stdout.readline() == "locked\n"
        store = SqliteStore(path)
        assert len(ids(store)) == len(NODES)
        with pytest.raises(StoreBusyError) as raised:
            save(store, said("m_9", "x", 9))
        assert raised.value.hint
    finally:
        locking.communicate("\n")
    save(store, said("m_9", "x", 9))
    store.close()


LOCK = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
"""


def create_and_save(path: Path, number: int) -> None:
    store = SqliteStore(path, create=True)
    save(store, said(f"m_{number:02}", "x", number))
    store.close()


def test_many_processes_create_a_store_at_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("fork")
    for turn in range(5):
        path = tmp_path / f"{turn}.db"
        racing = [spawn.Process(target=create_and_save, args=(path, number)) for number in range(8)]
        for each in racing:
            each.start()
        for each in racing:
            each.join()
        assert [each.exitcode for each in racing] == [0] * 8
        store = SqliteStore(path)
        assert ids(store) == [f"m_{number:02}" for number in range(8)]
        store.close()


# --- Migrations ----------------------------------------------------------------------------------


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "memory.db").touch()
    store = fill(SqliteStore(tmp_path / "memory.db", create=True))
    assert store.info().schema == NAMES[-1]
    store.close()


def test_an_empty_database_becomes_a_store(tmp_path: Path) -> None:
    made = sqlite3.connect(tmp_path / "memory.db")
    made.execute("CREATE TABLE x (y)")
    made.execute("DROP TABLE x")
    made.commit()
    made.close()
    store = fill(SqliteStore(tmp_path / "memory.db"))
    store.close()


KILLED = dedent("""
    import os, signal, sys
    from pathlib import Path
    from graph.store.sqlite import migrations
    from graph.store.sqlite.store import SqliteStore
    left = int(sys.argv[2])
    def first_graph(db):
        for number, statement in enumerate(migrations._FIRST_GRAPH.split(";;")):
            if number == left:
                os.kill(os.getpid(), signal.SIGKILL)
            db.execute(statement)
    migrations.first_graph = first_graph
    SqliteStore(Path(sys.argv[1]), create=True)
""")


@pytest.mark.parametrize("left", [0, 1, 9, 19])
def test_killed_in_the_middle_of_a_migration(tmp_path: Path, left: int) -> None:
    path = tmp_path / "memory.db"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), str(left)], capture_output=True)
    assert done.returncode == -signal.SIGKILL
    store = fill(SqliteStore(path, create=True))
    assert len(ids(store)) == len(NODES)
    store.close()


def test_a_failed_migration_leaves_the_file_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(db) -> None:
        db.execute("CREATE TABLE half (x)")
        db.execute("CREATE TABLE half (x)")

    monkeypatch.setattr("graph.store.sqlite.migrations.first_graph", broken)
    with pytest.raises(MemcliError):
        SqliteStore(tmp_path / "memory.db", create=True)
    made = sqlite3.connect(tmp_path / "memory.db")
    assert made.execute("SELECT name FROM sqlite_master").fetchall() == []
    made.close()
