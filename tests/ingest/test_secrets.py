"""Secrets are masked before anything is stored, and ordinary talk stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from graph.model import Form, NodeKind, Record
from graph.secrets import masked, masked_text

from .memories import exported, ingested, nodes, written

# In pieces, so that nobody takes them for real.
SECRETS = {
    "aws access key": "AKIA" + "Q3EGRJ5ZT7LX2MWP",
    "github token": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "openai token": "sk-" + "a1B2c3D4e5F6g7H8i9J0T3BlbkFJ" + "k1L2m3N4o5P6q7R8s9T0",
    "slack token": "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx",
    "basic auth credentials": "https://ann:" + "hunter2secret" + "@example.org/x",
    "card number": "4111 1111 1111 " + "1111",
    "password": "password: " + "hunter2!",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEabc123\nxyz==\n-----END RSA PRIVATE KEY-----",
    "json web token": "eyJhbGciOiJIUzI1NiJ9"
    + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0"
    + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
}
KEPT = [
    "My password is a secret, and the key to the house is under the mat.",
    "The secret: he loves her. The key: patience!",
    "The password is wrong, and I forgot my PIN. Is your password long? The security code is on the back.",
    "The PIN is 4 digits long, a password is 8-12 characters, and the wifi password was changed in 2023.",
    "The pin is 3,000 years old, my pin: 2024-05-01, our zip code is 90210, and my password is 'secret'.",
    "Call me on +49 30 901820 or 0171 1234567, order 4111 1111 1111 1112, ISBN 978-3-16-148410-0.",
    "See https://example.org/a/very/long/path?with=parameters&and=more#anchors, or C:\\Users\\ann\\Documents\\x.txt",
    "def login(username: str, password: str) -> None: self.password_hash = hash(password)",
    "AHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH so happy!!!!!!!!! 10000000000000000000",
    "commit 3f786850e387550fdab836ed7e6dc881de23001b of 2024-03-05T10:22:00",
    "東京タワーに行きたい。パスワードは秘密です。",
    "",
]


@pytest.mark.parametrize("what", SECRETS)
def test_a_secret_is_masked(what: str) -> None:
    text, count = masked_text(f"Look, {SECRETS[what]} and more words.\nThat was it.")
    assert count == 1
    assert f"[masked: {what}]" in text
    assert text.startswith("Look, ")
    assert text.endswith(" and more words.\nThat was it.")
    for part in SECRETS[what].replace("password: ", "").removeprefix("https://ann:").split("\n"):
        assert part.removesuffix("@example.org/x") not in text
    assert masked_text(text) == (text, 0)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("My password is hunter2!x, I think.", "hunter2!x"),
        ("the password for the wifi is now “Blue-horse9”.", "Blue-horse9"),
        ("The wifi password: `Blue-horse9`!", "Blue-horse9"),
        ("Her PIN is 4921.", "4921"),
        ("The password is: hunter2!x", "hunter2!x"),
        ("the pin code of my card is #4921, ok?", "#4921"),
        ("door code: 0815", "0815"),
        ("Our passcode was set to 258025", "258025"),
    ],
)
def test_what_is_said_to_be_a_secret_is_masked(text: str, secret: str) -> None:
    found, count = masked_text(text)
    assert count == 1
    assert secret not in found
    assert found[-1] == text[-1] or found.endswith("]")
    assert masked_text(found) == (found, 0)


def test_a_number_is_masked_where_it_is_said_to_open_something() -> None:
    assert masked_text("My PIN is 2024 since May 2024.") == ("My [masked: code] since May 2024.", 1)


@pytest.mark.parametrize("text", KEPT)
def test_ordinary_talk_stays_as_it_is(text: str) -> None:
    assert masked_text(text) == (text, 0)


def test_titles_and_metadata_too() -> None:
    secret = SECRETS["github token"]
    record = Record(Form.MESSAGE, "1", "Hi", title=secret, metadata={"a": [1, {"b": f"x {secret}"}], "c": None})
    found, count = masked(record)
    assert count == 2
    assert secret not in str(found)
    assert found.metadata == {"a": [1, {"b": "x [masked: github token]"}], "c": None}


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("See postgres://ann:Sw0rd" + "fish!@db.example.org/x", "Sw0rdfish!"),
        (f"Bearer {SECRETS['json web token']} there", "dozjgNryP4J3"),
        ("Use sk-proj-" + "a1B2c3" * 8, "a1B2c3a1B2c3"),
        ("x" * 3990 + f" {SECRETS['aws access key']} y", "AKIA"),
        ("x" * 390 + f" {SECRETS['password']} y", "hunter2!"),
        ("4111\u00a01111\u00a01111\u00a0" + "1111", "4111"),
    ],
)
def test_a_secret_is_masked_whole_wherever_it_stands(text: str, secret: str) -> None:
    found, count = masked_text(text)
    assert secret not in found
    assert count == 1


def test_a_text_may_be_nothing_but_secrets() -> None:
    pins = [f"{number:06d}" for number in range(2_000)]
    text, count = masked_text(" ".join(f"the pin is {pin} and" for pin in pins))
    assert count == len(pins)
    assert not any(pin in text for pin in pins)


def test_names_and_what_is_a_secret_by_its_name() -> None:
    secret = SECRETS["github token"]
    number = SECRETS["card number"]
    record = Record(Form.MESSAGE, "1", "Hi", f"c {secret}", number, f"Ann {secret}", metadata={"password": "hunter2!"})
    found, count = masked(record)
    assert count == 3
    assert (found.conversation, found.session, found.speaker) == (
        "c [masked: github token]",
        number,
        "Ann [masked: github token]",
    )
    assert found.metadata == {"password": "[masked: password]"}
    assert masked(replace(record, metadata={secret: 1}))[0].metadata == {"[masked: github token]": 1}


def test_nor_is_it_in_the_name_of_a_source(tmp_path: Path) -> None:
    secret = SECRETS["github token"]
    file = written(tmp_path / f"{secret}.jsonl", [{"id": "1", "speaker": "Ann", "text": "Where is the boat?"}])
    assert ingested(tmp_path / "store" / "memory.db", file).added == 1
    assert ingested(tmp_path / "store" / "memory.db", file).skipped == 1
    assert secret.encode() not in b"".join(each.read_bytes() for each in (tmp_path / "store").iterdir())


def test_nothing_of_it_is_stored(tmp_path: Path) -> None:
    lines = [{"id": str(n), "speaker": "Ann", "text": f"Use {each} there."} for n, each in enumerate(SECRETS.values())]
    file = written(tmp_path / "chat.jsonl", lines)
    store = tmp_path / "store" / "memory.db"
    report = ingested(store, file)
    assert (report.added, report.masked) == (len(SECRETS), len(SECRETS))
    assert report.warnings[-1] == f"{len(SECRETS)} secrets were masked; --no-redact keeps them"
    found = b"".join(each.read_bytes() for each in store.parent.iterdir())
    for secret in SECRETS.values():
        assert json.dumps(secret)[1:-1].encode() not in found
        assert secret.encode() not in found
    assert "hunter2" not in exported(store)


def test_it_makes_no_difference_how_many_come_at_once(tmp_path: Path) -> None:
    lines = [{"id": str(n), "text": f"Use {each} {n}."} for n, each in enumerate([*SECRETS.values(), *KEPT] * 3)]
    file = written(tmp_path / "chat.jsonl", lines)
    graphs = set()
    for batch in (1, 7, 64):
        ingested(tmp_path / f"{batch}.db", file, ingest_batch=batch)
        graphs.add(exported(tmp_path / f"{batch}.db"))
    assert len(graphs) == 1


def test_they_are_kept_where_that_is_wanted(tmp_path: Path) -> None:
    file = written(tmp_path / "chat.jsonl", [{"id": "1", "text": SECRETS["password"]}])
    assert ingested(tmp_path / "memory.db", file).masked == 1
    report = ingested(tmp_path / "memory.db", file, ingest_redact=False)
    assert (report.added, report.masked, report.warnings) == (1, 0, ())
    assert len(nodes(tmp_path / "memory.db", NodeKind.INTERACTION)) == 2
