"""Keys, passwords and tokens planted wherever people have them: none is found again where it is not meant to be."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from arxiv_server import arxiv_server
from chat_server import chat_server
from conftest import NEWSLETTER
from publishing import change_setting, public_show
from speech_server import speech_server
from week import JUNE_15, WEEK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conftest import Podcast

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked at in /proc"),
]

MARK = "hush0hush"
PLANTED = {
    "OPENAI_API_KEY": f"sk-proj-{MARK}",
    "OPENAI_ADMIN_KEY": f"sk-admin-{MARK}",
    "AWS_ACCESS_KEY_ID": f"AKIA{MARK}",
    "AWS_SECRET_ACCESS_KEY": f"/aws+{MARK}",
    "AWS_SESSION_TOKEN": f"session-{MARK}",
    "PODCAST_FEED_TOKEN": f"feed-{MARK}",
    "HTTPS_PROXY": f"http://me:proxy-{MARK}@127.0.0.1:9",
    "ALL_PROXY": f"http://me:proxy-{MARK}@127.0.0.1:9",
    "DATABASE_URL": f"postgres://me:db-{MARK}@host/db",
    "SLACK_WEBHOOK": f"hook-{MARK}",
    "GITHUB_TOKEN": f"ghp_{MARK}",
    "SMTP_PASSWORD": f"mail-{MARK}",
}
FOR_GIT = {"GITHUB_TOKEN", "HTTPS_PROXY", "ALL_PROXY", "DATABASE_URL", "SLACK_WEBHOOK", "SMTP_PASSWORD"}
"""What helpers of git that the user has set up may read; no other program gets it."""

AT_HOME = {
    ".netrc": f"default login me password netrc-{MARK}\n",
    ".git-credentials": f"https://me:git-{MARK}@example.org\n",
    ".ssh/id_ed25519": f"-----BEGIN OPENSSH PRIVATE KEY-----\nkey-{MARK}\n-----END OPENSSH PRIVATE KEY-----\n",
    ".aws/credentials": f"[default]\naws_access_key_id = a\naws_secret_access_key = {MARK}\n",
}

WATCHED = """
import json, os, sys

def watch(event, arguments):
    if event == "subprocess.Popen":
        program, words, _, environment = arguments
        with open(os.environ["WATCHED_TO"], "a") as file:
            known = dict(os.environ if environment is None else environment)
            print(json.dumps([os.fspath(program), [os.fspath(word) for word in words], known]), file=file)

sys.addaudithook(watch)
from podcast.cli import main
main()
"""
"""What starts another program says so before it does; with which words and in which environment is written down."""


@dataclass(frozen=True, slots=True)
class Started:
    """A program that was started: what it is, its words, and what it knows."""

    program: str
    words: tuple[str, ...]
    environment: Mapping[str, str]

    @property
    def tells(self) -> bool:
        """Whether whoever lists the processes of this machine reads a secret."""
        return any(MARK in word for word in self.words)

    @property
    def secrets(self) -> set[str]:
        """The names of secrets that it knows."""
        return {name for name, value in self.environment.items() if MARK in value and name != "WATCHED_TO"}


class Planted:
    """A show, and a home full of secrets."""

    def __init__(self, show: Podcast, folder: Path) -> None:
        self.show, self.log, self.home, self.room = show, folder / "started.jsonl", folder / "home", folder / "room"
        for name, text in AT_HOME.items():
            (self.home / name).parent.mkdir(parents=True, exist_ok=True)
            (self.home / name).write_text(text)
        self.room.mkdir()

    def run(self, *words: object, status: int = 0, **more: str) -> str:
        """Run a command with --debug and return everything that it says."""
        self.log.write_text("")
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "OMP_NUM_THREADS") if name in os.environ}
        own = {"HOME": str(self.home), "TMPDIR": str(self.room), "WATCHED_TO": str(self.log), "NO_PROXY": "127.0.0.1"}
        ran = subprocess.run(
            [sys.executable, "-c", WATCHED, *map(str, words), "--show", str(self.show.folder), "--debug"],
            env={**kept, **PLANTED, **own, **more}, capture_output=True, text=True, check=False, timeout=100,
        )  # fmt: skip
        said = ran.stdout + ran.stderr
        assert ran.returncode == status, said
        assert MARK not in said, [line for line in said.splitlines() if MARK in line]
        return said

    def started(self) -> list[Started]:
        """List the programs that the last command started."""
        lines = map(json.loads, self.log.read_text().splitlines())
        return [Started(program, tuple(words), known) for program, words, known in lines]

    def files_that_tell(self) -> list[str]:
        """Name every file of the show, and every one that is left of a run, with a secret in its name or content."""
        found = [path for folder in (self.show.folder, self.room) for path in folder.rglob("*")]
        return [
            str(path) for path in found if MARK in path.name or (path.is_file() and MARK.encode() in path.read_bytes())
        ]


@pytest.fixture
def planted(shared: Path, tmp_path: Path) -> Planted:
    """Return a show with two episodes, and a home full of secrets."""
    return Planted(public_show(shared, tmp_path / "show"), tmp_path)


@contextlib.contextmanager
def refusing() -> Iterator[tuple[str, list[str]]]:
    """Serve what refuses everybody and notes the arguments of all processes meanwhile."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def _refuse(self) -> None:
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):  # it has ended
                    seen.append(path.read_text(errors="replace").replace("\0", " "))
            self.send_response(403)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD = do_PUT = do_POST = _refuse  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_port}", seen
        server.shutdown()


