"""The review page in a real browser: read, step, edit, listen, dismiss, approve, and what other pages get from it."""

from __future__ import annotations

import contextlib
import html
import os
import pty
import re
import shutil
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from conftest import Podcast, make_show, skip
from playwright.sync_api import expect, sync_playwright
from test_review import reviewing_of

from podcast.types import Comment
from podcast.writing.script import parse_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.slow

FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")
FLAGS_OF_SOUND = ("--autoplay-policy=user-gesture-required",)
DESK: Any = {"width": 1300, "height": 900}
PHONE: Any = {"width": 390, "height": 844}
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
SLUG = "2024-06-15"
NASTY = "</script><script>alert('a')</script><img src=x onerror=alert('b')> \x1b[m\u202e &amp; 𝔘"
PAPER = """\
Sometimes a neural network fits its training data long before it generalizes. {second} The authors speed grokking up by
a factor of {factor}. They need a few lines of code. The method carries over to {tasks} tasks with images, language and
graphs.
"""
SECOND = "This is known as grokking."
SOURCE = f"""\
# Papers of June 15, 2024

Hello and welcome.

## Grokfast

[arXiv:2405.20233](https://arxiv.org/abs/2405.20233)

{PAPER.format(second=SECOND, factor=50, tasks=3)}
## Odd

A paper with an odd title, {html.escape(NASTY)}, and nothing else.

## Goodbye

Until next week.
"""
SCRIPT = f"""\
---
title: Papers of June 15, 2024
date: 2024-06-15   # a Saturday
source: source.md
---

## Welcome

Hello and welcome.

## Grokfast

<!-- paper: arXiv:2405.20233 -->

<!-- ask Ada about this one -->

{PAPER.format(second=SECOND, factor=500, tasks=17)}
> [!check] not spoken: a picture

They are glad of it.

## Odd

A paper with an odd title, {NASTY}, and nothing else.

## Until next time

Until next week.
"""


# ── a show, a server, a browser ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def show(tmp_path: Path) -> Podcast:
    """Return a show that hums, with a script of two untrue numbers."""
    podcast = make_show(tmp_path / "show", music=False)
    podcast.script().parent.mkdir(parents=True)
    podcast.script().write_text(SCRIPT, encoding="utf-8")
    (podcast.script().parent / "source.md").write_text(SOURCE, encoding="utf-8")
    return podcast


