"""Rules for the server that a feed is published on: what only asking it can tell (requirements 8, 9 and 19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.check.rules import Fault, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.outside.web import Answer

_FEED_TYPES = ("application/rss+xml", "application/xml", "text/xml")
OK, PARTIAL, NOT_MODIFIED = 200, 206, 304


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file that a feed names, and what the server says of it."""

    url: str
    length: str
    """What the feed says; empty where it says nothing."""
    media_type: str
    head: Answer
    first_bytes: Answer
    """To a request for its first two bytes."""


@dataclass(frozen=True, slots=True)
class ServedSubject:
    """A feed on its server."""

    address: str
    self_link: str
    feed: Answer
    again: Answer
    """To a second request that names the version of the first."""
    served: tuple[ServedFile, ...]


def _ending(answer: Answer, asked: str) -> str:
    return f"status {answer.status} for {asked}" if answer.status else f"{asked}: {answer.silence}"


@rule("server-8-type", 'application/rss+xml, or plain XML, and an atom:link rel="self" that is the address served')
def bad_type(subject: ServedSubject) -> Iterator[Fault]:
    """Clients that are handed text/plain show text. GitHub Pages knows only application/xml, and that is read, too."""
    kind = subject.feed.headers.get("content-type", "").split(";")[0].strip()
    if kind not in _FEED_TYPES:
        yield Fault(subject.address, f"content-type {kind or 'missing'}", "application/rss+xml")
    if subject.self_link != subject.address:
        yield Fault(subject.address, f"atom:link {subject.self_link}", f"{subject.address} (base_url in show.toml)")


@rule("server-9-unchanged", "an ETag or Last-Modified, and 304 while nothing has changed")
def no_conditional_requests(subject: ServedSubject) -> Iterator[Fault]:
    """Every subscriber asks many times a day."""
    if subject.again.status != NOT_MODIFIED:
        yield Fault(subject.address, _ending(subject.again, "what has not changed"), "304")


@rule("server-19-head", "an answer to HEAD, with the length and type that the feed says")
def no_head(subject: ServedSubject) -> Iterator[Fault]:
    """Apple, hosting requirements: HEAD for audio and artwork."""
    for file in subject.served:
        length = file.head.headers.get("content-length", "")
        kind = file.head.headers.get("content-type", "").split(";")[0].strip()
        if file.head.status != OK:
            yield Fault(file.url, _ending(file.head, "HEAD"), "200")
        elif file.length and length != file.length:
            yield Fault(file.url, f"content-length {length or 'missing'}", file.length)
        elif not kind.startswith(file.media_type):
            yield Fault(file.url, f"content-type {kind or 'missing'}", file.media_type)


@rule("server-19-range", "206 with the part that was asked for")
def no_ranges(subject: ServedSubject) -> Iterator[Fault]:
    """Apple, hosting requirements: byte ranges; players cannot seek without them."""
    for file in subject.served:
        if file.first_bytes.status != PARTIAL or len(file.first_bytes.content) > 2:  # noqa: PLR2004 - as asked
            yield Fault(file.url, _ending(file.first_bytes, "the first two bytes"), "206")


RULES: tuple[Rule[ServedSubject], ...] = (bad_type, no_conditional_requests, no_head, no_ranges)
