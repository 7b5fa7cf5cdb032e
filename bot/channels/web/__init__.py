"""The website's channel: the HTTP API of the contract, and the chat page."""

from bot.channels.web._routes import router

__all__ = ["router"]
