"""What a person names on the command line or in a list: papers, addresses, and what is neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast.papers.identify import Identified, identify, is_list, read_list

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("argument", "name"),
    [
        ("2405.20233", "2405.20233"),
        ("0704.0001", "0704.0001"),
        ("2405.20233v2", "2405.20233v2"),
        ("2405.20233v12", "2405.20233v12"),
        (" 2405.20233\n", "2405.20233"),
        ("arXiv:2405.20233", "2405.20233"),
        ("ARXIV: 2405.20233V3", "2405.20233v3"),
        ("math/0309136", "math/0309136"),
        ("math.GT/0309136v1", "math/0309136v1"),
        ("arXiv:quant-ph/0201082", "quant-ph/0201082"),
        ("https://arxiv.org/abs/2405.20233", "2405.20233"),
        ("http://arxiv.org/abs/2405.20233v1/", "2405.20233v1"),
        ("HTTPS://WWW.ARXIV.ORG/ABS/2405.20233", "2405.20233"),
        ("arxiv.org/abs/2405.20233", "2405.20233"),
        ("https://arxiv.org/pdf/2405.20233v2.pdf", "2405.20233v2"),
        ("https://arxiv.org/pdf/2405.20233#page=3", "2405.20233"),
        ("https://export.arxiv.org/abs/math/0309136v1", "math/0309136v1"),
        ("https://arxiv.org/html/2405.20233v1?x=y", "2405.20233v1"),
        ("https://alphaxiv.org/abs/2405.20233v1", "2405.20233v1"),
        ("https://www.alphaxiv.org/overview/2405.20233", "2405.20233"),
        ("https://huggingface.co/papers/2405.20233", "2405.20233"),
        ("https://ar5iv.labs.arxiv.org/html/2405.20233", "2405.20233"),
        ("https://doi.org/10.48550/arXiv.2405.20233", "2405.20233"),
        ("doi:10.48550/arXiv.2405.20233", "2405.20233"),
        ("10.48550/ARXIV.MATH/0309136", "math/0309136"),
        ("0000.00000", "0000.00000"),
    ],
)
def test_a_paper_is_known_however_it_is_named(argument: str, name: str) -> None:
    """By id, with or without a version, and by the addresses of the sites that show it."""
    found = identify(argument)
    assert found
    assert (found.kind, found.name) == ("arxiv", name)


def test_a_version_is_told_apart_from_its_paper() -> None:
    """No version is the newest one."""
    assert identify("2405.20233v2") == Identified("arxiv", "2405.20233", 2)
    assert identify("2405.20233") == Identified("arxiv", "2405.20233", None)


@pytest.mark.parametrize(
    "argument",
    [
        "https://example.org/newsletter.html",
        "HTTPS://example.org",
        "https://example.org/abs/2405.20233",
        "https://notarxiv.org/abs/2405.20233",
        "https://arxiv.org.example.org/abs/2405.20233",
        "https://arxiv.org/abs/2405.2023399",
        "https://arxiv.org/list/cs.CL/recent",
    ],
)
def test_other_addresses_are_addresses(argument: str) -> None:
    """Even those that look like a paper's on a site that shows none."""
    assert identify(argument) == Identified("address", argument)


@pytest.mark.parametrize(
    "argument",
    [
        "", " ", "-", "week", "notes.md", "2405.20233.pdf", "2405.20233v1.pdf", "papers/2405.20233.pdf", "2024-06-15",
        "2024.0615", "2405.202", "2405.2023344", "2413.00001", "2405.20233v0", "2405.20233 2406.00001",
        "notes/0309136.md", "my.papers/2405.txt", "../math/0309136", "/math/0309136", "http://example.org/a.html",
        "https://", "ftp://arxiv.org/abs/2405.20233", "file:///tmp/2405.20233", "pdf:0123456789abcdef", "arxiv:",
        "２４1２.２０２３３",
    ],
)  # fmt: skip
def test_files_slugs_and_words_are_neither(argument: str) -> None:
    """So that a file on disk is never taken for a paper."""
    assert identify(argument) is None


@given(st.text())
def test_whatever_is_typed_is_answered(argument: str) -> None:
    """With what it names, or with nothing."""
    found = identify(argument)
    assert found is None or found.kind in {"arxiv", "address"}


def names(text: str) -> list[str]:
    """What each line of a list names."""
    return [each.name for each in read_list(text)]


def test_a_list_has_an_id_address_or_pdf_a_line() -> None:
    """Comments, blank lines, further columns, signs of lists and the names of columns are passed over."""
    text = (
        "\ufeffid,title\r\n\r\n# the week's\r\n2405.20233, Grokking\r\n"
        '"2406.00001v2","Sorting, again"\r\nhttps://arxiv.org/abs/math/0309136#x  # an old one\r\n'
        "arXiv:2406.00002;x\r\n2406.00003\tTabs\r\n- [x] 2406.00004\r\n2) 2406.00005 a study\r\n"
        "a paper of mine.pdf\r\nhttps://example.org/no.html\r\n"
    )
    assert names(text) == [
        *("2405.20233", "2406.00001v2", "math/0309136", "2406.00002", "2406.00003", "2406.00004", "2406.00005"),
        *("a paper of mine.pdf", ""),
    ]
    assert read_list("") == read_list("# nothing\n\n") == ()


@pytest.mark.parametrize("line", ["Grokking, 2405.20233", "id", "notes.md", "https://example.org/a"])
def test_a_line_that_names_no_paper_keeps_its_number(line: str) -> None:
    """So that it can be named before anything is looked up."""
    text = f"2405.20233\n\n{line}\n2405.20234\n"
    found = read_list(text)
    assert [(each.number, each.name) for each in found] == [(1, "2405.20233"), (3, ""), (4, "2405.20234")]
    assert is_list(text)


@pytest.mark.parametrize(
    "text", ["", "# My week\n\nA paper on bees.\n\n2405.20233\n", "a\nb\n", "## A Paper\n\n2405.20233\n"]
)
def test_what_mostly_says_something_else_is_no_list(text: str) -> None:
    """A newsletter that stands an id on a line of its own stays a newsletter."""
    assert not is_list(text)


@given(st.text())
def test_whatever_a_list_holds_it_is_read(text: str) -> None:
    """Each line names a paper, a PDF, or nothing."""
    for each in read_list(text):
        found = identify(each.name)
        assert not each.name or each.name.lower().endswith(".pdf") or (found and found.kind == "arxiv")


def test_real_newsletters_are_no_lists(real_data: Path) -> None:
    """However many links they have."""
    for path in (real_data / "newsletters").glob("*"):
        assert not is_list(path.read_text("utf-8")), path.name
