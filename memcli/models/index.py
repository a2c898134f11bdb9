"""A wheel in the package index that pip uses.

The page of a project is read as PEP 691 (JSON) or PEP 503 (HTML) has it.
"""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from urllib.parse import unquote, urljoin, urlsplit

import msgspec
from msgspec import Struct, field

from memcli.models.download import LARGEST, Download
from memcli.models.web import SourceError, read_page

DEFAULT_INDEX = "https://pypi.org/simple/"
_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_LARGEST_PAGE = 5_000_000
# Neither goes over a piece of the page twice, whatever is in it.
_LINK = re.compile(r"<a\s[^<>]*>", re.IGNORECASE)
_HREF = re.compile(r"""\shref\s*=\s*["']([^"']+)""", re.IGNORECASE)


class _File(Struct):
    filename: str
    url: str
    hashes: dict[str, str] = field(default_factory=dict)
    size: int | None = None


class _Page(Struct):
    files: list[_File]


def index_url(env: Mapping[str, str]) -> str:
    """The index that pip uses: that of the environment, of its configuration, or PyPI."""
    return env.get("PIP_INDEX_URL") or _configured() or DEFAULT_INDEX


def find_wheel(index: str, wheel: str) -> Download:
    """Where in an index the wheel of that file name is.

    Raises:
        SourceError: it is not there, or without a SHA-256.
    """
    project = re.sub(r"[-_.]+", "-", wheel.partition("-")[0]).lower()
    body, kind, base = read_page(urljoin(index.rstrip("/") + "/", f"{project}/"), {"Accept": _ACCEPT}, _LARGEST_PAGE)
    for each in _json_files(body) if kind.endswith("json") else _html_files(body):
        if each.filename == wheel:
            return _download(each, base, index)
    raise SourceError(f"there is no {wheel}")


def _download(file: _File, base: str, index: str) -> Download:
    sha256 = file.hashes.get("sha256", "")
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise SourceError(f"no SHA-256 is given for {file.filename}")
    if file.size is not None and not 0 < file.size <= LARGEST:
        raise SourceError(f"{file.filename} has {file.size} bytes")
    try:
        url = _signed(urljoin(base, file.url), index)
    except ValueError:
        raise SourceError(f"the address of {file.filename} is none") from None
    return Download(file.filename, url, sha256, file.size)


def _signed(url: str, index: str) -> str:
    """A URL with the credentials of the index, where it is on the same host."""
    credentials, _, host = urlsplit(index).netloc.rpartition("@")
    parts = urlsplit(url)
    if not credentials or (parts.scheme, parts.netloc) != (urlsplit(index).scheme, host):
        return url
    return parts._replace(netloc=f"{credentials}@{host}").geturl()


def _json_files(body: bytes) -> list[_File]:
    try:
        return msgspec.json.decode(body, type=_Page).files
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise SourceError(f"the page of the index cannot be read: {error}") from None


def _html_files(body: bytes) -> Iterator[_File]:
    for link in _LINK.finditer(body.decode("utf-8", "replace")):
        if (found := _HREF.search(link[0])) is None:
            continue
        url, _, fragment = html.unescape(found[1]).partition("#")
        kind, _, digest = fragment.partition("=")
        yield _File(unquote(url.partition("?")[0].rpartition("/")[2]), url, {kind: digest})


def _configured() -> str | None:
    """The index in pip's configuration files; that of `install` comes before that of all commands."""
    if find_spec("pip") is None:
        return None
    done = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list", "--disable-pip-version-check"],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    said = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    found = said.get("install.index-url") or said.get("global.index-url")
    return found.strip("'\"") if found else None
