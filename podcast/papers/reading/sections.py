"""Which parts of a newsletter are papers: the one decision that marks alone do not settle.

A heading is read by what stands below it, by its words, and by the headings beside it. In doubt it is a paper and
all below it its text: one paper taken for a section would lose the others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podcast.papers.reading.blocks import Text
from podcast.papers.reading.boilerplate import is_boilerplate
from podcast.papers.reading.entries import Listing, read_listing
from podcast.papers.reading.headings import is_greeting_heading, is_part, is_section, key
from podcast.papers.reading.lines import Line, identifiers, is_label, plain
from podcast.papers.reading.metadata import read_metadata
from podcast.papers.reading.outline import Section, outline
from podcast.papers.reading.paragraphs import build_paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podcast.papers.reading.blocks import Block
    from podcast.types import Paper


@dataclass(slots=True)
class Group:
    """Papers that stand together, under a heading or none, with the text around them."""

    name: str | None = None
    papers: list[Paper] = field(default_factory=list)
    before: list[Block] = field(default_factory=list)
    after: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Sorting:
    """A newsletter's papers in groups, and what stands outside them."""

    groups: list[Group] = field(default_factory=list)
    greeting: list[Block] = field(default_factory=list)
    others: list[Block] = field(default_factory=list)
    """Sections without papers, below the first papers."""

    def add_section(self, kind: _Kind) -> None:
        """Add a heading of a newsletter that has sections of papers."""
        section = kind.section
        if kind.is_paper:
            self.add_paper(section)
        elif kind.papers:
            self.groups.append(_group_of_parts(section, kind.papers))
        elif kind.listing.papers:
            listing = kind.listing
            self.groups.append(Group(section.name, listing.papers, listing.before, listing.after))
        elif not self.groups:
            self.greeting.extend(section.blocks())
        elif any(next(identifiers(line), None) for line in _lines(section)):
            self.groups.append(Group(section.name, [_paper(section)]))
        else:
            self.others.extend(section.blocks())

    def add_top_heading(self, kind: _Kind) -> None:
        """Add a heading of a newsletter whose top headings are the papers."""
        section = kind.section
        is_empty = not section.body and not section.parts
        if is_greeting_heading(section.name) and not self.groups:
            self.greeting.extend(section.blocks())
        elif is_empty and is_section(section.name):
            self.groups.append(Group(section.name))
        else:
            self.add_paper(section)

    def add_paper(self, section: Section) -> None:
        """Add a paper to those right before it."""
        if not self.groups or (self.groups[-1].name and self.groups[-1].papers and _is_closed(self.groups[-1])):
            self.groups.append(Group())
        self.groups[-1].papers.append(_paper(section))


def _is_closed(group: Group) -> bool:
    return bool(group.before or group.after)


def sort_papers(blocks: Sequence[Block], title: Line) -> Sorting:
    """Find the papers of a newsletter, whose title is no longer among the blocks."""
    preamble, roots = outline(blocks)
    roots = [root for root in roots if not is_boilerplate(root.name)]
    if title and roots and all(is_part(root.name) for root in roots):
        below = [block for root in roots for block in (root.heading, *root.blocks())]
        return Sorting([Group(None, [build_paper(plain(title), [title], [*preamble, *below])])])
    sorting = _sort_preamble(preamble, has_headings=bool(roots))
    repeated = _repeated(roots)
    kinds = [_Kind.of(root, repeated) for root in roots]
    has_sections = _has_sections(kinds)
    for kind in kinds:
        (sorting.add_section if has_sections else sorting.add_top_heading)(kind)
    sorting.groups = [group for group in sorting.groups if group.papers]
    return sorting


def _sort_preamble(blocks: list[Block], *, has_headings: bool) -> Sorting:
    listing = read_listing(blocks)
    if listing.has_table or (listing.has_identifiers and not has_headings):
        return Sorting([Group(None, listing.papers, after=listing.after)], greeting=listing.before)
    return Sorting(greeting=blocks)


