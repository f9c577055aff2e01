"""Numbers with all that stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.speech import signs
from podcast.speech.written.rule import BEYOND_ASCII, DIGIT, rules

if TYPE_CHECKING:
    import re


def _fraction(match: re.Match[str]) -> str:
    """Say 1/2 as one half, 4/5 as 4 fifths, 16/32 as 16 over 32, and 12/15 games as 12 out of 15."""
    over, under = int(match[1]), int(match[2])
    if f"{over}/{under}" in signs.PAIRS:
        return f"{over} {under}{match[3] or ''}"
    if match[3] and under >= signs.SMALLEST_TALLY:
        return f"{over} out of {under}{match[3]}"
    rest = match[3] or ""
    if not 0 < over <= signs.MOST_PARTS or not 1 < under < len(signs.FRACTIONS) or over == under:
        return f"{over} over {under}{rest}"
    if (over, under) != (1, 2) and under == 2:  # noqa: PLR2004 - halves
        return f"{over} halves{rest}"
    return f"one {signs.FRACTIONS[under]}{rest}" if over == 1 else f"{over} {signs.FRACTIONS[under]}s{rest}"


def _part(match: re.Match[str]) -> str:
    """Say 1/10th as one tenth and 1/100th as one 100th."""
    over, under = int(match[1]), int(match[2])
    named = signs.FRACTIONS[under] if 0 < under < len(signs.FRACTIONS) else ""
    return f"{'one' if over == 1 else over} {named or match[2] + 'th'}{'s' * (over != 1)}"


def _size(match: re.Match[str]) -> str:
    return f" {signs.SIZES[match[0]]}"


def _with_point(match: re.Match[str]) -> str:
    """Say the digits behind a point one by one: voices leave out zeros at the end."""
    return f"{match[1]} point {' '.join(match[2])}"


_NUMBER = r"\d++(?:,\d{3})*+(?:\.\d++)?+"

NUMBERS = rules(
    ("percent", r"(?<=\d) ?%", " percent", "%"),
    ("percent of both ends", r"(?<=\d) percent ?(?:--?|–) ?(?=\d)", "-", DIGIT),
    ("price of many", r"(?<=[$€£¥])([\d.,]{1,15}[KMBkmb]?) ?/ ?(?=[\dA-Za-z])", r"\1 per ", "/"),
    ("price of a million", r"(?<= per )([KMB])(?= |$)", lambda m: signs.MANY[m[1]]),
    ("ordinal part", r"(?<![\w./])(\d{1,3})/(\d{1,4})(?:th|rd|nd)(s?)(?!\w)", _part, "/"),
    ("ordinal of LaTeX", r"(?<=\d)-(?=(?:st|nd|rd)(?!\w))|(?<=[04-9])-(?=th(?!\w))", "", DIGIT),
    ("from place to place", r"(?<=\d)(th|st|nd|rd)[-–](?=\d{1,4}(?:th|st|nd|rd)(?!\w))", r"\1 to ", DIGIT),
    ("from number to number", r"(#\d{1,6}) ?[-–] ?(?=#\d)", r"\1 to ", "#"),
    ("years", r"(?<![\w/-])((?:19|20)\d\d)/(?=\d\d(?![\w/]))", r"\1 to ", "/"),
    ("grade", r"(?<![\w./])(\d{1,3}\.\d{1,3})/(?=(?:5|10|20|100)(?![\w/.]))", r"\1 out of ", "/"),
    ("sizes side by side", r"(?<=\d[BMTKk])/(?=\d[\d.]{0,9}[BMTKk](?!\w))", " slash ", "/"),
    ("versions side by side", r"(?<![\w.])([A-Za-z]{2,20}\d{1,3}(?:\.\d)?)/(?=\d{1,3}(?![\w/]))", r"\1 slash ", "/"),
    ("dashes of compounds", r"(?<=[^\W\d_])–(?=[^\W_])", "-", BEYOND_ASCII),
    ("range of sizes", r"(?<=\d)([BMTKk]?) ?[-–] ?(?=[$€£]?\d[\d.]{0,9}[BMTKk](?![A-Za-z0-9]))", r"\1 to ", DIGIT),
    ("thousands of money", r"(?<=[$€£])(\d[\d.,]{0,15})[Kk](?![A-Za-z0-9])", r"\1 thousand", BEYOND_ASCII + "$"),
    ("billions of money", r"(?<=[$€£])(\d[\d.,]{0,15})(?:([bmt])n|(m))(?!\w)",
     lambda m: f"{m[1]} {signs.SIZES[(m[2] or m[3]).upper()]}", BEYOND_ASCII + "$"),
    ("dollars of a country", r"(?<!\w)(US|AU|CA|HK|NZ)\$(?=\d)", lambda m: f"{m[1][0]}.{m[1][1]}. $", "$"),
    ("decades", r"(?<=\d0s) ?[-–] ?(?=(?:\d\d)?\d0s)", " to ", DIGIT),
    ("range of LaTeX", r"(?<=\d)(?:--|—)(?=\d)", "–", DIGIT),
    ("equal shares", r"(?<![\w.-])(\d{1,3})-\1(?![\w.-])", r"\1 \1", DIGIT),
    ("sizes", r"(?<=\d)(?:[Kk]|(?<![A-Z]\d)[BMT])(?![A-Za-z0-9])|(?<=\d)b(?= |[.,;:)!?'-]|$)", _size, DIGIT),
    ("millions of words", r"(?<=\d)m(?= (?:words|tokens|parameters)(?!\w))", " million", DIGIT),
    ("minor version letters", r"(?<=[A-Za-z] )(\d)([oOV])(?![A-Za-z0-9])", lambda m: f"{m[1]} {m[2].upper()}", DIGIT),
    ("ratio", r"(?<=\d):(?=\d(?!\d))", " to ", DIGIT),
    ("range", rf"(?<![\w.,$€£-])([$€£]?{_NUMBER})(?: [–-] |[–-])(?=[$€£]?\d)(?!\d[\d.,]*[-–]\d)", r"\1 to ", DIGIT),
    ("minus", r"(?<![\w)\].-])[-−](?=\.?\d)", " minus ", DIGIT),
    ("subtraction", r"(?<=(?<![\w-])\w) - (?=\w(?![\w-]))", " minus ", "-"),
    ("plus behind a number", r"(?<=\d)\+(?!\w)", " plus", "+"),
    ("file or version", r"(?<![\w.])[A-Za-z]{1,40}(?:\.\d{1,6}){1,6}(?![\w])",
     lambda m: m[0].replace(".", " dot "), DIGIT),
    ("version of three", r"(?<![\w.])\d{1,6}(?:\.\d{1,6}){2,6}(?!\w)", lambda m: m[0].replace(".", " dot "), DIGIT),
    ("per time", rf"(?<=[a-z]s)/(?=(?:{signs.THINGS})(?!\w))", " per ", "/"),
    ("per short time", r"(?<=[a-z])/(sec|min|hr|mo|yr|byte)(?!\w)", lambda m: f" per {signs.SHORT_TIMES[m[1]]}", "/"),
    ("one or the other", rf"(?<![\w.-])({signs.PERSONS})/(?=(?i:{signs.PERSONS})(?![\w-]))", r"\1 or ", "/"),
    ("parts of one compound", r"(?<=[a-z])-/(?=[a-z])", " and ", "/"),
    ("words side by side", r"(?<![^\s(\"'—])[A-Za-z]?[a-z]{1,30}(?:/[a-z]{2,30}+){1,3}(?![\w/-]|\.\w)",
     lambda m: m[0].replace("/", "-"), "/"),
    ("file endings", r"(?:(?<=\w{2})|(?<=/\w))\.(?=[a-z]{2,30}+(?![A-Za-z]))", " dot "),
    ("ending in two capitals", r"(?<=[A-Za-z0-9])\.(?=[A-Z]{2}(?![\w.]))", " dot "),
    ("any minor version", r"(?<=\d)\.(?=[xX](?!\w))", " dot ", DIGIT),
    ("folder of a path", r"(?<![\w.])\.{1,2}(?=/\w)", lambda m: " dot" * len(m[0]), "/"),
    ("file that begins with a dot", r"(?<![\w.…])\.(?=[a-z]{2})", " dot "),
    ("names that end in a number", r"(?<![A-Za-z\d])([A-Za-z]{2,40}+)(?<!to)(\d++(?:\.\d++)*+)(?![A-Za-z])",
     r"\1 \2", DIGIT),
    ("decimals before a hyphen", r"(?<=\.\d)-(?=[A-Za-z])|(?<=\.\d\d)-(?=[A-Za-z])", " ", DIGIT),
    ("out of or fraction", r"(?<![\w./∕])(\d{1,6}) ?[/∕] ?(\d{1,6})(?![\w/∕]|\.\d)( [a-z]{2,30}+(?<=[a-rt-z]s))?",
     _fraction, BEYOND_ASCII + "/"),
    ("per second", r"(?<=[A-Za-z])/(?:s|sec)(?!\w)", " per second", "/"),
    ("per", r"(?<=\d)/(?=[a-z]{2,30}+(?! ?-?\d))", " per ", "/"),
    ("over", r"(?<![\w.])(\d{1,12})/(?=[A-Za-z](?![A-Za-z0-9]))", r"\1 over ", "/"),
    ("letters apart", r"(?<=\b[A-Z])/(?=[A-Z0-9]\b)|(?<=-[A-Z])/(?=\d)", " ", "/"),
    ("zeros that count", r"(?<![\w.,$€£¥])(\d[\d,]{0,20}+)\.(\d{0,8}0)(?![\d\w]|\.\d)", _with_point, DIGIT),
    ("zero at the start",
     r"(?<![\w.,:$€£¥/-])(?<!\d to )(?<!\d )0\d{1,9}(?![\w:/-]|[.,]\d| dot )", lambda m: " ".join(m[0]), DIGIT),
    ("hash before a number", r"#(?=\d)", "number ", "#"),
    ("class of counting problems", rf"(?<!\w)#(?=(?:{signs.SHARP})(?!\w))", "sharp ", "#"),
    ("hashtag", r"(?<!\w)#(?=[A-Za-z])", "hashtag ", "#"),
)  # fmt: skip
