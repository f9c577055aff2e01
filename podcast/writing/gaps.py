"""What the second sentence would be where a long one is cut at one gap: a function a way of joining.

Each takes a gap and returns what stands behind it as a sentence of its own, or None where that is not certainly right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from podcast.writing.clauses import (
    MODALS,
    NO_SUBJECT,
    PLURAL,
    SINGULAR,
    SUBORDINATORS,
    begins_clause,
    is_plural,
    is_whole,
    main_verb,
    subject,
    verbs_in,
    words_of,
)
from podcast.writing.prose import ORDINALS
from podcast.writing.verbs import AUTHORS_VERBS, BASES, PARTICIPLE_OF, SURE_BASES, SURE_THIRDS, THIRD_OF, listed, third

TOLD = listed(
    """argue conduct demonstrate discuss find introduce observe open-source present propose prove provide release report
    show"""
)
"""What authors do to be read about, and hardly ever what they want something else to do."""

_TAILS = listed(
    """accelerate achieve address advance aim alleviate allow avoid boost bridge bypass capture cause combine comprise
    confirm consist contain contribute cover create deliver demonstrate eliminate emphasize employ enable encompass
    encourage enhance ensure establish exceed exhibit facilitate focus foster generate give guarantee help highlight
    hinder illustrate improve incorporate increase incur indicate integrate lead leave leverage limit lower maintain
    make mark mitigate motivate necessitate obtain offer open outpace outperform overcome pave pose preserve prevent
    produce promote prove provide raise range reach reduce render require result reveal save set show signal simplify
    span streamline strengthen suggest support surpass tackle underline underscore unlock use utilize validate weaken
    yield"""
)
"""Verbs whose participle behind a comma says what follows from all that stands before it."""

_OF_MANY = listed("comprise consist contain encompass range span")
"""Those of what is said of the very things before the comma, of which there may be several."""

_DEEDS = listed(
    """accelerate achieve address aim alleviate avoid boost bridge bypass capture combine comprise consist
    contain cover create deliver employ encompass enhance exceed exhibit focus generate improve incorporate
    increase integrate leverage limit lower maintain mitigate obtain offer outpace outperform overcome
    preserve prevent produce promote provide range reach reduce require save simplify span streamline
    strengthen support surpass tackle unlock use utilize validate"""
)
"""Those of what somebody does who was just named, rather than of what follows."""

_NEVER_FOLLOWS = listed(
    "address aim capture combine comprise consist contain cover employ encompass focus incorporate integrate leverage"
    " range span use utilize"
)
"""Those of them that never say what follows."""

_OUR_TAILS = listed("analyze assess compare discuss evaluate examine explore find investigate observe study test")
"""Those of what only people do."""

_CONDITIONS = re.compile(r"\b(?:if|when|where|whether|unless|until|such that|so that|whose|how)\b", re.IGNORECASE)
OPINIONS = re.compile(
    r"\b(?:argu|believ|claim|conjectur|hypothesi|speculat|suspect|assum|posit)\w*\s+that\b"
    r"|\b(?:we|authors|they) (?:believ|hop|expect)",
    re.IGNORECASE,
)
"""What follows is somebody's view, and would no longer be said to be."""

_HEDGED = re.compile(
    r"\b(?:aim|attempt|hope|intend|plan|seek|striv|tr(?:y|ies|ied))(?:e|es|s|ed|ing)?\b(?= to\b)"
    r"|\b(?:may|might|could|would|potentially|possibly|perhaps|likely)\b",
    re.IGNORECASE,
)
"""What follows is as uncertain as this, and would no longer be said to be."""

HANGING = re.compile(r"\b(?:and|or|but), [^,]*$")
"""An aside behind an `and`, with which the next words belong together."""

_NEGATED = re.compile(r"\b(?:not only|not just|not merely|either|neither|both|rather than)\b", re.IGNORECASE)
NAME = re.compile(r"(?:^|\s)(?:[A-Z][A-Za-z]*[A-Z0-9][\w+.-]*|[A-Za-z]+[A-Z][\w+-]*|[A-Z]\w+-[A-Z0-9]\w*)$")
ADVERB = r"(?:\w+ly |also |then |thus |thereby |hence |further |finally |in turn |still |often )"


@dataclass(frozen=True, slots=True)
class Gap:
    """A place between two words: what stands before and behind its mark, which is empty where there is none."""

    left: str
    mark: str
    right: str


