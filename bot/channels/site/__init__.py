"""The site around the chat: the widget's files, its demonstration, privacy and accessibility."""

from bot.channels.site._routes import create_router
from bot.channels.site._widget import WIDGET, WidgetFiles

__all__ = ["WIDGET", "WidgetFiles", "create_router"]
