"""`memcli llm`, and that its key is shown nowhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from memcli.schema import schema_of
from tests.llm.server import Fault, LlmServer

from .world import World

KEY = "sk-very-secret-0123456789"
ROOT = Path(__file__).parents[2]


def test_without_one_that_is_set(empty: World) -> None:
    for name in ("check", "login", "logout"):
        ran = empty("llm", name)
        assert (ran.code, ran.out) == (2, "")
        assert "llm.url" in ran.err


@pytest.mark.parametrize(("says", "obeys"), [({"colour": "white"}, True), ("White!", False)])
def test_a_model_is_tried(empty: World, llm: LlmServer, says: object, obeys: bool) -> None:
    llm.thinks = lambda *_: says
    empty.env["MEMCLI_LLM_KEY"] = KEY
    ran = empty("llm", "check", "--json")
    assert ran.code == 0
    Draft202012Validator(json.loads(schema_of("llm check"))).validate(ran.data)
    assert (ran.data["key"], ran.data["form"], ran.data["obeys"]) == ("environment", "json_schema", obeys)
    assert "tiny at 127.0.0.1" in empty("llm", "check").out
    assert len(llm.asked) == 2


@pytest.mark.parametrize(
    ("fault", "code", "hint"),
    [
        (Fault(401), "llm-sign-in", "MEMCLI_LLM_KEY"),
        (Fault(302, headers={"Location": "http://elsewhere.example"}), "llm", "llm.url"),
        (Fault(404), "llm", "llm.model"),
        (Fault(silent=True), "llm", "llm.timeout"),
    ],
)
def test_what_is_wrong_is_told(empty: World, llm: LlmServer, fault: Fault, code: str, hint: str) -> None:
    llm.faults = [fault]
    empty.env |= {"MEMCLI_LLM_KEY": KEY, "MEMCLI_LLM_TIMEOUT": "1"}
    ran = empty("llm", "check", "--json")
    assert ran.code == 4
    [error] = ran.envelope["errors"]
    assert error["code"] == code
    assert hint in error["hint"]
    assert KEY not in ran.out + ran.err


def test_the_key_is_in_no_list_and_no_file(empty: World, llm: LlmServer, tmp_path: Path) -> None:
    empty.env["MEMCLI_LLM_KEY"] = KEY
    llm.thinks = lambda *_: {"colour": "white"}
    ran = [empty("config", "list", "--json"), empty("config", "list"), empty("llm", "check", "--verbose")]
    assert [each.code for each in ran] == [0, 0, 0]
    assert llm.keys == [f"Bearer {KEY}"]
    assert KEY not in "".join(each.out + each.err for each in ran)
    assert empty("config", "get", "llm.key").code == 3
    assert all(KEY.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_no_traceback_has_it(llm: LlmServer, tmp_path: Path) -> None:
    llm.faults = [Fault(401)]
    env = {**os.environ, "MEMCLI_HOME": str(tmp_path), "MEMCLI_LLM_URL": llm.url, "MEMCLI_LLM_MODEL": "tiny"}
    done = subprocess.run(
        [sys.executable, "-m", "memcli", "llm", "check"],
        env=env | {"MEMCLI_LLM_KEY": KEY, "MEMCLI_DEBUG": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "Traceback" in done.stderr
    assert KEY not in done.stderr + done.stdout


def test_a_key_goes_to_no_stranger_in_the_open(empty: World) -> None:
    empty.env |= {"MEMCLI_LLM_URL": "http://llm.example/v1", "MEMCLI_LLM_MODEL": "tiny", "MEMCLI_LLM_KEY": KEY}
    ran = empty("llm", "check")
    assert ran.code == 2
    assert "plain http" in ran.err
    assert "https" in ran.err
    assert KEY not in ran.err


def test_no_project_says_where_what_was_said_goes(empty: World, tmp_path: Path) -> None:
    given = {"llm.url": "http://127.0.0.1:1/v1", "llm.ask": "true", "llm.budget": "9", "llm.batch": "1"}
    for name, value in given.items():
        assert empty("config", "set", name, value, "--project").code == 2
    (tmp_path / ".memcli.toml").write_text('[llm]\nurl = "https://elsewhere.example/v1"\n')
    ran = empty("config", "list")
    assert ran.code == 2
    assert "no project file" in ran.err


def test_no_secret_gets_into_a_setting(empty: World, tmp_path: Path) -> None:
    ran = empty("config", "set", "llm.url", f"https://me:{KEY}@llm.example/v1")
    assert ran.code == 2
    assert KEY not in ran.err
    assert not (tmp_path / "config.toml").exists()
    assert empty("config", "set", "llm.url", "https://llm.example/v1").code == 0


@pytest.fixture
def keyring(empty: World, llm: LlmServer, tmp_path: Path) -> Iterator[World]:
    """A world with a keyring that is a file."""
    import keyring
    from keyrings.alt.file import PlaintextKeyring

    held = PlaintextKeyring()
    held.file_path = str(tmp_path / "keyring.cfg")
    before = keyring.get_keyring()
    keyring.set_keyring(held)
    yield empty
    keyring.set_keyring(before)


def test_a_key_in_the_keyring(keyring: World, llm: LlmServer) -> None:
    llm.faults = [Fault(401)]
    assert keyring("llm", "login", stdin=b"wrong\n").code == 4
    assert keyring("llm", "login").code == 2
    assert keyring("llm", "logout").code == 3
    llm.thinks = lambda *_: {"colour": "white"}
    ran = keyring("llm", "login", "--json", stdin=f"{KEY}\n".encode())
    assert ran.code == 0
    assert ran.data["account"] == f"llm:{llm.url.removeprefix('http://').removesuffix('/v1')}"
    Draft202012Validator(json.loads(schema_of("llm login"))).validate(ran.data)
    check = keyring("llm", "check", "--json")
    assert check.data["key"] == "keyring"
    assert llm.keys[-1] == f"Bearer {KEY}"
    # Another host gets nothing.
    keyring.env["MEMCLI_LLM_URL"] = llm.url.replace("127.0.0.1", "localhost")
    assert keyring("llm", "check", "--json").data["key"] == "none"
    assert llm.keys[-1] is None
    keyring.env["MEMCLI_LLM_URL"] = llm.url
    ran = keyring("llm", "logout", "--json")
    assert ran.code == 0
    Draft202012Validator(json.loads(schema_of("llm logout"))).validate(ran.data)
    assert KEY not in ran.out + check.out
