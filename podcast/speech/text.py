r"""Written to spoken: a sentence as a person writes it becomes the words an English voice should be given.

Nothing here knows an engine: the result is plain English in letters, digits and ordinary punctuation. The work is
a tuple of small rules applied in order, each linear in the length of the text. No word vanishes; what is silent
is listed in signs.py. The ways chosen where there are several:

    style/color     "style slash color": exact, and what people say
    16k, 256K       "16 K": memory and context sizes are said so; 7B, 5M and 2T are billion, million, trillion
    200+            "200 plus"
    https://a.org/b "a dot org": a listener cannot use more; the show notes have the whole address
"""

from __future__ import annotations

import functools
import html
import itertools
import logging
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from pylatexenc import latex2text

from podcast.speech import signs
from podcast.speech.lexicon import unmark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from podcast.speech.lexicon import Lexicon


class Rule(NamedTuple):
    """One change: whatever the pattern finds becomes the replacement."""

    name: str
    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]


def spoken(text: str, lexicon: Lexicon, *, phonemes: bool = False) -> str:
    """Turn one sentence as written into the same sentence as an English voice should be given it.

    With `phonemes` the terms that have some are given as `[ReLU](/ɹˈAlu/)`, for voices that take them.
    """
    text = _applied(_BEFORE_LEXICON, unicodedata.normalize("NFC", html.unescape(text)))
    marks: Mapping[str, str] = {}
    if phonemes:
        text, marks = lexicon.mark(text)
    else:
        text = lexicon.respell(text)
    return unmark(_applied(_AFTER_LEXICON, text).strip(), marks)


def unspeakable(text: str) -> tuple[str, ...]:
    """Name the words that no English voice can say; empty where the sentence can be spoken.

    Those are words with letters outside Latin and Greek, or everything of a text that has nothing to say.
    """
    plain = _applied(_CHARACTERS, unicodedata.normalize("NFC", html.unescape(text)))
    foreign = tuple(word for word in plain.split() if any(map(_is_foreign, word)))
    if foreign or any(map(str.isalnum, _applied(_BEFORE_LEXICON + _AFTER_LEXICON, plain))):
        return foreign
    return tuple(text.split())


def _applied(rules: Iterable[Rule], text: str) -> str:
    for rule in rules:
        text = rule.pattern.sub(rule.replacement, text)
    return text


@functools.lru_cache(maxsize=4096)
def _is_foreign(sign: str) -> bool:
    """Tell a letter of a script that English voices have no sounds for."""
    return sign.isalpha() and not unicodedata.name(sign, "").startswith(_SAYABLE_SCRIPTS)


_SAYABLE_SCRIPTS = ("LATIN", "GREEK", "MODIFIER LETTER", "FEMININE ORDINAL", "MASCULINE ORDINAL", "ALEF SYMBOL")


# ── LaTeX ───────────────────────────────────────────────────────────────────────────────────────────────

_GROUP = r"\{(?>(?:[^{}]|\{(?:[^{}]|\{[^{}]{0,200}\}){0,200}\}){0,400})\}"
_MACRO = rf"\\(?>[dt]?frac ?\d ?\d|[A-Za-z]+\*?(?: ?{_GROUP}){{0,4}}|[\"'`^~=.] ?(?:\\?[A-Za-z]|{_GROUP})|[%&#$_{{}}])"
_FORMULA_SIGNS = str.maketrans("/'~", "∕′∼")
_LONE_DASHES = ("-", "--", "---", "–", "—")
# Between two numbers a hyphen is a range, between two words it joins them.
_FORMULA_MINUS = re.compile(r"(?<![A-Za-z]{2})(?<!\d)-|-(?!\d|[A-Za-z]{2})")
_MATH = re.compile(
    r"\$(?P<sign>\\[A-Za-z]{1,20})\$|"
    r"\$\$(?P<display>[^$]{1,2000})\$\$"
    r"|(?<!\\)\$(?P<inline>[^\s$](?:[^$]{0,600}[^\s\\$])?)\$(?!\d)"
    r"|(?<!\\)\$(?P<loose> ?[^$\\^_]{0,80}[\\^_][^$]{0,600})\$(?!\d)"
    r"|\\\((?P<round>[^$]{1,600}?)\\\)|\\\[(?P<square>[^$]{1,2000}?)\\\]"
)


