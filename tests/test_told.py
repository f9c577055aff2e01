"""Who did it: the first person of a paper told by somebody else, and sentences that do not all begin alike."""

from __future__ import annotations

import pytest

from podcast.writing.told import told, varied


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("We propose a network.", "The authors propose a network."),
        ("In this paper, we propose a network.", "The authors propose a network."),
        ("In this work we propose a network.", "The authors propose a network."),
        ("To fix it, we build our own.", "To fix it, the authors build their own."),
        ("It lets us see that we have it.", "It lets the authors see that they have it."),
        ("Our network is small.", "The authors' network is small."),
        ("We've seen it ourselves.", "The authors have seen it themselves."),
        ("I argue that I am right in my code.", "The author argues that the author is right in their code."),
        ("How do we sleep?", "How do we sleep?"),
        ("It changed how we live and our daily lives.", "It changed how we live and our daily lives."),
        ("We take a step back and ask: how do we sleep?", "The authors take a step back and ask: how do we sleep?"),
        ("It depends, as we found that bees fly.", "It depends, as the authors found that bees fly."),
        ("As we know, the US is large.", "As we know, the US is large."),
        ("It improves our understanding of bees.", "It improves our understanding of bees."),
        ("Let us consider the i th bee.", "Let us consider the i th bee."),
        ('They learn what "we" means.', 'They learn what "we" means.'),
        ("I invert it.", "The author inverts it."),
        ("I build and test a net.", "The author builds and tests a net."),
        ("The authors propose a network.", "The authors propose a network."),
    ],
)  # fmt: skip
def test_authors_are_told_of(written: str, said: str) -> None:
    """Verbs stay right, and the we of everybody stays."""
    assert told([written]) == [said]


def test_who_was_just_named_is_they() -> None:
    """In the next sentence, not in one after another subject."""
    sentences = ["We build a net.", "We test it.", "Bees fly.", "We watch them."]
    assert told(sentences) == ["The authors build a net.", "They test it.", "Bees fly.", "The authors watch them."]


def test_the_third_sentence_in_a_row_begins_otherwise() -> None:
    """Where its subject is the same."""
    authors = ["The authors build a net.", "The authors test it.", "The authors publish it."]
    assert varied(authors) == [*authors[:2], "They publish it."]
    papers = ["This paper builds a net.", "This paper tests it.", "This paper publishes it."]
    assert varied(papers) == [*papers[:2], "It publishes it."]
    assert varied(["Some bees fly.", "Some bees run.", "Some bees swim."])[-1] == "Some bees swim."
