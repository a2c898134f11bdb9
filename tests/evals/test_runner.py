"""Running sets: what is ingested and asked, and what is kept of the replies."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from graph.model import Answer, Citation, Hit, IngestReport, Question, Reading, Reply
from graph.settings import Settings
from memcli.evals.asking import Attempt, Step, attempt, attempts
from memcli.evals.measures import Evidence
from memcli.evals.runner import Plan, records, run, run_set, spread, store_name
from memcli.evals.sets import EvalQuestion, EvalSet, discover
from memcli.session import open_memory

LONGEST = 1_000_000


def hit(rank: int, text: str, *sources: Citation) -> Hit:
    return Hit(rank, 1.0, "interaction", None, "", text, None, sources, {})


def reply(question: Question) -> Reply:
    """An answer with three hits: a message, an episode of two, a document."""
    hits = (
        hit(1, "one two", Citation("m_1", message="a")),
        hit(2, "three", Citation("m_2", message="b"), Citation("m_3", message="c")),
        hit(3, "", Citation("m_4", document="d")),
    )
    return Reply(question, Answer("Two.", 0.5, True), hits, (), Reading(), 12.5)


class FakeMemory:
    """Remembers what it is given."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ingested: list[Path] = []
        self.asked: list[Question] = []
        self.open = True

    def __enter__(self) -> FakeMemory:
        return self

    def __exit__(self, *exc: object) -> None:
        self.open = False

    def ingest(self, paths: Sequence[Path]) -> IngestReport:
        self.ingested = list(paths)
        return IngestReport(read=3, added=3)

    def ask(self, question: Question) -> Reply:
        self.asked.append(question)
        return reply(question)


@pytest.fixture
def opened() -> list[FakeMemory]:
    return []


@pytest.fixture
def opener(opened: list[FakeMemory]) -> Callable[..., Any]:
    def open_memory(settings: Settings, *, create: bool = False) -> FakeMemory:
        opened.append(FakeMemory(settings))
        return opened[-1]

    return open_memory


def make_set(folder: Path, name: str = "chat") -> EvalSet:
    said = [("a", "I like tea"), ("b", "I like cake"), ("c", "I like rain")]
    asked = [
        {"id": "q1", "question": "Who likes tea?", "gold": ["a"], "conversation": "c", "asked_at": "2024-05-01"},
        {"id": "q2", "question": "Who likes cake?", "gold": ["b", "gone"]},
    ]
    lines = [{"id": key, "conversation": "c", "speaker": "Ann", "text": text} for key, text in said]
    (folder / name).mkdir()
    for file, rows in (("messages.jsonl", lines), ("questions.jsonl", asked)):
        (folder / name / file).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return discover(folder / name)[0]


def test_what_is_kept_of_a_reply() -> None:
    hits = (Evidence(frozenset("a"), 2), Evidence(frozenset("bc"), 1), Evidence(frozenset("d"), 0))
    assert attempt(reply(Question("?"))) == Attempt(hits, True, "Two.", 12.5, 0.5)


def test_a_question_is_asked_as_it_stands_of_every_system(opener: Callable[..., Any], opened: list[FakeMemory]) -> None:
    question = EvalQuestion("q", "Who has tea?", "Ann", "1", frozenset("a"), True, "2024-05-01", "c")
    systems = {"one": Settings(recall_when=1.0), "two": Settings(recall_when=2.0)}
    told: list[tuple[int, str, int]] = []
    made = attempts([question, question], systems, opener, 20, lambda *all: told.append(all))
    asked = Question("Who has tea?", id="q", asked_at="2024-05-01", conversation="c", limit=20)
    assert [memory.asked for memory in opened] == [[asked, asked]] * 2
    assert [memory.settings for memory in opened] == list(systems.values())
    assert made == {name: [attempt(reply(asked))] * 2 for name in systems}
    assert told == [(1, "one", 1), (1, "one", 2), (2, "two", 1), (2, "two", 2)]


def test_a_set_is_ingested_into_a_store_of_its_own(
    tmp_path: Path, opener: Callable[..., Any], opened: list[FakeMemory]
) -> None:
    each = make_set(tmp_path)
    told: list[Step] = []
    done = run_set(each, Plan(Settings(store="sqlite:///mine.db"), opener), told.append)
    ingesting, asking = opened
    assert ingesting.ingested == [tmp_path / "chat" / "messages.jsonl"]
    assert (ingesting.asked, asking.ingested) == ([], [])
    assert ingesting.settings.store == asking.settings.store
    assert "mine.db" not in asking.settings.store
    assert not Path(asking.settings.store.removeprefix("sqlite:///")).parent.exists()
    assert [memory.open for memory in opened] == [False, False]
    assert (done.name, done.digest, done.ingest.read, done.unknown) == ("chat", each.digest(), 3, 1)
    assert [outcome.question.id for outcome in done.outcomes] == ["q1", "q2"]
    assert [outcome.floor.hits[0].ids for outcome in done.outcomes] == [{"a"}, {"b"}]
    assert told == [
        Step("chat", 0, 1, "", 0, 2),
        Step("chat", 1, 1, "text", 1, 2),
        Step("chat", 1, 1, "text", 2, 2),
    ]


