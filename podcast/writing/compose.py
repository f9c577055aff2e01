"""The embedded writer: a newsletter's own words as a script. It announces, joins and naturalises; it adds no claim.

The author's greeting and sign-off are kept. What they leave out is added: show, date, number of papers, that the
voice is synthetic, and where to read on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.types import Finding, Newsletter, Paper, Paragraph, Script, Segment
from podcast.writing.prose import as_sentence, capitalised, has_words, number_forms, number_word, one_line, speakable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

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

_KIND = r"(?:paper|work|study|article|research|tutorial|survey|report|review|thesis)"
_IN_THIS_PAPER = re.compile(rf"^In this {_KIND}, (?:the authors|we)\b", re.IGNORECASE)
_THIS_PAPER = re.compile(rf"^This (?!is |was |has |can |may )((?:[\w-]+ ){{0,2}}{_KIND})\b(?!['’])")

_VERBS = frozenset(
    """achieves adapts addresses aims analyzes applies argues builds combines compares conducts contributes
    demonstrates describes develops discovers discusses enables enhances establishes estimates evaluates examines
    explains explores extends finds focuses formalizes formulates generates highlights identifies improves
    increases integrates introduces investigates leverages makes measures offers outperforms performs presents
    produces proposes provides proves reduces releases reports reveals reviews revisits scales shows solves studies
    suggests summarizes surveys tackles trains unifies uses""".split()  # noqa: SIM905 - a word list reads best as words
)
_FRAGMENT_VERB = re.compile(r"^(?:\w+ly )?(\w+)\b")


def compose(
    newsletter: Newsletter,
    date: dt.date,
    *,
    show_title: str,
    say_synthetic: bool = True,
) -> Script:
    """Write the script of a newsletter's highlights."""
    papers = newsletter.highlights
    show_title = one_line(show_title)
    segments = (
        Segment(WELCOME, _paragraphs(_welcome(newsletter, date, show_title, say_synthetic=say_synthetic))),
        *(_segment(paper, index, len(papers)) for index, paper in enumerate(papers)),
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


def _segment(paper: Paper, index: int, count: int) -> Segment:
    body = [text for text in map(speakable, paper.paragraphs) if has_words(text)]
    if body:
        body[0] = _after_announcement(body[0], index)
    findings = [Finding(one_line(f"not spoken: {what}")) for what in paper.unspoken]
    if not body:
        findings.append(Finding("the newsletter has a title here and nothing to say about it"))
    spoken = _paragraphs([_announce(paper.title, index, count), *(as_sentence(_whole(text)) for text in body)])
    return Segment(one_line(paper.title), (*spoken, *findings), _reference(paper))


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


def _after_announcement(text: str, index: int) -> str:
    """Make `This paper` natural now that the title has just been said."""
    text = _IN_THIS_PAPER.sub("The authors", text)
    named = _THIS_PAPER.match(text)
    if named is None:
        return text
    subject = "It" if named[1] == "paper" and index % 2 else f"The {named[1]}"
    return subject + text[named.end() :]


def _whole(text: str) -> str:
    """Make a sentence of a summary that begins in the middle of one, as cells of tables do."""
    if not text[:1].islower():
        return text
    if re.match(r"(?:a|an|the) ", text):
        return f"This is {text}"
    first = _FRAGMENT_VERB.match(text)
    return f"It {text}" if first and first[1] in _VERBS else capitalised(text)
