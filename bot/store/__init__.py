"""What is kept of conversations: their state, who may read one, who answers, what was rated."""

from bot.store._conversations import Conversations, UnknownConversation, WrongToken
from bot.store._database import IN_MEMORY, expire, open_database
from bot.store._handoffs import Handoffs, Happening, Heard, LeftMessage, Owner, ReachBy
from bot.store._states import State, States

__all__ = [
    "IN_MEMORY",
    "Conversations",
    "Handoffs",
    "Happening",
    "Heard",
    "LeftMessage",
    "Owner",
    "ReachBy",
    "State",
    "States",
    "UnknownConversation",
    "WrongToken",
    "expire",
    "open_database",
]
