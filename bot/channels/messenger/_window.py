"""How long after a person's last message the page may still write to them."""

from datetime import datetime
from typing import Optional


def tag_for(last_seen: datetime, now: datetime, *, by_person: bool) -> Optional[str]:
    """The tag `send` needs: None within 24 hours, HUMAN_AGENT within 7 days for a person's words.

    Both times with a time zone. Raises OutsideWindow when nothing may be sent any more.
    """
    raise NotImplementedError
