"""What is kept of conversations: their state and answers, who may read and who answers, ratings."""

from bot.store._answers import NOTHING, Answers, Entry
from bot.store._calls import Call, Calls
from bot.store._conversations import Conversations, UnknownConversation, WrongToken
from bot.store._database import IN_MEMORY, connect, expire, open_database
from bot.store._handoffs import Handoffs, Happening, Heard, LeftMessage, Owner, ReachBy
from bot.store._pages import Pages, form_key
from bot.store._states import State, States
from bot.store._workers import Deed, NameTaken, Role, Worker, Workers, csrf_of

__all__ = [
    "IN_MEMORY",
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
    "Role",
    "State",
    "States",
    "UnknownConversation",
    "Worker",
    "Workers",
    "WrongToken",
    "connect",
    "csrf_of",
    "expire",
    "form_key",
    "open_database",
]
