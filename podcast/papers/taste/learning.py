"""The one door to scikit-learn: which of some texts a reader would keep, by what was kept before, and what is alike.

Three views of a text, each with a logistic regression and scikit-learn's own strengths, none of them tuned: its words;
its letters, three to five at a time, for which a title is enough; and where its words lie in the field (meanings.py).
What counts is the mean of the three orders, in which words weigh as much as the two others together. docs/ranking.md
says why these, and what they are worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from podcast.papers.taste.meanings import meanings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from podcast.papers.taste.meanings import Floats

    Flags = npt.NDArray[np.bool_]
    Rows = npt.NDArray[np.intp]

_WEIGHTS = (2, 1, 1)
"""Of words, letters and meaning: the strongest view counts as much as the two that correct it."""

_ITERATIONS = 1000
_LETTERS = (3, 5)
_TINY = 1e-12
_DIGITS = 9
"""Further digits differ between processors, and would decide ties."""

_COMMON = 0.04
"""A word that more papers have than this says of none what it is about: "dataset", "input", "general"."""

_FEW = 20

_WHOLE_OF_EACH = 5
"""So many kept and not kept have to have abstracts before words are learned from these alone."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts, and how often each word stands in each: `counts` is sparse, a row a text, a column a name."""

    texts: tuple[str, ...]
    names: tuple[str, ...]
    counts: Any


@dataclass(frozen=True, slots=True)
class Known:
    """Rows of texts that were judged; `is_whole` says which have more than a title."""

    rows: Rows
    is_kept: Flags
    is_whole: Flags


@dataclass(frozen=True, slots=True)
class Learned:
    """Where each asked text stands among all, from 0 to 1, and what each of its words adds to that."""

    shares: Floats
    names: tuple[str, ...]
    weights: Any
    """Sparse, a row a text, a column a name; None where nothing was learned of words."""

    def words(self, row: int, most: int) -> tuple[str, ...]:
        """Return the words of a text that speak most for it, the strongest first."""
        if self.weights is None:
            return ()
        start, end = self.weights.indptr[row : row + 2]
        values, places = self.weights.data[start:end].round(_DIGITS), self.weights.indices[start:end]
        order = np.lexsort((places, -values))[:most]
        return tuple(self.names[places[at]] for at in order if values[at] > 0)


def read(texts: Sequence[str]) -> Texts:
    """Count the words of texts."""
    names, counts = _counted(texts, r"(?u)\b\w\w+\b")
    return Texts(tuple(texts), names, counts)


def _counted(texts: Sequence[str], token: str) -> tuple[tuple[str, ...], Any]:
    from sklearn.feature_extraction.text import CountVectorizer

    view = CountVectorizer(token_pattern=token, dtype=np.float32)
    counts = view.fit_transform([*texts, "text"])[:-1]  # a word at least: scikit-learn takes none for a mistake
    return tuple(view.get_feature_names_out()), counts


