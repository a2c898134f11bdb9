"""Backups: the same graph out of a file, and nothing at all out of a file that was changed."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from graph.backup import Backup, is_backup
from graph.comparison import Holding
from graph.embedding.interaction import FORM, packed
from graph.errors import StoreCorruptError, StoreError, StoreForeignError, StoreNewerError
from graph.memory import Memory
from graph.model import Changes, Checkpoint, Selection
from graph.records import line_of, record_of
from graph.settings import Settings
from graph.store.registry import open_store
from tests.exporters.samples import INTERACTION, NASTY
from tests.store import graphs
from tests.store.graphs import EDGES, EVENTS, EVERYTHING, NODES
from tests.store.moving import SAMPLES, checkpoints, exported, filled, opened, resolved, vectors
from tests.store.test_transfer import KINDS, Place, copied, place, save

__all__ = ["place"]
LONGEST = 1_000_000


def backed_up(url: str, file: Path) -> Path:
    with opened(url) as memory, memory.backup() as chunks:
        file.write_bytes(b"".join(chunks))
    return file


def restored(file: Path, url: str) -> None:
    found = Backup(file, LONGEST).checked()
    with opened(url) as memory:
        report = memory.restore(found)
    assert report.differing == 0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small backup."""
    url = f"sqlite:///{tmp_path}/small.db"
    save(url, EVERYTHING)
    return backed_up(url, tmp_path / "small.jsonl.gz")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_restored_is_what_was_there(place: Place, kind: str, tmp_path: Path) -> None:
    source = filled(place("sqlite"), SAMPLES)
    file = backed_up(source, tmp_path / "a.gz")
    target = place(kind)
    restored(file, target)
    assert exported(target) == exported(source)
    assert checkpoints(target) == checkpoints(source) != []
    assert vectors(target) == vectors(source) != []
    assert resolved(target) == resolved(source)
    assert backed_up(target, tmp_path / "b.gz").read_bytes() == file.read_bytes()
    restored(file, target)
    assert exported(target) == exported(source)


