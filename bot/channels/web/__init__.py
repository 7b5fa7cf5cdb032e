"""The website's channel: the HTTP API of the contract, and the page that needs no JavaScript."""

from bot.channels.web._bell import Bell
from bot.channels.web._learning import Learning
from bot.channels.web._plain import create_plain
from bot.channels.web._routes import router
from bot.channels.web._turns import Turns

__all__ = ["Bell", "Learning", "Turns", "create_plain", "router"]
