"""The embedded writer on real papers: no word that is not theirs, nothing that dangles, sentences for the ear."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import statistics
from typing import TYPE_CHECKING

import pytest

from podcast.papers.newsletter import read_newsletter
from podcast.types import Brief, Draft, Paper, Section
from podcast.writing import cutting, prose, told
from podcast.writing.leaning import leans
from podcast.writing.material import source_of
from podcast.writing.prose import ORDINALS
from podcast.writing.sentences import split_sentences
from podcast.writing.style import MEDIAN_WORDS, is_easy
from podcast.writing.told import IN_A_ROW, opening
from podcast.writing.verbs import PARTICIPLE_OF, third
from podcast.writing.writers import Means
from podcast.writing.writers.extractive import ExtractiveWriter

if TYPE_CHECKING:
    from pathlib import Path

WRITER = ExtractiveWriter(Means())
written = functools.cache(WRITER.write)
"""The same papers, told once for all tests."""


def words(text: str) -> list[str]:
    """All words of a text, in small letters."""
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+", text.casefold().replace("’", "'"))


ADDED = {*cutting.ADDED, *told.ADDED, *prose.ADDED, *ORDINALS, *words("stands for are have has will would at")}
ADDED |= {*words("see the address in the show notes")}
"""Every word that the writer may add: function words, none of them a claim."""


def text_of(draft: Draft) -> str:
    """All that a draft says."""
    return " ".join(paragraph.text for paragraph in draft.paragraphs)


def sentences_of(draft: Draft) -> list[str]:
    """All its sentences."""
    return [sentence for paragraph in draft.paragraphs for sentence in split_sentences(paragraph.text)]


def invented(paper: Paper, draft: Draft) -> set[str]:
    """Words of a draft that its paper does not have; other forms of its verbs count as the paper's."""
    own = set(words(source_of(paper)))
    bases = {PARTICIPLE_OF.get(word, word) for word in own} & told.KNOWN
    forms = bases | set(map(third, bases))
    return {word.removesuffix("'s") for word in words(text_of(draft)) if word not in own} - own - forms - ADDED


def abstracts(real_data: Path, every: int) -> list[Paper]:
    """Take one in so many of the real abstracts."""
    path = real_data / "arxiv" / "abstracts_2024-06_2025-01.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[::every]]
    return [Paper(row["title"], (row["abstract"],)) for row in rows]


def highlights(real_data: Path) -> list[Paper]:
    """All papers that real newsletters tell of."""
    files = sorted(path for path in (real_data / "newsletters").iterdir() if path.suffix in {".md", ".txt"})
    return [paper for path in files for paper in read_newsletter(path.read_bytes(), name=path.name).highlights]


def find_invented(papers: list[Paper], brief: Brief) -> list[tuple[str, set[str]]]:
    """Write them all; return the titles of those that say a word that is not theirs, with these words."""
    found = ((paper.title, invented(paper, written(paper, brief))) for paper in papers)
    return [(title, strange) for title, strange in found if strange]


@pytest.mark.parametrize("most_words", [None, 80])
def test_no_word_is_invented(real_data: Path, most_words: int | None) -> None:
    """Of five hundred abstracts and of real newsletters, told whole or in eighty words."""
    papers = [*abstracts(real_data, 10), *highlights(real_data)]
    assert find_invented(papers, Brief(words=most_words)) == []


def test_half_of_the_sentences_have_at_most_24_words_and_hardly_any_more_than_35(real_data: Path) -> None:
    """In all but one in ten of real abstracts and newsletters; in one of 25 the middle sentence is longer.

    Nothing is left out of them, so what is left are sentences that no rule is sure where to cut.
    """
    papers = [*abstracts(real_data, 10), *highlights(real_data)]
    told = [[f"First up, {paper.title}.", *sentences_of(written(paper, Brief()))] for paper in papers]
    medians = [statistics.median(len(sentence.split()) for sentence in sentences) for sentences in told]
    assert sum(not is_easy(sentences) for sentences in told) <= 0.1 * len(papers)
    assert sum(median > MEDIAN_WORDS for median in medians) <= 0.04 * len(papers)


