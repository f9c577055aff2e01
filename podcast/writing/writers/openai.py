"""Papers told by a language model, OpenAI's or any that is served as OpenAI's are.

What it answers is read, mended by rule, judged (podcast/writing/answers.py), sent back once with what is wrong with it,
and replaced by the embedded writer's words if it still must not be heard. A paper that is more than the model takes at
once is read in parts, whole, and told from the notes. A service that fails raises; what was finished is kept.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import json
import random
import re
import time
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING

from podcast.errors import InputError, OutsideError, PodcastError
from podcast.outside import services
from podcast.outside.openai_client import Message, Patience, ServiceError
from podcast.outside.services import Persistence
from podcast.types import Draft, Paragraph, Section
from podcast.writing import answers, forms
from podcast.writing.answers import Problem, UnreadableError, Wanted, quoted
from podcast.writing.asking import Model, NotKeptError, Shape, question_tokens
from podcast.writing.forms import ASKED_SHARE, LEAST_WORDS, words_of
from podcast.writing.material import without_lead_ins
from podcast.writing.parts import parts_of, size
from podcast.writing.prompts import Prompts
from podcast.writing.prose import has_words
from podcast.writing.sentences import split_sentences
from podcast.writing.tokens import count
from podcast.writing.writers.extractive import ExtractiveWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from podcast.outside.openai_client import ChatAnswer
    from podcast.types import Brief, Form, Paper
    from podcast.writing.asking import Ask
    from podcast.writing.kept import Kept
    from podcast.writing.parts import Part
    from podcast.writing.writers import Means

_PATIENCE = Patience(connect_s=10, read_s=300, total_s=600)
"""A model on one's own machine may think for minutes before its first word."""

_MUCH_TOO_SHORT, _MUCH_TOO_LONG = 0.15, 1.25
"""Of the words asked for, and of those allowed: beyond, an answer is none."""

_ANSWER_SHARE = 1 / 5
"""Of a context: an answer is sent back to be mended, so it takes twice that."""

_TOKENS_A_WORD, _SPARE_TOKENS = 2.5, 120
_SURE_SHARE = 0.9
"""Of a context: tokens are estimated, not counted."""

_LEAST_ROOM = 200
_NOTES_SHARE = 1 / 24
_LEAST_NOTE_WORDS, _MOST_NOTE_WORDS = 60, 600
_SHORTER = 0.9
_PROBLEM_TOKENS = 400
"""At most, of what is sent back with an answer that is to be mended."""

_MOST_PROBLEMS, _LONGEST_PROBLEM = 6, 160
_LONGEST_TITLE = 120


class UnusableError(Exception):
    """A model could not tell a paper; why is half a sentence."""


@dataclass(frozen=True, slots=True)
class Task:
    """A paper to be told: what of, how, and how much."""

    form: Form
    paper: Paper
    sections: tuple[Section, ...]
    hosts: tuple[str, ...]
    words: int
    most_words: int
    max_tokens: int
    system: str
    wanted: Wanted
    shape: Shape
    label: str

    @property
    def passage(self) -> str:
        """All that it may be told from."""
        texts = (text for section in self.sections for text in section.paragraphs)
        return "\n\n".join([self.paper.title, *texts])

    def data(self, sections: Sequence[Section]) -> str:
        """Write a source as one JSON object: nothing in it can close it, or become anything else than a value of it.

        Of a summary it says which version of which paper it is: a new one is asked for again.
        """
        told = {
            "title": self.paper.title,
            "authors": list(self.paper.authors),
            "sections": [{"title": section.title, "paragraphs": list(section.paragraphs)} for section in sections],
        }
        if self.form != "script" and self.paper.arxiv_id:
            told = {"id": self.paper.arxiv_id} | told
        text = answers.visible(json.dumps(told, ensure_ascii=False))
        return text.encode("utf-8", "replace").decode()


class _Hearing:
    """Asks a model what one paper takes; knows what its answers cost, and whether it read all that it was sent."""

    def __init__(self, ask: Callable[[Sequence[Message], Shape, int, str], Kept]) -> None:
        self._ask = ask
        self.usd = 0.0
        self.notes: tuple[str, ...] = ()

    def __call__(self, messages: Sequence[Message], shape: Shape, max_tokens: int, what: str) -> ChatAnswer:
        kept = self._ask(messages, shape, max_tokens, what)
        self.usd += kept.usd or 0.0
        self.notes = self.notes or _cut_note(kept.answer, messages)
        return kept.answer


