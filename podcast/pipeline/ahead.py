"""What episodes need beside their scripts, begun before those are read: a voice that loads, and music.

The show's pictures wait until somebody speaks: before that, the interpreter is what everything waits for. Each is done
once for all episodes of a command; what is amiss with it is told by whoever needs it.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from podcast.errors import InputError
from podcast.feed.cover import missing_pictures
from podcast.pipeline.script_files import SCRIPT_FILE
from podcast.record import EPISODE_JSON
from podcast.show import parse_hosts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from podcast.outside.executor import Executor
    from podcast.pipeline.episode import Speaking
    from podcast.pipeline.music import Music
    from podcast.show import Show
    from podcast.speech.engines import Engine
    from podcast.types import Voice

T = TypeVar("T")


class Ahead:
    """What is begun for the episodes of a show."""

    def __init__(self, show: Show, executor: Executor) -> None:
        self.executor = executor
        self._show = show
        self._engines: dict[str, Engine] = {}
        self._begun: dict[str, Future[Any]] = {}
        self._beginning = threading.Lock()

    def begin(self, item: str, *, slug: str | None = None, voice: str | None = None) -> None:
        """Begin; a voice is loaded unless the episode looks as if all of it were spoken."""
        if self.executor.is_here and _is_outdated(self._show, item, slug):
            self.executor.submit(functools.partial(self._load_voice, voice))
        _ = self.music

    def load(self, engine: Engine, voice: Voice) -> None:
        """Begin to load a voice that will be needed here."""
        if self.executor.is_here:
            self.executor.submit(functools.partial(_load, engine, voice))

    def with_engines(self, speaking: Speaking) -> Speaking:
        """Return a script that is spoken with the engines of all: a service that one is to leave alone, all do."""
        own = {name: self._engines.setdefault(name, engine) for name, engine in speaking.engines.items()}
        return dataclasses.replace(speaking, engines=own)

    @property
    def music(self) -> Future[Music]:
        """The show's music, or what is amiss with it."""
        return self._once("music", self._read_music)

    @property
    def pictures(self) -> Future[dict[str, bytes]]:
        """Those of the show's pictures that are not published yet, by the names of their files."""
        return self._once("pictures", functools.partial(missing_pictures, self._show, self.executor))

    def _once(self, name: str, work: Callable[[], T]) -> Future[T]:
        """Have it done once; again for the next episode if it failed for a reason that may be gone by then."""
        with self._beginning:
            begun = self._begun.get(name)
            if begun is None or (begun.done() and not isinstance(begun.exception(), InputError | None)):
                begun = self._begun[name] = self.executor.submit(work)
            return begun

    def _read_music(self) -> Music:
        from podcast.pipeline.music import music_of

        return music_of(self._show)

    def _load_voice(self, name: str | None) -> None:
        from podcast.speech.engines import load_engine
        from podcast.speech.voice import load_voice

        settings = self._show.settings
        hosts = parse_hosts(settings.writing.hosts)
        voice = load_voice(name or (hosts[0][1] if hosts else settings.speech.voice), self._show.voices)
        engine = self._engines.setdefault(voice.engine, load_engine(voice.engine))
        if engine.ready(voice) is None:
            _load(engine, voice)


def refuse_unknown_voice(show: Show, name: str) -> None:
    """Raise InputError, before a script is written or paid, if the voice that is to speak it is not there."""
    from podcast.speech.voice import load_voice

    load_voice(name, show.voices)


def _load(engine: Engine, voice: Voice) -> None:
    from podcast.speech.engines import Loading

    if isinstance(engine, Loading):
        engine.load(voice)


def _is_outdated(show: Show, item: str, slug: str | None) -> bool:
    """Whether something is there to speak that is younger than its episode, by the disk's clock.

    What a newsletter's episode will be called is not known before it is read: then any younger one counts as its own.
    """
    path = Path(item)
    try:
        script = path.resolve() if path.name == SCRIPT_FILE else show.script_folder(slug or item) / SCRIPT_FILE
        if script.is_file():
            return _is_younger(script, [show.episode_folder(script.parent.name) / EPISODE_JSON])
        return path.is_file() and _is_younger(path, show.episodes.glob(f"*/{EPISODE_JSON}"))
    except (OSError, ValueError):  # no name of a file, or gone meanwhile
        return False


def _is_younger(path: Path, episodes: Iterable[Path]) -> bool:
    written = path.stat().st_mtime_ns
    return all(written > each.stat().st_mtime_ns for each in episodes if each.is_file())
