"""ID3 tags, read back by mutagen and by hand: what players show of an episode."""

from __future__ import annotations

import datetime as dt
import io
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from frame_maker import mp3_of
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3
from mutagen.mp3 import MP3

from podcast.audio.tags import MAX_CHAPTERS, Labels, id3_tag
from podcast.outside import ffmpeg
from podcast.outside.mp3 import Mp3Format
from podcast.types import Chapter, Timeline

if TYPE_CHECKING:
    from pathlib import Path

RATE = 1000
_read_id3: Any = ID3  # an untyped library
_read_mp3: Any = MP3
COVER = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 80 + b"\xff\xd9"
TITLES = ("Welcome", "Attention — Überraschung?", "深度学习 的 进展", "Emoji 🎧🧑🏽‍🔬 paper", "Grüße & <b>Ende</b>")


def _labels(title: str = "AI Papers, 15 June 2024") -> Labels:
    return Labels(title, "Ann Author", "My Paper Podcast", dt.date(2024, 6, 15), COVER)


def _timeline(titles: tuple[str, ...] = TITLES, url: str | None = None) -> Timeline:
    chapters = tuple(
        Chapter(f"part-{number}", title, number * 60_500, (number + 1) * 60_500, url)
        for number, title in enumerate(titles)
    )
    return Timeline(RATE, (), chapters, chapters[-1].end)


def _read(tag: bytes) -> Any:
    return _read_id3(io.BytesIO(tag))


def _frames(tag: bytes) -> list[tuple[str, bytes]]:
    """Walk through the frames as ID3v2.3 says, in the order of the file."""
    frames, position = [], 10
    while position < len(tag):
        name, size, flags = struct.unpack_from(">4sIH", tag, position)
        assert flags == 0
        frames.append((name.decode("ascii"), tag[position + 10 : position + 10 + size]))
        position += 10 + size
    assert position == len(tag)
    return frames


# ── the tag ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_tag_is_version_2_3_with_a_size_in_seven_bits() -> None:
    """The header is ID3, 3.0, no flags, and a synchsafe size that leads to the sound."""
    tag = id3_tag(_labels(), _timeline())
    assert tag[:6] == b"ID3\x03\x00\x00"
    assert max(tag[6:10]) < 0x80
    first, second, third, fourth = tag[6:10]
    assert ((first << 21) | (second << 14) | (third << 7) | fourth) == len(tag) - 10
    assert len(tag) > 1 << 14  # long enough for a size written in eight bits to differ


def test_players_read_what_the_episode_is_called() -> None:
    """Title, author, show, genre and length come back."""
    tags = _read(id3_tag(_labels(), _timeline()))
    assert tags.version == (2, 3, 0)
    read = [str(tags[name].text[0]) for name in ("TIT2", "TPE1", "TALB", "TCON", "TLEN")]
    assert read == ["AI Papers, 15 June 2024", "Ann Author", "My Paper Podcast", "Podcast", "302500"]


def test_players_read_the_date() -> None:
    """Year, month and day come back, from the two frames that ID3v2.3 has for them."""
    tag = id3_tag(_labels(), _timeline())
    assert str(_read(tag)["TDRC"].text[0]) == "2024-06-15"
    assert dict(_frames(tag))["TYER"] == b"\x002024"


def test_the_cover_comes_back_to_the_byte() -> None:
    """It is a JPEG, marked as the front cover."""
    (picture,) = _read(id3_tag(_labels(), _timeline())).getall("APIC")
    assert (picture.mime, picture.type, picture.data) == ("image/jpeg", 3, COVER)


@pytest.mark.parametrize("title", TITLES)
def test_titles_in_any_script_come_back(title: str) -> None:
    """Whatever letters an episode's title has, players get the same."""
    assert str(_read(id3_tag(_labels(title), _timeline()))["TIT2"].text[0]) == title


def test_letters_beyond_latin_are_utf_16_with_a_mark() -> None:
    """ID3v2.3 knows Latin-1 and UTF-16 with a byte order mark, and no UTF-8."""
    frames = dict(_frames(id3_tag(_labels("学习 🎧"), _timeline())))
    assert frames["TIT2"] == b"\x01" + b"\xff\xfe" + "学习 🎧".encode("utf-16-le")
    assert dict(_frames(id3_tag(_labels("Für dich"), _timeline())))["TIT2"] == b"\x00F\xfcr dich"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
@settings(deadline=None)
def test_any_title_comes_back(title: str) -> None:
    """No letter is lost on the way, in the episode's title or a chapter's."""
    tags = _read(id3_tag(_labels(title), _timeline((title,))))
    assert str(tags["TIT2"].text[0]) == title
    assert str(tags["CHAP:part-0"].sub_frames["TIT2"].text[0]) == title


# ── chapters ────────────────────────────────────────────────────────────────────────────────────────────


