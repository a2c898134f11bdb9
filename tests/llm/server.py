"""A language model's endpoint on loopback that says what it is told, faults included."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

Thinks = Callable[[str, Any, dict[str, Any]], Any]
"""From the system's message, the JSON in the user's, and the whole request, to what the model says: text, or what is
said as JSON."""


@dataclass
class Fault:
    """One answer that is not what it should be. `cut` ends the body early, `endless` never; `silent` says nothing."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    endless: bool = False
    silent: bool = False


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has gone away: that is tested, and needs no traceback."""


class LlmServer:
    """Gives `faults` first, in order, then what `thinks` says. `asked` has the bodies, `keys` the Authorization headers
    of all requests."""

    def __init__(self, thinks: Thinks = lambda *_: {}) -> None:
        self.thinks = thinks
        self.faults: list[Fault] = []
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.paths: list[str] = []
        self.finish = "stop"
        self.usage: Any = {"total_tokens": 100}
        self._over = Event()
        self._http = _Http(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def stop(self) -> None:
        self._over.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def said(self, request: dict[str, Any]) -> bytes:
        """A completion that answers `request`."""
        messages = {each["role"]: each["content"] for each in request["messages"]}
        content = self.thinks(messages["system"], json.loads(messages["user"]), request)
        text = content if isinstance(content, str) else json.dumps(content)
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": self.finish}
        return json.dumps({"id": "c", "object": "chat.completion", "choices": [choice], "usage": self.usage}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append(request)
                server.keys.append(self.headers["Authorization"])
                server.paths.append(self.path)
                fault = server.faults.pop(0) if server.faults else Fault(body=server.said(request))
                if fault.silent:
                    server._over.wait()
                    return
                self.send_response(fault.status)
                for name, value in fault.headers.items():
                    self.send_header(name, value)
                if not fault.endless:
                    self.send_header("Content-Length", str(len(fault.body)))
                self.end_headers()
                self.wfile.write(fault.body[: fault.cut])
                while fault.endless and not server._over.is_set():
                    self.wfile.write(fault.body)

            def do_GET(self) -> None:
                self.send_error(404)

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler
