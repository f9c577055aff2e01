r"""A LaTeX formula as people read it aloud: structure becomes words, symbols become the signs that later rules name.

    \frac{a}{b+1}       "a over b plus 1"
    \sum_{i=1}^n x_i    "the sum from i equals 1 to n of x i"
    \|x\|_2^2           "the 2 norm of x squared"
    f(x), 2(x+1)        "f of x", "2 times (x plus 1)"

A formula is read from left to right in one pass; what is broken in it (braces that never close, arguments that never
come) ends where the formula ends, and every word and symbol of it is still said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.speech import signs
from podcast.speech.written import bars, phrases

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 24
"""Groups nested deeper than this are read without their structure."""

_MARK = re.compile(r"\\[A-Za-z]++\*?|\\.|:=|\d++(?:,\d{3})*+(?:\.\d++)?+|\.\d++|[A-Za-z]++|\|\||'++|\s++|.", re.DOTALL)
_THOUSANDS = re.compile(r"(?<=\d)(?:\{,\}|\\,)(?=\d{3}(?!\d))")
_VOWEL = re.compile("[aeiouAEIOU]")
_CONDITION = re.compile(r"\S ?[=∈∼<>≤≥]")
_CHARGE = re.compile(r"\d ?[+−]")  # of an ion
_INVERTED = re.compile(r"\W*(?:[A-Z]|[fghσφψ])\W*")
_ORDER = re.compile(r"\d+|[dmn]")
_GROUP_NAME = re.compile(r"(?<![^\s])[A-Z](?: ?[A-Z])+$")  # SO(3)
_LETTERS_AT_MOST = 2  # longer runs of letters are words if they have a vowel


def said(source: str, symbol: Callable[[str], str]) -> str:
    r"""Read a formula; `symbol` gives the sign or the words of a macro such as `\alpha` that has no rule here."""
    source = _THOUSANDS.sub(",", source)
    marks = [" " if mark.isspace() else mark for mark in _MARK.findall(source)]
    return re.sub(r" {2,}", " ", _Reader(marks, symbol).sequence())


class _Reader:
    """Tokens, read one after the other."""

    def __init__(self, marks: list[str], symbol: Callable[[str], str]) -> None:
        self._marks = marks
        self._symbol = symbol
        self._at = 0
        self._depth = 0
        self._left = ""
        self._in_bra = False

    def sequence(self, closing: str = "") -> str:
        """Read up to the closing mark, which is taken too, or to the end."""
        parts: list[str] = []
        self._left = ""
        while self._at < len(self._marks):
            mark = self._next()
            if mark == closing:
                break
            parts.append(self._part(mark))
            self._left = parts[-1].rstrip() or self._left
        return "".join(parts)

    def _next(self) -> str:
        self._at += 1
        return self._marks[self._at - 1]

    def _peek(self, ahead: int = 0) -> str:
        return self._marks[self._at + ahead] if self._at + ahead < len(self._marks) else ""

    def _skip_spaces(self) -> None:
        while self._peek() == " ":
            self._at += 1

    def _inside(self, closing: str) -> str:
        """Read a nested sequence."""
        if self._depth >= MAX_DEPTH:
            return " "
        before, self._depth = self._left, self._depth + 1
        inside = self.sequence(closing).strip()
        self._left, self._depth = before, self._depth - 1
        return inside

    def argument(self) -> str:
        """Read what a macro or script is about: a group or one sign."""
        self._skip_spaces()
        if not self._peek():
            return ""
        mark = self._next()
        is_word = len(mark) > _LETTERS_AT_MOST and _VOWEL.search(mark)
        if len(mark) > 1 and mark.isascii() and mark.isalnum() and not is_word:  # \frac12 is one half
            self._marks[self._at - 1 : self._at] = [mark[0], mark[1:]]
            mark = mark[0]
        before, self._left = self._left, ""
        part = (self._lone_name() or self._inside("}")) if mark == "{" else self._simple(mark)
        self._left = before
        return part.strip()

    def _lone_name(self) -> str:
        r"""Take a name that is all of a group, as in \sigma_{\max}: there it is no operation."""
        name = self._peek()[1:]
        if name not in signs.LIMIT_NAMES or self._peek(1) != "}":
            return ""
        self._at += 2
        return name

    def _verbatim(self) -> str:
        r"""Read an argument as text: \text{if so}."""
        if self._peek() != "{":
            return self.argument()
        depth, start = 0, self._at
        while self._at < len(self._marks):
            depth += {"{": 1, "}": -1}.get(self._next(), 0)
            if not depth:
                break
        inner = self._marks[start + 1 : self._at - (not depth)]
        plain = "".join(mark for mark in inner if mark not in {"{", "}", "$"})
        return plain if "\\" not in plain and "^" not in plain else said(plain, self._symbol)

    # ── one part ────────────────────────────────────────────────────────────────────────────────────────

    def _part(self, mark: str) -> str:
        """Read a mark with the scripts behind it."""
        if big := self._big(mark):
            return self._limits(big)
        if mark in bars.NORMS and bars.count(self._marks, self._at, bars.NORMS[mark]) % 2:
            return self._norm(mark)
        part = self._simple(mark)
        return part + self._scripts(part)

    def _simple(self, mark: str) -> str:
        if mark in bars.BARS and (self._in_bra or bars.begins_ket(self._marks, self._at)):
            return self._bar_of_state()
        if mark in bars.BARS and bars.count(self._marks, self._at, bars.BARS[mark]) % 2:
            return f" the absolute value of {self._inside(bars.BARS[mark])} "
        if mark in bars.CLOSING:
            return self._bracket(mark)
        if mark[0] == "\\":
            return self._macro(mark)
        if mark[0].isalpha():
            return self._letters(mark)
        return self._sign(mark)

    def _sign(self, mark: str) -> str:
        if mark in {"_", "^"}:
            return self._script(mark)
        if mark in {"-", ":"} and self._is_range():
            return mark
        if mark[0] == "." and len(mark) > 1 and not self._left[-1:].isdigit():
            return f"0{mark}"
        return self._relation(mark)

    def _relation(self, mark: str) -> str:
        if mark[0] == "'":
            return signs.PRIMES.get(len(mark), " prime" * len(mark))
        if mark == "!" and (self._left[-1:].isalnum() or self._left[-1:] == ")"):
            return " factorial "
        return self._bound(mark) or signs.IN_FORMULAS.get(mark, mark)

    def _is_range(self) -> bool:
        """Between two numbers a hyphen is a range."""
        return self._left[-1:].isdigit() and self._peek()[:1].isdigit()

    def _bound(self, name: str) -> str:
        """Read a comparison at the start and before a number as a bound: at least 5."""
        behind = self._peek(int(self._peek() == " "))[:1].isdigit()
        starts = not self._depth and not self._left.strip()
        return f" {signs.BOUNDS[name]} " if name in signs.BOUNDS and starts and behind else ""

    def _letters(self, mark: str) -> str:
        """Letters in a row are a product, spelled, unless they make a word."""
        if mark in signs.FUNCTIONS:
            return f" {signs.FUNCTIONS[mark]} "
        if not mark.isascii() or (len(mark) > _LETTERS_AT_MOST and _VOWEL.search(mark)):
            return f"{mark} " if self._peek() == "{" else mark
        spelled = " ".join("A" if letter == "a" else letter for letter in mark)
        return f" {spelled}" if self._left[-1:].isalnum() and not self._left[-1:].isdigit() else spelled

    # ── scripts ─────────────────────────────────────────────────────────────────────────────────────────

    def _scripts(self, part: str) -> str:
        """Read what hangs on a part, subscript first."""
        low = high = primes = ""
        while self._peek() in {"_", "^"} or (self._peek()[:1] == "'" and part.strip()):
            mark = self._next()
            if mark == "_":
                low += f" base {self.argument()} of " if part.strip() == "log" else self._lowered()
            elif mark == "^":
                high += self._raised(part)
            else:
                primes += self._sign(mark)
        if _CONDITION.search(low):
            return f" for {low.strip()} {high.replace(' to the ', ' to ')}"
        return low + primes + high

    def _script(self, mark: str) -> str:
        """Read a script that hangs on nothing in this formula, as in V$^2$."""
        return self._lowered() if mark == "_" else self._raised("")

    def _lowered(self) -> str:
        low = self.argument()
        return f" {low} " if low else ""

    def _raised(self, base: str) -> str:
        high = self.argument()
        if high.replace(" ", "") in {"th", "st", "nd", "rd"}:
            return f"-{high.replace(' ', '')} "
        if re.fullmatch(r"− ?1", high) and self._is_inverted(base):
            return " inverse "
        if high[:1] == "(" and high[-1:] == ")":
            return f" superscript {high[1:-1]} "
        if _CHARGE.fullmatch(high) or (base.strip() in {"ℓ", "L"} and high in signs.KINDS_OF_NORM[base.strip()]):
            return f" {high} "
        known = signs.POWERS.get(high)
        return f" {known} " if known else f" to the {signs.PRIME_POWERS.get(high, high)} " if high else ""

    def _is_inverted(self, base: str) -> bool:
        """Tell a matrix, or a function with its argument behind it."""
        name = base.strip()
        return bool(_INVERTED.fullmatch(base)) and (name.isupper() or self._peek() == "(")

    # ── sums and other signs with limits ────────────────────────────────────────────────────────────────

    def _big(self, mark: str) -> str:
        if mark in {r"\arg", r"\mathop"} and self._peek() in {r"\max", r"\min"}:
            return signs.WITH_LIMITS[f"arg{self._next()[1:]}"]
        if mark in {r"\operatorname", r"\operatorname*"} and re.fullmatch(
            r"\{arg ?m(?:ax|in)\}", "".join(self._marks[self._at : self._at + 5]).partition("}")[0] + "}"
        ):
            return signs.WITH_LIMITS[self._verbatim().replace(" ", "")]
        if mark in {r"\mathbb", r"\mathrm"} and self._peek() == "{" and self._peek(1) == "E" and self._peek(2) == "}":
            self._at += 3
            return signs.WITH_LIMITS["E"]
        return "" if mark.isalpha() else signs.WITH_LIMITS.get(mark.lstrip("\\"), "")

    def _limits(self, name: str) -> str:
        low = high = ""
        while self._peek() in {"_", "^", r"\limits", r"\nolimits", " "} and self._has_limit():
            mark = self._next()
            if mark == "_":
                low = self.argument()
            elif mark == "^":
                high = self.argument()
        words = phrases.limited(name, low, high)
        self._skip_spaces()
        return f" {words} " if words != name or self._peek() in {"(", "[", ""} else f" {words} of "

    def _has_limit(self) -> bool:
        return self._peek() != " " or self._peek(1) in {"_", "^"}

    # ── brackets and bars ───────────────────────────────────────────────────────────────────────────────

    def _bracket(self, mark: str) -> str:
        applied = mark in {"(", "["} and self._applies(mark)
        inside = self._inside(bars.CLOSING[mark])
        if mark == "{":
            return inside
        if applied and _ORDER.fullmatch(inside) and _GROUP_NAME.search(self._left):
            return f" {inside} "
        if applied:
            return f" times ({inside}) " if self._is_factor(inside) else f" of {inside} "
        closed = bars.CLOSING[mark] if self._marks[self._at - 1] == bars.CLOSING[mark] else ""
        return f"{mark}{inside}{closed}" if mark == "[" else f" ({inside}) " if closed else f" ({inside}"

    def _applies(self, mark: str) -> bool:
        """Tell f(x) and 2(x+1) from a bracket that begins something new."""
        left = self._left.rstrip()
        if mark == "[":
            return left.endswith(("expectation", "probability", "variance", "indicator"))
        return (
            bool(left) and (left[-1].isalnum() or left[-1] in "'\N{COMBINING TILDE}") and not phrases.ends_in_word(left)
        )

    def _is_factor(self, inside: str) -> bool:
        left = self._left.rstrip()
        number = left[-1:].isdigit() and " " not in left.strip()
        return number or (left in signs.FACTORS and bool(phrases.OPERATOR.search(inside)))

    def _bar_of_state(self) -> str:
        ket, self._in_bra = bars.begins_ket(self._marks, self._at), False
        return " ket " if ket else " "

    def _norm(self, mark: str) -> str:
        inside = self._inside(bars.NORMS[mark])
        kind = ""
        while self._peek() == "_":
            self._at += 1
            kind = self.argument()
        kind = f"{signs.NORM_NAMES.get(kind, kind)} " if kind else ""
        return f" the {kind}norm of {inside} {self._scripts('‖')}"

    # ── macros ──────────────────────────────────────────────────────────────────────────────────────────

    def _macro(self, mark: str) -> str:
        name = mark[1:].rstrip("*")
        if name in signs.SILENT_MACROS or name in signs.LATEX_SPACES:
            return self._delimiter(name)
        if name in signs.SILENT_WITH_ARGUMENT:
            self._verbatim()
            return " "
        if name in signs.TEXT_MACROS:
            words = self._verbatim()
            return f" {signs.FUNCTIONS[words.strip()]} " if words.strip() in signs.FUNCTIONS else words
        if name in signs.FONT_MACROS:
            return self._font(name)
        return self._structure(name) or self._other(mark, name)

    def _font(self, name: str) -> str:
        sign = self.argument()
        return " the indicator " if name in {"mathbb", "mathds"} and sign == "1" else sign

    def _delimiter(self, name: str) -> str:
        if name in {"left", "right"} and self._peek() == ".":
            self._at += 1
        return " " if name in signs.LATEX_SPACES else ""

    def _structure(self, name: str) -> str:
        if name in {"frac", "dfrac", "tfrac", "cfrac", "nicefrac"}:
            return phrases.fraction(self.argument(), self.argument())
        if name in {"binom", "dbinom", "tbinom"}:
            return f" {self.argument()} choose {self.argument()} "
        if name in {"pmod", "bmod", "mod"}:
            return f" mod {self.argument()} "
        if name == "sqrt":
            return self._root()
        if name in {"underset", "overset", "stackrel"}:
            return self._stacked()
        return self._dressed(name)

    def _stacked(self) -> str:
        """Read what stands below or above: limits of an operation, else one after the other."""
        other, body = self.argument(), self.argument()
        if body in signs.LIMIT_NAMES or body.endswith(" of"):
            return f" {phrases.limited(signs.WITH_LIMITS.get(body, body.removesuffix(' of')), other, '')} "
        return f" {other} {body} "

    def _dressed(self, name: str) -> str:
        if name in signs.ACCENT_MACROS:
            return f"{self.argument()} {signs.ACCENT_MACROS[name]} "
        if name == "langle" and bars.begins_bra(self._marks, self._at):
            self._in_bra = True
            return " bra "
        if name in signs.ROUNDED:
            closing, words = signs.ROUNDED[name]
            return f" {words} {self._inside(closing)} "
        return ""

    def _root(self) -> str:
        degree = ""
        self._skip_spaces()
        if self._peek() == "[":
            self._at += 1
            degree = self._inside("]")
        named = signs.ROOTS.get(degree, f"{degree}-th")
        return f" the {named} root of {self.argument()} "

    def _other(self, mark: str, name: str) -> str:
        """Read a function, a sign, or a macro that nobody knows: its name and what it is given."""
        if name in signs.FUNCTIONS:
            return f" {signs.FUNCTIONS[name]} "
        if name in signs.RELATIONS_AT_START and not self._left.strip():
            return " about "
        if name == "cdot":
            return " times " if self._left.strip() and self._peek() not in {"", ")", ","} else " dot "
        return self._bound(name) or signs.FORMULA_MACROS.get(name) or self._named(mark, name)

    def _named(self, mark: str, name: str) -> str:
        sign = self._symbol(mark)
        if sign.strip() == name and self._peek() == "{":
            return f" {self.argument()} "
        return f" {sign.strip()} " if len(sign.strip()) > 1 else sign
