"""One episode's sound put together: here, by the ways that are usual elsewhere, and ten times as long.

All join the same clips and music into an MP3 of 44.1 kHz, mono, 128 kbit/s, with the same ffmpeg; each in a process of
its own, timed from when its libraries are imported. What is made here is brought to a loudness, ducks the music and
adds stings, pauses and chapters; the peers only join: their music stands before and after, and the pauses are in the
clips.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from podcast.outside import ffmpeg
from speed import material, shows
from speed.figures import Kind, MissingError, Options, Row, Sample
from speed.podcastfy import MERGE, interpreter
from speed.watching import Ran, own, run

if TYPE_CHECKING:
    from pathlib import Path

HERE, WAV, OLD, PODCASTFY, LOUDNORM = "here", "wav", "old", "podcastfy", "loudnorm"


def stitch(options: Options, folder: Path) -> Sample:
    """Join everything in every way, one after the other."""
    show = folder / "show"
    if not show.is_dir():
        shows.make_show(show, options.voice)
        run(shows.podcast("make", options.newsletter, show=show))
        material.prepare(show, folder, options.clips)
    sample: Sample = {}
    for way in (HERE, WAV, OLD, LOUDNORM):
        sample |= figures_of(way, folder)
    return sample | figures_of(HERE, folder, options.copies, name="many") | _podcastfy(folder) | _render(show)


def figures_of(way: str, folder: Path, copies: int = 1, name: str = "") -> Sample:
    """Join what lies in the folder in one way, in a process of its own."""
    return _figures(name or way, run(own("stitcher", way, folder, copies), environment=_same_ffmpeg(folder)))


def _podcastfy(folder: Path) -> Sample:
    try:
        command = [str(interpreter()), str(MERGE), str(folder / material.MP3S), str(folder / "podcastfy.mp3")]
    except MissingError as error:
        print(f"podcastfy is left out: {error}", file=sys.stderr)
        return {}
    return _figures(PODCASTFY, run(command, environment=_same_ffmpeg(folder), folder=folder))


def _render(show: Path) -> Sample:
    """Have the command do all that it does with sentences that are spoken, but no sound that is encoded."""
    shows.parts_forgotten(show)
    return _timed("render", run(shows.podcast("render", shows.only_slug(show), show=show)))


def _timed(name: str, ran: Ran) -> Sample:
    return {f"{name}_s": ran.wall_s, f"{name}_cpu_s": ran.cpu_s, f"{name}_mb": ran.peak_mb}


def _figures(name: str, ran: Ran) -> Sample:
    found = ran.document
    return {
        f"{name}_s": found["wall_s"],
        f"{name}_cpu_s": ran.cpu_s,
        f"{name}_mb": ran.peak_mb,
        f"{name}_length_s": found["length_s"],
    }


def _same_ffmpeg(folder: Path) -> dict[str, str]:
    """Let whoever looks for ffmpeg on the PATH find the one that is used here; only its ffprobe is the system's."""
    place = folder / "bin"
    prober = shutil.which("ffprobe")
    if not place.is_dir():
        if prober is None:
            raise MissingError("pydub reads MP3s by ffprobe, which is not installed")
        place.mkdir()
        (place / "ffmpeg").symlink_to(ffmpeg.executable())
        (place / "ffprobe").symlink_to(prober)
    return {"PATH": f"{place}:/usr/bin:/bin"}


def _faster(beside: str, theirs: str, at_least: float | None = None) -> Row:
    return Row("joining 38 clips", "here_s", beside, f"{theirs}_s", sense="theirs / ours", at_least=at_least)


def _smaller(beside: str, theirs: str) -> Row:
    return Row("its memory", "here_mb", beside, f"{theirs}_mb", unit="MB", at_most=0.25)


STITCH = Kind(
    "stitch",
    "Clips joined into an episode",
    (
        _faster("pydub from WAV", WAV, at_least=3),
        _faster("podcastfy's merge", PODCASTFY, at_least=3),
        _faster("the old scripts: MP3s, pydub `+=`", OLD),
        _faster("two-pass loudnorm alone", LOUDNORM),
        Row("its processor time, start included", "here_cpu_s", "pydub from WAV", "wav_cpu_s", sense="theirs / ours"),
        _smaller("pydub from WAV", WAV),
        _smaller("podcastfy's merge", PODCASTFY),
        Row("ten times as long, time", "many_s", "once", "here_s", at_most=10.5),
        Row("ten times as long, memory", "many_mb", "once", "here_mb", unit="MB", at_most=1.15),
        Row("`podcast render`, sentences kept", "render_s", "pydub from WAV", "wav_s", sense="theirs / ours"),
        Row("length of the sound", "here_length_s", "of pydub's", "wav_length_s"),
    ),
    stitch,
)