def _arguments(node: object, l2tobj: latex2text.LatexNodes2Text) -> str:
    """Say a macro nobody knows: its arguments, or else its name, as nothing may vanish."""
    arguments = getattr(getattr(node, "nodeargd", None), "argnlist", None) or ()
    words = "".join(l2tobj.nodelist_to_text([argument]) for argument in arguments if argument is not None)
    name = str(getattr(node, "macroname", "")).rstrip("*")
    return words or f"{name} "


@functools.cache
def _latex() -> latex2text.LatexNodes2Text:
    """Make the converter: LaTeX to the Unicode signs that the later rules know."""
    context = latex2text.get_default_latex_context_db()
    known = [latex2text.MacroTextSpec(name, "") for name in (*signs.SILENT_REFERENCES, *signs.SILENT_MACROS)]
    known += [latex2text.MacroTextSpec(name, _arguments) for name in ("texttt", "input", "include", "operatorname")]
    known += [latex2text.MacroTextSpec("widetilde", "%s\N{COMBINING TILDE}")]
    known += [latex2text.MacroTextSpec("footnote", " (%(2)s)"), latex2text.MacroTextSpec("url", _arguments)]
    context.add_context_category("spoken", macros=known, prepend=True)
    context.set_unknown_macro_spec(latex2text.MacroTextSpec("", _arguments))
    logging.getLogger("pylatexenc").addHandler(logging.NullHandler())  # a library is silent
    return latex2text.LatexNodes2Text(latex_context=context, math_mode="text", keep_comments=True)


@functools.lru_cache(maxsize=4096)
def _from_latex(source: str) -> str:
    """Read a piece of LaTeX; one that its library stumbles over keeps its words and loses its marks."""
    try:
        return str(_latex().latex_to_text(source, tolerant_parsing=True))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return re.sub(r"[\\{}]+", " ", source)


def _math(match: re.Match[str]) -> str:
    """Convert a formula and mark what only formulas know: minus signs, division, primes, the letter a."""
    source = next(part for part in match.groups() if part is not None)
    source = re.sub(r"(?<!\\)%", r"\\%", source).replace("\\|", "‖")
    signs = _from_latex(f"${source}$").translate(_FORMULA_SIGNS).strip()
    if signs in _LONE_DASHES:
        return " — "
    signs = _FORMULA_MINUS.sub("−", signs)
    return re.sub(r"(?<!\w)a(?!\w)", "A", signs)


# ── Replacements ────────────────────────────────────────────────────────────────────────────────────────


def _compatible(match: re.Match[str]) -> str:
    """Give a mathematical, full-width or joined letter its ordinary form."""
    return unicodedata.normalize("NFKC", match[0])


def _raised(match: re.Match[str]) -> str:
    return "^{" + unicodedata.normalize("NFKC", match[0]) + "}"


def _lowered(match: re.Match[str]) -> str:
    return "_" + unicodedata.normalize("NFKC", match[0])


def _unaccented(match: re.Match[str]) -> str:
    """Take the accents off letters that voices stumble over; those of Latin-1 they know."""
    plain = match[0].translate(signs.PLAIN_LETTERS)
    return "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))


def _address(match: re.Match[str]) -> str:
    """Say an address by its domain."""
    return f" {match['domain'].removeprefix('www.').replace('.', ' dot ')} "


def _mail(match: re.Match[str]) -> str:
    return match[0].replace(".", " dot ").replace("@", " at ")


def _abbreviated(match: re.Match[str]) -> str:
    """Say an abbreviation in full, beginning as it begins; at the end its full stop also ends the sentence."""
    words = signs.ABBREVIATIONS[match[1] if match[1] in signs.ABBREVIATIONS else match[1].lower()]
    start = words[0].upper() if match[1][0].isupper() else words[0]
    stop = "." if match[2] and not match.string[match.end() :].strip(" \"')”’") else ""
    return f"{start}{words[1:]}{stop}"


