"""What episodes need beside their scripts, begun before those are read: a voice that loads, music, the show's picture.

Each is done once for all episodes of a command; what is amiss with it is told by whoever needs it.
"""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import TYPE_CHECKING

from podcast.feed.cover import missing_pictures
from podcast.record import EPISODE_JSON
from podcast.show import parse_hosts

if TYPE_CHECKING:
    from concurrent.futures import Future

    from podcast.outside.executor import Executor
    from podcast.pipeline.episode import Speaking
    from podcast.pipeline.music import Music
    from podcast.show import Show
    from podcast.speech.engines import Engine

_SCRIPT = "script.md"


class Ahead:
    """What is begun for the episodes of a show."""

    def __init__(self, show: Show, executor: Executor) -> None:
        self.executor = executor
        self._show = show
        self._engines: dict[str, Engine] = {}

    def begin(self, item: str, *, slug: str | None = None, voice: str | None = None) -> None:
        """Begin; a voice is loaded unless the episode looks as if all of it were spoken."""
        if self.executor.is_here and _is_outdated(self._show, item, slug or Path(item).stem):
            self.executor.submit(functools.partial(self._load, voice))
        _ = self.music, self.pictures

    def with_engines(self, speaking: Speaking) -> Speaking:
        """Return a script that is spoken with the engines of all: a service that one is to leave alone, all do."""
        own = {name: self._engines.setdefault(name, engine) for name, engine in speaking.engines.items()}
        return dataclasses.replace(speaking, engines=own)

    @functools.cached_property
    def music(self) -> Future[Music]:
        """The show's music, or what is amiss with it."""
        return self.executor.submit(self._read_music)

    @functools.cached_property
    def pictures(self) -> Future[dict[str, bytes]]:
        """Those of the show's pictures that are not published yet, by the names of their files."""
        return self.executor.submit(functools.partial(missing_pictures, self._show, self.executor))

    def _read_music(self) -> Music:
        from podcast.pipeline.music import music_of

        return music_of(self._show)

    def _load(self, name: str | None) -> None:
        from podcast.speech.engines import Loading, load_engine
        from podcast.speech.voice import load_voice

        settings = self._show.settings
        hosts = parse_hosts(settings.writing.hosts)
        voice = load_voice(name or (hosts[0][1] if hosts else settings.speech.voice), self._show.voices)
        engine = self._engines.setdefault(voice.engine, load_engine(voice.engine))
        if isinstance(engine, Loading) and engine.ready(voice) is None:
            engine.load(voice)


def _is_outdated(show: Show, item: str, slug: str) -> bool:
    """Whether something is there to speak that is younger than the episode of its name, by the disk's clock."""
    script, episode = show.script_folder(slug) / _SCRIPT, show.episode_folder(slug) / EPISODE_JSON
    try:
        named = next((path for path in (script, Path(item)) if path.is_file()), None)
        is_rendered = episode.is_file()
        return named is not None and not (is_rendered and named.stat().st_mtime_ns <= episode.stat().st_mtime_ns)
    except (OSError, ValueError):  # no name of a file, or gone meanwhile
        return False
