"""Publishing to a branch of a git repository: all or nothing, and nothing of a branch is obeyed."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import skip
from publishing import ADDRESS, change_setting, public_show

from podcast.errors import BusyError, InputError, OutsideError
from podcast.outside import git as git_storage
from podcast.outside.git import open_git, parse_target
from podcast.show import load_show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Podcast

EPOCH = "1718409600"


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests has settings of git, which are none of the tests' business."""
    if shutil.which("git") is None:
        skip("git is not installed")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name, raising=False)


def git(*arguments: object, stdin: bytes = b"") -> str:
    """Run git as a person would, who has a name."""
    named = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")
    command = ["git", *named, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, input=stdin).stdout.decode().strip()


class Host:
    """A repository as a host has it, and the copy that is kept of its branch."""

    def __init__(self, folder: Path) -> None:
        self.bare = folder / "show.git"
        self.work = folder / "work"
        self.target = f"git+file://{self.bare}#gh-pages"
        self._folder = folder
        git("init", "--bare", "--quiet", self.bare)

    def ask(self, *arguments: object) -> str:
        """Run git in it."""
        return git("--git-dir", self.bare, *arguments)

    def files(self, branch: str = "gh-pages") -> dict[str, str]:
        """What a visitor would find."""
        names = self.ask("ls-tree", "-r", "--name-only", branch).splitlines()
        return {name: self.ask("cat-file", "blob", f"{branch}:{name}") for name in names}

    def commits(self) -> int:
        """How often was published."""
        return int(self.ask("rev-list", "--count", "gh-pages"))

    def publish(self, files: dict[str, str], remove: tuple[str, ...] = ()) -> None:
        """Publish these files, as the pipeline does."""
        with open_git(self.target, self.work) as storage:
            for path, text in files.items():
                storage.put(path, self.file(text), "text/plain", "max-age=60")
            for path in remove:
                storage.remove(path)
            storage.finish("An episode")

    def file(self, text: str) -> Path:
        """Write a file of the show."""
        path = self._folder / "given"
        path.write_text(text)
        return path

    def somebody_pushes(self, files: dict[str, str], branch: str = "gh-pages") -> None:
        """Have somebody else change the branch."""
        clone = self._folder / "clone"
        shutil.rmtree(clone, ignore_errors=True)
        git("clone", "--quiet", self.bare, clone)
        git("-C", clone, "checkout", "--quiet", "-B", branch, *self._upstream(branch))
        for name, text in files.items():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            (clone / name).write_text(text)
        git("-C", clone, "add", "--all")
        git("-C", clone, "commit", "--quiet", "--message", "Mine")
        git("-C", clone, "push", "--quiet", "origin", branch)

    def _upstream(self, branch: str) -> list[str]:
        return [f"origin/{branch}"] if self.ask("branch", "--list", branch) else []

    def push_tree(self, *lines: str) -> None:
        """Put a tree on the branch as it stands, whatever sense it makes."""
        tree = git("--git-dir", self.bare, "mktree", "--missing", stdin="".join(f"{line}\n" for line in lines).encode())
        commit = git("--git-dir", self.bare, "commit-tree", tree, "-m", "Odd")
        self.ask("update-ref", "refs/heads/gh-pages", commit)

    def blob(self, text: str) -> str:
        """Store bytes in it."""
        return git("--git-dir", self.bare, "hash-object", "-w", "--stdin", stdin=text.encode())


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """Return an empty repository."""
    return Host(tmp_path)


# ── what is published ───────────────────────────────────────────────────────────────────────────────────


def test_the_first_time_a_branch_of_its_own_is_made(host: Host) -> None:
    """It has no history of anything else, and GitHub serves it as it is."""
    host.somebody_pushes({"README.md": "the show's own"}, "main")
    host.publish({"feed.xml": "<rss/>", "episodes/2024-06-15/2024-06-15.mp3": "sound"})
    expected = {".nojekyll": "", "feed.xml": "<rss/>", "episodes/2024-06-15/2024-06-15.mp3": "sound"}
    assert (host.files(), host.commits()) == (expected, 1)


