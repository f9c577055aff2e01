"""`podcast doctor`: what is installed, found, missing, ready, and what it costs.

Nothing is written, spent or asked of a network, no voice is loaded. Each trouble is one line and hides no other.
"""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from podcast import __version__
from podcast.errors import InputError, OutsideError, PodcastError, from_os_error
from podcast.outside import services
from podcast.outside.programs import plain_environment
from podcast.pipeline.memory import recalled
from podcast.pipeline.writers import unready
from podcast.record import read_episodes
from podcast.show import SETTINGS_FILE, Settings, Show, find_show, has_show, load_show, starter_voices
from podcast.speech.engines import load_engine
from podcast.speech.lexicon import load_lexicon
from podcast.speech.voice import load_voice, profiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Status = Literal["ok", "missing", "note"]

_PACKAGE = "paper-podcast"
_ENGINES = "podcast.engines"
_KEY = "OPENAI_API_KEY"

_ENCODERS = ("libmp3lame",)
_FILTERS = ("ebur128",)
_LONGEST_ANSWER_S = 10.0
_TRIAL_MS = 100

_LEAST_FREE_BYTES = 200_000_000
"""Sentences, parts, draft and finished sound of an episode of half an hour, and some room."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; what is `missing` has to be put right."""

    name: str
    status: Status
    found: str
    advice: str = ""
    usd: float | None = None
    """What an episode costs with this voice or writer, where that is known."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was looked at."""

    checks: tuple[Check, ...]
    libraries: tuple[Check, ...]
    engines: tuple[Check, ...]
    voices: tuple[Check, ...]
    writers: tuple[Check, ...]

    @property
    def missing(self) -> tuple[Check, ...]:
        """What has to be put right."""
        everything = (*self.checks, *self.libraries, *self.engines, *self.voices, *self.writers)
        return tuple(check for check in everything if check.status == "missing")


def examine(folder: Path | None) -> Report:
    """Look at the installation, and at the show if there is one."""
    sound = _tried("ffmpeg", "The one that comes with imageio-ffmpeg will do.", _ffmpeg)
    root, where = _find(folder)
    return Report(
        checks=(*_itself(), sound, _key(), where, *(_in_show(root, hears=sound.status == "ok") if root else ())),
        libraries=tuple(_libraries()),
        engines=tuple(map(_engine, _entry_points())),
        voices=tuple(_voices(root / "voices" if root else starter_voices())),
        writers=tuple(_writers(root)),
    )


def lines(report: Report) -> list[str]:
    """Say it to a person, one line a thing; libraries that are there share one."""
    named = (
        *(("", check) for check in (*report.checks, *_summed_up(report.libraries))),
        *(("engine ", check) for check in report.engines),
        *(("voice ", check) for check in report.voices),
        *(("writer ", check) for check in report.writers),
    )
    return [
        f"{check.status:8} {prefix + check.name:18} {check.found}{f' {check.advice}' if check.advice else ''}"
        for prefix, check in named
    ]


def _summed_up(libraries: tuple[Check, ...]) -> Iterator[Check]:
    there = [check for check in libraries if check.status == "ok"]
    if there:
        yield Check("libraries", "ok", f"{len(there)} of {len(libraries)}; --json names each with its version")
    yield from (check for check in libraries if check.status != "ok")


def _tried(name: str, advice: str, look: Callable[[], Check]) -> Check:
    """Look, and make whatever goes wrong a line of its own."""
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - whatever it is, the rest is still looked at
        return Check(name, "missing", _reason(error), advice)


def _reason(error: Exception) -> str:
    known = from_os_error(error) if isinstance(error, OSError) else error
    text = " ".join(str(known).split())
    return text if isinstance(known, PodcastError) else f"{type(known).__name__}: {text}."


# ── the installation ────────────────────────────────────────────────────────────────────────────────────


def _itself() -> tuple[Check, ...]:
    return (
        Check("python", "ok", f"{platform.python_version()}, {sys.executable}"),
        Check("podcast", "ok", f"{__version__}, {Path(__file__).parents[1]}"),
    )


