"""What turning written into spoken costs, against speaking it: CPU of both over one newsletter, on one thread.

Usage: python benchmarks/written_to_spoken.py [SCRIPT]

Prints the ratio, and ends with 1 if it is 3 % or more.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from podcast.pipeline.script_files import read_script
from podcast.show import load_show
from podcast.speech.engines import load_engine
from podcast.speech.lexicon import Lexicon, load_lexicon
from podcast.speech.plan import say
from podcast.speech.text import spoken
from podcast.speech.voice import load_voice
from podcast.writing.sentences import split_sentences

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "2024-06-15" / "script.md"
MOST = 0.03
"""Of the time that speaking takes."""


def sentences_of(path: Path) -> tuple[str, ...]:
    """Every sentence of a script."""
    return tuple(
        sentence
        for segment in read_script(path).segments
        for paragraph in segment.paragraphs
        for sentence in split_sentences(paragraph.text)
    )


def text_cpu_s(sentences: tuple[str, ...], lexicon: Lexicon) -> float:
    """CPU seconds of `spoken` over all sentences, the rules loaded before."""
    spoken("Ready.", lexicon, phonemes=True)
    started = time.process_time()
    for sentence in sentences:
        spoken(sentence, lexicon, phonemes=True)
    return time.process_time() - started


def speech_cpu_s(sentences: tuple[str, ...], lexicon: Lexicon) -> float:
    """CPU seconds of speaking what they became, the voice loaded before."""
    engine = load_engine("hibari")
    voice = load_voice("heart", load_show(ROOT).folder / "voices")
    pieces = [
        piece
        for sentence in sentences
        for utterance in say(sentence, voice, lexicon, frozenset({"hibari"}))
        for piece in utterance.pieces
    ]
    engine.speak(pieces[0], voice)
    started = time.process_time()
    for piece in pieces:
        engine.speak(piece, voice)
    return time.process_time() - started


def main() -> None:
    """Print both and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("script", nargs="?", type=Path, default=SCRIPT)
    sentences = sentences_of(parser.parse_args().script)
    lexicon = load_lexicon(ROOT / "voices" / "lexicon.toml")
    text_s, speech_s = text_cpu_s(sentences, lexicon), speech_cpu_s(sentences, lexicon)
    ratio = text_s / speech_s
    print(f"{len(sentences)} sentences: text {text_s:.3f} s, speech {speech_s:.1f} s of CPU: {ratio:.2%}")
    if ratio >= MOST:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
