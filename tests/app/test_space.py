"""`memcli space`, `--space`: memories of one store that know nothing of each other, on either store."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

from graph.memory import Memory
from graph.model import Changes, NodeKind
from graph.settings import Settings
from graph.store.neo4j.store import Neo4jStore
from graph.transfer import Transfer
from memcli.session import open_memory
from tests.forgetting.conftest import OWN

from .world import World, fitting

HERE = (
    b'{"conversation": "talk", "id": "1", "speaker": "Ann", "text": "I love Zermatt. Do you like Quirin Meyer?"}\n'
    b'{"conversation": "talk", "id": "2", "speaker": "Bob", "text": "Quirin Meyer lives in Basel."}\n'
)
THERE = (
    b'{"conversation": "talk", "id": "1", "speaker": "Ann", "text": "I love Vrbovsko. Do you like Xaver Huber?"}\n'
    b'{"conversation": "talk", "id": "2", "speaker": "Zenobia", "text": "Xaver Huber lives in Vrbovsko."}\n'
)
STRANGE = ("vrbovsko", "xaver", "huber", "zenobia")


@pytest.fixture(params=["sqlite", "neo4j"])
def place(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty store; empty for the default one."""
    if request.param == "sqlite":
        yield ""
        return
    url = request.getfixturevalue("neo4j_url")
    with neo4j.GraphDatabase.driver(url) as driver:
        driver.execute_query(OWN + " DETACH DELETE n")
        yield url
        driver.execute_query(OWN + " DETACH DELETE n")


@pytest.fixture
def spaces(place: str, tmp_path: Path) -> World:
    """A store with the spaces `here` and `there`, taken in."""
    env = {"MEMCLI_INGEST_EXTRACTOR": "rules", "MEMCLI_EMBEDDING_MODEL": "none", "MEMCLI_STORE": place}
    world = World(tmp_path, opener=open_memory, env=env)
    assert world("ingest", "-", "--space", "here", stdin=HERE).code == 0
    assert world("ingest", "-", "--space", "there", stdin=THERE).code == 0
    return world


def names(world: World) -> dict[str, int]:
    return {each["name"]: each["interactions"] for each in world("space", "list", "--json").data["spaces"]}


def test_they_are_listed_made_renamed_and_deleted(spaces: World) -> None:
    assert names(spaces) == {"here": 2, "there": 2}
    assert spaces("space", "create", "third").code == 0
    assert names(spaces) == {"here": 2, "there": 2, "third": 0}
    before = spaces("graph", "export", "--space", "here").out
    (replies := spaces.home / "llm-replies.db").touch()
    assert spaces("space", "rename", "here", "moved").code == 0
    assert replies.exists()
    assert names(spaces) == {"moved": 2, "there": 2, "third": 0}
    assert spaces("graph", "export", "--space", "moved").out == before
    assert spaces("graph", "export", "--space", "here").code == 4
    assert spaces("space", "delete", "moved").code == 2
    assert spaces("space", "delete", "moved", "--yes").code == 0
    assert not replies.exists()
    assert spaces("space", "delete", "third", "--yes").code == 0
    assert names(spaces) == {"there": 2}
    assert spaces("ask", "Who lives in Vrbovsko?", "--space", "there", "--no-answer").out


