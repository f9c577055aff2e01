"""What has to go where, in which order, and what the list beside the files may say meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.publishing.manifest import Entry, Manifest

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from podcast.feed.page import Lifetime
    from podcast.feed.tree import Stage

SOUND = "audio/mpeg"

_STAGES: tuple[Stage, ...] = ("media", "page", "feed")

CACHE_CONTROL: Mapping[Lifetime, str] = {
    "name": "public, max-age=31536000, immutable",
    "day": "public, max-age=86400",
    "minutes": "public, max-age=300",
}
"""What clients and the caches between are told of how long they may keep a file."""


@dataclass(frozen=True, slots=True)
class Local:
    """A file that is to be published, as it was found."""

    path: str
    file: Path
    media_type: str
    cache_control: str
    stage: Stage
    entry: Entry


@dataclass(frozen=True, slots=True)
class There:
    """What is at the target: what was put there by its list, and what is listed."""

    manifest: Manifest | None
    sizes: Mapping[str, int]

    @property
    def put(self) -> dict[str, Entry]:
        """What was put there and is still there, as far as its size tells."""
        return self._still(self.manifest.files) if self.manifest else {}

    @property
    def left(self) -> dict[str, Entry]:
        """What a killed run may have put there besides."""
        return self._still(self.manifest.sending) if self.manifest else {}

    def _still(self, listed: Mapping[str, Entry]) -> dict[str, Entry]:
        return {path: entry for path, entry in listed.items() if self.sizes.get(path) == entry.bytes}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: before, between and behind it the list is brought to what is true then."""

    sends: tuple[Local, ...]
    unchanged: int
    removes: Mapping[str, Entry]
    before: Manifest
    """While media and pages are sent."""
    media: Manifest
    """While the feed is sent: an episode that a feed names is always listed, so that it can be restored."""
    after: Manifest
    """While files are removed, of which it says only that they may be there."""
    last: Manifest


def as_listed(tree: Sequence[Local], there: There) -> set[str]:
    """Paths of what is there as the list says; what the whole show hangs on is looked at itself."""
    put = there.put
    return {local.path for local in tree if local.stage != "feed" and put.get(local.path) == local.entry}


def worth_reading(tree: Sequence[Local], there: There) -> list[Local]:
    """Files that may be there though no list says so: such of that name and size."""
    listed = as_listed(tree, there)
    return [local for local in tree if local.path not in listed and there.sizes.get(local.path) == local.entry.bytes]


def make_plan(show: uuid.UUID, tree: Sequence[Local], there: There, unchanged: Collection[str], *, prune: bool) -> Plan:
    """Decide what is sent and removed, once it is known which files are there as they are here."""
    here = {local.path: local.entry for local in tree}
    strays = {path: entry for path, entry in there.put.items() if path not in here}
    left = {path: entry for path, entry in there.left.items() if path not in here and path not in strays}
    sends = sorted((local for local in tree if local.path not in unchanged), key=lambda local: _turn(local, there))
    kept = {path: entry for path, entry in here.items() if path in unchanged}
    media = {local.path: local.entry for local in tree if local.stage != "feed"}
    after = Manifest(show, here, left | strays) if prune else Manifest(show, strays | here, left)
    return Plan(
        sends=tuple(sends),
        unchanged=len(kept),
        removes=dict(sorted((strays | left).items())) if prune else {},
        before=Manifest(show, strays | kept, left | {local.path: local.entry for local in sends}),
        media=Manifest(show, strays | kept | media, left | {path: here[path] for path in here.keys() - media.keys()}),
        after=after,
        last=Manifest(show, here) if prune else after,
    )


def _turn(local: Local, there: There) -> tuple[int, bool, bool]:
    """Media that the present feed cannot name go first, the sounds of which it gives the length last of all media."""
    is_replaced = local.stage == "media" and local.path in there.sizes
    return _STAGES.index(local.stage), is_replaced, is_replaced and local.media_type == SOUND
