"""A real model on this machine, if asked for: `make test-llm`. It shows what it wrote; what it wrote is not judged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.memory import Memory
from graph.model import EdgeKind, Fact, Insight, NodeKind, Note, Question, Selection
from graph.refining.run import Refined
from graph.settings import Settings
from tests.ingest.memories import talk, written
from tests.llm.real import NAME, fetch, running

pytestmark = pytest.mark.skipif("MEMCLI_TEST_LLM" not in os.environ, reason="`make test-llm` runs it")

TALK = talk(
    "Inês: We got an allotment, plot 14 at Hollin Lane, after three years on the waiting list!",
    "Priya: Where is Hollin Lane, is that by the canal?",
    "Inês: Hollin Lane is behind the canal. I go there every Sunday morning with Jonas.",
    "Inês: I planted beans at Hollin Lane, and Jonas built a shed there.",
    "Priya: I will come to Hollin Lane on Sunday and bring Jonas a spade.",
    "Inês: No, I meant every Saturday morning. On Sunday we sleep, Hollin Lane can wait.",
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    fetch()
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def memory(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    home = tmp_path_factory.mktemp("real")
    settings = Settings(
        store=f"sqlite:///{home}/memory.db",
        ingest_extractor="rules",
        embedding_model="none",
        llm_url=url,
        llm_model=NAME,
        llm_timeout=600,
        llm_ask=True,
        llm_cache=str(home / "replies.db"),
    )
    with Memory.open(settings, create=True) as opened:
        opened.ingest([written(home / "talk.jsonl", TALK)])
        yield opened


def refined(memory: Memory, kind: str) -> Refined:
    refining = memory.refining([kind])
    expected = refining.estimate()[kind].decisions
    report = refining.run(100_000)
    assert report.decided.get(kind, 0) + sum(report.fallbacks.values()) + report.overtaken == expected
    assert "no_reply" not in report.fallbacks
    print(f"\n{kind}: {report}")
    return report


def test_links(memory: Memory) -> None:
    report = refined(memory, "links")
    with memory.snapshot() as snapshot:
        judged = [edge for edge in snapshot.edges() if edge.kind is EdgeKind.LINKS_TO and edge.decided_by == NAME]
    for edge in judged:
        ends = [memory.node(id) for id in (edge.source, edge.target)]
        print(f"  {[each.title for each in ends if isinstance(each, Note)]} {edge.relation}: {edge.reason}")
    assert len(judged) <= report.decided.get("links", 0)


def test_insights(memory: Memory) -> None:
    refined(memory, "insights")
    for node in memory.nodes(Selection((NodeKind.INSIGHT,))):
        if isinstance(node, Insight) and node.decided_by == NAME:
            print(f"  {node.text} ({node.subject}, {node.support} notes)")


def test_facts(memory: Memory) -> None:
    refined(memory, "facts")
    for node in memory.nodes(Selection((NodeKind.FACT,))):
        if isinstance(node, Fact):
            print(f"  {node.text} (since {node.valid_from}, by {node.decided_by})")


def test_notes(memory: Memory) -> None:
    report = refined(memory, "notes")
    mine = [
        node for node in memory.nodes(Selection((NodeKind.NOTE,))) if isinstance(node, Note) and node.decided_by == NAME
    ]
    for note in mine:
        print(f"  {note.title}\n    {note.context} {note.keywords} {note.tags}")
    assert len(mine) == report.decided["notes"] > 0


def test_an_answer(memory: Memory) -> None:
    reply = memory.ask(Question("Where is the allotment of Inês?", asked_at="2025-01-20T10:00:00"))
    print(f"\n  added: {reply.reading.added}\n  {reply.answer.text}\n  {reply.fallbacks}")
    assert reply.answer.found
    assert bool(reply.answer.wording) is (reply.answer.decided_by == NAME)


def test_all_of_it_can_be_taken_back(memory: Memory, tmp_path: Path) -> None:
    memory.undo(by=NAME, agree=lambda _: None)
    notes = [node for node in memory.nodes(Selection((NodeKind.NOTE,))) if isinstance(node, Note)]
    assert NAME not in {note.decided_by for note in notes}
