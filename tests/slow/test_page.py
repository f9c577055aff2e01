"""The page in a real browser: it sounds, follows the keyboard, fits a phone, and asks nobody else for anything."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from conftest import make_show, skip
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.slow

FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")
PHONE: Any = {"width": 390, "height": 844}
TAP_PX = 44
WORDS = "Some words to say, and a few more of them. " * 6
ODD_TITLE = "Bees </script><b>& \"Other\" 'Optimisers'"
SCRIPT = f"""\
---
title: {{title}}
date: {{date}}
---

## Welcome

{WORDS}

## Sorting is Harder than it Looks
<!-- paper: arXiv:2406.00001 -->

{WORDS}

## {{odd}}
<!-- paper: https://example.org/bees -->

{WORDS}

## Until next time

{WORDS}
"""
EPISODES = {"2024-06-22": ("Papers of June 22, 2024", ODD_TITLE), "2024-06-15": ("W" * 200, "W" * 200)}

TEXTS_AND_GROUNDS = """() => {
  const texts = [...document.querySelectorAll("body *")].filter((element) =>
    element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return colour === "rgba(0, 0, 0, 0)" && element.parentElement ? ground(element.parentElement) : colour;
  };
  return texts.map((element) => [element.textContent, getComputedStyle(element).color, ground(element)]);
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a show of two episodes; return its address."""
    folder = tmp_path_factory.mktemp("page") / "show"
    podcast = make_show(folder, music=False)
    for slug, (title, odd) in EPISODES.items():
        podcast.script(slug).parent.mkdir(parents=True)
        podcast.script(slug).write_text(SCRIPT.format(title=title, date=slug, odd=odd))
        ran = podcast("render", slug)
        assert ran.exit_code == 0, ran.stderr
    with served(folder) as server:
        try:
            assert server.stdout
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def served(folder: Path) -> subprocess.Popen[str]:
    """Start the command that serves a show."""
    command = [sys.executable, "-m", "podcast", "serve", "--port", "0", "--quiet", "--show", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the system's Chromium, or skip."""
    path = shutil.which("chromium")
    if path is None:
        skip("chromium is not installed: it opens the page")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a browser as it is on a phone, without a past."""
    context = browser.new_context(viewport=PHONE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    """Return the opened page; afterwards, nothing may have gone wrong and nobody else been asked."""
    page, asked, wrong = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda response: wrong.append(response.url) if response.status >= 400 else None)
    page.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    yield page
    assert wrong == []
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}


def article(page: Page, slug: str) -> Locator:
    """Find an episode."""
    return page.locator(f"article[id='{slug}']")


def seek(page: Page, number: int, slug: str = "2024-06-22") -> Locator:
    """Find the link of a chapter."""
    return article(page, slug).locator(".seek").nth(number)


def player(page: Page, slug: str = "2024-06-22") -> Locator:
    """Find the player of an episode."""
    return article(page, slug).locator("audio")


def start_of(chapter: Locator) -> float:
    """Where a chapter begins, in seconds."""
    return float(chapter.get_attribute("data-start") or "nan")


def seconds(audio: Locator) -> float:
    """Where a player is."""
    return float(audio.evaluate("audio => audio.currentTime"))


def heard(audio: Locator) -> tuple[float, float]:
    """Wait until a player sounds; return where it began and how much it played since."""
    begun, later = audio.evaluate("""async (audio) => {
        const end = Date.now() + 10_000;
        const pause = () => new Promise((done, fail) =>
            Date.now() < end ? setTimeout(done, 10) : fail(Error("nothing sounds")));
        while (audio.paused || audio.seeking || audio.readyState < 3) await pause();
        const begun = audio.currentTime;
        while (audio.currentTime < begun + 0.2) await pause();
        return [begun, audio.currentTime];
    }""")
    return float(begun), float(later - begun)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of a colour written `rgb(1, 2, 3)` (WCAG 2.2)."""
    shares = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_page_opens_with_cover_and_episodes(page: Page) -> None:
    """Newest first, the show's picture above them, strange titles as they are written."""
    assert page.locator("article").evaluate_all("found => found.map(one => one.id)") == [*EPISODES]
    assert page.locator("header img").evaluate("image => image.naturalWidth") > 0
    expect(seek(page, 2).locator("bdi")).to_have_text(ODD_TITLE)


def test_the_player_sounds(page: Page) -> None:
    """A click on it decodes sound and plays it aloud; lock screens get the episode's name."""
    player(page).click(position={"x": 25, "y": 27})
    _, played = heard(player(page))
    assert played >= 0.2
    is_loud = "audio => !audio.muted && audio.volume === 1 && audio.webkitAudioDecodedByteCount > 0"
    assert player(page).evaluate(is_loud)
    assert page.evaluate("navigator.mediaSession.metadata.title") == EPISODES["2024-06-22"][0]


@pytest.mark.parametrize("number", [3, 1, 2])
@pytest.mark.parametrize("how", ["click", "Enter"])
def test_a_chapter_plays_from_its_start(page: Page, number: int, how: str) -> None:
    """By hand and by keyboard, before anything was loaded; it alone is marked as the sounding one."""
    chapter = seek(page, number)
    chapter.click() if how == "click" else chapter.press(how)
    begun, _ = heard(player(page))
    assert begun == pytest.approx(start_of(chapter), abs=0.3)
    expect(page.locator("[aria-current=true]")).to_have_count(1)
    expect(chapter).to_have_attribute("aria-current", "true")


def test_a_playing_episode_jumps_to_a_chapter(page: Page) -> None:
    """Forwards and back again."""
    for number in (2, 1):
        seek(page, number).click()
        begun, _ = heard(player(page))
        assert begun == pytest.approx(start_of(seek(page, number)), abs=0.3)


def test_the_mark_follows_the_sound(page: Page) -> None:
    """From one chapter into the next, without a click."""
    seek(page, 1).click()
    heard(player(page))
    player(page).evaluate("(audio, start) => { audio.currentTime = start - 0.6 }", start_of(seek(page, 2)))
    expect(seek(page, 1)).to_have_attribute("aria-current", "true")
    expect(seek(page, 2)).to_have_attribute("aria-current", "true")
    assert seek(page, 1).get_attribute("aria-current") is None
    assert seconds(player(page)) >= start_of(seek(page, 2)) - 0.02


def test_a_second_episode_silences_the_first(page: Page) -> None:
    """One voice at a time."""
    seek(page, 1).click()
    heard(player(page))
    article(page, "2024-06-15").locator("summary").first.click()
    seek(page, 2, "2024-06-15").click()
    heard(player(page, "2024-06-15"))
    assert page.locator("audio").evaluate_all("found => found.map(one => one.paused)") == [True, False]


def test_a_hasty_listener_breaks_nothing(page: Page) -> None:
    """Chapters of two episodes clicked at once, before either could load: the last one plays."""
    article(page, "2024-06-15").locator("summary").first.click()
    page.locator(".seek").evaluate_all("found => { found[1].click(); found[7].click() }")
    heard(player(page, "2024-06-15"))
    assert player(page).evaluate("audio => audio.paused")


def test_tab_goes_through_chapters_and_papers_visibly(page: Page) -> None:
    """In the order in which they stand, each with a frame around it."""
    article(page, "2024-06-22").locator("summary").first.focus()
    paper = article(page, "2024-06-22").locator(".paper").first
    for expected in (seek(page, 0), seek(page, 1), paper, seek(page, 2)):
        page.keyboard.press("Tab")
        expect(expected).to_be_focused()
        expect(expected).to_have_css("outline-style", "solid")
        expect(expected).to_have_css("outline-width", "3px")


def test_the_address_to_subscribe_to_is_the_one_the_page_came_from(
    page: Page, context: BrowserContext, address: str
) -> None:
    """It is shown, linked to, and in the clipboard after a click."""
    link = page.locator(".address a")
    expect(link).to_have_text(f"{address}feed.xml")
    assert link.evaluate("link => link.href") == f"{address}feed.xml"
    page.locator(".address button").click()
    expect(page.locator(".address button")).to_have_text("Copied")
    context.grant_permissions(["clipboard-read"])
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}feed.xml"


