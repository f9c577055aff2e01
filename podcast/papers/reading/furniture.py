"""Takes away what stands around the papers of a page, and finds where the author says goodbye."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from podcast.papers.reading.blocks import Block, Heading, Table, Text
from podcast.papers.reading.boilerplate import begins_farewell, begins_footer, is_boilerplate, is_fellow
from podcast.papers.reading.headings import is_farewell_heading
from podcast.papers.reading.lines import Line, identifiers, plain, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_SENTENCE_ENDS = (".", "!", "?", ":", "…", ";", '"', "”", "’", ")")
_SHORT = 40
_MAX_FOOTER = 500


def stands_alone(lines: Sequence[str], index: int) -> bool:
    """Whether a line is one of its own, not the end of a sentence that was wrapped onto it."""
    before = lines[index - 1] if index else ""
    after = lines[index + 1] if index + 1 < len(lines) else ""
    return (len(before) < _SHORT or before.endswith(_SENTENCE_ENDS)) and not after[:1].islower()


# ── buttons and notices between the papers ──────────────────────────────────────────────────────────────


def without_boilerplate(blocks: Sequence[Block]) -> list[Block]:
    """Drop lines that are wholly furniture, and counts and one-word buttons beside them."""
    texts = [[plain(line) for line in block.lines] if isinstance(block, Text) else [] for block in blocks]
    drop = [[_is_furniture(lines, index) for index in range(len(lines))] for lines in texts]
    _spread(blocks, texts, drop)
    kept: list[Block] = []
    for block, dropped in zip(blocks, drop, strict=True):
        if not isinstance(block, Text):
            kept.append(block)
        elif not all(dropped):
            lines = tuple(line for line, gone in zip(block.lines, dropped, strict=True) if not gone)
            kept.append(replace(block, lines=lines))
    return kept


def _is_furniture(lines: Sequence[str], index: int) -> bool:
    return is_boilerplate(lines[index]) and stands_alone(lines, index)


def _spread(blocks: Sequence[Block], texts: Sequence[Sequence[str]], drop: list[list[bool]]) -> None:
    """Mark the fellows of furniture, forwards and backwards, within what no heading or table parts."""
    places = [(block, line) for block, lines in enumerate(texts) for line in range(len(lines) or 1)]
    for order in (places, places[::-1]):
        beside = False
        for block, line in order:
            if not texts[block]:
                beside = beside and not isinstance(blocks[block], Heading | Table)
                continue
            drop[block][line] = drop[block][line] or (beside and is_fellow(texts[block][line]))
            beside = drop[block][line]


# ── the end ─────────────────────────────────────────────────────────────────────────────────────────────


def without_footer(blocks: Sequence[Block], known: Collection[str]) -> list[Block]:
    """Cut what stands below the last paper and the sign-off; `known` are the lines of the page's head."""
    start = _last_heading(blocks)
    farewell = False
    has_headings = start > 0
    for index in range(start, len(blocks)):
        block = blocks[index]
        if isinstance(block, Heading):
            farewell = farewell or is_farewell_heading(text_of(block.line))
        for place, line in enumerate(_lines(block)):
            text = plain(line)
            farewell = farewell or begins_farewell(text)
            is_known = isinstance(block, Text) and len(text.split()) > 1 and text.casefold() in known
            is_footer = is_known or begins_footer(text, after_sign_off=farewell)
            if is_footer and (has_headings or not _has_papers(blocks[index + 1 :])):
                return _without_last_buttons([*blocks[:index], *_first_lines(block, place)])
    return list(blocks)


def _without_last_buttons(blocks: list[Block]) -> list[Block]:
    """Drop counts and buttons that stand right above a footer."""
    while blocks and isinstance(last := blocks[-1], Text) and _is_button(plain(last.lines[-1])):
        blocks[-1:] = _first_lines(last, len(last.lines) - 1)
    return blocks


def _is_button(line: str) -> bool:
    return is_boilerplate(line) or is_fellow(line)


def _last_heading(blocks: Sequence[Block]) -> int:
    """Return where the last heading stands that is not furniture itself; 0 if there is none."""
    found = 0
    for index, block in enumerate(blocks):
        if isinstance(block, Heading) and not is_boilerplate(text_of(block.line)):
            found = index
    return found


def _lines(block: Block) -> Sequence[Line]:
    if isinstance(block, Heading):
        return [block.line]
    return block.lines if isinstance(block, Text) else []


def _first_lines(block: Block, count: int) -> list[Block]:
    return [replace(block, lines=block.lines[:count])] if isinstance(block, Text) and count else []


def _has_papers(blocks: Sequence[Block]) -> bool:
    return any(isinstance(block, Table) for block in blocks) or any(
        next(identifiers(line), None) for block in blocks for line in _lines(block)
    )


def _says_goodbye(heading: Heading) -> bool:
    return is_farewell_heading(text_of(heading.line)) and not any(identifiers(heading.line))


def split_sign_off(blocks: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """Part the papers from the author's goodbye: a section of that name, or the last paper's last paragraphs."""
    for index, block in enumerate(blocks):
        if index and isinstance(block, Heading) and _says_goodbye(block):
            end = next((i for i in range(index + 1, len(blocks)) if isinstance(blocks[i], Heading)), len(blocks))
            return [*blocks[:index], *blocks[end:]], list(blocks[index + 1 : end])
    for index in range(_last_heading(blocks), len(blocks)):
        lines = _lines(blocks[index])
        if isinstance(blocks[index], Text) and begins_farewell(plain(lines[0])):
            rest = blocks[index:]
            return ([*blocks], []) if _has_papers(rest) and not _last_heading(blocks) else ([*blocks[:index]], [*rest])
    return list(blocks), []
