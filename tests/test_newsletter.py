"""Newsletters as people write them: what is a paper, what is its text, and what nobody wants to hear."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.papers.identifiers import arxiv_id
from podcast.papers.newsletter import read_newsletter
from podcast.papers.reading.boilerplate import begins_farewell, is_boilerplate
from podcast.papers.reading.dates import find_date
from podcast.papers.reading.lines import Span, title_of
from podcast.types import Newsletter

if TYPE_CHECKING:
    from collections.abc import Callable

    from podcast.types import Paper

FOLDER = Path(__file__).parent / "data" / "newsletters"
TWO = "# First paper\n\nSome words.\n\n# Second paper\n\nOther words.\n"


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


def read_paper(text: str, heading: str = "First paper") -> Paper:
    """Read the first of two papers, whose text this is."""
    return read(f"# {heading}\n\n{text}\n\n# Second paper\n\nOther words.\n").highlights[0]


def names(papers: tuple[Paper, ...]) -> list[str]:
    """Name some papers."""
    return [paper.title for paper in papers]


def words(text: str) -> list[str]:
    """Split into words."""
    return re.findall(r"[^\W_]+", text)


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


@pytest.mark.slow
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


# ── a whole pasted page ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def pasted() -> Newsletter:
    """Read the page pasted from a newsletter service."""
    return read_newsletter((FOLDER / "2025-03-08.txt").read_bytes(), name="2025-03-08.txt")


def test_headings_of_a_pasted_page_are_its_papers(pasted: Newsletter) -> None:
    """All top headings are highlighted, numbers that belong to titles kept."""
    expected = ["Slow Clocks - Why Large Models Learn Rare Words Late", "2 Kettles 2 Many", "Maps Without Borders"]
    assert names(pasted.highlights) == expected
    assert pasted.rest == ()
    assert pasted.section is None


def test_head_of_a_pasted_page(pasted: Newsletter) -> None:
    """The line with a date that occurs twice is the title; sentences are the greeting, names and notices are not."""
    assert pasted.title == "Papers by Lamplight - March 8, 2025"
    assert pasted.date == dt.date(2025, 3, 8)
    assert pasted.greeting == (
        "Welcome to Papers by Lamplight, three papers an editor kept on the desk this week.",
        "Every summary was written by hand on 2025-03-08.",
    )


def test_end_of_a_pasted_page(pasted: Newsletter) -> None:
    """The author's goodbye is the sign-off; from the comments on all is furniture."""
    assert pasted.sign_off == (
        "Thanks for reading, that's all for this week.",
        "Do write to me about lamps.",
    )
    assert [link.url for link in pasted.links] == ["https://lantern.example/letters"]


def test_text_of_a_pasted_page(pasted: Newsletter) -> None:
    """Buttons go; indented text, text above a rule, citations, brackets, money and formulas stay."""
    clocks, kettles, maps = pasted.highlights
    assert clocks.paragraphs == (
        (
            "This paper asks why rare words are learned late. The authors count how often each word moves its own "
            "vector (see the appendix), and find a clock in it [7]."
        ),
        "Words seen ten times move as far as words seen once. That surprised me.",
        "An indented line is prose, too, for pages indent for many reasons.",
    )
    assert kettles.paragraphs == (
        "A paragraph with a setext accident below it, which is long enough to be a sentence on its own.",
        r"The cost falls from $5 to $3 an hour, and $\alpha_i * \beta_j$ stays where it was.",
    )
    assert maps.paragraphs[-1] == "This is the second one, and 0:00 within it is no player."


def test_wrapped_lines_are_joined_and_none_of_them_is_a_button() -> None:
    """A word that the end of a line pushed onto a line of its own is still a word of its sentence."""
    text = "The reader of a long sentence will find that somebody wrapped before\nShare\nand that nothing is lost."
    assert read_paper(text).paragraphs == (text.replace("\n", " "),)


def test_buttons_on_short_lines_go() -> None:
    """Lines without blank lines between them are judged one by one."""
    assert read_paper("Prose of a paper.\nShare\n12\nLike\nMore prose.").paragraphs == (
        "Prose of a paper. More prose.",
    )


def test_a_count_alone_is_kept() -> None:
    """A number is furniture only beside furniture."""
    assert read_paper("The answer follows.\n\n42\n\nIndeed.").paragraphs == ("The answer follows.", "42", "Indeed.")


@pytest.mark.parametrize(
    "line",
    [
        "0:00",
        "-14:33",
        "1:02:03 / 2:00:00",
        "Share",
        "Share this post",
        "Subscribe",
        "Subscribe now",
        "Sign in",
        "0 Comments",
        "1 Comment",
        "12 Likes",
        "Leave a comment",
        "Lamp Notes is a reader-supported publication. To receive new posts and support my work, subscribe.",
        "Thanks for reading Lamp Notes! Subscribe for free to receive new posts and support my work.",
        "Discussion about this post",
        "Read in app",
        "View in browser",
        "View this email in your browser",
        "Unsubscribe",
        "© 2024 Ida Example",
        "Privacy ∙ Terms ∙ Collection notice",
        "Published on June 15, 2024",
        "5 min read",
        "Listen now (14 min)",
    ],
)
def test_boilerplate(line: str) -> None:
    """Furniture is known, and goes also from the text of a paper."""
    assert is_boilerplate(line)
    assert read_paper(f"Prose.\n\n{line}\n\nMore.").paragraphs == ("Prose.", "More.")


