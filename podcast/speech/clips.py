"""Sentences as sound: spoken, checked, trimmed, and kept by what they are made of.

A clip's key is the SHA-256 of canonical JSON of all that affects its samples. Its file is named by that key and
by the digest of its content, so that a damaged file is spoken again instead of played.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import io
import json
import platform
import re
import struct
import threading
import wave
from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import dataclass, field
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from podcast import __version__, files
from podcast.audio.meter import energies
from podcast.errors import OutsideError
from podcast.files import sha256_of, write_bytes
from podcast.outside.sound import TRIM_VERSION, trimmed
from podcast.speech.engines import Metered, Travelling, load_engine
from podcast.speech.pace import utterance_ms
from podcast.speech.proof import PROOF_VERSION, bounds_s, speech_fault, take_fault
from podcast.types import Clip, from_pcm, to_pcm

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from podcast.outside.executor import Executor
    from podcast.speech.engines import Engine
    from podcast.types import Pcm, Piece, Samples, Utterance

_PIECE_PAUSE_MS = 120
_BEFORE_RIFF, _BEFORE_SOUND = 8, 44
"""Bytes of our WAV files: before what their first size counts, and before their samples."""

_ENERGIES = b"kwe2"
"""The chunk of a WAV file with what was measured of it: another meter takes another name, and measures anew."""

_LONGEST_QUOTE = 80
_CHUNK_MS = (10_000, 30_000)
"""Speech that is sent away in one go, at least and at most: its way costs little beside it."""

_CHUNKS_A_SLOT = 4
"""Between least and most as many as keep every worker busy to the end."""

_SEEDS = 1 << 32
_NAME = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{16}\.wav")
_NO_SOUND = np.zeros(0, dtype=np.float32)

Paid = Callable[["Utterance", float, Callable[[], "Samples"]], "Samples"]
"""Has one paid request made: of which sentence, how many seconds it may come to at most, and what makes it."""

_SILENT_FIELDS = {"name", "description", "pauses", "gain_db"}
"""Of a voice profile: what no engine is told."""


# ── one clip ────────────────────────────────────────────────────────────────────────────────────────────


def clip_key(utterance: Utterance, engine_version: str) -> str:
    """Name a clip by everything that affects its samples."""
    voice = dataclasses.asdict(utterance.voice)
    parts = {
        "engine": engine_version,
        "pieces": [[piece.text, piece.seed] for piece in utterance.pieces],
        "proof": PROOF_VERSION,
        "trim": [TRIM_VERSION, _PIECE_PAUSE_MS],
        "voice": {field: value for field, value in voice.items() if field not in _SILENT_FIELDS},
    }
    return sha256_of(json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())


def speak(utterance: Utterance, engine: Engine, paid: Paid | None = None) -> Clip:
    """Speak one sentence and prove that it sounds like one; a piece that does not is spoken once more.

    Raises OutsideError naming the sentence if the second take is no speech of that text either.
    """
    return _joined(utterance, engine, [_proven(piece, utterance, engine, paid) for piece in utterance.pieces])


def _joined(utterance: Utterance, engine: Engine, pieces: Sequence[Samples]) -> Clip:
    pause = np.zeros(engine.rate_hz * _PIECE_PAUSE_MS // 1000, dtype=np.float32)
    parts = [part for piece in pieces for part in (piece, pause)][:-1]
    samples = np.concatenate(parts)
    return Clip(clip_key(utterance, engine.version), to_pcm(samples), engine.rate_hz, energies(samples, engine.rate_hz))


def _proven(piece: Piece, utterance: Utterance, engine: Engine, paid: Paid | None) -> Samples:
    sound, fault = _take(piece, utterance, engine, paid)
    if fault:
        sound, fault = _take(dataclasses.replace(piece, seed=(piece.seed + 1) % _SEEDS), utterance, engine, paid)
    if fault:
        raise _bad_clip(fault, utterance)
    return sound


def _take(piece: Piece, utterance: Utterance, engine: Engine, paid: Paid | None) -> tuple[Samples, str | None]:
    """Speak a piece; its sound without the silence around it, and what is wrong with it."""
    samples = _asked(piece, utterance, engine, paid)
    if fault := take_fault(samples):
        return _NO_SOUND, fault
    sound = trimmed(np.clip(samples, -1.0, 1.0), engine.rate_hz)
    return sound, speech_fault(sound, engine.rate_hz, piece.text, utterance.voice)


def _asked(piece: Piece, utterance: Utterance, engine: Engine, paid: Paid | None) -> Samples:
    """Have the engine speak; through whoever pays, where it costs something. What fails names the sentence."""
    voice = utterance.voice
    try:
        if paid is None or not _is_paid(utterance, engine):
            return engine.speak(piece, voice)
        meter = functools.partial(paid, utterance)
        if isinstance(engine, Metered):
            return engine.speak_metered(piece, voice, meter)
        return meter(bounds_s(piece.text, voice)[1], lambda: engine.speak(piece, voice))
    except OutsideError as error:
        sentence = shorten(utterance.written, _LONGEST_QUOTE)
        raise OutsideError(f"The sentence {sentence!r} is not spoken. {error}") from error


def parts_of(utterance: Utterance) -> Iterator[Utterance]:
    """Yield the pieces of a sentence as sentences of their own: a paid one is kept as these until all are there."""
    yield from (dataclasses.replace(utterance, pieces=(piece,)) for piece in utterance.pieces)


def _is_paid(utterance: Utterance, engine: Engine) -> bool:
    return engine.usd_per_minute(utterance.voice) > 0


def _bad_clip(what: str, utterance: Utterance) -> OutsideError:
    return OutsideError(
        f"Voice {utterance.voice.name} {what} for {utterance.written!r}. "
        "Reword the sentence, or add the word it stumbles over to voices/lexicon.toml; finished sentences are kept."
    )


# ── kept clips ──────────────────────────────────────────────────────────────────────────────────────────


class ClipStore:
    """Clips in a folder, as WAV files that any player plays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, key: str) -> Clip | None:
        """Return a clip, or None if it is not there or not as it was written."""
        for path in self._named(key):
            data = files.readable(path)
            if path.name == _file_name(key, data):
                return _from_wav(key, data)
            files.discard(path)
        return None

    def save(self, clip: Clip, *, durable: bool = False) -> None:
        """Keep a clip; its name verifies it, so nobody need wait for the disk, but for one that was paid."""
        data = _to_wav(clip)
        write_bytes(self._folder / clip.key[:2] / _file_name(clip.key, data), data, durable=durable)
        if durable:
            files.sync_folder(self._folder)  # the clip's own folder may be as young, made by one that was not

    def forget(self, key: str) -> None:
        """Throw a clip away."""
        for path in self._named(key):
            path.unlink(missing_ok=True)

    def has(self, key: str) -> bool:
        """Whether there is such a clip, without reading it."""
        return bool(self._named(key))

    def files(self) -> list[Path]:
        """List the files of all clips; a file's name begins with the key of its clip."""
        return sorted(path for path in self._folder.glob("*/*.wav") if _NAME.fullmatch(path.name))

    def _named(self, key: str) -> list[Path]:
        return files.named(self._folder / key[:2], f"{key}.", ".wav")


