"""What a heading's words say: its number, and which part of a paper it begins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["abstract", "introduction", "method", "results", "limitations", "conclusion"]

_ROMAN = r"(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_NUMBER = re.compile(
    r"(?:(?P<digits>\d{1,2}(?:\.\d{1,2}){0,4})[.:]?"
    rf"|(?P<roman>{_ROMAN})[.:]"
    r"|(?P<letter>[A-L](?:\.\d{1,2}){0,3})[.:]?"
    r"|(?:Chapter|Kapitel|Section|Part|Teil|Step)\s(?P<part>\d{1,2}|[IVX]{1,4})[.:]?"
    r"|(?P<appendix>Appendix|Anhang|Appendices)(?:\s(?P<which>[A-Z]|\d{1,2}))?[.:]?)(?:\s+|$)"
)
_SOME = r"(?:[\w’'-]+ ){0,4}"
_RESULTS = r"(?:results?|findings|experiments?|evaluations?)"
_FORMS: dict[Kind, tuple[str, ...]] = {
    "conclusion": (
        r"(?:[\w,&’'-]+ ){0,5}conclusions?\b.*|conclud(?:ing|e)\b.*|closing remarks",
        r"summary and (?:outlook|discussion|future work)",
        r"fazit|schluss(?:folgerung(?:en)?|wort)?|(?:zusammenfassung|fazit) und .*",
    ),
    "abstract": (r"abstract|(?:executive )?summary|zusammenfassung|kurz(?:zusammen)?fassung|résumé",),
    "introduction": (r"(?:general )?introduction\b.*|einleitung|einführung|intro",),
    "limitations": (rf"limitations?\b.*|{_SOME}limitations?|threats to validity|einschränkungen|grenzen",),
    "results": (
        rf"{_SOME}{_RESULTS}(?: and (?:analys[ie]s|discussions?|{_RESULTS}))?",
        rf"{_RESULTS} (?:on|of|for|and|in)\b.*|ergebnisse|experimente|auswertung",
        r"(?:empirical|experimental|numerical|qua\w{2,3}itative|performance) (?:stud(?:y|ies)|evaluation|analys[ie]s)",
    ),
    "method": (
        rf"{_SOME}(?:methods?|methodolog(?:y|ies)|approach|algorithm|framework)(?: (?:overview|details|description))?",
        rf"method(?:ology|s)? .*|{_SOME}(?:architecture|models?)|implementation(?: details| and .*)?",
        r"(?:materials?|data|patients|participants|subjects) and methods?|procedure|training",
        r"(?:system|model|study|experimental|research) (?:design|overview|description|architecture|set-?up)",
        r"methode|methodik|ansatz|verfahren",
    ),
}
"""The first that fits a whole title counts: a conclusion and discussion of results is a conclusion."""

_KINDS = {kind: re.compile("|".join(forms), re.IGNORECASE) for kind, forms in _FORMS.items()}

_UNNUMBERED = re.compile(
    r"acknowledge?ments?|related works?|(?:theoretical )?background|preliminaries|discussions?|motivation|notation"
    r"|(?:author )?contributions?|(?:data|code) availability(?: statement)?|funding|future works?|outlook|overview"
    r"|(?:broader )?impacts?(?: statement)?|(?:ethics|reproducibility)(?: statement)?|ethical considerations"
    r"|(?:declaration of )?(?:competing|conflicts? of) interests?|preface|foreword|datasets?|analysis"
    r"|problem (?:statement|formulation|definition|setting)|supplementary (?:materials?|information)"
    r"|statement of need|danksagung(?:en)?|ausblick|vorwort|verwandte arbeiten|grundlagen|diskussion",
    re.IGNORECASE,
)
_REFERENCES = re.compile(
    r"(?:references?|bibliography|works cited|literature(?: cited)?|literatur(?:verzeichnis)?|quellen(?:verzeichnis)?"
    r"|references? and notes|notes and references)",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"(?:table of )?contents|inhalt(?:sverzeichnis)?|list of (?:figures|tables|symbols|abbreviations)|index"
    r"|\w*verzeichnis|(?:index terms|key ?words?(?: and phrases)?|ccs concepts|acm reference format|categories)\b.*"
    r"|bildquellen",
    re.IGNORECASE,
)
_LONGEST_WORDS, _LONGEST = 16, 150


def numbering(title: str) -> tuple[str, str]:
    """Split a title into its number as printed, empty if it has none, and its words."""
    found = _NUMBER.match(title)
    if not found or (not title[found.end() :].strip() and not found["appendix"]):
        return "", title
    if found["letter"] and found[0].strip() == "A" and not _begins_like_title(title[found.end() :]):
        return "", title  # an article
    return found[0].strip(), title[found.end() :].strip()


def _begins_like_title(rest: str) -> bool:
    words = [word for word in rest.split() if len(word) > 3]  # noqa: PLR2004 - little words stay small
    return bool(words) and all(word[0].isupper() for word in words[:2])


def _bare(title: str) -> str:
    words = " ".join(numbering(title[:_LONGEST])[1].split())
    return _spaced_out(words).strip(" .:—–-")


def _spaced_out(words: str) -> str:
    """Close up a title that is printed letter by letter: A B S T R A C T."""
    return words.replace(" ", "") if re.fullmatch(r"(?:\w ){4,}\w", words) else words


def kind_of(title: str) -> Kind | None:
    """Say which part of a paper a heading begins, by its words alone; None for any other part."""
    bare = _bare(title)
    return next((kind for kind, form in _KINDS.items() if form.fullmatch(bare)), None)


def kinds_of(titles: Sequence[str]) -> tuple[Kind | None, ...]:
    """Say the same of all of a paper's headings in order: 3.2 is what 3 is, where it does not say itself."""
    found: list[Kind | None] = []
    chapter, inherited = "", None
    for title in titles:
        number = numbering(title)[0].rstrip(".:")
        kind = kind_of(title)
        head = number.split(".")[0]
        if "." in number and head == chapter:
            kind = kind or inherited
        else:
            chapter, inherited = head, kind
        found.append(kind)
    return tuple(found)


def is_references(title: str) -> bool:
    """Whether the list of works that are cited stands below."""
    return _REFERENCES.fullmatch(_bare(title)) is not None


def is_list(title: str) -> bool:
    """Whether a list stands below that nobody reads as text: contents, an index, keywords."""
    return _LISTS.fullmatch(_bare(title)) is not None


def is_known(title: str) -> bool:
    """Whether papers call their parts so, and whoever sees the words alone on a line takes them for a heading."""
    bare = _bare(title)
    return bool(kind_of(title) or _UNNUMBERED.fullmatch(bare) or is_references(title) or is_list(title))


def may_be_title(text: str) -> bool:
    """Whether some words have the shape of a heading: few, and no sentence."""
    words = text.split()
    letters = sum(map(str.isalpha, text))
    return (
        0 < len(words) <= _LONGEST_WORDS
        and len(text) <= _LONGEST
        and letters >= max(3, 0.5 * len(text.replace(" ", "")))
        and not text.endswith((",", ";", "-"))
    )
