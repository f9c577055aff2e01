"""A new show: the folders, the settings at their defaults, and voices and music to begin with."""

from __future__ import annotations

import shutil
from pathlib import Path

from podcast import files, settings
from podcast.errors import InputError
from podcast.show import SETTINGS_FILE, Settings, starter_voices

_READMES = {
    "scripts": "One folder an episode: the source as it was given, and script.md, the words to review and edit.\n",
    "episodes": "One folder an episode: sound, chapters, transcript, notes. Made from scripts/, never edited.\n",
    "feed": "What is published beside episodes/. Made, never edited.\n",
}
_IGNORED = "/.podcast/\n/episodes/*\n!/episodes/README.md\n/feed/*\n!/feed/README.md\n"


def init_show(folder: Path) -> None:
    """Make a folder a show: the same bytes whatever it is called. InputError if it already is one."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: a file of that name is there. Give the name of a folder.")
    if (folder / SETTINGS_FILE).exists():
        raise InputError(f"{folder}: already a show. Edit its {SETTINGS_FILE}, or give another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    _copy_voices(folder / "voices")
    for name, text in _READMES.items():
        _write_if_missing(folder / name / "README.md", text)
    _write_if_missing(folder / ".gitignore", _IGNORED)
    files.write_text(folder / SETTINGS_FILE, settings.to_toml(Settings()))  # last: it makes the folder a show


def _write_if_missing(path: Path, text: str) -> None:
    if not path.exists():
        files.write_text(path, text)


def _copy_voices(target: Path) -> None:
    """Copy profiles, lexicon and music; files that are there stay as they are."""
    ignore = shutil.ignore_patterns("*.py", "__pycache__")

    def copy(source: str, destination: str) -> str:
        if not Path(destination).exists():
            files.write_bytes(Path(destination), Path(source).read_bytes())
        return destination

    shutil.copytree(starter_voices(), target, ignore=ignore, copy_function=copy, dirs_exist_ok=True)
