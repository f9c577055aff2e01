"""Read the text of one PDF from standard input, in a process of its own: the one door to pdfium.

A PDF is a program of strangers, so whoever needs its text starts this (see pdf.py), and the system ends it when it
takes too much. What it says is a JSON document a line: the head, then the pages in order, then `{"end": true}`. A word
is `[left, right, baseline, size, style, quarter, glued, text]`, in points with y upwards, in a frame in which it stands
upright: `quarter` says by how many right angles that is turned. `glued`: no space before it.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import json
import math
import operator
import os
import re
import sys
import unicodedata
from typing import Any, NamedTuple

import pypdfium2
from pypdfium2 import raw

from podcast.outside.pdf import BOLD, IN_FORM, ITALIC, MATHS, MONO, NO_ROOM, UNSEEN, Limits

_NAMES = (
    (BOLD, re.compile(r"bold|black|heavy|demi|medi(?!um)|bx\d|^(?:\w{6}\+)?cmb\d|tb$", re.IGNORECASE)),
    (ITALIC, re.compile(r"ital|obli|cmti|slanted|ti$", re.IGNORECASE)),
    (
        MONO,
        re.compile(r"mono|courier|typewriter|consol|cmtt|sftt|lmtt|inconsolata|menlo|hack|code", re.IGNORECASE),
    ),
    (MATHS, re.compile(r"cmmi|cmsy|cmex|cmbsy|msam|msbm|euex|eufm|math|rsfs|symbol|mtmi|mtsy|mtex", re.IGNORECASE)),
)
_FLAGS = ((MONO, 1 << 0), (ITALIC, 1 << 6), (BOLD, 1 << 18))  # PDF 1.7, table 123

_WITHOUT_INK = (3, 7)  # text rendering modes: PDF 1.7, table 106
_WHITE = 250
_SPACE, _ASCII = 32, 126
_LINE_END_HYPHEN = 2  # what pdfium makes of a hyphen at the end of a line
_RIGHT_TO_LEFT = frozenset({"R", "AL", "NSM"})
_WORD_GAP_EM = 0.35
"""From such a gap on two characters are never one word; letters that are spaced out stay below."""
_ASLANT = 0.05
_FINEST_PT, _BIGGEST_PT = 2, 400
_NOWHERE = (-1e9, -1e9, -1e9)
_UNKNOWN = "\ufffd"
_DEEPEST_FORM = 6
_MOST_OBJECTS = 100_000
_LONGEST_WORD = 200
_LONGEST_TITLE = 1000

_AREA, _MATRIX, _X, _Y = raw.FS_RECTF(), raw.FS_MATRIX(), ctypes.c_double(), ctypes.c_double()


class _Print(NamedTuple):
    """How the characters of one text object look; quarter is None where they stand aslant."""

    size: float
    style: int
    quarter: int | None


def main(arguments: list[str]) -> None:
    """Read a PDF within limits; they are its arguments, in order."""
    limits = Limits(*map(int, arguments))
    _confine(limits)
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        _say({"problem": "encrypted" if "password" in str(error).lower() else "unreadable"})
        return
    count = len(document)
    is_program = document.get_formtype() == raw.FORMTYPE_XFA_FULL
    _say({"pages": count, "title": document.get_metadata_value("Title")[:_LONGEST_TITLE], "program": is_program})
    for number in range(min(count, limits.pages)):
        _say(_page(document, number, limits.words_per_page))
    _say({"end": True})


def _confine(limits: Limits) -> None:
    """Have the system stop this process; where it cannot (Windows), the clock of whoever started it does."""
    if sys.platform == "win32":
        return
    import resource

    for kind, most in (
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _say(document: dict[str, Any]) -> None:
    try:
        sys.stdout.buffer.write(json.dumps(document, separators=(",", ":")).encode() + b"\n")
        sys.stdout.buffer.flush()
    except OSError:
        os._exit(NO_ROOM)  # what is left to be written would be tried again at any other end


def _page(document: Any, number: int, most_words: int) -> dict[str, Any]:
    """Describe a page, or say that it cannot be read."""
    try:
        page = document[number]
        box = page.get_bbox()
        in_form, covered = _objects(page, (box[2] - box[0]) * (box[3] - box[1]))
        text = page.get_textpage()
        count = text.count_chars()
    except pypdfium2.PdfiumError:
        return {"page": number + 1, "broken": True}
    gatherer = _Gatherer(text.raw, in_form, box)
    is_whole = all(gatherer.take(index, most_words) for index in range(count))
    text.close()
    page.close()
    words = [[round(left, 1), round(right, 1), *rest] for left, right, *rest in gatherer.words]
    return {"page": number + 1, "box": box, "covered": covered, "words": words, "whole": is_whole}


def _objects(page: Any, area: float) -> tuple[set[int], float]:
    """Find the text that stands in drawings, and how much of the page its largest picture covers."""
    in_form: set[int] = set()
    covered = 0.0
    for item in itertools.islice(page.get_objects(max_depth=_DEEPEST_FORM), _MOST_OBJECTS):
        if item.type == raw.FPDF_PAGEOBJ_TEXT and item.level:
            in_form.add(_address(item.raw))
        elif item.type == raw.FPDF_PAGEOBJ_IMAGE and area:
            left, bottom, right, top = item.get_bounds()
            covered = max(covered, (right - left) * (top - bottom) / area)
    return in_form, round(min(covered, 1.0), 3)


def _address(pointer: Any) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


# ── characters to words ─────────────────────────────────────────────────────────────────────────────────


class _Gatherer:
    """Characters in pdfium's order, gathered to words of one print on one baseline."""

    def __init__(self, page: Any, in_form: set[int], box: tuple[float, ...]) -> None:
        self.words: list[list[Any]] = []
        self._page = page
        self._in_form = in_form
        self._box = box
        self._prints: dict[int, _Print] = {}
        self._styles: dict[int, int] = {}
        self._word: list[Any] | None = None
        self._shown = _Print(0, 0, None)
        self._last = _NOWHERE
        self._glyph = 0  # where in the word the characters of the last glyph begin

    def take(self, index: int, most_words: int) -> bool:
        """Take a character; False if that makes more words than there may be."""
        code = raw.FPDFText_GetUnicode(self._page, index)
        if (code <= _SPACE and code != _LINE_END_HYPHEN) or code > sys.maxunicode:
            self._word, self._last = None, _NOWHERE
            return True
        shown = self._print(index)
        place = self._place(index, shown)
        if place is not None:
            is_unknown = code > _ASCII and raw.FPDFText_HasUnicodeMapError(self._page, index) == 1
            self._add("-" if code == _LINE_END_HYPHEN else _UNKNOWN if is_unknown else chr(code), place, shown)
        return len(self.words) <= most_words

    def _print(self, index: int) -> _Print:
        pointer = raw.FPDFText_GetTextObject(self._page, index)
        address = _address(pointer)
        if address not in self._prints:
            style = IN_FORM if address in self._in_form else 0
            self._prints[address] = _print(self._page, index, style | self._style(pointer))
        return self._prints[address]

    def _style(self, pointer: Any) -> int:
        if not pointer:
            return 0
        font = raw.FPDFTextObj_GetFont(pointer)
        address = _address(font)
        if address not in self._styles:
            self._styles[address] = _font_style(font) if font else 0
        return self._styles[address] | (UNSEEN if _is_unseen(pointer) else 0)

    def _place(self, index: int, shown: _Print) -> tuple[float, float, float] | None:
        """Left, right and baseline of a character, turned upright; None off the page or aslant."""
        raw.FPDFText_GetLooseCharBox(self._page, index, _AREA)
        raw.FPDFText_GetCharOrigin(self._page, index, _X, _Y)
        x, y = _X.value, _Y.value
        left, bottom, right, top = self._box
        if shown.quarter is None or not (left <= x <= right and bottom <= y <= top):
            return None
        return (
            (_AREA.left, _AREA.right, y),
            (_AREA.bottom, _AREA.top, -x),
            (-_AREA.right, -_AREA.left, -y),
            (-_AREA.top, -_AREA.bottom, x),
        )[shown.quarter]

    def _add(self, sign: str, place: tuple[float, float, float], shown: _Print) -> None:
        left, right, baseline = place
        near = shown.size * _WORD_GAP_EM
        is_beside = left - self._last[1] < near and self._last[0] - right < near  # in either direction of writing
        is_level = abs(baseline - self._last[2]) < 1
        word = self._word
        if word is None or shown != self._shown or not (is_level and is_beside) or len(word[7]) > _LONGEST_WORD:
            word = self._word = [left, right, round(baseline, 1), *shown, +(is_beside and word is not None), ""]
            self.words.append(word)
        if place != self._last:
            self._glyph = len(word[7])
        # Of one glyph that stands for several characters pdfium turns them round too, when it puts a line in order.
        is_turned = place == self._last and unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT
        at = self._glyph if is_turned else len(word[7])
        word[7] = word[7][:at] + sign + word[7][at:]
        word[0], word[1] = min(word[0], left), max(word[1], right)
        self._shown, self._last = shown, place


