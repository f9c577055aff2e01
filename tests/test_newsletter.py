"""Newsletters as people write them: what is a paper, what is its text, and what nobody wants to hear."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.papers.newsletter import read_newsletter
from podcast.types import Newsletter

if TYPE_CHECKING:
    from pathlib import Path


def read(text: str, name: str = "news.md", section: str | None = None) -> Newsletter:
    """Read a newsletter given as text."""
    return read_newsletter(text.encode(), name=name, section=section)


def titles(newsletter: Newsletter) -> list[str]:
    """Titles of the highlighted papers."""
    return [paper.title for paper in newsletter.highlights]


def body(text: str) -> tuple[str, ...]:
    """Paragraphs of the one paper of a newsletter that says this of it."""
    return (
        read(f"# News of 2024-06-15\n\n## A Paper\n\n{text}\n\n## Another Paper\n\nIt is short.\n")
        .highlights[0]
        .paragraphs
    )


# ── a page pasted from a newsletter's site ──────────────────────────────────────────────────────────────

PASTED = """\
Somebody’s Substack
Weekly Paper Notes
Notes of the Week - June 1, 2024
0:00
-14:33

Notes of the Week - June 1, 2024

Hello and welcome to my notes.

Somebody’s Substack is a reader-supported publication. To receive new posts, consider becoming a paid subscriber.

# First Paper

It has a method.

It has results.

# Second Paper - A Survey

It has an overview.

Thanks for reading, that's all for this week.

Here is my channel:

https://example.org/channel

3 Comments
Somebody’s Substack
Weekly Paper Notes
What I read each week
"""


def test_a_pasted_page_gives_its_papers_and_none_of_its_furniture() -> None:
    """Titles, paragraphs, greeting and sign-off are the author's; players, subscribing and comments are not."""
    newsletter = read(PASTED, "notes.txt")
    assert newsletter.title == "Notes of the Week - June 1, 2024"
    assert newsletter.date == dt.date(2024, 6, 1)
    assert newsletter.greeting == ("Hello and welcome to my notes.",)
    assert titles(newsletter) == ["First Paper", "Second Paper - A Survey"]
    assert [paper.paragraphs for paper in newsletter.highlights] == [
        ("It has a method.", "It has results."),
        ("It has an overview.",),
    ]
    assert newsletter.sign_off == ("Thanks for reading, that's all for this week.", "Here is my channel:")
    assert [link.url for link in newsletter.links] == ["https://example.org/channel"]


# ── headings and sections ───────────────────────────────────────────────────────────────────────────────

SECTIONS = """\
# The Week of June 15, 2024

A word before.

## Highlights

### First Paper

[arXiv:2406.00001](https://arxiv.org/abs/2406.00001v2) · Ada Lovelace, Bo Li and others

It has *results* [3] (Smith et al., 2020).

#### Limitations

It is slow.

### Second Paper

It has `code`.

## Also this week

### Third Paper

It is brief.

## Until next week

See you.
"""


def test_the_first_section_with_papers_is_highlighted_and_the_others_are_the_rest() -> None:
    """A lone top heading is the title, a farewell is the sign-off, text before the papers is the greeting."""
    newsletter = read(SECTIONS)
    assert (newsletter.title, newsletter.section) == ("The Week of June 15, 2024", "Highlights")
    assert newsletter.greeting == ("A word before.",)
    assert titles(newsletter) == ["First Paper", "Second Paper"]
    assert [paper.title for paper in newsletter.rest] == ["Third Paper"]
    assert newsletter.sign_off == ("See you.",)


def test_a_line_of_links_and_authors_is_not_spoken_but_kept() -> None:
    """Id without version, authors, link."""
    paper = read(SECTIONS).highlights[0]
    assert paper.arxiv_id == "2406.00001"
    assert paper.authors[:2] == ("Ada Lovelace", "Bo Li")
    assert paper.url == "https://arxiv.org/abs/2406.00001"


