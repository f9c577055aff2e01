"""The writers: one method behind one protocol, found by the entry point `podcast.writers`.

The built-in writers come in the same way as outside ones and have no privileges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from podcast.errors import InputError
from podcast.settings import did_you_mean
from podcast.spending import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.types import Brief, Draft, Paper

Check = Callable[[Sequence[str], str], Sequence[str]]
"""Sentences of a draft and the passage that they tell of → what is wrong with them, one half sentence each."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a writer is given by the show that it writes for; what is empty is the writer's own choice."""

    model: str = ""
    base_url: str = ""
    temperature: float | None = None
    context_tokens: int = 0
    """How much the model reads and writes at once; 0 is what is known of it."""
    prompts: Path | None = None
    """A folder whose files come before the built-in ones of the same name."""
    drafts: Path | None = None
    """Where it may keep what it wrote, by what that was made of."""
    ledger: Ledger = field(default_factory=Ledger)
    """What may be spent: nothing, unless another one is given."""
    check: Check | None = None
    """What a draft is held against while its writer can still mend it."""


class Writer(Protocol):
    """Something that tells a paper: in spoken words, or as a newsletter does."""

    @property
    def name(self) -> str:
        """What episode.json says who wrote."""
        ...

    def ready(self) -> str | None:
        """Say what is missing before it can write, without asking any service; None if nothing is."""
        ...

    def most_usd(self, paper: Paper, brief: Brief) -> float:
        """List price that writing this costs at most; 0 where nothing is paid, or it is kept from before."""
        ...

    def write(self, paper: Paper, brief: Brief) -> Draft:
        """Tell one paper; its announcement, which has its title, stands before it already.

        What `brief.form` asks for is in the draft's paragraphs if it is a script, else in its parts: of a summary those
        titled Claims, Method, Results, Critique, Implications of which there is something to say, of a paragraph one.
        Raises OutsideError where a service fails for good.
        """
        ...


@runtime_checkable
class Keeping(Protocol):
    """A writer that keeps what it wrote."""

    def kept(self, paper: Paper, brief: Brief) -> Draft | None:
        """Return what writing this again would, without asking anybody; None where somebody had to be asked."""
        ...


def load_writer(name: str, means: Means) -> Writer:
    """Make the writer of this name; an unknown one is an InputError."""
    known = {point.name: point for point in entry_points(group="podcast.writers")}
    if name not in known:
        raise InputError(
            f"There is no writer {name!r}.{did_you_mean(name, known)} Installed are: {', '.join(sorted(known))}."
        )
    writer: Writer = known[name].load()(means)
    return writer
