"""A newsletter's highlights as a script: welcome, one segment a paper, goodbye.

Each paper is announced here, by its title, and told by a writer. The author's greeting and sign-off are kept. What
they leave out is added: show, date, number of papers, that the voice is synthetic, and where to read on.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from podcast.types import Brief, Finding, Newsletter, Paper, Paragraph, Script, Segment
from podcast.writing.prose import as_sentence, has_words, number_forms, number_word, one_line, speakable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

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
_MENTIONS_SYNTHETIC = re.compile(
    r"\b(?:synthetic|artificial|computer(?:-generated)?|AI(?:[- ]generated)?)\s+voice|text[- ]to[- ]speech",
    re.IGNORECASE,
)
_MENTIONS_NEWSLETTER = re.compile(r"\bwritten (?:newsletter|version|edition)\b", re.IGNORECASE)


def compose(  # noqa: PLR0913
    newsletter: Newsletter,
    date: dt.date,
    *,
    show_title: str,
    writer: Writer,
    brief: Brief = Brief(),  # noqa: B008 - frozen
    say_synthetic: bool = True,
) -> Script:
    """Write the script of a newsletter's highlights; `brief` is what all its papers have in common."""
    papers = newsletter.highlights
    show_title = one_line(show_title)
    segments = (
        Segment(WELCOME, _paragraphs(_welcome(newsletter, date, show_title, say_synthetic=say_synthetic))),
        *(
            _segment(paper, writer, dataclasses.replace(brief, number=number, count=len(papers)))
            for number, paper in enumerate(papers, start=1)
        ),
        Segment(GOODBYE, _paragraphs(_goodbye(newsletter))),
    )
    return Script(title=one_line(newsletter.title) or show_title, date=date, segments=segments)


def _paragraphs(texts: Sequence[str]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(text) for text in texts if has_words(text))


# ── welcome and goodbye ─────────────────────────────────────────────────────────────────────────────────


def _welcome(newsletter: Newsletter, date: dt.date, show_title: str, *, say_synthetic: bool) -> list[str]:
    greeting = [_aside(text) for text in newsletter.greeting]
    said = " ".join(greeting)
    opening = _show_and_date(said, date if newsletter.date else None, show_title)
    subject = "It" if "the episode" in opening else "This episode"
    facts = [opening, _count(said, len(newsletter.highlights), subject)]
    if say_synthetic and not _MENTIONS_SYNTHETIC.search(said):
        facts.append(_SYNTHETIC)
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


def written_date(date: dt.date) -> str:
    """As an American newsletter writes it: June 15, 2024."""
    return f"{date:%B} {date.day}, {date.year}"


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


def _segment(paper: Paper, writer: Writer, brief: Brief) -> Segment:
    draft = writer.write(paper, brief)
    notes = [*draft.notes, *(f"not spoken: {what}" for what in paper.unspoken)]
    if not draft.paragraphs:
        notes.append("the newsletter has a title here and nothing to say about it")
    announced = _paragraphs([_announce(paper.title, brief.number - 1, brief.count)])
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