def test_parts_of_a_paper_stay_with_it() -> None:
    """A heading below a paper is said as a sentence; nothing of it is lost."""
    assert read(SECTIONS).highlights[0].paragraphs == (
        "It has results [3] (Smith et al., 2020).",
        "Limitations.",
        "It is slow.",
    )


@pytest.mark.parametrize("name", ["Also this week", "also THIS week ", "ALSO THIS WEEK"])
def test_another_section_can_be_named(name: str) -> None:
    """Whatever its case."""
    newsletter = read(SECTIONS, section=name)
    assert titles(newsletter) == ["Third Paper"]
    assert [paper.title for paper in newsletter.rest] == ["First Paper", "Second Paper"]


def test_an_unknown_section_is_refused_with_the_known_ones() -> None:
    """And with a guess."""
    with pytest.raises(InputError, match=r"Highlights, Also this week.*Did you mean Highlights"):
        read(SECTIONS, section="Highlight")


def test_where_papers_are_the_top_headings_all_are_highlighted() -> None:
    """No sections, no title above them."""
    assert titles(read("# One Paper\n\nText.\n\n# Another Paper\n\nText.\n")) == ["One Paper", "Another Paper"]


def test_list_items_that_begin_with_a_linked_title_are_papers() -> None:
    """A bullet a paper, as link lists have them."""
    newsletter = read(
        "# Links of 2024-06-15\n\n## Papers\n\n"
        "- [First Paper](https://arxiv.org/abs/2406.00001): it has results.\n"
        "- [Second Paper](https://arxiv.org/abs/2406.00002): it has more.\n"
    )
    assert titles(newsletter) == ["First Paper", "Second Paper"]
    assert [paper.arxiv_id for paper in newsletter.highlights] == ["2406.00001", "2406.00002"]
    assert [len(paper.paragraphs) for paper in newsletter.highlights] == [1, 1]


def test_a_paper_that_cites_an_arxiv_id_is_no_section() -> None:
    """An address in a paper's text makes neither a title of its sentence nor a section of its heading."""
    newsletter = read(
        "# News\n\n## First Paper\n\nIt is great. See https://arxiv.org/abs/1706.03762.\n\n"
        "## Second Paper\n\nIt follows [this](https://arxiv.org/abs/1706.03763) work.\n\n## Third Paper\n\nIt is new.\n"
    )
    assert titles(newsletter) == ["First Paper", "Second Paper", "Third Paper"]
    assert newsletter.highlights[0].paragraphs == ("It is great. See https://arxiv.org/abs/1706.03762.",)


def test_paragraphs_that_begin_with_a_bold_title_are_papers() -> None:
    """The title is not said twice; where it is part of the sentence, the sentence stays whole."""
    newsletter = read(
        "# News\n\n**[First Paper](https://arxiv.org/abs/2406.00001)** It is great.\n\n"
        "**[Genesis](https://arxiv.org/abs/2406.00002)** is a platform.\n"
    )
    assert [(paper.title, paper.paragraphs) for paper in newsletter.highlights] == [
        ("First Paper", ("It is great.",)),
        ("Genesis", ("Genesis is a platform.",)),
    ]


# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_table_with_title_and_text_in_one_cell() -> None:
    """Number and marks go, the bold lead is the title, the rest is what is said."""
    newsletter = read(
        "## Papers (June 10 - June 16) - 2024\n| **Paper** | **Links** |\n|---|---|\n"
        "| 1) **First** - a new method; it wins. | [Paper](https://arxiv.org/abs/2406.00001), [X](https://x.com/a) |\n"
        "| 2) **3D Second** - shows more. | [Paper](https://example.org/p.pdf) |\n"
    )
    assert titles(newsletter) == ["First", "3D Second"]
    assert newsletter.date == dt.date(2024, 6, 16)
    assert newsletter.highlights[0].paragraphs == ("a new method; it wins.",)
    assert [paper.url for paper in newsletter.highlights] == [
        "https://arxiv.org/abs/2406.00001",
        "https://example.org/p.pdf",
    ]


