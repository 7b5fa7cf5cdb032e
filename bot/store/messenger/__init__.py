"""The Messenger channel's tables: what came in, who wrote, what goes out."""

from sqlalchemy.engine import Engine

from bot.store._postgres import changing_tables
from bot.store.messenger._arrivals import Arrival, Arrivals, open_arrivals
from bot.store.messenger._engine import open_engine
from bot.store.messenger._queue import Queue
from bot.store.messenger._receive import ANSWERED, Received, Reception, Rules
from bot.store.messenger._records import DeadLetter, Deletion, Records, Waiting
from bot.store.messenger._steps import Ask, Lost, Outgoing, Send, Step
from bot.store.messenger._tables import meta as _meta

__all__ = [
    "ANSWERED",
    "Arrival",
    "Arrivals",
    "Ask",
    "DeadLetter",
    "Deletion",
    "Lost",
    "Outgoing",
    "Queue",
    "Received",
    "Reception",
    "Records",
    "Rules",
    "Send",
    "Step",
    "Waiting",
    "create_tables",
    "open_arrivals",
    "open_engine",
]


def create_tables(engine: Engine) -> None:
    """Makes the tables that are missing."""
    with changing_tables(engine) as connection:
        _meta.create_all(connection)
