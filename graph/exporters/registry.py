"""The exporters by name, each loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from graph.errors import UsageError
from graph.ports import Exporter

EXPORTERS: Mapping[str, str] = {
    "csv": "graph.exporters.table:CsvExporter",
    "cypher": "graph.exporters.cypher:CypherExporter",
    "dot": "graph.exporters.dot:DotExporter",
    "gexf": "graph.exporters.gexf:GexfExporter",
    "graphml": "graph.exporters.graphml:GraphmlExporter",
    "json": "graph.exporters.node_link:NodeLinkExporter",
    "jsonl": "graph.exporters.jsonl:JsonlExporter",
}
"""Dotted paths, `module:class`, by what `--format` calls them."""


def exporter_named(name: str) -> Exporter:
    """Return the exporter called `name`.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in EXPORTERS:
        raise UsageError(f"no export format is called {name!r}", f"the formats are {', '.join(EXPORTERS)}")
    module, _, kind = EXPORTERS[name].partition(":")
    exporter: Exporter = getattr(import_module(module), kind)()
    return exporter
