"""Words that carry a direction, a judgement, a comparison, a denial or a bound: lexicon.toml, as sets."""

from __future__ import annotations

import tomllib
from importlib.resources import files

_TEXT = (files("podcast.writing.grounding") / "lexicon.toml").read_text(encoding="utf-8")
_LISTS = {name: frozenset(words.split()) for name, words in tomllib.loads(_TEXT).items()}

MORE = _LISTS["more"]
LESS = _LISTS["less"]
BETTER = _LISTS["better"]
WORSE = _LISTS["worse"]
MOVES = _LISTS["moves"]
PLAINLY_MORE = _LISTS["plainly_more"]
PLAINLY_LESS = _LISTS["plainly_less"]
FASTER = _LISTS["faster"]
SLOWER = _LISTS["slower"]
COSTS = _LISTS["costs"]
QUALITIES = _LISTS["qualities"]
GAINS = _LISTS["gains"]
LOSSES = _LISTS["losses"]
DENIES = _LISTS["denies"]
AVOIDS = _LISTS["avoids"]
HINTS_AT_DENIAL = _LISTS["hints_at_denial"]
SOFTENS = _LISTS["softens"]
WINS = _LISTS["wins"]
LOSES = _LISTS["loses"]
THAN_WINS = _LISTS["than_wins"]
THAN_LOSES = _LISTS["than_loses"]
OWN = _LISTS["own"]
RIVAL = _LISTS["rival"]
AHEAD = _LISTS["ahead"]
LEADS = _LISTS["leads"]
UNIVERSAL = _LISTS["universal"]
SUPPORTS_UNIVERSAL = _LISTS["supports_universal"]
PARTIAL = _LISTS["partial"]
EXCLUSIVE = _LISTS["exclusive"]
AVERAGED = _LISTS["averaged"]
PEAK = _LISTS["peak"]
FUNCTION_WORDS = _LISTS["function_words"]
CLAUSE_WORDS = _LISTS["clause_words"]
DIRECTED = MORE | LESS | BETTER | WORSE
"""What gives a sign to other words, and takes none itself."""
