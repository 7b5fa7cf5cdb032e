"""Payloads of buttons: which are accepted though no button of the conversation offered them."""

import re
from typing import Optional

from knowledge import load


class UnknownPayload(Exception):
    """A button payload that was not offered in this conversation."""


_INTENTS = ("greet", "help_menu", "human_handoff", "restart", "privacy", "delete_data")
_LANGUAGE = r'change_language\{\s*"language"\s*:\s*"(?:fr|de|lb)"\s*\}'
#: Channels have controls of their own for these: language, menu, a person, privacy, the needs.
ALWAYS = re.compile("/(?:" + "|".join([*_INTENTS, *load().needs, _LANGUAGE]) + ")")


def intent_of(payload: Optional[str]) -> str:
    """The intent a payload names; empty for none."""
    return re.sub(r"\{.*", "", payload[1:]) if payload else ""
