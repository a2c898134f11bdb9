"""Asking over real HTTP, and all that may go wrong on the way."""

from __future__ import annotations

import json
import socket
import sqlite3
import stat
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct

from graph.errors import LlmError, LlmSignInError, UsageError
from graph.llm.cache import Cache
from graph.llm.client import DIALECTS, Client, Task
from graph.llm.endpoint import Endpoint, checked_key, endpoint_of
from graph.llm.registry import client_of
from graph.llm.schema import NoReplyError, Why, schema_of
from graph.llm.wire import _Watch
from graph.settings import Settings

from .server import Fault, LlmServer

KEY = "sk-very-secret-0123456789"


class Colour(Struct, frozen=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(max_length=10)]
    near: Annotated[tuple[str, ...], Meta(max_length=2)]


TASK = Task("Name the colour.", {"text": "blood"}, Colour, 50)
RED = {"name": "red", "near": ["pink"]}


def client(server: LlmServer, *, key: str = "", seconds: float = 5.0, cache: Path | None = None) -> Client:
    return Client(Endpoint(server.url), "tiny", key, seconds, Cache(cache), sleep=lambda _: None)


def test_a_decision_is_asked_for_and_read(server: LlmServer) -> None:
    server.thinks = lambda *_: RED
    asks = client(server, key=KEY)
    assert asks.ask(TASK) == Colour("red", ("pink",))
    [request] = server.asked
    assert server.paths == ["/v1/chat/completions"]
    assert server.keys == [f"Bearer {KEY}"]
    assert (request["model"], request["max_tokens"], request["temperature"]) == ("tiny", 50, 0)
    form = request["response_format"]
    assert (form["type"], form["json_schema"]["strict"]) == ("json_schema", True)
    assert form["json_schema"]["schema"] == schema_of(Colour)
    assert json.loads(request["messages"][1]["content"]) == {"text": "blood"}
    assert (asks.calls, asks.spent) == (1, 100)


def test_a_schema_stands_on_its_own() -> None:
    assert schema_of(Colour) == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 10},
            "near": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        },
        "required": ["name", "near"],
        "additionalProperties": False,
    }
    assert "maxLength" not in json.dumps(schema_of(Colour, lengths=False))


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_busy_server_is_asked_again(server: LlmServer, status: int) -> None:
    slept: list[float] = []
    server.thinks = lambda *_: RED
    server.faults = [Fault(status, headers={"Retry-After": "7"}), Fault(status)]
    asks = client(server)
    asks.sleep = slept.append
    assert asks.ask(TASK).name == "red"
    assert slept == [7.0, 2.0]


@pytest.mark.parametrize(
    "faults",
    [
        [Fault(500)] * 3,
        [Fault(429, headers={"Retry-After": "86400"})],
        [Fault(body=b'{"choices": [{"mess', cut=5)] * 3,
        [Fault(silent=True)],
        [Fault(endless=True, body=b" " * 65536)],
        [Fault(500, endless=True, body=b" " * 65536)],
    ],
    ids=["500", "wait a day", "half an answer", "silence", "endless", "endless fault"],
)
def test_without_an_answer_there_is_no_reply(server: LlmServer, faults: list[Fault]) -> None:
    server.faults = list(faults)
    with pytest.raises(NoReplyError) as raised:
        client(server, seconds=0.7).ask(TASK)
    assert raised.value.why is Why.NO_REPLY
    assert server.faults == []


def test_time_that_is_up_before_there_is_a_connection(server: LlmServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(self: HTTPConnection) -> None:
        up.wait()
        connect(self)

    up, connect, end = Event(), HTTPConnection.connect, _Watch.end
    monkeypatch.setattr(HTTPConnection, "connect", late)
    monkeypatch.setattr(_Watch, "end", lambda self: (end(self), up.set()))
    server.faults = [Fault(silent=True)]
    with pytest.raises(NoReplyError):
        client(server, seconds=0.05).ask(TASK)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"name": "re', Why.NOT_JSON),
        ("I'd say red.", Why.NOT_JSON),
        ("", Why.NOT_JSON),
        ("[" * 100_000, Why.SCHEMA),
        ({"colour": "red"}, Why.SCHEMA),
        ({"name": "red", "near": [], "more": 1}, Why.SCHEMA),
        ({"name": "r" * 11, "near": []}, Why.SCHEMA),
        ({"name": "red", "near": ["a", "b", "c"]}, Why.SCHEMA),
    ],
)
def test_a_reply_that_is_none_is_told_apart(server: LlmServer, content: Any, why: Why) -> None:
    server.thinks = lambda *_: content
    with pytest.raises(NoReplyError) as raised:
        client(server).ask(TASK)
    assert raised.value.why is why


