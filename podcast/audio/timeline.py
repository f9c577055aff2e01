"""Where everything sounds. Pure, in samples of the episode's rate: the one source of sound, tags and transcript.

    intro ▁▂██████▆▂▂▂▂▂▂▂▂▁      sting ▂█▅▁        ▂█▅▁               outro ▂▂▂▂▅██████▅▂▁
    speech        ▐welcome … ▌             ▐paper▌          ▐ … goodbye        ▌
                  └ lead_ms ┘└ bed_ms

A timeline grows segment by segment, so that the first can be mixed while the next is still being spoken. Each segment
begins at the border of a frame of the MP3, and so does each sentence in it but the first: its sound lies as far behind
a border as it would anywhere else, whatever comes before it, and what comes after an edit moves by whole frames.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from podcast.audio.frames import AHEAD_FRAMES, PRIMED_FRAMES
from podcast.types import Chapter, Cue, GainPoint, Pauses, Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SILENCE_DB = -60.0

_USUAL_PAUSES = Pauses()

_PAD_MS = 300
"""Before the first word without an intro, and after the last without an outro."""

_RAMP_MS = 400
_RELEASE_MS = 900
_FADE_MS = 2500
_STING_BEFORE_MS = 350
_STING_OVERLAP_MS = 500
_STING_MAX_MS = 4000
_OUTRO_UNDER_MS = 3500
_OUTRO_MAX_MS = 20_000
_GRANULE, _SHORTEST_END = 576, 47
_CHAPTER_BEFORE_MS = 150
"""A chapter begins just before its first word, so that a jump to it never cuts a consonant."""


@dataclass(frozen=True, slots=True)
class Music:
    """Lengths of the music in samples, 0 where there is none, and how it lies around speech."""

    intro: int = 0
    sting: int = 0
    outro: int = 0
    lead_ms: int = 3600
    bed_ms: int = 8000
    duck_db: float = 11.0
    sounds: Mapping[str, str] = field(default_factory=dict)
    """The key of each kind."""
    gain_db: float = 0.0

    @staticmethod
    def longest_ms(kind: str, lead_ms: int, bed_ms: int) -> int:
        """How much of a file can ever sound."""
        return {"intro": lead_ms + bed_ms, "sting": _STING_MAX_MS, "outro": _OUTRO_MAX_MS}[kind]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence to place: its length in samples, where it stands, and the pauses of its voice."""

    length: int
    paragraph_index: int
    text: str
    speaker: str | None = None
    pauses: Pauses = _USUAL_PAUSES
    sound: str = ""
    """The key of its clip."""
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A timeline in the making: what has its place so far."""

    rate_hz: int
    music: Music
    frame: int = 1
    """Samples of a frame: every segment, and every sentence in it but the first, begins at a multiple of it."""
    cues: tuple[Cue, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    borders: tuple[int, ...] = ()
    """Where each segment begins, which is before anything of it sounds."""
    speech_end: int = 0
    segment_ms: int = 0
    """The pause that the last voice makes before another segment."""

    def samples(self, ms: float) -> int:
        """Samples of a time in ms."""
        return round(ms * self.rate_hz / 1000)


def begin(rate_hz: int, music: Music, frame: int = 1) -> Plan:
    """Start an empty timeline, whose segments and sentences will begin at multiples of so many samples."""
    return Plan(rate_hz, music, frame)


def add_segment(plan: Plan, chapter: Chapter, sentences: Sequence[Sentence], *, last: bool) -> Plan:
    """Place the next segment, with the music before it and, for the last one, after it.

    `chapter` says what the segment is; its times are set here.
    """
    index = len(plan.chapters)
    border, _ = next_border(plan)
    before, start = _before(plan, index)
    speech = _speech(plan, index, start, sentences)
    end = speech[-1].end if speech else start
    if index == 0:
        before = _intro(plan, start, end)
    outro = _outro(plan, index, start, end) if last else ()
    chapter_start = max(0, start - plan.samples(_CHAPTER_BEFORE_MS)) if index else 0
    chapter = dataclasses.replace(chapter, start=chapter_start, end=end)
    return dataclasses.replace(
        plan,
        cues=(*plan.cues, *before, *speech, *outro),
        chapters=(*plan.chapters, chapter),
        borders=(*plan.borders, border),
        speech_end=end,
        segment_ms=sentences[-1].pauses.segment_ms if sentences else plan.segment_ms,
    )


def next_border(plan: Plan) -> tuple[int, int]:
    """Where the next segment begins, and where it may be heard first: nothing but the pause before it matters.

    The pause is as long as it was designed, and longer by less than a frame. Of a long one an encoder hears only
    silence before the border, and of a short one it hears silence behind it for as long as it looks ahead.
    """
    if not plan.chapters:
        return 0, 0
    both = (PRIMED_FRAMES + AHEAD_FRAMES) * plan.frame  # at lower rates frames are longer
    pause = max(plan.samples(_STING_BEFORE_MS), both) if plan.music.sting else plan.samples(plan.segment_ms)
    behind = max(pause - PRIMED_FRAMES * plan.frame, min(pause, AHEAD_FRAMES * plan.frame))
    border = _border_from(plan, plan.speech_end + pause - behind)
    return border, border + behind


def finish(plan: Plan) -> Timeline:
    """Close the gaps between chapters and say how long it all is."""
    length = max((cue.end for cue in plan.cues), default=0)
    if not plan.music.outro:
        length += plan.samples(_PAD_MS)
    length = _encodable(length)
    starts = [chapter.start for chapter in plan.chapters]
    chapters = tuple(
        dataclasses.replace(chapter, end=end) for chapter, end in zip(plan.chapters, [*starts[1:], length], strict=True)
    )
    return Timeline(plan.rate_hz, plan.cues, chapters, length)


def _encodable(length: int) -> int:
    """Lengthen by at most a millisecond where LAME could not say where the sound ends.

    It needs 47 samples of the last granule; with fewer, decoders give all 47 (tried, LAME 3.100 in ffmpeg).
    """
    in_last_granule = length % _GRANULE
    return length + _SHORTEST_END - in_last_granule if 0 < in_last_granule < _SHORTEST_END else length


# ── speech ──────────────────────────────────────────────────────────────────────────────────────────────


def _speech(plan: Plan, index: int, start: int, sentences: Sequence[Sentence]) -> list[Cue]:
    cues: list[Cue] = []
    position = start
    previous = None
    for sentence in sentences:
        if previous is not None:
            position = _border_from(plan, position + plan.samples(_pause_ms(previous, sentence)))
        end = position + sentence.length
        paragraph = sentence.paragraph_index
        cues.append(
            Cue(
                "speech",
                position,
                end,
                index,
                sentence.text,
                sentence.speaker,
                paragraph_index=paragraph,
                sound=sentence.sound,
                gain_db=sentence.gain_db,
            )
        )
        position, previous = end, sentence
    return cues


def _border_from(plan: Plan, at: int) -> int:
    """Return the first border of a frame from a place on."""
    return -(-at // plan.frame) * plan.frame


def _pause_ms(before: Sentence, after: Sentence) -> int:
    """Answers come sooner than new thoughts of the same speaker."""
    if after.paragraph_index == before.paragraph_index:
        return before.pauses.sentence_ms
    return before.pauses.paragraph_ms if after.speaker == before.speaker else before.pauses.speaker_ms


def _before(plan: Plan, index: int) -> tuple[tuple[Cue, ...], int]:
    """What sounds before a segment, and where its first word starts."""
    if index == 0:
        lead = min(plan.samples(plan.music.lead_ms), plan.music.intro)
        return (), max(lead, plan.samples(_PAD_MS))
    _, begin_at = next_border(plan)
    if not plan.music.sting:
        return (), begin_at
    end = begin_at + min(plan.music.sting, plan.samples(_STING_MAX_MS))
    start = max(begin_at, end - plan.samples(_STING_OVERLAP_MS))
    return (_music(plan, "sting", index, (begin_at, end), (start, end)),), start


def around_speech_ms(music: Music) -> int:
    """How long an episode goes on before its first word and after its last; the lengths in `music` are in ms here."""
    before_ms = max(min(music.lead_ms, music.intro), _PAD_MS)
    under_ms = min(_OUTRO_UNDER_MS, music.outro // 3)
    after_ms = max(min(music.outro, _OUTRO_MAX_MS) - under_ms, _PAD_MS)
    return before_ms + after_ms


def between_segments_ms(music: Music) -> int | None:
    """How long nobody speaks between two segments; None is as long as the voice pauses. Lengths are in ms here."""
    if not music.sting:
        return None
    return max(0, _STING_BEFORE_MS + min(music.sting, _STING_MAX_MS) - _STING_OVERLAP_MS)


# ── music ───────────────────────────────────────────────────────────────────────────────────────────────


def _intro(plan: Plan, start: int, end: int) -> tuple[Cue, ...]:
    if not plan.music.intro:
        return ()
    stop = min(plan.music.intro, start + plan.samples(plan.music.bed_ms), end)
    stop = max(stop, start)
    return (_music(plan, "intro", 0, (0, stop), (start, end)),)


def _outro(plan: Plan, index: int, start: int, end: int) -> tuple[Cue, ...]:
    if not plan.music.outro:
        return ()
    under = min(plan.samples(_OUTRO_UNDER_MS), plan.music.outro // 3)  # a short one still sounds after the last word
    begin_at = max(start, end - under)
    stop = begin_at + min(plan.music.outro, plan.samples(_OUTRO_MAX_MS))
    stop = max(stop, end + plan.samples(_PAD_MS))
    return (_music(plan, "outro", index, (begin_at, stop), (begin_at, end)),)


def _music(
    plan: Plan, kind: Literal["intro", "sting", "outro"], index: int, music: tuple[int, int], speech: tuple[int, int]
) -> Cue:
    sound, gain_db = plan.music.sounds.get(kind, ""), plan.music.gain_db
    return Cue(kind, *music, index, curve=_ducked(plan, *music, speech), sound=sound, gain_db=gain_db)


def _ducked(plan: Plan, start: int, stop: int, speech: tuple[int, int]) -> tuple[GainPoint, ...]:
    """The gain of music that steps back while somebody speaks and fades where it is cut."""
    speech_start, speech_end = speech
    duck_db = -plan.music.duck_db
    ramp_start = speech_start - plan.samples(_RAMP_MS)
    if ramp_start > start:
        points = [GainPoint(start, 0.0), GainPoint(ramp_start, 0.0), GainPoint(speech_start, duck_db)]
    else:
        points = [GainPoint(start, duck_db)]
    if speech_end < stop:
        release = min(speech_end + plan.samples(_RELEASE_MS), stop)
        points += [GainPoint(speech_end, duck_db), GainPoint(release, 0.0)]
    return _faded(plan, tuple(points), start, stop)


def _faded(plan: Plan, ducking: tuple[GainPoint, ...], start: int, stop: int) -> tuple[GainPoint, ...]:
    """End in silence, on top of the ducking: natural decays are shorter than this fade, cut music needs it."""
    fade_from = max(start, stop - min(plan.samples(_FADE_MS), (stop - start) // 3))
    fade = (GainPoint(fade_from, 0.0), GainPoint(stop, SILENCE_DB))
    bends = sorted({point.at for point in (*ducking, *fade)})
    return tuple(GainPoint(at, gain_at(ducking, at) + gain_at(fade, at)) for at in bends)


def gain_at(curve: Sequence[GainPoint], position: int) -> float:
    """Gain in dB of a curve at a position, interpolated; before and after it, that of its ends."""
    earlier = [point for point in curve if point.at <= position]
    later = [point for point in curve if point.at > position]
    if not earlier or not later:
        return (earlier or later)[-1 if earlier else 0].gain_db
    left, right = earlier[-1], later[0]
    return left.gain_db + (right.gain_db - left.gain_db) * (position - left.at) / (right.at - left.at)
