"""What an episode costs by its size, and what a thousand or a million of them a day would take: figures in, tables out.

Nothing is measured here: benchmarks/scale.py does that. Every price and every share that was chosen, and not measured,
stands in `Assumed`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    Shown = Callable[[float], str]
    Floats = npt.NDArray[np.float64]

DAY_S = 86_400
DAYS = (1, 1_000, 1_000_000)
"""Episodes a day that the plan is made for."""

_YEAR_DAYS, _MONTH_DAYS = 365, 30
_BITS = 8
_S_PER_MINUTE, _S_PER_HOUR = 60, 3600
_GB = 1e9


# ── what depends on what ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """A cost that has a fixed part and grows with some sizes."""

    fixed: float
    slopes: Mapping[str, float]
    off: float
    """The largest share by which it misses what was measured."""

    def at(self, sizes: Mapping[str, float]) -> float:
        """What it comes to."""
        return self.fixed + sum(slope * sizes[name] for name, slope in self.slopes.items())


def fitted(sizes: Sequence[Mapping[str, float]], values: Sequence[float]) -> Line:
    """Fit by least squares of shares, so that short episodes count as much as long ones; no part may be negative."""
    names = list(sizes[0])
    rows = np.array([[1.0, *(each[name] for name in names)] for each in sizes])
    found = _least(rows / np.array(values)[:, None])
    off = float(np.max(np.abs(rows @ found / np.array(values) - 1)))
    fixed, *slopes = map(float, found)
    return Line(fixed, dict(zip(names, slopes, strict=True)), off)


def _least(shares: Floats) -> Floats:
    """Solve for ones, leaving out whatever would come out negative."""
    kept = list(range(shares.shape[1]))
    while True:
        found, *_ = np.linalg.lstsq(shares[:, kept], np.ones(len(shares)))
        if (found >= 0).all() or len(kept) == 1:
            break
        del kept[int(np.argmin(found))]
    solution = np.zeros(shares.shape[1])
    solution[kept] = np.maximum(found, 0)
    return solution


# ── one episode ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Model:
    """All that was measured: lines, and what the whole newsletter came to, as the typical episode."""

    sizes: Mapping[str, float]
    """Of the typical episode: words, sound_s, segments, sentences, papers."""
    write_cpu_s: Line
    render_cpu_s: Line
    again_cpu_s: Line
    """Rendering where every sentence and every part is kept: what is done for an episode beside the heavy work."""
    head_cpu_s: Line
    """Rendering where a cluster does the heavy work: what is left to the machine that asks it."""
    feed_cpu_s: Line
    feed_bytes: Line
    """What one episode more changes in feed/."""
    kept_bytes: Line
    published_bytes: Line
    speech_s: float
    """Of the typical episode's kept sentences."""
    kept_files: int
    published_files: int
    voice: str
    voice_usd_per_minute: float
    writer: str
    writer_usd: float
    """At most, of the typical episode."""
    cores: int
    """Of the machine that was measured."""

    def of(self, line: Line, episodes: int = 0) -> float:
        """What a cost comes to for the typical episode, in a show of so many."""
        return line.at({**self.sizes, "episodes": episodes})


@dataclass(frozen=True, slots=True)
class Assumed:
    """What was chosen, not measured: say your own."""

    busy: float = 0.6
    """Share of the time that processors work: episodes do not come evenly."""
    show_episodes: int = 500
    """Episodes that a show has: ten years of a weekly one."""
    kept_days: int = 30
    """How long .podcast/ of an episode is kept: as long as somebody may edit it."""
    listeners: int = 100
    """Downloads of an episode."""
    arxiv_interval_s: float = 3.0
    """One request in so many seconds is what arXiv allows, from all of somebody's machines together."""
    line_mbit: float = 1000.0
    disk_tb: float = 1.0
    sample_bytes: int = 2
    """A sample of a sentence, on its way to the head: whoever makes a part of it has it from whoever spoke it."""
    sample_rate_hz: int = 24_000
    usd_core_hour: float = 0.04
    usd_gb_month: float = 0.023
    usd_gb_out: float = 0.09
    """List prices of large clouds, rounded."""


