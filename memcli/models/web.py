"""Opening a URL: over TLS alone, without patience for servers that say nothing.

Plain HTTP is for this machine only. A name and a password in a URL are sent to that host, and shown nowhere.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from memcli import __version__
from memcli.render.text import one_line

CONNECT_SECONDS = 5.0
SILENT_SECONDS = 30.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
# An InvalidURL is an HTTPException; a port that is no number, or a host that cannot be a name, is a ValueError.
_FAILURES = (OSError, HTTPException, ValueError)


class SourceError(Exception):
    """A source does not give what it is asked for; the message says why on one line.

    `status` is that of HTTP where a server gave one, else 0.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(one_line(message, 400))
        self.status = status


class _Connection(HTTPConnection):
    def connect(self) -> None:
        self.timeout = CONNECT_SECONDS
        super().connect()
        self.sock.settimeout(SILENT_SECONDS)


class _SecureConnection(HTTPSConnection):
    def connect(self) -> None:
        self.timeout = CONNECT_SECONDS
        super().connect()
        self.sock.settimeout(SILENT_SECONDS)


class _Http(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Connection, req)


class _Https(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        # Certificates are verified as Python does it by default.
        return self.do_open(_SecureConnection, req)


class _Redirects(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if not _is_secure(newurl) and not (_is_local(req.full_url) and _is_local(newurl)):
            fp.close()
            raise SourceError(f"{_host(req.full_url)} sends us on to {newurl}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def open_url(url: str, headers: Mapping[str, str]) -> HTTPResponse:
    """The answer to a GET, which the caller closes. Redirects are followed as long as they are safe.

    Raises:
        SourceError: there is none, or it is no success.
    """
    try:
        address, credentials = _parted(url)
        if not (_is_secure(address) or _is_local(address)):
            raise SourceError(f"{address} is not https")
        request = Request(address, headers={"User-Agent": f"memcli/{__version__}", **headers})  # noqa: S310 - checked
        if credentials:
            # Not sent on to where a redirect leads.
            request.add_unredirected_header("Authorization", f"Basic {b64encode(credentials.encode()).decode()}")
        proxies = ProxyHandler({}) if _is_local(address) else ProxyHandler()
        opened: HTTPResponse = build_opener(proxies, _Http, _Https, _Redirects).open(request)
    except HTTPError as error:
        with error:
            raise SourceError(f"{_host(url)} says {error.code} {error.reason}", error.code) from None
    except _FAILURES as error:
        raise SourceError(f"{_host(url)}: {_reason(error)}") from None
    return opened


def read_some(response: HTTPResponse, most: int) -> bytes:
    """What has come by now of an answer's body, at most so many bytes; none at its end.

    Raises:
        SourceError: the connection is broken, or nothing comes.
    """
    try:
        return response.read1(most)
    except _FAILURES as error:
        raise SourceError(f"{_host(response.url)}: {_reason(error)}") from None


def read_page(url: str, headers: Mapping[str, str], largest: int) -> tuple[bytes, str, str]:
    """The body of an answer, its content type, and the URL that it is from in the end.

    Raises:
        SourceError: there is none, or it is longer than `largest` bytes.
    """
    with open_url(url, headers) as response:
        body = bytearray()
        while chunk := read_some(response, 1 << 16):
            body += chunk
            if len(body) > largest:
                raise SourceError(f"the answer of {_host(url)} is longer than {largest} bytes")
        return bytes(body), response.headers.get_content_type(), response.url


def _parted(url: str) -> tuple[str, str]:
    """A URL without the credentials in it, and these as `USER:PASSWORD`."""
    parts = urlsplit(url)
    credentials, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=host).geturl(), unquote(credentials)


def _is_secure(url: str) -> bool:
    return urlsplit(url).scheme == "https"


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or "the server"
    except ValueError:
        return "the server"


def _reason(error: BaseException) -> str:
    if isinstance(error, URLError) and isinstance(error.reason, BaseException):
        return _reason(error.reason)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    strerror = getattr(error, "strerror", None)
    return str(strerror or error) or type(error).__name__
