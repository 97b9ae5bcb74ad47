"""Charts written by hand as SVG: bars that stay readable in grey print, and to a reader of the text alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.render.safe_text import escape_text

_AXIS = "#8795a1"
_INK = "#1f2933"
#: Fill patterns beside the colours, so that grey prints and colour-blind readers can tell the series apart.
_HATCHES = (
    "",
    "<path d='M0 8L8 0' stroke='#fff' stroke-width='1.6'/>",
    "<circle cx='4' cy='4' r='1.5' fill='#fff'/>",
    "<path d='M0 4H8' stroke='#fff' stroke-width='1.6'/>",
    "<path d='M4 0V8' stroke='#fff' stroke-width='1.6'/>",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series of a chart: name, colour and one whole number per category."""

    name: str
    colour: str
    values: tuple[int, ...]


def choose_step(highest: int, lines: int = 4) -> int:
    """Distance between grid lines: 1, 2 or 5 times a power of ten, so that about ``lines`` of them are drawn.

    ``choose_step(47) == 20``: 47 / 4 = 11.75, and the next round number is 20.
    """
    least = max(1, -(-highest // lines))
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= least:
                return factor * power
        power *= 10


def render_stacked_bars(title: str, categories: Sequence[str], series: Sequence[Series], ident: str) -> str:
    """Stacked column chart as an SVG element; empty series are left out. ``ident`` must be unique on the page.

    Every column carries its total above it; the same numbers belong in a table beside the chart.
    """
    drawn = [one for one in series if any(one.values)]
    totals = [sum(one.values[i] for one in drawn) for i in range(len(categories))]
    step = choose_step(max(totals, default=1))
    top = max(1, -(-max(totals, default=1) // step)) * step
    width, height, left, bottom, head = 640, 250, 46, 34, 22
    slot = (width - left - 10) / max(1, len(categories))
    unit = (height - bottom - head) / top
    parts = [_open(width, height, title, ident), _patterns(drawn, ident)]
    parts += [
        _grid_line(value, height - bottom - value * unit, left, width) for value in range(0, top + 1, step)
    ]
    for i, category in enumerate(categories):
        x, bar = left + slot * i + slot * 0.18, min(64.0, slot * 0.64)
        x += (slot * 0.64 - bar) / 2
        parts.append(
            _column([(k, one.values[i]) for k, one in enumerate(drawn)], x, bar, height - bottom, unit, ident)
        )
        if totals[i]:
            parts.append(
                _text(
                    x + bar / 2, height - bottom - totals[i] * unit - 5, f"{totals[i]:,}", "middle", 12, 600
                )
            )
        if _is_labelled(i, len(categories)):
            parts.append(_text(x + bar / 2, height - bottom + 17, category, "middle", 12))
    parts.append("</svg>")
    return "".join(parts) + _legend(drawn, ident)


def _is_labelled(i: int, count: int) -> bool:
    return i % max(1, -(-count // 14)) == 0


def _column(
    values: list[tuple[int, int]], x: float, width: float, base: float, unit: float, ident: str
) -> str:
    parts, y = [], base
    for k, value in values:
        if value:
            y -= value * unit
            parts.append(
                f"<rect x='{x:.1f}' y='{y:.1f}' width='{width:.1f}' height='{value * unit:.1f}' fill='url(#{ident}-{k})' stroke='#fff' stroke-width='.8'/>"
            )
    return "".join(parts)


def render_bars(title: str, rows: Sequence[tuple[str, int, str]], colour: str, ident: str) -> str:
    """Horizontal bars as an SVG element: rows of (label, value, text of the value). Values must not be negative."""
    width, line, left = 880, 26, 260
    height = line * len(rows) + 8
    longest = max((value for _, value, _ in rows), default=1) or 1
    parts = [_open(width, height, title, ident)]
    for i, (label, value, text) in enumerate(rows):
        y, length = 4 + i * line, (width - left - 190) * value / longest
        parts.append(_text(left - 10, y + 17, label, "end", 13))
        parts.append(
            f"<rect x='{left}' y='{y + 4}' width='{max(length, 1.0):.1f}' height='{line - 8}' fill='{colour}'/>"
        )
        parts.append(_text(left + length + 8, y + 17, text, "start", 13))
    return "".join(parts) + "</svg>"


def render_share(title: str, parts: Sequence[tuple[str, int, str]], ident: str) -> str:
    """One bar divided into shares: (label, value, colour), with a legend. Nothing is drawn for a share of 0."""
    total = sum(value for _, value, _ in parts) or 1
    pieces, x, width = [_open(880, 22, title, ident)], 0.0, 880
    for label, value, colour in parts:
        if value:
            length = width * value / total
            pieces.append(
                f"<rect x='{x:.2f}' y='0' width='{length:.2f}' height='22' fill='{colour}' stroke='#fff' stroke-width='1.5'><title>{escape_text(label)}: {value:,}</title></rect>"
            )
            x += length
    swatches = "".join(
        f"<li><svg width='16' height='16' aria-hidden='true'><rect width='16' height='16' fill='{colour}'/></svg>{escape_text(label)} {value:,}</li>"
        for label, value, colour in parts
    )
    return "".join(pieces) + f"</svg><ul class='legend'>{swatches}</ul>"


def _open(width: float, height: float, title: str, ident: str) -> str:
    return (
        f"<svg class='chart' viewBox='0 0 {width:.0f} {height:.0f}' role='img' aria-labelledby='{ident}-title' "
        f"xmlns='http://www.w3.org/2000/svg'><title id='{ident}-title'>{escape_text(title)}</title>"
    )


def _patterns(series: Sequence[Series], ident: str) -> str:
    made = []
    for k, one in enumerate(series):
        made.append(
            f"<pattern id='{ident}-{k}' width='8' height='8' patternUnits='userSpaceOnUse'>"
            f"<rect width='8' height='8' fill='{one.colour}'/>{_HATCHES[k % len(_HATCHES)]}</pattern>"
        )
    return f"<defs>{''.join(made)}</defs>"


def _grid_line(value: int, y: float, left: float, width: float) -> str:
    colour = _AXIS if value == 0 else "#e1e6eb"
    line = f"<line x1='{left}' x2='{width - 10}' y1='{y:.1f}' y2='{y:.1f}' stroke='{colour}'/>"
    return line + _text(left - 8, y + 4, f"{value:,}", "end", 12, colour="#52606d")


def _text(
    x: float, y: float, text: str, anchor: str, size: int, weight: int = 400, colour: str = _INK
) -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-size='{size}' font-weight='{weight}' fill='{colour}' paint-order='stroke' stroke='#fff' stroke-width='3'>{escape_text(text)}</text>"


def _legend(series: Sequence[Series], ident: str) -> str:
    items = [
        f"<li><svg width='16' height='16' aria-hidden='true'><rect width='16' height='16' fill='url(#{ident}-{k})'/></svg>{escape_text(one.name)}</li>"
        for k, one in enumerate(series)
    ]
    return f"<ul class='legend'>{''.join(items)}</ul>" if items else ""