@dataclass(frozen=True, slots=True)
class Need:
    """What so many episodes a day take, each day where nothing else is said."""

    episodes: int
    cpu_s: float
    cores: float
    heads: float
    published_bytes_a_year: float
    kept_bytes: float
    host_bytes: float
    cluster_bytes: float
    listeners_bytes: float
    puts: float
    arxiv_requests: float
    voice_requests: float
    processors_usd: float
    storage_usd: float
    """After a year."""
    listeners_usd: float
    voice_usd: float
    writer_usd: float


def cpu_s(model: Model, assumed: Assumed) -> float:
    """Processor seconds of a typical episode, from newsletter to feed."""
    return model.of(model.write_cpu_s) + model.of(model.render_cpu_s) + _feed_s(model, assumed.show_episodes)


def head_cpu_s(model: Model, assumed: Assumed) -> float:
    """Of which these are left to the machine that began it, where a cluster helps."""
    return model.of(model.write_cpu_s) + model.of(model.head_cpu_s) + _feed_s(model, assumed.show_episodes)


def cluster_bytes(model: Model, assumed: Assumed) -> float:
    """What goes through the head's line: sentences come as samples, parts as MP3."""
    samples = model.speech_s * assumed.sample_rate_hz * assumed.sample_bytes
    return samples + model.of(model.published_bytes)


def _feed_s(model: Model, episodes: int) -> float:
    return model.feed_cpu_s.at({"episodes": episodes})


def need(model: Model, assumed: Assumed, episodes: int) -> Need:
    """Plan for so many episodes a day."""
    published, kept = model.of(model.published_bytes), model.of(model.kept_bytes)
    feed_bytes = model.feed_bytes.at({"episodes": assumed.show_episodes})
    cores = episodes * cpu_s(model, assumed) / DAY_S / assumed.busy
    year_gb = episodes * published * _YEAR_DAYS / _GB
    minutes = model.sizes["sound_s"] / _S_PER_MINUTE
    return Need(
        episodes=episodes,
        cpu_s=episodes * cpu_s(model, assumed),
        cores=cores,
        heads=episodes * head_cpu_s(model, assumed) / DAY_S / assumed.busy,
        published_bytes_a_year=year_gb * _GB,
        kept_bytes=episodes * kept * assumed.kept_days,
        host_bytes=episodes * (published + feed_bytes),
        cluster_bytes=episodes * cluster_bytes(model, assumed),
        listeners_bytes=episodes * published * assumed.listeners,
        puts=episodes * model.published_files,
        arxiv_requests=episodes * arxiv_requests(model),
        voice_requests=episodes * model.sizes["sentences"],
        processors_usd=cores * DAY_S / _S_PER_HOUR * assumed.usd_core_hour,
        storage_usd=year_gb * assumed.usd_gb_month / _MONTH_DAYS,
        listeners_usd=episodes * published * assumed.listeners / _GB * assumed.usd_gb_out,
        voice_usd=episodes * minutes * model.voice_usd_per_minute,
        writer_usd=episodes * model.writer_usd,
    )


def arxiv_requests(model: Model) -> float:
    """Of an episode that is made from arXiv ids: they are looked up at once, and each paper is fetched."""
    return 1 + model.sizes["papers"]


# ── where it ends ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Limit:
    """Something of which there is one, how many episodes a day fill it, and what lifts it."""

    what: str
    episodes: float
    lifted_by: str


