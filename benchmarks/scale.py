"""What episodes cost by their size, fitted to runs on this machine, and what thousands of them a day would take.

    python benchmarks/scale.py              measures for some minutes, and prints the tables of docs/scale.md
    python benchmarks/scale.py --write      writes them there
    python benchmarks/scale.py --json       prints what was measured and fitted, to be kept in a file
    python benchmarks/scale.py --from FILE  plans anew from such a file: with other prices, say

Scripts of several lengths, in few segments and in many, are rendered in new shows, with all on this machine and with a
cluster of one worker beside it; each command is a process of its own, of which the processor time is taken with that of
all programs that it starts. The newsletter is a Markdown file with a
heading of three # above each paper.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scale_model import Assumed, Line, Model, fitted, report
from speed.cluster import Workers, dask

from feed import add_episode, files_of, made_up_show
from podcast.pipeline.script_files import read_script
from podcast.prices import list_prices, usd_per_minute
from podcast.record import EPISODE_MP3, read_record
from podcast.show import Settings, load_show
from podcast.speech.voice import load_voice
from podcast.starter import init_show
from podcast.types import Segment
from podcast.writing.script import format_script

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podcast.show import Show
    from podcast.types import Script

ROOT = Path(__file__).parent.parent
NEWSLETTER = ROOT / "scripts" / "2024-06-15" / "newsletter.md"
VOICES = ROOT / "voices"
DOCUMENT = ROOT / "docs" / "scale.md"
BEGIN, END = "<!-- benchmarks/scale.py -->\n", "<!-- end -->"

SHARES = (0.2, 0.5, 1.0)
"""Of the newsletter that is written, and of the script that is spoken."""

EPISODES = (10, 100, 1000)
"""Of shows of which the feed is written."""

PAID_VOICE = "alloy"
SLUG = "2024-06-15"

_PAPER = re.compile(r"^### ", re.MULTILINE)
_WAV_SAMPLE_BYTES, _RATE_HZ = 2, 24_000


@dataclass(frozen=True, slots=True)
class Run:
    """One size, and what was measured of it."""

    sizes: Mapping[str, float]
    values: Mapping[str, float]


def measured(newsletter: Path, runs: int, *, profile: Path, shares: Sequence[float], episodes: Sequence[int]) -> Model:
    """Measure everything, each size so many times of which the medians count."""
    text = newsletter.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        place = Path(folder)
        written = [_written(place, _cut(text, share), runs) for share in shares]
        script = read_script(place / "show" / "scripts" / SLUG / "script.md")
        with dask(Workers(1, is_held=False), place) as (cluster, _):
            spoken = [_spoken(place, each, runs, profile, cluster) for each in _scripts(script, shares)]
        fed = [_fed(place, count, runs) for count in episodes]
        quoted = _quoted(place, text)
    return _model(written, spoken, fed, quoted)


# ── sizes ───────────────────────────────────────────────────────────────────────────────────────────────


def _cut(text: str, share: float) -> str:
    """Keep the first papers of a newsletter."""
    starts = [found.start() for found in _PAPER.finditer(text)]
    kept = max(1, round(share * len(starts)))
    return text if kept >= len(starts) else text[: starts[kept]]


def _scripts(script: Script, shares: Sequence[float]) -> Iterator[Script]:
    """Yield beginnings of a script, their paragraphs in two segments and in one each; and last, the script as it is."""
    paragraphs = [paragraph for segment in script.segments for paragraph in segment.paragraphs]
    for share in shares:
        some = paragraphs[: max(2, round(share * len(paragraphs)))]
        for count in (2, len(some)):
            cuts = [round(at * len(some) / count) for at in range(count + 1)]
            segments = (
                Segment(f"Part {at + 1}", tuple(some[first:last]))
                for at, (first, last) in enumerate(itertools.pairwise(cuts))
            )
            yield dataclasses.replace(script, segments=tuple(segments), digest=None)
    yield script


# ── runs ────────────────────────────────────────────────────────────────────────────────────────────────


def cpu_of(show: Path, *words: object) -> float:
    """Run a command, and return the processor seconds that it and all its programs took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran(show, *words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ran(show: Path, *words: object, **environment: str) -> bytes:
    """Run a command, and return what it printed."""
    command = [sys.executable, "-m", "podcast", *map(str, words), "--show", str(show), "--quiet"]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, env={**os.environ, **environment})
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
    return done.stdout


def _new_show(place: Path, profile: Path | None = None) -> Path:
    folder = place / "show"
    shutil.rmtree(folder, ignore_errors=True)
    init_show(folder)
    if profile:
        shutil.copy(profile, folder / "voices")
    return folder


