"""The site in a real browser: it sounds, follows and finds, obeys the keyboard, fits a phone, and asks nobody else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from conftest import make_show, skip
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.slow

FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
DESK: Any = {"width": 1300, "height": 900}
PHONE: Any = {"width": 390, "height": 844}
TAP_PX = 44
NEW, OLD = "2024-06-22", "2024-06-15"
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

{WORDS}

## {{odd}}
<!-- paper: https://example.org/bees -->

{WORDS}

## Éléments of Uniqueness

{WORDS}
"""
EPISODES = {NEW: ("Papers of June 22, 2024", ODD_TITLE), OLD: ("W" * 200, "W" * 200)}
PAGES = {"home": "", "all": "all.html", "episode": f"{NEW}/", "wide": f"{OLD}/", "missing": "404.html"}

TEXTS_AND_GROUNDS = """() => {
  const texts = [...document.querySelectorAll("body *")].filter((element) =>
    element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return colour === "rgba(0, 0, 0, 0)" && element.parentElement ? ground(element.parentElement) : colour;
  };
  return texts.map((element) => [element.textContent, getComputedStyle(element).color, ground(element)]);
}"""
HEARD = """async (audio) => {
  const end = Date.now() + 10_000;
  const pause = () => new Promise((done, fail) =>
    Date.now() < end ? setTimeout(done, 10) : fail(Error("nothing sounds")));
  while (audio.paused || audio.seeking || audio.readyState < 3) await pause();
  const begun = audio.currentTime;
  while (audio.currentTime < begun + 0.2) await pause();
  return [begun, audio.currentTime];
}"""


# ── a show, a server, a browser ─────────────────────────────────────────────────────────────────────────


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
    name_authors(podcast.episode(NEW))
    with served(folder) as server:
        try:
            assert server.stdout
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def name_authors(episode: Path) -> None:
    """Let a paper have authors, as newsletters name them."""
    path = episode / "episode.json"
    data = json.loads(path.read_text())
    data["segments"][1]["authors"] = ["Ada Lovelace", "Paul Erdős"]
    path.write_text(json.dumps(data))


