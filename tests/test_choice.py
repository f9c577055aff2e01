"""What is said where there is not time for all, and how it is parted into paragraphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from podcast.writing.choice import choose
from podcast.writing.leaning import leans, needs
from podcast.writing.paragraphs import grouped
from podcast.writing.worth import worths_of

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


LEANING = (
    "The authors build BeeNet, a network that knows bees.",
    "They show that it finds 90% of all hives.",
    "The tests also reveal that two of them find hives even faster.",
    "The weather is nice.",
    "Tests in winter show BeeNet is warm.",
)


def test_what_goes_further_needs_what_it_goes_beyond_and_a_name_needs_who_gives_it() -> None:
    """Nobody knows else what it is even faster than, or what BeeNet is."""
    assert needs(LEANING) == [None, None, 1, None, 0]


def test_the_sentence_with_the_result_is_said_where_it_fits() -> None:
    """However much the others would fill the time; They and also go where nobody knows who and beside what."""
    assert choose([LEANING], 18).paragraphs == ((LEANING[0], LEANING[1]),)
    assert choose([LEANING], 10).paragraphs == (("The authors show that it finds 90% of all hives.",),)


def test_what_is_taken_back_is_not_said_without_that() -> None:
    """A concession alone would say the opposite."""
    row = ("We propose a hive that is warm in winter.", "But nobody wants it.", "Bees sleep in the winter months.")
    assert choose([row], 13).paragraphs == (row[:2],)


def test_all_that_a_sentence_needs_is_on_its_way_back() -> None:
    """Also where it needs two that do not need each other."""
    row = ["The authors build BeeNet, a net.", "Bees fly.", "This is known.", "These use BeeNet."]
    assert needs(row) == [None, 0, 1, 2]