@pytest.mark.parametrize(
    "line",
    [
        "Share your weights with others and they improve.",
        "Subscribe to this view or not, the numbers hold.",
        "Published in 2024, this work shows gains.",
        "View online discussions as noise.",
        "Listen to this: it works.",
        "0:00 is when it starts.",
        "12 Likes are not enough data.",
        "Comments help models learn.",
        "Privacy is preserved.",
        "Thanks for reading the data twice, models improve.",
        "Sign in the loss flips.",
        "Unsubscribe rates fall.",
    ],
)
def test_sentences_that_begin_like_boilerplate(line: str) -> None:
    """A sentence of a paper is never furniture."""
    assert not is_boilerplate(line)
    assert read_paper(f"Prose.\n\n{line}").paragraphs == ("Prose.", line)


def test_only_the_last_paper_is_followed_by_a_goodbye() -> None:
    """What reads like a goodbye earlier is the paper's own."""
    paper = read_paper("Prose.\n\nThanks for reading so far.\n\nMore prose.")
    assert paper.paragraphs == ("Prose.", "Thanks for reading so far.", "More prose.")


def test_a_footer_without_a_goodbye_is_cut() -> None:
    """Comments, and the lines of the page's head where they come again, end the last paper."""
    text = "Lamp Notes\nNews from lamps\nLamps of May 3, 2024\n\n" + TWO
    assert read(f"{text}\n2 Comments\n\nGreat!").highlights[-1].paragraphs == ("Other words.",)
    assert read(f"{text}\nLamp Notes\nNews from lamps\nAll about lamps.").highlights[-1].paragraphs == ("Other words.",)


def test_what_is_a_goodbye() -> None:
    """Farewells are anchored at the start of a paragraph."""
    assert begins_farewell("Thank you so much for listening, all.")
    assert begins_farewell("That's all for this week!")
    assert begins_farewell("See you next week.")
    assert not begins_farewell("That's all the model sees.")
    assert not begins_farewell("Thanks to reading comprehension, scores rise.")


# ── sections and papers ────────────────────────────────────────────────────────────────────────────────────────────

LAMP_WEEKLY = """---
title: Lamp Weekly
date: 2024-06-15
---

# Lamp Weekly

Hello, dear readers.

## A word before

It rained, see https://rain.example today.

## Highlights

The ones I liked:

### 1. Slow Clocks

Clock words.

#### Results

It ticks.

#### Limitations:

Few.

### 3D Lamps

Lamp words.

## Also this week

### #4 Maps

Map words.

## Until next week!

Goodbye from the lamp.

https://lamp.example
"""


def test_the_first_section_with_papers_is_highlighted() -> None:
    """Its papers are the highlights, all others the rest, and sections without papers greet or say goodbye."""
    newsletter = read(LAMP_WEEKLY)
    assert (newsletter.title, newsletter.date) == ("Lamp Weekly", dt.date(2024, 6, 15))
    assert newsletter.section == "Highlights"
    assert names(newsletter.highlights) == ["Slow Clocks", "3D Lamps"]
    assert names(newsletter.rest) == ["Maps"]
    assert newsletter.greeting == (
        "Hello, dear readers.",
        "It rained, see https://rain.example today.",
        "The ones I liked:",
    )
    assert newsletter.sign_off == ("Goodbye from the lamp.",)
    assert [link.url for link in newsletter.links] == ["https://rain.example", "https://lamp.example"]


def test_headings_within_a_paper_become_sentences() -> None:
    """Method, Results and the like are parts of their paper, and their words are kept."""
    paper = read(LAMP_WEEKLY).highlights[0]
    assert paper.paragraphs == ("Clock words.", "Results.", "It ticks.", "Limitations.", "Few.")


def test_a_section_is_chosen_by_name() -> None:
    """Case and spaces around the name do not matter."""
    newsletter = read(LAMP_WEEKLY, section="  also THIS week ")
    assert newsletter.section == "Also this week"
    assert names(newsletter.highlights) == ["Maps"]
    assert names(newsletter.rest) == ["Slow Clocks", "3D Lamps"]


def test_an_unknown_section_is_refused_with_those_there_are() -> None:
    """The message lists the sections and guesses."""
    with pytest.raises(InputError, match=r"Highlights, Also this week\. Did you mean Highlights\?"):
        read(LAMP_WEEKLY, section="Highlight")
    with pytest.raises(InputError, match="no sections at all"):
        read(TWO, section="Highlights")


def test_top_headings_with_the_same_parts_are_papers() -> None:
    """Sub-headings that come again below every heading are parts, whatever they are called."""
    newsletter = read("# News\n\n## A\n\n### The gist of it\n\nx\n\n## B\n\n### The gist of it\n\ny\n")
    assert names(newsletter.highlights) == ["A", "B"]
    assert newsletter.highlights[1].paragraphs == ("The gist of it.", "y")


