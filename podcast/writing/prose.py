"""From prose made for the eye to prose for the ear, by rules that add no claim.

Silent on purpose, and nothing else: citation marks ([12], (Smith et al., 2020)), brackets themselves, a program's own
names for things in them (down.2.1), and addresses, which stand in the show notes. What stood in brackets stands between
commas, or between dashes where commas would make a list of it; an acronym behind its long form gets `or`.
"""

from __future__ import annotations

import re

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_FIRST_IN_DIGITS = 10

KIND = r"(?:paper|work|study|article|research|tutorial|survey|report|review|thesis|technical report|position paper)s?\b"
"""What authors call what they wrote."""

ADDED = ("or",)
"""Every word that is put in."""

_COMMENT_MARKS = re.compile("<!--|-->")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}

_CITATION_NUMBERS = re.compile(r"\s?\[[1-9]\d{0,2}(?:\s?[-–,;]\s?[1-9]\d{0,2}){0,30}\]")
"""A list that begins with 0 is an interval."""

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_NAME = rf"(?!{_MONTH}\b|In\b)[A-Z][\w’'-]{{1,40}}"
_CITED = rf"(?:see |e\.g\.,? )?{_NAME}(?: et al\.?,?|(?: and| &) {_NAME},?|,) (?:19|20)\d\d[a-z]?"
_CITATION_NAMES = re.compile(rf"\s?[(\[]{_CITED}(?:[;,] {_CITED}){{0,20}}[)\]]")
_ADDRESS = r"[<‹]?(?:https?://|www\.)[^\s<>‹›]*[^\s<>‹›.,;:!?)\]’”\"']/?[>›]?"
_LATEX_ADDRESS = re.compile(r"\\url\s?\{([^{}\s]{1,500})\}")
_PLACEHOLDER = re.compile(r"\bthis https? URL\b")
"""What arXiv's pages show instead of an address."""

_BRACKETED_ADDRESSES = re.compile(rf"\s?[(\[]{_ADDRESS}(?:[,;] {_ADDRESS}){{0,9}}[)\]]", re.IGNORECASE)
_BALANCED_END = re.compile(r"(https?://[^\s()]{1,500}\([^\s()]{0,100})\)", re.IGNORECASE)
_ADDRESS_AFTER_PREPOSITION = re.compile(rf"\b(at|from|via|on|in|under|see|visit|to)(:?) {_ADDRESS}", re.IGNORECASE)
_ADDRESS_AFTER_COLON = re.compile(rf":\s{_ADDRESS}", re.IGNORECASE)
_LONE_ADDRESS = re.compile(rf"\s?{_ADDRESS}", re.IGNORECASE)
_LIST_MARK = re.compile(r"(?:(?<=\s)|^)\(?(\d{1,2}|[ivx]{1,4}|[a-h])\)\s")
_INNERMOST = re.compile(r"(^|\s)[(\[]([^()\[\]]*)[)\]](?=([\s.,;:!?…”\"')\]]|$))")
_FORMULA = re.compile(r"\$\$?(?=[^\s$])[^$]{1,1000}(?<=\S)\$\$?(?!\d)")
"""Two prices in one sentence are none: a formula ends right behind a sign, and no digit follows."""

_HIDDEN = {ord(bracket): 0xE000 + place for place, bracket in enumerate("()[]")}
_BRACKETS_AGAIN = {hidden: bracket for bracket, hidden in _HIDDEN.items()}

_UNIT = re.compile(r"(?<=\d)(K|M|B) \((?:thousand|million|billion)\)")
"""16M (million): said once."""

_WORD_BETWEEN = re.compile(
    r"\b(a|an|the|any|no|all|with|without|of|in|for|from|by|to|and|or|on|as|is|are|not|both|more) \(([a-z]{3,})\)"
    r"(?= [a-z]{3,})"
)
"""Without (expert) human intervention: what it belongs to comes behind it, so that commas would tear both apart."""

_FIRST_WORD = re.compile(r"[^\W\d_]+")

_IDENTIFIER = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z]{2})[A-Za-z]\w*(?:[._]\w+)+")
"""A name that a program has for something, down.2.1: nobody hears it who does not read it."""

_AMOUNT = re.compile(r"[~≈<>+-]?\d[\d.,]*\s?(?:x|×|%|k|M|B)")
_FUNCTION_WORDS = (
    "and|as|at|by|can|for|from|has|have|in|is|are|of|on|or|that|the|to|using|was|were|which|who|will|with|without"
)

_MAX_NESTING = 8
_SHORTEST_LIST = 2


def one_line(text: str) -> str:
    """All white space, line ends among it, as single spaces."""
    return " ".join(text.split())


def has_words(text: str) -> bool:
    """Whether anything in it can be said."""
    return any(character.isalnum() for character in text)


def speakable(paragraph: str) -> str:
    """Take out of a paragraph what only the eye can use: citations, addresses and brackets."""
    text = without_citations(_FORMULA.sub(_kept, one_line(paragraph)))
    text = _without_addresses(text)
    text = _with_ordinals(text)
    text = _without_brackets(text)
    text = re.sub(r"\s+([.,;:!?])", r"\1", _COMMENT_MARKS.sub(" ", text))
    text = one_line(re.sub(r",(?=[.,;:!?…])|(?<= –),", "", text))
    return text.translate(_BRACKETS_AGAIN)


def _kept(formula: re.Match[str]) -> str:
    """Let no rule see the brackets of a formula: they are no asides."""
    return formula[0].translate(_HIDDEN)


def without_citations(text: str) -> str:
    """Take out what points into a list of references: [12], (Smith et al., 2020)."""
    return _CITATION_NAMES.sub("", _CITATION_NUMBERS.sub("", text))


