"""Every outside service as a command uses it, behind a gate that can make anything go wrong with it."""

from __future__ import annotations

import contextlib
import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import web_server
from arxiv_server import arxiv_server
from chat_server import chat_server
from conftest import NEWSLETTER, Podcast, Ran
from gate import Gate, gate_before
from speech_server import speech_server
from web_server import page
from week import JUNE_15, WEEK, highlighting_three, whole_paper

from podcast.errors import PodcastError
from podcast.outside.filesystem import open_storage
from podcast.papers.online import fetch_newsletter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

SLUG = "2024-06-15"
SCRIPT = """\
---
title: By hand
date: 2024-06-15
speakers: {Ada: kokoro}
---

## One

**Ada:** The first of four. The second of four.

## Two

**Ada:** The third of four. The fourth of four.
"""


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of service as a command uses it."""

    behind: Callable[[Podcast, pytest.MonkeyPatch], contextlib.AbstractContextManager[str]]
    """What stands behind the gate."""
    ready: Callable[[Podcast, str, pytest.MonkeyPatch], Callable[[], Ran]]
    """Name the gate's address where a person would; what comes back runs the command."""
    names: str
    """What a message says of what was asked for."""
    first: int = 0
    """How many requests are answered before anything goes wrong."""
    only: str = "/"
    """Where paths begin that something goes wrong with."""
    kept: str = ""
    """A pattern of files: one for each result that came."""


def kept(show: Podcast, service: Service) -> int:
    """Count the results of the service that are kept."""
    return len(list(show.folder.glob(service.kept))) if service.kept else 0


def paid(show: Podcast) -> list[str]:
    """Say how each paid request ended, by the log."""
    path = show.folder / ".podcast" / "log" / "spending.jsonl"
    return [json.loads(line)["outcome"] for line in path.read_text().splitlines()] if path.exists() else []


# ── what stands behind the gate ─────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _speech(*_: object) -> Iterator[str]:
    with speech_server() as server:
        yield server.url.removesuffix("/v1")


@contextlib.contextmanager
def _chat(*_: object) -> Iterator[str]:
    with chat_server() as server:
        yield server.url.removesuffix("/v1")


