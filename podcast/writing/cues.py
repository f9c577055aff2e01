"""Words of an abstract's sentences that say what they are there for: to propose, tell, show, admit, or look ahead."""

from __future__ import annotations

import re


def _cue(*patterns: str) -> re.Pattern[str]:
    """Any of these, whatever the capitals; white space in a pattern is none."""
    return re.compile("|".join(patterns), re.IGNORECASE | re.VERBOSE)


_KIND = r"""(?:[\w-]+\s){0,2}(?:paper|work|study|article|survey|report|review|thesis|tutorial|research|project
    |investigation)"""
_WE = r"\b(?:we|the\sauthors)\s(?:\w+ly\s|also\s|further\s)?"
_AUTHORS = rf"""\b(?:we|I|the\sauthors?|(?:this|our|the)\s{_KIND})\s(?:have\s|has\s)?
    (?:\w+ly\s|also\s|first\s|then\s|further\s|next\s|thus\s|hereby\s){{0,2}}"""
_WORK = r"""(?:works?|methods?|approach|study|model|analysis|paper|framework|system|experiments|evaluation|technique
    |findings|results|benchmark|dataset|algorithm|methodology)"""
_EVIDENCE = r"""(?:results?|experiments?|experimentation|evaluations?|findings?|analys[ei]s|ablations?|simulations?
    |stud(?:y|ies)|tests|trials|benchmarks?|observations?|comparisons?)"""

PROPOSES = _cue(
    rf"""{_AUTHORS}(?:propos|introduc|present|argue|claim|advocat|aim|address|tackl|seek|stud(?:y|ies)|investigat|explor
      |examin|revisit|develop|describ|survey|review|contribut|formali[sz]|question|posit\b|ask|put\sforward|focus|offer
      |outline|release|open-?source|re-?frame|frame\b|recast|conceptuali[sz]|identif|uncover|defin|extend\b|generali[sz]e
      |unif(?:y|ies)|try\b|initiate|take\sa|provide|aspire|set\sout|bridge|design|creat|launch|establish|discuss)""",
    r"""\b(?:our|the|its|main|key|primary|central)\s(?:[\w-]+\s){0,2}(?:goal|aim|objective|contributions?|purpose)\s
      (?:[\w-]+\s){0,6}(?:is|are|lies)\b""",
    rf"^(?:In|Through|With)\s(?:this|our|the\s(?:present|current))\s{_KIND}\b",
    r"\b(?:is|are)\s(?:proposed|introduced|presented)\b(?!\sby)",
)
PRESENTS = _cue(
    rf"""{_AUTHORS}(?:propos|introduc|present|develop|describ|design|devis|creat|build\b|built|construct|put\sforward
      |stud(?:y|ies|ied)|investigat|explor|examin|revisit|address|tackl|argue|survey|review|analy[sz]|evaluat|report\b
      |reports|seek|aim|unveil|formulat|formali[sz]|provides?\b|offer|ask|contribut|launch|establish|compar|leverag
      |summari[sz]|explain|assess|focus|consider|conduct\w*\s(?:an?|the)\b)""",
    rf"^(?:In|Through|With)\s(?:this|our|the\s(?:present|current))\s{_KIND}\b",
    r"\b(?:is|are)\s(?:proposed|introduced|presented)\b(?!\sby)",
)
"""What says what a paper is."""

BRINGS = _cue(
    rf"^(?:[^,]{{1,80}},\s)?{_AUTHORS}(?:also\s)?(?:propos|introduc|present|develop|design|devis)\w*\s(?!results|evidence|exper)"
)
"""A new thing, whatever is said of how good it is."""

BESIDES = _cue(
    r"\b(?:we|I|the\sauthors?|this\spaper|it)\s(?:\w+ly\s)?(?:also|further|then|next|additionally)\b",
    r"^(?:Moreover|Furthermore|Additionally|In\saddition|Finally|Lastly|Second|Third|Then|Next|Also|Besides)\b",
    r"\bas\sa\sseparate\b",
)
"""What a paper does besides what it is."""

