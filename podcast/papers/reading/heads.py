"""The head of a newsletter: its title, its date, and what of the lines above the first paper is a greeting."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from podcast.papers.reading.blocks import Block, Heading, Table, Text
from podcast.papers.reading.boilerplate import is_boilerplate, is_player_time
from podcast.papers.reading.dates import find_date, without_dates
from podcast.papers.reading.entries import read_listing
from podcast.papers.reading.headings import key
from podcast.papers.reading.lines import Line, identifiers, plain, words
from podcast.papers.reading.outline import outline

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from podcast.papers.reading.page import Facts

_MAX_TITLE = 150
_MIN_TITLE_WORDS = 2
UNTITLED = "Newsletter"


@dataclass(frozen=True, slots=True)
class Head:
    """What a newsletter is called and dated, and the blocks below its title."""

    title: str
    date: dt.date | None
    blocks: Sequence[Block]
    known: frozenset[str]
    """The lines above the first paper that are no sentences, in lower case: publications repeat them at the end."""
    line: Line = ()
    """The heading that is the title, if one is."""


def read_head(blocks: Sequence[Block], fields: Mapping[str, str], facts: Facts, name: str, *, is_page: bool) -> Head:
    """Find title and date, and drop everything from the head that is neither a greeting nor a paper."""
    given = fields.get("title", "")
    index = _title_heading(blocks, given, facts.title)
    line: Line = ()
    if index is not None:
        heading = blocks[index]
        line = heading.line if isinstance(heading, Heading) else ()
        blocks = [*([] if is_page else blocks[:index]), *blocks[index + 1 :]]
    lines = [plain(line) for block in _head_texts(blocks) for line in block.lines]
    title = given or plain(line) or facts.title or _title_line(lines) or _title_from_name(name)
    sources = (fields.get("date", ""), facts.date, title, plain(line), *lines, PurePath(name).stem)
    date = next((date for source in sources if (date := find_date(source))), None)
    known = frozenset(line.casefold() for line in lines if not _is_sentence(line))
    return Head(" ".join(title.split()), date, _without_furniture(blocks, title), known, line)


# ── title ───────────────────────────────────────────────────────────────────────────────────────────────


def _title_heading(blocks: Sequence[Block], given: str, of_page: str) -> int | None:
    """Find the heading that is the title: the one that says so, else a lone top heading."""
    headings = [(index, block) for index, block in enumerate(blocks) if isinstance(block, Heading)]
    for index, heading in headings:
        if any(_says(plain(heading.line), title) for title in (given, of_page)):
            return index
    _, roots = outline(blocks)
    if len(roots) != 1:
        return None
    [root] = roots
    has_papers = bool(root.parts) or bool(read_listing(root.body).papers)
    return headings[0][0] if has_papers or not given else None


def _says(heading: str, title: str) -> bool:
    """Whether a heading is the title, which pages give with the site's name behind it."""
    heading, title = key(heading), key(title)
    return bool(heading) and (heading == title or title.startswith(f"{heading} "))


def _title_line(lines: Sequence[str]) -> str:
    """Choose the line of a pasted page's head that has a date in it or occurs twice, best both."""
    counts = Counter(lines)
    candidates = [line for line in lines if _could_be_title(line)]
    dated = [line for line in candidates if find_date(line)]
    twice = [line for line in candidates if counts[line] > 1]
    both = [line for line in dated if line in twice]
    return next(iter([*both, *dated, *twice]), "")


def _could_be_title(line: str) -> bool:
    return (
        len(line) <= _MAX_TITLE
        and not _is_sentence(line)
        and not is_boilerplate(line)
        and len(words(without_dates(line))) >= _MIN_TITLE_WORDS
    )


def _title_from_name(name: str) -> str:
    stem = PurePath(name).stem
    return stem if words(stem) else UNTITLED


# ── greeting ────────────────────────────────────────────────────────────────────────────────────────────


def _is_sentence(line: str) -> bool:
    return not line[-1:].isalnum() or len(line) > _MAX_TITLE


def _head_texts(blocks: Sequence[Block]) -> list[Text]:
    """List the texts above the first heading, table, list or arXiv id."""
    texts: list[Text] = []
    for block in blocks:
        if isinstance(block, Heading | Table):
            break
        if isinstance(block, Text):
            if block.depth or any(next(identifiers(line), None) for line in block.lines):
                break
            texts.append(block)
    return texts


def _without_furniture(blocks: Sequence[Block], title: str) -> list[Block]:
    """Drop the title, dates and, above and among these, all that is no sentence: names, taglines, bylines."""
    texts = _head_texts(blocks)
    anchors = [index for index, text in enumerate(texts) if any(_is_anchor(plain(line), title) for line in text.lines)]
    last = max(anchors, default=-1)
    heads = {id(text): _kept_lines(text, title) for text in texts[: last + 1]}
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, Text) and id(block) in heads:
            lines = heads[id(block)]
            kept.extend([replace(block, lines=lines)] if lines else [])
        else:
            kept.append(block)
    return kept


def _kept_lines(text: Text, title: str) -> tuple[Line, ...]:
    lines = ((line, plain(line)) for line in text.lines)
    return tuple(line for line, said in lines if _is_sentence(said) and not _is_anchor(said, title))


def _is_anchor(line: str, title: str) -> bool:
    """Whether it is the title, a date or a player's time."""
    is_dated = not _is_sentence(line) and find_date(line) is not None
    return key(line) == key(title) or is_dated or is_player_time(line)
