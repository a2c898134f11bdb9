"""Where a language model is asked: the URL, and whether a key may be sent there."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from graph.errors import UsageError

KEY = "MEMCLI_LLM_KEY"
"""The environment variable with the key, which is in no file and is shown nowhere."""
_EXAMPLE = "write https://api.example.com/v1, or http://127.0.0.1:8080/v1"


class Endpoint(Struct, frozen=True):
    """An address that completions are asked of: its base URL, without a slash at its end."""

    url: str

    @property
    def completions(self) -> str:
        """Where completions are asked for."""
        return f"{self.url}/chat/completions"

    @property
    def host(self) -> str:
        """Whom people see: host and port."""
        return urlsplit(self.url).netloc

    @property
    def local(self) -> bool:
        """Whether it is this machine."""
        return _is_loopback(urlsplit(self.url).hostname or "")

    @property
    def secure(self) -> bool:
        """Whether what is sent there can be read on its way by nobody else."""
        return self.local or urlsplit(self.url).scheme == "https"


def endpoint_of(url: str) -> Endpoint:
    """The endpoint with a base URL such as `https://api.example.com/v1`.

    Raises:
        UsageError: it is no http or https URL, or carries something that might be a secret.
    """
    parts = _split(url)
    if "@" in parts.netloc or parts.query or parts.fragment:
        # Not shown: it may be a password.
        raise UsageError("llm.url holds more than an address", f"leave the key out, and set {KEY}")
    return Endpoint(url.rstrip("/"))


def checked_key(endpoint: Endpoint, key: str) -> str:
    """`key` as it may be sent to `endpoint`; empty for none.

    Raises:
        UsageError: it is none, or others could read it on its way.
    """
    key = key.strip()
    if not key:
        return ""
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise UsageError("the key of the language model has characters that no key has", f"set {KEY} anew")
    if not endpoint.secure:
        raise UsageError(
            f"a key would go to {endpoint.host} over plain http, for everybody on the way to read",
            f"use https in llm.url, or unset {KEY} if the server needs none",
        )
    return key


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isascii() or not url.isprintable() or " " in url:
        raise UsageError("llm.url names no http or https endpoint", _EXAMPLE)
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
