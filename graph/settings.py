"""Every setting of the engine with its default, its bounds and what it does.

The engine is given a `Settings`; where its values come from (flags, environment, files) is the
app's business.
"""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from typing import Any

from graph.errors import UsageError


def setting(default: Any, about: str, low: float | None = None, high: float | None = None) -> Any:
    """A field of `Settings`: its default, what it does, and its inclusive bounds."""
    return field(default=default, metadata={"about": about, "low": low, "high": high})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. A name `a_b` here is `a.b` in files and on the command line."""

    store: str = setting("", "where the memory lives, as a URL: sqlite:///PATH or neo4j://HOST")
    space: str = setting("", "which of the store's memories is meant: the name of a space")
    models: str = setting("", "the folder with the models that are files")
    ingest_batch: int = setting(64, "records in one transaction", 1, 10_000)
    ingest_extractor: str = setting("auto", "who finds entities: auto, spacy or rules")
    ingest_redact: bool = setting(True, "mask keys, tokens, passwords and card numbers before anything is stored")
    embedding_model: str = setting("auto", "who makes vectors: auto, none, or the name of a model")
    ingest_longest: int = setting(16_000_000, "bytes of the longest record taken in", 1_000, 1_000_000_000)
    recall_candidates: int = setting(300, "interactions that full text hands to ranking", 1, 10_000)
    recall_piece: float = setting(0.5, "share of the best piece's score in the full-text score", 0, 1)
    recall_text: float = setting(1.0, "weight of full text", 0, 10)
    recall_added: float = setting(0.3, "weight of search terms that a language model adds, beside the question's", 0, 1)
    recall_vectors: float = setting(1.0, "weight of vectors beside full text, where there are any", 0, 10)
    recall_tokens: float = setting(3.0, "weight of the vectors of tokens beside full text, where there are any", 0, 10)
    recall_vectors_left: float = setting(0.5, "part of their weight that vectors keep beside those of tokens", 0, 1)
    recall_compared: int = setting(200, "interactions whose tokens are compared with the question's", 1, 10_000)
    recall_previous: float = setting(0.25, "part of its score that a message lends to the next one", 0, 1)
    recall_next: float = setting(0.35, "part of its score that a message lends to the one before", 0, 1)
    recall_reply: float = setting(0.25, "part of its score that a short question lends to its reply besides", 0, 1)
    recall_settled: float = setting(
        0.05, "part of its score that a message lends to what settled the questions in it", 0, 1
    )
    recall_lent: float = setting(0.2, "how much of that messages lend each other of their vectors", 0, 1)
    recall_speaker: float = setting(2.0, "factor for messages by the one person a question names", 1, 10)
    recall_teller: float = setting(1.5, "factor for messages by the first of several people a question names", 1, 10)
    recall_when: float = setting(2.5, "factor for messages of the time a question names", 1, 10)
    recall_facts: bool = setting(True, "put a message with the value that holds before one with a value that has ended")
    recall_asking: float = setting(0.9, "factor for messages that end in a question mark", 0, 1)
    recall_standing: float = setting(2.5, "factor for messages that tell what to do from then on", 1, 10)
    recall_damping: float = setting(0.85, "chance that a walk on the graph goes on", 0, 0.99)
    recall_prior: float = setting(0.02, "part of the walk's starts that full text gets beside entities", 0, 1)
    recall_common: float = setting(0.1, "weight of noun phrases beside names, where walks start", 0, 1)
    recall_hops: int = setting(3, "edges from the question to the rim of the graph that is ranked", 1, 10)
    recall_widest: int = setting(50, "edges beyond which a node is reached by a walk, but not left", 1, 100_000)
    recall_breadth: int = setting(300, "nodes that are left at each hop, those with the fewest edges first", 1, 100_000)
    recall_insights: bool = setting(True, "let walks go over insights, and show those that the evidence supports")
    recall_store_walks: bool = setting(True, "let a store walk itself that can: Neo4j with Graph Data Science")
    recall_graph: float = setting(0.2, "weight of the graph beside full text, for messages", 0, 10)
    recall_graph_documents: float = setting(6.0, "weight of the graph beside full text, for documents", 0, 100)
    retention_days: float = setting(
        30.0, "days after which an episode that nothing came back to has faded to 1/e, 0.37", 0.01, 1_000_000
    )
    retention_fold: float = setting(0.05, "retention below which `memcli episode fold` folds an episode", 0, 1)
    ask_remember: bool = setting(False, "enter every question as a query, as ask --remember does")
    llm_url: str = setting("", "where a language model is asked, as in https://api.example.com/v1; empty: nowhere")
    llm_model: str = setting("", "the name of the language model there")
    llm_timeout: float = setting(120.0, "seconds that one reply may take", 1, 3600)
    llm_context: int = setting(4096, "tokens that a question to it and the reply may take", 1024, 1_000_000)
    llm_batch: int = setting(5, "decisions that one question to it may ask for; fewer suit small models", 1, 20)
    llm_budget: int = setting(200_000, "tokens that one run of refine may take", 0, 1_000_000_000)
    llm_notes: bool = setting(True, "let it write keywords, tags and context of notes, when you refine")
    llm_links: bool = setting(True, "let it judge links between notes, when you refine")
    llm_insights: bool = setting(True, "let it write insights, when you refine")
    llm_facts: bool = setting(True, "let it read facts out of messages, when you refine")
    llm_ask: bool = setting(False, "let it help with every question, as ask --llm does")
    llm_questions: bool = setting(True, "let it add search terms to a question that it helps with")
    llm_answers: bool = setting(True, "let it word the answer to a question that it helps with")
    llm_cache: str = field(default="")
    """The file with its replies; empty: they are not kept."""
    llm_key: str = field(default="", repr=False)
    """A secret: it has no name in files, and is never shown."""
    neo4j_password: str = field(default="", repr=False)
    """Another one."""

    def __post_init__(self) -> None:
        for each in named():
            value = getattr(self, each.name)
            low, high = each.metadata["low"], each.metadata["high"]
            # Not the other way round: of what is not a number, no comparison is true.
            if (low is not None and not value >= low) or (high is not None and not value <= high):
                raise UsageError(
                    f"{each.name.replace('_', '.', 1)} is {value}, outside {low} to {high}",
                    "see `memcli config list` for every setting and its bounds",
                )


def named() -> tuple[Field[Any], ...]:
    """The fields that people set and see by name: all but secrets."""
    return tuple(each for each in fields(Settings) if each.metadata)