def test_where_nothing_is_new_nothing_is_committed(host: Host) -> None:
    """A publish that is repeated every hour leaves no trace."""
    host.publish({"feed.xml": "<rss/>"})
    host.publish({"feed.xml": "<rss/>"})
    host.publish({})
    assert host.commits() == 1


def test_a_publish_of_nothing_makes_no_branch(host: Host) -> None:
    """An empty branch would be an empty site."""
    host.publish({})
    assert not host.ask("branch", "--list")


def test_only_what_changed_is_different(host: Host) -> None:
    """A file is replaced, one is removed, the others stay; what is removed twice is no trouble."""
    host.publish({"feed.xml": "1", "a/old.json": "{}", "index.html": "<p>"})
    host.publish({"feed.xml": "2"}, remove=("a/old.json", "a/never-there.json"))
    assert host.files() == {".nojekyll": "", "feed.xml": "2", "index.html": "<p>"}
    assert host.commits() == 2


def test_it_says_what_is_there(host: Host) -> None:
    """Sizes and bytes, of what was there and of what has just been put."""
    host.publish({"feed.xml": "<rss/>"})
    with open_git(host.target, host.work) as storage:
        storage.put("a/b.json", host.file("{}"), "application/json", "")
        assert storage.sizes() == {".nojekyll": 0, "feed.xml": 6, "a/b.json": 2}
        assert b"".join(storage.chunks("feed.xml")) == b"<rss/>"
        assert b"".join(storage.chunks("a/b.json")) == b"{}"
        with pytest.raises(OutsideError, match=r"no file 'episodes/none\.mp3' there"):
            storage.chunks("episodes/none.mp3")


def test_bytes_are_published_as_they_are(host: Host) -> None:
    """No line end and no sign is changed, whatever a .gitattributes in the branch wishes."""
    wishes = host.blob("* text eol=crlf working-tree-encoding=UTF-16 ident filter=x\n")
    host.push_tree(f"100644 blob {wishes}\t.gitattributes")
    sound = bytes(range(256)) * 9 + b"\r\n$Id$\n"
    given = host.work.parent / "sound"
    given.write_bytes(sound)
    with open_git(host.target, host.work) as storage:
        storage.put("a.mp3", given, "audio/mpeg", "")
        storage.finish("Sound")
    with open_git(host.target, host.work) as storage:
        assert b"".join(storage.chunks("a.mp3")) == sound


def test_the_same_files_make_the_same_commit(host: Host, tmp_path: Path) -> None:
    """Where SOURCE_DATE_EPOCH says when it is."""
    other = Host(tmp_path / "other")
    for each in (host, other):
        each.publish({"feed.xml": "1"})
    assert host.ask("rev-parse", "gh-pages") == other.ask("rev-parse", "gh-pages")
    shown = host.ask("log", "-1", "--format=%an <%ae> %at %s", "gh-pages")
    assert shown == f"podcast <podcast@localhost> {EPOCH} An episode"


def test_whoever_has_a_name_commits_under_it(host: Host, tmp_path: Path) -> None:
    """As with any other commit of theirs; a signature that would ask for a password is not made."""
    (tmp_path / "gitconfig").write_text("[user]\nname = Ada\nemail = ada@example.org\n[commit]\ngpgSign = true\n")
    host.publish({"feed.xml": "1"})
    assert host.ask("log", "-1", "--format=%an %ae %cn", "gh-pages") == "Ada ada@example.org Ada"


def test_a_folder_takes_the_place_of_a_file_and_a_file_that_of_a_folder(host: Host) -> None:
    """A slug may be what a file was called before."""
    host.publish({"a": "file", "b/c/d": "deep"})
    host.publish({"a/index.html": "page", "b/c": "file"})
    assert host.files() == {".nojekyll": "", "a/index.html": "page", "b/c": "file"}


