"""The embedded voice: hibari-tts, a neural voice of 8 MB inside its wheel. No network, no key.

It is deterministic on one kind of processor: one thread a sentence, its noise seeded by the piece.
"""

from __future__ import annotations

import functools
import gzip
import math
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from podcast.audio.spectra import spectra
from podcast.errors import InputError
from podcast.outside.executor import processors

if TYPE_CHECKING:
    from podcast.audio.spectra import Spectra
    from podcast.types import Piece, Samples, Voice


_INSIDE = "heart"
"""The voice in the wheel itself: nothing has to be imported to know that it is there."""

_computing = threading.BoundedSemaphore(processors())
"""Each sentence more at once takes memory, and no less time."""

_AT_ONCE = 1 << 15
"""Numbers of a spectrum that are computed together: what they take fits where a processor remembers."""

_HALF_RANGE = 1 << 15
"""Of 16 bits: as fine as the sound is kept."""

_SOUND_VERSION = 2
"""Raise this when the same sentence is computed to other samples."""

_loading = threading.Lock()
_models: dict[str, Any] = {}
"""By voice, until the process ends: their lexicons are a million objects, long to make and to take apart."""


@functools.cache
def _versions() -> str:
    """What is installed, which takes a while to look up and is asked for with every sentence."""
    names = ", ".join(f"{name} {version(name)}" for name in ("hibari-tts", "onnxruntime", "numpy"))
    return f"{names}, sound {_SOUND_VERSION}"


class HibariEngine:
    """Speaks with the voices that need no download; a process loads a model once, when it is first used."""

    rate_hz = 24_000
    takes_phonemes = True

    @functools.cached_property
    def version(self) -> str:
        """Of the voice and of the runtime that computes it."""
        return _versions()

    def usd_per_minute(self, voice: Voice) -> float:  # noqa: ARG002 - the same for all
        """Nothing: it runs here."""
        return 0.0

    def ready(self, voice: Voice) -> str | None:
        """Whether the voice's model is here."""
        if voice.voice == _INSIDE:
            return None
        try:
            _model_path(voice)
        except InputError as error:
            return str(error)
        return None

    def travels(self, voice: Voice) -> bool:  # noqa: ARG002 - the same for all
        """Always."""
        return True

    def phonemes(self, piece: Piece, voice: Voice) -> str | None:
        """In misaki's alphabet: what its network is given."""
        return " ".join(self._model(voice).phonemize(piece.text))

    def load(self, voice: Voice) -> None:
        """Load the voice's model, unless one is being loaded: whoever speaks waits for that."""
        if not _loading.locked():
            self._model(voice)

    def speak(self, piece: Piece, voice: Voice) -> Samples:
        """Speak one piece; no more of them at once than there are processors."""
        model = self._model(voice)
        with _computing:
            return np.asarray(model(piece.text, speed=voice.speed, seed=piece.seed), dtype=np.float32)

    def _model(self, voice: Voice) -> Any:
        with _loading:
            if voice.voice not in _models:
                _models[voice.voice] = _load(voice)
            return _models[voice.voice]


def _load(voice: Voice) -> Any:
    """Load the network beside the lexicons; those, and the net for unknown words, now, not in two threads at once."""
    hibari = _hibari()
    path = _model_path(voice)
    with ThreadPoolExecutor(1) as pool:
        lexicons = pool.submit(hibari.g2p.G2P, british=hibari.voices.VOICES[voice.voice]["british"])

        def spell(text: str) -> Any:
            return lexicons.result()(text)

        model = hibari.Hibari(voice=voice.voice, model=path, g2p=spell)
        model.phonemize("Ready, xylotome.")
    return model


def _model_path(voice: Voice) -> Any:
    voices = _hibari().voices
    if voice.voice not in voices.VOICES:
        raise InputError(f"hibari has no voice {voice.voice!r}, only {', '.join(sorted(voices.VOICES))}.")
    try:
        return voices.voice_path(voice.voice, download_missing=False)
    except FileNotFoundError as error:
        raise InputError(f"hibari's {voice.voice!r} is not here: put its model at {error}.") from error