DOES = _cue(
    rf"""{_AUTHORS}(?:train|us(?:e|es|ed)\b|employ|leverag|design|build|construct|collect|curat|fine-?tun
      |appl(?:y|ies|ied)|adopt|combin|formulat|model|deriv|extend|integrat|utili[sz]|conduct|compar|analy[sz]|creat
      |generat|implement|incorporat)""",
    r"""\b(?:our|the\sproposed|this|the\spresented|the\sresulting)\s(?:[\w-]+\s){0,3}(?:method|approach|model|framework
      |system|algorithm|pipeline|dataset|benchmark|architecture|network|technique)\b""",
    r"\b(?:consists?|composed|comprises?|comprising|is\sbased)\b",
    r"^(?:Specifically|In\sparticular|Concretely|First|Second|Third|Then|Next|Finally|To\s(?:this|that)\send)\b",
)
SHOWS = _cue(
    rf"""{_AUTHORS}(?:show|prov(?:e|es|ed)\b|demonstrat|establish|reveal|find|found|observ|discover|conclude|achiev
      |obtain)"""
)
FOUND = _cue(
    rf"{_WE}(?:find|found|observe|discover|report)\w*\b",
    r"^(?:\w+\s){0,2}experiments\b",
    r"""\b(?:our|the)\s(?:\w+\s)?(?:results|findings|experiments|evaluations?)\s(?:\w+ly\s|also\s)?
      (?:show|reveal|indicate|uncover|confirm)""",
)
TESTED = _cue(
    rf"""\b{_EVIDENCE}\b.{{0,80}}\b(?:show|demonstrat|reveal|indicat(?:e|es|ed|ing)\b|suggest|confirm|validat|verif
      |highlight|prov(?:e|es|ed)\b|establish|illustrat|support|underscor|find)""",
    r"\b(?:evaluat|validat|assess|verif)(?:e|es|ed|ing|y|ies|ied)?\b.{0,80}\b(?:on|against|across|using|with|over)\s",
    r"""\b(?:(?:we|the\sauthors)\s(?:also\s)?test|tested|testing|benchmarked|experiments?)\s.{0,80}
      \b(?:on|against|across|using|with)\s""",
    r"^(?:Extensive|Comprehensive|Empirical|Experimental|Numerical|Quantitative|Across|On)\b",
    rf"{_WE}(?:conduct|perform)\w*\b",
)
MEASURED = _cue(
    r"\d[\d.,]*\s?(?:%|\\%|percent|×|x\b|times\b|-?fold|points?\b)",
    r"\b(?:needs?|takes?|requires?|costs?)\s(?:only\s|just\s|about\s)?\d",
    r"\b(?:outperform|surpass|superior|exceed|outpac)\w*",
    r"\bstate[\s-]of[\s-]the[\s-]art\b.{0,20}\b(?:results?|performance|accuracy)",
    r"\bcompared\s(?:to|with)\b",
    r"\b(?:better|higher|lower|faster|fewer|more\saccurate)\b.{0,60}\bthan\b",
    r"\b(?:competitive|comparable)\s(?:results|performance|with|to)\b",
    r"\bran(?:ks|ked)\b",
)
GAINS = _cue(r"\b(?:achiev|improv|reduc|accelerat|yield|attain|enhanc|boost)(?:e|es|ed|s)\b|\bsignificantly\b")
"""Words of results, where nothing says that they are of what was done."""

