"""Rules 15, 23, 31, 39 and 50: what every item says of its episode."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podcast.check.apple import too_long
from podcast.check.feed import NAMES, FeedSubject, missing, text_of
from podcast.check.rules import Fault, Rule, rule
from podcast.feed.plain import one_line
from podcast.feed.titles import own_title

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOWED_TAGS = {"p", "ol", "ul", "li", "a", "b", "i", "strong", "em", "br"}
"""What apps show of a description (Apple, PSP-1)."""

_LONGEST_SEASON, _LONGEST_EPISODE = 128, 32
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9:-]*)")
_NUMBERED = re.compile(r"(?:episode|ep\.?)\s*#?[0-9]+\b|#[0-9]+\b|s[0-9]+\s*e[0-9]+\b", re.IGNORECASE)
_COUNT = re.compile(r"[1-9][0-9]{0,8}")
_WHOLE = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


@rule(
    "feed-15-item", "pubDate, link, explicit, and a description of 4000 bytes in p, ol, ul, li, a, b, i, em, strong, br"
)
def bad_description(subject: FeedSubject) -> Iterator[Fault]:
    """Apple, recommended tags of an episode; other markup is shown as words, or not at all."""
    for item in subject.items:
        yield from missing(subject, item, "pubDate", "link", "description", "itunes:explicit")
        yield from too_long(subject, item)
        if other := sorted({*_TAG.findall(text_of(item, "description").lower())} - ALLOWED_TAGS):
            yield Fault(subject.place(item), f"<{'>, <'.join(other)}> in the description")


@rule("feed-23-title", "a title of its own: neither the show's nor a number at its start")
def bad_title(subject: FeedSubject) -> Iterator[Fault]:
    """Apple: both stand elsewhere in the app, and short screens show nothing else of a long title."""
    show = one_line(text_of(subject.channel, "title"))
    for item in subject.items:
        title = text_of(item, "title").strip()
        if _NUMBERED.match(title):
            yield Fault(subject.place(item), title, "no number; itunes:episode has it")
        elif own_title(one_line(title), show) != one_line(title):
            yield Fault(subject.place(item), title, "the title without the show's")


@rule("feed-31-duration", "itunes:duration in plain seconds, more than 0")
def bad_duration(subject: FeedSubject) -> Iterator[Fault]:
    """Apple and Spotify; 12:34 is read by some as hours and minutes."""
    for item in subject.items:
        for found in item.findall("itunes:duration", NAMES):
            if not _COUNT.fullmatch((found.text or "").strip()):
                yield Fault(subject.place(item), f"itunes:duration {found.text!r}")


@rule("feed-39-numbers", "season and episode from 1, and an episodeType of full, trailer or bonus")
def bad_numbers(subject: FeedSubject) -> Iterator[Fault]:
    """Apple, situational tags of an episode; a serial show is played in their order, so there each episode has one."""
    is_serial = text_of(subject.channel, "itunes:type") == "serial"
    for item in subject.items:
        for name in ("itunes:season", "itunes:episode"):
            for found in item.findall(name, NAMES):
                if not _COUNT.fullmatch(found.text or ""):
                    yield Fault(subject.place(item), f"{name} {found.text!r}", "a whole number from 1")
        kind = text_of(item, "itunes:episodeType")
        if kind not in ("full", "trailer", "bonus", "") or (not kind and _has(item, "itunes:episodeType")):
            yield Fault(subject.place(item), f"itunes:episodeType {kind!r}", "full, trailer or bonus")
        if is_serial and kind in ("full", "") and not _has(item, "itunes:episode"):
            yield Fault(subject.place(item), "no itunes:episode in a serial show", "<itunes:episode>")


def _has(item: Any, name: str) -> bool:
    return item.find(name, NAMES) is not None


@rule("feed-50-season", "podcast:season whole, podcast:episode a decimal number, both as the tags of itunes say")
def bad_season(subject: FeedSubject) -> Iterator[Fault]:
    """Podcasting 2.0, season and episode; an app that reads both shows only one of them."""
    for item in subject.items:
        yield from _numbers(subject, item, "season", _WHOLE, ("name", _LONGEST_SEASON))
        yield from _numbers(subject, item, "episode", _DECIMAL, ("display", _LONGEST_EPISODE))


def _numbers(
    subject: FeedSubject, item: Any, name: str, form: re.Pattern[str], label: tuple[str, int]
) -> Iterator[Fault]:
    found, (attribute, longest) = item.findall(f"podcast:{name}", NAMES), label
    if len(found) > 1:
        yield Fault(subject.place(item), f"{len(found)} podcast:{name}", f"one podcast:{name}")
    for each in found:
        text, other = (each.text or "").strip(), text_of(item, f"itunes:{name}").strip()
        if not form.fullmatch(text):
            yield Fault(subject.place(item), f"podcast:{name} {text!r}", "a number")
        elif _COUNT.fullmatch(other) and float(text) != float(other):
            yield Fault(subject.place(item), f"podcast:{name} {text}", f"itunes:{name} {other}")
        if len(each.get(attribute, "")) > longest:
            yield Fault(subject.place(item), f"{attribute} {each.get(attribute)}", f"at most {longest} characters")


RULES: tuple[Rule[FeedSubject], ...] = (bad_description, bad_title, bad_duration, bad_numbers, bad_season)
