"""Which language model the settings mean."""

from __future__ import annotations

from pathlib import Path

from graph.errors import UsageError
from graph.llm.cache import Cache
from graph.llm.client import Client
from graph.llm.endpoint import checked_key, endpoint_of
from graph.model import PERSON, by_rule
from graph.settings import Settings

_LONGEST_NAME = 200


def client_of(settings: Settings) -> Client | None:
    """Who asks the language model that is set; None where none is.

    Raises:
        UsageError: a setting is missing, or is none that could be meant.
    """
    if not settings.llm_url:
        return None
    endpoint = endpoint_of(settings.llm_url)
    name = settings.llm_model
    if not name:
        raise UsageError(f"which of the models at {endpoint.host}?", "name it: memcli config set llm.model NAME")
    # What it decides carries its name.
    if by_rule(name) or name == PERSON or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise UsageError(f"llm.model is {name[:_LONGEST_NAME]!r}, which can be no model's name", "name it otherwise")
    cache = Cache(Path(settings.llm_cache) if settings.llm_cache else None)
    return Client(endpoint, name, checked_key(endpoint, settings.llm_key), settings.llm_timeout, cache)
