"""episode.json says all that feed, site and checks know of an episode, and is refused when it does not."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import fields, replace
from itertools import starmap
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast.errors import InputError
from podcast.files import sha256_of
from podcast.record import format_record, is_altered, read_episodes, read_record
from podcast.show import Settings, Show
from podcast.types import Episode, FileDigest, Link, SpokenSegment

if TYPE_CHECKING:
    from pathlib import Path

SLUG = "2024-06-15"
EPISODE = Episode(
    slug=SLUG,
    guid="01921164-967d-5b0b-9b6f-6823345f0cb7",
    title="AI Papers",
    date=dt.datetime(2024, 6, 15, 12, tzinfo=dt.UTC),
    duration_ms=130_500,
    bytes=123_456,
    sha256="ab" * 32,
    loudness_lufs=-16.1,
    true_peak_dbtp=-1.2,
    loudness_range_lu=3.4,
    segments=(
        SpokenSegment("c0", "Welcome", None, None, 0, 65_250, "heart"),
        SpokenSegment(
            "c1",
            "Paper 学",
            "arXiv:2405.20233",
            "https://arxiv.org/abs/2405.20233",
            65_250,
            130_500,
            "heart",
            ("Paul Erdős", "Ada Lovelace"),
            is_paper=True,
        ),
    ),
    links=(Link("Code", "https://example.org/code"),),
    writer="rules 1",
    voices=("heart", "emma"),
    list_price_usd=0.0,
    tool_version="0.1",
    cover="cover-0123456789abcdef.jpg",
)


def write(folder: Path, text: str | bytes) -> Path:
    """Write an episode.json, and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "episode.json").write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return folder


def values() -> dict[str, Any]:
    """What the episode's file holds."""
    loaded: dict[str, Any] = json.loads(format_record(EPISODE))
    return loaded


UNSCRIPTED = (
    f"There is no scripts/{SLUG}/script.md to make it of: bring that back from git or a copy, or, if the episode was "
    f"published, delete episodes/{SLUG} and run `podcast restore`."
)


def refusal(folder: Path, content: object) -> str:
    """Return why a file with this content, or these bytes, is refused."""
    write(folder, content if isinstance(content, bytes) else json.dumps(content))
    with pytest.raises(InputError) as caught:
        read_record(folder)
    return str(caught.value)


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────


def test_episode_json_holds_all_that_feed_and_site_need() -> None:
    """Every field has its value, times in ms, and nothing besides."""
    text = format_record(EPISODE)
    value = json.loads(text)
    segments = value.pop("segments")
    assert value == {
        "slug": "2024-06-15",
        "guid": "01921164-967d-5b0b-9b6f-6823345f0cb7",
        "title": "AI Papers",
        "date": "2024-06-15T12:00:00Z",
        "duration_ms": 130_500,
        "bytes": 123_456,
        "sha256": "ab" * 32,
        "loudness_lufs": -16.1,
        "true_peak_dbtp": -1.2,
        "loudness_range_lu": 3.4,
        "links": [{"text": "Code", "url": "https://example.org/code"}],
        "writer": "rules 1",
        "voices": ["heart", "emma"],
        "list_price_usd": 0.0,
        "tool_version": "0.1",
        "cover": "cover-0123456789abcdef.jpg",
    }
    assert segments[1] == {
        "id": "c1",
        "title": "Paper 学",
        "paper": "arXiv:2405.20233",
        "url": "https://arxiv.org/abs/2405.20233",
        "start_ms": 65_250,
        "end_ms": 130_500,
        "voice": "heart",
        "authors": ["Paul Erdős", "Ada Lovelace"],
        "is_paper": True,
    }
    assert (len(segments), text.endswith("}\n"), "学" in text) == (2, True, True)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_counts = st.integers(0, 10**10)
