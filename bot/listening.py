"""What a message means at this point of a conversation: Rasa's parse, and what is heard besides.

Fixed words come before the model here: orders, what is dictated, whom a cry for help is about.
"""

import re
from typing import TYPE_CHECKING, Any, Optional

from bot import dictation, hearing, meaning, retorts
from bot.aside import Aside
from bot.keeping import Keeping
from bot.reply import Incoming
from bot.slots import AFTER_CRISIS, LANGUAGE, LEAVING
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
    "explain": "nlu_fallback",
}
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
        if no_credit and len(beside.split()) >= meaning.ENOUGH_BESIDE:
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
        secret = meaning.wants_a_secret(state, text)
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
            found["about_lines"] = meaning.about_lines(state, found, text)
            found["of_parents"] = hearing.of_parents(text)
            found["back"] = hearing.goes_back(text)
            found["hints"] = hearing.hints(text)
            found["not_this"] = retorts.means_something_else(text)
            found["objects"] = retorts.says_more(text) or retorts.objects(text)
            found["objection"] = retorts.objects(text)
            found["says_yes"] = retorts.says_yes(text)
            of_children = state.slots.get("need") in meaning.OF_CHILDREN
            found["grown_up"] = of_children and hearing.of_grown_up(text)
            found["says_no"] = found["intent"]["name"] == "deny" and not retorts.says_more(text)
            found["unanswered"] = not found.get("needs") and hearing.nobody_answers(text)
            name = meaning.own_intent(state, found, text)
            if secret and dying:
                name = "still_there"
            if name not in meaning.INTENT_ABOUT.values():
                found["about_lines"] = []
            if name != found["intent"]["name"]:
                found["intent"] = {"name": name, "confidence": 1.0}
                long = state.slots.get(LEAVING) == "message"
                kept = {LANGUAGE} if name != "dictated" or long else set()
                found["entities"] = [e for e in found["entities"] if e["entity"] in kept]
                if name == "ask_languages" and metadata[LANGUAGE]:
                    # The language that was named is asked about, and not asked for.
                    found["entities"] = [{"entity": LANGUAGE, "value": metadata[LANGUAGE]}]
            aside_of = state.slots.get(LEAVING) and not dictation.ends_or_goes_on(name)
            found["beside_message"] = bool(aside_of)
        return found


def neutral(text: str) -> str:
    """A visitor's text can never be read as a command: no leading slash."""
    return text.lstrip().lstrip("/").lstrip() if text.lstrip().startswith("/") else text


def _is_command(text: str) -> bool:
    """Typed as Rasa's commands are: `/restart`. Only a button may mean that."""
    return re.fullmatch(r"\s*/+\w*\s*(\{.*)?", text, re.DOTALL) is not None
