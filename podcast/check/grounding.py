"""Rules for what a script claims: each kind of doubt that grounding has, as a rule of its own."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, get_args

from podcast.check.rules import Fault, Rule
from podcast.writing.evidence import dismissals, evidence, open_doubts
from podcast.writing.grounding import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.check.script import ScriptSubject
    from podcast.writing.grounding import Doubt

_EXPECTED: dict[Kind, str] = {
    "number": "numbers that the source has",
    "unit": "numbers with the source's units",
    "name": "names that the source has",
    "bound": 'the source\'s own "up to", "more than" and "nearly"',
    "binding": "numbers said of what the source says them of",
    "direction": "more and less, better and worse as in the source",
    "comparison": "whoever is ahead in the source to be ahead",
    "negation": "what the source says, neither denied nor affirmed against it",
    "scope": 'no "all", "only" or "first" that the source does not claim',
    "unsupported": "sentences that the source bears out",
}


def _faults(subject: ScriptSubject, kind: Kind) -> Iterator[Fault]:
    """Find the sentences of which the source does not bear out something of this kind, dismissed ones left out."""
    if not subject.sources:
        return
    for segment, found in zip(subject.script.segments, evidence(subject.script, subject.sources), strict=True):
        decided = dismissals(segment)
        for grounded in (each for paragraph in found.paragraphs for each in paragraph):
            for doubt in open_doubts(grounded, decided):
                if doubt.kind == kind:
                    yield Fault(subject.place(segment.title), grounded.sentence, _expected(doubt))


def _expected(doubt: Doubt) -> str:
    return f"{_EXPECTED[doubt.kind]}; “{doubt.claim}”: {doubt.expected}"


RULES: tuple[Rule[ScriptSubject], ...] = tuple(
    Rule(f"grounding-{kind}", _EXPECTED[kind], functools.partial(_faults, kind=kind)) for kind in get_args(Kind)
)
