"""`memcli store reindex`, and what `store info` says of vectors."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from graph.embedding.catalog import EMBEDDING_MODELS
from graph.embedding.interaction import FORM
from memcli.exits import Exit
from memcli.render.progress import TerminalProgress
from memcli.schema import schema_of
from memcli.session import Terminals

from .world import World

FOLDER = EMBEDDING_MODELS["bge-small"].id
NAME = f"{FOLDER}.{FORM}"
CHAT = b"".join(
    json.dumps({"conversation": "trip", "id": str(at), "speaker": "Ann", "text": f"Day {at} in Lisbon."}).encode()
    + b"\n"
    for at in range(5)
)


@pytest.fixture
def bare(empty: World) -> World:
    """A world with a memory of five messages, made without a model."""
    assert empty("ingest", "-", "--format", "plain", stdin=CHAT).code == 0
    return empty


@pytest.fixture
def able(bare: World, models: Path) -> World:
    """The same with a model."""
    bare.env["MEMCLI_MODELS"] = str(models)
    return bare


def test_it_says_what_it_did(able: World) -> None:
    ran = able("store", "reindex")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{NAME}: made 5 vectors in ")
    assert ran.out.endswith(" s; 5 interactions in all\n")
    assert able("store", "reindex").out.startswith(f"{NAME}: made 0 vectors in ")


def test_its_data_fits_the_schema(able: World) -> None:
    data = able("store", "reindex", "--json").data
    Draft202012Validator(json.loads(schema_of("store reindex"))).validate(data)
    assert (data["model"], data["interactions"], data["embedded"]) == (NAME, 5, 5)


def test_info_counts_what_there_is_and_what_is_missing(able: World) -> None:
    before = able("store", "info")
    assert f"embedding model here: {NAME}\n" in before.out
    assert "vectors missing: 5; `memcli store reindex` makes them\n" in before.out
    assert able("store", "reindex").code == 0
    after = able("store", "info")
    assert f"vectors: 5 of 5 by {NAME}\n" in after.out
    assert "missing" not in after.out
    data = able("store", "info", "--json").data
    assert (data["vectors"], data["embedding_model"]) == ({NAME: 5}, NAME)
    Draft202012Validator(json.loads(schema_of("store info"))).validate(data)


def test_an_ingest_with_the_model_leaves_nothing_to_do(able: World) -> None:
    assert able("ingest", "-", "--format", "plain", "--store", "new.db", stdin=CHAT).code == 0
    assert able("store", "reindex", "--store", "new.db", "--json").data["embedded"] == 0


def test_told_to_make_none(able: World) -> None:
    able.env["MEMCLI_EMBEDDING_MODEL"] = "none"
    assert able("ingest", "-", "--format", "plain", "--store", "new.db", stdin=CHAT).code == 0
    data = able("store", "info", "--store", "new.db", "--json").data
    assert (data["vectors"], data["embedding_model"]) == ({}, None)
    ran = able("store", "reindex")
    assert (ran.code, ran.out) == (Exit.UNAVAILABLE, "")


@pytest.mark.parametrize("name", ["auto", "bge-small"])
def test_without_a_model_it_says_how_to_get_one(bare: World, name: str) -> None:
    bare.env["MEMCLI_EMBEDDING_MODEL"] = name
    ran = bare("store", "reindex", "--json")
    assert ran.code == Exit.UNAVAILABLE
    (error,) = ran.envelope["errors"]
    assert "memcli model pull bge-small" in error["hint"]


def test_without_a_model_info_says_how_to_get_one(bare: World) -> None:
    ran = bare("store", "info")
    assert "embedding model here: none; `memcli model pull bge-small` gets one\n" in ran.out
    assert "vectors missing" not in ran.out


def test_a_damaged_model_is_an_error_like_any_other(bare: World, models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    shutil.copytree(models / FOLDER, folder / FOLDER)
    (folder / FOLDER / "model.onnx").write_bytes(bytes(EMBEDDING_MODELS["bge-small"].files[0].bytes))
    bare.env["MEMCLI_MODELS"] = str(folder)
    for arguments in (["store", "reindex"], ["ask", "Who was in Lisbon?"]):
        ran = bare(*arguments)
        assert ran.code == Exit.UNAVAILABLE
        assert "does not work" in ran.err
        assert "hint: fetch it again with `memcli model pull`" in ran.err
        assert "Traceback" not in ran.err


def test_no_memory_is_made(able: World) -> None:
    assert able("store", "reindex", "--store", "nowhere.db").code != 0
    assert not (able.home / "nowhere.db").exists()


@pytest.mark.parametrize(
    ("terminals", "flags", "seen"),
    [(Terminals(stderr=True), [], True), (Terminals(stderr=True), ["--quiet"], False), (Terminals(), [], False)],
)
def test_progress_is_for_terminals(
    able: World, monkeypatch: pytest.MonkeyPatch, terminals: Terminals, flags: list[str], seen: bool
) -> None:
    shown = []
    advance = TerminalProgress.advance

    def watched(self: TerminalProgress, offset: int, records: int) -> None:
        advance(self, offset, records)
        shown.append((offset, records))

    monkeypatch.setattr(TerminalProgress, "advance", watched)
    able.terminals = terminals
    ran = able("store", "reindex", *flags)
    assert shown == ([(5, 5)] if seen else [])
    assert bool(ran.err) is seen


def test_interrupted_it_goes_on_where_it_was(able: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: TerminalProgress, offset: int, records: int) -> None:
        raise KeyboardInterrupt

    able.terminals = Terminals(stderr=True)
    with monkeypatch.context() as patched:
        patched.setattr(TerminalProgress, "advance", interrupted)
        patched.setattr("graph.reindex._BATCH", 2)
        assert able("store", "reindex").code == 130
    able.terminals = Terminals()
    assert able("store", "info", "--json").data["vectors"] == {NAME: 2}
    assert able("store", "reindex", "--json").code == 0
    assert able("store", "info", "--json").data["vectors"] == {NAME: 5}
