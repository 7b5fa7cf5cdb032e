"""What a message means at this point of a conversation: Rasa's parse, and what is heard besides.

Fixed words come before the model here: orders, what is dictated, whom a cry for help is about.
"""

import re
from typing import TYPE_CHECKING, Any, Optional

from bot import hearing
from bot.aside import Aside
from bot.keeping import Keeping
from bot.reply import Incoming
from bot.store import State
from knowledge import LANGUAGES

if TYPE_CHECKING:
    from rasa.core.agent import Agent

#: What our own intents mean in the public contract (shared names only).
PUBLIC = {
    "no_words": "nlu_fallback",
    "too_long": "nlu_fallback",
    "other_language": "out_of_scope",
    "skip_question": "inform",
    "other_place": "inform",
    "delete_data": "privacy",
    "leave_message": "human_handoff",
    "reach_by_phone": "human_handoff",
    "reach_by_email": "human_handoff",
    "dictated": "inform",
    "agree": "affirm",
    "refuse": "deny",
    "cancel": "deny",
    "resume": "affirm",
    "still_there": "nlu_fallback",
    "ask_anonymous": "privacy",
    "no_credit": "human_handoff",
    "urgent": "nlu_fallback",
    "calling": "greet",
    "opening": "greet",
    "for_somebody": "inform",
}
#: Slots the dialogue itself works with; their actions say what the others mean.
LANGUAGE, ORDER, LEAVING, DRAFT, KEPT, AFTER_CRISIS, WORRY = (
    "language",
    "order",
    "leaving",
    "draft",
    "kept",
    "after_crisis",
    "worry",
)
#: The payloads of the dialogue about a message for the office; any other button ends it.
_ABOUT_MESSAGE = frozenset(
    {"leave_message", "reach_by_phone", "reach_by_email", "agree", "refuse", "cancel"}
)
#: Says little of its own: what was asked before a cry for help may be offered again.
SMALL = frozenset({"thank", "affirm", "deny", "greet", "bot_challenge"})
#: Right after a cry for help these are no reason for a menu.
_UNCLEAR = frozenset({"nlu_fallback", "out_of_scope", "complaint", "too_long", "help_menu"})

