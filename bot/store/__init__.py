"""What is kept of conversations: their state and answers, who may read and who answers, ratings."""

from bot.store._answers import NOTHING, Answers, Entry
from bot.store._buckets import Buckets, open_buckets
from bot.store._calls import Call, Calls
from bot.store._conversations import Conversations, UnknownConversation, WrongToken
from bot.store._database import AWAY, IN_MEMORY, Away, expire, make_tables, open_database
from bot.store._handoffs import Handoffs, Happening, Heard, LeftMessage, Owner, ReachBy
from bot.store._listening import Listening
from bot.store._pages import Pages, form_key
from bot.store._postgres import Alone, changing_tables
from bot.store._states import State, States
from bot.store._workers import Deed, NameTaken, Role, Worker, Workers, csrf_of

__all__ = [
    "AWAY",
    "IN_MEMORY",
    "NOTHING",
    "Alone",
    "Answers",
    "Away",
    "Buckets",
    "Call",
    "Calls",
    "Conversations",
    "Deed",
    "Entry",
    "Handoffs",
    "Happening",
    "Heard",
    "LeftMessage",
    "Listening",
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
    "changing_tables",
    "csrf_of",
    "expire",
    "form_key",
    "make_tables",
    "open_buckets",
    "open_database",
]