def test_one_paper_with_parts_of_its_own_does_not_turn_the_others_into_sections() -> None:
    """In doubt a top heading is a paper."""
    newsletter = read("# N\n\n## A\n\na\n\n## B\n\nb\n\n### Scaling to lamps\n\nc\n\n## C\n\n- **Fast**: very\n")
    assert names(newsletter.highlights) == ["A", "B", "C"]
    assert newsletter.highlights[1].paragraphs == ("b", "Scaling to lamps.", "c")
    assert newsletter.highlights[2].paragraphs == ("Fast: very",)


def test_a_lone_heading_over_parts_only_is_the_paper() -> None:
    """A newsletter of one paper has nothing but its parts."""
    newsletter = read("# Slow Clocks\n\nIntro.\n\n## Method\n\nm\n\n## Results\n\nr\n")
    assert names(newsletter.highlights) == ["Slow Clocks"]
    assert newsletter.highlights[0].paragraphs == ("Intro.", "Method.", "m", "Results.", "r")


def test_empty_headings_between_papers_part_sections() -> None:
    """Highlights and papers may be headings of the same level."""
    newsletter = read("# Highlights\n\n# A\n\na\n\n# Also this week\n\n# B\n\nb\n")
    assert (newsletter.section, names(newsletter.highlights), names(newsletter.rest)) == ("Highlights", ["A"], ["B"])


def test_a_greeting_heading_is_no_paper() -> None:
    """Nor is a farewell one; a paper of such a name with an arXiv id is."""
    newsletter = read(f"# Welcome!\n\nHi there.\n\n{TWO}\n# Goodbye\n\nBye now.\n")
    assert newsletter.greeting == ("Hi there.",)
    assert names(newsletter.highlights) == ["First paper", "Second paper"]
    assert newsletter.sign_off == ("Bye now.",)
    assert names(read(f"{TWO}\n# Goodbye (arXiv:2405.20233)\n\nBye now.\n").highlights)[-1] == "Goodbye"


# ── lists and paragraphs of papers ──────────────────────────────────────────────────────────────────────


def test_list_items_with_titles_are_papers() -> None:
    """A bold or linked title begins one, and so does an arXiv link."""
    newsletter = read("""# Digest

## Top papers

1. **[Slow Clocks](https://arxiv.org/abs/2412.00001)** - about clocks.
2. **Lamps**: about lamps ([arXiv](https://arxiv.org/abs/2412.00002)).

   A second paragraph.
3. Attention as a Hypernetwork, https://arxiv.org/abs/2406.05816 - they view heads.
4. We also liked [this work](https://arxiv.org/abs/2406.05817) on maps.

## Also

- **Kettles** boil faster.

Thanks for reading! Bye.
""")
    assert names(newsletter.highlights) == ["Slow Clocks", "Lamps", "Attention as a Hypernetwork", "arXiv:2406.05817"]
    assert [paper.arxiv_id for paper in newsletter.highlights] == [
        "2412.00001",
        "2412.00002",
        "2406.05816",
        "2406.05817",
    ]
    assert [paper.paragraphs for paper in newsletter.highlights] == [
        ("about clocks.",),
        ("about lamps.", "A second paragraph."),
        ("they view heads.",),
        ("We also liked this work on maps.",),
    ]
    assert names(newsletter.rest) == ["Kettles"]
    assert newsletter.rest[0].paragraphs == ("Kettles boil faster.",)
    assert newsletter.sign_off == ("Thanks for reading! Bye.",)


def test_paragraphs_with_titles_are_papers() -> None:
    """What follows until the next title belongs to the paper."""
    newsletter = read("""Some papers of the week.

**Slow Clocks**

[arXiv:2412.00001](https://arxiv.org/abs/2412.00001) · Ann Lee

They build on [Old Clocks](https://arxiv.org/abs/2301.00001).

**Lamps** (arXiv:2412.00002)

- **Bright**: yes
""")
    assert names(newsletter.highlights) == ["Slow Clocks", "Lamps"]
    assert newsletter.greeting == ("Some papers of the week.",)
    assert newsletter.highlights[0].authors == ("Ann Lee",)
    assert newsletter.highlights[0].paragraphs == ("They build on Old Clocks.",)
    assert newsletter.highlights[1].paragraphs[-1] == "Bright: yes"


def test_a_paper_that_cites_others_in_a_list_is_one_paper() -> None:
    """Links to related work do not make a section of it."""
    text = f"{TWO}\n# Third\n\nProse one.\n\nProse two.\n\nRelated:\n\n- [Old Clocks Tick](https://arxiv.org/abs/2301.00001)\n"
    assert names(read(text).highlights) == ["First paper", "Second paper", "Third"]


# ── tables, once more ──────────────────────────────────────────────────────────────────────────────────────────────


