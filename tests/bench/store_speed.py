"""How fast the stores are beside each other, everything in turns within one run."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, Self

import neo4j

from graph.memory import Memory
from graph.model import Question
from graph.settings import Settings
from memcli.evals.sets import EvalSet
from memcli.session import open_memory
from tests.bench.speed import MEMCLI, python, timed
from tests.bench.store_recall import emptied, line

MODELLESS: dict[str, Any] = {"ingest_extractor": "rules", "embedding_model": "none", "recall_store_walks": False}
"""No model's time, which is the same for both stores, is in the figures, nor Graph Data Science's (store_gds)."""
FILES = 10
"""Files that the messages are taken in by, in turns."""
WARMING = 500
TURNS = 9
JMX = """CALL dbms.queryJmx('java.lang:type=OperatingSystem') YIELD attributes
RETURN attributes.ProcessCpuTime.value AS nanoseconds"""
ASKED = 20
# The driver's import and one connection with one query, in a process that does nothing else.
DRIVER = """
import json, sys, time
begun = time.perf_counter()
import neo4j
imported = time.perf_counter()
with neo4j.GraphDatabase.driver(sys.argv[1]) as driver:
    driver.execute_query("MATCH (m:_MemcliMigration) RETURN m.name")
print(json.dumps([imported - begun, time.perf_counter() - imported]))
"""


def measured(given: Namespace) -> dict[str, Any]:
    """The figures of one number of messages and one driver, by both."""
    data = folder_of(given.data, "longmemeval")
    questions = EvalSet(data.name, data).questions()
    with tempfile.TemporaryDirectory(prefix="memcli-bench-") as name, ExitStack() as stack:
        files = list(written(data, given.messages, Path(name)))
        sqlite = f"sqlite:///{name}/memory.db"
        warm(Path(name), files[0], given.url)
        driver = stack.enter_context(neo4j.GraphDatabase.driver(given.url))
        stores = [
            stack.enter_context(open_memory(Settings(store=sqlite, **MODELLESS), create=True)),
            stack.enter_context(emptied(given.url, **MODELLESS)),
        ]
        load = os.getloadavg()[0]
        worked = [Processors(driver), Processors(driver)]
        ingest = in_turns([[partial(each.ingest, [file]) for each in stores] for file in files], worked)
        for memory in stores:
            asked(memory, questions[:5])
        picked = [Question(each.text, conversation=each.conversation) for each in questions[:ASKED]]
        in_turns([[partial(each.ask, question) for each in stores] for question in picked])
        asking = [Processors(driver), Processors(driver)]
        ask = in_turns([[partial(each.ask, question) for each in stores] for question in picked], asking)
        cold, parts = cold_asks(picked[0], [sqlite, given.url])
    figures = {
        "set": data.name,
        "driver": "neo4j-rust-ext" if find_spec("neo4j._rust") else "neo4j",
        "messages": given.messages,
        "load": [round(each, 1) for each in (load, os.getloadavg()[0])],
        "ingest": {**summary(ingest, 1), "work": share(worked)},
        "ask": {**summary(ask, 1000), "work": share(asking)},
        "cold": {**summary(cold, 1000), **parts},
    }
    return {f"{figures['driver']} {given.messages}": figures}


def folder_of(data: Path, preferred: str) -> Path:
    """The preferred set in `data` where it is there, else the first."""
    found = [data] if (data / "questions.jsonl").is_file() else sorted(p.parent for p in data.glob("*/questions.jsonl"))
    if not found:
        raise SystemExit(f"no question set in {data}")
    return next((each for each in found if each.name == preferred), found[0])


def written(data: Path, count: int, folder: Path) -> Iterator[Path]:
    """`count` messages of a set in files; those that are taken again have other ids and conversations."""
    messages = islice(endless(data), count)
    for number in range(FILES):
        path = folder / f"messages-{number}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in islice(messages, count // FILES))
        yield path


def endless(data: Path) -> Iterator[dict[str, Any]]:
    path = next(each for each in (data / "messages.jsonl", data / "friends.jsonl") if each.is_file())
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    round = 0
    while True:
        mark = f"-{round}" if round else ""
        yield from (each | {name: f"{each[name]}{mark}" for name in ("id", "conversation")} for each in lines)
        round += 1


def warm(folder: Path, file: Path, url: str) -> None:
    """Take some in and ask: a server runs its statements slowly the first times."""
    few = folder / "few.jsonl"
    few.write_text("".join(file.read_text("utf-8").splitlines(keepends=True)[:WARMING]), "utf-8")
    with emptied(url, **MODELLESS) as memory:
        memory.ingest([few])
        for _ in range(20):
            memory.ask(Question("Who said what, and where was it?"))


def asked(memory: Memory, questions: Sequence[Any]) -> None:
    for each in questions:
        memory.ask(Question(each.text))


def in_turns(
    pairs: Sequence[Sequence[Callable[[], object]]],
    sides: Sequence[AbstractContextManager[object]] = (nullcontext(),) * 2,
) -> list[tuple[float, float]]:
    """Seconds of each pair, run one after the other, each inside its side's context; who begins changes."""
    times = []
    for number, pair in enumerate(pairs):
        took = [0.0, 0.0]
        for side in (0, 1) if number % 2 else (1, 0):
            with sides[side]:
                begun = perf_counter()
                pair[side]()
                took[side] = perf_counter() - begun
        times.append((took[0], took[1]))
    return times