def test_a_table_with_columns_for_title_authors_and_summary() -> None:
    """`Read more on …` in the title's cell is links, not title."""
    newsletter = read(
        "## Papers for 2024-11-01\n\n| Title | Authors | Summary |\n|---|---|---|\n"
        "| A Paper: on Things (Read more on [arXiv](https://arxiv.org/abs/2410.00001) or"
        " [HuggingFace](https://huggingface.co/papers/2410.00001))| Ann Lee, Bo | It finds 3 things.  |\n"
    )
    paper = newsletter.highlights[0]
    assert (paper.title, paper.arxiv_id, paper.authors) == ("A Paper: on Things", "2410.00001", ("Ann Lee", "Bo"))
    assert paper.paragraphs == ("It finds 3 things.",)


# ── HTML ────────────────────────────────────────────────────────────────────────────────────────────────

PAGE = """<!doctype html><html><head><title>Paper News | A Blog</title>
<meta property="article:published_time" content="2024-06-15T08:00:00Z"><script>alert("spoken")</script></head><body>
<nav><a href="/">Home</a> <a href="/about">About</a></nav>
<article><h1>Paper News</h1><p>Hello.</p>
<h2>First Paper<a class="anchor" href="#first">#</a></h2>
<p>It takes 10<sup>-4</sup> of x<sub>i</sub>,<sup><a href="#fn1">1</a></sup> and &lt;b&gt; stays.</p>
<form><input><button>Subscribe</button></form><p hidden>Secret</p>
<h2>Second Paper</h2><p>It is <em>good</em>.</p><style>p{}</style></article>
<footer>© 2024 A Blog</footer></body></html>"""


def test_of_a_page_only_the_article_is_read() -> None:
    """Scripts, navigation, forms, hidden text, footnote marks and footers are never spoken."""
    newsletter = read(PAGE, "page.html")
    assert (newsletter.title, newsletter.date) == ("Paper News", dt.date(2024, 6, 15))
    assert newsletter.greeting == ("Hello.",)
    assert [re.sub(r"\W+$", "", title) for title in titles(newsletter)] == ["First Paper", "Second Paper"]
    assert newsletter.highlights[0].paragraphs == ("It takes 10^-4 of x_i, and <b> stays.",)
    assert newsletter.highlights[1].paragraphs == ("It is good.",)


def test_html_is_known_by_what_it_is() -> None:
    """Piped in without a name, a page is a page."""
    assert titles(read(PAGE, "-"))[1] == "Second Paper"


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("It is **bold**, _slanted_ and ~~struck~~.", "It is bold, slanted and struck."),
        ("It has `code` and [a link](https://example.org).", "It has code and a link."),
        ("A line\nthat goes on.", "A line that goes on."),
        ("The size is $a_i * b_j * c$ or $O(n^2)$.", "The size is $a_i * b_j * c$ or $O(n^2)$."),
        ("It costs $5M, not $6M.", "It costs $5M, not $6M."),
        ("It improves[^1] much.\n\n[^1]: A note.", "It improves much."),
        ("> A quote is read.", "A quote is read."),
        ("    Indented text is read.", "Indented text is read."),
        ("See https://example.org/x for more.", "See https://example.org/x for more."),
        ("It was A &amp; B, 3 < 5.", "It was A & B, 3 < 5."),
        ("An idea<!-- not this --> counts.", "An idea counts."),
    ],
)
def test_paragraphs_are_plain_prose(written: str, read_as: str) -> None:
    """Marks go, words and formulas stay."""
    assert body(written)[0] == read_as


def test_list_items_are_paragraphs() -> None:
    """Each point is said on its own."""
    assert body("It shows:\n\n- one thing;\n- another thing.") == ("It shows:", "one thing;", "another thing.")


def test_what_cannot_be_read_aloud_is_named() -> None:
    """Code, pictures and tables inside a paper are noted for the reviewer."""
    paper = read("# T\n\n## A\n\nText.\n\n```\nx = 1\n```\n\n![A plot](p.png)\n\n## B\n\nText.\n").highlights[0]
    assert paper.paragraphs == ("Text.",)
    assert [what.split(":")[0] for what in paper.unspoken] == ["code", "picture"]


