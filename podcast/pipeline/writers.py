"""Who writes: the writer that a show or a flag names, given all it needs; and its stand-in on a dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.errors import InputError
from podcast.spending import Ledger
from podcast.writing.evidence import doubts_in_words
from podcast.writing.writers import Keeping, Means, load_writer
from podcast.writing.writers.extractive import ExtractiveWriter

if TYPE_CHECKING:
    from podcast.show import Show
    from podcast.types import Brief, Draft, Paper
    from podcast.writing.writers import Writer


def open_writer(show: Show, name: str | None, ledger: Ledger) -> Writer:
    """Make the writer of this name, else the show's own; InputError if it is unknown or not ready."""
    chosen = name or show.settings.writing.writer
    writer = load_writer(chosen, _means(show, ledger))
    if problem := writer.ready():
        raise InputError(f"The writer {chosen} is not ready: {problem}")
    return writer


def unready(show: Show, name: str) -> str | None:
    """Say what a writer lacks before it can write for a show, without asking any service; None if nothing."""
    return load_writer(name, _means(show, Ledger())).ready()


def is_embedded(writer: Writer) -> bool:
    """Whether it is the one that costs nothing and invents nothing."""
    return isinstance(writer, ExtractiveWriter)


def _means(show: Show, ledger: Ledger) -> Means:
    writing = show.settings.writing
    return Means(
        model=writing.model,
        base_url=writing.base_url,
        temperature=None if writing.temperature < 0 else writing.temperature,
        context_tokens=writing.context_tokens,
        prompts=show.prompts if show.prompts.is_dir() else None,
        drafts=show.cache / "drafts",
        ledger=ledger,
        check=doubts_in_words,
    )


class Quoting:
    """Stands for a writer on a dry run: it is asked what the writer would be, and adds up what that costs at most.

    It tells what is kept, else what the embedded writer says, which takes about as long to speak. Nobody is asked.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._embedded = ExtractiveWriter(Means())
        self.usd = 0.0

    @property
    def name(self) -> str:
        """Of the writer that it stands for."""
        return self._writer.name

    def ready(self) -> str | None:
        """Say what that one misses."""
        return self._writer.ready()

    def most_usd(self, paper: Paper, brief: Brief) -> float:
        """Say what that one takes for it."""
        return self._writer.most_usd(paper, brief)

    def write(self, paper: Paper, brief: Brief) -> Draft:
        """Tell a paper for nothing, and count what having it told would cost."""
        self.usd += self.most_usd(paper, brief)
        kept = self._writer.kept(paper, brief) if isinstance(self._writer, Keeping) else None
        return kept or self._embedded.write(paper, brief)
