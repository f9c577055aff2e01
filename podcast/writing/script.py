"""script.md: the words of an episode, as people edit them. Reading and writing are exact inverses.

    ---                                front matter: title, date, voice or speakers, source, section, writer, digest
    title: This Week's Papers
    date: 2024-06-15
    ---

    ## Attention as a Hypernetwork     a segment and a chapter; the heading itself is not spoken

    <!-- paper: arXiv:2406.05816 -->   comments are never spoken

    **Ada:** A paragraph is spoken.    the bold prefix names one of the speakers; a backslash in front of
                                       a paragraph that begins like anything else makes it a paragraph

    > [!check] A finding for the reviewer, never spoken.

Whatever is none of these is refused with its line, so that nothing is left out of an episode silently.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import yaml

from podcast.errors import InputError
from podcast.files import sha256_of
from podcast.settings import did_you_mean, shown
from podcast.types import Comment, Finding, Item, Paragraph, Script, Segment
from podcast.writing.doubt import was_looked_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KEYS = ("title", "date", "voice", "speakers", "source", "section", "writer", "writing_usd", "digest")
_HEADING = "##"
_OTHER_HEADING = "#"
_QUOTE = ">"
_COMMENT = "<!--"
_COMMENT_END = "-->"
_CHECK = "> [!check]"
_PAPER = "paper:"
_YAML_STUMBLES = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
"""What the library raises, besides its own errors, for tags and nesting that it did not expect."""

_DEAREST_USD = 1e6
_REASON_CHARACTERS = 200
_SPEAKER = re.compile(r"\*\*([^*]{1,60}):\*\*\s+(?=\S)")
_LOOKS_DIFFERENT = ("#", ">", "<!--", "**", "\\")
"""A paragraph that begins so would be read as something else: it is written with a backslash."""


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────


def format_script(script: Script) -> str:
    """Write a script as Markdown."""
    blocks = [_front_matter(script)]
    for segment in script.segments:
        blocks.append(f"## {segment.title}")
        if segment.paper:
            blocks.append(f"<!-- {_PAPER} {segment.paper} -->")
        blocks.extend(_format_item(item) for item in segment.items)
    return "\n\n".join(blocks) + "\n"


def _front_matter(script: Script) -> str:
    values: dict[str, Any] = {"title": script.title, "date": script.date}
    optional = {
        "voice": script.voice,
        "speakers": dict(script.speakers),
        "source": script.source,
        "section": script.section,
        "writer": script.writer,
        "writing_usd": script.writing_usd,
        "digest": script.digest,
    }
    values |= {key: value for key, value in optional.items() if value}
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=10**9)
    return f"---\n{text}---"


def _format_item(item: Item) -> str:
    if isinstance(item, Comment):
        return f"<!-- {item.text} -->"
    if isinstance(item, Finding):
        return f"{_CHECK} {item.text}"
    if item.speaker:
        return f"**{item.speaker}:** {item.text}"
    return f"\\{item.text}" if item.text.startswith(_LOOKS_DIFFERENT) else item.text


def body_changed(text: str, body: str) -> str:
    """Put a newly written script's body under the front matter as a person left it, comments in its YAML and all."""
    own = _front_matter_in(text)
    return own + body[len(_front_matter_in(body)) :] if own else body


def _front_matter_in(text: str) -> str:
    found = re.match(r"\ufeff?---[^\S\n]*\r?\n.*?(?:\n|\r)---[^\S\n]*(?=\r|\n|$)", text, re.DOTALL)
    return found[0] if found else ""


def signed(script: Script) -> Script:
    """Note what the writer left, so that a later edit by hand shows."""
    return dataclasses.replace(script, digest=_digest(script))


def edited_by_hand(script: Script) -> bool:
    """Whether anything in it changed since a writer signed it."""
    return script.digest != _digest(script)


def _digest(script: Script) -> str:
    """Findings come and go with what the source says; they are nobody's edit, but for those that a person wrote."""
    words = dataclasses.replace(script, digest=None, segments=tuple(map(_without_findings, script.segments)))
    return sha256_of(format_script(words).encode())[:16]