def _median(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _written(place: Path, text: str, runs: int) -> Run:
    newsletter = place / "newsletter.md"
    newsletter.write_text(text, encoding="utf-8")
    taken = [{"write": cpu_of(_new_show(place), "script", newsletter, "--slug", SLUG)} for _ in range(runs)]
    return Run({"words": len(text.split())}, _median(taken))


def _spoken(place: Path, script: Script, runs: int, profile: Path, cluster: str) -> Run:
    """Render a script in a new show, on a cluster and alone, and again where all is kept."""
    taken, render = [], ("render", SLUG, "--voice", profile.stem)
    for _ in range(runs):
        head = cpu_of(_with_script(place, script, profile), *render, "--cluster", cluster)
        show = load_show(_with_script(place, script, profile))
        alone, again = cpu_of(show.folder, *render), cpu_of(show.folder, *render)
        taken.append({"head": head, "render": alone, "again": again, **_bytes(show)})
    record = read_record(show.episode_folder(SLUG))
    sizes = {"sound_s": record.duration_ms / 1000, "segments": len(script.segments)}
    return Run(sizes, _median(taken))


def _with_script(place: Path, script: Script, profile: Path) -> Path:
    show = _new_show(place, profile)
    path = show / "scripts" / SLUG / "script.md"
    path.parent.mkdir(parents=True)
    path.write_text(format_script(script), encoding="utf-8")
    return show


def _bytes(show: Show) -> dict[str, float]:
    kept = [path for path in show.cache.rglob("*") if path.is_file()]
    published = [path for path in show.episode_folder(SLUG).iterdir() if path.name != EPISODE_MP3]  # it has two names
    wav = sum(path.stat().st_size for path in kept if path.suffix == ".wav")
    return {
        "kept": sum(path.stat().st_size for path in kept),
        "kept_files": len(kept),
        "published": sum(path.stat().st_size for path in published),
        "published_files": len(published),
        "speech_s": wav / _WAV_SAMPLE_BYTES / _RATE_HZ,
        "sentences": sum(path.suffix == ".wav" for path in kept),
    }


def _fed(place: Path, count: int, runs: int) -> Run:
    """Write the feed of a show with one episode more."""
    folder = place / f"show-of-{count}"
    made_up_show(folder, count)
    show, taken = load_show(folder), []
    cpu_of(folder, "feed")
    for number in range(runs):
        add_episode(show, count + number)
        before = files_of(show)
        cpu_s = cpu_of(folder, "feed")
        changed = [name for name, state in files_of(show).items() if before.get(name) != state]
        taken.append({"feed": cpu_s, "feed_bytes": sum((show.feed / name).stat().st_size for name in changed)})
    return Run({"episodes": count}, _median(taken))


def _quoted(place: Path, text: str) -> dict[str, float]:
    """Ask what a paid writer would cost at most; a dry run asks nobody, but wants to see a key."""
    newsletter = place / "newsletter.md"
    newsletter.write_text(text, encoding="utf-8")
    words = ("make", newsletter, "--slug", SLUG, "--writer", "openai", "--dry-run", "--json")
    answer = json.loads(ran(_new_show(place), *words, OPENAI_API_KEY="none-is-asked"))
    return {"writer_usd": answer["writing_usd"], "papers": len(_PAPER.findall(text))}


# ── what is made of them ────────────────────────────────────────────────────────────────────────────────


def _model(written: Sequence[Run], spoken: Sequence[Run], fed: Sequence[Run], quoted: Mapping[str, float]) -> Model:
    whole = spoken[-1].values
    voice = load_voice(PAID_VOICE, VOICES)
    return Model(
        sizes={**written[-1].sizes, **spoken[-1].sizes, "sentences": whole["sentences"], "papers": quoted["papers"]},
        write_cpu_s=_line(written, "write"),
        render_cpu_s=_line(spoken, "render"),
        again_cpu_s=_line(spoken, "again"),
        head_cpu_s=_line(spoken, "head"),
        feed_cpu_s=_line(fed, "feed"),
        feed_bytes=_line(fed, "feed_bytes"),
        kept_bytes=_line(spoken, "kept"),
        published_bytes=_line(spoken, "published"),
        speech_s=whole["speech_s"],
        kept_files=round(whole["kept_files"]),
        published_files=round(whole["published_files"]),
        voice=PAID_VOICE,
        voice_usd_per_minute=usd_per_minute(voice.model, voice.speed),
        writer=list_prices().chat_default,
        writer_usd=quoted["writer_usd"],
        cores=os.cpu_count() or 1,
    )


def _line(runs: Sequence[Run], name: str) -> Line:
    return fitted([run.sizes for run in runs], [run.values[name] for run in runs])


def read_model(text: str) -> Model:
    """Read what `--json` printed."""
    fields: dict[str, Any] = json.loads(text)
    lines = {name: Line(**value) for name, value in fields.items() if isinstance(value, dict) and "slopes" in value}
    return Model(**{**fields, **lines})


def put(text: str, tables: str) -> str:
    """Put the tables between their marks in a document."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{begin}\n{tables}\n\n{end}{after}"


def main() -> None:
    """Measure, fit, plan."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("newsletter", nargs="?", type=Path, default=NEWSLETTER)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES, help="of the newsletter")
    parser.add_argument("--episodes", type=int, nargs="+", default=EPISODES, help="of shows whose feed is written")
    parser.add_argument("--profile", type=Path, default=VOICES / f"{Settings().speech.voice}.toml", help="of a voice")
    parser.add_argument("--from", dest="measured", type=Path, help="a file that --json wrote")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="into docs/scale.md")
    for field in dataclasses.fields(Assumed):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    chosen = parser.parse_args()
    if chosen.measured:
        model = read_model(chosen.measured.read_text(encoding="utf-8"))
    else:
        sizes = {"profile": chosen.profile, "shares": chosen.shares, "episodes": chosen.episodes}
        model = measured(chosen.newsletter, chosen.runs, **sizes)
    assumed = Assumed(**{field.name: getattr(chosen, field.name) for field in dataclasses.fields(Assumed)})
    if chosen.write:
        DOCUMENT.write_text(put(DOCUMENT.read_text(encoding="utf-8"), report(model, assumed)), encoding="utf-8")
    print(json.dumps(dataclasses.asdict(model), indent=1) if chosen.json else report(model, assumed))


if __name__ == "__main__":
    main()
