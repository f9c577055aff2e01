"""A show: a folder with a show.toml, and where everything of it lies."""

from __future__ import annotations

import ipaddress
import os
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from podcast import private, settings
from podcast.categories import parse_category
from podcast.distribution import FeedSettings, PublishSettings
from podcast.errors import InputError
from podcast.settings import between, is_service, not_blank, one_of, setting, table

SETTINGS_FILE = "show.toml"
PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace of podcast guids (podcastindex.org, tag podcast:guid)."""

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_TAKEN = re.compile(r"episodes|.*\.(html|xml|json|css|js|jpg|png|txt|svg|md)", re.IGNORECASE)
"""Names of which the root of the published tree has others: pages, feeds, pictures, and the folder of sounds."""

_MPEG1_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2_KBPS = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


_ADDRESS = re.compile(r"https?://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?/([A-Za-z0-9._~%-]+/)*")
"""Plain ASCII without a password, a query or a fragment: what directories and apps take as the start of addresses."""

LONGEST_TAG = 255
"""Characters of a value in a feed, unless said otherwise (Apple, PSP-1)."""

LONGEST_DESCRIPTION_BYTES = 4000

MOST_MINUTES = 600
"""Of an episode."""


def is_base_url(value: str) -> str | None:
    """Say what an address should be on which a show is published, if it is none."""
    try:
        usable = _ADDRESS.fullmatch(value) and urlsplit(value).port != 0
    except ValueError:  # brackets without an address in them, a port above 65535
        usable = False
    return None if usable else "an address like https://example.org/podcast/ with a slash at its end"


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_title(value: str) -> str | None:
    fits = 0 < len(value.strip()) <= LONGEST_TAG and value.isprintable()
    return None if fits else f"some text on one line, at most {LONGEST_TAG} characters"


def _is_description(value: str) -> str | None:
    fits = value.strip() and len(value.encode()) <= LONGEST_DESCRIPTION_BYTES
    fits = fits and value.replace("\n", "").isprintable()
    return None if fits else f"some text, at most {LONGEST_DESCRIPTION_BYTES} bytes, without control characters"


def _is_author(value: str) -> str | None:
    fits = len(value) <= LONGEST_TAG and value.isprintable()
    return None if fits else f"text on one line, at most {LONGEST_TAG} characters"


def _is_category(value: str) -> str | None:
    try:
        parse_category(value)
    except ValueError as error:
        return str(error)
    return None


def _is_email_or_empty(value: str) -> str | None:
    fits = re.fullmatch(r"([^\s@<>&]+@[^\s@<>&]+\.[^\s@<>&]+)?", value) and value.isprintable()
    return None if fits and len(value) <= LONGEST_TAG else "an e-mail address, or empty"


def _is_english(value: str) -> str | None:
    return None if re.fullmatch(r"en(-[A-Za-z]{2})?", value) else "English: en, en-us, en-gb …"


def _is_guid_or_empty(value: str) -> str | None:
    try:
        uuid.UUID(value or PODCAST_NAMESPACE.hex)
    except ValueError:
        return "a UUID, or empty"
    return None


def _is_hosts(value: str) -> str | None:
    try:
        parse_hosts(value)
    except ValueError:
        return 'two names with a voice each, as "Ada: heart, Bo: joe", or empty'
    return None


def parse_hosts(value: str) -> tuple[tuple[str, str], ...]:
    """Read the names of those who talk, and their voices; ValueError if they are none, or not two."""
    if not value.strip():
        return ()
    pairs = [tuple(part.strip() for part in host.split(":")) for host in value.split(",")]
    if len(pairs) != _HOSTS or any(len(pair) != 2 or not all(pair) for pair in pairs) or pairs[0][0] == pairs[1][0]:  # noqa: PLR2004
        raise ValueError(value)
    return tuple((name, voice) for name, voice in pairs)


_HOSTS = 2


@dataclass(frozen=True, slots=True)
class WritingSettings:
    """How a newsletter becomes a script."""

    section: str = setting("", "heading of the newsletter's section to speak; empty: the first with papers")
    writer: str = setting("extractive", "extractive: the source's own words, free; openai: a language model", not_blank)
    model: str = setting("", "for the writer openai; empty: its own choice, see docs/writing.md")
    base_url: str = setting("", "where its service is; empty: OPENAI_BASE_URL, else OpenAI", is_service)
    temperature: float = setting(-1.0, "0 to 2, how freely it writes; -1: as the model likes", between(-1, 2))
    context_tokens: int = setting(0, "how much it reads and writes at once; 0: what is known of it", between(0, 10**7))
    level: str = setting("practitioner", "who listens", one_of("lay", "practitioner", "expert"))
    style: str = setting("", "your own wishes to it, in a sentence or two")
    hosts: str = setting("", 'who talks, as "Ada: heart, Bo: joe"; empty: one voice', _is_hosts)
    minutes: float = setting(0.0, "how long an episode may be; 0: as long as it takes", between(0, MOST_MINUTES))
    say_synthetic: bool = setting(default=True, doc="one sentence at the start says that the voice is synthetic")


def _is_categories(value: str) -> str | None:
    fits = all(_ARXIV_CATEGORY.fullmatch(name) for name in listed(value))
    return None if fits and listed(value) else 'arXiv categories, as in "cs.CL, cs.LG"'


def _is_ids(value: str) -> str | None:
    fits = all(_ARXIV_ID.fullmatch(name) for name in listed(value))
    return None if fits else 'arXiv ids, as in "2405.20233, 2406.05816"'


_ARXIV_CATEGORY = re.compile(r"[a-z][a-z-]{1,15}(\.[A-Za-z-]{2,20}|\.\*)?")
_ARXIV_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z][a-z-]{1,15}(\.[A-Z]{2})?/\d{7})")


def listed(value: str) -> tuple[str, ...]:
    """Read a setting that lists several things with commas between them."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class ArxivSettings:
    """Which papers a week has."""

    categories: str = setting("cs.CL, cs.LG, cs.AI", "that are searched, with commas", _is_categories)
    include: str = setting("", "words or phrases of which a title or abstract has one; empty: any")
    exclude: str = setting("", "words or phrases that no title or abstract may have")
    days: int = setting(7, "how far the first search goes back; later ones begin at the last", between(1, 60))
    most_papers: int = setting(2000, "of one search; what is beyond is named", between(1, 30_000))
    most_pdf_mb: int = setting(60, "size of a PDF that is still read", between(1, 2000))


