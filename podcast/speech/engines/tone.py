"""A voice without words: a hum for each word, as long as the word. For tests of everything but the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from podcast.types import Piece, Samples, Voice

_MS_PER_LETTER = 60
_GAP_MS = 60
_EDGE_MS = 150


class ToneEngine:
    """Deterministic sound with the outline of speech: syllable-like hums between silences."""

    version = "tone 1"
    rate_hz = 24_000
    takes_phonemes = False

    def usd_per_minute(self, voice: Voice) -> float:  # noqa: ARG002 - the same for all
        """Nothing: it runs here."""
        return 0.0

    def ready(self, voice: Voice) -> str | None:  # noqa: ARG002 - the same for all
        """Always."""
        return None

    def travels(self, voice: Voice) -> bool:  # noqa: ARG002 - the same for all
        """Always."""
        return True

    def phonemes(self, piece: Piece, voice: Voice) -> str | None:  # noqa: ARG002 - it has none
        """A hum has none."""
        return None

    def speak(self, piece: Piece, voice: Voice) -> Samples:
        """Hum one piece."""
        words = [self._hum(word, piece.seed, voice.speed) for word in piece.text.split()]
        return np.concatenate([self._silence(_EDGE_MS), *words, self._silence(_EDGE_MS)])

    def _hum(self, word: str, seed: int, speed: float) -> Samples:
        length = int(self.rate_hz * _MS_PER_LETTER * len(word) / 1000 / speed)
        time = np.arange(length, dtype=np.float32) / self.rate_hz
        pitch_hz = 110 + (seed + sum(word.encode())) % 90
        envelope = np.sin(np.pi * np.arange(length) / max(length, 1)) ** 0.5
        tone = sum(np.sin(2 * np.pi * pitch_hz * harmonic * time) / harmonic for harmonic in range(1, 9))
        hum: Samples = (0.08 * envelope * tone).astype(np.float32)
        return np.concatenate([hum, self._silence(_GAP_MS)])

    def _silence(self, ms: int) -> Samples:
        return np.zeros(self.rate_hz * ms // 1000, dtype=np.float32)
