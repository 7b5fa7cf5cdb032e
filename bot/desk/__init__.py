"""The social workers' side: triage of first calls, and the pages under /desk."""

from bot.desk.openid import BadSettings, provider_of
from bot.desk.routes import create_router

__all__ = ["BadSettings", "create_router", "provider_of"]
