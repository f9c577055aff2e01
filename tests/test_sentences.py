"""Sentences are cut where a reader would pause, and not a sign is lost."""

from __future__ import annotations

import pytest
from conftest import at_most
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.writing.sentences import cut, split_sentences

ONE_SENTENCE = [
    "We follow Smith et al. Their data is old",
    "See Fig. 3 for this.",
    "Figs. 3 and 4 and Eq. 5 and Sec. 6 say so.",
    "Many models, e.g. BERT, do.",
    "One model, i.e. Mamba, does.",
    "It is A vs. B here.",
    "Dr. Lovelace and Prof. Babbage met Mr. X, Mrs. Y and Ms. Z.",
    "It grows w.r.t. N here.",
    "J. Smith and A. B. Jones wrote it.",
    "It was written by J.R.R. Tolkien.",
    "It was proved by J.-P. Serre.",
    "It rose from 3.5 to 4.25 points.",
    "Version 2.0 of it.",
    "It waits … and goes on.",
    "It waits... and goes on.",
    "He asked “why?” and went.",
    "It is called 'Yes!' by them.",
    "Wow! it is small.",
    "(It is. so)",
    "no stop at all",
    "A lone . dot",
    "We sum N = 1, 2, . . . first-order terms.",
    "It takes approx. 5 hours on pp. 3 and vol. 4.",
    "cf. Nguyen, No. 5 and Nos. 6.",
]

SEVERAL = [
    ("One. Two.", ["One.", "Two."]),
    ("Is it? Yes! Good.", ["Is it?", "Yes!", "Good."]),
    ("Really?! Yes.", ["Really?!", "Yes."]),
    ("It ends… We go.", ["It ends…", "We go."]),
    ("It ends... We go.", ["It ends...", "We go."]),
    ("It ends … We go.", ["It ends …", "We go."]),
    ("“It works.” They go.", ["“It works.”", "They go."]),
    ('He said "it works." "So do we," she said.', ['He said "it works."', '"So do we," she said.']),
    ("(It works.) (So do we.)", ["(It works.)", "(So do we.)"]),
    ("It works [12]. So do we.", ["It works [12].", "So do we."]),
    ("It costs 3.5. 4 is more.", ["It costs 3.5.", "4 is more."]),
    ("We use cats, dogs, etc. They run.", ["We use cats, dogs, etc.", "They run."]),
    ("So do I. They do too.", ["So do I.", "They do too."]),
    ("It is O(n²). Ångström agrees.", ["It is O(n²).", "Ångström agrees."]),
    ("α is small. β is not. Δ is.", ["α is small.", "β is not.", "Δ is."]),
    ("  One.\n\tTwo.  ", ["One.", "Two."]),
    ("One.\u00a0Two.", ["One.", "Two."]),
]


@pytest.mark.parametrize("text", ONE_SENTENCE)
def test_a_dot_within_a_sentence_does_not_end_it(text: str) -> None:
    """Abbreviations, initials, decimals and what goes on in small letters stay together."""
    assert split_sentences(text) == (text,)


@pytest.mark.parametrize(("text", "sentences"), SEVERAL)
def test_sentences_end_where_they_end(text: str, sentences: list[str]) -> None:
    """Full stops, questions, calls, ellipses and the quotes behind them end a sentence."""
    assert split_sentences(text) == tuple(sentences)


@pytest.mark.parametrize("name", ["arXiv", "iPhones", "eBPF"])
def test_a_name_in_small_letters_may_begin_a_sentence(name: str) -> None:
    """A capital later in the word shows that it is a name."""
    assert split_sentences(f"It is new. {name} had it first.") == ("It is new.", f"{name} had it first.")


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_nothing_has_no_sentences(text: str) -> None:
    """White space is nothing."""
    assert split_sentences(text) == ()


PIECES = st.sampled_from(
    ["a", "B", "no", "e.g.", "…", ".", "?!", '"', "”", "(", ")", "3.5", "arXiv", " ", "  ", "\n", "é"]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=30).map("".join))


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_sentences_joined_are_the_paragraph(text: str) -> None:
    """Nothing is lost, doubled or moved, and no sentence is empty."""
    sentences = split_sentences(text)
    assert " ".join(sentences) == " ".join(text.split())
    assert all(sentence == sentence.strip() != "" for sentence in sentences)


@settings(max_examples=300, deadline=None)
@given(words=st.lists(st.text("ab;:,—é.", min_size=1, max_size=9), max_size=40), limit=st.integers(9, 60))
def test_cutting_loses_nothing_and_keeps_the_limit(words: list[str], limit: int) -> None:
    """Parts are short enough, consist of whole words, and joined they are the sentence."""
    parts = cut(" ".join(words), limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert [word for part in parts for word in part.split(" ")] == words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("short", ["short"]),
        ("", []),
        ("exactly ten", ["exactly ten"]),
        ("one two; three four", ["one two;", "three four"]),
        ("one two, three four", ["one two,", "three four"]),
        ("one two three four", ["one two", "three four"]),
        ("one, two; three", ["one, two;", "three"]),
        ("a, bbbb cccc dddd", ["a, bbbb", "cccc dddd"]),
    ],
)
def test_a_long_sentence_is_cut_where_it_pauses(text: str, parts: list[str]) -> None:
    """At a clause end if there is one that is not too early, else between words."""
    assert cut(text, 11) == tuple(parts)


def test_a_word_longer_than_the_limit_is_named() -> None:
    """It is refused, not cut, wherever it stands."""
    with pytest.raises(ValueError, match=r"^incomprehensible$"):
        cut("this is incomprehensible to me", 10)


def test_a_word_as_long_as_the_limit_is_kept() -> None:
    """The limit itself is allowed."""
    assert cut("aa bbbbbbbbbb cc", 10) == ("aa", "bbbbbbbbbb", "cc")


MEGABYTES = {
    "short sentences": "A bee. " * 150_000,
    "abbreviations": "e.g. " * 200_000,
    "dots": "." * 1_000_000,
    "words": "word " * 200_000,
}


@pytest.mark.parametrize("text", MEGABYTES.values(), ids=MEGABYTES.keys())
def test_a_megabyte_is_split_in_bounded_time(text: str) -> None:
    """Time grows with the length of the text, not with its square."""
    with at_most(5):
        assert split_sentences(text)


def test_a_megabyte_is_cut_in_bounded_time() -> None:
    """Likewise for a sentence that never ends."""
    with at_most(5):
        assert len(cut(MEGABYTES["words"], 400)) == 2500
