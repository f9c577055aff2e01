"""Figures of several rounds, each beside what it is held against in the same round."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Sample = dict[str, float]
"""What one round gave, by name: seconds, megabytes, counts."""


class MissingError(Exception):
    """Something that a kind needs is not here: it is left out, and this says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A claim: a figure, what it is held against, and how far from it it may be."""

    what: str
    ours: str
    """Name of the figure in a sample."""

    beside: str = ""
    """What it is held against, in words."""

    theirs: str = ""
    """Name of that figure; empty where ours stands for itself."""

    unit: str = "s"
    sense: Literal["ours / theirs", "theirs / ours", "ours - theirs", "ours"] = "ours / theirs"
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of several values, and the outermost."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim with its figures."""

    row: Row
    ours: Spread
    theirs: Spread | None
    compared: Spread
    rounds: int

    @property
    def is_met(self) -> bool | None:
        """Whether it is as was asked, by the median; None where nothing was."""
        asked = self.row
        if asked.at_most is not None:
            return self.compared.median <= asked.at_most
        return None if asked.at_least is None else self.compared.median >= asked.at_least


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured with."""

    newsletter: Path
    data: Path | None = None
    """Real newsletters and abstracts, where there are any."""

    voice: str = "heart"
    copies: int = 10
    """How many times longer the long episode is."""

    clips: int = 38
    """How many pieces the peers join."""

    sizes: tuple[int, ...] = (1, 1_000, 10_000)
    """Episodes in the feed."""

    starts: int = 5
    """Of the command, a round."""

    episodes: int = 6
    papers: int = 6
    """Of the backlog, and of each newsletter in it."""


USUAL = Options(Path())


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is measured round by round: `sample` does one, and may keep what all share in the folder."""

    name: str
    title: str
    rows: tuple[Row, ...]
    sample: Callable[[Options, Path], Sample]


def spread(values: Sequence[float]) -> Spread:
    """Sum several values up."""
    return Spread(statistics.median(values), min(values), max(values))


def findings(rows: Sequence[Row], samples: Sequence[Mapping[str, float]]) -> list[Finding]:
    """Hold each row's figures against each other round by round; rows without figures are left out."""
    return [found for row in rows if (found := _finding(row, samples))]


def _finding(row: Row, samples: Sequence[Mapping[str, float]]) -> Finding | None:
    whole = [sample for sample in samples if row.ours in sample and (not row.theirs or row.theirs in sample)]
    if not whole:
        return None
    ours = [sample[row.ours] for sample in whole]
    theirs = [sample[row.theirs] for sample in whole] if row.theirs else []
    pairs = zip(ours, theirs or ours, strict=True)
    compared = [compare(row, *pair) for pair in pairs]
    return Finding(row, spread(ours), spread(theirs) if theirs else None, spread(compared), len(whole))


def compare(row: Row, ours: float, theirs: float) -> float:
    """Bring two figures of one round together as a row wants it."""
    match row.sense:
        case "ours / theirs":
            return ours / theirs
        case "theirs / ours":
            return theirs / ours
        case "ours - theirs":
            return ours - theirs
        case "ours":
            return ours