def test_given_a_length_long_sentences_are_not_chosen(real_data: Path) -> None:
    """Where there is a choice, the ear decides, too."""
    papers = [paper for paper in abstracts(real_data, 10) if len(paper.paragraphs[0].split()) > 150]
    told = [sentences_of(written(paper, Brief(words=90))) for paper in papers]
    assert sum(not is_easy(sentences) for sentences in told) <= 0.06 * len(papers)


@pytest.mark.parametrize("most_words", [None, 90])
def test_no_three_sentences_in_a_row_begin_alike(real_data: Path, most_words: int | None) -> None:
    """With the same two words, over a whole paper; but for one of two hundred, whose authors wrote so."""
    papers = [*abstracts(real_data, 10), *highlights(real_data)]
    begins = [[*map(opening, sentences_of(written(paper, Brief(words=most_words))))] for paper in papers]
    alike = [any(len({*row[at : at + IN_A_ROW]}) == 1 for at in range(len(row) - IN_A_ROW + 1)) for row in begins]
    assert sum(alike) <= 0.005 * len(papers)


def test_nothing_dangles_in_what_is_chosen(real_data: Path) -> None:
    """A sentence that leans on another is never the first; and none points at a table or a figure."""
    for paper in abstracts(real_data, 20):
        sentences = sentences_of(written(paper, Brief(words=80)))
        assert not leans(sentences[0]) or paper.paragraphs[0].startswith(sentences[0][:20])
        assert not re.search(r"\b(?:Table|Figure|Fig\.|Section|Appendix) [A-Z\d]", " ".join(sentences))


def test_a_length_is_used_and_kept(real_data: Path) -> None:
    """Of real abstracts that are longer: never exceeded, and at least four fifths of it on average."""
    papers = [paper for paper in abstracts(real_data, 20) if len(paper.paragraphs[0].split()) > 150]
    used = [len(text_of(written(paper, Brief(words=100))).split()) for paper in papers]
    assert max(used) <= 100
    assert statistics.mean(used) > 90


def test_nobody_who_listens_is_spoken_of_as_we(real_data: Path) -> None:
    """What authors do is told of them; the few that are left mean everybody, in questions and how we live."""
    texts = [text_of(written(paper, Brief())) for paper in abstracts(real_data, 10)]
    kept = [text for text in texts if re.search(r"\b(?:[Ww]e|[Oo]ur)\b", text)]
    assert len(kept) < 0.06 * len(texts)
    assert not [text for text in texts if re.search(r"(?:^|\. )We (?:propose|show|present|find|introduce)\b", text)]


def test_the_same_paper_is_always_told_the_same(real_data: Path) -> None:
    """Word for word."""
    for paper in abstracts(real_data, 200):
        assert WRITER.write(paper, Brief(words=90)) == ExtractiveWriter(Means()).write(paper, Brief(words=90))


# ── what it tells ───────────────────────────────────────────────────────────────────────────────────────

ABSTRACT = (
    "Beekeepers lose hives every winter. In this paper, we present HiveNet, a network that listens to hives. "
    "It runs on a small board (see Appendix B). We tested it on 40 hives, as shown in Table 2. "
    "HiveNet finds 93% of sick hives, enabling beekeepers to act three weeks earlier than before."
)


def write(text: str, **brief: object) -> Draft:
    """Tell a paper of one paragraph."""
    return WRITER.write(Paper("HiveNet", (text,)), Brief(**brief))  # type: ignore[arg-type]


def test_a_whole_abstract_is_told_by_somebody_else() -> None:
    """First person, pointers to pages and nothing else are gone."""
    assert text_of(write(ABSTRACT)) == (
        "Beekeepers lose hives every winter. The authors present HiveNet, a network that listens to hives. It runs on "
        "a small board. The authors tested it on 40 hives. HiveNet finds 93% of sick hives, enabling beekeepers to act "
        "three weeks earlier than before."
    )


