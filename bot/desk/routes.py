"""The desk's addresses. All are hidden from the public description of the API."""

from typing import Optional

from fastapi import APIRouter

from bot.desk.access import Access
from bot.desk.calling import Calling
from bot.desk.changing import Changing
from bot.desk.following import Following
from bot.desk.handing_out import HandingOut
from bot.desk.referring import Referring
from bot.desk.rendering import Rendering
from bot.desk.signing_in import SigningIn


def create_router(
    *,
    secure: bool,
    public_url: Optional[str] = None,
    keep_call_days: int = 30,
    keep_consented_call_days: int = 365,
) -> APIRouter:
    """The pages under /desk. `secure`: the site is reached by https. Days: until deletion."""
    router = APIRouter(tags=["desk"])
    access = Access(secure=secure)
    pages = Rendering(access, "words", "call", "calls", "referrals", "sheet")
    SigningIn(access, pages).add_to(router)
    Calling(access, pages).add_to(router)
    kept = {"keep_days": keep_call_days, "keep_consented_days": keep_consented_call_days}
    Following(access, pages, **kept).add_to(router)
    Changing(access, pages).add_to(router)
    Referring(access, pages).add_to(router)
    HandingOut(access, pages, public_url).add_to(router)
    return router
