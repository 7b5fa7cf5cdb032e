"""The page's profile: within Meta's limits, in each language, compared and set."""

from typing import Any

import pytest

from bot.channels.messenger import _profile
from bot.channels.messenger._payloads import GET_STARTED, split
from bot.channels.messenger.operating import set_up
from bot.settings import Settings
from knowledge import LANGUAGES, load
from tests.channels.messenger.graph import APP_SECRET, PAGE_TOKEN, Graph, serving
from tests.channels.messenger.graph_rules import wrong_profile

SITE = "https://weeweiser.example"
ALWAYS = {"/greet", "/help_menu", "/human_handoff", "/restart", "/privacy", "/delete_data"}
ALWAYS |= {f'/change_language{{"language": "{code}"}}' for code in LANGUAGES}
ALWAYS |= {f"/{need}" for need in load().needs}


def settings(graph: Graph) -> Settings:
    return Settings(
        messenger_page_token=PAGE_TOKEN,
        messenger_app_secret=APP_SECRET,
        messenger_graph_address=graph.address,
        public_url=SITE,
    )


def items() -> list[dict[str, Any]]:
    ours = _profile.wanted(SITE)
    entries = [*ours["ice_breakers"], *ours["persistent_menu"]]
    return [item for entry in entries for item in entry["call_to_actions"]]


@pytest.mark.parametrize("site", [SITE, "http://localhost:8000", None])
def test_the_profile_keeps_the_limits(site: str) -> None:
    assert wrong_profile(_profile.wanted(site)) is None


def test_links_are_left_out_where_the_site_is_not_https() -> None:
    assert [i["url"] for i in items() if "url" in i][0] == f"{SITE}/services"
    ours = _profile.wanted("http://localhost:8000")
    assert "http" not in str(ours["persistent_menu"])


def test_every_payload_is_always_accepted_and_says_its_language() -> None:
    payloads = [item["payload"] for item in items() if "payload" in item]
    assert {split(payload)[1] for payload in payloads} <= ALWAYS
    for entry in _profile.wanted(SITE)["ice_breakers"]:
        for item in entry["call_to_actions"]:
            if entry["locale"] != "default":
                assert split(item["payload"])[0] == entry["locale"][:2]
    assert split("/debt_help") == (None, "/debt_help")


def test_luxembourgish_and_a_person_are_one_tap_away_everywhere() -> None:
    for entry in _profile.wanted(SITE)["persistent_menu"]:
        payloads = [split(item.get("payload", "")) for item in entry["call_to_actions"]]
        assert ("lb", '/change_language{"language": "lb"}') in payloads
        assert "/human_handoff" in [payload for _, payload in payloads]


def test_the_greeting_says_that_it_is_automated_and_names_112() -> None:
    for entry in _profile.wanted(SITE)["greeting"]:
        assert "automat" in entry["text"] and "112" in entry["text"]


async def test_a_new_page_gets_all_and_the_second_time_nothing() -> None:
    with serving() as graph:
        first = await set_up(settings(graph), apply=True)
        assert first.fields == ["get_started", "greeting", "ice_breakers", "persistent_menu"]
        assert graph.profile["get_started"] == {"payload": GET_STARTED}
        assert any("Ech sinn en automateschen" in line for line in first.lines)
        second = await set_up(settings(graph), apply=True)
        assert (second.fields, second.lines) == ([], [])
        assert [call.method for call in graph.calls] == ["GET", "POST", "GET"]


async def test_a_dry_run_changes_nothing() -> None:
    with serving() as graph:
        graph.profile = {"greeting": [{"locale": "default", "text": "Hello"}]}
        shown = await set_up(settings(graph), apply=False)
        assert "greeting" in shown.fields
        assert any(line.startswith("-") and "Hello" in line for line in shown.lines)
        assert graph.profile == {"greeting": [{"locale": "default", "text": "Hello"}]}


async def test_what_meta_adds_and_its_order_are_no_difference() -> None:
    with serving() as graph:
        ours = _profile.wanted(SITE)
        for entry in ours["persistent_menu"]:
            entry["disabled_surfaces"] = []
            for item in entry["call_to_actions"]:
                item["webview_height_ratio"] = "full"
        ours["greeting"].reverse()
        graph.profile = ours
        assert (await set_up(settings(graph), apply=True)).fields == []


async def test_only_what_differs_is_set() -> None:
    with serving() as graph:
        graph.profile = _profile.wanted(SITE)
        graph.profile["ice_breakers"][0]["call_to_actions"].pop()
        changed = await set_up(settings(graph), apply=True)
        assert changed.fields == ["ice_breakers"]
        assert graph.calls[-1].body.keys() == {"ice_breakers"}
        assert graph.profile == _profile.wanted(SITE)
