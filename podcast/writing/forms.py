"""What a language model is asked to write of a paper: a script, or one of a newsletter's summaries.

Each form has its length, its shape, and its way to be read; how an answer is judged, mended or replaced is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podcast.types import Draft, Paragraph, Section
from podcast.writing import answers
from podcast.writing.answers import Problem
from podcast.writing.asking import Shape
from podcast.writing.material import PART_TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podcast.types import Form
    from podcast.writing.answers import Wanted

ASKED_SHARE = 0.9
"""Of the words allowed, so many are asked for: models count badly."""


@dataclass(frozen=True, slots=True)
class _Length:
    """Words of a form where nobody says how many: by those of its source, within these."""

    least: int
    most: int
    a_source_word: float


_LENGTHS: Mapping[Form, _Length] = {
    "script": _Length(40, 450, 1.25),  # with room to explain
    "summary": _Length(40, 250, 1.0),
    "paragraph": _Length(30, 75, 1.0),
}
LEAST_WORDS = _LENGTHS["script"].least


def most_words(form: Form, source_words: int, fitting: float) -> int:
    """Say how many words a form may have, where a model can write so many at most."""
    length = _LENGTHS[form]
    return int(max(length.least, min(length.most, source_words * length.a_source_word, fitting)))


# ── its shape ───────────────────────────────────────────────────────────────────────────────────────────

_TEXT = {"type": "string"}
_ONE = '{"paragraphs": [{"text": "…"}]}'
_SEVERAL = '{"paragraphs": [{"speaker": "%s", "text": "…"}]}'
_PARTS = "{" + ", ".join(f'"{title.lower()}": "…"' for title in PART_TITLES) + "}"


def obj(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a JSON object with just these fields."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def shape_of(form: Form, hosts: Sequence[str]) -> Shape:
    """Describe an answer as JSON Schema: each part of a summary a text, which may be empty."""
    if form == "summary":
        return Shape("summary", obj({title.lower(): _TEXT for title in PART_TITLES}))
    fields: dict[str, Any] = {"speaker": {"type": "string", "enum": list(hosts)}} if hosts else {}
    return Shape(form, obj({"paragraphs": {"type": "array", "items": obj(fields | {"text": _TEXT})}}))


def example_of(form: Form, hosts: Sequence[str]) -> str:
    """Show an answer as a prompt does."""
    if form == "summary":
        return _PARTS
    return _SEVERAL % hosts[0] if hosts else _ONE


# ── an answer ───────────────────────────────────────────────────────────────────────────────────────────


def read_draft(text: str, form: Form, hosts: Sequence[str], title: str) -> Draft:
    """Read an answer and mend it by rule; UnreadableError where it has not the shape that was asked for."""
    if form == "summary":
        return Draft((), parts=answers.read_parts(text, PART_TITLES))
    return as_draft(answers.read_script(text, hosts), form, title)


def as_draft(paragraphs: Sequence[Paragraph], form: Form, title: str) -> Draft:
    """Make a draft of paragraphs: those of a script, or all of them one paragraph of a newsletter."""
    told = answers.without_title(paragraphs, title)
    if form == "script":
        return Draft(told)
    return Draft((), parts=(Section("", (" ".join(paragraph.text for paragraph in told),)),) if told else ())


def problems(draft: Draft, wanted: Wanted, form: Form) -> tuple[Problem, ...]:
    """Say everything that is wrong with a draft, the gravest first."""
    found = answers.problems(words_of(draft), wanted)
    if form == "summary" and draft.parts and draft.parts[0].title != PART_TITLES[0]:
        return (*found, Problem("it says nothing of what the paper claims", grave=False))
    return found


def words_of(draft: Draft) -> tuple[Paragraph, ...]:
    """All that a draft says, of whatever form."""
    return draft.paragraphs or tuple(Paragraph(text) for part in draft.parts for text in part.paragraphs)
