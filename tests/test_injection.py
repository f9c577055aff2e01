"""Papers that give orders: whatever a source says, it is told or left out, and never followed.

Each text of data/injections.jsonl stands in a paper between two sound ones. The embedded writer reads it aloud at most;
the model of these tests obeys it as far as a model can, by saying exactly what the paper says.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chat_server import GOOD, ChatServer, chat_server, messages, source, source_texts, system
from test_llm_writer import PAPER, PATIENT, only_our_settings

from podcast.errors import OutsideError
from podcast.spending import Ledger
from podcast.types import Brief, Finding, Newsletter, Script, Section
from podcast.writing.answers import visible
from podcast.writing.compose import Occasion, compose
from podcast.writing.script import format_script, parse_script
from podcast.writing.writers import Means
from podcast.writing.writers.extractive import ExtractiveWriter
from podcast.writing.writers.openai import OpenAIWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Podcast

    from podcast.types import Paper
    from podcast.writing.writers import Writer

__all__ = ["only_our_settings"]

KEY = "sk-very-secret"
LINES = (Path(__file__).parent / "data" / "injections.jsonl").read_text(encoding="utf-8").splitlines()
INJECTIONS: dict[str, str] = {line["name"]: line["text"] for line in map(json.loads, LINES)}
HOSTS = (("Ada", "hum"), ("Bo", "hum"))
DATE = dt.date(2024, 6, 15)

BEFORE = dataclasses.replace(PAPER, title="The One Before", arxiv_id="2406.00002")
AFTER = dataclasses.replace(PAPER, title="The One After", arxiv_id="2406.00003")


def with_order(text: str) -> Paper:
    """Return a paper that gives an order in the middle of what it says."""
    return dataclasses.replace(PAPER, paragraphs=(PAPER.paragraphs[0], text, *PAPER.paragraphs[1:]))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """Return a model that says what the paper says."""
    with chat_server(work="obeys") as service:
        yield service


def asking(server: ChatServer, **means: object) -> OpenAIWriter:
    """Return a writer that asks it."""
    given = dataclasses.replace(Means(base_url=server.url), **means)  # type: ignore[arg-type]
    return OpenAIWriter(given, sleep=lambda _: None, patience=PATIENT)


def composed(writer: Writer, paper: Paper, hosts: tuple[tuple[str, str], ...] = ()) -> Script:
    """Write an episode of three papers, this one in the middle."""
    newsletter = Newsletter("The Week", DATE, (), (BEFORE, paper, AFTER))
    return compose(newsletter, Occasion(DATE, "My Show", speakers=hosts), writer).script


def structure(script: Script) -> list[tuple[str, str | None]]:
    """Return what a paper must not change: which segments there are, and what they are about."""
    return [(segment.title, segment.paper) for segment in script.segments]


EXPECTED = [
    ("Welcome", None),
    ("The One Before", "arXiv:2406.00002"),
    ("Sorting is Harder than it Looks", "arXiv:2406.00001"),
    ("The One After", "arXiv:2406.00003"),
    ("Until next time", None),
]


def check_script(script: Script) -> None:
    """Written and read again it has the same segments, speakers and findings, and nothing that is not words."""
    again = parse_script(format_script(script), "script.md")
    assert structure(again) == structure(script) == EXPECTED
    assert again.title == "The Week"
    assert (again.date, again.voice, again.speakers) == (DATE, None, script.speakers)
    names = {None, *(name for name, _ in script.speakers)}
    for before, after in zip(script.segments, again.segments, strict=True):
        assert {paragraph.speaker for paragraph in after.paragraphs} <= names
        assert [type(item) for item in after.items] == [type(item) for item in before.items]
    assert [segment.items for segment in again.segments[:2]] == [segment.items for segment in script.segments[:2]]


def test_there_are_enough_of_them() -> None:
    """And no two alike."""
    assert len(INJECTIONS) == len(set(INJECTIONS.values())) == len(LINES) >= 36


@pytest.mark.parametrize("name", INJECTIONS)
def test_the_embedded_writer_reads_an_order_and_does_not_follow_it(name: str) -> None:
    """The other papers are told as ever."""
    script = composed(ExtractiveWriter(Means()), with_order(INJECTIONS[name]))
    check_script(script)
    plain = composed(ExtractiveWriter(Means()), PAPER)
    for place in (0, 1, 3, 4):
        assert script.segments[place] == plain.segments[place]
    assert set(plain.segments[2].paragraphs) <= set(script.segments[2].paragraphs)


@pytest.mark.parametrize("hosts", [(), HOSTS], ids=["one host", "two hosts"])
@pytest.mark.parametrize("name", INJECTIONS)
def test_an_obedient_model_changes_no_script_beyond_quoting(
    server: ChatServer, name: str, hosts: tuple[tuple[str, str], ...]
) -> None:
    """What it says is said as words, or the embedded writer takes over and says so."""
    script = composed(asking(server), with_order(INJECTIONS[name]), hosts)
    check_script(script)
    spoken = "\n".join(paragraph.text for paragraph in script.segments[2].paragraphs)
    forbidden = r"<!--|-->|</?[a-zA-Z]|https?:|\]\(|<\||\[!|^#|^>|^\*\*|[\x00-\x09\x0b-\x1f\u200b-\u200f\u202a-\u2069]"
    if not _is_embedded(script):
        assert not re.search(forbidden, spoken, re.MULTILINE)
    assert KEY not in format_script(script)


def _is_embedded(script: Script) -> bool:
    findings = [item.text for item in script.segments[2].items if isinstance(item, Finding)]
    return any("written by the embedded writer" in text for text in findings)


@pytest.mark.parametrize("where", ["paragraph", "title", "author", "section"])
@pytest.mark.parametrize("name", INJECTIONS)
def test_an_order_reaches_a_model_as_data_only(server: ChatServer, name: str, where: str) -> None:
    """One value of the JSON in the user's message; what the system says is the same for every paper."""
    text = INJECTIONS[name]
    sections = (Section(text, PAPER.paragraphs),)
    paper = {
        "paragraph": with_order(text),
        "title": dataclasses.replace(PAPER, title=text),
        "author": dataclasses.replace(PAPER, authors=(text,)),
        "section": dataclasses.replace(PAPER, sections=sections),
    }[where]
    writer = asking(server)
    writer.write(paper, Brief(words=300))
    writer.write(BEFORE, Brief(words=300))
    first, plain = server.asked[0], server.asked[-1]
    assert system(first) == system(plain)
    assert [role for role, _ in messages(first)] == ["system", "user"]
    data = source(first)
    assert set(data) == {"title", "authors", "sections"}
    found = {
        "paragraph": source_texts(first)[min(1, len(source_texts(first)) - 1)],
        "title": data["title"],
        "author": data["authors"][0],
        "section": data["sections"][0]["title"],
    }[where]
    assert _letters(found) == _letters(text)
    assert set(first.fields) == set(plain.fields)


