"""`podcast check`: the feed, its archives, the pages; and, where they are published, the server. Nothing is written."""

from __future__ import annotations

import dataclasses
import itertools
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.check import feed as of_feed
from podcast.check import server as of_server
from podcast.check import site as of_site
from podcast.check.addresses import addresses
from podcast.check.every import FEED_RULES
from podcast.check.rss import not_rss
from podcast.check.rules import CheckFinding, Fault, findings, rule
from podcast.errors import OutsideError, PodcastError
from podcast.feed.cover import cover_of
from podcast.feed.rss import FEED_FILE
from podcast.feed.tree import pages, published_files
from podcast.masking import masked, shown
from podcast.outside import web
from podcast.outside.answers import WebError
from podcast.outside.patience import patiently
from podcast.outside.saving import MAY_PASS, refused
from podcast.outside.web import Answer
from podcast.pipeline.feed import whole_episodes
from podcast.pipeline.pages import PAGES_FILE, as_written
from podcast.types import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from podcast.feed.page import Page
    from podcast.pipeline import Observe
    from podcast.show import Show

_ARCHIVE = re.compile(r"feed-\d{4,}\.xml", re.ASCII)
_FIRST_TWO = {"range": "bytes=0-1"}
_MOST_SILENT = 2

MOST_OF_A_RULE = 5
"""Findings of one rule that may have thousands: about anybody's feed, or about pages after a setting was changed."""


@dataclass(frozen=True, slots=True)
class PagesSubject:
    """The pages of a show as they should be, and those that need not be made to be compared."""

    folder: Path
    pages: Sequence[Page]
    spared: frozenset[str] = frozenset()


@rule("feed-current", "what the episodes' episode.json and show.toml say; `podcast feed` writes it")
def outdated_feed(subject: PagesSubject) -> Iterator[Fault]:
    """A feed or page that was edited by hand, or that a killed run left behind its episodes."""
    differing = [page.name for page in subject.pages if page.name not in subject.spared and _differs(subject, page)]
    for name in differing[:MOST_OF_A_RULE]:
        yield Fault(_place(name), "differs from what would be written now")
    if more := len(differing[MOST_OF_A_RULE:]):
        yield Fault("feed", f"{more} more page{'s' if more > 1 else ''} like {'these' if more > 1 else 'this'}")


def _differs(subject: PagesSubject, page: Page) -> bool:
    path = subject.folder / page.name
    return not path.is_file() or path.read_bytes() != page.make()


def check_feed(show: Show, *, just_written: bool = False, spared: Collection[Path] = ()) -> list[CheckFinding]:
    """Check all documents of a show's feed, its pages, and what they name.

    With `just_written`, pages that nobody has touched since are not made once more to be compared, which takes minutes
    for thousands of episodes. Files to be spared are known to be damaged: nothing is held against them.
    """
    names = [FEED_FILE, *sorted(path.name for path in show.feed.glob("feed-*.xml") if _ARCHIVE.fullmatch(path.name))]
    found: list[CheckFinding] = []
    named: list[tuple[str, str]] = []
    for name in names:
        subject = _document(show, name, names, spared)
        found += _findings(subject)
        named += [] if isinstance(subject, Fault) else [(_place(name), address) for _, address in addresses(subject)]
    return found + _check_pages(show, named, just_written=just_written)


def _check_pages(show: Show, named: Sequence[tuple[str, str]], *, just_written: bool) -> list[CheckFinding]:
    try:
        episodes = whole_episodes(show)
        cover = cover_of(show)
        made = pages(show, episodes, cover, show.settings.base_url)
    except PodcastError as error:
        return [CheckFinding(outdated_feed.name, "episodes", str(error), "episodes that are whole")]
    spared = as_written(show.feed, made, show.cache / PAGES_FILE) if just_written else frozenset()
    files = {each.path: each.file for each in published_files(show, episodes, made, cover)}

    def has(path: str) -> bool:
        return path in files and files[path].is_file()

    links = itertools.chain(named, _links(show, made))
    site = of_site.SiteSubject(show.settings.base_url, links, has)
    return findings((outdated_feed,), PagesSubject(show.feed, made, spared)) + findings(of_site.RULES, site)


def _links(show: Show, made: Sequence[Page]) -> Iterator[tuple[str, str]]:
    for page in made:
        path = show.feed / page.name
        if (page.name.endswith(".html") or page.name == "sitemap.xml") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            for address in of_site.addresses_in(page.name, text, show.settings.base_url):
                yield _place(page.name), address


def _place(name: str) -> str:
    return f"feed/{name}"


