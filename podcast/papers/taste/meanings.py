"""Where words of the field lie to each other, so that papers are alike without a word in common.

`meanings.npz` comes with the package: latent semantic analysis of some 4,600 abstracts of AI papers, made by
`benchmarks/fit_meanings.py`. It knows nothing of any author's taste.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Floats = npt.NDArray[np.floating[Any]]

FILE = Path(__file__).with_suffix(".npz")
_STEPS = 127


@dataclass(frozen=True, slots=True)
class Meanings:
    """Words, and for each a place: `places` has the shape (words, dimensions); the rarer a word, the farther out."""

    words: tuple[str, ...]
    places: Floats


@functools.lru_cache(maxsize=1)
def meanings() -> Meanings:
    """Those that come with the package."""
    with np.load(FILE, allow_pickle=False) as archive:
        return unpacked(archive)


def packed(whole: Meanings) -> dict[str, npt.NDArray[Any]]:
    """As arrays without objects; a byte for each coordinate is exact enough."""
    longest = np.abs(whole.places).max(axis=1, keepdims=True)
    steps = np.round(whole.places / np.maximum(longest, np.finfo(np.float32).tiny) * _STEPS)
    return {
        "words": np.frombuffer("\n".join(whole.words).encode(), dtype=np.uint8),
        "steps": steps.astype(np.int8),
        "longest": longest.astype(np.float32),
    }


def unpacked(arrays: Mapping[str, npt.NDArray[Any]]) -> Meanings:
    """Undo `packed`."""
    words = tuple(arrays["words"].tobytes().decode().split("\n"))
    places = arrays["steps"].astype(np.float32) * (arrays["longest"].astype(np.float32) / _STEPS)
    return Meanings(words, places)
