"""Lines to paragraphs: where one begins, and how the lines of one are put together."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from podcast.papers.fulltext.signs import HYPHENS, SOFT_HYPHEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from podcast.papers.fulltext.blocks import Block
    from podcast.papers.fulltext.layout import Measure
    from podcast.papers.fulltext.lines import Line

FORMULA = "[formula]"
"""What stands in a paragraph for a formula on lines of its own: read aloud it is a word, not a riddle."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_PART = re.compile(r"[\w'’-]+$")
_FIRST_PART = re.compile(r"[\w'’]+(?:-[\w'’]+)*")
_ENDS = re.compile(r"[.!?:…][\"'”’»)\]\d]*$")
_CLOSES = re.compile(r"[.!?][\"'”’»)\]\d]*$")
_NO_SPACE = "\0"
_LONGEST_PART = 80
_BULLET = re.compile(r"\A[•▪◦●○■□‣►➢✓∗·*–—-]\s+(?=\S)")
_ITEM = re.compile(r"(?:\(?\d{1,2}[.)]|\(?[a-z][.)]|\(?[ivx]{1,4}[.)]|\[\d{1,3}\])\s+\S")
_FULL = 0.9
_SAME_SIZE = 0.07
_SHORT = 0.85
_INDENT_EM, _DEEPEST_INDENT_EM = 0.5, 4.5
_FEWEST_WORDS = 8
_LETTERS = 0.55
_ALWAYS_JOINED = frozenset(
    "any else every fore further how here in mean never none over some there under up what when where with".split()  # noqa: SIM905 - a list of words reads best as words
)
_SHORTEST_HALF = 4


@dataclass(frozen=True, slots=True)
class Text:
    """What a document is written in: its words, and whether its paragraphs begin with an indent."""

    words: Mapping[str, int]
    is_indented: bool


def text_of(blocks: Sequence[Block]) -> Text:
    """Look through a document for what tells how its lines go together."""
    lines = [line for block in blocks for line in block.lines]
    words: Counter[str] = Counter()
    for line in lines:
        words.update(_WORD.findall(line.text)[:-1])
    indented = sum(_is_indented(line) and not _is_indented(above) for above, line in pairwise(lines)
                   if above.column == line.column)  # fmt: skip
    parted = sum(block.role == "text" and len(block.lines) > 1 for block in blocks)
    return Text(words, is_indented=indented > parted)


def _is_indented(line: Line) -> bool:
    return _INDENT_EM * line.size < line.left - line.edges[0] < _DEEPEST_INDENT_EM * line.size


def paragraphs(blocks: Iterable[Block], text: Text, usual: Measure) -> tuple[str, ...]:
    """Put the lines of a section together to paragraphs of prose."""
    groups = _grouped(blocks, text)
    joined = (_joined(group, text.words) for group in groups)
    return tuple(said for group, said in zip(groups, joined, strict=True) if _is_prose(group, said, usual))


def _grouped(blocks: Iterable[Block], text: Text) -> list[list[Line | None]]:
    """Gather the lines of each paragraph; None stands for a formula in it."""
    groups: list[list[Line | None]] = []
    last: Line | None = None
    is_labelled = False
    for block in blocks:
        if (
            block.role == "formula"
            and last is not None
            and not _CLOSES.search(last.text)
            and groups[-1][-1] is not None
        ):
            groups[-1].append(None)
        if block.role != "text":
            continue
        is_label = _is_label(block)
        for place, line in enumerate(block.lines):
            begins = last is None or is_label or _begins(groups[-1], last, line, text, gap=place == 0)
            if begins and (is_label or not is_labelled):
                groups.append([])
            groups[-1].append(replace(line, text=f"{line.text}.") if is_label else line)
            last, is_labelled = line, is_label
    return groups


def _is_label(block: Block) -> bool:
    """Whether it is what stands in bold above a definition or a proof, and belongs to the paragraph below."""
    line = block.lines[0]
    return len(block.lines) == 1 and line.is_bold and not _ENDS.search(line.text) and line.text[:1].isupper()


def _begins(group: Sequence[Line | None], last: Line, line: Line, text: Text, *, gap: bool) -> bool:
    """Whether a line begins a paragraph, behind the last one of the paragraph so far."""
    if _BULLET.match(line.text) or _ITEM.match(line.text):
        return True
    is_ended = bool(_ENDS.search(last.text))
    if group[-1] is None:  # a formula stands between
        return is_ended and line.text[:1].isupper() and _is_indented(line)
    if last.column != line.column:
        is_open = not is_ended and (_is_full(last) or line.text[:1].islower())
        goes_on = text.is_indented and _is_full(last) and not _is_indented(line) and _is_same(last, line)
        return not is_open and not goes_on
    if gap:
        return is_ended or not _is_full(last) or not line.text[:1].islower()
    is_first = len(group) == 1
    return (is_ended and _is_short(last)) or _steps(last, line, is_first=is_first)


def _steps(last: Line, line: Line, *, is_first: bool) -> bool:
    """Whether a line stands further in, or further out, than a paragraph goes on."""
    step = (line.left - last.left) / line.size
    if step > _INDENT_EM:
        return _is_indented(line) and not (is_first and _is_item(last))
    return step < -_INDENT_EM and (not is_first or _is_item(last))


def _is_same(above: Line, line: Line) -> bool:
    return abs(above.size - line.size) < _SAME_SIZE * above.size


def _is_short(line: Line) -> bool:
    return line.right < line.edges[0] + _SHORT * (line.edges[1] - line.edges[0])


def _is_item(line: Line) -> bool:
    return bool(_BULLET.match(line.text) or _ITEM.match(line.text))


def _is_full(line: Line) -> bool:
    return line.right >= line.edges[0] + _FULL * (line.edges[1] - line.edges[0])


def _joined(group: Sequence[Line | None], words: Mapping[str, int]) -> str:
    pieces: list[str] = []
    for line in group:
        if line is None:
            pieces.append(FORMULA)
        elif pieces:
            pieces[-1], mark = _end(pieces[-1], line.text, words)
            pieces.append(mark + line.text)
        else:
            pieces.append(line.text)
    said = " ".join(pieces).replace(f" {_NO_SPACE}", "").replace(SOFT_HYPHEN, "")
    return " ".join(_BULLET.sub("", said).split())


def _end(said: str, text: str, words: Mapping[str, int]) -> tuple[str, str]:
    """Return how a line ends when another follows, and a mark where the two stand without a space."""
    if said == FORMULA:
        return said + "." * _begins_sentence(text, words), ""
    if said.endswith("/") and not said.endswith(" /"):
        return said, _NO_SPACE
    head, tail = _LAST_PART.search(said[-_LONGEST_PART:].rstrip("".join(HYPHENS))), _FIRST_PART.match(text)
    if not said.endswith(HYPHENS) or not head or not tail or said[-2:-1] == " ":
        return said, ""
    is_one_word = said.endswith(SOFT_HYPHEN) or _is_one_word(head[0], tail[0], words)
    return said[:-1] if is_one_word else said, _NO_SPACE


def _begins_sentence(text: str, words: Mapping[str, int]) -> bool:
    """Whether its first word is written large for that alone: elsewhere it is not."""
    first = _FIRST_PART.match(text)
    return first is not None and text[0].isupper() and len(first[0]) > 1 and first[0].lower() in words


def _is_one_word(head: str, tail: str, words: Mapping[str, int]) -> bool:
    """Whether a hyphen at a line's end only parts a word: the rest of the document knows best."""
    first, second = head.lower(), tail.lower()
    whole, compound = _count(first + second, words), _count(f"{first}-{second}", words)
    if whole != compound:
        return whole > compound
    if not tail[0].islower() or head[-1].isdigit() or (len(head) > 1 and head.isupper()):
        return False
    own, second = first.rsplit("-", 1)[-1], second.split("-", 1)[0]
    if own != first:
        return False
    if own in _ALWAYS_JOINED:
        return True
    are_words = _count(own, words) and _count(second, words)
    return not (are_words and min(len(own), len(second)) >= _SHORTEST_HALF)


def _count(word: str, words: Mapping[str, int]) -> int:
    return words.get(word, 0) + words.get(word.capitalize(), 0)


def _is_prose(group: Sequence[Line | None], said: str, usual: Measure) -> bool:
    """Whether it reads as text: not the words of a drawing, a cell, or a formula alone."""
    lines = [line for line in group if line is not None]
    words = _WORD.findall(said)
    letters = sum(map(str.isalpha, said))
    if not words or letters < _LETTERS * len(said.replace(" ", "").replace(FORMULA, "")):
        return False
    if _is_item(lines[0]) or _ENDS.search(said):
        return len(words) > 1
    return len(words) >= _FEWEST_WORDS and (len(lines) > 1 or usual.size <= lines[0].size)
