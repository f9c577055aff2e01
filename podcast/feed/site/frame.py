"""What all pages have around what they are about: a head for browsers and other sites, and the show's own words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podcast.feed.notes import SYNTHETIC
from podcast.feed.plain import one_line
from podcast.feed.rss import FEED_FILE
from podcast.feed.site.apps import app_links
from podcast.feed.site.assets import TEMPLATES
from podcast.feed.site.words import license_address, web_address
from podcast.outside.templates import render
from podcast.show import LONGEST_DESCRIPTION_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podcast.feed.site.assets import Assets
    from podcast.show import Show

MEDIA_TYPE = "text/html; charset=utf-8"
INDEX_FILE = "index.html"
ALL_FILE = "all.html"

_LONGEST_SUMMARY = 300
_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self'; media-src 'self'; "
    "style-src 'self'; script-src 'self'; connect-src 'self'"
)
"""Nothing but what comes from where the page comes from, and nothing that stands in the page itself (W3C CSP 3)."""

_ENDS_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


@dataclass(frozen=True, slots=True)
class Site:
    """What every page is made from: the settings that they show, and the names of the files that they load."""

    title: str
    author: str
    description: str
    language: str
    address: str
    small_cover: str
    style: str
    script: str
    copyright: str
    license: str
    license_url: str | None
    funding: str | None
    funding_text: str

    @property
    def feed_address(self) -> str:
        """What people give to their app."""
        return f"{self.address}{FEED_FILE}"


def site_of(show: Show, assets: Assets, address: str, small_cover: str) -> Site:
    """Take from the settings what pages show."""
    settings, feed = show.settings, show.settings.feed
    return Site(
        title=one_line(settings.title),
        author=one_line(settings.author),
        description=one_line(settings.description, LONGEST_DESCRIPTION_BYTES),
        language=settings.language,
        address=address,
        small_cover=small_cover,
        style=assets.style_name,
        script=assets.script_name,
        copyright=one_line(feed.copyright),
        license=feed.license,
        license_url=license_address(feed.license, feed.license_url),
        funding=web_address(feed.funding),
        funding_text=one_line(feed.funding_text) or feed.funding,
    )


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself to browsers, searches and whoever is sent its address."""

    title: str
    summary: str
    path: str
    """Behind the site's address."""

    picture: str
    """Likewise."""

    data: Mapping[str, Any] | None = None
    """As schema.org has it."""

    kind: str = "website"
    sound: str = ""
    is_found: bool = True
    """By searches."""


def page(site: Site, head: Head, template: str, *, root: str, **values: object) -> bytes:
    """Write a page; `root` leads from it to the site's address."""
    shared = {
        "site": site,
        "head": head,
        "summary": one_line(head.summary, _LONGEST_SUMMARY),
        "policy": _POLICY,
        "root": root,
        "data": linked_data(head.data) if head.data else None,
        "feed_file": FEED_FILE,
        "all_file": ALL_FILE,
        "apps": app_links(site.feed_address, site.title),
        "synthetic": SYNTHETIC,
    }
    return render(template, [TEMPLATES], {**shared, **values}, is_html=True).encode()


def linked_data(data: Mapping[str, Any]) -> Any:
    """Write JSON that stands in a page as it is, and of which no word can end the element that it stands in."""
    from markupsafe import Markup

    text = json.dumps({"@context": "https://schema.org", **data})
    return Markup(text.translate(_ENDS_SCRIPT))  # noqa: S704 - without < there is no markup in it