def _enumerated(match: re.Match[str]) -> str:
    """Say the mark of a listed item, 1) or (b) or (iv), with a pause behind it and one before it."""
    before = match.string[max(0, match.start() - 300) : match.start()]
    if match[0][0] != "(" and before.rfind("(") > before.rfind(")"):
        return match[0]  # the end of a remark in brackets
    mark = signs.ROMAN.get(match[1], match[1].upper())
    return f"{mark}," if signs.NO_PAUSE.search(before) else f", {mark},"


def _numbered(match: re.Match[str]) -> str:
    """Say what is numbered: Fig. 3, Eqs. 4 and 5."""
    word = signs.NUMBERED[match[1].lower()]
    word = signs.PLURALS.get(word, f"{word}s") if match[2] else word
    return f"{word.capitalize() if match[1][0].isupper() else word} "


def _greek(match: re.Match[str]) -> str:
    """Name a Greek letter by its Unicode name."""
    words = unicodedata.name(match[0], "").partition(" WITH ")[0].lower().replace("lamda", "lambda").split()
    before = match.string[max(0, match.start() - 1) : match.start()]
    after = match.string[match.end() : match.end() + 1]
    return " " * before.isalnum() + (words[-1] if words else "") + " " * after.isalnum()


def _power(match: re.Match[str]) -> str:
    """Say an exponent: squared, cubed, to the minus 4."""
    exponent = match[1]
    if exponent[0] in "{(" and exponent[-1] in "})":
        exponent = exponent[1:-1].strip()
    said = signs.POWERS.get(exponent) or "to the " + re.sub(r"^[-−]", "minus ", exponent)
    return f" {said} " if re.match(r"[\w(]", match.string[match.end() : match.end() + 1]) else f" {said}"


def _fraction(match: re.Match[str]) -> str:
    """Say 1/2 as one half, 4/5 as 4 fifths, 16/32 as 16 over 32, and 12/15 games as 12 out of 15."""
    over, under = int(match[1]), int(match[2])
    if match[3] and under >= signs.SMALLEST_TALLY:
        return f"{over} out of {under}{match[3]}"
    rest = match[3] or ""
    if not 0 < over < under < len(signs.FRACTIONS):
        return f"{over} over {under}{rest}"
    return f"one {signs.FRACTIONS[under]}{rest}" if over == 1 else f"{over} {signs.FRACTIONS[under]}s{rest}"


def _size(match: re.Match[str]) -> str:
    return f" {signs.SIZES[match[0]]}"


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


def _capitals(match: re.Match[str]) -> str:
    """Say a word in capitals as a word if it can be said as one."""
    word = match[1]
    sayable = word not in signs.SPELLED and signs.PRONOUNCEABLE.fullmatch(word)
    return f"{word.capitalize()}{match[2]}" if sayable else match[0]


def _remaining(match: re.Match[str]) -> str:
    """Give a sign that no rule took its word, silence, or (a rare sign of mathematics) its Unicode name."""
    sign, category = match[0], unicodedata.category(match[0])
    if sign in signs.SIGNS:
        return f" {signs.SIGNS[sign]} "
    if category in signs.SILENT_CATEGORIES:
        return " "
    return f" {unicodedata.name(sign).lower().replace('-', ' ')} " if category == "Sm" else sign


def _rules(*rules: tuple[str, str, str | Callable[[re.Match[str]], str]]) -> tuple[Rule, ...]:
    return tuple(Rule(name, re.compile(pattern), replacement) for name, pattern, replacement in rules)


# ── The rules, in order ─────────────────────────────────────────────────────────────────────────────────
# Every repeat is bounded or starts where a look-behind allows it once per run: that keeps a rule linear.

