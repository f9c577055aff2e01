"""The little TeX that pages without formulas can show: x², Greek letters, a few signs. All else stays as written."""

from __future__ import annotations

import re
from html import escape

_SIGNS = {
    "times": "×", "cdot": "·", "pm": "±", "sim": "~", "approx": "≈", "neq": "≠", "ne": "≠", "le": "≤", "leq": "≤",
    "ge": "≥", "geq": "≥", "ll": "≪", "gg": "≫", "to": "→", "rightarrow": "→", "infty": "∞", "in": "∈", "ell": "ℓ",
    "dots": "…", "ldots": "…", "cdots": "⋯", "circ": "∘", "log": " log ", "exp": " exp ",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω", "%": "%", "&": "&", "_": "_", "#": "#", "$": "$", ",": " ", ";": " ", " ": " ",
}  # fmt: skip
_WORDED = r"\\(?:text|mathrm|mathbf|mathit|mathcal|operatorname|textbf|textit|emph)"
_STYLED = re.compile(rf"{_WORDED}\{{([^{{}}\\$]{{1,100}})\}}")
_SIGN = re.compile(r"\\([A-Za-z]+|[%&_#$,; ])[ ]?")
_RAISED = re.compile(r"([\^_])(?:\{([^{}^_\\]{1,40})\}|([^\s{}\\^_]))")
_IN_PROSE = re.compile(r"\\(?:url|texttt|textsc|textbf|textit|emph)\{([^{}\\$]{1,500})\}")
_ESCAPED = re.compile(r"\\([%&_#$])")


def formula_html(tex: str) -> str:
    """Show a formula with letters, signs and <sub>/<sup>; between dollars as it is if that cannot show all of it."""
    text = _STYLED.sub(r"{\1}", tex).replace("{{", "{").replace("}}", "}")
    text = _SIGN.sub(lambda sign: _SIGNS.get(sign[1], sign[0]), text)
    shown = _RAISED.sub(_raised, escape(text, quote=False))
    shown = re.sub(r"\{([^{}]*)\}", r"\1", shown)
    if re.search(r"[\\{}^_]", shown):
        return escape(f"${tex}$", quote=False)
    return " ".join(shown.split())


def _raised(found: re.Match[str]) -> str:
    tag = "sup" if found[1] == "^" else "sub"
    return f"<{tag}>{found[2] or found[3]}</{tag}>"


def prose(text: str) -> str:
    r"""Take the TeX out of prose that only styles words or escapes signs: `22\%`, `\emph{all}`."""
    return _ESCAPED.sub(r"\1", _IN_PROSE.sub(r"\1", text))
