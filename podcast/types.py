"""The values that one room hands to the next: frozen, with units in their names.

    papers ─▶ Newsletter ─▶ writing ─▶ Script ─▶ speech ─▶ Clip ─▶ audio ─▶ Timeline, Episode ─▶ feed

Times in samples count frames of the finished episode's rate; times in ms are rounded from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from podcast.settings import between, is_service, setting

if TYPE_CHECKING:
    import datetime as dt

    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]
    """Sound, full scale ±1: shape (frames,) for one channel, (frames, channels) for several."""

    Pcm = npt.NDArray[np.int16]
    """Sound of one channel in 16 bits, full scale ±PCM_SCALE: shape (frames,)."""


# ── papers ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a source gives, with the words it stood on."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a paper's own text, "Abstract" among them; paragraphs are plain prose, one string each."""

    title: str
    paragraphs: tuple[str, ...]


OTHERS = "others"
"""Ends a paper's authors where its source does not name them all: `others`, or `12 others`."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as a newsletter tells it; `paragraphs` are plain prose, one string each."""

    title: str
    paragraphs: tuple[str, ...] = ()
    arxiv_id: str | None = None
    authors: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    unspoken: tuple[str, ...] = ()
    """What stands in the source but cannot be read aloud (code, pictures), one description each."""

    sections: tuple[Section, ...] = ()
    """Its own text, where that is known: what a writer prefers to what the newsletter tells of it."""

    @property
    def url(self) -> str | None:
        """Where a listener finds it: on arXiv if it is there, else the first address given."""
        if self.arxiv_id:
            return f"https://arxiv.org/abs/{self.arxiv_id}"
        return self.links[0].url if self.links else None


@dataclass(frozen=True, slots=True)
class Newsletter:
    """A written newsletter: what is highlighted, and what else it has."""

    title: str
    date: dt.date | None
    greeting: tuple[str, ...]
    highlights: tuple[Paper, ...]
    rest: tuple[Paper, ...] = ()
    sign_off: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    section: str | None = None
    """The heading of the highlighted section, where it has one."""


@dataclass(frozen=True, slots=True)
class Preprint:
    """A paper before anybody tells of it: as arXiv's listing knows it, or the PDF of one that is not there."""

    id: str
    """Without its version: `2405.20233`, `math/0309136`; of a PDF on disk `pdf:` and 16 digits of its SHA-256."""

    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    """arXiv's, the primary one first."""

    published: dt.datetime | None = None
    """Its first version; aware, in UTC."""

    updated: dt.datetime | None = None
    """This version; aware, in UTC."""

    version: int = 1
    comment: str = ""
    """What its authors say of this version: pages, venue, that it is withdrawn."""

    sections: tuple[Section, ...] = ()
    """Its own text, where that was read."""

    notes: tuple[str, ...] = ()
    """What a reader of it should know, a sentence each: that only the abstract could be read, and why."""

    @property
    def arxiv_id(self) -> str | None:
        """Its id, if it is on arXiv."""
        return None if self.id.startswith("pdf:") else self.id

    @property
    def url(self) -> str | None:
        """Where it is read, if it is on arXiv."""
        return f"https://arxiv.org/abs/{self.id}" if self.arxiv_id else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an author decided about a paper that was offered: what a ranking learns from."""

    id: str
    title: str
    kept: bool
    date: dt.date
    """When it was offered."""

    abstract: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """A paper that is offered to the author, with the reason; ticked is what goes into the highlights."""

    preprint: Preprint
    reason: str = ""
    """Half a sentence, like: similar to “X”, which you kept."""

    score: float = 0.0
    """From 0 to 1: how likely the author keeps it, among those of its week."""

    is_ticked: bool = False
    is_exploring: bool = False
    """Offered to learn of a taste that is not known yet, not because it fits the known one."""

    like: str | None = None
    """The id of a better one that says nearly the same and stands above it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A paper as the newsletter tells it."""

    parts: tuple[Section, ...]
    """Of a highlight several, each titled (Claims, Method, Results, Critique, Implications); else one, untitled."""

    writer: str
    """Who really wrote it, as `Writer.name` says."""

    usd: float = 0.0
    """List price of having it written."""

    notes: tuple[str, ...] = ()
    """For whoever reviews the newsletter: what went wrong while it was written, a sentence each."""

    doubts: tuple[str, ...] = ()
    """What of it the paper does not bear out, a sentence each."""


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that are spoken, as one writes them, on one line."""

    text: str
    speaker: str | None = None


