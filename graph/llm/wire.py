"""One HTTP request and its answer, bounded in time and size. Redirects are not followed: they would take the text, and
perhaps the key, somewhere that nobody named."""

from __future__ import annotations

import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from msgspec import Struct, field

LARGEST = 4_000_000
"""Bytes of an answer that are read."""
CONNECT_SECONDS = 10.0
# An InvalidURL is an HTTPException.
_FAILURES = (OSError, HTTPException, ValueError)


class Answered(Struct, frozen=True):
    """What a server said; `retry_after` and `location` are its headers of these names, or empty."""

    status: int
    body: bytes
    retry_after: str = ""
    location: str = ""


class WireError(Exception):
    """There is no whole answer. `reached` says whether a server was; `passing` whether asking again may help."""

    def __init__(self, message: str, *, reached: bool, passing: bool) -> None:
        super().__init__(message)
        self.reached = reached
        self.passing = passing


class _Watch(Struct):
    """Ends a connection when its time is up, whatever it waits for."""

    sockets: list[socket.socket] = field(default_factory=list)
    over: bool = False

    def end(self) -> None:
        self.over = True
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class _Http(HTTPHandler):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_watched(HTTPConnection, self._watch), req)


class _Https(HTTPSHandler):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def https_open(self, req: Request) -> HTTPResponse:
        # Certificates are verified as Python does it by default.
        return self.do_open(_watched(HTTPSConnection, self._watch), req)


def post(url: str, headers: dict[str, str], body: bytes, seconds: float, *, proxies: bool) -> Answered:
    """Send `body` and read what is answered, whatever its status, within so many seconds.

    Headers go to `url` alone. With `proxies`, those of the system are used.

    Raises:
        WireError: nobody answers, or not in time, or too much, or what comes is cut off.
    """
    watch = _Watch()
    timer = Timer(seconds, watch.end)
    timer.daemon = True
    timer.start()
    request = Request(url, data=body, headers=headers)  # noqa: S310 - `graph.llm.endpoint` has checked it
    # With no other handlers, redirects and faults are answers like any other.
    opener = OpenerDirector()
    for each in (ProxyHandler() if proxies else ProxyHandler({}), _Http(watch), _Https(watch)):
        opener.add_handler(each)
    try:
        with opener.open(request, timeout=CONNECT_SECONDS) as response:
            answered = _read(response)
    except _FAILURES as error:
        if not watch.over:
            raise WireError(_reason(error), reached=bool(watch.sockets), passing=True) from None
    finally:
        timer.cancel()
    if watch.over:
        # What was read by then may look whole.
        raise WireError(f"no answer in {seconds:g} s", reached=bool(watch.sockets), passing=False)
    return answered


def _read(response: HTTPResponse) -> Answered:
    body = response.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise WireError(f"an answer of more than {LARGEST} bytes", reached=True, passing=False)
    promised = response.headers.get("Content-Length") or ""
    if promised.isdigit() and len(promised) < 20 and len(body) < int(promised):
        raise WireError("the answer was cut off", reached=True, passing=True)
    told = {name: response.headers.get(name) or "" for name in ("Retry-After", "Location")}
    return Answered(response.status, body, told["Retry-After"], told["Location"])


def _watched(kind: type[HTTPConnection], watch: _Watch) -> Any:
    class Connection(kind):  # type: ignore[valid-type, misc]
        def connect(self) -> None:
            super().connect()
            # From here on only the watch ends it: a model may think for long before it says a word.
            self.sock.settimeout(None)
            watch.sockets.append(self.sock)
            if watch.over:
                # Time was up while there was nothing to end yet.
                raise TimeoutError

    return Connection


def _reason(error: BaseException) -> str:
    if isinstance(error, URLError) and isinstance(error.reason, BaseException):
        return _reason(error.reason)
    if isinstance(error, TimeoutError):
        return "it does not answer"
    strerror = getattr(error, "strerror", None)
    return str(strerror or type(error).__name__)
