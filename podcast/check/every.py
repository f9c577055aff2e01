"""All rules of a feed, by their requirement's number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.check import addresses, apple, items, moments, namespace, paging, podcasting, rss

if TYPE_CHECKING:
    from podcast.check.feed import FeedSubject
    from podcast.check.rules import Rule


def _number(rule: Rule[FeedSubject]) -> int:
    return int(rule.name.split("-")[1])


FEED_RULES: tuple[Rule[FeedSubject], ...] = tuple(
    sorted(
        (
            *rss.RULES,
            *apple.RULES,
            *addresses.RULES,
            *items.RULES,
            *podcasting.RULES,
            *namespace.RULES,
            *moments.RULES,
            *paging.RULES,
        ),
        key=_number,
    )
)
