"""A stretch of bad network before a server: bytes that come late, never, or until the line is cut."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from urllib.parse import urlsplit

BLOCK = 1 << 16
LOCKING = b"MERGE (l:_MemcliLock"
"""In the statement with which a transaction that writes begins."""
SAVING = b"OPTIONAL MATCH (old:_Memcli"
"""In the statement that saves the nodes of a batch."""
LINKING = b"UNWIND $given.edges AS kind"
"""In the one that saves the rest, when the nodes are written and not committed."""
FULL_TEXT = b"db.index.fulltext.queryNodes"


class Fate(Enum):
    """What becomes of a line when the client has sent something."""

    PASS = "pass"
    CUT = "cut"
    """Both ends are closed, and what was sent does not arrive."""
    SILENT = "silent"
    """From now on nothing arrives anywhere, and nothing is closed."""
    GARBLED = "garbled"
    """What the server says from now on arrives as other bytes."""


class Line:
    """Decides about the chunks with `marker`: the first `good` of them pass, what comes then has `fate`."""

    def __init__(self, marker: bytes, fate: Fate, *, good: int = 0, bad: int = 1_000_000) -> None:
        self.marker, self.fate, self.good, self.bad = marker, fate, good, bad
        self.seen = 0
        self.reached = threading.Event()

    def __call__(self, data: bytes) -> Fate:
        if self.marker not in data:
            return Fate.PASS
        self.seen += 1
        if not self.good < self.seen <= self.good + self.bad:
            return Fate.PASS
        self.reached.set()
        return self.fate


class Proxy:
    """Passes bytes between clients and the server at `url`, each chunk after `delay` seconds.

    `decide` is asked about every chunk that a client sends.
    """

    def __init__(self, url: str, decide: Callable[[bytes], Fate], delay: float) -> None:
        target = urlsplit(url)
        self._target = (target.hostname, target.port)
        self._decide = decide
        self._delay = delay
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{target.scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for each in (self._listener, *self._open):
            _shut(each)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                self._open += [client, server]
                fates: set[Fate] = set()
                for ends in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._pump, args=(*ends, fates), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, asking: bool, fates: set[Fate]) -> None:
        noise = random.Random(0)
        with suppress(OSError):
            while data := source.recv(BLOCK):
                fate = self._decide(data) if asking else Fate.PASS
                if fate is Fate.CUT:
                    break
                fates.add(fate)
                if Fate.SILENT in fates:
                    continue
                time.sleep(self._delay)
                sink.sendall(noise.randbytes(len(data)) if Fate.GARBLED in fates and not asking else data)
        if Fate.SILENT not in fates:
            _shut(source)
            _shut(sink)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def proxied(url: str, decide: Callable[[bytes], Fate] = lambda _: Fate.PASS, *, delay: float = 0.0) -> Iterator[str]:
    """The URL of a proxy before the server at `url`, for as long as the context lasts."""
    proxy = Proxy(url, decide, delay)
    try:
        yield proxy.url
    finally:
        proxy.close()