def test_a_paid_episode_leaves_the_key_with_its_services(planted: Planted) -> None:
    """Written and spoken by services that get the key; no program, file, log or line of output does."""
    newsletter = planted.show.folder / "new.md"
    newsletter.write_text(NEWSLETTER.replace("June 15", "June 29"))
    with chat_server() as writer, speech_server() as voice:
        profile = f'engine = "openai"\nvoice = "sage"\ndescription = "paid"\nbase_url = "{voice.url}"\n'
        (planted.show.folder / "voices" / "dear.toml").write_text(profile)
        change_setting(planted.show, 'base_url = ""', f'base_url = "{writer.url}"')
        said = planted.run("make", newsletter, "--writer", "openai", "--voice", "dear", OPENAI_BASE_URL=voice.url)
        asked = [*writer.asked, *voice.asked]
    assert {each.headers["authorization"] for each in asked} == {f"Bearer {PLANTED['OPENAI_API_KEY']}"}
    assert "ffmpeg" in said
    assert planted.started()
    assert not [each for each in planted.started() if each.tells or each.secrets]
    assert not planted.files_that_tell()


def test_a_newsletter_is_written_without_telling_anybody(planted: Planted) -> None:
    """What reads PDFs knows none of it, and the papers' files hold none."""
    with arxiv_server(WEEK) as arxiv:
        planted.run("newsletter", "week", "--slug", "week-24", ARXIV_API_URL=arxiv.address, SOURCE_DATE_EPOCH=JUNE_15)
    assert not [each for each in planted.started() if each.tells or each.secrets]
    assert not planted.files_that_tell()


def test_publishing_to_a_repository_tells_its_password_to_git_alone(planted: Planted) -> None:
    """To the git that asks the other side; not to what packs files, nor among anybody's arguments."""
    with refusing() as (host, seen):
        planted.run("publish", f"git+http://me:pass-{MARK}@{host}/me/show.git", status=3)
    assert any("remote-http" in words for words in seen)
    assert not [words for words in seen if MARK in words and "podcast.cli" not in words]
    asking = {each.words[2] for each in planted.started() if each.secrets}
    assert asking == {"ls-remote"}
    assert set.union(*(each.secrets for each in planted.started())) <= {*FOR_GIT, "PODCAST_GIT_PASSWORD"}
    assert not planted.files_that_tell()


def test_publishing_to_a_bucket_tells_no_key(planted: Planted) -> None:
    """What requests are signed with is not written down, also where they are refused."""
    with refusing() as (host, _):
        own = {"AWS_ENDPOINT_URL": f"http://{host}", "AWS_DEFAULT_REGION": "eu-west-1"}
        said = planted.run("publish", "s3://bucket/show", status=3, **own)
    assert "permission denied" in said
    assert not [each for each in planted.started() if each.tells or each.secrets]
    assert not planted.files_that_tell()
