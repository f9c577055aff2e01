"""A hundred titles that would run, fetch or send something, in a real browser: nothing does, on any page of ours."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from arxiv_server import arxiv_server
from conftest import Podcast, make_show, skip
from hostile import cases, outside
from lxml import etree
from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright
from test_review import reviewing_of
from week import JUNE_15, highlighting_three, paper

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from arxiv_server import Record
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.slow

FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")
SLUG = "2024-06-15"
MARKUP = [text.replace("\n", " ") for text in cases("markup")]
CHAPTERS = 62
"""Of one episode: all of them in two."""

WATCH = "window.ran = []; window.pwned = () => window.ran.push(document.currentScript?.outerHTML ?? 'handler');"
HANDLERS = """() => [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes]
  .filter((attribute) => attribute.name.startsWith("on") || /^[\\s\\u0000-\\u001f]*(javascript|data|vbscript):/i
    .test(attribute.value) && ["href", "src", "action", "formaction", "data", "xlink:href"].includes(attribute.name))
  .map((attribute) => element.outerHTML))"""
POKE = """() => { for (const element of document.querySelectorAll("a, button, input, details, [tabindex]")) {
  element.dispatchEvent(new Event("mouseover", {bubbles: true})); element.dispatchEvent(new Event("focus")); } }"""


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Podcast:
    """Return a show whose papers, on arXiv and in scripts, have those titles, authors and abstracts."""
    folder = tmp_path_factory.mktemp("hostile")
    show = highlighting_three(make_show(folder / "show", music=False))
    before = outside(folder, show.folder)
    papers = [hostile_paper(number, text) for number, text in enumerate(MARKUP)]
    with arxiv_server(papers) as arxiv, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARXIV_API_URL", arxiv.address)
        patch.setenv("SOURCE_DATE_EPOCH", JUNE_15)
        settings = show.folder / "show.toml"
        text = settings.read_text()
        settings.write_text(
            text.replace("highlights = 3 ", "highlights = 40 ").replace("offered = 10 ", "offered = 60 ")
        )
        ran = show("newsletter", "week")
        assert ran.exit_code == 0, ran.stderr
    for at in range(0, len(MARKUP), CHAPTERS):
        write_script(show, f"2024-07-{1 + at // CHAPTERS:02}", MARKUP[at : at + CHAPTERS])
    assert show("notes", show.folder / "vault").exit_code == 0
    assert outside(folder, show.folder) == before
    return show


def hostile_paper(number: int, text: str) -> Record:
    """Return a paper that says it everywhere."""
    plain = paper(number)
    return dataclasses.replace(
        plain, title=text, abstract=f"{plain.abstract} {text}. It works.", authors=(text, "Ada Lovelace"), comment=text
    )


def write_script(show: Podcast, slug: str, texts: Sequence[str]) -> None:
    """Render an episode with these chapters."""
    chapters = "".join(
        f"## {text}\n<!-- paper: https://example.org/{at} -->\n\nWords about {quoted(text)}, and more of them.\n\n"
        for at, text in enumerate(texts)
    )
    show.script(slug).parent.mkdir(parents=True)
    title = json.dumps(texts[0])
    show.script(slug).write_text(f"---\ntitle: {title}\ndate: {slug}\n---\n\n{chapters}", encoding="utf-8")
    ran = show("render", slug)
    assert ran.exit_code == 0, ran.stderr


def quoted(text: str) -> str:
    """Return text as a script has it in a paragraph: a comment would be one."""
    return text.replace("<!--", "<!‑-")


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    """Return the system's Chromium, with our own policies off: nothing may even try."""
    path = shutil.which("chromium")
    if path is None:
        skip("chromium is not installed: it opens the pages")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        context = browser.new_context(bypass_csp=True)
        context.add_init_script(WATCH)
        yield context
        browser.close()


