"""The stage from scripts/<slug>/script.md to episodes/<slug>/: spoken, mixed, tagged, described.

The episode's folder is filled beside the old one and takes its place only when everything in it is whole. What draws
is imported when it is needed: until the first sentence is spoken, everything waits for what is imported.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import functools
import math
import os
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podcast import __version__, files
from podcast.audio.documents import chapters_json, timestamps
from podcast.audio.levels import Section
from podcast.audio.making import Maker
from podcast.audio.parts import PartStore
from podcast.audio.render import Renderer
from podcast.audio.tags import MAX_CHAPTERS, Labels, id3_tag
from podcast.audio.transcript import srt, transcript_html, transcript_json, vtt
from podcast.errors import InputError, OutsideError
from podcast.feed.cover import publish_cover
from podcast.feed.notes import notes_html
from podcast.feed.plain import one_line, plain
from podcast.feed.titles import own_title
from podcast.feed.tree import EPISODE_FILES
from podcast.outside.mp3 import encoded_length
from podcast.pipeline.costs import open_ledger, payer, price_usd
from podcast.pipeline.identity import guid_of
from podcast.pipeline.script_files import WRITER
from podcast.pipeline.sources import copy_of_source
from podcast.pipeline.told import read_told
from podcast.record import COVER_NAME, EPISODE_JSON, EPISODE_MP3, format_record, sound_name
from podcast.review.approval import APPROVED_FILE, is_outdated
from podcast.show import starter_voices
from podcast.speech.clips import ClipStore, clip_key, speak_all
from podcast.speech.engines import load_engine, phonetic
from podcast.speech.lexicon import load_lexicon
from podcast.speech.pace import speech_ms
from podcast.speech.plan import plan, voice_names
from podcast.speech.voice import load_voice
from podcast.types import Chapter, Episode, Event, FileDigest, SpokenSegment
from podcast.writing.script import edited_by_hand, open_findings, written_date

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from PIL.Image import Image

    from podcast.audio.render import Sound
    from podcast.feed.episode_cover import Caption, EpisodeCover
    from podcast.outside.executor import Executor
    from podcast.pipeline import Observe
    from podcast.pipeline.ahead import Ahead
    from podcast.pipeline.music import Music
    from podcast.pipeline.told import Told
    from podcast.show import Show
    from podcast.speech.clips import Paid
    from podcast.speech.engines import Engine
    from podcast.speech.lexicon import Lexicon
    from podcast.spending import Ledger
    from podcast.types import Clip, Measurement, Paper, Script, Segment, Timeline, Utterance, Voice

_ARXIV = "arXiv:"
_S_PER_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Speaking:
    """A script ready to be spoken: who says what, and with which engines."""

    script: Script
    slug: str
    voices: Mapping[str | None, Voice]
    utterances: tuple[Utterance, ...]
    engines: Mapping[str, Engine]
    store: ClipStore


@dataclass(frozen=True, slots=True)
class Rendered:
    """An episode in its place."""

    slug: str
    mp3: Path
    timeline: Timeline
    measured: Measurement


@dataclass(frozen=True, slots=True)
class Estimate:
    """What rendering would take."""

    slug: str
    clips: int
    clips_to_speak: int
    minutes: float
    usd: float = 0.0
    writing_usd: float = 0.0
    """At most, where the script is not written yet and its writer is a paid one."""


# ── before anything is spoken ───────────────────────────────────────────────────────────────────────────


def show_lexicon(show: Show | None) -> Lexicon:
    """Read how to say things: what comes with the package, a show's own entries before it."""
    own = [show.voices / "lexicon.toml"] if show else []
    return load_lexicon(starter_voices() / "lexicon.toml", *(path for path in own if path.is_file()))