JOINED = re.compile(
    r"^(and|but|yet|whereas|while|so|although|though|even though|where) (?!that\b|as\b|far\b)", re.IGNORECASE
)
INSTEAD = {
    "": "", "and": "", "while": "Meanwhile, ", "whereas": "Meanwhile, ", "where": "Here, ", "although": "But ",
    "though": "But ", "even though": "But ",
}  # fmt: skip


def _clause(gap: Gap) -> str | None:
    """`, and the model …`, `; it …`, `: they …`, `, while others …`."""
    joined = JOINED.match(gap.right)
    rest = gap.right[joined.end() :] if joined else gap.right
    if gap.mark not in ({",", "-", "--", "–", "—", ":"} if joined else {":"}):
        return None
    if not begins_clause(rest) or ":" in gap.left or ";" in gap.left + gap.right:
        return None
    if gap.mark == "," and (_CONDITIONS.search(gap.left) or _NEGATED.search(gap.left) or _lists_clauses(gap.left)):
        return None
    word = joined[1].lower() if joined else ""
    return f"{INSTEAD.get(word, f'{word.capitalize()} ')}{rest}"


def follows(rest: str) -> bool:
    """Whether a clause stands behind a semicolon, with something before its subject."""
    first = re.match(rf"{ADVERB}?([\w-]+)", rest)
    is_part = not first or first[1].lower() in BASES | THIRD_OF.keys() | {"that", "which", "who", "whose"}
    return is_whole(rest) and not is_part


def _lists_clauses(left: str) -> bool:
    """Whether clauses are listed in it, so that the last one would be missed: A flies, B runs[, and C swims]."""
    halves = (left[match.end() :] for match in re.finditer(r",\s", left) if is_whole(left[: match.start()]))
    return any(begins_clause(half) for half in halves)


def _reason(gap: Gap) -> str | None:
    """`because it …`."""
    is_reason = gap.mark in {",", ""} and re.match(r"because (?!of\b)", gap.right)
    return f"This is {gap.right}" if is_reason and not _CONDITIONS.search(gap.left) else None


_RELATIVE = re.compile(rf"^which (?={ADVERB}?(?P<verb>[\w'’-]+))")


def _relative(gap: Gap) -> str | None:
    """`, which enables …` and `, which are …`."""
    found = _RELATIVE.match(gap.right)
    if gap.mark != "," or not found or _is_listed(gap) or _resumes(gap.right) or _HEDGED.search(gap.left):
        return None
    verb, rest = found["verb"].lower(), gap.right[found.end() :]
    if verb in SINGULAR or verb in THIRD_OF or verb in MODALS:
        return f"This {rest}"
    return f"These {rest}" if verb in PLURAL or (verb in BASES and is_plural(words_of(gap.left)[-1])) else None


def _is_listed(gap: Gap) -> bool:
    """Whether this is said of one item of a list, so that the next would be lost: A, which …; B, which …."""
    others = gap.left + gap.right.removeprefix("which")
    return ":" in gap.left or ";" in others or bool(re.search(r", (?:\w+ )?which\b", others))


_GOES_ON = re.compile(rf",\s+{ADVERB}?(?:is|are|was|were|has|have|can|will|we)\b|,\s(?:and|but)\s{ADVERB}?\w+ed\b")
_JOINED_VERB = re.compile(rf"(?:,\s|\s)(?:and|but|or)\s+{ADVERB}?([\w-]+)")
_INFINITIVE = re.compile(r"\b(?:to|can|could|may|might|will|would|should|must|not) \w+", re.IGNORECASE)


def _resumes(right: str) -> bool:
    """Whether the main clause may go on behind this part of it: `, which is X, and show Y`."""
    for match in _JOINED_VERB.finditer(right):
        if match[0].startswith(",") and match[1] in SURE_THIRDS:
            return True
        if match[1] in BASES and not _INFINITIVE.search(right[: match.start()]):
            return True
    return bool(_GOES_ON.search(right)) or any(
        begins_clause(part) for part in re.split(r",\s(?:and |but )?", right)[1:]
    )


_PARTICIPLE = re.compile(
    r"^(while (?:also )?)?((?:(?:thus|thereby|hence|further|also|effectively|significantly|ultimately) ){0,2})"
    r"(\w+ing)\b ?"
)
BESIDE = re.compile(r"(\b(?:and|or|but|while)|,)\s+(?:\w+ly\s+)?(\w+ing)\b")
_GERUND = re.compile(r"\s(?!(?:of|in|for|on|with|and|or|tasks?|steps?|times?|costs?)\b)\w")


_REPORTED = re.compile(r"\b(\w+) (?:that|how|whether) (?!\w+s\b)", re.IGNORECASE)
"""Who does it is named behind the verb: it shows that bees do."""


