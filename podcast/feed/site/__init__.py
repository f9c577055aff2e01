"""The site for people: pages, style, script, search and a map, all static. It asks nobody else for anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.feed.site.assets import asset_pages, assets_of
from podcast.feed.site.episode import episode_pages
from podcast.feed.site.frame import INDEX_FILE, site_of
from podcast.feed.site.lists import all_page, home_page, missing_page
from podcast.feed.site.search import search_page
from podcast.feed.site.sitemap import sitemap_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.feed.page import Page
    from podcast.show import Show
    from podcast.types import Episode

__all__ = ["INDEX_FILE", "site_pages"]


def site_pages(show: Show, episodes: Sequence[Episode], *, address: str, small_cover: str) -> tuple[Page, ...]:
    """Return all pages as they are served at `address`, what they name before them and the home page last.

    `small_cover` is a file in feed/. Nothing is made yet, and of the episodes' folders nothing is read.
    """
    assets = assets_of(show)
    site = site_of(show, assets, address, small_cover)
    return (
        *asset_pages(assets),
        *episode_pages(site, show, episodes),
        all_page(site, episodes),
        search_page(episodes),
        sitemap_page(address, episodes),
        missing_page(site),
        home_page(site, episodes),
    )
