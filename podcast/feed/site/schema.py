"""What pages tell searches in the words of schema.org: a podcast series, and its episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podcast.feed.notes import names_and_others
from podcast.feed.plain import one_line
from podcast.feed.rss import episode_address
from podcast.feed.site.words import seconds, web_address
from podcast.record import rfc3339, sound_name

if TYPE_CHECKING:
    from podcast.feed.site.frame import Site
    from podcast.types import Episode, SpokenSegment


def series(site: Site) -> dict[str, Any]:
    """The show, as schema.org has it."""
    author = {"author": {"@type": "Person", "name": site.author}} if site.author else {}
    return {
        "@type": "PodcastSeries",
        "name": site.title,
        "url": site.address,
        "webFeed": site.feed_address,
        "description": site.description,
        "image": f"{site.address}{site.small_cover}",
        "inLanguage": site.language,
        **author,
        **({"license": site.license_url} if site.license_url else {}),
    }


def episode_data(site: Site, episode: Episode, summary: str, picture: str) -> dict[str, Any]:
    """An episode of it: where it sounds, what its parts are, which papers it cites; `picture` is its path."""
    url = f"{site.address}{episode.slug}/"
    duration = f"PT{round(episode.duration_ms / 1000)}S"
    papers = [_paper(segment) for segment in episode.segments if web_address(segment.url)]
    return {
        "@type": "PodcastEpisode",
        "name": one_line(episode.title) or episode.slug,
        "url": url,
        "identifier": episode.guid,
        "datePublished": rfc3339(episode.date),
        "description": one_line(summary),
        "image": f"{site.address}{picture}",
        "inLanguage": site.language,
        "duration": duration,
        "associatedMedia": {
            "@type": "AudioObject",
            "contentUrl": episode_address(site.address, episode.slug, sound_name(episode.slug)),
            "encodingFormat": "audio/mpeg",
            "contentSize": str(episode.bytes),
            "duration": duration,
        },
        "partOfSeries": series(site),
        "hasPart": [_clip(segment, url) for segment in episode.segments],
        **({"citation": papers} if papers else {}),
    }


def _clip(segment: SpokenSegment, url: str) -> dict[str, Any]:
    return {
        "@type": "Clip",
        "name": one_line(segment.title),
        "startOffset": segment.start_ms / 1000,
        "endOffset": segment.end_ms / 1000,
        "url": f"{url}#t={seconds(segment.start_ms)}",
    }


def _paper(segment: SpokenSegment) -> dict[str, Any]:
    authors = [{"@type": "Person", "name": name} for name in names_and_others(segment.authors)[0]]
    paper = {"@type": "ScholarlyArticle", "name": one_line(segment.title), "url": segment.url}
    return {**paper, **({"author": authors} if authors else {})}