def test_a_rule_below_a_long_paragraph_makes_no_heading_of_it() -> None:
    """Text followed by --- is a heading to Markdown, and an accident to everybody else."""
    assert body("A long sentence goes on and on. " * 10 + "\n---\n")[0].startswith("A long sentence")


# ── dates ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "date"),
    [
        ("News of June 15, 2024", "2024-06-15"),
        ("News of 15 June 2024", "2024-06-15"),
        ("News, Jun 15th 2024", "2024-06-15"),
        ("News 2024-06-15", "2024-06-15"),
        ("News (December 16 - December 22) - 2024", "2024-12-22"),
        ("News (June 10 - 16, 2024)", "2024-06-16"),
        ("News of February 30, 2024", None),
        ("News", None),
    ],
)
def test_the_date_stands_in_the_title(title: str, date: str | None) -> None:
    """A range ends on its last day."""
    newsletter = read(f"# {title}\n\n## A\n\nText.\n\n## B\n\nText.\n")
    assert newsletter.date == (dt.date.fromisoformat(date) if date else None)


def test_the_date_may_stand_in_front_matter_or_the_files_name() -> None:
    """Front matter first, the name last."""
    papers = "# News\n\n## A\n\nText.\n\n## B\n\nText.\n"
    assert read(f"---\ndate: 2024-06-15\n---\n{papers}", "x-2023-01-01.md").date == dt.date(2024, 6, 15)
    assert read(papers, "papers_2024-11_01.md").date == dt.date(2024, 11, 1)


# ── bad input ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"%PDF-1.7 \x00\x01", "PDF"),
        (b"PK\x03\x04\x00\x00", "news.md"),
        (b"abc\x00def", "news.md"),
        ("# Größe".encode("latin-1"), "iconv"),
        (b"# Title only\n\nSome text.\n", "no paper"),
        (b"Just some text.\n", "no paper"),
    ],
)
def test_what_is_no_newsletter_is_refused_in_a_sentence(data: bytes, said: str) -> None:
    """The file is named, and what to do."""
    with pytest.raises(InputError, match=f"(?i){said}") as caught:
        read_newsletter(data, name="news.md")
    assert "news.md" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_text_with_a_byte_order_mark_is_read(encoding: str) -> None:
    """As editors on Windows save it."""
    newsletter = read_newsletter("# Größe\n\n## Één\n\nTekst.\n\n## Two\n\nText.\n".encode(encoding), name="n.md")
    assert titles(newsletter) == ["Één", "Two"]


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_newsletter_or_refused(data: bytes) -> None:
    """Nothing else ever comes out."""
    with contextlib.suppress(InputError):
        assert isinstance(read_newsletter(data, name="any"), Newsletter)


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="#*_`|-[]()<>$!&; \nabC1:/.\\\"'=~^", max_size=300), st.sampled_from(["x.md", "x.html"]))
def test_any_markup_is_a_newsletter_or_refused(text: str, name: str) -> None:
    """However broken."""
    with contextlib.suppress(InputError):
        assert isinstance(read(text, name), Newsletter)


WORDS = st.lists(
    st.sampled_from(["alpha", "beta", "gamma", "model", "token", "layer", "data", "loss"]), min_size=1, max_size=8
)
SENTENCE = WORDS.map(lambda words: " ".join(words).capitalize() + ".")
TITLE = WORDS.map(lambda words: "On the " + " ".join(words))
PAPER = st.tuples(TITLE, st.lists(SENTENCE, min_size=1, max_size=3))


