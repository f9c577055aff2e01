"""Which figures are shown as bars beside which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from speed.figures import spread
from speed.plot import Bar, bars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from speed.figures import Sample, Spread


@dataclass(frozen=True, slots=True)
class Shown:
    """A bar: its label, its figure's name, and what was asked of it as a share of another figure."""

    label: str
    key: str
    is_ours: bool = False
    share: float = 0.0
    of: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars of one kind of measurement."""

    kind: str
    name: str
    title: str
    unit: str
    shown: tuple[Shown, ...]

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"performance-{self.name}.svg"

    def drawn(self, rounds: Sequence[Sample]) -> str:
        """Draw it from several rounds; what was not measured is left out."""
        return bars(self.title, self.unit, [_bar(each, rounds) for each in self.shown if each.key in rounds[0]])


def _bar(each: Shown, rounds: Sequence[Sample]) -> Bar:
    asked = each.share * _all(each.of, rounds).median if each.of in rounds[0] else None
    return Bar(each.label, _all(each.key, rounds), each.is_ours, asked)


def _all(key: str, rounds: Sequence[Sample]) -> Spread:
    return spread([sample[key] for sample in rounds if key in sample])


def pictures_of(kind: str) -> list[Picture]:
    """List the pictures of a kind."""
    return [picture for picture in PICTURES if picture.kind == kind]


def _ours(label: str, key: str, share: float = 0.0, of: str = "") -> Shown:
    return Shown(label, key, is_ours=True, share=share, of=of)


_WAV, _PODCASTFY, _OLD, _LOUDNORM = "pydub from WAV", "podcastfy's merge", "MP3s, pydub +=", "two-pass loudnorm alone"

PICTURES = (
    Picture(
        "cold",
        "cold",
        "An episode of a newsletter, cold, against the floor (mark: 1.5 times)",
        "s",
        (_ours("podcast make", "make_s", 1.5, "floor_s"), Shown("the floor", "floor_s")),
    ),
    Picture(
        "edit",
        "edit",
        "One sentence changed (mark: a fifth of a cold make)",
        "s",
        (
            _ours("render after the edit", "edit_s", 0.2, "make_s"),
            _ours("render, nothing changed", "unchanged_s"),
            Shown("cold make", "make_s"),
            Shown("cold render", "cold_render_s"),
        ),
    ),
    Picture(
        "stitch",
        "stitch-time",
        "38 clips joined (mark: a third of pydub's time)",
        "s",
        (
            _ours("here, mono", "here_s", 1 / 3, "mono_s"),
            _ours("here, stereo", "stereo_s", 1 / 3, "wav_s"),
            _ours("all of podcast render", "render_s"),
            Shown("pydub from WAV, mono", "mono_s"),
            Shown(_WAV, "wav_s"),
            Shown(_PODCASTFY, "podcastfy_s"),
            Shown(_OLD, "old_s"),
            Shown(_LOUDNORM, "loudnorm_s"),
        ),
    ),
    Picture(
        "stitch",
        "stitch-memory",
        "Memory while they are joined (mark: a quarter of pydub's)",
        "MB",
        (
            _ours("here, mono", "here_mb", 0.25, "mono_mb"),
            _ours("here, mono, ten times as long", "many_mb"),
            _ours("here, stereo", "stereo_mb", 0.25, "wav_mb"),
            Shown("pydub from WAV, mono", "mono_mb"),
            Shown(_WAV, "wav_mb"),
            Shown(_PODCASTFY, "podcastfy_mb"),
        ),
    ),
    Picture(
        "feed",
        "feed",
        "One new episode in a feed",
        "s",
        (
            _ours("among 1", "one_s"),
            _ours("among 1,000", "some_s"),
            _ours("among 10,000", "most_s"),
        ),
    ),
    Picture(
        "cluster",
        "cluster",
        "A backlog on a Dask cluster (mark: 1.7 times faster)",
        "s",
        (
            _ours("2 workers", "two_s", 1 / 1.7, "one_s"),
            _ours("2, one killed midway", "killed_s"),
            _ours("1 worker", "one_s"),
            Shown("no cluster", "here_s"),
        ),
    ),
)
