"""Names by spaCy: named entities, runs of proper nouns, noun chunks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING

from graph.extract.models import SPACY_MODEL
from graph.extract.spans import mention, settled
from graph.model import Extraction, Mention

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

_WINDOW = 20_000
"""Letters that spaCy is given at once: the parser's memory grows with them."""
_UNUSED = ("lemmatizer", "senter")
"""What nothing here asks for: sentences and noun chunks come from the parser, parts of speech from the tagger."""
_QUANTITIES = frozenset({"CARDINAL", "DATE", "MONEY", "ORDINAL", "PERCENT", "QUANTITY", "TIME"})
_BEFORE_A_NAME = frozenset({"ADV", "CCONJ", "DET", "INTJ", "NUM", "PRON", "PUNCT", "SPACE", "SYM"})
_LONGEST_CHUNK = 4
_NOUNS = frozenset({"NOUN", "PROPN"})
_TOPICAL = _NOUNS | {"VERB"}
_BREAK = re.compile(r"\n\s*\n|(?<=[.!?])\s|\s")


class SpacyExtractor:
    """Extraction by an installed spaCy model; it is loaded on first use."""

    def __init__(self, module: str) -> None:
        self.name = f"spacy:{SPACY_MODEL.package.rsplit('-', 1)[0]}-{version(module.replace('_', '-'))}"
        self._module = module
        self._nlp: Language | None = None

    def extract(self, texts: Sequence[str]) -> list[Extraction]:
        """One extraction a text; long texts are read in windows."""
        import spacy

        nlp = self._nlp = self._nlp or spacy.load(self._module, exclude=_UNUSED)
        windows = [(number, start, part) for number, text in enumerate(texts) for start, part in _windows(text)]
        mentions: list[list[Mention | None]] = [[] for _ in texts]
        keywords: list[list[str]] = [[] for _ in texts]
        for (number, start, _), doc in zip(windows, nlp.pipe(part for *_, part in windows), strict=True):
            mentions[number].extend(
                mention(texts[number], label, start + span.start_char, start + span.end_char)
                for label, span in _names(doc)
            )
            keywords[number].extend(_keywords(doc))
        return [settled(*each) for each in zip(mentions, keywords, strict=True)]


def _windows(text: str) -> Iterator[tuple[int, str]]:
    """Yield (offset, part) of `text`, cut where a paragraph, else a sentence, else a word ends."""
    start = 0
    while len(text) - start > _WINDOW:
        ends = [found.end() for found in _BREAK.finditer(text, start + _WINDOW // 2, start + _WINDOW)]
        end = ends[-1] if ends else start + _WINDOW
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def _names(doc: Doc) -> Iterator[tuple[str, Span]]:
    """Yield (label, span): entities first, then what the tagger and the parser add."""
    for entity in doc.ents:
        if entity.label_ not in _QUANTITIES:
            yield entity.label_, _without_lead(entity)
    place = 0
    for proper, run in groupby(token.pos_ == "PROPN" for token in doc):
        begin, place = place, place + len(list(run))
        if proper:
            yield "NAME", doc[begin:place]
    for chunk in doc.noun_chunks:
        core = _without_lead(chunk)
        if chunk.root.pos_ in _NOUNS and 0 < len(core) <= _LONGEST_CHUNK:
            yield "CONCEPT", core


def _without_lead(span: Span) -> Span:
    start = span.start
    while start < span.end and span.doc[start].pos_ in _BEFORE_A_NAME:
        start += 1
    return span.doc[start : span.end]


def _keywords(doc: Doc) -> Iterator[str]:
    """Yield nouns, then verbs, as often as they occur."""
    verbs = []
    for token in doc:
        kind = token.pos_
        if kind in _TOPICAL and not token.is_stop and len(token) > 2 and token.is_alpha:
            if kind in _NOUNS:
                yield token.lower_
            else:
                verbs.append(token.lower_)
    yield from verbs