class Processors:
    """Sums up the seconds that processors work for this process and the server inside its contexts.

    They depend on what else the machine does much less than the seconds that pass.
    """

    def __init__(self, driver: neo4j.Driver) -> None:
        self._driver = driver
        self.worked = 0.0

    def __enter__(self) -> Self:
        self._begun = self._read()
        return self

    def __exit__(self, *exc: object) -> None:
        self.worked += self._read() - self._begun

    def _read(self) -> float:
        (row,) = self._driver.execute_query(JMX).records
        return process_time() + float(row["nanoseconds"]) / 1e9


def cold_asks(question: Question, urls: Sequence[str]) -> tuple[list[tuple[float, float]], dict[str, float]]:
    """Seconds of a question by a new process, and milliseconds of the driver's import and of one connection."""
    scope = ["--conversation", question.conversation] if question.conversation else []
    env = {"MEMCLI_RECALL_STORE_WALKS": "false"}
    asks = [[*MEMCLI, "ask", question.text, *scope, "--json", "--store", url] for url in urls]
    runs = [partial(timed, ask, env) for ask in asks]
    in_turns([runs])
    times, parts = [], []
    for _ in range(TURNS):
        times += in_turns([runs])
        parts.append(driver_parts(urls[1]))
    imported, connected = (median(each) for each in zip(*parts, strict=True))
    return times, {"import_ms": round(imported * 1000, 1), "connection_ms": round(connected * 1000, 1)}


def driver_parts(url: str) -> tuple[float, float]:
    done = subprocess.run([*python(DRIVER), url], capture_output=True, check=True)
    imported, connected = map(float, json.loads(done.stdout))
    return imported, connected


def share(sides: Sequence[Processors]) -> float:
    return round(sides[1].worked / sides[0].worked, 2)


def summary(times: Sequence[tuple[float, float]], unit: int) -> dict[str, float]:
    """Medians of both, and of the ratios turn by turn."""
    sqlite, graph = (round(median(side) * unit, 2) for side in zip(*times, strict=True))
    return {"sqlite": sqlite, "neo4j": graph, "ratio": round(median(b / a for a, b in times), 2), "turns": len(times)}


def markdown(found: dict[str, Any]) -> Iterator[str]:
    first = next(iter(found.values()))
    yield f"\n## Speed\n\nMessages of {first['set']}, in turns, after some warming up; "
    yield "who begins changes from turn to turn. Medians, and the median of the turns' ratios. Ingest is by "
    yield "`ingest.extractor rules` and no embedder, so that no model's time is in it, a tenth of the messages a turn. "
    yield "Walks are memcli's own (`recall.store_walks false`). "
    yield "A new process may take as long as with SQLite and the driver's import and one connection with a query "
    yield "besides. "
    yield "Of work is the ratio of the seconds that processors worked for memcli and the server. "
    yield "neo4j-rust-ext is the driver with its own extension, which packs and reads in Rust.\n\n"
    yield line("messages", "driver", "", "SQLite", "Neo4j", "ratio", "of work", "asked", "turns")
    yield line("---:", "---", "---", *["---:"] * 6)
    for figures in ordered(found):
        yield from _rows(figures)
    for each in ordered(found):
        cold, load = each["cold"], each["load"]
        yield f"\n{each['messages']:,} messages, {each['driver']}: the driver's import takes "
        yield f"{cold['import_ms']:.0f} ms, a connection {cold['connection_ms']:.0f} ms. The load of the machine "
        yield f"was {load[0]} at the beginning and {load[1]} at the end, this run's own included.\n"


def ordered(found: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(found.values(), key=lambda each: (each["messages"], each["driver"]))


def _rows(found: dict[str, Any]) -> Iterator[str]:
    ingest, ask, cold = found["ingest"], found["ask"], found["cold"]
    allowed = cold["sqlite"] + cold["import_ms"] + cold["connection_ms"]
    seconds = (f"{ingest[name]:.1f} s" for name in ("sqlite", "neo4j"))
    yield line(
        f"{found['messages']:,}",
        found["driver"],
        f"ingest of {found['messages'] // FILES:,}",
        *seconds,
        f"{ingest['ratio']:.2f}",
        f"{ingest['work']:.2f}",
        "≤ 3",
        str(FILES),
    )
    for name, each, limit in (("warm", ask, "≤ 3"), ("by a new process", cold, f"≤ {allowed:,.0f} ms")):
        times = (f"{each[store]:,.1f} ms" for store in ("sqlite", "neo4j"))
        work = f"{each['work']:.2f}" if "work" in each else ""
        yield line("", "", f"ask, {name}", *times, f"{each['ratio']:.2f}", work, limit, str(each["turns"]))
