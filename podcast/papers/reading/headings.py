"""What the words of a heading say about the section below it. Data first, then predicates."""

from __future__ import annotations

import re

from podcast.papers.reading.boilerplate import THANKS
from podcast.papers.reading.lines import without_numbering, words

_FAREWELL_HEADING = (
    r"(?:until|till) next (?:week|time|month|issue|edition)",
    r"see you(?: all)? (?:next (?:week|time|month|issue)|soon|again)",
    r"(?:good-?bye|bye|farewell|so long)(?:,? (?:for now|everyone|all|friends|folks))?|before you go|the end",
    rf"thanks|thank you|{THANKS}.{{0,40}}|that(?:['’]s| is) (?:all|it|a wrap).{{0,30}}",
    r"sign(?:ing)?[ -]?off|outro|in closing|closing(?: words| thoughts| remarks| notes?)?|wrap(?:ping)?[ -]?up",
    r"(?:final|last|parting) (?:words|thoughts|notes?)",
)
_GREETING_HEADING = (
    r"welcome(?: back| everyone| all)?|welcome to (?:the|this) (?:week|issue|newsletter|edition).{0,30}",
    r"hello(?:,? (?:everyone|all|there|friends|folks|again))?|hi(?:,? (?:everyone|all|there|friends|folks|again))?",
    r"intro|introduction|foreword|preface|greetings?",
    r"editor(?:['’]s|ial) (?:note|letter)|(?:a )?(?:note|letter) from (?:me|us|the .{1,30})",
    r"in this (?:issue|edition|episode|newsletter)|(?:table of )?contents|about this (?:issue|newsletter)|housekeeping",
)
_PARTS = frozenset(
    """ablation ablations abstract analysis applications approach architecture authors background benchmark benchmarks
    bottom_line claims code commentary comments conclusion conclusions cons context contribution contributions core_idea
    critique critiques data dataset datasets details discussion evaluation experiment experiments figures findings
    future_directions future_work how_it_works idea impact implications in_a_nutshell insight insights intuition
    key_contribution key_contributions key_finding key_findings key_idea key_ideas key_insight key_insights
    key_points key_results key_takeaway key_takeaways limitation limitations link links main_idea main_results
    method methodology methods motivation my_take notes open_questions opinion our_take problem problem_statement
    pros pros_and_cons questions reference references related_work resources result results setting setup
    significance solution strengths strengths_and_weaknesses summary takeaway takeaways technical_details tl_dr
    tldr training verdict weakness weaknesses what_is_it what_is_new what_they_did what_they_found what’s_new
    what's_new why_it_matters why_this_matters""".split()  # noqa: SIM905 - a word list reads best as words
)
_ARTICLES = frozenset({"the", "a", "an", "their", "its"})
_SECTIONS = frozenset(
    """also brief deep dives favorites favourites featured highlight highlights honorable honourable mentions more
    must-reads news notable other others papers picks quick reads releases rest roundup section spotlight top week
    worth""".split()  # noqa: SIM905
)
_MAX_SECTION_WORDS = 6
_MAX_LENGTH = 300
_IS_FAREWELL = re.compile("|".join(f"(?:{form})" for form in _FAREWELL_HEADING), re.IGNORECASE)
_IS_GREETING = re.compile("|".join(f"(?:{form})" for form in _GREETING_HEADING), re.IGNORECASE)


def is_farewell_heading(heading: str) -> bool:
    """Whether the section below is the sign-off."""
    return _IS_FAREWELL.fullmatch(_bare(heading)) is not None


def is_greeting_heading(heading: str) -> bool:
    """Whether the section below is the greeting, if it stands before the papers."""
    return _IS_GREETING.fullmatch(_bare(heading)) is not None


def _bare(heading: str) -> str:
    return heading[:_MAX_LENGTH].strip(" .!…:👋🙏").strip()


def is_part(heading: str) -> bool:
    """Whether it is what parts of one paper are called: Method, Key results, Why it matters."""
    parts = [word.lower() for word in words(without_numbering(heading[:_MAX_LENGTH]))]
    return "_".join(parts) in _PARTS or (bool(parts) and parts[0] in _ARTICLES and "_".join(parts[1:]) in _PARTS)


def is_section(heading: str) -> bool:
    """Whether it sounds like a section of several papers: Highlights, Also this week, More papers."""
    parts = [word.lower() for word in words(heading[:_MAX_LENGTH])]
    return len(parts) <= _MAX_SECTION_WORDS and not _SECTIONS.isdisjoint(parts)


def key(heading: str) -> str:
    """Return what two headings have in common if they say the same."""
    return " ".join(word.lower() for word in words(without_numbering(heading)))
