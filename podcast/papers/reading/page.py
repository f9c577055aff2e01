"""What of a page is the newsletter, and what the page says about itself."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.papers.reading.tree import Element, is_post_title

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEVER = frozenset(
    """aside audio base button canvas dialog embed frame frameset head iframe input link map meta nav noframes
    noscript object param rp rt script select source style svg template textarea title track video""".split()  # noqa: SIM905
)
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alert", "menu"})
_CLASSES = frozenset(
    """subscription-widget subscription-widget-wrap subscription-widget-wrap-editor subscribe-widget subscribe-prompt
    subscribe-footer subscribe-form subscribe-section newsletter-signup signup-form button-wrapper share-dialog
    share-buttons social-share sharedaddy share-links post-ufi post-header post-footer post-meta byline-wrapper
    byline post-preview-list related-posts recommended-posts comments comments-section comment-list comments-page
    discussion disqus_thread footer site-footer page-footer site-header main-menu navbar navigation sidebar
    breadcrumb breadcrumbs cookie-banner cookie-notice paywall preheader audio-player audio-embed header-anchor-widget
    screen-reader-text sr-only visually-hidden skip-link""".split()  # noqa: SIM905
)
_HIDDEN = re.compile(r"(?:display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden)", re.IGNORECASE)
_MAX_ATTRIBUTE = 2000
_MAX_PARTS = 100


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says about itself, outside its text."""

    title: str = ""
    date: str = ""


def is_furniture(element: Element) -> bool:
    """Whether a reader never sees it, or it belongs to the site rather than to the text."""
    if element.name in _NEVER or _is_hidden(element):
        return True
    if element.headings:
        return element.name == "footer"
    marks = element.classes | {element.get("id").lower()}
    return (
        element.name in {"header", "footer", "form"}
        or element.get("role").lower() in _ROLES
        or not marks.isdisjoint(_CLASSES)
    )


def _is_hidden(element: Element) -> bool:
    return (
        "hidden" in element.attributes
        or element.get("aria-hidden").lower() == "true"
        or _HIDDEN.search(element.get("style")[:_MAX_ATTRIBUTE]) is not None
    )


def main_part(page: Element) -> Element:
    """Return the <article> or <main> that holds the headings, or else the whole page."""
    mains = list(itertools.islice(_named(page, "main"), _MAX_PARTS))
    articles = list(itertools.islice(_named(page, "article"), _MAX_PARTS))
    best = max([*articles, *mains], key=_content, default=page)
    if best.name == "article" and _content(best) != _content(page):
        others = [article for article in articles if article.headings and not _holds(best, article)]
        best = max(mains, key=_content, default=page) if others else best
    return best if all(2 * part >= whole for part, whole in zip(_content(best), _content(page), strict=True)) else page


def _named(page: Element, name: str) -> Iterator[Element]:
    return (element for element in page.elements(skip=is_furniture) if name in {element.name, element.get("role")})


def _holds(outer: Element, inner: Element) -> bool:
    return any(element is inner for element in outer.elements()) or any(
        element is outer for element in inner.elements()
    )


def _content(element: Element) -> tuple[int, int, int]:
    return element.headings, element.tables, 0 if element.headings or element.tables else len(element.text)


def facts(page: Element) -> Facts:
    """Read the title and the date that a page gives for people's browsers and for other programs."""
    titles = [*_post_titles(page), _meta(page, "og:title"), *(title.text for title in page.elements("title"))]
    headings = [heading.text for heading in page.elements("h1")]
    times = (time.get("datetime") for time in page.elements("time"))
    dates = [_meta(page, "article:published_time"), *times]
    if len(headings) == 1:
        titles.extend(headings)
    return Facts(next(filter(None, titles), ""), next(filter(None, dates), ""))


def _post_titles(page: Element) -> Iterator[str]:
    return (element.text for element in page.elements("h1") if is_post_title(element))


def _meta(page: Element, key: str) -> str:
    named = (meta for meta in page.elements("meta") if key in {meta.get("property"), meta.get("name")})
    return next((meta.get("content").strip() for meta in named), "")
