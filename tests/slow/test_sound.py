"""How a finished episode sounds: even speech, pauses that are pauses, music that steps back. Measured on the file."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from conftest import skip
from imageio_ffmpeg import get_ffmpeg_exe
from pyloudnorm import Meter

from podcast.audio.mix import mixed
from podcast.audio.render import load_music
from podcast.outside import ffmpeg
from podcast.outside.executor import threads
from podcast.pipeline.ahead import Ahead
from podcast.pipeline.episode import prepare, render
from podcast.pipeline.script_files import find_script, read_script
from podcast.show import load_show, starter_voices
from podcast.speech.clips import speak
from podcast.speech.engines import load_engine
from podcast.speech.lexicon import Lexicon
from podcast.speech.plan import say
from podcast.speech.voice import load_voice
from podcast.types import Pauses

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Podcast

    from podcast.show import Show
    from podcast.speech.engines import Engine
    from podcast.types import Cue, Samples, Timeline, Voice

pytestmark = pytest.mark.slow

RATE_HZ = 44_100
STEP = RATE_HZ // 100
SLUG = "2024-06-15"
PAUSES = Pauses()


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished episode: its sound, where everything lies in it, and its music alone."""

    mp3: Path
    sound: Samples
    timeline: Timeline
    music: Samples


