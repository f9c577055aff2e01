"""What a model answered: read, mended by rule where no word is lost, and judged. Pure functions.

A problem is grave where what was said must not be heard (no JSON, another language, an apology, markup), else it is one
of style: worth asking once more, and no reason to throw a true script away.
"""

from __future__ import annotations

import collections
import json
import re
import statistics
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podcast.types import Paragraph, Section
from podcast.writing.prose import has_words, one_line
from podcast.writing.sentences import split_sentences
from podcast.writing.style import heard_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST_QUOTE = 80

_MEDIAN_WORDS, _LONG_WORDS, _LONG_SHARE = 20, 35, 0.1
_ENOUGH_TO_JUDGE, _ENOUGH_OF_A_PARAGRAPH = 8, 20
"""Words from which on a language can be told, of a whole answer and of one paragraph."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an answer, as half a sentence; grave ones make it unusable."""

    text: str
    grave: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for."""

    hosts: tuple[str, ...] = ()
    least_words: int = 0
    """With fewer it says nothing."""
    most_words: int = 450
    unusable_words: int = 600
    """From here on it is no longer what was asked for."""
    told: str = ""
    """What the model was told: an answer that repeats it is an echo."""


def quoted(text: str) -> str:
    """Quote at most 80 printable characters of what a model wrote."""
    plain = one_line("".join(sign if sign.isprintable() and sign not in "<>`" else " " for sign in text))
    return json.dumps(plain if len(plain) <= _LONGEST_QUOTE else plain[: _LONGEST_QUOTE - 1] + "…", ensure_ascii=False)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────


class UnreadableError(Exception):
    """An answer without the shape that was asked for; its text is half a sentence."""


_FENCE = re.compile(r"\A```[\w-]*[^\S\n]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_NOTHING = re.compile(
    r"(?:none|n/?a|nothing|null|(?:not|none|nothing) (?:stated|mentioned|given|reported|applicable|discussed|said)"
    r"(?: (?:in|by) the (?:paper|abstract|text|authors))?)\W*",
    re.IGNORECASE,
)
"""How a part that should be empty is filled up."""

_TAG = re.compile(r"\A(?:\*\*)?([^\W\d_][\w .'-]{0,40}?)(?:\*\*)?\s?:(?:\*\*)?\s+(?=\S)")


def read_script(text: str, hosts: Sequence[str]) -> tuple[Paragraph, ...]:
    """Read the paragraphs of an answer and mend them by rule.

    Plain text in place of JSON is taken as what is to be said, one paragraph a block. Raises UnreadableError for
    anything else, half of a JSON document among it.
    """
    text = _unwrapped(text)
    if not text:
        raise UnreadableError("it is empty")
    data = _json(text)
    items = _plain_items(text, hosts) if data is None else _items(data)
    paragraphs = [_mended(item, hosts) for item in items]
    return tuple(paragraph for paragraph in paragraphs if has_words(paragraph.text))


def read_parts(text: str, titles: Sequence[str]) -> tuple[Section, ...]:
    """Read the parts of a summary, by their titles, and mend them by rule; one that says nothing is left out.

    What else an answer has is none of it. Raises UnreadableError if it has none of these parts.
    """
    text = _unwrapped(text)
    if not text:
        raise UnreadableError("it is empty")
    data = _json(text)
    fields = {key.casefold(): value for key, value in data.items()} if isinstance(data, dict) else {}
    told = [(title, fields[title.casefold()]) for title in titles if title.casefold() in fields]
    if not told or not all(isinstance(value, str) for _, value in told):
        raise UnreadableError(f'it is not JSON like {{"{titles[0].lower()}": "…"}}')
    parts = (Section(title, _part(value, title)) for title, value in told)
    return tuple(part for part in parts if part.paragraphs)


def _part(text: str, title: str) -> tuple[str, ...]:
    blocks = (_mended((None, block), ()).text for block in re.split(r"\n\s*\n", text))
    named = re.compile(rf"{title}[.:]\s+(?=\S)", re.IGNORECASE)
    kept = (named.sub("", block, count=1) if named.match(block) else block for block in blocks)
    return tuple(block for block in kept if has_words(block) and not _NOTHING.fullmatch(block))


def read_notes(text: str) -> tuple[str, ...]:
    """Read the notes of an answer. Raises UnreadableError if there are none in it."""
    data = _json(_unwrapped(text))
    notes = data.get("notes") if isinstance(data, dict) else data
    if not isinstance(notes, list) or not all(isinstance(note, str) for note in notes):
        raise UnreadableError('it is not JSON like {"notes": ["…"]}')
    found = tuple(note for note in map(_plain, notes) if has_words(note))
    if not found:
        raise UnreadableError("it has no notes")
    return found


def whole_paragraphs(text: str, hosts: Sequence[str]) -> tuple[Paragraph, ...]:
    """Read what is whole of a JSON answer that stopped in the middle."""
    found: list[Paragraph] = []
    decoder = json.JSONDecoder(strict=False)
    text = _THOUGHTS.sub("", text)
    at = text.find("[") + 1
    while at and (start := re.compile(r"[\s,]*(?=[{\"])").match(text, at)):
        try:
            item, at = decoder.raw_decode(text, start.end())
        except (ValueError, RecursionError):
            break
        if isinstance(item, str | dict):
            found.append(_mended(_item(item), hosts))
    return tuple(paragraph for paragraph in found if has_words(paragraph.text))


def _unwrapped(text: str) -> str:
    """Take a code fence, and the thoughts that some models send before it, from around an answer."""
    text = _THOUGHTS.sub("", text).strip().removeprefix("\ufeff").strip()
    fenced = _FENCE.match(text)
    return (fenced[1] if fenced else text).strip()


def _json(text: str) -> Any:
    """Read JSON, None where it is plainly something else; half of it is unreadable."""
    if not text.startswith(("{", "[", '"')):
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        if text.startswith('"'):
            return None
        raise UnreadableError(f"its JSON is not whole or not valid; it ends with {quoted(text[-40:])}") from None


def _items(data: Any) -> list[tuple[str | None, str]]:
    listed = (
        next((data[key] for key in ("paragraphs", "script") if key in data), None) if isinstance(data, dict) else data
    )
    if not isinstance(listed, list) or not all(isinstance(item, str | dict) for item in listed):
        raise UnreadableError('it is not JSON like {"paragraphs": [{"text": "…"}]}')
    return [_item(item) for item in listed]


def _item(item: str | dict[str, Any]) -> tuple[str | None, str]:
    if isinstance(item, str):
        return None, item
    text, speaker = item.get("text"), item.get("speaker")
    if not isinstance(text, str):
        raise UnreadableError("a paragraph of it has no text")
    return (speaker if isinstance(speaker, str) and speaker.strip() else None), text


def _plain_items(text: str, hosts: Sequence[str]) -> list[tuple[str | None, str]]:
    blocks = re.split(r"\n\s*\n", text) if not hosts else text.split("\n")
    return [_tagged(block.strip()) if hosts else (None, block) for block in blocks if block.strip()]


def _tagged(line: str) -> tuple[str | None, str]:
    tag = _TAG.match(line)
    return (tag[1], line[tag.end() :]) if tag else (None, line)


# ── mending ─────────────────────────────────────────────────────────────────────────────────────────────

_MARKS = re.compile(
    r"\*\*(\S[^*]*)\*\*|(?<!\w)__(\S[^_]*)__(?!\w)|(?<![\w*])\*(\S[^*]*)\*(?!\w)|(?<!\w)_(\S[^_]*)_(?!\w)|`"
)
"""Of emphasis, in pairs: the star of A* is part of its name."""

_BULLET = re.compile(r"\A(?:[-–—*•‣▪]|\d{1,2}[.)])\s+(?=\S)")


def _mended(item: tuple[str | None, str], hosts: Sequence[str]) -> Paragraph:
    """Take away what is only for the eye, and a speaker's name that stands before the words as well."""
    speaker, text = item
    text = _plain(text)
    speaker = _plain(speaker).strip("*: ") if speaker else None
    tag = _TAG.match(text) if hosts else None
    if tag and speaker in {None, tag[1]}:
        speaker, text = tag[1], text[tag.end() :]
    if not _has_directions(text):  # or *laughs* would be said
        text = _MARKS.sub(lambda mark: next(filter(None, mark.groups()), ""), _BULLET.sub("", text))
    return Paragraph(one_line(text), speaker if hosts else None)