class OpenAIWriter:
    """Writes over the network; made without one, and without a key."""

    def __init__(
        self,
        means: Means,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        patience: Patience = _PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._means = means
        self._model = Model(means, Persistence(sleep, chance, clock), patience)
        self._embedded = ExtractiveWriter(means)

    @property
    def name(self) -> str:
        """As episode.json says who wrote."""
        return f"openai {self._model.name}"

    def ready(self) -> str | None:
        """Say what is missing: a key, a usable address, a prompt that can be read."""
        try:
            _ = self._prompts
        except PodcastError as error:
            return str(error)
        return services.missing(self._model.address)

    def most_usd(self, paper: Paper, brief: Brief) -> float:
        """List price at most, one repair of every answer included; retries after failures are not."""
        if not self._model.is_paid or self.kept(paper, brief):
            return 0.0
        return self._worst_usd(self._task(paper, brief))

    def kept(self, paper: Paper, brief: Brief) -> Draft | None:
        """Tell one paper from kept answers alone; None where one is missing."""
        try:
            return self._write(paper, brief, _Hearing(functools.partial(self._model.ask, only_kept=True)))
        except NotKeptError:
            return None

    def write(self, paper: Paper, brief: Brief) -> Draft:
        """Tell one paper, in the embedded writer's words where the model's must not be heard: then a note says so.

        Raises InputError if something is missing here or the limit is reached, OutsideError if the service fails.
        """
        if problem := self.ready():
            raise InputError(f"The writer openai: {problem}")
        try:
            return self._write(paper, brief, _Hearing(self._model.ask))
        except OutsideError as error:
            raise OutsideError(f"“{shorten(paper.title, _LONGEST_TITLE)}” is not written. {error}") from error

    @functools.cached_property
    def _prompts(self) -> Prompts:
        return Prompts(self._means.prompts)

    def _write(self, paper: Paper, brief: Brief, heard: _Hearing) -> Draft:
        draft = self._drafted(paper, brief, heard)
        return dataclasses.replace(draft, notes=(*heard.notes, *draft.notes), usd=heard.usd)

    def _drafted(self, paper: Paper, brief: Brief, ask: Ask) -> Draft:
        task = self._task(paper, brief)
        if not has_words(" ".join(text for section in task.sections for text in section.paragraphs)):
            return self._stand_in(paper, brief)
        try:
            return self._script(task, ask)
        except UnusableError as why:
            draft = self._stand_in(paper, brief)
            note = f"written by the embedded writer, as the answer of {self._model.name} could not be used: {why}"
            return dataclasses.replace(draft, notes=(note, *draft.notes))

    def _stand_in(self, paper: Paper, brief: Brief) -> Draft:
        return dataclasses.replace(self._embedded.write(paper, brief), writer=self._embedded.name)

    # ── what is asked for ───────────────────────────────────────────────────────────────────────────────

    def _task(self, paper: Paper, brief: Brief) -> Task:
        sections, form = _source(paper), brief.form
        hosts = brief.hosts if form == "script" and len(brief.hosts) > 1 else ()
        words, most = self._lengths(sections, brief)
        return Task(
            form=form,
            paper=paper,
            sections=sections,
            hosts=brief.hosts,
            words=words,
            most_words=most,
            max_tokens=self._answer_tokens(most),
            system=self._system(brief, hosts, words, most, brief.style),
            wanted=Wanted(
                hosts=hosts,
                least_words=int(words * _MUCH_TOO_SHORT),
                most_words=most,
                unusable_words=_unusable(most, brief),
                told=self._system(brief, hosts, words, most, ""),
            ),
            shape=forms.shape_of(form, hosts),
            label=_label(paper, brief),
        )

    def _system(self, brief: Brief, hosts: Sequence[str], words: int, most: int, style: str) -> str:
        fill = self._prompts.fill
        told = {
            "level": fill(brief.level),
            "words": str(words),
            "most": str(most),
            "style": f"\nTHE AUTHOR'S WISHES\n{style.strip()}\n" if style.strip() else "",
            "shape": forms.example_of(brief.form, hosts),
        }
        if brief.form == "script":
            several = fill("two-hosts", names=_listed(hosts), first=hosts[0]) if hosts else fill("one-host")
            told["hosts"] = several
        return fill(brief.form, **told)

    def _lengths(self, sections: Sequence[Section], brief: Brief) -> tuple[int, int]:
        """Words to ask for, and words allowed."""
        if brief.words is not None:
            return max(1, int(brief.words * ASKED_SHARE)), max(1, brief.words)
        source = sum(len(text.split()) for section in sections for text in section.paragraphs)
        fitting = (self._model.context_tokens * _ANSWER_SHARE - _SPARE_TOKENS) / _TOKENS_A_WORD
        most = forms.most_words(brief.form, source, fitting)
        return int(most * ASKED_SHARE), most

    def _answer_tokens(self, words: int) -> int:
        return min(self._model.limits.answer_tokens, int(words * _TOKENS_A_WORD) + _SPARE_TOKENS)

    # ── a script ────────────────────────────────────────────────────────────────────────────────────────

    def _script(self, task: Task, ask: Ask) -> Draft:
        """Tell it at once, or from notes where it is too long; half as much at once where the service says so."""
        sections, room = task.sections, self._room(task.system, task.max_tokens)
        while True:
            sections = self._shortened(sections, room, task, ask)
            try:
                return self._told(task, sections, ask)
            except ServiceError as error:
                if not error.is_too_long:
                    raise
                room = _halved(min(room, size(sections)))

    def _told(self, task: Task, sections: Sequence[Section], ask: Ask) -> Draft:
        question = (Message("system", task.system), Message("user", task.data(sections)))
        answer = ask(question, task.shape, task.max_tokens, f"{task.label}: {task.form}")
        first, found = self._read(answer, task, question, ask)
        found = (*found, *self._checked(first, task, found))
        if not found:
            return _draft(first, task, ())
        again = (*question, *self._returned(answer, task, found))
        repaired = ask(again, task.shape, task.max_tokens, f"{task.label}: repair")
        second, left = self._read(repaired, task, again, None)
        if not _grave(left):
            return _draft(second, task, _told_twice(left))
        if not _grave(found):
            return _draft(first, task, _told_twice(forms.problems(first, task.wanted, task.form)))
        raise UnusableError(_grave(left)[0].text)

    def _read(
        self, answer: ChatAnswer, task: Task, question: Sequence[Message], ask: Ask | None
    ) -> tuple[Draft, tuple[Problem, ...]]:
        """Read an answer and judge it; one that stopped for its length is continued where there is somebody to ask."""
        if answer.refusal or answer.stopped == "content_filter":
            raise UnusableError(f"it was refused ({quoted(answer.refusal or 'content filter')})")
        try:
            if answer.stopped == "length":
                draft = forms.as_draft(self._continued(answer, task, question, ask), task.form, task.paper.title)
            else:
                draft = forms.read_draft(answer.text, task.form, task.wanted.hosts, task.paper.title)
        except UnreadableError as error:
            return Draft(()), (Problem(str(error)),)
        return draft, forms.problems(draft, task.wanted, task.form)

    def _continued(
        self, answer: ChatAnswer, task: Task, question: Sequence[Message], ask: Ask | None
    ) -> tuple[Paragraph, ...]:
        whole = answers.whole_paragraphs(answer.text, task.wanted.hosts) if task.form == "script" else ()
        if not whole or ask is None:
            raise UnreadableError("it stopped for its length")
        left = max(LEAST_WORDS, task.most_words - sum(len(paragraph.text.split()) for paragraph in whole))
        last = json.dumps(whole[-1].text[-_LONGEST_PROBLEM:], ensure_ascii=False)
        more = ask(
            (
                *question,
                Message("assistant", _as_answer(whole, task)),
                Message("user", self._prompts.fill("continue", last=last, most=str(left))),
            ),
            task.shape,
            task.max_tokens,
            f"{task.label}: continued",
        )
        if more.stopped == "length":
            raise UnreadableError("it stopped for its length, and so did the rest of it")
        return (*whole, *answers.read_script(more.text, task.wanted.hosts))

    def _checked(self, draft: Draft, task: Task, found: Sequence[Problem]) -> tuple[Problem, ...]:
        """Hold a readable answer against its source, by the check that the show brings."""
        if self._means.check is None or _grave(found):
            return ()
        sentences = [sentence for paragraph in words_of(draft) for sentence in split_sentences(paragraph.text)]
        return tuple(Problem(text, grave=False) for text in self._means.check(sentences, task.passage))

    def _returned(self, answer: ChatAnswer, task: Task, found: Sequence[Problem]) -> Iterator[Message]:
        """Send an answer back with what is wrong with it; one that is far too long is not repeated."""
        if answer.text and count(answer.text) <= task.max_tokens:
            yield Message("assistant", answer.text)
        yield self._mend(found)

    def _mend(self, found: Sequence[Problem]) -> Message:
        """Say what is wrong; it quotes the source, and like the source it has no sign that nobody sees."""
        listed = [answers.visible(problem.text)[:_LONGEST_PROBLEM] for problem in found[:_MOST_PROBLEMS]]
        return Message("user", self._prompts.fill("repair", problems=json.dumps(listed, ensure_ascii=False)))

    # ── more than the model takes at once ───────────────────────────────────────────────────────────────

    def _room(self, system: str, max_tokens: int) -> int:
        """How many tokens of a source fit beside all else, an answer that is sent back included."""
        room = int(self._model.context_tokens * _SURE_SHARE) - count(system) - 2 * max_tokens - _PROBLEM_TOKENS
        if room < _LEAST_ROOM:
            raise InputError(
                f"The writer openai: {self._model.context_tokens} tokens are too few to write that much in. "
                f"Set context_tokens to what {self._model.name} really has, or ask for fewer words."
            )
        return room

    def _shortened(self, sections: Sequence[Section], room: int, task: Task, ask: Ask) -> tuple[Section, ...]:
        """Read what is longer than the room in parts, and its notes again, until what is left fits."""
        while size(sections) > room:
            notes = self._notes(sections, room, task, ask)
            shorter = (Section("Notes", notes),)
            if size(shorter) > _SHORTER * size(sections):
                raise UnusableError("its notes are no shorter than the paper")
            sections = shorter
        return tuple(sections)

    def _notes(self, sections: Sequence[Section], room: int, task: Task, ask: Ask) -> tuple[str, ...]:
        waiting = collections.deque(parts_of(sections, min(room, self._notes_room())))
        notes: list[str] = []
        while waiting:
            part = waiting.popleft()
            found = self._notes_of(part, task, ask, len(notes))
            if found is None:
                rest = [section for each in (part, *waiting) for section in each]
                waiting = collections.deque(parts_of(rest, _halved(size(part))))
            else:
                notes.extend(found)
        return tuple(notes)

    def _notes_of(self, part: Part, task: Task, ask: Ask, before: int) -> tuple[str, ...] | None:
        """Take notes of a part; None if it is more than the model takes at once."""
        words, max_tokens = self._note_words(), self._answer_tokens(self._note_words())
        question = (
            Message("system", self._prompts.fill("notes", words=str(words))),
            Message("user", task.data(part)),
        )
        what = f"{task.label}: notes after {before}"
        try:
            answer = ask(question, _NOTES, max_tokens, what)
            notes, found = _read_notes(answer)
            if found:
                back = [Message("assistant", answer.text)] if answer.text and count(answer.text) <= max_tokens else []
                answer = ask((*question, *back, self._mend(found)), _NOTES, max_tokens, f"{what}: repair")
                notes, found = _read_notes(answer)
        except ServiceError as error:
            if not error.is_too_long:
                raise
            return None
        if found:
            raise UnusableError(f"of its notes, {found[0].text}")
        return notes

    def _notes_room(self) -> int:
        words = self._note_words()
        return self._room(self._prompts.fill("notes", words=str(words)), self._answer_tokens(words))

    def _note_words(self) -> int:
        return max(_LEAST_NOTE_WORDS, min(_MOST_NOTE_WORDS, int(self._model.context_tokens * _NOTES_SHARE)))

    # ── money ───────────────────────────────────────────────────────────────────────────────────────────

    def _worst_usd(self, task: Task) -> float:
        """Every answer as long as it may be, and every one repaired; a script also continued."""
        usd, sections = 0.0, task.sections
        room = self._room(task.system, task.max_tokens)
        words, notes_tokens = self._note_words(), self._answer_tokens(self._note_words())
        while size(sections) > room:
            parts = parts_of(sections, min(room, self._notes_room()))
            system = Message("system", self._prompts.fill("notes", words=str(words)))
            for part in parts:
                asked = question_tokens((system, Message("user", task.data(part))), _NOTES.schema)
                usd += self._usd(asked, notes_tokens, answers_=2)
            shorter = (Section("Notes", tuple("word " * words for _ in parts)),)
            if size(shorter) > _SHORTER * size(sections):
                break
            sections = shorter
        question = (Message("system", task.system), Message("user", task.data(sections)))
        return usd + self._usd(
            question_tokens(question, task.shape.schema), task.max_tokens, answers_=3 if task.form == "script" else 2
        )

    def _usd(self, tokens_in: int, tokens_out: int, answers_: int) -> float:
        """List price of an answer, and of as many more that are asked for with it sent back."""
        again = tokens_in + tokens_out + _PROBLEM_TOKENS
        return self._model.usd(tokens_in + (answers_ - 1) * again, answers_ * tokens_out)


# ── what is sent ────────────────────────────────────────────────────────────────────────────────────────


def _source(paper: Paper) -> tuple[Section, ...]:
    """The paper's own text where it is known, else what the newsletter tells of it."""
    if any(has_words(text) for section in paper.sections for text in section.paragraphs):
        return paper.sections
    return (Section("", without_lead_ins(paper.paragraphs)),)


_NOTES = Shape("notes", forms.obj({"notes": {"type": "array", "items": {"type": "string"}}}))


def _unusable(most: int, brief: Brief) -> int:
    """How many words are too many to be taken: more freely where nobody asked for a length."""
    return int(most * _MUCH_TOO_LONG) if brief.words else most * 2


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _label(paper: Paper, brief: Brief) -> str:
    """Name a paper without a word of its own."""
    known = paper.arxiv_id and re.fullmatch(r"[\w./-]{4,40}", paper.arxiv_id)
    return f"paper {brief.number} of {brief.count}" + (f", arXiv:{paper.arxiv_id}" if known else "")


def _as_answer(paragraphs: Sequence[Paragraph], task: Task) -> str:
    items = [
        {"speaker": paragraph.speaker, "text": paragraph.text} if task.wanted.hosts else {"text": paragraph.text}
        for paragraph in paragraphs
    ]
    return json.dumps({"paragraphs": items}, ensure_ascii=False)


# ── what comes back ─────────────────────────────────────────────────────────────────────────────────────


def _draft(draft: Draft, task: Task, notes: Sequence[str]) -> Draft:
    only = task.hosts[0] if len(task.hosts) == 1 else None
    named = (Paragraph(paragraph.text, paragraph.speaker or only) for paragraph in draft.paragraphs)
    return dataclasses.replace(draft, paragraphs=tuple(named), notes=tuple(notes))


def _grave(found: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in found if problem.grave]


def _told_twice(left: Sequence[Problem]) -> list[str]:
    return [f"the model was asked to mend it, and still {problem.text}" for problem in left]


def _read_notes(answer: ChatAnswer) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    if answer.refusal or answer.stopped == "content_filter":
        raise UnusableError(f"a part was refused ({quoted(answer.refusal or 'content filter')})")
    if answer.stopped == "length":
        return (), (Problem("it stopped for its length"),)
    try:
        notes = answers.read_notes(answer.text)
    except UnreadableError as error:
        return (), (Problem(str(error)),)
    return notes, answers.note_problems(notes)


def _cut_note(answer: ChatAnswer, question: Sequence[Message]) -> tuple[str, ...]:
    """Some services drop what is too long for their model without a word, but count what they read."""
    words = sum(len(message.text.split()) for message in question)
    if answer.tokens_in is None or answer.tokens_in >= words / 2:
        return ()
    return (f"the service read {answer.tokens_in} tokens of {words} words: set context_tokens to what it really takes",)


def _halved(tokens: int) -> int:
    if tokens // 2 < _LEAST_ROOM:
        raise UnusableError("the service takes too little text at once")
    return tokens // 2
