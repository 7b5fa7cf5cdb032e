"""Each action on its own, with the real knowledge base: what it says and what it remembers."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.action_answer_detail import ActionAnswerDetail
from actions.action_choose_topic import ActionChooseTopic
from actions.action_continue import ActionContinue
from actions.action_decline import ActionDecline
from actions.action_find_services import ActionFindServices
from actions.action_hear_complaint import ActionHearComplaint
from actions.action_no_credit import ActionNoCredit
from actions.action_part import ActionPart
from actions.action_restart import ActionRestart
from actions.action_show_helplines import ActionShowHelplines
from actions.action_skip_question import ActionSkipQuestion
from actions.answering import nearest
from actions.base import KnowingAction
from bot.checks import check_domain
from bot.settings import ROOT
from knowledge import FOLDER, Match, load

#: When every line with hours answers, unless a test says otherwise.
AFTERNOON = "2026-11-24T15:00:00"
_SCHEMA = RemoteAction.action_response_format_spec()
#: What Rasa asks of an action's result; the product does not check it (bot/inprocess.py).
RESULT = validator_for(_SCHEMA)(_SCHEMA)


async def run(
    action: KnowingAction,
    intent: str,
    slots: dict[str, Any] | None = None,
    confidence: float = 1.0,
    **message: Any,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What was said, and the slots that were set."""
    latest = {
        "text": "…",
        "intent": {"name": intent, "confidence": confidence},
        "entities": [],
        "metadata": {"at": AFTERNOON},
        **message,
    }
    tracker = Tracker("test", {"language": "fr", **(slots or {})}, latest, [], False, None, {}, "")
    out = CollectingDispatcher()
    events = await action.run(out, tracker, {})
    RESULT.validate({"events": events, "responses": out.messages})
    return out.messages, {e["name"]: e["value"] for e in events}


def responses(said: list[dict[str, Any]]) -> list[str]:
    return [m["response"] for m in said if m.get("response")]


def cards(said: list[dict[str, Any]]) -> list[str]:
    return [m["custom"]["id"] for m in said if m.get("custom")]


async def test_a_need_without_a_question_is_answered_at_once() -> None:
    said, slots = await run(ActionFindServices(), "debt_help")
    assert cards(said)[0] == "surendettement"
    assert slots["need"] == "debt_help" and slots["asks"] is None
    assert slots["shown"] == cards(said)


async def test_the_place_is_asked_with_buttons_and_a_way_round() -> None:
    said, slots = await run(ActionFindServices(), "youth_house")
    assert responses(said) == ["utter_ask_place"]
    payloads = [b["payload"] for b in said[0]["buttons"]]
    assert '/inform{"place": "Bonnevoie"}' in payloads
    assert payloads[-1] == "/skip_question"
    assert slots["asks"] == "place" and slots["need"] == "youth_house"


async def test_place_then_age() -> None:
    asked = {"need": "childcare", "asks": "place", "place": "Mersch"}
    said, slots = await run(ActionFindServices(), "inform", asked)
    assert responses(said) == ["utter_ask_age"] and slots["asks"] == "age"
    said, slots = await run(ActionFindServices(), "inform", {**asked, "age": 1})
    assert cards(said)[0] == "creche-klengt-butzenhaus" and slots["asks"] is None


async def test_no_more_than_three_services() -> None:
    for place in ("Luxembourg", "Esch-sur-Alzette", "Clervaux"):
        said, _ = await run(ActionFindServices(), "food_help", {"place": place})
        services = [m for m in said if m.get("custom", {}).get("type") == "service"]
        assert 1 <= len(services) <= 3


async def test_the_way_in_where_no_contact_is_known() -> None:
    said, _ = await run(ActionFindServices(), "youth_house", {"place": "Sandweiler"})
    contact = next(m for m in said if m.get("response") == "utter_association_contact")
    assert contact["phone"] == "49 26 60"
    assert contact["email"] == "inter-actions@inter-actions.lu"
    assert "2019" in contact["notice"]


async def test_only_a_place_without_a_need_shows_the_topics() -> None:
    place = [{"entity": "place", "value": "Mersch"}]
    said, slots = await run(ActionFindServices(), "inform", {"place": "Mersch"}, entities=place)
    assert responses(said) == ["utter_noted"] and slots["asks"] == "topic"
    # Nothing at all was given: that was not understood.
    said, slots = await run(ActionFindServices(), "inform")
    assert responses(said)[0] == "utter_still_not_sure" and slots["misses"] == 1


async def test_skipping_goes_on() -> None:
    asked = {"need": "childcare", "asks": "place"}
    said, slots = await run(ActionSkipQuestion(), "skip_question", asked)
    assert responses(said) == ["utter_ask_age"] and slots["skipped"] == ["place"]
    asked = {"need": "childcare", "asks": "age", "skipped": ["place"]}
    said, slots = await run(ActionSkipQuestion(), "skip_question", asked)
    assert cards(said) and slots["skipped"] == ["place", "age"]
    # What was not said once is not asked again when more is said of the same need.
    aged = [{"entity": "age", "value": 2}]
    known = {"need": "childcare", **slots, "age": 2}
    said, _ = await run(ActionFindServices(), "inform", known, entities=aged)
    assert "utter_ask_place" not in responses(said) and cards(said)


