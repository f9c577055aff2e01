"""A page's tree as a flat list of blocks: headings, texts, tables, and what cannot be read aloud."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast.papers.reading import inline
from podcast.papers.reading.lines import Line, Span, text_of, words
from podcast.papers.reading.page import is_furniture
from podcast.papers.reading.tree import Element, is_post_title, is_subtitle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Cell = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6."""

    level: int
    line: Line


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, or one of a list item."""

    lines: tuple[Line, ...]
    depth: int = 0
    """How many lists it stands in."""
    opens: bool = True
    """Whether it is not a further paragraph of its list item."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of data, cells by rows; tables that only lay a page out are read as what stands in them."""

    rows: tuple[tuple[Cell, ...], ...]
    headed: bool


@dataclass(frozen=True, slots=True)
class Unspoken:
    """What has no words to read aloud, described."""

    text: str


Block = Heading | Text | Table | Unspoken

_BLOCKS = frozenset(
    """address article blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer
    form header hr html legend li main ol p section summary table tbody td tfoot th thead tr ul""".split()  # noqa: SIM905
)
_HEADING = re.compile(r"h[1-6]")
_BOLD = re.compile(r"font-weight\s{0,3}:\s{0,3}(?:bold|[6-9]00)", re.IGNORECASE)
_HEADER_WORDS = frozenset({"title", "paper", "papers", "name"})
_MAX_HEADING = 250  # there are titles of 240 characters on arXiv
_MAX_DESCRIPTION = 200
_MAX_SPANNED = 20
_MAX_DIGITS = 9
_MAX_LAYOUT_CELL = 300


def read_blocks(root: Element) -> tuple[Block, ...]:
    """Read a part of a page."""
    return _Reader(inline.notes(root)).read(root)


@dataclass(frozen=True, slots=True)
class _Style:
    url: str = ""
    strong: bool = False


@dataclass(slots=True)
class _Reader:
    """Walks a tree with a stack of its own, for pages nest deeper than Python does."""

    notes: Mapping[str, str]
    blocks: list[Block] = field(default_factory=list)
    lines: list[list[Span]] = field(default_factory=lambda: [[]])
    beside: list[Unspoken] = field(default_factory=list)
    styles: list[_Style] = field(default_factory=lambda: [_Style()])
    heading: int = 0
    caption: bool = False
    depth: int = 0
    opens: bool = True

    def read(self, root: Element) -> tuple[Block, ...]:
        pending: list[Element | str | Callable[[], None]] = [root]
        while pending:
            node = pending.pop()
            if isinstance(node, str):
                self.add(node)
            elif not isinstance(node, Element):
                node()
            elif not is_furniture(node) and not self.is_leaf(node):
                pending.append(self.enter(node))
                pending.extend(reversed(node.children))
        self.flush()
        return tuple(self.blocks)

    # ── what is read in one go ──────────────────────────────────────────────────────────────────────────

    def is_leaf(self, element: Element) -> bool:
        """Read an element whose children need no look of their own; False if there is none to read so."""
        reads = self.leaf(element)
        if reads:
            reads(element)
        return reads is not None

    def leaf(self, element: Element) -> Callable[[Element], None] | None:
        by_name = {"br": self.line_break, "img": self.picture, "pre": self.code, "sup": self.small, "sub": self.small}
        if inline.is_footnote(element):
            return lambda _: None
        if inline.formula(element):
            return lambda _: self.add(inline.formula(element))
        if element.name == "a" and inline.is_mark(element):
            return self.small
        if element.name == "table" and not self.heading and not _is_layout(element):
            return self.table
        return by_name.get(element.name)

    def line_break(self, _: Element) -> None:
        if self.heading:
            self.add(" ")
        else:
            self.lines.append([])

    def picture(self, element: Element) -> None:
        alt = " ".join(element.get("alt").split())
        if words(alt):
            self.beside.append(Unspoken(f"picture: {alt[:_MAX_DESCRIPTION]}"))

    def code(self, element: Element) -> None:
        self.flush()
        text = "".join(node for node in element.walk() if isinstance(node, str))
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        self.blocks.append(Unspoken(f"code: {first[:_MAX_DESCRIPTION]}"))

    def small(self, element: Element) -> None:
        before = text_of(tuple(self.lines[-1][-3:]))[-8:]
        note = self.notes.get(inline.target(element))
        if note:
            self.beside.append(Unspoken(f"footnote: {note}"))
        self.add(inline.small_text(element, before))

    def table(self, element: Element) -> None:
        self.flush()
        rows = [list(row.elements("td", "th", skip=is_furniture)) for row in element.elements("tr", skip=is_furniture)]
        rows = [row for row in rows if row]
        headed = bool(rows) and all(cell.name == "th" for cell in rows[0])
        if rows:
            cells = tuple(tuple(cell for part in row for cell in self.cells(part)) for row in rows)
            self.blocks.append(Table(cells, headed))

    def cells(self, element: Element) -> list[Cell]:
        spanned = element.get("colspan")
        is_number = spanned.isdecimal() and spanned.isascii() and len(spanned) <= _MAX_DIGITS
        width = min(int(spanned), _MAX_SPANNED) if is_number else 1
        return [_cell_lines(_Reader(self.notes).read(element)), *([()] * (width - 1))]

    # ── what holds others ───────────────────────────────────────────────────────────────────────────────

    def enter(self, element: Element) -> Callable[[], None]:
        """Begin an element and return how to end it."""
        is_heading = _HEADING.fullmatch(element.name) and not is_post_title(element) and not is_subtitle(element)
        if is_heading and not self.heading:
            self.flush()
            self.heading = int(element.name[1])
            return self.end_heading
        if element.name in _BLOCKS or _HEADING.fullmatch(element.name):
            return self.enter_block(element)
        self.styles.append(_style(element, self.styles[-1]))
        return self.end_style

    def enter_block(self, element: Element) -> Callable[[], None]:
        if self.heading:
            self.add(" ")
            return lambda: self.add(" ")
        self.flush()
        if element.name == "figcaption":
            self.caption = True
        if element.name in {"ul", "ol"}:
            self.depth += 1
        if element.name == "li":
            self.opens = True
        return lambda: self.end_block(element.name)

    def end_block(self, name: str) -> None:
        self.flush()
        if name == "figcaption":
            self.caption = False
        if name in {"ul", "ol"}:
            self.depth -= 1
        if name in {"ul", "ol", "li"}:
            self.opens = False

    def end_heading(self) -> None:
        level, self.heading = self.heading, 0
        line = _tidy(self.lines[0])
        if line and len(text_of(line)) <= _MAX_HEADING:
            self.blocks.extend([Heading(level, line), *self.beside])
            self.lines, self.beside = [[]], []
        else:
            self.flush()

    def end_style(self) -> None:
        self.styles.pop()

    # ── text ────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, text: str) -> None:
        """Add text to the line; its line breaks are spaces."""
        style = self.styles[-1]
        if text:
            self.lines[-1].append(Span(text, style.url, style.strong))

    def flush(self) -> None:
        """End a paragraph."""
        lines = tuple(line for line in map(_tidy, self.lines) if line)
        if lines:
            self.blocks.append(self.paragraph(lines))
        self.blocks.extend(self.beside)
        self.lines, self.beside = [[]], []

    def paragraph(self, lines: tuple[Line, ...]) -> Block:
        if self.caption:
            return Unspoken(f"picture: {' '.join(map(text_of, lines))[:_MAX_DESCRIPTION]}")
        text = Text(lines, self.depth, self.opens or not self.depth)
        self.opens = False
        return text


