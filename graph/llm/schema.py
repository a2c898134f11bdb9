"""The JSON Schema of a reply, as servers take it, and reading a reply against its type."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_NOTES = ("title", "description", "default")


class Why(StrEnum):
    """Why the rule's decision stands."""

    CUT_OFF = "cut_off"
    NOT_JSON = "not_json"
    SCHEMA = "schema"
    UNGROUNDED = "ungrounded"
    NO_REPLY = "no_reply"

    @property
    def told(self) -> str:
        """What people are told."""
        return _TOLD[self]


_TOLD: Mapping[Why, str] = {
    Why.CUT_OFF: "the reply was cut off",
    Why.NOT_JSON: "the reply was not JSON",
    Why.SCHEMA: "the reply was of another form",
    Why.UNGROUNDED: "the reply was not borne out by what was given",
    Why.NO_REPLY: "there was no reply",
}


class NoReplyError(Exception):
    """There is no reply that can be used; the rule's decision stands."""

    def __init__(self, why: Why, message: str = "") -> None:
        super().__init__(message or why)
        self.why = why


def schema_of(reply: type, *, lengths: bool = True) -> dict[str, Any]:
    """The schema of a Struct, without references; without `lengths`, of strings no length is told."""
    whole = msgspec.json.schema(reply)
    found: dict[str, Any] = _plain(whole, whole["$defs"], lengths)
    return found


def _plain(value: Any, known: Mapping[str, Any], lengths: bool) -> Any:
    if isinstance(value, list):
        return [_plain(each, known, lengths) for each in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return _plain(known[value["$ref"].rpartition("/")[2]], known, lengths)
    left_out = {"$defs"} | ({"maxLength", "minLength"} if not lengths else set())
    if value.get("type") != "object" or "properties" not in value:
        return {name: _plain(each, known, lengths) for name, each in value.items() if name not in left_out}
    # The names of properties are no words of the schema.
    properties = {name: _plain(each, known, lengths) for name, each in value["properties"].items()}
    told = {name: each for name, each in value.items() if name not in _NOTES}
    return told | {"properties": properties}


def read(content: str, reply: type[T], *, exact: bool) -> T:
    """What a model said, as `reply` has it; unless `exact`, with prose, or a fence of Markdown, around it.

    Raises:
        NoReplyError: it is not JSON, or of another schema.
    """
    text = content if exact else content[content.find("{") : content.rfind("}") + 1]
    try:
        return msgspec.json.decode(text.encode(), type=reply)
    except msgspec.ValidationError as error:
        raise NoReplyError(Why.SCHEMA, str(error)[:200]) from None
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise NoReplyError(Why.NOT_JSON) from None
