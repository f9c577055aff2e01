"""Long sentences become whole ones, or stay as they are: cut where that is certainly grammatical, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast.writing import gaps, verbs, wholes
from podcast.writing.cutting import MOST_WORDS, shortened

LONG = "the large network of the second kind that we have known for so many years in this field"
"""Eighteen words that make any sentence long enough to be cut."""


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        (
            f"It replaces {LONG}, and the new model finds more hives.",
            (f"It replaces {LONG}.", "The new model finds more hives."),
        ),
        (
            f"It replaces {LONG}, but the new model finds fewer hives.",
            (f"It replaces {LONG}.", "But the new model finds fewer hives."),
        ),
        (
            f"It replaces {LONG}, while the old model finds fewer hives.",
            (f"It replaces {LONG}.", "Meanwhile, the old model finds fewer hives."),
        ),
        (f"It replaces {LONG}; it is cheaper than honey.", (f"It replaces {LONG}.", "It is cheaper than honey.")),
        (
            f"It replaces {LONG}; also makes all bees happier.",
            (f"It replaces {LONG}.", "It also makes all bees happier."),
        ),
        (
            f"It replaces {LONG}; when asked, the bees say that they are happier.",
            (f"It replaces {LONG}.", "When asked, the bees say that they are happier."),
        ),
        (
            f"We replace {LONG}, and show that bees are happier.",
            (f"We replace {LONG}.", "We show that bees are happier."),
        ),
        (
            f"It replaces {LONG}, which makes all bees happier.",
            (f"It replaces {LONG}.", "This makes all bees happier."),
        ),
        (
            f"It replaces {LONG} and the old models, which are known to fail.",
            (f"It replaces {LONG} and the old models.", "These are known to fail."),
        ),
        (
            f"It replaces {LONG}, enabling bees to fly and reducing their costs.",
            (f"It replaces {LONG}.", "This enables bees to fly and reduces their costs."),
        ),
        (
            f"To replace {LONG}, we propose BeeNet, a network that knows all bees.",
            (f"To replace {LONG}, we propose BeeNet.", "It is a network that knows all bees."),
        ),
        (
            f"To replace {LONG}, we propose a new kind of network that knows all bees.",
            (f"To replace {LONG}, we propose a new kind of network that knows all bees.",),
        ),
        (
            f"While the hive replaces {LONG}, the bees of it are not happier.",
            (f"The hive replaces {LONG}.", "But the bees of it are not happier."),
        ),
        (
            f"It replaces {LONG}, because bees cannot read any numbers.",
            (f"It replaces {LONG}.", "This is because bees cannot read any numbers."),
        ),
        (
            f"Existing bees are like {LONG}, and their hives are nearly empty.",
            (f"Existing bees are like {LONG}.", "Their hives are nearly empty."),
        ),
        (
            f"Using {LONG}, we show that bees are much happier.",
            (f"We use {LONG}.", "We show that bees are much happier."),
        ),
        (
            f"It has replaced {LONG} in three ways: first, A net for all bees; second, a code for young bees.",
            (
                f"It has replaced {LONG} in three ways.",
                "The first is a net for all bees.",
                "The second is a code for young bees.",
            ),
        ),
        (
            f"It replaces {LONG}, using two nets of bees.",
            (f"It replaces {LONG}.", "It uses two nets of bees."),
        ),
        (
            f"It replaces {LONG}; claims to enable bees to fly; the hives are warm and let bees go on.",
            (f"It replaces {LONG}.", "It claims to enable bees to fly.", "The hives are warm and let bees go on."),
        ),
        (
            f"We replace {LONG}, show that bees are happier, and release all of our code.",
            (
                f"We replace {LONG}.",
                "We show that bees are happier.",
                "We release all of our code.",
            ),
        ),
    ],
)
def test_a_long_sentence_is_cut_where_that_leaves_whole_ones(sentence: str, parts: tuple[str, ...]) -> None:
    """With a subject for the second where it had none."""
    assert shortened(sentence) == parts


@pytest.mark.parametrize(
    "sentence",
    [
        f"We aim to replace {LONG}, promoting all bees.",
        f"It may replace {LONG}, enabling bees to fly.",
        f"This could potentially replace {LONG}, which makes all bees happier.",
    ],
)
def test_what_is_only_hoped_for_is_not_told_as_done(sentence: str) -> None:
    """Behind a stop it would no longer be said to be hoped for."""
    assert shortened(sentence) == (sentence,)


@pytest.mark.parametrize(
    "sentence",
    [
        f"If bees replace {LONG}, and the new model finds hives, we win.",
        f"They replace {LONG} by nets, codes, and the very best of bees.",
        f"We argue that bees replace {LONG}, and the new model finds more hives.",
        f"It is not only that it replaces {LONG}, but the new model finds hives.",
        f"It replaces {LONG} with two kinds: nets, which are old, and codes, which are new.",
        f"It replaces {LONG}, which is old, and shows that bees are happier.",
        f"This replaces {LONG}, improving the sleep of bees.",
        f"Bees replaced {LONG}, using two nets of bees.",
        f"They replace {LONG} to learn facts about all bees.",
        f"They replace {LONG} – e.g., bees fly, while the wasps are asleep.",
        f"They replace {LONG}; the bees of all hives; the wasps are asleep.",
        f"They replace {LONG}, following what bees do in winter.",
        f"They say “it replaces {LONG}, and the new model finds hives”.",
        f"They study $f(x) = {LONG}, and the new model finds hives$.",
        "It replaces the old one, and the new model finds more hives.",
    ],
)
def test_a_sentence_is_left_as_it_is_where_that_is_not_sure(sentence: str) -> None:
    """A long one is better than half a one."""
    assert shortened(sentence) == (sentence,)


@given(st.text(max_size=300))
def test_whatever_is_written_comes_back(text: str) -> None:
    """In one part or several, none of them empty."""
    assert all(part or not text for part in shortened(text))


def test_a_short_sentence_is_never_cut() -> None:
    """Up to 24 words."""
    sentence = f"{'bee ' * (MOST_WORDS - 7)}is here, and the hive is there."
    assert len(sentence.split()) == MOST_WORDS
    assert shortened(sentence) == (sentence,)


def test_every_verb_of_the_rules_is_a_known_verb() -> None:
    """One that is not would never be found where it stands."""
    lists = (
        verbs.AUTHORS_VERBS,
        gaps.TOLD,
        gaps._TAILS,
        gaps._OUR_TAILS,
        gaps._OF_MANY,
        wholes._NO_DEEDS,
    )
    assert frozenset().union(*lists, verbs._ALSO_NOUNS) <= verbs.BASES


@pytest.mark.parametrize(
    ("base", "third", "participle"),
    [
        ("show", "shows", "showing"),
        ("reach", "reaches", "reaching"),
        ("vary", "varies", "varying"),
        ("pave", "paves", "paving"),
        ("set", "sets", "setting"),
        ("lie", "lies", "lying"),
        ("see", "sees", "seeing"),
        ("display", "displays", "displaying"),
    ],
)
def test_verbs_are_formed_as_english_forms_them(base: str, third: str, participle: str) -> None:
    """In the third person and the present participle."""
    assert verbs.third(base) == third
    assert verbs.PARTICIPLE_OF[participle] == base


def test_notes_are_parted_into_whole_sentences_all_or_none() -> None:
    """However short; what has no subject is done by It."""
    assert shortened("It builds a net for bees; also makes all bees happier.") == (
        "It builds a net for bees.",
        "It also makes all bees happier.",
    )
    whole = "It builds a net for bees; the bees are happier."
    assert shortened(whole) == (whole,)


def test_an_item_of_a_list_has_a_subject_where_others_have_their_own() -> None:
    """Unless all items share one that stands before them."""
    steps = "The steps are first, a net of bees, second, {}uses the net, and third, the bees are happy."
    assert shortened(steps.format("")) == (steps.format("it "),)
    shared = "It first, builds a net, second, uses the net, and third, tests it."
    assert shortened(shared) == (shared,)