@pytest.mark.parametrize(
    ("intent", "service", "known"),
    [
        ("ask_address", "maison-relais-eimab", True),
        ("ask_phone", "surendettement", True),
        ("ask_phone", "maison-des-jeunes-gare", True),  # its website
        ("ask_hours", "maison-relais-eimab", True),
        ("ask_directions", "maison-relais-eimab", True),
        ("ask_cost", "maison-relais-nic-welter", True),  # holds for every maison relais
        ("ask_eligibility", "maison-des-jeunes-gare", True),
        ("ask_appointment", "surendettement", True),
        ("ask_address", "maison-des-jeunes-sandweiler", False),
        ("ask_hours", "maison-des-jeunes-sandweiler", False),
        ("ask_languages", "surendettement", False),
    ],
)
async def test_details(intent: str, service: str, known: bool) -> None:
    said, slots = await run(ActionAnswerDetail(), intent, {"shown": [service]})
    expected = [f"utter_{'known' if known else 'unknown'}_{intent}"]
    if not known:
        expected.append("utter_association_reach")
    assert responses(said)[:-1] == expected
    more = any(b["payload"] != "/help_menu" for b in said[-1]["buttons"])
    assert responses(said)[-1] == ("utter_next_steps" if more else "utter_other_topic")
    assert slots["shown"] == [service]


async def test_a_detail_about_a_named_service_or_kind() -> None:
    named = [{"entity": "service", "value": "polygone"}]
    _, slots = await run(ActionAnswerDetail(), "ask_address", {"shown": ["ecotec"]}, entities=named)
    assert slots["shown"] == ["polygone"]
    kind = [{"entity": "kind", "value": "youth_house"}, {"entity": "place", "value": "Gasperich"}]
    _, slots = await run(ActionAnswerDetail(), "ask_hours", {"place": "Gasperich"}, entities=kind)
    assert slots["shown"][0] == "maison-des-jeunes-gasperich"


async def test_a_detail_after_a_person_was_asked_for_is_about_the_association() -> None:
    said, slots = await run(ActionAnswerDetail(), "ask_hours", {"handoff": True})
    assert slots["shown"] == ["inter-actions-asbl"] and "utter_which_service" not in responses(said)


async def test_whether_a_service_is_anonymous() -> None:
    shown = {"shown": ["surendettement"]}
    said, _ = await run(ActionAnswerDetail(), "ask_anonymous", shown)
    assert responses(said)[0] == "utter_known_ask_anonymous" and "anonyme" in said[0]["value"]
    said, _ = await run(ActionAnswerDetail(), "ask_anonymous", {"shown": ["polygone"]})
    assert responses(said)[0] == "utter_unknown_ask_anonymous"
    assert "utter_association_reach" in responses(said)


async def test_back_to_a_need_beside_an_open_question() -> None:
    asked = {"need": "childcare", "asks": "place", "shown": []}
    heard = {"needs": ["debt_help"], "back": True}
    said, slots = await run(ActionAnswerDetail(), "ask_appointment", asked, **heard)
    assert "surendettement" in cards(said) and slots["need"] == "debt_help"


async def test_two_dangers_show_no_more_than_four_lines() -> None:
    heard = {"crisis": ["crisis_child", "crisis_violence"], "at": AFTERNOON}
    said, _ = await run(ActionShowHelplines(), "crisis_child", **heard)
    assert len(cards(said)) == 4 and cards(said)[0] == "113"
    assert "helpline-violence" in cards(said)


async def test_a_detail_about_nothing_asks_which() -> None:
    said, slots = await run(ActionAnswerDetail(), "ask_cost")
    assert responses(said) == ["utter_which_service"] and slots["asks"] == "topic"
    # "Where are you?" may mean the association.
    said, slots = await run(ActionAnswerDetail(), "ask_address")
    assert responses(said) == ["utter_association_reach", "utter_which_service"]
    assert slots["asks"] == "topic"
    ranking = [{"name": n} for n in ("ask_eligibility", "about_association", "youth_house")]
    said, _ = await run(ActionAnswerDetail(), "ask_hours", confidence=0.4, intent_ranking=ranking)
    assert responses(said) == ["utter_not_sure"]


@pytest.mark.parametrize(
    ("intent", "at", "first"),
    [
        ("crisis_suicide", "2026-11-24T02:00:00", ["112", "kanner-jugendtelefon", "sos-detresse"]),
        ("crisis_suicide", "2026-11-24T15:00:00", ["112", "sos-detresse", "kanner-jugendtelefon"]),
        ("crisis_violence", "2026-11-24T02:00:00", ["113"]),
        ("crisis_child", "2026-11-24T15:00:00", ["113", "kanner-jugendtelefon"]),
        ("crisis_medical", "2026-11-24T02:00:00", ["112"]),
    ],
)
async def test_crisis_at_any_hour(intent: str, at: str, first: list[str]) -> None:
    said, _ = await run(ActionShowHelplines(), intent, metadata={"at": at})
    assert responses(said)[0] == f"utter_{intent}", "the number to call comes first"
    assert cards(said)[: len(first)] == first
    assert all(m["custom"]["number"] for m in said if m.get("custom"))


