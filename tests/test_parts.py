"""How much a text is for a model, and how it is cut where that is too much."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast.types import Section
from podcast.writing.parts import parts_of, size
from podcast.writing.tokens import count

ABSTRACT = (
    "One puzzling artifact in machine learning dubbed grokking is where delayed generalization is achieved tenfolds of "
    "iterations after near perfect overfitting to the training data."
)

TOKENS_OF_O200K = {
    ABSTRACT: 34,
    "GPT-4o scores 86.5 % on MMLU (arXiv:2405.20233).": 25,
    r"$\mathcal{L}(\theta)=\sum_{i=1}^{n}\ell(f_\theta(x_i),y_i)$": 28,
    "本文提出了一种新的排序方法": 7,
    "🫠🫨🪿": 9,
    "𝐸 = 𝑚𝑐²": 10,
    "አማርኛ": 8,
}
"""As rs-bpe counts them by OpenAI's own table."""


@pytest.mark.parametrize("text", TOKENS_OF_O200K)
def test_no_fewer_tokens_are_counted_than_a_model_counts(text: str) -> None:
    """And for English not many more."""
    assert TOKENS_OF_O200K[text] <= count(text) <= 4 * TOKENS_OF_O200K[text]
    assert count(ABSTRACT) < 1.5 * TOKENS_OF_O200K[ABSTRACT]


def words(parts: tuple[tuple[Section, ...], ...] | list[Section]) -> list[str]:
    """Every word of a text, in order."""
    sections = [section for part in parts for section in (part if isinstance(part, tuple) else (part,))]
    return " ".join(text for section in sections for text in section.paragraphs).split()


SECTIONS = st.lists(
    st.builds(
        Section,
        st.sampled_from(["Abstract", "Results"]),
        st.lists(st.text("ab .\né本", min_size=1, max_size=400), min_size=1, max_size=5).map(tuple),
    ),
    max_size=5,
)


@given(SECTIONS, st.integers(60, 800))
def test_every_word_is_in_one_part_and_no_part_is_too_large(sections: list[Section], room: int) -> None:
    """Whatever the text."""
    parts = parts_of(sections, room)
    assert re.sub(r"\s", "", "".join(words(parts))) == re.sub(r"\s", "", "".join(words(sections)))
    assert all(size(part) <= room for part in parts)


def test_a_text_that_fits_is_one_part() -> None:
    """As it was."""
    sections = (Section("A", ("One.", "Two.")), Section("B", ("Three.",)))
    assert parts_of(sections, 1000) == (sections,)


def test_sections_stay_whole_where_they_can() -> None:
    """A new part begins with the section that does not fit any more."""
    sections = [Section(name, ("It is about sorting lists. " * 8,)) for name in "ABCDE"]
    room = size(sections[:2]) + 10
    assert [[section.title for section in part] for part in parts_of(sections, room)] == [["A", "B"], ["C", "D"], ["E"]]


def test_a_section_that_is_too_large_is_cut_between_paragraphs() -> None:
    """Each piece has its title."""
    section = Section("A", tuple(f"Paragraph {number} is about sorting." for number in range(10)))
    parts = parts_of([section], size([section]) // 3)
    assert len(parts) > 2
    assert {piece.title for part in parts for piece in part} == {"A"}
    assert [text for part in parts for piece in part for text in piece.paragraphs] == list(section.paragraphs)


def test_a_paragraph_that_is_too_large_is_cut_between_sentences() -> None:
    """None of which is broken."""
    text = " ".join(f"Sentence {number} is about sorting." for number in range(40))
    parts = parts_of([Section("A", (text,))], 100)
    pieces = [piece for part in parts for section in part for piece in section.paragraphs]
    assert len(pieces) > 2
    assert all(piece.endswith(".") for piece in pieces)
    assert " ".join(pieces) == text
