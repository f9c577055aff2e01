"""Readers of what people write: newsletters, scripts, checklists, settings, words to speak."""

from __future__ import annotations

import contextlib
import functools
import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import HUM, NEWSLETTER
from feed_maker import TWO
from fuzz_subjects import Reader, Subject

from podcast.feed.rss import feed_pages
from podcast.newsletter.page import to_html
from podcast.newsletter.signature import edited_by_hand as newsletter_edited
from podcast.newsletter.signature import made_from, price_usd
from podcast.newsletter.topics import TABLE_FILE, read_topics
from podcast.outside.toml_editing import with_setting
from podcast.papers.identifiers import arxiv_id, without_mentions
from podcast.papers.identify import identify, is_list, read_list
from podcast.papers.newsletter import read_newsletter
from podcast.papers.picks import is_of_names, parse_picks, told_in_short, was_changed
from podcast.pipeline.arriving import arrivals
from podcast.pipeline.picking import read_text
from podcast.pipeline.script import WriteOptions, write_script
from podcast.pipeline.script_files import decoded
from podcast.pipeline.sources import Source
from podcast.pipeline.vault import write_notes
from podcast.review.approval import APPROVED_FILE, approval, is_outdated
from podcast.show import load_show, starter_voices
from podcast.speech.lexicon import load_lexicon
from podcast.speech.plan import plan, say, voice_names
from podcast.speech.text import spoken, unspeakable
from podcast.speech.voice import load_voice
from podcast.spending import Ledger
from podcast.starter import init_show
from podcast.types import Voice
from podcast.writing.grounding import ground
from podcast.writing.prompts import NAMES, Prompts
from podcast.writing.script import body_changed, edited_by_hand, format_script, parse_script
from podcast.writing.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podcast.feed.page import Page
    from podcast.show import Show

DATA = Path(__file__).parent / "data"
_LONGEST_SEED = 6_000
_HUM = Voice("hum", "tone", "hum")


def real(*patterns: str, most_bytes: int = _LONGEST_SEED) -> list[bytes]:
    """Read real documents, where PODCAST_TEST_DATA names some: the beginning of each."""
    folder = os.environ.get("PODCAST_TEST_DATA")
    paths = [path for pattern in patterns for path in sorted(Path(folder).glob(pattern))] if folder else []
    return [path.read_bytes()[:most_bytes] for path in paths]


def a_show(folder: Path) -> Show:
    """Make a show that hums."""
    init_show(folder / "show")
    settings = folder / "show" / "show.toml"
    settings.write_text(settings.read_text().replace('voice = "heart"', 'voice = "hum"'))
    (folder / "show" / "voices" / "hum.toml").write_text(HUM)
    return load_show(folder / "show")


# ── newsletters ─────────────────────────────────────────────────────────────────────────────────────────

PAGE = (DATA / "newsletters" / "page.html").read_bytes()[:_LONGEST_SEED]
TABLE = (
    b"<html><body><h1>News</h1><table><tr><th>Title</th><th colspan=2>Summary</th></tr>"
    b"<tr><td><a href='https://arxiv.org/abs/2406.00001'>Sorting</a></td><td>It sorts.</td><td>Well.</td></tr></table>"
    b"<ol start=3><li>One<sup><a href='#fn1'>1</a></sup><li>Two</ol><p id=fn1>Note.</p></body></html>"
)
WRITTEN = [
    NEWSLETTER.encode(),
    b"| paper | what |\n|---|---|\n| [A Title](https://arxiv.org/abs/2406.05816) | It *shows* $x^2$ [1]. |\n",
    (
        b"---\ntitle: News\ndate: 2024-06-15\n---\n\n# News\n\n## Papers\n\n"
        b"### [First paper](https://a.org/x.pdf)\n\n- It says so.\n"
    ),
    (DATA / "newsletters" / "2025-03-08.txt").read_bytes()[:_LONGEST_SEED],
]