def test_tables_of_papers() -> None:
    """One row is one paper, columns go by their header, and several headings are several sections."""
    more = (
        "(Read more on [arXiv](https://arxiv.org/abs/2410.22366) "
        "or [HuggingFace](https://huggingface.co/papers/2410.22366))"
    )
    newsletter = read(f"""# Lamps of (June 10 - June 16) - 2024

## Best

| # | Title | Authors | TL;DR | Code | Venue |
|---|---|---|---|---|---|
| 1 | **SDXL** Lamps: A Study {more} | Ann Lee, Bo Ek et al. | It shines (a lot). | [code](https://c.example) | ICML |

## Other

| **Paper** | **Links** |
|---|---|
| 2) **Genesis** - a new platform; fast. | [Paper](https://arxiv.org/pdf/2412.00003v2.pdf), [Tweet](https://x.com/a) |
""")
    [first] = newsletter.highlights
    assert first.title == "SDXL Lamps: A Study"
    assert first.authors == ("Ann Lee", "Bo Ek", "others")
    assert first.paragraphs == ("It shines (a lot).",)
    assert first.arxiv_id == "2410.22366"
    assert [link.text for link in first.links] == ["arXiv", "HuggingFace", "code"]
    assert first.unspoken == ("Venue: ICML",)
    [second] = newsletter.rest
    assert (second.title, second.paragraphs) == ("Genesis", ("a new platform; fast.",))
    assert second.arxiv_id == "2412.00003"
    assert newsletter.date == dt.date(2024, 6, 16)


def test_a_table_below_the_title_alone() -> None:
    """The lone heading is the title, and the text below the table the sign-off."""
    newsletter = read("## Lamps\n\n| Paper | Summary |\n|--|--|\n| A b c | Words here. |\n\nThanks for reading, all.\n")
    assert (newsletter.title, names(newsletter.highlights), newsletter.section) == ("Lamps", ["A b c"], None)
    assert newsletter.sign_off == ("Thanks for reading, all.",)


def test_html_tables_of_papers() -> None:
    """They need no <th>."""
    newsletter = read(
        "<html><h1>Lamps</h1><table><tr><td>Title</td><td>Abstract</td></tr>"
        "<tr><td>A b</td><td><p>One.</p><p>Two.</p></td></tr></table></html>"
    )
    assert names(newsletter.highlights) == ["A b"]
    assert newsletter.highlights[0].paragraphs == ("One.", "Two.")


def test_a_table_within_a_paper_is_not_spoken() -> None:
    """Nor are code and pictures; each is described."""
    paper = read_paper(
        "Prose.\n\n| Model | Score |\n|--|--|\n| **A** | 1 |\n\n```py\nprint(1)\n```\n\n![A plot](p.png)"
    )
    assert paper.paragraphs == ("Prose.",)
    assert paper.unspoken == ("table: Model, Score", "code: print(1)", "picture: A plot")


def test_layout_tables_are_read_as_text() -> None:
    """Mail is laid out with tables."""
    cell = "<h2>{}</h2><p>Words of {}.</p>"
    rows = "".join(f"<tr><td>{cell.format(name, name)}</td></tr>" for name in ("A", "B"))
    newsletter = read(f"<html><table role='presentation'><tr><td><table>{rows}</table></td></tr></table></html>")
    assert names(newsletter.highlights) == ["A", "B"]
    assert newsletter.highlights[1].paragraphs == ("Words of B.",)


# ── prose ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "prose"),
    [
        ("**Bold** and *soft* and `code`.", "Bold and soft and code."),
        ("It [links](https://a.example) here.", "It links here."),
        ("See https://a.example/x_y for it.", "See https://a.example/x_y for it."),
        ("It improves¹ much.", "It improves much."),
        ("It improves[^1] much.", "It improves much."),
        ("The norm R² and 10⁻⁴ stay.", "The norm R² and 10⁻⁴ stay."),
        ("Known [12] (Smith et al., 2020) well (or so).", "Known [12] (Smith et al., 2020) well (or so)."),
        ("At 10<sup>-4</sup> and x<sub>i</sub>.", "At 10^-4 and x_i."),
        ("Improves<sup>1</sup> in n<sup>2</sup> by 2<sup>n-1</sup>.", "Improves in n^2 by 2^(n-1)."),
        ("The 4<sup>th</sup> one.", "The 4th one."),
        ("Prose (Read more on [arXiv](https://arxiv.org/abs/2405.20233)).", "Prose."),
        ("We release it ([code](https://a.example)).", "We release it."),
        ("By ([Smith et al., 2020](https://a.example)).", "By (Smith et al., 2020)."),
        ("A <b>raw</b> tag and a <think> word.", "A raw tag and a <think> word."),
        ("With $x_i * y_j * z$ and $5 or $10.", "With $x_i * y_j * z$ and $5 or $10."),
        ("$$\na_b^2 + c\n$$", "$a_b^2 + c$"),
        ("Shown in [[3]](https://a.example) above.", "Shown in [3] above."),
        ("A\u200bB so\u00adft\u00a0word", "AB soft word"),
        ("A * B and 2 < 3 > 1 & more", "A * B and 2 < 3 > 1 & more"),
        ("> A quote.", "A quote."),
        ("7. Lists keep their words.", "Lists keep their words."),
    ],
)
def test_prose(written: str, prose: str) -> None:
    """Marks for the eye go, words and what a later stage rewrites stay."""
    assert read_paper(written).paragraphs == (prose,)