def prepare(show: Show, script: Script, slug: str, where: str, voice: str | None = None) -> Speaking:
    """Plan every sentence. Raises InputError for whatever cannot be spoken, before anything is."""
    if len(script.segments) > MAX_CHAPTERS:
        raise InputError(f"{where}: {len(script.segments)} segments; an episode has at most {MAX_CHAPTERS} chapters.")
    if voice and script.speakers:
        raise InputError(
            f"--voice {voice}: the speakers of this script have voices of their own. Change `speakers` in its front "
            "matter, or `hosts` in show.toml."
        )
    voices = _voices(show, script, voice)
    engines = {name: load_engine(name) for name in sorted({voice.engine for voice in voices.values()})}
    utterances = plan(script, voices, show_lexicon(show), where, phonetic(engines))
    return Speaking(script, slug, voices, utterances, engines, ClipStore(show.cache / "clips"))


def _voices(show: Show, script: Script, voice: str | None) -> dict[str | None, Voice]:
    names = voice_names(script, show.settings.speech.voice)
    if voice:
        names[None] = voice
    return {speaker: load_voice(name, show.voices) for speaker, name in names.items()}


def plan_utterances(show: Show, script: Script, where: str, voice: str | None = None) -> tuple[Utterance, ...]:
    """Plan every sentence as `prepare` does; with a voice, that one says everything."""
    voices = _voices(show, script, voice)
    if voice:
        voices = dict.fromkeys(voices, voices[None])
    engines = {name: load_engine(name) for name in sorted({each.engine for each in voices.values()})}
    return plan(script, voices, show_lexicon(show), where, phonetic(engines))


def estimate(speaking: Speaking) -> Estimate:
    """Say what rendering would take, without doing any of it."""
    missing = _missing(speaking)
    return Estimate(
        slug=speaking.slug,
        clips=len(speaking.utterances),
        clips_to_speak=len(missing),
        minutes=_minutes(speaking),
        usd=_price_usd(speaking, missing),
    )


def _minutes(speaking: Speaking) -> float:
    return round(speech_ms(speaking.utterances) / 1000 / _S_PER_MINUTE, 1)


def _missing(speaking: Speaking) -> list[Utterance]:
    return [utterance for utterance in speaking.utterances if not speaking.store.has(key_of(speaking, utterance))]


def key_of(speaking: Speaking, utterance: Utterance) -> str:
    """Name the clip of a sentence."""
    return clip_key(utterance, speaking.engines[utterance.voice.engine].version)


def _price_usd(speaking: Speaking, utterances: Sequence[Utterance]) -> float:
    """List price of speaking them, rounded up to a hundredth of a cent."""
    return price_usd(utterances, speaking.engines)


def _refuse_unready(speaking: Speaking, missing: Sequence[Utterance]) -> None:
    """A voice that has said everything already need not be: its model or key may be gone for good."""
    for voice in dict.fromkeys(utterance.voice for utterance in missing):
        if problem := speaking.engines[voice.engine].ready(voice):
            raise InputError(f"Voice {voice.name} is not ready: {problem}")


def _refuse_cost(speaking: Speaking, missing: Sequence[Utterance], ledger: Ledger) -> None:
    usd, spent_usd = _price_usd(speaking, missing), ledger.spent_usd
    if usd > 0 and usd + spent_usd > ledger.limit_usd:
        spent = f", {spent_usd:.2f} USD of which are spent on writing" if spent_usd else ""
        raise InputError(
            f"{speaking.slug} would cost about {usd:.2f} USD to speak, more than the {ledger.limit_usd:.2f} USD "
            f"allowed{spent}. --max-cost {math.ceil((usd + spent_usd) * 100) / 100:.2f} allows it once, max_cost_usd "
            "in show.toml for good."
        )


# ── rendering ───────────────────────────────────────────────────────────────────────────────────────────


def render(show: Show, speaking: Speaking, observe: Observe, ahead: Ahead, *, ledger: Ledger | None = None) -> Rendered:
    """Speak, mix, tag and describe an episode; the one before it stays until this one is whole.

    Raises InputError, before anything is spoken, if a voice that is needed is not ready or costs more than is allowed.
    """
    missing = _missing(speaking)
    _refuse_unready(speaking, missing)
    ledger = ledger or open_ledger(show)
    _refuse_cost(speaking, missing, ledger)
    if count := open_findings(speaking.script):
        findings = "1 finding is" if count == 1 else f"{count} findings are"
        observe(Event("note", f"{findings} still open in the script: `podcast review {speaking.slug}` shows them."))
    if is_outdated(show.script_folder(speaking.slug) / APPROVED_FILE, speaking.script):
        observe(Event("note", f"Its words are no longer those that were approved: `podcast review {speaking.slug}`."))
    if os.environ.get("OPENAI_API_KEY") and not ("openai" in speaking.engines or speaking.script.writer):
        observe(
            Event("note", "OPENAI_API_KEY is set and stays unused: no voice and no writer of this episode takes it.")
        )
    with files.locked(show.lock(speaking.slug)):
        return _render(show, speaking, observe, missing, _Work(ahead, pay(speaking, ledger)))


