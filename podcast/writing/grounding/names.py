"""Names: models, datasets, methods, places and people. One that a source does not have was not there to be told."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from podcast.writing.grounding.words import stem_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podcast.writing.grounding.words import Token

_JOINTS = {"-", "–", "/", ".", "_", "+", "&"}
_SUFFIX = re.compile(r"-(?:style|based|like|level|type|inspired|driven|only|class|trained|tuned|generated|sized)$")
_DEMONYM = re.compile(r"([A-Z]\w{3,})(?:ian|an|ese|ish|n)s?")
_LARGEST_VERSION = 10
_COUNTED = frozenset(
    [
        "percent",
        "times",
        "x",
        "times",
        "fold",
        "point",
        "points",
        "million",
        "billion",
        "thousand",
        "hours",
        "minutes",
        "seconds",
        "days",
    ]
)
_ENDS_AS_ORDINARY = re.compile(r"(?:ing|ly|ed|teen|ty|ness|ment|ful|less|body|thing)$")
_NEVER_NAMES = frozenset(
    """i a ai ml an the english chinese internet web january february march april may june july august september october
    november december monday tuesday wednesday thursday friday saturday sunday ok vs phd x-ray x-rays""".split()  # noqa: SIM905
)
_SYNONYMS = {
    "llm": "large language model",
    "lm": "language model",
    "vlm": "vision language model",
    "mllm": "multimodal large language model",
    "lvlm": "large vision language model",
    "slm": "small language model",
    "rl": "reinforcement learning",
    "rlhf": "reinforcement learning from human feedback",
    "nlp": "natural language processing",
    "cv": "computer vision",
    "gpu": "graphics processing unit",
    "cnn": "convolutional neural network",
    "rnn": "recurrent neural network",
    "gnn": "graph neural network",
    "gan": "generative adversarial network",
    "vae": "variational autoencoder",
    "vit": "vision transformer",
    "rag": "retrieval augmented generation",
    "sft": "supervised fine tuning",
    "cot": "chain of thought",
    "moe": "mixture of experts",
    "sota": "state of the art",
    "ood": "out of distribution",
    "asr": "automatic speech recognition",
    "tts": "text to speech",
    "mri": "magnetic resonance imaging",
    "ct": "computed tomography",
    "eeg": "electroencephalography",
    "api": "application programming interface",
    "qa": "question answering",
    "vqa": "visual question answering",
    "kg": "knowledge graph",
    "ssl": "self supervised learning",
    "auc": "area under the curve",
    "f1": "f",
    "us": "united states",
    "uk": "united kingdom",
    "eu": "european union",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name at tokens `first` to `last`, both included."""

    text: str
    first: int
    last: int


def is_ordinary(word: str) -> bool:
    """Whether research prose writes this word, in one of its forms, in small letters."""
    stem = stem_of(word)
    return word.lower() in _ordinary(_beginning(word.lower())) or stem in _ordinary_stems(_beginning(stem))


def _ordinary(beginning: str) -> frozenset[str]:
    return _by_beginning().get(beginning, frozenset())


@functools.cache
def _by_beginning() -> Mapping[str, frozenset[str]]:
    text = (files("podcast.writing.grounding") / "ordinary.txt").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for word in text.splitlines()[1:]:  # the first line says where they are from
        found.setdefault(_beginning(word), set()).add(word)
    return {beginning: frozenset(words) for beginning, words in found.items()}


@functools.lru_cache(maxsize=1024)
def _ordinary_stems(beginning: str) -> frozenset[str]:
    """Stem the words that begin so: all nine thousand would take longer than all else that is looked up."""
    return frozenset(map(stem_of, _ordinary(beginning)))


def _beginning(word: str) -> str:
    """Two letters that a word and its stem share: of lying that is lie."""
    return word[:2].replace("y", "i")


def names(tokens: Sequence[Token], starts: frozenset[int]) -> list[Name]:
    """Find the names; `starts` are the tokens that begin a sentence, where ordinary words are capital, too."""
    found, at = [], 0
    while at < len(tokens):
        end = _name_end(tokens, at) if tokens[at].stem else at
        if end > at and _is_name(tokens, at, end, starts):
            end = _version_end(tokens, end)
            found.append(Name(_spaced(tokens, at, end), at, end - 1))
        at = max(end, at + 1)
    return found


def _name_end(tokens: Sequence[Token], at: int) -> int:
    """Follow letters, digits and joints that touch, as in GPT-4o-mini or ViT-B/16; the index behind them."""
    end = at + 1
    while end < len(tokens) and tokens[end].start == tokens[end - 1].end:
        token = tokens[end]
        if token.text[0].isalnum():
            end += 1
        elif (
            token.text in _JOINTS
            and end + 1 < len(tokens)
            and tokens[end + 1].start == token.end
            and tokens[end + 1].text[0].isalnum()
        ):
            end += 2
        else:
            break
    return end


