from __future__ import annotations

import hashlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcli.models import web
from memcli.models.download import Download, Tell, download
from memcli.models.web import SourceError, open_url

from .server import Route, Server

BODY = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(BODY).hexdigest()


def silent(name: str, done: int, size: int | None) -> None:
    """Nobody is told."""


def fetched(server: Server, folder: Path, size: int | None = len(BODY), tell: Tell = silent) -> bytes:
    return download(Download("it", f"{server.url}/it", SHA256, size), folder, tell).read_bytes()


@pytest.mark.parametrize("size", [len(BODY), None])
@pytest.mark.parametrize("promise", [-1, None])
def test_a_file_comes_whole(server: Server, tmp_path: Path, size: int | None, promise: int | None) -> None:
    server.routes["/it"] = Route(BODY, promise=promise)
    told: list[tuple[str, int, int | None]] = []
    assert fetched(server, tmp_path, size, lambda *said: told.append(said)) == BODY
    assert (told[0][:2], told[-1][:2]) == (("it", 0), ("it", len(BODY)))
    assert told[-1][2] == (None if size is promise is None else len(BODY))


def test_what_is_cut_off_goes_on(server: Server, tmp_path: Path) -> None:
    server.routes["/it"] = Route(BODY, cuts=[100_000, 200_000])
    assert fetched(server, tmp_path) == BODY
    assert [ranged for _, ranged, _ in server.asked] == [None, "bytes=100000-", "bytes=300000-"]


def test_what_keeps_being_cut_off_goes_on_the_next_time(server: Server, tmp_path: Path) -> None:
    server.routes["/it"] = Route(BODY, cuts=[1000] * 7)
    with pytest.raises(SourceError, match=f"it was cut off after 5000 of {len(BODY)} bytes"):
        fetched(server, tmp_path)
    assert (tmp_path / f"{SHA256}.part").read_bytes() == BODY[:5000]
    assert fetched(server, tmp_path) == BODY
    assert server.asked[5][1] == "bytes=5000-"


def test_a_server_without_ranges_begins_anew(server: Server, tmp_path: Path) -> None:
    (tmp_path / f"{SHA256}.part").write_bytes(BODY[:1000])
    server.routes["/it"] = Route(BODY, ranges=False)
    assert fetched(server, tmp_path) == BODY


def test_a_server_that_never_gets_further_is_left(server: Server, tmp_path: Path) -> None:
    server.routes["/it"] = Route(BODY, ranges=False, cuts=[1000] * 9)
    with pytest.raises(SourceError, match="cut off after 1000"):
        fetched(server, tmp_path)
    assert len(server.asked) == 2


def test_a_part_that_is_whole_is_not_fetched(server: Server, tmp_path: Path) -> None:
    (tmp_path / f"{SHA256}.part").write_bytes(BODY)
    assert fetched(server, tmp_path) == BODY
    assert server.asked == []
    server.routes["/it"] = Route(BODY)
    # Where nobody says how long it is the server is asked, and says that there is no more of it.
    assert fetched(server, tmp_path, None) == BODY


