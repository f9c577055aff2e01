"""`podcast restore`: episodes that are published and not here, back into episodes/, so that a fresh clone can go on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import InputError, OutsideError, PodcastError
from podcast.feed.tree import EPISODE_FILES
from podcast.masking import shown
from podcast.outside.filesystem import open_storage
from podcast.outside.storage import PassingError
from podcast.pipeline.feed import write_feed
from podcast.pipeline.places import bounded, look, refuse_other_show, target_of
from podcast.publishing.manifest import MANIFEST, Entry, slugs_of
from podcast.record import COVER_NAME, EPISODE_JSON, EPISODE_MP3, read_record, sound_name
from podcast.types import Event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from podcast.outside.storage import Storage
    from podcast.pipeline import Observe
    from podcast.show import Show


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    target: str
    feed: Path
    slugs: tuple[str, ...]


def restore(show: Show, target: str | None, observe: Observe) -> Restored:
    """Bring back what is published and missing here, and write the feed; nothing that is here is touched.

    Raises InputError where nothing of this show is published, and says what is wrong with one once the others are here.
    """
    target = target_of(show, target, "restore")
    brought: list[str] = []
    failed: list[PodcastError] = []
    with open_storage(target, work=show.cache / "publish") as place:
        there = look(place, target)
        if there.manifest is None:
            raise InputError(f"{shown(target)}: no {MANIFEST} there, so nothing that `podcast publish` put there.")
        refuse_other_show(show, there.manifest, target)
        for slug in sorted(slugs_of(there.manifest.files)):
            if show.episode_folder(slug).exists():
                continue
            observe(Event("step", f"Bringing back {slug}"))
            try:
                _bring_back(show, slug, _files_of(slug, there.manifest.files), _From(place, shown(target)))
            except PassingError:
                raise  # the others would not be reached either
            except PodcastError as error:
                failed.append(error)
            else:
                brought.append(slug)
    return Restored(shown(target), _feed_of(show, brought, failed, observe), tuple(brought))


def _feed_of(show: Show, brought: Sequence[str], failed: Sequence[PodcastError], observe: Observe) -> Path:
    """Write the feed of what came back, and only then say of what did not."""
    if not failed:
        return write_feed(show, observe)
    for error in failed[1:]:
        observe(Event("note", str(error)))
    if brought:
        write_feed(show, observe)
    raise failed[0]


@dataclass(frozen=True, slots=True)
class _From:
    place: Storage
    where: str


def _files_of(slug: str, listed: Mapping[str, Entry]) -> dict[str, Entry]:
    """Name those files of an episode that an episode has; whatever else the list names is left where it is."""
    start = f"episodes/{slug}/"
    named = {path.removeprefix(start): entry for path, entry in listed.items() if path.startswith(start)}
    own = {sound_name(slug), *EPISODE_FILES} - {EPISODE_MP3}
    return {name: entry for name, entry in named.items() if name in own or COVER_NAME.fullmatch(name)}


def _bring_back(show: Show, slug: str, listed: Mapping[str, Entry], there: _From) -> None:
    folder = show.episode_folder(slug)
    if missing := [name for name in (EPISODE_JSON, sound_name(slug)) if name not in listed]:
        raise InputError(f"{there.where}/episodes/{slug}/: {missing[0]} is not listed in {MANIFEST}.")
    with (
        files.locked(show.lock(slug)),
        files.replacing_folder(folder, files.locked(show.publishing_lock, wait=True)) as draft,
    ):
        for name, entry in listed.items():
            _fetch(f"episodes/{slug}/{name}", entry, draft / name, there)
        if sound_name(slug) != EPISODE_MP3:
            files.link_or_copy(draft / sound_name(slug), draft / EPISODE_MP3)
        record, sound = read_record(draft, slug), listed[sound_name(slug)]
        if (record.bytes, record.sha256) != (sound.bytes, sound.sha256):
            raise OutsideError(f"{there.where}/episodes/{slug}/: {EPISODE_JSON} is not about the sound beside it.")
        if folder.exists():
            raise OutsideError(f"{folder}: came to be meanwhile, and was left as it is. Run it again.")


def _fetch(path: str, entry: Entry, place: Path, there: _From) -> None:
    digest = hashlib.sha256()
    with files.writing(place) as file:
        for chunk in bounded(there.place.chunks(path), entry.bytes + 1):
            file.write(chunk)
            digest.update(chunk)
        if digest.hexdigest() != entry.sha256:
            raise OutsideError(
                f"{there.where}/{path}: not what was published, so its episode was not brought back. "
                "`podcast render` makes it anew from its script."
            )
