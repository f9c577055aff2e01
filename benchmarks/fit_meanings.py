"""Where words of the field lie to each other: podcast/papers/taste/meanings.npz, from abstracts that nobody has judged.

Latent semantic analysis: TF-IDF of the abstracts, its first singular vectors, a row a word. Papers that the labelled
history holds are left out, so that benchmarks/rank.py measures what a reader of new papers gets.

Usage: PODCAST_TEST_DATA=… python benchmarks/fit_meanings.py
"""

from __future__ import annotations

import argparse
import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from podcast import files
from podcast.papers.taste.meanings import FILE, Meanings, packed

if TYPE_CHECKING:
    import datetime as dt

ABSTRACTS = "arxiv/abstracts_2024-06_2025-01.jsonl"
LABELLED = "ranking/labelled.jsonl"
FEWEST_PAPERS = 5
"""How many must have a word for it to get a place."""

DIMENSIONS = 128


def records(path: Path) -> list[dict[str, str]]:
    """Records of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def texts(data: Path, before: dt.date | None = None) -> list[str]:
    """Title and abstract of each paper that nobody judged, of those first published before a day if one is given."""
    judged = {record["id"] for record in records(data / LABELLED)}
    papers = {record["id"]: record for record in reversed(records(data / ABSTRACTS)) if record["id"] not in judged}
    return [
        f"{paper['title']}\n{paper['abstract']}"
        for _, paper in sorted(papers.items())
        if before is None or "" < str(paper.get("published") or "")[:10] < before.isoformat()
    ]


def fitted(papers: list[str]) -> Meanings:
    """Words and their places, common words the smaller ones."""
    weighing = TfidfVectorizer(stop_words="english", sublinear_tf=True, min_df=FEWEST_PAPERS)
    space = TruncatedSVD(DIMENSIONS, random_state=0).fit(weighing.fit_transform(papers))
    places = (space.components_ * weighing.idf_).T.astype(np.float32)
    return Meanings(tuple(weighing.get_feature_names_out()), places)


def main() -> None:
    """Write the file anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    papers = texts(Path(os.environ["PODCAST_TEST_DATA"]))
    meanings = fitted(papers)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **packed(meanings))
    files.write_bytes(FILE, buffer.getvalue())
    print(f"{len(papers)} papers, {len(meanings.words)} words, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