@pytest.mark.parametrize("begun", [0, 1000])
def test_wrong_bytes_are_removed(server: Server, tmp_path: Path, begun: int) -> None:
    (tmp_path / f"{SHA256}.part").write_bytes(BODY[:begun])
    wrong = BODY[:-1] + b"!"
    server.routes["/it"] = Route(wrong)
    with pytest.raises(SourceError) as raised:
        fetched(server, tmp_path)
    assert SHA256 in str(raised.value)
    assert hashlib.sha256(wrong).hexdigest() in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_another_length_than_it_should_be_is_not_fetched(server: Server, tmp_path: Path) -> None:
    server.routes["/it"] = Route(b"<html>Please sign in", kind="text/html")
    with pytest.raises(SourceError, match=f"it has 20 bytes there, not {len(BODY)}"):
        fetched(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_more_than_it_should_be_is_not_kept(server: Server, tmp_path: Path) -> None:
    server.routes["/it"] = Route(BODY + b"more", promise=None)
    with pytest.raises(SourceError, match=f"it is longer than {len(BODY)} bytes"):
        fetched(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_part_is_never_longer_than_the_file(server: Server, tmp_path: Path) -> None:
    most = 0

    def watch(name: str, done: int, size: int | None) -> None:
        nonlocal most
        most = max(most, (tmp_path / f"{SHA256}.part").stat().st_size)

    server.routes["/it"] = Route(BODY * 9, promise=None)
    with pytest.raises(SourceError, match="longer"):
        fetched(server, tmp_path, tell=watch)
    assert 0 < most <= len(BODY)


@pytest.mark.parametrize("status", [404, 500, 403, 429])
def test_what_a_server_refuses(server: Server, tmp_path: Path, status: int) -> None:
    server.routes["/it"] = Route(b"\x1b[31mno\n" * 1000, status=status)
    with pytest.raises(SourceError, match=f"127.0.0.1 says {status}") as raised:
        fetched(server, tmp_path)
    assert "\n" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_followed(server: Server, tmp_path: Path, status: int) -> None:
    server.routes |= {"/it": Route(status=status, location="/there"), "/there": Route(BODY, cuts=[1000])}
    assert fetched(server, tmp_path) == BODY
    assert server.asked[-1][:2] == ("/there", "bytes=1000-")


@pytest.mark.parametrize(
    "target", ["http://example.org/it", "file:///etc/passwd", "ftp://127.0.0.1/it", "//[", "data:,x"]
)
def test_a_redirect_away_from_https_is_refused(server: Server, tmp_path: Path, target: str) -> None:
    server.routes["/it"] = Route(status=302, location=target)
    with pytest.raises(SourceError, match=r"127\.0\.0\.1"):
        fetched(server, tmp_path)


def test_a_redirect_in_a_circle_ends(server: Server, tmp_path: Path) -> None:
    server.routes["/it"] = Route(status=302, location="/it")
    with pytest.raises(SourceError, match="says 302"):
        fetched(server, tmp_path)


def test_a_silent_server_is_left(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SILENT_SECONDS", 0.1)
    server.routes["/it"] = Route(silent=True)
    with pytest.raises(SourceError, match="no answer in time"):
        fetched(server, tmp_path)


def test_a_server_that_falls_silent_is_left(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It promises the rest, sends nothing more, and keeps the connection."""
    monkeypatch.setattr(web, "SILENT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        kept: list[socket.socket] = []

        def serve() -> None:
            for _ in range(2):
                connection, _ = listening.accept()
                kept.append(connection)
                connection.recv(10_000)
                connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:1000])

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(SourceError, match="no answer in time"):
            download(Download("it", f"{address}/it", SHA256, len(BODY)), tmp_path, silent)
        thread.join()
        for connection in kept:
            connection.close()
    assert (tmp_path / f"{SHA256}.part").read_bytes() == BODY[:1000]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/it",
        "http://127.0.0.1.example.org/it",
        "http://127.0.0.1@example.org/it",
        "ftp://example.org/it",
        "file:///etc/passwd",
        "data:,it",
        "it",
        "",
        "http://127.0.0.1:port/it",
        "https://[/it",
        "http://127.0.0.1/a b",
        "http://127.0.0.1:1/it",
    ],
)
def test_what_is_no_address_to_go_to(url: str) -> None:
    with pytest.raises(SourceError):
        open_url(url, {})


def test_a_server_that_speaks_no_http(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            connection.sendall(b"220 mail ready\r\n")
            connection.recv(10_000)
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(SourceError, match=r"127\.0\.0\.1"):
            open_url(f"http://127.0.0.1:{listening.getsockname()[1]}/", {})
        thread.join()


def test_the_password_of_a_url_goes_to_its_host_and_is_not_shown(server: Server, tmp_path: Path) -> None:
    server.routes["/moved"] = Route(status=302, location="/it")
    secret = server.url.replace("//", "//ann:p%40ss@")
    with pytest.raises(SourceError) as raised:
        open_url(f"{secret}/moved", {})
    assert "p%40ss" not in str(raised.value)
    assert "p@ss" not in str(raised.value)
    # ann:p@ss, and not where the redirect led.
    assert [signed for *_, signed in server.asked] == ["Basic YW5uOnBAc3M=", None]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed, with its key."""
    path = tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", tmp_path / "public.pem"),
        ],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + (tmp_path / "public.pem").read_bytes())
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    running = Server(context)
    yield running
    running.stop()


def test_a_certificate_has_to_be_signed_by_somebody_known(
    secure: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure.routes["/it"] = Route(BODY)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(SourceError, match="certificate verify failed"):
        open_url(f"{secure.url}/it", {})
    assert secure.asked == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with open_url(f"{secure.url}/it", {}) as response:
        assert response.read() == BODY
    with pytest.raises(SourceError, match="certificate verify failed"):
        # It is for another name.
        open_url(f"{secure.url.replace('127.0.0.1', 'localhost')}/it", {})


def test_tls_leads_to_nothing_less(secure: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even to this machine, where a server elsewhere must not send anybody."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    secure.routes["/it"] = Route(status=302, location="http://127.0.0.1:9/it")
    with pytest.raises(SourceError, match="which is not https"):
        open_url(f"{secure.url}/it", {})
