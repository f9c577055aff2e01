"""episode.json: what rendering leaves for feed, site and checks. Reading and writing are exact inverses.

It names every file of the episode with its SHA-256, and its last line is the SHA-256 of all that stands before it: the
seal, by which one changed byte is noticed, in whatever file. Those of earlier versions have neither.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import re
import uuid
from typing import TYPE_CHECKING, Any, NoReturn

from podcast.errors import InputError
from podcast.files import sha256_of
from podcast.show import is_slug
from podcast.types import Episode, FileDigest, Link, SpokenSegment

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.show import Show

EPISODE_JSON = "episode.json"
EPISODE_MP3 = "episode.mp3"

COVER_NAME = re.compile(r"cover-[0-9a-f]{16}\.jpg")
"""Of an episode's own picture, in its folder."""

_END = "\n}\n"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of characters, which JSON can hold as \\ud800 and no other file can."""

_OPTIONAL = (str, type(None))
_NUMBER = (int, float)
_TEXT = (str,)
_MOST = 10**12
"""Of bytes and milliseconds: far more than an episode has, and few enough to calculate with."""


def sound_name(slug: str) -> str:
    """Name under which an episode's sound is published: its own, as clients download all into one folder."""
    return f"{slug}.mp3"


def rfc3339(time: dt.datetime) -> str:
    """Write a time as 2024-06-15T12:00:00Z, whose year always has four digits: of a slip like 0204 too."""
    return time.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def format_record(episode: Episode) -> str:
    """Write an episode as JSON, its date as RFC 3339; sealed, if it lists its files."""
    values = dataclasses.asdict(episode) | {"date": rfc3339(episode.date)}
    listed = {file.name: file.sha256 for file in episode.files}
    values |= {"files": listed}
    for name in ("source_sha256", "files"):
        if not values[name]:  # as earlier versions wrote it
            del values[name]
    text = json.dumps(values, ensure_ascii=False, indent=2) + "\n"
    return _sealed(text.removesuffix(_END).encode()).decode() if listed else text


def _sealed(body: bytes) -> bytes:
    return b'%s,\n  "digest": "%s"\n}\n' % (body, sha256_of(body).encode())


def is_altered(data: bytes) -> bool:
    """Whether an episode.json that can be read is not as it was written; of one without a seal nobody can tell."""
    return bool({"files", "digest"} & set(json.loads(data))) and _sealed(data.rpartition(b',\n  "digest"')[0]) != data


def read_record(folder: Path, slug: str = "") -> Episode:
    """Read what an episode's folder says of it; InputError names what is missing or wrong in it.

    A folder that is not in its place yet has another name than its episode.
    """
    path, slug = folder / EPISODE_JSON, slug or folder.name
    data = path.read_bytes()
    digest = hashlib.sha256(data).digest()
    if (known := _read.get(path)) and known[:2] == (digest, slug):
        return known[2]
    try:
        episode = _episode(json.loads(data), slug)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: {error}. {how_to_mend(folder, slug)}") from error
    _read[path] = digest, slug, episode
    return episode


_read: dict[Path, tuple[bytes, str, Episode]] = {}
"""What this process has read, by the content of its files: a run reads all episodes before it works and after."""


def how_to_mend(folder: Path, slug: str) -> str:
    """Say what makes a damaged episode whole again: without a script there is nothing to render."""
    script, other = f"scripts/{slug}/script.md", _other_slug(folder, slug)
    if (folder.parent.parent / script).is_file():
        return f"`podcast render {slug}` makes it anew."
    if other and (folder.parent / other).is_dir():
        return f"It looks like a copy of {other}: remove the folder, or give it a script of its own, {script}."
    if other:
        return f"Its folder was renamed: name it {other} again."
    return (
        f"There is no {script} to make it of: bring that back from git or a copy, or, if the episode was published, "
        f"delete episodes/{slug} and run `podcast restore`."
    )