def test_no_command_tells_in_one_what_is_in_another(spaces: World) -> None:
    note = spaces("note", "list", "--space", "here", "--json").data["notes"][0]["id"]
    backup = spaces.home / "here.gz"
    lines = [
        ["ask", "Do you like Xaver Huber of Vrbovsko, Zenobia?", "--explain"],
        ["ask", "Who lives where?", "--no-answer", "--limit", "100"],
        ["entity", "list"],
        ["entity", "show", "Ann"],
        ["forget", "--all", "--dry-run"],
        ["graph", "export", "--format", "jsonl"],
        ["graph", "export", "--format", "cypher"],
        ["graph", "export", "--format", "csv", "--output", str(spaces.home / "table")],
        ["graph", "neighbors", "Ann", "--hops", "3"],
        ["graph", "stats"],
        ["ingest", "-", "--dry-run"],
        ["note", "list"],
        ["note", "show", note],
        ["note", "history"],
        ["store", "info"],
        ["store", "backup", str(backup)],
        ["space", "list"],
    ]
    for line in lines:
        for flags in ([], ["--json"]):
            ran = spaces(*line, *(flags if line[:2] != ["graph", "export"] else []), "--space", "here", stdin=HERE)
            assert ran.code in (0, 2), (line, ran.err)
            told = ran.out.replace("Do you like Xaver Huber of Vrbovsko, Zenobia?", "")
            if line[0] != "ask":
                assert not [word for word in STRANGE if word in (told + ran.err).casefold()], line
            elif flags:
                data = ran.data
                found = str([data["answer"], data["hits"], data["insights"]]).casefold()
                assert not [word for word in STRANGE if word in found], line
    assert not [word for word in STRANGE if word.encode() in gzip.decompress(backup.read_bytes()).lower()]
    for name in ("Vrbovsko", "Xaver Huber", "Zenobia"):
        assert spaces("entity", "show", name, "--space", "here").code == 3
        assert spaces("forget", "--entity", name, "--space", "here", "--yes").code == 3
        assert spaces("forget", "--matching", name, "--space", "here", "--yes").code == 3
    # The store's own memory is another one again.
    assert spaces("graph", "export").out == "" or spaces("graph", "export").code == 4


def test_several_are_asked_at_once_and_each_hit_names_its_own(spaces: World) -> None:
    assert spaces("ingest", "-", "--space", "third", stdin=THERE.replace(b"Vrbovsko", b"Opatija")).code == 0
    both = ("--space", "here", "--space", "there")
    data = fitting(spaces, "ask", "Where does Xaver Huber live?", *both)
    assert (data["answer"]["space"], data["answer"]["value"]) == ("there", "Vrbovsko")
    assert {hit["space"] for hit in data["hits"]} == {"here", "there"}
    assert [hit["rank"] for hit in data["hits"]] == [1, 2, 3, 4]
    assert [hit["score"] for hit in data["hits"]] == sorted((hit["score"] for hit in data["hits"]), reverse=True)
    quoted = next(hit for hit in data["hits"] if hit["text"] == "Xaver Huber lives in Vrbovsko.")
    assert data["answer"]["text"].endswith(f"[{quoted['rank']}]")
    assert "Opatija" not in str(data)
    # What each space finds is what it finds by itself, in the same order.
    for space in ("here", "there"):
        alone = fitting(spaces, "ask", "Where does Xaver Huber live?", "--space", space)["hits"]
        assert [hit["text"] for hit in data["hits"] if hit["space"] == space] == [hit["text"] for hit in alone]
    shown = spaces("ask", "Where does Xaver Huber live?", *both, "--explain").out
    assert f"[{quoted['rank']}] there · talk · 2" in shown
    assert "] here · Bob: Quirin Meyer lives in Basel." in shown


@pytest.mark.parametrize("flags", [[], ["--explain"], ["--no-answer"], ["--order", "time"], ["--limit", "1"]])
def test_the_best_of_a_space_that_knows_nothing_comes_after_what_knows(spaces: World, flags: list[str]) -> None:
    talk = b"".join(
        b'{"conversation": "c", "id": "%d", "speaker": "Eva", "text": "%s"}\n' % line
        for line in enumerate([b"Where does the bus stop, and where can we live so well.", b"Near the mill.", b"Fine."])
    )
    assert spaces("ingest", "-", "--space", "noise", stdin=talk).code == 0
    question = ("ask", "Where does Xaver Huber live?")
    (first, *_) = fitting(spaces, *question, "--space", "noise")["hits"]
    assert first["score"] == 1
    for asked in (("noise", "there"), ("there", "noise")):
        data = fitting(spaces, *question, *flags, *(each for space in asked for each in ("--space", space)))
        hits = sorted(data["hits"], key=lambda hit: hit["rank"])
        assert (hits[0]["space"], hits[0]["text"]) == ("there", "Xaver Huber lives in Vrbovsko.")
        assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
        assert bool(data["answer"]) == (flags != ["--no-answer"])
        if "--explain" in flags:
            assert all(0 <= hit["signals"]["space"] <= 1 for hit in hits)
            shown = spaces(*question, *flags, "--space", "noise", "--space", "there").out
            assert shown.index("there · Zenobia") < shown.index("noise · Eva")


