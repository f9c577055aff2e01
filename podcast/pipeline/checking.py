"""`podcast check`: everything of a show through the rules; nothing is written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from podcast.check import episode as of_episode
from podcast.check import grounding, listening, site, style, transcripts, whole
from podcast.check import script as of_script
from podcast.check.rules import CheckFinding, Fault, findings, rule
from podcast.errors import InputError, PodcastError
from podcast.outside import ears as hearing
from podcast.outside import ffmpeg
from podcast.outside.supervised import EndedError
from podcast.pipeline.checking_feed import check_feed, outdated_feed
from podcast.pipeline.damage import AS_RENDERED
from podcast.pipeline.episode import show_lexicon
from podcast.pipeline.feed import has_feed
from podcast.pipeline.grounding import sources
from podcast.pipeline.script_files import SCRIPT_FILE, find_existing, read_script
from podcast.pipeline.surveying import is_episode, survey, unspoken
from podcast.record import EPISODE_JSON, EPISODE_MP3, read_record
from podcast.speech.voice import profiles
from podcast.types import Event

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from podcast.check.rules import Rule
    from podcast.pipeline import Observe
    from podcast.show import Show
    from podcast.types import Level, Measurement, Script

EPISODE_RULES = (*of_episode.RULES, *transcripts.RULES)

_AS_RENDERED = {each.name for each in AS_RENDERED}
_OF_TEXTS = {each.name for each in (of_episode.other_chapters, *transcripts.RULES)}

_SENTENCES = "transcript.json"


def check_show(show: Show, name: str | None, observe: Observe, ears: Path | None = None) -> list[CheckFinding]:
    """Check one episode, by its slug or script, or all of them and the show as a whole; and the feed, if there is one.

    With `ears`, a model's folder, each episode is transcribed and compared with its script. Raises InputError for a
    name that is neither a script nor an episode of the show.
    """
    found: list[CheckFinding] = []
    for path, slug in _chosen(show, name):
        script = _check_script(show, path, found) if path else None
        if slug and show.episode_folder(slug).is_dir():
            observe(Event("step", f"Listening to {slug}"))
            found += _check_episode(show, slug, script)
            found += _check_hearing(show, slug, ears, observe) if ears else []
    for note in unspoken(show, name):
        observe(note)
    found += check_feed(show, spared=_damaged(show, found)) if has_feed(show) else []
    return found + (findings(whole.RULES, survey(show)) if name is None else [])


def check_before_publishing(show: Show, slugs: Collection[str], observe: Observe) -> list[CheckFinding]:
    """Check these episodes with their scripts, the feed and the pages; of other episodes whether they say their words.

    Not how the scripts sound: an author who had them rendered has decided. What has no folder is no episode to check.
    """
    found: list[CheckFinding] = []
    for slug in slugs:
        path = find_existing(show, slug)
        script = _check_script(show, path, found, with_style=False) if path else None
        if show.episode_folder(slug).is_dir():
            observe(Event("step", f"Listening to {slug}"))
            found += _check_episode(show, slug, script)
    for slug in sorted({*_slugs(show)} - {*slugs}):
        found += _check_words(show, slug)
    spared = _damaged(show, found)
    return found + (check_feed(show, just_written=True, spared=spared) if has_feed(show) else [])


def next_step(found: Collection[CheckFinding]) -> str:
    """Name what may put findings right; of how something sounds or reads only a person can."""
    if {each.rule for each in found} & REPAIRABLE:
        return "\n`podcast repair` makes again what can be made again; `podcast repair --dry-run` says what."
    return ""


def _check_words(show: Show, slug: str) -> list[CheckFinding]:
    """Find what an episode does not say of a script that was edited since: reading both is enough."""
    path, folder = find_existing(show, slug), show.episode_folder(slug)
    if path is None or any(True for _ in unreadable_script.findings(path)) or not (folder / EPISODE_JSON).is_file():
        return []
    subject = of_episode.EpisodeSubject(
        folder, _relative(show, folder), read_record(folder), show.settings.audio, read_script(path), None, ()
    )
    return findings((transcripts.words_not_covered,), subject)


def _chosen(show: Show, name: str | None) -> Iterator[tuple[Path | None, str | None]]:
    """Yield the script and the slug of what is to be checked; a script may have no episode, and the other way round."""
    if name is None:
        for slug in _slugs(show):
            yield find_existing(show, slug), slug
    elif Path(name).name == name and name in _slugs(show):
        yield find_existing(show, name), name
    elif Path(name).is_file():
        parent = Path(name).resolve().parent
        yield Path(name), parent.name if _is_own(show, Path(name)) else None
    else:
        raise InputError(f"{name}: no script and no episode of this show. Give a slug like 2024-06-15, or a script.md.")


def _is_own(show: Show, script: Path) -> bool:
    """Whether a script lies where its source is beside it."""
    return script.resolve().parent.parent == (show.folder / "scripts").resolve()


def _slugs(show: Show) -> list[str]:
    scripts = (path.parent.name for path in (show.folder / "scripts").glob(f"[!.]*/{SCRIPT_FILE}"))
    episodes = (path.name for path in filter(is_episode, show.episodes.glob("*")))
    return sorted({*scripts, *episodes})


def _relative(show: Show, path: Path) -> str:
    path = path.resolve()
    return path.relative_to(show.folder).as_posix() if path.is_relative_to(show.folder) else str(path)


# ── scripts ─────────────────────────────────────────────────────────────────────────────────────────────


@rule("script-readable", "a script as `podcast script` writes it")
def unreadable_script(path: Path) -> Iterator[Fault]:
    """Nothing else can be said of a script that cannot be read."""
    try:
        read_script(path)
    except InputError as error:
        yield Fault(str(path), str(error))


def _check_script(show: Show, path: Path, found: list[CheckFinding], *, with_style: bool = True) -> Script | None:
    unreadable = list(unreadable_script.findings(path))
    found += unreadable
    if unreadable:
        return None
    script = read_script(path)
    known = profiles(show.voices)
    where, default = _relative(show, path), show.settings.speech.voice
    found += findings(
        (*of_script.RULES, *(style.RULES if with_style else ()), *grounding.RULES),
        of_script.ScriptSubject(
            script=script,
            where=where,
            lexicon=show_lexicon(show),
            voices=known.keys(),
            default_voice=default,
            sources=sources(show, path.resolve().parent.name, script) if _is_own(show, path) else None,
            level=cast("Level", show.settings.writing.level),
        ),
    )
    return script


# ── episodes ────────────────────────────────────────────────────────────────────────────────────────────


def _check_episode(show: Show, slug: str, script: Script | None) -> list[CheckFinding]:
    folder = show.episode_folder(slug)
    unreadable = list(of_episode.unreadable_record.findings(folder))
    if unreadable:
        return unreadable
    measured, chapters = _listen(folder / EPISODE_MP3)
    subject = of_episode.EpisodeSubject(
        folder=folder,
        where=_relative(show, folder),
        episode=read_record(folder),
        audio=show.settings.audio,
        script=script,
        measured=measured,
        chapters_in_file=tuple(chapters),
    )
    return _without_consequences(subject, findings(EPISODE_RULES, subject))


def _without_consequences(subject: of_episode.EpisodeSubject, found: list[CheckFinding]) -> list[CheckFinding]:
    """Leave out what is said of texts that are missing, or whole and compared with one that is missing or altered."""
    damaged = {each.where for each in found if each.rule in _AS_RENDERED}
    missing = {each.where for each in found if each.rule == of_episode.missing_file.name}
    is_measured = not damaged & {subject.place(name) for name in (EPISODE_JSON, transcripts.SPOKEN)}
    told = damaged - missing
    return [
        each
        for each in found
        if each.rule not in _OF_TEXTS or each.where in told or (is_measured and each.where not in missing)
    ]


def _damaged(show: Show, found: Collection[CheckFinding]) -> frozenset[Path]:
    """Name the files of episodes that are known to be missing or altered."""
    return frozenset(show.folder / each.where for each in found if each.rule in _AS_RENDERED)


def ears_for(model: Path | None) -> Path:
    """Return the folder of a model to listen with: the one named, else the one that the extra `listen` brings."""
    return model or hearing.packaged_model(_user_cache())


def _user_cache() -> Path:
    """Where this user's programs keep what they can make again (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "paper-podcast"


