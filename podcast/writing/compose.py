"""A newsletter's highlights as a script: welcome, one segment a paper, goodbye.

Each paper is announced here, by its title, and told by a writer. The author's greeting and sign-off are kept. What
they leave out is added: show, date, number of papers, that the voice is synthetic, and where to read on.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast.errors import InputError
from podcast.types import Brief, Draft, Finding, Newsletter, Paper, Paragraph, Script, Segment
from podcast.writing.length import (
    AIMED_SHARE,
    MOST_OF_A_SHARE,
    MOST_SHARE,
    Limit,
    asked_words,
    least_words,
    minutes_up,
    most_papers,
    shares,
    trimmed,
)
from podcast.writing.material import passages_of
from podcast.writing.prose import as_sentence, has_words, number_forms, number_word, one_line, speakable
from podcast.writing.script import written_date

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from podcast.writing.writers import Writer

WELCOME = "Welcome"
GOODBYE = "Until next time"

_ONLY = "The paper of this episode is {title}."
_FIRST = "First up, {title}."
_LAST = "And finally, {title}."
_BETWEEN = (
    "Next, {title}.",
    "Paper number {number} is {title}.",
    "The next paper is {title}.",
    "Then there is {title}.",
    "Paper number {number} is called {title}.",
    "Moving on to {title}.",
)

_SYNTHETIC = "The voice you hear is synthetic."
_ALL_SYNTHETIC = "The voices you hear are synthetic."
_MENTIONS_SYNTHETIC = re.compile(
    r"\b(?:synthetic|artificial|computer(?:-generated)?|AI(?:[- ]generated)?)\s+voices?|text[- ]to[- ]speech",
    re.IGNORECASE,
)
_MENTIONS_NEWSLETTER = re.compile(r"\bwritten (?:newsletter|version|edition)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a script is for: whose episode, of which day, and who speaks it."""

    date: dt.date
    show_title: str
    say_synthetic: bool = True
    speakers: tuple[tuple[str, str], ...] = ()
    """Names and their voices, where more than one speaks; the first one welcomes, announces and says goodbye."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(name for name, _ in self.speakers)


@dataclass(frozen=True, slots=True)
class Composed:
    """A script, and what there was no time for, in words for people."""

    script: Script
    left_out: tuple[str, ...] = ()
    usd: float = 0.0
    """What the writer's answers cost by list price."""


def compose(
    newsletter: Newsletter, occasion: Occasion, writer: Writer, brief: Brief | None = None, limit: Limit | None = None
) -> Composed:
    """Write the script of a newsletter's highlights; `brief` is what all its papers have in common.

    With a limit it takes no longer, as far as whoever measures it can tell. Raises InputError, before the writer is
    asked for anything, where welcome, goodbye and one paper alone would take longer.
    """
    occasion = dataclasses.replace(occasion, show_title=one_line(occasion.show_title))
    brief = dataclasses.replace(brief or Brief(), hosts=occasion.hosts)
    if limit is None:
        frame = _Frame(newsletter, occasion)
        drafts = [writer.write(paper, frame.brief(brief, number)) for number, paper in frame.papers]
        return Composed(frame.script(drafts), usd=_usd(drafts))
    return _within(newsletter, occasion, writer, brief, limit)


# ── in a given time ─────────────────────────────────────────────────────────────────────────────────────


def _within(newsletter: Newsletter, occasion: Occasion, writer: Writer, brief: Brief, limit: Limit) -> Composed:
    frame = _planned(newsletter, occasion, limit)
    clock = _Clock(limit, frame)
    drafts: list[Draft] = []
    asked, given = 0, 0.0
    for number, paper in frame.papers:
        share, share_ms = clock.share(drafts)
        words = asked_words(share, frame.materials[number - 1], asked, given)
        one = dataclasses.replace(frame.brief(brief, number), words=words)
        draft = writer.write(paper, one)
        # What an asked word came to, by the clock: a draft's words may be shorter than its source's.
        asked, given = asked + words, given + clock.ms(paper, draft) * share / max(1.0, share_ms)
        most_ms = min(MOST_OF_A_SHARE * share_ms, clock.left_ms(drafts, MOST_SHARE) - sum(clock.least_ms[number:]))
        drafts.append(trimmed(draft, functools.partial(clock.fits, paper, most_ms)))
    left_out = (*_papers_left_out(newsletter, frame), *_sentences_left_out(frame, drafts))
    return Composed(frame.script(drafts), left_out, _usd(drafts))


def _usd(drafts: Sequence[Draft]) -> float:
    return sum(draft.usd for draft in drafts)