_levels = st.floats(allow_nan=False, allow_infinity=False)
_segments = st.builds(SpokenSegment, _words, _words, st.none() | _words, st.none() | _words, _counts, _counts, _words)
_dates = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(9998, 12, 31), timezones=st.just(dt.UTC))  # noqa: DTZ001
_names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}", fullmatch=True)
_digests = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
_episodes = st.builds(
    Episode,
    slug=st.just(SLUG),
    guid=st.uuids().map(str),
    title=_words,
    date=_dates.map(lambda date: date.replace(microsecond=0)),
    duration_ms=_counts,
    bytes=_counts,
    sha256=_words,
    loudness_lufs=_levels,
    true_peak_dbtp=_levels,
    loudness_range_lu=_levels,
    segments=st.lists(_segments, max_size=3).map(tuple),
    links=st.lists(st.builds(Link, _words, _words), max_size=3).map(tuple),
    writer=_words,
    voices=st.lists(_words, max_size=3).map(tuple),
    list_price_usd=_levels,
    tool_version=_words,
    source_sha256=_words,
    files=st.dictionaries(_names, _digests, max_size=3).map(lambda listed: tuple(starmap(FileDigest, listed.items()))),
)


@given(_episodes)
@settings(deadline=None)
def test_what_is_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, episode: Episode) -> None:
    """Every field of every episode, to the last digit."""
    folder = write(tmp_path_factory.getbasetemp() / SLUG, format_record(episode))
    assert read_record(folder) == episode
    assert not is_altered((folder / "episode.json").read_bytes())


def test_a_date_elsewhere_is_the_same_moment_here(tmp_path: Path) -> None:
    """Whoever wrote the file by hand may have another clock."""
    folder = write(tmp_path / SLUG, json.dumps(values() | {"date": "2024-06-15T14:00:00+02:00"}))
    assert read_record(folder).date == dt.datetime(2024, 6, 15, 12, tzinfo=dt.UTC)


