"""What holds for every reader, whatever the bytes."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.model import Form, Record, Reject
from graph.ports import Reader
from graph.readers.registry import READERS, sniff

from .samples import LONGEST, SAMPLES, read, records, rejects, source_of

EVERY = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(reader: Reader, data: bytes, name: str, longest: int = LONGEST) -> list[Record | Reject | str]:
    """All that comes out, an InputError as its message; what must hold for it is checked."""
    found: list[Record | Reject | str] = []
    try:
        for each in reader.read(source_of(data, name), longest):
            found.append(each)
    except InputError as error:
        found.append(error.message)
    check(found, len(data))
    return found


def check(found: list[Record | Reject | str], size: int) -> None:
    offset = 0
    for each in found:
        if isinstance(each, Record):
            assert each.text.strip()
            assert each.key
            assert bool(each.conversation) == (each.form is Form.MESSAGE)
            assert offset <= each.offset <= size
            assert each.line >= 1
            offset = each.offset
        json.dumps(repr(each)).encode("utf-8")
        if isinstance(each, Record):
            "".join(filter(None, (each.text, each.speaker, each.title, each.conversation))).encode("utf-8")
            json.dumps(dict(each.metadata), allow_nan=False)


@EVERY
def test_reads_its_sample_without_a_reject(reader: Reader) -> None:
    name, data = SAMPLES[reader.name]
    found = read(reader, data, name)
    assert records(found)
    assert not rejects(found)


@EVERY
def test_only_its_own_sample_is_sniffed_as_it(reader: Reader) -> None:
    sniffed = {name: sniff(source_of(data, file)).name for name, (file, data) in SAMPLES.items()}
    assert sniffed[reader.name] == reader.name


@EVERY
def test_has_a_name_and_says_what_it_reads(reader: Reader) -> None:
    assert reader.name == reader.name.lower()
    assert reader.about


@EVERY
def test_same_bytes_same_records(reader: Reader) -> None:
    name, data = SAMPLES[reader.name]
    assert outcome(reader, data, name) == outcome(reader, data, name)


@EVERY
def test_keys_of_messages_differ(reader: Reader) -> None:
    name, data = SAMPLES[reader.name]
    keys = [(each.conversation, each.key) for each in records(read(reader, data, name)) if each.form is Form.MESSAGE]
    assert len(set(keys)) == len(keys)


@EVERY
def test_cut_off_anywhere_it_still_ends(reader: Reader) -> None:
    name, data = SAMPLES[reader.name]
    for end in range(len(data)):
        outcome(reader, data[:end], name)


@EVERY
def test_a_longer_export_repeats_the_keys(reader: Reader) -> None:
    name, data = SAMPLES[reader.name]
    if reader.name == "chatgpt":
        pytest.skip("an array ends where it ends; its messages have ids")
    before = [each.key for each in records(read(reader, data, name))]
    after = [each.key for each in records(read(reader, data + data, name))]
    assert after[: len(before)] == before


@EVERY
def test_a_record_that_is_too_long_is_rejected(reader: Reader) -> None:
    name, data = SAMPLES[reader.name]
    found = read(reader, data, name, longest=4)
    assert rejects(found)
    assert all(len(each.text.encode()) <= 4 for each in records(found))


@EVERY
def test_nothing_in_nothing(reader: Reader) -> None:
    assert not records(read(reader, b"", "empty"))


@EVERY
@QUICK
@given(data=st.binary(max_size=400))
def test_any_bytes(reader: Reader, data: bytes) -> None:
    reader.claims("x", data)
    outcome(reader, data, "x")


@EVERY
@QUICK
@given(text=st.text(max_size=400), encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_any_text(reader: Reader, text: str, encoding: str) -> None:
    data = text.encode(encoding, "surrogatepass")
    reader.claims("x.txt", data)
    outcome(reader, data, "x.txt", longest=50)


@EVERY
@QUICK
@given(data=st.data())
def test_damaged_samples(reader: Reader, data: st.DataObject) -> None:
    name, sample = SAMPLES[reader.name]
    damaged = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(damaged)))
        damaged[start : start + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    outcome(reader, bytes(damaged), name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=8) | st.sampled_from(
        ["text", "conversation", "id", "speaker", "timestamp", "type", "message", "content", "mapping", "parent",
         "children", "author", "role", "parts", "current_node", "uuid", "parentUuid"]
    ), each, max_size=6),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.parametrize("name", ["plain", "chatgpt", "claude-code"])
@QUICK
@given(value=JSON, fields=st.dictionaries(st.sampled_from(["text", "type", "message", "mapping", "speaker"]), JSON))
def test_fields_of_any_type(name: str, value: object, fields: dict[str, object]) -> None:
    reader = next(each for each in READERS if each.name == name)
    for given_value in (value, fields, [fields]):
        outcome(reader, json.dumps(given_value).encode(), "x.json")
