"""newsletter.html: newsletter.md as it stands, a person's edits included, to be pasted where newsletters are sent from.

Editors of Substack, Ghost and mail programs keep headings, paragraphs, lists, emphasis and links, and drop or mangle
all else; so there is nothing else in it. Every tag is written here: HTML in the Markdown is shown as text.
"""

from __future__ import annotations

import itertools
import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podcast.errors import InputError
from podcast.newsletter.escaping import readable
from podcast.newsletter.formulas import formula_html, prose
from podcast.outside.entities import unescaped
from podcast.outside.markdown import parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podcast.outside.markdown import Token

_TAGS = {"paragraph": "p", "bullet_list": "ul", "ordered_list": "ol", "list_item": "li", "strong": "strong", "em": "em"}
_SCHEMES = ("http", "https", "mailto")
_DEEPEST_HEADING = 3
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ADDRESS = re.compile(r"https?://[!-;=?-\[\]-~]{1,500}")
_BEHIND = ".,;:!?'*_~]}"


def to_html(markdown: str, *, where: str = "newsletter.md") -> str:
    """Write a newsletter as a page of h1 to h3, p, ul, ol, li, a, strong, em, sub and sup.

    Raises InputError for parts that are nested without end.
    """
    try:
        tokens = parser().parse(readable(markdown.removeprefix("\ufeff")))
        body = "".join(_blocks(tokens))
    except RecursionError as error:
        raise InputError(f"{where}: its parts are nested without end. Take out lists and quotations.") from error
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(_title(tokens), quote=False)}</title>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _title(tokens: Sequence[Token]) -> str:
    headings = (after for token, after in itertools.pairwise(tokens) if token.type == "heading_open")
    texts = (re.sub(r"<[^>]{1,2000}>", "", "".join(_inline(heading.children or []))) for heading in headings)
    return unescaped(next(texts, "")) or "Newsletter"


# ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        name, _, side = token.type.rpartition("_")
        if token.type == "inline":
            yield "".join(_inline(token.children or []))
        elif side in {"open", "close"}:
            yield "" if token.hidden else _tag(name, token, side)
        elif token.type == "html_block":
            yield _paragraph(_text(_without_comments(token.content)))
        elif token.type == "fence":
            yield _paragraph(_text(token.content))
        elif token.type == "math_block":
            yield _paragraph(formula_html(" ".join(token.content.split())))


def _tag(name: str, token: Token, side: str) -> str:
    tag = f"h{min(int(token.tag[1]), _DEEPEST_HEADING)}" if name == "heading" else _TAGS.get(name, "")
    if not tag:
        return ""  # a quotation: its paragraphs say who speaks
    if side == "close":
        return f"</{tag}>\n"
    return f"<{tag}>\n" if tag in {"ul", "ol"} else f"<{tag}>"


def _paragraph(html: str) -> str:
    return f"<p>{html.strip()}</p>\n" if html.strip() else ""


def _without_comments(html: str) -> str:
    return _COMMENT.sub("", html)


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────


def _inline(tokens: Sequence[Token]) -> Iterator[str]:
    linked: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            url = _allowed(str(token.attrGet("href") or ""))
            linked.append(bool(url))
            yield f'<a href="{escape(url)}">' if url else ""
        elif token.type == "link_close":
            yield "</a>" if linked.pop() else ""
        else:
            yield _leaf(token, is_linked=any(linked))


def _leaf(token: Token, *, is_linked: bool) -> str:
    """Write a part of a line that holds no others."""
    name, _, side = token.type.rpartition("_")
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.type == "math_inline":
        return formula_html(token.content)
    if token.type == "html_inline":
        return _text(_without_comments(token.content))
    if side in {"open", "close"}:
        tag = _TAGS.get(name, "")
        return f"<{'/' * (side == 'close')}{tag}>" if tag else ""
    if token.type == "code_inline":
        return _text(token.content)
    text = prose(token.content)
    return _text(text) if is_linked else _with_links(text)


def _text(text: str) -> str:
    return escape(text, quote=False)


def _with_links(text: str) -> str:
    """Make links of addresses that stand in prose, as papers give them for their code."""
    written: list[str] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        url = _bare(found[0])
        if _allowed(url):
            written += [_text(text[end : found.start()]), f'<a href="{escape(url)}">{_text(url)}</a>']
            end = found.start() + len(url)
    return "".join([*written, _text(text[end:])])


def _bare(url: str) -> str:
    """Take the punctuation of its sentence from the end of an address."""
    while url[-1:] in _BEHIND or (url.endswith(")") and url.count("(") < url.count(")")):
        url = url[:-1]
    return url


def _allowed(url: str) -> str:
    """Return an address that anybody can follow; nothing for scripts, files and places on this page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_whole = bool(parts.hostname) or (parts.scheme == "mailto" and bool(parts.path))
    return url if parts.scheme in _SCHEMES and is_whole and url.isprintable() else ""
