"""Does a sentence say what its source says? What is doubted, at which words, and what is not."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.writing.grounding import ground
from podcast.writing.grounding.names import is_ordinary
from podcast.writing.grounding.quantities import quantities, same_value
from podcast.writing.grounding.words import stem_of, tokens_of

SOURCE = """Grokfast: Amplifying Slow Gradients.
We propose Grokfast, which reaches 86.5% accuracy on ImageNet and 71.2% on CIFAR-100, outperforming AdamW by 3 points.
It reduces memory by up to 40% and trains 50x faster than the baseline on most datasets.
Training takes 12 hours on 8 GPUs. The method does not require labeled data.
GPT-4 and Llama-3 score 62.4% and 58.1%, respectively."""


def kinds(sentence: str, source: str = SOURCE) -> set[str]:
    """What is doubtful in a sentence."""
    return {doubt.kind for doubt in ground([sentence], source)[0].doubts}


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("It reaches 88.5 percent accuracy on ImageNet.", "number"),
        ("It trains five hundred times faster than the baseline.", "number"),
        ("Training takes 12 days on 8 GPUs.", "unit"),
        ("It reaches 86.5 percent accuracy on SQuAD.", "name"),
        ("Whisper reaches 86.5 percent accuracy.", "name"),
        ("It reduces memory by 40 percent.", "bound"),
        ("It reduces memory by at least 40 percent.", "bound"),
        ("It reaches 71.2 percent on ImageNet and 86.5 percent on CIFAR-100.", "binding"),
        ("GPT-4 scores 58.1 percent and Llama-3 scores 62.4.", "binding"),
        ("It increases memory by up to 40 percent.", "direction"),
        ("AdamW outperforms Grokfast by 3 points.", "comparison"),
        ("Grokfast is outperformed by AdamW by 3 points.", "comparison"),
        ("The method requires labeled data.", "negation"),
        ("It trains 50 times faster than the baseline on all datasets.", "scope"),
        ("Its authors come from a small town by the sea, where nobody had heard of machines before.", "unsupported"),
    ],
)
def test_what_a_source_does_not_bear_out_is_doubted(sentence: str, kind: str) -> None:
    """By the kind of claim."""
    assert kind in kinds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "On ImageNet, Grokfast gets 86.5 percent right.",
        "The authors propose Grokfast, and it beats AdamW by three points.",
        "Training is fifty times faster than the baseline on most datasets.",
        "Memory falls by as much as 40 percent.",
        "No labeled data is required.",
        "It takes twelve hours on eight GPUs.",
        "GPT-4 scores 62.4 percent, Llama-3 58.1.",
        "AdamW is outperformed by Grokfast.",
        "About 86 or 87 percent?",
    ],
)
def test_what_is_said_in_other_words_is_not_doubted(sentence: str) -> None:
    """Spelled out, turned round, told of somebody else."""
    assert kinds(sentence) == set()


PAIRED = """Grokfast has 91% precision and 84% recall on birds.
It raises accuracy from 61.2% to 70.5% on birds and from 55.1% to 64.8% on fish.
Latency falls by up to 2.8$\\times$ and 1.3$\\times$ for prompting and decoding, respectively."""


@pytest.mark.parametrize(
    "sentence",
    [
        "Precision is 84 percent on birds, and recall is 91 percent.",
        "Accuracy goes from 55.1 to 64.8 percent on birds, and from 61.2 to 70.5 percent on fish.",
        "Latency falls by up to 1.3 times for prompting, and by up to 2.8 times for decoding.",
    ],
)
def test_two_values_said_of_each_other_are_doubted(sentence: str) -> None:
    """Whatever they are said of stands in their own part of the sentence."""
    assert kinds(sentence, PAIRED) == {"binding"}


@pytest.mark.parametrize(
    "sentence",
    [
        "On birds recall is 84 percent, and precision is 91 percent.",
        "Accuracy on fish goes from 55.1 to 64.8 percent, and accuracy on birds from 61.2 to 70.5 percent.",
        "For decoding, latency falls by up to 1.3 times, and for prompting by up to 2.8 times.",
    ],
)
def test_values_told_in_another_order_are_not_doubted(sentence: str) -> None:
    """The last one first, what they are said of before them or behind."""
    assert kinds(sentence, PAIRED) == set()


COMPARED = """Critique Tuning (CT) yields an improvement over Plain Tuning (PT) on six tasks.
Compared to Orbit, the previous state of the art in open models, Lantern gains six points.
Gsplat needs 4x less memory than the original implementation."""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Plain tuning has an edge over critique tuning.", "Critique tuning has an edge over plain tuning."),
        ("Relative to Lantern, Orbit gains six points.", "Relative to Orbit, Lantern gains six points."),
        (
            "Against Gsplat, the original implementation needs four times less memory.",
            "Against the original implementation, Gsplat needs four times less memory.",
        ),
    ],
)
def test_the_sides_of_a_comparison_are_told_apart(wrong: str, right: str) -> None:
    """Also where acronyms name them, and where less is better."""
    assert kinds(wrong, COMPARED) == {"comparison"}
    assert kinds(right, COMPARED) == set()


CLAUSES = """Older metrics fail to capture how well agents adapt.
Guidance is often unnecessary at high resolutions and can even degrade quality.
The router avoids dropping tokens.
It brings a 2x training speedup and a 70% memory reduction."""


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Older metrics do capture how well agents adapt.", "negation"),
        ("Guidance is often needed at high resolutions and can even improve quality.", "direction"),
        ("Training is twice as fast, and memory rises by 70 percent.", "direction"),
    ],
)
def test_denials_and_directions_reach_as_far_as_their_clause(sentence: str, kind: str) -> None:
    """What fails to do something does not do it."""
    assert kind in kinds(sentence, CLAUSES)


@pytest.mark.parametrize(
    "sentence",
    [
        "Older metrics do not capture how well agents adapt.",
        "At high resolutions guidance is often not necessary and can even degrade quality.",
        "The router works so that no tokens are dropped.",
        "Training becomes two times faster and memory falls by 70 percent.",
    ],
)
def test_denials_and_directions_reach_no_further(sentence: str) -> None:
    """A new statement has its own."""
    assert kinds(sentence, CLAUSES) == set()


def test_a_doubt_names_its_words_and_what_the_source_says() -> None:
    """So that a reviewer sees at once what to change."""
    sentence = "It reduces memory by 40 percent."
    (doubt,) = ground([sentence], SOURCE)[0].doubts
    assert sentence[slice(*doubt.at)] == doubt.claim == "40 percent"
    assert "up to 40" in doubt.expected


def test_a_sentence_rests_on_what_tells_the_same() -> None:
    """Its place in the passage is given."""
    (found,) = ground(["Training takes twelve hours on eight GPUs."], SOURCE)
    start, end = found.rests_on[0]
    assert SOURCE[start:end] == "Training takes 12 hours on 8 GPUs."


def test_the_sources_own_sentences_are_never_doubted() -> None:
    """Word for word."""
    sentences = ["Training takes 12 hours on 8 GPUs.", "The method does not require labeled data."]
    assert [found.doubts for found in ground(sentences, SOURCE)] == [(), ()]


def test_without_a_source_nothing_is_doubted() -> None:
    """There is nothing to look anything up in."""
    assert kinds("It reaches 99 percent.", " \n") == set()


def test_what_is_no_sentence_is_said_to_be_none() -> None:
    """Instead of keeping a processor busy for hours."""
    assert kinds("The model has 5 layers and 7 heads " * 3000, SOURCE * 50) == {"unsupported"}


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("fifty times", "50x"),
        ("a factor of 50", "$50\\times$"),
        ("two point five percent", "2.5%"),
        ("a third", "33%"),
        ("half a million", "500,000"),
        ("one and a half million", "1.5M"),
        ("twenty-seven billion", "27B"),
        ("one in ten", "10%"),
        ("tenfold", "10x"),
        ("twice", "2x"),
        ("twelve hundred", "1,200"),
        ("87 percent", "86.9%"),
        ("more than four times", "4.7x"),
        ("two orders of magnitude", "100x"),
        ("10^-4", "0.0001"),
    ],
)
def test_values_are_the_same_however_they_are_written(said: str, source: str) -> None:
    """In words, in digits, as shares, rounded as far as the words admit."""
    (mine,), (theirs,) = quantities(tokens_of(said)), quantities(tokens_of(source))
    assert same_value(mine, theirs)


@pytest.mark.parametrize(
    ("said", "source"),
    [("500 times", "50x"), ("12 hours", "12 days"), ("40 percent", "4%"), ("85 percent", "86.5%"), ("3 GB", "3 MB")],
)
def test_values_that_differ_are_told_apart(said: str, source: str) -> None:
    """By a digit, or by the unit."""
    (mine,), (theirs,) = quantities(tokens_of(said)), quantities(tokens_of(source))
    assert not same_value(mine, theirs)


@pytest.mark.parametrize("name", ["GPT-4", "Llama 3.1", "CIFAR-10", "ViT-B/16", "top-5", "F1", "o1", "Gemma-2-9b"])
def test_digits_of_names_are_no_numbers(name: str) -> None:
    """They are looked up as parts of the name."""
    assert quantities(tokens_of(f"They use {name} here.")) == []


@given(st.text(max_size=300), st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_two_texts_can_be_compared(sentence: str, source: str) -> None:
    """Whatever signs are in them; places stay inside the sentence."""
    for found in ground([sentence], source):
        assert all(0 <= start <= end <= len(sentence) for start, end in (doubt.at for doubt in found.doubts))
        assert all(0 <= start <= end <= len(source) for start, end in found.rests_on)


def test_the_first_word_of_a_sentence_is_no_name_if_prose_has_it_in_any_form() -> None:
    """Looked for among the words that begin as its stem does: lying and lie begin so, too."""
    text = (files("podcast.writing.grounding") / "ordinary.txt").read_text(encoding="utf-8")
    words = [*text.splitlines()[1::5], "lying"]
    assert len(words) > 1000
    assert [word for word in words if not is_ordinary(f"{word.capitalize()}'s")] == []
    assert is_ordinary("Lie")
    assert not is_ordinary("Grokfast")


def test_several_threads_find_the_same() -> None:
    """Stemmers remember the word that they are at."""
    words = [
        f"{stem}{end}" for stem in ("train", "generaliz", "measur", "pretend") for end in ("ing", "ed", "ings", "s")
    ]
    alone = [stem_of(word) for word in words]
    stem = stem_of.__wrapped__  # behind its cache
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(stem, words * 200)) == alone * 200
    finally:
        sys.setswitchinterval(usual)