_NUMBER = r"\d++(?:,\d{3})*+(?:\.\d++)?+"
_EXPONENT = (
    r"\^ ?(\{[^{}]{1,80}\}|\([^()]{1,80}\)|[-−+]?\d{1,20}(?:\.\d{1,9})?(?:[/∕]\d{1,4})?"
    r"|[-−+]?[A-Za-z]{1,20}|[-−+]?[Α-Ωα-ω∞]|[*∗⊤∘†′+−-])"
)
_DOMAIN = r"(?P<domain>(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})"
_PATH = r"(?:/(?:[^\s<>\"\]]*[^\s<>\"\].,;:!?)'])?)?"
_TOP_LEVEL = r"(?:com|org|net|edu|gov|io|ai|co|dev|app|me|ly|us|uk|de|fr|eu|ch)"

_CHARACTERS = _rules(
    ("raised numbers that mark footnotes", signs.FOOTNOTE_MARK, ""),
    ("vulgar fraction behind a number", r"(?<=\d)(?=[¼-¾⅐-⅞])", " and "),
    ("vulgar fractions", r"[¼-¾⅐-⅞]", _compatible),
    ("fraction slash", "⁄", "/"),
    ("superscripts", "[²³¹⁰ⁱ⁴-ⁿᴬ-ᵪꟲ-ꟴ]{1,40}", _raised),
    ("subscripts", "[₀-₎ₐ-ₜⱼ]{1,40}", _lowered),
    ("letters with an ordinary form", "[ℂ℃℅-ℎℐ-ℒℕℙ-ℝℤΩ℩-ℴℹ-⅀ⅅ-ⅉⅠ-ⅿ\U0001d400-\U0001d7ff！-～ﬀ-ﬆϐ-ϖϰ-ϵµ]", _compatible),
    ("digits of other scripts", r"(?![0-9])\d", lambda m: str(unicodedata.digit(m[0]))),
    ("typographic apostrophes", "[‘’‚‛ʼ`´](?=\\w)|(?<=\\w)[‘’ʼ]", "'"),
    ("dashes of all kinds", "[‐‑‒﹣]", "-"),
    ("invisible characters", "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u20e3]", ""),
    ("white space", r"\s+", " "),
)

_MARKUP = _rules(
    ("pictures and links", r"!?\[([^\[\]]{1,500})\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,1000}\)", r"\1"),
    ("LaTeX links", rf"\\href ?{_GROUP} ?\{{([^{{}}]{{0,400}})\}}", r"\1"),
    ("LaTeX spaces", r"\\[ ,;:!/]|\\\\|\\(?=https?:)", " "),
    ("HTML tags", signs.HTML_TAG, " "),
    ("other tags are words", r"<(/?)([A-Za-z][\w-]{0,40})>", lambda m: f" {'end ' * bool(m[1])}{m[2]} "),
    ("non-breaking space of LaTeX", r"(?<=[A-Za-z.])~(?=[\w(\[\\])", " "),
    ("quotation marks of LaTeX", "``|''", ""),
    ("formulas", _MATH.pattern, _math),
    ("macros", _MACRO, lambda m: _from_latex(m[0])),
    ("interval", r"(range |interval |∈ ?)[\[(](?! )([^\[\](),]{1,20}), ?([^\[\](),]{1,20})[\])]", r"\1\2 to \3"),
    ("interval by its start", r"\[([-−]\d[\d.]{0,9}|0(?:\.\d{1,9})?), ?([\w.−+∞-]{1,12})[\])]", r"\1 to \2"),
    ("braces around an accent", r"(?<=[^\W\d_])\{([^\W\d_]{1,3})\}(?=[^\W\d_])", r"\1"),
    ("citations", f" ?{signs.CITATION}", ""),
    ("headings and quoted lines", r"^ ?(?:#{1,6}|>|[-*•]) ", ""),
    ("emphasis", r"(?<![\w*])(\*{1,3})(?![\s*])([^*]{1,500})(?<!\s)\1(?!\*)", r"\2"),
    ("struck out", "~~", ""),
)

