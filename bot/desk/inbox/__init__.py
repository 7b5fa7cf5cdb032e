"""The inbox: workers answer people who asked for one, on the website and on Messenger."""

from bot.desk.inbox._list import List
from bot.desk.inbox._messages import Messages
from bot.desk.inbox._presence import keep_free
from bot.desk.inbox._talk import Talking

__all__ = ["List", "Messages", "Talking", "keep_free"]