@pytest.fixture
def address(show: Podcast) -> Iterator[str]:
    """Serve the review; return its address, which the command would print."""
    with reviewing_of(show) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return the system's Chromium, or skip."""
    path = shutil.which("chromium")
    if path is None:
        skip("chromium is not installed: it opens the page")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *FLAGS_OF_SOUND])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a browser without a past."""
    context = browser.new_context(viewport=DESK, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def wrong() -> list[str]:
    """What the browser complains of; a test that expects something takes it out."""
    return []


@pytest.fixture
def page(context: BrowserContext, address: str, wrong: list[str]) -> Iterator[Page]:
    """Return the opened page; afterwards, nothing may have gone wrong and nobody else been asked."""
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
    page.goto(address)
    page.locator(".segment").last.wait_for()
    yield page
    assert wrong == []
    own = urlsplit(address).netloc
    assert {urlsplit(url.removeprefix("blob:")).netloc for url in asked} == {own}


def text_of(show: Podcast) -> str:
    """What script.md holds."""
    return show.script().read_bytes().decode()


def block(page: Page, words: str) -> Locator:
    """Find a paragraph."""
    return page.locator(".block", has_text=words)


def finding(page: Page, claim: str) -> Locator:
    """Find a finding by its claim."""
    return page.locator(".finding").filter(has=page.locator("q", has_text=re.compile(rf"^{re.escape(claim)}\b")))


def saved(page: Page) -> None:
    """Wait until nothing is on its way to the disk."""
    expect(page.locator("#saving")).to_have_text("Saved")


def edit(page: Page, words: str, new: str) -> None:
    """Put other words in the place of a paragraph, by hand."""
    block(page, words).dblclick()
    page.locator(".editing textarea").fill(new)


@pytest.mark.parametrize(
    "options", [(), ("--no-browser",), ("--quiet",)], ids=["asked for nothing", *("--no-browser", "--quiet")]
)
def test_on_a_terminal_the_page_opens_by_itself(show: Podcast, tmp_path: Path, options: tuple[str, ...]) -> None:
    """In the browser that the system names, unless that is not wanted."""
    opened = tmp_path / "opened"
    environment = {**os.environ, "DISPLAY": ":0", "BROWSER": f"sh -c 'echo %s > {opened}'"}
    terminal, its_end = pty.openpty()
    command = [sys.executable, "-m", "podcast", "review", SLUG, *options, "--show", str(show.folder)]
    with subprocess.Popen(command, stdout=its_end, stderr=subprocess.DEVNULL, env=environment) as server:
        os.close(its_end)
        with os.fdopen(terminal, encoding="utf-8") as screen:
            address = screen.readline().strip()
            time.sleep(2)
            server.terminate()
    assert opened.is_file() is not bool(options)
    assert options or opened.read_text().strip() == address


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────


def test_source_and_script_stand_side_by_side(page: Page, show: Podcast) -> None:
    """Each segment beside its passage, at one height, and nothing of it is taken for markup."""
    for part in (".block", ".passage"):
        expect(page.locator(part, has_text="A paper with an odd title")).to_contain_text("<script>alert('a')</script>")
    assert page.locator("main script, main img").count() == 0
    for segment in page.locator(".segment").all():
        left, right = (segment.locator(part).bounding_box() for part in (".passage", ".words"))
        assert left is not None
        assert right is not None
        assert left["x"] + left["width"] <= right["x"]
        assert left["y"] == pytest.approx(right["y"], abs=16)
    expect(page.locator("#facts")).to_contain_text("4 segments")
    assert text_of(show) == SCRIPT


def test_a_title_is_text(page: Page, show: Podcast) -> None:
    """Whatever it looks like, in the head, above its segment and in the name of the window."""
    changed = SCRIPT.replace("title: Papers", f'title: "{NASTY.replace(chr(27), "")} Papers').replace(
        "2024\n", '2024"\n', 1
    )
    show.script().write_text(changed.replace("## Odd", f"## Odd {NASTY}"))
    page.reload()
    title = parse_script(text_of(show), "").title
    expect(page.locator("#title")).to_have_text(title)
    assert page.title().endswith(f"{title} · Review")
    assert page.locator(".segment h2").all_text_contents()[2] == f"Odd {NASTY}"
    assert page.locator("main script, main img, header img").count() == 0


def test_a_sentence_shows_the_words_that_it_rests_on(page: Page) -> None:
    """Under the mouse, and kept once it is clicked or stepped to."""
    sentence = page.locator(".sentence", has_text="They need a few lines of code.")
    sentence.hover()
    now = page.locator(".passage mark.now")
    expect(now.first).to_be_visible()
    assert "lines of code" in " ".join(now.all_text_contents())
    page.locator("h1").hover()
    expect(now).to_have_count(0)
    sentence.click()
    page.locator("h1").hover()
    expect(now.first).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(".sentence.now")).to_contain_text("The method carries over")
    page.keyboard.press("k")
    expect(page.locator(".sentence.now")).to_have_text("They need a few lines of code.")


def test_findings_are_stepped_through_by_keyboard(page: Page) -> None:
    """Forwards, round and back; each marked in its sentence, with what the source says, and in view."""
    expect(page.locator("#open")).to_have_text("3 findings")
    for key, number in [("n", 1), ("n", 2), ("n", 3), ("n", 1), ("p", 3), ("p", 2)]:
        claim = {1: "500", 2: "17"}.get(number)
        page.keyboard.press(key)
        expect(page.locator("#open")).to_have_text(f"{number} of 3 findings")
        now = page.locator(".finding.now")
        expect(now).to_be_focused()
        expect(now).to_be_in_viewport()
        if claim:
            expect(now.locator("q")).to_contain_text(claim)
            expect(page.locator(".claim.now")).to_contain_text(claim)
        else:
            expect(now).to_contain_text("not spoken: a picture")
    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(page.locator(".finding.now")).to_contain_text("50")


def test_help_lists_the_keys_and_can_take_them_away(page: Page) -> None:
    """Single letters are in the way of some who speak to their machine (WCAG 2.1.4)."""
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("#single").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator(".finding.now")).to_have_count(0)
    page.locator("#next").click()
    expect(page.locator(".finding.now")).to_have_count(1)


# ── editing ─────────────────────────────────────────────────────────────────────────────────────────────


def test_correcting_a_finding_writes_it_and_looks_it_up_anew(page: Page, show: Podcast) -> None:
    """Its claim is selected: typing the source's word is all that is left to do."""
    page.keyboard.press("n")
    page.keyboard.press("c")
    area = page.locator(".editing textarea")
    expect(area).to_be_focused()
    assert area.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)") == "500"
    page.keyboard.type("50")
    saved(page)
    assert text_of(show).startswith(SCRIPT.split("Sometimes", maxsplit=1)[0])
    assert "up by a factor of 50. They" in text_of(show)
    expect(finding(page, "500")).to_have_count(0)
    expect(page.locator("#open")).to_contain_text("2 findings")
    expect(area).to_be_focused()
    page.keyboard.press("Escape")
    expect(area).to_have_count(0)
    expect(block(page, "a factor of 50.")).to_be_visible()
    assert parse_script(text_of(show), "").segments[1].items[0] == Comment("ask Ada about this one")