@contextlib.contextmanager
def newsletters(folder: Path, *, name: str, seeds: list[bytes]) -> Iterator[Subject]:
    """Read it as what its name says, with the section that is named in it."""
    del folder

    def read(data: bytes) -> object:
        section = ("Highlights", "\0", None, None)[zlib.crc32(data) % 4]
        return read_newsletter(data, name=name, section=section)

    yield Subject(seeds, read)


@contextlib.contextmanager
def scripts_of_newsletters(folder: Path) -> Iterator[Subject]:
    """Write the script of a newsletter, ground it, read it again and plan what is said: what reads is never wrong."""
    show = a_show(folder)
    options = WriteOptions(slug="2024-06-15", force=True)
    lexicon = load_lexicon(starter_voices() / "lexicon.toml")

    def read(data: bytes) -> object:
        source = Source(data, ("a.md", "a.html", "a.txt")[len(data) % 3])
        written = write_script(show, source, options, lambda _: None, Ledger())
        assert parse_script(written.path.read_bytes().decode(), "its script") == written.script
        to_html(data.decode("utf-8", "replace"))
        write_notes(show, folder / "vault", lambda _: None)
        return plan(written.script, dict.fromkeys(voice_names(written.script, "hum"), _HUM), lexicon, "script.md")

    yield Subject([*WRITTEN, PAGE, *real("newsletters/*.md", "newsletters/*.txt")], read)


# ── scripts ─────────────────────────────────────────────────────────────────────────────────────────────

SCRIPT = b"""\
---
title: "Papers of June 15: a week"
date: 2024-06-15
speakers: {Ada: heart, Bo: joe}
source: source.md
writer: openai gpt
writing_usd: 0.0123
digest: 0123456789abcdef
---

## Welcome

**Ada:** Hello and welcome to $O(n^2)$ papers.

<!-- a comment
over lines -->

## Sorting, Again

<!-- paper: arXiv:2406.00001 -->

**Bo:** It sorts 10 lists.
Its lines are joined.

> [!check] 10 lists is not in the source.

\\## spoken as it stands
"""
_PLAIN_SCRIPT = (
    b"---\ntitle: A\ndate: 2024-06-15\nvoice: heart\n---\n\n## One\n\nA word.\n\n\\**not a speaker:** said.\n"
)


@contextlib.contextmanager
def scripts(folder: Path) -> Iterator[Subject]:
    """Read a script; written and read again it is the same, and its bytes are the same from then on."""
    lexicon = load_lexicon(starter_voices() / "lexicon.toml")
    approved = folder / APPROVED_FILE

    def read(data: bytes) -> object:
        text = decoded(data, Path("script.md"))
        script = parse_script(text, "script.md")
        written = format_script(script)
        assert parse_script(written, "again") == script
        assert format_script(parse_script(written, "again")) == written
        written.encode()
        assert parse_script(body_changed(text, written), "its body")
        edited_by_hand(script)
        approved.write_text(approval(script, script.date))
        assert not is_outdated(approved, script)
        return plan(script, dict.fromkeys(voice_names(script, "hum"), _HUM), lexicon, "script.md", ("tone",))

    yield Subject([SCRIPT, _PLAIN_SCRIPT], read)


# ── what a show is told ─────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def settings(folder: Path) -> Iterator[Subject]:
    """Read show.toml, use it, and write a guid into it, after which it reads as before."""
    show = a_show(folder)
    path = show.folder / "show.toml"
    seeds = [
        path.read_bytes(),
        b'title = "A"\nbase_url = "https://a.org/x/"\n[feed]\nlocked = false\n',
        b"[arxiv]\ndays=3",
    ]

    def read(data: bytes) -> object:
        path.write_bytes(data)
        found = load_show(show.folder)
        assert found.guid
        page: Page = feed_pages(found, TWO, address=found.settings.base_url, cover="cover-0123456789abcdef.jpg")[-1]
        page.make()
        path.write_bytes(with_setting(data.decode(), "guid", str(found.guid)).encode())
        assert load_show(show.folder).guid == found.guid
        return found

    yield Subject(seeds, read)


