"""What is secret stays so: left out of what is told, out of what other programs get, and away from other users."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest
import web_server
from conftest import skip
from no_waiting import without_waiting
from publishing import ADDRESS, change_setting

from podcast import private
from podcast.console import _Masking, tell
from podcast.masking import masked, secrets_of, shown
from podcast.outside.programs import own_environment, plain_environment
from podcast.show import load_show
from podcast.spending import Charge, Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Podcast

posix = pytest.mark.skipif(os.name != "posix", reason="rights are POSIX's")

# ── addresses ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://me:hush@host/x", "https://…@host/x"),
        ("https://hush@host/x", "https://…@host/x"),
        ("https://me:hu/sh@host/x", "https://…@host/x"),
        ("https://me:hu@sh@host/x", "https://…@host/x"),
        ("https://me:hu?sh#@host/x", "https://…@host/x"),
        ("git+https://hush@host/s.git#main", "git+https://…@host/s.git#main"),
        ("git+ssh://git@host/s.git", "git+ssh://git@host/s.git"),
        ("sftp://me@host:22/srv", "sftp://me@host:22/srv"),
        ("sftp://me:hush@host:22/srv", "sftp://…@host:22/srv"),
        ("https://host/@ada/post", "https://host/@ada/post"),
        ("https://host/x?token=hush", "https://host/x?token=…"),
        ("https://host/x?id=7&X-Amz-Signature=hush&page=2", "https://host/x?id=7&X-Amz-Signature=…&page=2"),
        ("https://host/x?r=5f2d8a1c9b7e4f60", "https://host/x?r=…"),
        ("https://host/x?date=2024-06-15&s=a", "https://host/x?date=2024-06-15&s=a"),
        ("https://host/x#access_token=hush", "https://host/x#access_token=…"),
        ("https://host/x;jsessionid=0123456789abcdef", "https://host/x;jsessionid=…"),
        ("/srv/show", "/srv/show"),
    ],
)
def test_an_address_says_where_and_not_by_which_password(address: str, written: str) -> None:
    """What could belong to a password is left out; what leads to a place stays readable."""
    assert shown(address) == written


def test_addresses_within_a_sentence_are_cleaned_too() -> None:
    """As other programs and libraries write them into what they say."""
    said = "fatal: unable to access 'https://tok@host/s.git/': see (http://a:b@c/d?sig=e). Or ftp://u:p@h, once more."
    clean = "fatal: unable to access 'https://…@host/s.git/': see (http://…@c/d?sig=…). Or ftp://…@h, once more."
    assert masked(said, {}) == clean


# ── the environment ─────────────────────────────────────────────────────────────────────────────────────

KEYS = {
    "OPENAI_API_KEY": "sk-hush-hush",
    "AWS_SECRET_ACCESS_KEY": "/hush/hush+hush",
    "GH_TOKEN": "ghp_hushhush",
    "SMTP_PASSWORD": "hush hush hush",
    "PGPASSWORD": "hush-hush-pg",
    "DATABASE_URL": "postgres://me:hush%2Fhush@host/db",
    "HTTPS_PROXY": "http://me:proxyhush@proxy:3128",
}
NO_KEYS = {
    "SSH_AUTH_SOCK": "/run/agent.sock",
    "GIT_AUTHOR_NAME": "Ada Lovelace",
    "AWS_SHARED_CREDENTIALS_FILE": "/home/me/.aws/credentials",
    "LANG": "en_US.UTF-8",
    "DESKTOP_SESSION": "cinnamon",
    "API_KEY": "short",
    "HOMEPAGE": "https://example.org/~ada",
}


def test_keys_are_known_by_their_names_and_passwords_by_their_place() -> None:
    """Paths, names of people and words as short as any other stay what they are."""
    assert set(secrets_of(KEYS | NO_KEYS)) == {
        "sk-hush-hush", "/hush/hush+hush", "ghp_hushhush", "hush hush hush", "hush-hush-pg", "hush%2Fhush", "hush/hush",
        "proxyhush",
    }  # fmt: skip


def test_a_key_within_a_key_leaves_nothing_of_the_longer_one() -> None:
    """The longest is looked for first."""
    assert masked("x abcdefghij x", {"A_KEY": "abcdefgh", "B_KEY": "abcdefghij"}) == "x … x"


def test_whatever_is_told_is_told_without_keys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a sentence, and in a line of the log, whoever wrote it."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-hush-hush")
    tell("It sent sk-hush-hush back.")
    record = logging.LogRecord("httpx", logging.INFO, "", 0, "GET %s", ("https://a/?key=sk-hush-hush",), None)
    assert capsys.readouterr().err == "It sent … back.\n"
    assert _Masking("%(name)s: %(message)s").format(record) == "httpx: GET https://a/?key=…"


def test_a_program_that_works_here_gets_what_it_needs_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not known to be harmless is not given: that list cannot be complete, the other one can."""
    for name, value in {**KEYS, "NOBODY_KNOWS": "x", "PATH": "/bin", "LC_ALL": "C", "HOME": "/home/me"}.items():
        monkeypatch.setenv(name, value)
    known = plain_environment()
    assert {"PATH": "/bin", "LC_ALL": "C", "HOME": "/home/me"}.items() <= known.items()
    assert not {*KEYS, "NOBODY_KNOWS"} & set(known)