def test_a_record_that_changed_is_read_anew(tmp_path: Path) -> None:
    """Also within one run, and where size and time of the file say that it did not."""
    folder = write(tmp_path / SLUG, format_record(EPISODE))
    path = folder / "episode.json"
    times = path.stat()
    assert read_record(folder).title == "AI Papers"
    path.write_text(path.read_text("utf-8").replace("AI Papers", "AI papers"), "utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert path.stat().st_size == times.st_size
    assert read_record(folder).title == "AI papers"
    path.unlink()
    with pytest.raises(FileNotFoundError):
        read_record(folder)


def test_a_slip_in_a_year_can_be_read_again(tmp_path: Path) -> None:
    """Else the episode would be refused that was just spoken, and rendering it anew would not help."""
    slip = replace(EPISODE, date=dt.datetime(204, 6, 15, 12, tzinfo=dt.UTC))
    assert read_record(write(tmp_path / SLUG, format_record(slip))) == slip


def test_an_episode_of_an_earlier_version_has_no_links_no_cover_and_no_authors(tmp_path: Path) -> None:
    """It can be read all the same."""
    earlier = values()
    del earlier["links"], earlier["cover"]
    for segment in earlier["segments"]:
        del segment["authors"], segment["is_paper"]
    assert read_record(write(tmp_path / SLUG, json.dumps(earlier))) == replace(
        EPISODE, links=(), cover="", segments=tuple(replace(segment, authors=()) for segment in EPISODE.segments)
    )


def test_what_a_later_version_adds_does_no_harm(tmp_path: Path) -> None:
    """Unknown fields are passed over."""
    assert read_record(write(tmp_path / SLUG, json.dumps(values() | {"mood": "good"}))) == EPISODE


LATER = {"links", "cover"}
SEALED = {"source_sha256", "files"}
REQUIRED = [field.name for field in fields(Episode) if field.name not in LATER | SEALED]
OF_SEGMENTS = [
    field.name for field in fields(SpokenSegment) if field.name not in {"paper", "url", "authors", "is_paper"}
]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_field_is_named(tmp_path: Path, name: str) -> None:
    """With the file, and what can be done."""
    content = values()
    del content[name]
    said = refusal(tmp_path / SLUG, content)
    assert said == f"{tmp_path / SLUG / 'episode.json'}: {name} is missing. {UNSCRIPTED}"


@pytest.mark.parametrize("name", [*REQUIRED, *sorted(LATER)])
@pytest.mark.parametrize("wrong", [None, True, {"a": 1}])
def test_a_field_of_another_kind_is_named(tmp_path: Path, name: str, wrong: object) -> None:
    """With what stands there."""
    said = refusal(tmp_path / SLUG, values() | {name: wrong})
    assert f"{tmp_path / SLUG / 'episode.json'}: {name} is {wrong!r}" in said
    assert "\n" not in said


@pytest.mark.parametrize("wrong", [-1, 10**13, 10**400], ids=["below", "above", "far above"])
def test_a_number_that_nothing_can_have_is_named(tmp_path: Path, wrong: int) -> None:
    """No page could say what time it is before the beginning, nor a number of 400 digits."""
    for name in ("duration_ms", "bytes"):
        assert f"{name} is " in refusal(tmp_path / SLUG, values() | {name: wrong})
    for name in ("start_ms", "end_ms"):
        content = values()
        content["segments"][1][name] = wrong
        assert f"{name} is " in refusal(tmp_path / SLUG, content)


@pytest.mark.parametrize("name", OF_SEGMENTS)
def test_a_field_that_a_chapter_lacks_is_named(tmp_path: Path, name: str) -> None:
    """Of any chapter."""
    content = values()
    del content["segments"][1][name]
    assert f"{name} is missing" in refusal(tmp_path / SLUG, content)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"guid": "one"}, "guid"),
        ({"date": "tomorrow"}, "date"),
        ({"date": "2024-06-15"}, "date"),
        ({"date": "2024-06-15T12:00:00"}, "date"),
        ({"date": "0001-01-01T00:00:00+14:00"}, "date"),
        ({"date": "9999-12-31T23:00:00-14:00"}, "date"),
        ({"bytes": 1.5}, "bytes"),
        ({"bytes": "123"}, "bytes"),
        ({"loudness_lufs": "-16"}, "loudness_lufs"),
        ({"voices": "heart"}, "voices"),
        ({"voices": [1]}, "voices"),
        ({"segments": ["One"]}, "'One'"),
        ({"links": [{"text": "Code"}]}, "url"),
        ({"links": [None]}, "None"),
        ({"cover": "../show.jpg"}, "cover"),
        ({"files": []}, "files"),
        ({"files": {"../../show.toml": "ab" * 32}}, "'../../show.toml'"),
        ({"files": {".hidden": "ab" * 32}}, "'.hidden'"),
        ({"files": {"notes.html": "ab"}}, "'notes.html'"),
        ({"files": {"notes.html": 7}}, "'notes.html'"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(tmp_path: Path, change: dict[str, Any], named: str) -> None:
    """In one sentence, beside the file's name."""
    said = refusal(tmp_path / SLUG, values() | change).removeprefix(f"{tmp_path / SLUG / 'episode.json'}: ")
    assert named in said
    assert said.endswith(UNSCRIPTED)
    assert "\n" not in said


# ── the seal ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_record_of_files_is_sealed_and_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    """Every byte, each changed in two ways: what is then still read is known to be altered."""
    sealed = replace(EPISODE, source_sha256="ef" * 32, files=(FileDigest("notes.html", "cd" * 32),))
    data = format_record(sealed).encode()
    folder = write(tmp_path / SLUG, data)
    assert (read_record(folder), is_altered(data)) == (sealed, False)
    unnoticed = [at for at in range(len(data)) for bit in (1, 32) if not _noticed(folder, data, at, bit)]
    assert unnoticed == []


def _noticed(folder: Path, data: bytes, at: int, bit: int) -> bool:
    changed = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
    try:
        read_record(write(folder, changed))
    except InputError:
        return True
    return is_altered(changed)


def test_a_record_of_an_earlier_version_has_no_seal() -> None:
    """Nothing can be said of it, and nothing is."""
    assert not is_altered(format_record(EPISODE).encode())


def test_a_later_version_may_say_more_under_its_seal(tmp_path: Path) -> None:
    """The seal is that of the bytes, whatever they mean."""
    sealed = format_record(replace(EPISODE, files=(FileDigest("notes.html", "cd" * 32),)))
    body = sealed.rpartition(',\n  "digest"')[0] + ',\n  "mood": "good"'
    later = f'{body},\n  "digest": "{sha256_of(body.encode())}"\n}}\n'.encode()
    assert not is_altered(later)
    assert read_record(write(tmp_path / SLUG, later)).files == (FileDigest("notes.html", "cd" * 32),)


def test_an_episode_json_of_another_episode_is_refused(tmp_path: Path) -> None:
    """A folder that was copied by hand would be published under one guid twice."""
    said = refusal(tmp_path / "2024-06-22", values())
    assert "'2024-06-15', not this one" in said
    assert said.endswith("Its folder was renamed: name it 2024-06-15 again.")
    (tmp_path / "2024-06-15").mkdir()
    said = refusal(tmp_path / "2024-06-22", values())
    assert "a copy of 2024-06-15: remove the folder, or give it a script of its own" in said


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"episode"',
        b"\xff\xfe\x00",
        b"\x00" * 100,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 10_000,
        format_record(EPISODE).encode()[:-200],
    ],
    ids=range(11),
)
def test_what_is_no_record_is_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever its bytes, it is one short sentence that names the file."""
    said = refusal(tmp_path / SLUG, content)
    assert said.startswith(f"{tmp_path / SLUG / 'episode.json'}: ")
    assert said.endswith(UNSCRIPTED)
    assert len(said.removeprefix(str(tmp_path))) < 350


# ── all of them ─────────────────────────────────────────────────────────────────────────────────────────


def show_of(folder: Path, **dates: str) -> Show:
    """Return a show with an episode of each of these days."""
    for slug, date in dates.items():
        episode = replace(EPISODE, slug=slug, date=dt.datetime.fromisoformat(f"{date}T12:00:00Z"))
        write(folder / "episodes" / slug, format_record(episode))
    return Show(folder, Settings())


def test_episodes_come_newest_first(tmp_path: Path) -> None:
    """And those of one day in one order, whatever the file system says."""
    show = show_of(tmp_path, b="2024-06-15", new="2024-06-22", a="2024-06-15", old="2023-01-01", c="2024-06-15")
    assert [episode.slug for episode in read_episodes(show)] == ["new", "c", "b", "a", "old"]


def test_only_finished_episodes_count(tmp_path: Path) -> None:
    """Neither a draft nor a half of a swap, nor a folder without episode.json, nor a file."""
    show = show_of(tmp_path, a="2024-06-15")
    for name in (".a.draft", ".a.new", ".a.old"):
        write(show.episodes / name, format_record(EPISODE))
    (show.episodes / "empty").mkdir()
    (show.episodes / "README.md").write_text("mine")
    assert [episode.slug for episode in read_episodes(show)] == ["a"]


def test_a_show_without_episodes_has_none(tmp_path: Path) -> None:
    """Even where there is no folder for them yet."""
    assert read_episodes(Show(tmp_path, Settings())) == ()


def test_one_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """It is not passed over: a feed without it would take it away from everybody."""
    show = show_of(tmp_path, a="2024-06-15", b="2024-06-22")
    write(show.episodes / "b", b"half")
    with pytest.raises(InputError, match=r"episodes/b/episode\.json"):
        read_episodes(show)