def test_the_address_of_an_episode_opens_it(page: Page) -> None:
    """As the feed links to it: in view, with its chapters."""
    page.goto(f"{page.url}#2024-06-15")
    expect(article(page, "2024-06-15").locator("h3")).to_be_in_viewport()
    expect(seek(page, 1, "2024-06-15")).to_be_visible()


def test_without_javascript_a_chapter_leads_into_the_sound(browser: Browser, address: str) -> None:
    """The browser opens the episode's file at that second; nothing is offered that would do nothing."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".address button")).to_be_hidden()
    start = start_of(seek(page, 2))
    seek(page, 2).click()
    page.wait_for_url(f"{address}episodes/2024-06-22/2024-06-22.mp3#t={start:.3f}")
    context.close()


def test_nothing_scrolls_sideways_on_a_phone(page: Page) -> None:
    """Not even with a title of one word of 200 letters."""
    for summary in page.locator("details:not([open]) summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    inside = "found => found.every(one => one.getBoundingClientRect().right <= innerWidth)"
    assert page.locator("body *").evaluate_all(inside)


def test_what_can_be_tapped_is_as_high_as_a_finger(page: Page) -> None:
    """Chapters, papers, buttons and what opens and closes."""
    found = page.locator(".seek, .paper, summary, button, .files a").filter(visible=True).all()
    assert len(found) > 10
    boxes = [one.bounding_box() for one in found]
    assert [box for box in boxes if box is None or box["height"] < TAP_PX or box["width"] < TAP_PX] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_is_legible(page: Page, scheme: Any) -> None:
    """Contrast of at least 4.5 to its ground (WCAG 2.2, AA), on the sounding chapter too."""
    page.emulate_media(color_scheme=scheme)
    seek(page, 1).click()
    expect(seek(page, 1)).to_have_attribute("aria-current", "true")
    texts = page.evaluate(TEXTS_AND_GROUNDS)
    assert len({ground for _, _, ground in texts}) > 1
    assert luminance(page.evaluate("getComputedStyle(document.body).color")) > 0.5 or scheme == "light"
    assert [text for text, ink, ground in texts if contrast(ink, ground) < 4.5] == []
