"""Clips: named by what they are made of, proved to sound, kept whole, and spoken side by side."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import pickle
import threading
import time
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from podcast.audio.meter import energies
from podcast.errors import OutsideError
from podcast.outside.executor import threads
from podcast.speech import clips
from podcast.speech.clips import ClipStore, clip_key, speak, speak_all
from podcast.speech.engines import load_engine
from podcast.speech.engines.hibari import HibariEngine
from podcast.speech.engines.tone import ToneEngine
from podcast.speech.pace import PACES, counts
from podcast.speech.proof import PROOF_VERSION, bounds_s
from podcast.types import Pauses, Piece, Utterance, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from podcast.speech.clips import Paid
    from podcast.speech.engines import Engine
    from podcast.types import Clip, Samples

RATE = 24_000
VOICE = Voice("test", "fake", "fake")


def _utterance(*texts: str, voice: Voice = VOICE, seed: int = 7) -> Utterance:
    return Utterance(0, 0, " ".join(texts), tuple(Piece(text, seed) for text in texts), voice)


def _tone(seconds: float, amplitude: float = 0.3) -> Samples:
    time_s = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(amplitude * np.sin(2 * np.pi * 300 * time_s), dtype=np.float32)


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def _with_a_hole(sound: Samples) -> Samples:
    sound[RATE // 3] = np.nan
    return sound


def _noise(seconds: float) -> Samples:
    return np.asarray(np.random.default_rng(1).uniform(-0.3, 0.3, round(seconds * RATE)), dtype=np.float32)


class FakeEngine:
    """An engine that makes of a piece what it is told to, and counts."""

    version = "fake 1"
    rate_hz = RATE
    takes_phonemes = False

    def __init__(self, sound: Callable[[str], Samples]) -> None:
        self._sound = sound
        self._lock = threading.Lock()
        self.said: list[str] = []

    def usd_per_minute(self, voice: Voice) -> float:
        """Nothing."""
        del voice
        return 0.0

    def phonemes(self, piece: Piece, voice: Voice) -> None:
        """Tell nothing."""
        del piece, voice

    def ready(self, voice: Voice) -> None:
        """Miss nothing."""
        del voice

    def speak(self, piece: Piece, voice: Voice) -> Samples:
        """Speak one piece."""
        del voice
        with self._lock:
            self.said.append(piece.text)
        return self._sound(piece.text)


def _second(_: str) -> Samples:
    return _tone(1)


def _different(text: str) -> Samples:
    return _tone(1) * np.float32(0.1 + int(text) / 1000)


# ── keys ────────────────────────────────────────────────────────────────────────────────────────────────

_SAID = _utterance("Hello there.", "And again.")


def _with_voice(**changes: object) -> Utterance:
    return dataclasses.replace(_SAID, voice=dataclasses.replace(VOICE, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        _utterance("Hello here.", "And again."),
        _utterance("Hello there. And again."),
        _utterance("And again.", "Hello there."),
        _utterance("Hello there.", "And again.", seed=8),
        _with_voice(speed=1.1),
        _with_voice(voice="another"),
        _with_voice(engine="another"),
        _with_voice(language="en-gb"),
    ],
    ids=["text", "pieces", "order", "seed", "speed", "voice", "engine", "language"],
)
def test_a_clip_is_named_by_everything_its_engine_is_given(other: Utterance) -> None:
    """Whatever can change the sound gives it another name."""
    assert clip_key(other, "1") != clip_key(_SAID, "1")


_IN_NO_KEY = {"name", "description", "pauses", "gain_db"}


def _other(value: object) -> object:
    """Make a different value of the same kind."""
    return value + 0.5 if isinstance(value, float) else f"{value or ''}x"


@pytest.mark.parametrize("field", sorted({field.name for field in dataclasses.fields(Voice)} - _IN_NO_KEY))
def test_a_clip_is_named_by_every_setting_of_its_voice(field: str) -> None:
    """A setting that a profile gains later is in the name from its first day."""
    assert clip_key(_with_voice(**{field: _other(getattr(VOICE, field))}), "1") != clip_key(_SAID, "1")


def test_another_proof_speaks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another take could be chosen, kept clips are not taken for it."""
    before = clip_key(_SAID, "1")
    monkeypatch.setattr(clips, "PROOF_VERSION", PROOF_VERSION + 1)
    assert clip_key(_SAID, "1") != before