def test_a_program_that_logs_in_gets_the_users_own_but_not_our_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Helpers of git and ssh read variables that only their user knows; those of other services are not theirs."""
    for name, value in {**KEYS, "PODCAST_X_TOKEN": "hush", "PODCAST_SHOW": "/srv", "AWS_REGION": "x"}.items():
        monkeypatch.setenv(name, value)
    known = own_environment("AWS_")
    assert not {"OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "PODCAST_X_TOKEN"} & set(known)
    assert {"GH_TOKEN", "SMTP_PASSWORD", "HTTPS_PROXY", "PODCAST_SHOW", "AWS_REGION"} <= set(known)


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────


def open_to_others(folder: Path) -> list[str]:
    """List what of a folder, itself among it, others have a right to."""
    found = [folder, *folder.rglob("*")]
    return [str(path) for path in found if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077]


@posix
def test_what_is_kept_is_its_owners_alone(podcast: Podcast, newsletter: Path, tmp_path: Path) -> None:
    """Sentences, locks, lists, the copy of a published branch; what is published is as readable as before."""
    if shutil.which("git") is None:
        skip("git is not installed")
    change_setting(podcast, 'base_url = "http://127.0.0.1:8000/"', f'base_url = "{ADDRESS}"')
    subprocess.run(["git", "init", "--bare", "--quiet", tmp_path / "bare"], check=True)
    before = os.umask(0o022)
    try:
        assert podcast("make", newsletter).exit_code == 0
        assert podcast("publish", f"git+file://{tmp_path / 'bare'}").exit_code == 0
    finally:
        os.umask(before)
    kept = podcast.folder / ".podcast"
    assert {path.name for path in kept.iterdir()} >= {"clips", "locks", "publish"}
    assert open_to_others(kept) == []
    public = [podcast.episode() / "episode.mp3", *(podcast.folder / "feed").glob("*.*")]
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in public)


@posix
def test_the_log_of_what_was_paid_is_its_owners_alone(tmp_path: Path) -> None:
    """Also where the folder was there."""
    path = tmp_path / ".podcast" / "log" / "spending.jsonl"
    ledger = Ledger(path, 1.0)
    ledger.settle(ledger.reserve(0.1, "speech"), Charge("host", "model", 0.1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not open_to_others(tmp_path / ".podcast")


@posix
def test_a_show_of_an_earlier_version_is_closed(podcast: Podcast, tmp_path: Path) -> None:
    """All that was open in it; not what has a second name elsewhere, which others are to read."""
    cache, elsewhere = podcast.folder / ".podcast", tmp_path / "published.mp3"
    (cache / "log").mkdir(parents=True)
    (cache / "log" / "spending.jsonl").write_text("{}\n")
    elsewhere.write_bytes(b"sound")
    elsewhere.chmod(0o644)
    (cache / "held.mp3").hardlink_to(elsewhere)
    (cache / "link").symlink_to(tmp_path)
    for path in (cache, cache / "log", cache / "log" / "spending.jsonl", tmp_path):
        path.chmod(0o755)
    podcast("feed")
    assert [path.rpartition("/")[2] for path in open_to_others(cache)] == ["held.mp3"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (elsewhere, tmp_path)] == [0o644, 0o755]


@posix
def test_a_folder_that_cannot_be_closed_is_named(podcast: Podcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk of somebody else the show can still be used."""

    def refuse(*_: object) -> None:
        raise PermissionError

    cache = load_show(podcast.folder).cache
    cache.mkdir(mode=0o755)
    monkeypatch.setattr("pathlib.Path.chmod", refuse)
    assert not private.close_to_others(cache)
    assert f"{cache}: others on this machine may read it" in podcast("feed").stderr