def test_list_items_are_paragraphs_of_their_own() -> None:
    """Nested ones, too."""
    assert read_paper("Intro:\n\n- one\n- two\n  - three\n").paragraphs == ("Intro:", "one", "two", "three")


def test_footnotes_are_not_spoken() -> None:
    """Their mark goes, and their text is kept beside."""
    paper = read_paper("It works[^a].\n\n[^a]: Mostly *so*.")
    assert (paper.paragraphs, paper.unspoken) == (("It works.",), ("footnote: Mostly so.",))


def test_a_long_heading_is_a_paragraph() -> None:
    """Nobody titles a paper with more than 250 characters."""
    long = "word " * 50 + "end"
    assert read_paper(f"Prose.\n\n## {long}\n\nMore.").paragraphs == ("Prose.", long, "More.")


def test_a_text_above_a_rule_is_a_paragraph() -> None:
    """Several lines, or a whole sentence, that Markdown takes for a heading."""
    assert read_paper("One line\ntwo lines\n---\n\nMore.").paragraphs == ("One line two lines", "More.")


# ── metadata ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_of_links_and_authors() -> None:
    """It is recorded, not spoken."""
    paper = read_paper(
        "[arXiv:2405.20233](https://arxiv.org/abs/2405.20233) · Ann Lee, Bo van der Ek and others\n\nProse."
    )
    assert paper.arxiv_id == "2405.20233"
    assert paper.authors == ("Ann Lee", "Bo van der Ek", "others")
    assert [(link.text, link.url) for link in paper.links] == [("arXiv:2405.20233", "https://arxiv.org/abs/2405.20233")]
    assert paper.paragraphs == ("Prose.",)


@pytest.mark.parametrize(
    "line",
    [
        "Paper | Code | Tweet",
        "[Paper](https://a.example) | [Code](https://b.example)",
        "Link: https://a.example",
        "https://a.example",
        "<https://a.example> and https://b.example",
        "arXiv:2405.20233",
        "Authors: Ann Lee, Bo Ek",
        "By Ann Lee and Bo Ek",
        "*Ann Lee, Bo Ek, Cy Oh*",
        "[Project page](https://a.example) · June 3, 2024",
        "[First paper](https://arxiv.org/abs/2405.20233)",
    ],
)
def test_metadata_is_no_paragraph(line: str) -> None:
    """A line of nothing but labels, links, dates and authors is not read aloud."""
    assert read_paper(f"{line}\n\nProse.").paragraphs == ("Prose.",)
    assert read_paper(f"{line}\nProse.").paragraphs == ("Prose.",)


@pytest.mark.parametrize(
    "line",
    [
        "[This whole sentence is a link, and it says something.](https://a.example)",
        "By design, it works.",
        "Authors disagree.",
        "Code",
        "Models and data",
        "Read more books than https://a.example lists.",
        "Transformers, Mamba and Lamps",
    ],
)
def test_prose_that_looks_like_metadata(line: str) -> None:
    """Whatever says something is read aloud."""
    assert len(read_paper(f"{line}\n\nProse.").paragraphs) == 2


def test_the_first_identifier_wins() -> None:
    """That of the heading or the metadata is the paper's own, not one that its text cites."""
    link = "[{}](https://arxiv.org/abs/{})"
    cited = link.format("Old", "2301.00001")
    assert read_paper(f"Like {cited}.", "New " + link.format("paper", "2405.20233")).arxiv_id == "2405.20233"
    assert read_paper(f"Like {cited}.\n\n{link.format('arXiv', '2405.20233')}").arxiv_id == "2405.20233"
    assert read_paper(f"Like {cited}.").arxiv_id == "2301.00001"
    assert read_paper(f"[Paper](https://a.example)\n\nLike {cited}.").arxiv_id is None


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("https://arxiv.org/abs/2405.20233v2", "2405.20233"),
        ("https://arxiv.org/pdf/2405.20233.pdf", "2405.20233"),
        ("http://www.arxiv.org/html/2405.20233v1#S1", "2405.20233"),
        ("https://huggingface.co/papers/2405.20233", "2405.20233"),
        ("https://www.alphaxiv.org/abs/2405.20233", "2405.20233"),
        ("https://arxiv.org/abs/cs/0112017", "cs/0112017"),
        ("https://arxiv.org/abs/hep-th/9901001v3", "hep-th/9901001"),
        ("arXiv:1310.4546", "1310.4546"),
        ("arXiv: math.GT/0309136", "math.GT/0309136"),
        ("version 2405.20233", None),
        ("https://arxiv.org/list/cs.LG", None),
        ("arXiv:2413.20233", None),
    ],
)
def test_arxiv_identifiers(text: str, identifier: str | None) -> None:
    """New and old style, without version."""
    assert arxiv_id(text) == identifier


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("1) Genesis", "Genesis"),
        ("3. Genesis", "Genesis"),
        ("#4 Genesis", "Genesis"),
        ("3D Gaussian Lamps", "3D Gaussian Lamps"),
        ("1.58-bit LLMs", "1.58-bit LLMs"),
        ("2 OLMo 2 Furious", "2 OLMo 2 Furious"),
        ("Genesis [arXiv:2405.20233]", "Genesis"),
        ("Genesis:", "Genesis"),
        ("What is a Lamp?", "What is a Lamp?"),
    ],
)
def test_titles(written: str, title: str) -> None:
    """Numbering and identifiers go, numbers that belong to the title stay."""
    assert title_of((Span(written),)) == title


