"""Finding keys, tokens, passwords and card numbers in what is said, and masking them before anything is stored.

The rules are those of detect-secrets (Yelp), but for the ones that go by entropy or by public addresses: in talk these
find names and numbers. Nothing is verified, which would ask the network. Card numbers are told by their check digit
(ISO/IEC 7812-1, annex B).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
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
_MASK = "[masked: {}]"
_PRIVATE = re.compile(r"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?)-----(?:.*?-----END \1-----|.*)", re.DOTALL)
"""A private key with all its lines: detect-secrets tells only that one begins."""
_CARD = re.compile(r"(?<![\w.+-])[2-6](?:[ -]?\d){12,18}(?![\w-]|\.\d)")
_TOKEN = re.compile(r"\S{16}")
_PASSWORD = re.compile(r"key|pass|pwd|secret|contrase", re.IGNORECASE)
"""What a line has in it that is worth a closer look: each rule takes its time."""
_LIKE_A_PASSWORD = re.compile(r"(?=\S*(?:\d|[!#$%&*+@^~]\w))[^\s()\[\]{}<>,;]{5,}(?=[\s,;]|$)")
"""What is assigned to a word such as "password" and is no mere word, no call and no type."""
_SHORTEST = 8
"""Letters of a secret that stands for itself; a shorter one is masked with what shows that it is one."""
_LONGEST = 4000
"""Letters of a line that are looked at together."""


def masked(record: Record) -> tuple[Record, int]:
    """`record` with every secret in its text, title and metadata masked, and how many there were."""
    text, count = masked_text(record.text)
    title, more = masked_text(record.title) if record.title else (record.title, 0)
    metadata, most = _masked_json(record.metadata)
    count += more + most
    return (replace(record, text=text, title=title, metadata=metadata) if count else record), count


def masked_text(text: str) -> tuple[str, int]:
    """`text` with a word in place of every secret, and how many there were."""
    text, count = _PRIVATE.subn(_MASK.format("private key"), text)
    secrets = {secret: what for line in _lines(text) for secret, what in _found(line)}
    # A longer one may hold a shorter one.
    for secret in sorted(secrets, key=lambda each: (-len(each), each)):
        count += text.count(secret)
        text = text.replace(secret, _MASK.format(secrets[secret]))
    return text, count


def _masked_json(value: Json) -> tuple[Any, int]:
    match value:
        case str():
            return masked_text(value)
        case Mapping():
            found = {name: _masked_json(each) for name, each in value.items()}
            return {name: each for name, (each, _) in found.items()}, sum(count for _, count in found.values())
        case list() | tuple():
            made = [_masked_json(each) for each in value]
            return [each for each, _ in made], sum(count for _, count in made)
    return value, 0


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for start in range(0, len(line), _LONGEST):
            yield line[start : start + _LONGEST]


def _found(line: str) -> Iterator[tuple[str, str]]:
    """Yield each secret of a line with what it is."""
    for card in _CARD.finditer(line):
        digits = [int(each) for each in card[0] if each.isdigit()]
        if _checks(digits):
            yield card[0], "card number"
    rules, passwords, assigned = _detectors()
    if _TOKEN.search(line) or "://" in line:
        for what, rule in rules:
            yield from ((secret, what) for secret in _by(rule, line))
    if _PASSWORD.search(line):
        for shapes in assigned:
            for assigned_to in passwords.analyze_string(line, denylist_regex_to_group=shapes):
                if secret := _LIKE_A_PASSWORD.match(assigned_to):
                    yield secret[0], "password"


def _by(rule: Any, line: str) -> Iterator[str]:
    """Yield what a rule finds: of a pattern with groups the one that is the secret, not the letters it begins with."""
    for pattern in rule.denylist:
        for found in pattern.finditer(line):
            groups = [each for each in found.groups() if each and len(each) >= _SHORTEST]
            secrets = groups or [found[0]]
            yield from (each for each in secrets if getattr(rule, "is_formally_valid", bool)(each))


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
