from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graph import errors
from graph.errors import MemcliError
from memcli.exits import MEANINGS, Exit, exit_of

from .world import World

EXPECTED = {
    "failed": 1,
    "usage": 2,
    "not-found": 3,
    "input": 1,
    "model-missing": 4,
    "llm": 4,
    "llm-sign-in": 4,
    "store": 4,
    "store-missing": 4,
    "store-foreign": 4,
    "store-newer": 4,
    "store-read-only": 4,
    "store-corrupt": 4,
    "store-full": 4,
    "store-sign-in": 4,
    "store-busy": 4,
}


def kinds() -> list[type[MemcliError]]:
    return [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, MemcliError)]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.code)
def test_every_error_has_its_exit_code(kind: type[MemcliError]) -> None:
    assert exit_of(kind("what happened")) == EXPECTED[kind.code]


def test_the_codes_are_those_of_the_contract_and_listed_in_the_help(world: World) -> None:
    assert sorted(MEANINGS) == [0, 1, 2, 3, 4, 5, 130] == sorted(Exit)
    lines = [" ".join(line.split()) for line in world("--help").out.splitlines()]
    for code, meaning in MEANINGS.items():
        assert f"{int(code)} {meaning}" in lines


def raising(error: BaseException) -> Any:
    def opener(*_: object, **__: object) -> Any:
        raise error

    return opener


def test_an_error_of_the_engine_is_a_message_and_a_hint(world: World) -> None:
    ran = world("graph", "stats", "--store", "missing.db")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == f"error: no memory at {world.home}/missing.db\nhint: begin one with `memcli ingest PATH`\n"


def test_an_error_is_in_the_envelope_with_json(world: World) -> None:
    ran = world("graph", "stats", "--json", "--store", "missing.db")
    assert (ran.code, ran.err) == (4, "")
    assert ran.envelope == {
        "schema": "memcli/1",
        "command": "graph stats",
        "status": "error",
        "data": None,
        "warnings": [],
        "errors": [
            {
                "code": "store-missing",
                "message": f"no memory at {world.home}/missing.db",
                "hint": "begin one with `memcli ingest PATH`",
            }
        ],
    }


@pytest.mark.parametrize("arguments", [["ask", "--bogus"], ["graph", "stats", "--bogus"], ["note", "show"]])
def test_wrong_usage(world: World, arguments: list[str]) -> None:
    ran = world(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    told = world(*arguments, "--json")
    assert (told.code, told.err) == (2, "")
    assert told.envelope["errors"][0]["code"] == "usage"
    assert told.envelope["command"] == " ".join(each for each in arguments if each != "--bogus")


def test_bytes_that_are_no_text_are_wrong_usage(world: World) -> None:
    ran = world("ask", "Ann \udcff?")
    assert ran.code == 2
    assert "is not text" in ran.err


def test_a_mistyped_command_names_the_near_one(world: World) -> None:
    ran = world("grph")
    assert ran.code == 2
    assert "'graph'" in ran.err


@pytest.mark.parametrize("group", [(), ("graph",), ("config",)])
def test_no_command_shows_the_help(world: World, group: tuple[str, ...]) -> None:
    ran = world(*group)
    assert (ran.code, ran.err) == (2, "")
    assert ran.out == world(*group, "--help").out


@pytest.mark.parametrize("flag", [[], ["--json"]])
def test_what_nobody_expected_is_one_line(world: World, flag: list[str]) -> None:
    world.opener = raising(ZeroDivisionError("division by zero"))
    ran = world("graph", "stats", *flag)
    assert ran.code == 1
    told = ran.envelope["errors"][0]["message"] if flag else ran.err
    assert "internal error: ZeroDivisionError: division by zero" in told
    assert "Traceback" not in ran.out + ran.err


def test_debugging_shows_where(world: World) -> None:
    world.opener = raising(ZeroDivisionError("division by zero"))
    world.env["MEMCLI_DEBUG"] = "1"
    with pytest.raises(ZeroDivisionError):
        world("graph", "stats")


def test_ctrl_c(world: World) -> None:
    world.opener = raising(KeyboardInterrupt())
    ran = world("graph", "stats")
    assert (ran.code, ran.out, ran.err) == (130, "", "error: interrupted\nhint: what was committed stays\n")
    assert world("graph", "stats", "--json").envelope["errors"][0]["code"] == "interrupted"


def test_a_file_that_is_not_there_or_not_readable(world: World, tmp_path: Path) -> None:
    ran = world("ask", "--batch", str(tmp_path / "none.jsonl"))
    assert ran.code == 3
    assert "none.jsonl: no such file" in ran.err
    ran = world("ask", "--batch", str(tmp_path))
    assert ran.code == 1
    assert str(tmp_path) in ran.err


@pytest.mark.parametrize("command", [["--help"], ["config", "list"], ["config", "list", "--json"]])
def test_a_closed_pipe_ends_in_silence(tmp_path: Path, command: list[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read(); from memcli.app import main; sys.exit(main())", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"MEMCLI_HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stdin.close()
    with process.stderr as stderr:
        assert stderr.read() == b""
    assert process.wait() == 0


@pytest.mark.parametrize(
    "arguments", [["ingest", "-"], ["config", "list"], ["config", "get", "bogus"], ["--version"], ["--help"]]
)
def test_closed_streams_are_empty_ones(tmp_path: Path, arguments: list[str]) -> None:
    command = f"{sys.executable} -m memcli {' '.join(arguments)} <&- >&- 2>&-"
    env = {"MEMCLI_HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["sh", "-c", command], env=env, check=False, cwd=tmp_path)
    assert done.returncode == (3 if "bogus" in arguments else 0)


def run(tmp_path: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run `command` in a shell that knows memcli as `$memcli`."""
    env = {
        "MEMCLI_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "memcli": f"{sys.executable} -m memcli",
        "MEMCLI_INGEST_EXTRACTOR": "rules",
    }
    return subprocess.run(["sh", "-c", command], env=env, check=False, cwd=tmp_path, capture_output=True, text=True)


@pytest.mark.parametrize("flag", ["", "--json"])
def test_an_output_that_is_full_is_said_once(tmp_path: Path, flag: str) -> None:
    ran = run(tmp_path, f"$memcli config list {flag} >/dev/full")
    assert (ran.returncode, ran.stderr) == (1, "error: No space left on device\n")


@pytest.mark.parametrize("stream", ["2>/dev/full", "2>&-", "2>/dev/full >/dev/full --json"])
def test_an_error_that_nobody_hears_keeps_its_exit_code(tmp_path: Path, stream: str) -> None:
    ran = run(tmp_path, f"$memcli ask Where? {stream}")
    assert (ran.returncode, ran.stderr) == (4, "")


def test_talk_that_nobody_hears_stops_no_work(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(f"Here is {name.upper()}nn of London.")
    ran = run(tmp_path, "$memcli ingest a.txt b.txt c.txt --verbose 2>/dev/full")
    assert (ran.returncode, ran.stdout.partition(",")[0]) == (0, "read 3: added 3")


def test_a_current_folder_that_was_removed(tmp_path: Path) -> None:
    ran = run(tmp_path, "mkdir gone && cd gone && rmdir ../gone && $memcli ask Where?")
    assert ran.returncode == 4
    assert f"no memory at {tmp_path}/home/memory.db" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_full_disk_is_said(world: World) -> None:
    ran = world("graph", "export", "--output", "/dev/full")
    assert (ran.code, ran.err) == (1, "error: No space left on device\n")
