"""Which sentences of a passage tell what a sentence tells: by the words they share, rare ones for more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podcast.writing.grounding.source import Line, Source

_SHARE_OF_BEST = 0.45


def aligned(line: Line, source: Source) -> list[tuple[Line, float]]:
    """Return the sentences that share most with this one, the best with weight 1; none if nothing is shared."""
    weights = source.rarity
    shared = [(other, math.fsum(weights.get(stem, 0) for stem in line.stems & other.stems)) for other in source.lines]
    best = max((score for _, score in shared), default=0)
    if best <= 0:
        return []
    near = [(other, score / best) for other, score in shared if score > _SHARE_OF_BEST * best]
    return sorted(near, key=lambda each: -each[1])


def covered(line: Line, source: Source) -> float:
    """Return which share of a sentence's own words its source has, from 0 to 1."""
    return len(line.stems & source.stems) / len(line.stems) if line.stems else 1.0
