"""What stands in picks.md: the best of a ranking, not all of one kind ticked, doubles under their better, a few to try.

Ticked are those with the best balance of rank and of what the ticked ones before do not have yet (maximal marginal
relevance, Carbonell and Goldstein 1998). Those that are there to try a taste are drawn, the same each time for the same
seed, from the upper half of what was not offered, and taken for being least like all that is.
"""

from __future__ import annotations

import dataclasses
import random
from typing import TYPE_CHECKING

import numpy as np

from podcast.papers.taste import learning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.papers.taste.meanings import Floats
    from podcast.show import PickSettings
    from podcast.types import Pick

    Group = list[int]

SAME = 0.65
"""From here on two abstracts tell of nearly the same: of 3,000 real ones, two pairs do."""

_RANK = 0.5
"""What standing high counts for a tick; the rest is being unlike what is ticked already."""

_DRAWN = 10
"""Papers drawn for each that is taken to try a taste."""

_TO_TRY = "to try your taste: unlike the others here"


def offer(ranked: Sequence[Pick], settings: PickSettings, seed_text: str) -> tuple[Pick, ...]:
    """Choose what is offered, best first: doubles right under their better, some to try between the last ones.

    Ticked are at most `settings.highlights`, never a double nor one that is there to try a taste.
    """
    offered = min(settings.offered, len(ranked))
    trying = max(0, min(settings.exploring, offered - settings.highlights))
    best, others = ranked[: offered - trying], ranked[offered - trying :]
    drawn = _drawn(others, trying, seed_text)
    alike = _alike([*best, *drawn])
    groups = _groups(len(best), alike)
    ticked = _ticked([group[0] for group in groups], alike, settings.highlights)
    shown = [_shown(best, group, ticked) for group in groups]
    novel = [drawn[row - len(best)] for row in _novel(alike, len(best), trying)]
    return tuple(_interleaved(shown, [_exploring(pick) for pick in novel]))


def _alike(picks: Sequence[Pick]) -> Floats:
    texts = learning.read([f"{pick.preprint.title}\n{pick.preprint.abstract}" for pick in picks])
    rows = np.arange(len(picks))
    return learning.likeness(texts, rows, rows)


# ── variety ─────────────────────────────────────────────────────────────────────────────────────────────


def _groups(count: int, alike: Floats) -> list[Group]:
    """Rows that say nearly the same as the first of their group, in the order of these firsts."""
    groups: list[Group] = []
    for row in range(count):
        nearest = max(groups, key=lambda group: float(alike[row, group[0]]), default=None)
        if nearest and alike[row, nearest[0]] >= SAME:
            nearest.append(row)
        else:
            groups.append([row])
    return groups


def _ticked(rows: Sequence[int], alike: Floats, most: int) -> set[int]:
    ranks = {row: 1 - place / len(rows) for place, row in enumerate(rows)}
    ticked: list[int] = []
    while len(ticked) < min(most, len(rows)):
        ticked.append(max((row for row in rows if row not in ticked), key=lambda row: _gain(row, ranks, ticked, alike)))
    return set(ticked)


def _gain(row: int, ranks: dict[int, float], ticked: Sequence[int], alike: Floats) -> float:
    nearest = float(alike[row, ticked].max()) if ticked else 0.0
    return _RANK * ranks[row] - (1 - _RANK) * nearest


def _shown(best: Sequence[Pick], group: Group, ticked: set[int]) -> list[Pick]:
    first = dataclasses.replace(best[group[0]], is_ticked=group[0] in ticked)
    return [first, *(dataclasses.replace(best[row], like=first.preprint.id) for row in group[1:])]


# ── to try a taste ──────────────────────────────────────────────────────────────────────────────────────


def _drawn(others: Sequence[Pick], trying: int, seed_text: str) -> list[Pick]:
    """Draw some of those that came near to being offered."""
    near = others[: max(trying, len(others) // 2)]
    return random.Random(seed_text).sample(near, min(_DRAWN * trying, len(near)))  # noqa: S311 - no secret


def _novel(alike: Floats, offered: int, trying: int) -> list[int]:
    """Take, one after another, the row behind the offered ones that is least like all that is taken or offered."""
    taken, left = list(range(offered)), list(range(offered, len(alike)))
    while left and len(taken) < offered + trying:
        taken.append(min(left, key=lambda row: float(alike[row, taken].max(initial=0))))
        left.remove(taken[-1])
    return taken[offered:]


def _exploring(pick: Pick) -> Pick:
    return dataclasses.replace(pick, is_exploring=True, reason=_TO_TRY)


def _interleaved(shown: Sequence[Sequence[Pick]], trying: Sequence[Pick]) -> list[Pick]:
    """Put one to try behind each of the last groups, so that they are neither first nor a heap at the end."""
    start = max(0, len(shown) - len(trying))
    listed = [pick for group in shown[:start] for pick in group]
    for place, pick in enumerate(trying):
        listed += [*(shown[start + place] if start + place < len(shown) else ()), pick]
    return listed
