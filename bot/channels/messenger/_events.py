"""What a webhook says, as a list of typed events. Pure: no clock, no database, no network.

Everything unknown, broken or of no use here is counted by name and left out; nothing raises but
`parse`, so that one odd event never loses the others of its batch.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Literal, Optional

from bot.channels.messenger._payloads import GET_STARTED

#: words (also a text changed later), choice (a button or quick reply), start (get started),
#: wordless (sticker, picture, voice, place …), source (came by a link), standby (written while
#: another app has the thread), page_wrote (somebody of the page), own (our message, delivered),
#: taken and given (the thread).
Kind = Literal[
    "words",
    "choice",
    "start",
    "wordless",
    "source",
    "standby",
    "page_wrote",
    "own",
    "taken",
    "given",
]
#: Events that are known, and of no use here.
IGNORED = (
    "read",
    "delivery",
    "reaction",
    "optin",
    "request_thread_control",
    "app_roles",
    "account_linking",
    "policy_enforcement",
    "response_feedback",
    "messaging_customer_information",
)
#: Older events are replays: Meta stops trying again after a day and a half.
STALE_MS = 3 * 24 * 3600 * 1000
_LONGEST_TEXT = 20_000
_LONGEST_PAYLOAD = 1_000
_LONGEST_REF = 250
_LONGEST_ID = 500


class Unreadable(Exception):
    """The body is no JSON object in UTF-8."""


@dataclass(frozen=True)
class Event:
    """One event. `person`: Meta's number of them. `once`: the same for the same event only.

    `sent_at`: milliseconds since 1970. `token`: of our own message, what we gave it to carry.
    """

    kind: Kind
    person: str
    once: str
    sent_at: int
    text: Optional[str] = None
    payload: Optional[str] = None
    ref: Optional[str] = None
    token: Optional[str] = None


@dataclass
class Batch:
    """The events of one webhook in their order, and how many of which kind were left out."""

    events: list[Event] = field(default_factory=list)
    ignored: "Counter[str]" = field(default_factory=Counter)


@dataclass(frozen=True)
class Ours:
    """The page and the app that the events are about."""

    page: str
    app: str


def parse(raw: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises Unreadable."""
    try:
        found = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(found, dict):
        raise Unreadable
    return found


def events_of(payload: dict[str, Any], ours: Ours, now: int) -> Batch:
    """Every event of every entry. `now`: milliseconds since 1970."""
    batch = Batch()
    if payload.get("object") != "page":
        batch.ignored["other_object"] += 1
        return batch
    for entry in _dicts(payload.get("entry"), batch):
        if _id(entry.get("id")) != ours.page:
            batch.ignored["other_page"] += 1
            continue
        for channel in ("messaging", "standby"):
            for item in _dicts(entry.get(channel, []), batch):
                _add(batch, item, ours, now, standby=channel == "standby")
        if "changes" in entry:
            batch.ignored["changes"] += 1
    return batch


def _add(batch: Batch, item: dict[str, Any], ours: Ours, now: int, *, standby: bool) -> None:
    sent_at = _time(item.get("timestamp"), now)
    if sent_at < now - STALE_MS:
        batch.ignored["stale"] += 1
        return
    found = _read(item, ours, standby=standby)
    if isinstance(found, str):
        batch.ignored[found] += 1
        return
    # An echo goes from the page to the person, everything else from the person to the page.
    side = "recipient" if found["kind"] in ("own", "page_wrote") else "sender"
    person = _id(_dict(item.get(side)).get("id"))
    if person is None or person == ours.page:
        batch.ignored["malformed"] += 1
        return
    batch.events.append(Event(person=person, once=_once(item), sent_at=sent_at, **found))


