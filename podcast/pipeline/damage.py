"""What of a finished episode is not as it was rendered: what rendering it again would put right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from podcast import files
from podcast.check import episode as rules
from podcast.check import transcripts
from podcast.check.episode import EpisodeSubject
from podcast.check.rules import findings
from podcast.errors import InputError
from podcast.pipeline.script_files import find_existing, read_script
from podcast.record import EPISODE_JSON, EPISODE_MP3, how_to_mend, read_record, sound_name
from podcast.speech.plan import voice_names
from podcast.speech.voice import profiles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from podcast.show import Show
    from podcast.types import Episode, Script

AS_RENDERED = (
    rules.missing_file,
    rules.other_length,
    rules.other_bytes,
    rules.altered_file,
    rules.altered_record,
    rules.other_cover,
)
_EARLIER = (rules.broken_timeline, rules.other_chapters, *transcripts.RULES)
"""What can be asked, besides, of an episode whose record lists no digests."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of an episode, and what is wrong with it."""

    name: str
    text: str

    def __str__(self) -> str:
        """As it stands in a sentence."""
        return f"{self.name} {self.text}"


def damage_of(show: Show, folder: Path) -> list[Damage]:
    """Find all that is damaged or missing in an episode's folder; nothing is decoded."""
    if unreadable := [*rules.unreadable_record.faults(folder)]:
        advice = f". {how_to_mend(folder, folder.name)}"
        text = unreadable[0].text.removeprefix(f"{folder / EPISODE_JSON}: ").removesuffix(advice)
        return [Damage(EPISODE_JSON, text if text.startswith("is ") else f"cannot be used: {text}")]
    episode = read_record(folder)
    subject = EpisodeSubject(folder, f"episodes/{folder.name}", episode, show.settings.audio, None, None, ())
    found = findings((*AS_RENDERED, *(() if episode.files else _EARLIER)), subject)
    seen = {PurePosixPath(each.where).name: each for each in reversed(found)}  # of each file the first
    return [Damage(name, _told(each.rule, each.text)) for name, each in reversed(seen.items())]


def _told(rule: str, text: str) -> str:
    return {"episode-sha256": "is not as it was rendered", "episode-bytes": f"has {text}"}.get(rule, text)


def whole_twin(folder: Path, damage: list[Damage]) -> tuple[Path, Path] | None:
    """Find the sound under one of its two names where nothing but the other one is damaged; and that one."""
    names = {EPISODE_MP3, sound_name(folder.name)}
    damaged = {each.name for each in damage}
    if len(damaged) != 1 or not damaged < names:
        return None
    (bad,), (good,) = damaged, names - damaged
    source = folder / good
    is_whole = source.is_file() and files.sha256_of_file(source) == read_record(folder).sha256
    return (source, folder / bad) if is_whole else None


# ── from which script, with which voice ───────────────────────────────────────────────────────────────────


def recorded_voice(show: Show, slug: str, script: Script) -> str | None:
    """Name the voice that spoke all of an episode, where script and show.toml name another one.

    Raises InputError if there is no profile of it any more.
    """
    episode = _episode(show, slug)
    if episode is None or script.speakers or len(episode.voices) != 1:
        return None
    voice, planned = episode.voices[0], voice_names(script, show.settings.speech.voice)[None]
    if voice == planned:
        return None
    if voice not in profiles(show.voices):
        raise InputError(
            f"it was spoken by {voice}, of which voices/ has no profile any more. `podcast render {slug}` speaks it "
            f"with {planned}."
        )
    return voice


def _episode(show: Show, slug: str) -> Episode | None:
    try:
        return read_record(show.episode_folder(slug))
    except (InputError, FileNotFoundError, IsADirectoryError):
        return None


def script_of(show: Show, slug: str) -> tuple[Path, Script]:
    """Read the script of an episode; InputError, with what a person can do, where there is none."""
    path = find_existing(show, slug)
    if path is None:
        raise InputError(how_to_mend(show.episode_folder(slug), slug))
    return path, read_script(path)


def refuse_edited(show: Show, slug: str, script: Script, damage: Sequence[Damage]) -> None:
    """Raise InputError where a script has other words than its episode: whoever edits it says when it is done.

    Nobody can tell where the transcript is damaged, too.
    """
    episode = _episode(show, slug)
    if episode is None or any(each.name == transcripts.SPOKEN for each in damage):
        return
    subject = EpisodeSubject(show.episode_folder(slug), "", episode, show.settings.audio, script, None, ())
    if findings((transcripts.words_not_covered,), subject):
        raise InputError(
            f"its script was edited since it was spoken. `podcast render {slug}` makes it of what stands there now."
        )
