"""What is remembered of a turn for the next one."""

from datetime import datetime, timedelta, timezone
from typing import Any

from bot.choosing import CHOICES, shown
from bot.reply import Incoming, Reply
from bot.slots import AFTER_CRISIS, LEAVING
from bot.store import State
from knowledge import LUXEMBOURG

_OFFERED = 200
_SAID = 60
#: Texts of ours that the next answer avoids.
_LATELY = 12


def remembered(before: State, slots: dict[str, Any], message: Incoming, reply: Reply) -> State:
    """The state after a turn. Of a cry for help, and of what is dictated, no words."""
    slots = {**slots, CHOICES: shown(reply) or None}
    offered = [c["payload"] for m in reply.messages for c in m.get("choices", [])]
    secret = reply.crisis or bool(before.slots.get(AFTER_CRISIS)) or slots.get(LEAVING)
    said = [] if secret or before.slots.get(LEAVING) else _said(message, reply)
    last: dict[str, Any] = {}
    if message.message_id and not reply.crisis:
        last = {"id": message.message_id, "reply": vars(reply)}
    return State(
        slots={name: value for name, value in slots.items() if value is not None},
        offered=list(dict.fromkeys([*before.offered, *offered]))[-_OFFERED:],
        said=[*before.said, *said][-_SAID:],
        last=last,
        at=message.at,
    )


def just_said(state: State) -> list[str]:
    """The texts of the last answers, so that no sentence comes twice in a row."""
    return [line["text"] for line in state.said if line["who"] == "assistant"][-_LATELY:]


def pause_was_long(state: State, message: Incoming, pause: timedelta) -> bool:
    """Whether so much time has passed that a new session begins."""
    if message.at and state.at:
        return _moment(message.at) - _moment(state.at) > pause
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    return state.seen is not None and now - state.seen > pause


def _said(message: Incoming, reply: Reply) -> list[dict[str, str]]:
    """The words of a turn, with the names of the services shown and the time (UTC)."""
    visitor = message.text if message.payload is None else message.payload
    at = datetime.now(timezone.utc).replace(tzinfo=None).isoformat()
    lines = [{"who": "visitor", "text": visitor or "", "lang": reply.language}]
    for m in reply.messages:
        if m.get("text"):
            lines.append({"who": "assistant", "text": m["text"], "lang": m["lang"]})
        elif m["type"] == "service":
            lines.append({"who": "card", "text": m["name"], "lang": m["lang"]})
    return [{**line, "at": at} for line in lines]


def _moment(iso: str) -> datetime:
    moment = datetime.fromisoformat(iso)
    return moment if moment.tzinfo else moment.replace(tzinfo=LUXEMBOURG)
