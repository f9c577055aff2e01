"""`podcast publish`: the show's tree to a folder, a bucket, another machine. What is public is whole at every moment.

Media go first, then pages, then the feed; each file is read back and compared before the next one goes. What is there
is told by the target itself, so it does not matter which machine published last.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from podcast import files
from podcast.errors import InputError, OutsideError
from podcast.feed.cover import cover_of
from podcast.feed.rss import FEED_FILE
from podcast.feed.tree import published_files
from podcast.masking import shown
from podcast.outside.filesystem import open_storage
from podcast.pipeline.feed import holding_feed
from podcast.pipeline.guid import pin_guid
from podcast.pipeline.places import digest_there, look, read, refuse_other_show, target_of
from podcast.publishing.manifest import MANIFEST, Entry, format_manifest, slugs_of
from podcast.publishing.plan import CACHE_CONTROL, Local, Plan, as_listed, make_plan, worth_reading
from podcast.record import read_episodes
from podcast.types import Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from podcast.feed.tree import PublishedFile
    from podcast.outside.storage import Storage
    from podcast.pipeline import Observe
    from podcast.publishing.manifest import Manifest
    from podcast.publishing.plan import There
    from podcast.show import Show

_ATTEMPTS = 2
"""To have a file come back as it was sent."""

_FINDINGS_SHOWN = 3
_MOST_FEED_BYTES = 64_000_000
_GUID_TAG = re.compile(rb"<podcast:guid>\s*([0-9A-Fa-f-]{36})\s*</podcast:guid>")
_ARCHIVE = re.compile(r"feed-\d{4,}\.xml")
_EPISODE = re.compile(rb"/(episodes/[A-Za-z0-9._-]{1,100}/)[^/\"<>]+\.mp3\"")


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that went, or would go."""

    path: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Published:
    """What was done, or would be."""

    target: str
    feed: str
    """Its address for apps."""
    sent: tuple[Sent, ...]
    unchanged: int
    removed: tuple[Sent, ...]

    @property
    def bytes(self) -> int:
        """How much went."""
        return sum(sent.bytes for sent in self.sent)


def publish(  # noqa: PLR0913 - the last three are named
    show: Show,
    target: str | None,
    observe: Observe,
    *,
    dry_run: bool = False,
    anyway: bool = False,
    prune: bool = False,
) -> Published:
    """Bring a target to what the show is now; a run that was killed is completed by the next.

    Raises InputError, before anything is sent, while the show has no public address, while `check` finds something and
    it is not to go `anyway`, and where something else is published there: another show, pages of somebody else's, or
    episodes that are not here and that are not asked to be removed by `prune`.
    """
    target = target_of(show, target, "publish")
    _refuse_loopback(show)
    with (
        files.locked(show.cache / "locks" / ".publish"),
        _snapshot(show, observe) as (folder, tree),
        open_storage(target, work=show.cache / "publish") as place,
    ):
        observe(Event("step", f"Comparing {len(tree)} files with {shown(target)}"))
        there = look(place, target)
        _refuse_other(show, place, there, target, prune=prune)
        found = {local.path for local in worth_reading(tree, there) if _digest(place, local) == local.entry.sha256}
        unchanged = as_listed(tree, there) | found
        plan = make_plan(show.guid, tree, there, unchanged, prune=prune)
        _refuse_pages_of_others(plan, there, target)
        if not anyway:
            _refuse_findings(show, plan, observe)
        if not dry_run:
            _carry_out(plan, there, _Work(place, tree, folder, shown(target), show, observe))
    if not (dry_run or plan.sends or plan.removes):
        observe(Event("note", f"Nothing changed: {shown(target)} has all {len(tree)} files as they are here."))
    sent = tuple(Sent(local.path, local.entry.bytes) for local in plan.sends)
    removed = tuple(Sent(path, entry.bytes) for path, entry in plan.removes.items())
    return Published(shown(target), f"{show.settings.base_url}{FEED_FILE}", sent, plan.unchanged, removed)


def document(done: Published) -> dict[str, Any]:
    """Tell a program what was done, or would be."""
    return {**asdict(done), "bytes": done.bytes}


