"""How well a ranking foresees what its author keeps, against TF-IDF and logistic regression on the same days.

    from the first sixth    the first 85 % of the labelled papers by day: trained on all before, tested on the next
                            sixth, five times
    second half             the same with five parts of the second half
    last part               the other 15 %: looked at once a model, after it was chosen (--last)

Trained is on what is dated before the part that is tested, and never on a paper of that part, under whatever id or day
the list of titles has it again. The baseline learns from title and abstract, as the history has them; the ranking also
from the titles that have no abstract; a second baseline gets these too. Intervals are bootstrap, 95 %, of the same rows
(or weeks) for both.

Usage: PODCAST_TEST_DATA=… python benchmarks/rank.py [--last] [--json] [--plot docs/ranking.svg]
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import itertools
import json
import os
import re
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from podcast.papers.offering import offer
from podcast.papers.ranking import rank
from podcast.show import PickSettings
from podcast.types import Preprint, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Measure = Callable[[Flags, Floats], float]
    Model = Callable[["Part"], Floats]

DRAWS = 2000
PARTS = 5
A_WEEKS_TICKS = 10
FIRST = 0.85


@dataclass(frozen=True, slots=True)
class Part:
    """What is tested at once, and what may be learned from for it: papers with abstracts, and titles alone."""

    tested: tuple[Verdict, ...]
    known: tuple[Verdict, ...]
    titles: tuple[Verdict, ...]

    @property
    def is_kept(self) -> Flags:
        """What the author did."""
        return np.array([verdict.kept for verdict in self.tested])

    @property
    def weeks(self) -> list[tuple[int, int]]:
        """Year and week of each row."""
        return [verdict.date.isocalendar()[:2] for verdict in self.tested]


# ── data ────────────────────────────────────────────────────────────────────────────────────────────────


def labelled(data: Path) -> list[Verdict]:
    """Papers with abstracts, in order of the day they were looked at."""
    lines = (data / "ranking" / "labelled.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted(map(_verdict, map(json.loads, lines)), key=lambda verdict: verdict.date)


def titled(data: Path) -> list[Verdict]:
    """All papers, titles only."""
    with (data / "ranking" / "labelled_titles.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return sorted((_verdict(row | {"kept": row["kept"] == "true"}) for row in rows), key=lambda verdict: verdict.date)


def _verdict(row: dict[str, Any]) -> Verdict:
    date = dt.date.fromisoformat(row["date_added"])
    return Verdict(
        row["id"] or f"title:{plain(row['title'])}", row["title"], row["kept"], date, row.get("abstract", "")
    )


def plain(title: str) -> str:
    """Only the words: the list of titles writes a colon as a hyphen."""
    return " ".join(re.findall(r"\w+", title.casefold()))


def parts(rows: Sequence[Verdict], titles: Sequence[Verdict], start: int, count: int = PARTS) -> Iterator[Part]:
    """Cut the rows from `start` on into parts of whole days, each with all that came before it."""
    borders = [_day_start(rows, round(start + (len(rows) - start) * part / count)) for part in range(count + 1)]
    for begin, end in itertools.pairwise(borders):
        tested, known = tuple(rows[begin:end]), tuple(rows[:begin])
        taken = {key for verdict in (*tested, *known) for key in (verdict.id, plain(verdict.title))}
        first = tested[0].date
        more = (row for row in titles if row.date < first and not {row.id, plain(row.title)} & taken)
        yield Part(tested, known, tuple({plain(row.title): row for row in more}.values()))


def _day_start(rows: Sequence[Verdict], row: int) -> int:
    while 0 < row < len(rows) and rows[row].date == rows[row - 1].date:
        row -= 1
    return row


# ── models ──────────────────────────────────────────────────────────────────────────────────────────────


def ranking(part: Part) -> Floats:
    """Score each row as the package does."""
    papers = [Preprint(row.id, row.title, row.abstract) for row in part.tested]
    scores = {pick.preprint.id: pick.score for pick in rank(papers, (*part.known, *part.titles), (), ())}
    return np.array([scores[row.id] for row in part.tested])


def baseline(part: Part) -> Floats:
    """TF-IDF of title and abstract, and a logistic regression, as scikit-learn has them."""
    return _simple(part, part.known)


def baseline_with_titles(part: Part) -> Floats:
    """Do the same, trained on the titles without abstracts as well."""
    return _simple(part, (*part.known, *part.titles))


def _simple(part: Part, known: Sequence[Verdict]) -> Floats:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    view = TfidfVectorizer()
    table = view.fit_transform([f"{row.title}\n{row.abstract}" for row in known])
    model = LogisticRegression().fit(table, [row.kept for row in known])
    scores: Floats = model.predict_proba(view.transform([f"{row.title}\n{row.abstract}" for row in part.tested]))[:, 1]
    return scores


# ── measures ────────────────────────────────────────────────────────────────────────────────────────────


def ranks(values: Floats) -> Floats:
    """Where each stands among all, from 0 to 1, equal ones alike."""
    from scipy.stats import rankdata

    order: Floats = (rankdata(values) - 0.5) / len(values)
    return order


def auc(is_kept: Flags, scores: Floats) -> float:
    """Area under the ROC curve: how often a kept paper stands above one that was not."""
    kept = int(is_kept.sum())
    order = ranks(scores) * len(scores) + 0.5
    return float((order[is_kept].sum() - kept * (kept + 1) / 2) / (kept * (len(scores) - kept)))


def lift(is_kept: Flags, scores: Floats) -> float:
    """Average precision, as a multiple of what chance has."""
    order = np.argsort(-scores, kind="stable")
    hits = is_kept[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean() / is_kept.mean())


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the 95 % of its bootstrap."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def draws(groups: Sequence[object]) -> Iterator[npt.NDArray[np.intp]]:
    """Draw rows with replacement, whole groups at once, the same each time."""
    random = np.random.default_rng(0)
    members = defaultdict(list)
    for row, group in enumerate(groups):
        members[group].append(row)
    rows = [np.array(found) for found in members.values()]
    for _ in range(DRAWS):
        yield np.concatenate([rows[at] for at in random.integers(0, len(rows), len(rows))])


def estimate(value: Callable[[npt.NDArray[np.intp]], float], is_kept: Flags, groups: Sequence[object]) -> Estimate:
    """Bootstrap a value of rows."""
    drawn = [value(rows) for rows in draws(groups) if 0 < is_kept[rows].sum() < len(rows)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(value(np.arange(len(is_kept))), float(low), float(high))


def compared(measure: Measure, is_kept: Flags, ours: Floats, theirs: Floats, weeks: Sequence[object]) -> dict[str, Any]:
    """Measure both, and their difference on the same rows and on the same weeks."""
    rows = range(len(is_kept))

    def gap(drawn: npt.NDArray[np.intp]) -> float:
        return measure(is_kept[drawn], ours[drawn]) - measure(is_kept[drawn], theirs[drawn])

    return {
        "ranking": asdict(estimate(lambda drawn: measure(is_kept[drawn], ours[drawn]), is_kept, rows)),
        "baseline": asdict(estimate(lambda drawn: measure(is_kept[drawn], theirs[drawn]), is_kept, rows)),
        "difference": asdict(estimate(gap, is_kept, rows)),
        "difference by weeks": asdict(estimate(gap, is_kept, weeks)),
    }


def of_a_week(part: Part, scores: Floats) -> list[tuple[float, float]]:
    """Kept among the first ten of each week with more papers than that, and by chance."""
    weeks = np.array([year * 100 + week for year, week in part.weeks])
    shares = []
    for week in sorted(set(weeks)):
        rows = np.flatnonzero(weeks == week)
        if len(rows) > A_WEEKS_TICKS:
            best = rows[np.argsort(-scores[rows], kind="stable")[:A_WEEKS_TICKS]]
            shares.append((float(part.is_kept[best].mean()), float(part.is_kept[rows].mean())))
    return shares


def of_ticks(part: Part) -> list[float]:
    """Kept among the ten that are ticked, week by week: with variety, and trained on all before the part."""
    shares = []
    for week in sorted(set(part.weeks)):
        rows = [row for row, its in zip(part.tested, part.weeks, strict=True) if its == week]
        if len(rows) > A_WEEKS_TICKS:
            papers = [Preprint(row.id, row.title, row.abstract) for row in rows]
            picks = offer(rank(papers, (*part.known, *part.titles), (), ()), PickSettings(), f"{week}")
            kept = {row.id for row in rows if row.kept}
            ticked = [pick.preprint.id in kept for pick in picks if pick.is_ticked]
            shares.append(sum(ticked) / len(ticked))
    return shares


def measured(cut: Sequence[Part], theirs: Model) -> dict[str, Any]:
    """Everything of one way to split."""
    pairs = [(ranking(part), theirs(part)) for part in cut]
    is_kept = np.concatenate([part.is_kept for part in cut])
    weeks = [week for part in cut for week in part.weeks]
    own = [np.concatenate(side) for side in zip(*pairs, strict=True)]
    ordered = [np.concatenate([ranks(scores) for scores in side]) for side in zip(*pairs, strict=True)]
    return {
        "rows": len(is_kept),
        "kept": int(is_kept.sum()),
        "auc": compared(auc, is_kept, ordered[0], ordered[1], weeks),
        "lift": compared(lift, is_kept, ordered[0], ordered[1], weeks),
        "auc of the scores themselves": compared(auc, is_kept, own[0], own[1], weeks),
        "lift of the scores themselves": compared(lift, is_kept, own[0], own[1], weeks),
        "first ten of a week": _weekly(cut, pairs),
    }


def _weekly(cut: Sequence[Part], pairs: Sequence[tuple[Floats, Floats]]) -> dict[str, float]:
    ours = [week for part, (scores, _) in zip(cut, pairs, strict=True) for week in of_a_week(part, scores)]
    theirs = [week for part, (_, scores) in zip(cut, pairs, strict=True) for week in of_a_week(part, scores)]
    return {
        "weeks": len(ours),
        "ranking": float(np.mean([share for share, _ in ours])),
        "ticked": float(np.mean([share for part in cut for share in of_ticks(part)])),
        "baseline": float(np.mean([share for share, _ in theirs])),
        "chance": float(np.mean([chance for _, chance in ours])),
    }


# ── what comes out ──────────────────────────────────────────────────────────────────────────────────────


def splits(data: Path, *, with_last: bool) -> dict[str, list[Part]]:
    """Make every way to split, by name."""
    rows, titles = labelled(data), titled(data)
    border = _day_start(rows, int(FIRST * len(rows)))
    first = rows[:border]
    cut = {
        "from the first sixth": list(parts(first, titles, len(first) // (PARTS + 1))),
        "second half": list(parts(first, titles, len(first) // 2)),
    }
    return cut | ({"last part": list(parts(rows, titles, border, 1))} if with_last else {})


def printed(name: str, result: dict[str, Any]) -> None:
    """Print one way to split."""
    print(f"\n{name}: {result['rows']} papers, {result['kept']} kept")
    for measure in ("auc", "lift", "auc of the scores themselves", "lift of the scores themselves"):
        print(f"  {measure}")
        for what, values in result[measure].items():
            print(f"    {what:20} {Estimate(**values)}")
    weekly = result["first ten of a week"]
    print("  " + ", ".join(f"{what} {value:.3g}" for what, value in weekly.items()) + " (kept of a week's first ten)")


WIDTH, LEFT, ROW = 720, 190, 30
LOWEST, HIGHEST = 0.4, 0.9
COLOURS = {"ranking": "#1f5fa8", "baseline": "#b3541e"}


def drawn(results: dict[str, dict[str, Any]]) -> str:
    """Draw the areas under the curve with their intervals as an SVG."""
    height = 70 + ROW * 2 * len(results)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        "<title>Area under the ROC curve with 95 % intervals</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="18">ROC AUC, 95 % intervals</text>',
        *(
            f'<text x="{LEFT + 260 + 100 * place}" y="18" fill="{colour}">{side}</text>'
            for place, (side, colour) in enumerate(COLOURS.items())
        ),
    ]
    for tick in range(4, 10):
        at, weight = _across(tick / 10), 2 if tick == 5 else 1  # noqa: PLR2004 - chance is 0.5
        lines += [
            f'<line x1="{at}" y1="28" x2="{at}" y2="{height - 30}" stroke="#ccc" stroke-width="{weight}"/>',
            f'<text x="{at}" y="{height - 12}" text-anchor="middle" fill="#555">{tick / 10}</text>',
        ]
    for place, (name, result) in enumerate(results.items()):
        top = 50 + place * 2 * ROW
        lines.append(f'<text x="{LEFT - 12}" y="{top + 16}" text-anchor="end">{name}</text>')
        for row, side in enumerate(COLOURS):
            lines += _whisker(Estimate(**result["auc"][side]), top + row * 22, COLOURS[side])
    return "\n".join([*lines, "</svg>", ""])


def _across(value: float) -> float:
    return round(LEFT + (value - LOWEST) / (HIGHEST - LOWEST) * (WIDTH - LEFT - 30), 1)


def _whisker(found: Estimate, at: int, colour: str) -> list[str]:
    low, high, middle = _across(max(found.low, LOWEST)), _across(min(found.high, HIGHEST)), _across(found.value)
    return [
        f'<line x1="{low}" y1="{at}" x2="{high}" y2="{at}" stroke="{colour}" stroke-width="2"/>',
        f'<circle cx="{middle}" cy="{at}" r="5" fill="{colour}"/>',
        f'<text x="{middle}" y="{at - 7}" text-anchor="middle" fill="{colour}" font-size="11">{found.value:.2f}</text>',
    ]


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--last", action="store_true", help="look at the last part, too")
    parser.add_argument("--json", action="store_true", help="one JSON document instead")
    parser.add_argument("--plot", type=Path, help="where to draw")
    given = parser.parse_args()
    cut = splits(Path(os.environ["PODCAST_TEST_DATA"]), with_last=given.last)
    begun = time.process_time()
    results = {name: measured(found, baseline) for name, found in cut.items()}
    if given.plot:
        given.plot.write_text(drawn(results), encoding="utf-8")
    if given.json:
        print(json.dumps(results))
        return
    for name, result in results.items():
        printed(name, result)
    print("\nagainst the baseline that has the titles without abstracts, too: difference of auc")
    for name, found in cut.items():
        print(f"  {name:22} {Estimate(**measured(found, baseline_with_titles)['auc']['difference'])}")
    print(f"\n{time.process_time() - begun:.0f} s CPU")


if __name__ == "__main__":
    main()