@pytest.fixture(scope="module")
def finished(ten_papers: Podcast, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Return the episode of ten papers; it is made again, of kept clips, to ask for its timeline from inside."""
    folder = tmp_path_factory.mktemp("sound") / "show"
    shutil.copytree(ten_papers.folder, folder, symlinks=True)
    show = load_show(folder)
    path, slug = find_script(show, SLUG)
    with threads() as executor:
        made = render(show, prepare(show, read_script(path), slug, str(path)), lambda _: None, Ahead(show, executor))
    sound = ffmpeg.decode(made.mp3, RATE_HZ, 1, 3_600_000)[:, 0]
    return Finished(made.mp3, sound, made.timeline, _music_alone(show, made.timeline))


def _music_alone(show: Show, timeline: Timeline) -> Samples:
    settings = show.settings.music
    names = {"intro": settings.intro, "sting": settings.sting, "outro": settings.outro}
    music = load_music({kind: show.file(name) for kind, name in names.items()}, settings, show.settings.audio)
    cues = _music_cues(timeline)
    sounding = [(cue.start, music[cue.kind].sound[: cue.end - cue.start], cue.curve) for cue in cues]
    return mixed(0, timeline.length, 1, sounding)[:, 0]


def _music_cues(timeline: Timeline) -> list[Cue]:
    return [cue for cue in timeline.cues if cue.kind != "speech"]


def _range_lu(sound: Samples) -> float:
    """Loudness range by ffmpeg's meter (EBU Tech 3342)."""
    command = [get_ffmpeg_exe(), "-f", "f32le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "-"]
    ran = subprocess.run(
        [*command, "-af", "ebur128", "-f", "null", "-"], input=sound.tobytes(), capture_output=True, check=True
    )
    return float(re.findall(r"LRA:\s+([\d.]+) LU", ran.stderr.decode())[-1])


def _loudness_lufs(sound: Samples) -> float:
    return float(Meter(RATE_HZ).integrated_loudness(np.tile(sound, 1 + RATE_HZ // len(sound))))


def test_an_interrupted_run_goes_on_to_the_same_bytes(finished: Finished, ten_papers: Podcast) -> None:
    """Rendering again from kept clips gives the very same sound."""
    assert finished.mp3.read_bytes() == (ten_papers.episode() / "episode.mp3").read_bytes()


# ── speech ──────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_reaches_for_the_volume(finished: Finished) -> None:
    """The loudness range is at most 3 LU, of the whole episode and of its speech alone, pauses included."""
    words = finished.timeline.sentences
    pause = PAUSES.sentence_ms * RATE_HZ // 1000
    speech = np.concatenate([finished.sound[cue.start : cue.end + pause] for cue in words])
    assert _range_lu(finished.sound) <= 3
    assert _range_lu(speech) <= 3


def test_no_sentence_is_louder_or_softer_than_its_neighbours(finished: Finished) -> None:
    """All lie within 3 LU of each other, from one word to four lines."""
    levels = [_loudness_lufs(finished.sound[cue.start : cue.end]) for cue in finished.timeline.sentences]
    assert max(levels) - min(levels) <= 3


def _silences_ms(sound: Samples) -> list[tuple[int, int]]:
    """Start and length of whatever is 50 dB below the speech, in ms."""
    levels = np.sqrt(np.mean(sound[: len(sound) // STEP * STEP].reshape(-1, STEP) ** 2, axis=1))
    silent = levels < np.quantile(levels, 0.95) * 10 ** (-50 / 20)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(int)))
    return [(10 * int(start), 10 * int(end - start)) for start, end in edges.reshape(-1, 2)]


def test_no_silence_is_longer_than_it_was_designed(finished: Finished) -> None:
    """From the first word to the last: no voice's own silence is added to a pause."""
    first, last = finished.timeline.sentences[0], finished.timeline.sentences[-1]
    longest_ms = max(length for _, length in _silences_ms(finished.sound[first.start : last.end]))
    assert PAUSES.paragraph_ms - 20 <= longest_ms <= PAUSES.paragraph_ms + 60


def test_every_pause_is_heard_as_long_as_it_was_designed(finished: Finished) -> None:
    """Between sentences, after announcements, between paragraphs; what a listener hears is within 60 ms of it."""
    silences = _silences_ms(finished.sound)
    played = [(cue.start, cue.end) for cue in _music_cues(finished.timeline)]
    for before, after in itertools.pairwise(finished.timeline.sentences):
        if any(start < after.start and before.end < end for start, end in played):
            continue
        middle_ms = (before.end + after.start) / 2 / RATE_HZ * 1000
        heard_ms = [length for start, length in silences if start <= middle_ms < start + length]
        designed_ms = (after.start - before.end) / RATE_HZ * 1000
        assert heard_ms == pytest.approx([designed_ms], abs=60), f"{before.text} {after.text}"


def test_announcements_are_followed_by_the_pause_of_a_paragraph(finished: Finished) -> None:
    """A title has time to be heard before its paper begins."""
    words = finished.timeline.sentences
    for number in range(1, len(finished.timeline.chapters) - 1):
        own = [cue for cue in words if cue.segment_index == number]
        gaps_ms = [round((after.start - before.end) / RATE_HZ * 1000) for before, after in itertools.pairwise(own)]
        longer_ms = [gap_ms - PAUSES.paragraph_ms for gap_ms in gaps_ms[:3]]
        assert any(0 <= each < 1000 * 1152 / RATE_HZ for each in longer_ms), own[0].text


@pytest.mark.parametrize("name", ["heart", "joe"])
def test_marks_inside_a_sentence_are_shorter_than_its_end(name: str) -> None:
    """Comma, semicolon, colon and dash are heard as a silence of the voice's own, from 100 to 320 ms."""
    voice = load_voice(name, starter_voices())
    engine = load_engine(voice.engine)
    if problem := engine.ready(voice):
        skip(problem)
    heard_ms = {mark: _longest_silence_ms(mark, voice, engine) for mark in (",", ";", ":", " -", " —")}
    assert {mark: ms for mark, ms in heard_ms.items() if not 100 <= ms <= PAUSES.sentence_ms} == {}
    assert _longest_silence_ms("", voice, engine) < 100


def _longest_silence_ms(mark: str, voice: Voice, engine: Engine) -> int:
    """Of a sentence with a mark in its middle: 40 dB below its loudest 10 ms."""
    (sentence,) = say(f"The method is simple{mark} it sorts the whole list.", voice, Lexicon())
    sound = speak(sentence, engine).sound
    step = engine.rate_hz // 100
    levels = np.sqrt(np.mean(sound[: len(sound) // step * step].reshape(-1, step) ** 2, axis=1))[5:-5]
    silent = np.concatenate([[False], levels < 0.01 * levels.max(), [False]])
    edges = np.flatnonzero(np.diff(silent.astype(int)))
    return 10 * int(max(edges[1::2] - edges[::2], default=0))


# ── music ───────────────────────────────────────────────────────────────────────────────────────────────

WINDOW = RATE_HZ * 2 // 5
"""As long as a word, and as BS.1770's momentary loudness."""


def _under_music(timeline: Timeline) -> list[tuple[int, int, str]]:
    """Where speech and music sound together, and what is said there."""
    spans = [
        (max(cue.start, music.start), min(cue.end, music.end), cue.text)
        for cue in timeline.sentences
        for music in _music_cues(timeline)
    ]
    return [(start, end, text) for start, end, text in spans if start < end]


def test_speech_stands_12_db_above_the_music_under_it(finished: Finished) -> None:
    """Every sentence that music lies under: intro, stings and outro."""
    spans = _under_music(finished.timeline)
    assert len(spans) >= len(finished.timeline.chapters)
    for start, end, text in spans:
        music_lufs = _loudness_lufs(finished.music[start:end])
        assert _loudness_lufs(finished.sound[start:end]) - music_lufs >= 12, text


def test_no_word_is_masked(finished: Finished) -> None:
    """Wherever 400 ms of a sentence are spoken at its level, the loudest music there is 9 dB softer."""
    for start, end, text in _under_music(finished.timeline):
        usual_lufs = _loudness_lufs(finished.sound[start:end])
        for at in range(start, end - WINDOW, WINDOW // 4):
            spoken_lufs = _loudness_lufs(finished.sound[at : at + WINDOW])
            music_lufs = _loudness_lufs(finished.music[at : at + WINDOW])
            assert spoken_lufs < usual_lufs - 6 or spoken_lufs - music_lufs >= 9, f"{text} at {at / RATE_HZ} s"


def test_music_comes_and_goes_smoothly(finished: Finished) -> None:
    """No gain moves by more than 1 dB in 10 ms."""
    curves = [cue.curve for cue in _music_cues(finished.timeline)]
    assert all(curves)
    for curve in curves:
        for one, next_one in itertools.pairwise(curve):
            assert abs(next_one.gain_db - one.gain_db) <= (next_one.at - one.at) / STEP
