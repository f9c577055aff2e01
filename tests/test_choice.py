"""What is said where there is not time for all, and how it is parted into paragraphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from podcast.writing.choice import choose, leans, worths_of
from podcast.writing.paragraphs import grouped

SENTENCES = st.lists(
    st.sampled_from(
        [
            "Bees fly.",
            "This is known.",
            "We propose a network of hives.",
            "However, bees are many and very small.",
            "Experiments show that it is 3% better than others of its kind.",
            "It has never been done before by anybody.",
            "Moreover, honey is sweet.",
        ]
    ),
    max_size=9,
)


@given(st.lists(SENTENCES, max_size=3), st.integers(0, 60))
def test_no_more_is_chosen_than_fits_and_nothing_dangles(paragraphs: list[list[str]], most_words: int) -> None:
    """Whole sentences, in their order; what leans on another stands behind it."""
    chosen = choose(paragraphs, most_words)
    sentences = [sentence for row in chosen.paragraphs for sentence in row]
    source = [sentence for paragraph in paragraphs for sentence in paragraph]
    assert sum(len(sentence.split()) for sentence in sentences) <= most_words or len(sentences) == 1
    assert len(sentences) + chosen.left_out == len(source)
    rest = iter(source)
    kept = [any(sentence.lower() in other.lower() for other in rest) for sentence in sentences]
    assert all(kept)
    assert not sentences or not leans(sentences[0]) or leans(source[0]) or len(sentences) == 1
    assert len(chosen.places) == len(chosen.paragraphs)


def test_everything_is_chosen_where_it_fits() -> None:
    """As it stands, Moreover and all."""
    paragraphs = [("Bees fly.", "Moreover, they hum."), ("They sting.",)]
    assert choose(paragraphs, 100).paragraphs == tuple(paragraphs)
    assert choose(paragraphs, 100).left_out == 0


def test_what_a_sentence_went_on_from_goes_with_it() -> None:
    """Moreover, and what the problem was, are nothing to begin with."""
    paragraphs = [
        (
            "Some hives are cold in the winters of the north.",
            "To fix this problem, we propose a network that heats 100% of all hives.",
        )
    ]
    (row,) = choose(paragraphs, 10).paragraphs
    assert row == ("We propose a network that heats 100% of all hives.",)


def test_saying_it_again_is_worth_less() -> None:
    """The better sentence of two that are alike keeps its worth."""
    first, again = "We propose a network that heats cold hives.", "The network heats cold hives."
    alone = worths_of([first, "Bees fly south.", again])
    assert worths_of([again])[0] > alone[2]


def test_a_short_paragraph_stays_one() -> None:
    """However its sentences begin."""
    sentences = ("Bees fly.", "We propose nets.", "We show that they work.", "They are free.")
    assert grouped(sentences) == [sentences]


def test_a_paragraph_never_begins_with_what_leans() -> None:
    """A long one is parted near its middle where it does not turn."""
    long = "Bees fly over the hills and far away to where the flowers are, and home again at night."
    leaning = "This is what every bee in every hive of every country does on every day of the summer."
    parts = grouped([long, long, long, leaning, long, long])
    assert [part[0] for part in parts] == [long, long]
    assert sum(map(len, parts)) == 6