@contextlib.contextmanager
def voices(folder: Path) -> Iterator[Subject]:
    """Read a voice profile."""
    seeds = [path.read_bytes() for path in sorted(starter_voices().glob("*.toml")) if path.stem != "lexicon"]

    def read(data: bytes) -> object:
        (folder / "mine.toml").write_bytes(data)
        return load_voice("mine", folder)

    yield Subject([*seeds, HUM.encode(), HUM.encode() + b"[pauses]\nsentence_ms = 300\n"], read)


_LEXICON = b'[say]\n"ReLU" = "ray-loo"\n"C++" = "C plus plus"\n\n[phonemes]\n"ReLU" = "\xc9\xb9\xcb\x88Alu"\n'


@contextlib.contextmanager
def lexicons(folder: Path) -> Iterator[Subject]:
    """Read a lexicon, and say a sentence by it."""
    path = folder / "lexicon.toml"

    def read(data: bytes) -> object:
        path.write_bytes(data)
        lexicon = load_lexicon(path)
        return [spoken("ReLUs and C++ of 3 ReLU-6.", lexicon, phonemes=phonemes) for phonemes in (False, True)]

    yield Subject([_LEXICON, _whole_lines((starter_voices() / "lexicon.toml").read_bytes()[:3000])], read)


def _whole_lines(data: bytes) -> bytes:
    return data[: data.rfind(b"\n") + 1]


@contextlib.contextmanager
def topics(folder: Path) -> Iterator[Subject]:
    """Read a show's own table of topics."""

    def read(data: bytes) -> object:
        (folder / TABLE_FILE).write_bytes(data)
        return read_topics(folder)

    yield Subject([b'"Vision" = ["cs.CV"]\n"Language" = ["cs.CL", "cs.IR"]\n'], read)


@contextlib.contextmanager
def prompts(folder: Path) -> Iterator[Subject]:
    """Read a show's own prompt, and fill it."""
    seed = " ".join(f"${name}" for name in sorted(NAMES["paragraph"])).encode() + b" Tell it for $$5."

    def read(data: bytes) -> object:
        (folder / "paragraph.md").write_bytes(data)
        return Prompts(folder).fill("paragraph", **dict.fromkeys(NAMES["paragraph"], "$x"))

    yield Subject([seed], read)


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────

PICKS = b"""\
# Picks of 2024-06-15

20 papers of 2024-06-08 to 2024-06-14.

[x] makes a highlight.

- [x] [Sorting \\[again\\]](https://arxiv.org/abs/2406.00001v2) (Ada Lovelace): it has sorting
  - [ ] [Bees](papers/pdf-0123456789abcdef.pdf)
1. [X] math.GT/0309136v1

## To learn your taste

- [ ] [Nothing New](https://arxiv.org/abs/2406.00002v1)

<!-- as offered: 0123456789abcdef -->
"""


@contextlib.contextmanager
def picks(folder: Path) -> Iterator[Subject]:
    """Read a checklist."""
    path = folder / "picks.md"

    def read(data: bytes) -> object:
        path.write_bytes(data)
        text = read_text(path)
        was_changed(text)
        is_of_names(text)
        return told_in_short(parse_picks(text, "picks.md"), 3)

    yield Subject([PICKS], read)


@contextlib.contextmanager
def lists(folder: Path) -> Iterator[Subject]:
    """Read ids, addresses and lists of them."""
    show = a_show(folder)
    path = folder / "list.txt"

    def read(data: bytes) -> object:
        text = data.decode("utf-8", "replace")
        identify(text)
        arxiv_id(text)
        without_mentions(text)
        read_list(text)
        is_list(text)
        path.write_bytes(data)
        with contextlib.suppress(ValueError, OSError):  # no command line has a NUL or so long a name
            arrivals(show, [text[:200]] if "\0" not in text else [])
        return arrivals(show, [str(path)])

    seeds = [
        b"2406.00001v2\nhttps://arxiv.org/abs/math/0309136 # why\n- arXiv:2406.00002\npaper one.pdf\n",
        b"id,title\n2406.10520,A\n", b"https://www.alphaxiv.org/abs/2405.20233v1", b"https://example.org/a/b?c=d",
    ]  # fmt: skip
    yield Subject(seeds, read)


