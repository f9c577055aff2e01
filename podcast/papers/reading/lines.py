"""A line of a newsletter: its words with the links and the bold print on them, and what of it is prose."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast.papers.identifiers import ADDRESS, address, arxiv_id, is_web, without_mentions
from podcast.types import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LABELS = frozenset(
    """paper papers preprint pdf html arxiv abs abstract code github repo repository project page website site web
    homepage tweet tweets twitter thread x post blog article link links url demo video youtube slides poster data
    dataset datasets model models weights checkpoint checkpoints hugging face huggingface hf openreview doi read more
    full text on or and at here see via the source sources semantic scholar alphaxiv acl anthology neurips icml iclr
    discord colab notebook announcement bluesky linkedin reddit download view available""".split()  # noqa: SIM905
)
"""Words that say where an address leads, and nothing about the paper."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_PARENTHESIS = re.compile(r"\s?[(\[]([^()\[\]]{1,300})[)\]]")
_NOTHING_IN_BRACKETS = re.compile(r"\s?(?:\(\s{0,9}\)|\[\s{0,9}\])")
_NOTE_MARKS = re.compile(
    r"\^?\[\^[^\]\s]{1,30}\]"  # a Markdown footnote without a text
    r"|(?<=[^\W\d_]{2})¹(?![\w⁻(])"
    r"|(?:(?<=[.,;:!?”\"])|(?<=\b[a-z]{4})|(?<=[a-z]{5}))[⁰¹²³⁴-⁹]{1,2}(?![\w⁻(])"
)
_NEVER_SEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_NUMBERING = re.compile(r"(?:#\d{1,3}[.):]?|\(?\d{1,3}[.)]|\[\d{1,3}\]|(?:\d\ufe0f?\u20e3)+|[•●▪‣·])\s+")
_SEPARATOR_IN_FRONT = re.compile(r"(?:[:|•·,;]+\s*|[–—](?!\d)\s*|[-.]+\s+)+")
SEPARATORS = " \t-–—:|•·,;"


@dataclass(frozen=True, slots=True)
class Span:
    """Some text of a line, all of it linked and printed alike."""

    text: str
    url: str = ""
    strong: bool = False


Line = tuple[Span, ...]


def text_of(line: Line) -> str:
    """Return the line as it is seen."""
    return "".join(span.text for span in line)


@functools.lru_cache(maxsize=256)
def plain(line: Line, *, labels: bool = True) -> str:
    """Return a line as prose, without footnote marks, brackets that only hold links and, if told, link labels.

    Kept, as each of many rules asks for it.
    """
    text = text_of(line)
    linked = b"".join((b"\1" if span.url else b"\0") * len(span.text) for span in line)
    kept = bytearray(b"\1") * len(text)
    for bracket in _PARENTHESIS.finditer(text):
        if any(linked[bracket.start(1) : bracket.end(1)]) and is_label(bracket[1]):
            kept[bracket.start() : bracket.end()] = bytes(len(bracket[0]))
    start = 0
    for span in line:
        if not labels and span.url and is_label(span.text):
            kept[start : start + len(span.text)] = bytes(len(span.text))
        start += len(span.text)
    text = "".join(itertools.compress(text, kept)) if 0 in kept else text
    text = _NOTE_MARKS.sub("", text.translate(_NEVER_SEEN))
    return " ".join(_NOTHING_IN_BRACKETS.sub("", text).split())


def is_label(text: str) -> bool:
    """Whether it says where a link leads (`Paper`, `arXiv:2405.20233`) rather than something of its own."""
    return all(word.lower() in LABELS or word.isdigit() for word in words(without_mentions(text)))


def words(text: str) -> list[str]:
    """Split into words, letters and digits only."""
    return _WORD.findall(text)


def links(lines: Iterable[Line]) -> tuple[Link, ...]:
    """List the addresses on some lines, each once, with the words they stand on."""
    found: dict[str, Link] = {}
    for line in lines:
        for text, url in _addresses(line):
            if is_web(url):
                found.setdefault(url, Link(" ".join(text.split()) or url, url))
    return tuple(found.values())


def _addresses(line: Line) -> Iterator[tuple[str, str]]:
    for span in line:
        if span.url:
            yield span.text, re.sub(r"\s", "%20", span.url.strip())
        else:
            for found in ADDRESS.finditer(span.text):
                url = address(found[0])
                yield url, url if is_web(url) else f"https://{url}"


def identifiers(line: Line) -> Iterator[str]:
    """Yield the arXiv ids of a line: of its links, then of its text."""
    for source in (*(span.url for span in line), text_of(line)):
        if (found := arxiv_id(source)) is not None:
            yield found


def without_numbering(text: str) -> str:
    """Take `1) `, `3. ` or `#4 ` from the front; a number that belongs to a title (3D, 1.58-bit, 2 OLMo 2) stays."""
    number = _NUMBERING.match(text.strip())
    return text.strip()[number.end() :] if number else text.strip()


def without_separator(text: str) -> str:
    """Take a dash, colon or bullet that led over from a title from the front."""
    separator = _SEPARATOR_IN_FRONT.match(text)
    return text[separator.end() :] if separator else text


def title_of(line: Line) -> str:
    """Return a heading's words without numbering, link labels (`[paper]`) and arXiv ids behind it."""
    text = plain(line, labels=False)
    if not words(text):
        text = plain(line)
    shorter = " ".join(without_mentions(text).split()) if arxiv_id(text) else text
    return without_numbering((shorter if words(shorter) else text).strip(SEPARATORS))


def split_title(line: Line) -> tuple[str, Line] | None:
    """Split a line that begins with a bold or linked title into that and the rest; None if it does not.

    The rest is the whole line where title and rest are one sentence: `**Genesis** is a platform.` A capital behind
    the title begins another.
    """
    first = next((index for index, span in enumerate(line) if not _is_numbering(span.text)), None)
    if first is None or not (line[first].strong or line[first].url):
        return None
    last = next((index for index in range(first, len(line)) if not _alike(line[index], line[first])), len(line))
    title = title_of(line[first:last])
    if is_label(title):
        return None
    brings_end = text_of(line[first:last]).rstrip().endswith((":", ".", "?", "!", "–", "—", "-"))
    prose = plain(line[last:])
    is_apart = brings_end or not prose or prose[0].isupper() or prose[0] in SEPARATORS + "."
    return title, line[last:] if is_apart else line


def _is_numbering(text: str) -> bool:
    return not words(text) or _NUMBERING.fullmatch(text.strip() + " ") is not None


def _alike(span: Span, first: Span) -> bool:
    return span.strong if first.strong else span.url == first.url