def check_page(context: BrowserContext, address: str, own: str) -> str:
    """Open a page and touch all that can be touched: nothing of theirs runs, is asked for, or could be clicked."""
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate(POKE)
    assert page.evaluate("window.ran") == []
    assert page.evaluate(HANDLERS) == []
    assert [url for url in asked if not url.startswith((own, "data:image/"))] == []
    assert page.url.startswith(own)
    text = page.inner_text("body")
    page.close()
    return text


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a show; yield its address."""
    command = [sys.executable, "-m", "podcast", "serve", "--port", "0", "--quiet", "--show", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            yield running.stdout.readline().strip()
        finally:
            running.terminate()


def test_no_page_of_the_site_runs_what_it_shows(show: Podcast, context: BrowserContext) -> None:
    """Home, list, search and each episode, with all scripts and requests allowed."""
    with served(show.folder) as address:
        own = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}/"
        shown = [check_page(context, f"{address}{name}", own) for name in ("", "all.html", "?q=script")]
        for episode in sorted(show.folder.glob("episodes/2024-07-*")):
            shown.append(check_page(context, f"{address}{episode.name}/", own))
        for name in ("notes.html", "transcript.html"):
            check_page(context, f"{address}episodes/{episode.name}/{name}", own)
    for text in ("<script>pwned()</script>", "<img src=x onerror=pwned()>", "{{ config }}"):
        assert any(text in page for page in shown), text


def test_the_newsletter_as_a_page_runs_nothing(show: Podcast, context: BrowserContext) -> None:
    """What is pasted into a service for newsletters is words and links."""
    page = show.folder / "scripts" / SLUG / "newsletter.html"
    text = check_page(context, page.as_uri(), page.as_uri())
    assert "pwned()" in text


def test_the_review_page_runs_nothing(show: Podcast, context: BrowserContext) -> None:
    """Neither of a script nor of its source, which is the newsletter; some titles no voice can say, and it says so."""
    assert show("script", SLUG).exit_code in {0, 1, 2}
    assert show.script(SLUG).is_file()
    with reviewing_of(show) as address:
        own = f"http://{urlsplit(address).netloc}/"
        text = check_page(context, address, own)
    assert "pwned" in text


def test_a_feed_is_one_document_with_the_elements_of_any_other(show: Podcast) -> None:
    """Titles are text, in every place; notes have four tags."""
    root = etree.parse(str(show.folder / "feed" / "feed.xml")).getroot()
    titles = {found.text for found in root.iter("title")}
    assert any("<script>" in (title or "") for title in titles)
    assert root.find(".//script") is None
    for notes in root.iter("{http://purl.org/rss/1.0/modules/content/}encoded"):
        assert set(re.findall(r"</?(\w+)", notes.text or "")) <= {"p", "ul", "li", "a"}


def test_notes_in_a_vault_are_markdown_without_markup(show: Podcast) -> None:
    """No HTML, no picture, and no link but to the paper and the show."""
    notes = sorted((show.folder / "vault").glob("*.md"))
    assert len(notes) >= 10
    for note in notes:
        tokens = MarkdownIt("commonmark").parse(note.read_text("utf-8").partition("\n---\n")[2])
        parts = [part for token in tokens for part in (token, *(token.children or []))]
        assert not {part.type for part in parts} & {"html_inline", "image"}
        assert all(part.content.startswith("<!-- ") for part in parts if part.type == "html_block")
        links = [str(part.attrs["href"]) for part in parts if part.type == "link_open"]
        assert all(link.startswith("https://arxiv.org/abs/2406.") for link in links), (note.name, links)


CARELESS = "<p><script>pwned()</script><img src=https://evil.example/a.png><a href='javascript:pwned()'>a</a>"


def test_whoever_wrote_such_a_title_into_a_page_as_it_is_would_be_found(context: BrowserContext) -> None:
    """It runs, asks somebody else and could be clicked: what these tests look for is seen."""
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("about:blank")
    page.set_content(CARELESS, wait_until="commit")
    assert len(page.evaluate("window.ran")) == 1
    assert len(page.evaluate(HANDLERS)) == 1
    assert "https://evil.example/a.png" in asked
    page.close()
