"""`python -m bot`: the one command line."""

from bot.cli import app

# The assistant's process imports this module, too.
if __name__ == "__main__":
    app()
