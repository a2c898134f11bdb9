"""The file of vectors beside a large SQLite memory: what it finds is what the database's own rows give."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
import pytest
from msgspec.structs import replace

from graph.model import Changes, Form, Interaction, Removal, TextQuery, Vector
from graph.store.sqlite import nearest, search, spaces
from graph.store.sqlite.store import SqliteStore

MODEL, OTHER = "small-1", "small-2"
DIMENSIONS, LIMIT = 8, 5


def turn(number: int) -> Interaction:
    return Interaction(
        f"m_{number:04}", Form.MESSAGE, f"{number}", "said", "trip", "s1", number, timestamp="2026-01-01"
    )


@dataclass
class Memory:
    """A store of messages that have random vectors."""

    store: SqliteStore
    path: Path
    chance: numpy.random.Generator

    @property
    def beside(self) -> Path:
        return self.path.with_name("memory.db-vectors")

    def add(self, first: int, count: int, model: str = MODEL) -> None:
        said = [turn(number) for number in range(first, first + count)]
        with self.store.transaction(write=True):
            vectors = [Vector(each.id, model, self.vector()) for each in said]
            self.store.save(Changes(nodes=tuple(said), vectors=tuple(vectors)))

    def remove(self, first: int, count: int, *, wipe: bool = False) -> None:
        with self.store.transaction(write=True, wipe=wipe):
            gone = tuple(turn(number).id for number in range(first, first + count))
            self.store.save(Changes(removed=Removal(nodes=gone)))

    def vector(self) -> bytes:
        numbers = self.chance.standard_normal(DIMENSIONS)
        return bytes((numbers / numpy.linalg.norm(numbers)).astype("<f4").tobytes())

    def is_exact(self) -> bool:
        """Whether ten searches find the same by the file, where there is one, and by rows."""
        asked = [TextQuery(terms=(), vector=self.vector(), model=MODEL, limit=LIMIT) for _ in range(10)]
        by_file = [self.store.search(each) for each in asked]
        # What is bounded is read row by row.
        by_rows = [self.store.search(replace(each, since="2026")) for each in asked]
        return by_file == by_rows and all(len(found) == LIMIT for found in by_file)


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    """40 messages, which are more than few."""
    monkeypatch.setattr(nearest, "FEW", 10)
    store = SqliteStore(tmp_path / "memory.db", create=True)
    made = Memory(store, tmp_path / "memory.db", numpy.random.default_rng(7))
    made.add(0, 40)
    yield made
    made.store.close()


def test_a_few_vectors_are_read_from_the_database(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "FEW", 40)
    assert memory.is_exact()
    assert not memory.beside.exists()


def test_many_lie_in_a_file_beside_it(memory: Memory) -> None:
    before = memory.store.info().bytes
    assert memory.is_exact()
    assert memory.beside.stat().st_mode == memory.path.stat().st_mode
    assert memory.store.info().bytes == before + memory.beside.stat().st_size
    assert sorted(each.name for each in memory.path.parent.iterdir() if "-vectors" in each.name) == [
        "memory.db-vectors"
    ]


@pytest.mark.parametrize(("count", "made_anew"), [(1, False), (10, False), (11, True)])
def test_what_is_added_is_found_and_after_many_the_file_is_made_anew(
    memory: Memory, count: int, *, made_anew: bool
) -> None:
    assert memory.is_exact()
    file = memory.beside.stat().st_ino
    memory.add(40, count)
    assert memory.is_exact()
    assert (memory.beside.stat().st_ino != file) is made_anew


@pytest.mark.parametrize("first", [0, 20, 35])
def test_what_is_encoded_anew_counts_as_it_is_now(memory: Memory, first: int) -> None:
    assert memory.is_exact()
    memory.add(first, 5)
    assert memory.is_exact()


@pytest.mark.parametrize("count", [1, 9, 10, 30])
def test_what_is_removed_is_not_found(memory: Memory, count: int) -> None:
    assert memory.is_exact()
    memory.remove(0, count)
    assert memory.is_exact()


def test_vectors_of_another_model_are_left_out(memory: Memory) -> None:
    memory.add(40, 20, OTHER)
    assert memory.is_exact()
    memory.add(0, 5, OTHER)
    assert memory.is_exact()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"no file of ours " * 100,
        b'{"rows": 1e999, "changed": []}'.ljust(512),
        b'{"model": "\xff"}'.ljust(512),
        b'{"form": 1, "model": "small-1", "bytes": 32, "rows": 1, "changed": 9223372036854775808}'.ljust(512 + 40),
    ],
)
def test_a_file_that_is_none_of_ours_is_made_anew(memory: Memory, content: bytes) -> None:
    memory.beside.write_bytes(content)
    assert memory.is_exact()
    assert memory.beside.read_bytes() != content


def test_a_file_that_was_cut_short_is_made_anew(memory: Memory) -> None:
    assert memory.is_exact()
    whole = memory.beside.read_bytes()
    memory.beside.write_bytes(whole[:-1])
    assert memory.is_exact()
    assert memory.beside.read_bytes() == whole


@pytest.mark.parametrize("place", [512, 512 + 7 * 32, -8])
@pytest.mark.parametrize("garbage", [b"\x00\x00\xc0\x7f", b"\x00\x00\x80\x7e", b"\x01"])
def test_a_file_with_other_bits_in_it_is_made_anew(memory: Memory, place: int, garbage: bytes) -> None:
    assert memory.is_exact()
    whole = memory.beside.read_bytes()
    other = bytearray(whole)
    start = place % len(whole)
    other[start : start + len(garbage)] = bytes(one ^ two for one, two in zip(other[start:], garbage, strict=False))
    memory.beside.write_bytes(other)
    assert memory.is_exact()
    assert memory.beside.read_bytes() == whole


def test_a_pipe_is_not_waited_for(memory: Memory) -> None:
    os.mkfifo(memory.beside)
    assert memory.is_exact()
    assert memory.beside.is_file()


def test_where_no_file_can_be_made_it_goes_without(memory: Memory) -> None:
    memory.beside.mkdir()
    assert memory.is_exact()
    assert not [*memory.path.parent.glob("memory.db-vectors-*")]


def test_a_file_of_a_later_state_is_not_used_for_an_earlier_one(memory: Memory, tmp_path: Path) -> None:
    memory.store.close()
    kept = shutil.copy(memory.path, tmp_path / "kept.db")
    memory.store = SqliteStore(memory.path)
    memory.add(0, 15)
    assert memory.is_exact()
    memory.store.close()
    shutil.copy(kept, memory.path)
    memory.store = SqliteStore(memory.path)
    memory.add(15, 3)
    assert memory.is_exact()


def test_a_database_of_that_name_is_left_alone(memory: Memory) -> None:
    shutil.copy(memory.path, memory.beside)
    whole = memory.beside.read_bytes()
    assert memory.is_exact()
    memory.remove(0, 1, wipe=True)
    assert memory.beside.read_bytes() == whole


def test_wiping_removes_the_file(memory: Memory) -> None:
    assert memory.is_exact()
    memory.path.with_name("memory.db-vectors-killed").write_bytes(b"half a file")
    memory.remove(0, 1, wipe=True)
    assert not [*memory.path.parent.glob("*-vectors*")]
    assert memory.is_exact()


def test_wiping_leaves_a_folder_alone(memory: Memory) -> None:
    memory.beside.mkdir()
    memory.remove(0, 1, wipe=True)
    assert memory.beside.is_dir()


def test_the_file_does_not_stay_behind_when_the_memory_goes(memory: Memory) -> None:
    assert memory.is_exact()
    memory.store.close()
    spaces.move(memory.path, memory.path.with_name("moved.db"))
    assert [each.name for each in memory.path.parent.iterdir()] == ["moved.db"]


@pytest.mark.parametrize("statement", [nearest._THERE, search._OF_FOUND])
def test_vectors_that_are_named_are_looked_up_by_their_keys(memory: Memory, statement: str) -> None:
    """Not by the index of all that a model made: each of these would be held against every name."""
    given = {"keys": "[]", "found": "[]", "model": MODEL, "vector": b"", "changed": 0}
    rows = memory.store._connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)
    assert not [step for *_, step in rows if "vector_changed" in step]
