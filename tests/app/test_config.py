from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import UsageError
from memcli.config import Config, Origin, store_url
from memcli.settings_file import edited, read_settings, write_setting

from .world import World


def origins(empty: World) -> dict[str, tuple[object, str, str]]:
    settings = empty("config", "list", "--json").data["settings"]
    return {each["name"]: (each["value"], each["origin"], each["where"]) for each in settings}


def test_each_layer_outdoes_the_one_below(empty: World, tmp_path: Path) -> None:
    name = "ingest.batch"
    assert origins(empty)[name] == (64, "default", "")
    user = tmp_path / "config.toml"
    user.write_text("[ingest]\nbatch = 10\n")
    assert origins(empty)[name] == (10, "user file", str(user))
    project = tmp_path / "a" / ".memcli.toml"
    empty.cwd = tmp_path / "a" / "b" / "c"
    empty.cwd.mkdir(parents=True)
    project.write_text("ingest.batch = 20\n")
    assert origins(empty)[name] == (20, "project file", str(project))
    empty.env["MEMCLI_INGEST_BATCH"] = "30"
    assert origins(empty)[name] == (30, "environment", "MEMCLI_INGEST_BATCH")


def test_the_store_is_found_in_the_same_order(empty: World, tmp_path: Path) -> None:
    assert origins(empty)["store"] == (f"sqlite:///{tmp_path}/memory.db", "default", "")
    empty.env["MEMCLI_STORE"] = "sqlite:///here.db"
    assert origins(empty)["store"] == (f"sqlite:///{tmp_path}/here.db", "environment", "MEMCLI_STORE")
    assert empty("store", "info", "--store", "there.db").err.startswith(f"error: no memory at {tmp_path}/there.db\n")


def test_the_models_are_found_in_the_same_order(empty: World, tmp_path: Path) -> None:
    assert origins(empty)["models"] == (f"{tmp_path}/models", "default", "")
    (tmp_path / "config.toml").write_text('models = ""\n')
    assert origins(empty)["models"] == (f"{tmp_path}/models", "user file", f"{tmp_path}/config.toml")
    (tmp_path / "config.toml").write_text('models = "ours"\n')
    assert origins(empty)["models"] == (f"{tmp_path}/ours", "user file", f"{tmp_path}/config.toml")
    empty.env["MEMCLI_MODELS"] = "~/theirs"
    assert origins(empty)["models"] == (f"{Path.home()}/theirs", "environment", "MEMCLI_MODELS")


def test_without_a_home_the_platform_says_where(tmp_path: Path) -> None:
    config = Config({}, tmp_path)
    assert config.user_file.name == "config.toml"
    assert config.user_file.parent.name == "memcli"
    assert config.settings().store.endswith("memcli/memory.db")
    assert config.settings().models.endswith("memcli/models")


@pytest.mark.parametrize(
    ("given_store", "url"),
    [
        ("m.db", "sqlite:////base/m.db"),
        ("sqlite:///m.db", "sqlite:////base/m.db"),
        ("sqlite:////tmp/m.db", "sqlite:////tmp/m.db"),
        ("/tmp/m.db", "sqlite:////tmp/m.db"),
        ("neo4j://host:7687", "neo4j://host:7687"),
        ("50%25.db", "sqlite:////base/50%2525.db"),
        ("sqlite:///50%25.db", "sqlite:////base/50%25.db"),
    ],
)
def test_a_store_is_a_url_or_a_path(given_store: str, url: str) -> None:
    assert store_url(given_store, Path("/base")) == url


@pytest.mark.parametrize("given_store", ["neo4j:127.0.0.1", "bolt:host:7687", "sqlite:m.db"])
def test_a_url_without_slashes_is_no_path(given_store: str) -> None:
    with pytest.raises(UsageError, match="a URL has slashes"):
        store_url(given_store, Path("/base"))


@pytest.mark.parametrize("name", ["a b%41.db", "ä?#.db", "sqlite:///100%25.db"])
def test_a_path_leads_to_that_file(empty: World, tmp_path: Path, name: str) -> None:
    assert empty("ingest", "-", "--store", name, stdin=b"Ann: Hi").code == 0
    assert (tmp_path / name.removeprefix("sqlite:///").replace("100%25", "100%")).is_file()


def test_the_default_store_is_made_by_the_first_ingest(empty: World, tmp_path: Path) -> None:
    ran = empty("ask", "Who?")
    assert ran.code == 4
    assert ran.err.endswith("hint: begin one with `memcli ingest PATH`\n")
    assert empty("ingest", "-", "--dry-run", stdin=b"Ann: Hi").code == 0
    assert not (tmp_path / "memory.db").exists()
    assert empty("ingest", "-", stdin=b"Ann: Hi").code == 0
    assert (tmp_path / "memory.db").is_file()
    assert empty("store", "info", "--json").data["url"] == f"sqlite:///{tmp_path}/memory.db"