_ADDRESSES = _rules(
    ("mail", r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}", _mail),
    ("web", rf"<?(?:https?|ftp)://{_DOMAIN}(?::\d{{1,5}})?{_PATH}>?", _address),
    ("web without https", rf"(?<![\w.@/-])(?=[\w.-]{{1,200}}\.{_TOP_LEVEL}(?![\w-])){_DOMAIN}{_PATH}(?![\w@])",
     _address),
    ("arXiv", r"\b[aA][rR][xX][iI][vV]: ?(\d{4})\.(\d{4,5})(?:v(\d{1,2}))?\b",
     lambda m: f"archive {m[1]} point {m[2]}" + f" version {m[3]}" * bool(m[3])),
)  # fmt: skip

_BEFORE_LEXICON = _CHARACTERS + _MARKUP + _CHARACTERS + _ADDRESSES

_WORDS = _rules(
    ("enumeration", r"(?<!\S)\(?(\d{1,2}|[A-Za-z]|[ivx]{1,4})\)(?= ?\S)", _enumerated),
    ("abbreviations", r"(?<![\w.])([eE]\.g|[iI]\.e|[wW]\.r\.t|[aA]\.k\.a|i\.i\.d|et al|etc|[vV]s)(?!\w)(\.?)",
     _abbreviated),
    ("abbreviations with their stop", r"(?<![\w.])([rR]esp|[aA]pprox|[cC]f|s\.t)(\.)", _abbreviated),
    ("abbreviations without stop", r"(?<![\w./])(wrt|aka|iid|IID|w/o|b/c|and/or|n/a|Q&A)(?!\w)()", _abbreviated),
    ("with", r"(?<![\w./])w/ ?(?=\w)", "with "),
    ("numbered things", rf"(?<![\w.])(?i:({'|'.join(signs.NUMBERED)})(s?)\. ?)(?=\(?[\dA-Z])", _numbered),
    ("sections", r"§{1,2} ?", "section "),
    ("version", r"(?<![\w.-])v\.? ?(?=\d)|-v(?=\d[\d.]{0,8}(?!\w))", " version "),
    ("plural in brackets", r"(?<=[a-z]{2})\(s\)", "s"),
    ("version behind a name", r"(?<=[A-Za-z]{2})(?<![cC]on)v(?=\d[\d.]{0,8}(?!\w))", " v"),
    ("names", r"(?<![\w.-])[A-Za-z][\w.]{0,60}(?:-[\w.]{1,60}){1,12}(?:/\d{2,5})?(?![\w-])",
     lambda m: _name(m) if any(map(str.isdigit, m[0])) else m[0]),
)  # fmt: skip

