"""`memcli refine`: have a language model decide again what rules have decided."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from memcli.command import command, new_group
from memcli.options import Yes
from memcli.render.refining import described, show_estimate, show_refined
from memcli.results import plain
from memcli.session import Session

app = new_group("Have a language model decide again what rules have decided.")


class Part(StrEnum):
    LINKS = "links"
    NOTES = "notes"
    INSIGHTS = "insights"
    FACTS = "facts"


@command(
    app,
    examples="""
    memcli refine --dry-run
    memcli refine --kind notes --budget 50000
    memcli refine --yes --json | jq .data.report.fallbacks
    """,
)
def refine(
    session: Session,
    kind: Annotated[
        list[Part] | None,
        typer.Option("--kind", help="Only these decisions; those that the settings allow by default."),
    ] = None,
    budget: Annotated[
        int | None, typer.Option("--budget", min=0, metavar="TOKENS", help="At most this many; llm.budget by default.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take, and ask nothing.")] = False,
    yes: Yes = False,
) -> None:
    """Have the language model of llm.url judge links, write notes, draw insights and read facts, where rules have
    decided so far.

    What it would take is shown first, and asked. A reply that is no good leaves the rule's decision as it is, and is
    counted. What people or the model have decided is not asked again, so that a run that was broken off goes on where
    it stopped. `memcli note undo --by MODEL` takes back what a model decided.
    """
    settings = session.config.settings()
    most = settings.llm_budget if budget is None else budget
    with session.memory(llm=True) as memory:
        refining = memory.refining([each.value for each in kind or ()])
        estimate = refining.estimate()
        data = {"model": settings.llm_model, "budget": most, "estimate": plain(estimate), "done": not dry_run}
        if dry_run:
            session.emit(data | {"since": "", "report": None}, lambda page: show_estimate(page, estimate, most))
            return
        session.confirm(
            f"ask {settings.llm_model} {described(estimate, most)}?",
            yes=yes or not any(each.calls for each in estimate.values()),
        )
        since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        with session.progress() as progress:
            report = refining.run(most, progress)
    session.emit(
        data | {"since": since, "report": plain(report)},
        lambda page: show_refined(page, report, settings.llm_model, since),
    )