@pytest.mark.parametrize("value", ["0", "10001", "many", "1.5", ""])
def test_a_value_out_of_bounds_is_refused(empty: World, tmp_path: Path, value: str) -> None:
    ran = empty("config", "set", "ingest.batch", value)
    assert ran.code == 2
    assert "ingest.batch" in ran.err
    assert not (tmp_path / "config.toml").exists()


def test_what_is_not_a_number_is_out_of_bounds(empty: World) -> None:
    empty.env["MEMCLI_RECALL_DAMPING"] = "nan"
    ran = empty("config", "list")
    assert ran.code == 2
    assert ran.err.startswith("error: recall.damping is nan, outside 0 to 0.99 (from MEMCLI_RECALL_DAMPING)")


def test_a_bad_value_says_where_it_is_from(empty: World) -> None:
    empty.env["MEMCLI_INGEST_BATCH"] = "lots"
    ran = empty("graph", "stats")
    assert ran.code == 2
    assert ran.err.startswith("error: ingest.batch must be a whole number, not 'lots' (from MEMCLI_INGEST_BATCH)")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[ingest\n", 1),
        (b"\xff\xfe", 1),
        (b"x = " + b"[" * 100_000, 1),
        (b"#" * 100_001, 1),
        (b"ingest.batch = " + b"9" * 5000, 1),
        (b".".join([b"a"] * 40_000) + b" = 1", 1),
        (b"ingest = 3", 2),
        (b"[ingest]\nbatch = true", 2),
        (b"[ingest]\nbatch = [1]", 2),
        (b"[ingest.batch]\nx = 1", 2),
        (b"nonsense = 1", 2),
    ],
)
def test_a_broken_settings_file_is_named(empty: World, tmp_path: Path, content: bytes, code: int) -> None:
    (tmp_path / "config.toml").write_bytes(content)
    ran = empty("graph", "stats")
    assert ran.code == code
    assert "config.toml" in ran.err
    assert "internal" not in ran.err


def test_no_path_is_cut_at_a_nul_character(empty: World, tmp_path: Path) -> None:
    ran = empty("ingest", "-", "--store", "sqlite:///memory%00.db", stdin=b"Ann lives in London.")
    assert ran.code == 2
    assert "names no store" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_table_without_settings_is_none(empty: World, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f"# {'.' * 200}\n[ingest]\n# batch = 10\n")
    assert origins(empty)["ingest.batch"] == (64, "default", "")
    assert empty("config", "set", "ingest.batch", "128").code == 0
    assert origins(empty)["ingest.batch"][0] == 128


def test_set_get_and_path(empty: World, tmp_path: Path) -> None:
    assert empty("config", "set", "ingest.batch", "128").code == 0
    assert empty("config", "get", "ingest.batch").out == "128\n"
    assert empty("config", "get", "ingest.batch", "--json").data["origin"] == Origin.USER
    assert empty("config", "path").out == f"{tmp_path}/config.toml\n"
    empty("config", "set", "ingest.batch", "256", "--project")
    assert empty("config", "get", "ingest.batch").out == "256\n"
    assert empty("config", "path", "--json").data == {
        "project": f"{tmp_path}/.memcli.toml",
        "user": f"{tmp_path}/config.toml",
    }
    assert empty("config", "get", "bogus").code == 3
    assert "did you mean ingest.batch?" in empty("config", "get", "ingest.bach").err
    assert "records in one transaction (1 to 10,000)" in empty("config", "list").out
    low, high = (empty("config", "get", "ingest.batch", "--json").data[bound] for bound in ("low", "high"))
    assert (low, high) == (1, 10_000)
    assert empty("config", "set", "bogus", "1").code == 3


def test_setting_keeps_the_rest_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config.toml"
    path.parent.mkdir()
    path.write_text('# mine\nstore = "m.db"\n\n[ingest]  # reading\nbatch = 2\n\n[other]\nx = 1\n')
    write_setting(path, "ingest.batch", 3)
    write_setting(path, "ingest.extractor", "rules")
    assert path.read_text() == (
        '# mine\nstore = "m.db"\n\n[ingest]  # reading\nbatch = 3\nextractor = "rules"\n\n[other]\nx = 1\n'
    )


def test_a_layout_that_cannot_be_kept_is_left_alone(empty: World, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("ingest = { batch = 2 }\n")
    assert empty("config", "set", "ingest.batch", "3").code == 2
    assert path.read_text() == "ingest = { batch = 2 }\n"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f")))
def test_any_text_can_be_set(value: str) -> None:
    import json

    text = edited("", "a.b", json.dumps(value, ensure_ascii=False))
    assert tomllib.loads(text) == {"a": {"b": value}}


def test_what_is_not_there_sets_nothing(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "none.toml") == {}
