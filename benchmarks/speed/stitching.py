"""One episode's sound put together: here, by the ways that are usual elsewhere, and ten times as long.

All join the same clips and music into an MP3 of 44.1 kHz, 128 kbit/s, with the same ffmpeg; each in a process of its
own, timed from when its libraries are imported, and run once more where memory counts: looking at that takes some of
another processor, which those who use only one have to spare. The music is stereo, and so is what the peers make of it,
but for one that is told to make it mono, as the episodes here are unless somebody wants them stereo. What is made here
is brought to a loudness, ducks the music and adds stings, pauses and chapters; the peers only join: their music stands
before and after, and the pauses are in the clips.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from podcast.outside import ffmpeg
from speed import material, shows
from speed.figures import Kind, MissingError, Options, Row, Sample
from speed.podcastfy import MERGE, interpreter
from speed.watching import own, run

if TYPE_CHECKING:
    from pathlib import Path

HERE, STEREO, WAV, MONO, OLD, LOUDNORM, ENCODE = "here", "stereo", "wav", "mono", "old", "loudnorm", "encode"
PODCASTFY, MANY = "podcastfy", "many"

_REMEMBERED = {HERE, STEREO, MONO, WAV, PODCASTFY, MANY}
"""Whose memory is compared."""


def stitch(options: Options, folder: Path) -> Sample:
    """Join everything in every way, one after the other."""
    show = folder / "show"
    if not show.is_dir():
        shows.make_show(show, options.voice)
        run(shows.podcast("make", options.newsletter, show=show))
        material.prepare(show, folder, options.clips)
    sample: Sample = {}
    for way in (HERE, MONO, STEREO, WAV, OLD, LOUDNORM, ENCODE):
        sample |= figures_of(way, folder)
    sample["least_s"] = sample["encode_cpu_s"] / (os.cpu_count() or 1)
    return sample | figures_of(HERE, folder, options.copies, name=MANY) | _podcastfy(folder) | _render(show)


def figures_of(way: str, folder: Path, copies: int = 1, name: str = "") -> Sample:
    """Join what lies in the folder in one way, in a process of its own."""
    return _figures(name or way, own("stitcher", way, folder, copies), folder)


def _podcastfy(folder: Path) -> Sample:
    try:
        command = [str(interpreter()), str(MERGE), str(folder / material.MP3S), str(folder / "podcastfy.mp3")]
    except MissingError as error:
        print(f"podcastfy is left out: {error}", file=sys.stderr)
        return {}
    return _figures(PODCASTFY, command, folder)


def _render(show: Path) -> Sample:
    """Have the command do all that it does with sentences that are spoken, but no sound that is encoded."""
    shows.parts_forgotten(show)
    command = shows.podcast("render", shows.only_slug(show), show=show)
    return {"render_s": run(command, is_timed_alone=True).wall_s}


def _figures(name: str, command: list[str], folder: Path) -> Sample:
    environment = _same_ffmpeg(folder)
    ran = run(command, environment=environment, folder=folder, is_timed_alone=True)
    sample = {
        f"{name}_s": ran.document["wall_s"],
        f"{name}_cpu_s": ran.cpu_s,
        f"{name}_length_s": ran.document["length_s"],
    }
    if name in _REMEMBERED:
        sample[f"{name}_mb"] = run(command, environment=environment, folder=folder).peak_mb
    return sample


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


def _faster(what: str, ours: str, beside: str, theirs: str, at_least: float | None = None) -> Row:
    return Row(what, f"{ours}_s", beside, f"{theirs}_s", sense="theirs / ours", at_least=at_least)


def _smaller(what: str, ours: str, beside: str, theirs: str) -> Row:
    return Row(what, f"{ours}_mb", beside, f"{theirs}_mb", unit="MB", at_most=0.25)


_JOINED, _MONO, _STEREO = "joining 38 clips", "pydub from WAV, mono", "pydub from WAV"

STITCH = Kind(
    "stitch",
    "Clips joined into an episode",
    (
        _faster(f"{_JOINED}, mono", HERE, _MONO, MONO, at_least=3),
        _faster(f"{_JOINED}, stereo", STEREO, _STEREO, WAV, at_least=3),
        _faster(f"{_JOINED}, stereo", STEREO, "podcastfy's merge", PODCASTFY, at_least=3),
        _faster(f"{_JOINED}, mono", HERE, "pydub's stereo", WAV),
        _faster(f"{_JOINED}, mono", HERE, "podcastfy's stereo", PODCASTFY),
        _faster(f"{_JOINED}, stereo", STEREO, "the old scripts: MP3s, pydub `+=`", OLD),
        _faster(f"{_JOINED}, stereo", STEREO, "two-pass loudnorm alone", LOUDNORM),
        Row("encoding alone, mono, on all cores", "least_s", _MONO, "mono_s", sense="theirs / ours"),
        Row("processor time, mono, start included", "here_cpu_s", _MONO, "mono_cpu_s", unit="CPU s"),
        Row("processor time, stereo, start included", "stereo_cpu_s", _STEREO, "wav_cpu_s", unit="CPU s"),
        _smaller("memory, mono", HERE, _MONO, MONO),
        _smaller("memory, stereo", STEREO, _STEREO, WAV),
        _smaller("memory, stereo", STEREO, "podcastfy's merge", PODCASTFY),
        Row("ten times as long, mono, time", "many_s", "once", "here_s", at_most=10.5),
        Row("ten times as long, mono, memory", "many_mb", "once", "here_mb", unit="MB", at_most=1.15),
        _faster("`podcast render`, sentences kept, mono", "render", _MONO, MONO),
        Row("length of the sound", "here_length_s", "of pydub's", "mono_length_s"),
    ),
    stitch,
)