def test_only_the_last_state_is_fetched(host: Host) -> None:
    """A year of sounds that were replaced is of no use here."""
    for text in "123":
        host.somebody_pushes({"feed.xml": text, "sound.mp3": text * 1000})
    with open_git(host.target, host.work) as storage:
        assert storage.sizes()["sound.mp3"] == 1000
    copy = next(host.work.glob("*/HEAD")).parent
    assert git("--git-dir", copy, "rev-list", "--count", "--all") == "1"


# ── what goes wrong ─────────────────────────────────────────────────────────────────────────────────────


def test_a_run_that_ends_before_it_is_finished_changes_nothing(host: Host) -> None:
    """Neither there, nor for the next run; what it left here is cleared away."""
    host.publish({"feed.xml": "1"})
    with open_git(host.target, host.work) as storage:
        storage.put("feed.xml", host.file("half"), "", "")
    copy = next(host.work.glob("*/HEAD")).parent
    (copy / "shallow.lock").touch()
    (copy / "refs" / "heads" / "publish.lock").touch()
    assert host.files()["feed.xml"] == "1"
    host.publish({"index.html": "<p>"})
    assert host.files() == {".nojekyll": "", "feed.xml": "1", "index.html": "<p>"}
    half = git("hash-object", "--stdin", stdin=b"half")
    assert not (copy / "objects" / half[:2] / half[2:]).exists()


def test_a_copy_that_was_damaged_is_made_anew(host: Host) -> None:
    """A power cut costs a download, not a person's time."""
    host.publish({"feed.xml": "1"})
    for damage in ("objects", "HEAD"):
        copy = next(host.work.glob("*/config")).parent
        for file in (copy / damage).rglob("*") if damage == "objects" else [copy / damage]:
            if file.is_file():
                file.chmod(0o600)
                file.write_bytes(b"?")
        host.publish({"feed.xml": damage})
        assert host.files()["feed.xml"] == damage


def test_what_somebody_else_pushed_before_is_kept(host: Host) -> None:
    """Each run begins at the branch as it is there."""
    host.publish({"feed.xml": "1"})
    host.somebody_pushes({"CNAME": "podcast.example.org"})
    host.publish({"feed.xml": "2"})
    assert host.files() == {".nojekyll": "", "feed.xml": "2", "CNAME": "podcast.example.org"}


def test_what_somebody_else_pushes_meanwhile_is_never_overwritten(host: Host) -> None:
    """The run says so and changes nothing; the next one is fine."""
    host.publish({"feed.xml": "1"})
    with open_git(host.target, host.work) as storage:
        storage.put("feed.xml", host.file("2"), "", "")
        host.somebody_pushes({"CNAME": "podcast.example.org"})
        with pytest.raises(OutsideError, match=r"somebody else pushed meanwhile, so nothing was\. Run this again"):
            storage.finish("2")
    assert host.files()["feed.xml"] == "1"
    host.publish({"feed.xml": "2"})
    assert host.files() == {".nojekyll": "", "feed.xml": "2", "CNAME": "podcast.example.org"}


def test_a_branch_that_somebody_else_makes_meanwhile_is_not_overwritten(host: Host) -> None:
    """Also where both are the first."""
    with open_git(host.target, host.work) as storage:
        storage.put("feed.xml", host.file("2"), "", "")
        host.somebody_pushes({"feed.xml": "theirs"})
        with pytest.raises(OutsideError, match="somebody else pushed meanwhile"):
            storage.finish("2")
    assert host.files() == {"feed.xml": "theirs"}


def test_two_runs_do_not_meet_in_one_copy(host: Host) -> None:
    """The second is told to wait."""
    with open_git(host.target, host.work), pytest.raises(BusyError), open_git(host.target, host.work):
        pass


def test_a_push_that_the_host_declines_is_told_with_its_reason(host: Host) -> None:
    """A protected branch, or a rule of the host's."""
    hook = host.bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'GH006: this branch is \033[31mprotected'\nexit 1\n")
    hook.chmod(0o700)
    reason = r"git could not push to gh-pages .*GH006: this branch is .?\[31mprotected"
    with pytest.raises(OutsideError, match=reason) as told:
        host.publish({"feed.xml": "1"})
    assert "\033" not in str(told.value)