def _participle(gap: Gap) -> str | None:
    """`, enabling …` and `while enabling …`: This enables it, this also enables it; `we …, finding that`: we find."""
    found = _PARTICIPLE.match(gap.right)
    if not found or gap.mark not in ({",", ""} if found[1] else {","}) or ":" in gap.left or _HEDGED.search(gap.left):
        return None
    base, rest = PARTICIPLE_OF.get(found[3].lower(), ""), gap.right[found.end() :]
    if rest.startswith(",") or ", with " in gap.left or ";" in gap.left + rest or _resumes(gap.right):
        return None
    also = f"{'also ' if found[1] else ''}{found[2]}"
    if base in _OUR_TAILS and subject(gap.left) == "We" and not BESIDE.search(rest):
        return f"We {also}{base} {rest}"
    told = _beside_told(rest) if base in _TAILS else ""
    if told == rest and base in _OF_MANY and is_plural(words_of(gap.left)[-1]):
        return f"These {also}{base} {rest}"
    return _deed(gap.left, base, also, told, is_single=told == rest) if told else None


def _deed(left: str, base: str, also: str, told: str, *, is_single: bool) -> str | None:
    """Say by whom or what it is done: by whoever does what stands before it, or by that as a whole."""
    known = BASES | THIRD_OF.keys() | PARTICIPLE_OF.keys()
    is_reported = any(match[1].lower() in known for match in _REPORTED.finditer(left))
    who = "" if base not in _DEEDS or is_reported else subject(left)
    if who in {"We", "They"}:
        return f"{who} {also}{base} {told}" if is_single else None
    if who == "It":
        return f"It {also}{third(base)} {told}"
    return None if base in _NEVER_FOLLOWS else f"This {also}{third(base)} {told}"


def _beside_told(rest: str) -> str:
    """Turn the participles that stand beside the first one into verbs, too; empty where one may be either."""
    parts, done = [], 0
    for match in BESIDE.finditer(rest):
        base = PARTICIPLE_OF.get(match[2].lower(), "")
        if base in _TAILS and match[1] not in {",", "while"}:
            parts += [rest[done : match.start(2)], third(base)]
            done = match.end(2)
        elif re.match(r",|\s(?:and|or)\b|[.]?$", rest[match.end() :]):
            continue  # a noun among nouns
        elif match[1] == "," or (match[1] != "while" and _GERUND.match(rest, match.end())):
            return ""
    return "".join((*parts, rest[done:]))


def _followed(gap: Gap) -> str | None:
    """`, followed by …`."""
    return f"This is {gap.right}" if gap.mark == "," and gap.right.startswith("followed by ") else None


_SEVERAL = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|\d+|several|following|multiple)\b[^,:;]*$")


def _enumeration(gap: Gap) -> str | None:
    """`, including …` and `three parts: this, that, and another`: These include them, these are them."""
    if (
        _resumes(gap.right)
        or re.search(r",\s(?:\w+ly\s)?\w+ing\b", gap.right)
        or ":" in gap.left
        or re.search("[:;]", gap.right)
        or not gap.left[-1].isalpha()
    ):
        return None
    if re.search(r"\b(?:and|or)\b[^,]*,", gap.right):
        return None  # what stands behind the list is no part of it
    many = is_plural(words_of(gap.left)[-1])
    if gap.mark == "," and gap.right.startswith("including "):
        return f"{'These include' if many else 'This includes'} {gap.right.removeprefix('including ')}"
    is_list = gap.mark == ":" and many and _SEVERAL.search(gap.left) and re.search(", | and ", gap.right)
    words = words_of(gap.right)
    is_named = is_list and main_verb(words) is None and words[0] not in NO_SUBJECT | BASES | {*ORDINALS}
    return f"These are {gap.right}" if is_named else None


_APPOSITIVE = re.compile(
    r"^(?:an? |the first |(?:designed|built|trained|intended|composed|made) (?:to|for|on|of|by|from|as) )"
    r"(?!few\b|number\b|lot\b|total\b|variety\b|priori\b|posteriori\b)"
)


def _appositive(gap: Gap) -> str | None:
    """`CRAG, a method …`: It is one."""
    if gap.mark != "," or ":" in gap.left or not _APPOSITIVE.match(gap.right) or not NAME.search(gap.left):
        return None
    is_listed = re.search(
        r"[;:]|,\s(?:and|or)\s[A-Z]|,\s(?:\w+ly\s)?\w+ing\b|,\s(?:as|by|for|from|in|on|to|with)\b", gap.right
    )
    return None if is_listed or _resumes(gap.right) else f"It is {gap.right}"


