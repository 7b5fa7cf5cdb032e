"""The desk's addresses. All are hidden from the public description of the API."""

from typing import Optional

from fastapi import APIRouter

from bot.desk.access import Access
from bot.desk.auditing import Auditing
from bot.desk.calling import Calling
from bot.desk.openid import Provider
from bot.desk.rendering import Rendering
from bot.desk.sealing import Seal
from bot.desk.signing_in import SigningIn
from bot.desk.signing_in_elsewhere import SigningInElsewhere
from bot.desk.teaching import Teaching


def create_router(
    *, secure: bool, key: Optional[str] = None, provider: Optional[Provider] = None
) -> APIRouter:
    """The pages under /desk. `secure`: the site is reached by https.

    `key`: seals secrets. `provider`: where workers may sign in, too.
    """
    router = APIRouter(tags=["desk"])
    access = Access(secure=secure)
    pages = Rendering(access, "words", "call", "audit", "learning")
    SigningIn(access, pages, Seal(key), openid=provider is not None).add_to(router)
    if provider:
        SigningInElsewhere(access, pages, provider).add_to(router)
    Calling(access, pages).add_to(router)
    Auditing(access, pages).add_to(router)
    Teaching(access, pages).add_to(router)
    return router