@contextlib.contextmanager
def _chat_and_picks(show: Podcast, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with chat_server() as server, arxiv_server(WEEK) as arxiv:
        _pick(show, arxiv.address, monkeypatch)
        yield server.url.removesuffix("/v1")


@contextlib.contextmanager
def _arxiv(*_: object) -> Iterator[str]:
    with arxiv_server(WEEK) as arxiv:
        yield arxiv.root


@contextlib.contextmanager
def _pdfs_and_picks(show: Podcast, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with arxiv_server(WEEK) as arxiv:
        arxiv.pdfs.update({f"/pdf/{record.id}v1": whole_paper() for record in WEEK})
        _pick(show, arxiv.address, monkeypatch)
        yield arxiv.root


def _pick(show: Podcast, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARXIV_API_URL", address)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE_15)
    ran = highlighting_three(show)("pick", "--quiet")
    assert ran.exit_code == 0, ran.stderr


@contextlib.contextmanager
def _site(*_: object) -> Iterator[str]:
    with web_server.serving() as site:
        site.has("/issue.md", page(NEWSLETTER.encode(), "text/markdown"))
        site.has("/feed.xml", page(b"<rss version='2.0'><channel/></rss>", "application/rss+xml"))
        yield site.url


# ── how it is used ──────────────────────────────────────────────────────────────────────────────────────


def _render(show: Podcast, url: str, _: pytest.MonkeyPatch) -> Callable[[], Ran]:
    profile = f'engine = "openai"\nvoice = "af_heart"\nmodel = "kokoro"\nbase_url = "{url}/v1"\n'
    (show.folder / "voices" / "kokoro.toml").write_text(profile)
    show.script("by-hand").parent.mkdir(parents=True)
    show.script("by-hand").write_text(SCRIPT)
    return functools.partial(show, "render", "by-hand", "--jobs", 1, "--max-cost", 9, "--quiet")


def _name_model(show: Podcast, url: str) -> None:
    settings = show.folder / "show.toml"
    before, writing, after = settings.read_text().partition("\n[writing]")
    settings.write_text(before + writing + re.sub(r'(?m)^base_url = ".*?"', f'base_url = "{url}/v1"', after, count=1))


def _script(show: Podcast, url: str, _: pytest.MonkeyPatch) -> Callable[[], Ran]:
    _name_model(show, url)
    path = show.folder / "mine.md"
    path.write_text(NEWSLETTER)
    return functools.partial(show, "script", path, "--writer", "openai", "--max-cost", 9, "--quiet")


def _newsletter(show: Podcast, url: str, _: pytest.MonkeyPatch) -> Callable[[], Ran]:
    _name_model(show, url)
    return functools.partial(show, "newsletter", SLUG, "--writer", "openai", "--max-cost", 9, "--quiet")


def _search(show: Podcast, url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Ran]:
    monkeypatch.setenv("ARXIV_API_URL", f"{url}/api/query")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE_15)
    return functools.partial(highlighting_three(show), "pick", "--quiet")


def _fetch_pdfs(show: Podcast, url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Ran]:
    monkeypatch.setenv("ARXIV_API_URL", f"{url}/api/query")
    return functools.partial(show, "newsletter", SLUG)


def _fetch_issue(show: Podcast, url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Ran]:
    trusting = functools.partial(fetch_newsletter, trusted=(url,))  # this machine is no public server
    monkeypatch.setattr("podcast.papers.online.fetch_newsletter", trusting)
    return functools.partial(show, "script", f"{url}/issue.md", "--quiet")


def _check(show: Podcast, url: str, _: pytest.MonkeyPatch) -> Callable[[], Ran]:
    return functools.partial(show, "check", "--url", f"{url}/feed.xml", "--quiet")


def _look_into_branch(_: Podcast, url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Ran]:
    monkeypatch.setenv("NO_PROXY", "*")
    return functools.partial(_put_at, f"git+{url}/show.git")


def _look_into_bucket(_: Podcast, url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Ran]:
    environment = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    for name, value in {**environment, "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)
    return functools.partial(_put_at, "s3://show/podcast")


def _put_at(target: str) -> Ran:
    """Look what is there and put a file there, which is cheaper than a show to publish."""
    file = Path(__file__)
    try:
        with open_storage(target) as storage:
            storage.sizes()
            storage.put("feed.xml", file, "application/rss+xml", "no-cache")
            storage.finish("test")
    except PodcastError as error:
        return Ran(error.exit_code, "", f"{error}\n")
    return Ran(0, "", "")


SERVICES = {
    "voice": Service(_speech, _render, "The (first|second) of four", 1, kept=".podcast/clips/*/*.wav"),
    "model": Service(_chat, _script, "Sorting is Harder", 1, kept=".podcast/drafts/*/*.json"),
    "newsletter": Service(_chat_and_picks, _newsletter, "On Robot Grasping", 1, kept=".podcast/drafts/*/*.json"),
    "arXiv": Service(_arxiv, _search, "The search for new papers|what it was asked"),
    "PDF": Service(_pdfs_and_picks, _fetch_pdfs, "arXiv:2406.00019v1: its PDF", only="/pdf/"),
    "address": Service(_site, _fetch_issue, "/issue.md"),
    "feed": Service(_site, _check, "/feed.xml"),
    "git": Service(_site, _look_into_branch, "show.git"),
    "S3": Service(_site, _look_into_bucket, "s3://show/podcast"),
}


@dataclass(frozen=True, slots=True)
class Bench:
    """A service behind a gate, and the command that uses it."""

    service: Service
    show: Podcast
    gate: Gate
    run: Callable[[], Ran]


@contextlib.contextmanager
def bench(name: str, show: Podcast, monkeypatch: pytest.MonkeyPatch, url: str = "") -> Iterator[Bench]:
    """Stand ready to ask a service, at another address than the gate's if one is given."""
    service = SERVICES[name]
    with service.behind(show, monkeypatch) as behind, gate_before(behind) as gate:
        gate.only = service.only
        yield Bench(service, show, gate, service.ready(show, url or gate.url, monkeypatch))
