"""The stand-in of Meta is strict: a rule refuses what breaks it, and takes what just keeps it."""

from typing import Any, Optional

import pytest

from tests.channels.messenger.graph_rules import refusal, wrong_profile


def quick(count: int, **changed: Any) -> dict[str, Any]:
    reply = {"content_type": "text", "payload": "/p", **changed}
    return {"text": "t", "quick_replies": [{"title": f"t{n}", **reply} for n in range(count)]}


def button(count: int = 1, text: str = "t", **changed: Any) -> dict[str, Any]:
    one = {"type": "postback", "title": "t", "payload": "/p", **changed}
    payload = {"template_type": "button", "text": text, "buttons": [one] * count}
    return {"attachment": {"type": "template", "payload": payload}}


def carousel(count: int = 1, **changed: Any) -> dict[str, Any]:
    element = {"title": "t", "subtitle": "s", **changed}
    payload = {"template_type": "generic", "elements": [element] * count}
    return {"attachment": {"type": "template", "payload": payload}}


def call(number: str) -> dict[str, Any]:
    return button(type="phone_number", payload=number)


@pytest.mark.parametrize(
    ("kept", "broken", "code"),
    [
        ({"text": "x" * 2000}, {"text": "x" * 2001}, 100),
        ({"text": "👍" * 1000}, {"text": "👍" * 1001}, 100),
        ({"text": "x"}, {"text": " "}, 100),
        (quick(13), quick(14), 105),
        (quick(1, title="x" * 20), quick(1, title="x" * 21), 100),
        (quick(1, payload="x" * 1000), quick(1, payload="x" * 1001), 100),
        (quick(2), quick(2, title="same"), 100),
        (button(3), button(4), 100),
        (button(1), button(0), 100),
        (button(text="x" * 640), button(text="x" * 641), 100),
        (button(title="x" * 20), button(title="x" * 21), 100),
        (button(payload="x" * 1000), button(payload="x" * 1001), 100),
        (call("+35254772422"), call("54772422"), 100),
        (carousel(10), carousel(11), 100),
        (carousel(title="x" * 80), carousel(title="x" * 81), 100),
        (carousel(subtitle="x" * 80), carousel(subtitle="x" * 81), 100),
        ({"text": "x", "metadata": "x" * 1000}, {"text": "x", "metadata": "x" * 1001}, 100),
    ],
)
def test_a_message_just_within_a_limit_is_taken_and_one_above_is_not(
    kept: dict[str, Any], broken: dict[str, Any], code: int
) -> None:
    assert refusal(kept) is None
    refused = refusal(broken)
    assert refused and refused[0] == code


def profile(questions: int = 1, **changed: Any) -> dict[str, Any]:
    asked = [{"question": "q", "payload": "/p", **changed}] * questions
    return {"ice_breakers": [{"locale": "default", "call_to_actions": asked}]}


def greeting(text: str, locale: str = "default") -> dict[str, Any]:
    return {"greeting": [{"locale": locale, "text": text}]}


@pytest.mark.parametrize(
    ("kept", "broken"),
    [
        (profile(4), profile(5)),
        (profile(question="x" * 80), profile(question="x" * 81)),
        (greeting("x" * 160), greeting("x" * 161)),
        (greeting("x"), greeting("x", "fr_FR")),
        ({"get_started": {"payload": "p"}}, {"get_started": {}}),
    ],
)
def test_a_profile_likewise(kept: Optional[dict[str, Any]], broken: dict[str, Any]) -> None:
    assert wrong_profile(kept) is None
    assert wrong_profile(broken) is not None
