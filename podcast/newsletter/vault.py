"""Notes for whoever keeps a vault of them (Obsidian and its like): one file a paper, never over a person's words."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.newsletter.escaping import clean, escape
from podcast.newsletter.markdown import folders, tidied
from podcast.newsletter.names import note_name
from podcast.newsletter.signature import edited_by_hand, signed
from podcast.newsletter.topics import OTHER, topic_of
from podcast.outside.templates import render

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_ARXIV = re.compile(r"^arxiv:[ \t]*[\"']?([\w./-]+)[\"']?[ \t]*\r?$", re.MULTILINE)
_NO_TAG = re.compile(r"[^\w/-]+")
_LEAD = re.compile(r"\A((?:Claims|Method|Results|Critique|Implications)\.) ")
"""How the parts of a summary begin; bold in a newsletter, plain when it was read."""

_MS = 1000


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted of a paper: what the newsletter says, and where an episode tells of it."""

    title: str
    date: dt.date
    """Of the newsletter."""
    paragraphs: tuple[str, ...] = ()
    """Plain prose, as `Paper` has it."""
    authors: tuple[str, ...] = ()
    url: str | None = None
    arxiv_id: str | None = None
    tags: tuple[str, ...] = ()
    episode: str | None = None
    """Its slug."""
    start_ms: int | None = None
    """Where in the episode it begins."""

    @property
    def name(self) -> str:
        """Of its file."""
        return note_name(self.title, self.arxiv_id or "")


def tags_of(categories: Sequence[str], topics: Mapping[str, str]) -> tuple[str, ...]:
    """Make tags of a paper's topic and arXiv categories: `language-models`, `arxiv/cs-CL`."""
    topic = topic_of(categories, topics)
    return (*(() if topic == OTHER else (topic.lower(),)), *(f"arxiv/{name}" for name in categories))


def note_text(note: Note, templates: Path | None = None) -> str:
    """Write a note as Markdown with front matter, by the show's own template where it has one.

    Raises InputError for a template that cannot be used.
    """
    clock = _clock(note.start_ms)
    url = escape(note.url or "").replace(" ", "%20")
    values: dict[str, object] = {
        "fields": _fields(note),
        "title": escape(note.title),
        "date": note.date.isoformat(),
        "authors": [escape(author) for author in note.authors],
        "arxiv_id": note.arxiv_id or "",
        "url": note.url or "",
        "source": f"<{url}>" if _is_plain(url) else "",
        "paragraphs": [_LEAD.sub(r"**\1** ", escape(paragraph)) for paragraph in note.paragraphs],
        "episode": escape(note.episode or ""),
        "time": clock,
    }
    return signed(tidied(render("note.md", folders(templates), values, is_html=False)), note.date)


def _is_plain(url: str) -> bool:
    return re.fullmatch(r"https?://[!-;=?-~]+", url) is not None


def _fields(note: Note) -> dict[str, str]:
    """Return the front matter: JSON is YAML, and nothing in a title can end it."""
    start_ms = note.start_ms
    values: dict[str, object] = {
        "title": clean(note.title),
        "authors": [clean(author) for author in note.authors],
        "date": note.date.isoformat(),
        "link": clean(note.url or ""),
        "arxiv": clean(note.arxiv_id or ""),
        "tags": [tag for tag in map(_tag, note.tags) if tag],
        "episode": clean(note.episode or ""),
        "time": _clock(start_ms),
        "seconds": None if start_ms is None else start_ms // _MS,
    }
    written = {
        name: json.dumps(value, ensure_ascii=False) for name, value in values.items() if value not in ("", [], None)
    }
    return written | {"date": note.date.isoformat()}


def _tag(text: str) -> str:
    """Write a tag as programs for notes know it: letters, digits, dashes and slashes, not digits alone."""
    tag = _NO_TAG.sub("-", clean(text)).strip("-/")
    return "" if tag.isdigit() else tag


def _clock(ms: int | None) -> str:
    """Write a time as players show it: 12:34, 1:02:03."""
    if ms is None:
        return ""
    minutes, seconds = divmod(ms // _MS, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


# ── what to write where ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NotePlan:
    """What becomes of a vault's files; `writes` are texts by file name."""

    writes: Mapping[str, str]
    kept: tuple[str, ...] = ()
    """Files that a person wrote or changed: they stay as they are, and what is new is not in them."""
    unchanged: tuple[str, ...] = ()


def named(notes: Iterable[Note], templates: Path | None = None) -> dict[str, str]:
    """Write notes, by file name; papers without an id that have one title are numbered."""
    texts: dict[str, str] = {}
    for note in notes:
        name = note.name if note.arxiv_id else _free_name(note.title, texts)
        known = {each.casefold(): each for each in texts}
        texts[known.get(name.casefold(), name)] = note_text(note, templates)
    return texts


def _free_name(title: str, taken: Collection[str]) -> str:
    names = {name.casefold() for name in taken}
    candidates = (note_name(title, str(number) if number > 1 else "") for number in itertools.count(1))
    return next(name for name in candidates if name.casefold() not in names)


def plan_notes(existing: Mapping[str, str], wanted: Mapping[str, str]) -> NotePlan:
    """Decide what to write into a vault that has these files (texts by name) so that it has the wanted notes.

    A note that a person renamed is found by the arXiv id in its front matter.
    """
    writes: dict[str, str] = {}
    kept: list[str] = []
    unchanged: list[str] = []
    known = {name.casefold(): name for name in sorted(existing, reverse=True)}
    renamed = {found: name for name in sorted(existing, reverse=True) if (found := _arxiv_id(existing[name]))}
    for wanted_name, text in wanted.items():
        name = known.get(wanted_name.casefold()) or renamed.get(_arxiv_id(text)) or wanted_name
        if name not in existing:
            writes[name] = text
        elif edited_by_hand(existing[name]):
            kept.append(name)
        elif existing[name].replace("\r\n", "\n") == text:
            unchanged.append(name)
        else:
            writes[name] = text
    return NotePlan(writes, tuple(kept), tuple(unchanged))


def _arxiv_id(text: str) -> str:
    front = _FRONT_MATTER.match(text)
    found = _ARXIV.search(front[1]) if front else None
    return found[1] if found else ""
