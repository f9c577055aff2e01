"""What a repair does, one deed at a time: done, or only said on a dry run, or left to a person with the reason."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from podcast.errors import PodcastError, from_os_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podcast.pipeline import Observe
    from podcast.show import Show
    from podcast.spending import Ledger

Verb = Literal["complete", "remove", "drop", "copy", "render", "write"]


@dataclass(frozen=True, slots=True)
class RepairOptions:
    """What `podcast repair` may be told."""

    slug: str | None = None
    """Of the one episode that is made again; None is every one."""
    dry_run: bool = False
    prune: bool = False
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done, or would be."""

    verb: Verb
    where: str
    why: str

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.verb:9} {self.where}  ({self.why})"


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was done, or would be; and what is left to a person, a few sentences each."""

    done: tuple[Deed, ...]
    left: tuple[str, ...]


def document(repaired: Repaired) -> dict[str, Any]:
    """Tell a program what was done."""
    return dataclasses.asdict(repaired)


def listing(repaired: Repaired) -> str:
    """Tell a person what was done, a line each."""
    return "\n".join(map(str, repaired.done)) or "Nothing to make again."


@dataclass(frozen=True, slots=True)
class Work:
    """A repair under way."""

    show: Show
    options: RepairOptions
    ledger: Ledger
    observe: Observe
    done: list[Deed] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def do(self, verb: Verb, path: Path, why: str, deed: Callable[[], object]) -> None:
        """Do something, or only say so; what cannot be done is left to a person, with the reason."""
        where = path.relative_to(self.show.folder).as_posix()
        try:
            if not self.options.dry_run:
                deed()
        except (PodcastError, OSError) as error:
            self.leave(path, why, error)
        else:
            self.done.append(Deed(verb, where, why))

    def leave(self, path: Path, why: str, error: PodcastError | OSError) -> None:
        """Leave something to a person, with the reason."""
        reason = from_os_error(error) if isinstance(error, OSError) else error
        self.left.append(f"{path.relative_to(self.show.folder).as_posix()}: {why}. It was not put right: {reason}")
