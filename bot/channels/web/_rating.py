"""Whether an answer helped: kept with one optional word, unless that word is a cry for help."""

from typing import Optional

from bot.assistant import Assistant
from bot.channels.web._transcript import START
from bot.store import Conversations, Entry

#: Characters of the word that are kept.
LONGEST = 80


async def keep(
    assistant: Assistant,
    conversations: Conversations,
    name: str,
    rating: str,
    word: Optional[str],
    answer: Optional[str],
) -> bool:
    """Keeps a rating of the conversation `name`. True when its word has to be answered.

    Somebody in danger may take the field of the word for that of a message. Then the word is not
    kept, and the caller has it answered as a message.
    """
    cry = bool(word and (await assistant.parse(word)).get("crisis"))
    conversations.rate(name, rating, None if cry else word, answer)
    return cry


def rateable(entries: list[Entry], owner: str) -> Optional[str]:
    """The id of the message whose answer may be rated: the newest, when a program gave it.

    Never in danger, and not while a person answers or was asked for.
    """
    if not entries or owner != "assistant":
        return None
    last = entries[-1]
    answer = last.answer
    if last.message == START or not answer or not answer["messages"]:
        return None
    return None if answer.get("crisis") or answer["handoff"] else last.message
