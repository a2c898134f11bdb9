"""What commands answer with, as JSON: one envelope around each command's data."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from graph.errors import MemcliError
from graph.model import Citation, FactHit, Hit, IngestReport, Insight, InsightHit, Neighbor, Node, Reply, kind_of
from graph.tiers.votes import score

if TYPE_CHECKING:
    from graph.portrait import Portrait
    from graph.transfer import TransferReport

SCHEMA = "memcli/1"
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
# What JSON allows as it is, and a terminal obeys.
_OBEYED = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def envelope(
    command: str,
    data: Any,
    *,
    status: str = "ok",
    warnings: Sequence[str] = (),
    errors: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """The one JSON object a command prints. `status` is `ok`, `partial` or `error`."""
    return {
        "schema": SCHEMA,
        "command": command,
        "status": status,
        "data": data,
        "warnings": list(warnings),
        "errors": list(errors),
    }


def error_data(error: MemcliError) -> dict[str, str]:
    """An error as the envelope carries it."""
    return {"code": error.code, "message": error.message, "hint": error.hint}


def dumps(value: Any) -> str:
    """One line of JSON, readable in any script, that does nothing to a terminal."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def fitted(line: str, encoding: str | None) -> str:
    """A line of JSON that a stream of `encoding` can take: where one letter has no place there, all but ASCII is
    escaped."""
    try:
        line.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return _BEYOND_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], line)
    return line


def plain(value: Any) -> Any:
    """Frozen values of the engine as what `json` writes."""
    if isinstance(value, Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    # Metadata may hold what Python's JSON reads and JSON does not know.
    return None if isinstance(value, float) and not math.isfinite(value) else value


def node_data(node: Node) -> dict[str, Any]:
    """A node with its kind."""
    return {"kind": str(kind_of(node)), **plain(node)}


def told_data(portrait: Portrait) -> list[dict[str, Any]]:
    """What is told of an entity, in order of time, with its sources."""
    return [
        {
            "aspect": each.aspect.value,
            "text": each.node.text,
            "id": each.node.id,
            "state": each.node.state,
            "timestamp": each.timestamp,
            "ended": each.ended,
            "sources": [
                {"id": said.id, "text": said.text}
                | {name: getattr(said, name) for name in ("conversation", "speaker", "timestamp")}
                for said in each.sources
            ],
        }
        for each in portrait.told
    ]


def insight_data(insight: Insight) -> dict[str, Any]:
    """An insight with its score."""
    return {**node_data(insight), "score": score(insight)}


def neighbor_data(neighbor: Neighbor) -> dict[str, Any]:
    """A neighbour with the edge it was reached over."""
    return {"hops": neighbor.hops, "edge": plain(neighbor.edge), "node": node_data(neighbor.node)}


def ingest_data(report: IngestReport) -> dict[str, Any]:
    """The data of `ingest`; the warnings go into the envelope."""
    data: dict[str, Any] = plain(report)
    del data["warnings"]
    return data


def transfer_data(report: TransferReport) -> dict[str, Any]:
    """The data of `store copy` and `store restore`, without the names of both sides."""
    found = [
        {"part": str(each.part), "key": list(each.key), "here": each.here is not None, "there": each.there is not None}
        for each in report.differences
    ]
    data: dict[str, Any] = plain(replace(report, differences=()))
    return data | {"differences": found}


def reply_data(reply: Reply, *, explain: bool = False) -> dict[str, Any]:
    """The data of `ask`. With `explain`, also how the question was read and the path to each hit.

    `answer` is null where no answer was asked for.
    """
    answer = reply.answer
    data = {
        "id": reply.question.id,
        "question": reply.question.text,
        "answer": {
            "text": answer.text,
            "value": answer.value,
            "kind": answer.kind,
            "confidence": answer.confidence,
            "found": answer.found,
            "decided_by": answer.decided_by,
            "id": reply.id,
            "wording": answer.wording,
            **({"space": answer.space} if answer.space else {}),
        }
        if reply.question.answer
        else None,
        "hits": [_hit_data(hit, explain) for hit in reply.hits],
        "insights": [_in_space(each) for each in reply.insights],
        "facts": [_in_space(each) for each in reply.facts],
        "elapsed_ms": reply.elapsed_ms,
    }
    return data | {"reading": plain(reply.reading)} if explain else data


def _in_space(found: Hit | InsightHit | FactHit) -> dict[str, Any]:
    """A part of a reply, with its space where several were asked."""
    data: dict[str, Any] = plain(found)
    if not found.space:
        del data["space"]
    return data


def _hit_data(hit: Hit, explain: bool) -> dict[str, Any]:
    data = _in_space(hit)
    data["sources"] = [_source_data(each) for each in hit.sources]
    if not hit.episode:
        del data["episode"]
    if not explain:
        del data["path"]
    return data


def _source_data(source: Citation) -> dict[str, Any]:
    unit = {"message": source.message} if source.document is None else {"document": source.document}
    return {
        "conversation": source.conversation,
        "session": source.session,
        **unit,
        "speaker": source.speaker,
        "timestamp": source.timestamp,
    }
