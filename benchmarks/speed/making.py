"""A cold `podcast make` against the floor, an edit heard again, and an episode many times as long.

floor = (CPU of speaking the same sentences + CPU of encoding the same sound) / cores + one load of the voice

What speaking and loading take is what they take the voice's own package. Beside it stands a stricter floor, from which
everything is taken that is done here to make the voice quicker.
"""

from __future__ import annotations

import os
import statistics
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from speed import shows
from speed.figures import Kind, Options, Row, Sample
from speed.watching import Ran, own, run

if TYPE_CHECKING:
    from pathlib import Path


def floor_of(show: Path) -> Sample:
    """Measure the floor of a rendered episode, in a process of its own."""
    parts: Sample = run(own("floor", show, shows.only_slug(show)), is_timed_alone=True).document
    cores = os.cpu_count() or 1
    cpu_s, own_cpu_s = (parts[speech] + parts["encode_cpu_s"] for speech in ("speech_cpu_s", "own_speech_cpu_s"))
    floors = {"floor_s": cpu_s / cores + parts["load_s"], "own_floor_s": own_cpu_s / cores + parts["own_load_s"]}
    return {**parts, **floors, "floor_cpu_s": cpu_s}


def _side_by_side_cpu_s(*rendered: Path) -> float:
    """Measure floors at once; the mean of their processor times, which grow where processors share memory."""
    with ThreadPoolExecutor(len(rendered)) as pool:
        return statistics.mean(floor["floor_cpu_s"] for floor in pool.map(floor_of, rendered))


def _make(options: Options, show: Path, *, is_timed_alone: bool = True) -> Ran:
    command = [*shows.podcast("make", options.newsletter, show=show), "--json"]
    return run(command, is_timed_alone=is_timed_alone)


# ── cold ────────────────────────────────────────────────────────────────────────────────────────────────


def cold(options: Options, folder: Path) -> Sample:
    """Make an episode in a new show, then do the least that it can cost; and make it once more for its memory."""
    show, other = (shows.new_show(folder, options.voice) for _ in range(2))
    made = _make(options, show)
    sample = {"make_s": made.wall_s, "make_cpu_s": made.cpu_s} | floor_of(show)
    sample["peak_mb"] = _make(options, other, is_timed_alone=False).peak_mb
    sample["side_by_side_cpu_s"] = _side_by_side_cpu_s(show, other)
    episode_s = made.document["duration_ms"] / 1000
    return sample | {"episode_s": episode_s, "realtime": episode_s / made.wall_s}


COLD = Kind(
    "cold",
    "From a newsletter to an episode, cold",
    (
        Row("`podcast make`, new show", "make_s", "floor", "floor_s", at_most=1.5),
        Row("the same", "make_s", "floor, the voice as quick as it is here", "own_floor_s", at_most=1.5),
        Row("its processor time", "make_cpu_s", "speaking and encoding alone", "floor_cpu_s"),
        Row("speaking and encoding twice, at once", "side_by_side_cpu_s", "alone", "floor_cpu_s"),
        Row("memory of all its processes (PSS)", "peak_mb", unit="MB", sense="ours", at_most=900),
        Row("seconds of episode a second", "realtime", unit="x", sense="ours"),
        Row("of the floor: encoding", "encode_cpu_s", unit="CPU s", sense="ours"),
        Row("speaking", "own_speech_cpu_s", "of the floor", "speech_cpu_s", unit="CPU s"),
        Row("of the floor: loading the voice", "load_s", sense="ours"),
        Row("loading it as it is loaded here", "own_load_s", sense="ours"),
    ),
    cold,
)

# ── an edit ─────────────────────────────────────────────────────────────────────────────────────────────


def edit(options: Options, folder: Path) -> Sample:
    """Change a sentence of an episode and render it; then render the edited script where nothing is kept."""
    show, fresh = (shows.new_show(folder, options.voice) for _ in range(2))
    made = _make(options, show)
    shows.edit_middle(show)
    again = _render(show)
    shows.with_script_only(show, fresh)
    anew = _render(fresh)
    unchanged = _render(show)
    is_same = shows.same_episode(show, fresh)
    return {
        "make_s": made.wall_s,
        "edit_s": again.wall_s,
        "edit_cpu_s": again.cpu_s,
        "cold_render_s": anew.wall_s,
        "unchanged_s": unchanged.wall_s,
        "same": float(is_same),
    }


def _render(show: Path) -> Ran:
    return run(shows.podcast("render", shows.only_slug(show), show=show), is_timed_alone=True)


EDIT = Kind(
    "edit",
    "One sentence changed",
    (
        Row("`podcast render` after the edit", "edit_s", "cold make", "make_s", at_most=0.2),
        Row("the same", "edit_s", "cold render of the edited script", "cold_render_s"),
        Row("`podcast render` with nothing changed", "unchanged_s", "cold make", "make_s"),
        Row("the edit's processor time", "edit_cpu_s", unit="CPU s", sense="ours"),
        Row("same bytes as the cold render (1: all files)", "same", unit="", sense="ours", at_least=1),
    ),
    edit,
)

# ── longer ──────────────────────────────────────────────────────────────────────────────────────────────


def longer(options: Options, folder: Path) -> Sample:
    """Render the script once and so many times over, both cold."""
    written = folder / "written"
    if not written.is_dir():
        shows.make_show(written, options.voice)
        run(shows.podcast("script", options.newsletter, show=written))
    once, many = (_multiplied(written, options, copies) for copies in (1, options.copies))
    return {"once_s": once.wall_s, "once_mb": once.peak_mb, "many_s": many.wall_s, "many_mb": many.peak_mb}


def _multiplied(written: Path, options: Options, copies: int) -> Ran:
    show = shows.new_show(written.parent, options.voice)
    shows.multiplied(written, show, copies)
    return run(shows.podcast("render", shows.only_slug(show), show=show))


LONGER = Kind(
    "longer",
    "Ten times as long, everything spoken and encoded",
    (
        Row("`podcast render`, time", "many_s", "once", "once_s", at_most=10.5),
        Row("`podcast render`, memory", "many_mb", "once", "once_mb", unit="MB", at_most=1.15),
    ),
    longer,
)
