"""A newsletter is written so that a person can read, edit and send it, and our own reader gets back what went in."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.newsletter.edition import Article, Edition, edition_of
from podcast.newsletter.escaping import clean, comment, escape
from podcast.newsletter.formulas import formula_html
from podcast.newsletter.markdown import TEMPLATES, format_newsletter
from podcast.newsletter.page import to_html
from podcast.newsletter.signature import edited_by_hand, made_from, price_usd
from podcast.newsletter.topics import read_topics, topic_of
from podcast.papers.newsletter import read_newsletter
from podcast.papers.reading.boilerplate import is_boilerplate
from podcast.papers.reading.headings import is_section
from podcast.papers.reading.lines import Span, plain, title_of, without_separator
from podcast.types import Newsletter, Preprint, Section, Summary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DATE = dt.date(2024, 6, 15)
PASTED = {"h1", "h2", "h3", "p", "a", "strong", "em", "ul", "ol", "li", "sub", "sup"}
HOSTILE = (
    "# Not a heading",
    "## Goodbye",
    "- not an item",
    "1. not an item, either",
    "> nobody's words",
    "--- no rule",
    "***",
    "=====",
    "It is *starred*, _lined_, __both__, `coded`, ~~struck~~ and a|b.",
    "A snake_case_name, 2*3*4, and a \\* that was escaped, with 22\\% and \\_ behind it.",
    "<script>alert(1)</script> and <b>bold</b> and <!-- hidden --> and <https://example.org>.",
    "[click](javascript:alert(1)) ![picture](https://example.org/a.png) [[link]] [x]: https://example.org",
    "&lt;b&gt; &amp; &#60; & alone.",
    "It costs $5 to $10, which is $O(n^2)$ for $a_1 * b_2$, and $<script>x</script>$ too.",
    "$k$-means is 5",
    "$$x^2$$ stands $alone",
    "Ends in a backslash \\",
    "{{ secret }} {% for x in y %} {# note #}",
    "Two\u2028lines\nand a\ttab\x0bmore\x1fand \u202eturned.",
)


def article(
    title: str = "Sorting is Harder than it Looks",
    *said: str,
    id: str = "2406.00001",  # noqa: A002 - as the field is called
    writer: str = "extractive 0.1.0",
    usd: float = 0.0,
    **more: Any,
) -> Article:
    """Make a paper with a summary of some paragraphs."""
    preprint = Preprint(id, title, **({"authors": ("Ada Lovelace", "Bo Chen")} | more))
    return Article(preprint, Summary((Section("", said or ("It shows that sorting takes time.",)),), writer, usd))


def edition(highlights: Sequence[Article], rest: Sequence[Article] = (), **more: Any) -> Edition:
    """Make an edition of June 15."""
    return edition_of("Paper Podcast Weekly", DATE, highlights, rest, written_on=DATE, **more)


def read(text: str) -> Newsletter:
    """Read it back as every stage behind it does."""
    return read_newsletter(text.encode())


def records(path: Path, most: int) -> list[Article]:
    """Read papers of arXiv, each with its abstract for a summary."""
    lines = path.read_text(encoding="utf-8").split("\n")[:most]
    return [
        article(
            found["title"], found["abstract"], id=found["id"], abstract=found["abstract"],
            authors=tuple(found["authors"]), categories=tuple(found["categories"]),
        )
        for found in map(json.loads, filter(None, lines))
    ]  # fmt: skip


def spaced(text: str) -> str:
    """Return text with single spaces."""
    return " ".join(text.split())


# ── what is read back ───────────────────────────────────────────────────────────────────────────────────


def test_a_newsletter_is_read_back_as_it_was_written() -> None:
    """Title, date, greeting, papers in their order, sign-off: nothing of it is lost between two stages."""
    long = Summary(
        (Section("Claims", ("It claims much.", "And more.")), Section("Results", ("It has few.",))), "extractive 0.1.0"
    )
    first = replace(article("Attention as a Hypernetwork of Old", id="2406.05816"), summary=long)
    written = format_newsletter(edition([first, article()], [article("Nothing New at All", id="2406.00003")]))
    newsletter = read(written)
    assert (newsletter.title, newsletter.date) == ("Paper Podcast Weekly: June 15, 2024", DATE)
    assert newsletter.section == "Highlights"
    assert [paper.arxiv_id for paper in newsletter.highlights] == ["2406.05816", "2406.00001"]
    assert newsletter.highlights[0].paragraphs == ("Claims. It claims much.", "And more.", "Results. It has few.")
    assert newsletter.highlights[0].authors == ("Ada Lovelace", "Bo Chen")
    assert [paper.title for paper in newsletter.rest] == ["Nothing New at All"]
    assert newsletter.greeting[0].startswith("Welcome to Paper Podcast Weekly.")
    assert newsletter.sign_off[0].endswith("Until next week.")


def test_a_title_without_a_date_has_it_below() -> None:
    """Every edition says of which day it is, once."""
    text = format_newsletter(edition([article()], title="Bees & Co. *today*"))
    assert text.startswith("# Bees & Co. \\*today\\*\n\nJune 15, 2024\n\n")
    assert (read(text).title, read(text).date) == ("Bees & Co. *today*", DATE)
    assert format_newsletter(edition([article()])).count("June 15, 2024") == 1


def test_real_papers_are_read_back_exactly(real_data: Path) -> None:
    """Titles and abstracts with LaTeX, quotes, tags and hundreds of authors come back apart from white space."""
    found = [
        *records(real_data / "arxiv" / "nasty.jsonl", 100),
        *records(real_data / "arxiv" / "abstracts_2024-06_2025-01.jsonl", 300),
    ]
    found = list({paper.preprint.id: paper for paper in found}.values())
    newsletter = read(format_newsletter(edition(found[:100], found[100:])))
    papers = {paper.arxiv_id: paper for paper in (*newsletter.highlights, *newsletter.rest)}
    assert len(newsletter.highlights) == 100
    assert set(papers) == {paper.preprint.id for paper in found}
    for paper in found:
        got = papers[paper.preprint.id]
        assert got.title == spaced(paper.preprint.title).lstrip(": ")
        assert got.paragraphs == (spaced(paper.preprint.abstract),)


def test_real_papers_show_as_themselves_on_the_page(real_data: Path) -> None:
    """What a browser shows of an abstract without TeX is that abstract."""
    found = [paper for paper in records(real_data / "arxiv" / "nasty.jsonl", 100) if "\\" not in str(paper.preprint)]
    found = [paper for paper in found if "$" not in paper.preprint.abstract + paper.preprint.title]
    shown = spaced(BeautifulSoup(to_html(format_newsletter(edition(found))), "lxml").get_text(" "))
    squeezed = shown.replace(" ", "")
    assert len(found) > 20
    for paper in found:
        assert "".join(paper.preprint.title.split()) in squeezed
        assert "".join(paper.preprint.abstract.split()) in squeezed


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_looks_like_markup_stays_text(text: str) -> None:
    """Whatever a title or a paragraph has in it, the reader gets the same words and the page has no other tag."""
    newsletter = read(format_newsletter(edition([article(f"On {text}", text), article("Another Paper of the Week")])))
    assert newsletter.highlights[0].paragraphs == tuple(filter(None, [as_read(text)]))
    assert [paper.arxiv_id for paper in newsletter.highlights] == ["2406.00001"] * 2


def as_read(text: str) -> str:
    """Return what our reader makes of text without any markup: nothing of `***`, no dash in front."""
    said = without_separator(plain((Span(clean(text)),)))
    return said if re.search(r"\w", said) else ""


SIGNS = st.text(st.sampled_from("ab1 .#*_`~<>[]()!$\\|&;{}-+=:/^\"'\n\u2028é") | st.characters(), max_size=40)


@settings(max_examples=150, deadline=None)
@given(SIGNS)
def test_any_text_is_escaped_so_that_it_is_read_as_itself(text: str) -> None:
    """No combination of signs turns into markup, ends its paragraph or swallows what follows."""
    said = f"{text} is said here"
    assume(not is_boilerplate(as_read(said)))  # what begins with © is a notice to the reader
    [paper] = read(
        f"# News of June 15, 2024\n\n## Highlights\n\n### A paper\n\nFirst.\n\n{escape(said)}\n\nLast.\n\n## Goodbye"
    ).highlights
    assert paper.paragraphs == tuple(filter(None, ("First.", as_read(said), "Last.")))


@settings(max_examples=60, deadline=None)
@given(SIGNS, st.sampled_from(["Bees", "Bees swarm over five Words"]))
def test_any_title_is_read_as_one_papers(text: str, words: str) -> None:
    """Whatever signs are in it, it neither ends its heading nor takes a paper beside it along."""
    papers = [
        article("First of the Papers"),
        article(f"{text} {words}", id="2406.00002"),
        article("Last of the Papers"),
    ]
    found = read(format_newsletter(edition(papers))).highlights
    assert [paper.arxiv_id for paper in found] == ["2406.00001", "2406.00002", "2406.00001"]
    assert found[1].title == title_of((Span(clean(f"{text} {words}")),))


@settings(max_examples=150, deadline=None)
@given(SIGNS)
def test_no_text_makes_a_tag_of_its_own(text: str) -> None:
    """A page made of any text has our tags only, and addresses that a browser opens as pages."""
    page = BeautifulSoup(to_html(f"# {escape(text)}\n\n{escape(text)}\n\n{text}\n"), "lxml")
    assert page.body is not None
    assert {tag.name for tag in page.body.find_all()} <= PASTED
    assert all(set(tag.attrs) <= {"href"} for tag in page.body.find_all())
    assert all(re.match(r"https?://|mailto:", str(link["href"])) for link in page.body.find_all("a"))


@pytest.mark.parametrize(
    "title", ["Results", "Code", "Thank You", "The Method", "Share", "The End", "Highlights", "3D"]
)
def test_a_title_that_sounds_like_something_else_is_a_papers(title: str) -> None:
    """A paper called Results is no part of the one above it, and one called The End does not end the newsletter."""
    papers = [article("A Paper before it, on Sorting"), article(title, id="2406.00002"), article(id="2406.00003")]
    newsletter = read(format_newsletter(edition(papers, [replace_id(papers[1], "2406.00004"), papers[0]])))
    assert [(paper.title, paper.arxiv_id) for paper in newsletter.highlights][1] == (title, "2406.00002")
    assert next((paper.title, paper.arxiv_id) for paper in newsletter.rest) == (title, "2406.00004")
    assert (len(newsletter.highlights), len(newsletter.rest)) == (3, 2)


def replace_id(paper: Article, id: str) -> Article:  # noqa: A002 - as the field is called
    """Return the same paper under another id."""
    return replace(paper, preprint=replace(paper.preprint, id=id))


def test_a_title_that_names_another_papers_id_keeps_its_own() -> None:
    """A comment on arXiv:1707.01452 is linked to itself."""
    [paper] = read(format_newsletter(edition([article("A Comment on arXiv:1707.01452 and its Proofs")]))).highlights
    assert paper.arxiv_id == "2406.00001"


def test_a_paper_from_disk_has_no_link() -> None:
    """A PDF that is not on arXiv is told of all the same, its authors not read aloud."""
    paper = article("Results", "It is unpublished.", id="pdf:0123456789abcdef")
    newsletter = read(format_newsletter(edition([article(), paper])))
    found = newsletter.highlights[1]
    assert (found.title, found.arxiv_id, found.links) == ("Results (PDF)", None, ())
    assert (found.authors, found.paragraphs) == (("Ada Lovelace", "Bo Chen"), ("It is unpublished.",))


@pytest.mark.parametrize(
    ("authors", "line"),
    [
        (("Ada Lovelace",), "Ada Lovelace"),
        (("Ada Lovelace", "Wil M. P. van der Aalst"), "Ada Lovelace and Wil M. P. van der Aalst"),
        (("Claudia d'Amato", "jia wei", "Colby Jacob"), "Claudia d'Amato, Jia Wei and Colby Jacob"),
        (tuple(f"Ada L{'i' * n}" for n in range(1, 665)), "Ada Liiiiiiiiii and 654 others"),
        (tuple(f"Ada L{'i' * n}" for n in range(1, 12)), "Ada Liiiiiiiiii and Ada Liiiiiiiiiii"),
        (("Ada Lovelace", "We win: a team of 12!"), "Ada Lovelace and others"),
    ],
)
def test_authors_are_named_and_never_read_aloud(authors: tuple[str, ...], line: str) -> None:
    """Up to eleven by name, else ten and how many more; an odd name does not make the line prose."""
    text = format_newsletter(edition([article(authors=authors)]))
    [paper] = read(text).highlights
    assert re.search(rf" · (?:.*, )?{re.escape(line)}$", text, re.MULTILINE)
    assert paper.paragraphs == ("It shows that sorting takes time.",)
    named = [name for name in paper.authors if not name.endswith("others")]
    assert {name.casefold() for name in named} <= {name.casefold() for name in authors}
    assert (len(named) < len(paper.authors)) == line.endswith("others")


# ── who wrote it, and what is wrong with it ─────────────────────────────────────────────────────────────


def written(*papers: Article, rest: Sequence[Article] = ()) -> list[str]:
    """Return the lines that say who wrote it."""
    text = format_newsletter(edition(papers, rest))
    assert read(text).greeting == (read(text).greeting[0],), "they are not read aloud"
    return [line for line in text.split("\n") if line.endswith(", 2024-06-15")]


def test_it_says_who_wrote_it_from_what_and_when() -> None:
    """One line names the writer, whether it had more than abstracts, and the day."""
    full = article(sections=(Section("Introduction", ("Long.",)),))
    assert written(article()) == ["Summaries by extractive 0.1.0, from abstracts, 2024-06-15"]
    assert written(full, rest=[article()]) == [
        "Summaries by extractive 0.1.0, from abstracts and full texts, 2024-06-15"
    ]


def test_it_says_who_of_several_wrote_what() -> None:
    """By section where those differ, else by title."""
    model = article(writer="openai gpt-5 at https://models.example.org/v1 of 2024-08-06")
    assert written(model, rest=[article()]) == [
        "Highlights by openai gpt-5 at https://models.example.org/v1…, from abstracts, 2024-06-15",
        "All others by extractive 0.1.0, from abstracts, 2024-06-15",
    ]
    assert written(model, model, article()) == [
        "2 of 3 summaries by openai gpt-5 at https://models.example.org/v1…, from abstracts, 2024-06-15",
        "“Sorting is Harder than…” by extractive 0.1.0, 2024-06-15",
    ]


def test_doubts_are_seen_by_whoever_edits_and_by_nobody_else() -> None:
    """They stand below their paper as comments that nothing can end, and are neither spoken nor pasted."""
    summary = Summary(
        (Section("", ("It says 50.",)),), "w", notes=("Late.",), doubts=("50 --> <b>is</b> --- nowhere-",)
    )
    text = format_newsletter(edition([replace(article(), summary=summary)]))
    assert "<!-- check: 50 - -› ‹b›is‹/b› - - - nowhere -->\n\n<!-- check: Late. -->" in text
    assert read(text).highlights[0].paragraphs == ("It says 50.",)
    assert "check" not in to_html(text)
    assert "nowhere" not in to_html(text)


@given(st.text(st.sampled_from("-<>! a"), max_size=12))
def test_no_remark_ends_its_comment(text: str) -> None:
    """Whatever it says, it is one comment."""
    assert re.fullmatch(r"<!-- (?:(?!--|>).)*-->", comment(f"check: {text}"))


# ── topics ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_rest_is_sorted_by_topic() -> None:
    """Largest topic first, then by name, what has none last; within a topic the order given stays."""
    of = {"2406.1": ("cs.CV",), "2406.2": ("cs.CL",), "2406.3": (), "2406.4": ("cs.RO",), "2406.5": ("cs.CL", "cs.CV")}
    rest = [article(id=f"{id}0000"[:10], categories=names) for id, names in of.items()]  # noqa: A001 - as called
    text = format_newsletter(edition([article()], rest))
    headings = re.findall(r"^## Also this week: (.*)$", text, re.MULTILINE)
    assert headings == ["Language models", "Robotics", "Vision", "Other"]
    assert [paper.arxiv_id for paper in read(text).rest] == [
        "2406.20000",
        "2406.50000",
        "2406.40000",
        "2406.10000",
        "2406.30000",
    ]


def test_one_topic_needs_no_name() -> None:
    """A rest of one kind stands under one plain heading."""
    text = format_newsletter(edition([article()], [article("Nothing New at All", categories=("cs.CL",))]))
    assert "## Also this week\n" in text


def test_our_topics_make_headings_of_sections() -> None:
    """Each is short enough for the reader to know its heading as that of several papers."""
    assert all(is_section(f"Also this week: {topic}") for topic in {*read_topics().values(), "Other"})


def test_a_topic_is_of_the_first_category_that_has_one() -> None:
    """The primary category counts; a whole archive may have a topic; what is unknown has none."""
    topics = read_topics()
    assert topic_of(("cs.LG", "cs.CL"), topics) == "Machine learning"
    assert topic_of(("cs.XX", "math.AG"), topics) == "Mathematics"
    assert topic_of(("cs.XX",), topics) == "Other"


def test_a_show_has_topics_of_its_own(tmp_path: Path) -> None:
    """Its table goes before ours; a broken one is refused by name."""
    own = tmp_path / "categories.toml"
    own.write_text('"Words" = ["cs.CL"]\n')
    assert topic_of(("cs.CL",), read_topics(tmp_path)) == "Words"
    assert topic_of(("cs.CV",), read_topics(tmp_path)) == "Vision"
    for broken in ('"Words" = "cs.CL"\n', '"Words" = [1]\n', "Words"):
        own.write_text(broken)
        with pytest.raises(InputError, match=re.escape(str(own))):
            read_topics(tmp_path)


# ── templates ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_show_greets_in_its_own_words(tmp_path: Path) -> None:
    """One template of its own replaces ours of that name, and only that."""
    (tmp_path / "greeting.md").write_text("Hello from {{ show }} on {{ date }}.\n")
    newsletter = read(format_newsletter(edition([article()]), tmp_path))
    assert newsletter.greeting == ("Hello from Paper Podcast Weekly on June 15, 2024.",)
    assert newsletter.sign_off
    given_ = read(format_newsletter(edition([article()], greeting=["Hi *all*!"], sign_off=["Take care."])))
    assert (given_.greeting, given_.sign_off) == (("Hi *all*!",), ("Take care.",))


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        ("# {{ titel }}\n", 1, "'titel' is undefined"),
        ("# {{ title }}\n\n{% for paper in highlights %}\n", 3, "endfor"),
        ("fine\n{{ 1 / 0 }}\n", 2, "division by zero"),
        ("fine\n\n{{ title.__class__.__mro__ }}\n", 3, "unsafe"),
        ("{{ title + 1 }}\n", 1, "str"),
        ("{% for i in range(10000000) %}x{% endfor %}\n", 1, "Range too big"),
        ("{% include 'paper' %}\n", 1, "no template paper"),
        ("{% include '../secret.md' %}\n", 1, "no template ../secret.md"),
        ("{{ title }}\n{% include 'newsletter.md' %}\n", 2, "without end"),
    ],
)
def test_a_broken_template_is_named_with_its_line(tmp_path: Path, template: str, line: int, said: str) -> None:
    """Whatever is wrong with it, one sentence says where and what."""
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "templates").mkdir()
    path = tmp_path / "templates" / "newsletter.md"
    path.write_text(template)
    with pytest.raises(InputError, match=re.escape(f"{path}, line {line}: ")) as caught:
        format_newsletter(edition([article()]), path.parent)
    assert said in str(caught.value)


def test_a_template_cannot_write_without_end(tmp_path: Path) -> None:
    """It is stopped before it fills the memory."""
    loops = "{% for i in range(90000) %}{% for j in range(90000) %}" + "x" * 9999 + "{% endfor %}{% endfor %}"
    (tmp_path / "newsletter.md").write_text(loops)
    with pytest.raises(InputError, match="more than 20,000,000 characters"):
        format_newsletter(edition([article()]), tmp_path)


def test_every_template_that_comes_with_us_is_used() -> None:
    """None is left over."""
    assert {path.name for path in TEMPLATES.iterdir()} == {
        "newsletter.md", "greeting.md", "paper.md", "goodbye.md", "note.md",
    }  # fmt: skip


# ── edits by hand ───────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_by_hand_shows() -> None:
    """A word changed, a line added below, the last line gone: all are edits; line ends are none."""
    text = format_newsletter(edition([article()]))
    assert text == format_newsletter(edition([article()])), "the same every time"
    assert not edited_by_hand(text)
    assert not edited_by_hand("\ufeff" + text.replace("\n", "\r\n"))
    assert edited_by_hand(text.replace("takes time", "takes long"))
    assert edited_by_hand(f"{text}\nP.S. Hello.\n")
    assert edited_by_hand(text[: text.rindex("<!--")])
    assert edited_by_hand("# Mine\n")


def test_a_newsletter_says_what_it_was_made_from_and_what_that_cost() -> None:
    """In its last line, whether or not a person changed it since."""
    text = format_newsletter(edition([article(usd=0.25)]), None, "0123abcd")
    changed = text.replace("takes time", "takes long")
    assert (made_from(text), price_usd(text)) == (made_from(changed), price_usd(changed)) == ("0123abcd", 0.25)
    assert not edited_by_hand(text)
    assert edited_by_hand(changed)
    assert (made_from("# Mine\n"), price_usd("# Mine\n")) == ("", 0.0)
    assert (made_from(format_newsletter(edition([article()]))), price_usd(format_newsletter(edition([article()])))) == (
        "",
        0.0,
    )


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────

BY_HAND = """\
# News & views

