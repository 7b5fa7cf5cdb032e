"""What is kept of conversations: who may read one, its answers, what a person wrote, ratings."""

from bot.store._answers import Answers, Entry
from bot.store._conversations import Conversations, HumanMessage, UnknownConversation, WrongToken
from bot.store._pages import Pages, form_key
from bot.store._trackers import tracker_store

__all__ = [
    "Answers",
    "Conversations",
    "Entry",
    "HumanMessage",
    "Pages",
    "UnknownConversation",
    "WrongToken",
    "form_key",
    "tracker_store",
]
