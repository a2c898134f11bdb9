"""Installing packages into the environment that memcli itself runs in, and taking them out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import invalidate_caches
from importlib.util import find_spec

from graph.errors import ModelMissingError


def install(*requirements: str) -> None:
    """Install requirements with pip, or with uv where there is no pip.

    Raises:
        ModelMissingError: there is neither, or the installation fails; it says why.
    """
    command = install_command(*requirements, has_pip=find_spec("pip") is not None, uv=shutil.which("uv"))
    _run(command, f"{' '.join(requirements)} could not be installed")


def uninstall(package: str) -> None:
    """Take a package out with pip, or with uv where there is no pip.

    Raises:
        ModelMissingError: there is neither, or it fails; it says why.
    """
    command = uninstall_command(package, has_pip=find_spec("pip") is not None, uv=shutil.which("uv"))
    _run(command, f"{package} could not be removed")


def install_command(*requirements: str, has_pip: bool, uv: str | None) -> list[str]:
    """The command line that installs requirements beside memcli.

    Raises:
        ModelMissingError: there is neither pip nor uv.
    """
    if has_pip:
        return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *requirements]
    if uv is not None:
        return [uv, "pip", "install", "--python", sys.executable, *requirements]
    raise _neither(f"{' '.join(requirements)} cannot be installed", "install it into")


def uninstall_command(package: str, *, has_pip: bool, uv: str | None) -> list[str]:
    """The command line that takes a package out.

    Raises:
        ModelMissingError: there is neither pip nor uv.
    """
    if has_pip:
        return [sys.executable, "-m", "pip", "uninstall", "--disable-pip-version-check", "--yes", package]
    if uv is not None:
        return [uv, "pip", "uninstall", "--python", sys.executable, package]
    raise _neither(f"{package} cannot be removed", "remove it from")


def _run(command: list[str], failed: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
        reason = said[0] if said else f"exit code {done.returncode}"
        raise ModelMissingError(f"{failed}: {reason}", f"try it by hand: {' '.join(command)}")
    # What was just installed is importable in this very process.
    invalidate_caches()


def _neither(what: str, instead: str) -> ModelMissingError:
    return ModelMissingError(f"{what}: there is neither pip nor uv", f"{instead} the environment of {sys.executable}")