# ── the package, and what of it is done sooner here ─────────────────────────────────────────────────────


def _hibari() -> Any:
    """Import the package, its lexicons read and its sound computed by functions of ours.

    numpy's transforms are as fast as scipy's, which take longer to import than all the rest.
    """
    with _scipy_hidden:
        import hibari.g2p
        import hibari.voices
    hibari.dsp.rfft, hibari.dsp.irfft = _rfft, _irfft
    hibari.dsp.synth = functools.partial(_sound, hibari.dsp)
    hibari.g2p._load_json = functools.partial(_lexicon, Path(hibari.g2p.ASSETS))  # noqa: SLF001 - it takes no reader
    return hibari


def _lexicon(folder: Path, name: str) -> Any:
    """Read one of its files of JSON, in half the time that it takes itself: the first sentence waits for them."""
    import orjson

    data = (folder / name).read_bytes()
    return orjson.loads(gzip.decompress(data) if name.endswith(".gz") else data)


class _ScipyHidden:
    """Hides scipy from what is imported on the one thread that has entered it; others find it all the while.

    It stays where imports ask: taken out, it could hide from a thread that is asking there what stands behind it.
    """

    def __init__(self) -> None:
        self._entered = threading.Lock()
        self._thread = 0

    def __enter__(self) -> None:
        self._entered.acquire()
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)
        self._thread = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        self._thread = 0
        self._entered.release()

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse what is hidden; else leave it to the next one."""
        if self._thread == threading.get_ident() and name.partition(".")[0] == "scipy":
            raise ModuleNotFoundError(f"{name} is hidden", name=name)


_scipy_hidden = _ScipyHidden()


def _rfft(frames: Samples, axis: int) -> Spectra:
    """Transform frames; their samples are always along the last axis."""
    assert axis == frames.ndim - 1  # noqa: S101 - so hibari has them
    return spectra(frames)


def _irfft(found: Spectra, n: int, axis: int) -> Samples:
    """Transform back, sample beside sample: what is done with them next goes through them in that order."""
    return np.ascontiguousarray(np.fft.irfft(found, n, axis))


def _sound(dsp: Any, *said: Any) -> Samples:
    """Turn what the network says into sound, as the package's function in this place does, some frequencies at a time.

    The network says, for each frequency and frame, logarithms of how loud what is voiced, noise and the rest are, how
    far the pulses of the voice and the rest are turned, and for each frame how high the voice is.
    """
    voiced, turns, noisy, loud, angles, pitches_hz, rng = said
    frames = voiced.shape[1]
    spectrum = dsp.stft(dsp.pulses(pitches_hz), frames)
    rows = max(1, _AT_ONCE // frames)
    for first in range(0, len(spectrum), rows):
        some = slice(first, first + rows)
        own = spectrum[some]
        own *= _turned(dsp.ex(voiced[some]), np.tanh(turns[some]) * np.float32(np.pi))
        own += _noise(rng, own.shape) * dsp.ex(noisy[some])
        own += _turned(dsp.ex(loud[some]), angles[some])
    sound: Samples = dsp.ola(spectrum)
    return sound


def _turned(sizes: Samples, angles: Samples) -> Spectra:
    turned = np.empty(sizes.shape, dtype=np.complex64)
    np.multiply(sizes, np.cos(angles), out=turned.real)
    np.multiply(sizes, np.sin(angles), out=turned.imag)
    return turned


def _noise(rng: np.random.Generator, shape: tuple[int, ...]) -> Spectra:
    """Draw numbers whose parts have the mean 0 and the variance 1, spread evenly; the package draws normal ones.

    Each sample of sound sums thousands of them, and so is normal either way (central limit theorem): evenly they are
    drawn in a tenth of the time, which was a seventh of speaking.
    """
    parts = rng.integers(-_HALF_RANGE, _HALF_RANGE, (*shape[:-1], 2 * shape[-1]), dtype=np.int16)
    return (parts * np.float32(math.sqrt(3) / _HALF_RANGE)).view(np.complex64)
