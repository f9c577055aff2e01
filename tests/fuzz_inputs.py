"""What nobody should write but somebody will: valid documents, damaged in the ways that files and people are damaged.

A strategy for hypothesis: it draws a document, and a few blows to it, each at a place of its own.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Blow = Callable[[bytes, int, int, bytes], bytes]
    """What it does to a document: where, how much, and with which piece of another one."""

MOST_BYTES = 60_000
"""Of an input: what takes long is shown by what is repeated, not by megabytes."""

_PLACES = 1 << 24
"""Drawn as three bytes: of integers hypothesis likes the small ones best, and all blows would fall on beginnings."""

_MOST_BLOWS = 6
_TIMES = (2, 3, 10, 100, 1_000)

ODD = (
    b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\x80", b"\x1b[31m",
    b"\x07",
    "\u202e".encode(), "\u2066".encode(), "\u2028".encode(), "\u0085".encode(), "\u200b".encode(), "\u00ad".encode(),
    "\u0301".encode() * 200, "\U0001f468\u200d\U0001f469\u200d\U0001f467".encode(), "\ufffe".encode(), "𝒳".encode(),
    "İı".encode(), "ﬁ".encode(), "²½٣".encode(), "漢".encode(), b"\r", b"\r\n", b"\n\n\n", b"\t", b"\v\f\x1c\x85",
    b"-", b"-1", b"0", b"00", b"1e999", b"-1e999", b"NaN", b"Infinity", b"0x" + b"f" * 5000, b"9" * 20, b"9" * 5000,
    b"1." + b"0" * 400, b"true", b"null", b"[]", b"{}", b'""', b'"', b"'", b'"""', b"'''", b"\\", b"\\\\", b"\\n",
    b"\\u0000", b"\\ud800", b"\\udc00", b"\\U0010ffff", b"\\x00", b"&#0;", b"&#xd800;", b"&#55296;", b"&#x110000;",
    b"&#" + b"9" * 5000 + b";", b"&amp;amp;", b"&bogus;", b"&", b"%00", b"%", b"%zz", b"%2e%2e%2f",
    b"../../../etc/passwd", b"/",
    b"//", b"C:\\", b"file:///etc/passwd", b"http://[::1", b"http://]", b"http://a:99999/", b"https://\xe2\x84\x80/",
    b"javascript:1",
    b"http://user:pw@127.0.0.1:1/", b"---", b"```", b"$$", b"\\frac{", b"\\begin{x}", b"<!--", b"-->", b"<![CDATA[",
    b"]]>", b"<?xml version='1.0' encoding='utf-16'?>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<script>", b"</", b"<",
    b">", b"<svg><style>", b"<table><tr><td>", b"<a href='", b"<br/>", b"[x](", b"![](", b"> ", b"# ", b"## ",
    b"- [x] ", b"**", b"__", b"* ", b"1. ", b"|", b"|-|", b"[^1]: ", b"=cmd()", b",", b";", b":", b": ", b"{{ 7*7 }}",
    b"{% for a in b %}", b"{{ x.__class__ }}", b"{#", b"!!python/object:os.system", b"&a [*a]", b"*a", b"? ", b"<<: ",
    b"0000-00-00", b"9999-12-31T23:59:59+14:00", b"0001-01-01T00:00:00+14:00", b"2024-02-30", b"24:61:61",
    b"99999-01-01",
    b"-->", b"00:00:00.000 --> 00:00:00.000", b"bytes=0-", b"bytes=-0", b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: -1\r\n", b"Host: \r\n", b"a" * 300, b"A" * 5000, b" " * 5000, b"." * 1000,
)  # fmt: skip
"""Pieces that have broken readers before."""

OPENINGS = (
    b"[", b"{", b'{"a":', b"(", b"<div>", b"<b>", b"> ", b"- ", b"  - ", b"*", b"_", b"`", b"[[", b"![", b"<a ", b"$",
    b"\\frac{",
    b"{x = ", b"!", b"((", b"<ul><li>", b"<table>", b"\\(", b"&", b"<!--", b"a.", b"[a.", b"'", b"#", b"^{", b"<x:",
)  # fmt: skip
"""What begins something that never ends."""

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_QUOTED = re.compile(rb'"(?:[^"\\\n]|\\.){0,200}"')
_VALUE = re.compile(rb"[=:] ?[^\n,;}\]]{1,200}")
_TAG = re.compile(rb"<[^<>]{1,300}>")
_WORD = re.compile(rb"[A-Za-z]{3,20}")


# ── blows ───────────────────────────────────────────────────────────────────────────────────────────────