def _without_addresses(text: str) -> str:
    text = _LATEX_ADDRESS.sub(r"\1", text)
    text = _PLACEHOLDER.sub("the address in the show notes", text)
    text = _BALANCED_END.sub(r"\1", text)
    text = _BRACKETED_ADDRESSES.sub("", text)
    text = _ADDRESS_AFTER_PREPOSITION.sub(r"\1\2 the address in the show notes", text)
    text = _ADDRESS_AFTER_COLON.sub(": see the show notes", text)
    return _LONE_ADDRESS.sub("", text)


def _with_ordinals(text: str) -> str:
    """Turn the marks of lists within a paragraph, 1) 2) or i) ii) or (a) (b), into words, if they count from one."""
    runs: list[list[re.Match[str]]] = []
    for match in _LIST_MARK.finditer(text):
        if 1 in _places(match[1]) and not (runs and _is_next(runs[-1], match)):
            runs.append([match])
        elif runs and _is_next(runs[-1], match):
            runs[-1].append(match)
        else:
            return text
    if any(not _SHORTEST_LIST <= len(run) <= len(ORDINALS) for run in runs):
        return text
    words = [(match, word) for run in runs for match, word in zip(run, ORDINALS, strict=False)]
    for match, word in reversed(words):
        is_first = re.search(r"[.!?]\s*$", text[: match.start()])
        text = f"{text[: match.start()]}{word.capitalize() if is_first else word}, {text[match.end() :]}"
    return text


def _is_next(run: list[re.Match[str]], match: re.Match[str]) -> bool:
    return len(run) + 1 in _places(match[1])


def _places(mark: str) -> set[int]:
    """Which places in a list a mark can stand for: `i` is the first, or the ninth."""
    if mark.isdigit():
        return {int(mark)}
    letter = {ord(mark) - ord("a") + 1} if len(mark) == 1 else set()
    return letter | ({_ROMAN[mark]} if mark in _ROMAN else set())


def _without_brackets(text: str) -> str:
    """Turn asides in brackets into asides between commas; `f(x)` is not one and stays."""
    text = _WORD_BETWEEN.sub(r"\1 \2", _UNIT.sub(r"\1", text))
    for _ in range(_MAX_NESTING):
        text, changes = _INNERMOST.subn(_aside, text)
        if not changes:
            break
    return text


def _aside(match: re.Match[str]) -> str:
    before, inside = match.string[: match.start()].rstrip(), match[2].strip()
    if not has_words(inside) or (_IDENTIFIER.fullmatch(inside) and before):
        return match[1].rstrip()
    if not before or before[-1] in ".,;:!?…":
        return f"{match[1]}{inside}"
    if inside[-1] in ".!?…":
        inside = inside[:-1]
    is_inner = bool(match[3]) and match[3].isspace()
    if is_short_for(inside, before):
        return f", or {inside}{',' if is_inner else ''}"
    if _is_apart(before, inside, match.string[match.end() :]):
        # A comma behind the closing dash would be heard as one more item.
        return f" – {inside}{' –' if is_inner or match[3] == ',' else ''}"
    return f", {inside}{',' if is_inner else ''}"


def _is_apart(before: str, inside: str, behind: str) -> bool:
    """Whether commas around an aside would make a list of it, or of what it stands in."""
    if re.search(r",\s|\s(?:and|or|vs\.?)\s", inside) and not re.match(r"(?:e\.g|i\.e)\.,? [^ ,]+$", inside):
        return True
    if not behind[:1].isspace() or len(inside) == 1:
        return False
    if _AMOUNT.fullmatch(inside) or before[-1] in '"”' or re.match(r"\s(?:and|or|&)\s", behind):
        return True
    is_named = is_short_for(re.split(r"\s", before)[-1], inside)
    return is_named and not re.match(rf"\s(?:{_FUNCTION_WORDS})\b", behind)


def is_short_for(short: str, text: str) -> bool:
    """Whether something is an acronym of the last words of a text: their letters in order, the first one begins one."""
    name = short.removesuffix("s")
    if not re.fullmatch(r"(?=.*[A-Z].*[A-Z])[A-Za-z][A-Za-z0-9&/-]{1,9}", name):
        return False
    words = re.split(r"[.;:!?,]\s", text)[-1].split()[-(len(name) + 5) :]
    rest = " ".join(words).lower()
    letters = [letter for letter in reversed(name.lower()) if letter.isalnum()]
    at = len(rest)
    for number, letter in enumerate(letters, start=1):
        at = rest.rfind(letter, 0, at)
        while at > 0 and number == len(letters) and rest[at - 1].isalnum():
            at = rest.rfind(letter, 0, at)
        if at < 0:
            return False
    return bool(re.search(r"[\s-]", rest[at:]))


def as_sentence(text: str) -> str:
    """End with a full stop where no other mark ends it."""
    text = text.rstrip(" ,;:-–—")
    return text if re.search(r"[.!?…][\"'”’)\]]*$", text) else f"{text}."


def capitalised(text: str) -> str:
    """Begin with a capital, unless the first word has a spelling of its own (arXiv, k-means)."""
    first = _FIRST_WORD.match(text)
    if not first or not first[0].islower() or (len(first[0]) == 1 and first[0] != "a"):
        return text
    return text[0].upper() + text[1:]


def number_word(number: int) -> str:
    """Small numbers as words, from 10 on as digits: as newspapers write them, and listeners write them down."""
    return NUMBERS[number] if number < _FIRST_IN_DIGITS else str(number)


def number_forms(number: int) -> tuple[str, ...]:
    """Tell the ways in which people write a number."""
    return (str(number), *NUMBERS[number : number + 1])
