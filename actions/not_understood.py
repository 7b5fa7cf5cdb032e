"""What to say when nothing was understood: each time something else, and soon a person."""

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.action_skip_question import skip
from actions.action_stay import stay
from actions.answering import find_services, remember_shown
from actions.asking import ask_again
from actions.detailing import answer_detail
from actions.details import DETAILS
from actions.turn import (
    AGE,
    ASKS,
    CRIED,
    MAX_CARDS,
    MISSES,
    PLACE,
    Turn,
    choice,
    remind_association,
    show_cards,
    show_way_in,
)
from actions.worrying import hear_more
from knowledge import SearchHit

_OFFERED = 3
#: A cry for help less probable than this is not thought of: nonsense is a little of everything.
_CONCEIVABLE = 0.05
#: So probable all cries together must be; surer where a place or an age is asked for.
_CONCEIVABLE_AT_ALL, _CONCEIVABLE_WHILE_ASKED = 0.15, 0.25
#: From this score a hit is clearly meant; the best of 221 messages out of scope reached 0.61.
_CLEARLY, _PERHAPS = 0.75, 0.62
#: One word that is only like one of ours is another word: "Marie" is no "mari".
_THE_WORD = 0.9
#: One word of which the model makes so little is no topic, and hardly anything we refuse.
_A_TOPIC, _SURELY_OUTSIDE = 0.2, 0.8
#: A message of shorter words only ("so, da bin ich mal") may hit anything by chance.
_LONG_WORD = 5
#: A place in so many words, of which nothing else is understood, is about the need of before.
_WORDS_OF_PLACE = 8
#: One word ("Marie") is a little of everything, too: as surely it must sound like a cry.
_CONCEIVABLE_ALONE = 0.35
#: From this time on a person is offered again and again.
_OFTEN = 3


def set_limit(out: CollectingDispatcher, turn: Turn) -> list[EventType]:
    """An insult and nothing else: stays polite, says where the limit is, and stays open."""
    out.utter_message(response="utter_limit")
    misses = turn.misses + 1
    if misses >= _OFTEN:
        remind_association(out, turn)
    if turn.asks in (PLACE, AGE) and turn.need:
        return [*ask_again(out, turn), SlotSet(MISSES, misses)]
    return [SlotSet(MISSES, misses)]


def try_again(out: CollectingDispatcher, turn: Turn, *, outside: bool) -> list[EventType]:
    """Asks back. `outside`: understood, but nothing we help with."""
    misses = turn.misses + 1
    remember = [SlotSet(MISSES, misses)]
    alone = _is_one_word(turn.text)
    likely = turn.likely(_CONCEIVABLE_ALONE if alone else _CONCEIVABLE)[1 : _OFFERED + 1]
    heard = any(name.startswith("crisis_") for name in likely)
    # "No idea, never mind", where the place is asked, is an answer to that.
    asked = turn.asks in (PLACE, AGE) and turn.need is not None
    least = _CONCEIVABLE_WHILE_ASKED if asked else _CONCEIVABLE_AT_ALL
    in_danger = not outside and heard and turn.danger >= least
    in_danger = in_danger or bool(turn.heard("crisis"))
    if in_danger and turn.slot(CRIED):
        # After a cry, another thing since, and perhaps one more: no menu of guesses.
        return stay(out, turn)
    if in_danger:
        # Perhaps a cry for help that was not understood: the number comes first.
        out.utter_message(response="utter_in_danger")
    if turn.asks in (PLACE, AGE) and turn.need:
        if misses > 1:
            return [*skip(out, turn), *remember]
        if outside:
            out.utter_message(response="utter_not_for_me")
        return [*ask_again(out, turn), *remember]
    if turn.worry and misses == 1 and not outside:
        return hear_more(out, turn)
    if turn.note("unsure") and misses == 1:
        out.utter_message(response="utter_unsure")
        return [*remember, SlotSet(ASKS, "topic")]
    few = len(turn.text.split()) <= _WORDS_OF_PLACE
    if turn.entity(PLACE) and turn.need and few and not (outside or in_danger):
        # "What about Clausen?": the need of before, in another place.
        return find_services(out, turn, turn.need, new=False)
    best = turn.ranking[1] if len(turn.ranking) > 1 else ""
    if best in DETAILS and turn.shown and not outside:
        # Unsure alone, but something was just shown: the question is about that.
        return answer_detail(out, turn, best, turn.shown)
    refused = outside and misses == 1 and turn.confidence >= _SURELY_OUTSIDE
    found = (
        []
        if in_danger or refused or misses > 2
        else _found(turn, _CLEARLY if misses == 1 else _PERHAPS)
    )
    if found:
        shown = _show(out, turn, found)
        if misses == 2:
            remind_association(out, turn)
        return [*shown, *remember]
    _ask_back(out, turn, misses, outside=outside)
    return [*remember, SlotSet(ASKS, "topic")]


def _ask_back(out: CollectingDispatcher, turn: Turn, misses: int, *, outside: bool) -> None:
    needs = turn.knowledge.needs
    least = _A_TOPIC if _is_one_word(turn.text) else 0.0
    topics = [n for n in turn.likely(least) if n in needs][:_OFFERED]
    buttons = [choice(needs[n].label.in_(turn.language), f"/{n}") for n in topics]
    refused = outside and turn.confidence >= _SURELY_OUTSIDE
    if misses == 1 and least and not topics and not refused:
        out.utter_message(response="utter_unsure")
    elif misses <= 2 and outside:
        out.utter_message(response="utter_out_of_scope")
        if misses == 2:
            remind_association(out, turn)
    elif topics and (misses == 1 or (misses == 2 and turn.heard("needs"))):
        other = choice(turn.knowledge.words(turn.language, "button_other_topic"), "/help_menu")
        out.utter_message(response="utter_not_sure", buttons=[*buttons, other])
        if misses == 2:
            remind_association(out, turn)
    elif misses <= 2:
        out.utter_message(response="utter_still_not_sure")
        remind_association(out, turn)
    elif misses % 2:
        out.utter_message(response="utter_write_simply")
    else:
        out.utter_message(response="utter_person_understands")
        remind_association(out, turn)


def _is_one_word(text: str) -> bool:
    return len(text.split()) == 1 and any(c.isalpha() for c in text)


def _found(turn: Turn, least: float) -> list[SearchHit]:
    """What the directory has for the words of the message, but for what was just shown."""
    if not any(len(word) >= _LONG_WORD for word in turn.text.split()):
        return []
    if _is_one_word(turn.text):
        least = _THE_WORD
    hits = turn.knowledge.search(turn.text, place=turn.place, limit=MAX_CARDS)
    shown = {service.id for service in turn.shown}
    return [hit for hit in hits if hit.score >= least and hit.id not in shown]


def _show(out: CollectingDispatcher, turn: Turn, hits: list[SearchHit]) -> list[EventType]:
    out.utter_message(response="utter_perhaps_this")
    services = [turn.knowledge.service(hit.id) for hit in hits if hit.kind == "service"]
    show_cards(out, turn, services)
    show_way_in(out, turn, services)
    for hit in hits:
        if hit.kind == "helpline":
            line = turn.knowledge.helplines[hit.id]
            out.utter_message(
                json_message=turn.knowledge.helpline_card(line, turn.language, at=turn.at)
            )
    out.utter_message(response="utter_not_this")
    return remember_shown(services)
