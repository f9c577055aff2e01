"""Acronyms: found where a paper explains them, and explained to whoever does not know them."""

from __future__ import annotations

import pytest

from podcast.writing.acronyms import Acronym, acronyms_of, definitions, explained, household, says

BEES = Acronym("BRNs", "bee routing networks")


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Large Language Models (LLMs) fail.", "LLMs", "Large Language Models"),
        ("Large language models (LLMs) fail.", "LLMs", "large language models"),
        ("It uses retrieval-augmented generation (RAG).", "RAG", "retrieval-augmented generation"),
        ("We use Low Rank Adaptation (LoRA).", "LoRA", "Low Rank Adaptation"),
        ("the University of Texas (UTSW)", None, None),
        ("It is small (about 3).", None, None),
        ("It is good (OK).", None, None),
        ("a table (Table) and (A)", None, None),
        ("(LLMs)", None, None),
    ],
)
def test_an_acronym_is_found_where_it_is_explained(text: str, short: str | None, long: str | None) -> None:
    """In brackets, behind the words that have its letters."""
    assert list(definitions(text).values()) == ([Acronym(short, long)] if short and long else [])


def test_the_first_explanation_counts() -> None:
    """One for each name, in the singular."""
    assert definitions("bee routing networks (BRNs) and big random nets (BRN)") == {"BRN": BEES}


def test_acronyms_are_whole_words_of_capitals() -> None:
    """Neither numerals nor what belongs to a name of a model."""
    text = "LLMs and RAG-based AI beat GPT-4, ResNet, Part II and BERT's CLS."
    assert acronyms_of(text) == ("LLM", "RAG", "AI", "BERT", "CLS")


def test_what_is_used_first_without_an_explanation_gets_one() -> None:
    """Behind the sentence, once."""
    known = {"BRN": BEES}
    assert explained(["BRNs fly.", "A BRN runs."], known, "practitioner") == [
        "BRNs fly.", "BRNs are bee routing networks.", "A BRN runs."
    ]  # fmt: skip
    assert explained(["A bee routing network, BRN, flies."], known, "practitioner") == [
        "A bee routing network, BRN, flies."
    ]
    assert explained(["BRNs fly."], known, "practitioner", said="It is about bee-routing networks.") == ["BRNs fly."]


def test_what_everybody_who_listens_knows_needs_none() -> None:
    """Who knows less is told more."""
    known = {"LLM": Acronym("LLM", "large language model")}
    assert explained(["An LLM fails."], known, "practitioner") == ["An LLM fails."]
    assert explained(["An LLM fails."], known, "lay")[1:] == ["LLM stands for large language model."]


def test_each_level_knows_what_those_before_it_know() -> None:
    """And more."""
    assert household("lay") < household("practitioner") < household("expert")
    assert {"AI", "USA"} <= household("lay")


def test_words_are_the_same_in_capitals_with_hyphens_and_in_the_plural() -> None:
    """But not within other words."""
    assert says("We use Large-Language Models.", "large language model")
    assert not says("We use enlarge language models.", "large language model")
