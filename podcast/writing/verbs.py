"""Verbs of research prose in the forms that cutting and retelling need; what is not listed is never taken for one."""

from __future__ import annotations


def listed(text: str) -> frozenset[str]:
    """Return the words of a text: how word lists read best."""
    return frozenset(text.split())


_LISTED = listed("""
accelerate accept access accommodate account achieve acquire act adapt add address adjust adopt advance affect aggregate
aid aim align alleviate allow amplify analyze answer appear apply approach argue arise ask assess assign assist assume
attain attempt attend attract augment automate avoid become begin behave believe benchmark benefit boost break bridge
bring build bypass calculate capture carry cause challenge change characterize choose circumvent cite claim clarify
classify clean close collect combat combine come compare compete compile complement complete complicate compress
comprise compute concern conclude conduct confirm connect consider consist construct contain contribute control converge
convert correct cost cover create curate decline decrease deepen define degrade deliver demand demonstrate denote depend
deploy derive describe design detect determine develop deviate differ discover discuss disentangle display distill
diverge divide dominate drive drop ease eliminate embed emerge emphasize employ empower enable encode encompass
encounter encourage enforce enhance enlarge enrich ensure entail equip establish estimate evaluate examine exceed excel
exhibit exist expand explain exploit explore expose express extend extract face facilitate fail fall feature fill filter
find fine-tune finetune fix focus follow force form formalize formulate foster free fuse gain generalize generate get
give go grow guarantee guide handle help highlight hinder hold identify ignore illustrate impact impede implement imply
impose improve include incorporate increase incur indicate induce influence inform inherit inject inspire integrate
introduce investigate involve isolate join keep know lack lay lead learn leave leverage lie limit locate lose lower
maintain make map mark match maximize mean measure merge minimize mitigate model modify motivate move narrow necessitate
need neglect observe obtain occur offer open open-source operate optimize originate outline outpace outperform overcome
overlook pair participate pave perform pose possess pre-train predict prefer present preserve pretrain prevent process
produce progress promise promote propose prove provide publish push quantify raise range rank reach recall receive
recognize record recover reduce refine reflect release rely remain remove render replace report represent require
resolve respect respond restrict result retain rethink retrieve return reveal review revisit revolutionize rewrite rise
run safeguard sample satisfy save say scale search see seek seem select separate serve set shape share shed shift show
signal simplify simulate solve span spark specify spread stand start state stay stem streamline strengthen strike
struggle study succeed suffer suggest summarize support surpass survey sustain tackle tailor take target teach tell tend
test track train transfer transform translate treat trigger turn uncover undergo underlie underline undermine
underperform underscore understand unify unlock update use utilize validate vary verify view visualize weaken widen work
write yield
""")

_DOUBLING = listed("begin control drop embed equip get incur map occur prefer run set span stem transfer")
_IRREGULAR_THIRD = {"go": "goes"}

AUXILIARIES = listed(
    """am are aren't can can't cannot could did didn't do does doesn't don't had has have is isn't may might must shall
    should was wasn't were weren't will won't would"""
)

AUTHORS_VERBS = listed(
    """analyze apply argue ask build collect compare conduct contribute create curate define demonstrate derive design
    develop discuss establish evaluate examine explore find formalize formulate highlight identify illustrate implement
    introduce investigate leverage observe offer open-source outline present propose prove provide publish release
    report reveal review show study suggest survey test train use validate verify"""
)
"""What authors do in a paper, and papers, too."""

_ALSO_NOUNS = listed(
    """access account act approach attempt benchmark benefit break bridge cause challenge change claim complement
    concern control cost cover decline decrease demand deploy design display drive drop estimate exploit face fall
    feature fill filter fix focus force form gain guide handle help hold impact increase influence join lack limit
    map mark match mean measure model move need offer open pair pose process produce progress promise range rank
    reach record release report result return review rise run sample save scale search set shape shift signal span
    spark spread stand start state stem strike struggle study support survey target test track train transfer
    transform trigger turn update use view work yield"""
)
"""Verbs whose forms in -s, or without it, may be nouns: only their place says which."""


def third(base: str) -> str:
    """Put a verb into the third person: show, shows; reach, reaches; vary, varies."""
    if base in _IRREGULAR_THIRD:
        return _IRREGULAR_THIRD[base]
    if base.endswith(("s", "sh", "ch", "x", "z")):
        return f"{base}es"
    return f"{base[:-1]}ies" if base[-1] == "y" and base[-2] not in "aeiou" else f"{base}s"


def _participle(base: str) -> str:
    if base in _DOUBLING:
        return f"{base}{base[-1]}ing"
    if base == "lie":
        return "lying"
    return f"{base[:-1]}ing" if base[-1] == "e" and base[-2] != "e" else f"{base}ing"


BASES = _LISTED
THIRD_OF = {third(base): base for base in _LISTED}
"""Base by third person."""

PARTICIPLE_OF = {_participle(base): base for base in _LISTED}
"""Base by present participle."""

SURE_THIRDS = frozenset(form for form, base in THIRD_OF.items() if base not in _ALSO_NOUNS)
SURE_BASES = BASES - _ALSO_NOUNS
