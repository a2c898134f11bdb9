"""The plots of a report as SVG: recall by set and system, and how far confidence can be relied on.

They have no background of their own, and their ink follows the reader's choice of light or dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from graph.model import Json
from memcli.evals.reliability import pooled
from memcli.render.text import one_line

PANELS = ("R@5", "R@10")
COLOURS = {"floor": "#888888", "text": "#3b82c4", "vectors": "#d9822b", "tokens": "#2a9d6f"}
"""Of middling lightness: they stand out on white and on black."""
_LEFT, _PANEL, _GAP, _TOP, _LANE, _SQUARE = 130, 270, 30, 70, 13, 300
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1f2328}.axis{stroke:#1f2328;stroke-opacity:.25}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.axis{stroke:#e6edf3}}"
)


def recall_plot(report: Json) -> Iterator[str]:
    """A lane for each set and system, with the mean and its 95 % interval, a panel for each of `PANELS`."""
    systems = ("floor", *report["tiers"])
    height = _LANE * (len(systems) + 1)
    bottom = _TOP + height * len(report["sets"])
    title = f"{' and '.join(PANELS)} by set: {', '.join(systems)}, with 95 % intervals"
    yield from _head(title, _LEFT + len(PANELS) * (_PANEL + _GAP), bottom + 30)
    yield from _legend(systems)
    for number, measure in enumerate(PANELS):
        left = _LEFT + number * (_PANEL + _GAP)
        yield _text(left + _PANEL / 2, _TOP - 12, measure, "middle")
        for tenths in range(0, 11, 2):
            x = left + _PANEL * tenths / 10
            yield _line(x, _TOP, x, bottom, 'class="axis"') + _text(x, bottom + 16, f"{tenths / 10:g}", "middle")
        for at, each in enumerate(report["sets"]):
            yield from _lanes(each, measure, systems, left, _TOP + at * height)
    for at, each in enumerate(report["sets"]):
        yield _text(_LEFT - 10, _TOP + at * height + height / 2 + 4, one_line(each["set"], 18), "end")
    yield "</svg>\n"


def reliability_plot(report: Json) -> Iterator[str]:
    """For each tier and bin of confidence the share of questions answered rightly, over all sets; the area of a dot
    is the number of questions, and where confidence is a chance, dots lie on the dashed line."""
    yield from _head("Confidence against the share of questions answered rightly", _LEFT + _SQUARE + 60, 440)
    yield from _legend(list(report["tiers"]))
    right, bottom = _LEFT + _SQUARE, _TOP + _SQUARE
    for tenths in range(0, 11, 2):
        x, y = _LEFT + _SQUARE * tenths / 10, bottom - _SQUARE * tenths / 10
        yield _line(x, _TOP, x, bottom, 'class="axis"') + _text(x, bottom + 16, f"{tenths / 10:g}", "middle")
        yield _line(_LEFT, y, right, y, 'class="axis"') + _text(_LEFT - 8, y + 4, f"{tenths / 10:g}", "end")
    yield _line(_LEFT, bottom, right, _TOP, 'class="axis" stroke-dasharray="4"')
    yield _text(_LEFT + _SQUARE / 2, bottom + 38, "confidence", "middle")
    yield _text(_LEFT - 36, _TOP + _SQUARE / 2, "right", "end")
    for tier in report["tiers"]:
        bins = pooled([each["reliability"][tier] for each in report["sets"]])
        total = sum(each["questions"] for each in bins)
        for each in bins:
            x, y = _LEFT + _SQUARE * each["confidence"], bottom - _SQUARE * each["right"]
            told = f"{tier}: {each['right']:.2f} right at {each['confidence']:.2f}, {each['questions']:,} questions"
            yield _dot(x, y, 2 + 16 * (each["questions"] / total) ** 0.5, tier, told)
    yield "</svg>\n"


def _lanes(each: Json, measure: str, systems: Sequence[str], left: float, top: float) -> Iterator[str]:
    for lane, system in enumerate(systems, 1):
        if value := each["overall"]["recall"][measure][system]:
            low, mean, high = (left + _PANEL * value[name] for name in ("low", "mean", "high"))
            y = top + lane * _LANE
            told = f"{system}: {value['mean']:.3f} ({value['low']:.3f} to {value['high']:.3f})"
            yield _line(low, y, high, y, f'stroke="{COLOURS[system]}" stroke-width="2"')
            yield _dot(mean, y, 4, system, told)


def _head(title: str, width: float, height: float) -> Iterator[str]:
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-labelledby="title">\n'
    yield f'<title id="title">{escape(title)}</title>\n<style>{_STYLE}</style>\n{_text(10, 20, title, "start")}'


def _legend(systems: Sequence[str]) -> Iterator[str]:
    for number, system in enumerate(systems):
        yield _dot(_LEFT + 90 * number, 36, 4, system, system) + _text(_LEFT + 10 + 90 * number, 40, system, "start")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>\n'


def _line(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {look}/>\n'


def _dot(x: float, y: float, radius: float, system: str, told: str) -> str:
    look = f'r="{radius:.1f}" fill="{COLOURS[system]}" fill-opacity=".7"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" {look}><title>{escape(told)}</title></circle>\n'
