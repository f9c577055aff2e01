"""HTML to a plain tree of elements. The only module that reads pages with lxml, broken ones as browsers do."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,500}>")
_HEADINGS = ("h1", "h2", "h3")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Element:
    """An element with what it holds, in order. No method recurses: hostile pages nest a hundred thousand deep."""

    name: str
    attributes: dict[str, str]
    children: tuple[Element | str, ...]
    headings: int
    """How many h1, h2 and h3 it holds, itself included, besides a post's own title and subtitle."""
    tables: int
    """How many tables it holds, itself included."""

    def get(self, attribute: str) -> str:
        """Return the value of an attribute, empty where there is none."""
        return self.attributes.get(attribute, "")

    @property
    def classes(self) -> frozenset[str]:
        """The names in its class attribute, in lower case."""
        return frozenset(self.get("class").lower().split())

    def walk(self, skip: Callable[[Element], bool] = lambda _: False) -> Iterator[Element | str]:
        """Yield itself and everything below it in document order, but nothing of an element to skip."""
        pending: list[Element | str] = [self]
        while pending:
            node = pending.pop()
            if isinstance(node, str):
                yield node
            elif not skip(node):
                yield node
                pending.extend(reversed(node.children))

    def elements(self, *names: str, skip: Callable[[Element], bool] = lambda _: False) -> Iterator[Element]:
        """Yield the elements of these names, or all, in document order."""
        found = (node for node in self.walk(skip) if isinstance(node, Element))
        return (element for element in found if not names or element.name in names)

    @property
    def text(self) -> str:
        """All text in it, with single spaces."""
        return " ".join("".join(node for node in self.walk() if isinstance(node, str)).split())


def is_post_title(element: Element) -> bool:
    """Whether it is marked as the title of the whole post."""
    return element.name == "h1" and not element.classes.isdisjoint({"post-title", "entry-title", "article-title"})


def is_subtitle(element: Element) -> bool:
    """Whether it is marked as the line below the title of the whole post."""
    return not element.classes.isdisjoint({"subtitle", "post-subtitle"})


def parse_html(html: str) -> Element:
    """Read a page, however broken."""
    from lxml import etree

    page = _XML_DECLARATION.sub("", html, count=1).removeprefix("\N{BYTE ORDER MARK}")
    parser = etree.HTMLParser(target=_Target())
    parser.feed(page)
    root: Element = parser.close()
    return root


@dataclass(frozen=True, slots=True)
class _Open:
    """An element whose end has not come yet."""

    name: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)


_ROOT = "[document]"
_NO_TEXT = frozenset({"rp", "rt", "script", "style", "template"})
"""What is in these is not read: programs, looks, and how a word before it is pronounced."""

_SPACED = frozenset({"pre", "textarea"})
_SPACES = " \n\t\f\r"


class _Target:
    """Builds the tree, bottom up, from what the parser meets on its way."""

    def __init__(self) -> None:
        self._open = [_Open(_ROOT, {})]
        self._names: Counter[str] = Counter()
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._end_text()
        self._open.append(_Open(tag, dict(attributes)))
        self._names[tag] += 1

    def end(self, tag: str) -> None:
        self._end_text()
        while self._names[tag]:
            if self._end_element() == tag:
                break

    def data(self, text: str) -> None:
        self._text.append(text)

    def comment(self, text: str) -> None:  # noqa: ARG002 - it only parts what is around it
        self._end_text()

    def pi(self, target: str, data: str | None = None) -> None:  # noqa: ARG002
        self._end_text()

    def doctype(self, *names: str | None) -> None:  # noqa: ARG002
        self._end_text()

    def close(self) -> Element:
        self._end_text()
        while len(self._open) > 1:
            self._end_element()
        return _element(self._open[0])

    def _end_element(self) -> str:
        ended = self._open.pop()
        self._names[ended.name] -= 1
        self._open[-1].children.append(_element(ended))
        return ended.name

    def _end_text(self) -> None:
        text = "".join(self._text)
        self._text.clear()
        if not text or self._is_in(_NO_TEXT):
            return
        if not text.strip(_SPACES) and not self._is_in(_SPACED):
            text = "\n" if "\n" in text else " "
        self._open[-1].children.append(text)

    def _is_in(self, names: Collection[str]) -> bool:
        return any(self._names[name] for name in names)


def _element(read: _Open) -> Element:
    below = [child for child in read.children if isinstance(child, Element)]
    attributes = {name.lower(): value for name, value in read.attributes.items()}
    bare = Element(read.name.lower(), attributes, tuple(read.children), 0, 0)
    is_heading = bare.name in _HEADINGS and not is_post_title(bare) and not is_subtitle(bare)
    return Element(
        bare.name,
        attributes,
        bare.children,
        headings=is_heading + sum(child.headings for child in below),
        tables=(bare.name == "table") + sum(child.tables for child in below),
    )
