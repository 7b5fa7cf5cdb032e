"""What is kept of conversations: who may read one, what a person wrote, what visitors rated."""

from bot.store._conversations import Conversations, HumanMessage, UnknownConversation, WrongToken
from bot.store._trackers import tracker_store

__all__ = ["Conversations", "HumanMessage", "UnknownConversation", "WrongToken", "tracker_store"]