FOLLOWS = _cue(
    r"\bimplications?\b",
    r"\bpav\w+\s(?:the|a)\sway\b",
    r"\bfuture\s(?:\w+\s)?(?:work|research|directions?|studies|development\w*)",
    r"\b(?:our|the)\shope\b",
    r"\b(?:facilitat|foster|inspir|stimulat)\w*\s(?:the\s)?(?:further|future|research|development|progress)",
    r"\b(?:we|the\sauthors)\saim\sto\s(?:facilitate|foster|promote|encourage|inspire|support|contribute)\b",
    r"\b(?:we|the\sauthors)\s(?:hope|believe|anticipate|recommend|envision|call|conclude\swith|suggest)\b",
    r"\bopen\w*\s(?:up\s)?(?:new\s|the\sdoor|avenues?|possibilit|promising)",
    r"\b(?:new|promising)\s(?:avenues?|paths?|directions?)\b",
    r"""\b(?:highlight|underscor|emphasi[sz]|illustrat|show|demonstrat|suggest|point)\w*\s(?:to\s)?
      (?:the\s|a\s|its\s|their\s)(?:[\w-]+\s){0,3}
      (?:need|potential|importance|promise|viability|value|necessity|feasibility|possibility|utility)\b""",
    r"\b(?:potential|promising)\s(?:for|to|of|applications?|solution|tool|approach)\b",
    r"""\b(?:can|could|may|will)\s(?:\w+\s)?(?:serve|be\sused|be\sapplied|help|inform|benefit|guide|facilitate|enable
      |inspire)\b""",
    r"\brecommendations?\s(?:for|to)\b",
    r"""^(?:\w+,\s)?(?:these|our|the|this|such)\s(?:\w+\s)?
      (?:findings|insights|results|work|study|research|advancements?|contributions?)\s(?:\w+ly\s|also\s)?
      (?:suggest|explain|highlight|underscor|provid|offer|have\b|point|call|emphasi|contribut|advanc|open|lay|establish
      |set|mark|pave|help|inform|can|could|may|will|represent|deepen|enrich|shed)""",
)
_SPARED = r"""(?:\w+ly\s)?(?:need|requir|rely\b|depend|assum|involv|suffer|introduc|incur|add\b|increas|use\b
    |impos|sacrific|compromis|degrad|affect|chang|modif|alter|just\b|only\b|merely\b|simply\b|any\b|come\sat|hinge|necessitat|demand)"""
"""What a method does without is no limit of it."""

ADMITS = _cue(
    rf"""\b(?:limitations?|weakness(?:es)?|shortcomings?|drawbacks?|caveats?)\s(?:of|in|to)\s
      (?:our|this|the\s(?:proposed|present|current))\s(?:\w+\s)?{_WORK}\b""",
    r"""\b(?:one|another|a|the\s(?:main|major|key|first|second|primary))\s(?:\w+\s)?
      (?:limitation|caveat|drawback|shortcoming)\s(?:\w+\s){0,4}is\b""",
    rf"""\b(?:our|this)\s(?:\w+\s)?{_WORK}\s(?:\w+\s)?(?:(?:is|are|was|were)\s(?:still\s)?(?:limited|restricted|confined)
      |(?:does|do|did|can|could|may|might)(?:\snot|not)\s(?!{_SPARED})|cannot\s|has\s(?:\w+\s)?limitations|lacks?\b|may\sfail)""",
    r"""\b(?:we|the\sauthors)\s(?:\w+ly\s)?(?:acknowledge|caution|concede|leave
      |(?:did|do|could|have)\snot\s(?:yet\s)?(?:test|consider|evaluat|stud|explor|address|compar|investigat|cover|account
        |include)\w*
      |only\s(?:test|consider|evaluat|stud|focus|use|explor|investigat)\w*)\b""",
    r"\b(?:is|are)\sleft\s(?:for|to|as)\sfuture\b",
)
"""Limits of their own work only."""

ANNOUNCES = _cue(
    r"""^(?:(?:\w+ly|Moreover|Also|Finally|In\saddition),\s)?(?:we|the\sauthors|this\s\w+|the\spaper)\s
      (?:\w+ly\s|also\s)?(?:conclude\swith|discuss|outline)\s(?:[\w-]+\s){0,6}
      (?:limitations|implications|directions|challenges|work)[^,]{0,40}$"""
)
"""Only that something is said elsewhere."""
