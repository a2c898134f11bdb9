"""The exit codes: what a script learns without reading any output."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from graph.errors import LlmError, MemcliError, ModelMissingError, NotFoundError, StoreError, UsageError


class Exit(IntEnum):
    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNAVAILABLE = 4
    PARTIAL = 5
    INTERRUPTED = 130


MEANINGS: Mapping[Exit, str] = {
    Exit.DONE: "done",
    Exit.FAILED: "failed",
    Exit.USAGE: "wrong usage",
    Exit.NOT_FOUND: "not found",
    Exit.UNAVAILABLE: "store or extra unavailable",
    Exit.PARTIAL: "finished, but part of the input was rejected",
    Exit.INTERRUPTED: "interrupted; what was committed stays",
}


def exit_of(error: MemcliError) -> Exit:
    """The exit code that an error of the engine leads to."""
    match error:
        case UsageError():
            return Exit.USAGE
        case NotFoundError():
            return Exit.NOT_FOUND
        case StoreError() | ModelMissingError() | LlmError():
            return Exit.UNAVAILABLE
        case _:
            return Exit.FAILED
