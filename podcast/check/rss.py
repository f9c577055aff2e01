"""Rules 1 to 8: RSS 2.0 (rssboard.org), and where a feed says that it is."""

from __future__ import annotations

import email.utils
import re
from typing import TYPE_CHECKING, Any

from podcast.check.feed import FeedSubject, attribute, enclosures, is_there, is_web, missing, self_link, text_of
from podcast.check.rules import Fault, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATE = re.compile(
    r"((Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d(:\d\d)? ([+-]\d{4}|GMT|UT|[ECMP][SD]T)",
    re.ASCII,
)


@rule("feed-1-xml", 'well-formed XML 1.0 in UTF-8: one <rss version="2.0"> with one <channel>')
def not_rss(subject: FeedSubject) -> Iterator[Fault]:
    """What parses but is no RSS; what does not parse never gets here."""
    if subject.root.tag != "rss" or subject.root.get("version") != "2.0":
        yield Fault(subject.where, f"<{subject.root.tag} version={subject.root.get('version')!r}>")
    if (count := len(subject.root.findall("channel"))) != 1:
        yield Fault(subject.where, f"{count} channels")
    if (encoding := subject.root.getroottree().docinfo.encoding or "UTF-8").upper() != "UTF-8":
        yield Fault(subject.where, f"encoding {encoding}")


@rule("feed-2-channel", "title, link and description of the channel; the link is the site, not the feed")
def no_channel_text(subject: FeedSubject) -> Iterator[Fault]:
    """RSS 2.0, required channel elements."""
    yield from missing(subject, subject.channel, "title", "link", "description")
    link = text_of(subject.channel, "link")
    if link and (not is_web(link) or link == attribute(subject.channel, "atom:link[@rel='self']", "href")):
        yield Fault(subject.place(subject.channel), link, "the address of the site")


@rule("feed-3-item", "a title or a description in every item")
def empty_item(subject: FeedSubject) -> Iterator[Fault]:
    """RSS 2.0, elements of <item>."""
    for item in subject.items:
        if not text_of(item, "title").strip() and not text_of(item, "description").strip():
            yield Fault(subject.place(item), "neither title nor description")


@rule("feed-4-enclosure", "one enclosure with url, type and the exact length in bytes")
def bad_enclosure(subject: FeedSubject) -> Iterator[Fault]:
    """RSS 2.0, <enclosure>; a wrong length breaks progress, resuming and statistics."""
    for item in subject.items:
        if (count := len(item.findall("enclosure"))) != 1:
            yield Fault(subject.place(item), f"{count} enclosures")
    for item, enclosure in enclosures(subject):
        url, length, kind = (enclosure.get(name, "") for name in ("url", "length", "type"))
        if not is_web(url):
            yield Fault(subject.place(item), f"url {url!r}", "an http(s) address")
        if not re.fullmatch(r"[a-z]+/[A-Za-z0-9.+-]+", kind):
            yield Fault(subject.place(item), f"type {kind!r}", "a media type like audio/mpeg")
        yield from _length_faults(subject, item, url, length)


def _length_faults(subject: FeedSubject, item: Any, url: str, length: str) -> Iterator[Fault]:
    if not re.fullmatch(r"[0-9]+", length):
        yield Fault(subject.place(item), f"length {length!r}", "the number of bytes")
        return
    file = subject.local(url)
    if file is None:
        return
    if not is_there(file):
        yield Fault(subject.place(item), f"{url} is not there", "a file that is whole")
    elif length.lstrip("0") != str(file.stat().st_size):
        yield Fault(subject.place(item), f"length {length}", f"length {file.stat().st_size}")


@rule("feed-5-dates", "dates like Sun, 22 Nov 2026 06:00:00 +0000 (RFC 2822, a year of four digits)")
def bad_date(subject: FeedSubject) -> Iterator[Fault]:
    """Not ISO 8601: clients sort what they cannot read to the very bottom, or drop it."""
    for part in subject.parts:
        for name in ("pubDate", "lastBuildDate"):
            for found in part.findall(name):
                text = (found.text or "").strip()
                if not _DATE.fullmatch(text) or not _is_day(text):
                    yield Fault(subject.place(part), f"{name} {text!r}")


def _is_day(text: str) -> bool:
    try:
        email.utils.parsedate_to_datetime(text)
    except ValueError:  # the 31st of February
        return False
    return True


@rule("feed-6-guid", 'a guid of its own for each item, isPermaLink="false" unless it is an address')
def bad_guid(subject: FeedSubject) -> Iterator[Fault]:
    """Where isPermaLink is not said it is true; two items of one guid are one episode to apps."""
    known: set[str] = set()
    for item in subject.items:
        guid = text_of(item, "guid").strip()
        if guid and guid in known:
            yield Fault(subject.place(item), f"guid {guid} a second time", "a guid that no other item has")
        known.add(guid)
        if guid and attribute(item, "guid", "isPermaLink") != "false" and not is_web(guid):
            yield Fault(subject.place(item), f'guid {guid} without isPermaLink="false"')


@rule("feed-7-channel", "language, lastBuildDate, and a picture with url, title and link")
def no_channel_extras(subject: FeedSubject) -> Iterator[Fault]:
    """RSS 2.0, optional channel elements that readers show or save requests by."""
    yield from missing(subject, subject.channel, "language", "lastBuildDate")
    picture = subject.channel.find("image")
    if picture is None:
        yield Fault(subject.place(subject.channel), "no image", "<image> with url, title and link")
        return
    yield from missing(subject, picture, "url", "title", "link")
    if (url := text_of(picture, "url").strip()) and not is_web(url):
        yield Fault(subject.place(picture), f"image {url}", "the address of a picture")


@rule("feed-8-self", 'an atom:link rel="self" that is base_url of show.toml with the feed\'s own name')
def another_place(subject: FeedSubject) -> Iterator[Fault]:
    """Apps keep the address that a feed gives itself. Of other feeds only the server can tell: `--url` asks it."""
    if subject.address and self_link(subject) != subject.address:
        yield Fault(subject.place(subject.channel), self_link(subject) or "no atom:link to itself", subject.address)


RULES: tuple[Rule[FeedSubject], ...] = (
    not_rss,
    no_channel_text,
    empty_item,
    bad_enclosure,
    bad_date,
    bad_guid,
    no_channel_extras,
    another_place,
)
