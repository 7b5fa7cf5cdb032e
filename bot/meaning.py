"""What a text means at this point of a conversation, if not what it says alone."""

from typing import Any, Optional

from bot import dictation, hearing, retorts
from bot.slots import AFTER_CRISIS, KEPT, LANGUAGE, LEAVING, SMALL, WORRY
from bot.store import State

#: Right after a cry for help these are no reason for a menu.
_UNCLEAR = frozenset({"nlu_fallback", "out_of_scope", "complaint", "too_long", "help_menu"})

#: A detail asked right after helplines is about them: which, and as what it is known outside.
_ABOUT_LINES = {
    "ask_hours": "hours",
    "ask_phone": "number",
    "ask_cost": "cost",
    "ask_languages": "languages",
    "ask_appointment": "visit",
}
#: What is asked of helplines, whatever else was shown with them.
_OF_LINES_ONLY = ("write", "anonymous", "who")
INTENT_ABOUT = {
    **{topic: name for name, topic in _ABOUT_LINES.items()},
    "write": "ask_phone",
    "who": "ask_phone",
    "anonymous": "privacy",
}
#: A question of secrecy sounds like one of these.
_OF_SECRECY = frozenset(
    {"privacy", "ask_eligibility", "inform", "out_of_scope", "nlu_fallback", "affirm", "complaint"}
)
#: "The second one", in few words, points at what was shown, whatever else it sounds like.
_POINTING = frozenset({*SMALL, "inform", "nlu_fallback", "out_of_scope", "restart"})
_FEW_WORDS = 6
#: So many with an insult beside a question.
_WITH_AN_INSULT = 12
#: So many with a wish that nobody knows.
_WITH_A_SECRET = 8
#: What a question for a bus sounds like.
_OF_A_BUS = ("ask_directions", "ask_hours")
#: Nothing was understood, or nothing we help with.
_UNHEARD = ("nlu_fallback", "out_of_scope")
#: What an objection to what was shown sounds like.
_OF_OBJECTION = frozenset({*_UNHEARD, "thank", "deny", "affirm", "goodbye", "inform"})
#: What "for my mother" sounds like.
_OF_SOMEBODY = frozenset({*_UNHEARD, "inform", "deny", "affirm", "ask_eligibility", "complaint"})
#: So many words ask whether something is for somebody.
_OF_A_PERSON = 12
#: Needs of children and young people: no grown-up is looked after by what answers them.
OF_CHILDREN = ("childcare", "homework_help", "youth_house", "youth_housing", "street_sport")
#: So many words beside "no credit to call" are a question of their own.
ENOUGH_BESIDE = 4
#: A plain no, after a cry for help.
_NO_WORDS = 3
#: The model is so sure of a detail where no fixed words say it.
_SURE = 0.6


def about_lines(state: State, found: dict[str, Any], text: str) -> list[str]:
    """What is asked right after helplines about these, not about a service of a certain kind."""
    named = {e["entity"] for e in found["entities"]} & {"service", "kind", "place"}
    name = found["intent"]["name"]
    here = name == "privacy" and hearing.about_this_chat(text)
    # After a worry the helplines were shown, too, unless a service is what it is about.
    lines = state.slots.get(WORRY) and not state.slots.get("shown")
    lines = lines or state.slots.get(AFTER_CRISIS)
    if not lines or named or here or name in found.get("needs", []):
        return []
    shown, beside = state.slots.get("shown") or [], found["metadata"]["services"]
    if set(shown) & set(beside):
        # A need was answered beside what may have been a cry: its services are meant.
        return [topic for topic in hearing.about_lines(text) if topic in _OF_LINES_ONLY]
    if shown and state.slots.get("need") in hearing.hints(text):
        # "And for the rent, when can we come?": back to what was shown before the cry.
        return []
    sure = found["intent"]["confidence"] >= _SURE
    asked = [_ABOUT_LINES[name]] if name in _ABOUT_LINES and sure else []
    if name == "privacy" and not hearing.about_data(text):
        asked = ["anonymous"]
    services = shown or beside
    topics = hearing.about_lines(text) or asked
    # Whether one can go there is asked of a service, where one was shown.
    return [topic for topic in topics if topic != "visit" or not services]


