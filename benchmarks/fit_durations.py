"""How long a voice takes for a sentence: the numbers of podcast/speech/pace.py, by least squares.

The sentences of scripts and newsletters (or of JSON lines with title and abstract) are spoken at speed 1. Printed are
the numbers, how far sentences stray from them, and what the whole of each file, pauses included, is off by: with the
numbers that are found here, and with those that pace.py has.

Usage: python benchmarks/fit_durations.py [FILE...] [--engine NAME] [--voice NAME] [--every N]
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from podcast.outside.sound import trimmed
from podcast.papers.newsletter import read_newsletter
from podcast.pipeline.script_files import read_script
from podcast.speech.engines import Engine, load_engine, phonetic
from podcast.speech.lexicon import load_lexicon
from podcast.speech.pace import ANY_PACE, Counts, Pace, counts, pace_of, speech_ms, utterance_ms
from podcast.speech.plan import plan
from podcast.types import Newsletter, Paper, Script, Utterance, Voice
from podcast.writing.compose import Occasion, compose
from podcast.writing.writers import Means
from podcast.writing.writers.extractive import ExtractiveWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "2024-06-15" / "script.md"
_ANY_DAY = dt.date(2024, 6, 15)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A file's sentences, and what each piece of them took, in ms, in their order."""

    path: Path
    utterances: tuple[Utterance, ...]
    taken_ms: tuple[float, ...]

    @property
    def counted(self) -> list[Counts]:
        """What each piece has that takes time."""
        return [counts(piece.text) for utterance in self.utterances for piece in utterance.pieces]

    def off_by(self, pace: Pace) -> float:
        """What a pace's whole length is off by, as a share; pauses are the same in both."""
        expected_ms = speech_ms(self.utterances)
        known_ms = sum(map(utterance_ms, self.utterances))
        pauses_ms = expected_ms - known_ms
        return (sum(map(pace.expected_ms, self.counted)) + pauses_ms) / (sum(self.taken_ms) + pauses_ms) - 1


def script_of(path: Path, every: int) -> Script:
    """Read a script, or compose one from a newsletter, or from every so manyeth of a file of abstracts."""
    if path.name == "script.md":
        return read_script(path)
    if path.suffix == ".jsonl":
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[::every]]
        letter = Newsletter("", None, (), tuple(Paper(row["title"], (row["abstract"],)) for row in rows))
    else:
        letter = read_newsletter(path.read_bytes(), name=path.name)
    return compose(letter, Occasion(letter.date or _ANY_DAY, "Paper Podcast"), ExtractiveWriter(Means())).script


def spoken(path: Path, engine: Engine, voice: Voice, every: int) -> Spoken:
    """Speak every sentence of a file."""
    script = script_of(path, every)
    voices = dict.fromkeys((None, *dict(script.speakers)), voice)
    lexicon = load_lexicon(ROOT / "voices" / "lexicon.toml")
    planned = plan(script, voices, lexicon, str(path), phonetic({voice.engine: engine}))
    pieces = [piece for utterance in planned for piece in utterance.pieces]
    sounds = (trimmed(engine.speak(piece, voice), engine.rate_hz) for piece in pieces)
    return Spoken(path, planned, tuple(1000 * len(sound) / engine.rate_hz for sound in sounds))


def fitted(files: Sequence[Spoken]) -> Pace:
    """Find the numbers by which the lengths of all files are off by least, each file counting as much as another."""
    rows = np.array([[1, *astuple(each)] for file in files for each in file.counted], dtype=float)
    taken_ms = np.array([ms for file in files for ms in file.taken_ms])
    share = np.array([1 / sum(file.taken_ms) for file in files for _ in file.taken_ms])
    # Long sentences stray further, as a sum of many words does: by about the square root of their length.
    weight = np.sqrt(share / taken_ms)
    found = np.linalg.lstsq(rows * weight[:, None], taken_ms * weight, rcond=None)[0].round()
    return Pace(found[0], Counts(*map(int, found[1:])), ANY_PACE.least, ANY_PACE.most, words_per_minute(files))


def words_per_minute(files: Sequence[Spoken]) -> float:
    """Written words in a minute of all files, pauses included."""
    words = sum(len(utterance.written.split()) for file in files for utterance in file.utterances)
    pauses_ms = sum(speech_ms(file.utterances) - sum(map(utterance_ms, file.utterances)) for file in files)
    return 60_000 * words / (sum(itertools.chain.from_iterable(file.taken_ms for file in files)) + pauses_ms)


def main() -> None:
    """Print the numbers, how far sentences stray from them, and what whole files are off by."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=[SCRIPT])
    parser.add_argument("--engine", default="hibari")
    parser.add_argument("--voice", default="heart")
    parser.add_argument("--every", type=int, default=75, help="abstracts: one in so many")
    arguments = parser.parse_args()
    engine = load_engine(arguments.engine)
    voice = Voice(arguments.voice, arguments.engine, arguments.voice)
    files = [spoken(path, engine, voice, arguments.every) for path in arguments.files]
    found, known = fitted(files), pace_of(voice)
    named = zip(("base", *(field.name for field in fields(Counts))), (found.base_ms, *astuple(found.ms)), strict=True)
    print(" ".join(f"{name}={ms:.0f}" for name, ms in named), f"words_per_minute={found.words_per_minute:.1f}")
    share = np.array(
        [ms / found.expected_ms(each) for file in files for each, ms in zip(file.counted, file.taken_ms, strict=True)]
    )
    print(f"{len(share)} pieces take {share.min():.2f} to {share.max():.2f} of that, {share.std():.3f} around it")
    for file in files:
        print(f"{file.path.name}: {sum(file.taken_ms) / 60_000:.1f} minutes of sound; "
              f"found here {file.off_by(found):+.2%}, pace.py {file.off_by(known):+.2%}")  # fmt: skip


if __name__ == "__main__":
    main()
