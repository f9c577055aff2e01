"""The guid of an episode: it never changes once there is one, whatever became of the file that says it.

Apps know an episode by its guid alone: another one, and every subscriber gets it a second time.
"""

from __future__ import annotations

import contextlib
import json
import re
import uuid
from typing import TYPE_CHECKING

from podcast.errors import PodcastError
from podcast.record import EPISODE_JSON, is_altered, read_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.show import Show

_ITEM = re.compile(r"<item>.*?</item>", re.DOTALL)
_GUID = re.compile(r"<guid[^>]*>\s*([0-9A-Fa-f-]{36})\s*</guid>")


def guid_of(show: Show, slug: str) -> str:
    """Return the guid of an episode that is to be rendered: the one it has, else the one that show and slug give.

    Where its episode.json was altered since it was written, the one by which that would hold; where it cannot be read,
    or is a copy of another episode's, the one by which the feed knows this episode.
    """
    data, usual = _record(show, slug), str(uuid.uuid5(show.guid, slug))
    said = _said(data, slug)
    if _is_guid(said) and not _is_altered(data) and not _is_anothers(show, slug, said):
        return said
    others = (*_in_feed(show, slug), usual)
    if said:
        there = said.encode(errors="surrogatepass")  # as `json` reads it, halves of characters included
        held = (guid for guid in others if not _is_altered(data.replace(there, guid.encode())))
        if guid := next(held, None):
            return guid
    taken = _taken(show, slug)
    return next((guid for guid in (said, *others) if _is_guid(guid) and guid not in taken), usual)


def _record(show: Show, slug: str) -> bytes:
    with contextlib.suppress(FileNotFoundError, IsADirectoryError):
        return (show.episode_folder(slug) / EPISODE_JSON).read_bytes()
    return b""


def _said(data: bytes, slug: str) -> str:
    """What an episode.json has for a guid, which may be none; empty if it is about another episode."""
    try:
        values = json.loads(data)
        return str(values["guid"]) if values["slug"] == slug else ""
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _is_altered(data: bytes) -> bool:
    try:
        return is_altered(data)
    except (ValueError, RecursionError):
        return True


def _is_anothers(show: Show, slug: str, guid: str) -> bool:
    """Whether it is what show and slug give another episode that is there: then this one is a copy made by hand."""
    slugs = (path.parent.name for path in show.episodes.glob(f"[!.]*/{EPISODE_JSON}"))
    return any(guid == str(uuid.uuid5(show.guid, other)) for other in slugs if other != slug)


def _is_guid(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def _in_feed(show: Show, slug: str) -> Iterator[str]:
    """Yield by which guid the feed, or an archive of it, knows an episode."""
    for path in sorted(show.feed.glob("feed*.xml"), reverse=True):
        for item in _ITEM.findall(path.read_text("utf-8", "replace")):
            found = _GUID.search(item)
            if found and f"/episodes/{slug}/" in item:
                yield found[1].lower()


def _taken(show: Show, slug: str) -> frozenset[str]:
    """By which guids other episodes are known."""
    taken = set()
    for path in show.episodes.glob(f"[!.]*/{EPISODE_JSON}"):
        with contextlib.suppress(PodcastError, IsADirectoryError):
            if path.parent.name != slug:
                taken.add(read_record(path.parent).guid)
    return frozenset(taken)