def is_version(tokens: Sequence[Token], at: int) -> bool:
    """Whether the number at a token belongs to the name before it: Llama 3, Claude 3.5, System 2."""
    name = tokens[at - 1]
    if at == 0 or not name.stem or not name.text[0].isupper() or tokens[at].start != name.end + 1:
        return False
    is_name = at >= 2 or not is_ordinary(name.text)  # noqa: PLR2004 - the first word of a sentence is capital anyway
    follows = tokens[at + 1] if at + 1 < len(tokens) else None
    counts = follows is not None and (follows.lower in _COUNTED or follows.text in {"%", "×", "-"})
    return is_name and not counts and float(tokens[at].text.replace(",", "")) < _LARGEST_VERSION and len(name.text) > 1


def _version_end(tokens: Sequence[Token], end: int) -> int:
    """Take the 3.1 of Llama 3.1 for a part of the name."""
    return end + 1 if end < len(tokens) and tokens[end].is_number and is_version(tokens, end) else end


def _spaced(tokens: Sequence[Token], first: int, end: int) -> str:
    parts = [tokens[first].text]
    for before, token in zip(tokens[first:end], tokens[first + 1 : end], strict=False):
        parts.append(token.text if token.start == before.end else f" {token.text}")
    return "".join(parts)


def _written(tokens: Sequence[Token], first: int, end: int) -> str:
    return "".join(token.text for token in tokens[first:end])


def _is_name(tokens: Sequence[Token], first: int, end: int, starts: frozenset[int]) -> bool:
    words = [token for token in tokens[first:end] if token.stem]
    bare = re.sub(r"['’]s$", "", _written(tokens, first, end))
    if bare.lower() in _NEVER_NAMES or not any(sign.isupper() for sign in bare):
        return False
    if len(bare) == 1:
        return False
    if any(sign.isupper() for sign in re.sub(r"^\W*\w", "", words[0].text)) or any(
        token.is_number for token in tokens[first:end]
    ):
        return True
    return first not in starts or not (is_ordinary(words[0].text) or _ENDS_AS_ORDINARY.search(words[0].text))


# ── looked up ───────────────────────────────────────────────────────────────────────────────────────────


class KnownNames:
    """What a source calls things, in every form that a faithful sentence might use."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._squeezed = _squeeze(text)
        self._text = text
        self._words = {token.lower for token in tokens}
        self._stems = {token.stem for token in tokens if token.stem}
        self._tokens = tokens

    @functools.cached_property
    def _short(self) -> frozenset[str]:
        return frozenset(_squeeze(word) for word in re.findall(r"[\w-]+", self._text))

    @functools.cached_property
    def _initials(self) -> frozenset[str]:
        return _initials(self._tokens)

    def has(self, name: str) -> bool:
        """Whether the source has this name, its parts, its expansion or its abbreviation."""
        bare = _SUFFIX.sub("", re.sub(r"['’]s$", "", name))
        return any(self._has(form) for form in dict.fromkeys(_forms(bare))) or self._has_land_of(bare)

    def spells(self, words: str) -> bool:
        """Whether the source abbreviates these words: NQ for Natural Questions."""
        initials = "".join(word[0] for word in words.split() if word).lower()
        return len(initials) > 1 and initials in self._short

    def _has_land_of(self, name: str) -> bool:
        """Whether the source names the land of a people: Canada for Canadian."""
        found = _DEMONYM.fullmatch(name)
        return found is not None and any(word.startswith(found[1].lower()) for word in self._words)

    def _has(self, name: str) -> bool:
        squeezed = _squeeze(name)
        if not squeezed or (squeezed in self._squeezed and len(squeezed) > 2) or squeezed in self._short:  # noqa: PLR2004
            return True
        parts = [part for part in re.split(r"[^\w.]+|_", name) if part]
        if all(self._has_part(part) for part in parts):
            return True
        return bool(squeezed in self._initials)

    def _has_part(self, part: str) -> bool:
        lower = part.lower()
        if lower[0].isdigit():
            return lower in self._words
        known = lower in self._words or stem_of(lower) in self._stems or lower in self._initials
        meaning = _SYNONYMS.get(lower.removesuffix("s") if lower not in _SYNONYMS else lower)
        return known or (meaning is not None and self._tells(meaning))

    def _tells(self, meaning: str) -> bool:
        """Whether the source has these words, small ones aside."""
        return all(stem_of(word) in self._stems for word in meaning.split() if word not in {"from", "of", "to", "the"})


def _forms(name: str) -> Iterator[str]:
    yield name
    if name.endswith("s") and len(name) > 2:  # noqa: PLR2004
        yield name[:-1]
    if name.endswith("es") and len(name) > 3:  # noqa: PLR2004
        yield name[:-2]


def _squeeze(text: str) -> str:
    """Letters and digits alone, in small: gpt4omini."""
    return re.sub(r"[\W_]+", "", text).lower()


def _initials(tokens: Sequence[Token]) -> frozenset[str]:
    """First letters of up to six words in a row, with and without the small words between them."""
    words = [token.lower for token in tokens if token.stem]
    found = set()
    for kept in (
        words,
        [word for word in words if word not in {"of", "the", "and", "for", "in", "to", "a", "with", "on"}],
    ):
        for size in range(2, 7):
            found |= {"".join(word[0] for word in kept[at : at + size]) for at in range(len(kept) - size + 1)}
    return frozenset(found)