def test_another_version_of_an_engine_speaks_again() -> None:
    """What an older version said is not taken for its own."""
    assert clip_key(_SAID, "1") != clip_key(_SAID, "2")


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(_SAID, written="Hello *there*. And again."),
        dataclasses.replace(_SAID, segment_index=3, paragraph_index=9),
        dataclasses.replace(_SAID, speaker="Ann"),
        _with_voice(name="renamed", description="the same voice"),
        _with_voice(pauses=Pauses(sentence_ms=1)),
    ],
    ids=["written", "place", "speaker", "profile", "pauses"],
)
def test_a_clip_is_named_by_nothing_else(other: Utterance) -> None:
    """How a sentence is written, where it stands and what its profile is called do not make it be spoken again."""
    assert clip_key(other, "1") == clip_key(_SAID, "1")


# ── one clip ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sound", "what"),
    [
        (_silence(0), "returned nothing"),
        (np.full(RATE, np.nan, np.float32), "returned what is no sound"),
        (np.full(RATE, np.inf, np.float32), "returned what is no sound"),
        (_with_a_hole(_tone(2)), "returned what is no sound"),
        (_silence(2), "returned silence"),
        (_tone(2, 0.005), "returned silence"),
        (_tone(2, 0.011), "returned sound of -4[0-9] dBFS"),
        (_tone(2) + np.float32(0.2), "returned sound off its centre"),
        (_tone(2, 1.2), "returned clipped sound"),
        (-np.abs(_tone(2, 1.2)), "returned clipped sound"),
        (_noise(2), "returned noise"),
        (np.concatenate([_tone(0.5), _silence(2), _tone(0.5)]), "was silent for 2.0 s"),
        (_tone(0.2), "returned only 0.2"),
        (np.concatenate([_silence(5), _tone(0.2), _silence(5)]), "returned only 0.2"),
    ],
    ids=[
        "empty",
        "NaN",
        "infinite",
        "one sample",
        "silent",
        "whispered",
        "very quiet",
        "off centre",
        "clipped",
        "clipped below",
        "noise",
        "gap",
        "short",
        "short in silence",
    ],
)
def test_sound_that_is_no_speech_is_refused(sound: Samples, what: str) -> None:
    """The text names voice, sentence and what to do; nothing bad is ever mixed."""
    with pytest.raises(OutsideError, match=f"Voice test {what}.* for 'One two three four.'.*Reword .*lexicon"):
        speak(_utterance("One two three four."), FakeEngine(lambda _: sound))


_MEASURED = [Voice("heart", "hibari", "heart"), Voice("joe", "piper", "joe")]
_SENTENCE = "The authors report a large improvement over the baseline, at half of the cost."


@pytest.mark.parametrize("voice", _MEASURED, ids=lambda voice: voice.name)
@pytest.mark.parametrize("share", [0.5, 2.0])
def test_half_a_sentence_and_the_same_one_twice_are_refused(voice: Voice, share: float) -> None:
    """Of a voice that was measured, after one more take; the text names the whole sentence."""
    usual_s = PACES[voice.engine, voice.voice].expected_ms(counts(_SENTENCE)) / 1000
    assert speak(_utterance(_SENTENCE, voice=voice), FakeEngine(lambda _: _tone(usual_s))).duration_ms > 3000
    engine = FakeEngine(lambda _: _tone(share * usual_s))
    with pytest.raises(OutsideError, match=rf"Voice {voice.name} (returned only|took) .* for '{_SENTENCE}'"):
        speak(_utterance(_SENTENCE, voice=voice), engine)
    assert len(engine.said) == 2


@pytest.mark.parametrize(("seconds", "is_speech"), [(1.9, False), (3.2, True), (9.0, True), (15.0, False)])
def test_a_voice_that_nobody_measured_may_be_slow_or_fast(seconds: float, is_speech: bool) -> None:  # noqa: FBT001
    """But neither leave out most of a sentence nor say it three times."""
    engine = FakeEngine(lambda _: _tone(seconds))
    if is_speech:
        assert speak(_utterance(_SENTENCE), engine).duration_ms == pytest.approx(1000 * seconds)
    else:
        with pytest.raises(OutsideError, match=r"returned only|took"):
            speak(_utterance(_SENTENCE), engine)


