"""Signs of mathematics in running text."""

from __future__ import annotations

import re
import unicodedata

from podcast.speech import signs
from podcast.speech.written.rule import BEYOND_ASCII, DIGIT, rules


def _greek(match: re.Match[str]) -> str:
    """Name a Greek letter by its Unicode name."""
    words = unicodedata.name(match[0], "").partition(" WITH ")[0].lower().replace("lamda", "lambda").split()
    before = match.string[max(0, match.start() - 1) : match.start()]
    after = match.string[match.end() : match.end() + 1]
    return " " * before.isalnum() + (words[-1] if words else "") + " " * after.isalnum()


def _function(match: re.Match[str]) -> str:
    """Say a function that has a name."""
    return f"{signs.FUNCTIONS.get(match[1], match[1])} of {match[2]}"


def _norm(match: re.Match[str]) -> str:
    kind = f"{signs.NORM_NAMES.get(match[2], match[2])} " if match[2] else ""
    return f" the {kind}norm of {match[1]} "


def _primed(match: re.Match[str]) -> str:
    """Say x' as x prime, unless the apostrophe closes a quotation."""
    before = match.string[max(0, match.start() - 80) : match.start()]
    return match[0] if _OPENED.search(before) else f"{match[1]}{signs.PRIMES[len(match[2])].rstrip()}"


def _charge(exponent: str) -> str:
    """Say the charge of an ion: 2 plus."""
    named = {"+": "plus", "-": "minus", "−": "minus"}
    return f"{exponent[:-1]} {named[exponent[-1]]}" if re.fullmatch(r"\d[+−-]", exponent) else ""


def _power(match: re.Match[str]) -> str:
    """Say an exponent: squared, cubed, to the minus 4."""
    exponent = match[1]
    if exponent[0] in "{(" and exponent[-1] in "})":
        exponent = exponent[1:-1].strip()
    base = match.string[max(0, match.start() - 2) : match.start()]
    if re.fullmatch("[-−]1", exponent) and re.fullmatch(r"(?:^|\W)?[A-Z]", base):
        exponent = "⁻¹"
    said = signs.POWERS.get(exponent) or _charge(exponent) or "to the " + re.sub(r"^[-−]", "minus ", exponent)
    return f" {said} " if re.match(r"[\w(]", match.string[match.end() : match.end() + 1]) else f" {said}"


_OPENED = re.compile(r"(?<!\w)'\w")
_EXPONENT = (
    r"\^ ?(\{[^{}]{1,80}\}|\([^()]{1,80}\)|[-−+]?\d++(?:\.\d{1,9})?(?:[/∕]\d{1,4})?"
    r"|[-−+]?[A-Za-z]++|[-−+]?[Α-Ωα-ω∞]|[*∗⊤∘†′+−-])"
)

