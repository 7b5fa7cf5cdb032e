"""One turn of a conversation: what was remembered, what is heard, Rasa's answer, what is kept."""

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Optional

from sqlalchemy.engine import Engine

from bot import hearing
from bot.answered import answered
from bot.aside import Asides
from bot.choosing import chosen
from bot.dictation import leave_what_ended
from bot.inprocess import Turns
from bot.keeping import Keeping
from bot.listening import Listener, neutral
from bot.payloads import ALWAYS, UnknownPayload, intent_of
from bot.remembering import just_said, pause_was_long, remembered
from bot.reply import Incoming, Message, Reply, in_words
from bot.slots import AFTER_CRISIS, CRIED, DRAFT, KEPT, LANGUAGE, LEAVING, ORDER, SMALL
from bot.store import Conversations, Handoffs, State, States
from knowledge import LANGUAGES, directory

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.shared.core.trackers import DialogueStateTracker


class Dialogue:
    """Answers one message after the other. Everything it remembers is in the database."""

    def __init__(self, agent: "Agent", turns: Turns, engine: Engine, keeping: Keeping) -> None:
        self._agent = agent
        self._turns = turns
        self._listener = Listener(agent, keeping)
        self._keeping = keeping
        self._states = States(engine)
        self._handoffs = Handoffs(engine)
        self._conversations = Conversations(engine)
        self._asides = Asides()

    async def turn(self, conversation: str, message: Incoming) -> Reply:
        """Answers a message. Raises UnknownPayload."""
        state = self._states.load(conversation)
        if state and message.message_id and state.last.get("id") == message.message_id:
            return Reply(**state.last["reply"])
        state, notices = self._begin(conversation, state, message)
        if self._handoffs.owner(conversation) == "person":
            return await self._beside_a_person(conversation, state, message)
        return await self._answer(conversation, state, notices, message)

    def language(self, conversation: str) -> Optional[str]:
        """The language of a conversation, if it has begun."""
        state = self._states.load(conversation)
        return state.slots.get(LANGUAGE) if state else None

    def forget(self, conversation: str) -> None:
        """Erases a conversation, the right to go on with it included."""
        self._asides.forget(conversation)
        self._conversations.erase(conversation)

    def words(self, response: str, language: str, **gaps: str) -> list[Message]:
        """A response of domain.yml in a language, as a message. `gaps` fill it."""
        return in_words(self._agent.domain.responses, response, language, **gaps)

    def _begin(
        self, conversation: str, state: Optional[State], message: Incoming
    ) -> tuple[State, list[str]]:
        """The state to begin with, after a long pause only the language, and what to say first."""
        notices: list[str] = []
        if state and pause_was_long(state, message, self._keeping.pause):
            state = State(slots={LANGUAGE: state.slots.get(LANGUAGE)})
            self._handoffs.withdraw(conversation)
            notices.append("utter_new_session")
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        if self._handoffs.idle_since(conversation, now - self._keeping.pause):
            # Nobody may wait for a person who has gone.
            self._handoffs.give_back(conversation)
        back = self._handoffs.returned(conversation)
        if back:
            # While another person is awaited, one was asked for.
            if state and self._handoffs.owner(conversation) == "assistant":
                state.slots["handoff"] = False
            if back == "untold":
                notices = notices or ["utter_automated_again"]
        if state is None:
            known = message.page_language in LANGUAGES
            slots = {LANGUAGE: message.page_language} if known else {}
            return State(slots=slots), []
        return state, notices

    async def _beside_a_person(self, conversation: str, state: State, message: Incoming) -> Reply:
        """A person answers: the assistant is silent, but for helplines and the order to erase."""
        language = str(state.slots.get(LANGUAGE) or message.page_language or LANGUAGES[0])
        text = message.text or ""
        if hearing.wants_erasure(text) or intent_of(message.payload) == "delete_data":
            return await self._answer(conversation, state, [], message)
        silent = Reply(language=language, intent="inform", handoff=True, silent=True)
        if message.payload is not None:
            return silent
        self._handoffs.hear(conversation, text)
        aside = self._asides.get(conversation)
        found = await self._listener.hear(state, message, attended=True, aside=aside)
        if not found.get("crisis"):
            return silent
        self._handoffs.flag(conversation)
        reply, _ = await self._ask_rasa(conversation, state, message, found)
        return replace(reply, handoff=True)

    async def _answer(
        self, conversation: str, state: State, notices: list[str], message: Incoming
    ) -> Reply:
        payload = message.payload
        if payload is not None and payload not in state.offered and not ALWAYS.fullmatch(payload):
            raise UnknownPayload(payload)
        attended = self._handoffs.someone_here()
        aside = self._asides.get(conversation)
        found = await self._listener.hear(state, message, attended=attended, aside=aside)
        if message.text and (payload := chosen(state.slots, message.text, found)):
            message = replace(message, text=None, payload=payload)
            found = await self._listener.hear(state, message, attended=attended, aside=aside)
        dictated = bool(state.slots.get(DRAFT))
        beside = bool(found.get("beside_message"))
        leave_what_ended(state, found["intent"]["name"], beside=beside)
        if found["intent"]["name"] == "restart":
            self._handoffs.withdraw(conversation)
        reply, tracker = await self._ask_rasa(conversation, state, message, found)
        slots = {n: s.value for n, s in tracker.slots.items() if s.value != s.initial_value}
        slots[LANGUAGE] = reply.language
        if reply.crisis and not found.get("crisis_guessed"):
            # Nothing but a flag is kept of a cry for help: no place and no age from it either.
            personal = ("place", "age", "household")
            slots.update({name: state.slots.get(name) for name in personal})
        intent = str(found["intent"]["name"])
        offer = self._offer(slots, intent, reply)
        self._asides.after(conversation, found, reply, over=not slots.get(AFTER_CRISIS))
        said = [m for name in notices for m in self.words(name, reply.language)]
        # In danger the number comes first.
        messages = [*reply.messages, *said] if reply.crisis else [*said, *reply.messages]
        reply = replace(reply, messages=[*messages, *offer])
        if slots.pop(ORDER, None) == "delete":
            self._conversations.forget(conversation)
            self._states.save(conversation, State({LANGUAGE: reply.language}, at=message.at))
            return replace(reply, erased=True)
        self._carry_out(conversation, tracker.get_slot(ORDER), slots, reply.language)
        if reply.crisis:
            slots[CRIED] = True
            self._handoffs.flag(conversation)
        # What was dictated and not agreed to is kept nowhere.
        for_good = dictated and not slots.get(DRAFT)
        now = remembered(state, slots, message, reply)
        self._states.save(conversation, now, for_good=for_good)
        return reply

    async def _ask_rasa(
        self, conversation: str, state: State, message: Incoming, found: dict[str, Any]
    ) -> "tuple[Reply, DialogueStateTracker]":
        from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

        self._turns.begin(
            conversation, state.slots, [*just_said(state), *self._asides.get(conversation).said]
        )
        channel = CollectingOutputChannel()
        try:
            await self._agent.handle_message(
                UserMessage(
                    text=message.payload or neutral(message.text or ""),
                    output_channel=channel,
                    sender_id=conversation,
                    parse_data=found,
                    input_channel="weeweiser",
                    metadata=found.get("metadata"),
                )
            )
        finally:
            tracker = self._turns.end(conversation)
        assert tracker
        return answered(tracker, channel.messages), tracker

    def _offer(self, slots: dict[str, Any], intent: str, reply: Reply) -> list[Message]:
        """After a cry for help, what was being asked before, as one quiet choice; only once."""
        kept: Optional[dict[str, Any]] = slots.get(KEPT)
        if reply.crisis:
            return []
        if intent in ("privacy", "out_of_scope"):
            # "Nobody must know", "I need a lawyer": the danger is not over by that.
            return []
        if intent not in SMALL:
            # Something else goes on: the danger is no longer what is talked about.
            slots.update({AFTER_CRISIS: None, KEPT: None})
            return []
        if not kept or kept.get("offered"):
            slots[KEPT] = None
            return []
        slots[KEPT] = {**kept, "offered": True}
        if kept.get(LEAVING):
            return self.words("utter_resume_message", reply.language)
        need = directory().current.needs[kept["need"]]
        return self.words("utter_resume", reply.language, topic=need.label.in_(reply.language))

    def _carry_out(
        self, conversation: str, order: Optional[str], slots: dict[str, Any], language: str
    ) -> None:
        """What an action ordered, because actions do not touch the database."""
        if order == "ask_person":
            self._handoffs.ask(conversation, language=language)
        elif order == "withdraw":
            self._handoffs.withdraw(conversation)
        elif order == "leave_message":
            draft = slots.pop(DRAFT)
            self._handoffs.leave_message(
                conversation,
                draft["text"],
                draft["reach_by"],
                draft["contact"],
                datetime.now(timezone.utc).replace(tzinfo=None),
                language=language,
            )
            self._handoffs.withdraw(conversation)
