"""Pages of words with their places, as a PDF's reader hands them on, set by rules that are simple enough for tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from podcast.outside.pdf import Page, Pdf, Word

WIDTH_EM = 0.5
"""Of every character."""


@dataclass(frozen=True, slots=True)
class Look:
    """How words are printed: points, styles, right angles; and how far the first line of a block is moved in."""

    size: float = 10
    style: int = 0
    quarter: int = 0
    indent: float = 0


PLAIN = Look()


@dataclass(slots=True)
class Sheet:
    """A page that is being set, 612 by 792 points."""

    words: list[Word] = field(default_factory=list)
    covered: float = 0.0

    def line(self, text: str, left: float, baseline: float, look: Look = PLAIN, width: float = 0) -> None:
        """Set a line; with a width its words are spread to fill it. What stands behind ^ or _ in a word is a script."""
        parts = text.split(" ")
        natural = sum(len(part.replace("^", "").replace("_", "")) for part in parts) * WIDTH_EM * look.size
        space = (width - natural) / (len(parts) - 1) if width and len(parts) > 1 else WIDTH_EM * look.size * 0.6
        for part in parts:
            left = self._word(part, left, baseline, look) + space

    def _word(self, part: str, left: float, baseline: float, look: Look) -> float:
        is_glued = False
        for kind, text in _pieces(part):
            scale, shift = {"": (1.0, 0.0), "^": (0.7, 0.36), "_": (0.7, -0.15)}[kind]
            right = left + len(text) * WIDTH_EM * look.size * scale
            place = baseline + shift * look.size
            self.words.append(Word(left, right, place, look.size * scale, look.style, look.quarter, is_glued, text))
            left, is_glued = right, True
        return left

    def block(self, text: str, left: float, top: float, width: float, look: Look = PLAIN) -> float:
        """Set a paragraph justified, hyphens where the text has `|`; return the baseline below it."""
        lines = _broken(text, width, look.size, look.indent)
        for place, words in enumerate(lines):
            start = left + (0 if place else look.indent)
            goes_on = place < len(lines) - 1 or (len(lines) > 1 and not words.endswith((".", ":")))
            self.line(words, start, top, look, left + width - start if goes_on else 0)
            top -= 1.2 * look.size
        return top


def _pieces(part: str) -> list[tuple[str, str]]:
    """Cut a word into what stands on the line and its scripts: `x^2` or `x_i`."""
    pieces: list[tuple[str, str]] = [("", "")]
    for sign in part:
        if sign in "^_" and part not in {"^", "_"}:
            pieces.append((sign, ""))
            continue
        if pieces[-1][0] and not sign.isalnum():
            pieces.append(("", ""))
        pieces[-1] = (pieces[-1][0], pieces[-1][1] + sign)
    return [piece for piece in pieces if piece[1]]


def _broken(text: str, width: float, size: float, indent: float) -> list[str]:
    lines = [""]
    for word in text.split():
        room = width - (indent if len(lines) == 1 else 0)
        plain = word.replace("|", "")
        if _fits(f"{lines[-1]} {plain}", room, size):
            lines[-1] = f"{lines[-1]} {plain}".strip()
        elif "|" in word and _fits(f"{lines[-1]} {word.split('|')[0]}-", room, size):
            head, tail = word.split("|", 1)
            lines[-1] = f"{lines[-1]} {head}".strip() + ("" if head.endswith("-") else "-")
            lines.append(tail.replace("|", ""))
        else:
            lines.append(plain)
    return lines


def _fits(line: str, width: float, size: float) -> bool:
    return len(line) * WIDTH_EM * size <= width


def printed(*sheets: Sheet, title: str = "", problem: str = "") -> Pdf:
    """Return the pages as a PDF's reader would."""
    pages = tuple(
        Page(number, (0, 0, 612, 792), sheet.covered, tuple(sheet.words), is_whole=True)
        for number, sheet in enumerate(sheets, start=1)
    )
    return Pdf(pages, len(pages), title, problem)
