"""How long after a person's last message the page may still write to them."""

from datetime import datetime
from typing import Optional

from bot.channels.messenger._errors import OutsideWindow
from bot.windows import BY_PERSON, STANDARD

HUMAN_AGENT = "HUMAN_AGENT"


def tag_for(last_seen: datetime, now: datetime, *, by_person: bool) -> Optional[str]:
    """The tag `send` needs: None within 24 hours, HUMAN_AGENT within 7 days for a person's words.

    Both times with a time zone. Raises OutsideWindow when nothing may be sent any more.
    """
    passed = now - last_seen
    if passed < STANDARD:
        return None
    if by_person and passed < BY_PERSON:
        return HUMAN_AGENT
    raise OutsideWindow()