def limits(model: Model, assumed: Assumed) -> list[Limit]:
    """List what ends first, first."""
    line_bytes = assumed.line_mbit * 1e6 / _BITS * DAY_S * assumed.busy
    kept = model.of(model.kept_bytes) * assumed.kept_days + model.of(model.published_bytes) * _YEAR_DAYS
    found = (
        Limit(
            "one show, its feed written after each episode, a year on",
            _show_limit(model, assumed),
            "several shows, or a backlog in one go, which writes the feed once",
        ),
        Limit(
            "arXiv, for episodes made from ids: one request in three seconds",
            DAY_S / assumed.arxiv_interval_s / arxiv_requests(model),
            "newsletters instead of ids; arXiv's bulk data (Kaggle, S3) in place of its API",
        ),
        Limit(
            f"the processors of one machine with {model.cores} cores",
            DAY_S * model.cores * assumed.busy / cpu_s(model, assumed),
            "`--cluster`, or more machines with shows of their own",
        ),
        Limit(
            f"one disk of {assumed.disk_tb:g} TB, a year on",
            assumed.disk_tb * 1e12 / kept,
            "publishing to an object store, and deleting .podcast/ sooner",
        ),
        Limit(
            "one head of a cluster, on one core",
            DAY_S * assumed.busy / head_cpu_s(model, assumed),
            "several heads: a show needs one, shows need nothing of each other",
        ),
        Limit(
            f"the line of one head, {assumed.line_mbit:g} Mbit/s",
            line_bytes / cluster_bytes(model, assumed),
            "several heads; sentences that stay with workers for good, so that samples need not travel",
        ),
        Limit(
            f"one host's line of {assumed.line_mbit:g} Mbit/s, {assumed.listeners:,} listeners an episode",
            line_bytes / assumed.listeners / model.of(model.published_bytes),
            "a CDN: every file but the feed is named by what is in it, or never changes",
        ),
    )
    return sorted(found, key=lambda limit: limit.episodes)


def _show_limit(model: Model, assumed: Assumed) -> float:
    """Solve n · feed(365 n) = the busy seconds of a day: each of n runs reads what a year of n a day has left."""
    fixed, slope = model.feed_cpu_s.fixed, model.feed_cpu_s.slopes["episodes"] * _YEAR_DAYS
    seconds = DAY_S * assumed.busy
    if not slope:
        return seconds / fixed
    return (math.sqrt(fixed * fixed + 4 * slope * seconds) - fixed) / (2 * slope)


# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────


def report(model: Model, assumed: Assumed) -> str:
    """Write the whole of it in Markdown."""
    tables = (_costs(model), _typical(model, assumed), _needs(model, assumed), _limits(model, assumed))
    return "\n\n".join("\n".join(table) for table in tables)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    ruler = f"|---|{'---:|' * (len(head) - 1)}"
    return [f"| {' | '.join(head)} |", ruler, *(f"| {' | '.join(row)} |" for row in rows)]


def _costs(model: Model) -> list[str]:
    lines = {
        "processor: from newsletter to script": (model.write_cpu_s, seconds),
        "processor: speaking, mixing, encoding, describing": (model.render_cpu_s, seconds),
        "processor: the same with everything kept": (model.again_cpu_s, seconds),
        "processor: the head, where a cluster speaks and encodes": (model.head_cpu_s, seconds),
        "processor: feed and site": (model.feed_cpu_s, seconds),
        "disk: kept in .podcast/": (model.kept_bytes, size),
        "disk: published, feed apart": (model.published_bytes, size),
        "network: of feed and site, with one episode more": (model.feed_bytes, size),
    }
    rows = [
        (what, shown(line.fixed), ", ".join(_slopes(line, shown)) or "—", f"{100 * line.off:.0f} %")
        for what, (line, shown) in lines.items()
    ]
    return _table(("an episode", "fixed", "and for each", "off by at most"), rows)


_UNITS = {
    "words": (1000, "1,000 words of newsletter"),
    "sound_s": (60, "minute of sound"),
    "segments": (1, "segment"),
    "episodes": (1000, "1,000 episodes of the show"),
}


def _slopes(line: Line, shown: Shown) -> Iterator[str]:
    for name, slope in line.slopes.items():
        if slope:
            count, unit = _UNITS[name]
            yield f"{shown(slope * count)} a {unit}"


