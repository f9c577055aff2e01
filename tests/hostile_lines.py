"""Everything that reads lines, given one endless line of what begins something: time grows as the line does.

python tests/hostile_lines.py --characters 1000000 [READER…]    prints the slowest line of each reader
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from conftest import at_most
from hostile import cases

from podcast.check import moments, transcripts
from podcast.check.feed import read_feed
from podcast.errors import PodcastError
from podcast.feed.plain import one_line, plain
from podcast.feed.rss import TRANSCRIPTS
from podcast.newsletter.escaping import comment, escape
from podcast.newsletter.signature import edited_by_hand
from podcast.newsletter.vault import plan_notes
from podcast.outside import atom, forwarded
from podcast.outside.conditions import precondition, range_counts, takes_gzip
from podcast.outside.ranges import wanted_parts
from podcast.outside.retry_after import wait_s
from podcast.papers.identify import identify, is_list
from podcast.papers.newsletter import read_newsletter
from podcast.papers.picks import parse_picks
from podcast.papers.taste.csv_rows import read_sheet, shielded, unshielded
from podcast.show import is_base_url
from podcast.speech.lexicon import load_lexicon
from podcast.writing import answers
from podcast.writing.script import format_script, parse_script
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Read = Callable[[str], object]

OPENINGS: list[str] = cases("openings")
LONGEST_S = 600
CHARACTERS = (4_000, 24_000)
"""Of a line for all readers; and for those that are done with it in no time."""

NO_TIME_S = 0.003
"""Of CPU."""

QUARTER = 4
MOST_GROWTH = 9
"""Of the time for four times as long a line; it is 4 where each sign takes as long as others, and 16 at the square."""

REFUSALS = (PodcastError, atom.UnusableError, atom.ComplainedError, answers.UnreadableError, ValueError)

HEAD = "# Papers of June 15, 2024\n\n## Highlights\n\n### One\n\n"
FRONT = "---\ntitle: A\ndate: 2024-06-15\n---\n\n"


def _newsletter(before: str, behind: str, name: str) -> Read:
    return lambda line: read_newsletter(f"{before}{line}{behind}".encode(), name=name)


def _script(before: str, behind: str) -> Read:
    return lambda line: format_script(parse_script(f"{before}{line}{behind}", "script.md"))


def _lexicon(line: str) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lexicon.toml"
        path.write_text(f"[words]\nGPT = {line}\n", encoding="utf-8")
        return load_lexicon(path)


def _transcripts(line: str) -> object:
    texts = {
        transcripts._VTT: f"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{line}\n\n{line}\n",
        transcripts._SRT: f"1\n{line}\n{line}\n",
        transcripts._JSON: f'{{"segments": [{{"body": {line}}}]}}',
        transcripts._HTML: f"<p>{line}</p>",
    }
    subject: Any = SimpleNamespace(
        text=lambda name: texts.get(name, ""),
        place=str,
        episode=SimpleNamespace(duration_ms=1000, cover="c"),
        script=None,
    )
    rules = (transcripts.bad_vtt, transcripts.bad_srt, transcripts.bad_json, transcripts.bad_html)
    assert set(texts) == set(TRANSCRIPTS)
    return [list(rule.findings(subject)) for rule in rules]


def _headers(line: str) -> object:
    names = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
    known = [precondition({name: line}, '"a"', 5) for name in names]
    told = {"forwarded": line, "x-forwarded-host": line, "x-forwarded-proto": line, "x-forwarded-prefix": line}
    is_address: Any = lambda address: is_base_url(address) is None  # noqa: E731
    asked = forwarded.asked_address(told, "http", is_believed=True, is_address=is_address)
    ranges = wanted_parts(f"bytes={line}", 100), range_counts({"if-range": line}, '"a"', 5)
    return known, asked, ranges, takes_gzip(line), wait_s({"retry-after": line}), wait_s({"retry-after-ms": line})


READERS: dict[str, Read] = {
    "newsletter, a paragraph": _newsletter(HEAD, "\n", "n.md"),
    "newsletter, a heading": _newsletter("# A\n\n## B\n\n### ", "\n\nWords.\n", "n.md"),
    "newsletter, pasted": _newsletter("A\n\narXiv:2406.00001\n", "\n", "n.txt"),
    "newsletter, a page": _newsletter("<html><h1>A</h1><h2>B</h2><h3>C</h3><p>", "</p></html>", "n.html"),
    "newsletter, nothing else": _newsletter("", "", "n.md"),
    "list of papers": lambda line: is_list(f"2406.00001\n{line}"),
    "name of a paper": identify,
    "picks.md, a ticked line": lambda line: parse_picks(f"- [x] {line}\n", "picks.md"),
    "picks.md, another line": lambda line: parse_picks(f"- [x] arxiv.org/abs/2406.00001\n- {line}\n", "picks.md"),
    "script.md, a paragraph": _script(f"{FRONT}## A\n\n", "\n"),
    "script.md, a heading": _script(f"{FRONT}## ", "\n\nA.\n"),
    "script.md, front matter": _script("---\ntitle: ", "\ndate: 2024-06-15\n---\n\n## A\n\nA.\n"),
    "sentences": split_sentences,
    "lexicon.toml": _lexicon,
    "feed.xml": lambda line: read_feed(f"<rss><channel><title>{line}</title></channel></rss>".encode(), "f", _nothing),
    "listing of arXiv": lambda line: atom.read(line.encode(), "text/xml"),
    "transcripts": _transcripts,
    "times in notes": moments._stamps,
    "text for a newsletter": lambda line: (escape(line), comment(line), edited_by_hand(line)),
    "text for a feed": lambda line: (plain(line), one_line(line)),
    "notes of a vault": lambda line: plan_notes({"a.md": f"---\n{line}\n---\n"}, {"b.md": line}),
    "CSV": lambda line: list(read_sheet(f"a,b\n{line}".encode(), "a.csv").rows),
    "a field of CSV": lambda line: unshielded(shielded(line)),
    "headers": _headers,
    "an answer that is a script": lambda line: answers.read_script(line, ("Ada",)),
    "an answer that is notes": answers.read_notes,
    "an answer in parts": functools.partial(answers.read_parts, titles=("A",)),
}


def _nothing(_: str) -> None:
    return None


def seconds(read: Read, opening: str, characters: int) -> float:
    """How long one line of that many characters is read or refused, in seconds of CPU."""
    line = opening * (characters // len(opening))
    began_s = time.process_time()
    with contextlib.suppress(*REFUSALS), at_most(LONGEST_S):
        read(line)
    return time.process_time() - began_s


def explodes(read: Read, opening: str) -> bool:
    """Whether four times as long a line takes far more than four times as long, however often one looks."""
    characters = next((each for each in CHARACTERS if seconds(read, opening, each) > NO_TIME_S), None)
    return characters is not None and all(_growth(read, opening, characters) > MOST_GROWTH for _ in range(3))


def _growth(read: Read, opening: str, characters: int) -> float:
    short_s = seconds(read, opening, characters // QUARTER)
    return seconds(read, opening, characters) / max(short_s, 1e-6)


def main(arguments: Sequence[str] | None = None) -> int:
    """Give every reader every opening, as long as is asked for; print the slowest of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", default=list(READERS))
    parser.add_argument("--characters", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    for name in options.readers:
        took = {opening: seconds(READERS[name], opening, options.characters) for opening in OPENINGS}
        slowest = max(took, key=lambda opening: took[opening])
        print(f"{took[slowest]:8.2f} s  {name}: {slowest!r}", flush=True)  # noqa: T201 - a program
    return 0


if __name__ == "__main__":
    sys.exit(main())