# ── what a heading is ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Kind:
    """What speaks for a heading being a paper, and what for a section of papers."""

    section: Section
    papers: tuple[Section, ...]
    """Its sub-headings that do not sound like parts of one paper."""
    listing: Listing
    is_paper: bool

    @classmethod
    def of(cls, section: Section, repeated: frozenset[str]) -> _Kind:
        """Look at a heading and what stands below it."""
        papers = tuple(part for part in section.parts if _may_be_paper(part, repeated))
        listing = read_listing(section.body) if not section.parts else Listing()
        is_list = listing.is_marked or is_section(section.name)  # a paper's own text may well cite an arXiv id
        if not listing.has_table and (not is_list or any(key(paper.title) in repeated for paper in listing.papers)):
            listing = Listing()
        return cls(section, papers, listing, _is_surely_paper(section))

    @property
    def surely_holds_papers(self) -> bool:
        """Whether nothing else can be meant."""
        if self.is_paper:
            return False
        is_list = self.listing.has_identifiers and not self.listing.before
        has_papers = any(map(_is_surely_paper, self.papers)) or self.listing.has_table or is_list
        return has_papers or (is_section(self.section.name) and bool(self.papers or self.listing.papers))

    @property
    def may_hold_papers(self) -> bool:
        """Whether it could be a section, if others are."""
        is_list = len(self.listing.papers) > 1 and len(self.listing.before) <= 1
        has_parts = len(self.papers) > 1 or (bool(self.papers) and not self.section.body)
        return not self.is_paper and (has_parts or is_list)


def _has_sections(kinds: Sequence[_Kind]) -> bool:
    counted = [kind for kind in kinds if not is_greeting_heading(kind.section.name)]
    likely = sum(kind.may_hold_papers for kind in counted)
    return any(kind.surely_holds_papers for kind in counted) or 2 * likely > len(counted)


def _repeated(roots: Sequence[Section]) -> frozenset[str]:
    """Return what stands below more than one heading: what parts of every paper are called."""
    below = Counter(name for root in roots if not is_section(root.name) for name in {*_part_names(root)})
    return frozenset(name for name, count in below.items() if count > 1)


def _part_names(root: Section) -> list[str]:
    titles = [] if root.parts else [paper.title for paper in read_listing(root.body).papers]
    return [key(name) for name in (*(part.name for part in root.parts), *titles)]


def _may_be_paper(part: Section, repeated: frozenset[str]) -> bool:
    """Whether a sub-heading has an arXiv id in it, or does not sound like a part of one paper."""
    sounds_like_part = is_part(part.name) or key(part.name) in repeated
    return not sounds_like_part or any(identifiers(part.line))


def _is_surely_paper(section: Section) -> bool:
    """Whether its heading has an arXiv id, or a line right below it that leads to the paper itself."""
    if any(identifiers(section.line)):
        return True
    first = next((block for block in section.body if isinstance(block, Text)), None)
    return first is not None and not first.depth and any(_leads_to(line, section.name) for line in first.lines)


def _leads_to(line: Line, title: str) -> bool:
    linked = [span for span in line if span.url and any(identifiers((span,)))]
    is_labelled = all(is_label(span.text) or key(span.text) == key(title) for span in linked)
    return any(identifiers(line)) and is_labelled and read_metadata(line, title) is not None


# ── papers under headings ───────────────────────────────────────────────────────────────────────────────


def _paper(section: Section) -> Paper:
    return build_paper(section.name, [section.line], section.blocks())


def _group_of_parts(section: Section, papers: Sequence[Section]) -> Group:
    """Make a group of sub-headings; one that sounds like a part belongs to the paper above it."""
    listing = read_listing(section.body)
    body = ([], section.body) if not listing.has_table else (listing.papers, [*listing.before, *listing.after])
    group = Group(section.name, list(body[0]), list(body[1]))
    chosen = {id(part) for part in papers}
    below: list[tuple[Section, list[Block]]] = []
    for part in section.parts:
        if id(part) in chosen:
            below.append((part, list(part.blocks())))
        else:
            (below[-1][1] if below else group.before).extend([part.heading, *part.blocks()])
    group.papers.extend(build_paper(part.name, [part.line], blocks) for part, blocks in below)
    return group


def _lines(section: Section) -> list[Line]:
    return [line for block in section.blocks() if isinstance(block, Text) for line in block.lines]