def test_chapters_come_back_with_their_times_and_titles() -> None:
    """Times are in ms; byte offsets are left unused."""
    timeline = _timeline()
    tags = _read(id3_tag(_labels(), timeline))
    for number, (chapter, title) in enumerate(zip(timeline.chapters, TITLES, strict=True)):
        frame = tags[f"CHAP:{chapter.id}"]
        assert (frame.start_time, frame.end_time) == (number * 60_500, (number + 1) * 60_500)
        assert (frame.start_offset, frame.end_offset) == (0xFFFFFFFF, 0xFFFFFFFF)
        assert frame.sub_frames["TIT2"].text == [title]


@pytest.mark.parametrize(
    "titles", [TITLES, tuple("t" * (40 - number) for number in range(30))], ids=["few", "shrinking"]
)
def test_chapters_stand_in_the_file_in_order_of_time(titles: tuple[str, ...]) -> None:
    """Players show them in the order of the file, whatever the size of their frames."""
    timeline = _timeline(titles)
    tag = id3_tag(_labels(), timeline)
    places = [tag.find(b"CHAP", place) for place in _all_places(tag, b"CHAP")]
    found = [tag[place + 10 : tag.index(b"\x00", place + 10)].decode() for place in places]
    assert found == [chapter.id for chapter in timeline.chapters]
    starts = [struct.unpack_from(">I", tag, tag.index(b"\x00", place + 10) + 1)[0] for place in places]
    assert starts == sorted(starts)


def _all_places(data: bytes, wanted: bytes) -> list[int]:
    places = [data.find(wanted)]
    while places[-1] >= 0:
        places.append(data.find(wanted, places[-1] + 1))
    return places[:-1]


def test_one_table_of_contents_lists_all_chapters_in_order_before_them() -> None:
    """It is top level and ordered, and stands before the chapters that it names."""
    timeline = _timeline()
    tag = id3_tag(_labels(), timeline)
    (contents,) = _read(tag).getall("CTOC")
    assert contents.child_element_ids == [chapter.id for chapter in timeline.chapters]
    assert (contents.element_id, int(contents.flags)) == ("toc", 3)
    names = [name for name, _ in _frames(tag)]
    assert names.count("CTOC") == 1
    assert names.index("CTOC") < names.index("CHAP")


def test_a_chapter_links_to_its_paper() -> None:
    """The address is a WXXX frame inside the chapter; a chapter without one has none."""
    tags = _read(id3_tag(_labels(), _timeline(url="https://arxiv.org/abs/2405.20233")))
    (link,) = tags["CHAP:part-0"].sub_frames.getall("WXXX")
    assert (link.url, link.desc) == ("https://arxiv.org/abs/2405.20233", "")
    assert not _read(id3_tag(_labels(), _timeline()))["CHAP:part-0"].sub_frames.getall("WXXX")


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://example.org/a%20b?q=1&r=2#s~t", "https://example.org/a%20b?q=1&r=2#s~t"),
        ("https://example.org/学?q=ü", "https://example.org/%E5%AD%A6?q=%C3%BC"),
        ("https://example.org/a b\x00c", "https://example.org/a%20b%00c"),
    ],
)
def test_an_address_is_written_in_ascii(url: str, written: str) -> None:
    """What is encoded stays so, what is not gets encoded, and nothing ends the frame early."""
    tags = _read(id3_tag(_labels(), _timeline(url=url)))
    assert tags["CHAP:part-0"].sub_frames.getall("WXXX")[0].url == written


def test_as_many_chapters_as_a_table_can_count_come_back() -> None:
    """255 chapters are all there, in the table as in the file."""
    titles = tuple(f"Paper {number} 深" for number in range(MAX_CHAPTERS))
    tags = _read(id3_tag(_labels(), _timeline(titles)))
    assert len(tags.getall("CTOC")[0].child_element_ids) == len(tags.getall("CHAP")) == MAX_CHAPTERS == 255


def test_one_chapter_more_is_refused() -> None:
    """A 256th is never dropped in silence."""
    with pytest.raises(ValueError):
        id3_tag(_labels(), _timeline(("x",) * (MAX_CHAPTERS + 1)))


# ── in front of sound ───────────────────────────────────────────────────────────────────────────────────


def test_a_tag_in_front_of_an_mp3_leaves_its_sound_as_it_was(tmp_path: Path) -> None:
    """Mutagen finds the sound behind it, and ffmpeg decodes the same samples as without it."""
    sound = (0.1 * np.sin(np.arange(30_000) / 10)).astype(np.float32)[:, np.newaxis]
    bare, tagged = tmp_path / "bare.mp3", tmp_path / "tagged.mp3"
    bare.write_bytes(mp3_of(sound, Mp3Format(44_100, 1, 96)))
    tagged.write_bytes(id3_tag(_labels(), _timeline()) + bare.read_bytes())
    info = _read_mp3(tagged).info
    assert (info.sample_rate, info.channels) == (44_100, 1)
    assert info.bitrate == pytest.approx(96_000, rel=0.01)
    assert info.length == pytest.approx(30_000 / 44_100, abs=0.06)
    assert np.array_equal(ffmpeg.decode(tagged, 44_100, 1, 5000), ffmpeg.decode(bare, 44_100, 1, 5000))
