"""Settings with where each comes from: flag > environment > project file > user file > default.

A setting `a.b` is `MEMCLI_A_B` in the environment and `b` in the table `[a]` of a TOML file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from msgspec import Struct, field

from graph.errors import NotFoundError, UsageError
from graph.settings import Settings, named
from graph.store.registry import STORES
from graph.store.spaces import in_space
from memcli.settings_file import Scalar, read_settings

PROJECT_FILE = ".memcli.toml"
PASSWORD = "MEMCLI_NEO4J_PASSWORD"  # noqa: S105 - the name of the variable that holds it
"""The environment variable with the password of a Neo4j store, which is in no file and is shown nowhere."""
LLM_KEY = "MEMCLI_LLM_KEY"
"""That with the key of the language model, likewise."""


USER_ONLY = frozenset({"ask.remember", "llm.url", "llm.ask", "llm.budget", "llm.batch"})
"""Settings that no project file has: with a folder of somebody else's, what was said, or asked, would go where they
like, and as much of it as they like."""


class Origin(StrEnum):
    FLAG = "flag"
    ENVIRONMENT = "environment"
    PROJECT = "project file"
    USER = "user file"
    DEFAULT = "default"


class Value(Struct, frozen=True):
    """A setting as it stands. `where` is the flag, variable or file that says so; empty for a default.

    `low` and `high` are its inclusive bounds, where it has any.
    """

    name: str
    value: Scalar
    origin: Origin
    where: str
    about: str
    low: float | None = None
    high: float | None = None


class Layer(Struct, frozen=True):
    """One place settings come from. Relative paths in it are relative to `base`."""

    origin: Origin
    where: Callable[[str], str]
    values: Mapping[str, Scalar | None]
    base: Path


class Config(Struct, frozen=True):
    """The settings of one run. `flags` holds those given on the command line, by name."""

    env: Mapping[str, str]
    cwd: Path
    flags: Mapping[str, str] = field(default_factory=dict)

    @property
    def user_file(self) -> Path:
        """The user's settings file; it need not exist."""
        return self._folder("config") / "config.toml"

    @property
    def project_file(self) -> Path | None:
        """The nearest project file, in the current folder or one above it."""
        return next((path for at in (self.cwd, *self.cwd.parents) if (path := at / PROJECT_FILE).is_file()), None)

    def values(self) -> list[Value]:
        """Every setting.

        Raises:
            UsageError: a setting is unknown, of the wrong type or out of bounds; it says where.
            InputError: a settings file cannot be read.
        """
        layers = list(self._layers())
        return [self._value(each, layers) for each in named()]

    def settings(self) -> Settings:
        """What the engine is given, with the URL of the space that is meant; raises what `values` does."""
        chosen: dict[str, Any] = {each.name.replace(".", "_", 1): each.value for each in self.values()}
        chosen["store"], chosen["space"] = in_space(chosen["store"], chosen["space"]), ""
        return Settings(
            **chosen,
            llm_cache=str(self._folder("data") / "llm-replies.db"),
            llm_key=self.env.get(LLM_KEY, ""),
            neo4j_password=self.env.get(PASSWORD, ""),
        )

    def _value(self, each: Field[Any], layers: list[Layer]) -> Value:
        name, told = name_of(each), each.metadata
        value: Any
        for layer in layers:
            if (given := layer.values.get(name)) is not None:
                where = layer.where(name)
                value = parsed(each, given, f" (from {where})")
                if name == "store":
                    value = store_url(value, layer.base)
                elif name == "models":
                    value = str(_absolute(value, layer.base)) if value else self._default(each)
                return Value(name, value, layer.origin, where, **told)
        return Value(name, self._default(each), Origin.DEFAULT, "", **told)

    def _default(self, each: Field[Any]) -> Any:
        if each.name == "store":
            return store_url(str(self._folder("data") / "memory.db"), self.cwd)
        return str(self._folder("data") / "models") if each.name == "models" else each.default

    def _layers(self) -> Iterator[Layer]:
        yield Layer(Origin.FLAG, lambda name: f"--{name}", self.flags, self.cwd)
        variables = {name: self.env.get(variable_of(name)) or None for name in map(name_of, named())}
        yield Layer(Origin.ENVIRONMENT, variable_of, variables, self.cwd)
        if (project := self.project_file) is not None:
            yield _file_layer(Origin.PROJECT, project)
        yield _file_layer(Origin.USER, self.user_file)

    def _folder(self, purpose: str) -> Path:
        if home := self.env.get("MEMCLI_HOME"):
            return self.cwd / home
        from platformdirs import PlatformDirs

        folders = PlatformDirs("memcli", appauthor=False)
        return folders.user_config_path if purpose == "config" else folders.user_data_path