def test_the_hit_that_the_answer_quotes_has_a_place_among_few(spaces: World) -> None:
    for question, space, quoted in (
        ("Where does Xaver Huber live?", "there", "Xaver Huber lives in Vrbovsko."),
        ("Where does Quirin Meyer live?", "here", "Quirin Meyer lives in Basel."),
    ):
        for bound in (("--limit", "1"), ("--budget", "1")):
            data = fitting(spaces, "ask", question, "--space", "there", "--space", "here", *bound)
            assert [(hit["rank"], hit["space"], hit["text"]) for hit in data["hits"]] == [(1, space, quoted)]
            assert data["answer"]["text"].endswith("[1]")


def test_the_store_itself_and_many_questions(spaces: World) -> None:
    assert spaces("ingest", "-", stdin=HERE.replace(b"Basel", b"Chur")).code == 0
    spaces.env["MEMCLI_SPACE"] = "there"
    asked = b"Where does Quirin Meyer live?\n"
    ran = spaces("ask", "-", "--space", "default", "--space", "here", "--space", "here", stdin=asked)
    assert ran.code == 0
    assert {hit["space"] for hit in json.loads(ran.out)["hits"]} == {"default", "here"}


def test_only_reading_takes_several(spaces: World) -> None:
    before = [spaces("graph", "export", "--space", each).out for each in ("here", "there")]
    both = ("--space", "here", "--space", "there")
    for line in (("ingest", "-"), ("forget", "--all", "--yes"), ("graph", "export"), ("space", "list")):
        ran = spaces(*line, *both, stdin=HERE)
        assert (ran.code, ran.out) == (2, "")
        assert "here, there" in ran.err
        assert "memcli ask" in ran.err
    assert [spaces("graph", "export", "--space", each).out for each in ("here", "there")] == before
    assert spaces("ask", "Who?", "--space", "here", "--space", "").code == 2
    # One that is not there is not made, and stops the others.
    ran = spaces("ask", "Who?", "--space", "here", "--space", "nowhere")
    assert (ran.code, ran.out) == (4, "")
    assert names(spaces) == {"here": 2, "there": 2}


def test_what_is_done_in_one_leaves_the_others(spaces: World) -> None:
    before = spaces("graph", "export", "--space", "there").out
    assert spaces("forget", "--all", "--space", "here", "--yes").code == 0
    assert spaces("ingest", "-", "--space", "here", stdin=HERE + THERE).code == 0
    assert spaces("forget", "--conversation", "talk", "--space", "here", "--yes").code == 0
    assert spaces("space", "delete", "here", "--yes").code == 0
    assert spaces("graph", "export", "--space", "there").out == before
    assert spaces("ask", "Where does Xaver Huber live?", "--space", "there").code == 0


def test_one_travels_as_one_file(spaces: World) -> None:
    file = str(spaces.home / "one.gz")
    assert spaces("store", "backup", file, "--space", "here").code == 0
    assert spaces("store", "restore", file, "--space", "arrived").code == 0
    assert names(spaces) == {"arrived": 2, "here": 2, "there": 2}
    assert spaces("graph", "export", "--space", "arrived").out == spaces("graph", "export", "--space", "here").out


def test_the_environment_names_one_and_the_command_line_another(spaces: World) -> None:
    spaces.env["MEMCLI_SPACE"] = "there"
    assert "Vrbovsko" in spaces("graph", "export").out
    assert "Vrbovsko" not in spaces("graph", "export", "--space", "here").out
    assert names(spaces) == {"here": 2, "there": 2}
    assert spaces("config", "get", "space").out == "there\n"


def test_one_is_not_renamed_to_itself(spaces: World) -> None:
    before = spaces("graph", "export", "--space", "here").out
    told = spaces("space", "rename", "here", "here")
    assert (told.code, told.out) == (2, "")
    assert "there is a space 'here' already" in told.err
    assert spaces("graph", "export", "--space", "here").out == before
    assert names(spaces) == {"here": 2, "there": 2}


@pytest.mark.parametrize("name", ["here", "bare"])
def test_one_is_not_renamed_to_another(spaces: World, name: str) -> None:
    assert spaces("space", "create", "bare").code == 0
    told = spaces("space", "rename", name, "there")
    assert (told.code, told.out) == (2, "")
    assert "there is a space 'there' already" in told.err
    assert names(spaces) == {"bare": 0, "here": 2, "there": 2}


