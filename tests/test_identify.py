"""What a person names on the command line or in a list: papers, addresses, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.papers.identify import Identified, identify, read_list


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


def test_a_list_has_an_id_or_address_a_line() -> None:
    """Comments, blank lines, further columns and the names of columns are passed over; each paper stands once."""
    text = (
        "\ufeffid,title\r\n\r\n# the week's\r\n2405.20233, Grokking\r\n"
        '"2406.00001v2","Sorting, again"\r\nhttps://arxiv.org/abs/math/0309136#x  # an old one\r\n'
        "arXiv:2406.00002;x\r\n2406.00003\tTabs\r\n2405.20233\r\n"
    )
    assert read_list(text) == ("2405.20233", "2406.00001v2", "math/0309136", "2406.00002", "2406.00003")
    assert read_list("") == read_list("# nothing\n\n") == ()


@pytest.mark.parametrize("line", ["Grokking, 2405.20233", "id", "notes.md", "https://example.org/a", "2405.20233 x"])
def test_a_line_that_is_neither_is_named(line: str) -> None:
    """With its number, before anything is looked up."""
    with pytest.raises(InputError, match=r"line 3: .+ is no arXiv id"):
        read_list(f"2405.20233\n\n{line}\n2405.20234\n")