@dataclass(frozen=True, slots=True)
class _Work:
    """What was begun, and who pays for sentences that cost something."""

    ahead: Ahead
    paid: Paid

    @property
    def executor(self) -> Executor:
        """Where sentences are spoken side by side."""
        return self.ahead.executor


def pay(speaking: Speaking, ledger: Ledger) -> Paid:
    """Have every paid request of a script paid from this ledger."""
    return payer(speaking.engines, ledger, speaking.slug, [segment.title for segment in speaking.script.segments])


def _render(show: Show, speaking: Speaking, observe: Observe, missing: Sequence[Utterance], work: _Work) -> Rendered:
    folder = show.episode_folder(speaking.slug)
    files.settle(folder)
    music = _begin(speaking, missing, work)
    drawn = _drawing(show, speaking, work)
    clips, minutes = len(speaking.utterances), _minutes(speaking)
    observe(Event("step", f"Speaking {clips} sentences ({len(missing)} new), about {minutes:.1f} minutes"))
    renderer = Renderer(
        sections=_sections(speaking),
        clips=lambda: _clips(speaking, observe, work, _once_spoken(speaking, missing, drawn)),
        music=music,
        audio=show.settings.audio,
        music_settings=show.settings.music,
        maker=Maker(
            PartStore(show.parts(speaking.slug)),
            work.executor,
            speaking.store.load,
            {clip.key: clip for clip in music.values()},
        ),
    )
    sound = renderer.render()
    waveform = work.executor.submit(functools.partial(_waveform, show, sound, work.executor))
    told, cover = drawn().result()
    if told.problem:
        observe(Event("note", told.problem))
    with files.replacing_folder(folder, files.locked(show.publishing_lock, wait=True)) as draft:
        observe(Event("step", "Writing tags, chapters and transcript"))
        with files.writing(draft / EPISODE_MP3) as mp3:
            mp3.write(_tag(show, speaking, sound.timeline, cover))
            renderer.pour(sound, mp3)
        rendered = Rendered(speaking.slug, draft / EPISODE_MP3, sound.timeline, sound.measured)
        _check_length(rendered)
        episode = _episode(show, speaking, rendered, told, cover)
        files.write_bytes(draft / episode.cover, cover.jpeg)
        _describe(episode, sound.timeline, waveform.result(), draft)
        _carry_over(folder, draft)
    return dataclasses.replace(rendered, mp3=folder / EPISODE_MP3)


def _check_length(rendered: Rendered) -> None:
    found, wanted = encoded_length(rendered.mp3), rendered.timeline.length
    if found != wanted:
        raise OutsideError(f"{rendered.mp3.name} decodes to {found} samples but {wanted} were written. Run this again.")


def _begin(speaking: Speaking, missing: Sequence[Utterance], work: _Work) -> Music:
    """Wait for the music; the voice loads meanwhile.

    InputError, before anything is spoken, if music cannot be used.
    """
    if missing:
        first = missing[0].voice
        work.ahead.load(speaking.engines[first.engine], first)
    return work.ahead.music.result()


