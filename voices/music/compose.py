"""Compose the show's music: an opening, a transition and a closing, all grown from one motif.

    python voices/music/compose.py [FOLDER]

writes intro.opus, sting.opus and outro.opus to FOLDER, by default the folder of this file. Everything is
synthesised here from a seed, so the music has no source but this text and can be made again at any time.

The motif rises A D E A and falls F♯ E D. In the intro its last note stands over G major, so it stays open
and a voice can take over; in the outro the same note is the root of D major, so the piece is at home. All
three pieces are in D major at 96 bpm: one bar of four is 2.5 s, and so is the sting.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import pyloudnorm
from scipy import signal

Sound = npt.NDArray[np.float64]
"""Full scale ±1: shape (frames,) for one channel, (frames, 2) for two."""

Instrument = Callable[[float, float, float], Sound]
"""Frequency in Hz, length in s, velocity 0 to 1 → one tone, shape (frames,)."""

RATE_HZ = 44_100
BEAT_S = 60 / 96
LOUDNESS_LUFS = -18.0
PEAK_DBTP = -3.5
"""Half a decibel under what is promised: a lossy codec moves peaks a little."""

_LEAD_IN_S = 0.03  # a codec smears an attack backwards; it must not smear it over the edge of the file
_SILENCE_S = 0.06  # at the very end, for the same reason
_ROLL_S = 0.022  # between the tones of a chord, as a hand plays it


@dataclass(frozen=True, slots=True)
class Note:
    """One tone; `beat` counts from the start of the piece, `beats` is how long the key is held."""

    beat: float
    pitch: str
    beats: float
    velocity: float


@dataclass(frozen=True, slots=True)
class Part:
    """What one instrument plays, where it sits (pan -1 left to 1 right) and how much of it the room hears."""

    instrument: Instrument
    notes: tuple[Note, ...]
    gain_db: float
    pan: float = 0.0
    room_db: float = -12.0
    ceiling_hz: float | None = None
    """Low-pass: what lies under a voice leaves its consonants (1 to 4 kHz) alone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A score, with its length in s, and the time in s at which it begins to fade to silence."""

    name: str
    seconds: float
    fade_from_s: float
    seed: int
    parts: tuple[Part, ...]


# ── tones ───────────────────────────────────────────────────────────────────────────────────────────────

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def frequency_hz(pitch: str) -> float:
    """Equal temperament, A4 = 440 Hz: `F#5`, `D2`."""
    octave, sharp = int(pitch[-1]), pitch[1:-1] == "#"
    midi = 12 * (octave + 1) + _SEMITONES[pitch[0]] + sharp
    return float(440 * 2 ** ((midi - 69) / 12))


def _times(seconds: float) -> Sound:
    """Give the moment of each frame in s."""
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def _held(t: Sound, seconds: float, attack_s: float, release_s: float) -> Sound:
    """Rise as a raised cosine, stay at 1, and from `seconds` on decay by e every `release_s`."""
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / attack_s, 0, 1))
    end = np.clip((t[-1] - t) / 0.02, 0, 1)  # an exponential never quite ends, and where it is cut it clicks
    return np.asarray(rise * end * np.exp(-np.clip(t - seconds, 0, None) / release_s))


def electric_piano(frequency: float, seconds: float, velocity: float) -> Sound:
    """Make a tine tone by FM: the harder it is struck, the more overtones it begins with."""
    release_s = 0.18
    t = _times(seconds + 5 * release_s)
    phase = 2 * np.pi * frequency * t
    high = min(1.0, (330 / frequency) ** 0.6)  # high tines ring darker and shorter
    index = high * (2.4 * velocity * np.exp(-3.0 * t) + 0.25)
    tine = 0.16 * velocity**2 * high * np.sin(7 * phase) * np.exp(-9 * t)
    body = np.sin(phase + index * np.sin(phase)) + 0.16 * np.sin(2 * phase) * np.exp(-2.5 * t)
    decay = 0.7 * np.exp(-0.75 * t / high) + 0.3 * np.exp(-5 * t / high)
    tremolo = 1 + 0.05 * np.sin(2 * np.pi * 3 / BEAT_S * t)  # in triplets, so it sways with the piece
    return np.asarray(velocity * (body + tine) * decay * tremolo * _held(t, seconds, 0.006, release_s))


def mallet(frequency: float, seconds: float, velocity: float) -> Sound:
    """Make a bar tone: the overtones of a tuned bar (4 and 10 times the base) die long before it does."""
    t = _times(max(seconds, 1.8))
    slow = (440 / frequency) ** 0.35
    partials = ((1.0, 1.0, 2.4), (4.0, 0.34 * velocity, 7.0), (9.9, 0.2 * velocity**2, 20.0))
    bar = sum(
        level * np.sin(2 * np.pi * ratio * frequency * t) * np.exp(-rate * t / slow) for ratio, level, rate in partials
    )
    return np.asarray(velocity * bar * _held(t, len(t) / RATE_HZ - 0.1, 0.003, 0.02))


def pluck(frequency: float, seconds: float, velocity: float) -> Sound:
    """Make a soft string tone: each overtone starts weaker and decays faster than the one below it."""
    t = _times(seconds + 0.6)
    string = np.zeros_like(t)
    for overtone in range(1, min(16, int(9_000 / frequency)) + 1):
        level = np.sin(np.pi * overtone * 0.29) / overtone**1.1  # plucked at 29 % of its length
        rate = 3.4 + 1.1 * overtone / (0.4 + velocity)
        string += level * np.sin(2 * np.pi * overtone * frequency * t) * np.exp(-rate * t)
    return velocity * string * _held(t, seconds, 0.004, 0.1)


def pad(frequency: float, seconds: float, velocity: float) -> Sound:
    """Make a slow string-like tone of five voices a few cents apart."""
    release_s = 0.35
    t = _times(seconds + 5 * release_s)
    tone = np.zeros_like(t)
    for voice, cents in enumerate((-6.0, -2.5, 0.0, 3.0, 5.5)):
        phase = 2 * np.pi * frequency * 2 ** (cents / 1200) * t + 2.4 * voice
        for overtone in range(1, 6):
            tone += np.sin(overtone * phase) / overtone**1.7
    return velocity * tone / 5 * _held(t, seconds, min(0.9, 0.45 * seconds), release_s)


def sub(frequency: float, seconds: float, velocity: float) -> Sound:
    """Make a bass that is felt: a sine, and a little octave so that a small speaker has it too."""
    release_s = 0.12
    t = _times(seconds + 5 * release_s)
    phase = 2 * np.pi * frequency * t
    tone = np.sin(phase) + 0.22 * np.sin(2 * phase) + 0.05 * np.sin(3 * phase)
    return velocity * tone * np.exp(-0.55 * t) * _held(t, seconds, 0.025, release_s)


def brush(frequency: float, seconds: float, velocity: float) -> Sound:
    """Make a breath of noise around a frequency, like a page that is turned."""
    t = _times(seconds)
    noise = np.random.default_rng(round(frequency)).standard_normal(len(t))
    band = signal.butter(2, (0.7 * frequency, 1.4 * frequency), "bandpass", fs=RATE_HZ, output="sos")
    envelope = np.exp(-t / (0.2 * seconds)) * _held(t, 0.8 * seconds, 0.16 * seconds, 0.03 * seconds)
    return np.asarray(velocity * signal.sosfilt(band, noise) * envelope)


# ── scores ──────────────────────────────────────────────────────────────────────────────────────────────

_D_ADD9 = "D3 A3 E4 F#4"
_G_MAJ9 = "G3 B3 F#4 A4"
_B_MIN11 = "B2 F#3 A3 D4 E4"
_E_MIN9 = "E3 B3 D4 F#4"
_A_SUS = "A2 E3 G3 B3 D4"

_MOTIF = (
    (0.0, "A4", 0.5, 0.62),
    (0.5, "D5", 0.5, 0.70),
    (1.0, "E5", 0.5, 0.74),
    (1.5, "A5", 1.5, 0.92),
    (3.0, "F#5", 0.5, 0.72),
    (3.5, "E5", 0.5, 0.64),
    (4.0, "D5", 2.5, 0.80),
)
_MOTIF_HEAD = _MOTIF[:4]


def _line(phrase: tuple[tuple[float, str, float, float], ...], beat: float, force: float) -> tuple[Note, ...]:
    """Play a phrase from a beat on, with its velocities times `force`."""
    return tuple(Note(beat + at, pitch, beats, force * velocity) for at, pitch, beats, velocity in phrase)


def _chord(beat: float, pitches: str, beats: float, velocity: float) -> tuple[Note, ...]:
    """Roll a chord upwards."""
    return tuple(Note(beat + i * _ROLL_S / BEAT_S, pitch, beats, velocity) for i, pitch in enumerate(pitches.split()))


def _block(beat: float, pitches: str, beats: float, velocity: float) -> tuple[Note, ...]:
    """Sound a chord at once."""
    return tuple(Note(beat, pitch, beats, velocity) for pitch in pitches.split())


def _run(beat: float, pitches: str, step: float, velocity: float) -> tuple[Note, ...]:
    """Play one pitch after the other, `step` beats apart; `-` rests. Every third is stressed (3 + 3 + 2)."""
    stress = (1.0, 0.6, 0.7, 0.95, 0.6, 0.7, 0.9, 0.65)
    return tuple(
        Note(beat + i * step, pitch, step, velocity * stress[i % 8])
        for i, pitch in enumerate(pitches.split())
        if pitch != "-"
    )


def _octave_up(notes: tuple[Note, ...], force: float) -> tuple[Note, ...]:
    """Double notes an octave higher with their velocities times `force`."""
    return tuple(
        Note(note.beat, f"{note.pitch[:-1]}{int(note.pitch[-1]) + 1}", note.beats, force * note.velocity)
        for note in notes
    )


def intro() -> Piece:
    """Compose 14 s: the motif (0 to 3.75 s), then a bed to speak over, that fades from 11 s on."""
    motif = _line(_MOTIF, 0, 1.0)
    hands = _chord(0, _D_ADD9, 3.9, 0.5) + _chord(4, _G_MAJ9, 3.9, 0.42)
    bed_hands = (
        _chord(8, _B_MIN11, 3.8, 0.3)
        + _chord(12, _E_MIN9, 1.9, 0.28)
        + _chord(14, _A_SUS, 1.9, 0.28)
        + _chord(16, "D3 A3 D4 E4 F#4", 6.2, 0.3)
    )
    strings = _run(0, "D4 A4 E4 D4 A4 E4 D4 A4 D4 A4 E4 D4 A4 E4 F#4 A4", 0.25, 0.6) + _run(
        4, "G3 D4 B3 G3 D4 A3 B3 D4", 0.25, 0.42
    )
    bed_bars = _line(((0, "A4", 1, 0.4), (0.5, "D5", 1, 0.36), (1.5, "E4", 1, 0.34)), 9, 0.8) + _line(
        ((0, "B4", 1, 0.36), (0.5, "A4", 1, 0.32), (3.5, "A4", 1, 0.34), (4.0, "D5", 1, 0.3)), 13, 0.8
    )
    chords = (
        _block(0, "D3 A3 F#4", 3.9, 0.34)
        + _block(4, "G3 D4 F#4", 3.9, 0.42)
        + _block(8, "B3 D4 F#4", 3.9, 0.42)
        + _block(12, "G3 B3 E4", 1.9, 0.42)
        + _block(14, "G3 B3 D4", 1.9, 0.42)
        + _block(16, "F#3 A3 D4 E4", 6.4, 0.4)
    )
    basses = (
        Note(0, "D2", 3.4, 0.8),
        Note(4, "G1", 3.4, 0.8),
        Note(8, "B1", 3.6, 0.7),
        Note(12, "E2", 1.8, 0.6),
        Note(14, "A1", 1.8, 0.65),
        Note(16, "D2", 6.0, 0.65),
    )
    return Piece(
        "intro",
        14.0,
        11.0,
        seed=1,
        parts=(
            Part(electric_piano, motif, -5.0, pan=0.06),
            Part(mallet, _octave_up(motif, 0.5), -8.5, pan=0.22, room_db=-7.0),
            Part(mallet, _run(4.5, "A5 D6 E6", 0.5, 0.34), -9.0, pan=0.35, room_db=-4.0),
            Part(electric_piano, hands, -6.5, pan=-0.18),
            Part(pluck, strings, -6.0, pan=-0.38, room_db=-9.0),
            Part(electric_piano, bed_hands, -7.0, pan=-0.15, ceiling_hz=1_500),
            Part(mallet, bed_bars, -6.5, pan=0.3, room_db=-5.0, ceiling_hz=1_500),
            Part(pad, chords, -7.5, room_db=-6.0, ceiling_hz=1_600),
            Part(
                brush,
                _run(0, "A8 - A8 A8 - A8 A8 -", 0.5, 0.5) + _run(4, "A8 - A8 -", 0.5, 0.3),
                -12.0,
                pan=0.25,
                room_db=-8.0,
            ),
            Part(sub, basses, -13.5, room_db=-60.0),
        ),
    )


def sting() -> Piece:
    """Compose 2.5 s: the head of the motif, left open over G major."""
    head = _line(_MOTIF_HEAD, 0, 0.85)
    return Piece(
        "sting",
        2.5,
        1.5,
        seed=2,
        parts=(
            Part(mallet, head, -5.0, pan=0.12, room_db=-8.0),
            Part(electric_piano, head, -9.0, pan=-0.08, room_db=-9.0),
            Part(electric_piano, _chord(1.5, "G3 D4 F#4 B4", 1.6, 0.4), -11.0, pan=-0.2, room_db=-9.0),
            Part(pluck, _run(0, "D4 - A4 - E4 - D4 A4", 0.25, 0.5), -6.0, pan=-0.4, room_db=-8.0),
            Part(pad, _block(0, "D4 F#4 A4", 1.4, 0.3), -6.0, room_db=-6.0, ceiling_hz=1_500),
            Part(sub, (Note(1.5, "G2", 1.0, 0.6),), -15.0, room_db=-60.0),
        ),
    )


def outro() -> Piece:
    """Compose 12 s: a soft entry (0 to 5 s), the motif (5 s), the last chord (7.5 s) and its ringing out."""
    motif = _line(_MOTIF, 8, 1.0)
    slow_head = (
        Note(1, "A3", 1, 0.30),
        Note(2, "D4", 1, 0.34),
        Note(3, "E4", 1, 0.36),
        Note(4, "A4", 2, 0.42),
        Note(6, "G4", 1, 0.42),
        Note(7, "E4", 1, 0.44),
    )
    hands = (
        _chord(8, _B_MIN11, 1.9, 0.44)
        + _chord(10, "G2 D3 A3 B3 F#4", 0.95, 0.42)
        + _chord(11, "A2 E3 G3 B3 D4", 0.95, 0.42)
        + _chord(12, "D3 A3 E4 F#4 A4", 7.0, 0.56)
    )
    strings = (
        _run(4, "A3 - E4 - G3 E4 D4 E4", 0.25, 0.2)
        + _run(6, "A3 E4 G4 E4 B3 E4 G4 A4", 0.25, 0.36)
        + _run(8, "B3 F#4 D4 B3 F#4 D4 B3 F#4 G3 D4 B3 G3 A3 E4 G3 A3", 0.25, 0.55)
        + _run(12, "D4 A4 E4 D4 A4 - E4 -", 0.25, 0.3)
    )
    chords = (
        _block(0, "G3 B3 D4", 3.9, 0.34)
        + _block(4, "G3 B3 E4", 3.9, 0.42)
        + _block(8, "F#3 B3 D4", 1.9, 0.42)
        + _block(10, "G3 B3 D4", 1.9, 0.42)
        + _block(12, "F#3 A3 D4 E4", 7.0, 0.5)
    )
    basses = (
        Note(0, "G1", 3.6, 0.5),
        Note(4, "A1", 3.6, 0.6),
        Note(8, "B1", 1.8, 0.75),
        Note(10, "G1", 0.9, 0.75),
        Note(11, "A1", 0.9, 0.75),
        Note(12, "D2", 6.0, 0.85),
    )
    farewell = _run(13.5, "A5 D6 E6 A6", 0.5, 0.34)
    return Piece(
        "outro",
        12.0,
        9.6,
        seed=3,
        parts=(
            Part(electric_piano, slow_head, -9.0, pan=0.06, ceiling_hz=1_200),
            Part(electric_piano, motif, -5.0, pan=0.06),
            Part(mallet, _octave_up(motif, 0.5), -8.5, pan=0.22, room_db=-7.0),
            Part(mallet, farewell, -9.0, pan=0.35, room_db=-3.0),
            Part(electric_piano, hands, -8.0, pan=-0.18),
            Part(pluck, strings, -6.5, pan=-0.38, room_db=-9.0),
            Part(pad, chords, -7.5, room_db=-6.0, ceiling_hz=1_600),
            Part(
                brush,
                _run(6, "A8 - A8 -", 0.5, 0.2) + _run(8, "A8 - A8 A8 - A8 A8 - A8", 0.5, 0.45),
                -12.0,
                pan=0.25,
                room_db=-8.0,
            ),
            Part(sub, basses, -13.5, room_db=-60.0),
        ),
    )


PIECES: tuple[Callable[[], Piece], ...] = (intro, sting, outro)


# ── mixing ──────────────────────────────────────────────────────────────────────────────────────────────


def _gain(decibels: float) -> float:
    """Turn dB into a factor on amplitudes."""
    return float(10 ** (decibels / 20))


def _add(track: Sound, tone: Sound, at_s: float) -> None:
    """Mix a tone into a track in place; what would ring on past its end is left out."""
    start = round(at_s * RATE_HZ)
    room = len(track) - start
    track[start : start + len(tone)] += tone[:room]


def _play(part: Part, frames: int, rng: np.random.Generator) -> Sound:
    """Play the notes of a part, each up to 4 ms late and 6 % softer or louder, as a person would."""
    track = np.zeros(frames)
    for note in part.notes:
        late_s, touch = rng.uniform(0, 0.004), rng.uniform(0.94, 1.06)
        tone = part.instrument(frequency_hz(note.pitch), note.beats * BEAT_S, note.velocity * touch)
        _add(track, tone, _LEAD_IN_S + note.beat * BEAT_S + late_s)
    if part.ceiling_hz:
        low_pass = signal.butter(2, part.ceiling_hz, fs=RATE_HZ, output="sos")
        track = np.asarray(signal.sosfilt(low_pass, track))
    return track * _gain(part.gain_db)


def _panned(track: Sound, pan: float) -> Sound:
    """Place a track between the loudspeakers at constant power."""
    angle = (pan + 1) * np.pi / 4
    return np.stack((track * np.cos(angle), track * np.sin(angle)), axis=1)


def _room_response(rng: np.random.Generator) -> Sound:
    """Model a small wooden hall: noise that dies in 1.7 s, its treble in half that; shape (frames, 2)."""
    t = _times(1.7)
    noise = rng.standard_normal((len(t), 2))
    dark = signal.sosfilt(signal.butter(1, 1_400, fs=RATE_HZ, output="sos"), noise, axis=0)
    tail = dark * np.exp(-4.1 * t)[:, None] + 0.25 * (noise - dark) * np.exp(-8.5 * t)[:, None]
    tail *= np.clip(t / 0.025, 0, 1)[:, None]  # a room answers gradually
    no_rumble = signal.butter(2, 180, "highpass", fs=RATE_HZ, output="sos")
    tail = np.asarray(signal.sosfilt(no_rumble, tail, axis=0))
    return np.asarray(tail / np.sqrt(np.sum(tail**2, axis=0)))


def _mixed(piece: Piece) -> Sound:
    """Sum dry parts and the room's answer to them; shape (frames, 2)."""
    rng = np.random.default_rng(piece.seed)
    frames = round(piece.seconds * RATE_HZ)
    dry, send = np.zeros((frames, 2)), np.zeros((frames, 2))
    for part in piece.parts:
        track = _panned(_play(part, frames, rng), part.pan)
        dry += track
        send += track * _gain(part.room_db)
    wet = signal.fftconvolve(send, _room_response(rng), axes=0)[:frames]
    return np.asarray(dry + wet)


