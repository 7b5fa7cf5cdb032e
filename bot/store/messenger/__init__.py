"""The Messenger channel's tables: what came in, who wrote, what goes out."""

from sqlalchemy.engine import Engine

from bot.store.messenger._arrivals import Arrival, Arrivals, arrivals_beside, open_arrivals
from bot.store.messenger._deliveries import Deliveries, Delivery
from bot.store.messenger._engine import open_engine
from bot.store.messenger._queue import Queue
from bot.store.messenger._receive import ANSWERED, Received, Reception, Rules
from bot.store.messenger._records import DeadLetter, Deletion, Records, Waiting
from bot.store.messenger._steps import Ask, Lost, Outgoing, Send, Step
from bot.store.messenger._tables import PERSONAL_TABLES, meta
from bot.store.migrations import upgrade as _upgrade

__all__ = [
    "ANSWERED",
    "Arrival",
    "Arrivals",
    "Ask",
    "DeadLetter",
    "Deletion",
    "Deliveries",
    "Delivery",
    "Lost",
    "Outgoing",
    "PERSONAL_TABLES",
    "Queue",
    "Received",
    "Reception",
    "Records",
    "Rules",
    "Send",
    "Step",
    "Waiting",
    "arrivals_beside",
    "create_tables",
    "meta",
    "open_arrivals",
    "open_engine",
]


def create_tables(engine: Engine) -> None:
    """Makes the tables, or brings them up to date, as opening the store's database does."""
    _upgrade(engine)