A [script](javascript:alert(1)), a [file](notes.md), a [mail](mailto:a@example.org), an <b>edit</b> <!-- of mine -->

<script>alert(1)</script>

<!-- two
lines --> and a tail

* one `<code>`
* two, see https://example.org/a_(b).

#### Small heading

> A quotation with ![a picture](https://example.org/a.png)

```
fenced <code>
```
"""


def test_what_a_person_wrote_by_hand_is_on_the_page_and_harmless() -> None:
    """Lists, quotations, code and pictures keep their words; scripts and comments do nothing."""
    html = to_html(BY_HAND)
    page = BeautifulSoup(html, "lxml")
    assert page.body is not None
    assert html.startswith(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>News &amp; views<'
    )
    assert {tag.name for tag in page.body.find_all()} == {"h1", "h3", "p", "a", "ul", "li"}
    assert [link["href"] for link in page.body.find_all("a")] == ["mailto:a@example.org", "https://example.org/a_(b)"]
    words = spaced(page.body.get_text(" "))
    assert "<script>alert(1)</script> and a tail one <code> two" in words
    assert "A quotation with a picture fenced <code>" in words
    assert "mine" not in html


@pytest.mark.parametrize(
    ("tex", "html"),
    [
        ("O(n^2)", "O(n<sup>2</sup>)"),
        (r"\times 50", "×50"),
        (r"\eta_{\text{init}} = 0", "η<sub>init</sub> = 0"),
        (r"O(n \log n)", "O(n log n)"),
        ("a<b", "a&lt;b"),
        (r"22\%", "22%"),
        (r"\frac{1}{2}", r"$\frac{1}{2}$"),
        ("x^{a^b}", "$x^{a^b}$"),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_simple_formulas_are_shown_and_others_stay_as_written(tex: str, html: str) -> None:
    """A page has no formulas, so it shows what letters and signs can."""
    assert formula_html(tex) == html


def test_a_page_without_end_is_refused() -> None:
    """Nesting that no person wrote is an error in words."""
    with pytest.raises(InputError, match="nested without end"):
        to_html("> " * 5000 + "x")
