"""The one door to markdown-it: Markdown as tokens, formulas `$…$` kept as they are written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

from markdown_it import MarkdownIt, helpers
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline
    from markdown_it.utils import EnvType

__all__ = ["MarkdownIt", "Token", "parser"]

Extension = Literal["table", "strikethrough", "footnotes"]


def parser(*extensions: Extension) -> MarkdownIt:
    """Make a parser of CommonMark without indented code, for newsletters are pasted with indents that mean nothing.

    It raises RecursionError for nesting without end, and for brackets without end: each that is never closed is looked
    for up to the end of its paragraph.
    """
    markdown = _Parser("commonmark", {"breaks": True, "maxNesting": 10_000}).disable("code")
    markdown.enable([name for name in extensions if name != "footnotes"])
    markdown.use(dollarmath_plugin, allow_digits=False, allow_space=False, allow_labels=False)
    if "footnotes" in extensions:
        markdown.use(footnote_plugin, inline=False)
    return markdown


_MOST_LOOKS = 20
"""How often a text is looked through, all in all, for the ends of brackets that have none."""

_SHORT_CHARACTERS = 20_000
"""A shorter text may be looked through oftener."""


class _Parser(MarkdownIt):
    """One that takes bounded time for brackets."""

    def parse(self, src: str, env: EnvType | None = None) -> list[Token]:
        """Read a text as tokens."""
        bounded: Any = SimpleNamespace(
            parseLinkLabel=_Labels(_MOST_LOOKS * max(len(src), _SHORT_CHARACTERS)),
            parseLinkDestination=helpers.parseLinkDestination,
            parseLinkTitle=helpers.parseLinkTitle,
        )
        self.helpers = bounded
        return super().parse(src, env)


class _Labels:
    """Finds where the labels of links end, as long as it has characters left to look at in vain."""

    def __init__(self, characters: int) -> None:
        self._left = characters

    def __call__(self, state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: FBT001, FBT002, N803
        """Return the place of the closing bracket, -1 if there is none."""
        end = helpers.parseLinkLabel(state, start, disableNested)
        self._left -= state.posMax - start if end < 0 else 0
        if self._left < 0:
            raise RecursionError("brackets that are never closed")
        return end
