"""How long an episode will take, before any of it is spoken: speech as its voices are measured, pauses, music."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.audio.timeline import Music, around_speech_ms, between_segments_ms
from podcast.pipeline.episode import plan_utterances
from podcast.pipeline.music import music_of
from podcast.speech.pace import speech_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.show import Show
    from podcast.types import Script, Segment

_MS_PER_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Says how long segments of a script would take, music around and between them included."""

    show: Show
    script: Script
    """Whose voices speak."""
    around_ms: int
    between_ms: int | None

    def __call__(self, segments: Sequence[Segment]) -> int:
        """How long they take, in ms."""
        speakable = tuple(segment for segment in segments if segment.paragraphs)
        script = dataclasses.replace(self.script, segments=speakable)
        utterances = plan_utterances(self.show, script, "the script")
        return self.around_ms + speech_ms(utterances, self.between_ms)


def stopwatch(show: Show, script: Script) -> Stopwatch:
    """Measure the show's music once; InputError if it is not there."""
    music = music_of(show)
    rate_hz = show.settings.audio.sample_rate_hz
    lengths = {kind: round(1000 * len(clip.samples) / rate_hz) for kind, clip in music.items()}
    intro, sting, outro = (lengths.get(kind, 0) for kind in ("intro", "sting", "outro"))
    layout = Music(intro, sting, outro, round(show.settings.music.lead_ms), round(show.settings.music.bed_ms))
    return Stopwatch(show, script, around_speech_ms(layout), between_segments_ms(layout))


def as_ms(minutes: float) -> int:
    """Minutes as people give them."""
    return round(minutes * _MS_PER_MINUTE)


def as_minutes(milliseconds: float) -> float:
    """Minutes as people read them, to a tenth."""
    return round(milliseconds / _MS_PER_MINUTE, 1)
