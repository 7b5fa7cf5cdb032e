"""Payloads of buttons that belong to this channel, not to the dialogue."""

import re
from typing import Optional

from knowledge import LANGUAGES, Language

#: The button of the welcome screen; answered like `/greet`.
GET_STARTED = "GET_STARTED"
#: Thumbs under an answer.
RATE_UP = "RATE:up"
RATE_DOWN = "RATE:down"
_MORE = re.compile(r"MORE:(\d{1,3})")
_TAGGED = re.compile(rf"({'|'.join(LANGUAGES)})(/.+)", re.DOTALL)


def more(page: int) -> str:
    """The payload that asks for page `page` (from 2) of the choices shown last."""
    return f"MORE:{page}"


def page_of(payload: str) -> Optional[int]:
    """The page a payload of `more` asks for, or None when it is another payload."""
    found = _MORE.fullmatch(payload)
    return int(found.group(1)) if found else None


def tagged(language: Language, payload: str) -> str:
    """A payload of the page's menu that also says in which language its words were."""
    return f"{language}{payload}"


def split(payload: str) -> tuple[Optional[str], str]:
    """The language and the payload of `tagged`; None and the payload itself otherwise."""
    found = _TAGGED.fullmatch(payload)
    return (found.group(1), found.group(2)) if found else (None, payload)