def test_with_little_time_what_was_done_and_found_is_told() -> None:
    """In its order, whole sentences only; how many are not told is said."""
    draft = write(ABSTRACT, words=30)
    assert text_of(draft) == (
        "The authors present HiveNet, a network that listens to hives. HiveNet finds 93% of sick hives, enabling "
        "beekeepers to act three weeks earlier than before."
    )
    assert draft.left_out == 3


def test_a_sentence_that_only_points_is_left_out_where_something_is() -> None:
    """What it points at cannot be heard."""
    text = f"{ABSTRACT} Table 3 lists all hives."
    assert "Table 3 lists all hives." in text_of(write(text))
    assert "Table" not in text_of(write(text, words=70))


def test_two_hosts_take_turns_and_the_second_answers_the_announcement() -> None:
    """Paragraph by paragraph."""
    paper = Paper("HiveNet", ("It listens.", "It learns.", "It tells."))
    draft = WRITER.write(paper, Brief(hosts=("Ada", "Bo")))
    assert [paragraph.speaker for paragraph in draft.paragraphs] == ["Bo", "Ada", "Bo"]


def test_an_acronym_that_is_explained_later_is_explained_at_once() -> None:
    """In the words of the source, where it is used first."""
    text = "RBM-Bee uses AQP for speed. The acoustic queen protocol (AQP) was made for it."
    assert text_of(write(text)) == (
        "RBM-Bee uses AQP for speed. AQP stands for acoustic queen protocol. "
        "The acoustic queen protocol, or AQP, was made for it."
    )


PAPER = Paper(
    "HiveNet",
    ("The newsletter tells of it.",),
    sections=(
        Section("Abstract", ("We present HiveNet, a network for hives.", "It finds 93% of sick hives.")),
        Section("1 Introduction", ("Beekeepers lose hives every winter.", "We therefore listen to them [3].")),
        Section("2. Method", ("Every hive has a microphone.",)),
        Section("5 Discussion and Conclusion", ("Our network hears what beekeepers do not.",)),
        Section("Acknowledgements", ("We thank the bees.",)),
    ),
)


def test_a_paper_whose_text_is_known_is_told_by_it() -> None:
    """By abstract, introduction and conclusion; not by the newsletter, nor by its method."""
    told = text_of(WRITER.write(PAPER, Brief()))
    assert told == (
        "The authors present HiveNet, a network for hives. It finds 93% of sick hives. Beekeepers lose hives every "
        "winter. The authors therefore listen to them. The authors' network hears what beekeepers do not."
    )


def test_of_a_long_text_some_minutes_are_told() -> None:
    """Even where no length is asked for; the rest is counted."""
    hives = (f"Hive {number} has {number * 7} bees and one queen." for number in range(99))
    long = Section("Introduction", tuple(hives))
    draft = WRITER.write(dataclasses.replace(PAPER, sections=(PAPER.sections[0], long)), Brief())
    assert 300 < len(text_of(draft).split()) <= 350
    assert draft.left_out > 40
    assert "93%" in text_of(draft)


def test_a_paper_of_unknown_sections_is_told_by_its_first_and_last() -> None:
    """Better than not at all."""
    paper = Paper(
        "HiveNet", sections=tuple(Section(f"Part {word}", (f"It {word}.",)) for word in ("hums", "buzzes", "stings"))
    )
    assert text_of(written(paper, Brief())) == "It hums. It stings."


def test_a_long_abstract_is_parted_where_the_paper_turns_to_what_was_done() -> None:
    """Two or three paragraphs of related sentences, not one block."""
    background = "Bees are important for farms all over the world and have been for thousands of years of farming. "
    done = "We propose a network that listens to hives by night and by day. It has two layers of many small units. "
    found = (
        "Experiments show that it finds sick hives three weeks earlier than people who look at them do. It is free. "
    )
    draft = write(2 * background + 2 * done + 2 * found)
    begins = [paragraph.text.split()[:2] for paragraph in draft.paragraphs]
    assert begins == [["Bees", "are"], ["The", "authors"], ["Experiments", "show"]]
