"""Personalized PageRank by Neo4j's Graph Data Science library beside memcli's own, on what questions walk."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from heapq import nlargest
from statistics import fmean, median
from time import perf_counter
from typing import Any
from unittest.mock import patch

import neo4j

from graph.memory import Memory
from graph.model import Question, Subgraph, Walk
from graph.rank.ppr import personalized_pagerank
from graph.settings import Settings
from memcli.evals.runner import store_name
from memcli.evals.sets import EvalSet
from memcli.session import open_memory
from tests.bench.store_recall import BEST, emptied, line
from tests.bench.store_speed import folder_of

QUESTIONS = 50
Walked = tuple[Subgraph, Walk]

# The library gives no weights to starts: a node beside the graph leads to them by weight, and walks start there.
PROJECT = """
MATCH (start:_MemcliIndex {name: 'words'})
UNWIND $given.edges AS edge
OPTIONAL MATCH (s:_Memcli {id: edge[0]})
MATCH (t:_Memcli {id: edge[1]})
RETURN gds.graph.project('memcli_bench', coalesce(s, start), t,
    {relationshipType: CASE WHEN s IS NULL THEN 'START' ELSE 'EDGE' END, relationshipProperties: {weight: edge[2]}},
    {undirectedRelationshipTypes: ['EDGE']}) AS projected"""
RANK = """
MATCH (start:_MemcliIndex {name: 'words'})
CALL gds.pageRank.stream('memcli_bench', {sourceNodes: start, relationshipWeightProperty: 'weight',
    dampingFactor: $given.damping, maxIterations: 100, tolerance: 1e-8}) YIELD nodeId, score
RETURN collect([gds.util.asNode(nodeId).id, score]) AS scores"""
DROP = "CALL gds.graph.drop('memcli_bench', false) YIELD graphName RETURN graphName"


def measured(given: Namespace) -> dict[str, Any] | None:
    """How the two agree and what they take; None where the server has no such library."""
    data = folder_of(given.data, "locomo")
    each = EvalSet(data.name, data)
    store = (given.keep / store_name(each.name, each.digest(), Settings())).resolve()
    asked = each.questions()
    asked = [asked[number * len(asked) // QUESTIONS] for number in range(QUESTIONS)]
    with (
        neo4j.GraphDatabase.driver(given.url) as driver,
        open_memory(Settings(store=f"sqlite:///{store}"), create=True) as memory,
    ):
        if not driver.execute_query(
            "SHOW PROCEDURES YIELD name WHERE name = 'gds.pageRank.stream' RETURN name"
        ).records:
            return None
        memory.ingest(each.inputs)
        with emptied(given.url) as target:
            memory.copy(target)
        walks = [walk for one in asked for walk in walked(memory, Question(one.text, conversation=one.conversation))]
        for walk in walks[:10]:
            beside(driver, walk)
        rows = [beside(driver, walk) for walk in walks]
        (version,) = driver.execute_query("RETURN gds.version() AS version").records
    return {
        "set": each.name,
        "gds": version["version"],
        "walks": len(rows),
        "nodes": round(median(len(walk[0].ids) for walk in walks)),
        "edges": round(median(len(walk[0].edges) for walk in walks)),
        **{name: round(fmean(row[name] for row in rows), 4) for name in ("correlation", "best")},
        **{name: round(median(row[name] for row in rows), 2) for name in ("own_ms", "project_ms", "rank_ms")},
    }


def walked(memory: Memory, question: Question) -> list[Walked]:
    """The graph and the starts that a question ranks by."""
    with recorded() as walks:
        memory.ask(question)
    return [walk for walk in walks if walk[0].edges and any(walk[1].seeds.get(id) for id in walk[0].ids)]


@contextmanager
def recorded() -> Iterator[list[Walked]]:
    walks: list[Walked] = []

    def record(network: Subgraph, walk: Walk) -> dict[str, float]:
        walks.append((network, walk))
        return personalized_pagerank(network, walk)

    with patch("graph.recall.personalized_pagerank", record):
        yield walks


def beside(driver: neo4j.Driver, walk: Walked) -> dict[str, float]:
    """Both on one graph: rank correlation over all nodes, share of the best notes in common, milliseconds."""
    network, asked = walk
    edges = [[network.ids[source], network.ids[target], weight] for source, target, _, weight in network.edges]
    edges += [[None, id, asked.seeds[id]] for id in network.ids if asked.seeds.get(id)]
    began = perf_counter()
    own = personalized_pagerank(network, asked)
    took = [perf_counter() - began]
    driver.execute_query(DROP)
    for statement, given in ((PROJECT, {"edges": edges}), (RANK, {"damping": asked.damping})):
        began = perf_counter()
        (row,) = driver.execute_query(statement, given=given).records
        took.append(perf_counter() - began)
    theirs = {id: score for id, score in row["scores"] if id is not None}
    assert theirs.keys() == own.keys()
    notes = [id for id in network.ids if id.startswith("n_")]
    one, other = (set(nlargest(BEST, sorted(notes), key=shares.__getitem__)) for shares in (own, theirs))
    return {
        "correlation": spearman([own[id] for id in network.ids], [theirs[id] for id in network.ids]),
        "best": len(one & other) / len(one) if one else 1.0,
        **dict(zip(("own_ms", "project_ms", "rank_ms"), (each * 1000 for each in took), strict=True)),
    }


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """The correlation of ranks; of values that are equal to six digits, the mean of theirs."""
    import numpy as np

    def ranks(values: Sequence[float]) -> Any:
        scaled = np.round(np.asarray(values) / max(values), 6)
        _, places, counts = np.unique(scaled, return_inverse=True, return_counts=True)
        return (np.cumsum(counts) - (counts - 1) / 2)[places]

    first, second = ranks(one), ranks(other)
    return float(np.corrcoef(first, second)[0, 1]) if first.std() and second.std() else 1.0


def markdown(found: dict[str, Any] | None) -> Iterator[str]:
    yield "\n## PageRank by Neo4j\n\n"
    if found is None:
        yield "The server has no Graph Data Science library.\n"
        return
    yield f"`gds.pageRank.stream` of Graph Data Science {found['gds']} beside memcli's own (igraph's PRPACK), on the "
    yield f"graphs that {found['walks']} questions of {found['set']} walk, {found['nodes']:,} nodes and "
    yield f"{found['edges']:,} edges in the median: the same starts with their weights, undirected, damping .85.\n\n"
    yield line("rank correlation", f"best {BEST} notes in common", "memcli", "GDS: projection", "GDS: run")
    yield line(*["---:"] * 5)
    times = (f"{found[name]:,.1f} ms" for name in ("own_ms", "project_ms", "rank_ms"))
    yield line(f"{found['correlation']:.3f}", f"{found['best']:.3f}", *times)