def _print(page: Any, index: int, style: int) -> _Print:
    """Size in points, style and direction of a character."""
    raw.FPDFText_GetMatrix(page, index, _MATRIX)
    size = raw.FPDFText_GetFontSize(page, index) * math.hypot(_MATRIX.c, _MATRIX.d)
    turns = math.atan2(_MATRIX.b, _MATRIX.a) / (math.pi / 2)
    is_upright = abs(turns - round(turns)) < _ASLANT and _FINEST_PT <= size <= _BIGGEST_PT
    return _Print(round(size, 1), style, round(turns) % 4 if is_upright else None)


def _font_style(font: Any) -> int:
    size = raw.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFFont_GetBaseFontName(font, buffer, size)
    name = buffer.value.decode("utf-8", "replace")
    flags = raw.FPDFFont_GetFlags(font)
    styles = [style for style, form in _NAMES if form.search(name)]
    return functools.reduce(
        operator.or_, [*styles, *(style for style, flag in _FLAGS if flags > 0 and flags & flag)], 0
    )


def _is_unseen(pointer: Any) -> bool:
    """Whether it is white, transparent or without ink: what a reader of the paper cannot have read."""
    if raw.FPDFTextObj_GetTextRenderMode(pointer) in _WITHOUT_INK:
        return True
    red, green, blue, opacity = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(pointer, red, green, blue, opacity):
        return False
    return not opacity.value or min(red.value, green.value, blue.value) >= _WHITE


if __name__ == "__main__":
    main(sys.argv[1:])