def _file_layer(origin: Origin, path: Path) -> Layer:
    values = read_settings(path)
    for name in values:
        try:
            field_named(name)
        except NotFoundError as error:
            raise UsageError(f"{path}: {error.message}", error.hint) from None
        if origin is Origin.PROJECT:
            refuse_shared(name, f" (from {path})")
    return Layer(origin, lambda _: str(path), values, path.parent)


def refuse_shared(name: str, where: str = "") -> None:
    """Refuse a setting that no project file may have.

    Raises:
        UsageError: it is one; `where` is added to the message.
    """
    if name in USER_ONLY:
        raise UsageError(
            f"{name} can be in no project file{where}: it says what goes to a language model",
            f"set it for yourself with `memcli config set {name} …`, or as {variable_of(name)}",
        )


def name_of(each: Field[Any]) -> str:
    """`ingest_batch` is called `ingest.batch` outside the engine."""
    return each.name.replace("_", ".", 1)


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return "MEMCLI_" + name.replace(".", "_").upper()


def field_named(name: str) -> Field[Any]:
    """The field of `Settings` that a setting's name means.

    Raises:
        NotFoundError: there is no such setting.
    """
    known = {name_of(each): each for each in named()}
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known)
        raise NotFoundError(
            f"there is no setting {name!r}", f"did you mean {near[0]}?" if near else "see `memcli config list`"
        )
    return known[name]


def parsed(each: Field[Any], given: Any, where: str = "") -> Any:
    """`given` as a value of a setting; text is read as the setting's type asks.

    Raises:
        UsageError: it is not of that type, or out of bounds; `where` is added to the message.
    """
    kind: type = type(each.default)
    try:
        value = _typed(kind, given)
        Settings(**{each.name: value})
        if each.name == "llm_url" and value:
            # Nothing of it is loaded for those who have none.
            from graph.llm.endpoint import endpoint_of

            endpoint_of(value)
    except (ValueError, KeyError):
        raise UsageError(
            f"{name_of(each)} must be {_asked[kind]}, not {given!r}{where}",
            "see `memcli config list` for every setting",
        ) from None
    except UsageError as error:
        raise UsageError(error.message + where, error.hint) from None
    return value


def _typed(kind: type, given: Any) -> Any:
    value = _read[kind](given) if isinstance(given, str) else given
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError(given)
    return value


_read: Mapping[type, Callable[[str], Scalar]] = {
    str: str,
    int: int,
    float: float,
    bool: lambda text: {"true": True, "false": False}[text.lower()],
}
_asked: Mapping[type, str] = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def store_url(given: str, base: Path) -> str:
    """The URL of a store, given as a URL or as a plain path; a relative path is one in `base`.

    Raises:
        UsageError: it holds a password, or begins like a URL and is none.
    """
    scheme, separator, rest = given.partition("://")
    if separator and scheme != "sqlite":
        user, at, _ = rest.partition("/")[0].rpartition("@")
        if at and ":" in user:
            raise UsageError("the URL of the store holds a password", f"leave it out, and set {PASSWORD}")
        return given
    if not separator and given.partition(":")[0] in STORES:
        raise UsageError(f"{given!r} names no store: a URL has slashes", "write neo4j://HOST, or sqlite:///PATH")
    path = unquote(rest.removeprefix("/")) if separator else given
    # In a URL a percent sign begins an escape.
    return f"sqlite:///{_absolute(path, base).as_posix().replace('%', '%25')}"


def _absolute(path: str, base: Path) -> Path:
    return Path.home() / path[2:] if path.startswith("~/") else base / path