def test_a_file_that_github_would_refuse_is_refused_at_once(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not after an hour's upload; with what to do about it."""
    large = host.file("")
    os.truncate(large, 100 * 2**20 + 1)
    with open_git(host.target, host.work) as storage:
        with pytest.raises(OutsideError, match=r"GitHub takes no file above 100 MB\. Lower audio\.bitrate_kbps"):
            storage.put("a.mp3", large, "audio/mpeg", "")
        monkeypatch.setattr(git_storage, "MOST_BYTES", 3)
        storage.put("a.mp3", host.file("123"), "audio/mpeg", "")


def test_no_repository_is_said_in_a_sentence(tmp_path: Path) -> None:
    """And nothing is made there."""
    with pytest.raises(OutsideError, match=r"no repository there\. Make it first, or correct the address"):
        _open(f"git+file://{tmp_path}/none.git", tmp_path)
    assert not (tmp_path / "none.git").exists()


def test_no_git_is_said_in_a_sentence(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to do about it, too."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(OutsideError, match="git is not installed, and this target needs it: install it"):
        _open(host.target, host.work)


def test_no_network_is_said_in_a_sentence(tmp_path: Path) -> None:
    """Nobody listens at that port, and it was tried four times."""
    waits_s: list[float] = []
    with (
        pytest.raises(OutsideError, match=r"no connection\. See whether the network and the host are up"),
        open_git("git+http://127.0.0.1:1/me/show.git", tmp_path, waits_s.append),
    ):
        pass
    assert waits_s == [1, 4, 15]


@pytest.fixture
def logins() -> list[str]:
    """Return what the host below was told."""
    return []


@pytest.fixture
def commands() -> list[str]:
    """Return what git ran with which arguments while the host below was asked."""
    return []


@pytest.fixture
def closed_host(logins: list[str], commands: list[str]) -> Iterator[str]:
    """Serve what asks everybody for a password, and likes none."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            logins.append(self.headers.get("Authorization", ""))
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):  # it has ended
                    commands.append(path.read_text(errors="replace").replace("\0", " "))
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("login", ["", "me:hush%2Fhush@", "ghp_0123456789abcdef@"])
def test_no_permission_is_said_without_asking_and_without_the_password(
    closed_host: str, login: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the message, nor in what --debug shows, nor in the copy that is kept."""
    caplog.set_level("DEBUG")
    with pytest.raises(OutsideError, match=r"no permission\. Give git a credential that may write there") as told:
        _open(f"git+http://{login}{closed_host}/me/show.git", tmp_path / "work")
    kept = "".join(file.read_text(errors="replace") for file in (tmp_path / "work").rglob("*") if file.is_file())
    for word in ("hush", "ghp_"):
        assert word not in str(told.value) + caplog.text + kept


def test_who_keeps_the_users_passwords_is_asked(
    closed_host: str, logins: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a machine publishes without a password in its settings."""
    helper = "!f() { echo username=ada; echo password=$TOKEN; }; f"
    (tmp_path / "gitconfig").write_text(f'[credential]\nhelper = "{helper}"\n')
    monkeypatch.setenv("TOKEN", "hush")
    with pytest.raises(OutsideError, match="no permission"):
        _open(f"git+http://{closed_host}/me/show.git", tmp_path / "work")
    assert logins == ["", f"Basic {base64.b64encode(b'ada:hush').decode()}"]


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="arguments of others are shown in another way")
def test_a_password_is_sent_to_its_host_and_is_no_programs_argument(
    closed_host: str, logins: list[str], commands: list[str], tmp_path: Path
) -> None:
    """Whoever lists the processes of this machine must not read it; nor is anybody else's password sent for it."""
    (tmp_path / "gitconfig").write_text('[credential]\nhelper = "!f() { echo password=other; }; f"\n')
    with pytest.raises(OutsideError, match="no permission"):
        _open(f"git+http://me:hush%2Fhush@{closed_host}/me/show.git", tmp_path / "work")
    assert logins == ["", f"Basic {base64.b64encode(b'me:hush/hush').decode()}"]
    assert any("remote-http" in command for command in commands)
    assert not any("hush" in command for command in commands)


def test_a_name_in_an_address_is_whose_password_is_asked_for(
    closed_host: str, logins: list[str], tmp_path: Path
) -> None:
    """Of whoever keeps the user's passwords."""
    helper = "!f() { grep -qx username=ada && echo password=hush; }; f"
    (tmp_path / "gitconfig").write_text(f'[credential]\nhelper = "{helper}"\n')
    with pytest.raises(OutsideError, match="no permission"):
        _open(f"git+http://ada@{closed_host}/me/show.git", tmp_path / "work")
    assert logins == ["", f"Basic {base64.b64encode(b'ada:hush').decode()}"]


def _open(target: str, work: Path) -> None:
    with open_git(target, work):
        pass


# ── what a branch must not do ───────────────────────────────────────────────────────────────────────────


def test_a_link_in_the_branch_is_never_followed(host: Host, tmp_path: Path) -> None:
    """Neither to read what it shows to, nor to write there."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    links = [f"120000 blob {host.blob(str(to))}\t{name}" for name, to in (("a", outside), ("s", outside / "secret"))]
    host.push_tree(*links)
    with open_git(host.target, host.work) as storage:
        assert storage.sizes() == {}
        with pytest.raises(OutsideError, match="no file 's' there"):
            storage.chunks("s")
        storage.put("a/x.json", host.file("{}"), "", "")
        storage.put("s", host.file("mine"), "", "")
        storage.finish("No links")
    assert host.files() == {".nojekyll": "", "a/x.json": "{}", "s": "mine"}
    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert (outside / "secret").read_text() == "secret"


@pytest.mark.parametrize("name", [".git", ".GIT", ".."])
def test_a_branch_with_names_that_no_honest_one_has_is_refused(host: Host, name: str) -> None:
    """A person should look who did that."""
    tree = git("--git-dir", host.bare, "mktree", stdin=f"100755 blob {host.blob('evil')}\tpost-checkout\n".encode())
    host.push_tree(f"040000 tree {tree}\t{name}", f"100644 blob {host.blob('1')}\tfeed.xml")
    with pytest.raises(OutsideError, match="Look who put it there; remove it"):
        _open(host.target, host.work)


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/x",
        "a/../../x",
        ".git/hooks/post-commit",
        "a/.GIT/config",
        ".gitmodules",
        "a//b",
        "",
        "a/",
        "a\nb",
        "a\\b",
    ],
)
def test_no_path_leaves_the_tree(host: Host, path: str) -> None:
    """Nor is one of git's own."""
    with open_git(host.target, host.work) as storage:
        with pytest.raises(OutsideError, match="cannot be published"):
            storage.put(path, host.file("x"), "", "")
        with pytest.raises(OutsideError, match="cannot be published"):
            storage.remove(path)


def test_names_that_no_show_has_stay_as_they_are(host: Host) -> None:
    """What somebody laid into the branch is theirs."""
    host.somebody_pushes({"Ünï cöde/a b.txt": "theirs"})
    host.publish({"feed.xml": "1"})
    with open_git(host.target, host.work) as storage:
        assert storage.sizes() == {".nojekyll": 0, "feed.xml": 1}
    listed = host.ask("-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "gh-pages")
    assert listed.splitlines() == [".nojekyll", "feed.xml", "Ünï cöde/a b.txt"]


def test_no_hook_and_no_setting_of_a_copy_is_obeyed(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may have sent the folder .podcast along; nor does it matter from where we were started."""
    host.publish({"feed.xml": "1"})
    copy = next(host.work.glob("*/HEAD")).parent
    spy = f"touch {tmp_path / 'obeyed'}"
    (copy / "hooks").mkdir()
    for name in ("pre-push", "reference-transaction", "post-index-change", "pre-auto-gc"):
        (copy / "hooks" / name).write_text(f"#!/bin/sh\n{spy}\n")
        (copy / "hooks" / name).chmod(0o700)
    (copy / "config").write_text(f"[core]\n\tfsmonitor = {spy}\n\tsshCommand = {spy}\n\thooksPath = {copy}/hooks\n")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    with open_git(host.target, host.work) as storage:
        storage.put("feed.xml", host.file("2"), "", "")
        storage.finish("2")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.delenv(name)
    assert host.files()["feed.xml"] == "2"
    assert not (tmp_path / "obeyed").exists()
    assert not (tmp_path / "elsewhere").exists()


def test_an_address_that_settings_turn_into_a_command_is_not_followed(host: Host, tmp_path: Path) -> None:
    """Only the protocol that was asked for is spoken."""
    (tmp_path / "gitconfig").write_text(
        f'[url "ext::touch {tmp_path}/obeyed %S "]\ninsteadOf = file://\n[protocol]\nallow = always\n'
    )
    with pytest.raises(OutsideError, match="transport 'ext' not allowed"):
        _open(host.target, host.work)
    assert not (tmp_path / "obeyed").exists()


# ── a show ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def published(host: Host, shared: Path, tmp_path: Path) -> Podcast:
    """Return a show with two episodes, published for the first time."""
    podcast = public_show(shared, tmp_path / "show")
    change_setting(podcast, 'target = ""', f'target = "{host.target}"')
    ran = podcast("publish")
    assert (ran.exit_code, ran.stdout) == (0, f"{ADDRESS}feed.xml\n"), ran.stderr
    return podcast


def test_a_show_is_published_whole(host: Host, published: Podcast) -> None:
    """Feed, pages and sound in one commit; its guid is in show.toml now, and is the feed's."""
    names = host.ask("ls-tree", "-r", "--name-only", "gh-pages").splitlines()
    assert {".nojekyll", "feed.xml", "index.html", "episodes/2024-06-15/2024-06-15.mp3"} <= set(names)
    sound = published.episode() / "episode.mp3"
    assert host.ask("cat-file", "-s", "gh-pages:episodes/2024-06-15/2024-06-15.mp3") == str(sound.stat().st_size)
    guid = load_show(published.folder).settings.guid
    assert f"<podcast:guid>{guid}</podcast:guid>" in host.ask("show", "gh-pages:feed.xml")
    assert (host.commits(), host.ask("log", "-1", "--format=%s", "gh-pages")) == (1, "Publish 2024-06-15, 2024-06-22")


def test_a_show_that_is_published_again_is_not_committed_again(host: Host, published: Podcast) -> None:
    """Only what is new makes a commit; a dry run makes none, and says what would go."""
    assert published("publish").exit_code == 0
    assert host.commits() == 1
    change_setting(published, "read aloud by", "spoken by")
    dry = published("publish", "--dry-run")
    assert "feed.xml" in dry.stdout
    assert host.commits() == 1
    assert published("publish").exit_code == 0
    assert host.commits() == 2
    assert "spoken by" in host.ask("show", "gh-pages:feed.xml")


def test_a_show_that_was_not_taken_is_seen_by_nobody(host: Host, published: Podcast) -> None:
    """Neither its media nor its feed: a feed on a branch is never ahead of what it names."""
    hook = host.bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o700)
    before = host.ask("rev-parse", "gh-pages")
    change_setting(published, "read aloud by", "spoken by")
    ran = published("publish")
    assert (ran.exit_code, host.ask("rev-parse", "gh-pages")) == (3, before)
    hook.unlink()
    assert published("publish").exit_code == 0
    assert "spoken by" in host.ask("show", "gh-pages:feed.xml")


def test_a_fresh_machine_brings_back_what_is_published(host: Host, published: Podcast) -> None:
    """And publishing from there changes nothing."""
    sound = (published.episode() / "episode.mp3").read_bytes()
    for name in ("episodes", "feed", ".podcast"):
        shutil.rmtree(published.folder / name)
    assert published("restore").exit_code == 0
    assert (published.episode() / "episode.mp3").read_bytes() == sound
    assert published("publish").exit_code == 0
    assert host.commits() == 1


def test_an_address_in_the_short_form_of_ssh_is_no_folder(published: Podcast) -> None:
    """It is refused, with the form that is understood."""
    ran = published("publish", "git+git@github.com:me/show.git")
    assert (ran.exit_code, "git+ssh://git@host/me/show.git" in ran.stderr) == (2, True)


def test_a_token_is_shown_nowhere(published: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither on the way nor where it fails."""
    monkeypatch.setattr("podcast.outside.git_program.WAITS_S", (0,))
    ran = published("publish", "git+http://ghp_0123456789@127.0.0.1:1/me/show.git", "--debug")
    assert ran.exit_code == 3
    assert "ghp_" not in ran.stdout + ran.stderr


# ── targets ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("target", "url", "branch", "name"),
    [
        ("git+https://github.com/me/show.git", "https://github.com/me/show.git", "gh-pages", None),
        ("git+ssh://git@github.com/me/show.git#site/v1.2", "ssh://git@github.com/me/show.git", "site/v1.2", None),
        ("git+ssh://git@[::1]:2222/~/show.git#main", "ssh://git@[::1]:2222/~/show.git", "main", None),
        ("git+file:///srv/show.git#_x-1", "file:///srv/show.git", "_x-1", None),
        ("git+https://me:hush@host/s.git#b", "https://host/s.git", "b", "git+https://…@host/s.git#b"),
    ],
)
def test_a_target_names_repository_and_branch(target: str, url: str, branch: str, name: str | None) -> None:
    """The branch is gh-pages unless it is said; messages have no password."""
    address, found = parse_target(target)
    assert (address.url, found) == (url, branch)
    assert address.name == (name or (target if "#" in target else f"{target}#gh-pages"))


@pytest.mark.parametrize(
    "target",
    [
        "git+git@github.com:me/show.git",
        "git+github.com/me/show.git",
        "git+ext::sh -c evil",
        "git+ext://host/x",
        "git+git://host/me/show.git",
        "git+http://github.com/me/show.git",
        "git+https://-oProxyCommand=evil/x",
        "git+ssh://-oProxyCommand=evil/x",
        "git+ssh://-o@host/x",
        "git+ssh://host/-x",
        "git+ssh:///x",
        "git+https://host",
        "git+https://host/",
        "git+https://host:99999/x",
        "git+https://[x/y",
        "git+https://host/x?y",
        "git+https://host/x y",
        "git+https://host/x\n[core]",
        "git+file://host/x",
        "git+file:x",
        "git+",
        "https://host/x.git",
    ],
)
def test_what_is_no_safe_address_is_refused(target: str) -> None:
    """Before anything is run."""
    with pytest.raises(InputError, match=r"no address of a repository|Use git\+https"):
        parse_target(target)


@pytest.mark.parametrize(
    "target",
    [
        "git+ssh://me:hush@host/s.git",
        "git+ssh://me:hush@host/s.git#..",
        "git+ssh://me:hush@host/s.git?x",
        "git+https://me:hu/hush@host/s.git",
        "git+https://me:hu@hush@host/s.git#..",
        "git+https://me:hu#hush@host/s.git",
        "git+https://me:hush%0Ahost=other@host/s.git",
        "git+ftp://me:hush@host/s.git",
    ],
)
def test_the_password_of_an_address_that_is_refused_is_not_shown(target: str) -> None:
    """Wherever it was put wrongly; ssh would have it among its arguments."""
    with pytest.raises(InputError) as told:
        parse_target(target)
    assert "hush" not in str(told.value)


@pytest.mark.parametrize(
    "branch",
    ["-d", "--force", "a..b", "a b", "a\nb", "/a", "a/", "a//b", ".a", "a/.b", "a.", "a.lock", "a.lock/b", "a~1", "a^",
     "a:b", "+a", "@{u}", "é", "a*", "x" * 201, "a#b"],
)  # fmt: skip
def test_what_is_no_safe_branch_is_refused(branch: str) -> None:
    """It would be an option, a range, or several refs."""
    with pytest.raises(InputError, match="cannot be its branch"):
        parse_target(f"git+https://host/x.git#{branch}")
