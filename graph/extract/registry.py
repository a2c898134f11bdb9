"""Which extractor a setting means."""

from __future__ import annotations

from graph.errors import ModelMissingError, UsageError
from graph.extract.models import installed_model
from graph.extract.rules import RuleExtractor
from graph.extract.spacy import SpacyExtractor
from graph.ports import Extractor

EXTRACTORS = ("auto", "spacy", "rules")
GET_MODEL = "get it with `memcli model pull spacy`"


def extractor_named(name: str) -> tuple[Extractor, str | None]:
    """Return the extractor, and what to tell people about the choice (None: nothing).

    `auto` is spaCy where a model is installed, else the rules.

    Raises:
        ModelMissingError: `spacy` is asked for and has no model.
        UsageError: there is no such extractor.
    """
    if name not in EXTRACTORS:
        raise UsageError(f"no extractor is called {name!r}", f"extractors are {', '.join(EXTRACTORS)}")
    model = installed_model() if name != "rules" else None
    if model:
        return SpacyExtractor(model), None
    if name == "spacy":
        raise ModelMissingError("no spaCy model is installed", GET_MODEL)
    told = f"no spaCy model is installed: names are found by spelling alone; {GET_MODEL}" if name == "auto" else None
    return RuleExtractor(), told
