"""Which part of a summary a sentence of a paper belongs to: what it claims, how, what came out, limits, what follows.

Of an abstract, words in its sentences say so, and what came before; of a whole paper, the titles of its sections. Limits
are only those that the authors admit of their own work: nothing here judges.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podcast.writing.leaning import alone, leans
from podcast.writing.material import PART_TITLES

if TYPE_CHECKING:
    from collections.abc import Sequence

CLAIMS, METHOD, RESULTS, CRITIQUE, IMPLICATIONS = PART_TITLES
BACKGROUND = "Background"
"""What was known, or wrong, before: no part of its own, but what claims may need to be understood."""

_FLAGS = re.IGNORECASE | re.VERBOSE
_KIND = r"(?:[\w-]+\s){0,2}(?:paper|work|study|article|survey|report|review|thesis|tutorial|research|project|investigation)"
_AUTHORS = rf"\b(?:we|I|the\sauthors?|(?:this|our|the)\s{_KIND})\s(?:\w+ly\s|also\s|first\s|then\s|further\s|next\s|thus\s|hereby\s){{0,2}}"
_OWN = r"\b(?:our|the\sproposed|this|the\spresented|the\sresulting)\s(?:[\w-]+\s){0,3}"

_PROPOSES = re.compile(
    rf"""{_AUTHORS}(?:propos|introduc|present|argue|claim|advocat|aim|address|tackl|seek|stud(?:y|ies)|investigat|explor|examin
        |revisit|develop|describ|survey|review|contribut|formali[sz]|question|posit\b|ask|put\sforward|focus|offer|outline
        |release|open-?source|initiate|take\sa|provide|aspire|set\sout|bridge|design|create|launch|establish|discuss)
    |\b(?:our|the|its|main|key|primary|central)\s(?:[\w-]+\s){{0,2}}(?:goal|aim|objective|contributions?|purpose)\s
        (?:[\w-]+\s){{0,6}}(?:is|are|lies)\b
    |^(?:In|Through|With)\sthis\s{_KIND}\b|\b(?:is|are)\s(?:proposed|introduced|presented)\b(?!\sby)""",
    _FLAGS,
)
_SHOWS = re.compile(
    rf"{_AUTHORS}(?:show|prov(?:e|es|ed)\b|demonstrat|establish|deriv|reveal|find|found|observ|discover|conclude|achiev|obtain)",
    _FLAGS,
)
_MEASURED = re.compile(
    r"""\d[\d.,]*\s?(?:%|\\%|percent|×|x\b|times\b|-?fold|points?\b)|\b(?:outperform|surpass|superior|exceed)\w*
    |\bstate[\s-]of[\s-]the[\s-]art\b|\b(?:achiev|improv|reduc|outpac|accelerat|yield|attain|reach|match)(?:e|es|ed|ing|s)?\b
    |\b(?:better|higher|lower|faster|fewer|more\saccurate)\b.{0,60}\bthan\b|\bcompared\s(?:to|with)\b|\b(?:SOTA|SoTA)\b
    |\bsignificant(?:ly)?\b|\b(?:competitive|comparable)\s(?:results|performance|with|to)\b|\bran(?:ks|ked)\b""",
    _FLAGS,
)
_EVIDENCE = re.compile(
    r"""\b(?:results?|experiments?|experimentation|evaluations?|findings?|analys[ei]s|ablations?|simulations?|stud(?:y|ies)
        |tests|trials|benchmarks?|observations?|comparisons?)\b.{0,80}
        \b(?:show|demonstrat|reveal|indicat|suggest|confirm|validat|verif|highlight|prov(?:e|es|ed)\b|establish|illustrat
          |support|underscor|find)
    |\b(?:evaluat|validat|assess|test|benchmark|experiment|verif)\w*\b.{0,80}\b(?:on|against|across|using|with|over|show\w*)\s
    |^(?:Extensive|Comprehensive|Empirical|Experimental|Numerical|Quantitative|Across|On)\b
    |\b(?:we|the\sauthors)\s(?:\w+ly\s|also\s|further\s)?(?:find|found|observe|discover|report|conduct|perform)\w*\b""",
    _FLAGS,
)
_FOLLOWS = re.compile(
    rf"""\bimplications?\b|\bpav\w+\s(?:the|a)\sway\b|\bfuture\s(?:\w+\s)?(?:work|research|directions?|studies|development\w*)
    |\b(?:we|the\sauthors)\s(?:hope|believe|anticipate|recommend|envision|call|conclude\swith|suggest)\b
    |\bopen\w*\s(?:up\s)?(?:new\s|the\sdoor|avenues?|possibilit|promising)|\b(?:new|promising)\s(?:avenues?|paths?|directions?)\b
    |\b(?:highlight|underscor|emphasi[sz]|illustrat|show|demonstrat|suggest|point)\w*\s(?:to\s)?(?:the\s|a\s|its\s|their\s)
        (?:[\w-]+\s){{0,3}}(?:need|potential|importance|promise|viability|value|necessity|feasibility|possibility|utility)\b
    |\b(?:potential|promising)\s(?:for|to|of|applications?|solution|tool|approach)\b
    |\b(?:can|could|may|will)\s(?:\w+\s)?(?:serve|be\sused|be\sapplied|help|inform|benefit|guide|facilitate|enable|inspire)\b
    |^(?:\w+,\s)?(?:these|our|the|this|such)\s(?:\w+\s)?(?:findings|insights|results|work|study|research|advancements?
        |contributions?)\s(?:\w+ly\s|also\s)?(?:suggest|highlight|underscor|provid|offer|have\b|point|call|emphasi|contribut
        |advanc|open|lay|establish|set|mark|pave|help|inform|can|could|may|will|represent|deepen|enrich|shed)""",
    _FLAGS,
)
_ADMITS = re.compile(
    rf"""\b(?:limitations?|weakness(?:es)?|shortcomings?|drawbacks?|caveats?)\s(?:of|in|to)\s(?:our|this|the\s(?:proposed|present
        |current))\s(?:\w+\s)?(?:work|method|approach|study|model|analysis|paper|framework|system|experiments|evaluation
        |technique|findings|results|benchmark|dataset|algorithm|methodology)\b
    |\b(?:one|another|a|the\s(?:main|major|key|first|second|primary))\s(?:\w+\s)?(?:limitation|caveat|drawback|shortcoming)\s
        (?:\w+\s){{0,4}}is\b
    |\b(?:our|this)\s(?:\w+\s)?(?:work|method|approach|study|model|analysis|framework|system|experiments|evaluation|technique
        |findings|results|benchmark|dataset|algorithm|methodology)\s(?:\w+\s)?(?:(?:is|are|was|were)\s(?:still\s)?(?:limited|restricted
        |confined)|(?:does|do|did|can|could|may|might)(?:\snot|not)\s|cannot\s|has\s(?:\w+\s)?limitations|lacks?\b|may\sfail)
    |\b(?:we|the\sauthors)\s(?:\w+ly\s)?(?:acknowledge|caution|concede|did\snot|do\snot|could\snot|only\s(?:test|consider|evaluat
        |stud|focus|use|explor|investigat)\w*|leave|have\snot)\b
    |\b(?:is|are)\sleft\s(?:for|to|as)\sfuture\b""",
    _FLAGS,
)
_DOES = re.compile(
    rf"""{_AUTHORS}(?:train|us(?:e|es|ed)\b|employ|leverag|design|build|construct|collect|curat|fine-?tun|appl(?:y|ies|ied)
        |adopt|combin|formulat|model|deriv|extend|integrat|utili[sz]|conduct|compar|analy[sz]|creat|generat|implement|incorporat)
    |{_OWN}(?:method|approach|model|framework|system|algorithm|pipeline|dataset|benchmark|architecture|network|technique)\b
    |\b(?:consists?|composed|comprises?|comprising|is\sbased)\b|^(?:Specifically|In\sparticular|Concretely|First|Second|Third
        |Then|Next|Finally|To\s(?:this|that)\send|Technically)\b""",
    _FLAGS,
)
_SAYS_NOTHING = re.compile(
    r"""^(?:(?:\w+ly|Moreover|Also|Finally|In\saddition),\s)?(?:we|the\sauthors|this\s\w+|the\spaper)\s(?:\w+ly\s|also\s)?
      (?:conclude\swith|discuss|outline)\s(?:[\w-]+\s){0,6}(?:limitations|implications|directions|challenges|work)[^,]{0,40}$""",
    _FLAGS,
)
"""What only announces that something is said elsewhere."""


def sorted_by_cues(sentences: Sequence[str]) -> list[str]:
    """Say of each sentence of an abstract which part it belongs to; what leans on another belongs where that is."""
    kinds: list[str] = []
    for place, sentence in enumerate(sentences):
        before = kinds[-1] if kinds else BACKGROUND
        kind = _kind(sentence, before, is_new=not {CLAIMS, RESULTS}.intersection(kinds))
        is_tied = place > 0 and leans(alone(sentences, place)) and not (kind == IMPLICATIONS and before == RESULTS)
        kinds.append(before if is_tied and not (before == BACKGROUND and kind != BACKGROUND) else kind)
    return kinds


def _kind(sentence: str, before: str, *, is_new: bool) -> str:
    """Judge one sentence behind one of the kind `before`; `is_new` until the paper has said what it does."""
    proposes, shows = _PROPOSES.search(sentence), _SHOWS.search(sentence)
    measured, evidence = _MEASURED.search(sentence), _EVIDENCE.search(sentence)
    if is_new:
        if proposes or (shows and not evidence):
            return CLAIMS
        return RESULTS if evidence and shows else METHOD if _DOES.search(sentence) and before == CLAIMS else BACKGROUND
    if _ADMITS.search(sentence):
        return CRITIQUE
    if _FOLLOWS.search(sentence) and not re.search(r"\d\s?%", sentence) and not (proposes and before == CLAIMS):
        return IMPLICATIONS
    if evidence or shows or (measured and not proposes):
        return RESULTS
    if proposes and not _DOES.match(sentence):
        return CLAIMS
    if _DOES.search(sentence) or before == CLAIMS:
        return METHOD
    return before if before in (METHOD, RESULTS, IMPLICATIONS) else METHOD


def admits(sentence: str) -> bool:
    """Whether authors say of their own work what it does not do."""
    return bool(_ADMITS.search(sentence))


def claims(sentence: str) -> bool:
    """Whether authors say what they bring."""
    return bool(_PROPOSES.search(sentence) or _SHOWS.search(sentence))


def announces(sentence: str) -> bool:
    """Whether it only says that something is said elsewhere."""
    return bool(_SAYS_NOTHING.match(sentence))
