"""The reply on a small memory: quotations with their sources, and what bounds and orders the hits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from graph.memory import Memory
from graph.model import Question, Reply
from graph.text import sentences
from tests.ingest.memories import ingested, memory, talk, written
from tests.recall.world import filled

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("answer"))


@pytest.fixture
def opened(store: Path) -> Iterator[Memory]:
    with memory(store, create=False) as found:
        yield found


def ask(opened: Memory, text: str, **more: Any) -> Reply:
    return opened.ask(Question(text, **more))


def keys(reply: Reply) -> list[str | None]:
    return [hit.sources[0].message or hit.sources[0].document for hit in reply.hits]


def test_documents_cover_a_comparison_together(tmp_path: Path) -> None:
    films = [
        {"title": "Silent Harbour", "text": "Silent Harbour is a film of the director Ulla Brandt."},
        {"title": "Northern Tide", "text": "Northern Tide, an older picture, was shot at the coast by Per Lind."},
    ]
    store = tmp_path / "films"
    ingested(store, written(tmp_path / "films.jsonl", [{"id": each["title"], **each} for each in films]))
    question = "Which film has the older director, Silent Harbour or Northern Tide?"
    with memory(store, create=False) as opened:
        compared, plain = (ask(opened, each) for each in (question, question.replace(" or ", " before ")))
    assert compared.answer.confidence > plain.answer.confidence


def test_messages_cover_a_summary_together(tmp_path: Path) -> None:
    store = tmp_path / "garden"
    said = talk("Ann: I dug the pond in March.", "Ann: The hedge needs water.", "Ann: I built a bench of oak.")
    ingested(store, written(tmp_path / "garden.jsonl", said))
    whole, part = "Can you give me a summary of", "Where did you buy"
    with memory(store, create=False) as opened:
        summary, plain = (ask(opened, f"{begun} the pond, the hedge and the bench?") for begun in (whole, part))
    assert summary.answer.confidence > plain.answer.confidence


# --- What is quoted ------------------------------------------------------------------------------

QUESTIONS = (
    "What food is Ann allergic to?",
    "What did Melanie paint?",
    "Where is the Kestrel Pavilion?",
    "Who filed the lighthouse report?",
    "Who is the mayor of Vorsk?",
)


@pytest.mark.parametrize("text", QUESTIONS)
def test_an_answer_is_word_for_word_what_a_hit_says(opened: Memory, text: str) -> None:
    reply = ask(opened, text)
    assert reply.answer.found
    assert len(reply.answer.text.splitlines()) == len(reply.answer.quotations) > 0
    hits = {hit.rank: hit for hit in reply.hits}
    value, text = reply.answer.value, reply.answer.text
    assert not value or text.startswith(f"{value} — “")
    quoted = text.removeprefix(f"{value} — ").splitlines()
    for line, quotation in zip(quoted, reply.answer.quotations, strict=True):
        assert quotation.text in hits[quotation.hit].text
        assert all(sentence in sentences(hits[quotation.hit].text) for sentence in sentences(quotation.text))
        assert not quotation.text.endswith("?")
        assert line.startswith(f"“{quotation.text}” — ")
        assert line.endswith(f" [{quotation.hit}]")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (QUESTIONS[0], "“Walnuts, and nothing else. One bite and my throat closes.” — Ann, 5 March 2024 ["),
        (QUESTIONS[1], "“I painted the lighthouse at Nida on Sunday.” — Melanie, 6 March 2024 ["),
        (
            QUESTIONS[2],
            "“The Kestrel Pavilion stands beside the harbour of Vorsk. It opened in 1961.” — Kestrel Pavilion [",
        ),
        (QUESTIONS[3], "Dan — “I filed the lighthouse report yesterday.” — Dan, 2 April 2024 ["),
    ],
)
def test_the_best_comes_first_with_speaker_and_date(opened: Memory, text: str, line: str) -> None:
    assert ask(opened, text).answer.text.splitlines()[0].startswith(line)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("When did Dan file the lighthouse report?", "date", "1 April 2024"),
        ("When did Melanie paint the lighthouse?", "date", "3 March 2024"),
        ("When did Ann paint the kitchen yellow?", "date", "by 6 March 2024"),
        ("When did the Kestrel Pavilion open?", "date", "1961"),
        ("When is the lighthouse report due?", "date", "5 April 2024"),
        ("Who is the mayor of Vorsk?", "person", "Oddny Falk"),
        ("Where did Melanie paint the lighthouse?", "place", "Nida"),
        ("What did Melanie paint?", "", ""),
        ("How many walnuts did the cat eat from the floor?", "number", ""),
    ],
)
def test_the_value_that_is_asked_for_comes_first(opened: Memory, text: str, kind: str, value: str) -> None:
    answer = ask(opened, text).answer
    assert (answer.kind, answer.value) == (kind, value)
    assert answer.text.startswith(f"{value} — “{answer.quotations[0].text}”" if value else "“")


def test_a_question_asked_before_is_not_its_own_answer(opened: Memory) -> None:
    reply = ask(opened, "What food are you allergic to, Ann?")
    assert "trip-0" in keys(reply)
    assert "?" not in reply.answer.text
    assert reply.answer.text.startswith("“Walnuts, and nothing else.")


def test_headings_are_not_quoted(tmp_path: Path) -> None:
    page = tmp_path / "notes.md"
    page.write_text("# Bread and how we bake bread\n\n- Use rye flour for the bread.\n- Eat it.\n", "utf-8")
    ingested(tmp_path / "memory.db", page)
    with memory(tmp_path / "memory.db", create=False) as opened:
        answer = ask(opened, "How do we bake bread?").answer
    assert [quotation.text for quotation in answer.quotations] == ["Use rye flour for the bread."]


# --- What is not there ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Xyzzy plugh?", "", "?!", "Which submarine did Ann captain around Antarctica?"])
def test_what_is_not_there_is_said_not_to_be(opened: Memory, text: str) -> None:
    answer = ask(opened, text).answer
    assert (answer.found, answer.text, answer.quotations) == (False, "", ())
    assert 0 <= answer.confidence < 0.5


def test_what_another_said_is_not_the_word_of_who_is_asked_about(opened: Memory) -> None:
    assert ask(opened, "When did Dan file the lighthouse report?").answer.found
    assert not ask(opened, "When did Melanie file the report?").answer.found


def test_an_answer_may_be_declined(opened: Memory) -> None:
    reply = ask(opened, QUESTIONS[1], answer=False)
    assert reply.hits
    assert (reply.answer.found, reply.answer.text, reply.answer.confidence) == (False, "", 0.0)


# --- What bounds and orders ----------------------------------------------------------------------

WIDE = "Who painted the lighthouse, and who wrote the report?"


def test_a_limit_counts_hits(opened: Memory) -> None:
    whole = ask(opened, WIDE, limit=100)
    assert len(whole.hits) > 3
    assert [hit.rank for hit in whole.hits] == list(range(1, len(whole.hits) + 1))
    for limit in (1, 2, 3):
        assert ask(opened, WIDE, limit=limit).hits == whole.hits[:limit]


def test_a_budget_counts_words_and_never_leaves_out_the_first(opened: Memory) -> None:
    whole = ask(opened, WIDE).hits
    lengths = [len(hit.text.split()) for hit in whole]
    assert ask(opened, WIDE, budget=1).hits == whole[:1]
    assert ask(opened, WIDE, budget=sum(lengths[:2])).hits == whole[:2]
    assert ask(opened, WIDE, budget=sum(lengths[:3]) - 1).hits == whole[:2]
    assert ask(opened, WIDE, budget=10_000).hits == whole


def test_in_the_order_of_time_ranks_stay(opened: Memory) -> None:
    by_score, by_time = ask(opened, WIDE), ask(opened, WIDE, order="time")
    assert sorted(by_time.hits, key=lambda hit: hit.rank) == list(by_score.hits)
    times = [hit.timestamp or "" for hit in by_time.hits]
    assert times == sorted(times)
    assert times != [hit.timestamp or "" for hit in by_score.hits]
    assert by_time.answer == by_score.answer


def test_the_same_question_has_the_same_answer(store: Path) -> None:
    replies = []
    for _ in range(2):
        with memory(store, create=False) as opened:
            replies.append([replace(ask(opened, text, explain=True), elapsed_ms=0) for text in QUESTIONS])
    assert replies[0] == replies[1]


# --- Above the hits ------------------------------------------------------------------------------


def test_insights_stand_above_what_supports_them(tmp_path: Path) -> None:
    chat = talk("Ann: I love Lisbon.", "Bob: I love Porto.", "Ann: I really love Lisbon!", "Bob: Let us eat.")
    ingested(tmp_path / "memory.db", written(tmp_path / "chat.jsonl", chat))
    with memory(tmp_path / "memory.db", create=False) as opened:
        reply = ask(opened, "Which city does Ann love, Lisbon or Porto?")
    (insight,) = reply.insights
    assert (insight.text, insight.score) == ("Ann likes Lisbon.", 2)
    assert set(insight.support) <= {hit.note for hit in reply.hits}


def test_paths_are_told_where_they_are_asked_for(opened: Memory) -> None:
    text = "By which water is the work of Halldóra Bríem?"
    assert not any(hit.path for hit in ask(opened, text).hits)
    path = next(hit.path for hit in ask(opened, text, explain=True).hits if hit.title == "Kestrel Pavilion")
    assert path[0] == "question names “Halldóra Bríem”"
    assert len(path) == 4


# --- What it costs -------------------------------------------------------------------------------

CODE = """
import json, sys
from graph.memory import Memory
from graph.model import Question
from graph.settings import Settings
with Memory.open(Settings(store=sys.argv[1])) as memory:
    assert memory.ask(Question(sys.argv[2])).answer.found