def served(folder: Path) -> subprocess.Popen[str]:
    """Start the command that serves a show."""
    command = [sys.executable, "-m", "podcast", "serve", "--port", "0", "--quiet", "--show", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the system's Chromium, or skip."""
    path = shutil.which("chromium")
    if path is None:
        skip("chromium is not installed: it opens the pages")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a browser as it is on a phone, without a past."""
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    """Return the page of an episode; afterwards, nothing may have gone wrong and nobody else been asked."""
    page, asked, wrong = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda response: wrong.append(response.url) if response.status >= 400 else None)
    page.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{address}{NEW}/")
    yield page
    assert wrong == []
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}


def seek(page: Page, number: int) -> Locator:
    """Find the link of a chapter."""
    return page.locator(".seek").nth(number)


def sentence(page: Page, number: int) -> Locator:
    """Find a sentence of the transcript."""
    return page.locator(".transcript [data-t]").nth(number)


def player(page: Page) -> Locator:
    """Find the player."""
    return page.locator("audio")


def start_of(element: Locator) -> float:
    """Where a chapter or a sentence begins, in seconds."""
    return float(element.get_attribute("data-t") or "nan")


def seconds(page: Page) -> float:
    """Where the player is."""
    return float(player(page).evaluate("audio => audio.currentTime"))


def heard(page: Page) -> float:
    """Wait until the player sounds, and on; return where it began."""
    begun, later = player(page).evaluate(HEARD)
    assert later >= begun + 0.2
    return float(begun)


def near(second: float) -> Any:
    """Where a busy machine may notice that it sounds: not long after it began."""
    return pytest.approx(second, abs=1)


def pause(page: Page) -> None:
    """Stop the sound."""
    player(page).evaluate("audio => audio.pause()")


def move_to(page: Page, second: float) -> None:
    """Go to a place, whether it sounds or not."""
    player(page).evaluate("(audio, second) => { audio.currentTime = second }", second)


def is_current(element: Locator) -> None:
    """Expect that this is marked as what sounds, and no other of its kind."""
    expect(element).to_have_attribute("aria-current", "true")
    kind = ".seek" if element.evaluate("one => one.matches('.seek')") else ".transcript [data-t]"
    expect(element.page.locator(f"{kind}[aria-current]")).to_have_count(1)


def search(page: Page, words: str) -> Locator:
    """Type into the search of a page; return what it lists, not what it listed before."""
    page.locator("#_search").fill("")
    expect(page.locator(".found")).to_be_hidden()
    page.locator("#_search").fill(words)
    expect(page.locator(".found [role=status]")).to_have_text(re.compile("result|Nothing"))
    return page.locator(".found li a")


# ── listening ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_player_sounds(page: Page) -> None:
    """A click on it decodes sound and plays it aloud; lock screens get the episode's name."""
    player(page).click(position={"x": 25, "y": 27})
    heard(page)
    is_loud = "audio => !audio.muted && audio.volume === 1 && audio.webkitAudioDecodedByteCount > 0"
    assert player(page).evaluate(is_loud)
    assert page.evaluate("navigator.mediaSession.metadata.title") == EPISODES[NEW][0]
    assert page.evaluate("navigator.mediaSession.metadata.album") == "My Paper Podcast"


@pytest.mark.parametrize(("number", "how"), [(3, "click"), (1, "Enter")])
def test_a_chapter_plays_from_its_start(page: Page, number: int, how: str) -> None:
    """By hand and by keyboard, forwards and back; it alone is marked, and so is its first sentence."""
    for chapter in (seek(page, number), seek(page, 2)):
        chapter.click() if how == "click" else chapter.press(how)
        assert heard(page) == near(start_of(chapter))
        is_current(chapter)


def test_the_marks_follow_the_sound(page: Page) -> None:
    """From one chapter and sentence into the next, without a click."""
    sentence(page, 7).click()
    assert heard(page) == near(start_of(sentence(page, 7)))
    is_current(sentence(page, 7))
    move_to(page, start_of(sentence(page, 8)) - 0.3)
    is_current(sentence(page, 8))
    move_to(page, start_of(seek(page, 2)) - 0.3)
    is_current(seek(page, 2))


def test_the_page_goes_along_unless_the_reader_has_gone_elsewhere(page: Page) -> None:
    """Who looks at something else stays there, and is offered the way back."""
    sentence(page, 0).click()
    heard(page)
    move_to(page, start_of(sentence(page, 16)))
    expect(sentence(page, 16)).to_be_in_viewport()
    page.mouse.wheel(0, -10_000)
    expect(page.locator(".follow")).to_be_visible()
    expect(sentence(page, 16)).not_to_be_in_viewport()
    move_to(page, start_of(sentence(page, 20)))
    is_current(sentence(page, 20))
    assert page.evaluate("scrollY") == 0
    page.locator(".follow").click()
    expect(page.locator("[data-t][aria-current]").last).to_be_in_viewport()
    expect(page.locator(".follow")).to_be_hidden()


def test_the_transcript_is_one_stop_of_the_keyboard(page: Page) -> None:
    """Arrow keys go from sentence to sentence, Enter and the space bar play; the next Tab leaves it."""
    sentence(page, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(sentence(page, 1)).to_be_focused()
    expect(sentence(page, 1)).to_have_role("button")
    expect(sentence(page, 1)).to_have_css("outline-style", "solid")
    expect(page.locator(".transcript [tabindex='0']")).to_have_count(1)
    page.keyboard.press("Enter")
    assert heard(page) == near(start_of(sentence(page, 1)))
    page.keyboard.press("End")
    expect(sentence(page, page.locator(".transcript [data-t]").count() - 1)).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    heard(page)
    is_current(sentence(page, 0))
    page.keyboard.press("Tab")
    expect(page.locator(".files a").first).to_be_focused()


def test_words_can_be_marked_without_playing_them(page: Page) -> None:
    """Who copies a sentence does not want to hear it."""
    sentence(page, 3).select_text()
    sentence(page, 3).dispatch_event("click")
    assert player(page).evaluate("audio => audio.paused")


@pytest.mark.parametrize("asked", ["t=12", "t=0:12", "t=00:00:12.0"])
def test_an_address_can_name_a_time(page: Page, address: str, asked: str) -> None:
    """It opens there, marked and in view; the first play begins there."""
    page.goto("about:blank")
    page.goto(f"{address}{NEW}/#{asked}")
    assert seconds(page) == 12
    current = page.locator(".transcript [aria-current]")
    expect(current).to_be_in_viewport()
    player(page).evaluate("audio => { audio.play() }")
    assert heard(page) == near(12)
    page.evaluate("location.hash = '#t=0:20'")
    expect(page.locator(".transcript [aria-current]")).to_have_attribute("data-t", re.compile("^(1[89]|2)"))


NO_TIMES = {"t=": 0, "t=x": 0, "t=-5": 0, "t=1:2:3:4": 0, "time=7": 0, "%": 0, "t=99999": "the end"}


def test_an_address_that_names_no_time_is_harmless(page: Page, address: str) -> None:
    """The episode is there all the same, at its beginning; what is beyond the end is the end."""
    for asked, place in NO_TIMES.items():
        page.goto("about:blank")
        page.goto(f"{address}{NEW}/#{asked}")
        expect(page.locator(".keys")).to_be_visible()
        end = float(player(page).get_attribute("data-seconds") or "nan")
        assert seconds(page) == pytest.approx(end if place == "the end" else place, abs=0.1)


def test_a_link_to_this_moment_is_copied(page: Page, context: BrowserContext, address: str) -> None:
    """It is the page's own address with the second in it."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    move_to(page, 12.7)
    page.locator(".share").click()
    expect(page.locator(".said")).to_have_text("Link copied: begins at 0:12")
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}{NEW}/#t=12"


def test_listening_goes_on_where_it_stopped(page: Page, address: str) -> None:
    """On the page of the episode, which opens at its top, and at home; from the beginning if one wants.

    Another episode is not touched.
    """
    move_to(page, 12)
    player(page).evaluate("audio => { audio.play() }")
    heard(page)
    pause(page)
    stopped = seconds(page)
    page.set_viewport_size(DESK)
    page.goto(address)
    page.goto(f"{address}{NEW}/")
    expect(page.locator(".resumed")).to_contain_text("goes on at 0:12")
    expect(page.locator(".transcript [aria-current]")).to_have_count(1)
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == 0
    assert seconds(page) == pytest.approx(stopped, abs=0.1)
    page.goto(address)
    assert seconds(page) == pytest.approx(stopped, abs=0.1)
    page.goto(f"{address}{OLD}/")
    assert seconds(page) == 0
    page.goto(f"{address}{NEW}/")
    page.locator(".resumed button").click()
    assert heard(page) < 1
    expect(page.locator(".resumed")).to_be_hidden()


def test_who_heard_the_end_begins_anew(page: Page) -> None:
    """Nothing is remembered of an episode that is over."""
    player(page).evaluate("audio => { audio.currentTime = Number(audio.dataset.seconds) - 0.5 }")
    player(page).evaluate("audio => { audio.play() }")
    player(page).evaluate("audio => audio.ended || new Promise((done) => audio.addEventListener('ended', done))")
    page.reload()
    expect(page.locator(".resumed")).to_be_hidden()
    assert seconds(page) == 0


def test_the_speed_is_kept(page: Page, address: str) -> None:
    """For every episode, also before any sound was loaded."""
    page.locator(".keys select").select_option("1.5")
    player(page).evaluate("audio => { audio.play() }")
    heard(page)
    assert player(page).evaluate("audio => audio.playbackRate") == 1.5
    page.goto(f"{address}{OLD}/")
    expect(page.locator(".keys select")).to_have_value("1.5")
    assert player(page).evaluate("audio => audio.playbackRate") == 1.5


def test_buttons_go_back_and_forward(page: Page) -> None:
    """By 15 and 30 seconds, and no further than the beginning."""
    page.locator("[data-skip='30']").click()
    assert seconds(page) == 30
    page.locator("[data-skip='-15']").click()
    page.locator("[data-skip='-15']").click()
    page.locator("[data-skip='-15']").click()
    assert seconds(page) == 0


def test_a_browser_that_remembers_nothing_still_plays(context: BrowserContext, page: Page) -> None:
    """Where storage is forbidden, nothing is kept and nothing breaks."""
    forbid = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    context.add_init_script(forbid)
    page.reload()
    page.locator(".keys select").select_option("2")
    seek(page, 1).click()
    heard(page)
    pause(page)


# ── finding ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("start", ["", "all.html", f"{OLD}/", "404.html"])
def test_the_search_finds_a_paper_and_jumps_to_its_time(page: Page, address: str, start: str) -> None:
    """From every page, by the beginnings of words; it is fetched once, when somebody begins to search."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{address}{start}")
    assert "/search.json" not in asked
    found = search(page, "hard sort")
    expect(found).to_have_count(2)
    found.first.click()
    page.wait_for_url(f"{address}{NEW}/#t=*")
    assert seconds(page) == pytest.approx(start_of(seek(page, 1)), abs=0.01)
    is_current(seek(page, 1))
    assert asked.count("/search.json") == 1


FOUND = {
    "elements unique": "Éléments of Uniqueness",
    "ÉLÉM": "Éléments of Uniqueness",
    "erdos": "Sorting is Harder than it Looks",
    "2406.00001": "Sorting is Harder than it Looks",
    "2406.00001v2": "Sorting is Harder than it Looks",
    "https://arxiv.org/abs/2406.00001v2": "Sorting is Harder than it Looks",
    "sorting https://www.arxiv.org/pdf/2406.00001.pdf#page=2": "Sorting is Harder than it Looks",
    "arXiv: 2406.00001": "Sorting is Harder than it Looks",
    "bees optimisers": ODD_TITLE,
    "june": "Papers of June 22, 2024",
    "2024-06-22": "Papers of June 22, 2024",
    "papers": "Papers of June 22, 2024",
}


def test_the_search_knows_accents_authors_ids_and_dates(page: Page) -> None:
    """What has the words in its title comes first; words in the middle of words count for nothing."""
    for words, title in FOUND.items():
        expect(search(page, words).first.locator("bdi")).to_have_text(title)
    for nothing in ("orting", "sorting bees", "zebra"):
        expect(search(page, nothing)).to_have_count(0)
        expect(page.locator(".found [role=status]")).to_have_text("Nothing found")


def test_the_search_obeys_the_keyboard(page: Page) -> None:
    """Arrow keys go through what is found, Enter to the first, Escape back; on the same page, the sound moves."""
    search(page, "sorting")
    expect(page.locator(".found [role=status]")).to_have_text("2 results")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator(".found a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".found")).to_be_hidden()
    expect(page.locator("#_search")).to_be_focused()
    search(page, "unique")
    page.keyboard.press("Enter")
    expect(page.locator(".found a").first).to_be_focused()
    page.keyboard.press("Enter")
    is_current(seek(page, 3))
    expect(page.locator(".found")).to_be_hidden()
    move_to(page, 0)
    is_current(seek(page, 0))
    search(page, "unique").first.click()
    is_current(seek(page, 3))


def test_a_search_that_cannot_be_loaded_is_said_and_tried_again(page: Page, context: BrowserContext) -> None:
    """The network may be back by the next word."""
    context.route("**/search.json", lambda route: route.fulfill(status=200, body="{"))
    page.locator("#_search").fill("sort")
    expect(page.locator(".found [role=status]")).to_have_text("The search could not be loaded.")
    context.unroute("**/search.json")
    expect(search(page, "sorting")).to_have_count(2)


# ── other pages ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_home_page_opens_with_cover_and_episodes(page: Page, address: str) -> None:
    """Newest first, the show's picture above them."""
    page.goto(address)
    assert page.locator("article").evaluate_all("found => found.map(one => one.id)") == [*EPISODES]
    assert page.locator("img.cover").evaluate("image => image.naturalWidth") == 480
    page.locator("h3 a").first.click()
    page.wait_for_url(f"{address}{NEW}/")
    expect(seek(page, 2).locator("bdi")).to_have_text(ODD_TITLE)


def test_old_links_lead_to_the_episode(page: Page, address: str) -> None:
    """On the home page as long as it is there, then on the page of all."""
    page.goto(f"{address}#{OLD}")
    expect(page.locator(f"[id='{OLD}']")).to_be_in_viewport()
    page.goto(f"{address}404.html")
    page.goto(f"{address}#2001-01-01")
    page.wait_for_url(f"{address}all.html#2001-01-01")


def test_the_address_to_subscribe_to_is_the_one_the_page_came_from(
    page: Page, context: BrowserContext, address: str
) -> None:
    """It is shown, linked to, and in the clipboard after a click."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".subscribe summary").click()
    link = page.locator(".address a")
    expect(link).to_have_text(f"{address}feed.xml")
    assert link.evaluate("link => link.href") == f"{address}feed.xml"
    page.locator(".copy").click()
    expect(page.locator(".ways [role=status]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}feed.xml"


def test_without_javascript_all_is_readable(browser: Browser, address: str) -> None:
    """Chapters lead into the sound; nothing is offered that would do nothing."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}{NEW}/")
    for name in (".search", ".keys", ".resumed", ".how", ".follow"):
        expect(page.locator(name)).to_be_hidden()
    expect(sentence(page, 0)).to_have_text("Some words to say, and a few more of them.")
    start = start_of(seek(page, 2))
    seek(page, 2).click()
    page.wait_for_url(f"{address}episodes/{NEW}/{NEW}.mp3#t={start:.3f}")
    context.close()


# ── for everybody ───────────────────────────────────────────────────────────────────────────────────────


def violations(page: Page) -> list[str]:
    """What axe-core finds in what is shown now."""
    if not AXE.is_file():
        skip("axe-core is not installed: npm ci --prefix tests/slow")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [f"{each['id']}: {node['html'][:120]} {node['failureSummary']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", [DESK, PHONE], ids=["at a desk", "on a phone"])
def test_axe_finds_nothing(page: Page, address: str, view: Any, scheme: Any) -> None:
    """On no page, nor with the ways to subscribe, a marked sentence or results in it."""
    page.set_viewport_size(view)
    page.emulate_media(color_scheme=scheme)
    for path in ("", "all.html", "404.html", f"{NEW}/"):
        page.goto(f"{address}{path}")
        if path in {"", f"{NEW}/"}:
            page.locator(".subscribe summary").click()
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") == view["width"], path
    seek(page, 1).click()
    is_current(seek(page, 1))
    pause(page)
    search(page, "sorting")
    assert violations(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_everything_fits_a_phone(page: Page, address: str, name: str) -> None:
    """Nothing scrolls sideways, not even a title of one word of 200 letters; all that is tapped is large enough."""
    page.goto(f"{address}{PAGES[name]}")
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    inside = "found => found.every(one => one.getBoundingClientRect().right <= innerWidth)"
    assert page.locator("main *, footer *, header *").evaluate_all(inside)
    tapped = (
        ".seek, .paper, summary, button, select, input, .apps a, .files a, .links a, .rows a, .foot a, .neighbours a"
    )
    found = page.locator(tapped).filter(visible=True).all()
    assert len(found) > 2
    boxes = [one.bounding_box() for one in found]
    assert [box for box in boxes if box is None or box["height"] < TAP_PX or box["width"] < TAP_PX] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_is_legible(page: Page, scheme: Any) -> None:
    """Contrast of at least 4.5 to its ground (WCAG 2.2, AA), on what sounds and on what is found too."""
    page.emulate_media(color_scheme=scheme)
    seek(page, 1).click()
    is_current(seek(page, 1))
    page.locator(".subscribe summary").click()
    search(page, "sorting")
    texts = page.evaluate(TEXTS_AND_GROUNDS)
    assert len({ground for _, _, ground in texts}) > 2
    assert luminance(page.evaluate("getComputedStyle(document.body).color")) > 0.5 or scheme == "light"
    assert [text for text, ink, ground in texts if contrast(ink, ground) < 4.5] == []


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of a colour written `rgb(1, 2, 3)` (WCAG 2.2)."""
    shares = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


FOCUSED = """() => {
  const one = document.activeElement, { top, bottom } = one.getBoundingClientRect();
  const isFramed = getComputedStyle(one).outlineStyle === "solid" && bottom > 0 && top < innerHeight;
  return [one.tagName, one.getAttribute("aria-label") ?? one.textContent.trim(), isFramed];
}"""


def test_tab_reaches_everything_visibly(page: Page) -> None:
    """From the link that skips the head through player, chapters and papers to the words, each with a frame."""
    seen: list[str] = []
    for _ in range(26):
        page.keyboard.press("Tab")
        kind, name, is_framed = page.evaluate(FOCUSED)
        assert is_framed or kind == "AUDIO", name  # a browser's own player has its own frames
        seen.append(name)
    assert seen[0] == "Skip to the content"
    assert {"Search episodes and papers", "Subscribe", "−15 s", "Share from here", "00:00 Welcome"} <= set(seen)
    assert seen.count("Some words to say, and a few more of them.") == 1


def test_who_wants_forced_colours_or_paper_gets_them(page: Page) -> None:
    """What sounds stays marked; on paper are chapters, addresses and words, and nothing that is pressed."""
    seek(page, 1).click()
    is_current(seek(page, 1))
    page.emulate_media(forced_colors="active")
    expect(page.locator(".transcript [aria-current]")).to_have_css("outline-style", "solid")
    page.emulate_media(forced_colors="none", media="print")
    for name in ("audio", ".search", ".keys", ".subscribe", ".neighbours"):
        expect(page.locator(name)).to_be_hidden()
    expect(sentence(page, 0)).to_be_visible()
