"""`python -m bot`: the one command line."""

from bot.cli import app

app()