Level = Literal["lay", "practitioner", "expert"]

Form = Literal["script", "summary", "paragraph"]
"""What is written of a paper: what is spoken; what a newsletter says of a highlight; what it says of any other."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a writer is asked for, of one paper: it is the `number`th of `count`, from 1."""

    number: int = 1
    count: int = 1
    words: int | None = None
    """About how many; None is as many as it takes."""
    level: Level = "practitioner"
    hosts: tuple[str, ...] = ()
    """Names of those who speak, none where one voice does."""
    style: str = ""
    """The author's own wishes, in words."""
    form: Form = "script"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer says of a paper, behind its announcement; `notes` are for whoever reviews it."""

    paragraphs: tuple[Paragraph, ...]
    notes: tuple[str, ...] = ()
    left_out: int = 0
    """How many sentences of what there is to tell are not told, where the writer knows."""
    usd: float = 0.0
    """What a paid writer's answers for it cost by list price, those that were kept from before among them."""
    parts: tuple[Section, ...] = ()
    """Of a summary, instead of paragraphs: its parts with their titles, or one without."""
    writer: str = ""
    """Who wrote it where that is not the writer that was asked: its stand-in."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A `> [!check]` line: something for the reviewer to look at, never spoken."""

    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """An HTML comment that a person or a tool left in the script, never spoken."""

    text: str


Item = Paragraph | Finding | Comment


@dataclass(frozen=True, slots=True)
class Segment:
    """One `## heading` of a script: a chapter of the episode. The title itself is not spoken."""

    title: str
    items: tuple[Item, ...] = ()
    paper: str | None = None
    """What it is about: `arXiv:2405.20233`, or an address."""

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """What is spoken."""
        return tuple(item for item in self.items if isinstance(item, Paragraph))


@dataclass(frozen=True, slots=True)
class Script:
    """The words of an episode. `speakers` maps names to voices where there is more than one voice."""

    title: str
    date: dt.date
    segments: tuple[Segment, ...]
    voice: str | None = None
    speakers: tuple[tuple[str, str], ...] = ()
    source: str | None = None
    section: str | None = None
    """The section of the newsletter that was asked for, where one was."""
    writer: str | None = None
    """Who wrote it; None is the embedded writer, or a person."""
    writing_usd: float = 0.0
    """List price of having it written."""
    digest: str | None = None
    """Of the words as the writer left them: a body that no longer has it was edited by a person."""


# ── speech ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Pauses:
    """Designed silences, in ms, that replace whatever an engine leaves around its sentences.

    Whose voice was heard last says how long it is silent.
    """

    sentence_ms: int = setting(320, "between sentences", between(0, 10_000))
    paragraph_ms: int = setting(650, "between paragraphs", between(0, 10_000))
    speaker_ms: int = setting(450, "before another speaker answers", between(0, 10_000))
    segment_ms: int = setting(900, "between segments without a sting", between(0, 60_000))


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice profile, voices/<name>.toml."""

    name: str
    engine: str
    voice: str
    description: str = ""
    language: str = "en-us"
    speed: float = setting(1.0, "1 is the voice's own pace", between(0.5, 2.0))
    model: str = setting("", "for engines with several models; empty is the engine's own choice")
    instructions: str = setting("", "how to speak, for engines that can be told")
    base_url: str = setting("", "where the speech service is; empty is the engine's own", is_service)
    gain_db: float = setting(0.0, "louder or softer than the engine speaks", between(-12, 12))
    pauses: Pauses = Pauses()


@dataclass(frozen=True, slots=True)
class Piece:
    """What an engine is asked to say in one go: at most 400 characters."""

    text: str
    seed: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence: as written, as its engine is asked to say it, and where it stands in the script."""

    segment_index: int
    paragraph_index: int
    written: str
    pieces: tuple[Piece, ...]
    voice: Voice
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A sentence spoken: mono sound, trimmed, at the engine's own level and rate; or music, of any channels."""

    key: str
    samples: Samples | Pcm
    """Of speech 16 bits each, as it is kept and travels; of music floats. `sound` is for computing."""
    rate_hz: int
    energies: Samples | None = None
    """K-weighted energy of each 100 ms (BS.1770), measured once, when it was made; None where nobody did so yet."""

    @property
    def sound(self) -> Samples:
        """Its samples, full scale 1."""
        return from_pcm(self.samples)

    @property
    def duration_ms(self) -> float:
        """How long it sounds."""
        return 1000 * len(self.samples) / self.rate_hz


