"""Content-addressed ids: the same content has the same id on every machine."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

PREFIXES = {
    # No other kind comes between these two: kinds in order give ids in order.
    "asked": "k_",
    "interaction": "m_",
    "episode": "p_",
    "note": "n_",
    "entity": "e_",
    "fact": "f_",
    "query": "q_",
    "insight": "i_",
    "event": "v_",
}


def prefixes(kind: str) -> tuple[str, ...]:
    """What the ids of the nodes of a kind begin with."""
    return (PREFIXES["asked"], PREFIXES[kind]) if kind == "interaction" else (PREFIXES[kind],)


def is_asked(interaction: str) -> bool:
    """Whether the interaction with that id was said to memcli (`graph.asked`)."""
    return interaction.startswith(PREFIXES["asked"])


def note_id(interaction: str) -> str:
    """The id of the note of an interaction, by the latter's id."""
    return PREFIXES["note"] + interaction.removeprefix(PREFIXES["interaction"])


def interaction_id(note: str) -> str:
    """The way back from `note_id`."""
    return PREFIXES["interaction"] + note.removeprefix(PREFIXES["note"])


def episode_id(interaction: str) -> str:
    """The id of the episode that an interaction begins, by the latter's id."""
    return PREFIXES["episode"] + interaction.removeprefix(PREFIXES["interaction"])


def content_id(kind: str, *parts: str) -> str:
    """Return the id of a node or an event, of `kind`, whose identity is `parts`, in order.

    80 bits of BLAKE2b in base 32 behind a letter for the kind.
    """
    return PREFIXES[kind] + base64.b32encode(digest(parts, 10)).decode("ascii").lower()


def digest(parts: Iterable[str], size: int) -> bytes:
    """So many bytes of BLAKE2b that tell texts, in order, from any others.

    Each part is preceded by its length, so that ("ab", "c") and ("a", "bc") differ.
    """
    digest = hashlib.blake2b(digest_size=size)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.digest()
