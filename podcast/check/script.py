"""Rules for a script, before anything is spoken: what could not be said, or would be said by nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.audio.tags import MAX_CHAPTERS
from podcast.check.rules import Fault, Rule, rule
from podcast.speech.plan import too_long_word, voice_names
from podcast.speech.text import unspeakable
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from podcast.speech.lexicon import Lexicon
    from podcast.types import Level, Script
    from podcast.writing.evidence import Sources


@dataclass(frozen=True, slots=True)
class ScriptSubject:
    """A script, and what the show has to speak it with."""

    script: Script
    where: str
    lexicon: Lexicon
    voices: Collection[str]
    default_voice: str
    sources: Sources | None = None
    """What each segment was written from, where that is known."""
    level: Level = "practitioner"

    def passage(self, index: int) -> str:
        """Find what a segment was written from."""
        return self.sources.passages[index] if self.sources else ""

    def sentences(self) -> Iterator[tuple[str, str]]:
        """Yield every sentence that is spoken, behind the place where it stands."""
        for segment in self.script.segments:
            for paragraph in segment.paragraphs:
                for sentence in split_sentences(paragraph.text):
                    yield self.place(segment.title), sentence

    def place(self, title: str) -> str:
        """Name a segment."""
        return f"{self.where}, segment {title!r}"


@rule("script-empty-segment", "at least one paragraph under each heading")
def empty_segment(subject: ScriptSubject) -> Iterator[Fault]:
    """A chapter in which nobody speaks."""
    for segment in subject.script.segments:
        if not any(paragraph.text.strip() for paragraph in segment.paragraphs):
            yield Fault(subject.place(segment.title), segment.title)


@rule("script-unspeakable", "words that an English voice can say")
def unspeakable_text(subject: ScriptSubject) -> Iterator[Fault]:
    """Words in scripts that an English voice has no sounds for, and sentences of nothing but signs."""
    for place, sentence in subject.sentences():
        if words := unspeakable(sentence):
            yield Fault(place, sentence, f"words that an English voice can say, unlike {', '.join(words)}")


@rule("script-long-word", "words that a voice can say in one go")
def long_word(subject: ScriptSubject) -> Iterator[Fault]:
    """One word that no engine takes."""
    for place, sentence in subject.sentences():
        if not unspeakable(sentence) and (word := too_long_word(sentence, subject.lexicon)):
            yield Fault(place, word)


@rule("script-voice", "a voice profile that `podcast voices` lists")
def unknown_voice(subject: ScriptSubject) -> Iterator[Fault]:
    """A speaker whose voice is not there."""
    for speaker, voice in voice_names(subject.script, subject.default_voice).items():
        if voice not in subject.voices:
            yield Fault(f"{subject.where}, {speaker or 'voice'}", voice)


@rule("script-chapters", f"at most {MAX_CHAPTERS} segments")
def too_many_segments(subject: ScriptSubject) -> Iterator[Fault]:
    """More chapters than a file can list."""
    if len(subject.script.segments) > MAX_CHAPTERS:
        yield Fault(subject.where, f"{len(subject.script.segments)} segments")


RULES: tuple[Rule[ScriptSubject], ...] = (
    empty_segment,
    unspeakable_text,
    long_word,
    unknown_voice,
    too_many_segments,
)