def test_a_new_untrue_number_is_found_while_one_types(page: Page, show: Podcast) -> None:
    """The caret stays where it is; letters that are shortcuts elsewhere are letters."""
    edit(page, "They are glad", "")
    page.keyboard.type("ndp?jke: 9000 images.\n\nAnd more.", delay=5)
    saved(page)
    expect(finding(page, "9000")).to_be_visible()
    expect(page.locator(".editing textarea")).to_be_focused()
    page.keyboard.type(" Still here.")
    page.locator("h1").click()
    expect(page.locator(".editing")).to_have_count(0)
    saved(page)
    texts = [each.text for each in parse_script(text_of(show), "").segments[1].paragraphs[1:]]
    assert texts == ["ndp?jke: 9000 images.", "And more. Still here."]
    expect(block(page, "And more. Still here.")).to_be_visible()


def test_blank_lines_come_and_go_within_one_edit(page: Page, show: Podcast) -> None:
    """Saved in between, two paragraphs become one again, and none is left behind."""
    edit(page, "They are glad", "One.\n\nTwo.\n\nThree.")
    saved(page)
    page.locator(".editing textarea").fill("One. Two.")
    page.locator("text=Done").click()
    expect(page.locator(".editing")).to_have_count(0)
    assert [each.text for each in parse_script(text_of(show), "").segments[1].paragraphs[1:]] == ["One. Two."]


def test_an_empty_paragraph_is_kept_unless_it_is_removed(page: Page, show: Podcast) -> None:
    """Emptying it on the way to another text deletes nothing."""
    edit(page, "They are glad", "")
    page.keyboard.press("Escape")
    expect(block(page, "They are glad of it.")).to_be_visible()
    assert text_of(show) == SCRIPT
    block(page, "They are glad").dblclick()
    page.locator("text=Remove").first.click()
    page.locator("#asking-yes").click()
    expect(block(page, "They are glad")).to_have_count(0)
    assert "glad" not in text_of(show)
    assert "not spoken: a picture" in text_of(show)


def test_a_click_elsewhere_saves_and_still_does_what_it_says(page: Page, show: Podcast) -> None:
    """From the editor straight to another finding's button."""
    edit(page, "They are glad", "They were glad.")
    finding(page, "17").locator("text=Dismiss").click()
    expect(finding(page, "17")).to_have_count(0)
    expect(page.locator(".editing")).to_have_count(0)
    assert "They were glad." in text_of(show)
    assert "<!-- dismissed " in text_of(show)


def test_what_cannot_be_written_is_said_and_stays_in_the_editor(page: Page, show: Podcast, wrong: list[str]) -> None:
    """Until it is put right."""
    edit(page, "They are glad", "They <!-- are --> glad.")
    expect(page.locator("#saving")).to_have_text("Not saved")
    expect(page.locator("#notice")).to_contain_text("comment")
    page.keyboard.press("Escape")
    expect(page.locator(".editing textarea")).to_have_value("They <!-- are --> glad.")
    assert text_of(show) == SCRIPT
    page.locator(".editing textarea").fill("They are glad.")
    saved(page)
    assert all("422" in each for each in wrong)
    wrong.clear()