def without_title(paragraphs: Sequence[Paragraph], title: str) -> tuple[Paragraph, ...]:
    """Leave out paragraphs that are nothing but the title, which was announced."""
    known = _letters(title)
    return tuple(paragraph for paragraph in paragraphs if _letters(paragraph.text) != known)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def visible(text: str) -> str:
    """Take out signs that nobody sees: controls, marks of direction, letters without a shape."""
    return "".join(map(_shown, text))


def _plain(text: str) -> str:
    return one_line(visible(unicodedata.normalize("NFC", text)))


def _shown(sign: str) -> str:
    kind = unicodedata.category(sign)
    if sign.isspace():
        return sign
    return "" if kind in {"Cc", "Cf", "Co", "Cn", "Cs"} else sign


# ── judging ─────────────────────────────────────────────────────────────────────────────────────────────

_ACTS = r"laugh\w*|pauses?|sighs?|applause|chuckl\w+|whisper\w*|giggl\w+|clears? (?:\w+ )?throat|beat|silence"
_SOUNDS = (
    r"(?:\w+ )?(?:music|sounds?|intro|outro|jingle|sting)"
    r"(?: (?:fades?|plays?|swells?|starts?|stops?|effects?|in|out|up))*"
)
_DIRECTIONS = re.compile(
    rf"[\[(*](?:(?:{_ACTS})(?: \w+){{0,3}}|{_SOUNDS})[\])*]|\A\[[^\]]{{1,60}}\]|\A\((?:{_ACTS}|{_SOUNDS})\)",
    re.IGNORECASE,
)

