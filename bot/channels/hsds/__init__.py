"""The directory for other systems: HSDS 3.1 under /hsds/ (docs/hsds.md)."""

from bot.channels.hsds._routes import router, served

__all__ = ["router", "served"]
