"""The show's music, as it is mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from podcast.audio.render import load_music
from podcast.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from podcast.show import Show
    from podcast.types import Clip

    Music: TypeAlias = Mapping[str, Clip]
    """By where it sounds: intro, sting, outro."""


def music_of(show: Show) -> Music:
    """Read it and bring it to its loudness. InputError for a file that is not there, or cannot be used."""
    return load_music(music_files(show), show.settings.music, show.settings.audio)


def music_files(show: Show) -> dict[str, Path]:
    """Find it; InputError for a file that is not there."""
    settings = show.settings.music
    named = {"intro": settings.intro, "sting": settings.sting, "outro": settings.outro}
    found = {kind: show.file(name) for kind, name in named.items() if name}
    missing = [str(path) for path in found.values() if not path.is_file()]
    if missing:
        raise InputError(f"{', '.join(missing)}: no such music. Correct [music] in show.toml, or leave it empty.")
    return found
