"""Words, short forms and names."""

from __future__ import annotations

import itertools
import re

from podcast.speech import signs
from podcast.speech.written.rule import BEYOND_ASCII, DIGIT, rules

_END = re.compile("[ \"')”’]*$")
_LAST, _BEGINS = ("etc", "iff", "avg"), re.compile(" [A-Z][a-z]")
"""Abbreviations that often end a sentence, and how the next one begins."""


def _abbreviated(match: re.Match[str]) -> str:
    """Say an abbreviation in full, beginning as it begins; at the end its full stop also ends the sentence."""
    words = signs.ABBREVIATIONS[match[1] if match[1] in signs.ABBREVIATIONS else match[1].lower()]
    start = words[0].upper() if match[1][0].isupper() else words[0]
    ends = _END.match(match.string, match.end()) or (match[1] in _LAST and _BEGINS.match(match.string, match.end()))
    stop = "." if match[2] and ends else ""
    return f"{start}{words[1:]}{stop}"


def _enumerated(match: re.Match[str]) -> str:
    """Say the mark of a listed item, 1) or (b) or (iv), with a pause behind it and one before it."""
    before = match.string[max(0, match.start() - 100) : match.start()]
    if match[0][0] != "(" and before.count("(") > before.count(")"):
        return match[0]  # the end of a remark in brackets
    if match[1].isupper() and signs.WORD_BEFORE.search(before):
        return match[0]  # a short form, named behind its word
    mark = signs.ROMAN.get(match[1], match[1].upper())
    return f"{mark}," if signs.NO_PAUSE.search(before) else f", {mark},"


def _roman(match: re.Match[str]) -> str:
    """Say the number behind a word, unless it is a person: in this phase I expect more."""
    if match[1].islower() and _PERSON.match(match.string, match.start(2)):
        return match[0]
    return f"{match[1]} {signs.ROMAN.get(match[2].lower(), match[2])}"


_PERSON = re.compile(r"I (?!errors?\b|trials?\b|stud)[a-z]")


def _numbered(match: re.Match[str]) -> str:
    """Say what is numbered: Fig. 3, Eqs. 4 and 5."""
    if match[1].islower() and signs.OWNED.search(match.string, max(0, match.start() - 6), match.start()):
        return match[0]  # the end of a sentence: we built an app
    word = signs.NUMBERED[match[1].lower()]
    word = signs.PLURALS.get(word, f"{word}s") if match[2] else word
    return f"{word.capitalize() if match[1][0].isupper() else word} "


def _unit(match: re.Match[str]) -> str:
    """Say a unit in full, many or one: 5 milliseconds, 1 gigabyte, a 10 millisecond window, 3 meters per second."""
    number, joint, unit, per = match.groups()
    is_year = len(unit) == 1 and number.isdigit() and len(number) == _YEAR
    if is_year or (not joint and unit in signs.NEVER_CLOSE):
        return match[0]
    words = signs.UNITS[unit]
    is_measure = joint == "-" or _ARTICLE.search(match.string, max(0, match.start() - 3), match.start())
    plural = "" if number == "1" or is_measure or words.endswith("hertz") else "s"
    said = signs.PLURALS.get(words, words + plural) if plural else words
    return f"{number} {said}" + (f" per {signs.UNITS.get(per, per)}" if per else "")


def _tesla(match: re.Match[str]) -> str:
    """Near a scanner T is tesla; elsewhere it is left to the rule that makes it trillion."""
    near = match.string[max(0, match.start() - _NEAR) : match.end() + _NEAR]
    number = re.search(r"[\d.]+$", match.string[max(0, match.start() - 8) : match.start()])
    is_field = (
        number is not None and number[0] in signs.FIELDS and not signs.COUNTED_THING.match(match.string, match.end())
    )
    return " tesla" if is_field and signs.SCANNER.search(near) else match[0]


_YEAR = 4  # digits
_NEAR = 60  # characters


def _name(match: re.Match[str]) -> str:
    """Take a name like Claude-3.5-Sonnet apart at the hyphens beside its numbers."""
    parts = re.sub(r"(\d?)/", lambda slash: slash[1] + (" slash " if slash[1] else " "), match[0]).split("-")
    if re.fullmatch(r"[b-z]-\d{1,3}", match[0]):
        return f"{parts[0]} minus {parts[1]}"
    said = parts[0]
    for left, right in itertools.pairwise(parts):
        said += _joint(left, right) + right
    return said