def _faded(sound: Sound, fade_from_s: float) -> Sound:
    """Begin and end at exactly zero; the last stretch falls as a squared cosine."""
    t = _times(len(sound) / RATE_HZ)
    end_s = t[-1] - _SILENCE_S
    fall = np.cos(0.5 * np.pi * np.clip((t - fade_from_s) / (end_s - fade_from_s), 0, 1)) ** 2
    return np.asarray(sound * (fall * np.clip(t / 0.005, 0, 1))[:, None])


def _softened(sound: Sound) -> Sound:
    """Round off what rises over 0.4, as tape does, so that it stays under 0.65 (-3.7 dBFS)."""
    over = np.clip(np.abs(sound) - 0.4, 0, None)
    return np.asarray(np.sign(sound) * (np.minimum(np.abs(sound), 0.4) + 0.25 * np.tanh(over / 0.25)))


def true_peak_dbtp(sound: Sound) -> float:
    """Highest level between the samples as well, by fourfold oversampling (ITU-R BS.1770)."""
    return float(20 * np.log10(np.max(np.abs(signal.resample_poly(sound, 4, 1, axis=0)))))


def _at_loudness(sound: Sound) -> Sound:
    """Bring to the common integrated loudness."""
    loudness = float(pyloudnorm.Meter(RATE_HZ).integrated_loudness(sound))
    return sound * _gain(LOUDNESS_LUFS - loudness)