def test_closing_the_page_at_once_still_saves(page: Page, show: Podcast) -> None:
    """What was typed a moment ago is sent along."""
    edit(page, "They are glad", "They were glad.")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.wait_for_timeout(300)
    assert "They were glad." in text_of(show)


# ── deciding ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dismissed_finding_stays_dismissed(page: Page, show: Podcast) -> None:
    """As a comment in the file, over reloading, until it is reopened; the next finding has the focus."""
    page.keyboard.press("n")
    page.keyboard.press("d")
    expect(finding(page, "500")).to_have_count(0)
    expect(page.locator(".finding.now q")).to_contain_text("17")
    expect(page.locator(".finding.now")).to_be_focused()
    assert re.search(r"<!-- dismissed [0-9a-f]{8}: .*500", text_of(show))
    page.reload()
    expect(page.locator("#open")).to_have_text("2 findings")
    expect(page.locator(".claim", has_text="500")).to_have_count(0)
    page.locator("text=1 dismissed").click()
    page.locator("text=Reopen").click()
    expect(finding(page, "500")).to_be_visible()
    assert "dismissed" not in text_of(show)


def test_approving_asks_while_findings_are_open(page: Page, show: Podcast) -> None:
    """And another word ends it."""
    file = show.script().with_name("approved")
    page.locator("#approve").click()
    expect(page.locator("#asking-text")).to_have_text("3 findings are still open.")
    page.locator("text=Cancel").click()
    expect(page.locator("#approve")).to_have_text("Approve")
    assert not file.exists()
    page.locator("#approve").click()
    page.locator("#asking-yes").click()
    expect(page.locator("#approve")).to_have_attribute("aria-pressed", "true")
    assert file.read_text().startswith("sha256: ")
    edit(page, "They are glad", "They were glad.")
    expect(page.locator("#approve")).to_have_text("Approve again")


# ── somebody else ───────────────────────────────────────────────────────────────────────────────────────


def test_a_change_on_disk_is_shown_and_not_overwritten(page: Page, show: Podcast, wrong: list[str]) -> None:
    """The typed text stays in sight until it is put away; then the script is as the other one left it."""
    edit(page, "They are glad", "They were glad.")
    saved(page)
    theirs = text_of(show).replace("Hello and welcome.", "Good day.")
    show.script().write_text(theirs)
    page.locator(".editing textarea").fill("They were most glad.")
    expect(page.locator("#conflict")).to_be_visible()
    expect(page.locator("#saving")).to_have_text("Not saved")
    expect(page.locator("#mine-text")).to_have_value("They were most glad.")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#copy-mine").click()
    assert page.evaluate("navigator.clipboard.readText()") == "They were most glad."
    page.keyboard.press("n")
    page.wait_for_timeout(2500)
    assert text_of(show) == theirs
    page.locator("#show-theirs").click()
    expect(block(page, "Good day.")).to_be_visible()
    expect(block(page, "They were glad.")).to_be_visible()
    expect(page.locator("#mine-text")).to_have_value("They were most glad.")
    page.locator("#close-conflict").click()
    expect(page.locator("#conflict")).to_be_hidden()
    assert text_of(show) == theirs
    edit(page, "They were glad.", "They were most glad.")
    page.keyboard.press("Escape")
    saved(page)
    assert text_of(show).replace("most ", "") == theirs
    assert all("412" in each for each in wrong)
    wrong.clear()


def test_a_change_on_disk_is_noticed_by_itself(page: Page, show: Podcast) -> None:
    """Where nothing was typed, the page follows the file and says so."""
    show.script().write_text(SCRIPT.replace("Hello and welcome.", "Good day."))
    expect(block(page, "Good day.")).to_be_visible(timeout=10_000)
    expect(page.locator("#notice")).to_contain_text("changed on disk")


