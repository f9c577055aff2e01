"""Parts of an episode's sound: what they are made of, and what is kept of them; damaged ones are not played."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import pytest
from by_ffmpeg import decode_frames

from podcast.audio.frames import PRIMED_FRAMES, Run, joined
from podcast.audio.meter import envelope, gated_lufs, true_peak
from podcast.audio.parts import Measures, Part, PartStore, make_part, tools
from podcast.audio.recipe import Form, Ingredient, Recipe
from podcast.errors import OutsideError
from podcast.outside import ffmpeg
from podcast.outside.mp3 import DELAY_SAMPLES, Mp3Format, frames_of
from podcast.types import Clip, GainPoint, Measurement

KEY, OTHER = "ab" * 32, "cd" * 32
PART = Part(
    b"\xff\xfb frames \x00 of an MP3",
    Measures(
        Run(3, 20, 0xABCD),
        np.array([0.0, 1.5, 2.25], dtype=np.float32),
        np.array([0.0, 0.5, 0.75], dtype=np.float32),
        -1.25,
    ),
)


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────


def test_a_part_comes_back_as_it_was(tmp_path: Path) -> None:
    """Its bytes and what it measures."""
    PartStore(tmp_path / "parts").save(KEY, PART)
    kept = PartStore(tmp_path / "parts").load(KEY)
    assert kept is not None
    assert (kept.mp3, kept.measures.run) == (PART.mp3, PART.measures.run)
    assert kept.measures.true_peak_dbtp == PART.measures.true_peak_dbtp
    assert np.array_equal(kept.measures.energies, PART.measures.energies)
    assert np.array_equal(kept.measures.peaks, PART.measures.peaks)


def test_a_part_that_is_not_there_is_none(tmp_path: Path) -> None:
    """Neither in a folder that is not there yet nor in one that has others."""
    store = PartStore(tmp_path / "parts")
    assert store.load(KEY) is None
    store.save(KEY, PART)
    assert store.load(OTHER) is None


def test_a_damaged_part_is_none_and_gone(tmp_path: Path) -> None:
    """Whichever byte of it is another one, or missing."""
    store = PartStore(tmp_path)
    store.save(KEY, PART)
    (path,) = store.files()
    whole = path.read_bytes()
    flipped = (whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole)))
    for damaged in (*flipped, whole[:-1], b""):
        path.write_bytes(damaged)
        assert store.load(KEY) is None
        assert store.files() == []


def test_only_what_is_needed_is_kept(tmp_path: Path) -> None:
    """The cache does not grow; what is not ours stays."""
    store = PartStore(tmp_path)
    store.save(KEY, PART)
    store.save(OTHER, PART)
    (tmp_path / "note.mp3").write_bytes(b"mine")
    store.keep_only({KEY})
    assert [path.name[:64] for path in store.files()] == [KEY]
    assert (tmp_path / "note.mp3").is_file()


def test_the_same_part_is_the_same_file(tmp_path: Path) -> None:
    """Byte for byte."""
    for name in ("one", "two"):
        PartStore(tmp_path / name).save(KEY, PART)
    one, two = (next(iter(PartStore(tmp_path / name).files())) for name in ("one", "two"))
    assert (one.name, one.read_bytes()) == (two.name, two.read_bytes())


# ── what is made ────────────────────────────────────────────────────────────────────────────────────────

RATE = 24_000


def _recipe(*ingredients: Ingredient, form: Form | None = None, frames: int = 80) -> Recipe:
    return Recipe(form or _form(), frames, ingredients)


def _form(mp3: Mp3Format = Mp3Format(RATE, 1, 64), ceiling_dbfs: float = -3.6, true_peak_dbtp: float = -1.0) -> Form:  # noqa: B008 - frozen
    return Form(mp3, ceiling_dbfs, true_peak_dbtp, tools())


def _clip(key: str, seconds: float = 1.0, rate_hz: int = RATE) -> Clip:
    """Return bursts like syllables."""
    noise = np.random.default_rng(list(key.encode())).standard_normal(int(seconds * rate_hz))
    at = np.arange(len(noise)) / rate_hz
    return Clip(key, (0.1 * noise * np.sin(9 * at) ** 2).astype(np.float32), rate_hz)


def _vowels(key: str, seconds: float) -> Clip:
    """Return bursts of a buzz: an encoder makes noise louder, and what people say not."""
    at = np.arange(int(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 130 * number * at + number**2) / number for number in range(1, 30))
    return Clip(key, (0.15 * buzz * np.sin(9 * at) ** 2).astype(np.float32), RATE)


def _sounds(*clips: Clip) -> dict[str, Clip]:
    return {clip.key: clip for clip in clips}


def test_the_same_recipe_gives_the_same_bytes() -> None:
    """Every time; and other sounds in its place give others."""
    recipe = _recipe(Ingredient("a", 7000, RATE, 3.0))
    one, again, other = (make_part(recipe, {"a": _clip(name)}) for name in "aab")
    assert (one.mp3, one.measures.run) == (again.mp3, again.measures.run)
    assert one.mp3 != other.mp3


def _hiss_behind_a_tone() -> Clip:
    """Return what an encoder makes much louder, behind something louder that it leaves as it is."""
    tone = np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE)
    hiss = np.clip(np.random.default_rng(3).standard_normal(RATE), -0.77, 0.77)
    sound = np.concatenate([tone, np.zeros(RATE // 2), hiss])
    return Clip("hiss", (0.6 * sound).astype(np.float32), RATE)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("name", ["vowels", "bursts", "hiss"])
def test_a_true_peak_is_that_of_what_a_decoder_gives(name: str, channels: int) -> None:
    """Wherever it is, whatever the encoder made of it, by another decoder; and never above the limit."""
    clip = {"vowels": _vowels("a", 2.5), "bursts": _clip("b", 2.5), "hiss": _hiss_behind_a_tone()}[name]
    mp3 = Mp3Format(44_100, channels, 96 * channels)
    recipe = _recipe(Ingredient("a", 15_000, 110_250, 6.0), form=_form(mp3), frames=240)
    part = make_part(recipe, {"a": clip})
    frames = frames_of(part.mp3, mp3)
    decoded = decode_frames(b"".join([frames[-1], *frames]), mp3)[1152:]
    assert part.measures.true_peak_dbtp == pytest.approx(20 * np.log10(true_peak(decoded)), abs=0.02)
    assert part.measures.true_peak_dbtp <= -1.0


def test_a_part_measures_what_others_measure_of_it() -> None:
    """By ffmpeg's meter, of the file that its frames are: loudness and true peak within 0.1."""
    part = make_part(_recipe(Ingredient("a", 10_000, 3 * RATE, 6.0), frames=160), {"a": _vowels("a", 3.0)})
    energies = part.measures.energies
    assert len(energies) == len(part.measures.peaks) == part.measures.run.frames == 160
    measured = _by_ffmpeg(part)
    own_lufs = gated_lufs(envelope(energies, FRAME, len(energies) * FRAME, RATE))
    assert own_lufs == pytest.approx(measured.loudness_lufs, abs=0.15)  # which is rounded to a tenth
    assert part.measures.true_peak_dbtp == pytest.approx(measured.true_peak_dbtp, abs=0.1)