def _levelled(sound: Sound) -> Sound:
    """Bring to the common loudness; a piece too peaky for it comes out quieter, never clipped."""
    level = _at_loudness(_softened(_at_loudness(sound)))
    return level * _gain(min(0.0, PEAK_DBTP - true_peak_dbtp(level)))


def compose(piece: Piece) -> Sound:
    """Make a piece sound: 44.1 kHz, shape (frames, 2), -18 LUFS, true peak under -3 dBTP."""
    sound = _faded(_mixed(piece), piece.fade_from_s)
    return _levelled(sound)


def write_opus(path: Path, samples: Sound) -> None:
    """Encode as Opus in Ogg, 112 kbit/s; the same samples always give the same bytes."""
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"),
        *("-f", "f32le", "-ar", str(RATE_HZ), "-ac", "2", "-i", "pipe:0"),
        *("-c:a", "libopus", "-b:a", "112k", "-vbr", "constrained", "-map_metadata", "-1"),
        *("-fflags", "+bitexact", "-flags:a", "+bitexact", str(path)),
    ]
    subprocess.run(command, input=samples.astype("<f4").tobytes(), check=True)  # noqa: S603


def main() -> None:
    """Write all pieces to the folder named on the command line, or beside this file."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    for score in PIECES:
        piece = score()
        path = folder / f"{piece.name}.opus"
        write_opus(path, compose(piece))
        print(path)


if __name__ == "__main__":
    main()