def test_a_reply_that_is_cut_off_counts_for_nothing(server: LlmServer) -> None:
    server.thinks = lambda *_: RED
    server.finish = "length"
    with pytest.raises(NoReplyError) as raised:
        client(server).ask(TASK)
    assert raised.value.why is Why.CUT_OFF


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"choices": []}', b'{"choices": [{"message": {}}]}', b"\xff"])
def test_an_answer_that_is_no_completion(server: LlmServer, body: bytes) -> None:
    server.faults = [Fault(body=body)]
    asks = client(server)
    with pytest.raises(NoReplyError):
        asks.ask(TASK)
    assert asks.spent == TASK.tokens


@pytest.mark.parametrize("usage", [None, {"total_tokens": -5}, {"total_tokens": 10**30}, {"total_tokens": 0}])
def test_what_a_server_says_it_took_must_be_believable(server: LlmServer, usage: Any) -> None:
    server.thinks = lambda *_: RED
    server.usage = usage
    asks = client(server)
    asks.ask(TASK)
    assert asks.spent == TASK.tokens


@pytest.mark.parametrize("refused", range(1, len(DIALECTS)))
def test_a_server_that_knows_less_is_asked_in_its_way(server: LlmServer, refused: int) -> None:
    fenced = f"<think>a colour</think>\n```json\n{json.dumps(RED)}\n```"
    server.thinks = lambda *_: RED if DIALECTS[refused].exact else fenced
    server.faults = [Fault(400)] * refused
    asks = client(server)
    assert asks.ask(TASK).name == "red"
    dialect = DIALECTS[refused]
    last = server.asked[-1]
    assert last.get("response_format", {"type": ""})["type"] == dialect.form
    assert dialect.limit in last
    assert ("JSON Schema" in last["messages"][0]["content"]) is (dialect.form != "json_schema")
    asks.ask(Task("Another.", {"text": "sky"}, Colour, 50))
    assert len(server.asked) == refused + 2


def test_what_is_too_much_for_a_server_is_one_decision_lost(server: LlmServer) -> None:
    server.thinks = lambda *_: RED
    asks = client(server)
    asks.ask(TASK)
    server.faults = [Fault(400)]
    with pytest.raises(NoReplyError):
        asks.ask(Task("Another.", {"text": "sky"}, Colour, 50))
    assert asks.dialect == DIALECTS[0]
    server.faults = [Fault(400)] * len(DIALECTS)
    fresh = client(server, key=KEY)
    with pytest.raises(LlmError, match="says 400"):
        fresh.ask(TASK)
    assert fresh.ask(TASK).name == "red"
    assert KEY not in repr(fresh)


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (Fault(401, body=f'{{"error": "no such key {KEY}"}}'.encode()), LlmSignInError, "refuses the key"),
        (Fault(403), LlmSignInError, "refuses the key"),
        (Fault(404), LlmError, "no model 'tiny'"),
        (Fault(302, headers={"Location": "http://evil.example/v1?k=1"}), LlmError, "on to evil.example, where"),
        (Fault(308, headers={"Location": "//[bad"}), LlmError, "on to elsewhere, where"),
        (Fault(418), LlmError, "says 418"),
    ],
)
def test_what_asking_again_does_not_help(server: LlmServer, fault: Fault, kind: type[LlmError], said: str) -> None:
    server.faults = [fault]
    with pytest.raises(kind) as raised:
        client(server, key=KEY).ask(TASK)
    assert said in raised.value.message
    assert raised.value.hint
    assert KEY not in raised.value.message + raised.value.hint
    assert len(server.asked) == 1


def test_a_server_that_wants_a_key_is_told_apart(server: LlmServer) -> None:
    server.faults = [Fault(401)]
    with pytest.raises(LlmSignInError, match="wants a key"):
        client(server).ask(TASK)