async def test_a_guessed_crisis_does_not_hide_the_need() -> None:
    heard = {"needs": ["emergency_housing"], "crisis": ["crisis_suicide"]}
    said, _ = await run(ActionShowHelplines(), "crisis_suicide", **heard, crisis_guessed=True)
    assert cards(said)[0] == "112" and "premier-appel" in cards(said)
    said, _ = await run(ActionShowHelplines(), "crisis_suicide", **heard, crisis_guessed=False)
    assert "premier-appel" not in cards(said)
    assert responses(said)[-1] == "utter_stay_open"


async def test_not_understood_once_then_twice() -> None:
    ranking = [{"name": n} for n in ("nlu_fallback", "debt_help", "greet", "food_help")]
    said, slots = await run(ActionChooseTopic(), "nlu_fallback", intent_ranking=ranking)
    assert responses(said) == ["utter_not_sure"]
    payloads = [b["payload"] for b in said[0]["buttons"]]
    assert payloads == ["/debt_help", "/food_help", "/help_menu"]
    said, _ = await run(ActionChooseTopic(), "nlu_fallback", {"misses": slots["misses"]})
    assert responses(said) == ["utter_still_not_sure", "utter_association_reach"]


async def test_perhaps_a_cry_for_help() -> None:
    ranking = [{"name": n} for n in ("nlu_fallback", "food_help", "crisis_violence")]
    said, _ = await run(ActionChooseTopic(), "nlu_fallback", intent_ranking=ranking)
    assert responses(said) == ["utter_in_danger", "utter_not_sure"]


OUT_OF_SCOPE = (ROOT / "tests" / "knowledge" / "search" / "out_of_scope.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("language", "text", "service"),
    [
        ("fr", "Klengt-Butzenhaus", "creche-klengt-butzenhaus"),
        ("de", "Giftnotruff", "centre-antipoisons"),
        ("lb", "schleifmillen atelier", "atelier-schlaifmillen"),
    ],
)
async def test_not_understood_but_found(language: str, text: str, service: str) -> None:
    ranking = [{"name": n} for n in ("nlu_fallback", "debt_help", "food_help")]
    heard = {"text": text, "intent_ranking": ranking}
    slots = {"language": language}
    said, kept = await run(ActionChooseTopic(), "nlu_fallback", slots, **heard)
    assert responses(said)[0] == "utter_perhaps_this"
    told = any(name.startswith("utter_association") for name in responses(said))
    assert cards(said)[0] == service and len(cards(said)) <= 3
    assert {m["custom"]["lang"] for m in said if m.get("custom")} == {language}
    # Not understood once more: the next sentence is another one, as ever.
    assert kept["misses"] == 1
    said, _ = await run(ActionChooseTopic(), "nlu_fallback", {**slots, **kept}, **heard)
    # The association's contact is said whole once.
    assert responses(said)[-1] == ("utter_association_again" if told else "utter_association_reach")
    if kept["shown"]:
        assert responses(said)[0] == "utter_still_not_sure" and not cards(said)


@pytest.mark.parametrize("text", [*OUT_OF_SCOPE.splitlines(), "wéi geet et?"])
async def test_nothing_is_found_for_what_is_out_of_scope(text: str) -> None:
    ranking = [{"name": n} for n in ("nlu_fallback", "debt_help")]
    said, _ = await run(ActionChooseTopic(), "nlu_fallback", text=text, intent_ranking=ranking)
    assert responses(said) == ["utter_not_sure"]


@pytest.mark.parametrize(
    "heard",
    [
        {"intent_ranking": [{"name": "nlu_fallback"}, {"name": "crisis_violence"}]},
        {"crisis": ["crisis_suicide"]},
    ],
)
async def test_no_search_where_it_may_be_a_crisis(heard: dict[str, Any]) -> None:
    said, _ = await run(ActionChooseTopic(), "nlu_fallback", text="Klengt-Butzenhaus", **heard)
    assert responses(said)[0] == "utter_in_danger" and cards(said) == []


async def test_services_that_are_gone_are_passed_over() -> None:
    """The directory may change while a conversation goes on."""
    said, slots = await run(ActionAnswerDetail(), "ask_hours", {"shown": ["gone", "polygone"]})
    assert slots["shown"] == ["polygone"]
    named = [{"entity": "service", "value": "gone"}]
    said, _ = await run(ActionAnswerDetail(), "ask_hours", entities=named)
    assert responses(said)[-1] == "utter_which_service"
    said, _ = await run(ActionFindServices(), "inform", {"need": "debt_help"}, entities=named)
    assert cards(said)[0] == "surendettement"


async def test_an_unknown_place_is_asked_again_once() -> None:
    asked = {"need": "youth_house", "asks": "place"}
    name = {"unknown_place": "Foobar"}
    said, slots = await run(ActionFindServices(), "inform", asked, **name)
    assert responses(said) == ["utter_unknown_place"] and slots["asks"] == "place"
    assert said[0]["place"] == "Foobar" and said[0]["buttons"][-1]["payload"] == "/skip_question"
    said, slots = await run(ActionFindServices(), "inform", {**asked, "misses": 1}, **name)
    assert cards(said) and slots["asks"] is None


