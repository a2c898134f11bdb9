"""Pages whose ```console blocks are sessions that can be run again.

    $ memcli ask "Who?" |      a command for bash; lines with `> ` go on with it
    > jq .data
    what it says               standard output and standard error, in the order written
    [exit 3]                   only where the exit code is not 0

In what is expected, `…` stands for any text, and for any lines where it is alone on its line. Times, sizes and
the width of columns, which differ from run to run and from machine to machine, are not compared.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = "/home/ann"
"""What pages say for the temporary home of a run."""
MODELLED = (ROOT / "README.md", ROOT / "docs" / "tutorial" / "first-memory.md")
"""Pages that show memcli with its spaCy model; the others use the rules, which take no time."""
TOOLS = ("dot", "jq", "sqlite3")
_BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
_VARYING = re.compile(
    r"(?<=\bin )\d+\.\d+(?= s\b)|\b\d[\d,.]*(?= (?:bytes|[kM]B)\b)|(?:(?<=\"elapsed_ms\": )|(?<=\"elapsed_s\": ))[\d.]+"
)
_SPACES = re.compile(r"   +")
"""Columns of a table are as wide as the temporary home in it is long."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command with what it says; the code is the last line where it is not 0."""

    command: str
    output: tuple[str, ...]


def pages() -> list[Path]:
    """Every page with a session that can be run."""
    found = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *Path(__file__).parent.glob("*.md")]
    return sorted(page for page in found if _BLOCK.search(page.read_text("utf-8")))


def missing(page: Path) -> list[str]:
    """Programs that the sessions of a page use and this machine lacks."""
    commands = [step.command for step in steps(page.read_text("utf-8"))]
    used = [tool for tool in TOOLS if any(re.search(rf"(?:^|[|;(] ?){tool}\b", each) for each in commands)]
    return [tool for tool in used if shutil.which(tool) is None]


def steps(text: str) -> list[Step]:
    """The steps of a page, over all its blocks."""
    return [step for block in _BLOCK.findall(text) for step in _steps(block)]


def _steps(block: str) -> Iterator[Step]:
    command, output = "", list[str]()
    for line in block.splitlines():
        if line.startswith("$ "):
            if command:
                yield Step(command, tuple(output))
            command, output = line[2:], []
        elif line.startswith("> ") and not output:
            command += "\n" + line[2:]
        else:
            output.append(line)
    if command:
        yield Step(command, tuple(output))


def run(page: Path, home: Path) -> Iterator[tuple[Step, Step]]:
    """Yield each step of a page as written and as it happens, in a fresh home with `sample_data` in it."""
    shutil.copytree(ROOT / "sample_data", home / "sample_data")
    env = _environment(page, home)
    for step in steps(page.read_text("utf-8")):
        done = subprocess.run(
            ["bash", "-c", step.command],
            cwd=home, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        said = done.stdout.decode().replace(str(home), HOME).splitlines()
        code = [f"[exit {done.returncode}]"] if done.returncode else []
        yield step, replace(step, output=(*(line.rstrip() for line in said), *code))


def _environment(page: Path, home: Path) -> dict[str, str]:
    here = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "HOME": str(home),
        "MEMCLI_HOME": str(home / "memcli"),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return here if page in MODELLED else here | {"MEMCLI_INGEST_EXTRACTOR": "rules"}


def agrees(written: Sequence[str], said: Sequence[str]) -> bool:
    """Whether what is said is what is written, wildcards and what varies aside."""
    lines = [r"(?:.*\n)*?" if line.strip() == "…" else _pattern(line) + r"\n" for line in written]
    return re.fullmatch("".join(lines), "".join(_settled(line) + "\n" for line in said)) is not None


def _pattern(line: str) -> str:
    return ".*".join(map(re.escape, _settled(line).split("…")))


def _settled(line: str) -> str:
    return _SPACES.sub("  ", _VARYING.sub("0", line))


def updated(text: str, happened: Sequence[tuple[Step, Step]]) -> str:
    """The page with what happened written into it; what agrees, wildcards included, stays as it is."""
    said = iter(happened)

    def block(found: re.Match[str]) -> str:
        lines: list[str] = []
        for _ in _steps(found[0]):
            written, now = next(said)
            kept = written.output if agrees(written.output, now.output) else _shortened(written.output, now.output)
            lines += ["$ " + written.command.replace("\n", "\n> "), *kept]
        return "\n".join(lines) + "\n"

    return _BLOCK.sub(block, text)


def _shortened(written: Sequence[str], said: Sequence[str]) -> Sequence[str]:
    """What was said, left out where one line of the page left something out before."""
    gaps = [at for at, line in enumerate(written) if line.strip() == "…"]
    if len(gaps) != 1 or len(said) < len(written):
        return said
    after = len(written) - gaps[0] - 1
    return [*said[: gaps[0]], "…", *said[len(said) - after :]]
