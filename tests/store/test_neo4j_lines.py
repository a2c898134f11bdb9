"""Servers that are not there, and lines to them that are slow, silent or cut; as a user of the command sees it."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import neo4j
import pytest

from graph.errors import StoreError
from graph.model import Selection
from graph.store.neo4j import patience
from graph.store.neo4j.store import Neo4jStore
from tests.app.world import World
from tests.neo4j_server.proxy import FULL_TEXT, LINKING, SAVING, Fate, Line, proxied
from tests.store.friends import FRIENDS, PATIENCE, QUESTION, Graph, begun, graph_of, taken_in, until


def complains(command: World, url: str, *arguments: str, code: int = 4) -> str:
    """A question to the store at `url` fails with `code`, in words and in JSON; the words."""
    told = command("ask", QUESTION, "--store", url, *arguments)
    assert (told.code, told.out) == (code, "")
    assert told.err.startswith("error: ")
    assert "\nhint: " in told.err
    assert "Traceback" not in told.err
    error = command("ask", QUESTION, "--store", url, "--json", *arguments)
    assert error.code == code
    assert error.envelope["status"] == "error"
    assert error.envelope["errors"][0]["hint"]
    return told.err


@pytest.mark.parametrize(
    "url", ["bolt://127.0.0.1:9", "neo4j://127.0.0.1:9", "bolt+s://127.0.0.1:9", "bolt://nowhere.invalid"]
)
def test_a_server_that_is_not_there(command: World, url: str) -> None:
    assert f"{url} cannot be reached" in complains(command, url)


def test_schemes_that_are_wrong(command: World, url: str) -> None:
    for scheme in ("http", "neo4j+tls", "file"):
        assert "names no store" in complains(command, url.replace("bolt:", f"{scheme}:"), code=2)
    for scheme in ("bolt+s", "neo4j+s", "bolt+ssc"):
        assert "does not speak TLS" in complains(command, url.replace("bolt:", f"{scheme}:"))


def test_databases_that_are_not_there(command: World, url: str) -> None:
    for scheme in ("bolt:", "neo4j:"):
        assert "there is no such database" in complains(command, url.replace("bolt:", scheme) + "/nowhere")
    assert "the server's own" in complains(command, url + "/system", code=2)


@pytest.mark.parametrize("scheme", ["bolt:", "neo4j:"])
def test_a_server_that_says_nothing(url: str, command: World, scheme: str) -> None:
    with proxied(url, lambda _: Fate.SILENT) as silent:
        told = command("ask", QUESTION, "--store", silent.replace("bolt:", scheme))
    assert told.code == 4
    assert "cannot be reached\nhint: " in told.err


def test_a_slow_line(url: str, command: World, whole: Graph) -> None:
    taken_in(url)
    with proxied(url, delay=0.15) as slow:
        told = command("ask", QUESTION, "--store", slow, "--json")
    assert told.code == 0
    assert told.data["hits"]


@pytest.mark.parametrize("marker", [SAVING, LINKING])
def test_a_line_that_is_cut_once_in_mid_transaction(url: str, command: World, whole: Graph, marker: bytes) -> None:
    line = Line(marker, Fate.CUT, good=1, bad=1)
    with proxied(url, line) as cut:
        told = command("ingest", str(FRIENDS), "--store", cut, "--json")
    assert line.reached.is_set()
    assert told.code == 0
    assert (told.data["added"], told.data["skipped"]) == (211, 0)
    assert graph_of(url) == whole


@pytest.mark.parametrize("marker", [SAVING, LINKING])
def test_a_line_that_stays_cut(url: str, command: World, whole: Graph, marker: bytes) -> None:
    with proxied(url, Line(marker, Fate.CUT, good=2)) as cut:
        told = command("ingest", str(FRIENDS), "--store", cut, "--json")
    assert told.code == 4
    assert "cannot be reached" in told.envelope["errors"][0]["message"]
    nodes, _ = graph_of(url)
    assert len([node for node in nodes if node.id.startswith("m_")]) == 128
    report = taken_in(url)
    assert (report.added, report.skipped) == (83, 128)
    assert graph_of(url) == whole


def test_a_line_that_is_cut_while_it_is_asked(url: str, command: World) -> None:
    taken_in(url)
    with proxied(url, Line(FULL_TEXT, Fate.CUT)) as cut:
        assert "cannot be reached" in complains(command, cut)


@pytest.mark.parametrize("marker", [b"_MemcliMigration", FULL_TEXT])
def test_a_line_that_garbles_what_the_server_says(url: str, command: World, marker: bytes) -> None:
    taken_in(url)
    with proxied(url, Line(marker, Fate.GARBLED)) as garbled:
        complains(command, garbled)


class Socket:
    """What the driver reads from, as `patience` has it."""

    def __init__(self) -> None:
        self.patience: float | None = 120.0
        self.waited: list[float | None] = []
        self.fails = False

    def get_read_timeout(self) -> float | None:
        return self.patience

    def set_read_timeout(self, seconds: float | None) -> None:
        self.patience = seconds

    def recv_into(self, buffer: bytearray, nbytes: int) -> int:
        self.waited.append(self.patience)
        if self.fails:
            raise TimeoutError
        return nbytes


def test_a_reply_that_has_begun_is_waited_for_less_long() -> None:
    line = Socket()
    receive = patience._impatient(line)
    assert [receive(bytearray(9), size) for size in (2, 9, 1)] == [2, 9, 1]
    line.fails = True
    with pytest.raises(TimeoutError):
        receive(bytearray(9), 9)
    assert line.waited == [120.0, patience.PAUSE_SECONDS, 120.0, patience.PAUSE_SECONDS]
    assert line.patience == 120.0


def test_the_lines_of_this_driver_are_bound(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[object] = []

    def impatient(line: Any) -> Any:
        lines.append(line)
        return line.recv_into

    monkeypatch.setattr(patience, "_impatient", impatient)
    Neo4jStore(url, create=True).close()
    assert len(lines) == 1


def test_a_line_that_is_cut_while_nobody_wants_more_rows(url: str) -> None:
    taken_in(url)
    with proxied(url) as line:
        store = Neo4jStore(line)
        some = store.nodes(Selection())
        assert next(some)
    # Nothing is raised, and so nothing printed where it is left to be collected.
    some.close()  # type: ignore[attr-defined]
    with pytest.raises(StoreError):
        list(store.nodes(Selection()))
    store.close()


def waiting(driver: neo4j.Driver, number: int = 1) -> None:
    """Return when so many transactions wait for a lock."""
    until(
        lambda: (
            driver.execute_query(
                "SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN count(*) AS number"
            ).records[0]["number"]
            == number
        )
    )


def test_a_deadlock_with_somebody_else(url: str, driver: neo4j.Driver, command: World) -> None:
    taken_in(url)
    more = command.home / "more.jsonl"
    more.write_text(json.dumps({"conversation": "c", "speaker": "Priya", "text": "I moved to Leeds."}) + "\n", "utf-8")
    theirs: list[BaseException | None] = []

    with driver.session() as session:
        transaction = session.begin_transaction()
        transaction.run("MATCH (e:_Memcli {name: 'Priya'}) SET e.theirs = 1").consume()

        def ask_for_the_lock() -> None:
            try:
                transaction.run("MATCH (l:_MemcliLock) SET l.theirs = 1").consume()
                transaction.rollback()
                theirs.append(None)
            except neo4j.exceptions.TransientError as error:
                theirs.append(error)

        other = threading.Thread(target=ask_for_the_lock)
        line = Line(SAVING, Fate.PASS)

        def decide(data: bytes) -> Fate:
            if line(data) is Fate.PASS and line.reached.is_set() and not other.ident:
                # They wait for ours, and ours is about to wait for them.
                other.start()
                waiting(driver)
            return Fate.PASS

        with proxied(url, decide) as between:
            told = command("ingest", str(more), "--store", between, "--json")
        other.join(PATIENCE)
    assert told.code == 0
    assert told.data["added"] == 1
    # One of the two was undone; if it was ours, it was done again.
    assert line.seen == (2 if theirs == [None] else 1)


def interrupted(process: subprocess.Popen[str]) -> None:
    """Ctrl-C ends the process with 130 and a word."""
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert told == "error: interrupted\nhint: what was committed stays\n"


@pytest.mark.parametrize("marker", [b"_MemcliMigration", FULL_TEXT])
def test_ctrl_c_while_a_question_hangs(url: str, tmp_path: Path, marker: bytes) -> None:
    taken_in(url)
    line = Line(marker, Fate.SILENT)
    with proxied(url, line) as silent, begun(tmp_path, "ask", QUESTION, "--store", silent) as process:
        assert line.reached.wait(PATIENCE)
        interrupted(process)


@pytest.mark.parametrize("marker", [SAVING, LINKING])
def test_ctrl_c_while_an_ingest_hangs(url: str, tmp_path: Path, whole: Graph, marker: bytes) -> None:
    line = Line(marker, Fate.SILENT, good=1)
    with proxied(url, line) as silent, begun(tmp_path, "ingest", str(FRIENDS), "--store", silent) as process:
        assert line.reached.wait(PATIENCE)
        interrupted(process)
    report = taken_in(url)
    assert (report.added, report.skipped) == (147, 64)
    assert graph_of(url) == whole


def test_ctrl_c_while_an_ingest_waits_for_its_turn(
    url: str, driver: neo4j.Driver, tmp_path: Path, whole: Graph
) -> None:
    taken_in(url)
    with driver.session() as session, session.begin_transaction() as transaction:
        transaction.run("MATCH (l:_MemcliLock) SET l.taken = 0").consume()
        with begun(tmp_path, "ingest", "sample_data", "--store", url) as process:
            waiting(driver)
            interrupted(process)
            waiting(driver, 0)
    assert graph_of(url) == whole


SLOW = 0.05
"""Seconds for which every chunk is under way."""


@pytest.mark.parametrize("where", ["first", "last"])
def test_ctrl_c_while_a_copy_crawls(url: str, tmp_path: Path, command: World, whole: Graph, where: str) -> None:
    """From there and to there."""
    other = f"sqlite:///{tmp_path}/other.db"
    taken_in(url if where == "first" else other)
    line = Line(b"STARTS WITH $given.within + $given.prefix" if where == "first" else LINKING, Fate.PASS)
    with proxied(url, line, delay=SLOW) as slow:
        stores = [slow, other] if where == "first" else [other, slow]
        with begun(tmp_path, "store", "copy", *stores) as process:
            assert line.reached.wait(PATIENCE)
            interrupted(process)
    stores = [url, other] if where == "first" else [other, url]
    again = command("store", "copy", *stores, "--json")
    assert (again.code, again.data["differing"]) == (0, 0)
    assert graph_of(stores[1]) == whole


def test_ctrl_c_while_an_ingest_crawls(url: str, tmp_path: Path, whole: Graph) -> None:
    line = Line(SAVING, Fate.PASS, good=1)
    with proxied(url, line, delay=SLOW) as slow, begun(tmp_path, "ingest", str(FRIENDS), "--store", slow) as process:
        assert line.reached.wait(PATIENCE)
        interrupted(process)
    report = taken_in(url)
    assert report.added + report.skipped == 211
    assert report.skipped >= 64
    assert graph_of(url) == whole
