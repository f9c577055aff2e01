"""A text too long for a model, in parts: cut at the ends of sections where it can be, else of paragraphs, of sentences.

Every word of it is in exactly one part.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from podcast.types import Section
from podcast.writing.sentences import cut, split_sentences
from podcast.writing.tokens import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Part = tuple[Section, ...]

_SECTION_TOKENS = 12
"""What a section costs beside its words."""

_CHARACTERS_A_TOKEN = 2
"""Of a sentence that is itself too long, so many fit for certain."""


def size(sections: Iterable[Section]) -> int:
    """Tokens of sections as they are sent, estimated."""
    return sum(_SECTION_TOKENS + _cost(each.title) + sum(map(_cost, each.paragraphs)) for each in sections)


def parts_of(sections: Sequence[Section], room: int) -> tuple[Part, ...]:
    """Cut sections into parts of at most `room` tokens each."""
    parts: list[Part] = []
    part: list[Section] = []
    for section in sections:
        for piece in _section_pieces(section, room):
            if part and size([*part, piece]) > room:
                parts.append(tuple(part))
                part = []
            part.append(piece)
    return (*parts, tuple(part)) if part else tuple(parts)


def _section_pieces(section: Section, room: int) -> Iterator[Section]:
    """Leave a section whole if it fits at all; else cut it, its title on each piece."""
    if size([section]) <= room:
        yield section
        return
    left = room - _SECTION_TOKENS - _cost(section.title)
    held: list[str] = []
    for text in (piece for paragraph in section.paragraphs for piece in _paragraph_pieces(paragraph, left)):
        if held and sum(map(_cost, [*held, text])) > left:
            yield Section(section.title, tuple(held))
            held = []
        held.append(text)
    if held:
        yield Section(section.title, tuple(held))


def _paragraph_pieces(paragraph: str, room: int) -> Iterator[str]:
    if _cost(paragraph) <= room:
        yield paragraph
        return
    held = ""
    for sentence in (piece for whole in split_sentences(paragraph) for piece in _sentence_pieces(whole, room)):
        if held and _cost(f"{held} {sentence}") > room:
            yield held
            held = ""
        held = f"{held} {sentence}".strip()
    if held:
        yield held


def _sentence_pieces(sentence: str, room: int) -> Iterator[str]:
    if _cost(sentence) <= room:
        yield sentence
        return
    limit = max(1, room // _CHARACTERS_A_TOKEN)
    try:
        yield from cut(sentence, limit)
    except ValueError:  # one word that is longer
        yield from (sentence[at : at + limit] for at in range(0, len(sentence), limit))


def _cost(text: str) -> int:
    return count(json.dumps(text, ensure_ascii=False)) + 2