def learn(texts: Texts, known: Known, asked: Rows) -> Learned:
    """Learn from what was kept and what was not, of which there has to be some of each."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):  # many small problems: more threads only wait for each other
        words, names, weights = _by_words(texts, known, asked)
        views = [words, _by_letters(texts, known, asked), _by_meaning(texts, known, asked)]
    return Learned(np.average([shares(view) for view in views], axis=0, weights=_WEIGHTS), names, weights)


def shares(values: npt.ArrayLike) -> Floats:
    """Where each value stands among all: 0 the least, 1 the most, equal ones alike, 0.5 where nothing differs."""
    from scipy.stats import rankdata

    rounded = np.round(np.asarray(values, dtype=np.float64), _DIGITS)
    return (rankdata(rounded) - 1) / (len(rounded) - 1) if len(rounded) > 1 else np.full(len(rounded), 0.5)


# ── the three views ─────────────────────────────────────────────────────────────────────────────────────


def _by_words(texts: Texts, known: Known, asked: Rows) -> tuple[Floats, tuple[str, ...], Any]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfTransformer

    which = _whole_ones(known)
    columns = _columns(texts.counts[known.rows[which]])
    if not len(columns):
        return np.zeros(len(asked)), (), None
    weighing = TfidfTransformer()
    table = weighing.fit_transform(texts.counts[known.rows[which]][:, columns])
    new = weighing.transform(texts.counts[asked][:, columns])
    model = _logistic(table, known.is_kept[which])
    names = tuple(texts.names[column] for column in columns)
    rare = np.asarray((texts.counts[:, columns] > 0).sum(axis=0)).ravel() <= max(_COMMON * len(texts.texts), _FEW)
    telling = rare & np.array([name not in ENGLISH_STOP_WORDS and not name.isdecimal() for name in names])
    return model.decision_function(new), names, new.multiply(model.coef_ * telling).tocsr()


def _whole_ones(known: Known) -> Rows:
    kept, other = known.is_whole & known.is_kept, known.is_whole & ~known.is_kept
    enough = min(kept.sum(), other.sum()) >= _WHOLE_OF_EACH
    return np.flatnonzero(known.is_whole if enough else np.ones_like(known.is_whole))


def _by_letters(texts: Texts, known: Known, asked: Rows) -> Floats:
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    words, counts = _counted([texts.texts[row] for row in (*known.rows, *asked)], r"\S+")
    counts, new_counts = counts[: len(known.rows)], counts[len(known.rows) :]
    columns = _columns(counts)
    if not len(columns):
        return np.zeros(len(asked))
    # The letters of a text are those of its words: counted once a word, that is much faster than once a text.
    grams = CountVectorizer(analyzer="char_wb", ngram_range=_LETTERS, dtype=np.float32)
    grams.fit([words[column] for column in columns])
    letters, weighing = grams.transform(words), TfidfTransformer(sublinear_tf=True)
    model = _logistic(weighing.fit_transform(counts @ letters), known.is_kept, "balanced")
    scores: Floats = model.decision_function(weighing.transform(new_counts @ letters))
    return scores


def _by_meaning(texts: Texts, known: Known, asked: Rows) -> Floats:
    model = _logistic(placed(texts, known.rows), known.is_kept, "balanced")
    scores: Floats = model.decision_function(placed(texts, asked))
    return scores


def _logistic(table: Any, is_kept: Flags, class_weight: str | None = None) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(class_weight=class_weight, max_iter=_ITERATIONS).fit(table, is_kept)


def _columns(counts: Any) -> Rows:
    """Which words stand in any of these texts."""
    return np.unique(counts.indices)


# ── what is alike ───────────────────────────────────────────────────────────────────────────────────────


def placed(texts: Texts, rows: Rows) -> Floats:
    """Where texts lie in the field: a row each, of length 1, or 0 where no word is known."""
    whole = meanings()
    place = {word: row for row, word in enumerate(whole.words)}
    columns = [column for column, name in enumerate(texts.names) if name in place]
    counts = texts.counts[rows][:, columns].astype(np.float64)
    counts.data = 1 + np.log(counts.data)
    lying = counts @ whole.places[[place[texts.names[column]] for column in columns]]
    unit: Floats = lying / np.maximum(np.linalg.norm(lying, axis=1, keepdims=True), _TINY)
    return unit


def likeness(texts: Texts, rows: Rows, others: Rows) -> Floats:
    """How alike each text is to each other one, from 0 to 1: half by the words they share, half by what those mean."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfTransformer

    telling = [column for column, name in enumerate(texts.names) if name not in ENGLISH_STOP_WORDS]
    if not len(rows) or not len(others) or not telling:
        return np.zeros((len(rows), len(others)))
    table = TfidfTransformer(sublinear_tf=True).fit_transform(texts.counts[:, telling])
    shared = (table[rows] @ table[others].T).toarray()
    meant = np.maximum(placed(texts, rows) @ placed(texts, others).T, 0)
    alike: Floats = np.round((shared + meant) / 2, _DIGITS)
    return alike