# ── title and date ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Papers of June 15, 2024", dt.date(2024, 6, 15)),
        ("15 June 2024", dt.date(2024, 6, 15)),
        ("Sat, Jun 1st, 2024", dt.date(2024, 6, 1)),
        ("2024-06-15", dt.date(2024, 6, 15)),
        ("2024-11_01", dt.date(2024, 11, 1)),
        ("Papers for 2024-11-01", dt.date(2024, 11, 1)),
        ("Lamps (December 16 - December 22) - 2024", dt.date(2024, 12, 22)),
        ("lamps-december-16-december-22-2024", dt.date(2024, 12, 22)),
        ("June 10–16, 2024", dt.date(2024, 6, 16)),
        ("December 30, 2024 – January 5, 2025", dt.date(2025, 1, 5)),
        ("2024-06-10 to 2024-06-16, again 2024-07-01", dt.date(2024, 6, 16)),
        ("news_20240615", dt.date(2024, 6, 15)),
        ("February 30, 2024", None),
        ("arXiv:2012.12345", None),
        ("in May 2024", None),
    ],
)
def test_dates_as_people_write_them(text: str, date: dt.date | None) -> None:
    """As newsletters write them; of a range, the last day."""
    assert find_date(text) == date


def test_where_dates_come_from() -> None:
    """Front matter, then the title, then the head, then the file's name."""
    dated = "# Lamps of June 2, 2024\n\nWritten on June 3, 2024.\n\n## A\n\na\n\n## B\n\nb\n"
    assert read(f"---\ndate: 2024-06-01\n---\n{dated}", "2024-06-04.md").date == dt.date(2024, 6, 1)
    assert read(dated, "2024-06-04.md").date == dt.date(2024, 6, 2)
    assert read(dated.replace(" of June 2, 2024", ""), "2024-06-04.md").date == dt.date(2024, 6, 3)
    assert read(TWO, "2024-06-04.md").date == dt.date(2024, 6, 4)
    assert read(TWO, "lamps.md").date is None


def test_where_titles_come_from() -> None:
    """Front matter, a lone top heading, a line of the head, the file's name."""
    assert read(f'---\ntitle: "Lamps: ours"\n---\n{TWO}').title == "Lamps: ours"
    assert read("# Lamps\n\n## A\n\na\n\n## B\n\nb").title == "Lamps"
    assert read(f"Lamps of June 3, 2024\n\n{TWO}").title == "Lamps of June 3, 2024"
    assert read(f"Our Lamps\nHello.\nOur Lamps\n\n{TWO}").title == "Our Lamps"
    assert read(TWO, "lamps.md").title == "lamps"
    assert read(TWO, "-").title == "Newsletter"


def test_front_matter_that_is_none_is_text() -> None:
    """A page may begin with a rule."""
    assert read(f"---\n\nHello, all.\n\n---\n\n{TWO}").greeting == ("Hello, all.",)


# ── a saved page ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def page() -> Newsletter:
    """Read the saved page."""
    return read_newsletter((FOLDER / "page.html").read_bytes(), name="page.html")


def test_a_saved_page(page: Newsletter) -> None:
    """Only what the author wrote is read, without the page around it."""
    assert page.title == "Papers by Lamplight"
    assert page.date == dt.date(2025, 3, 8)
    assert page.greeting == ("Welcome to Papers by Lamplight.",)
    assert names(page.highlights) == ["Slow Clocks", "Maps Without Borders"]
    assert page.sign_off == ("Thanks for reading, friends.",)


def test_the_papers_of_a_saved_page(page: Newsletter) -> None:
    """Marks, widgets and hidden text go; formulas, line breaks and lists stay."""
    clocks, maps = page.highlights
    assert clocks.arxiv_id == "2503.00001"
    assert clocks.paragraphs == (
        "Rare words are late, by 10^-4 of a step, with x_i fixed. A second line.",
        "First item.",
        "Second item.",
    )
    assert clocks.unspoken == ("footnote: Counted in steps.", "picture: Clocks over time")
    assert [link.url for link in clocks.links] == ["https://arxiv.org/abs/2503.00001v2", "https://code.example/r"]
    assert maps.paragraphs == ("Loss is $x^2$ here.",)