async def test_the_nearest_spellings_of_an_unknown_place_are_offered() -> None:
    asked = {"need": "youth_house", "asks": "place"}
    said, _ = await run(ActionFindServices(), "inform", asked, unknown_place="Differdingen")
    assert said[0]["buttons"][0]["payload"] == '/inform{"place": "Differdange"}'
    assert len(said[0]["buttons"]) <= 5


async def test_an_unknown_place_goes_before_the_one_of_before() -> None:
    known = {"place": "Mersch"}
    said, slots = await run(ActionFindServices(), "youth_house", known, unknown_place="Foobar")
    assert responses(said) == ["utter_unknown_place"] and slots["asks"] == "place"
    # Debts do not depend on a place: nobody is asked for one.
    said, _ = await run(ActionFindServices(), "debt_help", known, unknown_place="Foobar")
    assert responses(said)[0] == "utter_unknown_place_anyway" and cards(said)
    said, _ = await run(ActionFindServices(), "debt_help", unknown_place="Differdingen")
    assert said[0]["buttons"][0]["payload"] == '/inform{"place": "Differdange"}'


@pytest.mark.parametrize("asks", ["place", "age"])
async def test_why_it_is_asked_is_said_and_asked_again(asks: str) -> None:
    slots = {"need": "childcare", "asks": asks, "place": "Mersch" if asks == "age" else None}
    said, left = await run(ActionFindServices(), "inform", slots, asks_why=True)
    assert responses(said) == [f"utter_why_{asks}", f"utter_ask_{asks}"] and left["asks"] == asks


@pytest.mark.parametrize("need", ["youth_house", "street_work"])
async def test_parents_who_worry_get_who_counsels_them(need: str) -> None:
    said, slots = await run(ActionFindServices(), need, worried_parent=True)
    assert "elterentelefon" in cards(said) and responses(said)[0] == "utter_worried_parent"
    assert slots["need"] == need and slots["shown"] and slots["asks"] is None
    assert not set(slots["shown"]) & {"streetwork", "premier-appel"}


async def test_a_phone_without_credit() -> None:
    said, _ = await run(ActionNoCredit(), "no_credit", no_credit=True)
    assert responses(said) == ["utter_no_credit"]
    said, _ = await run(ActionFindServices(), "food_help", {"place": "Mersch"}, no_credit=True)
    assert responses(said)[0] == "utter_no_credit_beside" and cards(said)


@pytest.mark.parametrize(("age", "shown"), [(82, False), (20, True), (9, True)])
async def test_a_grown_up_is_shown_nothing_for_the_young(age: float, shown: bool) -> None:
    """An age told earlier; a child's may be that of somebody else."""
    said, _ = await run(ActionFindServices(), "youth_housing", {"age": age})
    assert ("jugendwunnen-leudelange" in cards(said)) == shown


async def test_yes_after_a_cry_for_help_stays() -> None:
    said, slots = await run(ActionContinue(), "affirm", {"after_crisis": 1})
    assert responses(said) == ["utter_stay"] and slots["after_crisis"] == 2
    said, slots = await run(ActionContinue(), "affirm", {"after_crisis": 2})
    assert responses(said) == ["utter_in_danger", "utter_stay_open"] and slots["after_crisis"] == 3
    said, _ = await run(ActionContinue(), "deny", unsure=True)
    assert responses(said) == ["utter_unsure"]


async def test_a_place_in_what_is_not_understood_is_for_the_need_of_before() -> None:
    place = [{"entity": "place", "value": "Mersch"}]
    known = {"need": "youth_house", "shown": ["jugendhaus-esch"], "place": "Mersch"}
    said, _ = await run(ActionChooseTopic(), "nlu_fallback", known, entities=place)
    assert cards(said) == ["maison-des-jeunes-mersch"]
    said, _ = await run(ActionDecline(), "out_of_scope", known, entities=place)
    assert not cards(said)


async def test_a_second_miss_still_offers_what_was_heard() -> None:
    ranking = [{"name": n, "confidence": 0.3} for n in ("nlu_fallback", "donate_volunteer")]
    heard = {"intent_ranking": ranking, "needs": ["donate_volunteer"], "text": "so"}
    said, _ = await run(ActionChooseTopic(), "nlu_fallback", {"misses": 1}, **heard)
    assert responses(said) == ["utter_not_sure", "utter_association_reach"]
    assert said[0]["buttons"][0]["payload"] == "/donate_volunteer"


async def test_an_open_question_is_asked_once_more_then_left() -> None:
    asked = {"need": "youth_house", "asks": "place"}
    said, slots = await run(ActionChooseTopic(), "nlu_fallback", asked)
    assert responses(said) == ["utter_ask_place"] and slots["misses"] == 1
    said, slots = await run(ActionChooseTopic(), "nlu_fallback", {**asked, "misses": 1})
    assert cards(said) and slots["asks"] is None
    said, slots = await run(ActionDecline(), "out_of_scope", asked)
    assert responses(said) == ["utter_not_for_me", "utter_ask_place"]


