"""sitemap.xml: every page with the day of its last episode, for searches (sitemaps.org)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from podcast.feed.page import Page, digest_of
from podcast.feed.site.frame import ALL_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.types import Episode

SITEMAP_FILE = "sitemap.xml"

_MOST = 50_000
"""Addresses of a sitemap."""


def sitemap_page(address: str, episodes: Sequence[Episode]) -> Page:
    """Return the map as a file of the site."""
    named = [(episode.slug, episode.date.date().isoformat()) for episode in episodes]
    made_from = digest_of("sitemap", address, named)
    return Page(SITEMAP_FILE, "application/xml", made_from, lambda: _sitemap(address, named))


def _sitemap(address: str, named: Sequence[tuple[str, str]]) -> bytes:
    newest = max((date for _, date in named), default="")
    pages = [("", newest), (ALL_FILE, newest), *((f"{slug}/", date) for slug, date in named)]
    lines = (
        f"<url><loc>{escape(f'{address}{path}')}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</url>\n"
        for path, date in pages[:_MOST]
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{''.join(lines)}</urlset>\n"
    ).encode()
