"""Rules for a finished episode: the sound is what its papers say, and every word of its script is in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast import files
from podcast.check.artwork import picture_problems
from podcast.check.digests import altered_files, files_of
from podcast.check.feed import is_there
from podcast.check.rules import Fault, Rule, rule
from podcast.errors import InputError
from podcast.feed.rss import CHAPTERS, transcripts_of
from podcast.record import EPISODE_JSON, EPISODE_MP3, is_altered, read_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podcast.show import AudioSettings
    from podcast.types import Episode, Measurement, Script

LOUDNESS_TOLERANCE_LU = 0.5
PEAK_TOLERANCE_DB = 0.1
"""True-peak meters differ by their oversampling."""

_RECORD_TOLERANCE = 0.15
"""Between what was measured while rendering and what is measured now, in LU or dB."""

_BLOCK_MS = 100
_COVER_PX = 1400


@dataclass(frozen=True, slots=True)
class EpisodeSubject:
    """A finished episode: what it says of itself, and what is found when it is read."""

    folder: Path
    where: str
    episode: Episode
    audio: AudioSettings
    script: Script | None
    measured: Measurement | None
    """None where ffmpeg finds no sound."""
    chapters_in_file: tuple[tuple[int, int, str], ...]

    def place(self, name: str) -> str:
        """Name a file of it."""
        return f"{self.where}/{name}"

    def text(self, name: str) -> str:
        """Read a file of it; what is missing or no UTF-8 is another rule's business, and empty here."""
        try:
            return (self.folder / name).read_bytes().decode("utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            return ""


@rule("episode-record", "an episode.json as `podcast render` writes it")
def unreadable_record(folder: Path) -> Iterator[Fault]:
    """Nothing else can be said of an episode without it."""
    where = f"episodes/{folder.name}/{EPISODE_JSON}"
    try:
        read_record(folder)
    except InputError as error:
        yield Fault(where, str(error))
    except (FileNotFoundError, IsADirectoryError):
        yield Fault(where, "is not there")


@rule("episode-files", "a file that can be read, as `podcast render` writes it")
def missing_file(subject: EpisodeSubject) -> Iterator[Fault]:
    """The feed names these; an app that finds nothing there gives up."""
    texts = (CHAPTERS[0], *transcripts_of(subject.episode), "notes.html")
    for name in files_of(subject.episode):
        if not (subject.folder / name).is_file():
            yield Fault(subject.place(name), "is not there")
        elif name in texts and not subject.text(name).strip():
            yield Fault(subject.place(name), "is empty, or not UTF-8")


@rule("episode-bytes", "as many bytes as episode.json says")
def other_length(subject: EpisodeSubject) -> Iterator[Fault]:
    """Clients stop a download at the enclosure's length (RSS 2.0)."""
    path = subject.folder / EPISODE_MP3
    if path.is_file() and path.stat().st_size != subject.episode.bytes:
        yield Fault(subject.place(EPISODE_MP3), f"{path.stat().st_size} bytes", f"{subject.episode.bytes} bytes")


@rule("episode-sha256", "the very bytes that were rendered")
def other_bytes(subject: EpisodeSubject) -> Iterator[Fault]:
    """A file that was damaged, or retagged by another program."""
    path = subject.folder / EPISODE_MP3
    if path.is_file() and (digest := files.sha256_of_file(path)) != subject.episode.sha256:
        yield Fault(subject.place(EPISODE_MP3), f"SHA-256 {digest}", f"SHA-256 {subject.episode.sha256}")


@rule("episode-altered", "the very bytes that were rendered, as episode.json lists them")
def altered_file(subject: EpisodeSubject) -> Iterator[Fault]:
    """One changed byte of any file; that of the sound has a rule of its own, and earlier versions listed no other."""
    said = {fault.where for fault in missing_file.faults(subject)}
    for name in altered_files(subject.folder, subject.episode):
        if subject.place(name) not in said:
            yield Fault(subject.place(name), "is not as it was rendered")


@rule("episode-seal", "an episode.json that ends with the SHA-256 of what stands before it")
def altered_record(subject: EpisodeSubject) -> Iterator[Fault]:
    """One changed byte of what vouches for all the others. It is never edited: the script and show.toml are."""
    if is_altered((subject.folder / EPISODE_JSON).read_bytes()):
        yield Fault(subject.place(EPISODE_JSON), "was changed since it was written")


@rule("episode-sound", "an MP3 that can be decoded")
def no_sound(subject: EpisodeSubject) -> Iterator[Fault]:
    """A file of which nothing can be heard."""
    if subject.measured is None and (subject.folder / EPISODE_MP3).is_file():
        yield Fault(subject.place(EPISODE_MP3), "cannot be decoded")


@rule("episode-duration", "as long as episode.json says")
def other_duration(subject: EpisodeSubject) -> Iterator[Fault]:
    """By the file's own header to the millisecond, and by what really came out of the decoder."""
    if subject.measured is None:
        return
    stated = subject.episode.duration_ms
    by_header = round(1000 * subject.measured.frames / subject.audio.sample_rate_hz)
    decoded = _BLOCK_MS * len(subject.measured.momentary_lufs)
    if abs(by_header - stated) > 1:
        yield Fault(subject.place(EPISODE_MP3), f"{by_header} ms", f"{stated} ms")
    elif abs(decoded - stated) > 2 * _BLOCK_MS:
        yield Fault(subject.place(EPISODE_MP3), f"{decoded} ms of it can be decoded", f"{stated} ms")


@rule("episode-loudness", "the loudness that show.toml asks for, and episode.json states")
def other_loudness(subject: EpisodeSubject) -> Iterator[Fault]:
    """EBU R 128; listeners should not reach for the volume."""
    if subject.measured is None:
        return
    found, wanted = subject.measured.loudness_lufs, subject.audio.loudness_lufs
    if abs(found - wanted) > LOUDNESS_TOLERANCE_LU:
        yield Fault(subject.place(EPISODE_MP3), f"{found} LUFS", f"{wanted:g} LUFS ± {LOUDNESS_TOLERANCE_LU}")
    elif abs(found - subject.episode.loudness_lufs) > _RECORD_TOLERANCE:
        yield Fault(subject.place(EPISODE_JSON), f"{subject.episode.loudness_lufs} LUFS", f"{found} LUFS")


@rule("episode-true-peak", "a true peak that no decoder clips, as episode.json states it")
def too_high_peak(subject: EpisodeSubject) -> Iterator[Fault]:
    """ITU-R BS.1770-4, annex 2."""
    if subject.measured is None:
        return
    found, highest = subject.measured.true_peak_dbtp, subject.audio.true_peak_dbtp
    if found > highest + PEAK_TOLERANCE_DB:
        yield Fault(subject.place(EPISODE_MP3), f"{found} dBTP", f"at most {highest:g} dBTP")
    elif abs(found - subject.episode.true_peak_dbtp) > _RECORD_TOLERANCE:
        yield Fault(subject.place(EPISODE_JSON), f"{subject.episode.true_peak_dbtp} dBTP", f"{found} dBTP")


@rule("episode-timeline", "chapters that follow each other without a gap from 0 to the end")
def broken_timeline(subject: EpisodeSubject) -> Iterator[Fault]:
    """What chapters, tags and notes are all made from."""
    at_ms = 0
    for segment in subject.episode.segments:
        if segment.start_ms != at_ms or segment.end_ms <= segment.start_ms:
            yield Fault(
                subject.place(EPISODE_JSON),
                f"{segment.title}: {segment.start_ms} to {segment.end_ms} ms",
                f"a start at {at_ms} ms, and an end behind it",
            )
        at_ms = segment.end_ms
    if at_ms != subject.episode.duration_ms:
        yield Fault(subject.place(EPISODE_JSON), f"the last chapter ends at {at_ms} ms",
                    f"{subject.episode.duration_ms} ms")  # fmt: skip


@rule("episode-43-chapters", "chapters.json 1.2.0 with the starts and titles of episode.json")
def other_chapters(subject: EpisodeSubject) -> Iterator[Fault]:
    """What apps show must be what the sound is (podcast namespace, chapters)."""
    name = CHAPTERS[0]
    wanted = [(segment.start_ms, segment.title) for segment in subject.episode.segments]
    try:
        data = json.loads(subject.text(name))
        found = [(round(chapter["startTime"] * 1000), chapter["title"]) for chapter in data["chapters"]]
        version = data["version"]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        yield Fault(subject.place(name), "is not a list of chapters with startTime and title")
        return
    if not isinstance(version, str) or not version.startswith("1."):
        yield Fault(subject.place(name), f"version {version!r}", "version 1.2.0")
    yield from _differences(subject.place(name), found, wanted)


@rule("episode-55-chapters-in-file", "ID3 chapters in the order of time, as in episode.json")
def other_chapters_in_file(subject: EpisodeSubject) -> Iterator[Fault]:
    """ID3v2 Chapter Frame Addendum 1.0; players show CHAP frames in the order of the file."""
    if subject.measured is None:
        return
    wanted = [(segment.start_ms, segment.title) for segment in subject.episode.segments]
    found = [(start_ms, title) for start_ms, _, title in subject.chapters_in_file]
    yield from _differences(subject.place(EPISODE_MP3), found, wanted)


def _differences(where: str, found: list[tuple[int, str]], wanted: list[tuple[int, str]]) -> Iterator[Fault]:
    """The first chapter that is not what it should be, so that one slip is not reported as many."""
    for index in range(max(len(found), len(wanted))):
        one, other = found[index : index + 1], wanted[index : index + 1]
        if one != other:
            yield Fault(where, _chapter(one), _chapter(other))
            return


def _chapter(found: list[tuple[int, str]]) -> str:
    return f"{found[0][0]} ms {found[0][1]}" if found else "no more chapters"


@rule("episode-cover", "the picture that episode.json names: a square JPEG of 1400 pixels, named by its own bytes")
def other_cover(subject: EpisodeSubject) -> Iterator[Fault]:
    """Apps keep a picture as long as it has its name; an episode of an earlier version has none, and needs none."""
    name = subject.episode.cover
    if not name:
        return
    file = subject.folder / name
    if is_there(file) and (expected := f"cover-{files.sha256_of_file(file)[:16]}.jpg") != name:
        yield Fault(subject.place(name), "has other bytes than its name says", expected)
    for problem in picture_problems(file, ".jpg", smallest_px=_COVER_PX, largest_px=_COVER_PX):
        yield Fault(subject.place(name), problem)


RULES: tuple[Rule[EpisodeSubject], ...] = (
    missing_file,
    other_length,
    other_bytes,
    altered_file,
    altered_record,
    no_sound,
    other_duration,
    other_loudness,
    too_high_peak,
    broken_timeline,
    other_chapters,
    other_chapters_in_file,
    other_cover,
)
