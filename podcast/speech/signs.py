"""What signs and short forms are called, and which of them are silent: the data of text.py."""

from __future__ import annotations

import re

# ── What is silent ──────────────────────────────────────────────────────────────────────────────────────

# By Unicode category, unless "Words for signs" has a word: pictures such as emoji and dingbats (So), accents that
# stand alone (Sk, Mn, Me), what is invisible or no character (C*), and punctuation beside the ordinary marks (P*):
# quotation marks, square and curly brackets, asterisks, footnote daggers. Round brackets stay, as they pause.
SILENT_CATEGORIES = frozenset(
    {"So", "Sk", "Mn", "Me", "Cf", "Cc", "Co", "Cn", "Cs", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps"}
)
# LaTeX that shapes the page.
SILENT_MACROS = (
    "left", "right", "middle", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg", "Bigg", "bf", "it", "em", "rm",
    "sf", "tt", "sc", "displaystyle", "textstyle", "limits", "nolimits", "quad", "qquad", "centering", "noindent",
    "xspace", "par", "small", "large", "nonumber", "notag",
)  # fmt: skip
# LaTeX that only points into a bibliography or to another place.
SILENT_REFERENCES = (
    "cite", "citep", "citet", "citealp", "parencite", "autocite", "ref", "eqref", "label", "footnotemark",
)  # fmt: skip
# [12], [3, 5-7], [^1], [@smith2020], unless the sentence leans on it (as in [4]). A list
# that begins with 0 or has a sign is an interval, not a citation.
_CITED = r"\[(?:[1-9]\d{0,2}(?: ?[,;–-] ?[1-9]\d{0,2}){0,30}|\^\w{1,30}|@[\w:.-]{1,60})\]"
CITATION = rf"{_CITED}(?:(?:, ?|;? |,? and | ?[-–] ?){_CITED}){{0,20}}"
# A raised number behind a whole word or a full stop; units and functions do have powers.
_RAISED = "[¹²³⁰⁴-⁹]"
FOOTNOTE_MARK = (
    r"(?:(?<=[A-Za-z][a-z]{2})(?<!log)(?<!sin)(?<!cos)(?<!tan)|(?<=[a-z)][.,;:!?]))"
    rf"{_RAISED}{{1,4}}(?:,{_RAISED}{{1,3}}){{0,6}}(?!\w)"
)
# What a page of HTML does not show.
HTML_COMMENT = "<!--[^<>]{0,500}-->"
_TAGS = (
    "a|b|i|u|em|strong|sub|sup|br|p|div|span|code|li|ul|ol|h[1-6]|small|img|table|tr|td|th|thead|tbody|details|summary"
    "|pre|blockquote|hr|figure|figcaption|font|center|del|kbd|mark|picture|iframe|dl|dt|dd"
)
HTML_TAG = rf"</?(?:{_TAGS})(?: [^<>]{{0,300}})?/?>"


# ── Words for signs ─────────────────────────────────────────────────────────────────────────────────────

SIGNS = {
    "±": "plus or minus", "∓": "minus or plus", "×": "times", "÷": "divided by", "−": "minus", "+": "plus",
    "=": "equals", "≠": "is not equal to", "≡": "is equivalent to", "≜": "is defined as", "≔": "is defined as",
    "<": "less than", ">": "greater than", "≤": "less than or equal to", "≥": "greater than or equal to",
    "⩽": "less than or equal to", "⩾": "greater than or equal to", "≲": "less than about", "≳": "greater than about",
    "≪": "much less than", "≫": "much greater than", "≈": "is approximately", "≃": "is approximately",
    "≅": "is approximately", "∼": "follows", "~": "tilde", "∝": "proportional to",
    "∈": "in", "∉": "not in", "∋": "contains", "⊂": "a subset of", "⊆": "a subset of", "⊃": "a superset of",
    "⊇": "a superset of", "∪": "union", "∩": "intersected with", "∅": "the empty set", "∖": "without",
    "∀": "for all", "∃": "there exists", "∧": "and", "∨": "or", "¬": "not", "⊢": "entails", "⊨": "models",
    "→": "to", "⟶": "to", "↦": "to", "⟼": "to", "➜": "to", "➔": "to", "⇒": "implies", "⟹": "implies",
    "⇔": "if and only if", "⟺": "if and only if", "←": "from", "⟵": "from", "⇐": "is implied by",
    "↔": "to and from", "⟷": "to and from", "↑": "up", "↓": "down", "⇑": "up", "⇓": "down",
    "∞": "infinity", "∑": "the sum of", "∏": "the product of", "∫": "the integral of", "√": "the square root of",
    "∂": "partial", "∇": "nabla", "⊗": "tensor", "⊕": "direct sum", "⊙": "element-wise times", "∘": "composed with",
    "⊤": "top", "⊥": "perpendicular to", "∣": "given", "∥": "parallel to", "′": "prime", "″": "double prime",
    "°": "degrees",
    "ℓ": "L", "ℵ": "aleph", "ℏ": "h bar", "‰": "per thousand", "%": "percent", "§": "section", "№": "number",
    "&": "and", "@": "at", "#": "number", "©": "copyright", "∕": "over", "/": "slash", "_": " ",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "hat", "\N{COMBINING MACRON}": "bar", "\N{COMBINING OVERLINE}": "bar",
    "\N{COMBINING TILDE}": "tilde", "\N{COMBINING DOT ABOVE}": "dot", "\N{COMBINING RIGHT ARROW ABOVE}": "vector",
}  # fmt: skip
ABBREVIATIONS = {
    "e.g": "for example,", "i.e": "that is,", "w.r.t": "with respect to", "wrt": "with respect to", "cf": "compare",
    "a.k.a": "also known as", "aka": "also known as", "s.t": "such that", "i.i.d": "I I D", "iid": "I I D",
    "et al": "and others", "etc": "et cetera", "vs": "versus", "resp": "respectively", "approx": "approximately",
    "w/o": "without", "b/c": "because", "and/or": "and or", "n/a": "not applicable", "either/or": "either or",
    "viz": "namely", "Q&A": "Q and A", "c.f": "compare", "eg": "for example,", "ie": "that is,", "incl": "including",
    "excl": "excluding", "avg": "average", "std. dev": "standard deviation", "st. dev": "standard deviation",
    "tl;dr": "T L D R", "s/he": "she or he", "iff": "if and only if",
    "w.h.p": "with high probability", "w.p": "with probability", "a.s": "almost surely", "r.v": "random variable",
}  # fmt: skip
DOTTED = r"[eE]\.g|[iI]\.e|[cC]\.f|[wW]\.r\.t|[wW]\.h\.p|w\.p|a\.s|r\.v|[aA]\.k\.a|i\.i\.d|et al|etc|[vV]s"
WITHOUT_STOP = r"wrt|aka|TL;DR|tl;dr|s/he|iid|IID|w/o|b/c|and/or|either/or|[nN]/[aA]|Q&A|iff"
WITH_STOP = r"[rR]esp|[aA]pprox|[cC]f|s\.t|[vV]iz|[eE]g|[iI]e|[iI]ncl|[eE]xcl|[aA]vg|[sS]td?\. dev"
NUMBERED = {
    "fig": "figure", "eq": "equation", "eqn": "equation", "sec": "section", "tab": "table", "thm": "theorem",
    "alg": "algorithm", "app": "appendix", "ch": "chapter", "def": "definition", "prop": "proposition",
    "lem": "lemma", "ref": "reference", "vol": "volume", "sect": "section", "chap": "chapter",
    "cor": "corollary", "appx": "appendix", "ver": "version", "suppl": "supplementary", "rem": "remark",
    "ex": "example",
}  # fmt: skip
PAGES = {"p": "page", "pp": "pages"}
PLURALS = {"appendix": "appendices", "foot": "feet", "corollary": "corollaries"}
SHORT = r"Figs?|Eqn?s?|Secs?|Refs?|Tabs?|Algs?|Thms?"  # without a stop too, before a number
COUNTED = ("figure", "table", "equation", "section", "theorem", "lemma", "algorithm", "step", "panel")
ROMAN_BEHIND = (
    "Part", "World War", "Types?", "Tables?", "Phases?", "Stages?", "Chapter", "Section", "Class", "Level", "Grade",
    "Tier", "Book", "Volume", "Act", "Theorem", "Lemma", "Appendix", "type", "phase", "stage", "class",
)  # fmt: skip
UNITS = {
    "ns": "nanosecond", "μs": "microsecond", "us": "microsecond", "ms": "millisecond", "s": "second", "sec": "second",
    "min": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "KB": "kilobyte", "kB": "kilobyte", "MB": "megabyte",
    "GB": "gigabyte", "TB": "terabyte", "PB": "petabyte", "KiB": "kibibyte", "MiB": "mebibyte", "GiB": "gibibyte",
    "TiB": "tebibyte", "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz", "THz": "terahertz",
    "nm": "nanometer", "μm": "micrometer", "mm": "millimeter", "cm": "centimeter", "m": "meter", "km": "kilometer",
    "μg": "microgram", "mg": "milligram", "g": "gram", "kg": "kilogram", "mL": "milliliter", "μl": "microliter",
    "W": "watt", "mW": "milliwatt", "kW": "kilowatt", "MW": "megawatt", "GW": "gigawatt", "Wh": "watt hour",
    "kWh": "kilowatt hour", "MWh": "megawatt hour", "V": "volt", "mV": "millivolt", "dB": "decibel",
    "eV": "electron volt", "keV": "kiloelectron volt", "MeV": "megaelectron volt", "px": "pixel", "tok": "token",
    "lb": "pound", "lbs": "pound", "ft": "foot", "req": "request", "pt": "point", "pts": "point",
    "pp": "percentage point",
    "kbps": "kilobit per second",
    "Mbps": "megabit per second", "Gbps": "gigabit per second",
}  # fmt: skip
PLURALS |= {unit: unit.replace("bit ", "bits ") for unit in UNITS.values() if "bit " in unit}
NEVER_CLOSE = frozenset({"s", "m", "g", "V", "us", "sec", "lb", "ft"})  # 10s are tens, 5m may be millions
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
THINGS = (
    "tokens?|step|image|sample|second|minute|hour|day|week|month|year|user|request|query|frame|GPU|epoch"  # per token
)
SHORT_TIMES = {"sec": "second", "min": "minute", "hr": "hour", "mo": "month", "yr": "year", "byte": "byte"}
PERSONS = "[hH]e|[sS]he|[tT]hey|[hH]is|[hH]er|[tT]heir|[hH]im|[tT]hem|[hH]ers|[tT]heirs"  # he/she is he or she
MACHINES = r"NVIDIA|AMD|RTX|GTX|TPUs?"
SHARP = r"P|W|SAT|CSP|BIS|NP|CLIQUE"  # #P is sharp P
SCANNER = re.compile(r"\b(?:f?MRIs?|MR|dMRI|MRS|scanners?|magnets?|magnetic|field strengths?)\b")
FIELDS = frozenset({"0.5", "0.55", "1", "1.5", "3", "4.7", "5", "7", "9.4", "10.5", "11.7"})
COUNTED_THING = re.compile(r"[ -](?:tokens?|parameters?|words?|weights?|of)\b")
WORD_BEFORE = re.compile(r"[^\W\d_] $")
LEANING = re.compile(r"\b(?i:in|of|by|from|see|than|with|to|and|both|like|per|following|using|also|on)")
LEANS = re.compile(rf"(?:{LEANING.pattern}|:) ?$")
OWNED = re.compile(r"\b(?:an?|the|her|his|my|our|your|their|this|that|one) $")
BEFORE_LIST = re.compile(
    r"(?:\b(?i:lists?|arrays?|vectors?|matrix|tuples?|inputs?|outputs?|ind(?:ex|ices)|labels?|values?|sizes?|sets?|shapes?"
    r"|gives?|returns?|sorting|take|in \{?[a-z] ?∈?|[a-z] (?:in|∈|=)):?|\w\() ?$"
)
CITES = ("cite", "citep", "citet", "citealp", "parencite", "autocite")
PAIRS = frozenset({"0/1", "24/7", "50/50", "9/11", "80/20", "60/40", "70/30", "90/10"})  # 24/7 is no fraction
MOST_PARTS = 20
FRACTIONS = ("", "", "half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
SMALLEST_TALLY = 5  # 3/5 games are 3 out of 5, 1/2 hours are one half
SIZES = {"B": "billion", "b": "billion", "M": "million", "T": "trillion", "K": "K", "k": "K"}
MANY = {"K": "thousand", "M": "million", "B": "billion"}
POWERS = {"⁻¹": "inverse",
          "2": "squared", "3": "cubed", "T": "transpose", "⊤": "transpose", "top": "transpose", "∘": "degrees",
          "⊥": "perp",
          "*": "star", "∗": "star", "†": "dagger", "star": "star",
           "times": "star", "prime": "prime", "′": "prime", "+": "plus", "−": "minus", "-": "minus"}  # fmt: skip
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
NO_PAUSE = re.compile(r"(?:^|[^\w) ]|\b(?:and|or|by|are|is|in|of|to|see)) ?$")
# Letters that decompose into nothing but themselves; all other accents outside Latin-1 are simply taken off.
PLAIN_LETTERS = str.maketrans("łŁđĐħĦıŋŦŧ", "lLdDhHinTt")

# Acronyms of five letters and more that look like words but are spelled out.
SPELLED = frozenset({"USMLE", "AUPRC", "IUPAC", "UCIML"})
ONSET = "(?:[BCFGP][LR]|[DTV]R|[SCTPWGR]H|S[CKLMNPQRTW]|[STD]W|K[NRL]|QU|S[CPT]R|SPL|S?CHR?|[SP]HR|THR|PS|WR|[^AEIOUY])"
CODA = "(?:[LNRS]T|[NLR]D|NG|[CLNRS]K|[CFPX]T|LL|SS|FF|TT|ZZ|[LR]M|RN|MP|[SL]P|SM|[CSTPG]H|[^AEIOUYS]S|[^AEIOUY])"
PRONOUNCEABLE = re.compile(rf"(?!.*[^AEIOUY]{{4}})(?!.*Q(?!U)){ONSET}?[AEIOUY](?:.*[AEIOUY])?{CODA}?")


# ── Formulas in LaTeX ───────────────────────────────────────────────────────────────────────────────────

# Silent with what they are given: lengths, colours and labels.
SILENT_WITH_ARGUMENT = frozenset(
    {"hspace", "vspace", "color", "textcolor", "label", "tag", "begin", "end", "phantom", "vphantom"}
)
LATEX_SPACES = frozenset({",", ";", ":", "!", " ", ">", "quad", "qquad", "{", "}", "lbrace", "rbrace"})
TEXT_MACROS = frozenset(
    {"text", "textrm", "textit", "textbf", "texttt", "textsc", "textsf", "mbox", "mathrm", "mathtt", "mathsf", "emph",
     "operatorname", "mathit", "mathop"}
)  # fmt: skip
FONT_MACROS = frozenset(
    {"mathbb", "mathcal", "mathbf", "mathscr", "mathfrak", "boldsymbol", "bm", "mathds", "pmb", "underline",
     "underbrace", "overbrace", "boxed", "mathbin", "mathrel", "substack"}
)  # fmt: skip
ACCENT_MACROS = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "bar", "overline": "bar",
    "vec": "vector", "dot": "dot", "ddot": "double dot", "check": "check", "breve": "breve",
}  # fmt: skip
FUNCTIONS = {
    "log": "log", "ln": "the natural log", "exp": "exp", "sin": "sine", "cos": "cosine", "tan": "tangent",
    "tanh": "tanch", "sinh": "sinch", "cosh": "cosh", "det": "the determinant", "dim": "the dimension",
    "ker": "the kernel", "tr": "the trace", "Tr": "the trace", "rank": "the rank", "gcd": "the greatest common divisor",
    "Pr": "the probability", "Var": "the variance", "deg": "the degree", "arg": "arg", "nabla": "the gradient of",
}  # fmt: skip
WITH_LIMITS = {
    "sum": "the sum", "∑": "the sum", "prod": "the product", "∏": "the product", "int": "the integral",
    "∫": "the integral", "iint": "the double integral", "oint": "the contour integral", "bigcup": "the union",
    "bigcap": "the intersection", "bigoplus": "the direct sum", "lim": "the limit", "limsup": "the upper limit",
    "liminf": "the lower limit", "max": "the max", "min": "the min", "sup": "the supremum", "inf": "the infimum",
    "argmax": "the arg max", "argmin": "the arg min", "E": "the expectation", "nabla": "the gradient",
    "∇": "the gradient",
}  # fmt: skip
OVER = {"the gradient": "with respect to"}
FORMULA_MACROS = {
    "colon": ": ", "ldots": " … ", "dots": " … ", "cdots": " … ", "vdots": " … ", "ddots": " … ", "\\": ", ",
    "%": "%", "‖": " from ", "&": " & ", "$": " dollar ", "#": "#", "_": "_", "mid": " given ",
    "vert": " given ", "|": " from ",
    "implies": " ⇒ ", "iff": " ⇔ ", "to": " → ", "gets": " ← ", "prime": " prime ", "times": " × ", "star": " star ",
    "ast": " star ", "ell": "ℓ", "lVert": " ", "rVert": " ", "Vert": " from ", "lvert": " ", "rvert": " ",
    "xrightarrow": " → ", "xleftarrow": " ← ", "coloneqq": " ≔ ",
}  # fmt: skip
ROUNDED = {
    "lfloor": (r"\rfloor", "the floor of"), "lceil": (r"\rceil", "the ceiling of"),
    "langle": (r"\rangle", "the inner product of"),
}  # fmt: skip
NORM_NAMES = {"F": "Frobenius", "∞": "infinity", "*": "nuclear"}
KINDS_OF_NORM = {"ℓ": frozenset("0123pq∞"), "L": frozenset("pq∞")}  # ℓ^p is L p
LIMIT_NAMES = frozenset({"max", "min", "sup", "inf", "lim"})
BOUNDS = {
    "<": "less than", ">": "more than", "lt": "less than", "gt": "more than", "le": "at most", "leq": "at most",
    "leqslant": "at most", "≤": "at most", "ge": "at least", "geq": "at least", "geqslant": "at least", "≥": "at least",
}  # fmt: skip
RELATIONS_AT_START = frozenset({"sim", "approx", "simeq"})
IN_FORMULAS = {
    "‖": " from ",
    "||": " from ",
    "|": " given ",
    "/": "∕",
    "~": " ",
    "&": " ",
    ",": ", ",
    "*": " times ",
    "=": " = ",
    "-": " − ",
    ":": ": ",
    ":=": " ≔ ",
    "+": " + ",
    "<": " < ",
    ">": " > ",
}
PRIMES = {1: " prime ", 2: " double prime ", 3: " triple prime "}
PRIME_POWERS = {"− 1": "minus 1"}
ROOTS = {"": "square", "2": "square", "3": "cube", "4": "fourth"}
# Letters that multiply a bracket with a sum in it; others are functions of it.
PLAIN_FUNCTIONS = (
    "exp", "log", "ln", "sin", "cos", "tan", "tanh", "max", "min", "softmax", "sigmoid", "ReLU", "GELU", "Var", "Cov",
    "Pr", "poly", "polylog", "det", "rank", "argmax", "argmin", "KL", "MI",
)  # fmt: skip
FACTORS = frozenset("Abcdeijklmnrstwxyz")
# Behind these a bracket begins something new.
FORMULA_WORDS = frozenset(
    {"of", "over", "to", "times", "given", "about", "choose", "equals", "and", "in", "root", "mod"}
)