def _planned(newsletter: Newsletter, occasion: Occasion, limit: Limit) -> _Frame:
    """Say which papers there is time for, from the first."""
    papers = newsletter.highlights
    clocks = [_Clock(limit, _Frame(newsletter, occasion, count)) for count in range(len(papers) + 1)]
    number = most_papers(lambda count: clocks[count].shortest_ms <= AIMED_SHARE * limit.longest_ms, len(papers))
    shortest_ms = clocks[min(1, len(papers))].shortest_ms
    if shortest_ms > AIMED_SHARE * limit.longest_ms:
        raise InputError(
            f"{minutes_up(limit.longest_ms):.1f} minutes are too short: welcome, goodbye and the beginning of one "
            f"paper take longer. Allow at least {minutes_up(shortest_ms / AIMED_SHARE):.1f} minutes."
        )
    return clocks[number].frame


@dataclass(frozen=True, slots=True)
class _Clock:
    """How long the parts of a script take. A paper's text takes as long wherever it stands, so that it adds up."""

    limit: Limit
    frame: _Frame
    _known: dict[object, int] = field(default_factory=dict, compare=False)

    def ms(self, paper: Paper, draft: Draft) -> int:
        """How long a draft takes behind its announcement."""
        with_it, without = (_segment(paper, text, 1, 1, None) for text in (draft, Draft(())))
        return self._measured((with_it,)) - self._measured((without,))

    def fits(self, paper: Paper, most_ms: float, draft: Draft) -> bool:
        """Whether a draft takes no longer than that."""
        return self.ms(paper, draft) <= most_ms

    def left_ms(self, drafts: Sequence[Draft], share: float) -> float:
        """How much of this share of the time is left behind these drafts, all announcements counted."""
        taken = (self.ms(paper, draft) for (_, paper), draft in zip(self.frame.papers, drafts, strict=False))
        return share * self.limit.longest_ms - self._measured(self.frame.script(()).segments) - sum(taken)

    def share(self, drafts: Sequence[Draft]) -> tuple[int, float]:
        """Words, and ms, for the paper behind these drafts, of the time that is left."""
        materials, whole_ms = self.frame.materials[len(drafts) :], self.whole_ms[len(drafts) :]
        word_ms = sum(whole_ms) / max(1, sum(materials))
        share = shares(self.left_ms(drafts, AIMED_SHARE) / (word_ms or 1), materials)[0]
        return share, share * max(word_ms, whole_ms[0] / max(1, materials[0]))

    @property
    def whole_ms(self) -> list[int]:
        """How long all that there is to say of each paper takes."""
        texts = ((paper, Draft(tuple(map(Paragraph, passages_of(paper))))) for _, paper in self.frame.papers)
        return [self.ms(paper, draft) for paper, draft in texts]

    @property
    def least_ms(self) -> list[float]:
        """How long the least that is said of each paper takes."""
        known = zip(self.whole_ms, self.frame.materials, strict=True)
        return [ms * least_words(words) / max(1, words) for ms, words in known]

    @property
    def shortest_ms(self) -> float:
        """What it takes if no paper gets more than it must have."""
        return self._measured(self.frame.script(()).segments) + sum(self.least_ms)

    def _measured(self, segments: tuple[Segment, ...]) -> int:
        if segments not in self._known:
            self._known[segments] = self.limit.duration_ms(segments)
        return self._known[segments]


def _papers_left_out(newsletter: Newsletter, frame: _Frame) -> Iterator[str]:
    for paper in newsletter.highlights[frame.count :]:
        yield f"the paper {one_line(paper.title)!r}"


def _sentences_left_out(frame: _Frame, drafts: Sequence[Draft]) -> Iterator[str]:
    for (_, paper), draft in zip(frame.papers, drafts, strict=True):
        if draft.left_out:
            yield f"{draft.left_out} {'sentence' if draft.left_out == 1 else 'sentences'} of {one_line(paper.title)!r}"


@dataclass(frozen=True, slots=True)
class _Frame:
    """Everything of a script but what a writer says: the first `count` papers, those behind them among the rest."""

    newsletter: Newsletter
    occasion: Occasion
    count: int = -1

    def __post_init__(self) -> None:
        """Take all papers where no number is given."""
        if self.count < 0:
            object.__setattr__(self, "count", len(self.newsletter.highlights))

    @property
    def papers(self) -> list[tuple[int, Paper]]:
        """Each with its number, from 1."""
        return list(enumerate(self.newsletter.highlights[: self.count], start=1))

    @property
    def materials(self) -> list[int]:
        """How many words there are to say of each."""
        return [sum(len(text.split()) for text in passages_of(paper)) for _, paper in self.papers]

    def brief(self, brief: Brief, number: int) -> Brief:
        return dataclasses.replace(brief, number=number, count=self.count)

    def script(self, drafts: Sequence[Draft]) -> Script:
        """Put it together; papers without a draft are announced only."""
        letter, told = self.newsletter, [*drafts, *(Draft(()) for _ in range(self.count - len(drafts)))]
        shown = dataclasses.replace(
            letter, highlights=letter.highlights[: self.count], rest=(*letter.highlights[self.count :], *letter.rest)
        )
        host = self.occasion.hosts[0] if self.occasion.hosts else None
        segments = (
            Segment(WELCOME, _paragraphs(_welcome(shown, self.occasion), host)),
            *(
                _segment(paper, draft, number, self.count, host)
                for (number, paper), draft in zip(self.papers, told, strict=True)
            ),
            Segment(GOODBYE, _paragraphs(_goodbye(shown), host)),
        )
        title = one_line(letter.title) or self.occasion.show_title
        return Script(title=title, date=self.occasion.date, segments=segments, speakers=self.occasion.speakers)