def test_every_tier_and_piece_is_asked_of_what_was_ingested_once(
    tmp_path: Path, opener: Callable[..., Any], opened: list[FakeMemory]
) -> None:
    plan = Plan(Settings(), opener, ("text", "vectors"), ablate=True, sample=1)
    (outcome,) = run_set(make_set(tmp_path), plan).outcomes
    assert [bool(memory.ingested) for memory in opened] == [True] + [False] * len(plan.asked)
    assert len({memory.settings.store for memory in opened}) == 1
    assert [memory.settings.embedding_model for memory in opened[:3]] == ["auto", "none", "auto"]
    assert all(memory.settings.recall_tokens == 0 for memory in opened[1:])
    assert list(outcome.tiers) == ["text", "vectors"]
    # A piece is called like a tier, and is not taken for it.
    assert "vectors" in outcome.without
    assert len(outcome.without) == len(opened) - 3


def test_a_kept_store_is_named_after_the_data(
    tmp_path: Path, opener: Callable[..., Any], opened: list[FakeMemory]
) -> None:
    each = make_set(tmp_path)
    plan = Plan(Settings(), opener, keep=tmp_path / "kept")
    run_set(each, plan)
    run_set(each, plan)
    (tmp_path / "chat" / "more.md").write_text("More.")
    run_set(each, plan)
    first, second, third = (memory.settings.store for memory in opened if memory.ingested)
    assert first == second != third
    assert all(store.startswith(f"sqlite:///{(tmp_path / 'kept' / 'chat-').as_posix()}") for store in (first, third))
    assert (tmp_path / "kept").is_dir()


def test_a_kept_store_is_named_after_what_ingest_derives(monkeypatch: pytest.MonkeyPatch, models: Path) -> None:
    def name(**changes: Any) -> str:
        return store_name("chat", "0" * 64, Settings(**{"ingest_extractor": "rules", **changes}))

    without = name(embedding_model="none")
    assert without == name(models="") != name(models=str(models))
    assert without == name(recall_tokens=0.0, store="elsewhere")
    assert without != name(ingest_longest=2_000)
    monkeypatch.setattr("memcli.evals.runner.__version__", "99")
    assert without != name(embedding_model="none")


def test_sets_are_run_in_order(tmp_path: Path, opener: Callable[..., Any]) -> None:
    sets = [make_set(tmp_path, "b"), make_set(tmp_path, "a")]
    assert [done.name for done in run(sets, Plan(Settings(), opener, sample=1))] == ["b", "a"]


def test_a_real_memory_is_measured_in_processes_of_their_own(tmp_path: Path) -> None:
    sets = [make_set(tmp_path, "a"), make_set(tmp_path, "b")]
    plan = Plan(Settings(ingest_extractor="rules"), open_memory, ablate=True, keep=tmp_path / "kept%20")
    first, second = run(sets, plan, jobs=2)
    assert first.outcomes[0].without.keys() == plan.pieces.keys()
    assert (first.name, first.ingest.added, second.name) == ("a", 3, "b")
    assert [outcome.tiers["text"].hits[0].ids for outcome in second.outcomes] == [{"a"}, {"b"}]
    assert len(list((tmp_path / "kept%20").glob("*.db"))) == 2
    # What is kept is not taken in again, and answers the same.
    (again,) = run(sets[:1], plan)
    assert (again.ingest.added, again.ingest.skipped) == (0, 3)
    assert [each.tiers["text"].hits for each in again.outcomes] == [each.tiers["text"].hits for each in first.outcomes]


def test_tiers_differ_by_what_they_find(tmp_path: Path, models: Path) -> None:
    each = make_set(tmp_path)
    asked = {"question": "Which pastry is mentioned?", "gold": ["b"]}
    (each.folder / "questions.jsonl").write_text(json.dumps(asked) + "\n", encoding="utf-8")
    settings = Settings(ingest_extractor="rules", models=str(models))
    tiers = ("text", "vectors", "tokens")
    (outcome,) = run_set(each, Plan(settings, open_memory, tiers, ablate=True, keep=tmp_path)).outcomes
    assert outcome.tiers["text"].hits == ()
    assert [outcome.tiers[name].hits[0].ids for name in tiers[1:]] == [{"b"}, {"b"}]
    assert outcome.without["full text"].hits[0].ids == {"b"}
    # Without a tier that looks at them no vectors are made, and the store is another one.
    run_set(each, Plan(settings, open_memory, keep=tmp_path))
    assert len(list(tmp_path.glob("*.db"))) == 2


def test_a_sample_is_spread_over_all_questions() -> None:
    questions = [EvalQuestion(str(n), "?", "", "", frozenset(), False) for n in range(10)]
    assert [each.id for each in spread(questions, 3)] == ["0", "3", "6"]
    assert spread(questions, 0) == spread(questions, 10) == spread(questions, 99) == questions


def test_the_floor_is_given_what_readers_find_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "1", "text": "One."}\nbroken\n{"id": "2", "text": "Two."}\n')
    (tmp_path / "b.json").write_text('{"nothing": "known"}')
    (tmp_path / "c.md").write_text("# Three\n\nA document.\n")
    paths = [tmp_path / name for name in ("a.jsonl", "b.json", "c.md")]
    assert [each.text for each in records(paths, LONGEST)][:2] == ["One.", "Two."]
    assert "A document." in "".join(each.text for each in records(paths, LONGEST))
