"""What is counted in a text (`three ideas: 1. …; 2. …`, `First, … Second, …`) and is told as a whole or not at all.

What announces it stands with it: two obstacles, and which they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BEFORE = {str(number + 1): str(number) for number in range(1, 12)}
for _marks in ("i ii iii iv v vi vii viii", "a b c d e f g h"):
    _BEFORE |= dict(zip(_marks.split()[1:], _marks.split(), strict=False))

_MARK = r"\(?(\d{1,2}|[ivx]{1,4}|[a-h])([).])"
_LAST_MARK = re.compile(rf"([:;,]|\b(?:and|or|as|are|by))\s{_MARK}$")
_FIRST_MARK = re.compile(rf"^{_MARK}\s")
_BETWEEN = re.compile(rf"(?<=[.!?:])\s{_MARK}\s(?=[A-Z])")
_FIRST_MARKS = frozenset({"1", "i", "a"})
_ALL_IN_ONE = re.compile(r"(?:^|\s)\(?(?:1|i|a)[).]\s.*\s\(?(?:2|ii|b)[).]\s", re.DOTALL)

_NUMBER = r"(?:two|three|four|five|six|seven|several|following)"
_ANNOUNCES = re.compile(
    rf"\b{_NUMBER}\s(?:[\w,-]+\s){{0,4}}[\w-]+s\b|\bas follows\b|:$"
    r"|\b(?:two|three|four)-?\s?(?:fold|(?:stage|step|phase|part)s?)\b",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"(?:First(?:ly)?\b(?!-)|The first\b|One\b(?: of them| of these| challenge)? is\b)")
_GOES_ON = re.compile(
    r"(?:Second(?:ly)?\b(?!-)|Third(?:ly)?\b(?!-)|Fourth(?:ly)?\b|Fifth\b|The (?:second|third|fourth|fifth|other)\b"
    r"|(?:Next|Then|Finally|Last|Lastly),|Another is\b)"
)
_FURTHEST = 2
"""How many sentences may say more of one item before the next."""

_OF_TESTS = re.compile(r"^(?:Finally|Lastly),.{0,40}\b(?:experiment\w*|evaluat\w*|results|releas\w+)\b", re.IGNORECASE)
"""No last item, but the end of an abstract."""


def is_list(text: str) -> bool:
    """Whether it counts something itself: cut into sentences, it could be told by half."""
    return bool(_ALL_IN_ONE.search(text)) or any(_BEGINS.match(each) for each in re.split(r"(?<=[.:;])\s", text)[1:])


def whole_items(sentences: Sequence[str]) -> tuple[str, ...]:
    """Put together again what was cut at the mark of an item: `two ideas: 1.` and `A code; 2.` and `A loss.`."""
    joined: list[str] = []
    counted: set[int] = set()
    for sentence in sentences:
        is_next = bool(joined) and _is_next_item(joined[-1], sentence)
        if is_next or (joined and _is_unfinished(joined[-1])):
            joined[-1] = f"{joined[-1]} {sentence}"
            counted |= {len(joined) - 1} if is_next else set()
        else:
            joined.append(sentence)
    # Where each item is a sentence, its mark says no more than where it begins.
    return tuple(_BETWEEN.sub(" ", text) if at in counted else text for at, text in enumerate(joined))


def _is_unfinished(text: str) -> bool:
    last = _LAST_MARK.search(text)
    if not last:
        return False
    return (last[2] in _FIRST_MARKS and last[1] in {":", "as", "are", "by"}) or _counts_to(text, last[2], last[3])


def _is_next_item(before: str, sentence: str) -> bool:
    mark = _FIRST_MARK.match(sentence)
    if not mark:
        return False
    if mark[1] in _FIRST_MARKS:
        return bool(_ANNOUNCES.search(before))
    return not _FIRST_MARK.match(before) and _counts_to(before, mark[1], mark[2])


def _counts_to(text: str, mark: str, close: str) -> bool:
    before = _BEFORE.get(mark)
    return before is not None and bool(re.search(rf"(?:^|[\s(]){before}{re.escape(close)}\s", text))


def whole_lists(sentences: Sequence[str]) -> tuple[str, ...]:
    """Make one text of the sentences that count what belongs together, and of the one that announces them."""
    texts: list[str] = []
    at = 0
    while at < len(sentences):
        end = _end_of_list(sentences, at)
        row = sentences[at:end]
        if len(row) > 1 and texts and _ANNOUNCES.search(texts[-1]):
            row = (texts.pop(), *row)
        texts.append(" ".join(row))
        at = end
    return tuple(texts)


def _end_of_list(sentences: Sequence[str], start: int) -> int:
    """Say where the sentences that go on counting end."""
    end = start + 1
    if not _BEGINS.match(sentences[start]):
        return end
    for at in range(start + 1, len(sentences)):
        if at > end + _FURTHEST:
            break
        if _GOES_ON.match(sentences[at]) and not _OF_TESTS.match(sentences[at]):
            end = at + 1
    return end
