"""The Neo4j store beside the SQLite store: `make bench-stores`.

Three parts, each in one run: `recall`, the same memories asked the same questions; `speed`, as ratios; `gds`, the
PageRank of Neo4j's Graph Data Science library beside memcli's own. The server is the one that MEMCLI_TEST_NEO4J_URL
names, of which everything that is memcli's is DELETED, else one started for the run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from memcli import __version__
from tests.bench import store_gds, store_recall, store_speed
from tests.neo4j_server.server import running

ROOT = Path(__file__).resolve().parents[2]
PARTS = {"recall": store_recall, "speed": store_speed, "gds": store_gds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT / "sample_data", help="a question set or a folder of sets")
    parser.add_argument("--set", action="append", dest="sets", help="only this set for recall; repeatable")
    parser.add_argument("--sample", type=int, default=200, help="questions a set for recall, evenly spread; 0 is all")
    parser.add_argument("--messages", type=int, default=10_000, help="messages taken in for speed")
    parser.add_argument(
        "--models", type=Path, default=ROOT / ".cache" / "models", help="where the model lies, for recall"
    )
    parser.add_argument("--keep", type=Path, help="keep the SQLite memories here, and use those kept")
    parser.add_argument("--part", action="append", dest="parts", choices=PARTS, help="only this part; repeatable")
    parser.add_argument("--output", type=Path, help="write stores.json and stores.md here; parts not run stay")
    given = parser.parse_args()
    # As every process of memcli has it.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with ExitStack() as stack:
        if given.keep is None:
            given.keep = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memcli-bench-")))
        given.url = os.environ.get("MEMCLI_TEST_NEO4J_URL") or stack.enter_context(running(gds=True)).url
        found = {name: PARTS[name].measured(given) for name in given.parts or PARTS}
        report = {"command": "make bench-stores WRITE=1", **machine(given.url), **found}
    kept = given.output / "stores.json" if given.output else None
    if kept and kept.is_file():
        before = json.loads(kept.read_text("utf-8"))
        # Figures with the other driver, and of other numbers of messages, stay beside these.
        speed = before.get("speed", {}) | report.get("speed", {})
        report = before | report | ({"speed": speed} if speed else {})
    page = "".join(markdown(report))
    sys.stdout.write(page)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
        kept.with_suffix(".md").write_text(page, "utf-8")


def machine(url: str) -> dict[str, Any]:
    import neo4j

    with neo4j.GraphDatabase.driver(url) as driver:
        (server,) = driver.execute_query("CALL dbms.components() YIELD versions RETURN versions[0] AS version").records
        heap = driver.execute_query(
            "SHOW SETTINGS 'server.memory.heap.max_size' YIELD value RETURN value AS size"
        ).records
    return {
        "version": __version__,
        "python": sys.version.split()[0],
        "processors": os.cpu_count(),
        "neo4j": server["version"],
        "driver": neo4j.__version__,
        "heap": heap[0]["size"] if heap else "",
    }


def markdown(report: dict[str, Any]) -> Iterator[str]:
    yield "# Stores\n\n"
    yield f"`{report['command']}`, memcli {report['version']}, Python {report['python']}, "
    yield f"{report['processors']} processors, Neo4j {report['neo4j']} with a heap of {report['heap']}, "
    yield f"driver {report['driver']}; server and memcli on one machine.\n"
    for name, part in PARTS.items():
        if name in report:
            yield from part.markdown(report[name])


if __name__ == "__main__":
    main()
