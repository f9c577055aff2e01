"""Which of a week's papers an author would keep: by terms and examples at first, by what was kept ever more.

    share of what was learned = evidence / (evidence + 5), evidence = papers kept + a tenth of those passed over

With nothing kept, or nothing passed over, there is nothing to tell apart yet: papers then stand by how like they are to
the one, or how unlike to the other. learning.py learns, reasons.py says why.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast.papers.taste import learning
from podcast.papers.taste.reasons import Grounds, reason
from podcast.papers.taste.terms import finder, listed
from podcast.types import Pick, Preprint, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from podcast.papers.taste.learning import Flags, Known, Learned, Rows, Texts
    from podcast.papers.taste.meanings import Floats

_HALF_LEARNED = 5.0
"""Papers kept, when what was learned counts as much as terms and examples do."""

_PASSED_OVER = 0.1
_IN_TITLE, _IN_ABSTRACT, _IN_MEANING = 1.0, 0.7, 0.5
_SCORE_DIGITS = 6
_EVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def rank(
    candidates: Sequence[Preprint], verdicts: Sequence[Verdict], terms: Sequence[str], examples: Sequence[Preprint]
) -> tuple[Pick, ...]:
    """Order papers, best first, each with a score among these and a reason; the same whatever order they come in.

    Of verdicts about one paper the last one counts, of papers with one id the newest version. Verdicts about the
    candidates themselves do not count, so that a week that was decided on is ranked as before.
    """
    papers = _newest_versions(candidates)
    if not papers:
        return ()
    week = _week(papers, _of_others(_last_verdicts(verdicts), papers), listed(terms), _newest_versions(examples))
    learned, cold = _learned(week), _cold(week)
    scores = np.round(_blended(week, learned, cold), _SCORE_DIGITS)
    grounds = _grounds(week, learned)
    picks = [
        Pick(paper, reason(grounds, row, float(scores[row])), float(scores[row])) for row, paper in enumerate(papers)
    ]
    return tuple(sorted(picks, key=_standing))


def _standing(pick: Pick) -> tuple[float, float, str]:
    return -pick.score, -_seconds(pick.preprint), pick.preprint.id


def _seconds(paper: Preprint) -> float:
    return (paper.published or _EVER).timestamp()


def _newest_versions(papers: Iterable[Preprint]) -> list[Preprint]:
    """One a paper, sorted by id so that nothing depends on where it stood."""
    ordered = sorted(papers, key=lambda paper: (paper.id, paper.version, paper.updated or _EVER, paper.title))
    return list({paper.id: paper for paper in ordered}.values())


def _last_verdicts(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """One a paper, in order of date; whatever was kept twice on a day counts as kept."""
    ordered = sorted(verdicts, key=lambda verdict: (verdict.date, verdict.kept, verdict.abstract, verdict.title))
    last = {verdict.id: verdict for verdict in ordered}
    return sorted(last.values(), key=lambda verdict: (verdict.date, verdict.id))


def _of_others(verdicts: Iterable[Verdict], papers: Iterable[Preprint]) -> list[Verdict]:
    """Leave out verdicts about the papers themselves: what was decided is no forecast."""
    ids, titles = ({paper.id for paper in papers}, {_plain(paper.title) for paper in papers})
    return [verdict for verdict in verdicts if verdict.id not in ids and _plain(verdict.title) not in titles]


def _plain(title: str) -> str:
    """Only its words: tables write a title's marks in other ways."""
    return " ".join(re.findall(r"\w+", title.casefold()))


# ── one week's texts ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Week:
    """Everything there is to go by, and in which rows of `texts` it stands."""

    papers: Sequence[Preprint]
    verdicts: Sequence[Verdict]
    terms: Sequence[str]
    examples: Sequence[Preprint]
    texts: Texts
    known: Known
    asked: Rows
    term_rows: Rows
    example_rows: Rows

    @property
    def evidence(self) -> float:
        """How much is known of the author's taste, in papers kept."""
        kept = int(self.known.is_kept.sum())
        return kept + _PASSED_OVER * (len(self.verdicts) - kept)