@dataclass(frozen=True, slots=True)
class PickSettings:
    """What is offered of them, before and beside what was learned from earlier picks."""

    highlights: int = setting(10, "how many are ticked for you", between(1, 50))
    brief: int = setting(20, "how many of the others the newsletter tells in short", between(0, 1000))
    offered: int = setting(60, "how many stand in picks.md", between(1, 1000))
    exploring: int = setting(3, "how many of those are there to try your taste", between(0, 50))
    terms: str = setting("", "words or phrases that you look for, with commas")
    examples: str = setting("", "arXiv ids of papers of the kind that you want, with commas", _is_ids)


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """Who speaks."""

    voice: str = setting("heart", "a profile in voices/, see `podcast voices`", not_blank)


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """The finished file."""

    sample_rate_hz: int = setting(44100, "samples a second", one_of(16000, 22050, 24000, 32000, 44100, 48000))
    channels: int = setting(1, "1 is mono, 2 is stereo", one_of(1, 2))
    bitrate_kbps: int = setting(96, "of the MP3", one_of(*sorted({*_MPEG1_KBPS, *_MPEG2_KBPS})))
    loudness_lufs: float = setting(-16.0, "integrated loudness (EBU R 128)", between(-30, -10))
    true_peak_dbtp: float = setting(-1.0, "highest true peak after decoding", between(-9, -0.5))

    @property
    def format_problem(self) -> str | None:
        """Say why rate and bitrate do not go together in an MP3, if they do not (ISO/IEC 11172-3, 13818-3)."""
        allowed = _MPEG1_KBPS if self.sample_rate_hz >= 32000 else _MPEG2_KBPS  # noqa: PLR2004 - MPEG-1's lowest
        if self.bitrate_kbps in allowed:
            return None
        rates = ", ".join(str(rate) for rate in allowed)
        return f"audio.bitrate_kbps at {self.sample_rate_hz} Hz should be one of {rates}."


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What a run may use up."""

    max_cost_usd: float = setting(1.0, "of one run, by list prices; nothing paid is asked beyond it", between(0, 1000))


@dataclass(frozen=True, slots=True)
class MusicSettings:
    """What sounds around the speech: any audio file, of any length; empty for none."""

    intro: str = setting("voices/music/intro.opus", "starts the episode and lies under the greeting")
    sting: str = setting("voices/music/sting.opus", "between papers")
    outro: str = setting("voices/music/outro.opus", "comes in under the last words and ends the episode")
    lead_ms: int = setting(3600, "how long the intro is alone before the first word", between(0, 60000))
    bed_ms: int = setting(8000, "how long it then lies under the greeting, fade included", between(0, 60000))
    loudness_lufs: float = setting(-19.0, "of the music where nobody speaks", between(-40, -10))
    duck_db: float = setting(11.0, "how much softer it is under speech", between(0, 60))


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that show.toml may hold."""

    title: str = setting("My Paper Podcast", "the name of the show", _is_title)
    author: str = setting("", "who makes it; empty: the show itself", _is_author)
    email: str = setting("", "where directories write to prove that it is yours; it is public", _is_email_or_empty)
    description: str = setting(
        "The week's AI papers, read aloud by a synthetic voice.", "what it is, in a sentence or two", _is_description
    )
    category: str = setting("Technology", "of Apple Podcasts, as in Science > Mathematics", _is_category)
    explicit: bool = setting(default=False, doc="whether it has explicit language or content")
    language: str = setting("en-us", "of what is spoken; this version speaks English", _is_english)
    base_url: str = setting("http://127.0.0.1:8000/", "where feed/ will be reachable", is_base_url)
    guid: str = setting("", "the show's podcast guid, once it has one that must not change", _is_guid_or_empty)
    cover: str = setting("", "your own square picture, 1400 to 3000 pixels; empty: one is drawn")
    arxiv: ArxivSettings = table(ArxivSettings, "which papers a week has")
    picks: PickSettings = table(PickSettings, "what is offered of them, before it is learned from your ticks")
    writing: WritingSettings = table(WritingSettings, "how a newsletter becomes a script")
    speech: SpeechSettings = table(SpeechSettings, "who speaks")
    limits: LimitSettings = table(LimitSettings, "what a run may use up")
    audio: AudioSettings = table(AudioSettings, "the finished file")
    feed: FeedSettings = table(FeedSettings, "what the feed says besides")
    publish: PublishSettings = table(PublishSettings, "where `podcast publish` puts it")
    music: MusicSettings = table(MusicSettings, "any audio file, of any length, relative to this one; empty: none")


