"""Public pages: one per service and helpline, a list of all, contact cards, and the sitemap.

Server-rendered; needs the directory only, neither the assistant nor the store.
"""

from bot.channels.pages._preview import preview
from bot.channels.pages._routes import create_router

__all__ = ["create_router", "preview"]