def _ffmpeg() -> Check:
    """Ask what it has, then let it make an MP3 as those of every episode are, and read it."""
    from podcast.outside import ffmpeg

    program = ffmpeg.executable()
    version = _said(program, "-version").partition(" Copyright")[0].splitlines()
    if not version or not version[0].startswith("ffmpeg version"):
        raise OutsideError(f"{program} is a program, but not ffmpeg.")
    lacking = [*_not_in(_said(program, "-encoders"), _ENCODERS), *_not_in(_said(program, "-filters"), _FILTERS)]
    if lacking:
        raise OutsideError(f"{program} ({version[0]}) was built without {', '.join(lacking)}.")
    _make_an_mp3()
    return Check("ffmpeg", "ok", f"{version[0]} with {', '.join((*_ENCODERS, *_FILTERS))}, {program}")


def _said(program: str, question: str) -> str:
    """Return the answer to a question; into a file, so that no child of a wrapper can keep a pipe open."""
    with tempfile.TemporaryFile() as answer:
        try:
            subprocess.run(  # noqa: S603 - the user's own program, without a shell
                [program, question],
                stdin=subprocess.DEVNULL, stdout=answer, stderr=subprocess.DEVNULL,
                timeout=_LONGEST_ANSWER_S, check=False, env=plain_environment(),
            )  # fmt: skip
        except OSError as error:
            raise OutsideError(f"{program} does not start: {error.strerror}.") from error
        except subprocess.TimeoutExpired as error:
            raise OutsideError(f"{program} does not answer.") from error
        answer.seek(0)
        return answer.read().decode(errors="replace")


def _not_in(listing: str, names: tuple[str, ...]) -> list[str]:
    """Names without a line in a listing: flags, name, description."""
    return [name for name in names if not re.search(rf"^ \S+ +{name} ", listing, re.MULTILINE)]


