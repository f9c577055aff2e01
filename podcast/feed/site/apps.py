"""Links that open a podcast app at a feed's address.

AntennaPod's form is in its documentation, Overcast's on its page for podcasters, Pocket Casts' in its own tests,
Podcast Addict's from its maker; Apple's and Castro's are as other sites use them.
"""

from __future__ import annotations

from urllib.parse import quote


def app_links(feed_address: str, title: str) -> tuple[tuple[str, str], ...]:
    """Name each app with the address that makes it show the feed."""
    bare, quoted = feed_address.split("://", 1)[1], quote(feed_address, safe="")
    return (
        ("Apple Podcasts", f"podcast://{bare}"),
        ("Overcast", f"overcast://x-callback-url/add?url={quoted}"),
        ("Pocket Casts", f"pktc://subscribe/{bare}"),
        ("AntennaPod", f"https://antennapod.org/deeplink/subscribe?url={quoted}&title={quote(title, safe='')}"),
        ("Castro", f"castro://subscribe/{bare}"),
        ("Podcast Addict", f"podcastaddict://{bare}"),
    )
