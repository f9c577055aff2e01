"""Voice profiles: voices/<name>.toml in the show, or among those that come with the package."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from podcast import settings
from podcast.errors import InputError
from podcast.show import starter_voices
from podcast.types import Voice

_NOT_PROFILES = {"lexicon"}


def profiles(folder: Path) -> dict[str, Path]:
    """Files of all voices by name; a show's own come before those of the package."""
    found: dict[str, Path] = {}
    for place in (starter_voices(), folder):
        found |= {path.stem: path for path in sorted(place.glob("*.toml")) if path.stem not in _NOT_PROFILES}
    return found


def load_voice(name: str, folder: Path) -> Voice:
    """Read one profile; an unknown name is an InputError that lists the known ones."""
    known = profiles(folder)
    if name not in known:
        raise InputError(
            f"There is no voice {name!r} in {folder}.{settings.did_you_mean(name, known)} "
            f"It has: {', '.join(sorted(known))}."
        )
    return _located(settings.read(Voice, known[name], name=name), known[name].parent)


def _located(voice: Voice, folder: Path) -> Voice:
    """Find a voice that is a file: beside its profile, wherever the command is run."""
    if not voice.voice.endswith(".onnx"):
        return voice
    home = voice.voice.startswith("~/")
    path = Path(voice.voice).expanduser() if home else folder / voice.voice
    return dataclasses.replace(voice, voice=str(path))