@contextlib.contextmanager
def newsletter_edits(folder: Path) -> Iterator[Subject]:
    """Read a newsletter of ours that a person may have edited, and make its page."""
    del folder
    signature = b"\n<!-- written: 2024-06-15, from: 0123456789abcdef, usd: 0.012300, digest: 0123456789abcdef -->\n"

    def read(data: bytes) -> object:
        text = data.decode("utf-8", "replace")
        newsletter_edited(text)
        made_from(text)
        price_usd(text)
        return to_html(text)

    yield Subject([WRITTEN[0] + signature, WRITTEN[2] + b"$$x < 5$$ `code`\n\n> - 1. * a\n" + signature], read)


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def speech(folder: Path) -> Iterator[Subject]:
    """Say a text: as words, and planned for a voice."""
    del folder
    lexicon = load_lexicon(starter_voices() / "lexicon.toml")
    rows = [path.read_bytes().replace(b"\t", b" ") for path in sorted((DATA / "spoken").glob("*.tsv"))]

    def read(data: bytes) -> object:
        text = data.decode("utf-8", "surrogatepass" if len(data) % 5 == 0 else "replace") if _passes(data) else ""
        said = spoken(text, lexicon)
        spoken(text, lexicon, phonemes=True)
        unspeakable(text, said)
        split_sentences(text)
        return say(text, _HUM, lexicon)

    yield Subject([row for text in rows for row in text.splitlines()[:40]], read)


def _passes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _newsletter(name: str, seeds: list[bytes]) -> Callable[[Path], contextlib.AbstractContextManager[Subject]]:
    return functools.partial(newsletters, name=name, seeds=seeds)


_CLAIMS = (
    b"It sorts 10 lists in 2.5 s, 40% faster than Quick, but not 3x.\nSort needs 2.5 s for 10 lists; Quick needs 4 s.",
    b"Accuracy rises from 80.1 to 85.5 percent on GSM8K and MATH.\nWe get 85.5% on GSM8K and 80.1% on MATH.",
    b"Two of three models improve by 10^6 tokens or 1/3.\nModels A, B and C lose at most a third of 1M tokens.",
)


@contextlib.contextmanager
def claims(folder: Path) -> Iterator[Subject]:
    """Hold sentences against a passage: the first line of an input against all others."""
    del folder

    def read(data: bytes) -> object:
        said, _, passage = data.decode("utf-8", "replace").partition("\n")
        return ground(split_sentences(said), passage)

    yield Subject(_CLAIMS, read)


TEXTS = (
    Reader("newsletter.md", _newsletter("news.md", [*WRITTEN, *real("newsletters/*.md")]), 12),
    Reader("newsletter.txt", _newsletter("news.txt", [*WRITTEN, *real("newsletters/*.txt")]), 10),
    Reader("newsletter.html", _newsletter("news.html", [PAGE, b"<h1>A</h1><h2>B</h2><p>It <b>is</b>.</p>", TABLE]), 12),
    Reader("newsletter to script", scripts_of_newsletters, 4),
    Reader("script.md", scripts, 40),
    Reader("show.toml", settings, 30),
    Reader("voice.toml", voices, 15),
    Reader("lexicon.toml", lexicons, 15),
    Reader("topics", topics, 10),
    Reader("prompts", prompts, 10),
    Reader("picks.md", picks, 25),
    Reader("lists", lists, 20),
    Reader("newsletter edits", newsletter_edits, 15),
    Reader("speech", speech, 15),
    Reader("claims", claims, 4),
)
