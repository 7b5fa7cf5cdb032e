"""What the page shows before and beside a conversation: greeting, first questions, menu."""

import json
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any, Optional

from bot.channels.messenger._payloads import GET_STARTED, tagged
from bot.channels.messenger._words import catalogue

Profile = dict[str, Any]
FIELDS = ("get_started", "greeting", "ice_breakers", "persistent_menu")


def wanted(public_url: Optional[str]) -> Profile:
    """The profile as the catalogue has it; links only where our pages are reached by https."""
    locales = catalogue("messenger_profile.yml")
    site = public_url if public_url and public_url.startswith("https://") else None
    return {
        "get_started": {"payload": GET_STARTED},
        "greeting": [{"locale": code, "text": said["greeting"]} for code, said in locales.items()],
        "ice_breakers": [
            {
                "locale": code,
                "call_to_actions": [
                    {"question": item["words"], "payload": _payload(item)}
                    for item in said["questions"]
                ],
            }
            for code, said in locales.items()
        ],
        "persistent_menu": [
            {
                "locale": code,
                "composer_input_disabled": False,
                "call_to_actions": list(_menu(said["menu"], site)),
            }
            for code, said in locales.items()
        ],
    }


def changes(present: Profile, ours: Profile) -> Profile:
    """The fields of ours that the page does not show yet."""
    return {
        name: ours[name] for name in FIELDS if _seen(present, ours, name) != _sorted(ours[name])
    }


def difference(present: Profile, ours: Profile) -> Iterator[str]:
    """The lines that go (-) and come (+), field by field."""
    for name in changes(present, ours):
        before, after = _lines(_seen(present, ours, name)), _lines(_sorted(ours[name]))
        yield from unified_diff(before, after, f"page: {name}", f"ours: {name}", lineterm="")


def _menu(items: list[dict[str, str]], site: Optional[str]) -> Iterator[dict[str, str]]:
    for item in items:
        if "payload" in item:
            yield {"type": "postback", "title": item["words"], "payload": _payload(item)}
        elif site:
            yield {"type": "web_url", "title": item["words"], "url": site + item["path"]}


def _payload(item: dict[str, Any]) -> str:
    payload: str = item["payload"]
    return tagged(item["language"], payload) if "language" in item else payload


def _seen(present: Profile, ours: Profile, name: str) -> Any:
    """What the page shows, as far as ours says anything about it: Meta adds fields of its own."""
    return _sorted(_like(present.get(name), ours[name]))


def _like(value: Any, pattern: Any) -> Any:
    if isinstance(value, dict) and isinstance(pattern, dict):
        return {k: _like(v, pattern[k]) for k, v in value.items() if k in pattern}
    if isinstance(value, list) and isinstance(pattern, list) and pattern:
        # Entries of a list have the same parts, but not every entry has each.
        parts: dict[str, Any] = {}
        for item in pattern:
            parts |= item
        return [_like(item, parts) for item in value]
    return value


def _sorted(value: Any) -> Any:
    """Meta keeps no order of locales."""
    if isinstance(value, list) and all(isinstance(v, dict) and "locale" in v for v in value):
        return sorted(value, key=lambda entry: str(entry["locale"]))
    return value


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).splitlines()