_FORBIDDEN = (
    ("HTML", re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<!--|-->|&(?:lt|gt|amp|nbsp|#\d+);")),
    ("Markdown", re.compile(r"\A#{1,6}\s|\A>\s|```|!?\[[^\]]*\]\([^)]*\)|\A\||\[!\w+\]|\A-{3,}|\*\*")),
    ("an address", re.compile(r"https?:|www\.\w|\bjavascript:", re.IGNORECASE)),
    (
        "the marks of a chat",
        re.compile(r"<\|[^|]*\|>|\[/?INST\]|<</?SYS>>|\A(?:system|assistant|user):", re.IGNORECASE),
    ),
    ("JSON", re.compile(r"[{\[]\s*\"\w+\"\s*:|\"\w+\"\s*:\s*[\"\[{]")),
)

_SORRY = re.compile(
    r"\b(?:I['’]m|I am|we['’]re|we are) (?:very |so |truly )?(?:sorry|afraid I|unable to)\b|\bI apologi[sz]e\b"
    r"|\bas an AI (?:language )?(?:model|assistant)\b|\bas a (?:large )?language model\b"
    r"|\bI (?:cannot|can['’]t|can not|won['’]t|am not able to) "
    r"(?:assist|help|comply|fulfill?|provide|write|do that|create)\b",
    re.IGNORECASE,
)
_CHATTER = re.compile(
    r"\A(?:sure|certainly|absolutely|okay|great question)[,.!]"
    r"|\A(?:here(?:['’]s| is| are)|below is|this is) (?:the|your|a|an|my) (?:\w+ ){0,3}"
    r"(?:script|podcast|transcript|answer|json|response|rewrite|version|summary)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"\A(?:hello|hi|hey|welcome|good (?:morning|evening|afternoon)|greetings)\b"
    r"|\b(?:welcome (?:back )?to|thanks? (?:you )?for (?:listening|joining|tuning)|stay tuned|see you next"
    r"|until next time|in (?:today['’]s|this) (?:episode|podcast|show)|today,? we(?:['’]re| are| will|['’]ll) )",
    re.IGNORECASE,
)

_ENGLISH = frozenset(
    """the of and to that it for with this are by be from which has have its their they than at not or but what how when
    these into more you if only while about each does""".split()  # noqa: SIM905 - a word list reads best as words
)
"""Small words that no other language in Latin letters shares with English."""

_ENGLISH_SHARE = 0.07
"""Of 4,845 abstracts none has less than 0.086; other languages have about none."""

_FOREIGN_SHARE = 0.15
_OUR_LETTERS = ("LATIN", "GREEK", "MATHEMATICAL", "MICRO")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_RUN_WORDS = re.compile(r"\w+(?:['’]\w+)?")
_ECHO_WORDS = 9
_SAME_SENTENCES = 3
_LOOP_WORDS, _LOOP_SHARE = 40, 0.5


def problems(paragraphs: Sequence[Paragraph], wanted: Wanted) -> tuple[Problem, ...]:
    """Say everything that is wrong with a script, the gravest first."""
    if not paragraphs:
        return (Problem("it has no words to speak"),)
    found = [*_shape(paragraphs, wanted), *_content(paragraphs, wanted), *_style(paragraphs)]
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: not problem.grave))


def note_problems(notes: Sequence[str]) -> tuple[Problem, ...]:
    """Say what makes notes useless."""
    whole = " ".join(notes)
    found = []
    if not _is_english(whole, _ENOUGH_TO_JUDGE):
        found.append(Problem(f"it is not in English: {quoted(whole)}"))
    if sorry := _SORRY.search(whole):
        found.append(Problem(f"it apologizes or refuses: {quoted(whole[sorry.start() :])}"))
    if loop := _loop(whole):
        found.append(Problem(f"it says the same over and over: {quoted(loop)}"))
    return tuple(found)