def test_one_bad_piece_spoils_a_sentence() -> None:
    """A part that is missing is not covered by the parts that are there."""
    engine = FakeEngine(lambda text: _silence(1) if text == "two" else _tone(1))
    with pytest.raises(OutsideError, match="returned silence for 'one two three'"):
        speak(_utterance("one", "two", "three"), engine)


class Stumbler(FakeEngine):
    """An engine that says nothing with one seed."""

    def __init__(self, seed: int) -> None:
        super().__init__(_second)
        self._seed = seed
        self.seeds: list[int] = []

    def speak(self, piece: Piece, voice: Voice) -> Samples:
        """Speak one piece."""
        self.seeds.append(piece.seed)
        return _silence(1) if piece.seed == self._seed else super().speak(piece, voice)


def test_a_piece_that_failed_is_spoken_once_more() -> None:
    """With another seed; the others are not, and the clip is called what it would have been called."""
    engine, sentence = Stumbler(8), Utterance(0, 0, "one two", (Piece("one", 7), Piece("two", 8)), VOICE)
    clip = speak(sentence, engine)
    assert engine.seeds == [7, 8, 9]
    assert clip.duration_ms == 2120
    assert clip.key == clip_key(sentence, engine.version)


def test_the_last_seed_there_is_has_another_one() -> None:
    """Seeds are numbers of 32 bits."""
    engine = Stumbler(2**32 - 1)
    speak(_utterance("one", seed=2**32 - 1), engine)
    assert engine.seeds == [2**32 - 1, 0]


def test_a_second_take_is_the_last() -> None:
    """A voice that cannot say a sentence is not paid for it without end."""
    engine = FakeEngine(lambda _: _silence(1))
    with pytest.raises(OutsideError, match="returned silence for 'one'"):
        speak(_utterance("one"), engine)
    assert len(engine.said) == 2