async def test_yes_and_no() -> None:
    asked = {"need": "youth_house", "asks": "place"}
    said, _ = await run(ActionContinue(), "affirm", asked)
    assert responses(said) == ["utter_ask_place"]
    said, _ = await run(ActionContinue(), "deny", asked)
    assert cards(said)
    said, _ = await run(ActionContinue(), "affirm")
    assert responses(said) == ["utter_anything_else"]


async def test_nothing_is_forgotten_for_something_odd() -> None:
    said, slots = await run(ActionRestart(), "restart", {"place": "Mersch"}, confidence=0.4)
    assert responses(said) == ["utter_restart_sure"] and "place" not in slots


async def test_what_is_unknown_of_several_is_said_once() -> None:
    shown = {"shown": ["maison-des-jeunes-gasperich", "maison-des-jeunes-sandweiler"]}
    said, _ = await run(ActionAnswerDetail(), "ask_hours", shown)
    assert responses(said)[:2] == ["utter_several_unknown_ask_hours", "utter_association_reach"]


async def test_starting_over_keeps_the_language() -> None:
    _, slots = await run(ActionRestart(), "restart", {"place": "Mersch", "need": "debt_help"})
    assert slots["place"] is slots["need"] is None
    assert "language" not in slots


def test_every_action_stands_in_its_own_file_and_the_domain() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    files = {p.stem for p in (ROOT / "actions").glob("action_*.py")}
    assert set(executor.actions) == files
    assert check_domain() == []


async def test_the_nearest_service_is_said_with_its_distance_and_source() -> None:
    known = {"need": "youth_house", "place": "Contern", "asks": "place"}
    said, _ = await run(ActionFindServices(), "inform", known)
    intro = next(m for m in said if m.get("response") == "utter_results_nearest")
    assert "Sandweiler, à environ 4 km" in intro["reason"]
    assert intro["reason"].endswith("(© les contributeurs d'OpenStreetMap)")
    assert cards(said)[0] == "maison-des-jeunes-sandweiler"


async def test_a_service_that_perhaps_does_not_fit_is_offered_with_the_reason(
    tmp_path: Path,
) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))
    path = folder / "services" / "streetsport-streetart.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  ages: null", "  ages: {min: 12, max: 25}"), encoding="utf-8")
    action = ActionFindServices(load(folder))
    aged = [{"entity": "age", "value": 50}]
    said, _ = await run(action, "street_sport", {"age": 50}, entities=aged)
    intro = next(m for m in said if m.get("response") == "utter_results_unsure")
    assert "C'est peut-être pour un autre âge. Demandez d'abord." in intro["reason"]
    assert cards(said) == ["streetsport-streetart"]
    said, _ = await run(action, "street_sport", {"age": 15}, entities=[{**aged[0], "value": 15}])
    assert responses(said)[0] == "utter_results"


@pytest.mark.parametrize("place_decides", [True, False])
def test_who_helps_to_find_help_is_shown(place_decides: bool) -> None:
    matches = [Match(load().association, "ask")]
    assert nearest(matches, place_decides=place_decides) == matches


async def test_hours_say_the_state_first() -> None:
    one = [{"entity": "service", "value": "one"}]
    said, _ = await run(ActionAnswerDetail(), "ask_hours", entities=one)
    value = next(m for m in said if m.get("response") == "utter_known_ask_hours")["value"]
    assert value.startswith("Ouvert maintenant, jusqu'à 18h00. Du lundi au vendredi")
    closed = {"metadata": {"at": "2026-06-23T10:00:00"}}
    eimab = [{"entity": "service", "value": "maison-relais-eimab"}]
    said, _ = await run(ActionAnswerDetail(), "ask_hours", entities=eimab, **closed)
    value = next(m for m in said if m.get("response") == "utter_known_ask_hours")["value"]
    assert value.startswith("Fermé aujourd'hui, 23 juin : jour férié (fête nationale)")


async def test_two_needs_are_answered_the_most_urgent_first() -> None:
    heard = {"needs": ["emergency_housing", "debt_help"]}
    said, slots = await run(ActionFindServices(), "emergency_housing", **heard)
    shown = cards(said)
    assert responses(said)[:2] == ["utter_distress", "utter_two_needs"]
    assert shown[0] == "premier-appel" and "surendettement" in shown
    assert shown.index("premier-appel") < shown.index("surendettement")
    services = [m for m in said if m.get("custom", {}).get("type") == "service"]
    assert len(services) <= 5
    assert slots["need"] == "emergency_housing" and slots["also"] == ["debt_help"]
    assert responses(said).count("utter_association_contact") <= 1