def own_intent(state: State, found: dict[str, Any], text: str) -> str:
    """What a text means at this point of the dialogue, if not what it says alone."""
    slots, intent = state.slots, str(found["intent"]["name"])
    kept = slots.get(KEPT) or {}
    if slots.get(LEAVING):
        return dictation.meaning(str(slots[LEAVING]), found, text)
    if hearing.leaves_message(text):
        return "leave_message"
    if hearing.is_phone_number(text) and intent not in ("too_long", "inform"):
        # Whoever types a number alone wants to be called.
        return "human_handoff"
    if found["no_credit"] and len(hearing.without_no_credit(text).split()) < ENOUGH_BESIDE:
        return "no_credit"
    named = {e["entity"] for e in found["entities"]} - {LANGUAGE}
    way = None if named or found.get("needs") else hearing.offered_way(text)
    if slots.get("handoff") and way:
        return f"reach_by_{way}"
    shown = slots.get("shown") or found["metadata"]["services"]
    if intent == "change_language" and shown and hearing.asks_if_spoken(text):
        # "Is that to be had in Luxembourgish, too?": the training that was just shown.
        return "ask_languages"
    if intent == "change_language" and hearing.asks_foreign_language(text):
        return "other_language"
    if found["unanswered"]:
        return "complaint"
    called = hearing.calls(text) and not slots.get("handoff")
    if called or hearing.only_urgent(text):
        # Whoever waits for a person asks for that one, with "is anybody there?".
        return "still_there" if slots.get(AFTER_CRISIS) else "calling" if called else "urgent"
    # "I do not understand, German please": a language is named.
    another = intent == "change_language" and any(
        e["entity"] == LANGUAGE and e.get("extractor") == "Decision" for e in found["entities"]
    )
    puzzled = retorts.is_lost(text) and not another
    if puzzled and intent not in found.get("needs", []):
        return "still_there" if slots.get(AFTER_CRISIS) else "explain"
    preface = _preface(state, found, text)
    if preface:
        return preface
    if found["about_lines"]:
        return INTENT_ABOUT[found["about_lines"][0]]
    if _asks_secrecy(state, found, text):
        return "ask_anonymous"
    if kept.get("offered") and intent == "affirm":
        return "resume"
    short = len(text.split()) <= _FEW_WORDS and not found.get("needs")
    if found.get("which") and shown and short and intent in _POINTING:
        return "inform"
    if _objects(state, found, text):
        return "still_there" if slots.get(AFTER_CRISIS) else "deny"
    insulted = bool(found.get("abuse")) and len(text.split()) <= _WITH_AN_INSULT
    unheard = (short and intent in _UNHEARD) or (insulted and not found.get("needs"))
    if shown and unheard and not slots.get(AFTER_CRISIS):
        # "ok et c ouvert kan": one word is clear, and something is shown that it may be about.
        return hearing.detail(text) or intent
    if intent == "thank" and shown and retorts.asks_besides(text):
        intent = "nlu_fallback"
    if intent in _OF_A_BUS and not shown and not named and hearing.about_transport(text):
        # "When does the bus leave?": nothing was shown that it may lead to.
        intent = "out_of_scope"
    lost = intent == "inform" and not slots.get("need")
    lost = lost or (intent.startswith("ask_") and not shown)
    # A service or a kind of help named in the message is a question that can be answered.
    lost = lost and not named & {"service", "kind"}
    worse = hearing.worse(text)
    # "I have nobody else" is more than a no.
    lost = lost or (intent == "deny" and len(text.split()) > _NO_WORDS)
    if found.get("worry"):
        # What is none of ours has an answer of its own, after a cry, too.
        return intent
    if slots.get(AFTER_CRISIS) and (lost or worse or intent in _UNCLEAR):
        return "still_there"
    return intent


def _preface(state: State, found: dict[str, Any], text: str) -> Optional[str]:
    """ "I have a question", "it is for my mother": nothing is asked yet."""
    if state.slots.get(AFTER_CRISIS) or found.get("worry"):
        return None
    if hearing.opens(text):
        return "opening"
    if found["intent"]["name"] not in _OF_SOMEBODY or found.get("needs"):
        return None
    # "Is that for my mother, too, she is 80?": whom nothing for a grown-up was shown yet.
    asks = found["intent"]["name"] == "ask_eligibility" and hearing.of_grown_up(text)
    named = {e["entity"] for e in found["entities"]} & {"service", "kind", "place"}
    nothing = not state.slots.get("shown") or state.slots.get("need") in OF_CHILDREN
    asks = asks and nothing and not named and len(text.split()) <= _OF_A_PERSON
    return "for_somebody" if asks or hearing.for_somebody(text) else None


def _objects(state: State, found: dict[str, Any], text: str) -> bool:
    """Whether what was shown is of no use ("too far"), or a "thank you" is taken back."""
    name = found["intent"]["name"]
    named = {e["entity"] for e in found["entities"]} - {LANGUAGE}
    if name == "ask_directions" and retorts.takes_back(text) and "?" not in text:
        # "Thanks, but I do not get there without a car": the way is not asked for.
        name = "deny"
    if name not in _OF_OBJECTION or named or found.get("worry"):
        return False
    if state.slots.get("asks") in ("place", "age"):
        return name == "thank" and retorts.takes_back(text)
    known = state.slots.get("shown") or state.slots.get(WORRY)
    return retorts.objects(text) if known else retorts.takes_back(text)


def wants_a_secret(state: State, text: str) -> bool:
    """Whether nobody is to know of the danger that was just told, and nothing else is said."""
    few = len(text.split()) <= _WITH_A_SECRET
    return few and bool(state.slots.get(AFTER_CRISIS)) and hearing.asks_secrecy(text)


def _asks_secrecy(state: State, found: dict[str, Any], text: str) -> bool:
    """Whether it is asked if a service keeps a secret; what this chat keeps is another question."""
    if found["intent"]["name"] not in _OF_SECRECY or hearing.about_this_chat(text):
        return False
    service = state.slots.get("shown") or found["metadata"]["services"]
    service = service or any(e["entity"] == "service" for e in found["entities"])
    if found["intent"]["name"] == "privacy" and service and not hearing.about_data(text):
        return True
    return hearing.asks_secrecy(text) and bool(service or hearing.of_a_service(text))
