r"""A paper's text as a newsletter's reader wants it: no LaTeX but formulas, nothing that points elsewhere.

Silent on purpose, and nothing else: citation marks, footnotes, commands that only change how letters look, addresses
with the words that lead to them, and sentences that only say where code is to be found. Those stand among the links.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from podcast.writing.clauses import is_whole, words_of
from podcast.writing.lists import whole_items
from podcast.writing.pointers import points, without_pointers
from podcast.writing.prose import as_sentence, capitalised, has_words, one_line, without_citations
from podcast.writing.sentences import split_sentences
from podcast.writing.verbs import AUXILIARIES, BASES, THIRD_OF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# ── LaTeX ───────────────────────────────────────────────────────────────────────────────────────────────

_FORMULA = re.compile(r"(?<!\\)(\$\$?[^$]{1,1000}(?<!\\)\$\$?)")
_GROUP = r"\{((?:[^{}]|\{[^{}]{0,300}\}){0,2000})\}"
_NESTED = 4
_SIGNS = {"pm": "±", "times": "×", "sim": "~", "textasciitilde": "~", "textless": "<", "textgreater": ">", "to": "→"}
_SIGNS |= {"approx": "≈", "leq": "≤", "geq": "≥", "ldots": "…", "dots": "…", "ie": "i.e.", "eg": "e.g.", "etc": "etc."}
_ACCENTS = {'"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307"}
_ACCENTS |= {"u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327"}


def _accented(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", f"{found[2]}{_ACCENTS[found[1]]}")


def _named(found: re.Match[str]) -> str:
    """A command that a paper made for a name of its own: its name is all that is known of it."""
    return _SIGNS.get(found[1], found[1])


_RULES = (
    (re.compile(rf"[\s~]{{0,5}}\\(?:footnote|cite[pt]?|citealp|citeauthor|label|ref|autoref|vspace){_GROUP}"), ""),
    (re.compile(rf"\\href\s?{_GROUP}\s?{_GROUP}"), r"\2"),
    (re.compile(rf"\\(?:text\w{{0,8}}|emph|underline|mbox|url)\s?{_GROUP}"), r"\1"),
    (re.compile(r"\{\\(?:bf|em|it|sc|tt|rm|sf)\s([^{}]{1,300})\}"), r"\1"),
    (re.compile(r"\\([%&#_$])"), r"\1"),
    (re.compile(r"\\([\"'`^~=.])\s?\{?\\?([A-Za-z])\}?"), _accented),
    (re.compile(r"\\([uvHc])\s?\{\\?([A-Za-z])\}"), _accented),
    (re.compile(r"\{(\\[A-Za-z]{2,30})\}"), r"\1"),
    (re.compile(r"\\(?=\s|$)"), ""),
    (re.compile(r"``|''"), '"'),
    (re.compile(r"(?<=\d)~(?=\d)"), "–"),
    (re.compile(r"(?<=\w)~(?=\S)"), " "),
    (re.compile(r"(?<=[a-z)]{2}[.!?])(?=(?:[A-Z][a-z]+|A)[ ,])"), " "),
    (re.compile(r"(?<=\d)--(?=\d)"), "–"),
    (re.compile(r"(?<![-\s])\s?-{2,3}\s?(?=[^-\s])"), " – "),
)
_OWN_NAME = re.compile(r"\\([A-Za-z]{2,30})(?:\{\})?")
_EMPHASIS = re.compile(rf"\\(?:emph|text(?:bf|it)|underline)\s?{_GROUP}")
_STYLED_FORMULA = re.compile(rf"\$\s?\\(?:text\w{{0,8}}|emph|mbox|rm){_GROUP}\s?\$")


def legible(text: str) -> str:
    """Take out of a paragraph what is for LaTeX and lists of references only; formulas in dollar signs stay."""
    parts = _FORMULA.split(_STYLED_FORMULA.sub(r"\1", _EMPHASIS.sub(r"\1", one_line(text))))
    plain = "".join(part if place % 2 else _without_latex(part) for place, part in enumerate(parts))
    return one_line(re.sub(r"\s+(?=[.,;!?](?:\s|$))", "", without_citations(plain)))


def _without_latex(text: str) -> str:
    for _ in range(_NESTED):
        before = text
        for pattern, instead in _RULES:
            text = pattern.sub(instead, text)
        if text == before:
            break
    return _OWN_NAME.sub(_named, text)


# ── addresses ───────────────────────────────────────────────────────────────────────────────────────────

_PLACE = r"(?:https?://|www\.|(?<![\w.-])(?:[\w-]{1,63}\.){0,4}github\.(?:com|io)\b)[^\s<>)\]}]*|this https? URL"
_ANY = re.compile(_PLACE, re.IGNORECASE)
_BRACKETED = re.compile(rf"\s?[(\[][^()\[\]]{{0,60}}(?:{_PLACE})[^()\[\]]{{0,20}}[)\]]", re.IGNORECASE)
_LED_TO = re.compile(
    r"""[\s,;:–-]{0,9}(?:\b(?:(?:and|which|that)\s)?(?:(?:is|are|can\sbe|will\sbe)\s)?(?:\w+ly\s)?(?:made\s)?
      (?:available|accessible|released|found|hosted|accessed|downloaded|made|presented|listed|obtained|located|provided)
      \s)?
      (?:\b(?:at|from|via|on|in|under|through|see|here)\b)?
      (?:\s?(?:(?:the|our|this|a|following|GitHub|project|web)\s){0,3}(?:page|website|site|repository|repo|link|url)\b)?
      \s?:?\s?$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words before an address that only lead to it."""

_IS_SERVED = re.compile(
    r"""^(?:(?:all|the|our|source|code|codes|data|datasets?|models?|weights?|demos?|checkpoints?|implementation|scripts?
      |videos?|prompts?|benchmarks?|resources?|materials?|supplementary|associated|corresponding|additional|more|trained
      |pre-?trained|results?|of|this|project|pages?|and|we|also|will|release|make|for|study|paper|work|used|in|an
      |anonymous|full|open-source|evaluation|training|authors|further)[\s,]+)+
      (?:is|are|will|can|has|have|be|been|made|publicly|freely|openly|soon|available|released|open-sourced|accessible
      |public|here|now|online|upon|acceptance|open[\s-]source|at|on|GitHub|publication|found|to|the|community)
      (?:[\s,]+(?:is|are|will|can|has|have|be|been|made|publicly|freely|openly|soon|available|released|open-sourced
      |accessible|public|here|now|online|upon|acceptance|open[\s-]source|at|on|GitHub|publication|found|to|the
      |community|for|research|purposes|future))*[\s.:]*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""A sentence that says where something is to be had, and no more."""

_SERVED_WORDS = 14
_IS_CODE = re.compile(
    r"\b(?:codes?|implementations?|checkpoints?|weights|resources|materials|list of papers)\b", re.IGNORECASE
)
_IS_RELEASED = re.compile(r"\b(?:releas\w+|available|open-?sourc\w+|public)\b", re.IGNORECASE)


def readable(text: str) -> tuple[str, ...]:
    """All sentences of a paragraph that a newsletter's reader wants, each whole and without a pointer to anywhere."""
    return tuple(_kept(whole_items(split_sentences(without_pointers(text)))))