async def test_two_needs_ask_for_the_place_once() -> None:
    heard = {"needs": ["food_help", "debt_help"]}
    said, slots = await run(ActionFindServices(), "food_help", **heard)
    assert responses(said) == ["utter_two_needs", "utter_ask_place"]
    slots["place"] = "Esch-sur-Alzette"
    place = [{"entity": "place", "value": "Esch-sur-Alzette"}]
    said, slots = await run(ActionFindServices(), "inform", slots, entities=place)
    assert "surendettement" in cards(said) and slots["asks"] is None
    # Asked again for another place, the need that has to do with places is answered alone.
    place = [{"entity": "place", "value": "Differdange"}]
    slots["place"] = "Differdange"
    said, _ = await run(ActionFindServices(), "inform", slots, entities=place)
    assert "croix-rouge-buttek-differdange" in cards(said)
    assert "surendettement" not in cards(said)


async def test_the_second_need_asks_after_the_first_is_answered() -> None:
    heard = {"needs": ["debt_help", "childcare"]}
    said, slots = await run(ActionFindServices(), "debt_help", **heard)
    assert cards(said)[0] == "surendettement"
    assert responses(said)[-1] == "utter_ask_place"
    assert slots["need"] == "childcare" and slots["asks"] == "place"
    assert slots["shown"] == cards(said)


async def test_a_third_need_is_offered_as_a_button() -> None:
    heard = {"needs": ["debt_help", "affordable_housing", "job_insertion"]}
    said, _ = await run(ActionFindServices(), "debt_help", **heard)
    steps = next(m for m in said if m.get("response") == "utter_next_steps")
    assert steps["buttons"][0]["payload"] == "/job_insertion" and len(steps["buttons"]) <= 4


async def test_next_steps_are_about_what_is_known() -> None:
    eimab = [{"entity": "service", "value": "maison-relais-eimab"}]
    said, _ = await run(ActionAnswerDetail(), "ask_address", entities=eimab)
    payloads = [b["payload"] for b in said[-1]["buttons"]]
    assert payloads[0] == '/ask_hours{"service":["maison-relais-eimab"]}'
    assert payloads[-1] == "/help_menu" and len(payloads) <= 4
    assert not any(p.startswith("/ask_address") for p in payloads)
    sandweiler = [{"entity": "service", "value": "maison-des-jeunes-sandweiler"}]
    said, _ = await run(ActionAnswerDetail(), "ask_address", entities=sandweiler)
    assert not any(b["payload"].startswith("/ask_hours") for b in said[-1]["buttons"])


@pytest.mark.parametrize("slots", [{}, {"after_crisis": 1}])
async def test_no_menu_in_danger_or_right_after_it(slots: dict[str, Any]) -> None:
    heard = {"needs": ["emergency_housing"], "crisis": [] if slots else ["crisis_suicide"]}
    said, _ = await run(ActionFindServices(), "emergency_housing", slots, **heard)
    assert cards(said) and "utter_next_steps" not in responses(said)


async def test_a_detail_of_many_asks_which() -> None:
    shown = ["hut-buttek-esch", "stemm-esch", "hut-buttek-redange", "hut-buttek-diekirch"]
    said, slots = await run(ActionAnswerDetail(), "ask_hours", {"shown": shown})
    assert responses(said) == ["utter_which_of_these"] and slots["asks"] == "topic"
    assert said[0]["buttons"][2]["payload"] == '/ask_hours{"service": "hut-buttek-redange"}'


async def test_a_detail_of_many_is_said_where_few_have_one() -> None:
    shown = ["surendettement", "polygone", "ecotec", "service-act"]
    said, slots = await run(ActionAnswerDetail(), "ask_cost", {"shown": shown})
    assert responses(said)[:2] == ["utter_known_ask_cost", "utter_several_unknown_ask_cost"]
    assert slots["asks"] is None


async def test_a_word_of_its_name_picks_one_of_many() -> None:
    shown = ["hut-buttek-esch", "stemm-esch", "hut-buttek-redange", "surendettement"]
    text = "et le conseil, c'est quand ?"
    said, slots = await run(ActionAnswerDetail(), "ask_hours", {"shown": shown}, text=text)
    assert responses(said)[0] == "utter_known_ask_hours" and slots["shown"] == ["surendettement"]


async def test_a_detail_of_the_second_one() -> None:
    shown = {"shown": ["surendettement", "polygone", "ecotec"]}
    _, slots = await run(ActionAnswerDetail(), "ask_address", shown, which=[2])
    assert slots["shown"] == ["polygone"]
    _, slots = await run(ActionAnswerDetail(), "ask_address", shown, which=[-1])
    assert slots["shown"] == ["ecotec"]
    _, slots = await run(ActionAnswerDetail(), "ask_address", {"shown": ["polygone"]}, which=[3])
    assert slots["shown"] == ["polygone"]


async def test_a_detail_for_another_place() -> None:
    known = {"need": "youth_house", "shown": ["maison-des-jeunes-mersch"], "place": "Gasperich"}
    place = [{"entity": "place", "value": "Gasperich"}]
    _, slots = await run(ActionAnswerDetail(), "ask_address", known, entities=place)
    assert slots["shown"] == ["maison-des-jeunes-gasperich"]


