"""picks.md: what is offered is read back as it was written, and as a person edits it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.papers.picks import Choice, by_line, format_picks, parse_picks, told_in_short, was_changed
from podcast.papers.reading.markdown import to_html
from podcast.types import Pick, Preprint

if TYPE_CHECKING:
    from pathlib import Path

GROK = Preprint("2405.20233", "Grokfast: Accelerated Grokking", authors=("Jaerin Lee", "Bong Gyun Kang"), version=2)
OLD = Preprint("math/0309136", "A *Starred* [Title](https://arxiv.org/abs/9999.99999) with <b>markup</b> & $x_1$")
DISK = Preprint("pdf:0123456789abcdef", "A Paper on Disk")
PICKS = (
    Pick(GROK, "similar to “Slow Gradients”, which you kept", 0.9, is_ticked=True),
    Pick(DISK, "nearly the same as the one above", 0.8, like=GROK.id),
    Pick(OLD, "far from what you know", 0.1, is_exploring=True),
)
TEXT = format_picks("2024-06-15", "3 papers since 2024-06-08, the likeliest first.", PICKS)


def choices(text: str) -> list[tuple[str, bool]]:
    """Return ids and ticks."""
    return [(choice.id, choice.is_ticked) for choice in parse_picks(text, "picks.md")]


def test_a_checklist_reads_well() -> None:
    """Titles link to their papers, reasons stand behind, what explores has a heading of its own."""
    assert TEXT.startswith("# Picks of 2024-06-15\n\n3 papers since 2024-06-08, the likeliest first.\n")
    assert (
        "- [x] [Grokfast: Accelerated Grokking](https://arxiv.org/abs/2405.20233v2) (Jaerin Lee, Bong Gyun Kang): "
        "similar to “Slow Gradients”, which you kept\n"
        "  - [ ] [A Paper on Disk](papers/pdf-0123456789abcdef.pdf): nearly the same as the one above\n" in TEXT
    )
    assert "\n## To learn your taste\n\n- [ ] [A \\*Starred\\*" in TEXT
    assert "podcast newsletter 2024-06-15" in TEXT


def test_a_reason_that_all_have_is_said_once() -> None:
    """Where nothing is known of the author's taste, sixty lines need not say so."""
    text = format_picks("2024-06-15", "2 papers.", [Pick(GROK, "newest first"), Pick(OLD, "newest first")])
    assert text.count("ewest first") == 1
    assert "2 papers. Newest first.\n" in text


def test_what_was_offered_is_read_back() -> None:
    """In its order, with versions."""
    assert parse_picks(TEXT, "picks.md") == (
        Choice("2405.20233", 2, is_ticked=True),
        Choice("pdf:0123456789abcdef", None, is_ticked=False),
        Choice("math/0309136", 1, is_ticked=False, is_exploring=True),
    )
    assert not was_changed(TEXT)


@pytest.mark.parametrize(
    ("before", "after"),
    [("- [x]", "- [ ]"), ("  - [ ] [A Paper", "- [X] [A Paper"), ("3 papers", "three papers"), ("<!-- as offered", "")],
)
def test_a_change_is_noticed(before: str, after: str) -> None:
    """Whatever was changed."""
    assert before in TEXT
    assert was_changed(TEXT.replace(before, after))


def test_an_editor_that_changes_line_ends_changes_nothing() -> None:
    """As Windows does, with a mark before the first letter."""
    assert not was_changed("\ufeff" + TEXT.replace("\n", "\r\n"))
    assert choices(TEXT.replace("\n", "\r\n")) == choices(TEXT)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("- [x] https://arxiv.org/abs/2406.05816v3", ("2406.05816", 3)),
        ("* [X] arXiv:2406.05816", ("2406.05816", None)),
        ("1. [x] 2406.05816 because I want it", ("2406.05816", None)),
        ("- [x] see https://huggingface.co/papers/2406.05816", ("2406.05816", None)),
        ("  + [x] hep-th/9901001v2", ("hep-th/9901001", 2)),
    ],
)
def test_a_person_may_add_a_paper(line: str, found: tuple[str, int | None]) -> None:
    """By address or id."""
    found_last = parse_picks(f"{TEXT}\n{line}\n", "picks.md")[-1]
    assert (found_last.id, found_last.version, found_last.is_ticked) == (*found, True)