def _paragraphs(texts: Sequence[str], speaker: str | None) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(text, speaker) for text in texts if has_words(text))


# ── welcome and goodbye ─────────────────────────────────────────────────────────────────────────────────


def _welcome(newsletter: Newsletter, occasion: Occasion) -> list[str]:
    greeting = [_aside(text) for text in newsletter.greeting]
    said = " ".join(greeting)
    opening = _show_and_date(said, occasion.date if newsletter.date else None, occasion.show_title)
    subject = "It" if "the episode" in opening else "This episode"
    facts = [opening, _count(said, len(newsletter.highlights), subject)]
    if occasion.say_synthetic and not _MENTIONS_SYNTHETIC.search(said):
        facts.append(_SYNTHETIC if len(occasion.hosts) < len(("one", "another")) else _ALL_SYNTHETIC)
    return [*greeting, " ".join(filter(None, facts))]


def _show_and_date(said: str, date: dt.date | None, show_title: str) -> str:
    """Say what the greeting leaves out; a date that the newsletter does not give is not announced."""
    knows_show = show_title.casefold() in said.casefold()
    opening = "You are listening to" if said else "Welcome to"
    if date is None or _mentions(said, date):
        return "" if knows_show else as_sentence(f"{opening} {show_title}")
    when = f"the episode of {written_date(date)}"
    return f"This is {when}." if knows_show else f"{opening} {show_title}, {when}."


def _mentions(said: str, date: dt.date) -> bool:
    forms = (date.isoformat(), f"{date:%B} {date.day}", f"{date.day} {date:%B}")
    return any(re.search(rf"\b{form}\b", said) for form in forms)


def _count(said: str, papers: int, subject: str) -> str:
    if re.search(rf"\b(?:{'|'.join(number_forms(papers))})\b[^.!?]*\bpapers?\b", said, re.IGNORECASE):
        return ""
    return f"{subject} has {number_word(papers)} {'paper' if papers == 1 else 'papers'}."


def _goodbye(newsletter: Newsletter) -> list[str]:
    sign_off = [_aside(text) for text in newsletter.sign_off] or [
        "That is all for this episode. Thank you for listening."
    ]
    if _MENTIONS_NEWSLETTER.search(" ".join(sign_off)):
        return sign_off
    return [*sign_off, _pointer(newsletter)]


def _pointer(newsletter: Newsletter) -> str:
    more = len(newsletter.rest)
    if not more:
        return "All of this can also be read in the written newsletter."
    papers = "one more paper" if more == 1 else f"{number_word(more)} more papers"
    return f"The written newsletter has all of this to read, and {papers}."


def _aside(text: str) -> str:
    """A paragraph of greeting or sign-off; one that only leads to an address now leads to the show notes."""
    text = speakable(text)
    return f"{text} see the show notes." if text.endswith(":") else as_sentence(text) if text else ""


# ── one paper ───────────────────────────────────────────────────────────────────────────────────────────


def _segment(paper: Paper, draft: Draft, number: int, count: int, host: str | None) -> Segment:
    notes = [*draft.notes, *(f"not spoken: {what}" for what in paper.unspoken)]
    if not draft.paragraphs:
        notes.append("the newsletter has a title here and nothing to say about it")
    announced = _paragraphs([_announce(paper.title, number - 1, count)], host)
    findings = (Finding(one_line(note)) for note in notes)
    return Segment(one_line(paper.title), (*announced, *draft.paragraphs, *findings), _reference(paper))


def _reference(paper: Paper) -> str | None:
    if paper.arxiv_id:
        return f"arXiv:{paper.arxiv_id}"
    usable = paper.url and not re.search(r"\s|-->", paper.url)
    return paper.url if usable else None


def _announce(title: str, index: int, count: int) -> str:
    if index == 0:
        template = _ONLY if count == 1 else _FIRST
    elif index == count - 1:
        template = _LAST
    else:
        template = _BETWEEN[(index - 1) % len(_BETWEEN)]
    text = template.format(title=speakable(title), number=number_word(index + 1))
    return text[:-1] if re.search(r"[?!.]\.$", text) else text
