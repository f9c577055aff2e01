"""The picture of an episode: it is drawn, whatever the episode is like."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image

from podcast.audio.picture import waveform_png
from podcast.types import Chapter, Measurement, Timeline

RATE = 1000
WAVE = (0x5F, 0x95, 0xC9)
ODD_TITLES = (
    "",
    " ",
    "学习 深度",
    "🎧🧑🏽‍🔬",
    "W" * 300,
    "tab\tnew\nline\x00\x1b",
    "half \ud83c",
    "שלום",
    "e\u0301\u200b\u202e",
)


def _timeline(*titles: str, length: int = 60_000) -> Timeline:
    edges = [length * number // len(titles) for number in range(len(titles) + 1)]
    chapters = tuple(
        Chapter(f"c{number}", title, edges[number], edges[number + 1]) for number, title in enumerate(titles)
    )
    return Timeline(RATE, (), chapters, length)


def _measured(steps: int, level: float = 0.5) -> Measurement:
    momentary = tuple(-20 + 5 * math.sin(step / 5) for step in range(steps))
    peaks = tuple(level * abs(math.sin(step / 7)) for step in range(steps))
    return Measurement(-16.0, -1.0, 4.0, steps * RATE // 10, momentary, peaks)


def _image(timeline: Timeline, measured: Measurement, target_lufs: float = -16.0) -> Image.Image:
    image = Image.open(io.BytesIO(waveform_png(timeline, measured, target_lufs)))
    image.load()
    return image


def test_an_episode_is_drawn_in_the_promised_size() -> None:
    """A PNG of 1600 by 420 pixels, light enough to send."""
    data = waveform_png(_timeline("Welcome", "Paper"), _measured(600), -16.0)
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (1600, 420))
    assert len(data) < 100_000


def test_loud_sound_looks_larger_than_soft() -> None:
    """The waveform covers more pixels where the sound is louder."""
    soft, loud = (
        int((np.asarray(_image(_timeline("One"), _measured(600, level))) == WAVE).all(axis=2).sum())
        for level in (0.1, 0.9)
    )
    assert loud > 4 * soft > 0


def test_every_chapter_is_marked() -> None:
    """Another title, another start, another target or another loudness gives another picture."""
    usual = waveform_png(_timeline("One", "Two"), _measured(600), -16.0)
    others = [
        waveform_png(_timeline("One", "Tow"), _measured(600), -16.0),
        waveform_png(_timeline("One", "Two", "Three"), _measured(600), -16.0),
        waveform_png(_timeline("One", "Two"), _measured(600), -20.0),
        waveform_png(_timeline("One", "Two"), _measured(300), -16.0),
    ]
    assert len({usual, *others}) == 5
    assert waveform_png(_timeline("One", "Two"), _measured(600), -16.0) == usual


@pytest.mark.parametrize("title", ODD_TITLES)
def test_odd_titles_are_drawn(title: str) -> None:
    """No title keeps an episode from its picture, alone or among many."""
    assert _image(_timeline(title), _measured(600)).size == (1600, 420)
    assert _image(_timeline(*[title] * 30), _measured(600)).size == (1600, 420)


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 1539, 1540, 1541])
def test_episodes_of_any_length_are_drawn(steps: int) -> None:
    """From one that is too short to measure to one with a value more than columns."""
    assert _image(_timeline("One", "Two", length=max(1, steps * 100)), _measured(steps)).size == (1600, 420)


def test_silence_is_drawn() -> None:
    """Minus infinity and not-a-number, as meters give for silence, stay inside the picture."""
    silent = Measurement(-70.0, -math.inf, 0.0, 30_000, (-math.inf, math.nan, -120.7) * 100, (0.0,) * 300)
    assert _image(_timeline("One"), silent).size == (1600, 420)


def test_an_episode_of_as_many_chapters_as_there_can_be_is_drawn() -> None:
    """Names are left out where there is no room."""
    assert _image(_timeline(*(f"Paper {number}" for number in range(255))), _measured(600)).size == (1600, 420)