FRAME = 576


@pytest.mark.parametrize("mp3", [Mp3Format(16_000, 1, 32), Mp3Format(44_100, 2, 128)])
def test_how_much_is_decoded_at_once_makes_no_difference(mp3: Mp3Format, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where one lot ends and the next begins."""
    recipe = _recipe(Ingredient("a", 15_000, 2 * mp3.rate_hz, 6.0), form=_form(mp3), frames=100)
    once = make_part(recipe, _sounds(_clip("a", 2.0))).measures
    monkeypatch.setattr("podcast.audio.parts._DECODED_FRAMES", 7)
    often = make_part(recipe, _sounds(_clip("a", 2.0))).measures
    assert (often.run, often.true_peak_dbtp) == (once.run, once.true_peak_dbtp)
    assert np.array_equal(often.peaks, once.peaks)
    assert often.energies == pytest.approx(once.energies, rel=1e-4, abs=1e-6)


def _by_ffmpeg(part: Part) -> Measurement:
    mp3 = Mp3Format(RATE, 1, 64)
    samples = part.measures.run.frames * FRAME - 2 * DELAY_SAMPLES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.mp3"
        path.write_bytes(joined([part.measures.run], samples, mp3) + part.mp3)
        return ffmpeg.measure(path)


@pytest.mark.parametrize("mp3", [Mp3Format(RATE, 1, 32), Mp3Format(44_100, 2, 96)], ids=str)
def test_no_true_peak_is_above_the_limit(mp3: Mp3Format) -> None:
    """However loud a sentence is to be, and whatever the encoder makes of it: the ceiling is lowered until it fits."""
    length = int(1.2 * mp3.rate_hz)
    loud = _recipe(Ingredient("a", 12_000, length, 30.0), form=_form(mp3, -0.1), frames=60)
    part = make_part(loud, {"a": _clip("a", 1.2)})
    assert part.measures.true_peak_dbtp <= -1.0
    assert part.measures.true_peak_dbtp > -4.0


def test_a_true_peak_that_nothing_brings_down_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to change, instead of an endless search."""
    monkeypatch.setattr("podcast.audio.parts.true_peak", lambda *_: 1.0)
    with pytest.raises(OutsideError, match=r"true peak of 0\.0 dBTP.*loudness_lufs"):
        make_part(_recipe(Ingredient("a", 7000, RATE, 3.0)), {"a": _clip("a")})


def test_music_and_speech_together_stay_below_the_ceiling() -> None:
    """Where both are loud, both are held, on all channels alike."""
    form = _form(Mp3Format(44_100, 2, 128))
    music = np.full((44_100, 2), [0.6, 0.3], dtype=np.float32)
    recipe = _recipe(
        Ingredient("a", 20_000, 44_100, 12.0),
        Ingredient("m", 15_000, 44_100, 0.0, (GainPoint(15_000, -60.0), GainPoint(40_000, 0.0)), is_music=True),
        form=form,
        frames=60,
    )
    part = make_part(recipe, {"a": _clip("a"), "m": Clip("m", music, 44_100)})
    assert part.measures.true_peak_dbtp <= -1.0


def test_a_sentence_of_another_rate_lies_where_it_should() -> None:
    """Its first and last samples are where the recipe says, to the frame."""
    form = _form(Mp3Format(44_100, 1, 96))
    noise = Clip("a", 0.1 * np.random.default_rng(1).standard_normal(RATE).astype(np.float32), RATE)
    part = make_part(_recipe(Ingredient("a", 30 * 1152, 44_100, 6.0), form=form, frames=90), {"a": noise})
    heard = np.flatnonzero(part.measures.energies > part.measures.energies.max() / 30) + PRIMED_FRAMES
    first, end = (30 * 1152 + at + DELAY_SAMPLES for at in (0, 44_100))
    assert heard[0] in {first // 1152, first // 1152 + 1}
    assert heard[-1] in {end // 1152 - 1, end // 1152}


def test_a_machine_with_other_tools_does_not_make_what_it_would_make_otherwise() -> None:
    """It says what it has and what is needed: the same recipe has to give the same bytes everywhere."""
    recipe = _recipe(form=dataclasses.replace(_form(), tools="ffmpeg 1 of 3 bytes, numpy 0"))
    with pytest.raises(OutsideError, match=r"The worker on .* has ffmpeg.*made with ffmpeg 1 of 3 bytes, numpy 0\."):
        make_part(recipe, {})
