"""The stage between a script and its sound: a person reads, corrects, hears and approves it, in a page of this machine.

Every change is written to script.md at once, whole or not at all, and only onto the very bytes that the page showed.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import functools
import os
import sys
import threading
import webbrowser
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from podcast import files
from podcast.errors import FindingsError, InputError
from podcast.outside.connections import listen
from podcast.outside.executor import HERE
from podcast.outside.server import private_application
from podcast.pipeline.costs import open_ledger
from podcast.pipeline.episode import Speaking, estimate, key_of, pay, plan_utterances, prepare, url_of
from podcast.pipeline.grounding import sources
from podcast.pipeline.script_files import decoded, find_script
from podcast.pipeline.timing import as_minutes
from podcast.review.approval import APPROVED_FILE, approval, approval_of, is_outdated
from podcast.review.gate import LOOPBACK, MOST_BYTES, TOO_LARGE, admit, new_token
from podcast.review.routes import ChangedError, PriceError, Quote, Sound, State, answer
from podcast.review.view import segment_views
from podcast.speech.clips import speak_all, wav_bytes
from podcast.speech.pace import speech_ms
from podcast.writing.evidence import annotated, evidence
from podcast.writing.script import body_changed, format_script, open_findings, parse_script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from podcast.show import Show
    from podcast.speech.clips import Paid
    from podcast.speech.engines import Engine
    from podcast.types import Script, Utterance
    from podcast.writing.evidence import SegmentEvidence

_SOUNDS_QUOTED = 4096


def review(show: Show, name: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve the page until interrupted; `ready` gets its address, token and all, once it answers.

    Raises InputError if there is no such script, it cannot be read, or the port cannot be used.
    """
    desk = ScriptDesk(show, *find_script(show, name))
    desk.state()
    token = new_token()
    app = private_application(
        functools.partial(admit, token=token),
        functools.partial(answer, desk=desk, token=token),
        too_large=TOO_LARGE,
        most_bytes=MOST_BYTES,
    )
    listen(app, LOOPBACK, port, lambda address: ready(f"{address}?token={token}"))


def open_in_browser(address: str) -> None:
    """Show an address to whoever sits here; where there is no screen, nothing happens."""
    has_screen = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if has_screen:  # without one, a browser of letters would take the terminal over
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