def _week(
    papers: Sequence[Preprint], verdicts: Sequence[Verdict], terms: Sequence[str], examples: Sequence[Preprint]
) -> _Week:
    parts = (
        [_text(verdict) for verdict in verdicts],
        [_text(paper) for paper in papers],
        list(terms),
        [_text(paper) for paper in examples],
    )
    ends = np.cumsum([0, *map(len, parts)])
    rows = [np.arange(start, end) for start, end in itertools.pairwise(ends)]
    known = learning.Known(
        rows[0],
        np.array([verdict.kept for verdict in verdicts], dtype=bool),
        np.array([bool(verdict.abstract.strip()) for verdict in verdicts], dtype=bool),
    )
    texts = learning.read([text for part in parts for text in part])
    return _Week(papers, verdicts, terms, examples, texts, known, *rows[1:])


def _text(paper: Preprint | Verdict) -> str:
    return f"{paper.title}\n{paper.abstract}"


# ── scores ──────────────────────────────────────────────────────────────────────────────────────────────


def _blended(week: _Week, learned: Learned | None, cold: Floats | None) -> Floats:
    if learned is None:
        return learning.shares([_seconds(paper) for paper in week.papers]) if cold is None else cold
    if cold is None:
        return learned.shares
    share = week.evidence / (week.evidence + _HALF_LEARNED)
    return share * learned.shares + (1 - share) * cold


def _learned(week: _Week) -> Learned | None:
    known = week.known
    if not len(known.rows):
        return None
    if known.is_kept.any() and not known.is_kept.all():
        return learning.learn(week.texts, known, week.asked)
    alike = learning.likeness(week.texts, week.asked, known.rows).mean(axis=1)
    return learning.Learned(learning.shares(alike if known.is_kept.all() else -alike), (), None)


def _cold(week: _Week) -> Floats | None:
    """Where papers stand by terms and by examples; None where there are neither."""
    orders = []
    if week.terms:
        orders.append(learning.shares(_fit(week)))
    if week.examples:
        orders.append(learning.shares(learning.likeness(week.texts, week.asked, week.example_rows).max(axis=1)))
    blended: Floats | None = np.mean(orders, axis=0) if orders else None
    return blended


def _fit(week: _Week) -> Floats:
    """How well papers fit the terms: a phrase in title or abstract counts most, what means the same a little."""
    meant = learning.placed(week.texts, week.asked) @ learning.placed(week.texts, week.term_rows).T
    values: Floats = _IN_MEANING * np.clip(meant, 0, 1)
    in_titles, in_abstracts = _found(week.terms, week.papers)
    values = np.maximum(values, np.maximum(_IN_TITLE * in_titles, _IN_ABSTRACT * in_abstracts))
    fits: Floats = values.max(axis=1) + values.mean(axis=1)  # one term well met is worth most, several more
    return fits


def _found(terms: Sequence[str], papers: Sequence[Preprint]) -> tuple[Flags, Flags]:
    """Which terms stand in titles, and which in abstracts: a row a paper, a column a term."""
    finders = [finder(term) for term in terms]
    parts = ([paper.title.lower() for paper in papers], [paper.abstract.lower() for paper in papers])
    tables = (np.array([[bool(find.search(text)) for find in finders] for text in part], dtype=bool) for part in parts)
    in_titles, in_abstracts = (table.reshape(len(papers), len(terms)) for table in tables)
    return in_titles, in_abstracts


# ── what reasons are made of ────────────────────────────────────────────────────────────────────────────


def _grounds(week: _Week, learned: Learned | None) -> Grounds:
    kept = np.flatnonzero(week.known.is_kept)
    found = np.logical_or(*_found(week.terms, week.papers))
    return Grounds(
        kept=tuple(verdict.title for verdict in week.verdicts if verdict.kept),
        like_kept=learning.likeness(week.texts, week.asked, week.known.rows[kept]),
        terms=tuple(tuple(itertools.compress(week.terms, row)) for row in found),
        examples=tuple(paper.title for paper in week.examples),
        like_examples=learning.likeness(week.texts, week.asked, week.example_rows),
        learned=learned,
        has_terms=bool(week.terms),
        has_skipped=not week.known.is_kept.all(),
    )
