"""newsletter.html, copied from a browser and pasted into an editor: what senders of newsletters do with it."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING

import pytest
from conftest import skip
from playwright.sync_api import sync_playwright

from podcast.newsletter.edition import Article, edition_of
from podcast.newsletter.markdown import format_newsletter
from podcast.newsletter.page import to_html
from podcast.types import Preprint, Section, Summary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.slow

FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")
ODD = "Bees </script><b>& “Other” [Optimisers](javascript:alert(1)) with `code`, *stars* and a_b"
STRUCTURE = """root => [...root.querySelectorAll("h1, h2, h3, h4, h5, h6, p, li, a, strong, em, sub, sup, img, script")]
  .map((element) => [
    element.tagName, element.textContent.replace(/\\s+/g, " ").trim(), element.getAttribute("href")])"""


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    """Return the system's Chromium, or skip."""
    path = shutil.which("chromium")
    if path is None:
        skip("chromium is not installed: it copies and pastes")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser.new_context()
        browser.close()


def article(number: int, title: str, text: str) -> Article:
    """Make a paper with a summary in parts."""
    preprint = Preprint(f"2406.0000{number}", title, authors=("Ada Lovelace", "Bo Chen"), categories=("cs.CL",))
    parts = (Section("Claims", (text, "A second paragraph.")), Section("Results", ("It takes $O(n^2)$.",)))
    return Article(preprint, Summary(parts, "extractive 0.1.0", doubts=("It says 50.",)))


def newsletter() -> str:
    """Return a newsletter that a person has edited."""
    papers = [article(1, "Sorting is Harder than it Looks", "See https://example.org/code."), article(2, ODD, ODD)]
    edition = edition_of(
        "Weekly", dt.date(2024, 6, 15), papers, [article(3, "Nothing New", "No.")], written_on=dt.date(2024, 6, 15)
    )
    return format_newsletter(edition).replace("## Goodbye", "- *one*\n- two\n\n## Goodbye")


def opened(context: BrowserContext, path: Path, html: str) -> Page:
    """Open a page of this machine."""
    path.write_text(html, encoding="utf-8")
    page = context.new_page()
    page.goto(path.as_uri())
    return page


def test_everything_survives_copying_and_pasting(context: BrowserContext, tmp_path: Path) -> None:
    """Headings, paragraphs, lists, emphasis and links arrive in an editor as they are on the page; nothing runs."""
    page = opened(context, tmp_path / "newsletter.html", to_html(newsletter()))
    on_page = page.eval_on_selector("body", STRUCTURE)
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    editor = opened(context, tmp_path / "editor.html", '<!DOCTYPE html><div id="e" contenteditable>.</div>')
    editor.click("#e")
    editor.keyboard.press("Control+A")
    editor.keyboard.press("Control+V")
    pasted = editor.eval_on_selector("#e", STRUCTURE)
    assert pasted == on_page
    tags = [tag for tag, _, _ in pasted]
    assert (tags.count("H1"), tags.count("H2"), tags.count("H3"), tags.count("LI")) == (1, 3, 3, 2)
    assert ["H3", ODD, None] in pasted
    assert ["A", "arXiv:2406.00001", "https://arxiv.org/abs/2406.00001"] in pasted
    assert ["A", "https://example.org/code", "https://example.org/code"] in pasted
    assert ["SUP", "2", None] in pasted
    assert {"IMG", "SCRIPT"}.isdisjoint(tags)
    assert "check:" not in editor.inner_text("#e")