def _other_slug(folder: Path, slug: str) -> str:
    """Name the episode that a folder's record tells of, if that is another one; empty where nobody can tell."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        data = json.loads((folder / EPISODE_JSON).read_bytes())
        named = data.get("slug") if isinstance(data, dict) else None
        return named if isinstance(named, str) and is_slug(named) and named != slug else ""
    return ""


def read_episodes(show: Show) -> tuple[Episode, ...]:
    """All finished episodes, newest first; those of one day by slug. InputError if one cannot be read.

    A folder whose name no episode can have is somebody's own.
    """
    folders = (path for path in show.episodes.glob("*") if is_slug(path.name) and (path / EPISODE_JSON).is_file())
    return tuple(sorted(map(read_record, folders), key=lambda episode: (episode.date, episode.slug), reverse=True))


def _episode(data: Any, slug: str) -> Episode:
    values = _Values(data)
    if values.take("slug", str) != slug:
        raise ValueError(f"it is about the episode {data['slug']!r}, not this one")
    return Episode(
        slug=slug,
        guid=_guid(values.take("guid", str)),
        title=values.take("title", str),
        date=_date(values.take("date", str)),
        duration_ms=values.count("duration_ms"),
        bytes=values.count("bytes"),
        sha256=values.take("sha256", str),
        loudness_lufs=values.take("loudness_lufs", *_NUMBER),
        true_peak_dbtp=values.take("true_peak_dbtp", *_NUMBER),
        loudness_range_lu=values.take("loudness_range_lu", *_NUMBER),
        segments=tuple(_segment(_Values(segment)) for segment in values.take("segments", list)),
        links=tuple(_link(_Values(link)) for link in values.take("links", list, default=[])),
        writer=values.take("writer", str),
        voices=values.texts("voices"),
        list_price_usd=values.take("list_price_usd", *_NUMBER),
        tool_version=values.take("tool_version", str),
        cover=_cover(values.take("cover", str, default="")),
        source_sha256=values.take("source_sha256", str, default=""),
        files=tuple(_file(*named) for named in values.take("files", dict, default={}).items()),
    )


def _file(name: str, sha256: Any) -> FileDigest:
    """Read what the list says of a file; its name is used to open one, so it can lead nowhere else."""
    if not _FILE_NAME.fullmatch(name) or not isinstance(sha256, str) or not _DIGEST.fullmatch(sha256):
        raise ValueError(f"files has {name!r:.40}, which is no name of a file with its SHA-256")
    return FileDigest(name, sha256)


def _segment(values: _Values) -> SpokenSegment:
    return SpokenSegment(
        id=values.take("id", str),
        title=values.take("title", str),
        paper=values.take("paper", *_OPTIONAL),
        url=values.take("url", *_OPTIONAL),
        start_ms=values.count("start_ms"),
        end_ms=values.count("end_ms"),
        voice=values.take("voice", str),
        authors=values.texts("authors", default=[]),
        is_paper=values.take("is_paper", bool, default=values.take("paper", *_OPTIONAL) is not None),
    )


def _link(values: _Values) -> Link:
    return Link(values.take("text", str), values.take("url", str))


def _cover(name: str) -> str:
    if name and not COVER_NAME.fullmatch(name):
        raise ValueError(f"cover is {name!r:.40}, which is no name of a cover")
    return name


def _guid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise ValueError(f"guid is {text!r:.40}, which is no UUID") from error


def _date(text: str) -> dt.datetime:
    try:
        date = dt.datetime.fromisoformat(text)
        return date.astimezone(dt.UTC) if date.tzinfo else _refuse_date(text)
    except (ValueError, OverflowError):
        return _refuse_date(text)


def _refuse_date(text: str) -> NoReturn:
    raise ValueError(f"date is {text!r:.40}, not like 2024-06-15T12:00:00Z")


@dataclasses.dataclass(frozen=True, slots=True)
class _Values:
    """A JSON object that must have what is taken from it."""

    data: Any

    def take(self, key: str, *kinds: type, default: Any = None) -> Any:
        """Return a value of one of these types; ValueError names what is there instead.

        What earlier versions did not write has a default.
        """
        if not isinstance(self.data, dict):
            raise ValueError(f"{self.data!r:.40} stands where an object should be")  # noqa: TRY004 - caught as such
        value = self.data.get(key, default)
        if type(value) not in kinds and key not in self.data:
            raise ValueError(f"{key} is missing")
        return _checked(key, value, kinds)

    def texts(self, key: str, default: Any = None) -> tuple[str, ...]:
        """Return the texts of a list."""
        return tuple(_checked(key, text, _TEXT) for text in self.take(key, list, default=default))

    def count(self, key: str) -> int:
        """Return a number of bytes or milliseconds; ValueError for one that nothing can have."""
        value: int = self.take(key, int)
        if not 0 <= value <= _MOST:
            shown = value if abs(value) <= _MOST else "beyond all bounds"
            raise ValueError(f"{key} is {shown}")
        return value


def _checked(key: str, value: Any, kinds: tuple[type, ...]) -> Any:
    """Refuse a value of another type, or half a character: what can be printed has none, and is told at once."""
    kind = type(value)
    if kind not in kinds:
        raise ValueError(f"{key} is {value!r:.40}")
    if kind is str and not value.isprintable() and _HALVES.search(value):
        raise ValueError(f"{key} is {value!r:.40}, in which a character is only half there")
    return value