@dataclass(frozen=True, slots=True)
class Show:
    """A show's folder and settings."""

    folder: Path
    settings: Settings

    @property
    def voices(self) -> Path:
        """Voice profiles, lexicon and music."""
        return self.folder / "voices"

    @property
    def cache(self) -> Path:
        """What can be deleted at the cost of time."""
        return self.folder / private.FOLDER

    @property
    def feed(self) -> Path:
        """What is published, beside the episodes."""
        return self.folder / "feed"

    @property
    def episodes(self) -> Path:
        """What is rendered, a folder an episode."""
        return self.folder / "episodes"

    @property
    def has_public_address(self) -> bool:
        """Whether anybody but this machine can reach where it says it is published."""
        return not is_loopback(self.settings.base_url)

    @property
    def guid(self) -> uuid.UUID:
        """The one in show.toml, else the one that its feed's address gives (podcastindex.org)."""
        if self.settings.guid:
            return uuid.UUID(self.settings.guid)
        address = self.settings.base_url.split("://", 1)[1] + "feed.xml"
        return uuid.uuid5(PODCAST_NAMESPACE, address)

    @property
    def prompts(self) -> Path:
        """What its writer is told, where that differs from what comes with the package."""
        return self.folder / "prompts"

    @property
    def papers(self) -> Path:
        """Every paper that was seen, offered, kept: the author's taste."""
        return self.folder / "papers.db"

    @property
    def templates(self) -> Path:
        """How its newsletter and notes look, where that differs from what comes with the package."""
        return self.folder / "templates"

    def parts(self, slug: str) -> Path:
        """Where the parts of an episode's sound are kept, of its last rendering."""
        return self.cache / "parts" / slug

    def lock(self, slug: str) -> Path:
        """What a run holds while it writes of an episode."""
        return self.cache / "locks" / slug

    def script_lock(self, slug: str) -> Path:
        """Keep others from changing script.md: held for a moment only, so that nobody need be refused."""
        return self.cache / "locks" / f".{slug}.script"

    @property
    def publishing_lock(self) -> Path:
        """What a run holds while it swaps an episode or writes the feed: no slug begins with a dot."""
        return self.cache / "locks" / ".feed"

    def script_folder(self, slug: str) -> Path:
        """What a person reviews of one episode."""
        return self.folder / "scripts" / slug

    def episode_folder(self, slug: str) -> Path:
        """What is rendered of one episode."""
        return self.episodes / slug

    def file(self, name: str) -> Path:
        """Where a file that show.toml names lies, relative to the show."""
        return self.folder / Path(name).expanduser()


