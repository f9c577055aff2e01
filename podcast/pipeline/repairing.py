"""`podcast repair`: what can be made again is made again; what only a person can put right is named, and left alone.

Scripts, sources, settings and papers.db are never changed, and whatever somebody else put into the show stays.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import shutil
from typing import TYPE_CHECKING

from podcast import files
from podcast.check import whole
from podcast.check.artwork import picture_problems
from podcast.check.rules import findings
from podcast.errors import InputError, OutsideError, PodcastError
from podcast.feed.cover import PAGE_PX, cover_of
from podcast.pipeline.ahead import Ahead
from podcast.pipeline.checking_feed import PagesSubject, outdated_feed
from podcast.pipeline.damage import damage_of, recorded_voice, refuse_edited, script_of, whole_twin
from podcast.pipeline.deeds import Repaired, Work
from podcast.pipeline.episode import estimate, prepare, render
from podcast.pipeline.executing import executing
from podcast.pipeline.feed import holding_feed, pages_at, settle_episodes
from podcast.pipeline.pruning import remove_parts, unused_clips, unused_parts
from podcast.pipeline.running import running, swept
from podcast.pipeline.script_files import find_existing, read_script, scripts_of
from podcast.pipeline.surveying import (
    episode_folders,
    is_with_feed,
    kept_in,
    survey,
    unnamed_in,
    unspoken,
)
from podcast.speech.plan import voice_names
from podcast.speech.voice import profiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from podcast.check.whole import Survey
    from podcast.pipeline import Observe
    from podcast.pipeline.damage import Damage
    from podcast.pipeline.deeds import RepairOptions
    from podcast.pipeline.episode import Speaking
    from podcast.show import Show
    from podcast.spending import Ledger

_LEFT = {
    whole.shared_guid: "Remove the folder that is the copy, or give it a script of its own and `podcast render` it.",
    whole.unnamed: "Move it away, unless it is meant to be there.",
    whole.other_source: "Bring it back from git or from a copy, unless it is meant to be so.",
    whole.damaged_papers: "",  # it says that itself
}
"""What a person has to put right, and how."""


def repair(show: Show, options: RepairOptions, observe: Observe, ledger: Ledger) -> Repaired:
    """Make again what is damaged or missing in a show, and say what was done and what was not.

    Spends no more than the ledger allows, and only on voices that a script or show.toml names. Raises InputError for a
    slug of which the show has nothing.
    """
    work, found = Work(show, options, ledger, observe), survey(show)
    if options.slug and options.slug not in {folder.name for folder in (*episode_folders(show), *found.unsettled)}:
        is_written = find_existing(show, options.slug) is not None
        advice = (
            f"`podcast render {options.slug}` makes one" if is_written else "without a slug all of them are repaired"
        )
        raise InputError(f"{options.slug}: no such episode; {advice}.")
    _clear(work, found)
    with contextlib.nullcontext() if options.dry_run else running(show, observe):
        _make_again(work)
    for note in unspoken(show, options.slug):
        observe(note)
    return Repaired(tuple(work.done), (*work.left, *_left(show)))


def _make_again(work: Work) -> None:
    show, options = work.show, work.options
    for folder in episode_folders(show):
        if options.slug in {None, folder.name}:
            try:
                _mend_episode(work, folder)
            except OSError as error:
                work.leave(folder, "it cannot be looked at", error)
    for path, is_ours in unnamed_in(show):
        if is_ours:
            work.do("remove", path, "nothing names it", functools.partial(_remove, path, show))
    _mend_feed(work)
    _prune(work)


def _clear(work: Work, found: Survey) -> None:
    """Complete exchanges first: half of one may be the only copy of an episode that there is."""
    for folder in found.unsettled:
        work.do("complete", folder, "its exchange was interrupted", lambda: settle_episodes(work.show))
    if not work.options.dry_run:
        swept(work.show)
    for path in found.leftovers:
        work.do("remove", path, "a killed run left it unfinished", functools.partial(_expect_gone, path))
    for path in found.damaged:
        work.do("drop", path, "it is damaged", functools.partial(path.unlink, missing_ok=True))


def _expect_gone(path: Path) -> None:
    if path.exists():
        raise OutsideError("It cannot be removed: make it yours, or remove it yourself.")


def _remove(path: Path, show: Show) -> None:
    """Remove a file, and the folder of a page that is no more, if nothing else is in it."""
    path.unlink()
    if path.parent.parent == show.feed:
        with contextlib.suppress(OSError):  # somebody laid something beside it
            path.parent.rmdir()


# ── episodes ────────────────────────────────────────────────────────────────────────────────────────────


def _mend_episode(work: Work, folder: Path) -> None:
    show, damage = work.show, damage_of(work.show, folder)
    if not damage:
        return
    why = str(damage[0]) + (f", and {len(damage) - 1} more" if len(damage) > 1 else "")
    if twin := whole_twin(folder, damage):
        work.do("copy", twin[1], why, lambda: _copy(show, folder.name, *twin))
        return
    try:
        speaking = _speaking(show, folder.name, damage)
        usd = estimate(speaking).usd
    except (PodcastError, OSError) as error:
        work.leave(folder, why, error)
        return
    price = f"; speaking it costs about {usd:.2f} USD" if usd else ""
    work.do("render", folder, why + price, lambda: _render(work, speaking))


def _copy(show: Show, slug: str, source: Path, target: Path) -> None:
    """Have the sound under its other name again."""
    with (
        files.locked(show.lock(slug)),
        files.locked(show.publishing_lock, wait=True),
        source.open("rb") as data,
        files.writing(target) as copy,
    ):
        shutil.copyfileobj(data, copy)


def _speaking(show: Show, slug: str, damage: Sequence[Damage]) -> Speaking:
    """Plan an episode with the voice that it had; one that nothing names but the episode is never paid again."""
    path, script = script_of(show, slug)
    refuse_edited(show, slug, script, damage)
    voice = recorded_voice(show, slug, script)
    speaking = prepare(show, script, slug, str(path), voice)
    if voice and (usd := estimate(speaking).usd):
        raise InputError(
            f"it was spoken by {voice}, which neither its script nor show.toml names and which costs about {usd:.2f} "
            f"USD. `podcast render {slug} --voice {voice}` pays for it."
        )
    return speaking


def _render(work: Work, speaking: Speaking) -> None:
    with executing(work.options.jobs) as executor:
        render(work.show, speaking, work.observe, Ahead(work.show, executor), ledger=work.ledger)


# ── the feed ────────────────────────────────────────────────────────────────────────────────────────────


def _mend_feed(work: Work) -> None:
    """Write what differs from what it should be, byte for byte; while an episode is not whole, the feed is left."""
    show = work.show
    if not is_with_feed(show):
        return
    if work.options.dry_run and any(deed.verb in {"render", "copy", "complete"} for deed in work.done):
        work.do("write", show.feed, "wherever it differs from the episodes then", lambda: None)
        return
    try:
        _drop_bad_pictures(work)
        names = _differing(show)
    except (PodcastError, OSError) as error:
        if not any(said.startswith("episodes/") for said in work.left):  # else it only follows from that
            work.leave(show.feed, "it may not be as it should be", error)
        return
    if names:
        more = f", and {len(names) - 1} more" if len(names) > 1 else ""
        work.do("write", show.feed, f"{names[0]} is not as it should be{more}", lambda: _write(work))


def _differing(show: Show) -> list[str]:
    """Name the pages that differ from what they should be, and the pictures that are not there."""
    pages = findings((outdated_feed,), PagesSubject(show.feed, pages_at(show, show.settings.base_url)))
    cover = cover_of(show)
    missing = [name for name in (cover.name, cover.small_name) if not (show.feed / name).is_file()]
    return [*(page.where for page in pages), *(f"feed/{name}" for name in missing)]


def _drop_bad_pictures(work: Work) -> None:
    """Remove covers that are no pictures, so that they are drawn again."""
    cover = cover_of(work.show)
    for path in (work.show.feed / cover.name, work.show.feed / cover.small_name):
        if path.is_file() and (problem := next(picture_problems(path, ".jpg", smallest_px=PAGE_PX), None)):
            work.do("drop", path, problem, path.unlink)


def _write(work: Work) -> None:
    with holding_feed(work.show, work.observe, anew=True):
        return


# ── kept sentences, and what is left ────────────────────────────────────────────────────────────────────


def _prune(work: Work) -> None:
    if work.options.prune:
        _prune_clips(work)
        for folder in unused_parts(work.show):
            what = f"{_megabytes(list(kept_in(folder)))} of encoded sound, of which there is no script or no episode"
            work.do("remove", folder, what, functools.partial(remove_parts, work.show, folder))


def _prune_clips(work: Work) -> None:
    try:
        unused = unused_clips(work.show)
    except PodcastError as error:
        work.left.append(f"No kept sentence was removed, as nobody can tell which ones are needed: {error}")
        return
    if unused:
        what = f"{len(unused)} kept sentences, {_megabytes(unused)}, that no script has"
        work.do("remove", work.show.cache / "clips", what, functools.partial(_remove_all, unused))


def _megabytes(paths: Sequence[Path]) -> str:
    return f"{sum(path.stat().st_size for path in paths) / 1e6:.1f} MB"


def _remove_all(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _left(show: Show) -> Iterator[str]:
    found = survey(show)
    theirs = dataclasses.replace(found, unnamed=tuple(path for path in found.unnamed if path not in found.ours))
    for rule, advice in _LEFT.items():
        for each in rule.findings(theirs):
            yield f"{each.where}: {each.text}. {advice}".removesuffix(". ")
    yield from _missing_voices(show)


def _missing_voices(show: Show) -> Iterator[str]:
    """Name the voices that the next rendering would ask for in vain, each once."""
    default, known = show.settings.speech.voice, profiles(show.voices)
    wanted = {default: "show.toml"}
    for path in scripts_of(show):
        with contextlib.suppress(PodcastError, OSError):  # a script that cannot be read is told of elsewhere
            for voice in voice_names(read_script(path), default).values():
                wanted.setdefault(voice, f"scripts/{path.parent.name}/{path.name}")
    for voice, where in wanted.items():
        if voice not in known:
            yield (
                f"{where}: names the voice {voice}, of which there is no profile. Bring voices/{voice}.toml back from "
                "git or a copy, or name one that `podcast voices` lists."
            )
