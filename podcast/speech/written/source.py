"""What comes with the source: odd characters, Markdown, HTML, citations, addresses."""

from __future__ import annotations

import re
import unicodedata

from podcast.speech import signs
from podcast.speech.written import latex
from podcast.speech.written.rule import BEYOND_ASCII, DIGIT, rules


def _compatible(match: re.Match[str]) -> str:
    """Give a mathematical, full-width or joined letter its ordinary form."""
    return unicodedata.normalize("NFKC", match[0])


def _raised(match: re.Match[str]) -> str:
    return "^{" + unicodedata.normalize("NFKC", match[0]) + "}"


def _lowered(match: re.Match[str]) -> str:
    apart = " " if match.string[match.end() : match.end() + 1].isalpha() else ""
    return "_" + unicodedata.normalize("NFKC", match[0]) + apart


def _over_letter(match: re.Match[str]) -> str:
    """Give ȳ, which is no word, in its parts: the letter and a sign that later rules name."""
    parts = unicodedata.normalize("NFD", match[0])
    return parts if parts[-1] in signs.SIGNS else match[0]


def _address(match: re.Match[str]) -> str:
    """Say an address by its domain."""
    return f" {match['domain'].removeprefix('www.').replace('.', ' dot ')} "


_BRACKETS = str.maketrans("[]", "  ")
_DOT = re.compile(r"(?<=\w)\.(?=[A-Za-z_])")


def _code(match: re.Match[str]) -> str:
    """Say code sign by sign, where they mean something else than in a text."""
    if "://" in match[1]:
        return match[1]
    words = match[1].translate(_BRACKETS).replace("||", " or ").replace("&&", " and ")
    return _DOT.sub(" dot ", words)


def _citation(match: re.Match[str]) -> str:
    """Leave a citation out, unless the sentence leans on it: as in [4] is as in reference 4."""
    before = match.string[max(0, match.start() - 20) : match.start()]
    numbers = re.sub(r"[\[\]^]", "", match[0].strip()).replace(",", ", ")
    if _is_list(before, numbers):
        return f" {numbers}"
    if not signs.LEANS.search(before) or not numbers[0].isdigit():
        return ""
    return f" reference{'s' * (not numbers.isdigit())} {numbers}"


def _is_list(before: str, numbers: str) -> bool:
    """Tell a list of values from works cited: those stand in ascending order, and behind other words."""
    values = [int(number) for number in re.findall(r"\d+", numbers)] if numbers[0].isdigit() else []
    return values != sorted(set(values)) or (bool(values) and bool(signs.BEFORE_LIST.search(before)))


def _row(match: re.Match[str]) -> str:
    """Read a row of a table cell by cell."""
    cells = [cell.strip() for cell in match[1].split("|")]
    return ", ".join(cell for cell in cells if cell.strip(":- "))


def _mail(match: re.Match[str]) -> str:
    return match[0].replace(".", " dot ").replace("@", " at ")


_TARGET = r"\((?:[^()\s]|\([^()\s]{0,200}\)){0,1000}(?: \"[^\"]{0,200}\")?\)"
_DOMAIN = r"(?P<domain>(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})"
_HOST = r"(?P<domain>(?:[A-Za-z0-9-]{1,63}\.){0,6}[A-Za-z0-9-]{1,63})"
_PATH = r"(?:/(?:[^\s<>\"\]]*[^\s<>\"\].,;:!?)'])?)?"
_TOP_LEVEL = r"(?:com|org|net|edu|gov|io|ai|co|dev|app|me|ly|us|uk|de|fr|eu|ch)"

_START, _END = r"[-−]\d[\d.]{0,9}|0(?:\.\d{1,9})?", r"[\w.−+∞-]{1,12}"

