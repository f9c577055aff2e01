"""What publishing and restoring ask of a target: what is there, and whether a file is what it should be."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from podcast.errors import InputError, OutsideError
from podcast.masking import shown
from podcast.outside.filesystem import folder_of
from podcast.outside.target import scheme_of
from podcast.publishing import manifest as listing
from podcast.publishing.manifest import MANIFEST, Manifest
from podcast.publishing.plan import There

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.outside.storage import Storage
    from podcast.show import Show


_ROOMS = ("feed", "episodes", "scripts", "voices", ".podcast")
_HALF_AN_ADDRESS = re.compile(r"[A-Za-z0-9.+@-]{2,}:")
"""As rsync and scp have it, or with a slash too few; two letters at least, for disks have one."""


def target_of(show: Show, named: str | None, command: str) -> str:
    """Return the target that was named, else the one in show.toml, where a folder is relative to the show."""
    target = named or show.settings.publish.target
    if not target:
        raise InputError(
            f"No target: name one, as in `podcast {command} s3://bucket/path`, or write it into show.toml as "
            'target = "…" under [publish].'
        )
    if scheme_of(target) in {"", "file", "local"} and not target.startswith("git+"):
        if not scheme_of(target) and _HALF_AN_ADDRESS.match(target):
            raise InputError(
                f"{shown(target)}: an address has :// in it, as sftp://me@host/srv/podcast or s3://bucket/path. If it "
                "is a folder, write ./ before it."
            )
        folder = folder_of(target, Path() if named else show.folder)
        _refuse_own(show, folder.resolve())
        return str(folder)
    return target


def _refuse_own(show: Show, folder: Path) -> None:
    """What the show makes lies there, and is made anew with all that is in it."""
    rooms = [(show.folder / name).resolve() for name in _ROOMS]
    if folder == show.folder.resolve() or any(folder.is_relative_to(room) for room in rooms):
        raise InputError(f"{folder}: the show's own. Publish into a folder of its own, as {show.folder / 'public'}.")


def look(place: Storage, target: str) -> There:
    """List what is there. InputError if its list is none of ours."""
    sizes = place.sizes()
    if MANIFEST not in sizes:
        return There(None, sizes)
    where = f"{shown(target).rstrip('/')}/{MANIFEST}"
    try:
        return There(listing.parse_manifest(read(place, MANIFEST, listing.MOST_BYTES, where)), sizes)
    except ValueError as error:
        raise InputError(
            f"{where}: not what `podcast publish` writes: {error}. If nothing else needs it, remove it there, and "
            "publish again: every file is compared then."
        ) from error


def refuse_other_show(show: Show, manifest: Manifest, target: str) -> None:
    """Leave alone what another show has published."""
    if manifest.show != show.guid:
        raise InputError(
            f"{shown(target)}: another show is published there, with the guid {manifest.show}; this one has "
            f"{show.guid}. Choose another target. If it is this show under a new address, write its guid into "
            f'show.toml: guid = "{manifest.show}"'
        )


def read(place: Storage, path: str, most_bytes: int, where: str) -> bytes:
    """Read a small file. OutsideError if it is larger than it can be."""
    data = bytearray()
    for chunk in bounded(place.chunks(path), most_bytes + 1):
        data += chunk
    if len(data) > most_bytes:
        raise OutsideError(f"{where}: more than {most_bytes / 1e6:g} MB, so it was not read. Remove it there.")
    return bytes(data)


def digest_there(place: Storage, path: str, most_bytes: int) -> str:
    """SHA-256 of a file as it comes back, or of the start of one that is too long."""
    digest = hashlib.sha256()
    for chunk in bounded(place.chunks(path), most_bytes + 1):
        digest.update(chunk)
    return digest.hexdigest()


def bounded(chunks: Iterator[bytes], most_bytes: int) -> Iterator[bytes]:
    """Yield no more than so many bytes, however many come."""
    left = most_bytes
    for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return