def _joint(left: str, right: str) -> str:
    """Choose what stands between two parts of a name: a pause between two numbers."""
    digits = (left[-1:].isdigit() or bool(re.search(r"\d[A-Za-z]?$", left)), right[:1].isdigit())
    return ", " if all(digits) else " " if any(digits) else "-"


_ARTICLE = re.compile(r"(?<!\w)[aA]n? $")
_UNITS = "|".join(sorted(map(re.escape, signs.UNITS), key=lambda unit: (-len(unit), unit)))
_LONG_UNITS = "|".join(unit for unit in _UNITS.split("|") if len(unit) > 1)
_LENGTHS = "nm|μm|mm|cm|km|m"

WORDS = rules(
    ("of others", r"(?<!\w)et al\.?'s(?!\w)", "and others'", "'"),
    ("without loss", r"(?<!\w)([wW])\.?l\.?o\.?g\.(?!\w)",
     lambda m: f"{'W' if m[1] == 'W' else 'w'}ithout loss of generality"),
    ("numbered things", rf"(?<![\w.])(?i:({'|'.join(signs.NUMBERED)})(s?)\. ?)(?=\(?(?:\d|[A-Z](?![a-z.])))",
     _numbered),
    ("numbered things without a stop", rf"(?<![\w.])(?=(?:{signs.SHORT}) )([A-Z][a-z]+?)(s?) (?=\(?\d)",
     _numbered, DIGIT),
    ("pages", r"(?<![\w.])(pp?)\. ?(?=\d)", lambda m: f"{signs.PAGES[m[1]]} ", DIGIT),
    ("one or the other", r"(?<!\w)\((?![ivx]+\))([a-z]{2,8}|s)\)(?=[a-z]{2})", r"\1", "("),
    ("part of a compound", r"\(([a-z]{2,12})-\)(?=\w)|(?<=\w)\((-[a-z]{2,12})\)",
     lambda m: m[2] or f"{m[1]}-", "("),
    ("one or the other inside", r"(?<=[a-z]{2})\(([a-z]{2,8})\)(?=[a-z]{4})", r"\1", "("),
    ("numbers in brackets", rf"(?<!\w)((?i:{'|'.join(signs.COUNTED)})s? )\((\d[\w.]{{0,5}})\)", r"\1\2", DIGIT),
    ("their other end", r"(?<=\d) ?[-–] ?\((\d[\w.]{0,5})\)", r" to \1", DIGIT),
    ("the other of two", r"(?<=s \d) and \((\d[\w.]{0,5})\)", r" and \1", DIGIT),
    ("their parts from to", rf"(?<!\w)((?i:{'|'.join(signs.COUNTED)})s? \d{{1,3}})\(?([a-y])\)?[-–]\(?([b-z])\)?(?!\w)",
     lambda m: f"{m[1]} {m[2].upper()} to {m[3].upper()}", DIGIT),
    ("their parts", rf"(?<!\w)((?i:{'|'.join(signs.COUNTED)})s? \d{{1,3}})(?:([b-z])|\(([a-z])\))(?!\w)",
     lambda m: f"{m[1]} {(m[2] or m[3]).upper()}", DIGIT),
    ("Roman numerals", rf"(?<!\w)((?:{'|'.join(signs.ROMAN_BEHIND)}))[ -](?!X(?!\w))([IVX]{{1,4}})(?!\w)",
     _roman),
    ("two and three in Roman numerals", r"((?<=[A-Za-z0-9])-)?(?<![A-Za-z/–])(III?)(?![\w/–]|-[A-Za-z])",
     lambda m: f"{' ' * bool(m[1])}{len(m[2])}"),
    ("numbers", r"(?<!\w)([nN])o(s?)\. ?(?=\d)", lambda m: f"{m[1]}umber{m[2]} ", DIGIT),
    ("decimals without their zero", r"(?<![\w.])\.(?=\d)", "0.", DIGIT),
    ("about a year", r"(?<!\w)ca?\. ?(?=\d{3,4}(?!\d)|\d{1,3},\d{3})", "circa ", DIGIT),
    ("about", r"(?<!\w)ca\. ?(?=\d)", "about ", DIGIT),
    ("enumeration", r"(?<!\S)(?!\(a\)[a-z])\(?(\d{1,2}|[A-Za-z]|[ivx]{1,4})\)(?= ?\S)", _enumerated, ")"),
    ("abbreviations",
     rf"(?<![\w.])({signs.DOTTED})(?!\w)(\.?)",
     _abbreviated),
    ("abbreviations with their stop", rf"(?<![\w.])({signs.WITH_STOP})(\.)", _abbreviated),
    ("abbreviations without stop", rf"(?<![\w./])({signs.WITHOUT_STOP})(?!\w)(\.?)",
     _abbreviated),
    ("with", r"(?<![\w./])w/ ?(?=\w)", "with ", "/"),
    ("sections", r"§§ ?", "sections ", BEYOND_ASCII),
    ("section", r"§ ?", "section ", BEYOND_ASCII),
    ("version with a hyphen", r"(?<![\w.-])v(\d)-(\d)(?![\w.-])", r"version \1.\2", DIGIT),
    ("version with a hyphen behind a name", r"(?<=\w)-v(\d)-(\d)(?![\w.-])", r" version \1.\2", DIGIT),
    ("version", r"(?<![\w.-])v\.? ?(?=\d)|-v(?=\d[\d.]{0,8}(?!\w))", " version ", DIGIT),
    ("plural in brackets", r"(?<=[A-Za-z]{2})\((s|es|ren)\)(?![a-z])", r"\1", "("),
    ("version behind a name", r"(?<=[A-Za-z]{2})(?<![cC]on)v(?=\d[\d.]{0,8}[a-z]?(?!\w))", " v", DIGIT),
    ("capital version behind a name", r"(?<=[a-z]{2})V(?=\d[\d.]{0,8}(?!\w))", " V", DIGIT),
    ("versions of the same",
     r"(?<![\w.])[A-Za-z][\w.]{0,40}-\d[\w.]{0,9}(?:,? (?:and |or )?-\d\w{0,9}(?![\w%]|\.\d)){1,9}",
     lambda m: m[0].replace(" -", " "), DIGIT),
    ("planes, forms and parts", r"(?<![\w-])([A-Z])-(\d{1,4})([A-Z])(?!\w)", r"\1 \2 \3", DIGIT),
    ("numbers of products", r"(?<![\w-])([A-Z]{1,4})?([ -]?)(?(1)(\d{2,5})|(\d{4,5}))X(?!\w)",
     lambda m: f"{m[1] or ''}{m[2]}{m[3] or m[4]} X"),
    ("made to follow instructions", r"(?<=\d[bB])-it(?![\w-])", "-I-T", DIGIT),
    ("names", r"(?<![\w.-])[A-Za-z][\w.]{0,60}(?:-[\w.]{1,60}){1,12}(?:/\d{1,5})?(?![\w-])",
     lambda m: _name(m) if any(map(str.isdigit, m[0])) else m[0], "-"),
    ("ordinal of a letter", r"(?<=(?<!\w)[a-z])'(?=th(?!\w))", "-", "'"),
    ("ordinal of a sum", r"(?<!\w)\(([^()]{1,20})\)-?th(?!\w)", r"\1-th", "("),
    ("questions at the end of a name", r"(?<=[a-z])(?=V?QAs?(?![A-Za-z]))", " "),
    ("year behind a name", r"(?:(?<=[A-Za-z])|(?<=(?<!\w)Q[1-4]))'(?=\d\d(?!\w))", " ", DIGIT),
    ("tesla", r"(?<=\d) ?T(?![A-Za-z0-9])", _tesla, DIGIT),
    ("from unit to unit", rf"(?<=\d)( ?(?:{_UNITS}))[-–](?=\d[\d.,]{{0,12}} ?(?:{_UNITS})(?!\w))", r"\1 to ", DIGIT),
    ("areas", rf"(?<=\d) ?({_LENGTHS})\^\{{?([23])(?![\w.])\}}?",
     lambda m: f" {'square' if m[2] == '2' else 'cubic'} {signs.UNITS[m[1]]}s", "^"),
    ("units", rf"(?<![\w.])(\d(?:[\d,.]{{0,20}}\d)?)([ -]?)({_UNITS})(?:/({_UNITS}|{signs.THINGS}))?(?!\w)",
     _unit, DIGIT),
    ("units without a number", rf"(?<![\w./-])({_LONG_UNITS})/({_UNITS}|{signs.THINGS})(?![\w/])",
     lambda m: f"{signs.PLURALS.get(signs.UNITS[m[1]], signs.UNITS[m[1]] + 's')} per {signs.UNITS.get(m[2], m[2])}",
     "/"),
    ("units left over", rf"(?<=\d) ?({_UNITS})/({_UNITS})(?!\w)",
     lambda m: f" {signs.UNITS[m[1]]}s per {signs.UNITS[m[2]]}", "/"),
)  # fmt: skip