_MATHS = _rules(
    ("arrows in ASCII", r"<-+>", "↔"),
    ("to", r"(?<![-<])-{1,2}>|(?<!=)=>", "→"),
    ("from", r"<-{1,2}(?![-\d])", "←"),
    ("comparisons in ASCII", "<=", "≤"),
    ("at least", ">=", "≥"),
    ("much less", "<<", "≪"),
    ("much greater", ">>", "≫"),
    ("unequal", r"!=|\\neq?", "≠"),
    ("defined", ":=", "≔"),
    ("equal", "={2,3}", "="),
    ("plus or minus", r"\+/[-−]|\+-", "±"),
    ("sum", r"([∑∏])_([^\s^]{1,30})\^(\{[^{}]{1,30}\}|\w{1,9})",
     lambda m: f"the {'sum' if m[1] == '∑' else 'product'} from {m[2]} to {m[3].strip('{}')} of "),
    ("order", r"(?<![A-Za-z])([OΘΩÕΟ]|o(?=\([nNdTk1]))\((?=\S)((?:[^()]|\([^()]{0,80}\)){1,120})\)", r"\1 of \2"),
    ("conditional", r"(?<![A-Za-z])([A-Za-z])\(([^()|∣]{1,40}?) ?[|∣] ?([^()|∣]{1,40})\)", r"\1 of \2 given \3"),
    ("function", r"(?<![A-Za-z0-9-])([A-Za-z])\(((?:(?>[A-Za-z0-9Α-ω]{1,2})(?![A-Za-z])|[_^+−, ]){1,30}+)\)",
     r"\1 of \2"),
    ("norm", r"(?:‖|\|\|)([^|‖]{1,40})(?:‖|\|\|)", r"the norm of \1 "),
    ("absolute value", r"(?<![\w|])\|([^|\s](?:[^|]{0,40}[^|\s])?)\|(?![\w|])", r"the absolute value of \1 "),
    ("given", r"(?<=\w)[|∣](?=\w)", " given "),
    ("column", r" ?\|", ", "),
    ("degrees of temperature", r"° ?([CF])\b", lambda m: f" degrees {'Celsius' if m[1] == 'C' else 'Fahrenheit'}"),
    ("micro", r"(?<=\d) ?μ([smgl])(?!\w)",
     lambda m: " micro" + {"s": "seconds", "m": "meters", "g": "grams", "l": "liters"}[m[1]]),
    ("letters with names", "[ℓℵℏ]", lambda m: signs.SIGNS[m[0]]),
    ("power", _EXPONENT, _power),
    ("Greek", "[Ͱ-Ͽἀ-῿]", _greek),
    ("scientific", r"(?<![\w.])(\d{1,9}(?:\.\d{1,9})?)[eE]([-−+]?)(\d{1,3})(?!\w)",
     lambda m: f"{m[1]} e {'minus ' if m[2] in {'-', '−'} else ''}{m[3]}"),
    ("times ten", r"(?<=\d) ?[x×·⋅∙] ?(?=10 to the|10 squared|10 cubed)", " times "),
    ("by", r"(?<=[A-Za-z0-9]) ?× ?(?=\d|[A-Za-z](?![A-Za-z]))|(?<=\d)[xX](?=\d)|(?<=\d) x (?=\d)", " by "),
    ("times", r"(?<=\d) ?×|(?<=\d)[xX](?![A-Za-z0-9])", " times"),
    ("product", r"(?<=\d) ?[⋅∙·] ?(?=\d)|(?<=\b[A-Za-z0-9]) ?[⋅∙·] ?(?=\w\b)|(?<=[\w)]) \* (?=[\w(])|(?<=\d)\*(?=\d)",
     " times "),
    ("middle dot in a name", r"(?<=[^\W\d_])·(?=[^\W\d_])", "-"),
    ("star of a letter", r"(?<![A-Za-z])([A-Z])\*(?!\w)", r"\1 star"),
    ("approximately", r"(?<=(?<![A-Za-z])[A-Za-z)]) ?[~∼] ?(?=\d)", " is approximately "),
    ("about", r"(?<!(?<![A-Za-z])[A-Za-z)] )(?<![\w)])[~∼≈≃≅] ?(?=[$.]?\d)", "about "),
    ("follows", r"(?<=[\w)]) [~∼] (?=[A-Za-z])|(?<=\w)∼(?=\w)", " follows "),
    ("at most before a number", r"(?<![^\s(,;])[≤⩽](?=[$.]?\d)", "at most "),
    ("at least before a number", r"(?<![^\s(,;])[≥⩾](?=[$.]?\d)", "at least "),
    ("less than a number", r"(?<![^\s(,;])<(?=[$.]?\d)", "less than "),
    ("more than a number", r"(?<![^\s(,;])>(?=[$.]?\d)", "more than "),
)  # fmt: skip