def test_one_high_peak_is_no_clipping_and_does_not_turn_over() -> None:
    """It is brought to full scale; written to 16 bits it would else come out at the other end."""
    sound = _tone(1)
    sound[RATE // 2] = 1.3
    clip = speak(_utterance("Hello."), FakeEngine(lambda _: sound))
    assert clip.sound.max() == pytest.approx(1)
    assert clip.sound.min() == pytest.approx(-0.3, abs=0.001)


def test_a_fast_voice_may_be_shorter() -> None:
    """What counts as too short follows the speed of the profile."""
    text = "Sixteen letters and more."
    fast = dataclasses.replace(VOICE, speed=2.0)
    assert speak(_utterance(text, voice=fast), FakeEngine(lambda _: _tone(0.5))).duration_ms > 400
    with pytest.raises(OutsideError, match="returned only"):
        speak(_utterance(text), FakeEngine(lambda _: _tone(0.5)))


def test_silence_around_speech_is_cut_and_its_edges_are_soft() -> None:
    """At most 30 ms of silence stay on either side, and no joint clicks."""
    engine = FakeEngine(lambda _: np.concatenate([_silence(0.8), _tone(1), _silence(1.3)]))
    clip = speak(_utterance("Hello."), engine)
    assert 1000 <= clip.duration_ms <= 1060
    assert abs(clip.sound[[0, -1]]).max() < 0.001


def test_sound_without_silence_around_it_has_soft_edges_too() -> None:
    """A voice that starts at once is faded in, not cut into."""
    square = np.where(np.arange(RATE) // 40 % 2, 0.5, -0.5).astype(np.float32)
    clip = speak(_utterance("Hello."), FakeEngine(lambda _: square))
    assert clip.duration_ms == 1000
    assert abs(clip.sound[[0, -1]]).max() < 0.005
    assert abs(clip.sound[RATE // 50 : -RATE // 50]) == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("gain_db", [0, -20, -25])
def test_a_soft_voice_keeps_its_soft_consonants(gain_db: float) -> None:
    """What counts as silence around a sentence follows how loud the sentence is."""
    word = np.concatenate([_tone(0.1, 0.02), _tone(0.5, 0.5), _tone(0.1, 0.02)]) * np.float32(10 ** (gain_db / 20))
    clip = speak(_utterance("Stop."), FakeEngine(lambda _: np.concatenate([_silence(0.5), word, _silence(0.5)])))
    assert clip.duration_ms == pytest.approx(750, abs=20)


def test_pieces_of_a_sentence_stand_a_breath_apart() -> None:
    """120 ms lie between them, and none after the last."""
    clip = speak(_utterance("one", "two"), FakeEngine(_second))
    assert clip.duration_ms == 2120
    assert not clip.sound[RATE : RATE + RATE * 120 // 1000].any()


def test_the_engine_of_tests_is_found_like_any_other() -> None:
    """It comes by its entry point, and what it hums is a clip."""
    engine = load_engine("tone")
    clip = speak(_utterance("Hello there, dear listeners."), engine)
    assert (clip.rate_hz, clip.key) == (engine.rate_hz, clip_key(_utterance("Hello there, dear listeners."), "tone 1"))


# ── kept clips ──────────────────────────────────────────────────────────────────────────────────────────


def _kept(store: ClipStore, text: str = "Hello there.") -> Clip:
    clip = speak(_utterance(text), ToneEngine())
    store.save(clip)
    return clip


def test_a_kept_clip_comes_back_to_the_bit(tmp_path: Path) -> None:
    """An episode sounds the same from kept clips as from fresh ones."""
    store = ClipStore(tmp_path)
    clip = _kept(store)
    loaded = ClipStore(tmp_path).load(clip.key)
    assert loaded is not None
    assert (loaded.key, loaded.rate_hz, loaded.sound.dtype.name) == (clip.key, clip.rate_hz, "float32")
    assert np.array_equal(loaded.sound, clip.sound)
    assert store.has(clip.key)


def test_a_clip_that_was_never_kept_is_not_there(tmp_path: Path) -> None:
    """An empty folder, or none, is no failure."""
    store = ClipStore(tmp_path / "new")
    assert (store.load("ab" * 32), store.has("ab" * 32)) == (None, False)


def test_a_kept_clip_is_a_file_that_any_player_plays(tmp_path: Path) -> None:
    """It is a mono WAV of 16 bits."""
    clip = _kept(ClipStore(tmp_path))
    (path,) = tmp_path.glob("*/*.wav")
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        assert file.getnframes() == len(clip.samples)


@pytest.mark.parametrize("place", [0, 30, 1000, -1])
def test_a_damaged_clip_is_noticed_and_thrown_away(tmp_path: Path, place: int) -> None:
    """One flipped bit anywhere, and it is spoken again instead of played."""
    store = ClipStore(tmp_path)
    clip = _kept(store)
    (path,) = tmp_path.glob("*/*.wav")
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert store.load(clip.key) is None
    assert not path.exists()
    assert not store.has(clip.key)


def test_a_clip_cut_short_is_noticed(tmp_path: Path) -> None:
    """So is a file that lost its end, or everything."""
    store = ClipStore(tmp_path)
    clip = _kept(store)
    (path,) = tmp_path.glob("*/*.wav")
    for content in (path.read_bytes()[:-2], b""):
        path.write_bytes(content)
        assert store.load(clip.key) is None


# ── many clips ──────────────────────────────────────────────────────────────────────────────────────────


def _all(
    utterances: Sequence[Utterance], engine: Engine, folder: Path, jobs: int = 2, paid: Paid | None = None
) -> list[Clip]:
    with threads(jobs) as executor:
        name = utterances[0].voice.engine
        return list(speak_all(utterances, {name: engine}, ClipStore(folder), executor=executor, paid=paid))


def test_clips_come_in_the_order_of_their_sentences(tmp_path: Path) -> None:
    """Even where the first take longest."""

    def slow_at_first(text: str) -> Samples:
        time.sleep(0.05 if int(text) < 2 else 0)
        return _different(text)

    utterances = [_utterance(str(number)) for number in range(20)]
    clips = _all(utterances, FakeEngine(slow_at_first), tmp_path, jobs=4)
    assert [clip.key for clip in clips] == [clip_key(utterance, "fake 1") for utterance in utterances]


def test_four_at_a_time_say_what_one_says(tmp_path: Path) -> None:
    """How the work was split does not show in a single sample."""
    voice = dataclasses.replace(VOICE, engine="tone")
    utterances = [_utterance(f"Sentence number {number}.", voice=voice, seed=number) for number in range(12)]
    one, four = (_all(utterances, ToneEngine(), tmp_path / str(jobs), jobs) for jobs in (1, 4))
    assert [clip.key for clip in one] == [clip.key for clip in four]
    assert all(np.array_equal(first.sound, second.sound) for first, second in zip(one, four, strict=True))


def test_only_so_much_is_spoken_ahead(tmp_path: Path) -> None:
    """However long the script, memory holds a few clips a worker that nobody has taken yet."""
    engine, jobs = FakeEngine(_different), 2
    said = [_utterance(str(number)) for number in range(80)]
    with threads(jobs) as executor:
        clips = speak_all(said, {"fake": engine}, ClipStore(tmp_path), executor=executor)
        for taken in range(1, 4):
            next(clips)
            _wait_until_quiet(engine)
            assert taken <= len(engine.said) <= taken + jobs * 8 + jobs
        assert len(list(clips)) == 77


def _wait_until_quiet(engine: FakeEngine) -> None:
    """Wait until nothing more is spoken for 60 ms."""
    before = -1
    while before != len(engine.said):
        before = len(engine.said)
        time.sleep(0.06)


def test_what_was_measured_of_a_clip_is_kept_with_it(tmp_path: Path) -> None:
    """Behind its sound, in a WAV file like any other; of one that an earlier version kept it is measured again."""
    (clip,) = _all([_utterance("1", "2")], FakeEngine(_different), tmp_path)
    (path,) = tmp_path.glob("*/*.wav")
    data = path.read_bytes()
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    with wave.open(str(path)) as file:
        assert file.getnframes() == len(clip.samples)
    kept = ClipStore(tmp_path).load(clip.key)
    assert kept is not None
    assert kept.energies is not None
    assert np.array_equal(kept.energies, energies(clip.sound, RATE))
    plain = clips.wav_bytes(clip.samples, RATE)
    path.unlink()
    (path.parent / clips._file_name(clip.key, plain)).write_bytes(plain)
    earlier = ClipStore(tmp_path).load(clip.key)
    assert earlier is not None
    assert earlier.energies is not None
    assert np.array_equal(earlier.energies, kept.energies)


def test_a_clip_travels_in_the_bits_that_it_is_kept_in(tmp_path: Path) -> None:
    """A sentence in half as many bytes as music, which is not of 16 bits; both sound as they did."""
    (clip,) = _all([_utterance("1", "2")], FakeEngine(_different), tmp_path)
    kept = ClipStore(tmp_path).load(clip.key)
    assert kept is not None
    assert clip.samples.dtype == kept.samples.dtype == np.int16
    loud = dataclasses.replace(clip, samples=clip.sound * np.float32(40), energies=None)
    for sent, sound, bytes_a_sample in ((kept, clip.sound, 2), (loud, loud.sound, 4)):
        data = pickle.dumps(sent)
        arrived = pickle.loads(data)  # noqa: S301 - our own
        assert (arrived.key, arrived.rate_hz) == (sent.key, sent.rate_hz)
        assert np.array_equal(arrived.sound, sound)
        assert len(data) == pytest.approx(bytes_a_sample * len(sound), rel=0.05)
        assert (arrived.energies is None) == (sent.energies is None)


def test_kept_clips_are_not_spoken_again(tmp_path: Path) -> None:
    """A second run asks the engine for what is new only."""
    _all([_utterance(str(number)) for number in range(5)], FakeEngine(_different), tmp_path)
    engine = FakeEngine(_different)
    _all([_utterance(str(number)) for number in range(7)], engine, tmp_path)
    assert sorted(engine.said) == ["5", "6"]


def test_a_failure_stops_the_rest_and_keeps_what_was_finished(tmp_path: Path) -> None:
    """The next run begins where this one ended, and nothing is spoken in vain."""
    engine = FakeEngine(lambda text: _silence(1) if text == "5" else _different(text))
    utterances = [_utterance(str(number)) for number in range(60)]
    with pytest.raises(OutsideError, match="returned silence for '5'"):
        _all(utterances, engine, tmp_path, jobs=1)
    store = ClipStore(tmp_path)
    assert all(store.has(clip_key(utterance, "fake 1")) for utterance in utterances[:5])
    assert engine.said == ["0", "1", "2", "3", "4", "5", "5"]
    assert [thread for thread in threading.enumerate() if thread.name.startswith("work")] == []


def test_every_take_that_costs_goes_through_whoever_pays_and_no_other(tmp_path: Path) -> None:
    """Also one that was no speech, and with the most that it can come to; kept clips and free voices cost nothing."""
    takes = [_silence(2), _tone(1), _tone(1)]

    class Paid(FakeEngine):
        def usd_per_minute(self, voice: Voice) -> float:
            """As tts-1."""
            del voice
            return 0.0135

    paid: list[tuple[str, float]] = []
    said = [_utterance(str(number)) for number in range(2)]

    def pay(utterance: Utterance, most_s: float, once: Callable[[], Samples]) -> Samples:
        assert most_s == bounds_s(utterance.written, VOICE)[1]
        samples = once()
        paid.append((utterance.written, len(samples) / RATE))
        return samples

    _all(said, FakeEngine(_second), tmp_path / "free", 1, pay)
    assert not paid
    _all(said, Paid(lambda _: takes.pop(0)), tmp_path, 1, pay)
    _all(said, Paid(_second), tmp_path, 1, pay)
    assert paid == [(said[0].written, 2.0), (said[0].written, 1.0), (said[1].written, 1.0)]


def test_a_piece_of_a_long_sentence_that_was_paid_is_kept_when_the_next_one_fails(tmp_path: Path) -> None:
    """Nothing is paid twice; what is kept in the end is the sentence alone, and is heard as it was spoken."""

    class Paid(FakeEngine):
        def usd_per_minute(self, voice: Voice) -> float:
            """As tts-1."""
            del voice
            return 0.0135

    def fails(text: str) -> Samples:
        if text == "3":
            raise OutsideError("Voice test: example.org has no time. Run the same command again later.")
        return _different(text)

    paid: list[str] = []

    def pay(utterance: Utterance, _: float, once: Callable[[], Samples]) -> Samples:
        samples = once()
        paid.append(utterance.pieces[0].text)
        return samples

    said = _utterance("1", "2", "3")
    with pytest.raises(OutsideError, match=r"The sentence '1 2 3' is not spoken\. Voice test: example\.org"):
        _all([said], Paid(fails), tmp_path, 1, pay)
    (clip,) = _all([said], Paid(_different), tmp_path, 1, pay)
    assert paid == ["1", "2", "3"]
    assert [path.name.partition(".")[0] for path in tmp_path.glob("*/*.wav")] == [clip.key]
    whole = speak(said, FakeEngine(_different))
    assert np.allclose(clip.sound, whole.sound, atol=1e-4)


@pytest.mark.parametrize(("usd", "pieces"), [(0.0, ("1",)), (0.0135, ("1",)), (0.0135, ("1", "2"))])
def test_what_was_paid_is_on_the_disk_before_anything_else_is_paid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, usd: float, pieces: tuple[str, ...]
) -> None:
    """A power cut takes none of it; what costs nothing need not wait for the disk."""

    class Priced(FakeEngine):
        def usd_per_minute(self, voice: Voice) -> float:
            """As it is said above."""
            del voice
            return usd

    fsync, inodes = os.fsync, set[int]()

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        inodes.add(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "fsync", noted)
    _all([_utterance(*pieces)], Priced(_different), tmp_path, 1)
    (clip,) = tmp_path.glob("*/*.wav")
    assert (clip.stat().st_ino in inodes) == (usd > 0)


def test_whoever_stops_listening_stops_the_speaking(tmp_path: Path) -> None:
    """A run that ends early leaves no worker behind."""
    engine, sentences = FakeEngine(_different), [_utterance(str(number)) for number in range(60)]
    with threads(2) as executor:
        clips = speak_all(sentences, {"fake": engine}, ClipStore(tmp_path), executor=executor)
        next(clips)
        clips.close()
        said = len(engine.said)
        time.sleep(0.05)
        assert len(engine.said) == said < 60
    assert [thread for thread in threading.enumerate() if thread.name.startswith("work")] == []


def test_the_same_sentence_twice_at_once_is_no_quarrel(tmp_path: Path) -> None:
    """A script may repeat itself: workers that finish the same clip together both have it."""
    together = threading.Barrier(4)

    def at_once(text: str) -> Samples:
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=0.1)
        return _different(text)

    clips = _all([_utterance(str(number // 4)) for number in range(24)], FakeEngine(at_once), tmp_path, jobs=4)
    assert [len({clip.key for clip in clips[first : first + 4]}) for first in range(0, 24, 4)] == [1] * 6
    assert len(list(tmp_path.glob("*/*"))) == 6


# ── the embedded voice ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_the_embedded_voice_says_the_same_twice_and_from_two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its noise is seeded by the piece: what runs beside it does not show."""
    engine = HibariEngine()
    voice = Voice("heart", "hibari", "heart")
    pieces = [Piece("The authors report a large improvement.", 11), Piece("At half the cost.", 12)]
    first = [engine.speak(piece, voice) for piece in pieces]
    with ThreadPoolExecutor(2) as pool:
        again = list(pool.map(lambda piece: engine.speak(piece, voice), pieces * 3))
    monkeypatch.setattr("podcast.speech.engines.hibari._models", {})
    fresh = HibariEngine().speak(pieces[0], voice)
    for number, samples in enumerate(again):
        assert np.array_equal(samples, first[number % 2])
    assert np.array_equal(fresh, first[0])
    assert not np.array_equal(engine.speak(dataclasses.replace(pieces[0], seed=12), voice), first[0])


def test_a_process_loads_the_model_of_an_embedded_voice_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever engine asks for it, and from whatever thread."""
    loaded: list[str] = []

    def load(voice: Voice) -> Callable[..., Samples]:
        time.sleep(0.01)
        loaded.append(voice.voice)
        return lambda text, speed, seed: np.zeros(1, dtype=np.float32)  # noqa: ARG005 - as a voice is asked

    monkeypatch.setattr("podcast.speech.engines.hibari._models", {})
    monkeypatch.setattr("podcast.speech.engines.hibari._load", load)
    voices = [Voice(name, "hibari", name) for name in ("heart", "emma")]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: HibariEngine().speak(Piece("Hello.", 0), voices[number % 2]), range(8)))
    assert sorted(loaded) == ["emma", "heart"]


def test_the_embedded_voice_speaks_no_more_at_once_than_there_are_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sentence more would take memory, and end no sooner; one that fails makes room for the next."""
    lock, now, most = threading.Lock(), [], []

    def model(text: str, speed: float, seed: int) -> Samples:  # noqa: ARG001 - as a voice is asked
        with lock:
            now.append(text)
            most.append(len(now))
        time.sleep(0.01)
        with lock:
            now.remove(text)
        if not text:
            raise RuntimeError
        return np.zeros(1, dtype=np.float32)

    monkeypatch.setattr("podcast.speech.engines.hibari._computing", threading.BoundedSemaphore(2))
    monkeypatch.setattr("podcast.speech.engines.hibari._models", {"heart": model})
    engine, voice = HibariEngine(), Voice("heart", "hibari", "heart")
    for _ in range(3):
        with pytest.raises(RuntimeError):
            engine.speak(Piece("", 0), voice)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: engine.speak(Piece(str(number), number), voice), range(24)))
    assert max(most) == 2


SPOILT: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "nothing": Path.touch,
}


@pytest.mark.parametrize("kind", SPOILT)
def test_what_lies_in_a_clips_place_and_cannot_be_read_makes_way(tmp_path: Path, kind: str) -> None:
    """It is no clip, and the next one is kept there."""
    store = ClipStore(tmp_path)
    clip = _kept(store)
    (path,) = tmp_path.glob("*/*.wav")
    path.unlink()
    SPOILT[kind](path)
    assert store.load(clip.key) is None
    store.save(clip)
    assert store.load(clip.key) is not None


def test_a_clip_is_not_thrown_away_for_a_machine_that_cannot_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been paid for: with too many files open nothing is read, and nothing is removed."""
    store = ClipStore(tmp_path)
    clip = _kept(store)

    def refuse(path: Path) -> bytes:
        raise OSError(errno.EMFILE, "Too many open files", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", refuse)
        with pytest.raises(OSError, match="Too many open files"):
            store.load(clip.key)
    assert store.load(clip.key) is not None
