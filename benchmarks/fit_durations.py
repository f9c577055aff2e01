"""How long a voice takes for a sentence: the numbers of podcast/speech/proof.py, by least squares.

    ms = base + syllables * syllable_ms + digits * digit_ms + pauses * pause_ms

The sentences of a script are spoken at speed 1; the furthest of them, as shares of what is expected, are printed too.

Usage: python benchmarks/fit_durations.py [SCRIPT...] [--engine NAME] [--voice NAME]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from podcast.outside.sound import trimmed
from podcast.pipeline.script import read_script
from podcast.speech.engines import load_engine, phonetic
from podcast.speech.lexicon import load_lexicon
from podcast.speech.plan import plan
from podcast.speech.proof import counts
from podcast.types import Piece, Voice

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "2024-06-15" / "script.md"


def pieces_of(path: Path, voice: Voice, takes_phonemes: frozenset[str]) -> list[Piece]:
    """What a voice is given of a script."""
    script = read_script(path)
    voices = dict.fromkeys((None, *dict(script.speakers)), voice)
    planned = plan(script, voices, load_lexicon(ROOT / "voices" / "lexicon.toml"), str(path), takes_phonemes)
    return [piece for utterance in planned for piece in utterance.pieces]


def main() -> None:
    """Print the four numbers, and how far sentences stray from them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scripts", nargs="*", type=Path, default=[SCRIPT])
    parser.add_argument("--engine", default="hibari")
    parser.add_argument("--voice", default="heart")
    arguments = parser.parse_args()
    engine = load_engine(arguments.engine)
    voice = Voice(arguments.voice, arguments.engine, arguments.voice)
    takes_phonemes = phonetic({arguments.engine: engine})
    pieces = [piece for path in arguments.scripts for piece in pieces_of(path, voice, takes_phonemes)]
    counted = [counts(piece.text) for piece in pieces]
    rows = np.array([[1, each.syllables, each.digits, each.pauses] for each in counted])
    sounds = [trimmed(engine.speak(piece, voice), engine.rate_hz) for piece in pieces]
    taken_ms = np.array([1000 * len(sound) / engine.rate_hz for sound in sounds])
    # Divided by what was taken: a short sentence that is off by half counts as much as a long one.
    found = np.linalg.lstsq(rows / taken_ms[:, None], np.ones(len(rows)), rcond=None)[0]
    share = taken_ms / (rows @ found)
    names = ("base_ms", "syllable_ms", "digit_ms", "pause_ms")
    print(" ".join(f"{name}={value:.0f}" for name, value in zip(names, found, strict=True)))
    print(f"{len(pieces)} sentences take {share.min():.2f} to {share.max():.2f} of that, {share.std():.3f} around it")
    for at in (*np.argsort(share)[:5], *np.argsort(share)[-5:]):
        print(f"{share[at]:6.2f} {taken_ms[at]:7.0f} ms  {pieces[at].text[:100]}")


if __name__ == "__main__":
    main()
