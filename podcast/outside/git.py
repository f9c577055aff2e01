"""A branch of a git repository as a place of files, for GitHub Pages and whoever serves a branch.

Nothing is ever checked out: files go into git's store of objects, and a commit is made of them and pushed at the end.
So no name and no link in a branch can reach a file of this machine, and no attribute of it can change a sound; what a
killed run left is not part of anything. Only the branch's last state is kept here, not its history.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from podcast import files
from podcast.errors import InputError, OutsideError
from podcast.masking import shown
from podcast.outside.git_program import REMOTE, Address, Git, GitError, Login, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from urllib.parse import SplitResult

    from podcast.outside.storage import Storage

DEFAULT_BRANCH = "gh-pages"
MOST_BYTES = 100 * 2**20
"""Of a file: GitHub takes none that is larger."""

_LOOK_S = 120.0
_MOVE_S = 3600.0
"""How long it may take to ask for a branch, and to fetch or push it: a year of sounds is a gigabyte."""

_TIP = "refs/heads/publish"
"""What the branch's last state is called here, whatever the branch is called there."""

_NO_JEKYLL = ".nojekyll"
"""With it GitHub Pages serves the files as they are."""

_FILE = "100644"
_FILES = {_FILE, "100755"}
_BRANCH_PART = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")
_LONGEST_BRANCH = 200
_PATH_PART = re.compile(r"(?!\.{1,2}$)(?!\.git)[A-Za-z0-9._-]{1,255}", re.IGNORECASE)
_PLAIN = re.compile(r"[!-~]+")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(:\d{1,5})?")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_SHORTEST_TOKEN = 16
_NO_ADDRESS = (
    "no address of a repository. It should be like git+https://host/me/show.git#gh-pages, "
    "git+ssh://git@host/me/show.git#gh-pages or git+file:///folder/show.git#gh-pages."
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a branch has under a name: a file, or a link or another repository that is left as it is."""

    mode: str
    object_id: str
    bytes: int | None


@contextlib.contextmanager
def open_git(target: str, work: Path, sleep: Callable[[float], None] = time.sleep) -> Iterator[Storage]:
    """Open a target like git+https://host/me/show.git#gh-pages; `work` keeps a copy of the branch between runs.

    Raises InputError if it is no such target, OutsideError if the branch cannot be had.
    """
    address, branch = parse_target(target)
    folder = work / hashlib.sha256(f"{address.place}#{branch}".encode()).hexdigest()[:16]
    with files.locked(folder.with_suffix(".lock")):
        git = Git(folder, address, sleep)
        yield _Branch(git, branch, *_begin(git, branch))


def parse_target(target: str) -> tuple[Address, str]:
    """Read where the repository is, and its branch; InputError for what is no such target, or no safe one."""
    url, _, branch = target.removeprefix("git+").partition("#")
    if branch and not _is_branch(branch):
        raise InputError(
            f"{shown(target)}: what stands behind # cannot be its branch. Use letters, digits, dashes, as in #gh-pages."
        )
    try:
        parts = urlsplit(url if target.startswith("git+") and _PLAIN.fullmatch(url) else "")
        problem = _problem(parts)
    except ValueError:  # brackets without an address in them, a port above 65535
        problem = _NO_ADDRESS
    if problem:
        raise InputError(f"{shown(target)}: {problem}")
    place = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    secrets = _secrets(parts)
    name = shown(f"git+{url}") + f"#{branch or DEFAULT_BRANCH}"
    login = _login(parts)
    return Address(place if login else url, parts.scheme, name, place, secrets, login), branch or DEFAULT_BRANCH


def _problem(parts: SplitResult) -> str | None:
    """Say what is wrong with an address, if anything is."""
    user, _, host = parts.netloc.rpartition("@")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        return "http shows passwords to whoever listens. Use git+https."
    if parts.scheme == "ssh" and parts.password is not None:
        return "ssh takes no password from an address. Leave it out; a key that an agent holds will do."
    if {"\n", "\r", "\0"} & set(unquote(user)):
        return _NO_ADDRESS
    has_host = parts.port != 0 and _HOST.fullmatch(host) is not None and not user.startswith("-")
    fits = {"file": not parts.netloc, "https": has_host, "http": has_host, "ssh": has_host}.get(parts.scheme, False)
    has_path = len(parts.path) > 1 and not parts.path.startswith("/-") and not parts.query
    return None if fits and has_path else _NO_ADDRESS


def _secrets(parts: SplitResult) -> tuple[str, ...]:
    """What of an address must not be shown: a password, or a token in the place of a name."""
    token = parts.username if parts.username and len(parts.username) >= _SHORTEST_TOKEN else ""
    found = [each for each in (parts.password, token) if each]
    return tuple(dict.fromkeys([*found, *map(unquote, found)]))


def _login(parts: SplitResult) -> Login | None:
    """Who logs in over https: git would name an address with it among the arguments of what it starts."""
    if parts.username is None or parts.scheme == "ssh":
        return None
    site = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return Login(site, unquote(parts.username), None if parts.password is None else unquote(parts.password))


def _is_branch(name: str) -> bool:
    parts = name.split("/")
    fits = all(_BRANCH_PART.fullmatch(part) and ".." not in part and not part.endswith(".lock") for part in parts)
    return fits and len(name) <= _LONGEST_BRANCH


# ── the branch as it is ─────────────────────────────────────────────────────────────────────────────────


def _begin(git: Git, branch: str) -> tuple[str, dict[str, _Entry]]:
    """Have the branch's last state here: its commit, empty if there is no such branch, and what is in it.

    A copy that git cannot work with is made anew, once.
    """
    is_new = not git.folder.exists()
    try:
        return _fetch(git, branch)
    except GitError as error:
        if error.is_known or is_new:
            raise
    shutil.rmtree(git.folder)
    return _fetch(git, branch)


def _fetch(git: Git, branch: str) -> tuple[str, dict[str, _Entry]]:
    prepare(git)
    if not _commit_there(git, branch):
        return "", {}
    git.run(
        "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", REMOTE,
        f"+refs/heads/{branch}:{_TIP}", what=f"fetch {branch}", limit_s=_MOVE_S,
    )  # fmt: skip
    git.run("prune", "--expire=now", what="clear its copy")
    tip = git.run("rev-parse", "--verify", f"{_TIP}^{{commit}}", what="find the branch").decode().strip()
    return tip, _entries(git, tip)


def _commit_there(git: Git, branch: str) -> str:
    """Ask the server which commit the branch is at now; empty if there is none."""
    ref = f"refs/heads/{branch}"
    listed = git.run("ls-remote", "--refs", REMOTE, ref, what=f"ask for {branch}", limit_s=_LOOK_S).decode()
    pairs = [line.partition("\t") for line in listed.splitlines()]
    return next((commit for commit, _, name in pairs if name == ref), "")


def _entries(git: Git, commit: str) -> dict[str, _Entry]:
    """Everything of a commit by its path; bytes that are no UTF-8 stay what they are."""
    listing = git.run("ls-tree", "-r", "-l", "-z", "--full-tree", commit, what="list the branch")
    found = {}
    for line in listing.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, _, object_id, size = about.decode().split()
        found[os.fsdecode(path)] = _Entry(mode, object_id, int(size) if mode in _FILES else None)
    _refuse_impossible(git, found)
    return found


def _refuse_impossible(git: Git, entries: dict[str, _Entry]) -> None:
    """No commit can be made with such names, and nobody who means well has made one."""
    for path in entries:
        if {".git", "..", "."} & {part.casefold() for part in path.split("/")}:
            raise OutsideError(
                f"{git.address.name}: the branch has a file {path!r:.80}. Look who put it there; remove it."
            )


# ── the branch as it shall be ───────────────────────────────────────────────────────────────────────────


class _Branch:
    """The files of a branch, and what is to become of them; nobody sees a change before `finish`."""

    def __init__(self, git: Git, branch: str, tip: str, entries: dict[str, _Entry]) -> None:
        self._git = git
        self._branch = branch
        self._tip = tip
        self._entries = entries

    def sizes(self) -> dict[str, int]:
        """Bytes of every file; links, and names that no show has, are not among them."""
        sized = {path: entry.bytes for path, entry in self._entries.items() if entry.bytes is not None}
        return {path: size for path, size in sized.items() if _is_path(path)}

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        entry = self._entries.get(path)
        if entry is None or entry.bytes is None:
            raise OutsideError(f"{self._git.address.name}: no file {path!r:.80} there.")
        return self._git.stream("cat-file", "blob", entry.object_id, what=f"read {path}")

    def put(self, path: str, file: Path, media_type: str, cache_control: str) -> None:
        """Take a file in; a branch keeps no media types, nor headers."""
        del media_type, cache_control
        self._refuse_path(path)
        size = file.stat().st_size
        if size > MOST_BYTES:
            raise OutsideError(
                f"{file}: {size / 2**20:.0f} MB, but GitHub takes no file above {MOST_BYTES >> 20} MB. "
                "Lower audio.bitrate_kbps in show.toml and render it again, or publish to another kind of target."
            )
        named = self._git.run("hash-object", "-w", "--no-filters", "--", str(file.resolve()), what=f"take in {file}")
        self._make_room(path)
        self._entries[path] = _Entry(_FILE, named.decode().strip(), size)

    def remove(self, path: str) -> None:
        """Leave a file out."""
        self._refuse_path(path)
        self._entries.pop(path, None)

    def finish(self, message: str) -> None:
        """Commit what has changed and push it; nothing happens where nothing has."""
        if not self._entries:
            return
        if _NO_JEKYLL not in self._entries:
            empty = self._git.run("hash-object", "-w", "--stdin", what=f"make {_NO_JEKYLL}").decode().strip()
            self._entries[_NO_JEKYLL] = _Entry(_FILE, empty, 0)
        tree = self._write_tree()
        if self._tip and tree == self._tree_of(self._tip):
            return
        commit = self._commit(tree, message)
        self._push(commit)
        self._git.run("update-ref", _TIP, commit, what="remember what was pushed")
        self._tip = commit

    def _refuse_path(self, path: str) -> None:
        if not _is_path(path):
            raise OutsideError(f"{self._git.address.name}: {path!r:.80} cannot be published: a name for git is needed.")

    def _make_room(self, path: str) -> None:
        """A file takes the place of a folder of its name, and a folder that of a file or link."""
        parents = {path[:at] for at, sign in enumerate(path) if sign == "/"}
        for other in [each for each in self._entries if each in parents or each.startswith(f"{path}/")]:
            del self._entries[other]

    def _write_tree(self) -> str:
        index = self._git.folder / "publish.index"
        index.unlink(missing_ok=True)
        lines = [f"{entry.mode} {entry.object_id}\t{path}\0" for path, entry in sorted(self._entries.items())]
        also = {"GIT_INDEX_FILE": str(index)}
        what = "put the files together"
        self._git.run("update-index", "-z", "--index-info", what=what, also=also, stdin=os.fsencode("".join(lines)))
        return self._git.run("write-tree", what=what, also=also).decode().strip()

    def _tree_of(self, commit: str) -> str:
        return self._git.run("rev-parse", "--verify", f"{commit}^{{tree}}", what="read the branch").decode().strip()

    def _commit(self, tree: str, message: str) -> str:
        parents = ["-p", self._tip] if self._tip else []
        made = self._git.run(
            "commit-tree", tree, *parents, what="commit", stdin=message.encode(), also=_identity(self._git)
        )
        return made.decode().strip()

    def _push(self, commit: str) -> None:
        name = self._git.address.name
        ref = f"refs/heads/{self._branch}"
        try:
            self._git.run(
                "push", "--quiet", "--no-verify", "--no-follow-tags", "--signed=no", "--recurse-submodules=no",
                REMOTE, f"{commit}:{ref}", what=f"push to {self._branch}", limit_s=_MOVE_S,
            )  # fmt: skip
        except GitError as error:
            if re.search(r"\[rejected\]|cannot lock ref|failed to update ref|stale info", error.said):
                raise OutsideError(
                    f"{name}: somebody else pushed meanwhile, so nothing was. Run this again."
                ) from error
            raise
        if _commit_there(self._git, self._branch) != commit:
            raise OutsideError(f"{name}: the branch is not at what was pushed. See who else pushes; run this again.")


def _identity(git: Git) -> dict[str, str]:
    """Who commits, and when: what the user told git, else the show's own name; SOURCE_DATE_EPOCH, else now."""
    name, email = git.setting("user.name") or "podcast", git.setting("user.email") or "podcast@localhost"
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    date = f"@{epoch} +0000" if epoch.isascii() and epoch.isdecimal() else ""
    found = {}
    for who in ("AUTHOR", "COMMITTER"):
        found[f"GIT_{who}_NAME"] = os.environ.get(f"GIT_{who}_NAME") or name
        found[f"GIT_{who}_EMAIL"] = os.environ.get(f"GIT_{who}_EMAIL") or email
        found |= {f"GIT_{who}_DATE": date} if date else {}
    return found


def _is_path(path: str) -> bool:
    return all(_PATH_PART.fullmatch(part) for part in path.split("/"))