_NUMBERS = _rules(
    ("percent", r"(?<=\d) ?%", " percent"),
    ("percent of both ends", r"(?<=\d) percent ?([-–]) ?(?=\d)", r"\1"),
    ("dashes of compounds", r"(?<=[^\W\d_])–(?=[^\W_])", "-"),
    ("range of sizes", r"(?<=\d)([BMTKk]?) ?[-–] ?(?=\d[\d.]{0,9}[BMTKk](?![A-Za-z0-9]))", r"\1 to "),
    ("thousands of money", r"(?<=[$€£])(\d[\d.,]{0,15})[Kk](?![A-Za-z0-9])", r"\1 thousand"),
    ("sizes", r"(?<=\d)[BMKTk](?![A-Za-z0-9])|(?<=\d)b(?= |[.,;:)!?-]|$)", _size),
    ("minor version letters", r"(?<=[A-Za-z] )(\d)([oOV])(?![A-Za-z0-9])", lambda m: f"{m[1]} {m[2].upper()}"),
    ("ratio", r"(?<=\d):(?=\d(?!\d))", " to "),
    ("range", rf"(?<![\w.,$€£-])([$€£]?{_NUMBER})(?: [–-] |[–-])(?=[$€£]?\d)(?!\d[\d.,]*[-–]\d)", r"\1 to "),
    ("minus", r"(?<![\w)\].-])[-−](?=\.?\d)", " minus "),
    ("subtraction", r"(?<=(?<![\w-])\w) - (?=\w(?![\w-]))", " minus "),
    ("plus behind a number", r"(?<=\d)\+(?!\w)", " plus"),
    ("file or version", r"(?<![\w.])[A-Za-z]{1,40}(?:\.\d{1,6}){1,6}(?![\w])", lambda m: m[0].replace(".", " dot ")),
    ("version of three", r"(?<![\w.])\d{1,6}(?:\.\d{1,6}){2,6}(?!\w)", lambda m: m[0].replace(".", " dot ")),
    ("file endings", r"(?<=[A-Za-z0-9]{2})\.(?=[a-z]{2,9}(?![A-Za-z]))", " dot "),
    ("names that end in a number", r"(?<![A-Za-z\d])([A-Za-z]{2,40}+)(?<!to)(\d++(?:\.\d++)*+)(?![A-Za-z])", r"\1 \2"),
    ("decimals before a hyphen", r"(?<=\.\d)-(?=[A-Za-z])|(?<=\.\d\d)-(?=[A-Za-z])", " "),
    ("out of or fraction", r"(?<![\w./∕])(\d{1,6}) ?[/∕] ?(\d{1,6})(?![\w/∕]|\.\d)( [a-z]{2,30}+(?<=[a-rt-z]s))?",
     _fraction),
    ("per second", r"(?<=[A-Za-z])/(?:s|sec)(?!\w)", " per second"),
    ("per", r"(?<=\d)/(?=[a-z]{2})", " per "),
    ("over", r"(?<=\d)/(?=[A-Za-z](?![A-Za-z]))", " over "),
    ("letters apart", r"(?<=\b[A-Z])/(?=[A-Z0-9]\b)|(?<=-[A-Z])/(?=\d)", " "),
    ("hash before a number", r"#(?=\d)", "number "),
    ("hashtag", r"(?<!\w)#(?=[A-Za-z])", "hashtag "),
)  # fmt: skip

_PUNCTUATION = _rules(
    ("dash of LaTeX in a name", r"(?<=[^\W_])--(?=[A-Z])", "-"),
    ("dashes", r"(?: |(?<=\w))(?:—|–|--{1,2})(?: |(?=\w))|(?<=\S) [-–—] (?=\S)", " — "),
    ("dash left over", "[–―]|-{2,}", "—"),
    ("quoting apostrophes", r"(?<![^\W_])'|'(?![^\W_])", ""),
    ("words in capitals", r"(?<![^\W_])([A-Z]{5,20})(s?)(?![^\W\d_])", _capitals),
    ("letters no voice knows", "[Ā-ɏḀ-ỿ]", _unaccented),
    ("every other sign", r"[^\w\s.,;:!?()'—…$€£¥-]|_", _remaining),
    ("a hyphen alone", r"(?<!\S)-(?=\s|$)|(?<!\w)-(?=\w)|(?<=\w)-(?!\w)", " "),
    ("empty brackets", r"\( ?\)", " "),
    ("white space", r"\s+", " "),
    ("space before a mark", r" (?=[,.;:!?)](?!\d))", ""),
    ("space after a bracket", r"(?<=\() ", ""),
    ("pause twice", r",(?: ?,)++", ","),
    ("pause before a stop", r"[,.](?=[;:])|,(?=[.!?])", ""),
    ("pause between letters", r",(?=[^\W\d_])", ", "),
    ("mark at the start", r"^[,;:.)—\s]+", ""),
)

_AFTER_LEXICON = _WORDS + _MATHS + _NUMBERS + _PUNCTUATION
