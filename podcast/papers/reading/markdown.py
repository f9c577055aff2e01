"""Markdown to HTML, so that one reader reads both.

Formulas stay as they are written, `$…$`, and what looks like a tag but is none (`<think>`) stays text.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from podcast.outside.markdown import parser

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podcast.outside.markdown import MarkdownIt, Token

_ELEMENTS = frozenset(
    """a abbr acronym address area article aside audio b base bdi bdo big blockquote br button canvas caption center
    cite code col colgroup data dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer
    form h1 h2 h3 h4 h5 h6 header hgroup hr i iframe img input ins kbd label legend li link main map mark menu meta
    meter nav noscript object ol optgroup option output p param picture pre progress q rp rt ruby s samp script
    section select small source span strike strong style sub summary sup svg table tbody td template tfoot th thead
    time title tr track tt u ul var video wbr""".split()  # noqa: SIM905 - a word list reads best as words
)
_SWALLOWING = frozenset(
    "aside button dialog form iframe nav noscript object script select style svg template title video audio".split()  # noqa: SIM905
)
"""Elements that are left out with all they hold: one that is never closed is a word, not a tag."""

_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]{0,60})[^<>]{0,20000}>")
_FRONT_MATTER = re.compile(r"---[ \t]*\n((?:[ \t#-][^\n]*\n|[A-Za-z_][\w -]{0,40}:[^\n]*\n|\n)*?)---[ \t]*(?:\n|\Z)")
_FIELD = re.compile(r"^(\w+):[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_MAX_HEADING = 200
_SENTENCE = re.compile(r"(?:\S+\s+){7,}\S+[.!:…][\"”)]?", re.DOTALL)


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the one-line fields between two lines of --- at the very start, and the text behind them."""
    found = _FRONT_MATTER.match(text)
    if found is None:
        return {}, text
    fields = {key.lower(): _unquoted(value) for key, value in _FIELD.findall(found[1])}
    return (fields, text[found.end() :]) if fields else ({}, text)


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].replace(value[0] * 2, value[0]).replace('\\"', '"')
    return value


def to_html(text: str) -> str:
    """Render CommonMark with tables, formulas and footnotes; every line break is kept as <br>.

    Raises RecursionError for nesting without end.
    """
    markdown = _renderer()
    tokens = markdown.parse(text)
    for first, inline, last in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if first.type == "heading_open" and first.markup in {"-", "="} and _is_accident(inline.content):
            first.tag = last.tag = "p"
    html = markdown.renderer.render(tokens, markdown.options, {})
    return f"<html><body>{html}</body></html>"


def _is_accident(heading: str) -> bool:
    """Whether text was meant that happens to stand right above a line of ---."""
    return "\n" in heading or len(heading) > _MAX_HEADING or _SENTENCE.fullmatch(heading) is not None


def _renderer() -> MarkdownIt:
    markdown = parser("table", "strikethrough", "footnotes")
    markdown.add_render_rule("math_inline", _math_inline)
    markdown.add_render_rule("math_block", _math_block)
    markdown.add_render_rule("html_inline", _raw_html)
    markdown.add_render_rule("html_block", _raw_html)
    return markdown


# Render rules: their first parameter is the renderer.


def _math_inline(_: object, tokens: Sequence[Token], index: int, *_more: Any) -> str:
    return f"${escape(tokens[index].content)}$"


def _math_block(_: object, tokens: Sequence[Token], index: int, *_more: Any) -> str:
    return f"<p>${escape(' '.join(tokens[index].content.split()))}$</p>\n"


def _raw_html(_: object, tokens: Sequence[Token], index: int, _options: object, env: dict[int, set[str]]) -> str:
    content = tokens[index].content
    if content.lstrip().startswith("<!") and not content.rstrip().endswith(">"):
        return escape(content)
    if tokens[index].type == "html_block":
        closed = _closed([tokens[index]])
    else:
        if id(tokens) not in env:  # once per paragraph, for it may be a long one
            env[id(tokens)] = _closed(tokens)
        closed = env[id(tokens)]
    return _TAG.sub(lambda match: match[0] if _is_tag(match[2].lower(), closed) else escape(match[0]), content)


def _closed(tokens: Iterable[Token]) -> set[str]:
    """List the names of all closing tags."""
    return {name.lower() for token in tokens for slash, name in _TAG.findall(token.content) if slash}


def _is_tag(name: str, closed: set[str]) -> bool:
    return name in _ELEMENTS and (name not in _SWALLOWING or name in closed)
