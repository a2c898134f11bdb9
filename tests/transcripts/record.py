"""`python -m tests.transcripts.record [PAGE…]`: run the sessions of all pages, or of these, and write what they say."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.transcripts.console import ROOT, agrees, pages, run, updated


def record(page: Path) -> int:
    """Write a page anew; return how many of its steps said something else than before."""
    with tempfile.TemporaryDirectory() as home:
        happened = list(run(page, Path(home).resolve()))
    text = page.read_text("utf-8")
    if (new := updated(text, happened)) != text:
        page.write_text(new, "utf-8")
    return sum(not agrees(written.output, said.output) for written, said in happened)


def main() -> None:
    """Record the pages named on the command line, else all."""
    for page in [Path(each).resolve() for each in sys.argv[1:]] or pages():
        print(f"{page.relative_to(ROOT)}: {record(page)} steps changed", file=sys.stderr)


if __name__ == "__main__":
    main()