CHARACTERS = rules(
    ("raised numbers that mark footnotes", signs.FOOTNOTE_MARK, "", BEYOND_ASCII),
    ("vulgar fraction behind a number", r"(?<=\d)(?=[¼-¾⅐-⅞])", " and ", BEYOND_ASCII),
    ("vulgar fraction of a letter", r"(?<=[¼-¾⅐-⅞])(?=[A-Za-z])", " ", BEYOND_ASCII),
    ("vulgar fractions", r"[¼-¾⅐-⅞]", _compatible, BEYOND_ASCII),
    ("fraction slash", "⁄", "/", BEYOND_ASCII),
    ("isotopes", "(?<![\\w)\\]}'.²³¹⁰-⁹])[²³¹⁰⁴-⁹]{1,3}(?=[A-Z])", lambda m: f"{_compatible(m)} ", BEYOND_ASCII),
    ("superscripts", "[²³¹⁰ⁱ⁴-ⁿᴬ-\u1d61ꟲ-ꟴ]{1,40}", _raised, BEYOND_ASCII),
    ("subscripts", "[₀-₎ₐ-ₜⱼᵢ-ᵪ]{1,40}", _lowered, BEYOND_ASCII),
    (
        "letters with an ordinary form",
        "[ℂ℃℅-ℎℐ-ℒℕℙ-ℝℤΩ℩-ℴℹ-⅀ⅅ-ⅉⅠ-ⅿ\U0001d400-\U0001d7ff！-～ﬀ-ﬆϐ-ϖϰ-ϵµ]",
        _compatible,
        BEYOND_ASCII,
    ),
    ("digits of other scripts", r"(?![0-9])\d", lambda m: str(unicodedata.digit(m[0])), DIGIT),
    ("typographic apostrophes", "(?<!\\\\)[‘’‚‛ʼ´](?=\\w)|(?<=\\w)[‘’ʼ]", "'", BEYOND_ASCII),
    ("dashes of all kinds", "[‐‑‒﹣]", "-", BEYOND_ASCII),
    (
        "invisible characters",
        "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u20e3]",
        "",
        BEYOND_ASCII,
    ),
    ("thousands by a narrow space", "(?<=\\d)[\u00a0\u2009\u202f](?=\\d{3}(?!\\d))", ",", BEYOND_ASCII),
    ("letter alone with a sign over it", r"(?<!\w)(?![A-Za-z])[^\W\d_](?!\w)", _over_letter),
    ("white space", r"\s+", " "),
    (
        "thousands by a space",
        r"(?<![\d.,])[1-9]\d{0,2}(?: \d{3}){0,3} 000(?![\w.,]\d|\d)",
        lambda m: m[0].replace(" ", ","),
        DIGIT,
    ),
)

