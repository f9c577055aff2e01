"""How a script sounds: every rule of style finds what it is there to find, and nothing in good prose."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from podcast.check.rules import findings
from podcast.check.script import ScriptSubject
from podcast.check.style import RULES
from podcast.papers.newsletter import read_newsletter
from podcast.speech.lexicon import Lexicon
from podcast.types import Level, Paragraph, Script, Segment
from podcast.writing.compose import Occasion, compose
from podcast.writing.evidence import Sources
from podcast.writing.material import source_of
from podcast.writing.style import Style, heard_words, style_of
from podcast.writing.writers import Means
from podcast.writing.writers.extractive import ExtractiveWriter

if TYPE_CHECKING:
    from pathlib import Path

DATE = dt.date(2024, 6, 15)
LONG = f"{' '.join(['bee'] * 36)}."
GOOD = "Bees fly. They hum. In winter they sleep. A large language model, LLM, does not."


def subject(*texts: str, passage: str = "", level: Level = "practitioner") -> ScriptSubject:
    """A script of one segment, and what it was written from."""
    script = Script("Bees", DATE, (Segment("One", tuple(map(Paragraph, texts))),))
    return ScriptSubject(script, "script.md", Lexicon(), (), "heart", Sources((passage,)), level)


BREAKS = [
    ("style-median", subject(*[f"Bee{' bee' * 25}."] * 2, "They fly.")),
    ("style-long", subject(LONG, LONG, "Bees fly.", "They hum.", "They sting.")),
    ("style-openings", subject("The bees fly. The bees hum.", "The bees sting.")),
    ("style-jargon", subject("A BRN flies.", passage="A bee routing network (BRN) flies.")),
    ("style-jargon", subject("A BRN flies.", level="lay")),
    ("style-jargon", subject("The LLMs fly.", passage="Large language models (LLMs) fly.", level="lay")),
    ("style-markup", subject("Bees fly. [laughs] They hum.")),
    ("style-markup", subject("(music fades in)", "Bees fly.")),
    ("style-markup", subject("- Bees fly.")),
    ("style-markup", subject("1. Bees fly.")),
    ("style-markup", subject("Bees **really** fly.")),
    ("style-markup", subject("Bees `fly()`.")),
    ("style-markup", subject("See [bees](https://example.org).")),
]


@pytest.mark.parametrize(("rule", "broken"), BREAKS, ids=[f"{rule} {at}" for at, (rule, _) in enumerate(BREAKS)])
def test_what_is_tiring_to_listen_to_is_found(rule: str, broken: ScriptSubject) -> None:
    """By the name of the rule, with its segment, and by no other rule."""
    found = findings(RULES, broken)
    assert {finding.rule for finding in found} == {rule}
    assert all("segment 'One'" in finding.where for finding in found)


def test_every_rule_of_style_is_broken_once_here() -> None:
    """A rule that nothing breaks might never find anything."""
    assert {rule.name for rule in RULES} == {rule for rule, _ in BREAKS}


@pytest.mark.parametrize(
    "good",
    [
        subject(GOOD),
        subject(LONG, "Bees fly."),
        subject("The bees fly. The bees hum. They sting. The bees sleep."),
        subject("A BRN, a bee routing network, flies.", passage="A bee routing network (BRN) flies."),
        subject("A BRN flies. BRN stands for bee routing network.", level="lay"),
        subject("A BRN flies."),
        subject("An LLM fails.", passage="A large language model (LLM) fails."),
        subject("In 2024. Bees (of both kinds) fly 3 * 4 times, a*b, x_1 and ``so on''."),
    ],
)
def test_good_prose_breaks_no_rule(good: ScriptSubject) -> None:
    """One long sentence, two of a kind, and what everybody knows or is told are nothing to mend."""
    assert findings(RULES, good) == []


def test_what_stands_in_the_source_is_only_looked_up_where_it_is_known() -> None:
    """A script of somebody's own has none."""
    own = subject("A BRN flies.")
    assert findings(RULES, ScriptSubject(own.script, own.where, own.lexicon, (), "heart")) == []


def test_a_segments_style_is_told_in_numbers() -> None:
    """Words, sentences, and which acronyms it explains."""
    segment = Segment("One", (Paragraph("LLMs fail. BRNs are bee routing networks."), Paragraph("They do.")))
    assert style_of(segment) == Style(
        words=9, sentences=3, median_words=2, longest_words=5, acronyms=("LLM", "BRN"), explained=("BRN",)
    )
    assert style_of(segment, "Bad things that fail (LLMs)").explained == ("BRN",)
    assert style_of(Segment("Nothing")).median_words == 0


def test_what_the_embedded_writer_makes_of_real_newsletters_breaks_hardly_any_rule(real_data: Path) -> None:
    """But for a sentence or two of one paper in twenty, which no rule is sure how to cut."""
    files = sorted(path for path in (real_data / "newsletters").iterdir() if path.suffix in {".md", ".txt"})
    letters = [read_newsletter(path.read_bytes(), name=path.name) for path in files]
    found = []
    for letter in letters:
        script = compose(letter, Occasion(DATE, "Paper Hour"), ExtractiveWriter(Means())).script
        passages = Sources(("", *map(source_of, letter.highlights), ""))
        found += findings(RULES, ScriptSubject(script, letter.title, Lexicon(), (), "heart", passages))
    assert {finding.rule for finding in found} <= {"style-median", "style-long"}
    assert len({finding.where for finding in found}) <= 0.05 * sum(len(letter.highlights) for letter in letters)


def test_a_dash_is_no_word() -> None:
    """Nor is any other mark that stands alone; what has a letter or digit in it is one, however it is written."""
    assert heard_words("Layers – Query, Key – use O(n²) & 3.5x & “it’s” ... 5") == 8