MATHS = rules(
    ("power in code", r"(?<=[\w)])\*\*(?=\w)", "^", "*"),
    ("many of a machine",
     rf"(?<![\w.])(\d{{1,4}}) ?[×x] ?(?=[A-Z]{{1,3}}\d{{2,4}}s?(?!\w)|[A-Z]PU|(?:{signs.MACHINES})\b)",
     r"\1 ", DIGIT),
    ("range of factors", r"(?<=\d)[x×] ?[-–] ?(?=\d[\d.]{0,5}[x×](?!\w))", "-", DIGIT),
    ("arrows in ASCII", r"<-+>", "↔", "<"),
    ("to", r"(?<![-<])-{1,2}>|(?<!=)=>", "→", "=>"),
    ("from", r"<-{1,2}(?![-\d])", "←", "<"),
    ("comparisons in ASCII", "<=", "≤", "<"),
    ("at least", ">=", "≥", ">"),
    ("much less", "<<", "≪", "<"),
    ("much greater", ">>", "≫", ">"),
    ("unequal", r"!=|\\neq?", "≠", "=\\"),
    ("defined", ":=", "≔", "="),
    ("equal", "={2,3}", "=", "="),
    ("plus or minus", r"\+/[-−]|\+-", "±", "+"),
    ("range of powers", r"(\^\{?[-−+]?\d{1,3}\}?)[-–](?=\d{1,4}\^)", r"\1 to ", "^"),
    ("divided by a sign", r"/(?=[Α-ω√∂ℓ])", "∕", BEYOND_ASCII),
    ("from set to set", r"(?<!\w)([A-Za-z]):(?=\S{1,20} ?[→↦])", r"\1: ", BEYOND_ASCII),
    ("divergence", r"(?<![A-Za-z])([A-Z]{1,4})\(([^()|]{1,30}) ?(?:\|\||‖|∥) ?([^()|]{1,30})\)",
     r"\1 of \2 from \3", BEYOND_ASCII + "|"),
    ("named function",
     rf"(?<!\w)({'|'.join(signs.PLAIN_FUNCTIONS)}|[a-z]'{{1,2}})\(((?:[^()]|\([^()]{{0,40}}\)){{1,60}})\)",
     _function, "("),
    ("expectation", r"(?<![A-Za-z])(E|P|Pr|Var)\[([^\[\]]{1,60})\]", r"\1 of \2", "["),
    ("group", r"(?<![A-Za-z])([A-Z]{2,3})\((\d|n)\)", r"\1 \2", "("),
    ("quotient of differentials", r"(?<!\w)d([a-zA-Z]?)/d([a-z])(?!\w)", r"d \1 over d \2", "/"),
    ("sum over", r"([∑∏ΣΠ])_(\{[^{}]{1,30}\}|\w)(?!\^)",
     lambda m: f" the {'sum' if m[1] in '∑Σ' else 'product'} over {m[2].strip('{}')} of ", BEYOND_ASCII),
    ("sum", r"([∑∏ΣΠ])_([^\s^]{1,30})\^(\{[^{}]{1,30}\}|\w{1,9})",
     lambda m: f"the {'sum' if m[1] in '∑Σ' else 'product'} from {m[2]} to {m[3].strip('{}')} of ", BEYOND_ASCII),
    ("order", r"(?<![A-Za-z])(O\u0303?|[ΘΩΟ]|o(?=\([nNdTk1]))\((?=\S)((?:[^()]|\([^()]{0,80}\)){1,120})\)",
     r"\1 of \2", "("),
    ("conditional", r"(?<![A-Za-z])([A-Za-z])\(([^()|∣]{1,40}?) ?[|∣] ?([^()|∣]{1,40})\)",
     r"\1 of \2 given \3", BEYOND_ASCII + "|"),
    ("function", r"(?<![A-Za-z0-9-])([A-Za-z])\(((?:(?>[A-Za-z0-9Α-ω]{1,2})(?![A-Za-z])|[_^+−∪∩, ]){1,30}+)\)",
     r"\1 of \2", "("),
    ("norm", r"(?:[‖∥]|\|\|)(?! )([^|‖∥]{1,40})(?<! )(?:[‖∥]|\|\|)(?:_\{?(\w{1,3}|∞|\*)\}?)?",
     _norm, BEYOND_ASCII + "|"),
    ("gradient by something", r"∇_(?:\{([^{}]{1,20})\}|(\w))",
     lambda m: f" the gradient with respect to {m[1] or m[2]} of ", BEYOND_ASCII),
    ("gradient", r"∇(?=[A-Za-z(])", " the gradient of ", BEYOND_ASCII),
    ("derivative", r"(?<=∂\w)/(?=∂)", " over ", BEYOND_ASCII),
    ("primes of a letter", r"(?<![\w'])([A-Za-z])('{1,3})(?![\w'])", _primed, "'"),
    ("absolute value", r"(?<![\w|])\|([^|\s](?:[^|]{0,40}[^|\s])?)\|(?![\w|])", r"the absolute value of \1 ", "|"),
    ("given", r"(?<=\w)[|∣](?=\w)", " given ", BEYOND_ASCII + "|"),
    ("column", r" ?\|", ", ", "|"),
    ("degrees of temperature", r"(?:°| degrees) ?([CF])(?![\w-])",
     lambda m: f" degrees {'Celsius' if m[1] == 'C' else 'Fahrenheit'}"),
    ("letters with names", "[ℓℵℏ]", lambda m: signs.SIGNS[m[0]], BEYOND_ASCII),
    ("star of a Greek letter", r"(?<=[Α-ω])\*(?!\w)", " star", BEYOND_ASCII),
    ("stars of a hotel", r"(?<=\d)\*(?= [a-z])", " star", "*"),
    ("power", _EXPONENT, _power, "^"),
    ("Greek", "[Ͱ-Ͽἀ-῿]", _greek, BEYOND_ASCII),
    ("scientific", r"(?<![\w.])(\d{1,9}(?:\.\d{1,9})?)[eE]([-−+]?)(\d{1,3})(?!\w)",
     lambda m: f"{m[1]} e {'minus ' if m[2] in {'-', '−'} else ''}{int(m[3])}", DIGIT),
    ("times ten", r"(?<=\d) ?[x×·⋅∙] ?(?=10 to the|10 squared|10 cubed)", " times ", DIGIT),
    ("by", r"(?<=[A-Za-z0-9]) ?× ?(?=\d|[A-Za-z](?![A-Za-z]))|(?<=\d)[xX](?=\d)|(?<=\d) x (?=\d)",
     " by ", DIGIT + BEYOND_ASCII),
    ("times", r"(?<=\d) ?×|(?<=\d)times(?!\w)|(?<=\d)[xX](?![A-Za-z0-9^_]| [-=+−<>≤≥] [\w(]|[=+−][\w(])",
     " times", DIGIT + BEYOND_ASCII),
    ("product", r"(?<=\d) ?[⋅∙·] ?(?=\d)|(?<=\b[A-Za-z0-9]) ?[⋅∙·] ?(?=\w\b)|(?<=[\w)]) \* (?=[\w(])|(?<=\d)\*(?=\d)",
     " times ", BEYOND_ASCII + "*"),
    ("middle dot in a name", r"(?<=[^\W\d_])·(?=[^\W\d_])", "-", BEYOND_ASCII),
    ("star of a letter", r"(?<![A-Za-z])([A-Z])\*(?!\w)", r"\1 star", "*"),
    ("approximately", r"(?<=(?<![A-Za-z])[A-Za-z)]) ?[~∼] ?(?=\d)", " is approximately ", BEYOND_ASCII + "~"),
    ("about", r"(?<!(?<![A-Za-z])[A-Za-z)] )(?<![\w)])[~∼≈≃≅] ?(?=[$.]?\d)", "about ", BEYOND_ASCII + "~"),
    ("follows", r"(?<=[\w)]) [~∼] (?=[A-Za-z])|(?<=\w)∼(?=\w)", " follows ", BEYOND_ASCII + "~"),
    ("at most before a number", r"(?<=[a-z]{3} )[≤⩽] (?=\d)|(?<![^\s(,;])[≤⩽](?=[$.]?\d)", "at most ", BEYOND_ASCII),
    ("at least before a number", r"(?<=[a-z]{3} )[≥⩾] (?=\d)|(?<![^\s(,;])[≥⩾](?=[$.]?\d)", "at least ", BEYOND_ASCII),
    ("less than a number", r"(?<![^\s(,;])<(?=[$.]?\d)", "less than ", "<"),
    ("more than a number", r"(?<![^\s(,;])>(?=[$.]?\d)", "more than ", ">"),
)  # fmt: skip