def _flipped(data: bytes, at: int, size: int, piece: bytes) -> bytes:
    changed = bytes([data[at] ^ 1 << size % 8]) if at < len(data) else piece[:1]
    return data[:at] + changed + data[at + 1 :]


def _byte_set(data: bytes, at: int, size: int, _: bytes) -> bytes:
    return data[:at] + bytes([size % 256]) + data[at + 1 :]


def _inserted(data: bytes, at: int, size: int, _: bytes) -> bytes:
    return data[:at] + ODD[size % len(ODD)] + data[at:]


def _opened(data: bytes, at: int, size: int, _: bytes) -> bytes:
    opening = OPENINGS[size % len(OPENINGS)]
    return data[:at] + opening * _TIMES[size // len(OPENINGS) % len(_TIMES)] + data[at:]


def _nested(data: bytes, at: int, size: int, _: bytes) -> bytes:
    return data[:at] + OPENINGS[size % len(OPENINGS)] * (500, 1_500, 5_000)[size // len(OPENINGS) % 3]


def _removed(data: bytes, at: int, size: int, _: bytes) -> bytes:
    return data[:at] + data[at + 1 + size % 200 :]


def _cut_off(data: bytes, at: int, _: int, __: bytes) -> bytes:
    return data[:at]


def _cut_before(data: bytes, at: int, _: int, __: bytes) -> bytes:
    return data[at:]


def _spliced(data: bytes, at: int, size: int, piece: bytes) -> bytes:
    return data[:at] + piece[size % (len(piece) + 1) :]


def _pasted(data: bytes, at: int, size: int, piece: bytes) -> bytes:
    begin = size % (len(piece) + 1)
    return data[:at] + piece[begin : begin + 200] + data[at:]


def _repeated(data: bytes, at: int, size: int, _: bytes) -> bytes:
    return data[:at] + data[at : at + 1 + size % 60] * _TIMES[size % len(_TIMES)] + data[at:]


def _on_lines(data: bytes, at: int, change: Callable[[list[bytes], int], list[bytes]]) -> bytes:
    return b"\n".join(change(data.split(b"\n"), data.count(b"\n", 0, at)))


def _line_doubled(data: bytes, at: int, _: int, __: bytes) -> bytes:
    return _on_lines(data, at, lambda lines, line: [*lines[: line + 1], *lines[line:]])


def _line_dropped(data: bytes, at: int, _: int, __: bytes) -> bytes:
    return _on_lines(data, at, lambda lines, line: [*lines[:line], *lines[line + 1 :]])


def _lines_swapped(data: bytes, at: int, size: int, _: bytes) -> bytes:
    def swapped(lines: list[bytes], line: int) -> list[bytes]:
        other = size % len(lines)
        lines[line], lines[other] = lines[other], lines[line]
        return lines

    return _on_lines(data, at, swapped)


def _line_indented(data: bytes, at: int, size: int, _: bytes) -> bytes:
    by = (b" ", b"\t", b"    ", b"> ", b"- ", b"# ", b"\xc2\xa0")[size % 7]
    return _on_lines(data, at, lambda lines, line: [*lines[:line], by + lines[line], *lines[line + 1 :]])


def _lines_joined(data: bytes, at: int, size: int, _: bytes) -> bytes:
    lines = data.split(b"\n")
    first = data.count(b"\n", 0, at)
    return b"\n".join(
        [*lines[:first], b" ".join(lines[first : first + 2 + size % 20]), *lines[first + 2 + size % 20 :]]
    )


def _with(pattern: re.Pattern[bytes], data: bytes, at: int, new: Callable[[bytes], bytes]) -> bytes:
    found = pattern.search(data, at) or pattern.search(data)
    return data[: found.start()] + new(found[0]) + data[found.end() :] if found else data


def _other_number(data: bytes, at: int, size: int, _: bytes) -> bytes:
    return _with(_NUMBER, data, at, lambda _: ODD[size % len(ODD)] if size % 3 else b"%d" % (size - _PLACES // 2))


def _other_text(data: bytes, at: int, size: int, _: bytes) -> bytes:
    return _with(_QUOTED, data, at, lambda _: b'"' + ODD[size % len(ODD)] + b'"' if size % 2 else ODD[size % len(ODD)])


def _other_word(data: bytes, at: int, size: int, _: bytes) -> bytes:
    return _with(_WORD, data, at, lambda word: word.swapcase() if size % 2 else ODD[size % len(ODD)])


def _other_value(data: bytes, at: int, size: int, _: bytes) -> bytes:
    return _with(_VALUE, data, at, lambda value: value[:1] + b" " + ODD[size % len(ODD)])


def _tag_dropped(data: bytes, at: int, _: int, __: bytes) -> bytes:
    return _with(_TAG, data, at, lambda _: b"")


def _tag_repeated(data: bytes, at: int, size: int, _: bytes) -> bytes:
    return _with(_TAG, data, at, lambda tag: tag * _TIMES[size % len(_TIMES)])


def _recoded(data: bytes, _: int, size: int, __: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    coding = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "utf-8-sig", "utf-7", "cp037")[size % 8]
    return text.encode(coding, "replace")


def _line_ends(data: bytes, _: int, size: int, __: bytes) -> bytes:
    ends = (b"\r\n", b"\r", "\u2028".encode(), b"\n\r", b"\x0b", b"\x1e", b"\xc2\x85")
    return data.replace(b"\n", ends[size % len(ends)])


def _json_changed(data: bytes, at: int, size: int, _: bytes) -> bytes:
    """Put something else in the place of one value of a JSON document."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return _inserted(data, at, size, b"")
    nodes = list(_nodes(document))
    if not nodes:
        return data
    holder, key = nodes[at % len(nodes)]
    holder[key] = _VALUES[size % len(_VALUES)]
    return json.dumps(document, ensure_ascii=size % 2 == 0).encode("utf-8", "surrogatepass")


_DEEP: Any = []
for _ in range(300):
    _DEEP = [_DEEP]
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, 1e308, float("nan"), float("inf"), "", " ", "\ud800", "\0", "a\nb",
    "x" * 3000, [], {}, [None],
    {"": None}, [[]], _DEEP, "\u202e", "9999-12-31T23:59:59-12:00", "../../x", "-1", "1e9", ["\udfff"], {"id": "x"},
    -0.0, 2**63, "javascript:",
)  # fmt: skip


def _nodes(value: Any) -> Any:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield value, key
        yield from _nodes(inner)


BLOWS: tuple[Blow, ...] = (
    _flipped, _byte_set, _inserted, _inserted, _opened, _nested, _removed, _cut_off, _cut_before, _spliced, _pasted,
    _repeated,
    _line_doubled, _line_dropped, _lines_swapped, _line_indented, _lines_joined, _other_number, _other_text,
    _other_word,
    _tag_dropped, _tag_repeated, _recoded, _line_ends, _json_changed, _json_changed,
)  # fmt: skip
_FEW_BYTES: tuple[Blow, ...] = (
    _flipped,
    _byte_set,
    _inserted,
    _removed,
    _cut_off,
    _spliced,
    _pasted,
    _repeated,
    _byte_set,
)
"""For files of bytes: what spoils the head of each teaches nothing of the rest."""


# ── inputs ──────────────────────────────────────────────────────────────────────────────────────────────


def inputs(seeds: Sequence[bytes], *, is_binary: bool = False) -> st.SearchStrategy[bytes]:
    """Draw documents: most of them valid ones with up to six blows, some with none of these, some of chance alone.

    Of what is JSON every third has other values in an otherwise whole document.
    """
    blows = _FEW_BYTES if is_binary else BLOWS
    places = st.binary(min_size=3, max_size=3).map(lambda place: int.from_bytes(place, "big"))
    blow = st.tuples(st.sampled_from(blows), places, places)
    few = st.one_of(st.lists(blow, min_size=1, max_size=1), st.lists(blow, min_size=1, max_size=_MOST_BLOWS))
    struck = st.builds(_struck, st.sampled_from(seeds), few, st.sampled_from(seeds))
    chance = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(ODD + OPENINGS), max_size=8).map(b"".join))
    text = st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass"))
    documents = [seed for seed in seeds if not is_binary and _is_json(seed)]
    changes = st.lists(st.tuples(places, places), min_size=1, max_size=3)
    changed = st.builds(_changed, st.sampled_from(documents), changes) if documents else struck
    kinds = [text, chance, *[changed] * 6, *[struck] * 12]
    return st.integers(0, len(kinds) - 1).flatmap(lambda kind: kinds[kind])


def _is_json(data: bytes) -> bool:
    try:
        return isinstance(json.loads(data), dict | list)
    except ValueError:
        return False


def _changed(data: bytes, changes: list[tuple[int, int]]) -> bytes:
    for place, size in changes:
        data = _json_changed(data, place, size, b"")
    return data


def _struck(data: bytes, blows: list[tuple[Blow, int, int]], piece: bytes) -> bytes:
    for blow, place, size in blows:
        data = blow(data, place * len(data) // _PLACES, size, piece)[:MOST_BYTES]
    return data