#: A detail asked right after helplines is about them: which, and as what it is known outside.
_ABOUT_LINES = {
    "ask_hours": "hours",
    "ask_phone": "number",
    "ask_cost": "cost",
    "ask_languages": "languages",
}
_INTENT_ABOUT = {
    **{topic: name for name, topic in _ABOUT_LINES.items()},
    "write": "ask_phone",
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
#: What "for my mother" sounds like.
_OF_SOMEBODY = frozenset({*_UNHEARD, "inform", "deny", "affirm", "ask_eligibility", "complaint"})
#: So many words beside "no credit to call" are a question of their own.
_ENOUGH_BESIDE = 4
#: A plain no, after a cry for help.
_NO_WORDS = 3
#: The model is so sure of a detail where no fixed words say it.
_SURE = 0.6
_NOTHING = Aside()


class Listener:
    """Parses messages. Remembers nothing."""

    def __init__(self, agent: "Agent", keeping: Keeping) -> None:
        self._agent = agent
        self._keeping = keeping

    async def parse(self, text: str, metadata: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        """Rasa's parse of a text."""
        from rasa.core.channels.channel import UserMessage

        assert self._agent.processor
        message = UserMessage(text=text, metadata=metadata or {})
        found: dict[str, Any] = await self._agent.processor.parse_message(message)
        return found

    async def hear(
        self, state: State, message: Incoming, *, attended: bool, aside: Aside = _NOTHING
    ) -> dict[str, Any]:
        """Rasa's parse, and what is heard besides: orders, dictation, whom a cry is about."""
        language = state.slots.get(LANGUAGE)
        metadata: dict[str, Any] = {
            LANGUAGE: language if language in LANGUAGES else None,
            "at": message.at,
            # What the assistant waits for: "Foobar" alone may then be a place.
            "asks": state.slots.get("asks"),
            "keeps": [self._keeping.days, self._keeping.message_days],
            "desk": attended,
            "lines": aside.lines,
            "services": aside.services,
            "household": aside.household,
        }
        text = message.text or ""
        if message.payload is not None:
            return {**await self.parse(message.payload, metadata), "metadata": metadata}
        if _is_command(text):
            metadata["command"] = True
        heard = hearing.after_preface(neutral(text))
        beside = hearing.without_no_credit(heard)
        no_credit = beside != heard
        if no_credit and len(beside.split()) >= _ENOUGH_BESIDE:
            # "Nothing to eat, and no credit to call": what is asked is the food.
            heard = beside
        found = {**await self.parse(heard, metadata), "metadata": metadata}
        found["no_credit"] = no_credit
        crisis = found.get("crisis") or []
        age = next((e["value"] for e in found["entities"] if e["entity"] == "age"), None)
        found["whom"] = hearing.whom(text, age) if crisis else None
        found["foreign"] = found.get("language") not in LANGUAGES
        found["emergency"] = found["foreign"] and hearing.may_be_emergency(text)
        if state.slots.get(LEAVING):
            found["way"] = hearing.way(text)
        if hearing.wants_erasure(text):
            # At once, danger or not: somebody may be looking at the screen.
            found["intent"] = {"name": "delete_data", "confidence": 1.0}
            found["entities"] = [e for e in found["entities"] if e["entity"] == LANGUAGE]
            return found
        unsure = not crisis or found.get("crisis_guessed")
        secret = _wants_a_secret(state, text)
        # Who wants to die and says "nobody must know what I do tonight" asks for no secrecy.
        dying = "crisis_suicide" in {*crisis, *aside.crisis} and hearing.hides_a_plan(text)
        if crisis and unsure and secret and not dying:
            # "My parents must not know": about the lines, not one more danger.
            crisis = []
            found.update({"crisis": [], "crisis_guessed": False})
            found["intent"] = {"name": "privacy", "confidence": 1.0}
        if unsure and aside.crisis and state.slots.get(AFTER_CRISIS) and hearing.worse(text):
            # "He has bruises everywhere": of the danger that was just talked about.
            found["intent"] = {"name": aside.crisis[0], "confidence": 1.0}
            found.update({"crisis": aside.crisis, "crisis_guessed": False})
        elif not crisis:
            found["about_lines"] = _about_lines(state, found, text)
            found["back"] = hearing.goes_back(text)
            found["hints"] = hearing.hints(text)
            found["not_this"] = hearing.means_something_else(text)
            found["objects"] = hearing.says_more(text)
            found["unanswered"] = not found.get("needs") and hearing.nobody_answers(text)
            name = _own_intent(state, found, text)
            if secret and dying:
                name = "still_there"
            if name not in _INTENT_ABOUT.values():
                found["about_lines"] = []
            if name != found["intent"]["name"]:
                found["intent"] = {"name": name, "confidence": 1.0}
                long = state.slots.get(LEAVING) == "message"
                kept = {LANGUAGE} if name != "dictated" or long else set()
                found["entities"] = [e for e in found["entities"] if e["entity"] in kept]
        return found


def neutral(text: str) -> str:
    """A visitor's text can never be read as a command: no leading slash."""
    return text.lstrip().lstrip("/").lstrip() if text.lstrip().startswith("/") else text


def _is_command(text: str) -> bool:
    """Typed as Rasa's commands are: `/restart`. Only a button may mean that."""
    return re.fullmatch(r"\s*/+\w*\s*(\{.*)?", text, re.DOTALL) is not None


def _about_lines(state: State, found: dict[str, Any], text: str) -> list[str]:
    """What is asked right after helplines about these, not about a service of a certain kind."""
    named = {e["entity"] for e in found["entities"]} & {"service", "kind", "place"}
    name = found["intent"]["name"]
    here = name == "privacy" and hearing.about_this_chat(text)
    # After a worry the helplines were shown, too, unless a service is what it is about.
    lines = state.slots.get(WORRY) and not state.slots.get("shown")
    lines = lines or state.slots.get(AFTER_CRISIS)
    if not lines or named or here or name in found.get("needs", []):
        return []
    if state.slots.get("shown") and state.slots.get("need") in hearing.hints(text):
        # "And for the rent, when can we come?": back to what was shown before the cry.
        return []
    sure = found["intent"]["confidence"] >= _SURE
    asked = [_ABOUT_LINES[name]] if name in _ABOUT_LINES and sure else []
    return hearing.about_lines(text) or asked


def _own_intent(state: State, found: dict[str, Any], text: str) -> str:
    """What a text means at this point of the dialogue, if not what it says alone."""
    slots, intent = state.slots, str(found["intent"]["name"])
    leaving, kept = slots.get(LEAVING), slots.get(KEPT) or {}
    if leaving:
        if hearing.cancels(text):
            return "cancel"
        if intent in ("no_words", "too_long"):
            return intent
        if leaving != "consent":
            return "dictated"
        return "agree" if hearing.agrees(text) else "refuse" if intent == "deny" else "dictated"
    if hearing.leaves_message(text):
        return "leave_message"
    if hearing.is_phone_number(text) and intent not in ("too_long", "inform"):
        # Whoever types a number alone wants to be called.
        return "human_handoff"
    if found["no_credit"] and len(hearing.without_no_credit(text).split()) < _ENOUGH_BESIDE:
        return "no_credit"
    named = {e["entity"] for e in found["entities"]} - {LANGUAGE}
    way = None if named or found.get("needs") else hearing.offered_way(text)
    if slots.get("handoff") and way:
        return f"reach_by_{way}"
    if intent == "change_language" and hearing.asks_foreign_language(text):
        return "other_language"
    if found["unanswered"]:
        return "complaint"
    called = hearing.calls(text) and not slots.get("handoff")
    if called or hearing.only_urgent(text):
        # Whoever waits for a person asks for that one, with "is anybody there?".
        return "still_there" if slots.get(AFTER_CRISIS) else "calling" if called else "urgent"
    preface = _preface(state, found, text)
    if preface:
        return preface
    if found["about_lines"]:
        return _INTENT_ABOUT[found["about_lines"][0]]
    if _asks_secrecy(state, found, text):
        return "ask_anonymous"
    if kept.get("offered") and intent == "affirm":
        return "resume"
    shown = slots.get("shown") or found["metadata"]["services"]
    short = len(text.split()) <= _FEW_WORDS and not found.get("needs")
    if found.get("which") and shown and short and intent in _POINTING:
        return "inform"
    insulted = bool(found.get("abuse")) and len(text.split()) <= _WITH_AN_INSULT
    unheard = (short and intent in _UNHEARD) or (insulted and not found.get("needs"))
    if shown and unheard and not slots.get(AFTER_CRISIS):
        # "ok et c ouvert kan": one word is clear, and something is shown that it may be about.
        return hearing.detail(text) or intent
    if intent == "thank" and shown and hearing.asks_besides(text):
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
    said = found["intent"]["name"] in _OF_SOMEBODY and not found.get("needs")
    return "for_somebody" if said and hearing.for_somebody(text) else None


def _wants_a_secret(state: State, text: str) -> bool:
    """Whether nobody is to know of the danger that was just told, and nothing else is said."""
    few = len(text.split()) <= _WITH_A_SECRET
    return few and bool(state.slots.get(AFTER_CRISIS)) and hearing.asks_secrecy(text)


def _asks_secrecy(state: State, found: dict[str, Any], text: str) -> bool:
    """Whether it is asked if a service keeps a secret; what this chat keeps is another question."""
    if found["intent"]["name"] not in _OF_SECRECY or hearing.about_this_chat(text):
        return False
    service = state.slots.get("shown") or found["metadata"]["services"]
    service = service or any(e["entity"] == "service" for e in found["entities"])
    return hearing.asks_secrecy(text) and bool(service or hearing.of_a_service(text))


def leave_what_ended(state: State, intent: str) -> None:
    """Another button, or starting over, ends the dialogue about a message for the office."""
    slots = state.slots
    dictating = intent in _ABOUT_MESSAGE or intent in ("dictated", "no_words", "too_long")
    crisis = intent.startswith("crisis_")
    if slots.get(LEAVING) and not (dictating or crisis or intent == "change_language"):
        slots.update({LEAVING: None, DRAFT: None})
    if intent in ("restart", "delete_data"):
        slots.update({LEAVING: None, DRAFT: None, KEPT: None, AFTER_CRISIS: None})
