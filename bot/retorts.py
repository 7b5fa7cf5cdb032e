"""How a visitor takes what was just said: not understood, of no use, yes, thanks but."""

from bot import hearing
from bot.fixed_words import filling, says
from bot.nlu.crisis import plain

#: So many words beside the courtesy are about something.
_MORE = 2


def says_more(text: str) -> bool:
    """Whether a "no" or a "thank you" says more than that: "no, they did not take us"."""
    return len([word for word in plain(text).split() if word not in filling("closing")]) >= _MORE


def takes_back(text: str) -> bool:
    """Whether a "thank you" or a "no" is followed by a "but" that says more."""
    first, *rest = plain(text).split() or [""]
    begins = first in filling("answers") and not filling("but").isdisjoint(rest)
    return begins and says_more(text)


def objects(text: str) -> bool:
    """Whether what was shown is of no use: too far, refused, tried; or a "thank you, but …"."""
    return says("objects", text) or takes_back(text)


def is_lost(text: str) -> bool:
    """Whether the visitor does not understand what was said."""
    return says("lost", text)


def says_yes(text: str) -> bool:
    """Whether a message says yes to what was offered, and nothing else."""
    return hearing.agrees(text) and not filling("plain_yes").isdisjoint(plain(text).split())


def asks_besides(text: str) -> bool:
    """Whether a "thank you" asks for something else in the same breath."""
    asks = "?" in text or not filling("besides").isdisjoint(plain(text).split())
    return asks and says_more(text)


def means_something_else(text: str) -> bool:
    """Whether the visitor says that what was shown is not what was meant."""
    return says("not_this", text)