def is_slug(name: str) -> bool:
    """Whether a name is one plain folder name that nothing else has in the published tree."""
    return _SLUG.fullmatch(name) is not None and not _TAKEN.fullmatch(name)


def checked_slug(slug: str) -> str:
    """Refuse a slug that is not one plain folder name."""
    if _TAKEN.fullmatch(slug):
        raise InputError(f"{slug!r} cannot name an episode: the published site has a file or folder of that name.")
    if not is_slug(slug):
        raise InputError(
            f"{slug!r} cannot name an episode: use letters, digits, dots and dashes, as in --slug 2024-06-15."
        )
    return slug


def find_show(folder: Path | None = None) -> Path:
    """Find the show: `folder`, else PODCAST_SHOW, else the nearest show.toml from here upwards."""
    named = folder or (Path(os.environ["PODCAST_SHOW"]) if os.environ.get("PODCAST_SHOW") else None)
    if named:
        if not (named / SETTINGS_FILE).is_file():
            raise InputError(f"{named}: no {SETTINGS_FILE} in it. `podcast init {named}` makes a show of it.")
        return named.resolve()
    here = Path.cwd()
    for candidate in (here, *here.parents):
        if (candidate / SETTINGS_FILE).is_file():
            return candidate
    raise InputError(
        f"No show here: neither {here} nor a folder above it has a {SETTINGS_FILE}. "
        "`podcast init DIR` makes one; --show DIR names one."
    )


def has_show(folder: Path | None = None) -> bool:
    """Whether a command that can do without a show has one; a folder that was named must be one."""
    if folder or os.environ.get("PODCAST_SHOW"):
        return True
    return any((candidate / SETTINGS_FILE).is_file() for candidate in (Path.cwd(), *Path.cwd().parents))


def load_show(folder: Path | None = None) -> Show:
    """Read a show's settings, all problems at once."""
    root = find_show(folder)
    _refuse_unwritable_name(root)
    values = settings.read(Settings, root / SETTINGS_FILE)
    if values.audio.format_problem:
        raise InputError(f"{root / SETTINGS_FILE}: {values.audio.format_problem}")
    return Show(root, values)


def _refuse_unwritable_name(folder: Path) -> None:
    """Refuse a name of bytes that are no text: it could stand in no file, and other programs could not be told it."""
    try:
        str(folder.absolute()).encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"{folder.absolute()}: there are bytes in this name that are no UTF-8 text. Rename the folder."
        ) from error


def starter_voices() -> Path:
    """Find the voices, lexicon and music that a new show begins with."""
    inside = Path(__file__).parent / "starter_voices"  # in an installed wheel
    return inside if inside.is_dir() else Path(__file__).parent.parent / "voices"  # in a checkout
