from __future__ import annotations

from pathlib import Path

import pytest

from .world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world in an empty folder, with a small memory in it."""
    return World(tmp_path)