def test_articles_side_by_side_are_all_read() -> None:
    """A page may make a card of each paper."""
    card = "<article><header><h2>{0}</h2></header><p>Words of {0}.</p></article>"
    newsletter = read(f"<html><body><main>{card.format('A')}{card.format('B')}</main></body></html>")
    assert names(newsletter.highlights) == ["A", "B"]


def test_broken_html_is_read() -> None:
    """Browsers read it, too."""
    newsletter = read("<html><h2>A<p>one <b>two<h2>B</h2><p>three</i></div><ul><li>four")
    assert names(newsletter.highlights) == ["A", "B"]
    assert newsletter.highlights[1].paragraphs == ("three", "four")


def test_html_is_known_by_suffix_or_content() -> None:
    """A name is not needed."""
    html = "<h2>A</h2><p>one</p><h2>B</h2><p>two</p>"
    assert names(read(html, "x.HTM").highlights) == ["A", "B"]
    assert names(read(f"\n<!DOCTYPE html>{html}").highlights) == ["A", "B"]


# ── files that cannot be used ───────────────────────────────────────────────────────────────────────────


def test_encodings() -> None:
    """UTF-8 with or without mark, UTF-16 with one, and what a page declares."""
    text = TWO.replace("Some", "Café")
    for data in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16"), text.replace("\n", "\r\n").encode()):
        assert read_newsletter(data).highlights[0].paragraphs == ("Café words.",)
    html = "<html><meta charset='windows-1252'><h2>A</h2><p>Café ’</p><h2>B</h2><p>b</p>"
    assert read_newsletter(html.encode("windows-1252")).highlights[0].paragraphs == ("Café ’",)
    assert read_newsletter(html.replace("windows-1252", "utf-7").encode()).highlights[0].paragraphs == ("Café ’",)


def test_bytes_of_another_encoding_are_refused() -> None:
    """The message names the file, the byte and the program that helps."""
    with pytest.raises(
        InputError, match=r"lamp\.txt: byte 8 is not UTF-8\..*`iconv -f windows-1252 -t utf-8 lamp\.txt"
    ):
        read_newsletter("# A\n\ncaf\xe9\n".encode("latin-1"), name="lamp.txt")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"PK\x03\x04...", "a zip archive"),
        (b"# A\n\nb\0c", "byte 6 is NUL"),
        (b"caf\xe9\0", "byte 4 is NUL"),
        (b"\x7fELF\x02\x01\x01\0\xe9", "a program"),
        (b"ID3\x04\0\0\0\0\x0f\xe9", "a sound"),
        (b"\xff\xfb\x90d\0", "a sound"),
        (b"ID3 is a decision tree.", "no paper"),
        (b"# Only a title\n\nAnd a text.", "no paper"),
        (b"Just words.", "no paper"),
        (b"<html></html>", "no paper"),
        ("x".encode("utf-16")[:-1], "is not UTF-16"),
    ],
)
def test_what_is_no_newsletter_is_refused(data: bytes, message: str) -> None:
    """Each with the file's name and what to do."""
    with pytest.raises(InputError, match=rf"^lamp\.md: .*{message}.*\.$"):
        read_newsletter(data, name="lamp.md")


def test_standard_input_is_named_so() -> None:
    """A dash says nothing to a person."""
    with pytest.raises(InputError, match=r"^standard input: "):
        read("", "-")


@pytest.mark.slow
@pytest.mark.parametrize(
    "nested", [">", "[", "<div>", "<b>", "<ul><li>", "<table><tr><td>", "<sup><a href='#x'>", "- "]
)
def test_nesting_without_end(nested: str) -> None:
    """Pages nested ten thousand deep are read or refused."""
    for text in (f"{TWO}\n{nested * 10_000}x", f"<html><h1>A</h1><h1>B</h1>{nested * 10_000}x"):
        try:
            assert names(read(text).highlights)
        except InputError as error:
            assert "nested" in str(error)  # noqa: PT017 - either is fine


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    ["word ", "a", "*a ", "`a", "$a ", "[a](b", "(a) ", "x<sub>i</sub> ", "https://a.b/c ", "arXiv:", "\n- a", " "],
)
def test_long_lines_are_read_in_time(unit: str) -> None:
    """Time grows with length, not with its square."""
    start = time.process_time()
    read(f"{TWO}\nx{unit * (100_000 // len(unit))}y")
    assert time.process_time() - start < 10


# ── whatever comes ──────────────────────────────────────────────────────────────────────────────────────


MARKS = st.sampled_from(
    [
        *[
            "# ",
            "## ",
            "- ",
            "1. ",
            "> ",
            "** ",
            "*",
            "`",
            " $",
            "--- ",
            "<b>",
            "<div>",
            "</p>",
            "[a](https://b.c)",
            "word ",
            "arXiv:2405.20233",
            "Share",
        ],
        *["<table><tr><td>", "<li>", "[^1]", "<sup>1", "|", "| Title |", "|-|", "\n", "\n\n"],
    ]
)


@given(st.lists(MARKS, max_size=40).map("".join))
def test_any_marks_are_read_or_refused(text: str) -> None:
    """However they are mixed."""
    for name in ("x.md", "x.html"):
        try:
            assert read(text, name).highlights
        except InputError:
            continue