@pytest.mark.parametrize("place", ["neo4j"], indirect=True)
@pytest.mark.parametrize("doing", ["rename", "delete"])
def test_what_is_broken_off_anywhere_goes_on(spaces: World, monkeypatch: pytest.MonkeyPatch, doing: str) -> None:
    whole = spaces("graph", "export", "--space", "here").out
    words = ["rename", "here", "moved"] if doing == "rename" else ["delete", "here", "--yes"]
    left = 0

    def save(self: Neo4jStore, changes: Changes) -> dict[NodeKind, int]:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return saved(self, changes)

    saved = Neo4jStore.save
    codes: list[int] = []
    while 0 not in codes:
        left = len(codes)
        with monkeypatch.context() as patch:
            patch.setattr(Neo4jStore, "save", save)
            codes.append(spaces("space", *words).code)
        assert len(codes) > 2 or codes[-1] == 130
        assert spaces("space", *words).code == (0 if codes[-1] else 3)
        assert names(spaces) == ({"moved": 2, "there": 2} if doing == "rename" else {"there": 2})
        if doing == "rename":
            assert spaces("graph", "export", "--space", "moved").out == whole
            assert spaces("space", "delete", "moved", "--yes").code == 0
        assert "added 2, skipped 0" in spaces("ingest", "-", "--space", "here", stdin=HERE).out
        assert spaces("graph", "export", "--space", "here").out == whole


@pytest.mark.parametrize("place", ["neo4j"], indirect=True)
def test_what_is_said_in_one_while_it_is_renamed_is_not_lost(spaces: World, monkeypatch: pytest.MonkeyPatch) -> None:
    more = HERE.replace(b'"talk"', b'"more"')
    compared = Transfer._compared

    def meanwhile(self: Transfer) -> object:
        assert spaces("ingest", "-", "--space", "here", stdin=more).code == 0
        return compared(self)

    with monkeypatch.context() as patch:
        patch.setattr(Transfer, "_compared", meanwhile)
        told = spaces("space", "rename", "here", "moved")
    assert told.code == 4
    assert "was written to while it was copied\nhint: " in told.err
    assert names(spaces) == {"here": 4, "moved": 2, "there": 2}
    whole = spaces("graph", "export", "--space", "here").out
    assert spaces("space", "rename", "here", "moved").code == 0
    assert spaces("graph", "export", "--space", "moved").out == whole
    assert names(spaces) == {"moved": 4, "there": 2}


@pytest.mark.parametrize("name", ["", "Work", "a b", "../x", "a/b", "-x", "a" * 64, "é", "a\n", "a'--", "a" * 10_000])
def test_names_that_are_none(empty: World, name: str) -> None:
    told = empty("space", "create", name)
    assert told.code == 2
    assert len(told.err) < 300
    assert list(empty.home.iterdir()) == []


def test_what_is_there_and_what_is_not(spaces: World) -> None:
    assert spaces("space", "create", "here").code == 2
    assert spaces("space", "rename", "nowhere", "x").code == 3
    assert spaces("space", "delete", "nowhere", "--yes").code == 3
    assert names(spaces) == {"here": 2, "there": 2}


def test_files_beside_a_store_that_are_none(empty: World) -> None:
    (empty.home / "memory.notes.db").write_text("mine")
    (empty.home / "memory.Big.db").write_text("mine")
    assert empty("ingest", "-", stdin=HERE).code == 0
    # A copy that somebody made of it, under a name that no space has.
    (empty.home / "memory.2024.old.db").write_bytes((empty.home / "memory.db").read_bytes())
    assert names(empty) == {"default": 2}
    assert empty("space", "create", "work").code == 0
    assert empty("space", "rename", "work", "notes").code == 4
    assert names(empty) == {"default": 2, "work": 0}
    # Looking leaves nothing beside them.
    assert not list(empty.home.glob("*-shm"))
    assert empty("space", "delete", "notes", "--yes").code == 3
    assert (empty.home / "memory.notes.db").read_text() == "mine"


def test_the_engine_opens_a_space_that_is_set(tmp_path: Path) -> None:
    with Memory.open(Settings(store=f"sqlite:///{tmp_path}/memory.db", space="work"), create=True):
        assert [each.name for each in tmp_path.glob("*.db")] == ["memory.work.db"]
