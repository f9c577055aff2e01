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
_KIND = (
    r"(?:[\w-]+\s){0,2}(?:paper|work|study|article|survey|report|review|thesis|tutorial|research|project|investigation)"
)
_AUTHORS = rf"\b(?:we|I|the\sauthors?|(?:this|our|the)\s{_KIND})\s(?:\w+ly\s|also\s|first\s|then\s|further\s|next\s|thus\s|hereby\s){{0,2}}"
_OWN = r"\b(?:our|the\sproposed|this|the\spresented|the\sresulting)\s(?:[\w-]+\s){0,3}"

_PROPOSES = re.compile(
    rf"""{_AUTHORS}(?:propos|introduc|present|argue|claim|advocat|aim|address|tackl|seek|stud(?:y|ies)|investigat|explor|examin
        |revisit|develop|describ|survey|review|contribut|formali[sz]|question|posit\b|ask|put\sforward|focus|offer|outline
        |release|open-?source|re-?frame|frame\b|recast|concepti?uali[sz]|identif|uncover|defin|extend\b|generali[sz]e|unif(?:y|ies)|try\b|initiate|take\sa|provide|aspire|set\sout|bridge|design|creat|launch|establish|discuss)
    |\b(?:our|the|its|main|key|primary|central)\s(?:[\w-]+\s){{0,2}}(?:goal|aim|objective|contributions?|purpose)\s
        (?:[\w-]+\s){{0,6}}(?:is|are|lies)\b
    |^(?:In|Through|With)\s(?:this|our|the\s(?:present|current))\s{_KIND}\b|\b(?:is|are)\s(?:proposed|introduced|presented)\b(?!\sby)""",
    _FLAGS,
)
_SHOWS = re.compile(
    rf"{_AUTHORS}(?:show|prov(?:e|es|ed)\b|demonstrat|establish|reveal|find|found|observ|discover|conclude|achiev|obtain)",
    _FLAGS,
)
_MEASURED = re.compile(
    r"""\d[\d.,]*\s?(?:%|\\%|percent|×|x\b|times\b|-?fold|points?\b)|\b(?:outperform|surpass|superior|exceed|outpac)\w*
    |\bstate[\s-]of[\s-]the[\s-]art\b.{0,20}\b(?:results?|performance|accuracy)|\bcompared\s(?:to|with)\b
    |\b(?:better|higher|lower|faster|fewer|more\saccurate)\b.{0,60}\bthan\b
    |\b(?:competitive|comparable)\s(?:results|performance|with|to)\b|\bran(?:ks|ked)\b""",
    _FLAGS,
)
_GAINS = re.compile(
    r"\b(?:achiev|improv|reduc|accelerat|yield|attain|enhanc|boost)(?:e|es|ed|s)\b|\bsignificantly\b", re.IGNORECASE
)
"""Words of results, where nothing says that they are of what was done."""