MARKUP = rules(
    ("code", r"`([^`]{1,300})`", _code, "`"),
    ("verbatim", r"\\verb\*?([|+!])([^|+!]{1,200})\1", r"\2", "\\"),
    ("works cited with a remark",
     rf"\\(?:{'|'.join(signs.CITES)})\*?((?:\[[^\[\]]{{0,100}}\]){{1,2}})\{{[^{{}}]{{0,200}}\}}", r"(\1)", "\\"),
    (
        "works cited by name of their file",
        rf"({signs.LEANING.pattern})[ ~]\\(?:{'|'.join(signs.CITES)})\*? ?\{{[^{{}}]{{0,200}}\}}",
        r"\1 the cited work", "\\",
    ),
    ("pictures", rf"!\[([^\[\]]{{1,500}})\]{_TARGET}", r"\1", "["),
    ("links", rf"\[([^\[\]]{{1,500}})\]{_TARGET}", r"\1", "["),
    ("LaTeX links", rf"\\href ?{latex.GROUP} ?\{{([^{{}}]{{0,400}})\}}", r"\1", "\\"),
    ("thousands of LaTeX", r"(?<=\d)(?:\{,\}|\\,)(?=\d{3}(?!\d))", ",", "\\{"),
    ("LaTeX spaces", r"\\[ ,;:!/]|\\\\|\\(?=https?:)", " ", "\\"),
    ("paths of Windows", r"(?<=:)\\(?=[A-Z])", " ", "\\"),
    ("comments of HTML", signs.HTML_COMMENT, " ", "<"),
    ("HTML tags", signs.HTML_TAG, " ", "<"),
    ("other tags are words", r"<(/?)\|?([A-Za-z][\w-]{0,40})\|?>", lambda m: f" {'end ' * bool(m[1])}{m[2]} ", "<"),
    ("non-breaking space of LaTeX", r"(?<=[A-Za-z.])~(?=[\w(\[\\])", " ", "~"),
    ("formulas", latex.MATH.pattern, latex.math, "$\\"),
    ("index in braces", r"(?<![A-Za-z\\])[A-Za-z]_\{[^{}]{1,60}\}", lambda m: latex.read_aloud(m[0]).strip(), "_"),
    ("quotation marks of LaTeX", r"``|(?<!(?<![^\W_])[A-Za-z])''", "", "'`"),
    ("raised text", r"\\textsuperscript ?\{([^{}]{1,80})\}", r"^{\1}", "\\"),
    ("lowered text", r"\\textsubscript ?\{([^{}]{1,80})\}", r"_\1 ", "\\"),
    ("letters of LaTeX", r"(?<=[^\W\d_])(\\(?:ss|o|O|l|L|ae|AE|oe|OE|aa|AA|i|j)) (?=[^\W\d_])", r"\1{}", "\\"),
    ("macros", latex.MACRO, latex.macro, "\\"),
    ("either of two numbers", r"\{([-+−]?\d),([-+−]?\d)\}", r"\1, \2", "{"),
    ("interval", r"(range |interval |∈ ?)[\[(](?! )([^\[\](),]{1,20}), ?([^\[\](),]{1,20})[\])]", r"\1\2 to \3", "(["),
    ("interval by its start", rf"\[({_START}), ?({_END})[\])]|\(({_START}), ?({_END})\]",
     lambda m: f"{m[1] or m[3]} to {m[2] or m[4]}", "[]"),
    ("braces around an accent", r"(?<=[^\W\d_])\{([^\W\d_]{1,3})\}(?=[^\W\d_])", r"\1", "{"),
    ("citations in brackets", rf" ?(?<!\w)\(({signs.CITATION})\)", "", "["),
    ("citations", rf"(?<![=\[{{])(?<![=\[{{] )(?<!\":)(?<!\": ) ?{signs.CITATION}", _citation, "["),
    ("numbered lines", r"^ ?(\d{1,2})\. (?=\S)", r"\1, ", DIGIT),
    ("rows of a table", r"^ ?\|(.*)\| ?$", _row, "|"),
    ("headings and quoted lines", r"^ ?(?:#{1,6}|>|[-*•](?: \[[ xX]\])?) ", "", BEYOND_ASCII + "#*->"),
    ("emphasis", r"(?<![\w*])(\*{1,3})(?![\s*])([^*]{1,500})(?<!\s)\1(?!\*)", r"\2", "*"),
    ("struck out", "~~", "", "~"),
    ("marked", r"(?<![\w=])==(?![\s=])([^=]{1,300})(?<!\s)==(?![\w=])", r"\1", "="),
    ("name of an emoji", r"(?<!\S):([a-z][a-z0-9_+-]{1,30}):(?!\S)", r"\1", ":"),
)  # fmt: skip

ADDRESSES = rules(
    ("mail", r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}", _mail, "@"),
    ("old arXiv", r"\b[aA][rR][xX][iI][vV]: ?(?=[a-z-]{2,8}(?:\.[A-Z]{2})?/\d{7})", "archive ", "/"),
    ("web", rf"<?(?:https?|ftp)://{_HOST}(?::\d{{1,5}})?{_PATH}>?", _address, "/"),
    ("web without https", rf"(?<![\w.@/-])(?=[\w.-]{{1,200}}\.{_TOP_LEVEL}(?![\w-])){_DOMAIN}{_PATH}(?![\w@])",
     _address),
    ("DOI", r"(?<!\w)(?i:doi): ?10\.\d{4,9}/[^\s<>\"\]]*[^\s<>\"\].,;:!?)]", "doi dot org", "/"),
    ("arXiv", r"\b[aA][rR][xX][iI][vV](?:: ?| )(\d{4})\.(\d{4,5})(?:v(\d{1,2}))?\b",
     lambda m: f"archive {m[1]} point {' '.join(m[2])}" + f" version {m[3]}" * bool(m[3]), DIGIT),
)  # fmt: skip