def _drawing(show: Show, speaking: Speaking, work: _Work) -> Callable[[], Future[tuple[Told, EpisodeCover]]]:
    """Return what begins, the first time that it is called, to publish the show's pictures and draw the episode's.

    InputError, before anything is spoken, if the show's own picture cannot be used.
    """
    own = _own_artwork(show) if show.settings.cover else None

    def draw(pictures: Future[dict[str, bytes]]) -> tuple[Told, EpisodeCover]:
        from podcast.feed.episode_cover import draw_episode_cover
        from podcast.feed.show_artwork import draw_on_artwork

        publish_cover(show, pictures.result())
        told = read_told(show, speaking.script, speaking.slug)
        caption = _caption(show, speaking.script, told)
        if own:
            return told, draw_episode_cover(own, caption)
        return told, work.executor.run(draw_on_artwork, show.settings.title, caption)

    # The show's pictures are begun first, so that on a single thread nothing waits for what comes behind it.
    return functools.cache(lambda: work.executor.submit(functools.partial(draw, work.ahead.pictures)))


def _own_artwork(show: Show) -> Image:
    from podcast.feed.show_artwork import episode_artwork

    return episode_artwork(show)


def _once_spoken(
    speaking: Speaking, missing: Sequence[Utterance], begin: Callable[[], object]
) -> Callable[[Clip], None]:
    """Begin something with the first sentence that is spoken anew: until then, processors load its voice."""
    first = key_of(speaking, missing[0]) if missing else None

    def look_at(clip: Clip) -> None:
        if first in {None, clip.key}:
            begin()

    return look_at


def _caption(show: Show, script: Script, told: Told) -> Caption:
    from podcast.feed.episode_cover import Caption

    title = own_title(one_line(script.title), one_line(show.settings.title))
    shown = "" if title == written_date(script.date) else title  # the date stands there anyway
    whose = "" if show.settings.cover else show.settings.title  # an own picture says whose it is
    return Caption(shown, script.date, told.count, whose)


def _clips(speaking: Speaking, observe: Observe, work: _Work, look_at: Callable[[Clip], None]) -> Generator[Clip]:
    total = len(speaking.utterances)
    spoken = speak_all(speaking.utterances, speaking.engines, speaking.store, executor=work.executor, paid=work.paid)
    with contextlib.closing(spoken) as clips:
        for done, clip in enumerate(clips, start=1):
            observe(Event("progress", "Speaking and mixing", done, total))
            look_at(clip)
            yield clip


def _sections(speaking: Speaking) -> list[Section]:
    ids: set[str] = set()
    sections = []
    for index, segment in enumerate(speaking.script.segments):
        own = tuple(utterance for utterance in speaking.utterances if utterance.segment_index == index)
        name = _unique(slugified(segment.title), ids)
        sections.append(Section(_chapter(name, segment, own), own))
    return sections


def _chapter(name: str, segment: Segment, utterances: tuple[Utterance, ...]) -> Chapter:
    voices = ", ".join(dict.fromkeys(utterance.voice.name for utterance in utterances))
    return Chapter(name, _label(segment.title) or name, 0, 0, url_of(segment.paper), segment.paper, voices)


def _label(text: str) -> str:
    """Put what players show on one line, in characters that all formats can hold."""
    return " ".join(plain(text).split())