def _shape(paragraphs: Sequence[Paragraph], wanted: Wanted) -> Iterator[Problem]:
    """Speakers and markup."""
    for paragraph in paragraphs:
        if wanted.hosts and paragraph.speaker not in wanted.hosts:
            who = f"{quoted(paragraph.speaker)} is no speaker" if paragraph.speaker else "a paragraph has no speaker"
            yield Problem(f"{who}; the speakers are {', '.join(wanted.hosts)}")
        if _has_directions(paragraph.text):
            yield Problem(f"it has stage directions: {quoted(paragraph.text)}")
        for name, pattern in _FORBIDDEN:
            if pattern.search(paragraph.text):
                yield Problem(f"it has {name} in it: {quoted(paragraph.text)}")
    if wanted.hosts and len({paragraph.speaker for paragraph in paragraphs}) == 1 < len(wanted.hosts):
        yield Problem(f"only {quoted(paragraphs[0].speaker or '')} speaks, where all hosts should", grave=False)


def _content(paragraphs: Sequence[Paragraph], wanted: Wanted) -> Iterator[Problem]:
    """Whether it is English, about the paper, and no more than was asked for."""
    whole = " ".join(paragraph.text for paragraph in paragraphs)
    if not _is_english(whole, _ENOUGH_TO_JUDGE):
        yield Problem(f"it is not in English: {quoted(whole)}")
    for paragraph in paragraphs:
        if not _is_english(paragraph.text, _ENOUGH_OF_A_PARAGRAPH):
            yield Problem(f"it is not in English: {quoted(paragraph.text)}")
        if sorry := _SORRY.search(paragraph.text):
            yield Problem(f"it apologizes or refuses: {quoted(paragraph.text[sorry.start() :])}")
    if chatter := _CHATTER.search(paragraphs[0].text):
        yield Problem(f"it begins with talk about itself: {quoted(paragraphs[0].text[chatter.start() :])}")
    if echo := _echo(whole, wanted.told):
        yield Problem(f"it repeats what it was told: {quoted(echo)}")
    if loop := _loop(whole):
        yield Problem(f"it says the same over and over: {quoted(loop)}")
    words = len(whole.split())
    if words < wanted.least_words:
        yield Problem(f"it has only {words} words")
    if words > wanted.most_words:
        is_grave = words > wanted.unusable_words
        yield Problem(f"it has {words} words where at most {wanted.most_words} were asked for", grave=is_grave)


def _style(paragraphs: Sequence[Paragraph]) -> Iterator[Problem]:
    """Whether it is pleasant to hear."""
    sentences = [sentence for paragraph in paragraphs for sentence in split_sentences(paragraph.text)]
    lengths = [heard_words(sentence) for sentence in sentences]
    if statistics.median(lengths) > _MEDIAN_WORDS:
        yield Problem(f"half of its sentences have more than {_MEDIAN_WORDS} words", grave=False)
    long = [sentence for sentence, length in zip(sentences, lengths, strict=True) if length > _LONG_WORDS]
    if len(long) > _LONG_SHARE * len(lengths):
        yield Problem(f"sentences have more than {_LONG_WORDS} words: {quoted(long[0])}", grave=False)
    for paragraph in (paragraphs[0], paragraphs[-1]):
        if greeting := _GREETING.search(paragraph.text):
            yield Problem(f"it greets or announces: {quoted(paragraph.text[greeting.start() :])}", grave=False)


def _has_directions(text: str) -> bool:
    return bool(_DIRECTIONS.search(text))


def _is_english(text: str, enough: int) -> bool:
    """Whether enough of its words are the small ones of English, and its letters are Latin; short texts are."""
    words = [word.casefold() for word in _WORDS.findall(text)]
    letters = [sign for sign in text if sign.isalpha()]
    foreign = sum(not unicodedata.name(sign, "").startswith(_OUR_LETTERS) for sign in letters)
    if letters and foreign > _FOREIGN_SHARE * len(letters):
        return False
    return len(words) < enough or sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words)


def _echo(text: str, told: str) -> str | None:
    """Find a run of words that stands in what the model was told."""
    heard = _runs(told, _ECHO_WORDS)
    return next((run for run in _runs(text, _ECHO_WORDS) if run in heard), None)


def _loop(text: str) -> str | None:
    """Find what is said again and again: models that lose their way do that."""
    sentences = collections.Counter(split_sentences(text.casefold()))
    if sentences and sentences.most_common(1)[0][1] >= _SAME_SENTENCES:
        return sentences.most_common(1)[0][0]
    runs = collections.Counter(_runs_in_order(text, 4))
    if sum(runs.values()) > _LOOP_WORDS and len(runs) < _LOOP_SHARE * sum(runs.values()):
        return runs.most_common(1)[0][0]
    return None


def _runs(text: str, length: int) -> dict[str, None]:
    return dict.fromkeys(_runs_in_order(text, length))


def _runs_in_order(text: str, length: int) -> list[str]:
    words = [word.casefold() for word in _RUN_WORDS.findall(text)]
    return [" ".join(words[at : at + length]) for at in range(len(words) - length + 1)]
