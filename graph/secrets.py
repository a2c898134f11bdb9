"""Finding keys, tokens, passwords and card numbers in what is said, and masking them before anything is stored.

The rules are those of detect-secrets (Yelp), but for the ones that go by entropy or by public addresses: in talk these
find names and numbers. Nothing is verified, which would ask the network. Card numbers are told by their check digit
(ISO/IEC 7812-1, annex B).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from msgspec.structs import replace

from graph.model import Json, Record

_RULES = (
    ("artifactory", "ArtifactoryDetector"),
    ("aws", "AWSKeyDetector"),
    ("azure_storage_key", "AzureStorageKeyDetector"),
    ("basic_auth", "BasicAuthDetector"),
    ("cloudant", "CloudantDetector"),
    ("discord", "DiscordBotTokenDetector"),
    ("github_token", "GitHubTokenDetector"),
    ("gitlab_token", "GitLabTokenDetector"),
    ("ibm_cloud_iam", "IbmCloudIamDetector"),
    ("jwt", "JwtTokenDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("npm", "NpmDetector"),
    ("openai", "OpenAIDetector"),
    ("pypi_token", "PypiTokenDetector"),
    ("sendgrid", "SendGridDetector"),
    ("slack", "SlackDetector"),
    ("square_oauth", "SquareOAuthDetector"),
    ("stripe", "StripeDetector"),
    ("telegram_token", "TelegramBotTokenDetector"),
    ("twilio", "TwilioKeyDetector"),
)
_MORE = (
    ("basic auth credentials", re.compile(r"://[^\s/@:]*:([^\s/]+)@")),
    ("json web token", re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]+(?:\.[\w-]+)*")),
    ("api key", re.compile(r"\bsk-(?:proj|svcacct|admin|ant)-[\w-]{20,}|\bAIza[\w-]{35}(?![\w-])")),
)
"""What detect-secrets leaves: passwords with marks in them, signatures, and keys that are younger."""
_NEEDED = {"OpenAIDetector": "T3BlbkFJ", "JwtTokenDetector": "."}
"""What stands in all that a rule finds, where looking for it from every beginning takes the square of the time."""
_MASK = "[masked: {}]"
_PRIVATE = re.compile(r"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?)-----(?:.*?-----END \1-----|.*)", re.DOTALL)
"""A private key with all its lines: detect-secrets tells only that one begins."""
_CARD = re.compile(r"(?<![\w.+-])[2-6](?:[ \u00a0-]?\d){12,18}(?![\w-]|\.\d)")
_TOKEN = re.compile(r"\S{16}")
_PASSWORD = re.compile(r"(?:key|pass|pwd|secret|contrase)[^:=\"'`]{0,80}[:=\"'`]", re.IGNORECASE)
"""What a line has in it that is worth a closer look: each rule takes its time."""
_LIKE_A_PASSWORD = re.compile(r"(?=\S*(?:\d|[!#$%&*+@^~]\w))[^\s()\[\]{}<>,;]{5,}(?=[\s,;]|$)")
"""What is assigned to a word such as "password" and is no mere word, no call and no type."""
_SAID = re.compile(
    r"""\b(?:(?P<word>pass(?:word|wd|code|phrase)|pwd|passwort)
        |pin(?:[ -](?:code|number))?
        |(?:access|alarm|door|entry|gate|lock|safe|security|unlock)[ -]code)
    (?:[ ](?:for|of|on|to)(?:[ ][\w'’-]{1,30}){1,3}?)?
    (?:[ ](?:is|was):?|[ ]?[:=])
    (?:[ ](?:always|just|now|set[ ]to|still))?
    [ ]{0,3}[\"'“‘`*]{0,2}(?P<secret>[^\s\"'“”‘`]+)""",
    re.IGNORECASE | re.VERBOSE,
)
"""What is said in plain words to be a password or a number that opens something."""
_LIKE_A_PIN = re.compile(r"[#*]?\d{4,8}[#*]?(?![\w/:-]|[.,]\w)")
_SHORTEST = 8
"""Letters of a secret that stands for itself; a shorter one is masked with what shows that it is one."""
_LONGEST = 4000
"""Letters of a line that are looked at together; the last quarter of them again with those that follow."""
_NEAR = 400
"""The same for passwords, whose rule takes the square of the time."""


def masked(record: Record) -> tuple[Record, int]:
    """`record` with every secret in what it says and in its names masked, and how many there were.

    Its key stays, and its names keep what looks like a card's number: ids are long numbers, too.
    """
    text, count = masked_text(record.text)
    title, more = masked_text(record.title) if record.title else (record.title, 0)
    metadata, most = _masked_json(record.metadata)
    count += more + most
    fields: dict[str, Any] = {"text": text, "title": title, "metadata": metadata}
    for field in ("speaker", "conversation", "session"):
        name, found = masked_name(getattr(record, field) or "")
        if found:
            fields[field] = name
            count += found
    return (replace(record, **fields) if count else record), count


@lru_cache(1024)
def masked_name(name: str) -> tuple[str, int]:
    """The name of a speaker, a conversation or a file as `masked_text` has it, card numbers kept."""
    return _replaced(name, dict(_tokens(name)))


def masked_text(text: str) -> tuple[str, int]:
    """`text` with a word in place of every secret, and how many there were."""
    text, count = _PRIVATE.subn(_MASK.format("private key"), text)
    text, more = _replaced(text, {secret: what for line in text.splitlines() for secret, what in _found(line)})
    return text, count + more


def _replaced(text: str, secrets: Mapping[str, str]) -> tuple[str, int]:
    """`text` with each of `secrets` as what it is, and how many there were; those that overlap are one."""
    made, end, count = [], 0, 0
    for start, stop, what in _places(text, secrets):
        if start >= end:
            made += [text[end:start], _MASK.format(what)]
            count += 1
        end = max(end, stop)
    return "".join([*made, text[end:]]), count


def _places(text: str, secrets: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Yield from where to where secrets stand in `text`, the longest at each place, and what they are.

    A text may be nothing but secrets: it is gone through once, not once for each.
    """
    known = min(map(len, secrets), default=0)
    lengths: dict[str, set[int]] = defaultdict(set)
    for secret in secrets:
        lengths[secret[:known]].add(len(secret))
    longest = {beginning: sorted(some, reverse=True) for beginning, some in lengths.items()}
    for start in range(len(text)) if secrets else ():
        for length in longest.get(text[start : start + known], ()):
            if what := secrets.get(text[start : start + length]):
                yield start, start + length, what
                break


def _masked_json(value: Json) -> tuple[Any, int]:
    match value:
        case str():
            return masked_text(value)
        case Mapping():
            names = {name: masked_text(name) for name in value}
            found = {names[name][0]: _masked_under(name, each) for name, each in value.items()}
            count = sum(count for _, count in (*names.values(), *found.values()))
            return {name: each for name, (each, _) in found.items()}, count
        case list() | tuple():
            made = [_masked_json(each) for each in value]
            return [each for each, _ in made], sum(count for _, count in made)
    return value, 0


def _masked_under(name: str, value: Json) -> tuple[Any, int]:
    """A value of metadata, which may be a secret by its name."""
    if isinstance(value, str):
        text, count = masked_text(value)
        text, more = _replaced(text, dict(_passwords(f"{name}: {text}")))
        return text, count + more
    return _masked_json(value)


def _pieces(line: str, longest: int) -> Iterator[str]:
    for start in range(0, max(len(line) - longest // 4, 1), longest - longest // 4):
        yield line[start : start + longest]


def _found(line: str) -> Iterator[tuple[str, str]]:
    """Yield each secret of a line with what it is."""
    for card in _CARD.finditer(line):
        digits = [int(each) for each in card[0] if each.isdigit()]
        if _checks(digits):
            yield card[0], "card number"
    yield from _tokens(line)
    yield from _passwords(line)


def _tokens(line: str) -> Iterator[tuple[str, str]]:
    for piece in _pieces(line, _LONGEST):
        if _TOKEN.search(piece) or "://" in piece:
            for what, rule in _detectors()[0]:
                if _NEEDED.get(type(rule).__name__, "") not in piece:
                    continue
                found = (secret for pattern in rule.denylist for secret in _by(pattern, piece))
                yield from ((each, what) for each in found if getattr(rule, "is_formally_valid", bool)(each))
            yield from ((secret, what) for what, pattern in _MORE for secret in _by(pattern, piece))


def _passwords(line: str) -> Iterator[tuple[str, str]]:
    yield from _said(line)
    for piece in _pieces(line, _NEAR):
        if _PASSWORD.search(piece):
            _, passwords, assigned = _detectors()
            for shapes in assigned:
                for assigned_to in passwords.analyze_string(piece, denylist_regex_to_group=shapes):
                    if secret := _LIKE_A_PASSWORD.match(assigned_to):
                        yield secret[0], "password"


def _said(line: str) -> Iterator[tuple[str, str]]:
    """Yield what is said to be a password, a PIN or a code. A number goes with the words before it: by itself it may be
    another one elsewhere."""
    for found in _SAID.finditer(line):
        if secret := _LIKE_A_PIN.match(line, found.start("secret")):
            yield line[found.start() : secret.end()], "password" if found["word"] else "code"
        elif found["word"] and (secret := _LIKE_A_PASSWORD.match(found["secret"])):
            yield secret[0].rstrip(".?"), "password"


def _by(pattern: re.Pattern[str], line: str) -> Iterator[str]:
    """Yield what a pattern finds: of one with groups the one that is the secret, not the letters it begins with."""
    for found in pattern.finditer(line):
        yield from [each for each in found.groups() if each and len(each) >= _SHORTEST] or [found[0]]


def _checks(digits: list[int]) -> bool:
    """Whether the last digit is the check digit of the others, by Luhn's formula."""
    doubled = [sum(divmod(2 * each, 10)) for each in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(doubled) + sum(digits[::-2])) % 10 == 0


@cache
def _detectors() -> tuple[list[tuple[str, Any]], Any, tuple[Any, ...]]:
    """The rules by what they find, the one for passwords, and the shapes that it knows."""
    found = [getattr(import_module(f"detect_secrets.plugins.{module}"), name)() for module, name in _RULES]
    keyword = import_module("detect_secrets.plugins.keyword")
    shapes = (keyword.QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP, keyword.CONFIG_DENYLIST_REGEX_TO_GROUP)
    rules = [(re.sub(r"[^a-z ]", "", each.secret_type.lower()), each) for each in found]
    return rules, keyword.KeywordDetector(), shapes