def _without_findings(segment: Segment) -> Segment:
    kept = (item for item in segment.items if not (isinstance(item, Finding) and was_looked_up(item.text)))
    return dataclasses.replace(segment, items=tuple(kept))


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────


def parse_script(text: str, where: str) -> Script:
    """Read a script; `where` names it in errors.

    Raises InputError with the line of whatever cannot be understood.
    """
    lines = re.split(r"\r\n?|\n", text.removeprefix("\ufeff"))
    values, first = _parse_front_matter(lines, where)
    speakers = _speakers(values.get("speakers"), where)
    segments = _Reader(where, frozenset(name for name, _ in speakers)).read(lines, first)
    if not segments:
        raise InputError(f"{where}: there is no `## heading` in it, so no segment and nothing to speak.")
    return Script(
        title=" ".join(_text(values, "title", where).split()),
        date=_date(values, where),
        segments=tuple(segments),
        voice=_optional_text(values, "voice", where),
        speakers=speakers,
        source=_optional_text(values, "source", where),
        section=_optional_text(values, "section", where),
        writer=_optional_text(values, "writer", where),
        writing_usd=_price(values, where),
        digest=_optional_text(values, "digest", where),
    )


class _WithoutAliases(yaml.SafeLoader):
    """Refuses aliases: front matter has no use for them, and a few lines of them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Read the next value."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*) are not allowed here")
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def _parse_front_matter(lines: Sequence[str], where: str) -> tuple[dict[str, Any], int]:
    if lines[0].rstrip() != "---" or "---" not in [line.rstrip() for line in lines[1:]]:
        raise InputError(f"{where}: a script begins with front matter between two lines of ---, title and date in it.")
    end = next(number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == "---")
    try:
        values = yaml.load("\n".join(lines[1:end]), _WithoutAliases) or {}  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, *_YAML_STUMBLES) as error:
        reason = " ".join(str(getattr(error, "problem", None) or error).split())[:_REASON_CHARACTERS]
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 2}" if mark else ""
        raise InputError(f"{where}{line}: the front matter is not valid YAML: {reason}.") from error
    if not isinstance(values, dict):
        raise InputError(f"{where}: the front matter should be lines like `title: …`.")
    for key in values:
        if key not in _KEYS:
            name = key if isinstance(key, str) else shown(key)
            raise InputError(f"{where}: unknown front matter {name!r}.{did_you_mean(name, _KEYS)}")
    return values, end + 1


def _text(values: dict[str, Any], key: str, where: str) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}: the front matter needs a {key}: text, in quotes if it looks like a number.")
    return value


def _optional_text(values: dict[str, Any], key: str, where: str) -> str | None:
    return None if values.get(key) is None else _text(values, key, where)


def _price(values: dict[str, Any], where: str) -> float:
    value = values.get("writing_usd", 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _DEAREST_USD:
        raise InputError(f"{where}: writing_usd should be a number of US dollars, not {shown(value)}.")
    return float(value)


def _date(values: dict[str, Any], where: str) -> dt.date:
    value = values.get("date")
    if isinstance(value, dt.datetime):
        return value.date()
    if not isinstance(value, dt.date):
        raise InputError(f"{where}: the front matter needs a date like `date: 2024-06-15`.")
    return value


def _speakers(value: object, where: str) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    if not isinstance(value, dict) or not all(isinstance(part, str) for pair in value.items() for part in pair):
        raise InputError(f"{where}: speakers should look like `speakers: {{Ada: heart, Bo: joe}}`.")
    return tuple(value.items())


@dataclasses.dataclass(slots=True)
class _Draft:
    title: str
    paper: str | None = None
    items: list[Item] = dataclasses.field(default_factory=list)

    def done(self) -> Segment:
        return Segment(self.title, tuple(self.items), self.paper)


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the body: blocks between blank lines, comments up to their end."""

    where: str
    speakers: frozenset[str]

    def read(self, lines: Sequence[str], first: int) -> list[Segment]:
        drafts: list[_Draft] = []
        for number, block in _blocks(lines, first):
            if _kind(block[0]) == _HEADING:
                drafts.append(_Draft(self._heading(number, block[0])))
            elif drafts:
                self._add(drafts[-1], number, block)
            else:
                raise self._refuse(number, "this stands before the first `## heading`: move it below one")
        return [draft.done() for draft in drafts]

    def _heading(self, number: int, line: str) -> str:
        title = " ".join(line.removeprefix(_HEADING).split())
        if not title:
            raise self._refuse(number, "this heading is empty: a segment needs a title")
        return title

    def _add(self, draft: _Draft, number: int, block: list[str]) -> None:
        kind = _kind(block[0])
        if kind == _COMMENT:
            self._comment(draft, number, "\n".join(block))
        elif kind == _QUOTE:
            draft.items.append(self._finding(number, block))
        else:
            draft.items.append(self._paragraph(number, block))

    def _comment(self, draft: _Draft, number: int, text: str) -> None:
        inside, end, behind = text.removeprefix(_COMMENT).partition(_COMMENT_END)
        if not end or behind.strip():
            raise self._refuse(number, "a comment ends with --> and has its lines to itself")
        inside = inside.strip()
        if inside.startswith(_PAPER) and not draft.items and draft.paper is None:
            draft.paper = inside.removeprefix(_PAPER).strip() or None
        else:
            draft.items.append(Comment(inside))

    def _finding(self, number: int, block: list[str]) -> Finding:
        text = " ".join(" ".join(line.removeprefix(">") for line in block).split())
        if not text.startswith(_CHECK[2:]):
            raise self._refuse(number, f"a quote is not spoken: take the > away, or begin it with `{_CHECK}`")
        return Finding(text.removeprefix(_CHECK[2:]).strip())

    def _paragraph(self, number: int, block: list[str]) -> Paragraph:
        text = " ".join(" ".join(block).split())
        if "<!--" in text:
            raise self._refuse(number, "put this comment on lines of its own")
        if text.startswith("#"):
            raise self._refuse(
                number, "only `## headings` begin a segment; to speak this line begin it with a backslash"
            )
        if text.startswith("\\"):
            text = text[1:].strip()
            if not text:
                raise self._refuse(number, "there is nothing behind this backslash")
            return Paragraph(text)
        named = _SPEAKER.match(text)
        if not named:
            return Paragraph(text)
        if named[1] not in self.speakers:
            known = ", ".join(sorted(self.speakers)) or "nobody"
            raise self._refuse(number, f"{named[1]} is not among the speakers of the front matter ({known})")
        return Paragraph(text[named.end() :], named[1])

    def _refuse(self, number: int, reason: str) -> InputError:
        return InputError(f"{self.where}, line {number + 1}: {reason}.")


