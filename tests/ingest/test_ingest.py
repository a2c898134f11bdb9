"""The write path, end to end: what is taken in, what is skipped, what it becomes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from graph.errors import NotFoundError, StoreError
from graph.model import EdgeKind, NodeKind
from graph.store.sqlite.store import SqliteStore
from tests.ingest.memories import edges, exported, ingested, long_talk, memory, nodes, talk, written


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


def keys(store: Path, kind: EdgeKind) -> list[tuple[str, str]]:
    """The ends of edges between interactions, by the ids that were given."""
    key = {each.id: each.key for each in nodes(store, NodeKind.INTERACTION)}
    return sorted((key[edge.source], key[edge.target]) for edge in edges(store, kind))


# --- Again, and again ----------------------------------------------------------------------------


def test_the_same_again_adds_nothing(tmp_path: Path, store: Path) -> None:
    chat = written(tmp_path / "chat.jsonl", long_talk(150))
    first = ingested(store, chat)
    before = exported(store)
    second = ingested(store, chat)
    assert (first.read, first.added, first.skipped) == (150, 150, 0)
    assert (second.read, second.added, second.skipped) == (150, 0, 150)
    assert (second.notes, second.entities, second.links) == (0, 0, 0)
    assert exported(store) == before


def test_the_same_under_another_name_adds_nothing(tmp_path: Path, store: Path) -> None:
    ingested(store, written(tmp_path / "chat.jsonl", long_talk(150)))
    before = exported(store)
    again = ingested(store, written(tmp_path / "copy.jsonl", long_talk(150)))
    assert (again.read, again.added, again.skipped) == (150, 0, 150)
    assert exported(store) == before


def test_a_message_that_comes_twice_is_one(tmp_path: Path, store: Path) -> None:
    (message,) = talk("Ann: I went to Lisbon.")
    report = ingested(store, written(tmp_path / "chat.jsonl", [message] * 3), ingest_batch=2)
    assert (report.read, report.added, report.skipped) == (3, 1, 2)


def test_a_growing_file_adds_what_is_new(tmp_path: Path, store: Path) -> None:
    messages = long_talk(230)
    chat = tmp_path / "chat.jsonl"
    added = [ingested(store, written(chat, messages[:end])).added for end in (1, 5, 70, 71, 150, 230)]
    assert added == [1, 4, 65, 1, 79, 80]
    ingested(tmp_path / "whole.db", chat)
    assert exported(store) == exported(tmp_path / "whole.db")


@pytest.mark.parametrize("size", [1, 7, 500])
def test_the_graph_does_not_depend_on_batches(tmp_path: Path, store: Path, size: int) -> None:
    chat = written(tmp_path / "chat.jsonl", [*long_talk(230), *long_talk(90, "other")])
    report = ingested(store, chat, ingest_batch=size)
    whole = ingested(tmp_path / "whole.db", chat, ingest_batch=64)
    assert exported(store) == exported(tmp_path / "whole.db")
    assert (report.links, report.notes, report.entities) == (whole.links, whole.notes, whole.entities)
    assert report.links == len(edges(store, EdgeKind.LINKS_TO)) > 0


def test_the_size_of_batches_may_change_between_an_interruption_and_the_rest(tmp_path: Path, store: Path) -> None:
    chat = written(tmp_path / "chat.jsonl", long_talk(200))
    stopped = Stopping(after=50)
    with pytest.raises(KeyboardInterrupt), memory(store, ingest_batch=7) as opened:
        opened.ingest([chat], progress=stopped)
    rest = ingested(store, chat, ingest_batch=64)
    assert rest.read == 200
    assert rest.skipped == stopped.records
    ingested(tmp_path / "whole.db", chat)
    assert exported(store) == exported(tmp_path / "whole.db")


class Stopping:
    """Progress that interrupts like Ctrl-C."""

    def __init__(self, after: int) -> None:
        self.after, self.records = after, 0

    def begin(self, path: str, size: int | None) -> None:
        pass

    def advance(self, offset: int, records: int) -> None:
        self.records = records
        if records >= self.after:
            raise KeyboardInterrupt

    def end(self) -> None:
        pass


def test_two_machines_make_the_same_graph(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from tests.ingest.memories import exported, ingested\n"
    code += "ingested(Path(sys.argv[1]), Path('chat.jsonl')); sys.stdout.write(exported(Path(sys.argv[1])))"
    found = []
    for machine, seed in (("one", "1"), ("two", "4242")):
        folder = tmp_path / machine
        folder.mkdir()
        written(folder / "chat.jsonl", long_talk(150))
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        command = [sys.executable, "-c", code, str(folder / "memory.db")]
        found.append(subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True).stdout)
    assert found[0] == found[1] != b""


ROOT = Path(__file__).resolve().parents[2]


def test_what_another_ingest_took_in_meanwhile_is_skipped(tmp_path: Path, store: Path) -> None:
    messages = long_talk(100)
    chat = written(tmp_path / "chat.jsonl", messages)
    meanwhile = written(tmp_path / "meanwhile.jsonl", messages)

    class Meddling(Stopping):
        def advance(self, offset: int, records: int) -> None:
            if records == 10:
                ingested(store, meanwhile)

    with memory(store, ingest_batch=10) as opened:
        report = opened.ingest([chat], progress=Meddling(0))
    assert (report.added, report.skipped) == (10, 90)
    ingested(tmp_path / "whole.db", chat)
    assert exported(store) == exported(tmp_path / "whole.db")


# --- Order, replies, speakers, questions ---------------------------------------------------------


def test_conversations_that_reuse_ids_stay_apart(tmp_path: Path, store: Path) -> None:
    reply = {"speaker": "Bob", "text": "Yes, by train.", "reply_to": "1", "id": "2"}
    for name in ("left", "right"):
        first = {"conversation": name, "speaker": "Ann", "text": "Going to Lisbon?", "id": "1"}
        ingested(store, written(tmp_path / f"{name}.jsonl", [first, {"conversation": name, **reply}]))
    said = {each.id: each for each in nodes(store, NodeKind.INTERACTION)}
    assert len(said) == 4
    for kind in (EdgeKind.REPLIES_TO, EdgeKind.NEXT):
        found = edges(store, kind)
        assert len(found) == 2
        assert all(said[edge.source].conversation == said[edge.target].conversation for edge in found)
    assert sorted((each.conversation, each.position) for each in said.values()) == [
        ("left", 0),
        ("left", 1),
        ("right", 0),
        ("right", 1),
    ]


def test_turns_of_one_conversation_out_of_many_mixed(tmp_path: Path, store: Path) -> None:
    left, right = long_talk(40, "left"), long_talk(40, "right")
    mixed = [each for pair in zip(left, right, strict=True) for each in pair]
    ingested(store, written(tmp_path / "mixed.jsonl", mixed), ingest_batch=3)
    ingested(tmp_path / "apart.db", written(tmp_path / "apart.jsonl", left + right))
    for kind in (EdgeKind.NEXT, EdgeKind.REPLIES_TO, EdgeKind.ANSWERED_BY):
        assert edges(store, kind) == edges(tmp_path / "apart.db", kind)


@pytest.mark.parametrize("size", [1, 3])
def test_next_joins_the_turns_of_a_session(tmp_path: Path, store: Path, size: int) -> None:
    turns = talk(*(f"Ann: Day {number} in Lisbon" for number in range(6)))
    for turn, session in zip(turns, "aabbbb", strict=True):
        turn["session"] = session
    ingested(store, written(tmp_path / "chat.jsonl", turns), ingest_batch=size)
    assert keys(store, EdgeKind.NEXT) == [("1", "2"), ("3", "4"), ("4", "5"), ("5", "6")]


@pytest.mark.parametrize("size", [1, 64])
def test_a_reply_leads_to_the_last_with_that_id_before_it(tmp_path: Path, store: Path, size: int) -> None:
    messages = talk("Ann: Lisbon in May.", "Ann: Porto in May.", "Bob: Which one?", "Bob: And this?", "Ann: Nothing.")
    messages[1]["id"] = "1"
    messages[2]["reply_to"], messages[3]["reply_to"], messages[4]["reply_to"] = "1", "9", "5"
    ingested(store, written(tmp_path / "chat.jsonl", messages), ingest_batch=size)
    text = {each.id: each.text for each in nodes(store, NodeKind.INTERACTION)}
    found = [(text[edge.source], text[edge.target]) for edge in edges(store, EdgeKind.REPLIES_TO)]
    assert found == [("Which one?", "Porto in May.")]


def test_the_same_speaker_however_written_is_one_entity(tmp_path: Path, store: Path) -> None:
    ingested(store, written(tmp_path / "chat.jsonl", talk("Zoë: Lisbon is far.", "ZOE: So is Porto.", "zoë: Yes.")))
    (speaker,) = {edge.target for edge in edges(store, EdgeKind.SAID_BY)}
    (entity,) = [each for each in nodes(store, NodeKind.ENTITY) if each.id == speaker]
    assert (entity.name, entity.aliases, entity.label) == ("Zoë", ("ZOE", "zoë"), "PERSON")


@pytest.mark.parametrize("size", [1, 64])
def test_a_question_is_answered_by_the_next_turns_of_another(tmp_path: Path, store: Path, size: int) -> None:
    chat = talk(
        "Ann: Where did you stay in Lisbon?",
        "Ann: Just curious about hotels.",
        "Bob: At the Tivoli hotel.",
        "Bob: It was lovely, near the river.",
        "Bob: And cheap for May.",
        "Carla: Which rooms are quiet there?",
    )
    ingested(store, written(tmp_path / "chat.jsonl", chat), ingest_batch=size)
    outcome = {each.text: each.outcome for each in nodes(store, NodeKind.QUERY)}
    assert outcome == {"Where did you stay in Lisbon?": "answered", "Which rooms are quiet there?": "open"}
    key = {each.id: each.key for each in nodes(store, NodeKind.INTERACTION)}
    assert sorted(key[edge.target] for edge in edges(store, EdgeKind.ANSWERED_BY)) == ["3", "4"]
    # The notes of answers are linked to the note of the question, across batches too.
    assert sum(edge.relation == "answers" for edge in edges(store, EdgeKind.LINKS_TO)) == 2


# --- Notes, entities, insights -------------------------------------------------------------------


def test_greetings_make_no_note(tmp_path: Path, store: Path) -> None:
    chat = talk("Ann: Hey! How are you?", "Bob: Good, thanks!", "Ann: 👍", "Bob: ...", "Ann: I moved to Lisbon.")
    report = ingested(store, written(tmp_path / "chat.jsonl", chat))
    assert (report.added, report.notes) == (5, 1)
    assert [each.title for each in nodes(store, NodeKind.NOTE)] == ["I moved to Lisbon."]


def test_spellings_of_a_name_are_aliases(tmp_path: Path, store: Path) -> None:
    chat = talk("Ann: We saw São Paulo.", "Bob: In Sao Paulo's heat?", "Ann: Yes, in SÃO PAULO.")
    ingested(store, written(tmp_path / "chat.jsonl", chat))
    (city,) = [each for each in nodes(store, NodeKind.ENTITY) if "paulo" in each.name.lower()]
    assert city.name == "São Paulo"
    assert set(city.aliases) >= {"SÃO PAULO"}
    assert len([edge for edge in edges(store, EdgeKind.MENTIONS) if edge.target == city.id]) == 3


@pytest.mark.parametrize("size", [1, 64])
def test_an_insight_is_active_from_its_second_support_on(tmp_path: Path, store: Path, size: int) -> None:
    chat = talk("Ann: I love Lisbon so much.", "Bob: I hate Porto a lot.", "ann: I really like Lisbon, still.")
    ingested(store, written(tmp_path / "chat.jsonl", chat[:2]), ingest_batch=size)
    assert {(each.text, each.state) for each in nodes(store, NodeKind.INSIGHT)} == {
        ("Ann likes Lisbon.", "candidate"),
        ("Bob dislikes Porto.", "candidate"),
    }
    ingested(store, written(tmp_path / "chat.jsonl", chat), ingest_batch=size)
    found = {each.text: (each.subject, each.state, each.support) for each in nodes(store, NodeKind.INSIGHT)}
    assert found == {"Ann likes Lisbon.": ("Ann", "active", 2), "Bob dislikes Porto.": ("Bob", "candidate", 1)}
    assert len(edges(store, EdgeKind.SUPPORTED_BY)) == 3


def test_a_name_that_everybody_mentions_joins_nothing(tmp_path: Path, store: Path) -> None:
    chat = talk(*(f"Ann: Day {number} was spent in Lisbon" for number in range(60)))
    ingested(store, written(tmp_path / "chat.jsonl", chat), ingest_batch=16)
    assert 0 < len({edge.source for edge in edges(store, EdgeKind.LINKS_TO)}) < 25


def test_speakers_join_nothing(tmp_path: Path, store: Path) -> None:
    chat = talk("Ann: We waited for Robert.", "Robert: Sorry about that.", "Ann: Never wait for Robert again.")
    ingested(store, written(tmp_path / "chat.jsonl", chat), ingest_batch=1)
    assert [edge for edge in edges(store, EdgeKind.LINKS_TO) if "Robert" in edge.reason] == []


# --- What cannot be taken in ---------------------------------------------------------------------


def test_rejects_are_counted_and_named_every_time(tmp_path: Path, store: Path) -> None:
    good = json.dumps(talk("Ann: I moved to Lisbon.")[0])
    chat = written(tmp_path / "chat.jsonl", [good, "{", "[]", '{"speaker": "Ann", "text": 7}', good.replace("1", "2")])
    for added in (2, 0):
        report = ingested(store, chat)
        assert (report.read, report.added, report.rejected) == (2, added, 3)
        assert [(each.path, each.line) for each in report.rejects] == [(str(chat), line) for line in (2, 3, 4)]
        assert all(each.reason for each in report.rejects)
    with memory(store) as opened:
        assert opened.info().sources == 0


def test_more_rejects_than_anybody_reads_are_only_counted(tmp_path: Path, store: Path) -> None:
    good = json.dumps(talk("Ann: I moved to Lisbon.")[0])
    report = ingested(store, written(tmp_path / "chat.jsonl", [good, *["{"] * 1500]))
    assert (report.added, report.rejected, len(report.rejects)) == (1, 1500, 1000)


def test_a_file_that_nobody_can_read_does_not_stop_the_others(tmp_path: Path, store: Path) -> None:
    folder = tmp_path / "chats"
    folder.mkdir()
    written(folder / "a.jsonl", talk("Ann: I moved to Lisbon."))
    (folder / "b.jsonl").write_bytes(b"\x00\xff\xfe" * 999)
    (folder / "c.zip").write_bytes(b"PK\x03\x04nothing")
    (folder / "d.jsonl").symlink_to(folder / "nowhere")
    written(folder / "e.jsonl", talk("Bob: I moved to Porto."))
    report = ingested(store, folder)
    assert report.added == 2
    assert {Path(each.path).name for each in report.rejects} == {"b.jsonl", "c.zip", "d.jsonl"}


def test_a_file_whose_name_is_no_text(tmp_path: Path, store: Path) -> None:
    odd = Path(f"{tmp_path}/chat-\udcff\n.jsonl")
    try:
        written(odd, [{"speaker": "Ann", "text": "I moved to Lisbon."}])
    except OSError:
        pytest.skip("no such names on this disk")
    assert ingested(store, odd).added == 1
    assert ingested(store, odd).skipped == 1


def test_a_path_to_nowhere(tmp_path: Path, store: Path) -> None:
    with pytest.raises(NotFoundError):
        ingested(store, tmp_path / "nothing.jsonl")


def test_a_very_long_message(tmp_path: Path, store: Path) -> None:
    chat = talk(
        "Ann: " + "word and Lisbon, " * 100_000, "Bob: " + "東京" * 100_000, "Ann: so " + "x" * 900_000 + " in Porto"
    )
    report = ingested(store, written(tmp_path / "chat.jsonl", chat))
    assert (report.added, report.rejected) == (3, 0)
    found = nodes(store, NodeKind.NOTE)
    assert len(found) == 3
    assert all(len(each.title) <= 80 and len(each.context) < 1000 for each in found)
    assert all(len(word) <= 80 for each in found for word in each.keywords)


def test_years_that_no_calendar_has(tmp_path: Path, store: Path) -> None:
    chat = talk("Ann: I moved to Lisbon.", "Ann: I moved to Porto.", "Ann: I moved to Berlin.")
    for message, time in zip(chat, ("0001-01-01T00:00:00", "9999-12-31T23:59:59+14:00", "2024-13-45"), strict=True):
        message["timestamp"] = time
    assert ingested(store, written(tmp_path / "chat.jsonl", chat)).added == 3


# --- Dry runs, standard input, memory ------------------------------------------------------------


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path, store: Path) -> None:
    chat = written(tmp_path / "chat.jsonl", long_talk(150))
    ingested(store, written(tmp_path / "part.jsonl", long_talk(100)))
    before = exported(store)
    report = ingested(store, chat, dry_run=True)
    assert (report.read, report.added, report.skipped, report.notes) == (150, 50, 100, 0)
    assert exported(store) == before
    assert ingested(store, chat).added == 50


def test_standard_input_is_taken_in_once(store: Path) -> None:
    data = "".join(json.dumps(each) + "\n" for each in long_talk(30)).encode()
    added = []
    for _ in range(2):
        with memory(store) as opened:
            added.append(opened.ingest([Path("-")], stdin=io.BytesIO(data)).added)
    assert added == [30, 0]


def test_a_failing_store_stops_the_ingest_and_keeps_what_was_committed(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = written(tmp_path / "chat.jsonl", long_talk(100))
    save, calls = SqliteStore.save, []

    def failing(self, changes):
        calls.append(changes)
        counts = save(self, changes)
        if len(calls) == 4:
            raise StoreError("no", "hint")
        return counts

    monkeypatch.setattr(SqliteStore, "save", failing)
    with pytest.raises(StoreError):
        ingested(store, chat, ingest_batch=10)
    assert len(nodes(store, NodeKind.INTERACTION)) == 30
    monkeypatch.undo()
    assert ingested(store, chat).skipped == 30


HUNGRY = """
import sys
from pathlib import Path
from graph.store.sqlite import connection
from tests.ingest.memories import ingested
# The pages that SQLite keeps are bounded, but far above what this looks for.
connection._CACHE = "PRAGMA cache_size = -2000"
report = ingested(Path(sys.argv[1]), Path(sys.argv[2]))
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(report.added, peak.split()[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process's memory is read from /proc")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    # Long words keep it short: it is letters that fill a memory, and words that take time.
    filler = " ".join(["verylongword" * 20] * 160)
    peaks = []
    for count in (130, 700):
        messages = ({**each, "text": f"{each['text']} {filler}"} for each in long_talk(count))
        chat = written(tmp_path / f"{count}.jsonl", messages)
        command = [sys.executable, "-c", HUNGRY, str(tmp_path / f"{count}.db"), str(chat)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        added, peak = map(int, done.stdout.split())
        assert added == count
        peaks.append(peak)
    assert chat.stat().st_size > 25_000_000
    assert peaks[1] - peaks[0] < 5_000
