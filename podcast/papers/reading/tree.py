"""HTML to a plain tree of elements. The only module that knows BeautifulSoup; broken pages are read as browsers do."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of text that looks like an address or like XML
        soup = BeautifulSoup(_XML_DECLARATION.sub("", html, count=1), "lxml", multi_valued_attributes=None)
    return _converted(soup)


def _converted(root: Tag) -> Element:
    open_tags: list[tuple[Tag, Iterator[object], list[Element | str]]] = [(root, iter(root.contents), [])]
    while True:
        tag, remaining, children = open_tags[-1]
        child = next(remaining, None)
        if isinstance(child, Tag):
            open_tags.append((child, iter(child.contents), []))
        elif child is None:
            open_tags.pop()
            element = _element(tag, children)
            if not open_tags:
                return element
            open_tags[-1][2].append(element)
        elif type(child) in {NavigableString, CData}:
            children.append(str(child))


def _element(tag: Tag, children: Iterable[Element | str]) -> Element:
    children = tuple(children)
    below = [child for child in children if isinstance(child, Element)]
    attributes = {name.lower(): str(value) for name, value in tag.attrs.items()}
    bare = Element(tag.name.lower(), attributes, children, 0, 0)
    is_heading = bare.name in _HEADINGS and not is_post_title(bare) and not is_subtitle(bare)
    return Element(
        bare.name,
        attributes,
        children,
        headings=is_heading + sum(child.headings for child in below),
        tables=(bare.name == "table") + sum(child.tables for child in below),
    )
