"""Rules 10 to 22: Apple Podcasts, "A Podcaster's Guide to RSS" and its hosting requirements."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from podcast.categories import parse_category
from podcast.check.artwork import bad_artwork, bad_episode_artwork
from podcast.check.feed import CONTENT, NAMES, FeedSubject, attribute, enclosures, is_web, missing, text_of
from podcast.check.rules import Fault, Rule, rule
from podcast.feed.extension import ITUNES
from podcast.show import LONGEST_DESCRIPTION_BYTES, LONGEST_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECLARATION = re.compile(rb'<\?xml version="1\.0" encoding="(UTF|utf)-8"( standalone="(yes|no)")?\?>')
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.IGNORECASE)
_MEDIA = {
    ".mp3": {"audio/mpeg"},
    ".m4a": {"audio/x-m4a", "audio/m4a", "audio/mp4"},
    ".mp4": {"video/mp4"},
    ".m4v": {"video/x-m4v", "video/m4v"},
    ".mov": {"video/quicktime"},
}


@rule("feed-10-declaration", '<?xml version="1.0" encoding="UTF-8"?> and the exact names of itunes and content')
def bad_declaration(subject: FeedSubject) -> Iterator[Fault]:
    """The itunes namespace is compared letter by letter, case included."""
    if not _DECLARATION.match(subject.data):
        yield Fault(subject.where, subject.data[:60].decode(errors="replace"))
    for prefix, name in (("itunes", ITUNES), ("content", CONTENT)):
        if (found := subject.root.nsmap.get(prefix)) != name:
            yield Fault(subject.where, f"xmlns:{prefix} {found or 'missing'}", f'xmlns:{prefix}="{name}"')


@rule("feed-11-channel", "description (at most 4000 bytes), artwork, language, category and explicit of the channel")
def bad_channel(subject: FeedSubject) -> Iterator[Fault]:
    """Apple, required tags of a show."""
    channel = subject.channel
    yield from missing(subject, channel, "title", "description", "language", "itunes:explicit")
    yield from too_long(subject, channel)
    language = text_of(channel, "language").strip()
    if language and not _LANGUAGE.fullmatch(language):
        yield Fault(subject.place(channel), f"language {language!r}", "a language like en-us (ISO 639)")
    if not is_web(attribute(channel, "itunes:image", "href")):
        yield Fault(subject.place(channel), "no itunes:image", '<itunes:image href="…"/>')
    if not attribute(channel, "itunes:category", "text"):
        yield Fault(subject.place(channel), "no itunes:category", '<itunes:category text="…"/>')


@rule("feed-12-item", "title, enclosure and guid in every item")
def bad_item(subject: FeedSubject) -> Iterator[Fault]:
    """Apple, required tags of an episode; without a guid a new address is a new episode."""
    for item in subject.items:
        yield from missing(subject, item, "title", "guid")
        yield from too_long(subject, item)
        if item.find("enclosure") is None:
            yield Fault(subject.place(item), "no enclosure")


def too_long(subject: FeedSubject, element: Any) -> Iterator[Fault]:
    """A description with more bytes than Apple and PSP-1 take."""
    size = len(text_of(element, "description").encode())
    if size > LONGEST_DESCRIPTION_BYTES:
        yield Fault(
            subject.place(element), f"description of {size} bytes", f"at most {LONGEST_DESCRIPTION_BYTES} bytes"
        )


@rule("feed-13-explicit", "true or false")
def bad_explicit(subject: FeedSubject) -> Iterator[Fault]:
    """`yes`, `no` and `clean` are no longer among Apple's values."""
    for part in subject.parts:
        for found in part.findall("itunes:explicit", NAMES):
            if found.text not in ("true", "false"):
                yield Fault(subject.place(part), f"itunes:explicit {found.text!r}")


@rule("feed-14-type", "episodic or serial, an author; block and complete are Yes or absent, new-feed-url an address")
def bad_show_tags(subject: FeedSubject) -> Iterator[Fault]:
    """Apple, situational tags of a show: whatever else stands there is read as if it were not."""
    channel = subject.channel
    yield from missing(subject, channel, "itunes:author")
    kind = text_of(channel, "itunes:type")
    if channel.find("itunes:type", NAMES) is not None and kind not in ("episodic", "serial"):
        yield Fault(subject.place(channel), f"itunes:type {kind!r}", "episodic or serial")
    for part, name in ((part, name) for part in subject.parts for name in ("itunes:block", "itunes:complete")):
        for found in part.findall(name, NAMES):
            if found.text != "Yes":
                yield Fault(subject.place(part), f"{name} {found.text!r}", "Yes, or nothing")
    for found in channel.findall("itunes:new-feed-url", NAMES):
        if not is_web(found.text or ""):
            yield Fault(subject.place(channel), f"itunes:new-feed-url {found.text!r}", "an address")


@rule("feed-16-duplicates", "every enclosure address once")
def duplicate_enclosure(subject: FeedSubject) -> Iterator[Fault]:
    """Apple ignores the second."""
    known: set[str] = set()
    for item, enclosure in enclosures(subject):
        url = enclosure.get("url", "")
        if url in known:
            yield Fault(subject.place(item), f"{url} a second time")
        known.add(url)


@rule("feed-17-extension", "an address that ends in .mp3, .m4a, .mp4, .m4v or .mov, and the type that belongs to it")
def bad_extension(subject: FeedSubject) -> Iterator[Fault]:
    """Apple goes by the extension."""
    for item, enclosure in enclosures(subject):
        url, kind = enclosure.get("url", ""), enclosure.get("type", "")
        extension = PurePosixPath(urlsplit(url).path).suffix if is_web(url) else ""
        if kind not in _MEDIA.get(extension, set()):
            yield Fault(subject.place(item), f"{url} as {kind}")


@rule("feed-21-category", "a category of Apple's list, spelled exactly so")
def bad_category(subject: FeedSubject) -> Iterator[Fault]:
    """Only the first category with its first subcategory counts."""
    for found in subject.channel.findall("itunes:category", NAMES):
        inner = found.find("itunes:category", NAMES)
        names = [found.get("text", ""), *([] if inner is None else [inner.get("text", "")])]
        try:
            parse_category(" > ".join(names))
        except ValueError as error:
            yield Fault(subject.place(subject.channel), " > ".join(names), str(error))


@rule("feed-22-values", f"at least one episode; values of at most {LONGEST_TAG} characters without space around them")
def bad_values(subject: FeedSubject) -> Iterator[Fault]:
    """Apple and PSP-1: every value that has no length of its own."""
    if not subject.items:
        yield Fault(subject.where, "no episode in it")
    for part in subject.parts:
        for element in part:
            if element.tag == "item" or not isinstance(element.tag, str) or len(element):
                continue
            if element.tag not in ("description", f"{{{CONTENT}}}encoded"):
                yield from _value_faults(subject, part, element)


def _value_faults(subject: FeedSubject, part: Any, element: Any) -> Iterator[Fault]:
    name = element.tag.rsplit("}", 1)[-1]
    longest = 4000 if name == "txt" else LONGEST_TAG
    for value in (element.text or "", *element.attrib.values()):
        if len(value) > longest:
            yield Fault(subject.place(part), f"{name} of {len(value)} characters: {value}")
        if value != value.strip():
            yield Fault(subject.place(part), f"{name} {value!r}")


RULES: tuple[Rule[FeedSubject], ...] = (
    bad_declaration,
    bad_channel,
    bad_item,
    bad_explicit,
    bad_show_tags,
    duplicate_enclosure,
    bad_extension,
    bad_artwork,
    bad_episode_artwork,
    bad_category,
    bad_values,
)