async def test_a_detail_about_what_was_shown_before() -> None:
    """ "And the crèche, when does it open?" after something else."""
    kind = [{"entity": "kind", "value": "childcare"}]
    known = {"shown": ["surendettement"], "place": "Mersch", "age": 1}
    _, slots = await run(ActionAnswerDetail(), "ask_hours", known, entities=kind)
    assert slots["shown"][0] == "creche-klengt-butzenhaus"


async def test_a_detail_leaves_the_open_question_open() -> None:
    asked = {"need": "childcare", "asks": "place", "shown": ["surendettement"]}
    said, slots = await run(ActionAnswerDetail(), "ask_address", asked)
    assert responses(said)[-1] == "utter_ask_place" and slots["asks"] == "place"
    said, slots = await run(ActionAnswerDetail(), "ask_cost", {**asked, "shown": []})
    assert responses(said) == ["utter_first_this", "utter_ask_place"]


async def test_the_place_is_forgotten() -> None:
    known = {"need": "youth_house", "place": "Mersch", "shown": ["maison-des-jeunes-mersch"]}
    said, slots = await run(ActionSkipQuestion(), "skip_question", known, drops=["place"])
    assert responses(said)[0] == "utter_without" and slots["place"] is None and cards(said)
    said, slots = await run(
        ActionSkipQuestion(), "skip_question", {"place": "Esch"}, drops=["place"]
    )
    assert responses(said) == ["utter_forgotten"] and slots["place"] is None
    said, slots = await run(ActionFindServices(), "youth_house", known, drops=["place"])
    assert "utter_ask_place" not in responses(said) and cards(said)


async def test_the_same_services_for_another_age_are_said_to_be_the_same() -> None:
    known = {"need": "debt_help", "shown": ["surendettement", "ligue-surendettement"]}
    place = [{"entity": "place", "value": "Mersch"}]
    said, _ = await run(
        ActionFindServices(), "inform", {**known, "place": "Mersch"}, entities=place
    )
    assert responses(said)[0] == "utter_results_same"


async def test_the_household_counts() -> None:
    shown = {}
    for household in ("woman", "man", "family"):
        known = {"place": "Luxembourg", "household": household}
        said, _ = await run(ActionFindServices(), "emergency_housing", known)
        shown[household] = [m["custom"]["id"] for m in said if m.get("custom")][:3]
    assert "halte-de-nuit-femmes" in shown["woman"] and "moulin-d-eydt" in shown["family"]
    assert not {"halte-de-nuit-femmes", "moulin-d-eydt"} & set(shown["man"])
    known = {"place": "Esch-sur-Alzette", "household": "woman"}
    said, _ = await run(ActionFindServices(), "emergency_housing", known)
    # What is for her in particular is among those shown, though another is nearer.
    assert cards(said)[0] == "foyer-obenthalt" and "halte-de-nuit-femmes" in cards(said)


async def test_not_understood_again_and_again_is_never_the_same_twice() -> None:
    ranking = [{"name": n} for n in ("nlu_fallback", "debt_help", "greet", "food_help")]
    before: list[str] = []
    for misses in range(8):
        slots = {"misses": misses}
        said, kept = await run(ActionChooseTopic(), "nlu_fallback", slots, intent_ranking=ranking)
        assert kept["misses"] == misses + 1
        assert responses(said)[0] not in before, misses
        before = responses(said)
        if misses:
            assert any(b["payload"] == "/human_handoff" for b in _buttons(said)), misses


def _buttons(said: list[dict[str, Any]]) -> list[dict[str, str]]:
    """All buttons, those of the responses themselves too."""
    content = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    own = [content["responses"][name][0].get("buttons") or [] for name in responses(said)]
    return [b for group in [*own, *(m.get("buttons") or [] for m in said)] for b in group]


@pytest.mark.parametrize("action", [ActionDecline(), ActionChooseTopic(), ActionHearComplaint()])
async def test_an_insult_gets_a_limit(action: KnowingAction) -> None:
    said, _ = await run(action, "out_of_scope", abuse=True)
    assert responses(said) == ["utter_limit"]
    asked = {"need": "youth_house", "asks": "place", "misses": 2}
    said, slots = await run(action, "out_of_scope", asked, abuse=True)
    assert responses(said) == ["utter_limit", "utter_association_reach", "utter_ask_place"]


async def test_a_question_inside_an_insult_is_answered() -> None:
    said, _ = await run(ActionFindServices(), "debt_help", abuse=True)
    assert responses(said)[0] == "utter_stay_polite" and cards(said)
    said, _ = await run(ActionFindServices(), "debt_help", abuse=True, crisis=["crisis_suicide"])
    assert "utter_stay_polite" not in responses(said)


@pytest.mark.parametrize(
    ("action", "intent", "worry", "first", "service"),
    [
        (ActionFindServices, "street_work", "addiction", "cnapa-fro-no", "impuls"),
        (ActionDecline, "out_of_scope", "separation", "sos-detresse", "social-offices"),
        (ActionShowHelplines, "crisis_child", "drinking_parent", "kanner-jugendtelefon", None),
    ],
)
async def test_a_worry_is_answered_by_who_listens(
    action: type[KnowingAction], intent: str, worry: str, first: str, service: str | None
) -> None:
    said, slots = await run(action(), intent, worry=worry)
    assert responses(said)[0] == f"utter_worry_{worry}" and cards(said)[0] == first
    assert "centre-antipoisons" not in cards(said)
    if service:
        assert service in cards(said) and service in slots["shown"]


