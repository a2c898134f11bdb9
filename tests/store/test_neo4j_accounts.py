"""Signing in to a Neo4j: the password in the environment, in a keyring, typed on a terminal; and nowhere else."""

from __future__ import annotations

import json
import os
import pty
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from graph.errors import StoreError
from graph.settings import Settings
from graph.store.neo4j.store import Neo4jStore
from memcli.schema import schema_of
from tests.app.world import Ran, World
from tests.neo4j_server.guarded import PASSWORD
from tests.neo4j_server.server import Server
from tests.store.friends import FRIENDS, PATIENCE, QUESTION, ROOT, begun


@pytest.mark.parametrize("password", ["", "a wrong password"])
def test_a_wrong_password(guarded: Server, password: str) -> None:
    with pytest.raises(StoreError) as raised:
        Neo4jStore(guarded.url, create=True, password=password)
    assert "MEMCLI_NEO4J_PASSWORD" in raised.value.hint
    assert not password or password not in raised.value.message + raised.value.hint


def test_a_certificate_that_nobody_signed(guarded: Server, command: World) -> None:
    command.env["MEMCLI_NEO4J_PASSWORD"] = PASSWORD
    assert command("ingest", str(FRIENDS), "--store", guarded.url.replace("bolt:", "bolt+ssc:")).code == 0
    for scheme in ("bolt+ssc", "neo4j+ssc"):
        assert command("ask", QUESTION, "--store", guarded.url.replace("bolt:", f"{scheme}:")).code == 0
    for scheme in ("bolt+s", "neo4j+s"):
        told = command("ask", QUESTION, "--store", guarded.url.replace("bolt:", f"{scheme}:"))
        assert told.code == 4
        assert "certificate is not trusted" in told.err
        assert "+ssc" in told.err


