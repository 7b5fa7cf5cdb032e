"""What is kept of conversations: their state and answers, who may read and who answers, ratings."""

from bot.store._answers import NOTHING, Answers, Entry
from bot.store._calls import Call, Calls
from bot.store._conversations import Conversations, UnknownConversation, WrongToken
from bot.store._database import IN_MEMORY, expire, open_database
from bot.store._handoff_tables import Happening, Heard, Note, Owner, Reason
from bot.store._handoffs import Handoffs
from bot.store._inbox import Inbox, Talk
from bot.store._left_messages import LeftMessage, ReachBy
from bot.store._pages import Pages, form_key
from bot.store._presence import ATTENDED, Seat
from bot.store._states import State, States
from bot.store._workers import Deed, NameTaken, Role, Worker, Workers, csrf_of

__all__ = [
    "ATTENDED",
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
    "Inbox",
    "LeftMessage",
    "NameTaken",
    "Note",
    "Owner",
    "Pages",
    "ReachBy",
    "Reason",
    "Role",
    "Seat",
    "State",
    "States",
    "Talk",
    "UnknownConversation",
    "Worker",
    "Workers",
    "WrongToken",
    "csrf_of",
    "expire",
    "form_key",
    "open_database",
]