LAMP_WORD = st.text("abcdefghijklmnopqrstuvwxyzäéø", min_size=1, max_size=12)
LAMP_PARAGRAPH = st.lists(LAMP_WORD, min_size=4, max_size=12).map(" ".join)
LAMP_TITLE = st.lists(LAMP_WORD.map(str.capitalize), min_size=2, max_size=6).map(" ".join)
LAMP_PAPERS = st.lists(st.tuples(LAMP_TITLE, st.lists(LAMP_PARAGRAPH, min_size=1, max_size=4)), min_size=2, max_size=5)


def as_pasted(papers: list[tuple[str, list[str]]]) -> str:
    """Write papers as a pasted page does."""
    return "\n\n".join(f"# {title}\n\n" + ".\n\n".join(texts) + "." for title, texts in papers)


def as_sections(papers: list[tuple[str, list[str]]]) -> str:
    """Write papers below a title and two sections."""
    first, *rest = (f"### {title}\n\n" + "\n\n".join(texts) for title, texts in papers)
    return "\n\n".join(["# Our lamps", "## Highlights", first, "## Also this week", *rest])


def as_table(papers: list[tuple[str, list[str]]]) -> str:
    """Write papers as rows."""
    rows = [
        f"| {index}) **{title}** - {' '.join(texts)} | [Paper](https://a.b) |"
        for index, (title, texts) in enumerate(papers)
    ]
    return "\n".join(["# Our lamps", "", "| Paper | Links |", "|---|---|", *rows])


@given(LAMP_PAPERS, st.sampled_from([as_pasted, as_sections, as_table]))
def test_no_word_of_a_paper_is_lost(
    papers: list[tuple[str, list[str]]], write: Callable[[list[tuple[str, list[str]]]], str]
) -> None:
    """Whatever shape the newsletter has, all titles and all words come out, in order."""
    newsletter = read(write(papers))
    found = (*newsletter.highlights, *newsletter.rest)
    assert [words(paper.title) for paper in found] == [words(title) for title, _ in papers]
    said = [words(" ".join(paper.paragraphs)) for paper in found]
    assert said == [words(" ".join(texts)) for _, texts in papers]


# ── real newsletters, word for word ──────────────────────────────────────────────────────────────────────


def both(folder: Path, name: str) -> tuple[str, Newsletter]:
    """Read a real newsletter."""
    path = folder / "newsletters" / name
    return path.read_text(encoding="utf-8"), read_newsletter(path.read_bytes(), name=name)


def test_a_real_pasted_page_word_for_word(real_data: Path) -> None:
    """Ten papers, every word of each, and nothing of the page."""
    source, newsletter = both(real_data, "2024-06-15.txt")
    assert newsletter.title == "This Week's New AI Papers - June 15, 2024"
    assert newsletter.date == dt.date(2024, 6, 15)
    assert [text.split()[0] for text in newsletter.greeting] == ["Welcome", "This"]
    assert [text.split()[0] for text in newsletter.sign_off] == ["Thanks", "Please", "Here"]
    sections = re.split(r"^# ", source.split("\nThanks for reading/listening")[0], flags=re.MULTILINE)[1:]
    assert len(newsletter.highlights) == len(sections) == 10
    for section, paper in zip(sections, newsletter.highlights, strict=True):
        assert words(section) == words(" ".join([paper.title, *paper.paragraphs]))


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("dair_top-ml-papers-of-the-week-december-16-december-22-2024.md", dt.date(2024, 12, 22)),
        ("dair_top-ml-papers-of-the-week-june-10-june-16-2024.md", dt.date(2024, 6, 16)),
    ],
)
def test_real_tables_of_papers_and_links(real_data: Path, name: str, date: dt.date) -> None:
    """Ten rows, every word of each, and the ids that the links give."""
    source, newsletter = both(real_data, name)
    rows = [line.split("|")[1:3] for line in source.splitlines() if re.match(r"\| \d", line)]
    assert newsletter.date == date
    assert len(newsletter.highlights) == len(rows) == 10
    for (cell, linked), paper in zip(rows, newsletter.highlights, strict=True):
        assert words(cell)[1:] == words(" ".join([paper.title, *paper.paragraphs]))
        assert paper.arxiv_id == arxiv_id(linked)


def test_a_real_table_of_titles_authors_and_summaries(real_data: Path) -> None:
    """One paper a row, every word of each, all with ids and authors."""
    source, newsletter = both(real_data, "gabrielchua_2024-11_01.md")
    rows = [line.strip().strip("|").split("|") for line in source.splitlines() if "arxiv.org" in line]
    assert newsletter.date == dt.date(2024, 11, 1)
    assert len(newsletter.highlights) == len(rows)
    for (title, authors, summary), paper in zip(rows, newsletter.highlights, strict=True):
        assert words(title.split(" (Read more")[0]) == words(paper.title)
        assert words(authors) == words(" ".join(paper.authors))
        assert words(summary) == words(" ".join(paper.paragraphs))
        assert paper.arxiv_id == arxiv_id(title)
