"""A language model that does as it is told, and the memories that it refines."""

from __future__ import annotations

from typing import Any

from tests.ingest.memories import talk

NAME = "tiny:1b"
TALK = talk(
    "Ann: Where is the Storchen hotel, Bob?",
    "Bob: The Storchen hotel is in Basel, near the Rhine.",
    "Bob: No, I meant the Storchen hotel in Zürich, near the Limmat.",
    "Ann: That's wrong, the Storchen hotel closed.",
    "Bob: A friend of mine slept at the Storchen hotel last week, so the Storchen hotel has not closed.",
    "Ann: I drink tea at the Storchen hotel every Sunday, Kilimanjaro Assam tea.",
    "Bob: Kilimanjaro Assam tea is what I drink every Sunday too.",
)


def first_word(text: str) -> str:
    return text.split()[0].strip(",.?").lower()


def kind_of(system: str) -> str:
    """Which decision is asked for."""
    kinds = {"index cards": "notes", "judge pairs": "links", "take down": "facts"}
    return next((kind for told, kind in kinds.items() if told in system), "insights")


def thinks(system: str, about: Any, request: dict[str, Any]) -> Any:
    """Cards with the text's first word, every link confirmed as `elaborates`, one fact, and one statement of a
    community."""
    match kind_of(system):
        case "notes":
            return {"cards": [card(each["n"], each["text"]) for each in about["messages"]]}
        case "links":
            return {"verdicts": [verdict(each["n"], "elaborates") for each in about["pairs"]]}
        case "facts":
            return {"entries": [entry(each["n"], *facts_in(each["text"])) for each in about["messages"]]}
        case _:
            return {
                "statements": [
                    {
                        "text": f"{about['messages'][0]['speaker']} knows the hotel well.",
                        "about": about["messages"][0]["speaker"],
                        "support": [1, 2],
                    }
                ]
            }


def card(n: int, text: str) -> dict[str, Any]:
    return {"n": n, "keywords": [first_word(text)], "tags": ["hotel"], "context": f"Somebody says {first_word(text)}."}


def verdict(n: int, relation: str) -> dict[str, Any]:
    return {"n": n, "relation": relation, "reason": "both are about the hotel"}


def facts_in(text: str) -> list[tuple[str, str, str]]:
    return [("Storchen hotel", "is in", "Basel")] if "in Basel" in text else []


def entry(n: int, *facts: tuple[str, str, str]) -> dict[str, Any]:
    names = ("subject", "relation", "object")
    return {"n": n, "facts": [dict(zip(names, each, strict=True)) for each in facts]}
