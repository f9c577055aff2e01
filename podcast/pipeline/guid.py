"""The show's guid, written down: by it apps and directories know the show, wherever its feed goes."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

from podcast import files
from podcast.errors import InputError
from podcast.outside.toml_editing import with_setting
from podcast.show import SETTINGS_FILE
from podcast.types import Event

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.pipeline import Observe
    from podcast.show import Show


def pin_guid(show: Show, observe: Observe) -> Show:
    """Write the guid of a show that has none into show.toml; return the show with it.

    It follows from the address at which the show is first published, and stays when that changes. A show that only
    this machine can reach gets none yet. Raises InputError if the file may not be written.
    """
    if show.settings.guid or not show.has_public_address:
        return show
    path = (show.folder / SETTINGS_FILE).resolve()
    guid = str(show.guid)
    _refuse_read_only(path, guid)
    mode = path.stat().st_mode
    text = path.read_bytes().decode("utf-8")
    files.write_bytes(path, with_setting(text, "guid", guid).encode("utf-8"))
    path.chmod(mode)
    observe(Event("note", f"{path}: guid = {guid}, by which apps know the show from now on. Leave it there."))
    return dataclasses.replace(show, settings=dataclasses.replace(show.settings, guid=guid))


def _refuse_read_only(path: Path, guid: str) -> None:
    """Nobody's lock is broken: a file that may not be written is not replaced by another one either."""
    if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise InputError(
            f'{path}: read-only, but the show needs its guid in it before it is published. Write guid = "{guid}" into '
            "it yourself, or make it writable and run this again."
        )