_MARK = re.compile(r"^\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])[).]\s+(?=\S)")
"""Of an item of a list: (2), iii), b)."""


def _kept(sentences: Sequence[str]) -> Iterator[str]:
    for sentence in sentences:
        text = _without_address(capitalised(_MARK.sub("", without_pointers(sentence))))
        if has_words(text) and not points(text) and not _serves(text):
            yield text


def _serves(sentence: str) -> bool:
    """Whether it only says that something is to be had."""
    is_short = len(sentence.split()) <= _SERVED_WORDS
    is_of_code = is_short and _IS_CODE.search(sentence) and _IS_RELEASED.search(sentence)
    return bool(is_of_code or _IS_SERVED.match(sentence))


def _without_address(sentence: str) -> str:
    """Take out an address in brackets or at the end; a sentence that is nothing without it is empty."""
    text = _BRACKETED.sub("", sentence)
    found = _ANY.search(text)
    if not found:
        return text
    before = _LED_TO.sub("", text[: found.start()])
    is_last = not has_words(_ANY.sub("", text[found.start() :]))
    return as_sentence(before) if is_last and is_whole(before) and "{" not in before else ""


# ── what came out of a PDF ──────────────────────────────────────────────────────────────────────────────

_FEWEST, _MOST = 7, 45
_LEFT_OUT = "[formula]"
"""What a PDF's reader puts where a formula stood on lines of its own: a sentence around it says half of its thought."""

_TORN = re.compile(
    r"""[=≤≥∑∏∫∈∉⊂⊆∪∩∥∇∂√∝≡⟨⟩•∗†‡§©→←↦⇒∀∃^_\\{}|<>]|\$|\bet\sal\b|\[\?\]|\(\?\)|\barXiv\b|\b[Ee]qs?\.|\b[Ee]quations?\s\(?\d|\bProof\b
    |(?:(?<!\S)[^\W\d_aAI](?:\s|$)){2}|\b(?:Theorem|Lemma|Definition|Algorithm|Corollary|Proposition|Step)\s\d|@|�
    |\d\s\d+\s\d|[a-z]-\s[a-z]""",
    re.VERBOSE,
)
_VERBS = AUXILIARIES | BASES | THIRD_OF.keys()
_BEGINS = re.compile(r"[“\"]?[A-Z][\w’'-]*[ ,]")


def is_sound(sentence: str) -> bool:
    """Whether a sentence of a PDF came through whole: prose from a capital letter to a full stop, with a verb."""
    return (
        _FEWEST <= len(sentence.split()) <= _MOST
        and bool(_BEGINS.match(sentence))
        and sentence.endswith((".", ".”", '."'))
        and not _TORN.search(sentence)
        and _LEFT_OUT not in sentence
        and not any(sentence.count(left) != sentence.count(right) for left, right in ("()", "[]", "“”"))
        and any(word in _VERBS or word.endswith("ed") for word in words_of(sentence)[1:])
    )
