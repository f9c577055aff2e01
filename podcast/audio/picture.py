"""An episode to look at: waveform, loudness and chapters, to see at a glance what ears take minutes to find."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.ImageDraw import ImageDraw

    from podcast.types import Measurement, Timeline

_WIDTH, _HEIGHT = 1600, 420
_LEFT, _TOP, _BOTTOM = 60, 60, 380
_BACKGROUND, _PEAK, _WAVE, _LOUDNESS, _GRID, _TEXT = "#0f1420", "#2f4f73", "#5f95c9", "#ffb454", "#2a3347", "#c9d1e0"
_LUFS_TOP, _LUFS_BOTTOM = -5.0, -45.0
_TITLE_CHARACTERS = 28


def waveform_png(timeline: Timeline, measured: Measurement, target_lufs: float) -> bytes:
    """Draw highest and lowest peaks (blues), momentary loudness (amber), its target (dashed) and chapters."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (_WIDTH, _HEIGHT), _BACKGROUND)
    draw = ImageDraw.Draw(image)
    draw.font = ImageFont.load_default(13)
    _draw_wave(draw, measured.peaks)
    _draw_scale(draw, target_lufs)
    _draw_loudness(draw, measured.momentary_lufs)
    _draw_chapters(draw, timeline)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")  # trying harder makes it an eighth smaller, and takes four times as long
    return buffer.getvalue()


def _columns(values: Sequence[float]) -> list[Sequence[float]]:
    """Share the values out over the pixel columns."""
    width = _WIDTH - _LEFT
    edges = [column * len(values) // width for column in range(width + 1)]
    return [values[first : max(last, first + 1)] for first, last in itertools.pairwise(edges)]


def _draw_wave(draw: ImageDraw, peaks: Sequence[float]) -> None:
    middle = (_TOP + _BOTTOM) // 2
    for column, values in enumerate(_columns(peaks)):
        for level, colour in ((max(values, default=0.0), _PEAK), (min(values, default=0.0), _WAVE)):
            height = level * (_BOTTOM - _TOP) / 2
            draw.line([(_LEFT + column, middle - height), (_LEFT + column, middle + height)], fill=colour)


def _y(lufs: float) -> float:
    share = (_LUFS_TOP - max(min(lufs, _LUFS_TOP), _LUFS_BOTTOM)) / (_LUFS_TOP - _LUFS_BOTTOM)
    return _TOP + share * (_BOTTOM - _TOP)


def _draw_scale(draw: ImageDraw, target_lufs: float) -> None:
    for lufs in range(-10, -50, -10):
        draw.line([(_LEFT, _y(lufs)), (_WIDTH, _y(lufs))], fill=_GRID)
        draw.text((8, _y(lufs) - 8), f"{lufs} LU", fill=_TEXT)
    for start in range(_LEFT, _WIDTH, 16):
        draw.line([(start, _y(target_lufs)), (start + 8, _y(target_lufs))], fill=_LOUDNESS)


def _draw_loudness(draw: ImageDraw, momentary: Sequence[float]) -> None:
    finite = [max(_LUFS_BOTTOM, value) for value in momentary]
    points = [
        (_LEFT + column, _y(sum(values) / len(values))) for column, values in enumerate(_columns(finite)) if values
    ]
    draw.line(points, fill=_LOUDNESS, width=1)


def _draw_chapters(draw: ImageDraw, timeline: Timeline) -> None:
    for number, chapter in enumerate(timeline.chapters, start=1):
        left, right = (_LEFT + at / timeline.length * (_WIDTH - _LEFT) for at in (chapter.start, chapter.end))
        draw.line([(left, 24), (left, _BOTTOM)], fill=_TEXT)
        label = f"{number}  {_drawable(chapter.title)[:_TITLE_CHARACTERS]}"
        while label and draw.textlength(label) > right - left - 8:
            label = label[:-1]
        draw.text((left + 4, 26), label, fill=_TEXT)
        minutes, seconds = divmod(timeline.ms(chapter.start) // 1000, 60)
        draw.text((left + 4, _BOTTOM + 8), f"{minutes}:{seconds:02}", fill=_TEXT)


def _drawable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