def _typical(model: Model, assumed: Assumed) -> list[str]:
    sizes = model.sizes
    rows = (
        ("words of newsletter", number(sizes["words"])),
        ("minutes of sound", f"{sizes['sound_s'] / _S_PER_MINUTE:.1f}"),
        ("segments, sentences", f"{sizes['segments']:.0f}, {sizes['sentences']:.0f}"),
        (f"processor, in a show of {assumed.show_episodes:,}", seconds(cpu_s(model, assumed))),
        ("of which the head of a cluster", seconds(head_cpu_s(model, assumed))),
        ("kept in .podcast/", f"{size(model.of(model.kept_bytes))} in {model.kept_files} files"),
        ("published", f"{size(model.of(model.published_bytes))} in {model.published_files} files"),
        ("through a cluster head's line", size(cluster_bytes(model, assumed))),
        (
            f"voice `{model.voice}`, if asked for",
            f"{usd(sizes['sound_s'] / _S_PER_MINUTE * model.voice_usd_per_minute)}, {sizes['sentences']:.0f} requests",
        ),
        (f"writer `{model.writer}`, if asked for", f"at most {usd(model.writer_usd)}"),
    )
    return _table(("the typical episode", ""), rows)


def _needs(model: Model, assumed: Assumed) -> list[str]:
    all_needs = [need(model, assumed, episodes) for episodes in DAYS]
    share, listeners = f"{assumed.busy:.0%}".replace("%", " %"), f"{assumed.listeners:,}"
    rows = {
        f"cores, busy {share} of the time": [number(each.cores) for each in all_needs],
        "of which cores of heads": [number(each.heads) for each in all_needs],
        "published in a year": [size(each.published_bytes_a_year) for each in all_needs],
        f"kept for {assumed.kept_days} days": [size(each.kept_bytes) for each in all_needs],
        "to the host": [rate(each.host_bytes) for each in all_needs],
        "through the heads of clusters": [rate(each.cluster_bytes) for each in all_needs],
        f"to {listeners} listeners each": [rate(each.listeners_bytes) for each in all_needs],
        "files to the host": [_each_second(each.puts) for each in all_needs],
        "asked of arXiv, if made from ids": [_each_second(each.arxiv_requests) for each in all_needs],
        "asked of a paid voice": [_each_second(each.voice_requests) for each in all_needs],
        "processors": [usd(each.processors_usd) for each in all_needs],
        "storage, after a year": [usd(each.storage_usd) for each in all_needs],
        f"sending to {listeners} listeners each": [usd(each.listeners_usd) for each in all_needs],
        "a paid voice": [usd(each.voice_usd) for each in all_needs],
        "a paid writer, at most": [usd(each.writer_usd) for each in all_needs],
    }
    head = ("a day", *(f"{episodes:,} episode{'s' * (episodes > 1)}" for episodes in DAYS))
    return _table(head, [(what, *cells) for what, cells in rows.items()])


def _limits(model: Model, assumed: Assumed) -> list[str]:
    rows = [(limit.what, number(limit.episodes), limit.lifted_by) for limit in limits(model, assumed)]
    lines = _table(("there is one of it", "full at episodes a day", "what lifts it"), rows)
    return [lines[0], "|---|---:|---|", *lines[2:]]


def number(value: float) -> str:
    """To three digits, with commas."""
    if value >= 100:  # noqa: PLR2004
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.2g}" if value < 1 else f"{value:.3g}"


def seconds(value: float) -> str:
    """Seconds, or ms where there are few."""
    return f"{value:.2f} s" if value >= 0.1 else f"{1000 * value:.2g} ms"  # noqa: PLR2004


def size(count: float) -> str:
    """Bytes in a unit of thousands."""
    units = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")
    step = min(len(units) - 1, max(0, math.floor(math.log10(max(count, 1)) / 3)))
    return f"{number(count / 1000**step)} {units[step]}"


def rate(bytes_a_day: float) -> str:
    """Bytes of a day, and how fast they go if they go evenly."""
    return f"{size(bytes_a_day)}, {number(bytes_a_day * _BITS / DAY_S / 1e6)} Mbit/s"


def usd(amount: float) -> str:
    """Money."""
    return f"{number(amount)} USD"


def _each_second(a_day: float) -> str:
    return f"{number(a_day)}, {number(a_day / DAY_S)} a second"
