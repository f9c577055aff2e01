"""The one door to markdown-it: Markdown as tokens, formulas `$…$` kept as they are written."""

from __future__ import annotations

from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

__all__ = ["MarkdownIt", "Token", "parser"]

Extension = Literal["table", "strikethrough", "footnotes"]


def parser(*extensions: Extension) -> MarkdownIt:
    """Make a parser of CommonMark without indented code, for newsletters are pasted with indents that mean nothing.

    It raises RecursionError for nesting without end.
    """
    markdown = MarkdownIt("commonmark", {"breaks": True, "maxNesting": 10_000}).disable("code")
    markdown.enable([name for name in extensions if name != "footnotes"])
    markdown.use(dollarmath_plugin, allow_digits=False, allow_space=False, allow_labels=False)
    if "footnotes" in extensions:
        markdown.use(footnote_plugin, inline=False)
    return markdown
