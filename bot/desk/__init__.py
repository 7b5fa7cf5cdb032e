"""The social workers' side: triage of first calls, and the pages under /desk."""

from bot.desk.editor import Entries
from bot.desk.inbox import keep_free
from bot.desk.openid import BadSettings, provider_of
from bot.desk.routes import create_router

__all__ = ["BadSettings", "Entries", "create_router", "keep_free", "provider_of"]
