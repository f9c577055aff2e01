"""What tests of publishing share: shows that are worth publishing, and what is asked of every place they went to."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

from conftest import NEWSLETTER, Podcast, make_show, once

from podcast import files

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "https://podcast.example.org/"
OLD, NEW = "2024-06-15", "2024-06-22"
MANIFEST = "published.json"


def make_public_show(folder: Path) -> None:
    """Make a humming show with two episodes and an address that others can reach."""
    show = make_show(folder, music=False)
    change_setting(show, 'base_url = "http://127.0.0.1:8000/"', f'base_url = "{ADDRESS}"')
    for date in ("June 15, 2024", "June 22, 2024"):
        ran = show("make", "-", stdin=NEWSLETTER.replace("June 15, 2024", date).encode())
        assert ran.exit_code == 0, ran.stderr


def public_show(shared: Path, folder: Path) -> Podcast:
    """Return a copy of such a show, to change and to publish; it is made once a run."""
    shutil.copytree(once(shared / "public-show", make_public_show), folder)
    return Podcast(folder)


def change_setting(show: Podcast, before: str, after: str) -> None:
    """Replace a line of show.toml."""
    path = show.folder / "show.toml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def retitle(show: Podcast, title: str, slug: str = OLD) -> None:
    """Give an episode another title, as rendering does: with new files in the places of the old ones."""
    path = show.episode(slug) / "episode.json"
    files.write_text(path, json.dumps(json.loads(path.read_bytes()) | {"title": title}))


def tree_of(show: Podcast) -> dict[str, bytes]:
    """Return what is to be published of a show, by path: all of feed/, and of episodes/ all but second names."""
    feed, episodes = show.folder / "feed", show.folder / "episodes"
    found = {path.relative_to(feed).as_posix(): path for path in feed.rglob("*") if path.name != "README.md"}
    for path in episodes.rglob("*"):
        if path.name not in {"README.md", "episode.mp3"}:
            found[f"episodes/{path.relative_to(episodes).as_posix()}"] = path
    return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


def files_in(folder: Path) -> dict[str, bytes]:
    """Return all that lies in a folder, hidden files among them, but the list of what was published."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name != MANIFEST}


def listed(text: bytes) -> dict[str, tuple[str, int]]:
    """Return what the list of what was published says."""
    return {path: (entry["sha256"], entry["bytes"]) for path, entry in json.loads(text)["files"].items()}


def entries_of(tree: dict[str, bytes]) -> dict[str, tuple[str, int]]:
    """Return what such a list should say."""
    return {path: (hashlib.sha256(data).hexdigest(), len(data)) for path, data in tree.items()}
