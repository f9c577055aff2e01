"""Parts made side by side, each as soon as all is known that its encoder hears; kept ones are taken."""

from __future__ import annotations

import functools
from concurrent.futures import wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from podcast.audio.frames import AHEAD_FRAMES
from podcast.audio.parts import make_part
from podcast.audio.recipe import part_key, recipes
from podcast.audio.timeline import next_border
from podcast.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from podcast.audio.parts import Measures, Part, PartStore
    from podcast.audio.recipe import Form, Recipe
    from podcast.audio.timeline import Plan
    from podcast.outside.executor import Executor
    from podcast.types import Clip


@dataclass(frozen=True, slots=True)
class Maker:
    """Where parts are kept, where they are made, and what of."""

    store: PartStore
    executor: Executor
    clip: Callable[[str], Clip | None]
    """Reads a clip by its key; None if it is there no longer."""
    music: Mapping[str, Clip]
    """By key."""

    def part(self, recipe: Recipe) -> Part:
        """Return a part, which is made unless it is kept."""
        key = part_key(recipe)
        part = self.store.load(key)
        if part is None:
            part = self.executor.run(make_part, recipe, self._sounds(recipe))
            self.store.save(key, part)
        return part

    def _sounds(self, recipe: Recipe) -> Mapping[str, object]:
        """What it is made of: read one by one as they are needed here; all where they are sent, but what is there."""
        if self.executor.is_here:
            return _Sounds(self)
        return {name: self._sent(name) for name in recipe.sounds}

    def _sent(self, key: str) -> object:
        read = functools.partial(self.sound, key)
        return self.executor.there(key, read) or read()

    def sound(self, key: str) -> Clip:
        """Return a clip, or music."""
        sound = self.music.get(key) or self.clip(key)
        if sound is None:
            raise OutsideError("A sentence that was spoken just now is there no longer. Run this again.")
        return sound


class _Sounds(dict[str, "Clip"]):
    """Reads what it is asked for, and keeps none of it."""

    def __init__(self, maker: Maker) -> None:
        super().__init__()
        self._maker = maker

    def __missing__(self, key: str) -> Clip:
        return self._maker.sound(key)


class Making:
    """An episode's parts in the making; when the block ends, none is made any more."""

    def __init__(self, maker: Maker, form: Form) -> None:
        self._maker = maker
        self._form = form
        self._segments = 0
        self._begun: list[Future[Measures]] = []
        self.recipes: list[Recipe] = []

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End what nobody waits for any more; where somebody wants an end, wherever it is done."""
        if kind and not issubclass(kind, Exception):
            self._maker.executor.give_up()
        wait([future for future in self._begun if not future.cancel()])

    def begin(self, plan: Plan, end: int | None = None) -> None:
        """Begin every part of which all is known; the last ones when it is known where the episode ends.

        What failed meanwhile is raised.
        """
        for future in self._begun:
            if future.done():
                future.result()
        ahead = AHEAD_FRAMES * plan.frame
        border, silent_until = next_border(plan) if end is None else (end, end + ahead)
        borders = (*plan.borders, border)
        while self._segments < len(plan.borders) and borders[self._segments + 1] + ahead <= silent_until:
            for recipe in recipes(plan, self._segments, borders[self._segments + 1], self._form):
                self.recipes.append(recipe)
                self._begun.append(self._maker.executor.submit(functools.partial(self._measures, recipe)))
            self._segments += 1

    def measures(self) -> list[Measures]:
        """Wait for all of them; the first failure is raised."""
        return [future.result() for future in self._begun]

    def _measures(self, recipe: Recipe) -> Measures:
        return self._maker.part(recipe).measures
