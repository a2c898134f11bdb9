"""How fast memcli is beside what it is made of: `make bench`.

Every figure is a ratio of two processes measured in turns (A B A B …) in the same run, so that it
means the same on another machine. Nothing in the test suite depends on time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from memcli import __version__

ROOT = Path(__file__).resolve().parents[2]
MEMCLI = [sys.executable, "-m", "memcli"]
MESSAGES = 400
"""Messages of the set that are ingested: enough for the model's loading not to count."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

MODULES = """
import json, sys
bare = set(sys.modules)
from memcli.app import main
main(sys.argv[1:])
own = {"memcli", "graph", "__mp_main__"}
others = [each for each in sys.modules if each not in bare and each.partition(".")[0] not in own]
print(json.dumps(others), file=sys.stderr)
"""

IMPORTS = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
"""

IMPORTABLE = """
import importlib, json, sys
def there(name):
    try:
        return bool(importlib.import_module(name))
    except ImportError:
        return False
print(json.dumps([each for each in json.load(sys.stdin) if there(each)]))
"""

SPACY_ALONE = """
import json, sys
import spacy
nlp = spacy.load(sys.argv[1], exclude=json.loads(sys.argv[2]))
with open(sys.argv[3], encoding="utf-8") as file:
    texts = [json.loads(line)["text"] for line in file]
for _ in nlp.pipe(texts):
    pass
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Medians of the two, in milliseconds, and the median of the ratios, turn by turn."""

    name: str
    memcli_ms: float
    beside: str
    beside_ms: float
    ratio: float
    turns: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "sample_data", help="a question set or a folder of sets")
    parser.add_argument("--turns", type=int, default=15, help="turns of the short pairs; ingest takes a third")
    parser.add_argument("--output", type=Path, help="write speed.json and speed.md into this folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="memcli-bench-") as folder:
        bench = Bench(question_set(given.data), Path(folder))
        pairs = [bench.version(given.turns), *bench.ask(given.turns), *bench.ingest(max(1, given.turns // 3))]
    report = {
        "command": "make bench WRITE=1",
        "version": __version__,
        "python": sys.version.split()[0],
        "processors": os.cpu_count(),
        "set": bench.data.resolve().name,
        "sha256": sha256(bench.messages.encode()).hexdigest(),
        "libraries": [each for each in bench.libraries if each not in sys.stdlib_module_names],
        "pairs": [asdict(each) for each in pairs],
    }
    page = "".join(markdown(report))
    sys.stdout.write(page)
    if given.output:
        given.output.mkdir(parents=True, exist_ok=True)
        (given.output / "speed.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
        (given.output / "speed.md").write_text(page, "utf-8")


def question_set(folder: Path) -> Path:
    """The folder itself where it is a set, else LoCoMo's in it, else the first."""
    if (folder / "questions.jsonl").is_file():
        return folder
    found = sorted(each.parent for each in folder.glob("*/questions.jsonl"))
    if not found:
        raise SystemExit(f"no question set in {folder}")
    return next((each for each in found if each.name == "locomo"), found[0])


class Bench:
    """The pairs, over one set, with memories in `folder`."""

    def __init__(self, data: Path, folder: Path) -> None:
        self.data, self.folder = data, folder
        self.messages = "\n".join(json.dumps(each, ensure_ascii=False) for each in islice(messages(data), MESSAGES))
        self.input = folder / "messages.jsonl"
        self.input.write_text(self.messages, "utf-8")
        self.libraries: list[str] = []

    def version(self, turns: int) -> Pair:
        """The time to say anything at all, beside importing the library of the command line."""
        ours = lambda: timed([*MEMCLI, "--version"])  # noqa: E731
        return interleaved("memcli --version", ours, "import typer", lambda: timed(python("import typer")), turns)

    def ask(self, turns: int) -> Iterator[Pair]:
        """A question asked of a memory by a new process, beside processes that import the same and stop.

        Libraries load much of themselves only when they are used, so that one of them imports the same modules, and
        one no more than their names say.
        """
        home = {"MEMCLI_HOME": str(self.folder / "asked")}
        inputs = [each for each in sorted(self.data.iterdir()) if each.name != "questions.jsonl"]
        timed([*MEMCLI, "ingest", *map(str, inputs)], home, accept=(0, 5))
        question = first_question(self.data)
        modules = imported(question, home)
        self.libraries = sorted({name for name in modules if "." not in name})
        for beside, names in (("the same modules", modules), ("the same libraries by name", self.libraries)):
            yield interleaved(
                "memcli ask",
                lambda: timed([*MEMCLI, *question], home),
                f"importing {beside}",
                partial(timed, [*python(IMPORTS), json.dumps(names)]),
                turns,
            )

    def ingest(self, turns: int) -> Iterator[Pair]:
        """Messages taken in, beside the same model reading the same texts, one thread each."""
        from graph.extract.models import installed_model

        if (model := installed_model()) is None:
            return
        exclude = json.dumps(excluded(model))
        count = self.messages.count("\n") + 1
        fresh = iter(range(1_000_000))

        def ours() -> float:
            home = {"MEMCLI_HOME": str(self.folder / f"ingest-{next(fresh)}")}
            return timed([*MEMCLI, "ingest", str(self.input)], home | ONE_THREAD)

        def theirs() -> float:
            return timed([*python(SPACY_ALONE), model, exclude, str(self.input)], ONE_THREAD)

        yield interleaved(f"memcli ingest, {count} messages", ours, f"spaCy alone ({model})", theirs, turns)


