"""What is run and killed, and how to see whether a show is whole: at once after a kill, and at the end."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conftest import Podcast, make_show
from crash_points import state_of
from lxml import etree
from PIL import Image
from week import highlighting_three

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping
    from pathlib import Path

OLD, NEW = "2024-06-15", "2024-06-22"
ADDRESS = "http://127.0.0.1:8000/"

_WORDS = """\
# Papers of June 15, 2024

### Sorting is Hard

[arXiv:2406.00001](https://arxiv.org/abs/2406.00001) · Ada Lovelace

It sorts ten lists. It is slow.

### Bees

It has no result.
"""

Tree = dict[str, bytes | None]
"""What lies in a show, by path; folders have no content."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A command, and the show that it finds."""

    name: str
    words: tuple[str, ...]
    prepare: Callable[[Path], None]


# ── the shows ───────────────────────────────────────────────────────────────────────────────────────────


def begin(folder: Path) -> Podcast:
    """Make a small show that hums: killing is about files, not about sound."""
    show = make_show(folder, music=False)
    shutil.rmtree(folder / "voices" / "music")
    picture = folder / "cover.jpg"
    Image.new("RGB", (1400, 1400), "navy").save(picture)
    settings = folder / "show.toml"
    lines = settings.read_text().splitlines(keepends=True)
    given = {"cover": f'"{picture.name}"', "sample_rate_hz": "24000", "channels": "1", "bitrate_kbps": "64"}
    for name, value in given.items():
        lines = [f"{name} = {value}\n" if line.startswith(f"{name} = ") else line for line in lines]
    settings.write_text("".join(lines))
    return show


def newsletter_of(day: int) -> str:
    """Return a short newsletter."""
    return _WORDS.replace("June 15", f"June {day}")


def _make(show: Podcast, day: int) -> None:
    ran = show("make", "-", stdin=newsletter_of(day).encode())
    assert ran.exit_code == 0, ran.stderr


def _edit(show: Podcast, slug: str) -> None:
    path = show.script(slug)
    path.write_text(path.read_text() + "\n## More\n\nSome words more.\n")


def _empty(folder: Path) -> None:
    begin(folder).folder.joinpath("newsletter.md").write_text(newsletter_of(15))


def prepare_edited(folder: Path) -> None:
    """Make a show whose one script was edited after its episode had been made."""
    _empty(folder)
    show = Podcast(folder)
    ran = show("make", folder / "newsletter.md")
    assert ran.exit_code == 0, ran.stderr
    _edit(show, OLD)


def _two_edited(folder: Path) -> None:
    show = begin(folder)
    _make(show, 15)
    _make(show, 22)
    _edit(show, NEW)


def _another_instead(folder: Path) -> None:
    """One episode has come that is not in the feed, and one that is in it was deleted."""
    _two_edited(folder)
    new, aside = Podcast(folder).episode(NEW), folder.with_name("aside")
    new.rename(aside)
    assert Podcast(folder)("feed").exit_code == 0
    aside.rename(new)
    shutil.rmtree(Podcast(folder).episode(OLD))


def _of_a_week(folder: Path) -> None:
    highlighting_three(begin(folder))


SCENES = (
    Scene("make", ("make", "newsletter.md"), _empty),
    Scene("make edited", ("make", "newsletter.md"), prepare_edited),
    Scene("render", ("render", NEW), _two_edited),
    Scene("feed", ("feed",), _another_instead),
    Scene("week", ("make", "week"), _of_a_week),
)


# ── all that lies in a show ─────────────────────────────────────────────────────────────────────────────


def tree_of(folder: Path) -> Tree:
    """Return what two runs that end alike have in common: not locks, nor when files were written."""
    tree: Tree = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not _is_passing(name):
            tree[name] = None if path.is_dir() else _content(path, name)
    return tree


def _is_passing(name: str) -> bool:
    return name.startswith(".podcast/locks/") or (name.startswith(".podcast/") and name.endswith((".lock", ".log")))


def _content(path: Path, name: str) -> bytes:
    if name == "papers.db":
        with contextlib.closing(sqlite3.connect(path)) as database:
            return "\n".join(database.iterdump()).encode()
    if name == ".podcast/pages.json":
        pages = json.loads(path.read_bytes())
        return json.dumps({page: each["bytes"] for page, each in pages.items()}).encode()  # the rest is when
    return path.read_bytes()


def differences(tree: Tree, expected: Tree) -> tuple[list[str], list[str]]:
    """Name what is not as expected, and what should not be there at all."""
    wrong = [name for name in expected if name not in tree or tree[name] != expected[name]]
    return wrong, [name for name in tree if name not in expected]


# ── after a kill ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Seen:
    """What a listener would find."""

    broken: tuple[str, ...] = ()
    """What the feed names and is not there; the feed itself if it is no XML."""
    behind: tuple[str, ...] = ()
    """Episodes of which the feed gives the former length."""
    in_between: tuple[str, ...] = ()
    """Files that are neither the former nor the new ones."""


def look(folder: Path, before: Tree, after: Tree) -> Seen:
    """See whether what is public is whole: every file the former one or the new one, and all there that is named."""
    there = {name: path.read_bytes() for name, path in _public(folder).items()}
    strange = [name for name, data in there.items() if data not in (before.get(name), after.get(name))]
    mixed = [slug for slug in (OLD, NEW) if not _is_one_of(slug, there, before, after)]
    broken: list[str] = []
    behind: list[str] = []
    for name in there:
        if name.startswith("feed/feed") and name.endswith(".xml"):
            _look_at_feed(name, there, broken, behind)
    gone = [name for name in broken if not (name in before or name in after)]  # a person deleted it before the run
    broken = [name for name in broken if name not in gone]
    return Seen(tuple(broken), tuple(behind), (*strange, *mixed))


def _public(folder: Path) -> dict[str, Path]:
    """Return the files of feed/ and episodes/, but those in hidden places: nobody is led to these."""
    paths = (path for room in ("feed", "episodes") for path in (folder / room).rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: path for name, path in names.items() if "/." not in name}


def _is_one_of(slug: str, there: Mapping[str, bytes], *versions: Tree) -> bool:
    """Whether an episode is wholly of one version, or not there."""
    start = f"episodes/{slug}/"
    own = {name: data for name, data in there.items() if name.startswith(start)}
    return not own or any(own == {name: tree[name] for name in tree if name.startswith(start)} for tree in versions)


def _look_at_feed(name: str, there: Mapping[str, bytes], broken: list[str], behind: list[str]) -> None:
    try:
        root = etree.fromstring(there[name])
    except etree.XMLSyntaxError:
        broken.append(name)
        return
    named = {value for node in root.iter() for key, value in node.attrib.items() if key in {"url", "href"}}
    paths = {_path_of(value) for value in named if value.startswith(ADDRESS)}
    broken += sorted(paths - there.keys())
    for enclosure in root.iter("enclosure"):
        path = _path_of(enclosure.get("url"))
        if path in there and len(there[path]) != int(enclosure.get("length")):
            behind.append(path)


def _path_of(address: str) -> str:
    path = address.removeprefix(ADDRESS).partition("#")[0]
    path = f"{path}index.html" if path.endswith("/") or not path else path
    return path if path.startswith("episodes/") else f"feed/{path}"


# ── a power cut ─────────────────────────────────────────────────────────────────────────────────────────


def states_of(folder: Path) -> frozenset[tuple[int, ...]]:
    """Return the state of every file."""
    return frozenset(state_of(path.lstat()) for path in folder.rglob("*") if not path.is_dir())


_ZEROS = 1 / 3
"""Share of torn files that have their length, but zeros where nothing was written."""


def tear(folder: Path, kept: frozenset[tuple[int, ...]], chance: random.Random) -> int:
    """Cut what was written and may not be on the disk to a half, to nothing, or to zeros; say how many files that were.

    Names are as they were: a file system keeps these in their order, so that a cut of power finds those of some moment,
    and each moment has its kill. SQLite syncs past us, and keeps its own word: its files are left alone.
    """
    torn: set[int] = set()
    for path in sorted(folder.rglob("*")):
        found = path.lstat()
        may_be_lost = stat.S_ISREG(found.st_mode) and found.st_size and state_of(found) not in kept
        if may_be_lost and not path.name.startswith("papers.db") and found.st_ino not in torn:
            os.truncate(path, chance.choice((found.st_size // 2, 0)))
            if chance.random() < _ZEROS:
                os.truncate(path, found.st_size)
            torn.add(found.st_ino)
    return len(torn)
