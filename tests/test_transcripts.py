"""What the pages show is what happens.

After a change that is meant: `python -m tests.transcripts.record`, and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.extract.models import installed_model
from tests.transcripts.console import MODELLED, ROOT, Step, agrees, missing, pages, run, steps, updated


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_the_page_shows_what_happens(page: Path, tmp_path: Path) -> None:
    if page in MODELLED and installed_model() is None:
        pytest.skip("needs the spaCy model")
    if tools := missing(page):
        pytest.skip(f"needs {', '.join(tools)}")
    for written, said in run(page, tmp_path.resolve()):
        assert agrees(written.output, said.output), "\n".join(
            [f"$ {written.command}", "--- the page says", *written.output, "--- it said", *said.output]
        )


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_shows_a_fault_of_the_program(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [each for each in ("internal error", "Traceback", "command not found") if each in text] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_no_session_lost_its_commands(page: Path) -> None:
    assert "```console\n\n```" not in page.read_text("utf-8")


def test_there_are_pages_of_every_kind() -> None:
    folders = {page.parent.relative_to(ROOT).as_posix() for page in pages()}
    assert {".", "docs/tutorial", "docs/how-to", "tests/transcripts"} <= folders


PAGE = """Prose.

```console
$ first
one
…
last
$ second |
> third
took 5 bytes in 1.2 s
[exit 3]
```

```sh
$ not a session
```
"""


def test_a_page_is_read_step_by_step() -> None:
    assert steps(PAGE) == [
        Step("first", ("one", "…", "last")),
        Step("second |\nthird", ("took 5 bytes in 1.2 s", "[exit 3]")),
    ]


@pytest.mark.parametrize(
    ("written", "said", "same"),
    [
        (["a"], ["a"], True),
        (["a"], ["b"], False),
        (["a"], ["a", "b"], False),
        (["a", "…", "c"], ["a", "c"], True),
        (["a", "…", "c"], ["a", "b", "b", "c"], True),
        (["a", "…", "c"], ["a", "b"], False),
        (["a … c."], ["a b c."], True),
        (["a … c."], ["a b c!"], False),
        (["in 1.2 s"], ["in 33.4 s"], True),
        (["12 records"], ["13 records"], False),
        (["1,024 bytes"], ["4096 bytes"], True),
        (["[exit 3]"], [], False),
    ],
)
def test_what_is_said_is_compared(written: list[str], said: list[str], same: bool) -> None:
    assert agrees(written, said) is same


def test_recording_keeps_what_agrees_and_the_gaps() -> None:
    first, second = steps(PAGE)
    now = [
        (first, Step(first.command, ("uno", "zwei", "drei", "fin"))),
        (second, Step(second.command, ("took 7 bytes in 3.4 s", "[exit 3]"))),
    ]
    assert updated(PAGE, now) == PAGE.replace("one", "uno").replace("last", "fin")