def _check_hearing(show: Show, slug: str, ears: Path, observe: Observe) -> list[CheckFinding]:
    """Find the sentences that somebody who does not know the script would not hear as they are written."""
    folder = show.episode_folder(slug)
    if not (folder / EPISODE_MP3).is_file():
        return []
    observe(Event("step", f"Hearing {slug}: about a minute for ten"))
    words = hearing.hear(folder / EPISODE_MP3, ears)
    said = listening.sentences_of((folder / _SENTENCES).read_text(encoding="utf-8"))
    subject = listening.ListenSubject(_relative(show, folder), said, words, show_lexicon(show))
    return findings(listening.RULES, subject)


def _listen(mp3: Path) -> tuple[Measurement | None, list[tuple[int, int, str]]]:
    """Decode and measure; no measurement where there is no sound. OutsideError if no ffmpeg gives an answer."""
    ffmpeg.executable()
    try:
        return ffmpeg.measure(mp3), ffmpeg.chapters(mp3)
    except EndedError:  # which says nothing about the file
        raise
    except PodcastError:
        return None, []


REPAIRABLE = {
    each.name
    for each in (
        of_episode.unreadable_record,
        *AS_RENDERED,
        outdated_feed,
        whole.leftovers,
        whole.damaged,
        whole.unnamed,
        whole.missing_feed,
    )
}
"""Rules whose findings `podcast repair` can put right."""

OWN_RULES: tuple[Rule[Any], ...] = (
    unreadable_script,
    of_episode.unreadable_record,
    outdated_feed,
    *site.RULES,
    *whole.RULES,
)
"""Rules whose subject has to be found before it can be judged."""
