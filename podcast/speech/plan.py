"""What has to be said: a script as utterances, everything that could go wrong refused before anything is spoken."""

from __future__ import annotations

import functools
import hashlib
import re
from typing import TYPE_CHECKING

from podcast.errors import InputError
from podcast.speech.text import spoken, unspeakable
from podcast.types import Paragraph, Piece, Segment, Utterance
from podcast.writing.sentences import cut, split_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from podcast.speech.lexicon import Lexicon
    from podcast.types import Script, Voice

MAX_PIECE_CHARACTERS = 400
"""Longer ones cost engines memory out of proportion, or are cut by them."""

_LIST_MOST = 5
_LONGEST_SHOWN, _STOPS = 40, ".,;:!?。，"

_ALMOST_NAMED = re.compile(r"[*_]{0,2}([^*_:]{1,60})[*_]{0,2} ?:[*_]{0,2}(?= |$)")


def voice_names(script: Script, default: str) -> dict[str | None, str]:
    """Profile by speaker; None is whoever speaks a paragraph without a name."""
    speakers = dict(script.speakers)
    first = next(iter(speakers.values()), default)
    names: dict[str | None, str] = {None: script.voice or first}
    return names | speakers


def plan(
    script: Script,
    voices: Mapping[str | None, Voice],
    lexicon: Lexicon,
    where: str,
    phonetic: Collection[str] = frozenset(),
) -> tuple[Utterance, ...]:
    """Every sentence of a script in order, as its engine will be asked to say it; `phonetic` ones take phonemes.

    Raises InputError naming segment and words, for all segments at once, where there is nothing to speak or
    something that no English voice can say.
    """
    as_said = _sayer(lexicon, phonetic)
    problems = [problem for segment in script.segments for problem in _problems(segment, voices, as_said)]
    problems += [problem for segment in script.segments for problem in _slips(segment, dict(script.speakers))]
    if problems:
        raise InputError("\n".join(f"{where}: {problem}" for problem in problems))
    return tuple(
        utterance
        for segment_index, segment in enumerate(script.segments)
        for paragraph_index, paragraph in enumerate(segment.paragraphs)
        for utterance in _utterances(paragraph, segment_index, paragraph_index, voices[paragraph.speaker], as_said)
    )


def say(text: str, voice: Voice, lexicon: Lexicon, phonetic: Collection[str] = frozenset()) -> tuple[Utterance, ...]:
    """Plan a text that stands in no script."""
    paragraph, as_said = Paragraph(text), _sayer(lexicon, phonetic)
    segment = Segment("", (paragraph,))
    problems = list(_problems(segment, {None: voice}, as_said)) if text.strip() else ["there is nothing to say."]
    if problems:
        texts = (problem.removeprefix("segment '': ") for problem in problems)
        raise InputError("\n".join(text[0].upper() + text[1:] for text in texts))
    return tuple(_utterances(paragraph, 0, 0, voice, as_said))


def _sayer(lexicon: Lexicon, phonetic: Collection[str]) -> Callable[[str, str], str]:
    """Return what gives a sentence as an engine of some name is to say it; it is asked for by whoever checks, too."""

    @functools.cache
    def as_said(sentence: str, engine: str) -> str:
        return spoken(sentence, lexicon, phonemes=engine in phonetic)

    return as_said


def _utterances(
    paragraph: Paragraph, segment_index: int, paragraph_index: int, voice: Voice, as_said: Callable[[str, str], str]
) -> Iterator[Utterance]:
    for sentence in split_sentences(paragraph.text):
        pieces = _pieces(as_said(sentence, voice.engine))
        yield Utterance(segment_index, paragraph_index, sentence, pieces, voice, paragraph.speaker)


def _pieces(said: str) -> tuple[Piece, ...]:
    return tuple(Piece(part, seed_of(part)) for part in cut(said, MAX_PIECE_CHARACTERS))


def seed_of(text: str) -> int:
    """A random stream for each piece, by its text alone: sound does not depend on how the work was split."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def _problems(
    segment: Segment, voices: Mapping[str | None, Voice], as_said: Callable[[str, str], str]
) -> Iterator[str]:
    if not any(paragraph.text.strip() for paragraph in segment.paragraphs):
        yield f"segment {segment.title!r} is empty: write a paragraph under it, or take its heading away."
    for paragraph in segment.paragraphs:
        for sentence in split_sentences(paragraph.text):
            said = as_said(sentence, voices[paragraph.speaker].engine)
            words = unspeakable(sentence, said)
            if words:
                yield f"segment {segment.title!r}: {_cannot_be_spoken(words)}"
            elif word := _too_long_in(said):
                yield _too_long(word, segment)


def _slips(segment: Segment, speakers: Collection[str]) -> Iterator[str]:
    """Find paragraphs that begin almost as a speaker's do: their names would be read aloud, by somebody else."""
    for paragraph in segment.paragraphs:
        named = _ALMOST_NAMED.match(paragraph.text)
        if named and not paragraph.speaker and named[1].strip() in speakers:
            name = named[1].strip()
            yield f"segment {segment.title!r}: {named[0].strip()!r} names no speaker; write **{name}:** in its place."


def too_long_word(sentence: str, lexicon: Lexicon) -> str | None:
    """Find a word that, as it is said, does not fit into one piece."""
    return _too_long_in(spoken(sentence, lexicon))


def _too_long_in(said: str) -> str | None:
    try:
        _pieces(said)
    except ValueError as error:
        return str(error)
    return None


def _too_long(word: str, segment: Segment) -> str:
    return f"segment {segment.title!r}: {word[:40]!r}… is one word of {len(word)} characters: no voice can say it."


def _cannot_be_spoken(words: tuple[str, ...]) -> str:
    shown = ", ".join(word.strip(_STOPS)[:_LONGEST_SHOWN] for word in words[:_LIST_MOST]) + (
        f" and {len(words) - _LIST_MOST} more" if len(words) > _LIST_MOST else ""
    )
    return f"an English voice cannot say {shown}. Write it in English, or take it out."
