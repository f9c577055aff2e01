"""Pages as trees: what is in them, however broken they are, is what another reader finds in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, PageElement, Tag

from podcast.papers.reading.markdown import to_html
from podcast.papers.reading.tree import Element, parse_html

NEWSLETTERS = sorted((Path(__file__).parent / "data" / "newsletters").glob("*.*"))
BROKEN = [
    "",
    " \n ",
    "no markup at all",
    "<p>never closed <b>at all",
    "</div>closed <i>but never</b> open</i></p>",
    "<p><div>a block in a paragraph</p>and behind it</div>",
    "<table>beside <tr>a row <td>a cell<table><td>a table in it</table> and on</table>",
    "<pre>  kept \n as it is  </pre>  \n  <p>   </p>\n\n<textarea>   </textarea>",
    "<script>if (a < b) { say('<p>no</p>') }</script><style>p { color: red }</style>text",
    "<template><p>not shown</p></template><ruby>字<rp>(</rp><rt>ji</rt><rp>)</rp></ruby>",
    "one<!-- a remark --> text <?and a program?> in <![CDATA[ three ]]> parts",
    "<!doctype html><HTML><HEAD><TITLE>Capitals</TITLE></HEAD><BODY CLASS='A b' Data-X=1 hidden>x</BODY></HTML>behind",
    "<a href='x' href='y'>twice</a> &amp; &lt;b&gt; &nope; &#38; &#0;",
    "\N{BYTE ORDER MARK}<?xml version='1.0' encoding='utf-16'?><p>café\N{NO-BREAK SPACE}</p>",
    "<svg:g a:b='c'><x-y/></svg:g><h1 class='post-title'>a</h1><h2>b</h2><h3 class=subtitle>c</h3>",
    "<div>" * 300 + "deep",
]


@pytest.mark.parametrize("page", BROKEN)
def test_a_page_however_broken_holds_what_another_reader_finds_in_it(page: str) -> None:
    """The same elements in the same order, with the same text; of programs, looks and remarks nothing."""
    assert outline(parse_html(page)) == outline_of_soup(page)


@pytest.mark.parametrize("path", NEWSLETTERS, ids=lambda path: path.name)
def test_a_newsletter_holds_what_another_reader_finds_in_it(path: Path) -> None:
    """As Markdown and as a page."""
    text = path.read_text(encoding="utf-8", errors="replace")
    assert outline(parse_html(text)) == outline_of_soup(text)
    assert outline(parse_html(to_html(text))) == outline_of_soup(to_html(text))


Outline = list[tuple[str, dict[str, str], int] | str]


def outline(page: Element) -> Outline:
    """Elements with their attributes and how much is in them, and texts, in order."""
    nodes = page.walk()
    return [each if isinstance(each, str) else (each.name, each.attributes, len(each.children)) for each in nodes]


def outline_of_soup(page: str) -> Outline:
    """The same of BeautifulSoup's tree; it leaves a declaration of XML in the text."""
    declared, _, behind = page.partition("?>")
    soup = BeautifulSoup(behind if "<?xml" in declared else page, "lxml", multi_valued_attributes=None)
    found: Outline = []
    pending: list[PageElement] = [soup]
    while pending:
        node = pending.pop()
        if isinstance(node, Tag):
            inside = [each for each in node.contents if isinstance(each, Tag) or is_text(each)]
            attributes = {key.lower(): str(value) for key, value in node.attrs.items()}
            found.append((node.name.lower(), attributes, len(inside)))
            pending.extend(reversed(inside))
        else:
            found.append(str(node))
    return found


def is_text(node: PageElement) -> bool:
    """Tell text from remarks, and from what stands in programs."""
    return type(node) in {NavigableString, CData}