FOREIGN = """\
<!DOCTYPE html><meta charset="utf-8"><title>Elsewhere</title>
<script>
const token = TOKEN, there = "THERE";
const body = JSON.stringify({ segment: 0, first: 0, count: 1, text: "Mine." });
const shown = (element) => new Promise((done) => {
  element.onload = () => done("loaded");
  element.onerror = () => done("refused");
  document.documentElement.append(element);
});
const tried = async (ask) => { try { return `answered ${(await ask()).status}`; } catch { return "refused"; } };
const make = (tag, attributes) => Object.assign(document.createElement(tag), attributes);
window.tryAll = async () => ({
  read: await tried(() => fetch(`${there}script`)),
  readWithToken: await tried(() => fetch(`${there}script`, { headers: { "X-Podcast-Review": token } })),
  readByAddress: await tried(() => fetch(`${there}script?token=${token}`)),
  readWithCookies: await tried(() => fetch(`${there}script`, { credentials: "include" })),
  write: await tried(() => fetch(`${there}edit`, { method: "POST", body,
    headers: { "Content-Type": "application/json", "X-Podcast-Review": token } })),
  writeSimply: await tried(() => fetch(`${there}edit?token=${token}`, { method: "POST", body, mode: "cors",
    headers: { "Content-Type": "text/plain" } })),
  picture: await shown(make("img", { src: `${there}icon.svg?token=${token}` })),
  script: await shown(make("script", { src: `${there}review.js?token=${token}` })),
});
window.frame = (address) => { document.documentElement.append(make("iframe", { src: address, id: "frame" })); };
window.send = () => {
  const form = make("form", { method: "POST", action: `${there}edit?token=${token}`, enctype: "text/plain" });
  form.append(make("input", { name: body.slice(0, -1) + ', "x": "', value: '"}' }));
  document.documentElement.append(form);
  form.submit();
};
</script>
"""


