"""What points at a page that nobody who listens has before them: Table 2, Figure 3b, Section 4, Appendix B.

Silent on purpose, and nothing else: such a pointer with the words that only lead to it (`as shown in Table 2`, `(see
Figure 3)`, `in Section 4`, `Table 2 shows that`). What a sentence says of the paper stays.
"""

from __future__ import annotations

import re

from podcast.writing.prose import capitalised

_PLACE = r"(?:Fig(?:ure|s|ures)?\.?|Tab(?:le|les)?\.?|Sec(?:tion|tions|s)?\.?|§|App(?:endix|endices)?\.?)"
_NUMBER = r"(?:[A-Z]?\d+(?:\.\d+)*[a-z]?|[A-Z](?![a-z’'])|[IVX]+(?![a-z]))"
_POINTER = (
    rf"(?:(?:the )?(?:{_PLACE}[~ ]?\(?{_NUMBER}\)?(?:(?:, | and |, and |–|-| to )(?:{_PLACE}[~ ])?{_NUMBER})*"
    r"|(?:Appendix|[Ss]upplementary [Mm]aterials?)(?![~ ]?[A-Z\d])))"
)
_SHOWN = (
    r"(?:shown|seen|illustrated|depicted|displayed|visualized|reported|summarized|listed|presented|given|described"
    r"|discussed|detailed|explained|demonstrated|outlined)"
)
_RULES = (
    (re.compile(rf"\s?[(\[](?:(?:see|cf\.|as {_SHOWN} in|e\.g\.,?) )?(?:also )?{_POINTER}[^()\[\]]{{0,30}}[)\]]"), ""),
    (re.compile(rf"^As (?:can be |is |we )?{_SHOWN} in {_POINTER},? ", re.IGNORECASE), ""),
    (re.compile(rf",? as (?:can be |is |we )?{_SHOWN} in {_POINTER}(?:,(?= ))?", re.IGNORECASE), ""),
    (re.compile(rf",? \(?(?:see|cf\.) (?:also )?{_POINTER}(?: for [^,.;]*)?(?:,(?= ))?"), ""),
    (
        re.compile(rf"^{_POINTER} (?:also )?(?:shows|demonstrates|reports|indicates|confirms|reveals|suggests) that "),
        "",
    ),
    (re.compile(rf"^(?:In|From) {_POINTER},? (?=(?:we|it|they|the|this|our)\b)"), ""),
    (re.compile(rf" (?:in|from|of) {_POINTER}(?=[\s,.;:])"), ""),
)
_ANY = re.compile(rf"\b{_POINTER}")


def without_pointers(sentence: str) -> str:
    """Take the pointers out of one sentence that is whole without them."""
    for pattern, instead in _RULES:
        changed = pattern.sub(instead, sentence)
        if changed != sentence:
            sentence = capitalised(changed.lstrip(" ,")) if sentence[:1].isupper() else changed
    return sentence


def points(sentence: str) -> bool:
    """Whether it still points somewhere: it is about a table or a section, and no loss."""
    return bool(_ANY.search(sentence))
