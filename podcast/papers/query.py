"""What a show looks for, in arXiv's query language, and once more here, as arXiv reads words more loosely."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING

from podcast.show import listed

if TYPE_CHECKING:
    from podcast.show import ArxivSettings
    from podcast.types import Preprint

_LONGEST = 1500
"""Characters of a query with terms; beyond it they are looked for here only, as addresses must not grow too long."""

_PLAIN = re.compile(r"\w+(?: \w+)*")
_SEPARATORS = r"[\s\-\u2010-\u2015]+"


def query_for(settings: ArxivSettings, since: dt.datetime, until: dt.datetime) -> str:
    """Write the query for what was submitted between two aware times, whole minutes around them."""
    dated = f"{_categories(settings)} AND submittedDate:[{_minute(since)} TO {_minute(until + _LESS_THAN_A_MINUTE)}]"
    full = f"{dated}{_included(settings)}{_excluded(settings)}"
    return full if len(full) <= _LONGEST else dated


_LESS_THAN_A_MINUTE = dt.timedelta(seconds=59)


def _minute(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).strftime("%Y%m%d%H%M")


def _categories(settings: ArxivSettings) -> str:
    clauses = (clause for name in listed(settings.categories) for clause in _category(name))
    return f"({' OR '.join(dict.fromkeys(clauses))})"


def _category(name: str) -> tuple[str, ...]:
    """A bare archive is itself, as hep-th is, and all that it is divided into, as cs is."""
    return (f"cat:{name}",) if "." in name else (f"cat:{name}", f"cat:{name}.*")


def _included(settings: ArxivSettings) -> str:
    """Any of them; none are put if one cannot be, as only papers with the others would come."""
    phrases = [_phrase(term) for term in listed(settings.include)]
    return f" AND ({_anywhere(phrases)})" if phrases and all(phrases) else ""


def _excluded(settings: ArxivSettings) -> str:
    """Only what says the same there: without its signs, “C++” would keep out whatever has a C in it."""
    terms = [" ".join(_bare(term).split()) for term in listed(settings.exclude)]
    plain = [term for term in terms if _PLAIN.fullmatch(term)]
    return f" ANDNOT ({_anywhere(plain)})" if plain else ""


def _anywhere(phrases: list[str]) -> str:
    return " OR ".join(f'{where}:"{phrase}"' for phrase in phrases for where in ("ti", "abs"))


def _phrase(term: str) -> str:
    """Keep letters, digits and blanks of a term: nothing else means anything between quotes, or ends them."""
    return " ".join(re.sub(r"[^\w]|_", " ", term).split())


def _bare(term: str) -> str:
    return term.strip().strip("\"'“”")


# ── here ────────────────────────────────────────────────────────────────────────────────────────────────


def matches(preprint: Preprint, settings: ArxivSettings) -> bool:
    """Whether its title or abstract has one of the terms that are wanted, if any are, and none that is not."""
    text = unicodedata.normalize("NFC", f"{preprint.title}\n{preprint.abstract}")
    included = listed(settings.include)
    if included and not any(_has(text, term) for term in included):
        return False
    return not any(_has(text, term) for term in listed(settings.exclude))


def _has(text: str, term: str) -> bool:
    """Whether a text has whole words, one or several of a thing, whatever their case and what joins them."""
    words = [re.escape(word) for word in re.split(_SEPARATORS, unicodedata.normalize("NFC", _bare(term))) if word]
    several = "s?" if words and words[-1][-1].isalpha() else ""
    found = rf"(?<!\w){_SEPARATORS.join(words)}{several}(?!\w)"
    return bool(words) and re.search(found, text, re.IGNORECASE) is not None
