"""Bars as an SVG: the medians of several rounds, with the outermost ones, and the line that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from speed.table import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from speed.figures import Spread

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 720, 230, 90, 34, 40
_BAR = 18
_OURS, _THEIRS, _ASKED = "#1f5fa8", "#b8b8b8", "#b3541e"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is, its figures, whether it is ours, and what was asked of it."""

    label: str
    value: Spread
    is_ours: bool = False
    asked: float | None = None


def bars(title: str, unit: str, shown: Sequence[Bar]) -> str:
    """Draw bars under each other, all from 0 and by one scale."""
    height = _TOP + _ROW * len(shown) + 10
    most = max(max(bar.value.high, bar.asked or 0) for bar in shown) or 1
    scale = (_WIDTH - _LEFT - _RIGHT) / most
    view = f'viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="13"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {view}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="12" y="22" font-weight="bold">{escape(title)}</text>',
    ]
    for place, bar in enumerate(shown):
        lines += _drawn(bar, _TOP + _ROW * place, scale, unit)
    return "\n".join([*lines, "</svg>", ""])


def _drawn(bar: Bar, top: int, scale: float, unit: str) -> list[str]:
    low, middle, high = (round(_LEFT + value * scale, 1) for value in (bar.value.low, bar.value.median, bar.value.high))
    centre = top + _BAR // 2
    colour, width = _OURS if bar.is_ours else _THEIRS, round(middle - _LEFT, 1)
    lines = [
        f'<text x="{_LEFT - 10}" y="{top + 14}" text-anchor="end">{escape(bar.label)}</text>',
        f'<rect x="{_LEFT}" y="{top}" width="{width}" height="{_BAR}" fill="{colour}"/>',
        f'<line x1="{low}" y1="{centre}" x2="{high}" y2="{centre}" stroke="#222"/>',
        f'<text x="{high + 8}" y="{top + 14}">{escape(f"{number(bar.value.median)} {unit}".strip())}</text>',
    ]
    if bar.asked is not None:
        at = round(_LEFT + bar.asked * scale, 1)
        lines.append(
            f'<line x1="{at}" y1="{top - 5}" x2="{at}" y2="{top + _BAR + 5}" stroke="{_ASKED}" stroke-width="3"/>'
        )
    return lines
