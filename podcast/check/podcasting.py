"""Rules 29 to 43: Spotify's delivery specification, PSP-1 (Podcast Standards Project), files of Podcasting 2.0."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from podcast.check.feed import NAMES, FeedSubject, attribute, enclosures, is_there, is_web, missing, self_link
from podcast.check.rules import Fault, Rule, rule
from podcast.show import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEDIA = {"audio/mpeg", "audio/m4a", "audio/x-m4a", "video/m4v", "video/x-m4v", "video/mp4"}


@rule("feed-29-author", "title, link, description, language, author, artwork, explicit and category of the channel")
def bad_spotify_channel(subject: FeedSubject) -> Iterator[Fault]:
    """Spotify, delivery specification 5.2-5.10: what no other rule asks for is the author."""
    yield from missing(subject, subject.channel, "itunes:author")


@rule("feed-30-item", "guid, title, pubDate, and an enclosure with its length in every item")
def bad_spotify_item(subject: FeedSubject) -> Iterator[Fault]:
    """Spotify, delivery specification 5.17 and 5.18."""
    for item in subject.items:
        yield from missing(subject, item, "guid", "title", "pubDate")
        if not attribute(item, "enclosure", "length").isdigit() or attribute(item, "enclosure", "length") == "0":
            yield Fault(subject.place(item), "an enclosure without its length")


@rule("feed-34-namespaces", "the namespaces itunes, podcast and atom, by their exact names")
def bad_namespace(subject: FeedSubject) -> Iterator[Fault]:
    """PSP-1, namespaces."""
    for prefix in ("itunes", "podcast", "atom"):
        if (found := subject.root.nsmap.get(prefix)) != NAMES[prefix]:
            yield Fault(subject.where, f"xmlns:{prefix} {found or 'missing'}", f'xmlns:{prefix}="{NAMES[prefix]}"')


@rule("feed-35-channel", 'an atom:link rel="self" with the feed\'s own address, and all required channel elements')
def bad_psp_channel(subject: FeedSubject) -> Iterator[Fault]:
    """PSP-1, required channel elements: what no rule above asks for is the link to itself."""
    own = [link for link in subject.channel.findall("atom:link", NAMES) if link.get("rel") == "self"]
    if len(own) != 1 or not is_web(own[0].get("href", "")):
        yield Fault(subject.place(subject.channel), f'{len(own)} atom:link rel="self"')
    elif own[0].get("type", "application/rss+xml") != "application/rss+xml":
        yield Fault(subject.place(subject.channel), f"atom:link type {own[0].get('type')}", "application/rss+xml")


@rule("feed-36-channel", "podcast:locked, an author, and podcast:guid where the address is public")
def no_recommended_channel(subject: FeedSubject) -> Iterator[Fault]:
    """PSP-1, recommended channel elements. The guid is made of the address: on this machine a show has none yet."""
    yield from missing(subject, subject.channel, "podcast:locked", "itunes:author")
    address = subject.address or self_link(subject)
    if is_web(address) and not is_loopback(address):
        yield from missing(subject, subject.channel, "podcast:guid")


@rule("feed-37-item", "one enclosure of audio/mpeg, audio/x-m4a or video/mp4, a title, and a guid that never changes")
def bad_psp_item(subject: FeedSubject) -> Iterator[Fault]:
    """PSP-1, required item elements."""
    for item, enclosure in enclosures(subject):
        if enclosure.get("type") not in _MEDIA:
            yield Fault(subject.place(item), f"type {enclosure.get('type')!r}")
    for item in subject.items:
        if (count := len(item.findall("guid"))) > 1:
            yield Fault(subject.place(item), f"{count} guids", "one guid")


@rule(
    "feed-38-item",
    "link, pubDate, description, duration, explicit and transcript, and a picture of it or of the show",
)
def no_recommended_item(subject: FeedSubject) -> Iterator[Fault]:
    """PSP-1, recommended item elements. An episode without a picture of its own has the show's."""
    has_picture = bool(attribute(subject.channel, "itunes:image", "href"))
    for item in subject.items:
        yield from missing(subject, item, "link", "pubDate", "description", "itunes:duration", "itunes:explicit")
        if not has_picture and not attribute(item, "itunes:image", "href"):
            yield Fault(subject.place(item), "no itunes:image, and none of the channel", '<itunes:image href="…"/>')
        if item.find("podcast:transcript", NAMES) is None:
            yield Fault(subject.place(item), "no podcast:transcript", '<podcast:transcript url="…" type="text/vtt"/>')


@rule("feed-40-guid", "at most one podcast:guid, a UUID")
def bad_podcast_guid(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, guid."""
    found = [element.text or "" for element in subject.channel.findall("podcast:guid", NAMES)]
    for guid in found:
        try:
            uuid.UUID(guid)
        except ValueError:
            yield Fault(subject.place(subject.channel), f"podcast:guid {guid!r}")
    if len(found) > 1:
        yield Fault(subject.place(subject.channel), f"{len(found)} podcast:guid")


@rule("feed-42-transcript", "transcripts with url and type, of files that are there")
def bad_transcript(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, transcript."""
    known = {"text/plain", "text/html", "text/vtt", "application/json", "application/x-subrip", "application/srt"}
    yield from _linked_files(subject, "podcast:transcript", known)


@rule("feed-62-vtt-first", "the WebVTT first where there are several transcripts")
def other_transcript_first(subject: FeedSubject) -> Iterator[Fault]:
    """Apple reads speakers from WebVTT alone, and many apps take the first that is there."""
    for item in subject.items:
        kinds = [found.get("type", "") for found in item.findall("podcast:transcript", NAMES)]
        if len(kinds) > 1 and kinds[0] != "text/vtt":
            yield Fault(subject.place(item), ", ".join(kinds))


@rule("feed-43-chapters", "chapters with url and the type application/json+chapters, of a file that is there")
def bad_chapters(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, chapters."""
    yield from _linked_files(subject, "podcast:chapters", {"application/json+chapters"})


def _linked_files(subject: FeedSubject, name: str, kinds: set[str]) -> Iterator[Fault]:
    for item in subject.items:
        for found in item.findall(name, NAMES):
            url, kind = found.get("url", ""), found.get("type", "")
            if not is_web(url) or kind not in kinds:
                yield Fault(subject.place(item), f"{name} {url!r} as {kind!r}")
            file = subject.local(url)
            if file is not None and not is_there(file):
                yield Fault(subject.place(item), f"{url} is not there")


RULES: tuple[Rule[FeedSubject], ...] = (
    bad_spotify_channel,
    bad_spotify_item,
    bad_namespace,
    bad_psp_channel,
    no_recommended_channel,
    bad_psp_item,
    no_recommended_item,
    bad_podcast_guid,
    bad_transcript,
    bad_chapters,
    other_transcript_first,
)