def _style(element: Element, outer: _Style) -> _Style:
    is_bold = element.name in {"b", "strong"} or _BOLD.search(element.get("style")[:_MAX_DESCRIPTION]) is not None
    return _Style((element.get("href") if element.name == "a" else "") or outer.url, outer.strong or is_bold)


def _tidy(spans: Iterable[Span]) -> Line:
    """Join like spans and keep single spaces, none at the ends."""
    tidy: list[Span] = []
    for (url, strong), alike in itertools.groupby(spans, key=lambda span: (span.url, span.strong)):
        text = re.sub(r"\s+", " ", "".join(span.text for span in alike))
        if text.startswith(" ") and (not tidy or tidy[-1].text.endswith(" ")):
            text = text[1:]
        if text:
            tidy.append(Span(text, url, strong))
    while tidy and not tidy[-1].text.strip():
        tidy.pop()
    if tidy:
        tidy[-1] = Span(tidy[-1].text.rstrip(), tidy[-1].url, tidy[-1].strong)
    return tuple(tidy)


def _cell_lines(blocks: Iterable[Block]) -> Cell:
    lines: list[Line] = []
    for block in blocks:
        if isinstance(block, Text):
            lines.extend(block.lines)
        elif isinstance(block, Heading):
            lines.append(block.line)
    return tuple(lines)


def _is_layout(table: Element) -> bool:
    if table.get("role") in {"presentation", "none"} or table.headings or table.tables > 1:
        return True
    cells = [cell for cell in table.elements("td", "th", "tr", skip=is_furniture) if cell.name != "tr"]
    if any(cell.name == "th" for cell in cells) or any(cell.text.lower() in _HEADER_WORDS for cell in cells):
        return False
    rows = sum(1 for _ in table.elements("tr", skip=is_furniture))
    return len(cells) <= rows or any(len(cell.text) > _MAX_LAYOUT_CELL for cell in cells)
