"""`memcli eval`: measure recall on questions with known evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from graph.model import Json
from memcli.command import command, new_group
from memcli.evals import sets, table
from memcli.evals.report import full_report
from memcli.evals.runner import Plan, Told, run
from memcli.exits import Exit
from memcli.render.page import Page
from memcli.render.text import clean
from memcli.session import Session
from memcli.writer import write_file

app = new_group("Measure recall on questions with known evidence.")


@command(
    app,
    name="eval",
    examples="""
    memcli eval sample_data
    memcli eval sets/ --set locomo --category --keep .cache/eval
    memcli eval sets/ --jobs 2 --output docs/benchmarks
    """,
)
def evaluate(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A set, or a folder of sets.")],
    names: Annotated[list[str] | None, typer.Option("--set", metavar="NAME", help="Only this set; repeatable.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=10, max=1000, help="Hits asked for a question.")] = 20,
    sample: Annotated[
        int, typer.Option("--sample", min=0, help="At most this many questions a set, spread evenly; 0 is all.")
    ] = 0,
    category: Annotated[bool, typer.Option("--category", help="Show each category of questions too.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Sets measured at a time.")] = 1,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Keep the stores here, and use those kept.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Write eval.json and eval.md there too.")
    ] = None,
) -> Exit:
    """Measure recall on questions with known evidence, beside plain BM25 on the same records.

    A set is a folder with questions.jsonl and, beside it, anything that ingest reads. Each line of
    questions.jsonl has "question" and "gold", the ids of the messages or documents that answer it,
    and may have "id", "answer", "category", "conversation", "asked_at" and "answerable". Every set
    is ingested into a store of its own; your memory is neither read nor changed.
    """
    chosen = sets.discover(folder, names or ())
    plan = Plan(session.config.settings(), session.opener, limit=limit, sample=sample, keep=keep)
    report = full_report(run(chosen, plan, jobs=jobs, told=_told(session)), _command_line(folder, plan, names or ()))
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        write_file(output / "eval.json", [json_text(report)])
        write_file(output / "eval.md", table.markdown(report))
    warnings = _warnings(report)
    session.emit(
        report,
        lambda page: _show(page, report, categories=category),
        status="partial" if warnings else "ok",
        warnings=warnings,
    )
    return Exit.PARTIAL if warnings else Exit.DONE


def json_text(report: Json) -> str:
    """The report as it is kept in a file."""
    return json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _show(page: Page, report: Json, *, categories: bool) -> None:
    page.table(table.COLUMNS, list(table.rows(report, categories=categories)))
    page.line()
    page.line(table.READING, "dim")


def _warnings(report: Json) -> list[str]:
    """What makes the figures worth less than they seem."""
    found = []
    for each in report["sets"]:
        if rejected := each["ingest"]["rejected"]:
            found.append(f"{each['set']}: {rejected:,} records were rejected; `memcli ingest --dry-run` names them")
        if unknown := each["unknown_gold"]:
            found.append(f"{each['set']}: {unknown:,} gold ids are of no record that was read")
    return found


def _command_line(folder: Path, plan: Plan, names: list[str] | tuple[()]) -> str:
    """The command line that gives these figures again; the folder by its name, for it lies elsewhere elsewhere."""
    chosen = "".join(f" --set {name}" for name in names)
    sampled = f" --sample {plan.sample}" if plan.sample else ""
    return f"memcli eval {folder.resolve().name}{chosen} --limit {plan.limit}{sampled}"


def _told(session: Session) -> Told:
    """Progress on one line of a terminal, nothing elsewhere."""
    if session.quiet or not session.terminals.stderr:
        return lambda *_: None

    def tell(name: str, done: int, total: int) -> None:
        text = f"{name}: {done:,} of {total:,} questions" if done else f"{name}: ingesting"
        session.stderr.write(f"\r\x1b[K{clean(text)}" if done < total else "\r\x1b[K")
        session.stderr.flush()

    return tell
