"""`memcli llm`: the language model that may help, where one is set."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

from memcli.command import command, new_group
from memcli.config import LLM_KEY
from memcli.passwords import forget, keep, keyring_name, llm_account_of, with_llm_key
from memcli.session import Session

if TYPE_CHECKING:
    from graph.llm.trial import Trial
    from graph.settings import Settings

app = new_group("Try the language model that may help, and sign in to it.")


@command(
    app,
    examples="""
    memcli llm check
    memcli llm check --json
    """,
)
def check(session: Session) -> None:
    """Ask the language model that is set for one small decision, and say how it went."""
    settings = session.config.settings()
    account = llm_account_of(settings)
    keyed = with_llm_key(settings)
    source = "environment" if settings.llm_key else "keyring" if keyed.llm_key else "none"
    began = time.monotonic()
    found = _tried(keyed)
    data = {
        "url": settings.llm_url,
        "model": settings.llm_model,
        "key": source,
        "form": found.form,
        "obeys": found.obeys,
        "elapsed_s": round(time.monotonic() - began, 3),
    }
    kept = "keeps to the form that is asked for" if found.obeys else "does not keep to the form that is asked for"
    key = f"key: {source}" if source != "none" else "no key"
    session.emit(
        data,
        lambda page: page.line(
            f"{settings.llm_model} at {account.partition(':')[2]} {kept}; {key}; took {data['elapsed_s']:.1f} s"
        ),
    )


@command(
    app,
    examples="""
    memcli llm login
    pass show llm | memcli llm login
    """,
)
def login(session: Session) -> None:
    """Keep the key of the language model in the system's keyring, for the host that llm.url names and no other.

    It is asked for, or read from standard input as one line, and tried before it is kept.
    """
    settings = session.config.settings()
    account, keyring = llm_account_of(settings), keyring_name(LLM_KEY)
    key = session.secret(account)
    _tried(dataclasses.replace(settings, llm_key=key))
    keep(account, key)
    data = {"account": account, "keyring": keyring}
    session.emit(data, lambda page: page.line(f"the key for {account} is in the keyring ({keyring})"))


@command(
    app,
    examples="""
    memcli llm logout
    """,
)
def logout(session: Session) -> None:
    """Remove the key of the language model from the system's keyring."""
    account, keyring = llm_account_of(session.config.settings()), keyring_name(LLM_KEY)
    forget(account)
    data = {"account": account, "keyring": keyring}
    session.emit(data, lambda page: page.line(f"the key for {account} is no longer in the keyring ({keyring})"))


def _tried(settings: Settings) -> Trial:
    from graph.llm.trial import tried

    return tried(settings)