PCM_SCALE = 32_767
"""Full scale of 16 bits."""


def to_pcm(samples: Samples | Pcm) -> Pcm:
    """Sound as 16 bits; what is of 16 bits already is not copied."""
    import numpy as np

    return (samples if samples.dtype.kind == "i" else np.round(samples * PCM_SCALE)).astype("<i2", copy=False)


def from_pcm(samples: Samples | Pcm) -> Samples:
    """Sound of 16 bits, which comes out as it went in; what is of more already is not copied."""
    import numpy as np

    sound = samples.astype(np.float32, copy=False)
    return sound / np.float32(PCM_SCALE) if samples.dtype.kind == "i" else sound


# ── audio ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class GainPoint:
    """A bend in a gain curve; between two points the gain in dB is interpolated."""

    at: int
    gain_db: float


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that sounds from `start` to `end` (in samples of the episode)."""

    kind: Literal["speech", "intro", "sting", "outro"]
    start: int
    end: int
    segment_index: int
    text: str = ""
    speaker: str | None = None
    curve: tuple[GainPoint, ...] = ()
    paragraph_index: int = 0
    """Of a sentence, in its segment."""
    sound: str = ""
    """What it is: the key of a clip, or of music."""
    gain_db: float = 0.0
    """What brings that to the level of the episode."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A segment in time, as players show it."""

    id: str
    title: str
    start: int
    end: int
    url: str | None = None
    paper: str | None = None
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where everything of an episode sounds: the one source of tags, chapters, transcript and sound."""

    rate_hz: int
    cues: tuple[Cue, ...]
    chapters: tuple[Chapter, ...]
    length: int

    def ms(self, samples: int) -> int:
        """Milliseconds of a position, rounded to the nearest."""
        return round(samples * 1000 / self.rate_hz)

    @property
    def duration_ms(self) -> int:
        """Of the whole episode."""
        return self.ms(self.length)

    @property
    def sentences(self) -> tuple[Cue, ...]:
        """What is spoken, in order."""
        return tuple(cue for cue in self.cues if cue.kind == "speech")


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a finished file measures after decoding (EBU R 128, ITU-R BS.1770)."""

    loudness_lufs: float
    true_peak_dbtp: float
    range_lu: float
    frames: int
    momentary_lufs: tuple[float, ...]
    """Momentary loudness every 100 ms."""
    peaks: tuple[float, ...]
    """Highest absolute sample of every 100 ms, full scale 1."""


@dataclass(frozen=True, slots=True)
class SpokenSegment:
    """A chapter of a finished episode."""

    id: str
    title: str
    paper: str | None
    url: str | None
    start_ms: int
    end_ms: int
    voice: str
    authors: tuple[str, ...] = ()
    """Of its paper, where the newsletter names them."""
    is_paper: bool = False
    """Whether it is about a paper, which may have no address."""


@dataclass(frozen=True, slots=True)
class FileDigest:
    """A file of an episode's folder as it was when it was rendered."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Episode:
    """Everything that programs know of a finished episode: what its episode.json holds."""

    slug: str
    guid: str
    title: str
    date: dt.datetime
    """Aware, in UTC."""
    duration_ms: int
    bytes: int
    """Of episode.mp3, tag included: what an enclosure gives as its length."""
    sha256: str
    loudness_lufs: float
    true_peak_dbtp: float
    loudness_range_lu: float
    segments: tuple[SpokenSegment, ...]
    links: tuple[Link, ...]
    """Every address that the newsletter gives: what speech leaves out, the notes have."""
    writer: str
    voices: tuple[str, ...]
    list_price_usd: float
    tool_version: str
    cover: str = ""
    """File name in its folder of the picture that is also in the sound: it changes when the picture does.

    Episodes of earlier versions have none.
    """
    source_sha256: str = ""
    """Of the copy of its source that it was made from; empty where there was none, and in earlier versions."""
    files: tuple[FileDigest, ...] = ()
    """Every file of its folder but the one that says all this; earlier versions did not list them."""


# ── between all ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Event:
    """Something a run wants a person to know; only the command line shows it."""

    kind: Literal["step", "note", "progress"]
    text: str
    done: int = 0
    total: int = 0