# ── the script ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Read:
    """A script with its findings, as these bytes and the source say."""

    version: str
    text: str
    script: Script
    found: tuple[SegmentEvidence, ...]


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A sentence that may be asked for: how it is spoken, the silence behind it, and what its segment costs."""

    speaking: Speaking
    pause_ms: int
    segment_usd: float


class ScriptDesk:
    """One script in review; see `podcast.review.routes.Desk`."""

    def __init__(self, show: Show, path: Path, slug: str) -> None:
        self._show, self._path, self._slug = show, path, slug
        self._writing, self._speaking = threading.Lock(), threading.Lock()
        self._engines: dict[str, Engine] = {}
        self._quoted: collections.OrderedDict[str, _Quoted] = collections.OrderedDict()
        self._ledger = open_ledger(show)

    def version(self) -> str:
        """SHA-256 of script.md."""
        return files.sha256_of(self._path.read_bytes())

    def state(self) -> State:
        """Read the script and look its sentences up."""
        return self._state(self._read())

    def change(self, version: str, change: Callable[[Script], Script]) -> State:
        """Write what `change` makes of the script, findings looked up anew. Raises ChangedError, and writes nothing."""
        with self._writing:
            read = self._read(version)
            wanted = change(read.script)
            if wanted != read.script:
                self._write(read, annotated(wanted, self._look_up(wanted)))
            return self.state()

    def approve(self, version: str, *, approved: bool, anyway: bool) -> State:
        """Note that these words may be spoken, or no longer; while findings are open only if that is meant."""
        with self._writing:
            read = self._read(version)
            count = open_findings(read.script)
            if approved and count and not anyway:
                raise FindingsError(f"{count} finding{'s are' if count > 1 else ' is'} open.")
            if approved:
                files.write_text(self._approval, approval(read.script, dt.datetime.now().astimezone().date()))
            else:
                self._approval.unlink(missing_ok=True)
            return self._state(read)

    @property
    def _approval(self) -> Path:
        return self._path.with_name(APPROVED_FILE)

    def _read(self, version: str | None = None) -> _Read:
        """Read the script; ChangedError if it is not of the version that is asked for."""
        data = self._path.read_bytes()
        now = files.sha256_of(data)
        if version not in (None, now):
            raise ChangedError(f"{self._path.name} was changed on disk meanwhile. Nothing was overwritten.")
        text = decoded(data, self._path)
        script = parse_script(text, str(self._path))
        found = self._look_up(script)
        return _Read(now, text, annotated(script, found), found)

    def _look_up(self, script: Script) -> tuple[SegmentEvidence, ...]:
        return evidence(script, sources(self._show, self._slug, script))

    def _write(self, read: _Read, wanted: Script) -> None:
        """Put a script in the place of the one that was read, unless another came there meanwhile."""
        text = body_changed(read.text, format_script(wanted))
        if parse_script(text, "Your text") != wanted:
            raise InputError("This would not be read again as it was meant, so it was not written.")
        with files.locked(self._show.script_lock(self._slug), wait=True), files.writing(self._path) as file:
            file.write(text.encode())
            if self.version() != read.version:
                raise ChangedError(f"{self._path.name} was changed on disk meanwhile. Nothing was overwritten.")

    def _state(self, read: _Read) -> State:
        script = read.script
        segments = segment_views(script, read.found, url_of)
        words = sum(segment.words for segment in segments)
        return State(
            version=read.version,
            slug=self._slug,
            title=script.title,
            date=script.date.isoformat(),
            words=words,
            minutes=self._minutes(script),
            open=open_findings(script),
            approved=approval_of(self._approval, script),
            outdated=is_outdated(self._approval, script),
            segments=segments,
        )

    def _minutes(self, script: Script) -> float:
        """How long it takes to speak; 0 while something in it cannot be spoken."""
        try:
            return as_minutes(speech_ms(plan_utterances(self._show, script, str(self._path))))
        except InputError:
            return 0.0

    # ── its sound ───────────────────────────────────────────────────────────────────────────────────────

    def quote(self, version: str, segment: int) -> Quote:
        """Plan how a segment is spoken. Raises InputError for what cannot be."""
        script = self._read(version).script
        if not 0 <= segment < len(script.segments):
            raise InputError("There is no such segment in the script any more.")
        alone = dataclasses.replace(script, segments=(script.segments[segment],))
        speaking = self._with_kept_engines(prepare(self._show, alone, self._slug, str(self._path)))
        takes = estimate(speaking)
        quoted = dict(_quoted(speaking, takes.usd))
        self._quoted.update(quoted)
        while len(self._quoted) > _SOUNDS_QUOTED:
            self._quoted.popitem(last=False)
        sounds = tuple(Sound(sound_id, number) for number, sound_id in enumerate(quoted))
        return Quote(sounds, takes.usd, takes.clips_to_speak, self._refusal(speaking, takes.usd))

    def sound(self, sound_id: str, agreed_usd: float) -> bytes:
        """Return a WAV of a sentence and the silence behind it; it is spoken if it is not in the cache."""
        quoted = self._quoted.get(sound_id)
        if quoted is None:
            raise InputError("This sentence was not asked for before: play the segment again.")
        paid = pay(quoted.speaking, self._ledger)
        if _is_kept_whole(quoted.speaking):
            return _wav(quoted, paid)
        with self._speaking:  # one after another, so that nothing is spoken, or paid, twice
            self._agreed(quoted, agreed_usd)
            return _wav(quoted, paid)

    def _with_kept_engines(self, speaking: Speaking) -> Speaking:
        """Use the engines of the segment before: a voice takes seconds to load."""
        engines = {name: self._engines.setdefault(name, engine) for name, engine in speaking.engines.items()}
        return dataclasses.replace(speaking, engines=engines)

    def _refusal(self, speaking: Speaking, usd: float) -> str | None:
        for voice in dict.fromkeys(utterance.voice for utterance in speaking.utterances):
            if problem := speaking.engines[voice.engine].ready(voice):
                return f"Voice {voice.name} is not ready: {problem}"
        return self._too_dear(usd)

    def _too_dear(self, usd: float) -> str | None:
        spent_usd, most_usd = self._ledger.spent_usd, self._ledger.limit_usd
        if usd and spent_usd + usd > most_usd:
            return (
                f"That would cost about {usd:.4f} USD; {spent_usd:.4f} of the {most_usd:.2f} USD that one run "
                "may cost are spent. max_cost_usd in show.toml allows more."
            )
        return None

    def _agreed(self, quoted: _Quoted, agreed_usd: float) -> None:
        """Raise PriceError for a sentence whose price was not agreed to, or is more than may be spent."""
        usd = estimate(quoted.speaking).usd
        shown_usd = max(usd, quoted.segment_usd)  # a clip that was damaged since is in no quote
        if usd and not agreed_usd >= shown_usd:
            raise PriceError(f"Speaking this costs about {shown_usd:.4f} USD, which nobody has agreed to.")
        if refused := self._too_dear(usd):
            raise PriceError(refused)


def _quoted(speaking: Speaking, usd: float) -> Iterator[tuple[str, _Quoted]]:
    """Each sentence of a segment by an id that nobody can guess a meaning into."""
    for before, after in zip(speaking.utterances, (*speaking.utterances[1:], None), strict=True):
        one = dataclasses.replace(speaking, utterances=(before,))
        yield new_token(), _Quoted(one, _pause_ms(before, after), usd)


def _pause_ms(before: Utterance, after: Utterance | None) -> int:
    """How long it is silent behind a sentence, as the episode's timeline has it; nothing behind the last."""
    pauses = before.voice.pauses
    if after is None:
        return 0
    if after.paragraph_index == before.paragraph_index:
        return pauses.sentence_ms
    return pauses.paragraph_ms if after.speaker == before.speaker else pauses.speaker_ms


def _is_kept_whole(speaking: Speaking) -> bool:
    """Whether all can be heard without being spoken; what is damaged is thrown away, so that it is priced again."""
    clips = [speaking.store.load(key_of(speaking, utterance)) for utterance in speaking.utterances]
    return None not in clips


def _wav(quoted: _Quoted, paid: Paid) -> bytes:
    speaking = quoted.speaking
    (clip,) = speak_all(speaking.utterances, speaking.engines, speaking.store, executor=HERE, paid=paid)
    pause = np.zeros(clip.rate_hz * quoted.pause_ms // 1000, dtype=np.float32)
    return wav_bytes(np.concatenate([clip.sound, pause]), clip.rate_hz)
