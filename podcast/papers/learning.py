"""The one door to scikit-learn: which of some texts a reader would keep, by what was kept before, and what is alike.

Three views of a text, each with a logistic regression and scikit-learn's own strengths, none of them tuned: its words;
its letters, three to five at a time, in which a title is enough; and where its words lie in the field (meanings.py).
What counts is the mean of the three orders. docs/ranking.md says why these, and what they are worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from podcast.papers.meanings import meanings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from podcast.papers.meanings import Floats

    Flags = npt.NDArray[np.bool_]

_ITERATIONS = 1000
_LETTERS = (3, 5)
_TINY = 1e-12
_DIGITS = 9
"""Further digits differ between processors, and would decide ties."""

_WHOLE_OF_EACH = 5
"""So many kept and not kept have to have abstracts before words are learned from these alone."""


@dataclass(frozen=True, slots=True)
class Known:
    """Texts that were judged; `is_whole` says which have more than a title."""

    texts: tuple[str, ...]
    is_kept: Flags
    is_whole: Flags

    @property
    def has_both(self) -> bool:
        """Whether there is anything to tell apart."""
        return bool(self.is_kept.any() and not self.is_kept.all())


@dataclass(frozen=True, slots=True)
class Learned:
    """Where each asked text stands among all, from 0 to 1, and what each of its words adds to that."""

    shares: Floats
    names: tuple[str, ...] = ()
    _weights: Any = None

    def words(self, row: int, most: int) -> tuple[str, ...]:
        """Return the words of a text that speak most for it, the strongest first."""
        if self._weights is None:
            return ()
        line = self._weights[[row]]
        found = sorted(zip(-line.data.round(_DIGITS), line.indices, strict=True))
        return tuple(self.names[place] for weight, place in found[:most] if weight < 0)


def learn(known: Known, asked: Sequence[str]) -> Learned:
    """Learn from what was kept and what was not, of which there has to be some of each."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):  # many small problems: more threads only wait for each other
        words, names, weights = _by_words(known, asked)
        views = [words, _by_letters(known, asked), _by_meaning(known, asked)]
    return Learned(np.mean([shares(view) for view in views], axis=0), names, weights)


def shares(values: npt.ArrayLike) -> Floats:
    """Where each value stands among all: 0 the least, 1 the most, equal ones alike, 0.5 where nothing differs."""
    from scipy.stats import rankdata

    rounded = np.round(np.asarray(values, dtype=np.float64), _DIGITS)
    return (rankdata(rounded) - 1) / (len(rounded) - 1) if len(rounded) > 1 else np.full(len(rounded), 0.5)


# ── the three views ─────────────────────────────────────────────────────────────────────────────────────


def _by_words(known: Known, asked: Sequence[str]) -> tuple[Floats, tuple[str, ...], Any]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    rows = _whole_ones(known)
    view = _fitted(TfidfVectorizer(), [known.texts[row] for row in rows])
    if view is None:
        return np.zeros(len(asked)), (), None
    table, new = view.transform([known.texts[row] for row in rows]), view.transform(asked)
    model = _logistic(table, known.is_kept[rows])
    names = tuple(view.get_feature_names_out())
    telling = [name not in ENGLISH_STOP_WORDS and not name.isdecimal() for name in names]
    return model.decision_function(new), names, new.multiply(model.coef_ * telling).tocsr()


def _whole_ones(known: Known) -> npt.NDArray[np.intp]:
    kept, other = known.is_whole & known.is_kept, known.is_whole & ~known.is_kept
    enough = min(kept.sum(), other.sum()) >= _WHOLE_OF_EACH
    return np.flatnonzero(known.is_whole if enough else np.ones_like(known.is_whole))


def _by_letters(known: Known, asked: Sequence[str]) -> Floats:
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    grams = CountVectorizer(analyzer="char_wb", ngram_range=_LETTERS)
    tables = [_word_counts(texts) for texts in (known.texts, asked)]
    if not all(words for words, _ in tables):
        return np.zeros(len(asked))
    # The letters of a text are those of its words: counted once a word, that is ten times as fast as once a text.
    (words, counts), (new_words, new_counts) = tables
    weighing = TfidfTransformer(sublinear_tf=True)
    table = weighing.fit_transform(counts @ grams.fit_transform(words))
    new = weighing.transform(new_counts @ grams.transform(new_words))
    scores: Floats = _logistic(table, known.is_kept, "balanced").decision_function(new)
    return scores


def _word_counts(texts: Sequence[str]) -> tuple[list[str], Any]:
    from sklearn.feature_extraction.text import CountVectorizer

    view = _fitted(CountVectorizer(token_pattern=r"\S+"), texts)
    return ([], None) if view is None else (list(view.get_feature_names_out()), view.transform(texts))


def _by_meaning(known: Known, asked: Sequence[str]) -> Floats:
    model = _logistic(placed(known.texts), known.is_kept, "balanced")
    scores: Floats = model.decision_function(placed(asked))
    return scores


def _logistic(table: Any, is_kept: Flags, class_weight: str | None = None) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(class_weight=class_weight, max_iter=_ITERATIONS).fit(table, is_kept)


def _fitted(view: Any, texts: Sequence[str]) -> Any | None:
    """Fit a vectorizer, or return None where the texts have no word for it, which scikit-learn takes for a mistake."""
    analyse = view.build_analyzer()
    return view.fit(texts) if any(analyse(text) for text in texts) else None


# ── what is alike ───────────────────────────────────────────────────────────────────────────────────────


def placed(texts: Sequence[str]) -> Floats:
    """Where texts lie in the field: a row each, of length 1, or 0 where no word is known."""
    from sklearn.feature_extraction.text import CountVectorizer

    whole = meanings()
    counts = CountVectorizer(vocabulary=whole.words, dtype=np.float64).transform(texts)
    counts.data = 1 + np.log(counts.data)
    rows = counts @ whole.places
    unit: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _TINY)
    return unit


def likeness(texts: Sequence[str], others: Sequence[str]) -> Floats:
    """How alike each text is to each other one, from 0 to 1: half by the words they share, half by what those mean."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not texts or not others:
        return np.zeros((len(texts), len(others)))
    view = _fitted(TfidfVectorizer(stop_words="english", sublinear_tf=True), [*texts, *others])
    meant = np.maximum(placed(texts) @ placed(others).T, 0)
    if view is None:
        return meant / 2
    shared: Floats = (view.transform(texts) @ view.transform(others).T).toarray()
    return np.round((shared + meant) / 2, _DIGITS)
