"""What a feed says of its show besides title and category, and where the show is published: two tables of show.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass

from podcast.settings import one_of, setting

LONGEST_TXT = 4000
"""Characters of a podcast:txt (podcastindex.org)."""

_LONGEST_LABEL = 128
"""Characters of a label in the namespace of Podcasting 2.0."""

_WEB = re.compile(r"https?://[^\s<>\"@]+")
_LICENSE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,127}")
_PURPOSE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,127}")


def parse_verification(value: str) -> tuple[tuple[str, str], ...]:
    """Read purposes and texts out of "purpose: text, purpose: text"; ValueError if they are none."""
    pairs = [tuple(part.strip() for part in each.split(":", 1)) for each in value.split(",") if each.strip()]
    for pair in pairs:
        if len(pair) != 2 or not _PURPOSE.fullmatch(pair[0]) or not 0 < len(pair[1]) <= LONGEST_TXT:  # noqa: PLR2004
            raise ValueError(value)
    return tuple((purpose, text) for purpose, text in pairs)


def _is_verification(value: str) -> str | None:
    try:
        parse_verification(value)
    except ValueError:
        return 'purposes with a text each, as "applepodcastsverify: 1a2b3c", or empty'
    return None if value.isprintable() else "text on one line"


def _is_web_or_empty(value: str) -> str | None:
    fits = not value or (_WEB.fullmatch(value) and value.isprintable() and value.isascii())
    return None if fits else "an address like https://example.org/page, or empty"


def _is_license(value: str) -> str | None:
    return None if not value or _LICENSE.fullmatch(value) else "the short name of a licence, as in cc-by-4.0, or empty"


def _is_holder(value: str) -> str | None:
    fits = not re.search(r"copyright|©|\(c\)|\b(?:19|20)\d\d\b", value, re.IGNORECASE) and not _is_label(value)
    return None if fits else "a name, without the word copyright, its sign or a year, or empty"


def _is_label(value: str) -> str | None:
    fits = value.strip() == value and value.isprintable() and len(value) <= _LONGEST_LABEL
    return None if fits else f"text on one line, at most {_LONGEST_LABEL} characters"


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """What the feed says besides."""

    locked: bool = setting(default=True, doc="no other host may take the show over before you allow it")
    schedule: str = setting(
        "weekly", "how often episodes come; empty: not said", one_of("", "daily", "weekly", "biweekly", "monthly")
    )
    copyright: str = setting("", "who holds it, without the word, the sign or a year; empty: not said", _is_holder)
    license: str = setting("", "of the sound, as in cc-by-4.0; empty: not said", _is_license)
    license_url: str = setting("", "where a licence of your own can be read", _is_web_or_empty)
    funding: str = setting("", "where listeners can support you; empty: nowhere", _is_web_or_empty)
    funding_text: str = setting("Support the show", "what the button says", _is_label)
    verification: str = setting(
        "", 'what directories know you by, as "applepodcastsverify: 1a2b3c"; empty: nothing', _is_verification
    )
    complete: bool = setting(default=False, doc="there will never be another episode")
    hidden: bool = setting(default=False, doc="Apple Podcasts shows it to nobody")
    moved_to: str = setting("", "the feed's new address, once it has moved; empty: it has not", _is_web_or_empty)


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """Where `podcast publish` puts the show."""

    target: str = setting("", "a folder, s3://bucket/path, sftp://host/path, git+https://host/repository.git#branch")
