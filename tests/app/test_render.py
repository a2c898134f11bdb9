from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model import Answer, Citation, Hit, Question, Quotation, Reading, Reply
from memcli.render.answer import show_reply
from memcli.render.page import PlainPage, TerminalPage
from memcli.render.text import clean, one_line
from memcli.results import dumps
from memcli.session import Session, Terminals

from .world import World


@given(st.text(st.sampled_from("\x1b[]\\31mAH;\x07\x9b\x9d\r\n\t\x00\u202e\x7f é漢")))
def test_nothing_a_terminal_obeys_is_left(text: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", clean(text))


def test_words_are_left_as_they_are() -> None:
    assert clean("a\tb\nc é 漢 👩‍💻 [31m") == "a\tb\nc é 漢 👩‍💻 [31m"
    assert clean("\x1b[31mred\x1b[0m and \x1b]0;title\x07.") == "red and ]0;title."


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "utf-8"])
@pytest.mark.parametrize("text", ["Inês 🎉 漢 \u2028", "\x9b31m\\xe9", "\ud800"])
def test_a_line_of_json_is_json_whatever_a_terminal_can_show(encoding: str, text: str) -> None:
    written = io.BytesIO()
    stdout = io.TextIOWrapper(written, encoding, "backslashreplace")
    Session(io.BytesIO(), stdout, io.StringIO(), {}, Path()).print(dumps({text: [text]}))
    assert json.loads(written.getvalue().decode(encoding)) == {text: [text]}


def test_one_line_is_short_whatever_it_is_made_of() -> None:
    assert one_line(" a\n b ") == "a b"
    assert one_line("x" * 1_000_000, 10) == "x" * 9 + "…"


def test_a_plain_table() -> None:
    stream = io.StringIO()
    PlainPage(stream).table(["id", "text"], [["n_1", "two\nlines"], ["n_234", "\x1b[1mx"]])
    assert stream.getvalue() == "id     text\nn_1    two lines\nn_234  x\n"


def test_on_a_terminal_text_is_no_markup(world: World) -> None:
    stream = io.StringIO()
    page = TerminalPage(stream, colour=True)
    page.line("[red]not red[/red] \x1b[2J", "bold")
    page.table(["id"], [["[b]x"]])
    assert "[red]not red[/red]" in stream.getvalue()
    assert "[b]x" in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()


def test_a_terminal_gets_a_page_and_a_dumb_one_plain_text(scripted: World) -> None:
    plain = scripted("ask", "Ann?").out
    scripted.terminals = Terminals(stdout=True)
    assert "\x1b[1m" in scripted("ask", "Ann?").out
    assert "\x1b[31m" not in scripted("ask", "Ann?").out
    scripted.env["NO_COLOR"] = "1"
    assert "\x1b" not in scripted("ask", "Ann?").out
    scripted.env["TERM"] = "dumb"
    assert scripted("ask", "Ann?").out == plain


def test_without_colours_nothing_is_bold_or_dim() -> None:
    stream = io.StringIO()
    page = TerminalPage(stream, colour=False)
    page.line("title", "bold")
    page.table(["id"], [["x"]])
    assert stream.getvalue().split() == ["title", "id", "x"]


def test_an_answer(scripted: World) -> None:
    assert scripted("ask", "Ann?").out == (
        "“I flew to Lisbon on Monday.” — Ann, 2024-03-05 [1]\n"
        "\n"
        "[1] trip · s1 · a-1 · 2024-03-05 10:22\n"
        "\n"
        "· Ann travels (2 notes)\n"
    )
    assert scripted("ask", "Who?").out == "Not in memory.\n--no-answer lists what comes nearest.\n"


def test_what_a_folded_hit_stands_for_is_named_and_not_listed() -> None:
    cited = [Citation(f"m_{number}", "chat", None, str(number), None, "Ann") for number in range(9)]
    hit = Hit(1, 0.5, "episode", None, "boats", "It leaks.", None, tuple(cited), {}, space="work", episode="p_0")
    answer = Answer("It leaks.", 0.9, found=True, quotations=(Quotation("It leaks.", 1, "Ann"),))
    stream = io.StringIO()
    show_reply(PlainPage(stream), Reply(Question("What leaks?"), answer, (hit,), (), Reading(), 1.0))
    where = "9 messages of a folded episode, boats; memcli episode unfold p_0 --space work"
    assert stream.getvalue().endswith(f"[1] work · chat · 0; {where}\n")


def test_evidence(scripted: World) -> None:
    hits = "[1] Ann, 2024-03-05: I flew to Lisbon on Monday.\n[2] A guide: Lisbon has hills.\n"
    assert scripted("ask", "Who?", "--no-answer").out == hits
    explained = scripted("ask", "Ann?", "--explain").out
    assert explained.startswith("terms: lisbon\nentities: Ann\nspeaker: any\ntimes: any\n\n“I flew")
    assert hits in explained
    assert "[1]  0.900  interaction  0.800\n" in explained
    assert explained.endswith("[1] ann\n")
