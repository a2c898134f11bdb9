"""Unicode-aware text: folding, words, sentences, pieces, stop words, and what an index is given."""

from __future__ import annotations

import pkgutil
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date, datetime
from functools import cache, lru_cache

# Nothing is given back once it is taken, and an apostrophe comes first: these are tried at every letter of every text.
_WORD = re.compile(r"[^\W_]++(?:['’][^\W_]++)*+")
_ASCII_WORD = re.compile(r"[a-z0-9]++(?:'[a-z0-9]++)*+")
"""The same in lower-case ASCII, in a fourth of the time."""
# Each run of marks is tried once, from its beginning: a text may be nothing but dots.
_SENTENCE_END = re.compile(r"(?:(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s)|[。！？]+|\n+)\s*")
_POSSESSIVE = re.compile(r"['’](?:s\b|(?<=s['’])(?!\w))", re.IGNORECASE)
# Scripts written without spaces: each letter is indexed as a word of its own.
_UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002fa1f]+"
)
_FIRST_UNSPACED = "\u0e00"
# Past these scripts a combining mark is part of the letter, not an accent on it.
_LAST_ACCENTED = "\u077f"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NAME = 80
"""Letters of texts that are remembered as they are folded."""
_MOST_MARKS = 30
"""Combining marks kept on one letter, as in Unicode's stream-safe format (UAX #15)."""


def fold(text: str) -> str:
    """Return `text` as names are compared: no case, accents, possessives or punctuation; one space.

    "Łukasz’s  CAFÉ" becomes "łukasz cafe". Marks of scripts in which they spell vowels are kept.
    """
    return _folded_name(text) if len(text) <= _NAME else _folded(text)


@lru_cache(maxsize=1 << 14)
def _folded_name(name: str) -> str:
    """The same name comes many times over while a batch is taken in."""
    return _folded(name)


def _folded(text: str) -> str:
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(_POSSESSIVE.sub("", text).lower()))
    letters: list[str] = []
    base, marks = "", 0
    for letter in _decomposed(_POSSESSIVE.sub("", text)):
        if not unicodedata.combining(letter):
            base, marks = letter, 0
        elif base <= _LAST_ACCENTED or marks == _MOST_MARKS:
            continue
        else:
            marks += 1
        letters.append(letter)
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", "".join(letters))))


def _decomposed(text: str) -> Iterator[str]:
    """Yield the letters and marks that `text` is composed of, without case.

    One by one, since putting the marks of a whole text in order takes time with the square of their number.
    """
    for letter in text:
        yield from unicodedata.normalize("NFKD", letter).casefold()


def spelled(names: Iterable[str | None], wanted: Iterable[str]) -> set[str]:
    """Those of `names` that are one of `wanted` in some spelling. Each is folded once, however often it is there."""
    folded = {fold(name) for name in wanted}
    return {each for each in set(names) if each and fold(each) in folded} if folded else set()


def tells_of(text: str, names: Set[str]) -> bool:
    """Whether any of the folded `names` stands in `text`."""
    folded = f" {fold(text)} "
    return any(f" {name} " in folded for name in names)


def words(text: str) -> list[str]:
    """Return the words of `text` in order, case-folded, without possessive endings."""
    kept = _POSSESSIVE.sub("", text)
    # Of other letters, some fold into what is none.
    return _ASCII_WORD.findall(kept.lower()) if kept.isascii() else [word.casefold() for word in _WORD.findall(kept)]


def segmented(text: str) -> str:
    """Return `text` with a space around each letter of the scripts that are written without spaces."""
    if text.isascii() or max(text) < _FIRST_UNSPACED:
        return text
    # Compiled by the first text that needs it: of so many letters it takes long.
    return re.sub(_UNSPACED, lambda run: f" {'  '.join(run[0])} ", text)


def terms(question: str) -> tuple[str, ...]:
    """Return the words of a question worth searching for, each once, in order.

    Stop words are dropped; where nothing else is left, they are kept.
    """
    found = words(segmented(question))
    kept = [word for word in found if word not in stop_words()]
    return tuple(dict.fromkeys(kept or found))


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, each stripped, none empty; line ends end sentences too."""
    found, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        found.append(text[start : end.end()].strip())
        start = end.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def asks(text: str) -> bool:
    """Whether `text` ends in a question mark, within quotation marks and brackets or not."""
    return text.rstrip().rstrip("\"'”’)]").endswith(("?", "？", "؟"))


def pieces(text: str, longest: int) -> Iterator[str]:
    """Yield `text` in runs of about equal length of at most `longest` words."""
    tokens = text.split()
    count = max(1, -(-len(tokens) // longest))
    size = max(1, -(-len(tokens) // count))
    for start in range(0, max(1, len(tokens)), size):
        yield " ".join(tokens[start : start + size])


def shortened(text: str, longest: int) -> str:
    """Return `text` on one line, cut at a word to at most `longest` letters."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    return line[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def spoken_date(timestamp: str) -> str:
    """An ISO 8601 timestamp's date as people write it: "8 May 2023"."""
    return spoken(datetime.fromisoformat(timestamp))


def spoken(day: date) -> str:
    """A day as people write it: "8 May 2023"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@cache
def stop_words() -> frozenset[str]:
    """The words that carry no topic, from `word_lists/stop.txt`."""
    return word_list("stop")


@cache
def verb_forms() -> Mapping[str, tuple[str, ...]]:
    """The forms of each irregular verb by each of them, the base form first: "bought" is a form of "buy"."""
    verbs = [tuple(line.split()) for line in _lines("irregular")]
    return {form: forms for forms in verbs for form in forms}


@cache
def word_list(name: str) -> frozenset[str]:
    """Return the words of `word_lists/NAME.txt`: one or more a line, `#` begins a comment."""
    return frozenset(word for line in _lines(name) for word in line.split())


def _lines(name: str) -> list[str]:
    # Not importlib.resources, which imports much before it reads.
    data = pkgutil.get_data("graph", f"word_lists/{name}.txt")
    assert data is not None
    return [line.partition("#")[0] for line in data.decode().splitlines()]
