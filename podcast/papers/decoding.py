"""Bytes to text: which encoding a file has, and a clear refusal of what is no text at all."""

from __future__ import annotations

import codecs
import contextlib
import re
from pathlib import PurePath

from podcast.errors import InputError

_HTML_SUFFIXES = (".html", ".htm", ".xhtml")
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<?xml")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w:.-]{1,40})", re.IGNORECASE)
_CHARSET_WITHIN_BYTES = 4096

_CHARSETS = re.compile(
    r"utf-?8|us-ascii|iso-?8859-\d{1,2}|windows-125\d|cp125\d|latin-?1|koi8-[ru]|macintosh|gbk|gb2312|gb18030|big5"
    r"|shift[_-]jis|euc-(?:jp|kr)",
    re.IGNORECASE,
)
"""What a page may declare. Python knows more codecs, some of which are no charsets and one takes quadratic time."""

_BROWSERS_READ_AS = {"iso-8859-1": "windows-1252", "latin-1": "windows-1252", "latin1": "windows-1252"}
"""WHATWG Encoding Standard, 4.2."""

_BINARY = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive (.docx and .epub are such)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{\\rtf", "a rich text file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"GIF8", "a picture"),
    *((b"ID3" + version, "a sound") for version in (b"\2", b"\3", b"\4")),
    *((b"\xff" + layer, "a sound") for layer in (b"\xfb", b"\xfa", b"\xf3", b"\xf2")),
    (b"OggS\0", "a sound"),
    (b"fLaC\0", "a sound"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
)

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKS = (codecs.BOM_UTF8, *_WIDE_MARKS)
_BREAKS = str.maketrans(dict.fromkeys("\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\n"))
_NOT_TEXT = re.compile(r"[\x01-\x08\x0e-\x1b\x1f\x7f\x80-\x84\x86-\x9f]")


def decode(data: bytes, name: str, where: str) -> tuple[str, bool]:
    """Return the text, line ends as newlines, and whether it is a page of HTML.

    Raises InputError for an empty file, a binary one, and bytes that are not what their encoding allows.
    """
    _refuse_binary(data, where)
    is_html = is_page(data, name)
    if b"\0" in data and not data.startswith(_WIDE_MARKS):
        raise _no_text(data, where)
    text = _decoded(data, where, is_page=is_html)
    if "\0" in text:
        raise _no_text(data, where)
    if not text.strip():
        raise InputError(f"{where}: the file is empty. Give it the text of a newsletter.")
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BREAKS)
    return _NOT_TEXT.sub(" ", text), is_html or is_page(text[:200].encode(), name)


def _no_text(data: bytes, where: str) -> InputError:
    return InputError(
        f"{where}: byte {data.find(0)} is NUL, so this is no text file. "
        "Save the newsletter as text (.md, .txt) or as a page (.html)."
    )


def as_declared(data: bytes, name: str, charset: str) -> bytes:
    """Return text in the charset that its server names as UTF-8; as it is if it says itself what it is, or is UTF-8.

    Servers name one charset for all that they have more often than text of another happens to be UTF-8.
    """
    charset = charset.lower()
    says_itself = data.startswith(_MARKS) or (is_page(data, name) and _declared(data) is not None)
    if says_itself or not _CHARSETS.fullmatch(charset):
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        with contextlib.suppress(UnicodeDecodeError, LookupError):  # then it is not what its server says
            return data.decode(_BROWSERS_READ_AS.get(charset, charset)).encode()
    return data


def kind_of_binary(data: bytes) -> str | None:
    """Say what a file is that is no text, `a PDF`, by how it begins."""
    return next((what for magic, what in _BINARY if data.startswith(magic)), None)


def _refuse_binary(data: bytes, where: str) -> None:
    if what := kind_of_binary(data):
        raise InputError(
            f"{where}: this is {what}, not a newsletter. Save its text as .md or .txt, or the page as .html."
        )


def is_page(data: bytes, name: str = "") -> bool:
    """Whether it is HTML, by its file's name or how it begins."""
    if PurePath(name).suffix.lower() in _HTML_SUFFIXES:
        return True
    return data[:200].removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(_HTML_STARTS)


def _decoded(data: bytes, where: str, *, is_page: bool) -> str:
    if data.startswith(_WIDE_MARKS):
        return _strict(data, "utf-16", where)
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data.removeprefix(codecs.BOM_UTF8), "utf-8", where, skipped=len(codecs.BOM_UTF8))
    declared = _declared(data) if is_page else None
    if declared:
        try:
            return data.decode(declared)
        except (UnicodeDecodeError, LookupError):
            pass  # saved by a browser that left the declaration as it was
    return _strict(data, "utf-8", where)


def _declared(data: bytes) -> str | None:
    found = _CHARSET.search(data[:_CHARSET_WITHIN_BYTES])
    charset = found[1].decode("ascii", "replace").lower() if found else ""
    return _BROWSERS_READ_AS.get(charset, charset) if _CHARSETS.fullmatch(charset) else None


def _strict(data: bytes, encoding: str, where: str, skipped: int = 0) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        guess = "utf-16" if encoding == "utf-16" else "windows-1252"
        raise InputError(
            f"{where}: byte {error.start + skipped} is not {encoding.upper()}. Convert the file, perhaps with "
            f"`iconv -f {guess} -t utf-8 {where} > newsletter.txt`, and give the result."
        ) from error
