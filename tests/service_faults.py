"""Every outside service with everything that can go wrong with it: what is asked, and how it ends."""

from __future__ import annotations

import contextlib
import functools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import web_server
from arxiv_server import arxiv_server
from chat_server import chat_server
from conftest import NEWSLETTER, Podcast, Ran
from gate import Gate, gate_before
from speech_server import speech_server
from web_server import page
from week import JUNE_15, WEEK, highlighting_three, whole_paper

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
    """A kind of service as a command uses it; `first` requests are answered before anything goes wrong."""

    behind: Callable[[Podcast, pytest.MonkeyPatch], contextlib.AbstractContextManager[str]]
    set_up: Callable[[Podcast, str, pytest.MonkeyPatch], tuple[object, ...]]
    names: str
    first: int = 0
    only: str = "/"
    kept: str = ""
    """A pattern of files: one for each result that came."""


def kept(show: Podcast, service: Service) -> int:
    """How many results of the service are kept."""
    return len(list(show.folder.glob(service.kept))) if service.kept else 0


def paid(show: Podcast) -> list[str]:
    """How each paid request ended, by the log."""
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
def _chat_and_arxiv(show: Podcast, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with chat_server() as server, arxiv_server(WEEK) as arxiv:
        _pick(show, arxiv.address, monkeypatch)
        yield server.url.removesuffix("/v1")


@contextlib.contextmanager
def _arxiv(*_: object) -> Iterator[str]:
    with arxiv_server(WEEK) as arxiv:
        yield arxiv.address.partition("/api")[0]


@contextlib.contextmanager
def _pdfs(show: Podcast, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with arxiv_server(WEEK) as arxiv:
        arxiv.pdfs.update({f"/pdf/{record.id}v1": whole_paper() for record in WEEK})
        _pick(show, arxiv.address, monkeypatch)
        yield arxiv.address.partition("/api")[0]


def _pick(show: Podcast, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARXIV_API_URL", address)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE_15)
    ran = highlighting_three(show)("pick", "--quiet")
    assert ran.exit_code == 0, ran.stderr


@contextlib.contextmanager
def _site(*_: object) -> Iterator[str]:
    with web_server.serving() as site:
        site.has("/issue.md", page(NEWSLETTER.encode(), "text/markdown"))
        yield site.url


# ── how it is used ──────────────────────────────────────────────────────────────────────────────────────


def _render(show: Podcast, url: str, _: pytest.MonkeyPatch) -> tuple[object, ...]:
    profile = f'engine = "openai"\nvoice = "af_heart"\nmodel = "kokoro"\nbase_url = "{url}/v1"\n'
    (show.folder / "voices" / "kokoro.toml").write_text(profile)
    show.script("by-hand").parent.mkdir(parents=True)
    show.script("by-hand").write_text(SCRIPT)
    return "render", "by-hand", "--jobs", 1, "--max-cost", 9


def _name_model(show: Podcast, url: str) -> None:
    settings = show.folder / "show.toml"
    before, writing, after = re.split(r"(?m)^(\[writing\])$", settings.read_text())
    settings.write_text(before + writing + re.sub(r'(?m)^base_url = "\S*"', f'base_url = "{url}/v1"', after, count=1))


def _script(show: Podcast, url: str, _: pytest.MonkeyPatch) -> tuple[object, ...]:
    _name_model(show, url)
    path = show.folder / "mine.md"
    path.write_text(NEWSLETTER)
    return "script", path, "--writer", "openai", "--max-cost", 9


def _newsletter(show: Podcast, url: str, _: pytest.MonkeyPatch) -> tuple[object, ...]:
    _name_model(show, url)
    return "newsletter", SLUG, "--writer", "openai", "--max-cost", 9


def _search(show: Podcast, url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[object, ...]:
    monkeypatch.setenv("ARXIV_API_URL", f"{url}/api/query")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", JUNE_15)
    highlighting_three(show)
    return ("pick",)


def _fetch_pdfs(_: Podcast, url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[object, ...]:
    monkeypatch.setenv("ARXIV_API_URL", f"{url}/api/query")
    return "newsletter", SLUG


def _fetch_issue(_: Podcast, url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[object, ...]:
    trusting = functools.partial(fetch_newsletter, trusted=(url,))  # this machine is no public server
    monkeypatch.setattr("podcast.pipeline.sources.fetch_newsletter", trusting)
    return "script", f"{url}/issue.md"


SERVICES = {
    "voice": Service(_speech, _render, "Voice kokoro.*The second of four", 1, kept=".podcast/clips/*/*.wav"),
    "script": Service(_chat, _script, "The writer.*Bees", 1, kept=".podcast/drafts/*/*.json"),
    "newsletter": Service(_chat_and_arxiv, _newsletter, "The writer.*On ", 1, kept=".podcast/drafts/*/*.json"),
    "arXiv": Service(_arxiv, _search, "127.0.0.1"),
    "PDF": Service(_pdfs, _fetch_pdfs, "arXiv:2406", only="/pdf/"),
    "address": Service(_site, _fetch_issue, "127.0.0.1:.*/issue.md"),
}


@dataclass(frozen=True, slots=True)
class Bench:
    """A service behind a gate, and the command that uses it."""

    service: Service
    show: Podcast
    gate: Gate
    command: tuple[object, ...]

    def run(self) -> Ran:
        """Run it."""
        return self.show(*self.command)


@contextlib.contextmanager
def bench(name: str, show: Podcast, monkeypatch: pytest.MonkeyPatch, url: str = "") -> Iterator[Bench]:
    """Stand ready to ask a service, at another address than its own if one is given."""
    service = SERVICES[name]
    with service.behind(show, monkeypatch) as behind, gate_before(behind) as gate:
        gate.only = service.only
        yield Bench(service, show, gate, service.set_up(show, url or gate.url, monkeypatch))