def interleaved(name: str, ours: Callable[[], float], beside: str, theirs: Callable[[], float], turns: int) -> Pair:
    """Run both in turns, after one turn that warms the disk's cache and is not counted."""
    ours(), theirs()
    times = [(ours(), theirs()) for _ in range(turns)]
    first, second = (median(side) for side in zip(*times, strict=True))
    ratio = median(one / other for one, other in times)
    return Pair(name, round(first, 1), beside, round(second, 1), round(ratio, 3), turns)


def timed(command: Sequence[str], env: dict[str, str] | None = None, accept: Sequence[int] = (0,)) -> float:
    """Milliseconds from start to end of a process."""
    begun = time.perf_counter()
    done = subprocess.run(command, env=environment(env), cwd=ROOT, capture_output=True, check=False)
    elapsed = (time.perf_counter() - begun) * 1000
    if done.returncode not in accept:
        raise SystemExit(f"{' '.join(command)[:200]}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return elapsed


def environment(more: dict[str, str] | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MEMCLI_")}
    return kept | (more or {})


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def imported(question: Sequence[str], env: dict[str, str]) -> list[str]:
    """Every module but our own, of the standard library too, that an `ask` has imported when it ends, in order."""
    command = [*python(MODULES), *question]
    done = subprocess.run(command, env=environment(env), cwd=ROOT, capture_output=True, check=True)
    names = json.loads(done.stderr.decode().splitlines()[-1])
    # Some are made by the module that holds them, and cannot be imported.
    kept = subprocess.run(python(IMPORTABLE), input=json.dumps(names).encode(), capture_output=True, check=True)
    found: list[str] = json.loads(kept.stdout)
    return found


def messages(data: Path) -> Iterator[dict[str, str]]:
    """The messages of a set in plain form, at most one file of them."""
    for path in (data / "messages.jsonl", data / "friends.jsonl", data / "documents.jsonl"):
        if path.is_file():
            with path.open(encoding="utf-8") as file:
                yield from map(json.loads, file)
            return
    raise SystemExit(f"no messages in {data}")


def first_question(data: Path) -> list[str]:
    """The arguments that ask the first question of a set."""
    with (data / "questions.jsonl").open(encoding="utf-8") as file:
        row = json.loads(file.readline())
    scope = ["--conversation", row["conversation"]] if row.get("conversation") else []
    return ["ask", row["question"], *scope, "--json"]


def excluded(model: str) -> list[str]:
    """The model's pipes that ingest leaves out, asked of the extractor that ingest uses."""
    import spacy

    from graph.extract.spacy import SpacyExtractor

    extractor = SpacyExtractor(model)
    extractor.extract(["One."])
    assert extractor._nlp is not None
    return [each for each in spacy.load(model).component_names if each not in extractor._nlp.component_names]


def markdown(report: dict[str, Any]) -> Iterator[str]:
    yield "# Speed\n\n"
    yield f"`{report['command']}`, memcli {report['version']}, Python {report['python']}, "
    yield f"{report['processors']} processors, set {report['set']}, data {report['sha256'][:16]}.\n\n"
    yield "Medians over processes run in turns; the ratio is the median of the turns' ratios.\n\n"
    yield "| | ms | beside | ms | ratio | turns |\n| --- | ---: | --- | ---: | ---: | ---: |\n"
    for each in report["pairs"]:
        yield f"| {each['name']} | {each['memcli_ms']:,.0f} | {each['beside']} | {each['beside_ms']:,.0f} "
        yield f"| {each['ratio']:.2f} | {each['turns']} |\n"


if __name__ == "__main__":
    main()
