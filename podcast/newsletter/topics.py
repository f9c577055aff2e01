"""arXiv's categories as topics that a reader knows, from a table that a show can change."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from podcast.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podcast.newsletter.edition import Article

OTHER = "Other"
TABLE_FILE = "categories.toml"


def read_topics(templates: Path | None = None) -> dict[str, str]:
    """Return the topic of each category: ours, and before it what a show's own table says.

    Raises InputError for a table that is none.
    """
    topics = _ours()
    own = templates / TABLE_FILE if templates else None
    return topics | _read(own) if own and own.is_file() else topics


@functools.cache
def _ours() -> dict[str, str]:
    return _read(Path(__file__).parent / TABLE_FILE)


def _read(path: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not valid TOML: {error}. Correct it, or delete it to use our topics.") from error
    for topic, categories in table.items():
        if not topic.strip() or not isinstance(categories, list) or not all(type(name) is str for name in categories):
            raise InputError(f'{path}: {topic!r} should be a list of arXiv categories, like "Vision" = ["cs.CV"].')
    return {category: topic for topic, categories in table.items() for category in categories}


def topic_of(categories: Sequence[str], topics: Mapping[str, str]) -> str:
    """Return the topic of the first category that has one, itself or its whole archive."""
    known = (topics.get(name) or topics.get(name.partition(".")[0]) for name in categories)
    return next(filter(None, known), OTHER)


def by_topic(articles: Sequence[Article], topics: Mapping[str, str]) -> tuple[tuple[str, tuple[Article, ...]], ...]:
    """Sort papers by topic, each topic's in the order given: largest topic first, then by name, the others last."""
    sorted_: dict[str, list[Article]] = {}
    for article in articles:
        sorted_.setdefault(topic_of(article.preprint.categories, topics), []).append(article)
    order = sorted(sorted_, key=lambda topic: (topic == OTHER, -len(sorted_[topic]), topic))
    return tuple((topic, tuple(sorted_[topic])) for topic in order)
