"""Every error memcli raises on purpose, each with a stable code and a hint.

    MemcliError
    ├── UsageError            usage            a call that cannot be meant as written
    ├── NotFoundError         not-found        no such note, entity, conversation, file
    ├── InputError            input            a source as a whole cannot be read
    ├── ModelMissingError     model-missing    a model or extra is asked for and not installed
    ├── LlmError              llm              the language model that is set cannot be used
    │   └── LlmSignInError        llm-sign-in       its key is wrong, or missing
    └── StoreError            store            the store cannot be used
        ├── StoreSignInError      store-sign-in     the user or the password is wrong
        ├── StoreMissingError     store-missing     there is no memory there yet
        ├── StoreForeignError     store-foreign     the file is not a memcli store
        ├── StoreNewerError       store-newer       a newer memcli wrote it
        ├── StoreReadOnlyError    store-read-only   it cannot be written
        ├── StoreCorruptError     store-corrupt     its bytes are damaged
        ├── StoreFullError        store-full        no space is left
        └── StoreBusyError        store-busy        another process keeps it locked

`code` is part of the interface: scripts read it from the JSON envelope.
"""

from __future__ import annotations


class MemcliError(Exception):
    """Base of all errors raised on purpose.

    Args:
        message: what happened and where, one line.
        hint: what to do next, one line; empty where nothing helps.
    """

    code = "failed"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(MemcliError):
    code = "usage"


class NotFoundError(MemcliError):
    code = "not-found"


class InputError(MemcliError):
    code = "input"


class ModelMissingError(MemcliError):
    code = "model-missing"


class LlmError(MemcliError):
    code = "llm"


class LlmSignInError(LlmError):
    code = "llm-sign-in"


class StoreError(MemcliError):
    code = "store"
    passing = False
    """Whether the same transaction, run again, may well succeed."""


class StoreSignInError(StoreError):
    code = "store-sign-in"


class StoreMissingError(StoreError):
    code = "store-missing"


class StoreForeignError(StoreError):
    code = "store-foreign"


class StoreNewerError(StoreError):
    code = "store-newer"


class StoreReadOnlyError(StoreError):
    code = "store-read-only"


class StoreCorruptError(StoreError):
    code = "store-corrupt"


class StoreFullError(StoreError):
    code = "store-full"


class StoreBusyError(StoreError):
    code = "store-busy"


def no_llm() -> UsageError:
    """What is raised where a language model is wanted and none is set."""
    return UsageError("no language model is set", "name one: memcli config set llm.url https://…/v1")
