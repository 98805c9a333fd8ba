"""Draw how far the stages and the quantisations are from the official values, as SVG.

The height is 1 - cosine on a logarithmic axis: equal is at the bottom, unrelated at the top.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

FLOOR = 1e-15  # what is closer than float64 can tell is drawn here
PANEL_WIDTH, PANEL_HEIGHT = 460, 300  # px
LEFT, TOP, BOTTOM = 64, 44, 56  # px around a panel
COLOURS = ("#1f6fb2", "#c4521b", "#3a8a3a", "#8a4fa3", "#666666")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Points of one colour.

    Attributes:
        points: (category, cosine), any number for a category.
    """

    name: str
    points: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One diagram: categories side by side, series in colours.

    Attributes:
        limits: (name, cosine) of lines that mark what has to be reached.
    """

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    limits: tuple[tuple[str, float], ...] = ()


def draw(panels: Sequence[Panel]) -> str:
    """Return an SVG with the panels side by side."""
    width = len(panels) * (PANEL_WIDTH + LEFT) + 24
    height = TOP + PANEL_HEIGHT + BOTTOM
    body = [
        line
        for index, panel in enumerate(panels)
        for line in _panel(panel, LEFT + index * (PANEL_WIDTH + LEFT))
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="12">'
    )
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *body, "</svg>", ""])


def _panel(panel: Panel, left: int) -> Iterator[str]:
    yield _text(left, 18, panel.title, bold=True)
    yield from _axis(left)
    for name, cosine in panel.limits:
        y = _height(cosine)
        yield _line((left, y), (left + PANEL_WIDTH, y), "#999999", dashed=True)
        yield _text(left + PANEL_WIDTH - 4, y - 4, name, anchor="end", colour="#666666")
    step = PANEL_WIDTH / max(1, len(panel.categories))
    for index, category in enumerate(panel.categories):
        middle = left + (index + 0.5) * step
        yield _text(middle, TOP + PANEL_HEIGHT + 18, category, anchor="middle")
    for number, series in enumerate(panel.series):
        yield from _dots(panel, series, number, left)
        yield _text(
            left + number * 110, TOP + PANEL_HEIGHT + 40, series.name, colour=_colour(number)
        )


def _axis(left: int) -> Iterator[str]:
    for exponent in range(-15, 1, 3):
        y = _height(1 - 10.0**exponent) if exponent > -15 else _height(1.0)
        yield _line((left, y), (left + PANEL_WIDTH, y), "#dddddd")
        label = "1 − cos" if exponent == 0 else f"1e{exponent}"
        yield _text(left - 6, y + 4, label, anchor="end")


def _dots(panel: Panel, series: Series, number: int, left: int) -> Iterator[str]:
    step = PANEL_WIDTH / max(1, len(panel.categories))
    share = step / (len(panel.series) + 1)
    for category, cosine in series.points:
        x = left + panel.categories.index(category) * step + (number + 1) * share
        yield (
            f'<circle cx="{x:.1f}" cy="{_height(cosine):.1f}" r="4" fill="{_colour(number)}" '
            f'fill-opacity="0.55"><title>{escape(series.name)}, {escape(category)}: '
            f"{cosine:.9f}</title></circle>"
        )


def _height(cosine: float) -> float:
    """Place a cosine between 1 (bottom) and 0 (top)."""
    distance = min(1.0, max(FLOOR, 1.0 - cosine))
    return TOP + PANEL_HEIGHT * math.log10(distance) / math.log10(FLOOR)


def _line(
    start: tuple[float, float], end: tuple[float, float], colour: str, *, dashed: bool = False
) -> str:
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    (x1, y1), (x2, y2) = start, end
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{dash}/>'
    )


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    colour: str = "#222222",
    bold: bool = False,
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>'
        f"{escape(text)}</text>"
    )


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """Return the items in order, each once."""
    return tuple(dict.fromkeys(items))