def slugified(title: str) -> str:
    """Letters and digits of a title, for ids that stand in tags and addresses."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "segment"


def _unique(name: str, taken: set[str]) -> str:
    candidates = (name if number == 1 else f"{name}-{number}" for number in range(1, MAX_CHAPTERS + 2))
    free = next(candidate for candidate in candidates if candidate not in taken)
    taken.add(free)
    return free


def url_of(paper: str | None) -> str | None:
    """Where the paper of a segment can be read."""
    if paper and paper.startswith(_ARXIV):
        return f"https://arxiv.org/abs/{paper.removeprefix(_ARXIV)}"
    return paper if paper and re.match(r"https?://\S+$", paper) else None


# ── what is written ─────────────────────────────────────────────────────────────────────────────────────


def _tag(show: Show, speaking: Speaking, timeline: Timeline, cover: EpisodeCover) -> bytes:
    settings, script = show.settings, speaking.script
    labels = Labels(
        title=_label(script.title) or speaking.slug,
        artist=settings.author or settings.title,
        album=settings.title,
        date=script.date,
        cover_jpeg=cover.tag_jpeg,
    )
    return id3_tag(labels, timeline)


def _episode(show: Show, speaking: Speaking, sound: Rendered, told: Told, cover: EpisodeCover) -> Episode:
    timeline, measured = sound.timeline, sound.measured
    date = speaking.script.date
    return Episode(
        slug=speaking.slug,
        guid=guid_of(show, speaking.slug),
        title=_label(speaking.script.title) or speaking.slug,
        date=dt.datetime(date.year, date.month, date.day, 12, tzinfo=dt.UTC),  # noon: the same day wherever it is read
        duration_ms=timeline.duration_ms,
        bytes=sound.mp3.stat().st_size,
        sha256=files.sha256_of_file(sound.mp3),
        loudness_lufs=measured.loudness_lufs,
        true_peak_dbtp=measured.true_peak_dbtp,
        loudness_range_lu=measured.range_lu,
        segments=tuple(
            _segment(*each, timeline) for each in zip(timeline.chapters, told.papers, told.is_paper, strict=True)
        ),
        links=told.links,
        writer=_writer(speaking.script),
        voices=tuple(dict.fromkeys(utterance.voice.name for utterance in speaking.utterances)),
        list_price_usd=round(_price_usd(speaking, speaking.utterances) + speaking.script.writing_usd, 4),
        tool_version=__version__,
        cover=cover.name,
        source_sha256=_source_digest(show, speaking.slug),
    )


def _source_digest(show: Show, slug: str) -> str:
    source = copy_of_source(show.script_folder(slug))
    return files.sha256_of_file(source) if source else ""


def _segment(chapter: Chapter, paper: Paper | None, is_paper: bool, timeline: Timeline) -> SpokenSegment:  # noqa: FBT001
    return SpokenSegment(
        id=chapter.id,
        title=chapter.title,
        paper=chapter.paper,
        url=chapter.url,
        start_ms=timeline.ms(chapter.start),
        end_ms=timeline.ms(chapter.end),
        voice=chapter.voice,
        authors=tuple(filter(None, map(_label, paper.authors))) if paper else (),
        is_paper=is_paper,
    )


def _writer(script: Script) -> str:
    if script.digest is None:
        return "by hand"
    writer = script.writer or WRITER
    return f"{writer}, edited by hand" if edited_by_hand(script) else writer


def _waveform(show: Show, sound: Sound, executor: Executor) -> bytes:
    from podcast.audio.picture import waveform_png

    return executor.run(waveform_png, sound.timeline, sound.measured, show.settings.audio.loudness_lufs)


def _describe(episode: Episode, timeline: Timeline, waveform: bytes, draft: Path) -> None:
    """Write everything that stands beside the sound, episode.json last: it vouches for the rest."""
    texts = {
        "chapters.json": chapters_json(timeline),
        "transcript.vtt": vtt(timeline),
        "transcript.srt": srt(timeline),
        "transcript.json": transcript_json(timeline),
        "transcript.html": transcript_html(timeline),
        "timestamps.txt": timestamps(timeline),
        "notes.html": notes_html(episode),
    }
    for name, text in texts.items():
        files.write_text(draft / name, text)
    files.write_bytes(draft / "waveform.png", waveform)
    if (published := draft / sound_name(episode.slug)).name != EPISODE_MP3:
        files.link_or_copy(draft / EPISODE_MP3, published)
    files.write_text(draft / EPISODE_JSON, format_record(dataclasses.replace(episode, files=_digests(episode, draft))))


def _carry_over(folder: Path, draft: Path) -> None:
    """Keep what somebody else put into the episode's folder: it is not ours to lose."""
    ours = {*EPISODE_FILES, sound_name(folder.name), *(path.name for path in draft.iterdir())}
    found = (path for path in sorted(folder.glob("*")) if path.name not in ours and not files.is_unfinished(path))
    files.link_into((path for path in found if not COVER_NAME.fullmatch(path.name)), draft)


def _digests(episode: Episode, draft: Path) -> tuple[FileDigest, ...]:
    """List every file with its digest; that of the sound, under both its names, is known already."""
    sounds = {EPISODE_MP3, sound_name(episode.slug)}
    names = sorted(path.name for path in draft.iterdir())
    return tuple(
        FileDigest(name, episode.sha256 if name in sounds else files.sha256_of_file(draft / name)) for name in names
    )
