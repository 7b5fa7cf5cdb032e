"""Who may use a conversation, and what the application holds for the routes."""

from typing import Optional

from fastapi import Header, Request

from bot.assistant import Assistant
from bot.channels.limits import Limits
from bot.channels.web._bell import Bell
from bot.channels.web._learning import Learning
from bot.channels.web._turns import Turns
from bot.problems import Problem
from bot.store import Answers, Conversations, Handoffs, Pages, UnknownConversation, WrongToken


class Access:
    """A conversation the caller may use."""

    def __init__(self, name: str, page_language: Optional[str]) -> None:
        self.name = name
        self.page_language = page_language


async def allowed(
    request: Request, name: str, authorization: Optional[str] = Header(None)
) -> Access:
    """The conversation `name` for who holds its token. Raises Problem 401, 403 or 404."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(401, "no_token")
    try:
        return Access(name, conversations(request).check(name, token.strip()))
    except UnknownConversation as error:
        raise Problem(404, "unknown_conversation") from error
    except WrongToken as error:
        raise Problem(403, "wrong_token") from error


def assistant(request: Request) -> Assistant:
    """The assistant of the running application."""
    found: Assistant = request.app.state.assistant
    return found


def conversations(request: Request) -> Conversations:
    """The conversations of the running application."""
    found: Conversations = request.app.state.conversations
    return found


def handoffs(request: Request) -> Handoffs:
    """Who answers, of the running application."""
    found: Handoffs = request.app.state.handoffs
    return found


def answers(request: Request) -> Answers:
    """The answers kept by the running application."""
    found: Answers = request.app.state.answers
    return found


def bell(request: Request) -> Bell:
    """What wakes the streams of the running application."""
    found: Bell = request.app.state.bell
    return found


def turns(request: Request) -> Turns:
    """What answers each message once."""
    found: Turns = request.app.state.turns
    return found


def learning(request: Request) -> Learning:
    """What visitors agree to be learnt from."""
    found: Learning = request.app.state.learning
    return found


def limits(request: Request) -> Limits:
    """How much may be asked."""
    found: Limits = request.app.state.limits
    return found


def pages(request: Request) -> Pages:
    """The keys of pages without JavaScript."""
    found: Pages = request.app.state.pages
    return found