print(json.dumps(sorted(sys.modules)))
"""


def test_asking_loads_neither_spacy_nor_numpy(store: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, f"sqlite:///{store}", QUESTIONS[0]], capture_output=True, check=True, cwd=ROOT
    )
    modules = set(json.loads(done.stdout))
    assert "igraph" in modules
    assert modules.isdisjoint({"spacy", "numpy", "networkx", "graph.ingest", "graph.extract.spacy"})


def test_what_holds_is_the_answer_and_what_has_ended_is_not_quoted(tmp_path: Path) -> None:
    said = [
        ("Ann", "2023-01-05T10:00:00", "I live in Leeds. I work for Acme."),
        ("Bob", "2023-01-05T10:01:00", "I live in York. My sister is a nurse."),
        ("Ann", "2023-06-05T10:00:00", "I just moved to Berlin. We went to the fair with Annie."),
        ("Annie", "2023-06-05T10:02:00", "I live in Oslo. My favourite colour is red."),
    ]
    path = tmp_path / "homes.jsonl"
    lines = (
        {"id": f"m{at}", "conversation": "c", "speaker": who, "timestamp": when, "text": text}
        for at, (who, when, text) in enumerate(said)
    )
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    with memory(tmp_path / "homes.db") as opened:
        opened.ingest([path])
        answer = opened.ask(Question("Where does Ann live?")).answer
        assert (answer.value, [each.text for each in answer.quotations]) == ("Berlin", [said[2][2]])
        # Who names a value asks for something else of it.
        assert opened.ask(Question("When did Ann live in Leeds?")).answer.value != "Berlin"
        assert opened.ask(Question("Does Ann live in Leeds?")).answer.value != "Berlin"
        then = opened.ask(Question("Where does Ann live?", as_of="2023-02")).answer
        assert (then.value, [each.text for each in then.quotations]) == ("Leeds", [said[0][2]])
