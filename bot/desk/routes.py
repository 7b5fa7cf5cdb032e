"""The desk's addresses. All are hidden from the public description of the API."""

from fastapi import APIRouter

from bot.desk.access import Access
from bot.desk.calling import Calling
from bot.desk.editor import add_editor
from bot.desk.person import PersonsData
from bot.desk.rendering import Rendering
from bot.desk.reporting import Reporting
from bot.desk.signing_in import SigningIn


def create_router(*, secure: bool, verify_days: int = 365) -> APIRouter:
    """The pages under /desk. `secure`: the site is reached by https.

    `verify_days`: what the directory says is overdue when it was verified longer ago.
    """
    router = APIRouter(tags=["desk"])
    access = Access(secure=secure)
    pages = Rendering(access, "words", "call", "reports", "person")
    SigningIn(access, pages).add_to(router)
    Calling(access, pages).add_to(router)
    Reporting(access, pages).add_to(router)
    PersonsData(access, pages).add_to(router)
    add_editor(router, access, verify_days=verify_days)
    return router
