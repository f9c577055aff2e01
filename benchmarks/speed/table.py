"""Findings as a table in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from speed.figures import Finding, Spread

HEAD = "| | here | beside it | | asked | |\n|---|---:|---:|---:|---|---|"
_TENS = ((100, 0), (10, 1), (1, 2))
_SIGNS = {"ours / theirs": "{}", "theirs / ours": "{} x faster", "ours - theirs": "{} more", "ours": ""}


def table(found: Sequence[Finding]) -> str:
    """Write a line a finding: medians, and of what is compared the outermost rounds too."""
    return "\n".join([HEAD, *map(_line, found)])


def _line(finding: Finding) -> str:
    row = finding.row
    cells = [
        row.what,
        amount(finding.ours.median, row.unit),
        f"{row.beside} {amount(finding.theirs.median, row.unit)}" if finding.theirs else row.beside,
        _compared(finding),
        _asked(finding),
        {True: "yes", False: "**no**", None: ""}[finding.is_met],
    ]
    return f"| {' | '.join(cells)} |"


def _compared(finding: Finding) -> str:
    row, unit = finding.row, finding.row.unit if finding.row.sense in {"ours - theirs", "ours"} else ""
    if row.sense == "ours":
        return _range(finding.compared, unit) if finding.rounds > 1 else ""
    text = _SIGNS[row.sense].format(f"**{amount(finding.compared.median, unit)}**")
    return f"{text} {_range(finding.compared, unit)}" if finding.rounds > 1 else text


def _range(found: Spread, unit: str) -> str:
    return f"({number(found.low)} to {amount(found.high, unit)})"


def _asked(finding: Finding) -> str:
    row = finding.row
    unit = row.unit if row.sense in {"ours - theirs", "ours"} else ""
    if row.at_most is not None:
        return f"at most {row.at_most:g} {unit}".strip()
    return "" if row.at_least is None else f"at least {row.at_least:g} {unit}".strip()


def amount(value: float, unit: str) -> str:
    """Write a figure with its unit."""
    return f"{number(value)} {unit}".strip()


def number(value: float) -> str:
    """Write a figure with about three digits."""
    if value == int(value) and abs(value) < 100_000:  # noqa: PLR2004 - counts, and yes and no
        return f"{value:.0f}"
    digits = next((digits for least, digits in _TENS if abs(value) >= least), 3)
    return f"{value:,.{digits}f}"
