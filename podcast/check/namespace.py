"""Rules 41 to 53: what Podcasting 2.0 says of a show and its episodes (podcastindex.org, namespace 1.0)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podcast.check.feed import NAMES, FeedSubject, is_there, is_web
from podcast.check.recurrence import recurrence_problem
from podcast.check.rules import Fault, Rule, rule
from podcast.distribution import LONGEST_TXT

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LABEL = 128
_MEDIA = {"podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "publisher", "course"}
_MEDIUMS = {*_MEDIA, *(f"{medium}L" for medium in _MEDIA), "mixed"}
"""What a show is made of; with an L, a list of such things."""

_LICENSE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,127}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?")


def _once(subject: FeedSubject, part: Any, name: str) -> Iterator[Fault]:
    if (count := len(part.findall(name, NAMES))) > 1:
        yield Fault(subject.place(part), f"{count} {name}", f"one {name}")


def _label(subject: FeedSubject, part: Any, what: str, text: str) -> Iterator[Fault]:
    if len(text) > LONGEST_LABEL:
        yield Fault(subject.place(part), f"{what} of {len(text)} characters: {text}", f"at most {LONGEST_LABEL}")


@rule("feed-41-locked", "yes or no, once")
def bad_lock(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, locked: whether another host may take the show over."""
    yield from _once(subject, subject.channel, "podcast:locked")
    for found in subject.channel.findall("podcast:locked", NAMES):
        if found.text not in ("yes", "no"):
            yield Fault(subject.place(subject.channel), f"podcast:locked {found.text!r}")


@rule(
    "feed-45-medium", "podcast, music, video, film, audiobook, newsletter, blog, publisher, course, or a list of such"
)
def bad_medium(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, medium: an app without a place for it shows nothing."""
    yield from _once(subject, subject.channel, "podcast:medium")
    for found in subject.channel.findall("podcast:medium", NAMES):
        if found.text not in _MEDIUMS:
            yield Fault(subject.place(subject.channel), f"podcast:medium {found.text!r}")


@rule("feed-46-ai-content", '<podcast:txt purpose="ai-content">true</podcast:txt> in the channel')
def no_word_of_ai(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, txt: a show that a machine speaks says so."""
    found = [e.text for e in subject.channel.findall("podcast:txt", NAMES) if e.get("purpose") == "ai-content"]
    if found != ["true"]:
        yield Fault(subject.place(subject.channel), f"ai-content {', '.join(map(str, found)) or 'missing'}")


@rule("feed-46-txt", f"texts of at most {LONGEST_TXT} characters, with a purpose of at most {LONGEST_LABEL}")
def bad_txt(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, txt: a proof of ownership that is cut off proves nothing."""
    for part in subject.parts:
        for found in part.findall("podcast:txt", NAMES):
            text = "".join(found.itertext())
            if not 0 < len(text) <= LONGEST_TXT:
                yield Fault(subject.place(part), f"podcast:txt of {len(text)} characters: {text}")
            yield from _label(subject, part, "purpose", found.get("purpose", ""))


@rule("feed-47-frequency", f"a text of at most {LONGEST_LABEL} characters and, if any, a rule as in RFC 5545, once")
def bad_frequency(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, updateFrequency: apps ask again when the rule says so."""
    channel, name = subject.channel, "podcast:updateFrequency"
    yield from _once(subject, channel, name)
    for found in channel.findall(name, NAMES):
        text, rrule, start = (found.text or "").strip(), found.get("rrule"), found.get("dtstart", "")
        if not text:
            yield Fault(subject.place(channel), f"{name} without a text", "a text like weekly")
        yield from _label(subject, channel, name, text)
        if rrule is not None and (problem := recurrence_problem(rrule)):
            yield Fault(subject.place(channel), f"rrule {rrule!r}", problem)
        if found.get("complete", "true") not in ("true", "false"):
            yield Fault(subject.place(channel), f"complete {found.get('complete')!r}", "true or false")
        if start and not _TIME.fullmatch(start):
            yield Fault(subject.place(channel), f"dtstart {start!r}", "a date like 2026-11-22T06:00:00Z (ISO 8601)")


@rule("feed-48-license", "a licence like cc-by-4.0, or another one with the address where it can be read, once")
def bad_license(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, license: short names are those of SPDX in lower case."""
    for part in subject.parts:
        yield from _once(subject, part, "podcast:license")
        for found in part.findall("podcast:license", NAMES):
            text, url = (found.text or "").strip(), found.get("url", "")
            if (url and not is_web(url)) or not (_LICENSE.fullmatch(text) or (text and url)):
                yield Fault(subject.place(part), f"podcast:license {text!r} {url}".strip())
            yield from _label(subject, part, "podcast:license", text)


@rule("feed-49-funding", f"an address, and a text of at most {LONGEST_LABEL} characters")
def bad_funding(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, funding: a button that leads nowhere, or does not fit."""
    for part in subject.parts:
        for found in part.findall("podcast:funding", NAMES):
            if not is_web(found.get("url", "")):
                yield Fault(subject.place(part), f"podcast:funding url {found.get('url')!r}", "an address")
            yield from _label(subject, part, "podcast:funding", found.text or "")


@rule("feed-53-image", "podcast:image with href, of a file that is there, and whole numbers of pixels")
def bad_image(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, image."""
    for part in subject.parts:
        for found in part.findall("podcast:image", NAMES):
            address = found.get("href", "")
            if not is_web(address):
                yield Fault(subject.place(part), f"podcast:image {address!r}", 'href="…" with an address')
            elif (file := subject.local(address)) is not None and not is_there(file):
                yield Fault(subject.place(part), f"{address} is not there")
            for side in ("width", "height"):
                if not re.fullmatch(r"[1-9][0-9]{0,8}", found.get(side, "1")):
                    yield Fault(subject.place(part), f"{side} {found.get(side)!r}", "pixels")


RULES: tuple[Rule[FeedSubject], ...] = (
    bad_lock,
    bad_medium,
    no_word_of_ai,
    bad_txt,
    bad_frequency,
    bad_license,
    bad_funding,
    bad_image,
)
