"""What newsletters carry that is never spoken: buttons, counts, players, notices. Data first, then predicates.

Every form has to be the whole line, so that no sentence of a paper is ever one of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = r"[^.!?]{1,80}"
_DATE = (
    r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d|\d{1,2} [A-Z][a-z]{2,8}\.? \d{4}|\d{4}-\d\d-\d\d)"
)
_TIME = r"[-−]?\d{1,2}:\d\d(?::\d\d)?"
_SENDERS = "(?:Substack|beehiiv|Ghost|Mailchimp|Buttondown|ConvertKit|Kit|Medium|WordPress)"
_SUPPORTED = rf"{_NAME} is a reader-supported publication\..{{0,300}}"
_PLEASE_SUBSCRIBE = (
    rf"(?:Thanks|Thank you) for reading {_NAME}[!.] (?:Subscribe for free|Subscribe to|This post is public|Share it)"
    r".{0,200}"
)

_ANYWHERE = (
    # players
    rf"{_TIME}(?:\s?/\s?{_TIME})?",
    r"Playback speed|Audio playback is not supported on your browser\..{0,60}",
    r"Listen (?:now|to this (?:post|episode|article))(?: [·∙(].{0,30})?|Share from \d{1,2}:\d\d",
    # buttons
    r"Share(?: (?:this )?(?:post|issue|newsletter)(?: at current time)?)?|Copy link|Restack|Cross-?post",
    r"Subscribe(?:d| now| for free| here| to [^.!?]{1,40})?|Sign (?:in|up)(?: now| for free)?|Log in|Upgrade to paid",
    r"Get (?:the )?app|Read in (?:the )?(?:.{1,20} )?app|Open in (?:the )?(?:.{1,20} )?app",
    r"Start writing|Pledge your support|Skip to (?:main )?content|Advertisement|See all",
    r"View (?:this (?:email|post|issue) )?(?:in (?:your )?browser|online|on the web)(?: ?[→»:|(].{0,80}| at https?://\S{1,200})?",
    r"Unsubscribe(?: here| instantly)?",
    r"(?:Leave|Write|Add|Post) a comment(?:\.{3}|…)?|Give (?:a )?gift subscription|Give a gift|Refer a friend",
    r"Read full story|Continue reading(?: →)?|Type your email(?:\.{3}|…)?",
    # counts and bylines
    r"\d[\d,.]{0,6}[KkM]? (?:Comments?|Likes?|Shares?|Restacks?|Repl(?:y|ies)|Views?|Reads)|Comments? \(\d{1,5}\)",
    r"\d{1,3} min(?:ute)?s? read|[∙·] ?(?:Paid|\d{1,3} mins?)",
    rf"(?:Published|Posted|Last updated|Updated)(?: on)?:? {_DATE}(?: ?(?:by|at|in|[∙·|]) [^.!?]{{1,60}})?",
    # notices
    _SUPPORTED,
    _PLEASE_SUBSCRIBE,
    r"This post is (?:public so feel free to share it|for (?:paid|paying) subscribers)\.?",
    r"To receive new posts and support my work, consider becoming a (?:free or )?paid subscriber\.?",
    r"Discussion about this (?:post|episode|video|podcast)|Ready for more\?|No posts|Recommended posts|Related posts",
    r"(?:Copyright )?©.{0,160}|(?:Copyright )?\(c\) (?:19|20)\d\d.{0,120}|All rights reserved\.?",
    r"Privacy(?: Policy)? ?[∙·•|] ?.{1,80}|Terms ?[∙·•|] ?.{1,60}|Collection notice|Privacy Policy",
    r"Substack is the home for great (?:culture|writing)|Start your Substack",
    rf"(?:Powered|Published) (?:by|with) {_SENDERS}",
    r"(?:Forwarded this (?:email|newsletter)|Was this (?:email|newsletter) forwarded to you)\?.{0,120}",
    r"You(?:’|'| a)re (?:receiving|getting) this (?:email|newsletter).{0,200}",
    r"(?:Manage|Update)(?: your)? (?:email )?(?:preferences|subscriptions?)(?: ?[|·∙].{0,60})?",
    r"This site requires JavaScript to run correctly\..{0,80}",
)
_FOOTER = (
    r"\d[\d,.]{0,6} Comments?|Comments? \(\d{1,5}\)|Discussion about this (?:post|episode|video|podcast)",
    r"Ready for more\?|(?:Copyright )?©.{0,160}|No posts|Recommended posts|Related posts|Unsubscribe(?: here)?",
    r"Privacy(?: Policy)? ?[∙·•|] ?Terms.{0,60}",
)
_SUBSCRIBE = (
    r"Subscribe(?:d| now| for free| here| to [^.!?]{1,40})?|Share(?: (?:this )?(?:post|issue|newsletter))?|Comments",
    r"(?:Leave|Write|Add|Post) a comment(?:\.{3}|…)?|Type your email(?:\.{3}|…)?",
    _SUPPORTED,
    _PLEASE_SUBSCRIBE,
)
THANKS = (
    r"(?:(?:many |a big )?thanks|(?:a big )?thank you)(?: so much| very much| again| all| everyone)?,? "
    r"for (?:reading|listening|tuning in|being here|joining|following along|subscribing|your (?:time|attention))"
)
_FAREWELL = (
    rf"{THANKS}\b",
    (
        r"(?:and )?that(?:['’]s| is) (?:all|it|a wrap)(?: folks|,? everyone)?"
        r"(?: for (?:this|now|today)\b| from (?:me|us)\b|[.!,])"
    ),
    r"until next (?:week|time|month|issue|edition)\b|see you (?:all )?(?:next (?:week|time|month|issue)|soon|again)\b",
    r"have a (?:great|good|nice|wonderful|lovely) (?:week|weekend|day|one)\b|happy (?:reading|listening)[.!]",
    r"if you (?:enjoyed|liked|found) this (?:newsletter|issue|post|edition|episode|roundup)\b",
)


def _whole(forms: Sequence[str], flags: int = 0) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in forms), flags)


_IS_ANYWHERE = _whole(_ANYWHERE)
_IS_FOOTER = _whole(_FOOTER)
_IS_SUBSCRIBE = _whole(_SUBSCRIBE)
_BEGINS_FAREWELL = _whole(_FAREWELL, re.IGNORECASE)
_IS_FELLOW = re.compile(
    r"\d[\d,.]{0,6}[KkM]?|Like|Reply|Save|Facebook|Bookmark|Privacy|Terms|Play|Listen|Top|Latest|New|Discussions|Previous"
    r"|Next|Notes|More|Email|Comments?|Email|Paid|[01](?:\.\d{1,2})?[x×]"
)
_MAX_LENGTH = 500


def is_boilerplate(line: str) -> bool:
    """Whether a line is wholly furniture, wherever it stands."""
    return len(line) <= _MAX_LENGTH and _IS_ANYWHERE.fullmatch(line.strip()) is not None


def is_player_time(line: str) -> bool:
    """Whether it is the time that an audio player shows."""
    return re.fullmatch(_TIME, line.strip()) is not None


def is_fellow(line: str) -> bool:
    """Whether it is furniture where it stands beside other furniture: a count of likes, a button of one word."""
    return _IS_FELLOW.fullmatch(line.strip()) is not None


def begins_footer(line: str, *, after_sign_off: bool) -> bool:
    """Whether this line and all below it are furniture, if there is no paper below."""
    line = line.strip()
    if len(line) > _MAX_LENGTH:
        return False
    return bool(_IS_FOOTER.fullmatch(line) or (after_sign_off and _IS_SUBSCRIBE.fullmatch(line)))


def begins_farewell(paragraph: str) -> bool:
    """Whether the author says goodbye from here on."""
    return not is_boilerplate(paragraph) and _BEGINS_FAREWELL.match(paragraph) is not None
