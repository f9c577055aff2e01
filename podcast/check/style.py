"""Rules for how a script sounds: what can be said, but is tiring or riddling to listen to."""

from __future__ import annotations

import re
import statistics
from typing import TYPE_CHECKING

from podcast.check.rules import Fault, Rule, rule
from podcast.writing.acronyms import acronyms_of, definitions, household, says
from podcast.writing.sentences import split_sentences
from podcast.writing.style import LONG_WORDS, MEDIAN_WORDS, explains, heard_words, long_sentences
from podcast.writing.told import IN_A_ROW, opening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.check.script import ScriptSubject
    from podcast.types import Segment

_FEWEST_SENTENCES = 3
"""Of fewer there is no middle one."""

_DIRECTION = re.compile(
    r"[\[(*](?:music|laugh\w*|laughter|applause|sighs?|paus\w+|intro|outro|chuckl\w*|sound effects?|jingle|beat"
    r"|cheer\w*|clears throat|smil\w+|hosts?|narrator|speaker|fad\w+)\b[^\])*]{0,40}[\])*]",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"^(?:[-*•‣]\s|\d{1,2}[.)]\s(?=[A-Z])|#{1,6}\s)|\*\*[^*\s][^*]*\*\*|__[^_\s][^_]*__|(?<!`)`[^`'’]{1,40}`(?!`)|\[[^\]]+\]\([^)\s]+\)"
)


def _sentences(segment: Segment) -> list[str]:
    return [sentence for paragraph in segment.paragraphs for sentence in split_sentences(paragraph.text)]


@rule("style-median", f"half of the sentences of a segment with at most {MEDIAN_WORDS} words")
def long_median(subject: ScriptSubject) -> Iterator[Fault]:
    """Who listens cannot go back to the beginning of a sentence."""
    for segment in subject.script.segments:
        counts = [heard_words(sentence) for sentence in _sentences(segment)]
        if len(counts) >= _FEWEST_SENTENCES and (median := statistics.median(counts)) > MEDIAN_WORDS:
            yield Fault(subject.place(segment.title), f"a median of {median:g} words")


@rule("style-long", f"at most one sentence in twenty, or one of fewer, with more than {LONG_WORDS} words")
def too_many_long(subject: ScriptSubject) -> Iterator[Fault]:
    """One long sentence is a breath; several are a lecture."""
    for segment in subject.script.segments:
        for sentence in long_sentences(_sentences(segment)):
            yield Fault(subject.place(segment.title), sentence, f"fewer words than {heard_words(sentence)}")


@rule("style-openings", "sentences that do not begin with the same two words three times in a row")
def alike_openings(subject: ScriptSubject) -> Iterator[Fault]:
    """What begins alike is heard as a list, and tires."""
    for segment in subject.script.segments:
        sentences = _sentences(segment)
        begins = [opening(sentence) for sentence in sentences]
        for at in range(IN_A_ROW - 1, len(begins)):
            if begins[at] and len({*begins[at - IN_A_ROW + 1 : at + 1]}) == 1:
                yield Fault(subject.place(segment.title), sentences[at])


@rule("style-jargon", "acronyms said in full once, unless everybody who listens knows them")
def unexplained(subject: ScriptSubject) -> Iterator[Fault]:
    """An acronym that the source explains is explained to listeners too; to lay ones every acronym is."""
    for index, segment in enumerate(subject.script.segments):
        text = " ".join(paragraph.text for paragraph in segment.paragraphs)
        passage = subject.passage(index)
        known = definitions(passage)
        for name in acronyms_of(text):
            if name in household(subject.level):
                continue
            if name in known and not says(text, known[name].long):
                yield Fault(subject.place(segment.title), name, f"what it stands for: {known[name].long}")
            elif name not in known and subject.level == "lay" and not explains(text, name, passage):
                yield Fault(subject.place(segment.title), name)


@rule("style-markup", "words to be said: no stage directions, bullets or Markdown")
def markup(subject: ScriptSubject) -> Iterator[Fault]:
    """What is meant for the eye, or for somebody who acts, would be read aloud."""
    for segment in subject.script.segments:
        for paragraph in segment.paragraphs:
            if found := _DIRECTION.search(paragraph.text) or _MARKUP.search(paragraph.text):
                yield Fault(subject.place(segment.title), found[0].strip())


RULES: tuple[Rule[ScriptSubject], ...] = (long_median, too_many_long, alike_openings, unexplained, markup)