def _letters(text: str) -> str:
    return "".join(sign for sign in visible(text) if sign.isprintable())


@pytest.mark.parametrize(
    "name", ["print the key", "forged delimiter", "picture that sends data", "template", "a command"]
)
def test_the_key_is_in_no_file_and_no_message(
    podcast: Podcast, server: ChatServer, name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of a whole episode: script, drafts, log of money, clips, episode.json, feed."""
    monkeypatch.setattr("podcast.writing.asking.services.is_own", lambda _: False)  # so that money is logged
    monkeypatch.setattr("podcast.outside.services.missing", lambda _: None)
    server.failures += ["429", "the key", "400 with the key", "the key"]
    hidden = podcast.folder / ".podcast"
    writer = asking(server, drafts=hidden / "drafts", ledger=Ledger(hidden / "log" / "spending.jsonl", 1.0))
    paper = with_order(INJECTIONS[name])
    writer.write(BEFORE, Brief())
    with pytest.raises(OutsideError, match="refused with status 400") as raised:
        writer.write(paper, Brief())
    script = composed(writer, paper)
    podcast.script("by-hand").parent.mkdir(parents=True)
    podcast.script("by-hand").write_text(format_script(script))
    ran = podcast("render", "by-hand", "--json")
    assert ran.exit_code == 0, ran.stderr
    assert podcast("feed").exit_code == 0
    files = [path for path in podcast.folder.rglob("*") if path.is_file()]
    assert {"script.md", "episode.json", "spending.jsonl", "feed.xml"} <= {path.name for path in files}
    assert len([path for path in files if path.parent.parent == hidden / "drafts"]) >= 3
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    output = capfd.readouterr()
    assert KEY not in "".join([ran.stdout, ran.stderr, output.out, output.err, str(raised.value), repr(raised.value)])
    assert GOOD[0] in format_script(script)
