"""The desk's addresses. All are hidden from the public description of the API."""

from fastapi import APIRouter

from bot.desk.access import Access
from bot.desk.calling import Calling
from bot.desk.inbox import List, Messages, Talking
from bot.desk.rendering import Rendering
from bot.desk.signing_in import SigningIn
from bot.keeping import Keeping


def create_router(*, secure: bool, message_days: int = Keeping.message_days) -> APIRouter:
    """The pages under /desk. `secure`: the site is reached by https.

    `message_days`: how long a message left for the office is kept.
    """
    router = APIRouter(tags=["desk"])
    access = Access(secure=secure)
    pages = Rendering(access, "words", "call")
    SigningIn(access, pages).add_to(router)
    Calling(access, pages).add_to(router)
    inbox = Rendering(access, "words", "inbox")
    List(access, inbox).add_to(router)
    Messages(access, inbox, message_days).add_to(router)
    Talking(access, inbox).add_to(router)
    return router