@contextlib.contextmanager
def elsewhere(folder: Path) -> Iterator[str]:
    """Serve a folder on another port of this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as other:
        threading.Thread(target=other.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{other.server_address[1]}/"
        other.shutdown()


@pytest.mark.parametrize("knows_token", [False, True], ids=["without the token", "even with the token"])
def test_another_sites_page_reads_and_writes_nothing(  # noqa: PLR0913 - fixtures
    context: BrowserContext, page: Page, address: str, show: Podcast, tmp_path: Path, *, knows_token: bool
) -> None:
    """From another port of this machine, while the review is open in the same browser, by every way that pages have."""
    there, token = address.split("?token=")
    (tmp_path / "site").mkdir()
    text = FOREIGN.replace("TOKEN", f'"{token if knows_token else ""}"').replace("THERE", there)
    (tmp_path / "site" / "index.html").write_text(text)
    with elsewhere(tmp_path / "site") as site:
        other = context.new_page()
        other.goto(site)
        tried = other.evaluate("tryAll()")
        assert set(tried.values()) == {"refused"}, tried
        other.evaluate("frame", address)
        other.wait_for_timeout(500)
        framed = next(frame for frame in other.frames if frame != other.main_frame)
        assert "Papers" not in framed.content()
        assert framed.locator(".segment").count() == 0
        other.evaluate("send()")
        other.wait_for_url(f"{there}edit**")
        assert "Mine" not in other.content()
        assert other.locator("body").inner_text() in {
            "Open the address that was printed: it has this run's token at its end.\n",
            "Open the address that was printed: it has this run's token at its end.",
        }
    assert text_of(show) == SCRIPT
    expect(page.locator("#conflict")).to_be_hidden()


# ── listening ───────────────────────────────────────────────────────────────────────────────────────────

HEARD = """async () => {
  const audio = document.getElementById("player"), end = Date.now() + 15_000;
  const pause = () => new Promise((done, fail) =>
    Date.now() < end ? setTimeout(done, 10) : fail(Error("nothing sounds")));
  while (audio.paused || audio.readyState < 3) await pause();
  const begun = audio.currentTime;
  while (audio.currentTime < begun + 0.2) await pause();
  return audio.webkitAudioDecodedByteCount > 0 && !audio.muted && audio.volume === 1;
}"""


def test_a_segment_plays_from_the_clip_cache(page: Page, show: Podcast) -> None:
    """Sentence after sentence, each marked while it sounds; stopping stops; what was spoken is kept."""
    page.locator("[aria-label='Play Grokfast']").click()
    assert page.evaluate(HEARD)
    expect(page.locator(".sounding")).to_contain_text("Sometimes a neural network")
    expect(page.locator(".sounding")).to_contain_text(SECOND, timeout=20_000)
    expect(page.locator("#playing")).to_have_text("Grokfast")
    page.locator("#stop").click()
    expect(page.locator("#bar")).to_be_hidden()
    assert page.evaluate("document.getElementById('player').paused")
    assert len(list((show.folder / ".podcast" / "clips").rglob("*.wav"))) >= 2


def test_one_sentence_plays_alone_and_pauses(page: Page) -> None:
    """By keyboard; a second press stops."""
    page.locator(".sentence", has_text="They need a few").click()
    page.keyboard.press("s")
    assert page.evaluate(HEARD)
    expect(page.locator(".sounding")).to_have_text("They need a few lines of code.")
    page.locator("#pause").click()
    expect(page.locator("#pause")).to_have_attribute("aria-label", "Go on")
    page.locator("#pause").click()
    expect(page.locator("#bar")).to_be_hidden(timeout=20_000)
    page.keyboard.press("l")
    assert page.evaluate(HEARD)
    page.keyboard.press("Escape")
    expect(page.locator("#bar")).to_be_hidden()


def test_what_was_edited_is_what_is_heard(page: Page) -> None:
    """Unsaved words are saved before they are spoken."""
    edit(page, "They are glad", "Other words now.")
    page.locator("[aria-label='Play Grokfast']").click()
    assert page.evaluate(HEARD)
    page.locator("#stop").click()
    block(page, "Other words now.").locator("[data-do=play-here]").click()
    assert page.evaluate(HEARD)
    expect(page.locator(".sounding")).to_have_text("Other words now.")


# ── for everybody ───────────────────────────────────────────────────────────────────────────────────────

VIEWS = {"at a desk": DESK, "on a phone": PHONE}


def violations(page: Page) -> list[str]:
    """What axe-core finds in what is shown now."""
    if not AXE.is_file():
        skip("axe-core is not installed: npm ci --prefix tests/slow")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [f"{each['id']}: {node['html'][:120]} {node['failureSummary']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_axe_finds_nothing(page: Page, show: Podcast, wrong: list[str], view: Any, scheme: Any) -> None:
    """Neither in the page as it opens, nor with a finding, an editor, a player, a dialog or a conflict in it."""
    page.set_viewport_size(view)
    page.emulate_media(color_scheme=scheme)
    assert violations(page) == []
    page.keyboard.press("n")
    page.keyboard.press("d")
    saved(page)
    page.locator("text=1 dismissed").click()
    page.keyboard.press("n")
    page.keyboard.press("l")
    page.evaluate(HEARD)
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.locator(".editing textarea")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.type("x")
    show.script().write_text(SCRIPT)
    expect(page.locator("#conflict")).to_be_visible()
    assert violations(page) == []
    assert all("412" in each for each in wrong)  # where saving was faster than looking
    wrong.clear()


def test_everything_fits_a_phone(page: Page) -> None:
    """Nothing scrolls sideways, sources open or not; what can be tapped is at least 24 pixels high (WCAG 2.5.8)."""
    page.set_viewport_size(PHONE)
    for summary in page.locator(".source summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    boxes = [each.bounding_box() for each in page.locator("button, summary").filter(visible=True).all()]
    assert len(boxes) > 10
    assert [box for box in boxes if box is None or min(box["height"], box["width"]) < 24] == []


def test_tab_reaches_everything_visibly(page: Page) -> None:
    """From the link that skips the head to the tools of a paragraph, each with a frame around it."""
    seen = []
    for _ in range(16):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        expect(focused).to_have_css("outline-style", "solid")
        seen.append(focused.evaluate("one => one.getAttribute('aria-label') || one.textContent.trim()"))
    assert seen[:5] == ["Skip to the script", "Previous finding", "Next finding", "Approve", "Keyboard and help"]
    assert {"Play Welcome", "Source of Welcome", "Edit paragraph 1 of Welcome", "Play Grokfast"} <= set(seen)
