"""The voices: one method behind one protocol, found by the entry point `podcast.engines`.

The built-in engines come in the same way as outside ones and have no privileges.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from podcast.errors import InputError
from podcast.settings import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.metadata import EntryPoint

    from podcast.types import Piece, Samples, Voice

Meter = Callable[[float, Callable[[], "Samples"]], "Samples"]
"""Has one paid request made: how many seconds of sound it may come to at most, and what makes it."""


class Engine(Protocol):
    """Something that speaks."""

    @property
    def version(self) -> str:
        """Whatever changes the sound it makes of the same text: part of every clip's key."""
        ...

    @property
    def rate_hz(self) -> int:
        """Of the samples it returns."""
        ...

    @property
    def takes_phonemes(self) -> bool:
        """Whether it says `[ReLU](/ɹˈAlu/)` by its phonemes (misaki's alphabet); if not it is given respellings."""
        ...

    def usd_per_minute(self, voice: Voice) -> float:
        """List price of a minute of speech; 0 where nothing is paid."""
        ...

    def ready(self, voice: Voice) -> str | None:
        """Say what is missing before it can speak so, without asking any service; None if nothing is."""
        ...

    def phonemes(self, piece: Piece, voice: Voice) -> str | None:
        """Say how it pronounces a piece, for people who try words; None where it cannot tell."""
        ...

    def speak(self, piece: Piece, voice: Voice) -> Samples:
        """Return mono sound, full scale ±1. Called from several threads at once.

        Same piece and voice, same samples, from every engine that runs here. Empty where it found nothing to say; the
        caller checks.
        """
        ...


@runtime_checkable
class Metered(Protocol):
    """An engine that may ask more than once for one take, so that each of its requests is counted by itself."""

    def speak_metered(self, piece: Piece, voice: Voice, meter: Meter) -> Samples:
        """Speak as `Engine.speak` does, every request through the meter: what raises may have been paid, too."""
        ...


@runtime_checkable
class Loading(Protocol):
    """An engine that takes a while before its first word, and can be told to begin with that."""

    def load(self, voice: Voice) -> None:
        """Have what a voice needs in memory; what is amiss with it is raised here, or with the first word."""
        ...


@runtime_checkable
class Travelling(Protocol):
    """An engine that may speak on other machines: its packages there, and the piece and voice, are all it takes."""

    def travels(self, voice: Voice) -> bool:
        """Whether that is so for this voice: not where a key, a service or a file of this machine is needed."""
        ...


def phonetic(engines: Mapping[str, Engine]) -> frozenset[str]:
    """Name those that take phonemes."""
    return frozenset(name for name, engine in engines.items() if engine.takes_phonemes)


def load_engine(name: str) -> Engine:
    """Make the engine that a voice profile names; an unknown name is an InputError."""
    known = _known(tuple(sys.path))
    if name not in known:
        raise InputError(
            f"There is no speech engine {name!r}.{did_you_mean(name, known)} Installed are: {', '.join(sorted(known))}."
        )
    engine: Engine = known[name].load()()
    return engine


@functools.lru_cache(maxsize=4)
def _known(path: tuple[str, ...]) -> Mapping[str, EntryPoint]:  # noqa: ARG001 - where Python looks for them
    """Find what is installed: each look reads the metadata of every package there is."""
    return {point.name: point for point in entry_points(group="podcast.engines")}