def _blocks(lines: Sequence[str], first: int) -> Iterator[tuple[int, list[str]]]:
    """Yield runs of lines of one kind, with the index of their first line; only a comment may hold blank lines."""
    block: list[str] = []
    for number, line in enumerate(lines[first:], start=first):
        if block and not _continues(block, line):
            yield number - len(block), block
            block = []
        if block or line.strip():
            block.append(line if block and _kind(block[0]) == _COMMENT else line.strip())
    if block:
        yield len(lines) - len(block), block


def _continues(block: list[str], line: str) -> bool:
    if _kind(block[0]) == _COMMENT:
        return not any(_COMMENT_END in earlier for earlier in block)
    if not line.strip() or _SPEAKER.match(line.strip()):
        return False
    return _kind(line) == _kind(block[0]) != _HEADING


def _kind(line: str) -> str:
    line = line.strip()
    if line == _HEADING or line.startswith(f"{_HEADING} "):
        return _HEADING
    return next((mark for mark in (_OTHER_HEADING, _QUOTE, _COMMENT) if line.startswith(mark)), "")


def open_findings(script: Script) -> int:
    """How many findings nobody has decided upon yet."""
    return sum(isinstance(item, Finding) for segment in script.segments for item in segment.items)


def written_date(date: dt.date) -> str:
    """As an American newsletter writes it: June 15, 2024."""
    return f"{date:%B} {date.day}, {date.year}"
