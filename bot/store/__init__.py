"""What is kept of conversations: their state and answers, who may read and who answers, ratings."""

from bot.store._answers import NOTHING, Answers, Entry
from bot.store._calls import Call, Calls
from bot.store._conversations import Conversations, UnknownConversation, WrongToken
from bot.store._database import IN_MEMORY, expire, open_database
from bot.store._handoffs import Handoffs, Happening, Heard, LeftMessage, Owner, ReachBy
from bot.store._pages import Pages, form_key
from bot.store._review import Reason, Review, ToReview
from bot.store._sign_ins import LONGEST_SIGN_IN, SignIns
from bot.store._states import State, States
from bot.store._workers import Deed, NameTaken, Role, Worker, Workers, csrf_of

__all__ = [
    "IN_MEMORY",
    "LONGEST_SIGN_IN",
    "NOTHING",
    "Answers",
    "Call",
    "Calls",
    "Conversations",
    "Deed",
    "Entry",
    "Handoffs",
    "Happening",
    "Heard",
    "LeftMessage",
    "NameTaken",
    "Owner",
    "Pages",
    "ReachBy",
    "Reason",
    "Review",
    "Role",
    "SignIns",
    "State",
    "States",
    "ToReview",
    "UnknownConversation",
    "Worker",
    "Workers",
    "WrongToken",
    "csrf_of",
    "expire",
    "form_key",
    "open_database",
]
