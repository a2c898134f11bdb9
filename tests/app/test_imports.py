"""What is heavy is imported when it is needed."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from memcli import __version__
from memcli.exits import Exit

ROOT = Path(__file__).parents[2]
HEAVY = {
    "detect_secrets",
    "spacy",
    "igraph",
    "networkx",
    "neo4j",
    "numpy",
    "sqlite_utils",
    "rich",
    "ijson",
    "onnxruntime",
    "tokenizers",
}
UNNEEDED = {"platformdirs", "graph.memory", "graph.model", "memcli.session", "memcli.config"}

CODE = """
import json, sys
from memcli.app import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]))
"""


def modules_after(home: Path, *arguments: str, code: int = 0) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        capture_output=True,
        check=True,
        env={"MEMCLI_HOME": str(home), "PYTHONPATH": str(ROOT)},
    )
    ended, modules = json.loads(done.stdout.splitlines()[-1])
    assert ended == code
    return set(modules)


def test_the_version_needs_next_to_nothing(tmp_path: Path) -> None:
    modules = modules_after(tmp_path, "--version")
    assert not modules & (HEAVY | UNNEEDED)
    assert "typer" in modules


@pytest.mark.parametrize(
    "arguments", [["--help"], ["config", "list"], ["model", "list"], ["ask", "--help"], ["ingest", "--help"]]
)
def test_nothing_heavy_before_there_is_work(tmp_path: Path, arguments: list[str]) -> None:
    assert not modules_after(tmp_path, *arguments) & HEAVY


def test_asking_loads_nothing_of_taking_in(tmp_path: Path, sample_store: Path) -> None:
    modules = modules_after(tmp_path, "ask", "Who became secretary?", "--json", "--store", str(sample_store))
    assert "igraph" in modules
    assert not [each for each in modules if each.startswith("graph.llm")]
    assert not modules & {
        "graph.ingest",
        "graph.readers.registry",
        "ijson",
        "networkx",
        "rich",
        "spacy",
        "sqlite_utils",
    }


def test_the_driver_comes_without_arrays(tmp_path: Path) -> None:
    modules = modules_after(tmp_path, "ask", "Who?", "--store", "bolt://127.0.0.1:9", code=Exit.UNAVAILABLE)
    assert "neo4j" in modules
    assert "numpy" not in modules


def test_the_module_runs_and_tells_the_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "memcli", "--version"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == f"memcli {__version__}\n"


def test_the_version_is_that_of_the_package() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__
