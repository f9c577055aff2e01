"""What formulas are put into words with: fractions, sums, and what stands beside them."""

from __future__ import annotations

import re

from podcast.speech import signs

OPERATOR = re.compile(r"[-+=<>≤≥±×−]")


def ends_in_word(left: str) -> bool:
    """Tell words that formulas put in, behind which a bracket begins something new."""
    return left.rsplit(" ", 1)[-1] in signs.FORMULA_WORDS


def fraction(over: str, under: str) -> str:
    """Say a fraction; numbers are left to the rule that knows halves and thirds."""
    if over.isdigit() and under.isdigit():
        return f" {over}∕{under} "
    return f" {over}{',' * _is_sum(over)} over {under}{',' * _is_sum(under)} "


def _is_sum(words: str) -> bool:
    return bool(OPERATOR.search(words[1:]))


def limited(name: str, low: str, high: str) -> str:
    """Say a sign with what stands below and above it."""
    if "limit" in name:
        return f"{name} as {low.replace('→', ' goes to ')} of" if low else name
    if name == "the expectation":
        low = " ".join(low.replace("∼", " drawn from ").split())
    if low and high:
        return f"{name} from {low} to {high} of"
    if low:
        return f"{name} {signs.OVER.get(name, 'over')} {low} of"
    if high:
        return f"nabla {signs.POWERS.get(high, high)}" if name == "the gradient" else f"{name} to {high} of"
    return name