def _read(item: dict[str, Any], ours: Ours, *, standby: bool) -> "dict[str, Any] | str":
    """The fields of an Event, or the name under which the item is counted as ignored."""
    for name, reader in _READERS:
        if name in item:
            content = item[name]
            if not isinstance(content, dict):
                return "malformed"
            found = reader(content, ours)
            if found is None:
                return name
            if standby and found["kind"] not in ("own", "page_wrote"):
                return {"kind": "standby"}
            return found
    for name in ("pass_thread_control", "take_thread_control"):
        if name in item:
            owner = _id(_dict(item[name]).get("new_owner_app_id"))
            return {"kind": "given" if owner == ours.app else "taken"}
    return next((name for name in IGNORED if name in item), "unknown")


def _message(message: dict[str, Any], ours: Ours) -> dict[str, Any]:
    if message.get("is_echo"):
        if _id(message.get("app_id")) == ours.app:
            return {"kind": "own", "token": _text(message.get("metadata"), _LONGEST_ID)}
        return {"kind": "page_wrote"}
    ref = _ref(message.get("referral"))
    text = _text(message.get("text"), _LONGEST_TEXT)
    payload = _text(_dict(message.get("quick_reply")).get("payload"), _LONGEST_PAYLOAD)
    if payload:
        return {"kind": "choice", "payload": payload, "text": text, "ref": ref}
    if text:
        return {"kind": "words", "text": text, "ref": ref}
    return {"kind": "wordless", "ref": ref}


def _edit(edit: dict[str, Any], _: Ours) -> Optional[dict[str, Any]]:
    """What a message says since it was changed: as if it had been written anew."""
    text = _text(edit.get("text"), _LONGEST_TEXT)
    return {"kind": "words", "text": text} if text else None


def _postback(postback: dict[str, Any], _: Ours) -> dict[str, Any]:
    ref = _ref(postback.get("referral"))
    title = _text(postback.get("title"), _LONGEST_TEXT)
    payload = _text(postback.get("payload"), _LONGEST_PAYLOAD)
    if payload == GET_STARTED or not (payload or title):
        return {"kind": "start", "ref": ref}
    if payload:
        return {"kind": "choice", "payload": payload, "text": title, "ref": ref}
    return {"kind": "words", "text": title, "ref": ref}


def _referral(referral: dict[str, Any], _: Ours) -> dict[str, Any]:
    return {"kind": "source", "ref": _ref(referral)}


#: None of a reader: of no use here, counted by the name.
_READERS: tuple[tuple[str, Callable[[dict[str, Any], Ours], Optional[dict[str, Any]]]], ...] = (
    ("message", _message),
    ("message_edit", _edit),
    ("postback", _postback),
    ("referral", _referral),
)


def _once(item: dict[str, Any]) -> str:
    """The message's id where there is one; else the whole event, written in one way."""
    for name in ("message", "postback"):
        mid = _dict(item.get(name)).get("mid")
        if isinstance(mid, str) and 0 < len(mid) <= _LONGEST_ID:
            return f"{name}:{mid}"
    if "message_edit" in item:
        # Its id is that of the message as it was; the content says which edit it is.
        return f"message_edit:{json.dumps(item['message_edit'], sort_keys=True)}"
    return json.dumps(item, sort_keys=True)


def _dicts(value: Any, batch: Batch) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item
        else:
            batch.ignored["malformed"] += 1


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(value: Any) -> Optional[str]:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    text = str(value)
    return text if text.isascii() and text.isdigit() and len(text) <= 32 else None


def _time(value: Any, now: int) -> int:
    """Without a usable time of its own an event was sent now; none comes from the future."""
    if isinstance(value, bool) or not isinstance(value, int):
        return now
    return min(value, now)


def _text(value: Any, longest: int) -> Optional[str]:
    """Words without what no database takes (zero characters, halves of emoji); None if empty."""
    if not isinstance(value, str):
        return None
    cleaned = value[:longest].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    return cleaned if cleaned.strip() else None


def _ref(value: Any) -> Optional[str]:
    return _text(_dict(value).get("ref"), _LONGEST_REF)