def test_a_backup_is_the_export_with_a_header_checkpoints_and_a_footer(place: Place, tmp_path: Path) -> None:
    source = filled(place("sqlite"), SAMPLES / "friends.jsonl")
    lines = gzip.decompress(backed_up(source, tmp_path / "a.gz").read_bytes()).decode().splitlines()
    graph = exported(source).splitlines()
    assert lines[1 : len(graph) + 1] == graph
    assert {json.loads(line)["type"] for line in lines[len(graph) + 1 : -2]} == {"vector", "event"}
    assert [json.loads(lines[at])["type"] for at in (0, -2, -1)] == ["header", "checkpoint", "footer"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_decided_is_restored_and_copied(place: Place, kind: str, tmp_path: Path) -> None:
    source, target, third = place("sqlite"), place(kind), place("sqlite")
    save(source, replace(EVERYTHING, events=EVENTS))
    file = backed_up(source, tmp_path / "a.gz")
    restored(file, target)
    assert copied(target, third).events == len(EVENTS)
    assert copied(target, third).written == 0
    for each in (target, third):
        assert backed_up(each, tmp_path / "b.gz").read_bytes() == file.read_bytes()


def test_a_backup_from_before_there_were_events(place: Place, file: Path) -> None:
    *lines, _ = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    body = b"".join(lines).replace(b'"version": 2', b'"version": 1')
    counts = f'"nodes": {len(NODES)}, "edges": {len(EDGES)}, "vectors": 0, "checkpoints": 0'
    footer = f'{{"type": "footer", {counts}, "sha256": "{hashlib.sha256(body).hexdigest()}"}}\n'
    file.write_bytes(gzip.compress(body + footer.encode()))
    restored(file, target := place("sqlite"))
    assert len(exported(target).splitlines()) == len(NODES) + len(EDGES)


@pytest.mark.parametrize("wrong", [{"at": "yesterday"}, {"subject": ""}, {"id": "n_1"}, {"cause": "a/b"}])
def test_an_event_that_no_memory_holds_stops_a_restore(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"event|time"):
        record_of(line_of(replace(EVENTS[0], **wrong)).encode())


@pytest.mark.parametrize("kind", KINDS)
def test_another_memory_is_left_as_it_is(place: Place, kind: str, file: Path) -> None:
    target = place(kind)
    save(target, Changes((graphs.said("m_9", "Mine.", 0),)))
    before = exported(target)
    with pytest.raises(StoreError, match="another memory"):
        restored(file, target)
    assert exported(target) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_restore_that_was_broken_off_goes_on(
    place: Place, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = place("sqlite"), place(kind)
    save(source, EVERYTHING)
    file = backed_up(source, tmp_path / "a.gz")
    monkeypatch.setattr("graph.transfer.BATCH", 5)

    class Breaking:
        """Progress that ends in the middle."""

        def begin(self, path: str, size: int | None) -> None: ...

        def advance(self, offset: int, records: int) -> None:
            if offset > 30:
                raise KeyboardInterrupt

        def end(self) -> None: ...

    with opened(target) as memory, pytest.raises(KeyboardInterrupt):
        memory.restore(Backup(file, LONGEST).checked(), progress=Breaking())
    assert 30 < len(exported(target).splitlines()) < 51
    with opened(target) as memory:
        assert 0 < memory.restore(Backup(file, LONGEST).checked()).written < 20
    assert exported(target) == exported(source)


def refused(file: Path, kind: type[StoreError] = StoreCorruptError, longest: int = LONGEST) -> StoreError:
    with pytest.raises(kind) as raised:
        Backup(file, longest).checked()
    assert str(file) in raised.value.message
    assert raised.value.hint
    return raised.value


def test_any_file_that_was_cut_off(file: Path) -> None:
    whole = file.read_bytes()
    for length in (*range(0, len(whole), 7), len(whole) - 1):
        file.write_bytes(whole[:length])
        refused(file, StoreError)


def test_any_byte_that_was_changed(file: Path) -> None:
    whole = file.read_bytes()
    chance = random.Random(7)
    # Bytes 3 to 9 of gzip's header tell a name, a time and a system, of which nothing depends; nor does it of the bits
    # that fill up the last byte before the checksum.
    for at in {0, 1, 2, *chance.sample([*range(10, len(whole) - 9), *range(len(whole) - 8, len(whole))], 150)}:
        file.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        refused(file, StoreError)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"hello", b"SQLite format 3\x00", b"\x1f\x8b", b"PK\x03\x04"),
        *(
            # Without the time, which would name the test otherwise in each process.
            gzip.compress(line, mtime=0)
            for line in (
                *(b"", b"[1]\n", b"[" * 10_000, b"\xff\n", b'{"type": "header"}\n'),
                b'{"type": "header", "format": "memcli backup", "version": "1"}\n',
            )
        ),
    ],
)
def test_what_is_no_backup(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    assert not is_backup(file)
    refused(file, StoreForeignError)


def test_of_a_newer_memcli(file: Path) -> None:
    rewrite(file, lambda lines: [lines[0].replace(b'"version": 2', b'"version": 3'), *lines[1:]])
    assert "newer" in refused(file, StoreNewerError).message


def rewrite(file: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change the lines of a backup, and seal it again as one that knows how would."""
    lines = change(gzip.decompress(file.read_bytes()).splitlines(keepends=True)[:-1])
    counts = {f"{part}s": sum(line.startswith(b'{"type": "%s"' % part.encode()) for line in lines) for part in PARTS}
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    footer = json.dumps({"type": "footer", **counts, "sha256": digest}).encode() + b"\n"
    file.write_bytes(gzip.compress(b"".join([*lines, footer])))


def test_what_these_tests_change_is_right_before(file: Path) -> None:
    for line in (
        NODE,
        EDGE + b"\n",
        SAID.removesuffix(b", ") + b"}\n",
        INSIGHT + b'"support": 1, "decided_by": ""}\n',
        VECTOR,
    ):
        record_of(line)


PARTS = ("node", "edge", "vector", "event", "checkpoint")
NODE = b'{"type": "node", "kind": "query", "id": "q_z", "text": "?", "outcome": "open"}\n'
INSIGHT = b'{"type": "node", "kind": "insight", "id": "i_z", "text": "", "subject": "", "state": "", '
SAID = (
    b'{"type": "node", "kind": "interaction", "id": "m_z", "form": "message", "key": "", "text": "", '
    b'"conversation": "", "session": "", "position": 0, '
)
EDGE = (
    b'{"type": "edge", "source": "q_1", "target": "m_1", "kind": "asked_in", "weight": 1.0, "relation": "", '
    b'"reason": "", "decided_by": ""}'
)


TOKENS = b"AQAAAAcAAQ=="
VECTOR = (
    b'{"type": "vector", "node": "m_1", "model": "x.2", "numbers": "AACAPwAAAAAAAAAAAAAAAA==", '
    b'"tokens": "' + TOKENS + b'"}\n'
)


def test_sealing_again_is_what_these_tests_think_it_is(file: Path) -> None:
    before = gzip.decompress(file.read_bytes())
    rewrite(file, lambda lines: lines)
    assert gzip.decompress(file.read_bytes()) == before
    Backup(file, LONGEST).checked()


@pytest.mark.parametrize(
    "line",
    [b"{broken\n", b"\n", b"[]\n", b"null\n", b"[" * 5000, b'{"type": "cheese"}\n', b'{"kind": "note"}\n',
     b'{"type": "node", "kind": "cheese", "id": "q_z"}\n',
     NODE.replace(b"q_z", b"m_z"), NODE.replace(b"q_z", b"q_ z"), NODE.replace(b'"?"', b"1"),
     NODE.replace(b'"?"', b"null"), NODE.replace(b'"?"', b'["?"]'), NODE.replace(b"?", b"\xff"),
     NODE.replace(b'"?"', b'"\\ud800"'), NODE.replace(b'"?"', b'"\\u0000"'), NODE.replace(b"}", b', "more": 1}'),
     NODE.replace(b'", "', b'","'), NODE.replace(b', "outcome": "open"', b""),
     INSIGHT + b'"support": 1' + b"0" * 30 + b', "decided_by": ""}\n', INSIGHT + b'"support": 1.0, "decided_by": ""}\n',
     SAID + b'"metadata": {"a": ' + b"[" * 101 + b"]" * 101 + b"}}\n", SAID + b'"metadata": {"a\\ud800": 1}}\n',
     SAID + b'"metadata": {"a": 1e999}}\n', SAID + b'"metadata": {"b": 1, "a": 1}}\n', SAID + b'"metadata": []}\n',
     EDGE, EDGE.replace(b"1.0", b"1e999"), EDGE.replace(b"1.0", b"NaN"), EDGE.replace(b"1.0", b"1"),
     EDGE.replace(b"q_1", b"n_1"), EDGE.replace(b"asked_in", b"cheese"),
     VECTOR.replace(TOKENS, b"BwA="), VECTOR.replace(TOKENS, b"AAAAAA=="), VECTOR.replace(TOKENS, b"AAAAA"),
     VECTOR.replace(TOKENS, b"%%%%"), VECTOR.replace(TOKENS, b"A" * 100_001),
     VECTOR.replace(b'"' + TOKENS + b'"', b"1"), VECTOR.replace(b'"' + TOKENS + b'"', b"null"),
     VECTOR.replace(b', "tokens": "' + TOKENS + b'"', b""),
     VECTOR.replace(b"AACAPw", b"AAAAAA"),
     b'{"type": "checkpoint", "digest": "", "name": "", "records": 1.5, "finished": true}\n',
     b'{"type": "checkpoint", "digest": "", "name": "", "records": 1, "finished": 1}\n'],
    ids=lambda line: repr(line)[:90],
)  # fmt: skip
def test_a_line_that_was_never_written_by_memcli(file: Path, line: bytes) -> None:
    rewrite(file, lambda lines: [lines[0], line, *lines[1:]])
    assert "in line 2" in refused(file).message


@pytest.mark.parametrize(
    "change", [lambda lines: [lines[0], *lines[:0:-1]], lambda lines: [*lines[:2], *lines[1:]]], ids=["order", "twice"]
)
def test_lines_out_of_order(file: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    rewrite(file, change)
    assert "out of order" in refused(file).message


def test_something_after_the_end(file: Path) -> None:
    file.write_bytes(file.read_bytes() + gzip.compress(NODE))
    refused(file)


def test_a_line_without_an_end(tmp_path: Path) -> None:
    file = tmp_path / "bomb.gz"
    header = b'{"type": "header", "format": "memcli backup", "version": 2}\n'
    file.write_bytes(gzip.compress(header + b" " * 50_000_000))
    assert "1,000,000 bytes" in refused(file).message


def test_an_edge_that_leads_nowhere_stops_a_restore(file: Path, place: Place) -> None:
    rewrite(file, lambda lines: [line for line in lines if b'"id": "e_4"' not in line])
    with pytest.raises(StoreError, match="e_4"):
        restored(file, place("sqlite"))


def test_a_store_that_is_written_to_meanwhile(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    url = place("sqlite")
    save(url, EVERYTHING)
    sizes = iter((35, 36))

    def growing(store: object) -> Holding:
        return Holding(
            *(lambda: iter(NODES[:0]), lambda: iter(EDGES[:0])),
            *(lambda: iter(()), lambda: iter(()), lambda: iter(())),
            next(sizes),
        )

    monkeypatch.setattr("graph.comparison.holding", growing)
    with (
        Memory.open(Settings(store=url)) as memory,
        memory.backup() as chunks,
        pytest.raises(StoreError, match="written to while"),
    ):
        list(chunks)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(
    texts,
    st.dictionaries(
        texts, st.none() | st.booleans() | texts | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    ),
)
def test_any_text_comes_back(text: str, metadata: dict[str, object]) -> None:
    node = replace(INTERACTION, text=text + NASTY, speaker=text, metadata=metadata)
    assert record_of(line_of(node).encode()) == node


@pytest.mark.parametrize("dimensions", [128, 132, 384])
@pytest.mark.parametrize("kept", [1, 7])
def test_token_vectors_come_back(dimensions: int, kept: int) -> None:
    tokens = packed({7, 29}, [bytes(dimensions // 4)] * kept)
    vector = replace(graphs.vector("m_1", *range(1, 385), model=f"small.{FORM}"), tokens=tokens)
    assert record_of(line_of(vector).encode()) == vector


def test_all_that_there_is_comes_back(place: Place) -> None:
    url = place("sqlite")
    save(url, EVERYTHING)
    store = open_store(url, create=False)
    for each in (*store.nodes(Selection()), *store.edges(None, ()), *EVENTS, Checkpoint("d", "a/é.jsonl", 7, True)):
        assert record_of(line_of(each).encode()) == each
    store.close()