def listing(done: Published) -> str:
    """Tell a person what would be done, in its order."""
    sends = [f"send    {sent.bytes:>11}  {sent.path}" for sent in done.sent]
    removes = [f"remove  {sent.bytes:>11}  {sent.path}" for sent in done.removed]
    total = f"{len(sends)} to send, {done.bytes / 1e6:.1f} MB; {len(removes)} to remove; {done.unchanged} unchanged"
    return "\n".join([*sends, *removes, total])


# ── what is not published ───────────────────────────────────────────────────────────────────────────────


def _refuse_loopback(show: Show) -> None:
    if not show.has_public_address:
        raise InputError(
            f"{show.folder / 'show.toml'}: base_url is {show.settings.base_url}, which nobody but this machine can "
            'reach. Write where the feed will be, as in base_url = "https://podcast.example.org/".'
        )


def _refuse_findings(show: Show, plan: Plan, observe: Observe) -> None:
    if not plan.sends:
        return
    from podcast.pipeline import checking  # it takes half a second, which a run that sends nothing need not

    found = checking.check_before_publishing(show, sorted(slugs_of(local.path for local in plan.sends)), observe)
    if found:
        first = "\n".join(
            f"{each.where}: {each.text} ({each.rule}; expected: {each.expected})" for each in found[:_FINDINGS_SHOWN]
        )
        more = f"\n… and {len(found) - _FINDINGS_SHOWN} more." if len(found) > _FINDINGS_SHOWN else ""
        raise InputError(
            f"Nothing was published, for `podcast check` has {len(found)} to name:\n{first}{more}\n"
            "Put them right, or publish with --anyway."
        )


def _refuse_other(show: Show, place: Storage, there: There, target: str, *, prune: bool) -> None:
    """Leave another show alone, and let no episode be forgotten that its listeners have."""
    if there.manifest is not None:
        refuse_other_show(show, there.manifest, target)
    published = slugs_of(there.put)
    for name in (FEED_FILE, *filter(_ARCHIVE.fullmatch, there.sizes.keys() - there.put.keys())):
        if name in there.sizes:
            where = f"{shown(target).rstrip('/')}/{name}"
            feed = read(place, name, _MOST_FEED_BYTES, where)
            if there.manifest is None:
                _refuse_other_feed(show, feed, where)
            published |= slugs_of(f"{found.decode()}sound.mp3" for found in _EPISODE.findall(feed))
    missing = sorted(published - {episode.slug for episode in read_episodes(show)})
    if missing and not prune:
        raise InputError(
            f"{shown(target)}: {_listed(missing)} published there and not here, and the new feed would not name what "
            "listeners have. `podcast restore` brings back what `podcast publish` put there; --prune lets it go."
        )


def _refuse_other_feed(show: Show, feed: bytes, where: str) -> None:
    """Leave alone what somebody put there by hand, unless it is this show's."""
    guid = _GUID_TAG.search(feed)
    if guid is None or guid[1].decode().lower() != str(show.guid):
        found = f"its podcast:guid is {guid[1].decode()}, not {show.guid}" if guid else "it has no podcast:guid"
        raise InputError(
            f"{where}: not the feed of this show: {found}. Choose another target, or remove that feed first."
        )


def _refuse_pages_of_others(plan: Plan, there: There, target: str) -> None:
    """Write over nobody's own page where nothing was published yet, as where a web server has its first one."""
    if there.manifest is None and FEED_FILE not in there.sizes:
        for local in plan.sends:
            if local.stage == "page" and local.path in there.sizes:
                raise InputError(
                    f"{shown(target).rstrip('/')}/{local.path}: there already, and not put there by `podcast publish`. "
                    "Choose another target, or remove it first."
                )


def _listed(slugs: Sequence[str]) -> str:
    shown_slugs = ", ".join(slugs[:_FINDINGS_SHOWN])
    more = f" and {len(slugs) - _FINDINGS_SHOWN} more" if len(slugs) > _FINDINGS_SHOWN else ""
    return f"{shown_slugs}{more} {'is' if len(slugs) == 1 else 'are'}"


# ── what is here ────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _snapshot(show: Show, observe: Observe) -> Iterator[tuple[Path, tuple[Local, ...]]]:
    """Write the feed, and hold on to all files as they are now: a run that renders meanwhile changes none of them.

    Each gets a second name, which costs no space: whoever renders or writes the feed puts new files in their places.
    """
    with files.drafting(show.cache / "publishing") as folder:
        with holding_feed(show, observe) as pages:
            found = tuple(published_files(show, read_episodes(show), pages, cover_of(show)))
            for each in found:
                _hold(each, folder)
        yield folder, tuple(_local(each, folder / each.path) for each in found)


