"""Whether the language model that is set can be used: one small decision, asked anew each time."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from graph.errors import LlmError, no_llm
from graph.llm.cache import Cache
from graph.llm.client import Task
from graph.llm.registry import client_of
from graph.llm.schema import NoReplyError, Why
from graph.settings import Settings


class Trial(Struct, frozen=True):
    """How a trial went: the `form` in which the server takes a schema (`json_schema`, `json_object`, or empty), and
    whether the model kept to it."""

    form: str
    obeys: bool


class Colour(Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for."""

    colour: Annotated[str, Meta(max_length=20)]


def tried(settings: Settings) -> Trial:
    """Ask for a colour.

    Raises:
        UsageError: none is set, or not as it could be meant.
        LlmError: it cannot be used, or does not answer.
    """
    client = client_of(settings)
    if client is None:
        raise no_llm()
    client.cache = Cache(None)
    try:
        client.ask(Task("Name the colour of the thing in the message.", {"thing": "snow"}, Colour, 64))
    except NoReplyError as error:
        if error.why is Why.NO_REPLY:
            raise LlmError(f"no reply: {error}", "try again later; llm.timeout says how long is waited") from None
        return Trial(client.dialect.form, obeys=False)
    return Trial(client.dialect.form, obeys=True)
