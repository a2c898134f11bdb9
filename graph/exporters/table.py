"""CSV: one table of nodes, then edges, told apart by the column `type`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from graph.exporters.properties import Scalar, captioned, edge_columns, edge_properties, flat, node_columns
from graph.model import Snapshot

_FIRST = ("type", "id", "kind", "label", "text", "timestamp", "source", "target", "weight", "reason")
_FORMULA = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠]")
_UNCARRIED = re.compile("[\x00\ud800-\udfff]")


class CsvExporter:
    """Writes CSV (RFC 4180, UTF-8, lines ending in LF) with every field of nodes and edges as a column.

    Lists and metadata are JSON text. A spreadsheet would run text that begins with `=`, `+`, `-` or
    `@` as a formula: such text gets an apostrophe before it, so that CSV is not a lossless form.
    """

    name: ClassVar[str] = "csv"
    suffix: ClassVar[str] = ".csv"
    about: ClassVar[str] = "CSV for spreadsheets and sqlite-utils: one table of nodes and edges"

    def chunks(self, snapshot: Snapshot) -> Iterator[str]:
        columns = list(dict.fromkeys([*_FIRST, *node_columns(), *edge_columns()]))
        table: csv.DictWriter[str] = csv.DictWriter(_Lines(), columns, restval="")
        yield str(table.writeheader())
        for node in snapshot.nodes():
            yield str(table.writerow(_cells("node", flat(captioned(node)))))
        for edge in snapshot.edges():
            yield str(table.writerow(_cells("edge", flat(edge_properties(edge)))))


class _Lines:
    """A file that hands each written line back, as `csv` returns what `write` returns."""

    def write(self, line: str) -> str:
        # The module quotes a bare carriage return only where CRLF ends its lines; ours end in LF.
        return line.removesuffix("\r\n") + "\n"


def _cells(kind: str, properties: Mapping[str, Scalar]) -> dict[str, Scalar]:
    cells = {name: _guarded(value) if isinstance(value, str) else value for name, value in properties.items()}
    return {"type": kind} | cells


def _guarded(text: str) -> str:
    carried = _UNCARRIED.sub("\ufffd", text)
    return f"'{carried}" if _FORMULA.match(carried) else carried
