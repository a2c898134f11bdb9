"""`memcli eval`: measure recall on questions with known evidence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from graph.model import Json
from memcli.command import command, new_group
from memcli.evals import plots, sets, table
from memcli.evals.asking import Step, Told
from memcli.evals.markdown import markdown
from memcli.evals.report import full_report
from memcli.evals.runner import Plan, run
from memcli.evals.tiers import TIERS, chosen_tiers
from memcli.exits import Exit
from memcli.render.page import Page
from memcli.render.text import clean
from memcli.session import Session
from memcli.writer import write_file

app = new_group("Measure recall on questions with known evidence.")

PLOTS = {
    "eval-recall.svg": ("Recall by set and system, with 95 % intervals", plots.recall_plot),
    "eval-reliability.svg": ("Confidence against the share of questions answered rightly", plots.reliability_plot),
}
"""The files of the plots, each with its caption and what draws it."""


@command(
    app,
    name="eval",
    examples="""
    memcli eval sample_data
    memcli eval sets/ --set locomo --category --keep .cache/eval
    memcli eval sets/ --tier text --tier tokens
    memcli eval sets/ --ablate --jobs 2 --output docs/benchmarks
    """,
)
def evaluate(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A set, or a folder of sets.")],
    names: Annotated[list[str] | None, typer.Option("--set", metavar="NAME", help="Only this set; repeatable.")] = None,
    tiers: Annotated[
        list[str] | None,
        typer.Option("--tier", metavar="NAME", help=f"Only this tier of {', '.join(TIERS)}; repeatable."),
    ] = None,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Ask the best tier without each of its pieces too: what each is worth.")
    ] = False,
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
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Write eval.json, eval.md and the plots there too."),
    ] = None,
) -> Exit:
    """Measure recall on questions with known evidence, beside plain BM25 on the same records.

    Each question is asked once for each tier that the model here allows: by full text alone and without
    a model (`text`), by vectors too (`vectors`), and by the vectors of tokens too (`tokens`).

    A set is a folder with questions.jsonl and, beside it, anything that ingest reads. Each line of
    questions.jsonl has "question" and "gold", the ids of the messages or documents that answer it,
    and may have "id", "answer", "category", "conversation", "asked_at" and "answerable". Every set
    is ingested into a store of its own; your memory is neither read nor changed.
    """
    chosen = sets.discover(folder, names or ())
    settings = session.config.settings()
    asked = chosen_tiers(tiers or (), settings)
    plan = Plan(settings, session.opener, asked, ablate=ablate, limit=limit, sample=sample, keep=keep)
    line = _command_line(folder, plan, sets=names or (), tiers=asked if tiers else ())
    report = full_report(run(chosen, plan, jobs=jobs, told=_told(session)), plan, line)
    if output is not None:
        _write(output, report)
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


def _write(folder: Path, report: Json) -> None:
    """The report and its plots as files."""
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / "eval.json", [json_text(report)])
    write_file(folder / "eval.md", markdown(report, [(caption, name) for name, (caption, _) in PLOTS.items()]))
    for name, (_, plot) in PLOTS.items():
        write_file(folder / name, plot(report))


def _show(page: Page, report: Json, *, categories: bool) -> None:
    page.table(table.COLUMNS, list(table.rows(report, categories=categories)))
    page.line()
    page.line(table.READING, "dim")
    if report["ablation"]:
        page.line()
        page.table(table.ABLATION_COLUMNS, list(table.ablation_rows(report)))
        page.line()
        page.line(table.ABLATION_READING, "dim")


def _warnings(report: Json) -> list[str]:
    """What makes the figures worth less than they seem."""
    found = []
    for each in report["sets"]:
        if rejected := each["ingest"]["rejected"]:
            found.append(f"{each['set']}: {rejected:,} records were rejected; `memcli ingest --dry-run` names them")
        if unknown := each["unknown_gold"]:
            found.append(f"{each['set']}: {unknown:,} gold ids are of no record that was read")
    return found


def _command_line(folder: Path, plan: Plan, *, sets: Sequence[str], tiers: Sequence[str]) -> str:
    """The command line that gives these figures again; the folder by its name, for it lies elsewhere elsewhere."""
    chosen = "".join(f" --set {name}" for name in sets) + "".join(f" --tier {name}" for name in tiers)
    ablated = " --ablate" if plan.ablate else ""
    sampled = f" --sample {plan.sample}" if plan.sample else ""
    return f"memcli eval {folder.resolve().name}{chosen}{ablated} --limit {plan.limit}{sampled}"


def _told(session: Session) -> Told:
    """Progress on one line of a terminal, nothing elsewhere."""
    if session.quiet or not session.terminals.stderr:
        return lambda _: None

    def tell(at: Step) -> None:
        asked = f"{at.asked} ({at.step} of {at.steps}), {at.done:,} of {at.total:,} questions"
        text = f"{at.set}: {asked if at.step else 'ingesting'}"
        ended = at.step == at.steps and at.done == at.total
        session.stderr.write("\r\x1b[K" + ("" if ended else clean(text)))
        session.stderr.flush()

    return tell