_EVIDENCE = re.compile(
    r"""\b(?:results?|experiments?|experimentation|evaluations?|findings?|analys[ei]s|ablations?|simulations?|stud(?:y|ies)
        |tests|trials|benchmarks?|observations?|comparisons?)\b.{0,80}
        \b(?:show|demonstrat|reveal|indicat(?:e|es|ed|ing)\b|suggest|confirm|validat|verif|highlight|prov(?:e|es|ed)\b|establish|illustrat
          |support|underscor|find)
    |\b(?:evaluat|validat|assess|verif)(?:e|es|ed|ing|y|ies|ied)?\b.{0,80}\b(?:on|against|across|using|with|over|show\w*)\s
    |\b(?:(?:we|the\sauthors)\s(?:also\s)?test|tested|testing|benchmarked|experiments?)\s.{0,80}\b(?:on|against|across|using|with)\s
    |^(?:Extensive|Comprehensive|Empirical|Experimental|Numerical|Quantitative|Across|On)\b
    |\b(?:we|the\sauthors)\s(?:\w+ly\s|also\s|further\s)?(?:find|found|observe|discover|report|conduct|perform)\w*\b""",
    _FLAGS,
)
_FOUND = re.compile(
    r"""\b(?:we|the\sauthors)\s(?:\w+ly\s|also\s|further\s)?(?:find|found|observe|discover|report)\w*\b|^(?:\w+\s){0,2}experiments\b
    |\b(?:our|the)\s(?:\w+\s)?(?:results|findings|experiments|evaluations?)\s(?:\w+ly\s|also\s)?(?:show|reveal|indicate|uncover|confirm)""",
    _FLAGS,
)
_FOLLOWS = re.compile(
    rf"""\bimplications?\b|\bpav\w+\s(?:the|a)\sway\b|\bfuture\s(?:\w+\s)?(?:work|research|directions?|studies|development\w*)
    |\b(?:our|the)\shope\b|\b(?:facilitat|foster|inspir|stimulat)\w*\s(?:the\s)?(?:further|future|research|development|progress)
    |\b(?:we|the\sauthors)\saim\sto\s(?:facilitate|foster|promote|encourage|inspire|support|contribute)\b
    |\b(?:we|the\sauthors)\s(?:hope|believe|anticipate|recommend|envision|call|conclude\swith|suggest)\b
    |\bopen\w*\s(?:up\s)?(?:new\s|the\sdoor|avenues?|possibilit|promising)|\b(?:new|promising)\s(?:avenues?|paths?|directions?)\b
    |\b(?:highlight|underscor|emphasi[sz]|illustrat|show|demonstrat|suggest|point)\w*\s(?:to\s)?(?:the\s|a\s|its\s|their\s)
        (?:[\w-]+\s){{0,3}}(?:need|potential|importance|promise|viability|value|necessity|feasibility|possibility|utility)\b
    |\b(?:potential|promising)\s(?:for|to|of|applications?|solution|tool|approach)\b
    |\b(?:can|could|may|will)\s(?:\w+\s)?(?:serve|be\sused|be\sapplied|help|inform|benefit|guide|facilitate|enable|inspire)\b
    |\brecommendations?\s(?:for|to)\b
    |^(?:\w+,\s)?(?:these|our|the|this|such)\s(?:\w+\s)?(?:findings|insights|results|work|study|research|advancements?
        |contributions?)\s(?:\w+ly\s|also\s)?(?:suggest|explain|highlight|underscor|provid|offer|have\b|point|call|emphasi|contribut
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
_DETAILS = re.compile(
    r"(?:Specifically|In particular|Concretely|Moreover|Furthermore|Additionally|In addition|First|Second|Third|Then|Next|Finally|Last)\b"
)
_TURNS = re.compile(
    r"(?:Again|And|But|So|Yet|Then|Thus|Hence|Instead|However|Nevertheless|Nonetheless|Therefore|Consequently|Otherwise|Meanwhile|Similarly|Likewise|Conversely|In contrast|In turn|As a result|For example|For instance|That is)\b"
)
_PERCENT = re.compile(r"\d\s?%")
_NAMED = r"results?|findings?|insights?|observations?|experiments?|methods?|approach(?:es)?|frameworks?|models?|systems?|datasets?|benchmarks?|advances?|innovations?|techniques?|algorithms?|pipelines?|architectures?|strateg(?:y|ies)|designs?|tools?"
"""What has been told of by the time that a later part begins."""

_SAYS_NOTHING = re.compile(
    r"""^(?:(?:\w+ly|Moreover|Also|Finally|In\saddition),\s)?(?:we|the\sauthors|this\s\w+|the\spaper)\s(?:\w+ly\s|also\s)?
      (?:conclude\swith|discuss|outline)\s(?:[\w-]+\s){0,6}(?:limitations|implications|directions|challenges|work)[^,]{0,40}$""",
    _FLAGS,
)
"""What only announces that something is said elsewhere."""


_POINTS_BACK = re.compile(
    r"^(?:[\w\s]{1,30},\s)?(?:this|these|those|that|it|they|its|their|both|such|each|another|here|the\s(?:former|latter|two))\b",
    _FLAGS,
)
_NAMES_BACK = re.compile(rf"^(?:[\w\s]{{1,30}},\s)?(?:this|these|such)\s(?:\w+\s)?(?:{_NAMED})\b", _FLAGS)


def sorted_by_cues(sentences: Sequence[str]) -> list[str]:
    """Say of each sentence of an abstract which part it belongs to."""
    kinds: list[str] = []
    for place, sentence in enumerate(sentences):
        before = kinds[-1] if kinds else BACKGROUND
        kind = _kind(sentence, before, is_new=not {CLAIMS, RESULTS}.intersection(kinds))
        kinds.append(before if place and _is_tied(alone(sentences, place), before, kind) else kind)
    return kinds


def _is_tied(sentence: str, before: str, kind: str) -> bool:
    """Whether it cannot begin a part: nobody would know there what it is about."""
    if before == BACKGROUND or kind == before or not leans(sentence) or _NAMES_BACK.match(sentence):
        return False
    return bool(_POINTS_BACK.match(sentence) or _TURNS.match(sentence))


def _kind(sentence: str, before: str, *, is_new: bool) -> str:
    """Judge one sentence behind one of the kind `before`; `is_new` until the paper has said what it does."""
    if is_new:
        return _first_kind(sentence, before)
    if _ADMITS.search(sentence):
        return CRITIQUE
    proposes, does = _PROPOSES.search(sentence), _DOES.search(sentence)
    if _FOUND.search(sentence):
        return RESULTS
    if _FOLLOWS.search(sentence) and not _PERCENT.search(sentence) and not (proposes and before in (CLAIMS, METHOD)):
        return IMPLICATIONS
    if _EVIDENCE.search(sentence) or _SHOWS.search(sentence) or _MEASURED.search(sentence):
        return RESULTS
    if _GAINS.search(sentence) and not (proposes or does):
        return RESULTS
    if proposes and before != METHOD and not _DETAILS.match(sentence):
        return CLAIMS
    return METHOD if does or proposes or before in (CLAIMS, CRITIQUE) else before


def _first_kind(sentence: str, before: str) -> str:
    """Judge a sentence before which the paper has not yet said what it does."""
    evidence, shows = _EVIDENCE.search(sentence), _SHOWS.search(sentence)
    if _PROPOSES.search(sentence) or (shows and not evidence):
        return CLAIMS
    return RESULTS if evidence and shows else before


def admits(sentence: str) -> bool:
    """Whether authors say of their own work what it does not do."""
    return bool(_ADMITS.search(sentence))


def claims(sentence: str) -> bool:
    """Whether authors say what they bring."""
    return bool(_PROPOSES.search(sentence) or _SHOWS.search(sentence))


def announces(sentence: str) -> bool:
    """Whether it only says that something is said elsewhere."""
    return bool(_SAYS_NOTHING.match(sentence))


# ── sections ────────────────────────────────────────────────────────────────────────────────────────────

_NUMBERED = r"^[\W\d]*(?:[IVX]+\.\s|[A-Z]\.\s)?"
_TITLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (part, re.compile(_NUMBERED + pattern, re.IGNORECASE))
    for part, pattern in (
        ("", r".*\b(?:related|previous|prior)\s(?:works?|research|literature)|.*\b(?:background|preliminar\w+|references?|bibliography"
             r"|acknowledge?ments?|appendi(?:x|ces)|notation|contents|supplement\w*|ethics|ethical|checklist|funding"
             r"|author\scontributions?|conflicts?\sof\sinterest|availability|impact\sstatement)\b"),
        (CRITIQUE, r".*\b(?:limitations?|threats\sto\svalidity|failure\s(?:cases|modes)|shortcomings|weaknesses)\b"),
        (CLAIMS, r"(?:introduction|overview|motivation|contributions?)\b"),
        (RESULTS, r".*\b(?:results?|experiments?|experimental|evaluations?|findings|ablations?|analys[ei]s|comparisons?|benchmarking)\b"),
        (IMPLICATIONS, r".*\b(?:conclusions?|concluding|discussions?|implications?|broader\simpacts?|outlook|future\s(?:work|directions?))\b"),
        (METHOD, r".*\b(?:methods?|methodology|approach|models?|architectures?|algorithms?|framework|system|design|setup|training"
                 r"|implementation|materials|datasets?|data|pipeline|formulation|our|proposed)\b"),
    )
)  # fmt: skip


def part_of_section(title: str, *, is_told: bool) -> str:
    """Say which part of a summary a section is about, empty for none; `is_told` once results were, of any other title.

    What stands between introduction and results under a title of its own is the method.
    """
    found = next((part for part, pattern in _TITLES if pattern.match(title)), None)
    return found if found is not None else "" if is_told else METHOD
