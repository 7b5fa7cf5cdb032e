"""Facebook Messenger: webhooks in, the Send API out, with a durable queue between them."""

from fastapi import APIRouter

from bot.channels.messenger._channel import Messenger
from bot.channels.messenger._deletion import add_deletion
from bot.channels.messenger._settings import BadSettings, Secrets, secrets_of
from bot.channels.messenger._webhook import PATH, add_routes
from bot.settings import Settings

__all__ = ["PATH", "BadSettings", "Messenger", "Secrets", "create_router", "secrets_of"]


def create_router(settings: Settings) -> APIRouter:
    """What Meta calls. Each request needs `app.state.messenger`, and is a 404 without it."""
    router = APIRouter(tags=["messenger"])
    add_routes(router)
    add_deletion(router, settings.public_url)
    return router