def _hold(each: PublishedFile, folder: Path) -> None:
    if not each.file.is_file():
        parts = each.path.split("/")
        advice = f"`podcast render {parts[1]}` makes it." if parts[0] == "episodes" else "`podcast feed` makes it."
        raise InputError(f"{each.file}: not there, so nothing was published. {advice}")
    files.make_folder((folder / each.path).parent)
    files.link_or_copy(each.file, folder / each.path)


def _local(each: PublishedFile, held: Path) -> Local:
    entry = Entry(files.sha256_of_file(held), held.stat().st_size)
    return Local(each.path, held, each.media_type, CACHE_CONTROL[each.lifetime], each.stage, entry)


def _digest(place: Storage, local: Local) -> str:
    return digest_there(place, local.path, local.entry.bytes)


# ── what is done ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Work:
    """Where all of a run goes, and who hears of it."""

    place: Storage
    tree: tuple[Local, ...]
    folder: Path
    """Where the tree is held."""
    where: str
    show: Show
    observe: Observe


def _carry_out(plan: Plan, there: There, work: _Work) -> None:
    listed = there.manifest
    if plan.sends:
        listed = _list(plan.before, listed, work)
        listed = _send_all(plan, work, listed)
    _list(plan.after, listed, work)
    for path in plan.removes:
        work.observe(Event("step", f"Removing {path}"))
        work.place.remove(path)
    _list(plan.last, plan.after, work)
    slugs = sorted(slugs_of(local.path for local in plan.sends))
    work.place.finish(f"Publish {', '.join(slugs) or 'the show'}")


def _send_all(plan: Plan, work: _Work, listed: Manifest) -> Manifest:
    """Send what has changed; return what is listed then."""
    total_bytes = sum(local.entry.bytes for local in plan.sends)
    work.observe(Event("step", f"Sending {len(plan.sends)} files, {total_bytes / 1e6:.1f} MB, to {work.where}"))
    done_bytes, feeds = 0, [local for local in plan.sends if local.stage == "feed"]
    for done, local in enumerate(plan.sends, start=1):
        if local in feeds[:1]:
            _refuse_gaps(work)
            pin_guid(work.show, work.observe)  # now: a target or an address that was a slip has told nobody a guid
            listed = _list(plan.media, listed, work)
        _send(local, work)
        done_bytes += local.entry.bytes
        text = f"Publishing {done_bytes / 1e6:.1f} of {total_bytes / 1e6:.1f} MB"
        work.observe(Event("progress", text, done, len(plan.sends)))
    return listed


def _send(local: Local, work: _Work) -> None:
    """Put a file there until it comes back as it was sent."""
    for _ in range(_ATTEMPTS):
        work.place.put(local.path, local.file, local.media_type, local.cache_control)
        if _digest(work.place, local) == local.entry.sha256:
            return
        if files.sha256_of_file(local.file) != local.entry.sha256:
            raise OutsideError(f"{local.path} was changed while it was published. Run it again.")
    raise OutsideError(
        f"{work.where}/{local.path}: what comes back is not what was sent. Does something else write there? "
        "The feed was left as it was: run it again."
    )


def _refuse_gaps(work: _Work) -> None:
    """Name nothing in a feed that has gone since it was sent."""
    sizes = work.place.sizes()
    for local in work.tree:
        if local.stage != "feed" and sizes.get(local.path) != local.entry.bytes:
            raise OutsideError(
                f"{work.where}/{local.path}: gone, or changed by something else, while the others were sent. The feed "
                "was left as it was: run it again."
            )


def _list(manifest: Manifest, there: Manifest | None, work: _Work) -> Manifest:
    """Have the list say that, unless it does already."""
    if manifest == there:
        return manifest
    draft = work.folder / MANIFEST
    data = format_manifest(manifest)
    files.write_bytes(draft, data, durable=False)
    entry = Entry(files.sha256_of(data), len(data))
    _send(Local(MANIFEST, draft, "application/json", "no-cache", "page", entry), work)
    return manifest