# ── commands ────────────────────────────────────────────────────────────────────────────────────────────

MARK = "hush0hush"
SECRET_ADDRESS = f"https://me:{MARK}@127.0.0.1:1/a.md?token={MARK}&id=7"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("make", SECRET_ADDRESS), "https://…@127.0.0.1:1/a.md?token=…&id=7"),
        (("make", f"ftp://me:{MARK}@host/a.md"), "ftp://…@host/a.md: no such file"),
        (("pick", SECRET_ADDRESS), "neither an arXiv id"),
        (("check", "--url", SECRET_ADDRESS), "https://…@127.0.0.1:1/a.md?token=…&id=7 cannot be reached"),
        (("restore", f"s3://me:{MARK}@bucket/show"), "credentials do not stand in a target"),
        (("restore", f"sftp://me:{MARK}@/show"), "no folder of a host"),
        (("restore", f"https://host/show?token={MARK}"), "nothing can be written there"),
        (("restore", f"git+ssh://me:{MARK}@host/show.git"), "ssh takes no password"),
        (("restore", f"gopher://me:{MARK}@host/show"), "not a target"),
    ],
)
def test_what_is_refused_is_named_without_its_password(
    podcast: Podcast, words: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with an address that has one, in all that a command says and writes."""
    without_waiting(monkeypatch)
    ran = podcast(*words, "--debug")
    assert (ran.exit_code in {2, 3}, says in ran.stderr, MARK in ran.stdout + ran.stderr) == (True, True, False)
    assert not [path for path in podcast.folder.rglob("*") if path.is_file() and MARK.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("table", "setting"),
    [("", "base_url"), ("[writing]", "base_url"), ("[feed]", "funding")],
)
def test_a_setting_that_is_refused_is_named_without_its_password(podcast: Podcast, table: str, setting: str) -> None:
    """Services and feeds get no address with a password, and nobody reads why."""
    path = podcast.folder / "show.toml"
    before, separator, after = path.read_text().partition(f"{table}  #" if table else "base_url")
    after = f"{separator}{after}"
    at = after.index(f"{setting} =")
    end = after.index("\n", at)
    path.write_text(f'{before}{after[:at]}{setting} = "https://me:{MARK}@host/?key={MARK}"{after[end:]}')
    ran = podcast("feed", "--debug")
    assert (ran.exit_code, "https://…@host/?key=…" in ran.stderr, MARK in ran.stderr) == (2, True, False)


def test_findings_about_a_feed_of_subscribers_do_not_tell_how_to_be_one(podcast: Podcast) -> None:
    """Each finding names the feed, whose address has a token; so would a list that is passed on."""
    with web_server.serving() as site:
        address = site.has(f"/feed.xml?token={MARK}", web_server.page(b"<html></html>"))
        ran = podcast("check", "--url", address, "--json")
    assert (ran.exit_code, "/feed.xml?token=\\u2026" in ran.stdout, MARK in ran.stdout + ran.stderr) == (1, True, False)
