from __future__ import annotations

from collections.abc import Iterator

import pytest

from .server import LlmServer


@pytest.fixture
def server() -> Iterator[LlmServer]:
    running = LlmServer()
    yield running
    running.stop()
