"""A week of twenty papers for tests, on an arXiv of this machine, and where a show keeps what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arxiv_server import Record
from pdf_maker import Text, document, paragraph

from podcast.papers.newsletter import read_newsletter
from podcast.papers.picks import parse_picks

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Podcast

TOPICS = ("sorting lists", "state space models", "speech recognition", "protein folding", "robot grasping")
CATEGORIES = ("cs.LG", "cs.CL", "cs.AI", "cs.CL", "cs.LG")
JUNE_15 = "1718452800"
JUNE_18 = "1718712000"
JUNE_22 = "1719057600"


def paper(number: int, day: int = 12) -> Record:
    """Return one of a kind: each fifth is about the same."""
    topic = TOPICS[number % len(TOPICS)]
    return Record(
        f"2406.{number:05}",
        f"On {topic.title()}, Part {number}",
        f"We study {topic} in setting number {number}. We propose a method that solves it in {number + 2} steps. "
        f"In experiments it needs {number + 20} percent less time than the best earlier method. "
        f"Its main limitation is that it was tested on {topic} only.",
        ("Ada Lovelace", "Charles Babbage"),
        (CATEGORIES[number % len(TOPICS)],),
        f"2024-06-{day:02}T12:{number % 60:02}:00Z",
    )


WEEK = [paper(number) for number in range(20)]


SECTIONS = {
    "Abstract": "We study sorting. It is slow. We present a method that sorts lists in one pass.",
    "1 Introduction": "Sorting has been studied for many years. Our method differs from all of them in one respect.",
    "2 Method": "The method reads each list once and writes each element to its final place in the output.",
    "3 Experiments": "In all of our experiments the method needed 31 percent less time than the best baseline did.",
    "4 Limitations": "A limitation of our method is that it only works for lists that are shorter than 4096 elements.",
    "5 Conclusion": "We conclude that sorting in one pass is possible. It may help with larger collections of data.",
}


def whole_paper() -> bytes:
    """Set a paper of one page."""
    texts, top = [Text(72, 740, "On Sorting Lists, Part 0", 18)], 700.0
    for heading, words in SECTIONS.items():
        texts += [Text(72, top, heading, 12, "F2"), *paragraph(words, top=top - 18)]
        top -= 100
    return document([texts])


def highlighting_three(podcast: Podcast) -> Podcast:
    """Let a show highlight three of ten papers that are offered, and tell four in short."""
    settings = podcast.folder / "show.toml"
    text = settings.read_text()
    for name, before, after in (("highlights", 10, 3), ("brief", 20, 4), ("offered", 60, 10), ("exploring", 3, 1)):
        text = text.replace(f"{name} = {before} ", f"{name} = {after} ")
    settings.write_text(text)
    return podcast


def picks(podcast: Podcast, slug: str = "2024-06-15") -> Path:
    """Where the checklist lies."""
    return podcast.folder / "scripts" / slug / "picks.md"


def chosen(podcast: Podcast, slug: str = "2024-06-15", *, ticked: bool | None = True) -> list[str]:
    """Ids of the checklist: ticked ones, others, or all."""
    found = parse_picks(picks(podcast, slug).read_text("utf-8"), "picks.md")
    return [each.id for each in found if ticked is None or each.is_ticked == ticked]


def told(podcast: Podcast, slug: str = "2024-06-15") -> tuple[list[str | None], list[str | None]]:
    """Ids that the newsletter highlights, and the others that it has."""
    newsletter = read_newsletter((podcast.folder / "scripts" / slug / "newsletter.md").read_bytes())
    return [each.arxiv_id for each in newsletter.highlights], [each.arxiv_id for each in newsletter.rest]


def tree(podcast: Podcast) -> dict[str, bytes]:
    """Every file that a person or a listener sees."""
    rooms = ("scripts", "episodes", "feed")
    paths = (path for room in rooms for path in (podcast.folder / room).rglob("*") if path.is_file())
    return {str(path.relative_to(podcast.folder)): path.read_bytes() for path in paths}
