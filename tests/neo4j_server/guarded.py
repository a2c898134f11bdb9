"""A Neo4j as others run it: with a password, a certificate that nobody signed, little memory and little patience."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.neo4j_server.server import Server

PASSWORD = "a good password"
LIMITS = ("db.memory.transaction.max=8m", "db.lock.acquisition.timeout=300ms")


@contextmanager
def guarding(home: Path) -> Iterator[Server]:
    """The server, for as long as the context lasts."""
    server = Server(home, password=PASSWORD)
    server.set(*_with_certificate(home), *LIMITS)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _with_certificate(home: Path) -> list[str]:
    """Make a certificate that nobody has signed; the settings with which the server shows it."""
    folder = home / "certificates" / "bolt"
    folder.mkdir(parents=True)
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(folder / "private.key"), "-out", str(folder / "public.crt")),
        ],
        check=True,
        capture_output=True,
    )
    policy = "dbms.ssl.policy.bolt"
    return [
        f"{policy}.enabled=true",
        f"{policy}.base_directory={folder}",
        f"{policy}.private_key=private.key",
        f"{policy}.public_certificate=public.crt",
        f"{policy}.client_auth=NONE",
        "server.bolt.tls_level=OPTIONAL",
    ]