def _file_name(key: str, data: bytes) -> str:
    return f"{key}.{sha256_of(data)[:16]}.wav"


def wav_bytes(samples: Samples | Pcm, rate_hz: int) -> bytes:
    """Mono sound as a WAV file of 16 bits."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(to_pcm(samples).tobytes())
    return buffer.getvalue()


def _to_wav(clip: Clip) -> bytes:
    """As a file: what was measured of it stands behind its sound, where players pass it over."""
    wav = wav_bytes(clip.samples, clip.rate_hz)
    if clip.energies is None:
        return wav
    measured = clip.energies.astype("<f4").tobytes()
    chunk = struct.pack("<4sI", _ENERGIES, len(measured)) + measured
    return wav[:4] + struct.pack("<I", len(wav) + len(chunk) - _BEFORE_RIFF) + wav[_BEFORE_RIFF:] + chunk


def _from_wav(key: str, data: bytes) -> Clip:
    with wave.open(io.BytesIO(data)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        rate_hz = file.getframerate()
    measured = _measured(data[_BEFORE_SOUND + pcm.nbytes :])
    return Clip(key, pcm, rate_hz, energies(from_pcm(pcm), rate_hz) if measured is None else measured)


def _measured(rest: bytes) -> Samples | None:
    """Read what stands behind the sound; an earlier version put nothing there."""
    head = struct.calcsize("<4sI")
    if rest[:4] != _ENERGIES:
        return None
    return np.frombuffer(rest, dtype="<f4", offset=head).astype(np.float32)


# ── many clips ──────────────────────────────────────────────────────────────────────────────────────────


def speak_all(
    utterances: Sequence[Utterance],
    engines: Mapping[str, Engine],
    store: ClipStore,
    *,
    executor: Executor,
    paid: Paid | None = None,
) -> Generator[Clip]:
    """Clips in the order of their utterances, spoken side by side, kept ones reused; memory is bounded.

    The first failure stops the rest and is raised; clips that were finished by then are kept. `paid` is called from
    several threads, before anything is paid: what it raises is a failure like any other.
    """
    worker = _Worker(engines, store, executor, paid)
    waiting: collections.deque[Future[list[Clip]]] = collections.deque()
    try:
        for chunk in _chunks(utterances, engines, executor):
            waiting.append(executor.submit(functools.partial(worker, chunk)))
            if len(waiting) > executor.slots * 8:  # enough to keep every worker busy while the oldest is mixed
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        worker.stop()
        wait([future for future in waiting if not future.cancel()])


def _chunks(
    utterances: Sequence[Utterance], engines: Mapping[str, Engine], executor: Executor
) -> Iterator[tuple[Utterance, ...]]:
    """What is spoken in one go: a sentence; some of one engine, half a minute at most, where they are sent away."""
    if executor.is_here:
        yield from ((utterance,) for utterance in utterances)
        return
    lengths_ms = list(map(utterance_ms, utterances))
    least_ms, most_ms = _CHUNK_MS
    wanted_ms = min(max(sum(lengths_ms) / (executor.slots * _CHUNKS_A_SLOT), least_ms), most_ms)
    chunk: list[Utterance] = []
    chunk_ms = 0.0
    for utterance, length_ms in zip(utterances, lengths_ms, strict=True):
        if chunk and (chunk_ms >= wanted_ms or not _go_together(chunk[-1], utterance, engines)):
            yield tuple(chunk)
            chunk, chunk_ms = [], 0.0
        chunk.append(utterance)
        chunk_ms += length_ms
    if chunk:
        yield tuple(chunk)


def _go_together(one: Utterance, other: Utterance, engines: Mapping[str, Engine]) -> bool:
    return one.voice.engine == other.voice.engine and _travels(one, engines) and _travels(other, engines)


def _travels(utterance: Utterance, engines: Mapping[str, Engine]) -> bool:
    """Whether any machine with the engine's package can speak it; what is paid never leaves, for its key does not."""
    engine = engines[utterance.voice.engine]
    return isinstance(engine, Travelling) and engine.travels(utterance.voice) and not _is_paid(utterance, engine)