def _make_an_mp3() -> None:
    import numpy as np

    from podcast.outside import ffmpeg
    from podcast.outside.decoder import decode_frames
    from podcast.outside.mp3 import Mp3Format

    audio = Settings().audio
    form = Mp3Format(audio.sample_rate_hz, audio.channels, audio.bitrate_kbps)
    silence = np.zeros((audio.sample_rate_hz * _TRIAL_MS // 1000, audio.channels), dtype=np.float32)
    decode_frames(ffmpeg.encode([silence], form), form)


def _key() -> Check:
    if os.environ.get(_KEY):
        found = "set; only voices of the engine openai and the writer openai use it, where a show or a flag names one."
        return Check(_KEY, "note", found)
    return Check(_KEY, "ok", "not set; only paid voices and writers need one")


# ── libraries ───────────────────────────────────────────────────────────────────────────────────────────

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(\[[^\]]*\])?(>=(?P<least>[\d.]+))?")
_SINCE_PYTHON = re.compile(r"python_version >= ['\"]3\.(\d+)['\"]")


def _libraries() -> Iterator[Check]:
    """Look every library up in what is installed, without importing any."""
    try:
        requirements = metadata.requires(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        yield Check(_PACKAGE, "missing", "it is not installed, only lying there.", "Install it with pip.")
        return
    for requirement in requirements:
        what, _, marker = requirement.partition(";")
        if _is_needed(marker.strip()):
            yield _library(what.strip())


def _is_needed(marker: str) -> bool:
    """Whether a dependency with that condition is one here; those of extras never are."""
    since = _SINCE_PYTHON.fullmatch(marker)
    return not marker or (since is not None and sys.version_info >= (3, int(since[1])))


def _library(requirement: str) -> Check:
    match = _REQUIREMENT.match(requirement)
    name, least = (match["name"], match["least"] or "0") if match else (requirement, "0")
    advice = f'python -m pip install "{requirement}" installs it.'
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(name, "missing", "not installed.", advice)
    if _numbers(version) < _numbers(least):
        return Check(name, "missing", f"{version} is too old.", advice)
    return Check(name, "ok", version)


def _numbers(version: str) -> list[int]:
    """Leading numbers of a version, such that 2.0 is 2."""
    leading = re.match(r"[\d.]*", version)
    numbers = [int(number) for number in (leading[0] if leading else "").split(".") if number]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers


# ── voices ──────────────────────────────────────────────────────────────────────────────────────────────


def _entry_points() -> list[metadata.EntryPoint]:
    return sorted(metadata.entry_points(group=_ENGINES), key=lambda point: point.name)


def _engine(point: metadata.EntryPoint) -> Check:
    advice = "Install what it needs, or remove the package that brings it."
    return _tried(point.name, advice, lambda: Check(point.name, "ok", load_engine(point.name).version))


def _voices(folder: Path) -> Iterator[Check]:
    for name, path in sorted(profiles(folder).items()):
        yield _tried(name, f"Correct {path}, or delete it.", functools.partial(_voice, name, folder))


def _voice(name: str, folder: Path) -> Check:
    voice = load_voice(name, folder)
    engine = load_engine(voice.engine)
    usd = engine.usd_per_minute(voice)
    price = f"about {usd:.3f} USD a minute" if usd else "0.00 USD"
    found = f"{voice.engine}, {voice.description or voice.voice}; {price}"
    if voice.engine == "openai" and services.address(voice.base_url) != services.OWN_ADDRESS:
        found = (
            f"{voice.engine}, {_asked(voice.base_url)}; {price if usd else 'free'}"  # its description may be OpenAI's
        )
    if problem := engine.ready(voice):
        return Check(name, "note", f"not ready: {found}.", problem, usd=usd)
    return Check(name, "ok", f"ready: {found}", usd=usd)


def _asked(base_url: str) -> str:
    return f"{services.place(services.address(base_url))} will be asked, and was not asked yet"


# ── writers ─────────────────────────────────────────────────────────────────────────────────────────────


def _writers(root: Path | None) -> Iterator[Check]:
    yield Check("extractive", "ok", "ready: the newsletter's own words; embedded, offline, 0.00 USD", usd=0.0)
    yield _tried("openai", "Correct show.toml under [writing].", lambda: _model(_show_of(root)))


def _show_of(root: Path | None) -> Show:
    """Return the show, with the settings of a new one where its own cannot be read, which has a line of its own."""
    with contextlib.suppress(PodcastError):
        if root:
            return load_show(root)
    return Show(root or Path(), Settings())


def _model(show: Show) -> Check:
    base_url = show.settings.writing.base_url
    is_free = services.is_own(services.address(base_url))
    price = "free" if is_free else "paid, --dry-run says how much"
    found = f"a language model, {_asked(base_url)}; {price}"
    if problem := unready(show, "openai"):
        return Check("openai", "note", f"not ready: {found}.", problem)
    return Check("openai", "ok", f"ready: {found}")


# ── the show ────────────────────────────────────────────────────────────────────────────────────────────


def _find(folder: Path | None) -> tuple[Path | None, Check]:
    if not has_show(folder):
        return None, Check("show", "note", "none here.", "`podcast init DIR` makes one; --show DIR names one.")
    try:
        root = find_show(folder)
    except PodcastError as error:
        return None, Check("show", "missing", str(error), "--show DIR names another.")
    return root, Check("show", "ok", str(root))


def _in_show(root: Path, *, hears: bool) -> Iterator[Check]:
    """What needs no settings is looked at even where show.toml cannot be read."""
    settings = _tried(SETTINGS_FILE, "Correct it; `podcast init DIR` shows how it should look.", lambda: _title(root))
    yield settings
    if settings.status == "ok":
        yield from _by_settings(load_show(root), hears=hears)
    show = Show(root, Settings())
    yield _tried("lexicon", f"Correct {show.voices / 'lexicon.toml'}.", lambda: _lexicon(show))
    yield _tried("folder", f"Make {root} and all in it yours, or copy the show elsewhere.", lambda: _writable(show))
    yield _tried("taste", f"Put a copy of {show.papers} in its place.", lambda: _taste(show))
    yield _tried("disk", "", lambda: _disk(show))
    yield _tried("cache", f"Make {show.cache} readable, or delete it.", lambda: _cache(show))


def _taste(show: Show) -> Check:
    if not show.papers.is_file():
        return Check("taste", "ok", f"nothing yet; {show.papers.name} comes with the first `podcast pick`")
    with recalled(show, dry_run=True) as history:
        counts = history.counts()
    known = f"{counts.kept} papers kept, {counts.skipped} skipped, {counts.offered} offered, {counts.seen} seen"
    return Check("taste", "ok", known)


def _title(root: Path) -> Check:
    return Check(SETTINGS_FILE, "ok", load_show(root).settings.title)


def _by_settings(show: Show, *, hears: bool) -> Iterator[Check]:
    settings = show.settings
    yield _tried("speech.voice", "Choose one in show.toml under [speech].", lambda: _chosen_voice(show))
    yield _tried("writing.writer", "Choose one in show.toml under [writing].", lambda: _chosen_writer(show))
    yield _tried("cover", "Correct cover in show.toml, or leave it empty.", lambda: _cover(show))
    music = {"intro": settings.music.intro, "sting": settings.music.sting, "outro": settings.music.outro}
    for kind, name in music.items():
        if name:
            look = functools.partial(_music, f"music {kind}", show.file(name), hears=hears)
            yield _tried(f"music {kind}", f"Correct {kind} in show.toml under [music], or leave it empty.", look)
    yield _address(show)
    yield _email(settings.email)


def _chosen_voice(show: Show) -> Check:
    """Whether it is there and ready; a profile that is broken stands in its own line."""
    name = show.settings.speech.voice
    if name in profiles(show.voices):
        found = _tried(name, "", lambda: _voice(name, show.voices))
        if found.status == "note":
            return Check("speech.voice", "missing", found.found, found.advice)
    else:
        load_voice(name, show.voices)
    return Check("speech.voice", "ok", name)


def _chosen_writer(show: Show) -> Check:
    name = show.settings.writing.writer
    if problem := unready(show, name):
        return Check("writing.writer", "missing", f"{name} is not ready.", problem)
    return Check("writing.writer", "ok", name)


def _cover(show: Show) -> Check:
    if not show.settings.cover:
        return Check("cover", "ok", "drawn from title and author")
    from podcast.feed.show_artwork import check_cover

    check_cover(show)
    return Check("cover", "ok", str(show.file(show.settings.cover)))


def _music(name: str, path: Path, *, hears: bool) -> Check:
    """Whether it is there and, if there is an ffmpeg to ask, sound."""
    if not path.is_file():
        raise InputError(f"{path}: no such file.")
    if hears:
        from podcast.outside import ffmpeg

        ffmpeg.decode(path, Settings().audio.sample_rate_hz, 1, _TRIAL_MS)
    return Check(name, "ok", str(path))


def _address(show: Show) -> Check:
    address = show.settings.base_url
    if not show.has_public_address:
        advice = "Before you publish, set it to where the show will be."
        return Check("base_url", "note", f"{address} is reached by this machine only.", advice)
    if address.startswith("http:"):
        return Check("base_url", "note", f"{address} is not https.", "Apps refuse or warn; ask your host for https.")
    return Check("base_url", "ok", address)


def _email(email: str) -> Check:
    if not email:
        return Check("email", "note", "none.", "Directories write there to prove that the show is yours.")
    return Check("email", "ok", email)


def _lexicon(show: Show) -> Check:
    own = show.voices / "lexicon.toml"
    terms = _terms(own) if own.is_file() else 0
    common = _terms(starter_voices() / "lexicon.toml")
    return Check("lexicon", "ok", f"{terms} entries of the show, {common} that come with podcast")


def _terms(path: Path) -> int:
    lexicon = load_lexicon(path)
    return len({term for term, _ in (*lexicon.entries, *lexicon.phonemes)})


def _writable(show: Show) -> Check:
    places = (show.folder, show.folder / "scripts", show.episodes, show.feed, show.cache)
    if refused := [str(place) for place in places if place.exists() and not os.access(place, os.W_OK | os.X_OK)]:
        raise InputError(f"{', '.join(refused)}: nothing can be written there.")
    return Check("folder", "ok", "can be written")


def _disk(show: Show) -> Check:
    free = shutil.disk_usage(show.folder).free
    found = f"{_megabytes(free)} free"
    if free < _LEAST_FREE_BYTES:
        return Check(
            "disk", "missing", f"{found}.", f"Free some space: an episode wants {_megabytes(_LEAST_FREE_BYTES)}."
        )
    return Check("disk", "ok", found)


def _cache(show: Show) -> Check:
    sizes = {path: _size(path) for path in show.cache.rglob("*") if path.is_file()}
    kept = {kind: [size for path, size in sizes.items() if path.suffix == kind] for kind in (".wav", ".mp3")}
    found = (
        f"{_megabytes(sum(sizes.values()))} kept in {show.cache.name}: {len(kept['.wav'])} spoken sentences "
        f"({_megabytes(sum(kept['.wav']))}) and {len(kept['.mp3'])} encoded parts ({_megabytes(sum(kept['.mp3']))})"
    )
    return Check("cache", "ok", f"{found}; deleting it costs the time to make them again, and {_spent(show):.2f} USD")


def _spent(show: Show) -> float:
    """List price of speaking all finished episodes again; one of which nothing can be read counts nothing."""
    try:
        return sum(episode.list_price_usd for episode in read_episodes(show))
    except PodcastError:
        return 0.0


def _size(path: Path) -> int:
    """Bytes of a file that another run may just have removed."""
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.0f} MB"