def _document(show: Show, name: str, names: Sequence[str], spared: Collection[Path]) -> of_feed.FeedSubject | Fault:
    base = show.settings.base_url
    find = of_feed.local_file(base, show.feed, show.episodes)

    def local(address: str) -> Path | None:
        file = find(address)
        return None if file in spared else file

    archives = tuple(f"{base}{other}" for other in names if other != FEED_FILE) if name == FEED_FILE else None
    return of_feed.read_feed((show.feed / name).read_bytes(), _place(name), local, f"{base}{name}", archives)


def _findings(subject: of_feed.FeedSubject | Fault) -> list[CheckFinding]:
    if isinstance(subject, Fault):
        return [CheckFinding(not_rss.name, subject.where, subject.text, subject.expected or not_rss.expected)]
    return findings(FEED_RULES, subject)


# ── a server ────────────────────────────────────────────────────────────────────────────────────────────


def check_address(address: str, observe: Observe, sleep: Callable[[float], None] = time.sleep) -> list[CheckFinding]:
    """Check a feed where it is published: the feed itself, and how its server answers.

    Of one rule at most a few findings are listed, and the rest counted; passwords and tokens of addresses are left out.
    What may pass is asked for again. Raises OutsideError if the feed does not come; a file that does not is a finding.
    """
    return [_masked(finding) for finding in _found_at(address, observe, _Asking(sleep))]


def _masked(finding: CheckFinding) -> CheckFinding:
    where, text, expected = map(masked, (finding.where, finding.text, finding.expected))
    return dataclasses.replace(finding, where=where, text=text, expected=expected)


def _found_at(address: str, observe: Observe, asking: _Asking) -> list[CheckFinding]:
    observe(Event("step", f"Asking {address}"))
    feed = asking.patiently("GET", address)
    if feed.status != of_server.OK:
        raise OutsideError(
            f"{shown(address)}: its server answered with status {feed.status}. Is the feed published there? "
            "Check the address, or run `podcast publish`."
        )
    subject = of_feed.read_feed(feed.content, address, lambda _: None)
    found = _shortened(_findings(subject), address)
    if isinstance(subject, Fault):
        return found
    again = asking.once("GET", address, _version_of(feed))
    served = tuple(_asked(*named, observe, asking) for named in of_feed.named_files(subject))
    return found + findings(
        of_server.RULES, of_server.ServedSubject(address, of_feed.self_link(subject), feed, again, served)
    )


def _shortened(found: Sequence[CheckFinding], where: str) -> list[CheckFinding]:
    """List the first few of each rule, and how many more there are."""
    short: list[CheckFinding] = []
    for _, group in itertools.groupby(found, key=lambda finding: finding.rule):
        of_rule = list(group)
        short += of_rule[:MOST_OF_A_RULE]
        if len(of_rule) > MOST_OF_A_RULE:
            first, more = of_rule[0], len(of_rule) - MOST_OF_A_RULE
            short.append(CheckFinding(first.rule, where, f"{more} more like these", first.expected))
    return short


def _version_of(feed: Answer) -> dict[str, str]:
    known = {"if-none-match": feed.headers.get("etag"), "if-modified-since": feed.headers.get("last-modified")}
    return {name: value for name, value in known.items() if value}


class _Asking:
    """Asks again what may pass, until a server has been silent for two files: the others are not waited for then."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._silent = 0

    def patiently(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, most: int | None = None
    ) -> Answer:
        """Return an answer; WebError if there is none, or one that says that it may pass."""

        def attempt() -> Answer:
            answer = web.ask(method, url, headers, stop_after=most)
            if answer.status in MAY_PASS:
                raise refused(answer.url, answer.status, answer.headers)
            return answer

        return patiently(attempt, sleep=self._sleep)

    def once(self, method: str, url: str, headers: Mapping[str, str] | None = None, most: int | None = None) -> Answer:
        """Return an answer, or one that says why there is none."""
        if self._silent >= _MOST_SILENT:
            return Answer(0, {}, silence="not asked, as others did not answer")
        try:
            answer = self.patiently(method, url, headers, most)
        except WebError as error:
            self._silent += 1
            return Answer(0, {}, silence=error.said.removeprefix(f"{shown(url)} "))
        self._silent = 0
        return answer


def _asked(url: str, length: str, media_type: str, observe: Observe, asking: _Asking) -> of_server.ServedFile:
    observe(Event("step", f"Asking {url}"))
    head, first = asking.once("HEAD", url), asking.once("GET", url, _FIRST_TWO, 2)
    return of_server.ServedFile(url, length, media_type, head, first)