@settings(max_examples=40, deadline=None)
@given(st.lists(PAPER, min_size=2, max_size=4, unique_by=lambda paper: paper[0]))
def test_nothing_of_a_paper_is_dropped(papers: list[tuple[str, list[str]]]) -> None:
    """Every title and paragraph, in order, as headings, sections and tables."""
    written = "\n\n".join(f"{title}\n\n" + "\n\n".join(texts) for title, texts in papers)
    as_tops = re.sub(r"^(On the .*)$", r"# \1", written, flags=re.MULTILINE)
    as_parts = "# Week\n\n## Highlights\n\n" + re.sub(r"^(On the .*)$", r"### \1", written, flags=re.MULTILINE)
    for text in (as_tops, as_parts):
        newsletter = read(text)
        assert titles(newsletter) == [title for title, _ in papers]
        assert [list(paper.paragraphs) for paper in newsletter.highlights] == [texts for _, texts in papers]
    rows = "".join(f"| {title} | {' '.join(texts)} |\n" for title, texts in papers)
    newsletter = read(f"# Week\n\n| Title | Summary |\n|---|---|\n{rows}")
    assert [(paper.title, paper.paragraphs) for paper in newsletter.highlights] == [
        (title, (" ".join(texts),)) for title, texts in papers
    ]


@pytest.mark.parametrize("text", ["word ", "# a\n", "(", "[", "<div>", "- a\n", "| a ", "> ", "https://a.b "])
def test_a_large_file_takes_bounded_time(text: str) -> None:
    """Fifty kilobytes of anything, longer than any newsletter, are read in seconds."""
    started = time.monotonic()
    with contextlib.suppress(InputError):
        read("# Week\n\n## A\n\nText.\n\n## B\n\n" + text * (50_000 // len(text)))
    assert time.monotonic() - started < 30


# ── real newsletters ────────────────────────────────────────────────────────────────────────────────────


def real(folder: Path, name: str) -> Newsletter:
    """Read a real newsletter."""
    return read_newsletter((folder / "newsletters" / name).read_bytes(), name=name)


def test_a_real_pasted_page(real_data: Path) -> None:
    """Ten papers, the author's own greeting and goodbye, and every word between."""
    newsletter = real(real_data, "2024-06-15.txt")
    source = (real_data / "newsletters" / "2024-06-15.txt").read_text(encoding="utf-8")
    headings = re.findall(r"^# (.+)$", source, re.MULTILINE)
    assert titles(newsletter) == headings
    written = source[source.index("# Grokfast") : source.index("Thanks for reading")]
    said = " ".join(" ".join((paper.title, *paper.paragraphs)) for paper in newsletter.highlights)
    assert said.split() == written.replace("# ", "").split()
    assert len(newsletter.greeting) == 2
    assert newsletter.sign_off[0].startswith("Thanks for reading/listening")
    assert newsletter.date == dt.date(2024, 6, 15)


@pytest.mark.parametrize(
    ("name", "date", "with_id"),
    [
        ("dair_top-ml-papers-of-the-week-december-16-december-22-2024.md", "2024-12-22", 9),
        ("dair_top-ml-papers-of-the-week-june-10-june-16-2024.md", "2024-06-16", 8),
        ("gabrielchua_2024-11_01.md", "2024-11-01", 10),
    ],
)
def test_real_tables(real_data: Path, name: str, date: str, with_id: int) -> None:
    """A paper a row, ids where the table gives them, every word of its text."""
    newsletter = real(real_data, name)
    source = (real_data / "newsletters" / name).read_text(encoding="utf-8")
    rows = [line for line in source.splitlines() if re.match(r"\| (?!\*\*Paper|Title|-)", line)]
    assert len(newsletter.highlights) == len(rows)
    assert newsletter.date == dt.date.fromisoformat(date)
    assert sum(paper.arxiv_id is not None for paper in newsletter.highlights) == with_id
    for paper, row in zip(newsletter.highlights, rows, strict=True):
        said = set(re.findall(r"\w+", " ".join((paper.title, *paper.paragraphs, *paper.authors))))
        plain = re.sub(r"\]\([^)]*\)|Read more on|HuggingFace|arXiv|Paper\b|Tweet|^\| \d+\)", " ", row)
        assert {word for word in re.findall(r"\w+", plain) if len(word) > 2} <= said


def test_the_sample_abstracts_are_of_the_pasted_papers(real_data: Path) -> None:
    """The ids that tests use belong to the titles that the page has."""
    known = json.loads((real_data / "newsletters" / "2024-06-15.papers.json").read_bytes())
    assert len(known) == len(real(real_data, "2024-06-15.txt").highlights)