def test_a_paper_that_stands_twice_is_one_and_ticked_if_either_is() -> None:
    """So that moving a line by copying it does no harm."""
    text = "- [ ] 2406.05816\n- [x] 2406.05817\n- [x] arXiv:2406.05816\n"
    assert choices(text) == [("2406.05816", True), ("2406.05817", True)]


def test_a_line_without_a_paper_is_named() -> None:
    """Nothing that a person ticked is lost silently."""
    with pytest.raises(InputError, match="line 2: no paper is named in it"):
        parse_picks("- [x] 2406.05816\n- [x] that one about bees\n", "picks.md")


@pytest.mark.parametrize(
    "line", ["[x] 2406.08862", "-[x] 2406.08862", "- [y] https://arxiv.org/abs/2406.08862", "- 2406.08862"]
)
def test_a_line_that_almost_fits_is_named(line: str) -> None:
    """A person meant something by it."""
    with pytest.raises(InputError, match=r"line 2: it names a paper and has no box that is"):
        parse_picks(f"- [x] 2406.05816\n{line}\n", "picks.md")


def test_those_told_in_short_are_the_first_without_a_tick() -> None:
    """What is there to try a taste is not told unless it is ticked."""
    text = format_picks("2024-06-15", "", [Pick(GROK), Pick(DISK), Pick(OLD, is_exploring=True)], 1)
    assert [each.id for each in told_in_short(parse_picks(text, ""), 1)] == [GROK.id]
    assert [each.id for each in told_in_short(parse_picks(text, ""), 9)] == [GROK.id, DISK.id]
    ticked = text.replace("- [ ] [A \\*", "- [x] [A \\*")
    assert [each.id for each in told_in_short(parse_picks(ticked, ""), 1)] == [GROK.id, OLD.id]
    assert "the first 1 are told in short" in text


def test_a_list_without_papers_is_refused() -> None:
    """An empty file is a mistake, not a week without papers."""
    with pytest.raises(InputError, match="no paper is left"):
        parse_picks("# Picks\n\nnothing\n", "picks.md")


def test_authors_are_counted_where_they_are_many() -> None:
    """Nobody reads 664 names."""
    names = [f"Author {number}" for number in range(664)]
    assert by_line(names, 3) == "Author 0, Author 1, Author 2 and 661 others"
    assert by_line(names[:4], 3) == "Author 0, Author 1, Author 2, Author 3"


@given(st.text(), st.text(), st.text())
def test_no_title_can_be_anything_but_a_title(title: str, author: str, reason: str) -> None:
    """Whatever papers are called, their line is one line and names them alone."""
    picks = [Pick(Preprint("2405.20233", title, authors=(author,)), reason, is_ticked=True), Pick(GROK)]
    text = format_picks("2024-06-15", "", [picks[0], Pick(DISK)])
    assert choices(text) == [("2405.20233", True), (DISK.id, False)]
    assert not was_changed(text)


def test_hostile_titles_stay_titles(real_data: Path) -> None:
    """Of real papers: LaTeX, angle brackets, titles of one character."""
    lines = (real_data / "arxiv" / "nasty.jsonl").read_text("utf-8").splitlines()
    papers = [Preprint(each["id"], each["title"], authors=tuple(each["authors"])) for each in map(json.loads, lines)]
    unique = {paper.id: paper for paper in papers}
    text = format_picks("2024-06-15", "", [Pick(paper, "newest first") for paper in unique.values()])
    assert [name for name, _ in choices(text)] == list(unique)
    assert "<script" not in to_html(text)