def on_terminal(command: list[str], home: Path, typed: str, **environment: str) -> tuple[int, str]:
    """Run a command line on a terminal; type when it asks for a password. Its exit code and what is shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.environ |= {"MEMCLI_HOME": str(home), **environment}
        os.execv(sys.executable, [sys.executable, "-m", "memcli", *command])
    shown = b""
    while True:
        try:
            data = os.read(terminal, 4096)
        except OSError:
            data = b""
        if not data:
            break
        shown += data
        if data.rstrip().endswith(b":") and b"Password for" in data:
            os.write(terminal, typed.encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_a_password_is_asked_for_on_a_terminal(guarded: Server, tmp_path: Path) -> None:
    Neo4jStore(guarded.url, create=True, password=PASSWORD).close()
    code, shown = on_terminal(["store", "info", "--store", guarded.url], tmp_path, PASSWORD)
    assert code == 0
    assert "Password for neo4j@127.0.0.1" in shown
    assert PASSWORD not in shown
    for flag in ("--no-input", "--quiet"):
        code, shown = on_terminal(["store", "info", "--store", guarded.url, flag], tmp_path, PASSWORD)
        assert code == 4
        assert "Password for" not in shown
        assert "MEMCLI_NEO4J_PASSWORD" in shown


class Shell:
    """Command lines as processes, with a keyring that is a file in `home`."""

    def __init__(self, home: Path, store: str) -> None:
        self.home = home
        self.env = {
            "MEMCLI_STORE": store,
            "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring",
            "XDG_DATA_HOME": str(home / "data"),
        }

    def __call__(self, *arguments: str, typed: str = "", **environment: str) -> Ran:
        with begun(self.home, *arguments, stdin=True, **self.env, **environment) as process:
            out, err = process.communicate(typed, PATIENCE)
        return Ran(process.returncode, out, err)


@pytest.fixture
def shell(guarded: Server, tmp_path: Path) -> Shell:
    Neo4jStore(guarded.url, create=True, password=PASSWORD).close()
    return Shell(tmp_path, guarded.url)


def test_a_password_in_the_keyring(shell: Shell, guarded: Server) -> None:
    account = f"neo4j@{guarded.url.removeprefix('bolt://')}"
    refused = shell("store", "info")
    assert refused.code == 4
    assert "`memcli store login`" in refused.err
    wrong = shell("store", "login", typed="a wrong one\n")
    assert (wrong.code, wrong.out) == (4, "")
    assert "the user or the password is wrong" in wrong.err
    assert shell("store", "logout").code == 3
    nothing = shell("store", "login")
    assert nothing.code == 2
    assert "nothing was given to keep" in nothing.err

    login = shell("store", "login", "--json", typed=PASSWORD + "\n")
    assert login.code == 0
    assert login.data == {"account": account, "keyring": "file PlaintextKeyring"}
    Draft202012Validator(json.loads(schema_of("store login"))).validate(login.data)
    told = [login, shell("store", "info", "--json"), shell("config", "list"), shell("ask", QUESTION, "--verbose")]
    assert [each.code for each in told] == [0, 0, 0, 0]
    assert PASSWORD not in "".join(each.out + each.err for each in told)

    # What the environment says goes first, right or wrong.
    refused = shell("store", "info", MEMCLI_NEO4J_PASSWORD="a wrong one", MEMCLI_DEBUG="1")
    assert refused.code == 1
    assert "Traceback" in refused.err
    assert "a wrong one" not in refused.err
    # And nobody is asked while the keyring knows.
    code, shown = on_terminal(["store", "info"], shell.home, "", **shell.env)
    assert code == 0
    assert "Password for" not in shown

    assert shell("store", "logout").out.startswith(f"the password for {account} is no longer in the keyring")
    assert shell("store", "info").code == 4


def test_a_keyring_that_is_wrong(shell: Shell) -> None:
    """Somebody is asked; what is typed into `store login` takes the place of it."""
    account = shell.env["MEMCLI_STORE"].replace("bolt://", "neo4j@")
    shell.env["PYTHON_KEYRING_BACKEND"] = "keyrings.alt.file.PlaintextKeyring"
    keep = f"import keyring; keyring.set_password('memcli', {account!r}, 'outdated')"
    assert os.spawnve(os.P_WAIT, sys.executable, [sys.executable, "-c", keep], {**os.environ, **shell.env}) == 0
    code, shown = on_terminal(["store", "info"], shell.home, PASSWORD, **shell.env)
    assert code == 0
    assert "Password for" in shown
    code, shown = on_terminal(["store", "login"], shell.home, PASSWORD, **shell.env)
    assert code == 0
    assert PASSWORD not in shown
    assert shell("store", "info").code == 0


def test_there_is_no_keyring(shell: Shell) -> None:
    shell.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    for name in ("login", "logout"):
        told = shell("store", name, typed=PASSWORD)
        assert told.code == 4
        assert told.err == "error: there is no keyring on this system\nhint: set MEMCLI_NEO4J_PASSWORD instead\n"
    assert shell("store", "info").code == 4
    assert shell("store", "info", MEMCLI_NEO4J_PASSWORD=PASSWORD).code == 0


def test_a_keyring_that_cannot_be_written(shell: Shell) -> None:
    (shell.home / "data").write_text("a file")
    told = shell("store", "login", typed=PASSWORD)
    assert told.code == 4
    assert "the keyring cannot be used: NotADirectoryError\nhint: " in told.err
    assert PASSWORD not in told.err


def test_without_the_library(guarded: Server, command: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    command.env["MEMCLI_STORE"] = guarded.url
    for name in ("login", "logout"):
        told = command("store", name, stdin=PASSWORD.encode())
        assert told.code == 4
        assert "is not installed\nhint: pip install 'memcli[keyring]'" in told.err
    told = command("store", "info")
    assert told.code == 4
    assert "the user or the password is wrong" in told.err


def test_a_store_without_passwords(command: World) -> None:
    for name in ("login", "logout"):
        told = command("store", name)
        assert told.code == 2
        assert "has no password" in told.err


def test_settings_do_not_show_it() -> None:
    assert PASSWORD not in repr(Settings(neo4j_password=PASSWORD))
    assert PASSWORD not in str(Settings(neo4j_password=PASSWORD))


def test_a_url_with_a_password_is_refused_unseen(command: World) -> None:
    url = "bolt://ann:hidden@127.0.0.1:9"
    for arguments in (
        ["config", "list", "--store", url],
        ["config", "set", "store", url],
        ["ask", "x", "--store", url],
    ):
        told = command(*arguments)
        assert told.code == 2
        assert "MEMCLI_NEO4J_PASSWORD" in told.err
        assert "hidden" not in told.out + told.err
