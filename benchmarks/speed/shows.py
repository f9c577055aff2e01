"""Shows to measure with: new ones, rendered ones, scripts that were edited or are many times as long."""

from __future__ import annotations

import dataclasses
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from podcast.pipeline.script_files import find_script, read_script
from podcast.show import SETTINGS_FILE, load_show
from podcast.starter import init_show
from podcast.types import Paragraph, Script, Segment
from podcast.writing.script import format_script

if TYPE_CHECKING:
    from podcast.types import Item

_SPOKEN_ANEW = "In other words: "


def podcast(*arguments: object, show: Path) -> list[str]:
    """Return the command line of this program, for one show."""
    return [sys.executable, "-m", "podcast", *map(str, arguments), "--show", str(show), "--quiet"]


def new_show(folder: Path, voice: str) -> Path:
    """Make a show in a folder of its own, which stays as long as the one that it is made in.

    Where many files were removed, ext4 takes longer for minutes to make others.
    """
    show = Path(tempfile.mkdtemp(prefix="new-", dir=folder)) / "show"
    make_show(show, voice)
    return show


def make_show(folder: Path, voice: str) -> None:
    """Make a show in which one voice speaks; `tone` is the one without words, for trying this out."""
    init_show(folder)
    settings = folder / SETTINGS_FILE
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('voice = "heart"', f'voice = "{voice}"'), encoding="utf-8")
    (folder / "voices" / "tone.toml").write_text('engine = "tone"\nvoice = "tone"\n', encoding="utf-8")


def only_slug(show: Path) -> str:
    """Name the one episode that has a script."""
    return next(path.name for path in (show / "scripts").iterdir() if path.is_dir())


def script_of(show: Path) -> tuple[Path, Script]:
    """Read the script of the one episode."""
    path, _ = find_script(load_show(show), only_slug(show))
    return path, read_script(path)


def parts_forgotten(show: Path) -> None:
    """Throw away what is kept of the sound but its sentences."""
    shutil.rmtree(show / ".podcast" / "parts", ignore_errors=True)


# ── scripts ─────────────────────────────────────────────────────────────────────────────────────────────


def edit_middle(show: Path) -> None:
    """Change one sentence in the middle of the script, as a person does it."""
    path, script = script_of(show)
    middle = script.segments[len(script.segments) // 2]
    paragraph = middle.paragraphs[len(middle.paragraphs) // 2].text
    text = path.read_text(encoding="utf-8")
    if text.count(paragraph) != 1:
        raise SystemExit(f"{path}: what is in the middle of it does not stand there once.")
    path.write_text(text.replace(paragraph, _SPOKEN_ANEW + paragraph), encoding="utf-8")


def with_script_only(show: Path, other: Path) -> None:
    """Take a show's scripts over into another, and nothing else."""
    shutil.copytree(show / "scripts", other / "scripts", dirs_exist_ok=True)


def same_episode(show: Path, other: Path) -> bool:
    """Whether all files of the one episode have the same bytes in both shows."""
    folders = [each / "episodes" / only_slug(show) for each in (show, other)]
    mine, its = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    return mine == its


def multiplied(show: Path, other: Path, copies: int) -> None:
    """Write the script so many times over into another show, each copy in a voice of its own.

    The voices sound alike, but nothing that is kept of one is of use to another: each copy is spoken and encoded.
    """
    path, script = script_of(show)
    profile = (other / "voices" / f"{load_show(other).settings.speech.voice}.toml").read_text(encoding="utf-8")
    names = [f"v{copy}" for copy in range(copies)]
    for name in names:
        text = f"{name_line(name)}\n{profile}"
        (other / "voices" / f"{name}.toml").write_text(text, encoding="utf-8")
    segments = tuple(_in_voice(segment, name) for name in names for segment in script.segments)
    longer = dataclasses.replace(script, segments=segments, speakers=tuple((name, name) for name in names), source=None)
    target = other / "scripts" / path.parent.name / path.name
    target.parent.mkdir(parents=True)
    target.write_text(format_script(dataclasses.replace(longer, digest=None)), encoding="utf-8")


def name_line(name: str) -> str:
    """A setting that tells this voice from its twins, and that its engine does not look at."""
    return f'instructions = "{name}"'


def _in_voice(segment: Segment, name: str) -> Segment:
    items = tuple(_said_by(item, name) for item in segment.items)
    return dataclasses.replace(segment, title=f"{segment.title} ({name})", items=items)


def _said_by(item: Item, name: str) -> Item:
    return dataclasses.replace(item, speaker=name) if isinstance(item, Paragraph) else item