async def test_a_line_that_is_closed_is_no_first_one_of_a_worry() -> None:
    night = {"at": "2026-11-24T02:00:00"}
    said, _ = await run(ActionDecline(), "out_of_scope", worry="lonely", metadata=night)
    assert cards(said) == ["kanner-jugendtelefon", "sos-detresse"]


async def test_a_place_after_a_worry_finds_the_social_office() -> None:
    said, slots = await run(ActionDecline(), "out_of_scope", worry="wage")
    assert cards(said) == ["croix-rouge-2755", "social-offices"] and slots["worry"] == "wage"
    assert responses(said) == ["utter_worry_wage", "utter_worry_place"]
    place = [{"entity": "place", "value": "Wiltz"}]
    said, slots = await run(
        ActionFindServices(), "inform", {"worry": "wage", "place": "Wiltz"}, entities=place
    )
    assert cards(said) == ["croix-rouge-2755", "office-social-wiltz"]
    assert responses(said) == ["utter_worry_noted", "utter_worry_open"]
    assert slots["worry"] == "wage" and slots["shown"] == ["office-social-wiltz"]


async def test_an_age_after_a_worry_gets_no_menu() -> None:
    age = [{"entity": "age", "value": 12}]
    said, _ = await run(
        ActionFindServices(), "inform", {"worry": "psychologist", "age": 12}, entities=age
    )
    assert responses(said)[0] == "utter_worry_noted" and "kanner-jugendtelefon" in cards(said)


async def test_more_words_after_a_worry_get_no_topics() -> None:
    said, slots = await run(ActionChooseTopic(), "nlu_fallback", {"worry": "lonely"}, 0.3)
    assert responses(said) == ["utter_worry_more", "utter_worry_open"]
    said, _ = await run(ActionChooseTopic(), "nlu_fallback", {"worry": "lonely", **slots}, 0.3)
    assert "utter_worry_more" not in responses(said), "the second time the topics"


async def test_a_detail_after_a_worry_shows_its_lines() -> None:
    said, _ = await run(ActionAnswerDetail(), "ask_address", {"worry": "smoking", "shown": []})
    assert cards(said) == ["cnapa-fro-no"]


async def test_another_answer_ends_a_worry() -> None:
    _, slots = await run(ActionFindServices(), "debt_help", {"worry": "lonely"})
    assert slots["worry"] is None
    _, slots = await run(ActionFindServices(), "childcare", {"worry": "lonely"})
    assert slots["asks"] == "place" and slots["worry"] is None
    _, slots = await run(ActionShowHelplines(), "crisis_suicide", {"worry": "lonely"})
    assert slots["worry"] is None


async def test_a_detail_of_what_is_only_named_shows_who_has_it() -> None:
    ranking = [
        {"name": "ask_cost", "confidence": 0.9},
        {"name": "affordable_housing", "confidence": 0.05},
    ]
    told = {"intent_ranking": ranking, "hints": ["affordable_housing", "youth_housing"]}
    said, slots = await run(ActionAnswerDetail(), "ask_cost", **told)
    assert slots["need"] == "affordable_housing" and "coup-de-pouce" in cards(said)
    said, _ = await run(ActionAnswerDetail(), "ask_cost", **{**told, "hints": []})
    assert responses(said) == ["utter_which_service"]


async def test_thanks_after_a_worry_ask_for_nothing_more() -> None:
    said, _ = await run(ActionPart(), "thank", {"worry": "grief"})
    assert responses(said) == ["utter_worry_thanks"]
    said, _ = await run(ActionPart(), "thank")
    assert responses(said) == ["utter_thank"]


async def test_a_need_beside_a_worry_is_answered_too() -> None:
    needs = ["street_work", "debt_help"]
    said, slots = await run(ActionFindServices(), "street_work", worry="addiction", needs=needs)
    assert cards(said)[:2] == ["cnapa-fro-no", "impuls"] and "surendettement" in cards(said)
    assert slots["need"] == "debt_help"


async def test_a_name_alone_finds_nothing_that_is_only_like_it() -> None:
    ranking = [{"name": "nlu_fallback", "confidence": 0.9}, {"name": "greet", "confidence": 0.1}]
    said, _ = await run(ActionChooseTopic(), "nlu_fallback", text="Marie", intent_ranking=ranking)
    assert responses(said) == ["utter_unsure"] and cards(said) == []
    said, _ = await run(
        ActionChooseTopic(), "nlu_fallback", text="Abrigado", intent_ranking=ranking
    )
    assert cards(said) == ["abrigado"]


async def test_who_calls_a_named_service_in_vain_hears_of_that_one() -> None:
    named = [{"entity": "service", "value": "surendettement"}]
    said, slots = await run(
        ActionHearComplaint(), "complaint", unanswered=True, abuse=True, entities=named
    )
    assert responses(said)[0] == "utter_nobody_answers" and slots["shown"] == ["surendettement"]