_INTRODUCED = re.compile(
    r"""(?<!\bto\s)\b(?:(?:propos|introduc|present|develop|design|construct|releas|describ)(?:e|es|ed|s)?
        |built?|builds|creates?|is|are|,)\s
    (?:(?:called|namely)\s)?(?:a|an|the\sfirst)
    (?:\s(?!and\b|of\b|for\b|in\b|to\b|with\b|on\b)[\w’'-]+|\s[\w-]+\sand|\s[\w-]+,){1,7}$""",
    re.VERBOSE,
)


def _restriction(gap: Gap) -> str | None:
    """`We propose a method that does this`: It does this."""
    found = re.match(r"that (?:\w+ly |also )?([\w-]+)\b", gap.right)
    if gap.mark or not found or not _INTRODUCED.search(gap.left) or _CONDITIONS.search(gap.left) or _is_listed(gap):
        return None
    if re.search(r"\b(?:not|no|never|need|needs|lack)\b", gap.left) or _resumes(gap.right):
        return None
    verb = found[1].lower()
    is_one = not is_plural(words_of(gap.left)[-1]) and (verb in SINGULAR or verb in THIRD_OF or verb in MODALS)
    return f"It {gap.right[len('that ') :]}" if is_one else None


def _predicate(gap: Gap) -> str | None:
    """`We do this, and show that`, `It does this and achieves that`: the same subject does something else."""
    found = re.match(rf"^and ({ADVERB}?)([\w-]+)(?= (that\b)?)", gap.right)
    words = words_of(gap.left)
    if gap.mark not in {",", ""} or not found or _lists_verbs(gap.left) or words[-1] in BASES:
        return None
    who, verb, rest = subject(gap.left), found[2].lower(), gap.right[len("and ") :]
    is_plain = not SUBORDINATORS.intersection(words) and verbs_in(words) == 1
    if who in {"We", "They"}:
        known = TOLD if "to" in words or not is_plain else AUTHORS_VERBS
        return f"{who} {rest}" if verb in (known if gap.mark or found[3] else known & SURE_BASES) else None
    return f"It {rest}" if who == "It" and is_plain and (verb in SURE_THIRDS or verb in SINGULAR) else None


def _lists_verbs(left: str) -> bool:
    """Whether verbs are listed in it, so that the last one would be missed: We build A, test B[, and show C]."""
    return any(verb.lower() in BASES | THIRD_OF.keys() for verb in re.findall(r",\s(?:\w+ly )?([\w-]+)", left))


Rule = Callable[[Gap], str | None]
RULES: tuple[Rule, ...] = (
    _clause,
    _reason,
    _relative,
    _participle,
    _followed,
    _enumeration,
    _appositive,
    _restriction,
    _predicate,
)


_STATES = listed("comprises contains consists covers encompasses includes remains represents requires spans")
_EXAMPLES = re.compile(r"^(?:such as|e\.g\.,?) ")
_MEANS = re.compile(r"^(?:by (?=(\w+ing)\b)|using |through |via )")


def _examples(gap: Gap) -> str | None:
    """`, such as this and that`: These include this and that."""
    found = _EXAMPLES.match(gap.right)
    if gap.mark != "," or not found or ":" in gap.left or re.search("[:;]", gap.right) or _resumes(gap.right):
        return None
    is_last = not re.search(r",\s(?:\w+ly\s)?\w+ing\b|,\s(?:as|by|for|from|in|on|to|with|which|where)\b", gap.right)
    return f"These include {gap.right[found.end() :]}" if is_last and is_plural(words_of(gap.left)[-1]) else None


def _means(gap: Gap) -> str | None:
    """`by doing that`, `using that`: It does this by doing that, we do this using that."""
    found = _MEANS.match(gap.right)
    words = words_of(gap.left)
    if gap.mark not in {",", ""} or not found or (found[1] and found[1] not in PARTICIPLE_OF) or ":" in gap.left:
        return None
    at, who = main_verb(words), subject(gap.left)
    is_done = at is not None and (words[at] in THIRD_OF or words[at] in BASES) and not words[-1].endswith(("ed", "en"))
    if at is None or "," in gap.left[gap.left.lower().index(words[at]) :] or words[at] in _STATES:
        return None
    if not is_done or verbs_in(words) != 1 or SUBORDINATORS.intersection(words) or who not in {"It", "We"}:
        return None
    return f"{who} {'does' if who == 'It' else 'do'} this {gap.right}"


LAST_RULES: tuple[Rule, ...] = (_examples, _means)
