"""ID3v2.3 tags: title, cover, chapters (id3.org: ID3v2.3.0; ID3v2 Chapter Frame Addendum 1.0).

Written here because players show chapters in the order of their frames in the file, and the libraries that write
tags order frames by size.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from podcast.types import Chapter, Timeline

_LATIN_1 = b"\x00"
_UTF_16 = b"\x01\xff\xfe"
_FRONT_COVER = b"\x03"
_TOP_LEVEL_ORDERED = b"\x03"
_NO_OFFSET = 0xFFFFFFFF

MAX_CHAPTERS = 255
"""A table of contents counts its entries in one byte."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What a player shows of an episode."""

    title: str
    artist: str
    album: str
    date: dt.date
    cover_jpeg: bytes


def id3_tag(labels: Labels, timeline: Timeline) -> bytes:
    """Return a whole tag, to stand in front of the sound."""
    frames = [
        text_frame("TIT2", labels.title),
        text_frame("TPE1", labels.artist),
        text_frame("TALB", labels.album),
        text_frame("TYER", f"{labels.date:%Y}"),
        text_frame("TDAT", f"{labels.date:%d%m}"),
        text_frame("TCON", "Podcast"),
        text_frame("TLEN", str(timeline.duration_ms)),
        frame("APIC", _LATIN_1 + b"image/jpeg\x00" + _FRONT_COVER + b"\x00" + labels.cover_jpeg),
        contents_frame(timeline.chapters),
        *(chapter_frame(chapter, timeline) for chapter in timeline.chapters),
    ]
    return tag(b"".join(frames))


def tag(body: bytes) -> bytes:
    """Return a whole tag of these frames."""
    return b"ID3\x03\x00\x00" + _synchsafe(len(body)) + body


def frame(name: str, content: bytes) -> bytes:
    """Return one frame: name, size, no flags, content."""
    return name.encode("ascii") + struct.pack(">IH", len(content), 0) + content


def text_frame(name: str, text: str) -> bytes:
    """Return a text frame, Latin-1 where that is enough, else UTF-16."""
    try:
        return frame(name, _LATIN_1 + text.encode("latin-1"))
    except UnicodeEncodeError:
        return frame(name, _UTF_16 + text.encode("utf-16-le"))


def chapter_frame(chapter: Chapter, timeline: Timeline) -> bytes:
    """Return a CHAP with title and, where there is one, link."""
    start_ms, end_ms = timeline.ms(chapter.start), timeline.ms(chapter.end)
    times = struct.pack(">IIII", start_ms, end_ms, _NO_OFFSET, _NO_OFFSET)
    link = frame("WXXX", _LATIN_1 + b"\x00" + _ascii_url(chapter.url)) if chapter.url else b""
    return frame("CHAP", _id(chapter) + times + text_frame("TIT2", chapter.title) + link)


def contents_frame(chapters: Sequence[Chapter]) -> bytes:
    """Return the CTOC that lists all chapters in order."""
    ids = b"".join(_id(chapter) for chapter in chapters)
    return frame("CTOC", b"toc\x00" + _TOP_LEVEL_ORDERED + bytes([len(chapters)]) + ids)


def _id(chapter: Chapter) -> bytes:
    return chapter.id.encode("ascii") + b"\x00"


def _ascii_url(url: str) -> bytes:
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]").encode("ascii")


def _synchsafe(size: int) -> bytes:
    """Return 28 bits in four bytes of seven, so that no size looks like the start of sound."""
    return bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
