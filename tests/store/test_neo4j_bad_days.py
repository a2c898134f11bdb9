"""A Neo4j that asks for a password, and one that is killed while it is written to."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import StoreError
from graph.memory import Memory
from graph.settings import Settings
from graph.store.neo4j.store import Neo4jStore
from tests.app.world import World
from tests.neo4j_server.server import Server, UnavailableError
from tests.store.friends import QUESTION, ROOT

FRIENDS = Path(__file__).resolve().parents[2] / "sample_data" / "friends.jsonl"
PASSWORD = "a good password"
FILLER = "lorem ipsum " * 60


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if os.environ.get("MEMCLI_TEST_NEO4J") == "skip":
        pytest.skip("told to go without Neo4j")
    home = tmp_path_factory.mktemp("guarded")
    try:
        server = Server(home, password=PASSWORD)
        server.set(*_with_certificate(home), "db.memory.transaction.max=8m")
        server.start()
    except UnavailableError as error:
        pytest.fail(str(error), pytrace=False)
    yield server
    server.stop()


def _with_certificate(home: Path) -> list[str]:
    """Make a certificate that nobody has signed; the settings with which the server shows it."""
    folder = home / "certificates" / "bolt"
    folder.mkdir(parents=True)
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(folder / "private.key"), "-out", str(folder / "public.crt")),
        ],
        check=True,
        capture_output=True,
    )
    policy = "dbms.ssl.policy.bolt"
    return [
        f"{policy}.enabled=true",
        f"{policy}.base_directory={folder}",
        f"{policy}.private_key=private.key",
        f"{policy}.public_certificate=public.crt",
        f"{policy}.client_auth=NONE",
        "server.bolt.tls_level=OPTIONAL",
    ]


@pytest.mark.parametrize("password", ["", "a wrong password"])
def test_a_wrong_password(guarded: Server, password: str) -> None:
    with pytest.raises(StoreError) as raised:
        Neo4jStore(guarded.url, create=True, password=password)
    assert "MEMCLI_NEO4J_PASSWORD" in raised.value.hint
    assert not password or password not in raised.value.message + raised.value.hint


def test_a_server_that_is_killed_in_mid_ingest(guarded: Server, tmp_path: Path) -> None:
    settings = Settings(store=guarded.url, ingest_extractor="rules", ingest_batch=2, neo4j_password=PASSWORD)

    class Kill:
        """Progress that ends the server after so many records."""

        def begin(self, path: str, size: int | None) -> None: ...

        def advance(self, offset: int, records: int) -> None:
            if records == 20:
                guarded.stop(signal.SIGKILL)

        def end(self) -> None: ...

    with Memory.open(settings, create=True) as memory:
        with pytest.raises(StoreError) as raised:
            memory.ingest([FRIENDS], progress=Kill())
        assert raised.value.hint
    guarded.start()
    with (
        Memory.open(settings) as memory,
        Memory.open(Settings(store=f"sqlite:///{tmp_path}/memory.db", ingest_extractor="rules"), create=True) as other,
    ):
        assert memory.info().nodes["interaction"] == 20
        report, whole = memory.ingest([FRIENDS]), other.ingest([FRIENDS])
        assert (report.added, report.skipped) == (whole.added - 20, 20)
        with memory.snapshot() as here, other.snapshot() as there:
            assert list(here.nodes()) == list(there.nodes())
            assert list(here.edges()) == list(there.edges())


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


def test_a_batch_that_is_too_large(guarded: Server, command: World) -> None:
    big = command.home / "big.jsonl"
    lines = (f'{{"conversation": "big", "speaker": "Ann", "text": "Word{n} {FILLER}"}}' for n in range(2000))
    big.write_text("\n".join(lines), "utf-8")
    command.env |= {"MEMCLI_NEO4J_PASSWORD": PASSWORD, "MEMCLI_STORE": guarded.url, "MEMCLI_INGEST_BATCH": "2000"}
    told = command("ingest", str(big))
    assert told.code == 4
    assert "too large" in told.err
    assert "ingest.batch" in told.err
    assert command("note", "list", "--conversation", "big", "--json").data["notes"] == []


def _on_terminal(command: list[str], home: Path, typed: str) -> tuple[int, str]:
    """Run a command line on a terminal; type when it asks for a password. Its exit code and what is shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.environ["MEMCLI_HOME"] = str(home)
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
    code, shown = _on_terminal(["store", "info", "--store", guarded.url], tmp_path, PASSWORD)
    assert code == 0
    assert "Password for neo4j@127.0.0.1" in shown
    assert PASSWORD not in shown
    for flag in ("--no-input", "--quiet"):
        code, shown = _on_terminal(["store", "info", "--store", guarded.url, flag], tmp_path, PASSWORD)
        assert code == 4
        assert "Password for" not in shown
        assert "MEMCLI_NEO4J_PASSWORD" in shown