class _StoppedError(Exception):
    """Nobody listens any more: no sentence is begun."""


@dataclass(frozen=True, slots=True)
class _Worker:
    """What every thread does, until one fails: then none begins another sentence, which may be a paid one."""

    engines: Mapping[str, Engine]
    store: ClipStore
    executor: Executor
    paid: Paid | None = None
    failures: list[BaseException] = field(default_factory=list)

    def __call__(self, chunk: tuple[Utterance, ...]) -> list[Clip]:
        if self.failures:
            raise self.failures[0]
        try:
            if self.executor.is_here or not _travels(chunk[0], self.engines):
                return [self._clip(utterance) for utterance in chunk]
            return self._sent(chunk)
        except BaseException as error:
            self.failures.append(error)
            raise

    def stop(self) -> None:
        """Begin nothing more."""
        self.failures.append(_StoppedError())

    def _clip(self, utterance: Utterance) -> Clip:
        engine = self.engines[utterance.voice.engine]
        clip = self.store.load(clip_key(utterance, engine.version))
        if clip is None and len(utterance.pieces) > 1 and _is_paid(utterance, engine):
            return self._in_pieces(utterance, engine)
        if clip is None:
            with self.executor.here:
                clip = speak(utterance, engine, self.paid)
            self.store.save(clip, durable=_is_paid(utterance, engine))
        return clip

    def _in_pieces(self, utterance: Utterance, engine: Engine) -> Clip:
        """Have each piece of a long sentence kept until all are there: the next may fail, and this one is paid."""
        parts = [self._clip(part) for part in parts_of(utterance)]
        clip = _joined(utterance, engine, [part.sound for part in parts])
        self.store.save(clip, durable=True)
        for part in parts:
            self.store.forget(part.key)
        return clip

    def _sent(self, chunk: tuple[Utterance, ...]) -> list[Clip]:
        """Have what is not kept spoken wherever the executor's processors are, and keep it."""
        version = self.engines[chunk[0].voice.engine].version
        keys = [clip_key(utterance, version) for utterance in chunk]
        clips = {key: clip for key in keys if (clip := self.store.load(key))}
        missing = {key: utterance for key, utterance in zip(keys, chunk, strict=True) if key not in clips}
        if missing:
            found = {clip.key: clip for clip in self.executor.run(spoken, tuple(missing.values()), version)}
            if found.keys() != missing.keys():
                raise OutsideError(
                    f"A worker has another podcast than {__version__}, though it says that it has the same. Install "
                    "the same there, or take that machine out of the cluster."
                )
            for clip in found.values():
                self.store.save(clip)
            clips |= found
        return [clips[key] for key in keys]


# ── where an executor has them spoken ───────────────────────────────────────────────────────────────────

_loading = threading.Lock()
_loaded: dict[str, Engine] = {}
"""Engines of this process, by name: a model is loaded once."""


def spoken(utterances: tuple[Utterance, ...], version: str) -> tuple[Clip, ...]:
    """Speak sentences of one engine; nothing but these values says how they sound.

    Raises OutsideError where this machine's engine is not of that version, or misses something: the clips would have
    names that do not fit their sound.
    """
    engine = engine_here(utterances[0].voice.engine)
    if engine.version != version:
        raise OutsideError(
            f"{_this_machine()} speaks with {engine.version}, and this episode with {version}. Install the same there, "
            "or take that machine out of the cluster."
        )
    for voice in dict.fromkeys(utterance.voice for utterance in utterances):
        if problem := engine.ready(voice):
            raise OutsideError(f"{_this_machine()}: voice {voice.name} is not ready there: {problem}")
    return tuple(speak(utterance, engine) for utterance in utterances)


def engine_here(name: str) -> Engine:
    """Return this process's engine of that name."""
    with _loading:
        if name not in _loaded:
            _loaded[name] = load_engine(name)
        return _loaded[name]


def _this_machine() -> str:
    return f"The worker on {platform.node() or 'a machine without a name'}"
