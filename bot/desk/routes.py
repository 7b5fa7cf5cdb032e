"""The desk's addresses. All are hidden from the public description of the API."""

from typing import Optional

from fastapi import APIRouter

from bot.desk.access import Access
from bot.desk.auditing import Auditing
from bot.desk.calling import Calling
from bot.desk.changing import Changing
from bot.desk.editor import add_editor
from bot.desk.failing import failing_well
from bot.desk.following import Following
from bot.desk.handing_out import HandingOut
from bot.desk.inbox import List, Messages, Talking
from bot.desk.openid import Provider
from bot.desk.person import PersonsData
from bot.desk.referring import Referring
from bot.desk.rendering import Rendering
from bot.desk.reporting import Reporting
from bot.desk.sealing import Seal
from bot.desk.signing_in import SigningIn
from bot.desk.signing_in_elsewhere import SigningInElsewhere
from bot.desk.teaching import Teaching
from bot.keeping import Keeping

#: The words of the pages that share one rendering.
_CATALOGUES = (
    "words", "call", "calls", "referrals", "sheet", "reports", "person", "audit", "learning",
    "intents",
)  # fmt: skip


def create_router(
    *,
    secure: bool,
    public_url: Optional[str] = None,
    keep_call_days: int = 30,
    keep_consented_call_days: int = 365,
    verify_days: int = 365,
    message_days: int = Keeping.message_days,
    key: Optional[str] = None,
    provider: Optional[Provider] = None,
) -> APIRouter:
    """The pages under /desk. `secure`: the site is reached by https. Days: until deletion.

    `verify_days`: what the directory says is overdue when it was verified longer ago.
    `message_days`: how long a message left for the office is kept. `key`: seals secrets.
    `provider`: where workers may sign in, too.
    """
    access = Access(secure=secure)
    pages = Rendering(access, *_CATALOGUES)
    router = APIRouter(tags=["desk"], route_class=failing_well(pages))
    SigningIn(access, pages, Seal(key), openid=provider is not None).add_to(router)
    if provider:
        SigningInElsewhere(access, pages, provider).add_to(router)
    Calling(access, pages).add_to(router)
    kept = {"keep_days": keep_call_days, "keep_consented_days": keep_consented_call_days}
    Following(access, pages, **kept).add_to(router)
    Changing(access, pages).add_to(router)
    Referring(access, pages).add_to(router)
    HandingOut(access, pages, public_url).add_to(router)
    Reporting(access, pages).add_to(router)
    PersonsData(access, pages).add_to(router)
    add_editor(router, access, verify_days=verify_days)
    inbox = Rendering(access, "words", "inbox")
    List(access, inbox).add_to(router)
    Messages(access, inbox, message_days).add_to(router)
    Talking(access, inbox).add_to(router)

    Auditing(access, pages).add_to(router)
    Teaching(access, pages).add_to(router)
    return router
