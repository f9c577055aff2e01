"""Rule 54: a feed of several documents can be walked from the newest episode to the oldest (RFC 5005)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podcast.check.feed import NAMES, FeedSubject, is_there, is_web, read_feed, self_link
from podcast.check.rules import Fault, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_RELATIONS = ("first", "last", "next", "previous", "prev", "prev-archive", "next-archive", "current")
_BACK = ("next", "prev-archive")
"""Both ways to older episodes: by those who page and by those who know archives."""


@rule("feed-54-paging", "links to documents that are there, in one place, each archive named once on the way back")
def broken_paging(subject: FeedSubject) -> Iterator[Fault]:
    """RFC 5005: an app that goes back finds all episodes, and comes to an end."""
    yield from _bad_links(subject)
    if subject.archives is not None:
        links = _links(subject)
        for relation in _BACK if subject.archives else [name for name in _BACK if name in links]:
            yield from _broken_walk(subject, relation, subject.archives)


def _bad_links(subject: FeedSubject) -> Iterator[Fault]:
    place, own = subject.place(subject.channel), subject.address or self_link(subject)
    for relation in _RELATIONS:
        found = [link.get("href", "") for link in subject.channel.findall("atom:link", NAMES)
                 if link.get("rel") == relation]  # fmt: skip
        if len(found) > 1:
            yield Fault(place, f'{len(found)} atom:link rel="{relation}"', "one")
        for address in found:
            file = subject.local(address)
            if not is_web(address) or (is_web(own) and not _is_beside(address, subject)):
                yield Fault(place, f"{relation} {address!r}", f"a document beside {own}")
            elif file is not None and not is_there(file):
                yield Fault(place, f"{relation} {address} is not there")


def _is_beside(address: str, subject: FeedSubject) -> bool:
    """Whether two documents are in one folder; of other people's feeds, on one host."""
    if subject.address:
        return address.rpartition("/")[0] == subject.address.rpartition("/")[0]
    return urlsplit(address).hostname == urlsplit(self_link(subject)).hostname


def _broken_walk(subject: FeedSubject, relation: str, archives: tuple[str, ...]) -> Iterator[Fault]:
    """Go back as an app does; what a document that is not there cuts off is said where that is named."""
    place, known, links = subject.place(subject.channel), [subject.address], _links(subject)
    seen = {subject.address}
    while address := links.get(relation):
        if address in seen:
            yield Fault(place, f"{relation} of {known[-1]} leads back to {address}", "an end")
            return
        known.append(address)
        seen.add(address)
        links = _links_at(subject, address)
    for missed in sorted({*archives} - seen):
        yield Fault(place, f"no {relation} leads to {missed}")
    if (last := _links(subject).get("last")) and last != known[-1]:
        yield Fault(place, f"last {last}", known[-1])


def _links_at(subject: FeedSubject, address: str) -> Mapping[str, str]:
    file = subject.local(address)
    if file is None or not is_there(file):
        return {}
    found = read_feed(file.read_bytes(), address, subject.local)
    return {} if isinstance(found, Fault) else _links(found)


def _links(subject: FeedSubject) -> Mapping[str, str]:
    return {link.get("rel", ""): link.get("href", "") for link in subject.channel.findall("atom:link", NAMES)}


RULES: tuple[Rule[FeedSubject], ...] = (broken_paging,)