def test_where_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        endpoint = Endpoint(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        with pytest.raises(LlmError, match="no language model at"):
            Client(endpoint, "tiny", "", 5.0, Cache(None)).ask(TASK)


def test_nothing_is_asked_twice(server: LlmServer, tmp_path: Path) -> None:
    server.thinks = lambda *_: RED
    path = tmp_path / "home" / "replies.db"
    assert client(server, key=KEY, cache=path).ask(TASK) == client(server, cache=path).ask(TASK)
    assert len(server.asked) == 1
    assert KEY.encode() not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other = client(server, cache=path)
    assert other.knows(TASK)
    assert not other.knows(Task("Name the colour.", {"text": "snow"}, Colour, 50))


def test_a_damaged_cache_is_no_reason_to_stop(server: LlmServer, tmp_path: Path) -> None:
    server.thinks = lambda *_: RED
    path = tmp_path / "replies.db"
    client(server, cache=path).ask(TASK)
    for damaged in (b"none", path.read_bytes()[:40], path.read_bytes()[:4096] + bytes(4096), b""):
        path.write_bytes(damaged)
        server.asked.clear()
        assert client(server, cache=path).ask(TASK).name == "red"
        assert client(server, cache=path).ask(TASK).name == "red"
        assert len(server.asked) == 1


def test_a_cache_that_grew_too_large_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "replies.db"
    Cache(path).put("a", "one \ud800")
    assert Cache(path).get("a") == "one \ud800"
    monkeypatch.setattr("graph.llm.cache.LARGEST", 0)
    Cache(path).put("b", "two")
    assert [Cache(path).get(each) for each in "abc"] == [None, "two", None]


def test_a_reply_in_the_cache_that_is_no_text_is_none(tmp_path: Path) -> None:
    path = tmp_path / "replies.db"
    Cache(path).put("a", "one")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE reply SET text = x'ff'")
    assert Cache(path).get("a") is None


def test_a_cache_that_cannot_be_looked_for_holds_nothing(tmp_path: Path) -> None:
    assert Cache(tmp_path / ("x" * 300)).get("a") is None


def test_a_cache_that_cannot_be_written_keeps_what_the_run_was_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file" / "replies.db")
    cache.put("a", "one")
    assert cache.get("a") == "one"


def test_ungrounded_replies_are_not_kept(server: LlmServer, tmp_path: Path) -> None:
    path = tmp_path / "replies.db"
    server.thinks = lambda *_: "nonsense"
    with pytest.raises(NoReplyError):
        client(server, cache=path).ask(TASK)
    assert not path.exists()


@pytest.mark.parametrize(
    "url",
    ["", "example.com/v1", "ftp://example.com", "http://", "https://a b/v1", "https://[x/v1", "https://h:99999/v1"],
)
def test_an_address_is_one(url: str) -> None:
    with pytest.raises(UsageError, match="no http or https"):
        endpoint_of(url)


@pytest.mark.parametrize("url", [f"https://me:{KEY}@h/v1", f"https://h/v1?key={KEY}", f"https://h/v1#{KEY}"])
def test_an_address_holds_no_secret(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        endpoint_of(url)
    assert KEY not in raised.value.message + raised.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1:1", "127.8.8.8", "[::1]:8", "localhost"])
def test_a_key_may_stay_on_this_machine(host: str) -> None:
    assert checked_key(endpoint_of(f"http://{host}/v1/"), f" {KEY}\n") == KEY


def test_a_key_is_not_shouted_across_a_network() -> None:
    endpoint = endpoint_of("http://llm.example:8080/v1")
    assert checked_key(endpoint, "") == ""
    with pytest.raises(UsageError, match="plain http") as raised:
        checked_key(endpoint, KEY)
    assert KEY not in raised.value.message + raised.value.hint
    assert checked_key(endpoint_of("https://llm.example/v1"), KEY) == KEY


@pytest.mark.parametrize("key", [f"{KEY}\r\nX-More: 1", f"{KEY} x", f"{KEY}é"])
def test_a_key_that_is_none_is_not_sent_nor_shown(key: str) -> None:
    with pytest.raises(UsageError) as raised:
        checked_key(endpoint_of("https://llm.example/v1"), key)
    assert KEY not in raised.value.message + raised.value.hint


@pytest.mark.parametrize("name", ["", "rule", "rules", "person", "spacy:en", "a\nb"])
def test_a_model_has_a_name_of_its_own(name: str) -> None:
    with pytest.raises(UsageError):
        client_of(Settings(llm_url="http://127.0.0.1:1/v1", llm_model=name))


def test_without_an_address_nobody_asks() -> None:
    assert client_of(Settings(llm_model="tiny")) is None
    assert KEY not in repr(Settings(llm_key=KEY))
